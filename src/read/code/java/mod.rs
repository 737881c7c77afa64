//! Java: properties and variables with their defaults, fields, annotations, builder calls and setters.

mod beside;
mod calls;
mod spring;
mod values;

use std::collections::HashSet;

use tree_sitter::Node;

use super::emit::span;
use super::{Ancestors, Code, Given, Language, named_children, walk};
use crate::scope::ScopeId;
use crate::setting::Surface;
use crate::value::{Outcome, Value};

/// Java.
pub static JAVA: Language = Language { name: "java", ends: &[".java"], grammar: |_| tree_sitter_java::LANGUAGE.into(), read };

/// Longest text in which a short form is looked for, in bytes.
const LONGEST: usize = 200;

/// What the walk keeps in mind.
#[derive(Debug, Default)]
struct Seen {
    /// Scopes whose fields are properties.
    properties: HashSet<ScopeId>,
    /// Expressions that gave a variable already.
    expressions: HashSet<usize>,
}

fn read(root: Node, code: &mut Code) {
    walk(root, &code.clock.clone(), |node, scope| {
        remember(node, code);
        scope
    });
    let mut seen = Seen::default();
    let mut ancestors = Ancestors::default();
    walk(root, &code.clock.clone(), |node, scope| enter(node, ancestors.around(node), scope, code, &mut seen));
}

/// Names that stand for one value in the whole file. A parameter, or what is assigned again, is none.
fn remember(node: Node, code: &mut Code) {
    match node.kind() {
        "variable_declarator" => {
            let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) else { return };
            let given = values::given(value, code);
            code.constant(code.of(name), given);
        }
        "assignment_expression" => {
            if let Some(left) = node.child_by_field_name("left") {
                let name = code.of(left);
                code.constant(name.strip_prefix("this.").unwrap_or(name), Given::unread(span(left)));
            }
        }
        "formal_parameter" | "catch_formal_parameter" | "enhanced_for_statement" => {
            if let Some(name) = node.child_by_field_name("name") {
                code.constant(code.of(name), Given::unread(span(name)));
            }
        }
        _ => {}
    }
}

fn enter(node: Node, around: &[Node], scope: ScopeId, code: &mut Code, seen: &mut Seen) -> ScopeId {
    match node.kind() {
        "class_declaration" | "interface_declaration" | "enum_declaration" | "record_declaration" => class(node, around, scope, code, seen),
        "method_declaration" | "constructor_declaration" | "compact_constructor_declaration" => {
            let name = node.child_by_field_name("name").map_or("", |name| code.of(name));
            let inner = code.function(scope, name, node);
            if node.kind() == "constructor_declaration" && seen.properties.contains(&scope) {
                parameters(node, scope, code);
            }
            inner
        }
        "field_declaration" | "constant_declaration" => {
            fields(node, scope, code, seen);
            scope
        }
        "local_variable_declaration" => {
            let mut cursor = node.walk();
            for declarator in node.children_by_field_name("declarator", &mut cursor) {
                if let (Some(name), Some(value)) = (declarator.child_by_field_name("name"), declarator.child_by_field_name("value")) {
                    calls::variable(name, value, scope, code);
                }
            }
            scope
        }
        "annotation" | "marker_annotation" => {
            calls::annotation(node, scope, code);
            scope
        }
        "method_invocation" => {
            reads(node, around, code, seen);
            calls::call(node, around, scope, code)
        }
        "object_creation_expression" => calls::creation(node, around, scope, code),
        "assignment_expression" => {
            calls::assignment(node, scope, code);
            scope
        }
        _ => scope,
    }
}

/// A class; the fields of a class of properties stand below its prefix.
fn class(node: Node, around: &[Node], scope: ScopeId, code: &mut Code, seen: &mut Seen) -> ScopeId {
    let name = node.child_by_field_name("name").map_or("", |name| code.of(name));
    let inner = code.class(scope, name, node);
    let prefix = spring::prefix(node, code).or_else(|| seen.properties.contains(&scope).then(|| spring::nested(node, around, code)));
    let Some(prefix) = prefix else { return inner };
    let below = spring::below(inner, &prefix, node, code);
    seen.properties.insert(below);
    if node.kind() == "record_declaration" {
        parameters(node, below, code);
    }
    below
}

fn parameters(node: Node, scope: ScopeId, code: &mut Code) {
    for parameter in node.child_by_field_name("parameters").into_iter().flat_map(named_children) {
        spring::component(parameter, scope, code);
    }
}

/// Fields with what they start with.
fn fields(node: Node, scope: ScopeId, code: &mut Code, seen: &Seen) {
    // the property's default wins over the field's
    if spring::annotated(node, "Value", code).is_some() {
        return;
    }
    let mut cursor = node.walk();
    let declarators: Vec<Node> = node.children_by_field_name("declarator", &mut cursor).collect();
    for declarator in declarators {
        let (Some(name), Some(value)) = (declarator.child_by_field_name("name"), declarator.child_by_field_name("value")) else { continue };
        let given = values::given(value, code);
        if given.read.is_some() || passed_on(value, code.of(name), code) {
            continue;
        }
        if seen.properties.contains(&scope) {
            spring::member(scope, code.of(name), span(name), &given, code);
        } else {
            let setting = crate::setting::Setting::named(scope, Surface::Field, code.of(name), given.value.clone(), span(name), given.span);
            code.add(calls::with_items(setting, value, code).with_mark(given.mark));
        }
    }
}

/// Whether an expression is only the setting's own name under which somebody else gave the value: `debug`, `this.debug`, `other.isDebug()`.
fn passed_on(value: Node, name: &str, code: &Code) -> bool {
    if value.byte_range().len() > LONGEST {
        return false;
    }
    let written = code.of(value).trim_end_matches("()");
    let last = written.rsplit('.').next().unwrap_or(written);
    let accessor = ["get", "is"].into_iter().filter_map(|prefix| last.strip_prefix(prefix)).any(|rest| rest.eq_ignore_ascii_case(name));
    let open = matches!(value.kind(), "identifier" | "field_access" | "method_invocation");
    open && (last == name || accessor) && code.known(last).is_none_or(|known| known.value == Outcome::Unread)
}

/// A variable or property that is read here, once for the whole expression around it.
fn reads(node: Node, around: &[Node], code: &mut Code, seen: &mut Seen) {
    if values::read(node, code).is_none() {
        return;
    }
    let outer = values::outermost(node, around, code);
    if !seen.expressions.insert(outer.id()) {
        return;
    }
    let mut given = values::given(outer, code);
    let Some(read) = given.read.clone() else { return };
    if given.value == Outcome::One(Value::Null)
        && let Some(fallback) = beside::fallback(outer, around, code)
    {
        given = Given { read: given.read, ..fallback };
    }
    if read.surface == Surface::Key {
        // without a default nothing is written here
        if given.value != Outcome::One(Value::Null) {
            spring::property(&read.name, read.span, &given, node, code);
        }
    } else {
        code.variable(&given);
    }
}

#[cfg(test)]
mod tests;
