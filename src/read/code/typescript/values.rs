//! What an expression comes to when nobody sets anything.

use tree_sitter::Node;

use super::environment::names_deployment;
use super::names::is_transparent;
use super::{DEEPEST, Walker};
use crate::read::code::emit::{list, span};
use crate::read::code::{Given, named_children};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Longest source text of a value that cannot be known.
const LONGEST_UNREAD: usize = 400;

impl Walker<'_, '_, '_> {
    /// The value of an expression.
    pub(super) fn value(&self, node: Node, depth: usize) -> Given {
        if depth >= DEEPEST || self.code.clock.late() {
            return Given::unread(place(node));
        }
        let all = span(node);
        let inner = |node: Option<Node>| node.map_or_else(|| Given::unread(all), |node| self.value(node, depth + 1));
        match node.kind() {
            "string" => self.text(node).map_or_else(|| Given::unread(all), |text| Given::literal(Value::text(text), all)),
            "template_string" => self.template(node, depth),
            "number" => number(self.code.of(node)).map_or_else(|| Given::unread(all), |value| Given::literal(value, all)),
            "true" => Given::literal(Value::Bool(true), all),
            "false" => Given::literal(Value::Bool(false), all),
            "null" | "undefined" => Given::literal(Value::Null, all),
            "identifier" | "shorthand_property_identifier" => match self.code.known(self.code.of(node)) {
                Some(known) => known.taken(all),
                None => Given::unread(all),
            },
            kind if is_transparent(kind) => inner(named_children(node).next()),
            "type_assertion" => inner(named_children(node).last()),
            "unary_expression" => self.unary(node, depth),
            "binary_expression" => self.binary(node, depth),
            "ternary_expression" => self.ternary(node, depth),
            "array" => {
                let items = named_children(node).map(|item| self.value(item, depth + 1));
                // a variable that nobody sets is no item
                list(items.filter(|item| item.read.is_none() || item.value != Outcome::One(Value::Null)), all)
            }
            "object" => Given::literal(Value::Map, Span::new(node.start_byte(), node.start_byte() + 1)),
            "member_expression" | "subscript_expression" => self.selected(node),
            "call_expression" | "new_expression" => self.called(node, depth),
            _ => Given::unread(place(node)),
        }
    }

    fn unary(&self, node: Node, depth: usize) -> Given {
        let all = span(node);
        let Some(argument) = node.child_by_field_name("argument") else { return Given::unread(all) };
        let operator = node.child_by_field_name("operator").map_or("", |operator| self.code.of(operator));
        match operator {
            "!" => truthful(self.value(argument, depth + 1)).negated(all),
            "-" | "+" => {
                let given = self.value(argument, depth + 1);
                match given.value {
                    Outcome::One(Value::Int(n)) if operator == "-" => Given::literal(Value::Int(n.saturating_neg()), all),
                    Outcome::One(Value::Float(n)) if operator == "-" => Given::literal(Value::Float(-n), all),
                    _ if operator == "+" => cast(given, "number"),
                    _ => Given::unread(all),
                }
            }
            "void" => Given::literal(Value::Null, all),
            _ => Given::unread(all),
        }
    }

    fn binary(&self, node: Node, depth: usize) -> Given {
        let all = span(node);
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else {
            return Given::unread(all);
        };
        let operator = node.child_by_field_name("operator").map_or("", |operator| self.code.of(operator));
        let (left, right) = (self.value(left, depth + 1), self.value(right, depth + 1));
        combined(operator, left, right, all)
    }

    /// `c ? a : b`. What a variable decides by being there or not is its fallback.
    pub(super) fn ternary(&self, node: Node, depth: usize) -> Given {
        let part = |name: &str| node.child_by_field_name(name).map(|part| self.value(part, depth + 1));
        let (Some(condition), Some(yes), Some(no)) = (part("condition"), part("consequence"), part("alternative")) else {
            return Given::unread(span(node));
        };
        match truth(&condition) {
            Some(truth) => {
                let (chosen, other) = if truth { (yes, no) } else { (no, yes) };
                let same = matches!((&condition.read, &other.read), (Some(a), Some(b)) if a.name == b.name);
                let read = if chosen.read.is_none() && same { other.read } else { chosen.read };
                Given { read, ..chosen }
            }
            None => yes.either(no, span(node)),
        }
    }

    fn template(&self, node: Node, depth: usize) -> Given {
        let all = span(node);
        let mut text = String::new();
        let mut at = node.start_byte() + 1;
        for part in named_children(node) {
            let between = self.code.text.get(at..part.start_byte()).unwrap_or("");
            text.push_str(between);
            at = part.end_byte();
            match part.kind() {
                "template_substitution" => {
                    let given = named_children(part).next().map(|inner| self.value(inner, depth + 1));
                    match given.map(|given| given.value) {
                        Some(Outcome::One(value @ (Value::Text(_) | Value::Int(_) | Value::Bool(_) | Value::Float(_)))) => {
                            text.push_str(&value.display());
                        }
                        _ => return Given::unread(place(node)),
                    }
                }
                "escape_sequence" => text.push_str(&unescaped(self.code.of(part))),
                _ => text.push_str(self.code.of(part)),
            }
        }
        text.push_str(self.code.text.get(at..node.end_byte().saturating_sub(1)).unwrap_or(""));
        Given::literal(Value::text(text), all)
    }

    /// `LogLevel.DEBUG` is its last word, `process.env.X` is not written.
    fn selected(&self, node: Node) -> Given {
        let all = span(node);
        if let Some((name, place)) = self.environment_name(node) {
            return super::environment::absent(&name, place, all);
        }
        let (Some(object), Some(property)) = (node.child_by_field_name("object"), self.last_name(node)) else { return Given::unread(all) };
        let owner = self.last_name(object).unwrap_or_default();
        let capital = |name: &str| name.starts_with(|c: char| c.is_ascii_uppercase());
        if capital(&owner) && capital(&property) && owner.chars().any(|c| c.is_ascii_lowercase()) {
            return Given::literal(Value::text(property), all);
        }
        Given::unread(place(node))
    }

    /// Calls that are looked through: casts, methods of texts, `[...].includes(x)`, functions that read the environment.
    fn called(&self, node: Node, depth: usize) -> Given {
        let unread = Given::unread(place(node));
        if let Some(given) = self.getter(node, depth) {
            return given;
        }
        let Some(arguments) = node.child_by_field_name("arguments") else { return unread };
        let mut arguments = named_children(arguments);
        let (first, second) = (arguments.next(), arguments.next());
        if node.kind() == "new_expression" {
            let set = node.child_by_field_name("constructor").is_some_and(|name| self.code.of(name) == "Set");
            return if set { first.map_or(unread, |first| self.value(first, depth + 1)) } else { unread };
        }
        let Some(function) = node.child_by_field_name("function") else { return unread };
        let name = self.last_name(function).unwrap_or_default();
        if function.kind() == "member_expression"
            && let Some(object) = function.child_by_field_name("object")
        {
            if is_method(&name) {
                return method(self.value(object, depth + 1), &name, span(node));
            }
            if name == "includes" || name == "has" {
                let (Some(first), others) = (first, self.value(object, depth + 1)) else { return unread };
                return contained(self.value(first, depth + 1), &others, span(node));
            }
        }
        if let Some(fallback) = self.fallback_of(function, &name, first, second, depth) {
            return fallback;
        }
        if self.is_cast(node) {
            let Some(first) = first else { return unread };
            let given = cast(self.value(first, depth + 1), &name);
            let fallback =
                second.filter(|_| given.read.is_some() && given.value == Outcome::One(Value::Null) && !name.starts_with("parse"));
            return match fallback.map(|second| self.value(second, depth + 1)) {
                Some(fallback) if matches!(fallback.value, Outcome::One(ref value) if *value != Value::Map) => given.coalesce(fallback),
                _ => given,
            };
        }
        if matches!(name.as_str(), "freeze" | "seal")
            && let Some(first) = first
        {
            return self.value(first, depth + 1);
        }
        unread
    }

    /// What a look-up by name gives where there is no such entry: `config.get("telemetry.enabled", true)`.
    fn fallback_of(&self, function: Node, name: &str, first: Option<Node>, second: Option<Node>, depth: usize) -> Option<Given> {
        let looks_up = function.kind() == "member_expression" && (name == "get" || name.starts_with("get") && name.len() > 3);
        let named = looks_up && first?.kind() == "string";
        let fallback = self.value(second.filter(|_| named)?, depth + 1);
        matches!(&fallback.value, Outcome::One(Value::Bool(_) | Value::Text(_) | Value::Int(_))).then_some(fallback)
    }

    /// Whether a call only casts its first argument: `Number(x)`, `parseInt(x, 10)`, `toBool(x)`.
    pub(super) fn is_cast(&self, call: Node) -> bool {
        let Some(function) = call.child_by_field_name("function") else { return false };
        let text = self.code.of(function);
        matches!(text, "Number" | "Boolean" | "String" | "BigInt" | "parseInt" | "parseFloat" | "Number.parseInt" | "Number.parseFloat")
            || matches!(text, "JSON.parse")
            || (function.kind() == "identifier" && is_cast_word(text))
    }

    /// The text of a string, escapes resolved.
    pub(super) fn text(&self, node: Node) -> Option<String> {
        if node.kind() != "string" {
            return None;
        }
        let mut text = String::new();
        for part in named_children(node) {
            match part.kind() {
                "escape_sequence" => text.push_str(&unescaped(self.code.of(part))),
                _ => text.push_str(self.code.of(part)),
            }
        }
        Some(text)
    }
}

