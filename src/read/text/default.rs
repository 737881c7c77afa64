//! What a text with shell expressions comes to when nobody sets the variables; always typed as text.

use crate::read::expression::Resolved;
use crate::value::{Outcome, Value};

/// The shell's own expressions.
fn resolve(_text: &str) -> Option<Resolved> {
    None
}

/// The value of `text` where the shell (or Compose, or dotenv) expands variables. What is left over of an unknown construct is a reference.
pub(super) fn shell(text: &str) -> Resolved {
    if !text.contains(['$', '`']) {
        return Resolved::plain(Value::text(text));
    }
    if computed(text) {
        return Resolved::reference();
    }
    match resolve(text) {
        Some(Resolved { value, mark }) => Resolved { value: as_text(value), mark },
        None if looks_expanded(text) => Resolved::reference(),
        None => Resolved::plain(Value::text(text)),
    }
}

/// A command's output is part of it: `$(date)`, a pair of backticks.
fn computed(text: &str) -> bool {
    text.contains("$(") || text.matches('`').count() >= 2
}

fn looks_expanded(text: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let next = text.as_bytes().get(at + 1).copied().unwrap_or(b' ');
        let escaped = at > 0 && text.as_bytes().get(at - 1) == Some(&b'$');
        !escaped && (next.is_ascii_alphanumeric() || matches!(next, b'_' | b'{' | b'@' | b'*'))
    })
}

/// Environment variables and arguments are text whatever they look like.
fn as_text(value: Outcome) -> Outcome {
    let text = |value: Value| if matches!(value, Value::Text(_)) { value } else { Value::text(value.display()) };
    match value {
        Outcome::One(value) => Outcome::One(text(value)),
        Outcome::AnyOf(values) => Outcome::AnyOf(values.into_iter().map(text).collect()),
        Outcome::Unread => Outcome::Unread,
    }
}
