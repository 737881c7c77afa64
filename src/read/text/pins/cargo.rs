//! Rust: `Cargo.toml` (`Cargo.lock` is read as a table of packages).

use super::List;
use super::table::{Content, entries, field, repository};
use crate::reading::PinVersion;
use crate::span::Span;

/// `Cargo.toml`.
pub(super) fn manifest(list: &mut List<'_>) {
    let text = list.text;
    let whole = entries(text, |entry| {
        if let Some(package) = own_table(entry.table) {
            if let (Content::Text(span), "version") = (&entry.value, entry.name) {
                list.push(package, entry.name_span, version(span.of(text)), *span);
            }
            return;
        }
        if !is_list(entry.table) {
            return;
        }
        match &entry.value {
            Content::Text(span) => list.push(entry.name.trim_end_matches(".version"), entry.name_span, version(span.of(text)), *span),
            Content::Table(inner, at) => {
                let end = entry.name_span.end as usize;
                let asked = field(inner, *at, "version").map_or(PinVersion::Any, |span| version(span.of(text)));
                let spec = SPECS.iter().find_map(|name| field(inner, *at, name)).unwrap_or_else(|| Span::new(end, end));
                let renamed = field(inner, *at, "package");
                let name = renamed.map_or(entry.name, |span| span.of(text));
                list.push(name, renamed.unwrap_or(entry.name_span), asked, spec);
                if let Some((address, reference)) = repository(text, inner, *at) {
                    list.of_repository(&address, reference.as_deref());
                }
            }
            _ => {}
        }
    });
    list.check(whole);
}

/// What tells which version a table means: a requirement, else the reference of a repository.
const SPECS: [&str; 5] = ["version", "rev", "tag", "branch", "git"];

const LISTS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// `[dependencies]`, `[workspace.dependencies]`, `[target.'cfg(unix)'.dependencies]`.
fn is_list(table: &str) -> bool {
    LISTS.contains(&table) || table.rsplit_once('.').is_some_and(|(before, last)| LISTS.contains(&last) && is_outer(before))
}

/// The package of `[dependencies.name]`.
fn own_table(table: &str) -> Option<&str> {
    let (before, name) = table.rsplit_once('.')?;
    is_list(before).then(|| name.trim_matches(['"', '\'']))
}

fn is_outer(table: &str) -> bool {
    table == "workspace" || table.starts_with("target.")
}

fn version(spec: &str) -> PinVersion {
    match spec.trim() {
        "" | "*" => PinVersion::Any,
        spec => match spec.strip_prefix('=') {
            Some(exact) if !exact.contains(',') => PinVersion::Exact(exact.trim().into()),
            _ => PinVersion::Range(spec.into()),
        },
    }
}
