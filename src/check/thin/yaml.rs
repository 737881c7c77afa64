//! YAML in its documents, or one document in its top-level sections.

use super::{Part, unlike};

/// Sections up to this size are kept: they often say what a document is.
const SHORT: usize = 200;

/// Keys whose sections take in what others say; those of a collector are told by its pipelines.
const ACROSS: &[&str] = &["services", "sinks", "pipelines", "jobs", "stages", "extends", "include"];

/// Files whose sections take in what others say, by a part of their path.
const PLACES: &[&str] = &[".github/", ".gitlab", ".circleci", "azure", "compose", ".pre-commit", "environment", "conda", "templates/"];

pub(super) fn thinned(path: &str, base: &str, head: &str) -> Option<[String; 2]> {
    if PLACES.iter().any(|place| path.contains(place)) || [base, head].into_iter().any(has_anchor) {
        return None;
    }
    let documents = [base, head].map(documents);
    let (old, new) = match &documents {
        [old, new] if old.len() > 1 && new.len() > 1 => (numbered(old)?, numbered(new)?),
        [old, new] if old.len() == 1 && new.len() == 1 => (sections(base)?, sections(head)?),
        _ => return None,
    };
    Some(unlike(&old, &new)?.map(|parts| parts.iter().map(|part| part.text).collect()))
}

/// Resources, those without a name known by their place; nothing where other documents stand among them, for what a file holds
/// decides which policies look into all of it.
fn numbered<'t>(documents: &[&'t str]) -> Option<Vec<Part<'t>>> {
    let resource = |text: &&str| ["apiVersion:", "kind:"].iter().all(|key| text.lines().any(|line| line.starts_with(key)));
    let all = documents.iter().all(|text| resource(text) && !text.contains("audit.k8s.io"));
    all.then(|| documents.iter().enumerate().map(|(place, text)| Part::new(place, text)).collect())
}

/// The top-level sections of one document; nothing for what is no plain mapping.
fn sections(text: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, line) in lines(text) {
        if !begins(line)? {
            continue;
        }
        let name = line.split(':').next().unwrap_or("").trim_matches(['"', '\'']);
        if ACROSS.contains(&name) || (name == "service" && text.contains("pipelines:")) {
            return None;
        }
        if at > from {
            parts.push(part(text.get(from..at)?));
        }
        from = at;
    }
    parts.push(part(text.get(from..)?));
    Some(parts)
}

fn part(text: &str) -> Part<'_> {
    Part { stays: text.len() <= SHORT, ..Part::new(0, text) }
}

/// The stretches between the marks of documents, each with the mark above it.
fn documents(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut from = 0;
    for (at, line) in lines(text) {
        if at > from && line.starts_with("---") && text.get(from..at).is_some_and(|before| !is_blank(before)) {
            all.extend(text.get(from..at));
            from = at;
        }
    }
    all.extend(text.get(from..).filter(|rest| !is_blank(rest)));
    all
}

/// Whether nothing but comments, blanks and marks stands there.
fn is_blank(text: &str) -> bool {
    text.lines().all(|line| line.trim().is_empty() || line.starts_with('#') || line.trim_end() == "---")
}

/// Whether a line begins a section; nothing for a line that no plain mapping has in its first column.
fn begins(line: &str) -> Option<bool> {
    let content = line.trim_end();
    let Some(first) = content.chars().next() else { return Some(false) };
    // a list may stand as deep as its key
    if matches!(first, ' ' | '\t' | '#' | '-' | '\u{feff}') {
        return if content == "-" || content.starts_with("- ") || !content.starts_with('-') || content == "---" {
            Some(false)
        } else {
            None
        };
    }
    let key = first.is_ascii_alphanumeric() || matches!(first, '_' | '"' | '\'' | '.' | '/');
    (key && (content.ends_with(':') || content.contains(": "))).then_some(true)
}

/// Whether something may stand for something else elsewhere.
fn has_anchor(text: &str) -> bool {
    memchr::memchr_iter(b'&', text.as_bytes()).any(|at| {
        let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at));
        let after = text.as_bytes().get(at + 1);
        before.is_none_or(|b| matches!(b, b' ' | b'\t' | b'\n' | b'[' | b'{' | b','))
            && after.is_some_and(|b| !b.is_ascii_whitespace() && *b != b'&')
    })
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}
