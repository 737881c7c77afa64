//! The TOML that manifests and lock files are made of, line by line: tables, `name = "value"`, inline tables and lists of strings.

use super::List;
use crate::read::text::lines;
use crate::reading::PinVersion;
use crate::span::Span;

/// One `name = value` below its table.
pub(super) struct Entry<'a> {
    /// The table's name as written: `tool.poetry.dependencies`.
    pub table: &'a str,
    /// The name without quotes.
    pub name: &'a str,
    pub name_span: Span,
    pub value: Content<'a>,
}

/// What stands after the `=`.
pub(super) enum Content<'a> {
    /// A string, inside its quotes.
    Text(Span),
    /// The text inside `{ }` and where it starts.
    Table(&'a str, usize),
    /// The strings of a list, inside their quotes.
    List(Vec<Span>),
    /// Anything else.
    Other,
}

/// Gives every entry in order; an error is a list that is never closed, after which nothing is known.
pub(super) fn entries<'a>(text: &'a str, mut take: impl FnMut(&Entry<'a>)) -> Result<(), Span> {
    let mut table = "";
    let mut passed = 0;
    for (start, line) in lines(text) {
        if start < passed {
            continue;
        }
        let trimmed = line.trim();
        if let Some(header) = trimmed.strip_prefix('[') {
            let header = header.trim_start_matches('[');
            table = header.split(']').next().unwrap_or(header).trim();
            continue;
        }
        let Some(equals) = line.find('=').filter(|_| !trimmed.starts_with('#')) else { continue };
        let name = line.get(..equals).unwrap_or("");
        let indent = name.len() - name.trim_start().len();
        let written = name.trim();
        let bare = written.trim_matches(['"', '\'']);
        let name_at = start + indent + (written.len() - bare.len()).min(1);
        let rest = line.get(equals + 1..).unwrap_or("");
        let value_at = start + equals + 1 + (rest.len() - rest.trim_start().len());
        let Some((value, end)) = content(text, value_at) else { return Err(Span::new(value_at, value_at + 1)) };
        passed = end;
        take(&Entry { table, name: bare, name_span: Span::new(name_at, name_at + bare.len()), value });
    }
    Ok(())
}

/// What stands at `at`, and where the line after it may start; nothing for a list that is never closed.
fn content(text: &str, at: usize) -> Option<(Content<'_>, usize)> {
    let rest = text.get(at..).unwrap_or("");
    for quotes in ["\"\"\"", "'''"] {
        if let Some(inner) = rest.strip_prefix(quotes) {
            return Some((Content::Other, at + inner.find(quotes)? + 6));
        }
    }
    Some(match rest.chars().next() {
        Some('"' | '\'') => match string(rest) {
            Some(length) => (Content::Text(Span::new(at + 1, at + 1 + length)), at + length + 2),
            None => (Content::Other, at),
        },
        Some('[') => {
            let (strings, end) = list(text, at)?;
            (Content::List(strings), end)
        }
        Some('{') => {
            let line = rest.lines().next().unwrap_or(rest);
            let inner = line.get(1..).unwrap_or("");
            (Content::Table(inner.rsplit_once('}').map_or(inner, |(inner, _)| inner), at + 1), at)
        }
        _ => (Content::Other, at),
    })
}

/// The length inside the quotes of a string of one line.
fn string(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let inner = text.get(1..)?;
    let end = inner.find([quote, '\n'])?;
    inner.get(end..)?.starts_with(quote).then_some(end)
}

/// The strings of a list that may go over many lines, and where it ends.
fn list(text: &str, from: usize) -> Option<(Vec<Span>, usize)> {
    let mut strings = Vec::new();
    let mut depth = 0_usize;
    let mut at = from;
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some((strings, at + 1));
                }
            }
            b'#' => at += text.get(at..).and_then(|rest| rest.find('\n')).unwrap_or(text.len() - at),
            b'"' | b'\'' => {
                if let Some(length) = text.get(at..).and_then(string) {
                    strings.push(Span::new(at + 1, at + 1 + length));
                    at += length + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The string under a name in the text of an inline table.
pub(super) fn field(inner: &str, at: usize, name: &str) -> Option<Span> {
    inner.match_indices(name).find_map(|(found, _)| {
        let before = inner.get(..found)?.trim_end();
        let rest = inner.get(found + name.len()..)?;
        let value = rest.trim_start().strip_prefix('=')?.trim_start();
        let start = inner.len() - value.len();
        let alone = before.is_empty() || before.ends_with(',');
        let length = string(value).filter(|_| alone)?;
        Some(Span::new(at + start + 1, at + start + 1 + length))
    })
}

/// The address of the repository that an inline table names in place of a version, and the commit, tag or branch in it.
pub(super) fn repository(text: &str, inner: &str, at: usize) -> Option<(String, Option<String>)> {
    let said = |name: &str| field(inner, at, name).map(|span| span.of(text).to_owned());
    let address = said("git").filter(|_| said("version").is_none())?;
    Some((address, ["rev", "tag", "branch"].into_iter().find_map(said)))
}

/// `[[package]]` tables with `name` and `version`: `Cargo.lock`, `uv.lock`, `poetry.lock`.
pub(super) fn lock(list: &mut List<'_>) {
    let text = list.text;
    let mut name: Option<Span> = None;
    let whole = entries(text, |entry| {
        let Content::Text(value) = entry.value else { return };
        match (entry.table, entry.name) {
            ("package", "name") => name = Some(value),
            ("package", "version") => {
                if let Some(name) = name.take() {
                    list.push(name.of(text), name, PinVersion::Exact(value.of(text).into()), value);
                }
            }
            _ => {}
        }
    });
    list.check(whole);
}
