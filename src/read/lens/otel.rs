//! OpenTelemetry Collector: a component counts only where a pipeline lists it. What is defined and not listed is off, and gives nothing.

use std::collections::BTreeSet;

use super::view::{Dialect, View};
use crate::read::expression::shell;
use crate::read::tree::{Claims, Data, Entry, NodeId, Tree, plain};
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::Setting;
use crate::value::{Outcome, Value};

const DIALECT: Dialect = Dialect { resolve: shell::resolve, foreign: None, passes_through: false };

/// The keys of a pipeline that list components.
const LISTS: [&str; 3] = ["receivers", "processors", "exporters"];
/// The sections that define components, with the lists that switch them on; extensions have a list of their own.
const SECTIONS: [(&str, &[&str]); 4] = [
    ("receivers", &["receivers"]),
    ("processors", &["processors"]),
    ("exporters", &["exporters"]),
    ("connectors", &["receivers", "exporters"]),
];

/// A document with `service.pipelines`, each of which lists components.
#[must_use]
pub fn fits(_path: &str, tree: &Tree, document: NodeId) -> bool {
    let pipelines = tree.at(document, &["service", "pipelines"]).map_or(&[][..], |node| tree.entries(node));
    pipelines.iter().any(|entry| LISTS.iter().any(|key| tree.get(entry.value, key).is_some()))
}

/// Reads one configuration of a collector.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    let pipelines = tree.at(document, &["service", "pipelines"]).map_or(&[][..], |node| tree.entries(node));
    for (section, lists) in SECTIONS {
        let listed = pipelines.iter().flat_map(|entry| lists.iter().filter_map(|key| tree.get(entry.value, key)));
        let live = Live::of(tree, listed);
        components(&mut view, document, section, &live, parent);
    }
    let extensions = Live::of(tree, tree.at(document, &["service", "extensions"]).into_iter());
    components(&mut view, document, "extensions", &extensions, parent);
    let Some((service, scope)) = view.enter_key(document, "service", parent, ScopeKind::Mapping, "") else { return };
    if let Some((node, outer)) = view.enter_key(service, "pipelines", scope, ScopeKind::Mapping, "") {
        for entry in tree.entries(node) {
            if view.spent() {
                return;
            }
            let inner = view.enter(entry, outer, ScopeKind::Mapping, "");
            if let Some(list) = tree.entry(entry.value, "processors") {
                processors(&mut view, list, inner);
            }
            view.plain(entry.value, inner);
        }
    }
    view.plain(service, scope);
}

/// The components that some list names.
struct Live<'a> {
    names: BTreeSet<&'a str>,
    /// A list holds something that is not known, which may name any of them.
    any: bool,
}

impl<'a> Live<'a> {
    fn of(tree: &'a Tree, lists: impl Iterator<Item = NodeId>) -> Self {
        let mut live = Self { names: BTreeSet::new(), any: false };
        for list in lists {
            match &tree.node(list).data {
                Data::List(items) => {
                    for item in items {
                        match tree.scalar(*item) {
                            Some(scalar) if !unknown(&scalar.text, scalar.templated) => {
                                live.names.insert(&scalar.text);
                            }
                            _ => live.any = true,
                        }
                    }
                }
                Data::Scalar(scalar) => live.any |= scalar.value != Value::Null || scalar.templated,
                Data::Map(_) => live.any = true,
            }
        }
        live
    }

    fn has(&self, name: &str) -> bool {
        self.any || self.names.contains(name)
    }
}

fn unknown(text: &str, templated: bool) -> bool {
    templated || text.contains("${")
}

/// The settings of those components of a section that are listed.
fn components(view: &mut View<'_>, document: NodeId, section: &str, live: &Live<'_>, parent: ScopeId) {
    let Some((node, scope)) = view.enter_key(document, section, parent, ScopeKind::Mapping, "") else { return };
    let tree = view.tree;
    for entry in tree.entries(node).iter().filter(|entry| live.has(&entry.key)) {
        view.key(entry, scope);
    }
}

/// What a pipeline does to its data, by type: `redaction/pii` is a `redaction`. Beside it the names as they are written.
fn processors(view: &mut View<'_>, entry: &Entry, scope: ScopeId) {
    let setting = plain::setting(view.tree, entry, scope, view.text);
    let Outcome::One(Value::List(names)) = &setting.value else { return };
    let kinds = names.iter().map(|name| match name {
        Value::Text(text) => Value::text(text.split('/').next().unwrap_or(text)),
        other => other.clone(),
    });
    let by_kind = Setting { value: Outcome::One(Value::List(kinds.collect())), ..setting.clone() };
    let by_name = Setting { key: Some("processor_names".into()), ..setting };
    view.claims.take(entry.value);
    view.emit(by_kind);
    view.emit(by_name);
}

#[cfg(test)]
mod tests;
