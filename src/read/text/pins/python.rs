//! Python: requirement files, `pyproject.toml`, `Pipfile` and `Pipfile.lock`.

use super::{List, json, of_reference, table};
use crate::read::text::{command, lines};
use crate::reading::PinVersion;
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// The name as the index knows it (PEP 503).
pub(super) fn normalised(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        let separator = matches!(c, '-' | '_' | '.');
        if separator && out.ends_with('-') {
            continue;
        }
        out.push(if separator { '-' } else { c.to_ascii_lowercase() });
    }
    out
}

/// `requirements.txt`. Its options (`--extra-index-url x`) are flags; whether a requirement has hashes is a directive of its package.
pub(super) fn requirements(list: &mut List<'_>) {
    let text = list.text;
    let mut rest = lines(text).peekable();
    while let Some((start, first)) = rest.next() {
        let mut end = start + first.len();
        // a backslash joins the next line, on which hashes stand
        while ends_open(text, start, end) {
            let Some((next, more)) = rest.next() else { break };
            end = next + more.len();
        }
        let whole = text.get(start..end).unwrap_or(first);
        let at = start + first.len() - first.trim_start().len();
        let before = list.reading.settings.len();
        line(first.trim_start(), at, list);
        if let Some(package) = list.reading.settings.get(before).filter(|setting| setting.names.iter().any(is_dependency)) {
            let name = package.names.first().map_or("".into(), |(_, name)| name.clone());
            let place = package.span();
            hashes(name, place, whole, start, list);
        }
    }
}

fn ends_open(text: &str, start: usize, end: usize) -> bool {
    let line = text.get(start..end).unwrap_or("").trim_end();
    line.ends_with('\\') && !line.rsplit('\n').next().unwrap_or(line).trim_start().starts_with('#')
}

fn is_dependency(name: &(Surface, Box<str>)) -> bool {
    name.0 == Surface::Dependency
}

/// Whether what is installed is checked: `--hash=sha256:...` on the requirement's line, or on those joined to it.
fn hashes(name: Box<str>, place: Span, whole: &str, start: usize, list: &mut List<'_>) {
    let found = whole.find("--hash").map(|at| {
        let length = whole.get(at..).map_or(0, |rest| rest.find(char::is_whitespace).unwrap_or(rest.len()));
        Span::new(start + at, start + at + length)
    });
    let scope = list.reading.scope(ScopeId::ROOT, ScopeKind::Item, name.clone(), Step::Key(name), place);
    let span = found.unwrap_or(Span { start: place.end, end: place.end });
    let value = Outcome::One(Value::Bool(found.is_some()));
    list.reading.settings.push(Setting::named(scope, Surface::Directive, "hashes", value, place, span).with_raw(list.text));
}

/// One line of a requirement file.
pub(super) fn line(content: &str, at: usize, list: &mut List<'_>) {
    let end = [" #", "\t#", " --", " \\", "\t--"].iter().filter_map(|mark| content.find(mark)).min().unwrap_or(content.len());
    let requirement_only = content.get(..end).unwrap_or("");
    let editable = ["-e ", "--editable ", "--editable="].iter().find_map(|option| content.strip_prefix(option));
    if let Some(what) = editable {
        let rest = what.trim_start();
        let skipped = content.len() - rest.len();
        direct(rest.split(" #").next().unwrap_or(rest).trim_end(), at + skipped, list);
    } else if is_address(content) {
        direct(requirement_only.trim_end(), at, list);
    } else if ["--", "-i ", "-f "].iter().any(|start| content.starts_with(start)) && !content.starts_with("--hash") {
        let options = content.split(" #").next().unwrap_or(content);
        command::arguments("pip", &command::split(options, at), ScopeId::ROOT, list.reading);
    } else if content.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        requirement(requirement_only, at, list);
    }
}

fn is_address(text: &str) -> bool {
    ["git+", "hg+", "svn+", "bzr+", "https://", "http://"].iter().any(|scheme| text.starts_with(scheme))
}

/// An address in place of a name: `git+https://host/name@ref#egg=name`. The value is the whole reference.
fn direct(text: &str, at: usize, list: &mut List<'_>) {
    if !is_address(text) {
        return;
    }
    let named = text.find("egg=").map(|found| (found + 4, text.get(found + 4..).unwrap_or("")));
    let (from, rest) = named.unwrap_or_else(|| {
        let path = text.split('#').next().unwrap_or(text);
        let host = path.find("://").map_or(0, |at| at + 3);
        let path = path.get(..path.rfind('@').filter(|at| *at > host).unwrap_or(path.len())).unwrap_or(path);
        let from = path.rfind('/').map_or(0, |slash| slash + 1);
        (from, path.get(from..).unwrap_or("").trim_end_matches(".git"))
    });
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_')).unwrap_or(rest.len());
    let name = rest.get(..length).unwrap_or("");
    if !name.is_empty() {
        list.push(name, Span::new(at + from, at + from + length), version(text), Span::new(at, at + text.len()));
    }
}

