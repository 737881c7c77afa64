//! Lists of a command's words in programs: `["--mute-audio", "--no-sandbox"]` gives its flags, `["--host", "0.0.0.0"]` one with its value.

use tree_sitter::Node;

use super::{Code, named_children};
use crate::read::text::command::is_switch;
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Words in the names of lists that say what must not be given.
const REFUSED: &[&str] = &[
    "block",
    "deny",
    "denied",
    "forbid",
    "danger",
    "unsafe",
    "ignore",
    "remove",
    "exclu",
    "disallow",
    "reject",
    "strip",
    "sensitive",
    "known",
    "valid",
];

/// Longest flag that is read, in bytes.
const LONGEST: usize = 120;

/// Gives the flags among the texts of a list that is no text to compare with. What is only looked for in the list is not given to anybody.
pub fn of_list(list: Node, scope: ScopeId, code: &mut Code) {
    if !code.of(list).contains("--") || is_asked(list, code) {
        return;
    }
    let mut items = named_children(list).filter(|item| item.kind() != "comment").peekable();
    while let Some(item) = items.next() {
        let Some(Literal { inside, start }) = literal(item, code) else { continue };
        if inside.len() > LONGEST || !inside.starts_with("--") || inside.contains(['{', '\\', ' ', '\n']) {
            continue;
        }
        let (name, value) = inside.split_once('=').map_or((inside, None), |(name, value)| (name, Some(value)));
        let plain = name.len() > 3 && name.bytes().skip(2).all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        if !plain {
            continue;
        }
        let next = items.peek().and_then(|next| literal(*next, code));
        let next = next.filter(|next| value.is_none() && !next.inside.starts_with('-') && !is_switch("", name));
        let name_span = Span::new(start, start + name.len());
        let (outcome, place) = match (value, next) {
            (Some(value), _) => (Outcome::text(value), Span::new(start + name.len() + 1, start + name.len() + 1 + value.len())),
            (None, Some(next)) => (Outcome::text(next.inside), Span::new(next.start, next.start + next.inside.len())),
            (None, None) => (Outcome::One(Value::Bool(true)), name_span),
        };
        code.add(Setting::named(scope, Surface::Flag, name, outcome, name_span, place));
    }
}

/// What stands between the quotes of a text, and where.
pub(super) struct Literal<'t> {
    pub inside: &'t str,
    pub start: usize,
}

/// A text without anything put in, `None` for other values.
pub(super) fn literal<'t>(node: Node, code: &Code<'t>) -> Option<Literal<'t>> {
    if !matches!(node.kind(), "string" | "interpreted_string_literal") {
        return None;
    }
    let raw = code.of(node);
    let quote = raw.find(['"', '\'']).filter(|at| *at < 2)?;
    let inside = raw.get(quote + 1..raw.len().saturating_sub(1)).unwrap_or("");
    Some(Literal { inside, start: node.start_byte() + quote + 1 })
}

/// Whether the list only says what is looked for or refused: `flag in [...]`, `BLOCKED_FLAGS = [...]`, `[...].includes(flag)`.
fn is_asked(list: Node, code: &Code) -> bool {
    let Some(outer) = list.parent() else { return false };
    if matches!(
        outer.kind(),
        "comparison_operator"
            | "binary_expression"
            | "member_expression"
            | "attribute"
            | "for_statement"
            | "for_in_statement"
            | "for_in_clause"
    ) {
        return true;
    }
    // options of a command-line parser and lists that are looped over name flags without giving them
    let mut at = outer;
    for _ in 0..4 {
        if let Some(name) =
            at.child_by_field_name("left").or_else(|| at.child_by_field_name("name")).or_else(|| at.child_by_field_name("key"))
        {
            let name = code.of(name).to_ascii_lowercase();
            return REFUSED.iter().any(|word| name.contains(word));
        }
        let Some(next) = at.parent() else { return false };
        at = next;
    }
    false
}
