//! Terraform and `OpenTofu`: resources, data sources, modules and providers are units; all else gives its keys.

use super::view::{Dialect, View};
use crate::read::tree::{Claims, Data, Entry, NodeId, Tree};
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind};

/// Expressions are resolved where the text is parsed.
const DIALECT: Dialect = Dialect { resolve: |_| None, foreign: None, passes_through: false };

/// A file by one of Terraform's names.
#[must_use]
pub fn fits(path: &str, tree: &Tree, document: NodeId) -> bool {
    let lower = path.to_ascii_lowercase();
    let named =
        [".tf", ".tofu", ".tfvars", ".tf.json", ".tofu.json", ".tfvars.json", "terragrunt.hcl"].iter().any(|end| lower.ends_with(end));
    named && tree.is_map(document)
}

/// Reads one file.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    for entry in tree.entries(document) {
        match &*entry.key {
            "resource" | "data" if tree.is_map(entry.value) => {
                let prefix = if &*entry.key == "data" { "data." } else { "" };
                let kinds = view.enter(entry, parent, ScopeKind::Mapping, "");
                for kind in tree.entries(entry.value).iter().filter(|kind| tree.is_map(kind.value)) {
                    let scope = view.enter(kind, kinds, ScopeKind::Mapping, "");
                    for one in tree.entries(kind.value) {
                        unit(&mut view, one, scope, &format!("{prefix}{}.{}", kind.key, one.key));
                    }
                }
            }
            "module" | "provider" if tree.is_map(entry.value) => {
                let scope = view.enter(entry, parent, ScopeKind::Mapping, "");
                for one in tree.entries(entry.value) {
                    unit(&mut view, one, scope, &format!("{}.{}", entry.key, one.key));
                }
            }
            _ => {}
        }
    }
}

/// One block that has an address of its own. Of several with one address (a provider's aliases) each is one.
fn unit(view: &mut View<'_>, entry: &Entry, parent: ScopeId, address: &str) {
    if view.spent() {
        return;
    }
    let tree = view.tree;
    let Data::List(items) = &tree.node(entry.value).data else {
        let scope = view.enter(entry, parent, ScopeKind::Block, address);
        view.label(scope, address);
        view.plain(entry.value, scope);
        return;
    };
    view.claims.take(entry.value);
    for (index, item) in items.iter().enumerate() {
        let alias = tree.text(*item, "alias").map(|alias| format!("{address}.{alias}"));
        let address = alias.as_deref().unwrap_or(address);
        let scope = view.item(*item, parent, ScopeKind::Block, address, (&entry.key, index));
        view.label(scope, address);
        view.plain(*item, scope);
    }
}

#[cfg(test)]
mod tests;