/// True or false, nobody knows.
pub fn open(all: Span) -> Given {
    Given { value: Outcome::AnyOf(vec![Value::Bool(true), Value::Bool(false)]), ..Given::unread(all) }
}

/// Whether a value comes from a variable that names the kind of deployment, which somebody always sets.
pub fn deploys(given: &Given) -> bool {
    given.read.as_ref().is_some_and(|read| names_deployment(&read.name))
}

/// Whether a value holds as a condition, where that can be known.
pub fn truth(given: &Given) -> Option<bool> {
    if given.value == Outcome::One(Value::Null) && deploys(given) { None } else { given.truth() }
}

fn truthful(given: Given) -> Given {
    if truth(&given).is_none() { Given { value: Outcome::Unread, read: None, ..given } } else { given }
}

/// Names of functions by which programs turn texts into switches and numbers.
pub fn is_cast_word(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["bool", "truthy", "istrue", "tonumber", "toint", "parse", "flag", "number", "isenabled"].iter().any(|word| lower.contains(word))
}

/// Methods of texts that leave the meaning alone.
pub fn is_method(name: &str) -> bool {
    matches!(
        name,
        "toLowerCase"
            | "toUpperCase"
            | "toLocaleLowerCase"
            | "trim"
            | "trimEnd"
            | "trimStart"
            | "toString"
            | "valueOf"
            | "split"
            | "replace"
            | "replaceAll"
            | "slice"
            | "substring"
            | "filter"
            | "map"
    )
}

