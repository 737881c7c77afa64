//! What a text with shell expressions comes to when nobody sets the variables; always typed as text.

use crate::read::expression::{self, Resolved, typed};
use crate::value::{Outcome, Value};

/// The value of `text` where the shell (or Compose, or dotenv) expands variables. What is left over of an unknown construct is a reference.
pub(super) fn shell(text: &str) -> Resolved {
    if !text.contains(['$', '`']) {
        return Resolved::plain(Value::text(text));
    }
    if computed(text) {
        return Resolved::reference();
    }
    match expression::shell::resolve(text) {
        Some(Resolved { value, mark }) => Resolved { value: as_text(value), mark },
        // a substitution that the shell does not have
        None if text.contains("${") => Resolved::reference(),
        None => Resolved::plain(Value::text(text)),
    }
}

/// Variables with a value that the file itself gives.
pub(crate) type Known<'a> = &'a dyn Fn(&str) -> Option<Box<str>>;

/// As [`shell`], with variables that the same file sets put in first.
pub(crate) fn shell_with(text: &str, known: Known<'_>) -> Resolved {
    if text.contains('$') && text.len() <= LONGEST { shell(&expand(text, known, 0)) } else { shell(text) }
}

/// No text of more bytes is put together, and none grows beyond that by what is put in: variables that double each other would fill the memory.
const LONGEST: usize = 16 * 1024;

/// Puts known variables in their places and leaves the others as they are. `$$` stays the escape that it is.
fn expand(text: &str, known: Known<'_>, depth: u8) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at..).unwrap_or("");
        let (length, replacement) = variable(rest, known, depth);
        match replacement {
            Some(value) if out.len() + value.len() <= LONGEST => out.push_str(&value),
            _ => out.push_str(rest.get(..length).unwrap_or("")),
        }
        rest = rest.get(length..).unwrap_or("");
    }
    out.push_str(rest);
    out
}

/// The length of the expression at the start of `text`, and what stands for it.
fn variable(text: &str, known: Known<'_>, depth: u8) -> (usize, Option<String>) {
    let after = text.get(1..).unwrap_or("");
    let name_length = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let look = |name: &str| known(name).map(|value| value.replace('$', "$$"));
    if after.starts_with('$') {
        return (2, None);
    }
    let Some(braced) = after.strip_prefix('{') else {
        let length = name_length(after);
        let name = after.get(..length).unwrap_or("");
        return (1 + length, look(name));
    };
    let Some(end) = closing(braced) else { return (1, None) };
    let length = end + 3;
    let inner = braced.get(..end).unwrap_or("");
    let (name, rest) = inner.split_at_checked(name_length(inner)).unwrap_or((inner, ""));
    let operator = rest.trim_start_matches(':').chars().next();
    let colon = rest.starts_with(':');
    let word = rest.get(usize::from(colon) + 1..).unwrap_or("");
    let deeper = |word: &str| if depth < 16 { expand(word, known, depth + 1) } else { word.to_owned() };
    match (look(name).filter(|value| !colon || !value.is_empty()), operator) {
        (Some(value), None | Some('-' | '=' | '?')) => (length, Some(value)),
        (Some(_), Some('+')) => (length, Some(deeper(word))),
        (None, Some('-' | '=')) => {
            let head = rest.len() - word.len();
            (length, Some(format!("${{{name}{}{}}}", rest.get(..head).unwrap_or(""), deeper(word))))
        }
        _ => (length, None),
    }
}

/// Where the brace that is open before the text is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().take(4096) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A command's output is part of it; `$(...)` is known to the expressions, a pair of backticks is not.
fn computed(text: &str) -> bool {
    text.matches('`').count() >= 2
}

/// The value of `text` where Spring expands placeholders.
pub(crate) fn spring(text: &str) -> Resolved {
    expression::spring::resolve(text).unwrap_or_else(Resolved::reference)
}

/// A resolved fallback of an unquoted place.
pub(crate) fn retyped(value: Outcome) -> Outcome {
    let again = |value: Value| if let Value::Text(text) = &value { typed(text) } else { value };
    match value {
        Outcome::One(value) => Outcome::One(again(value)),
        Outcome::AnyOf(values) => Outcome::AnyOf(values.into_iter().map(again).collect()),
        Outcome::Unread => Outcome::Unread,
    }
}

/// `A_NAME` as environment variables are written.
pub(super) fn is_screaming(name: &str) -> bool {
    let fits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    name.len() >= 3 && name.starts_with(|c: char| c.is_ascii_uppercase()) && name.split('_').all(fits)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_the_same_file_are_put_in() {
        let known = |name: &str| match name {
            "A" => Some("1".into()),
            "E" => Some("".into()),
            _ => None,
        };
        let out = |text: &str| expand(text, &known, 0);
        assert_eq!(out("$A/${A}/${A:-x}/${A:?m}/${A:+y}"), "1/1/1/1/y");
        assert_eq!(out("${E:-x}${E-x}"), "${E:-x}");
        assert_eq!(out("${B:-$A} $B ${B} $$A ${A"), "${B:-1} $B ${B} $$A ${A");
    }
}
