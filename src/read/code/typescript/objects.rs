//! Object literals: each property is a setting, whether the object is configuration, options of a call or a schema.

use tree_sitter::Node;

use super::branches::branches;
use super::names::peeled;
use super::{DEEPEST, Walker};
use crate::read::code::emit::span;
use crate::read::code::environment::is_variable;
use crate::read::code::{Given, named_children};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Where the properties of an object go.
#[derive(Clone, Copy)]
pub enum Place<'p> {
    /// Keys of configuration: `names: Field`, and a path.
    Keys,
    /// Options of a call, with what stands before their names.
    Options { callee: &'p str, prefix: &'p str },
}

/// One property.
struct Property<'n> {
    key: Node<'n>,
    name: String,
    value: Node<'n>,
}

impl<'n> Walker<'_, '_, 'n> {
    /// All properties of an object.
    pub(super) fn object(&mut self, scope: ScopeId, place: Place, object: Node<'n>, depth: usize) {
        if depth >= DEEPEST || self.code.clock.late() {
            return;
        }
        for pair in named_children(object) {
            match pair.kind() {
                "pair" => {
                    let (Some(key), Some(value)) = (pair.child_by_field_name("key"), pair.child_by_field_name("value")) else { continue };
                    let Some(name) = self.key(key) else { continue };
                    self.pair(scope, place, &Property { key, name, value: peeled(value) }, depth);
                }
                "shorthand_property_identifier" => {
                    // `{ telemetry }` passes on, unless the name is a constant of the file
                    let name = self.code.of(pair);
                    if let (Place::Options { .. }, Some(object)) = (place, self.held(pair)) {
                        let property = Property { key: pair, name: name.to_owned(), value: object };
                        self.within_held += 1;
                        self.nested(scope, place, &property, depth);
                        self.within_held -= 1;
                    } else if let Some(given) = self.schemas.get(name).cloned() {
                        self.declared(scope, place, pair, name, &given, None);
                    } else if self.code.known(name).is_some() {
                        let given = self.value(pair, 0);
                        self.put(scope, place, pair, name, &given, Vec::new());
                    }
                }
                "method_definition" => {
                    if let Some(key) = pair.child_by_field_name("name")
                        && let Some(name) = self.key(key)
                    {
                        self.put(scope, place, key, &name, &Given::unread(span(key)), Vec::new());
                    }
                }
                "spread_element" => {
                    let spread = named_children(pair).next().map(peeled);
                    let held = spread.and_then(|name| self.held(name)).filter(|_| matches!(place, Place::Options { .. }));
                    self.within_held += usize::from(held.is_some());
                    for object in held.map(|object| vec![object]).or(spread.map(branches)).into_iter().flatten() {
                        self.object(scope, place, object, depth + 1);
                    }
                    self.within_held -= usize::from(held.is_some());
                }
                _ => {}
            }
        }
    }

    fn pair(&mut self, scope: ScopeId, place: Place, property: &Property<'n>, depth: usize) {
        let Property { key, name, value } = property;
        if let Some(given) = self.schema(*value) {
            self.declared(scope, place, *key, name, &given, None);
            return;
        }
        if let (Place::Options { .. }, Some(object)) = (place, self.held(*value)) {
            self.within_held += 1;
            self.nested(scope, place, &Property { key: *key, name: name.clone(), value: object }, depth);
            self.within_held -= 1;
            return;
        }
        if self.passes_on(*value, name) {
            return;
        }
        match value.kind() {
            "object" => self.nested(scope, place, property, depth),
            "array" => {
                let items: Vec<Span> = named_children(*value).map(span).collect();
                let given = self.value(*value, 0);
                self.put(scope, place, *key, name, &given, items);
                if matches!(place, Place::Keys) {
                    self.items(scope, name, *value, depth);
                }
            }
            "arrow_function" | "function_expression" | "generator_function" | "class" => {
                let short = value.child_by_field_name("parameters").or_else(|| value.child_by_field_name("parameter"));
                let at = short.map_or_else(|| span(*key), span);
                self.put(scope, place, *key, name, &Given::unread(at), Vec::new());
            }
            "ternary_expression" => {
                let given = self.passed_or(*value, name).unwrap_or_else(|| self.value(*value, 0));
                self.put(scope, place, *key, name, &given, Vec::new());
                self.behind(scope, place, name, *value, depth);
            }
            _ => {
                let given = self.compared(*value, name).unwrap_or_else(|| self.value(*value, 0));
                self.put(scope, place, *key, name, &given, Vec::new());
                self.behind(scope, place, name, *value, depth);
            }
        }
    }

    /// What a condition may choose among, each below the same name.
    pub(super) fn behind(&mut self, scope: ScopeId, place: Place, name: &str, value: Node<'n>, depth: usize) {
        for object in branches(value) {
            self.below(scope, place, name, object, depth);
        }
    }