/// What a method of a text makes of it.
pub fn method(given: Given, name: &str, all: Span) -> Given {
    match name {
        "toLowerCase" | "toLocaleLowerCase" => given.map_text(str::to_lowercase),
        "toUpperCase" => given.map_text(str::to_uppercase),
        "trim" => given.map_text(|text| text.trim().to_owned()),
        "trimEnd" => given.map_text(|text| text.trim_end().to_owned()),
        "trimStart" => given.map_text(|text| text.trim_start().to_owned()),
        "toString" | "valueOf" => given,
        "split" => match given.text() {
            Some(text) => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::text).collect();
                Given { value: Outcome::One(Value::List(items)), ..given }
            }
            None => given,
        },
        // what stays of a list after `.map(x => x.trim()).filter(Boolean)` is the list as far as anybody cares
        "filter" | "map" if given.read.is_some() => given,
        _ if given.value == Outcome::One(Value::Null) => given,
        _ => Given { value: Outcome::Unread, span: all, ..given },
    }
}

/// What a cast makes of a value.
pub fn cast(given: Given, name: &str) -> Given {
    let lower = name.to_ascii_lowercase();
    let value = match &given.value {
        Outcome::One(Value::Text(text)) if lower == "boolean" => Value::Bool(!text.is_empty()),
        Outcome::One(Value::Int(n)) if lower == "boolean" => Value::Bool(*n != 0),
        Outcome::One(Value::Text(text))
            if lower.contains("number") || lower.contains("int") || lower.contains("float") || lower == "parse" =>
        {
            match number(text.trim()) {
                Some(value) => value,
                None => return given,
            }
        }
        _ => return given,
    };
    Given { value: Outcome::One(value), ..given }
}

