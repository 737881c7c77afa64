//! What a comparison in Python comes to when nobody sets anything.

use tree_sitter::Node;

use super::environment;
use super::values::{self, bare};
use crate::read::code::emit::span;
use crate::read::code::{Code, Given, named_children};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// `a == b`, `a is not b`, `a in b`.
pub(super) fn of(code: &Code, node: Node, depth: usize) -> Given {
    let at = span(node);
    let unknown = || Given { value: Outcome::AnyOf(vec![Value::Bool(true), Value::Bool(false)]), ..Given::unread(at) };
    let sides: Vec<Node> = named_children(node).collect();
    let [first, second] = sides.as_slice() else { return unknown() };
    let between = code.text.get(first.end_byte()..second.start_byte()).unwrap_or("");
    let mut words = between.split_whitespace().filter(|word| !word.starts_with(['(', ')', '\\']));
    let operator = match (words.next(), words.next()) {
        (Some(one), None) => one.to_owned(),
        (Some(one), Some(two)) => format!("{one} {two}"),
        _ => return unknown(),
    };
    if matches!(&*operator, "in" | "not in")
        && let Some(given) = environment::presence(code, *first, *second, operator == "in", depth)
    {
        return given;
    }
    if let Some(given) = without_entry(code, (*first, *second), &operator, at) {
        return given;
    }
    let (left, right) = (values::of(code, *first, depth + 1), values::of(code, *second, depth + 1));
    // members of an enumeration are known by name only, and `is None` says nothing about a variable's value
    let symbolic = [first, second].iter().any(|side| bare(**side).kind() == "attribute");
    let asks_presence = matches!(right.value, Outcome::One(Value::Null)) && right.read.is_none();
    // only a comparison with words for yes and no says what a variable is as a switch
    let words = switches(&right) || switches(&left);
    match &*operator {
        "==" | "!=" | "is" | "is not" if !symbolic => {
            let equal = matches!(&*operator, "==" | "is");
            let given = left.compared(right, equal, at);
            if asks_presence || !words { Given { read: None, span: at, ..given } } else { given }
        }
        "in" | "not in" => {
            let given = left.member_of(&right, operator == "in", at);
            if words { given } else { Given { read: None, span: at, ..given } }
        }
        _ => unknown(),
    }
}

/// `config.get("telemetry") is not False`: what holds when the mapping has no such entry.
fn without_entry(code: &Code, (first, second): (Node, Node), operator: &str, at: Span) -> Option<Given> {
    let different = match operator {
        "is" | "==" => false,
        "is not" | "!=" => true,
        _ => return None,
    };
    let call = bare(first);
    let function = call.child_by_field_name("function").filter(|function| call.kind() == "call" && function.kind() == "attribute")?;
    let gets = function.child_by_field_name("attribute").is_some_and(|method| code.of(method) == "get");
    let lone = named_children(call.child_by_field_name("arguments")?).map(|argument| argument.kind()).eq(["string"]);
    let switch = matches!(bare(second).kind(), "true" | "false");
    (gets && lone && switch && environment::read(code, call, 0).is_none()).then(|| Given::literal(Value::Bool(different), at))
}

/// Whether a value, or each item of a list, is a word for yes or no.
fn switches(given: &Given) -> bool {
    let word = |value: &Value| match value {
        Value::Bool(_) => true,
        Value::Int(n) => matches!(n, 0 | 1),
        Value::Text(text) => matches!(
            &*text.trim().to_ascii_lowercase(),
            "" | "true" | "false" | "1" | "0" | "yes" | "no" | "on" | "off" | "y" | "n" | "t" | "f" | "enabled" | "disabled" | "none"
        ),
        _ => false,
    };
    given.read.is_none()
        && match &given.value {
            Outcome::One(Value::List(items)) => items.iter().all(word),
            Outcome::One(value) => word(value),
            _ => false,
        }
}
