//! Declarations and assignments: classes and their fields, functions and their parameters, constants, exports, members that are set.

use tree_sitter::Node;

use super::Walker;
use super::names::peeled;
use super::objects::Place;
use crate::policy::pattern::fold;
use crate::read::code::emit::span;
use crate::read::code::environment::is_variable;
use crate::read::code::{Given, named_children};
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::Surface;
use crate::value::{Outcome, Value};

/// Deepest nesting of patterns in parameters.
const PATTERNS: usize = 8;

/// Where the defaults of a pattern go.
#[derive(Clone, Copy)]
enum Target<'p> {
    Parameter(&'p str),
    Field,
}

impl<'n> Walker<'_, '_, 'n> {
    /// A class.
    pub(super) fn class(&mut self, node: Node<'n>, scope: ScopeId) -> ScopeId {
        let name = node.child_by_field_name("name").map(|name| self.code.of(name));
        match name {
            Some(name) => self.code.class(scope, name, node),
            None => match self.given_name() {
                Some(name) => self.code.class(scope, &name, node),
                None => scope,
            },
        }
    }

    /// A function. One without a name of its own or of what it is assigned to belongs to what is around it.
    pub(super) fn function(&mut self, node: Node<'n>, scope: ScopeId) -> ScopeId {
        let name = node.child_by_field_name("name").and_then(|name| self.key(name)).or_else(|| self.given_name());
        let inner = match &name {
            Some(name) => self.code.function(scope, name, node),
            None => scope,
        };
        let target = name.as_deref().map_or(Target::Field, Target::Parameter);
        for parameter in node.child_by_field_name("parameters").into_iter().flat_map(named_children) {
            let Some(pattern) = parameter.child_by_field_name("pattern") else { continue };
            match parameter.child_by_field_name("value") {
                Some(value) if pattern.kind() != "object_pattern" => self.default(inner, target, pattern, value),
                _ => self.pattern(inner, target, "", pattern, 0),
            }
        }
        // `() => ({ ... })` returns it
        if let Some(body) = node.child_by_field_name("body").map(peeled).filter(|body| body.kind() == "object") {
            self.object(inner, Place::Keys, body, 0);
        }
        inner
    }

    /// The name that a function or class gets from where it stands.
    fn given_name(&self) -> Option<String> {
        let outer = self.ancestors.iter().rev().find(|outer| !super::names::is_transparent(outer.kind()))?;
        match outer.kind() {
            "variable_declarator" | "public_field_definition" => self.key(outer.child_by_field_name("name")?),
            "pair" => self.key(outer.child_by_field_name("key")?),
            "assignment_expression" => self.last_name(outer.child_by_field_name("left")?),
            // `const handler = wrapped(async () => ...)`, `const View = memo(({ a = 1 }) => ...)`
            "arguments" => {
                let mut outward = self.ancestors.iter().rev().skip(1);
                let declarator = outward.find(|outer| !matches!(outer.kind(), "call_expression" | "await_expression" | "arguments"))?;
                let call = declarator.child_by_field_name("value")?.child_by_field_name("function")?;
                let wraps = matches!(self.last_name(call)?.as_str(), "memo" | "forwardRef" | "observer");
                (declarator.kind() == "variable_declarator" && wraps).then(|| self.key(declarator.child_by_field_name("name")?))?
            }
            _ => None,
        }
    }