fn calculated(operator: &str, left: &Given, right: &Given) -> Option<Value> {
    let (Outcome::One(left), Outcome::One(right)) = (&left.value, &right.value) else { return None };
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => match operator {
            "*" => a.checked_mul(*b),
            "+" => a.checked_add(*b),
            "-" => a.checked_sub(*b),
            _ => a.checked_rem(*b).filter(|rest| *rest == 0).and_then(|_| a.checked_div(*b)),
        }
        .map(Value::Int),
        (Value::Text(_), Value::Text(_) | Value::Int(_)) | (Value::Int(_), Value::Text(_)) if operator == "+" => {
            Some(Value::text(format!("{}{}", left.display(), right.display())))
        }
        _ => None,
    }
}

fn number(text: &str) -> Option<Value> {
    let plain = text.replace('_', "");
    let plain = plain.trim_end_matches('n');
    let lower = plain.to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = lower.strip_prefix(prefix) {
            return i64::from_str_radix(digits, radix).ok().map(Value::Int);
        }
    }
    if let Ok(whole) = plain.parse::<i64>() {
        return Some(Value::Int(whole));
    }
    if !plain.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-')) {
        return None;
    }
    plain.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::Float)
}

fn unescaped(escape: &str) -> String {
    let mut rest = escape.chars().skip(1);
    let Some(first) = rest.next() else { return String::new() };
    let digits: String = rest.filter(char::is_ascii_hexdigit).collect();
    match first {
        'n' => "\n".into(),
        't' => "\t".into(),
        'r' => "\r".into(),
        'b' => "\u{8}".into(),
        'f' => "\u{c}".into(),
        'v' => "\u{b}".into(),
        '0' => "\0".into(),
        'x' | 'u' => u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).map(String::from).unwrap_or_default(),
        '\n' | '\r' => String::new(),
        other => other.into(),
    }
}

/// Where a value stands that cannot be known: all of it, or its beginning when it is long.
fn place(node: Node) -> Span {
    let mut at = node;
    for _ in 0..DEEPEST {
        if at.byte_range().len() <= LONGEST_UNREAD {
            return span(at);
        }
        match at.named_child(0) {
            Some(first) => at = first,
            None => break,
        }
    }
    Span::new(at.start_byte(), at.start_byte())
}

/// What an operator makes of two values.
pub fn combined(operator: &str, left: Given, right: Given, all: Span) -> Given {
    match operator {
        "||" => match truth(&left) {
            None if matches!(left.value, Outcome::AnyOf(_)) && truth(&right) != Some(true) => left.either(right, all),
            _ => left.or_else(right),
        },
        "??" => left.coalesce(right),
        "&&" => match truth(&left) {
            Some(true) => right,
            Some(false) => Given { value: Outcome::One(Value::Bool(false)), read: None, ..left },
            None => match (&left.value, &right.value) {
                (_, Outcome::One(Value::Bool(false))) => right,
                (_, Outcome::AnyOf(_) | Outcome::One(Value::Bool(true))) | (Outcome::AnyOf(_), _) => open(all),
                _ => Given::unread(all),
            },
        },
        "===" | "==" | "!==" | "!=" => {
            let selects = |given: &Given| given.value == Outcome::One(Value::Null) && deploys(given);
            if selects(&left) || selects(&right) { open(all) } else { left.compared(right, operator.starts_with('='), all) }
        }
        "<" | ">" | "<=" | ">=" | "in" | "instanceof" => open(all),
        "*" | "+" | "-" | "/" => calculated(operator, &left, &right).map_or_else(|| Given::unread(all), |value| Given::literal(value, all)),
        _ => Given::unread(all),
    }
}

/// `[a, b].includes(x)`.
pub fn contained(given: Given, others: &Given, all: Span) -> Given {
    let selects = given.value == Outcome::One(Value::Null) && deploys(&given);
    if selects { open(all) } else { given.member_of(others, true, all) }
}
