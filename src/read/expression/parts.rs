//! Texts made of literal parts and expressions, put together again once each expression is resolved.

use super::{DEPTH, LONGEST, Resolved};
use crate::value::{Mark, Outcome, Value};

/// How many values a text may come to before it counts as not known.
const ALTERNATIVES: usize = 16;

/// One part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// One of these values.
    Known(Vec<Value>),
    /// Not in the file.
    Open(Mark),
}

impl Part {
    pub(super) fn one(value: Value) -> Self {
        Self::Known(vec![value])
    }

    pub(super) fn text(text: &str) -> Self {
        Self::one(Value::text(text))
    }

    pub(super) fn reference() -> Self {
        Self::Open(Mark::Reference)
    }

    pub(super) fn resolved(self) -> Resolved {
        match self {
            Self::Open(mark) => Resolved { value: Outcome::Unread, mark },
            Self::Known(mut values) => {
                let value = if values.len() == 1 { values.pop().map_or(Outcome::Unread, Outcome::One) } else { Outcome::AnyOf(values) };
                Resolved { value, mark: Mark::Plain }
            }
        }
    }
}

/// All parts as one. A part that is alone keeps its types; several make a text.
pub(super) fn join(mut parts: Vec<Part>) -> Part {
    parts.retain(|part| *part != Part::text(""));
    if parts.len() == 1 {
        return parts.pop().unwrap_or(Part::reference());
    }
    let mut texts = vec![String::new()];
    let mut open = None;
    for part in parts {
        match part {
            // a value that comes from elsewhere decides over one that must be given
            Part::Open(mark) => open = Some(if open.is_none_or(|open| open == Mark::Required) { mark } else { Mark::Reference }),
            Part::Known(values) if texts.len() * values.len() <= ALTERNATIVES => {
                texts = texts.iter().flat_map(|text| values.iter().map(move |value| format!("{text}{}", value.display()))).collect();
            }
            Part::Known(_) => open = Some(Mark::Reference),
        }
    }
    match open {
        Some(mark) => Part::Open(mark),
        None => Part::Known(texts.into_iter().map(Value::text).collect()),
    }
}

/// Two sets of values, each value once.
pub(super) fn either(mut left: Vec<Value>, right: Vec<Value>) -> Vec<Value> {
    for value in right {
        if !left.contains(&value) {
            left.push(value);
        }
    }
    left
}

/// Reads a text with `${...}` in it; `body` resolves what stands between the braces, or says that it is no expression.
/// Gives nothing where there is none, or where one is foreign to the language.
pub(super) fn dollars(text: &str, names: bool, depth: usize, body: &dyn Fn(&str, usize) -> Option<Part>) -> Option<Part> {
    if depth > DEPTH || text.len() > LONGEST {
        return text.contains('$').then(Part::reference);
    }
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some((before, after)) = rest.split_once('$') {
        literal.push_str(before);
        let (part, next) = if let Some(next) = after.strip_prefix('$').filter(|_| names) {
            (Part::text("$"), next)
        } else if let Some((inside, next)) = after.strip_prefix('{').and_then(closed) {
            (body(inside, depth + 1)?, next)
        } else if let Some((_, next)) = name(after).filter(|_| names) {
            (Part::reference(), next)
        } else if let Some(next) = after.strip_prefix('(').filter(|_| names).and_then(|inside| inside.split_once(')')) {
            (Part::reference(), next.1)
        } else {
            literal.push('$');
            rest = after;
            continue;
        };
        found = true;
        parts.push(Part::text(&literal));
        literal.clear();
        parts.push(part);
        rest = next;
    }
    literal.push_str(rest);
    parts.push(Part::text(&literal));
    found.then(|| if parts.iter().all(|part| *part == Part::text("")) { Part::text("") } else { join(parts) })
}

/// What stands before the brace that closes, and what follows it; an inner `${` needs a closing brace of its own.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut open = 0_usize;
    let mut dollar = false;
    for (at, c) in text.char_indices() {
        match c {
            '{' if dollar => open += 1,
            '}' if open == 0 => return Some((text.get(..at)?, text.get(at + 1..)?)),
            '}' => open -= 1,
            _ => {}
        }
        dollar = c == '$';
    }
    None
}

/// A variable's name at the start of a text, and the rest.
pub(super) fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts.then(|| text.split_at_checked(end)).flatten()
}

/// A text without the quotes around it.
pub(super) fn unquoted(text: &str) -> &str {
    let strip = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    strip('"').or_else(|| strip('\'')).unwrap_or(text)
}
