//! Kustomizations: the literals of their generators are variables, and inline patches are manifests.

use super::file_of;
use crate::read::lens::environment;
use crate::read::lens::view::View;
use crate::read::tree::NodeId;
use crate::scope::{ScopeId, ScopeKind};

/// Whether a file is one by its name; older ones name no kind.
pub(super) fn is_named(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}

/// Reads the generators' literals and the inline patches of one file.
pub(super) fn read(view: &mut View<'_>, node: NodeId, resource: ScopeId) {
    let tree = view.tree;
    for key in ["configMapGenerator", "secretGenerator"] {
        let items = tree.get(node, key).map_or(&[][..], |list| tree.items(list));
        for (index, item) in items.iter().enumerate() {
            if view.spent() {
                return;
            }
            let Some(literals) = tree.get(*item, "literals") else { continue };
            let name = tree.text(*item, "name").unwrap_or_default();
            let scope = view.item(*item, resource, ScopeKind::Block, name, (key, index));
            view.label(scope, name);
            environment::read(view, literals, scope);
        }
    }
    let patches = tree.get(node, "patches").map_or(&[][..], |list| tree.items(list));
    for patch in patches.iter().filter_map(|item| tree.entry(*item, "patch")) {
        if view.spent() {
            return;
        }
        // a list of operations is no manifest
        let manifest = view.written(patch.value).is_some_and(|scalar| scalar.text.contains("apiVersion:"));
        if manifest {
            file_of(view, patch, "patch.yaml", resource);
        }
    }
}