    /// The properties of an object below a name.
    fn below(&mut self, scope: ScopeId, place: Place, name: &str, object: Node<'n>, depth: usize) {
        match place {
            Place::Keys => {
                let inner = self.code.mapping(scope, name, object);
                self.object(inner, place, object, depth + 1);
            }
            Place::Options { callee, prefix } => {
                let prefix = format!("{prefix}{name}.");
                self.object(scope, Place::Options { callee, prefix: &prefix }, object, depth + 1);
            }
        }
    }

    fn nested(&mut self, scope: ScopeId, place: Place, property: &Property<'n>, depth: usize) {
        let Property { key, name, value } = property;
        if let Some((given, variable)) = self.definition(*value) {
            self.declared(scope, place, *key, name, &given, variable);
            return;
        }
        if name == "env" && self.holds_some_variable(*value) {
            self.sets_all(*value, scope);
        }
        let map = Given::literal(Value::Map, Span::new(value.start_byte(), value.start_byte() + 1));
        self.put(scope, place, *key, name, &map, Vec::new());
        self.below(scope, place, name, *value, depth);
    }

    fn holds_some_variable(&self, object: Node) -> bool {
        named_children(object)
            .filter_map(|pair| pair.child_by_field_name("key"))
            .any(|key| self.key(key).is_some_and(|name| is_variable(&name)))
    }

    /// `options.x === undefined ? true : options.x`: what stands beside what is passed on.
    pub(super) fn passed_or(&self, ternary: Node, name: &str) -> Option<Given> {
        let yes = ternary.child_by_field_name("consequence")?;
        let no = ternary.child_by_field_name("alternative")?;
        match (self.passes_on(yes, name), self.passes_on(no, name)) {
            (true, false) => Some(self.value(no, 1)),
            (false, true) => Some(self.value(yes, 1)),
            _ => None,
        }
    }

    /// Objects in a list: each is an item of its own. `["name", { ... }]` in it is its options' item.
    pub(super) fn items(&mut self, scope: ScopeId, key: &str, array: Node<'n>, depth: usize) {
        let inner = |item: Node<'n>| match item.kind() {
            "array" => named_children(item).map(peeled).collect(),
            _ => vec![item],
        };
        let items: Vec<Node<'n>> = named_children(array).map(peeled).flat_map(inner).collect();
        for (at, item) in items.into_iter().enumerate().filter(|(_, item)| item.kind() == "object") {
            let step = Step::Item(key.into(), u32::try_from(at).unwrap_or(u32::MAX));
            let inner = self.code.reading().scope(scope, ScopeKind::Item, "", step, span(item));
            let mut fields = Vec::new();
            for pair in named_children(item) {
                let (Some(key), Some(value)) = (pair.child_by_field_name("key"), pair.child_by_field_name("value")) else { continue };
                if let (Some(key), Outcome::One(Value::Text(text))) = (self.key(key), self.value(value, DEEPEST - 2).value) {
                    fields.push((key.into_boxed_str(), text));
                }
            }
            if let Some(scope) = self.code.reading().scopes.get_mut(inner.0 as usize) {
                scope.fields = fields;
            }
            self.object(inner, Place::Keys, item, depth + 1);
        }
    }

    /// A property of a schema or an option definition: a field, the variable of that name, and a key where it is one.
    fn declared(&mut self, scope: ScopeId, place: Place, key: Node, name: &str, given: &Given, variable: Option<String>) {
        let variable = variable.or_else(|| is_variable(name).then(|| name.to_owned()));
        let scope = if is_variable(name) { ScopeId::ROOT } else { scope };
        let mut setting = Setting::named(scope, Surface::Field, name, given.value.clone(), span(key), given.span)
            .with_mark(given.mark)
            .taken_from(given.from);
        setting.names.extend(variable.map(|name| (Surface::Env, name.into_boxed_str())));
        if matches!(place, Place::Keys) && !is_variable(name) {
            setting.key = Some(name.into());
        }
        self.code.add(setting);
    }

    /// One setting of an object.
    pub(super) fn put(&mut self, scope: ScopeId, place: Place, key: Node, name: &str, given: &Given, items: Vec<Span>) {
        let (surface, text) = match place {
            // the variable is given where it is read
            Place::Keys if given.read.is_some() => return,
            Place::Keys => (Surface::Field, name.to_owned()),
            Place::Options { callee, prefix } => (Surface::Argument, format!("{callee}({prefix}{name})")),
        };
        let mut setting =
            Setting::named(scope, surface, text, given.value.clone(), span(key), given.span).with_mark(given.mark).taken_from(given.from);
        if matches!(place, Place::Keys) {
            setting.key = Some(name.into());
        }
        if matches!(&given.value, Outcome::One(Value::List(values)) if values.len() == items.len()) {
            setting.item_spans = items;
        }
        self.code.add(setting);
    }
}
