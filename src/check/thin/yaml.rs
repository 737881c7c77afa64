//! YAML in its documents, or one document in its sections, large ones in the sections below their keys.

use foldhash::HashMap;

use super::{Part, unlike};

/// Sections up to this size are kept: they often say what a document is.
const SHORT: usize = 200;

/// Keys whose sections take in what others say; those of a collector are told by its pipelines.
const ACROSS: &[&str] = &["services", "sinks", "transforms", "pipeline", "pipelines", "jobs", "stages", "extends", "include"];

/// Sections beyond this size are taken apart.
const LARGE: usize = 2 << 10;

/// How deep sections are taken apart.
const DEEPEST: usize = 4;

/// Files whose sections take in what others say, by a part of their path.
const PLACES: &[&str] =
    &[".github/", ".gitlab", ".circleci", "azure", "compose", ".pre-commit", "environment", "conda", "askfile", "templates/"];

pub(super) fn thinned(path: &str, base: &str, head: &str) -> Option<[String; 2]> {
    thinned_from(LARGE, path, base, head)
}

/// The same with sections beyond another size taken apart.
pub(super) fn thinned_from(large: usize, path: &str, base: &str, head: &str) -> Option<[String; 2]> {
    if PLACES.iter().any(|place| path.contains(place)) || [base, head].into_iter().any(has_anchor) {
        return None;
    }
    let documents = [base, head].map(documents);
    let (old, new) = match &documents {
        [old, new] if old.len() > 1 && new.len() > 1 => (numbered(old)?, numbered(new)?),
        [old, new] if old.len() == 1 && new.len() == 1 => {
            // what a resource runs is told by several of its sections together
            let is_resource = [base, head].iter().any(|text| text.lines().any(|line| line.starts_with("apiVersion:")));
            let mut names = Names { large: if is_resource { usize::MAX } else { large }, known: HashMap::default() };
            (sections(base, &mut names)?, sections(head, &mut names)?)
        }
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
fn sections<'t>(text: &'t str, names: &mut Names<'t>) -> Option<Vec<Part<'t>>> {
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
            below(part(0, None, text.get(from..at)?), 0, DEEPEST, names, &mut parts);
        }
        from = at;
    }
    below(part(0, None, text.get(from..)?), 0, DEEPEST, names, &mut parts);
    Some(parts)
}

fn part(within: usize, owner: Option<usize>, text: &str) -> Part<'_> {
    Part { stays: text.len() <= SHORT, owners: [owner, None, None], ..Part::new(within, text) }
}

/// Numbers of the keys that sections stand below, the same on both sides.
struct Names<'t> {
    large: usize,
    known: HashMap<(usize, &'t str), usize>,
}

impl<'t> Names<'t> {
    fn number(&mut self, within: usize, key: &'t str) -> usize {
        let next = self.known.len() + 1;
        *self.known.entry((within, key)).or_insert(next)
    }
}

/// Adds a section: where it is large and holds a plain mapping, its key and then each section below that.
fn below<'t>(whole: Part<'t>, depth: usize, deepest: usize, names: &mut Names<'t>, out: &mut Vec<Part<'t>>) {
    let children = if whole.text.len() > names.large && deepest > 0 { children(whole.text, depth) } else { None };
    let Some((key, depth, children)) = children else {
        out.push(whole);
        return;
    };
    let within = names.number(whole.within, key.trim_end());
    let owner = Some(out.len());
    out.push(Part { text: key, stays: false, ..whole });
    for child in children {
        below(part(within, owner, child), depth, deepest - 1, names, out);
    }
}

/// The lines up to a section's key, how deep the keys below it stand, and their sections; nothing where something else than a
/// plain mapping stands below.
fn children(text: &str, depth: usize) -> Option<(&str, usize, Vec<&str>)> {
    let is_key = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let (key_at, key) = lines(text).find(|(_, line)| is_key(line))?;
    let name = key.trim().strip_suffix(':')?;
    if indent(key) != depth || ACROSS.contains(&name.trim_matches(['"', '\''])) {
        return None;
    }
    let body = key_at + key.len();
    let below = lines(text.get(body..)?).find(|(_, line)| is_key(line)).map(|(_, line)| indent(line)).filter(|below| *below > depth)?;
    let (mut all, mut from) = (Vec::new(), body);
    for (at, line) in lines(text.get(body..)?) {
        let at = body + at;
        if !is_key(line) || indent(line) > below {
            continue;
        }
        if indent(line) < below || line.trim_start().starts_with('-') || !begins(line.trim_start())? || goes_on(line) {
            return None;
        }
        if at > from && all.is_empty() && text.get(from..at).is_some_and(|before| !before.lines().any(is_key)) {
            // comments above the first one belong to it
            continue;
        }
        if at > from {
            all.extend(text.get(from..at));
            from = at;
        }
    }
    all.extend(text.get(from..));
    Some((text.get(..body)?, below, all))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether the value on a line may go on where the next key would stand.
fn goes_on(line: &str) -> bool {
    let Some((_, value)) = line.split_once(':') else { return true };
    let value = value.trim();
    let closing = match value.chars().next() {
        Some('"') => '"',
        Some('\'') => '\'',
        Some('[') => ']',
        Some('{') => '}',
        _ => return false,
    };
    // a comment behind it is rare enough
    value.len() < 2 || !value.ends_with(closing)
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