    /// Destructuring with defaults.
    fn pattern(&mut self, scope: ScopeId, target: Target, prefix: &str, pattern: Node<'n>, depth: usize) {
        if pattern.kind() != "object_pattern" || depth >= PATTERNS {
            return;
        }
        for part in named_children(pattern) {
            match part.kind() {
                "object_assignment_pattern" => {
                    if let (Some(left), Some(right)) = (part.child_by_field_name("left"), part.child_by_field_name("right")) {
                        self.default_in(scope, target, prefix, left, right);
                    }
                }
                "pair_pattern" => {
                    let (Some(key), Some(value)) = (part.child_by_field_name("key"), part.child_by_field_name("value")) else { continue };
                    if value.kind() == "assignment_pattern"
                        && let (Some(left), Some(right)) = (value.child_by_field_name("left"), value.child_by_field_name("right"))
                    {
                        if left.kind() == "identifier" {
                            self.default_in(scope, target, prefix, key, right);
                            continue;
                        }
                        let inner = format!("{prefix}{}.", self.code.of(key));
                        self.pattern(scope, target, &inner, left, depth + 1);
                    } else if value.kind() == "object_pattern" {
                        let inner = format!("{prefix}{}.", self.code.of(key));
                        self.pattern(scope, target, &inner, value, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    fn default(&mut self, scope: ScopeId, target: Target, name: Node<'n>, value: Node<'n>) {
        self.default_in(scope, target, "", name, value);
    }

    fn default_in(&mut self, scope: ScopeId, target: Target, prefix: &str, name: Node<'n>, value: Node<'n>) {
        let Some(text) = self.key(name) else { return };
        let value = peeled(value);
        if self.passes_on(value, &text) {
            return;
        }
        let given = self.value(value, 0);
        match target {
            Target::Parameter(function) => {
                let place = Place::Options { callee: function, prefix };
                self.put(scope, place, name, &text, &given, items_of(value));
                if value.kind() == "object" {
                    let prefix = format!("{prefix}{text}.");
                    self.object(scope, Place::Options { callee: function, prefix: &prefix }, value, 0);
                }
            }
            Target::Field if given.read.is_none() => self.code.field(scope, &text, span(name), &given),
            Target::Field => {}
        }
    }

    /// Everything else that declares or sets something.
    pub(super) fn declares(&mut self, node: Node<'n>, scope: ScopeId) {
        match node.kind() {
            "variable_declarator" => self.declarator(node, scope),
            "public_field_definition" => {
                if let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value"))
                    && let Some(text) = self.key(name)
                {
                    self.member(scope, name, &text, value);
                } else {
                    self.decorated(scope, node);
                }
            }
            "assignment_expression" => self.assignment(node, scope),
            "augmented_assignment_expression" => self.fallback_assignment(node, scope),
            "export_statement" => {
                if let Some(value) = node.child_by_field_name("value").map(peeled) {
                    self.exported(value, scope);
                }
            }
            "return_statement" => {
                if let Some(value) = named_children(node).next().map(peeled) {
                    self.exported(value, scope);
                }
            }
            _ => {}
        }
    }

    /// A member that is given nothing and whose decorator says what it is then: `@Column({ default: true }) shared: boolean`.
    fn decorated(&mut self, scope: ScopeId, field: Node<'n>) {
        let Some((name, text)) = field.child_by_field_name("name").and_then(|name| Some((name, self.key(name)?))) else { return };
        for decorator in named_children(field).filter(|child| child.kind() == "decorator") {
            let call = named_children(decorator).find(|child| child.kind() == "call_expression");
            let options = call.and_then(|call| call.child_by_field_name("arguments")).into_iter().flat_map(named_children);
            for option in options.filter(|argument| argument.kind() == "object").flat_map(named_children) {
                let key = option.child_by_field_name("key").and_then(|key| self.key(key));
                let value = option.child_by_field_name("value").filter(|_| matches!(key.as_deref(), Some("default" | "defaultValue")));
                if let Some(value) = value {
                    let given = self.value(value, 0);
                    self.code.field(scope, &text, span(name), &given);
                    return;
                }
            }
        }
    }

    fn exported(&mut self, value: Node<'n>, scope: ScopeId) {
        match value.kind() {
            "object" => self.object(scope, Place::Keys, value, 0),
            "array" => self.items(scope, "", value, 0),
            _ => {}
        }
    }

    fn declarator(&mut self, node: Node<'n>, scope: ScopeId) {
        let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) else { return };
        let value = peeled(value);
        match name.kind() {
            "object_pattern" if self.is_environment(value) => self.reads_parts(name),
            "object_pattern" => self.pattern(scope, Target::Field, "", name, 0),
            "identifier" => {
                // a local variable that is reckoned is no default; a plain value or an object under a name may be
                let top = self.ancestors.iter().rev().skip(1).all(|outer| matches!(outer.kind(), "program" | "export_statement"));
                let text = self.code.of(name);
                if top || matches!(value.kind(), "object" | "array") {
                    self.constant(scope, name, text, value, top);
                } else if is_plain(value) {
                    self.member(scope, name, text, value);
                }
                self.behind(scope, Place::Keys, text, value, 0);
            }
            _ => {}
        }
    }

    fn constant(&mut self, scope: ScopeId, name: Node<'n>, text: &str, value: Node<'n>, top: bool) {
        if value.kind() != "object" && !top && !holds_objects(value) {
            return;
        }
        self.member(scope, name, text, value);
    }

    /// What a comparison with the option of the same name comes to while nobody gives it: `telemetry: options.telemetry === true` is
    /// off, `options.telemetry !== false` is on.
    pub(super) fn compared(&self, value: Node<'n>, name: &str) -> Option<Given> {
        let part = |field: &str| value.child_by_field_name(field);
        let (left, operator, right) = (part("left")?, part("operator")?, part("right")?);
        let own = match left.kind() {
            "member_expression" => left.child_by_field_name("property")?,
            "identifier" => left,
            _ => return None,
        };
        let on = match self.code.of(operator) {
            "===" | "==" => false,
            "!==" | "!=" => true,
            _ => return None,
        };
        // `telemetryEnabled = options.telemetry !== false`
        let (own, name) = (fold(self.code.of(own)), fold(name));
        let option = (own == name || own.len() > 4 && name.contains(&own)) && matches!(right.kind(), "true" | "false");
        option.then(|| Given::literal(Value::Bool(on), span(value)))
    }

    /// A field, a constant or a member that is set.
    fn member(&mut self, scope: ScopeId, name: Node<'n>, text: &str, value: Node<'n>) {
        let value = peeled(value);
        if self.passes_on(value, text) {
            return;
        }
        match value.kind() {
            "arrow_function" | "function_expression" | "generator_function" | "class" => return,
            "object" => {
                if matches!(text.to_ascii_lowercase().as_str(), "env" | "environment" | "childenv") && self.holds_variables(value) {
                    self.sets_all(value, scope);
                }
                self.code.field(scope, text, span(name), &self.value(value, 0));
                let inner = self.code.mapping(scope, text, value);
                self.object(inner, Place::Keys, value, 0);
                return;
            }
            "array" => self.items(scope, text, value, 0),
            _ => {}
        }
        if let Some(given) = self.schema(value) {
            if given.value != Outcome::One(Value::Null) {
                self.code.field(scope, text, span(name), &given);
            }
            return;
        }
        if matches!(value.kind(), "call_expression" | "new_expression") && self.required(value).is_some() {
            return;
        }
        let given = if value.kind() == "ternary_expression" { self.passed_or(value, text) } else { None };
        let given = given.or_else(|| self.compared(value, text)).unwrap_or_else(|| self.value(value, 0));
        if given.read.is_none() {
            let items = items_of(value);
            self.field_with(scope, name, text, &given, items);
        }
    }

    fn field_with(&mut self, scope: ScopeId, name: Node, text: &str, given: &Given, items: Vec<crate::span::Span>) {
        let mut setting =
            crate::setting::Setting::named(scope, Surface::Field, text, given.value.clone(), span(name), given.span).with_mark(given.mark);
        if matches!(&given.value, Outcome::One(Value::List(values)) if values.len() == items.len()) {
            setting.item_spans = items;
        }
        // `enabled` of a class that is called after what it switches
        if self.code.kind(scope) == ScopeKind::Class {
            let class = self.code.reading().get(scope).name.clone();
            if let Some(place) = self.code.of_subject(scope, &class, text, name) {
                (setting.scope, setting.key) = (place, Some(text.into()));
            }
        }
        self.code.add(setting);
    }

    fn assignment(&mut self, node: Node<'n>, scope: ScopeId) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else { return };
        let value = peeled(right);
        if left.kind() == "identifier" && (is_plain(value) || value.kind() == "object") {
            self.member(scope, left, self.code.of(left), value);
        }
        if !matches!(left.kind(), "member_expression" | "subscript_expression") {
            return;
        }
        if let Some((name, place)) = self.environment_name(left) {
            let given = self.value(value, 0);
            let around = self.function_around(scope);
            self.code.sets_variable(around, &name, place, &given);
            return;
        }
        if self.code.of(left) == "module.exports" || self.code.of(left) == "exports.default" {
            self.exported(value, scope);
            return;
        }
        let place = left.child_by_field_name("property").or_else(|| left.child_by_field_name("index"));
        let (Some(place), Some(text)) = (place, self.last_name(left)) else { return };
        // `child.env = {...}` and `options.env.X = "1"`
        let owner = left.child_by_field_name("object").and_then(|object| self.last_name(object));
        if owner.as_deref() == Some("env") && is_variable(&text) {
            let given = self.value(value, 0);
            let around = self.function_around(scope);
            self.code.sets_variable(around, &text, span(place), &given);
            return;
        }
        self.member(scope, place, &text, value);
    }

    /// `process.env.X ??= "1"`, `options.telemetry ??= true`.
    fn fallback_assignment(&mut self, node: Node<'n>, scope: ScopeId) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else { return };
        let operator = node.child_by_field_name("operator").map_or("", |operator| self.code.of(operator));
        if !matches!(operator, "??=" | "||=") {
            return;
        }
        if let Some((name, place)) = self.environment_name(left) {
            let given = super::environment::absent(&name, place, span(left)).coalesce(self.value(right, 0));
            self.variables.push(given);
            return;
        }
        let place = left.child_by_field_name("property").or_else(|| left.child_by_field_name("index"));
        if let (Some(place), Some(text)) = (place, self.last_name(left)) {
            self.member(scope, place, &text, right);
        }
    }
}

fn items_of(value: Node) -> Vec<crate::span::Span> {
    if value.kind() == "array" { named_children(value).map(span).collect() } else { Vec::new() }
}

/// Whether a value stands there as it is.
fn is_plain(value: Node) -> bool {
    matches!(value.kind(), "true" | "false" | "string" | "number")
}

fn holds_objects(value: Node) -> bool {
    value.kind() == "array" && named_children(value).map(peeled).any(|item| item.kind() == "object")
}
