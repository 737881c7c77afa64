//! Kustomizations: the literals of their generators are variables, and inline patches are manifests.

use crate::read::lens::view::View;
use crate::read::lens::{environment, inside};
use crate::read::tree::NodeId;
use crate::scope::{ScopeId, ScopeKind};
use crate::value::{Outcome, Value};

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
            let first = view.reading.settings.len();
            environment::read(view, literals, scope);
            view.reading.settings.iter_mut().skip(first).for_each(|setting| unquote(&mut setting.value));
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
            inside::file(view, patch, "patch.yaml", resource);
        }
    }
}

/// `A="True"`: the generator takes a pair of quotes away, as a shell does.
fn unquote(value: &mut Outcome) {
    let Outcome::One(Value::Text(text)) = value else { return };
    let inner = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    if let Some(inner) = inner('"').or_else(|| inner('\'')) {
        *value = Outcome::text(inner);
    }
}