/// One requirement (PEP 508) that starts at `at`.
fn requirement(text: &str, at: usize, list: &mut List<'_>) {
    let length = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_')).unwrap_or(text.len());
    let Some(name) = text.get(..length).filter(|name| !name.is_empty()) else { return };
    let mut rest = text.get(length..).unwrap_or("");
    if let Some((_, after)) = rest.trim_start().strip_prefix('[').and_then(|extras| extras.split_once(']')) {
        rest = after;
    }
    let from = at + text.len() - rest.len();
    let rest = rest.split(';').next().unwrap_or(rest);
    let spec = rest.trim().trim_end_matches('\\').trim_end();
    // a sentence is no requirement
    let operator = spec.starts_with(['=', '<', '>', '~', '!', '@', '(']);
    if !spec.is_empty() && !operator {
        return;
    }
    let start = from + rest.len() - rest.trim_start().len();
    let span = if spec.is_empty() { Span::new(from, from) } else { Span::new(start, start + spec.len()) };
    list.push(name, Span::new(at, at + length), version(spec), span);
}

/// How exactly a specifier names a version.
fn version(spec: &str) -> PinVersion {
    let spec = spec.trim_start_matches('(').trim_end_matches(')').trim();
    let one = spec.strip_prefix("===").or_else(|| spec.strip_prefix("==")).map(str::trim);
    match one {
        Some(exact) if !exact.contains([',', '*', ' ']) && !exact.is_empty() => PinVersion::Exact(exact.into()),
        None if spec.is_empty() || spec == "*" => PinVersion::Any,
        None if spec.starts_with('@') || is_address(spec) => referenced(spec),
        _ => PinVersion::Range(spec.into()),
    }
}

/// The version that the reference of an address names.
fn referenced(spec: &str) -> PinVersion {
    let address = spec.trim_start_matches('@').split('#').next().unwrap_or(spec);
    let behind = address.split_once("://").map_or("", |(_, rest)| rest);
    match behind.rsplit_once('@') {
        Some((_, reference)) if !reference.contains('/') => of_reference(reference.trim()),
        _ => PinVersion::Any,
    }
}

/// `pyproject.toml` and `Pipfile`.
pub(super) fn manifest(list: &mut List<'_>) {
    let text = list.text;
    let whole = table::entries(text, |entry| match &entry.value {
        table::Content::List(items) if is_list(entry.table, entry.name) => {
            for item in items {
                let inner = item.of(text);
                let content = inner.trim_start();
                requirement(content, item.start as usize + inner.len() - content.len(), list);
            }
        }
        _ if !is_table(entry.table) || entry.name == "python" => {}
        table::Content::Text(span) => list.push(entry.name, entry.name_span, version(span.of(text)), *span),
        table::Content::Table(inner, at) => {
            let end = entry.name_span.end as usize;
            let asked = table::field(inner, *at, "version").map_or(PinVersion::Any, |span| version(span.of(text)));
            let spec = SPECS.iter().find_map(|name| table::field(inner, *at, name));
            let source = entry.table == "tool.uv.sources";
            if source && table::field(inner, *at, "git").is_none() {
                return;
            }
            list.push(entry.name, entry.name_span, asked, spec.unwrap_or_else(|| Span::new(end, end)));
            if source {
                // the version is asked for among the requirements
                list.reading.pins.pop();
            }
            if let Some((address, reference)) = table::repository(text, inner, *at) {
                list.of_repository(&address, reference.as_deref());
            }
        }
        _ => {}
    });
    list.check(whole);
}

/// What tells which version of a package a table means, the most telling first.
const SPECS: [&str; 6] = ["version", "rev", "tag", "branch", "git", "url"];

/// Whether a list under this name holds requirements.
fn is_list(table: &str, name: &str) -> bool {
    match table {
        "project" => name == "dependencies",
        "project.optional-dependencies" | "dependency-groups" => true,
        "tool.uv" => name == "dev-dependencies",
        other => other.starts_with("tool.pdm.dev-dependencies"),
    }
}

/// Whether the table's names are packages.
fn is_table(table: &str) -> bool {
    let poetry = table.strip_prefix("tool.poetry.").is_some_and(|rest| {
        rest == "dependencies" || rest == "dev-dependencies" || (rest.starts_with("group.") && rest.ends_with(".dependencies"))
    });
    poetry || matches!(table, "packages" | "dev-packages" | "tool.uv.sources")
}

/// `Pipfile.lock`.
pub(super) fn pipfile_lock(list: &mut List<'_>) {
    let text = list.text;
    let whole = json::strings(text, |found| {
        let [section, name, "version"] = found.path else { return };
        if *section == "_meta" {
            return;
        }
        list.push(name, found.key(1), version(found.value.of(text)), found.value);
    });
    list.check(whole);
}
