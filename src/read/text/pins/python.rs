//! Python: requirement files, `pyproject.toml`, `Pipfile` and `Pipfile.lock`.

use super::{List, json, table};
use crate::read::text::{command, lines};
use crate::reading::PinVersion;
use crate::scope::ScopeId;
use crate::span::Span;

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

/// `requirements.txt`. Its options (`--extra-index-url x`) are flags.
pub(super) fn requirements(list: &mut List<'_>) {
    let text = list.text;
    for (start, line) in lines(text) {
        let content = line.trim_start();
        let at = start + line.len() - content.len();
        if content.starts_with("--") && !content.starts_with("--hash") {
            let options = content.split(" #").next().unwrap_or(content);
            command::arguments("pip", &command::split(options, at), ScopeId::ROOT, list.reading);
        } else if content.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            let end = [" #", "\t#", " --", " \\", "\t--"].iter().filter_map(|mark| content.find(mark)).min().unwrap_or(content.len());
            requirement(content.get(..end).unwrap_or(""), at, list);
        }
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
        None if spec.is_empty() || spec == "*" || spec.starts_with('@') => PinVersion::Any,
        _ => PinVersion::Range(spec.into()),
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
            let spec = table::field(inner, *at, "version");
            let span = spec.unwrap_or_else(|| Span::new(end, end));
            list.push(entry.name, entry.name_span, version(span.of(text)), span);
        }
        _ => {}
    });
    list.check(whole);
}

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
    poetry || matches!(table, "packages" | "dev-packages")
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
