//! Task's `Taskfile.yml`: variables of the file and of its tasks, and the commands that tasks run.

use super::view::{Dialect, View};
use super::{environment, invocation};
use crate::read::tree::{Claims, Data, NodeId, Tree};
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind};

/// What only Task knows is written `{{.NAME}}`.
const DIALECT: Dialect = Dialect { resolve: template, foreign: Some("{{"), passes_through: false };

fn template(text: &str) -> Option<crate::read::expression::Resolved> {
    text.contains("{{").then(crate::read::expression::Resolved::reference)
}

/// A file of tasks by its name.
#[must_use]
pub fn fits(path: &str, tree: &Tree, document: NodeId) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.starts_with("taskfile.") && tree.get(document, "tasks").is_some()
}

/// Reads one file.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    variables(&mut view, document, parent);
    let Some((tasks, outer)) = view.enter_key(document, "tasks", parent, ScopeKind::Mapping, "") else { return };
    for entry in tree.entries(tasks) {
        if view.spent() {
            return;
        }
        if tree.scalar(entry.value).is_some() {
            view.claims.take(entry.value);
            invocation::script(&mut view, entry.value, outer);
            continue;
        }
        let inner = view.enter(entry, outer, ScopeKind::Job, &entry.key);
        if tree.is_map(entry.value) {
            variables(&mut view, entry.value, inner);
            for key in ["cmds", "cmd", "preconditions", "status"] {
                commands(&mut view, entry.value, key, inner);
            }
            view.plain(entry.value, inner);
        } else {
            commands_of(&mut view, entry.value, "", inner);
        }
    }
}

fn variables(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    if let Some(node) = view.tree.get(node, "env") {
        view.claims.take(node);
        environment::read(view, node, scope);
    }
}

fn commands(view: &mut View<'_>, node: NodeId, key: &str, scope: ScopeId) {
    let Some(node) = view.tree.get(node, key) else { return };
    commands_of(view, node, key, scope);
}

/// A script, or a list of scripts and of mappings that hold one.
fn commands_of(view: &mut View<'_>, node: NodeId, key: &str, scope: ScopeId) {
    let tree = view.tree;
    if tree.scalar(node).is_some() {
        view.claims.take(node);
        invocation::script(view, node, scope);
        return;
    }
    if !matches!(tree.node(node).data, Data::List(_)) {
        return;
    }
    view.claims.take(node);
    for (index, item) in tree.items(node).iter().enumerate() {
        if view.spent() {
            return;
        }
        if tree.scalar(*item).is_some() {
            invocation::script(view, *item, scope);
        } else if tree.is_map(*item) {
            let inner = view.item(*item, scope, ScopeKind::Step, &index.to_string(), (key, index));
            for script in ["cmd", "defer", "sh"].into_iter().filter_map(|key| tree.get(*item, key)) {
                view.claims.take(script);
                invocation::script(view, script, inner);
            }
            view.plain(*item, inner);
        }
    }
}
