//! Declared defaults: constants, attributes that are set, parameters of functions.

use tree_sitter::Node;

use super::arguments::{self, Arguments};
use super::{Python, calls, classes, environment, options, strings, values};
use crate::read::code::emit::span;
use crate::read::code::{Given, named_children};
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::Surface;
use crate::span::Span;
use crate::value::{Outcome, Value};

impl<'n> Python<'n, '_, '_> {
    /// `NAME = v`, `self.name = v`, `app.config["NAME"] = v`.
    pub fn assignment(&mut self, scope: ScopeId, node: Node<'n>) {
        let (Some(target), Some(mut value)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else { return };
        if self.enumerations.contains(&scope) {
            return;
        }
        for _ in 0..values::DEPTH {
            // `a = b = v`
            match value.child_by_field_name("right") {
                Some(inner) if value.kind() == "assignment" => value = inner,
                _ => break,
            }
        }
        let value = values::bare(value);
        if matches!(value.kind(), "true" | "false") && self.asked_for(node) {
            return;
        }
        let (name, name_span) = match target.kind() {
            "identifier" => (self.code.of(target).to_owned(), span(target)),
            "attribute" => match target.child_by_field_name("attribute") {
                Some(last) => (self.code.of(last).to_owned(), span(last)),
                None => return,
            },
            "subscript" => {
                if self.subscript_sets(scope, target, value) {
                    return;
                }
                let key = target.child_by_field_name("subscript").filter(|key| key.kind() == "string");
                match key.and_then(|key| Some((strings::text(self.code, key, 0)?, strings::inside(key)))) {
                    Some(key) => key,
                    None => return self.filled(scope, target, value),
                }
            }
            _ => return,
        };
        if target.kind() == "identifier" {
            self.falls_back(node, target, value);
        }
        if value.kind() == "call" && target.kind() != "subscript" {
            let code = &self.code;
            let last = if target.kind() == "attribute" { target.child_by_field_name("attribute") } else { Some(target) };
            self.results.insert(value.id(), last.map_or("", |last| code.of(last)));
        }
        if name.is_empty() {
            return;
        }
        let member = target.kind() == "identifier" && self.code.kind(scope) == ScopeKind::Class;
        if member {
            self.member(scope, &name, name_span, node.child_by_field_name("type"), Some(value));
        } else if target.kind() != "identifier" || !self.is_function(scope) || is_plain(value) {
            self.field(scope, &name, name_span, value);
        }
        if arguments::is_dictionary(self.code, value) {
            if environment::is_environment(&name) {
                self.sets_all(scope, value);
            }
            self.dictionary(scope, &name, value, 0);
        }
    }

    /// `X = os.getenv("X")` and then `if X is None: X = "d"`, or `except KeyError: X = "d"`: what the variable is when nobody sets it.
    fn falls_back(&mut self, assignment: Node<'n>, target: Node<'n>, value: Node<'n>) {
        let Some(asked) = self.asked_before(assignment, target) else { return };
        let given = values::of(self.code, value, 0);
        let literal = matches!(&given.value, Outcome::One(value) if !matches!(value, Value::Null | Value::Map));
        if let (Some(read), true, None) = (asked.read, literal, &given.read) {
            self.code.variable(&Given { read: Some(read), ..given });
        }
    }

    /// What the name of an assignment was given just before, where the assignment stands in for it.
    fn asked_before(&self, assignment: Node<'n>, target: Node<'n>) -> Option<Given> {
        let name = self.code.of(target);
        let block = assignment.parent()?.parent()?;
        let outer = block.parent()?;
        let first = match outer.kind() {
            "if_statement" if outer.child_by_field_name("consequence") == Some(block) => {
                let condition: String = self.code.of(outer.child_by_field_name("condition")?).split_whitespace().collect();
                let asks = condition == format!("{name}isNone") || condition == format!("not{name}");
                outer.prev_named_sibling().filter(|_| asks)?
            }
            "except_clause" => outer.parent()?.child_by_field_name("body").and_then(|body| named_children(body).next())?,
            _ => return None,
        };
        let first = named_children(first).next().filter(|line| line.kind() == "assignment")?;
        let same = first.child_by_field_name("left").is_some_and(|left| self.code.of(left) == name);
        let given = values::of(self.code, first.child_by_field_name("right").filter(|_| same)?, 0);
        matches!(given.value, Outcome::One(Value::Null)).then_some(given)
    }

    /// `volumes[path] = {..}`: what is put under a name that only the program knows.
    fn filled(&mut self, scope: ScopeId, target: Node<'n>, value: Node<'n>) {
        let object = target.child_by_field_name("value").filter(|object| object.kind() == "identifier");
        if let Some(object) = object.filter(|_| arguments::is_dictionary(self.code, value)) {
            let name = self.code.of(object).to_owned();
            self.dictionary(scope, &name, value, 0);
        }
    }

    /// Whether an assignment holds only for whoever asked for it: `if insecure: session.verify = False`, where `insecure` is a parameter that
    /// is off, or a name that says what it allows.
    fn asked_for(&self, assignment: Node<'n>) -> bool {
        let Some(block) = assignment.parent().and_then(|statement| statement.parent()) else { return false };
        let Some(outer) = block.parent().filter(|outer| outer.kind() == "if_statement") else { return false };
        let Some(condition) = outer.child_by_field_name("condition").map(values::bare) else { return false };
        if outer.child_by_field_name("consequence") != Some(block) || !matches!(condition.kind(), "identifier" | "attribute") {
            return false;
        }
        let name = self.code.of(condition).rsplit('.').next().unwrap_or_default();
        let opts_in = name.split('_').any(|word| OPTS_IN.contains(&word.to_ascii_lowercase().as_str()));
        opts_in || (condition.kind() == "identifier" && is_parameter_off(self.code.text, outer, name))
    }

    /// A member or constant with its value, unless the value is a variable's or only handed on.
    pub fn field(&mut self, scope: ScopeId, name: &str, name_span: Span, value: Node<'n>) {
        let given = values::of(self.code, value, 0);
        if given.repeats(name) || (!calls::known(&given) && values::passes_on(self.code, value, name)) {
            return;
        }
        self.give(scope, None, vec![(Surface::Field, name.into())], name_span, &given, Some(value));
    }

    /// `return {..}`: what a function hands out.
    pub fn returned(&mut self, scope: ScopeId, node: Node<'n>) {
        if let Some(value) = named_children(node).next().map(values::bare)
            && arguments::is_dictionary(self.code, value)
        {
            self.entries(scope, value, 0);
        }
    }

    /// A function: its parameters with defaults, and the options that decorators declare for them.
    pub fn function(&mut self, scope: ScopeId, node: Node<'n>) -> ScopeId {
        let name = node.child_by_field_name("name").map_or("", |name| self.code.of(name));
        let inner = self.code.function(scope, name, node);
        let owner = if name == "__init__" { self.class_name(scope) } else { None };
        let mut callees = vec![name.to_owned()];
        callees.extend(owner);
        for call in self.decorated.remove(&node.id()).unwrap_or_default() {
            self.decorator_option(inner, &callees, call);
        }
        // what a function that guards others depends on is its own affair
        self.route = self.guarded(inner, node);
        for parameter in node.child_by_field_name("parameters").into_iter().flat_map(named_children) {
            self.parameter(inner, &callees, parameter);
        }
        inner
    }

    pub fn class_name(&mut self, scope: ScopeId) -> Option<String> {
        let scope = self.code.reading().get(scope);
        (scope.kind == ScopeKind::Class).then(|| scope.name.to_string())
    }

    fn parameter(&mut self, scope: ScopeId, callees: &[String], node: Node<'n>) {
        let name_node = node.child_by_field_name("name").or_else(|| named_children(node).next());
        let Some(name_node) = name_node.filter(|name| name.kind() == "identifier") else { return };
        let name = self.code.of(name_node);
        let names: Vec<(Surface, Box<str>)> =
            callees.iter().map(|callee| (Surface::Argument, format!("{callee}({name})").into())).collect();
        let value = node.child_by_field_name("value").map(values::bare);
        if self.route && value.is_none() {
            self.named_dependency(scope, node);
        }
        let annotated = node.child_by_field_name("type").map(|annotation| classes::calls_within(annotation)).unwrap_or_default();
        let declaring = value.into_iter().filter(|value| value.kind() == "call").chain(annotated);
        for call in declaring {
            if self.route {
                self.depends(scope, call);
            }
            let written = call.child_by_field_name("function").and_then(|function| values::chain(self.code, function)).unwrap_or_default();
            let callee = self.code.callee(&written);
            let arguments = Arguments::of(self.code, call);
            let inline = value.is_some_and(|value| value.id() == call.id());
            if let Some(option) = options::of_parameter(self.code, &callee, call, &arguments, name, value, inline) {
                self.declared.insert(call.id());
                self.option_at(scope, &option, names, Some(span(name_node)));
                return;
            }
            if inline && classes::declares(&callee) {
                self.declared.insert(call.id());
                if let Some((given, node)) = classes::default_of(self.code, &callee, &arguments) {
                    self.give(scope, None, names, span(name_node), &given, node);
                }
                return;
            }
        }
        let Some(value) = value else { return };
        let given: Given = values::of(self.code, value, 0);
        if !calls::known(&given) && given.read.is_none() && values::passes_on(self.code, value, name) {
            return;
        }
        self.give(scope, None, names, span(name_node), &given, Some(value));
    }
}

/// Words in the names of switches by which somebody asks for less protection.
const OPTS_IN: &[&str] = &["disable", "insecure", "skip", "unsafe", "dangerous", "dangerously", "force", "allow", "bypass", "unverified"];

/// Whether the function around a node has a parameter of this name that is off by default.
fn is_parameter_off(text: &str, inner: Node, name: &str) -> bool {
    let mut at = inner;
    for _ in 0..NEAR {
        let Some(outer) = at.parent() else { return false };
        if outer.kind() == "function_definition" {
            let parameters = outer.child_by_field_name("parameters").into_iter().flat_map(named_children);
            let of = |node: Node| text.get(node.byte_range()).unwrap_or("");
            return parameters.into_iter().any(|parameter| {
                let field = |field: &str| parameter.child_by_field_name(field).map(of);
                field("name") == Some(name) && matches!(field("value"), Some("False" | "None"))
            });
        }
        at = outer;
    }
    false
}

/// How far around a condition its function is looked for.
const NEAR: usize = 6;

/// Whether a value stands there as it is: what a function reckons for itself is no default.
fn is_plain(value: Node) -> bool {
    matches!(value.kind(), "true" | "false" | "string" | "integer" | "list")
}
