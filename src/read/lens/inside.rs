//! Whole files that stand as texts in a structured file: under their names in a `ConfigMap`, under `configs` in Compose, as block
//! texts in a chart's values.

use super::invocation;
use super::view::View;
use crate::read::fragment;
use crate::read::tree::{Data, Entry, NodeId};
use crate::reading::Kind;
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::value::{Mark, Outcome};

/// Between a file's path and the name of a file inside it; a file inside a file inside a file is not followed further.
pub(super) const INSIDE: &str = "//";

/// How deep texts are looked for in a chart's values.
const DEEPEST: usize = 16;

/// A value read as a file of this name would be.
pub fn file(view: &mut View<'_>, entry: &Entry, name: &str, parent: ScopeId) {
    let tree = view.tree;
    let Some(scalar) = view.written(entry.value).filter(|scalar| scalar.text.contains(['\n', ':', '=', '{'])) else { return };
    if view.path.contains(INSIDE) {
        return;
    }
    let Some(reader) = crate::read::by_name(name) else { return };
    if !view.afford(&scalar.text) {
        return;
    }
    let span = tree.node(entry.value).span;
    let inner = (reader.read)(&format!("{}{INSIDE}{name}", view.path), &scalar.text);
    let first = view.reading.kinds.first().copied().unwrap_or(Kind("yaml"));
    view.claims.take(entry.value);
    let scope = view.reading.scope(parent, ScopeKind::Document, name, Step::Same, span);
    let map = fragment::map_of(span, scalar, view.text);
    let before = view.reading.settings.len();
    fragment::embed(view.reading, scope, inner, &map);
    for setting in view.reading.settings.iter_mut().skip(before) {
        setting.raw = setting.value_span.of(view.text).into();
    }
    view.pay(before);
    // what the file itself is stays in front
    if let Some(at) = view.reading.kinds.iter().position(|kind| *kind == first) {
        view.reading.kinds.swap(0, at);
    }
}

/// `configs: {name: {content: text}}`: a file that services find at a path, or under the name with its last `_` as a dot.
pub fn of_compose(view: &mut View<'_>, document: NodeId, parent: ScopeId) {
    let tree = view.tree;
    let Some(configs) = tree.get(document, "configs") else { return };
    for entry in tree.entries(configs) {
        let Some(content) = tree.entry(entry.value, "content") else { continue };
        let name = mounted(view, document, &entry.key).unwrap_or_else(|| dotted(&entry.key));
        file(view, content, &name, parent);
    }
}

/// The name of the file that some service finds this text in.
fn mounted(view: &View<'_>, document: NodeId, source: &str) -> Option<String> {
    let tree = view.tree;
    let services = tree.entries(tree.get(document, "services")?).iter();
    let mounts = services.filter_map(|service| tree.get(service.value, "configs")).flat_map(|list| tree.items(list));
    let targets = mounts.filter(|mount| tree.text(**mount, "source") == Some(source)).filter_map(|mount| tree.text(*mount, "target"));
    let mut names = targets.filter_map(|target| target.rsplit('/').next()).filter(|name| crate::read::by_name(name).is_some());
    names.next().map(str::to_owned)
}

fn dotted(name: &str) -> String {
    name.rsplit_once(['_', '-']).map_or_else(|| name.to_owned(), |(stem, end)| format!("{stem}.{end}"))
}

/// Block texts of a chart's values that are files: under a file's name (`grafana.ini: |`), or YAML under a name that ends in `config`.
pub fn of_values(view: &mut View<'_>, document: NodeId, parent: ScopeId) {
    let first = view.reading.settings.len();
    texts(view, document, parent, 0);
    let tree = view.tree;
    for setting in view.reading.settings.iter_mut().skip(first).filter(|setting| setting.value == Outcome::Unread) {
        if let Some(scalar) = value_named(&setting.raw).and_then(|path| tree.at(document, &path)).and_then(|node| tree.scalar(node))
            && !scalar.templated
        {
            setting.value = Outcome::One(scalar.value.clone());
            setting.mark = Mark::Plain;
        }
    }
}

/// The path of the value that a text is nothing but a reference to: `{{ .Values.a.b }}`.
fn value_named(raw: &str) -> Option<Vec<&str>> {
    let inner = raw.trim().trim_matches(['"', '\'']).strip_prefix("{{")?.strip_suffix("}}")?;
    let path = inner.trim_matches(['-', ' ']).strip_prefix(".Values.")?;
    path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')).then(|| path.split('.').collect())
}

/// The same for the texts of a resource's fields.
pub fn of_fields(view: &mut View<'_>, node: NodeId, resource: ScopeId) {
    texts(view, node, resource, 0);
}

fn texts(view: &mut View<'_>, node: NodeId, parent: ScopeId, depth: usize) {
    let tree = view.tree;
    for entry in tree.entries(node) {
        if view.spent() || depth >= DEEPEST {
            return;
        }
        if tree.is_map(entry.value) {
            texts(view, entry.value, parent, depth + 1);
            continue;
        }
        let Some(text) = view.written(entry.value).filter(|scalar| scalar.block).map(|scalar| &*scalar.text) else { continue };
        if entry.key.contains('.') && crate::read::by_name(&entry.key).is_some() {
            file(view, entry, &entry.key, parent);
        } else if named_configuration(&entry.key) && is_mapping(text) {
            file(view, entry, "config.yaml", parent);
        }
    }
}

fn named_configuration(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let key = lower.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('v');
    ["config", "conf", "configuration"].iter().any(|end| key.ends_with(end))
}

/// Whether the first line that says something is `key:` with or without a value.
pub(super) fn is_mapping(text: &str) -> bool {
    let said = |line: &&str| !line.is_empty() && !line.starts_with(['#', '-']) && !line.starts_with("{{");
    let first = text.lines().map(str::trim_end).find(said);
    first.and_then(|line| line.split_once(':')).is_some_and(|(key, rest)| {
        let plain = key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
        !key.is_empty() && plain && (rest.is_empty() || rest.starts_with(' '))
    })
}

/// Arguments that a chart hands to its program (`extraArgs: [--log-level=debug]`), as flags of the mapping they stand in.
pub fn arguments_of_values(view: &mut View<'_>, node: NodeId, parent: ScopeId, depth: usize) {
    let tree = view.tree;
    for entry in tree.entries(node) {
        if view.spent() || depth >= DEEPEST {
            return;
        }
        if tree.is_map(entry.value) {
            arguments_of_values(view, entry.value, parent, depth + 1);
        } else if matches!(&*entry.key, "args" | "extraArgs" | "additionalArgs" | "command" | "cmd") && hands_flags(view, entry.value) {
            invocation::arguments(view, "program", entry.value, parent);
        }
    }
}

fn hands_flags(view: &View<'_>, list: NodeId) -> bool {
    let Data::List(items) = &view.tree.node(list).data else { return false };
    items.iter().filter_map(|item| view.written(*item)).any(|scalar| scalar.text.starts_with("--"))
}
