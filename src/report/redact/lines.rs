//! Secrets in lines of files that nobody has parsed: the neighbours of a marked place.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::names::named_secret;
use super::shapes::shapes;
use super::values::bare;

/// Why a part of a text is taken for a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A name before it says so: `password: x`.
    Name,
    /// It looks like one whatever its name: `ghp_...`, a private key, `user:password@`.
    Shape,
}

/// Every part of a line that looks like a secret, in order, without overlaps.
#[must_use]
pub fn secrets_in(line: &str) -> Vec<(Range<usize>, Reason)> {
    let mut found: Vec<(Range<usize>, Reason)> = shapes("", line).into_iter().map(|range| (range, Reason::Shape)).collect();
    for (name, range) in pairs(line) {
        if line.get(range.clone()).is_some_and(|value| named_secret(name, value)) {
            found.push((range, Reason::Name));
        }
    }
    found.sort_by_key(|(range, _)| (range.start, range.end));
    let mut merged: Vec<(Range<usize>, Reason)> = Vec::with_capacity(found.len());
    for (range, reason) in found {
        match merged.last_mut() {
            Some((last, why)) if range.start < last.end => {
                last.end = last.end.max(range.end);
                if reason == Reason::Shape {
                    *why = Reason::Shape;
                }
            }
            _ => merged.push((range, reason)),
        }
    }
    merged
}

/// `name: value`, `name=value`, `"name": "value"`, `--name value`.
#[allow(clippy::expect_used, reason = "a constant pattern, built by every test of this module")]
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?P<n>[A-Za-z_][A-Za-z0-9_.-]*)["'\])]*[ \t]*(?:=>|:=|[:=])[ \t]*|(?P<f>--?[A-Za-z][A-Za-z0-9_-]*)["']?[,[ \t]][ \t]*|(?m:^)[ \t]*(?:ENV|ARG)[ \t]+(?P<e>[A-Za-z0-9_]+)[ \t]+"#)
        .expect("a constant pattern")
});

fn pairs(line: &str) -> Vec<(&str, Range<usize>)> {
    let mut pairs = Vec::new();
    for captures in NAME.captures_iter(line) {
        let Some(whole) = captures.get(0) else { continue };
        let Some(name) = captures.name("n").or_else(|| captures.name("f")).or_else(|| captures.name("e")) else { continue };
        let at = whole.end();
        let Some(rest) = line.get(at..) else { continue };
        // a value of a line that starts with its name runs to the line's end: passwords may hold anything
        let opens = line.get(..whole.start()).is_some_and(|before| before.trim_matches(|c: char| c.is_whitespace() || c == '-').is_empty());
        let length = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => quoted(rest, quote),
            // what `::` starts is a type or a path, not a value
            Some(':') | None => continue,
            Some('-') if captures.name("f").is_some() => continue,
            _ if opens && captures.name("f").is_none() => rest.find(" #").unwrap_or(rest.len()),
            _ => rest.find([' ', ',', ';', '&', '}', ')', ']', '"', '\'', '\t']).unwrap_or(rest.len()),
        };
        let value = rest.get(..length).unwrap_or(rest).trim_end();
        if !value.is_empty() {
            pairs.push((name.as_str(), at..at + value.len()));
        }
    }
    pairs
}

/// Length of a quoted text, quotes included; to the end where the closing quote is missing.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' && quote == '"' {
            escaped = true;
        } else if c == quote {
            return at + c.len_utf8();
        }
    }
    text.len()
}

/// The name of a line that only opens a value which follows on later lines: `password: |`, `DB_PASSWORD:`, `- name: DB_PASSWORD`.
/// Gives whether what follows must be hidden.
#[must_use]
pub fn opens_secret(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '-']).trim_end();
    if let Some(named) = line.strip_prefix("name:").or_else(|| line.strip_prefix("\"name\":")) {
        return named_secret(bare(named.trim_end_matches(',')), "some text");
    }
    let Some((name, rest)) = line.split_once([':', '=']) else { return line.contains("PRIVATE KEY-----") && line.contains("BEGIN") };
    let rest = rest.trim();
    let opens = rest.is_empty() || rest.starts_with(['|', '>']) || rest == "\"\"\"" || rest == "'''" || rest.starts_with("<<");
    (opens && named_secret(bare(name), "some text")) || (line.contains("PRIVATE KEY-----") && line.contains("BEGIN"))
}
