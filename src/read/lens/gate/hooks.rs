//! The gate among the hooks of the pre-commit framework.

use super::script::{Shell, find};
use super::{emit, surroundings, version};
use crate::read::lens::view::View;
use crate::read::tree::{NodeId, Tree};
use crate::scope::ScopeId;
use crate::value::{Outcome, Value};

/// Stages at which a hook sees what leaves the clone, with their old names.
const STAGES: [&str; 4] = ["pre-commit", "pre-push", "commit", "push"];

/// The hooks that run the gate and stop on what it finds.
pub fn hooks(view: &mut View<'_>, document: NodeId, parent: ScopeId) {
    if !view.text.contains("privgate") {
        return;
    }
    let tree = view.tree;
    let Some(repos) = tree.get(document, "repos") else { return };
    for repo in tree.items(repos) {
        let Some(hooks) = tree.get(*repo, "hooks") else { continue };
        for hook in tree.items(hooks) {
            let named = ["id", "entry"].iter().find_map(|key| {
                let entry = tree.entry(*hook, key)?;
                tree.scalar(entry.value)?.text.contains("privgate").then_some(entry)
            });
            if let Some(entry) = named.filter(|_| stops(tree, *hook) && runs(tree, document, *hook)) {
                let text = tree.scalar(entry.value).map(|scalar| scalar.text.to_string()).unwrap_or_default();
                emit(view, parent, "privgate", Outcome::text(text), entry.key_span, tree.node(entry.value).span);
                origin(view, *repo, parent);
            }
        }
    }
}

/// Where the hook comes from, and which of its versions.
fn origin(view: &mut View<'_>, repo: NodeId, parent: ScopeId) {
    let tree = view.tree;
    for (key, name) in [("repo", "source"), ("rev", "version")] {
        let Some(entry) = tree.entry(repo, key) else { continue };
        let Some(text) = tree.scalar(entry.value).map(|scalar| scalar.text.to_string()) else { continue };
        let value = if key == "rev" { version(&text).map(|number| Outcome::One(Value::Int(number))) } else { Some(Outcome::text(text)) };
        if let Some(value) = value {
            emit(view, parent, name, value, entry.key_span, tree.node(entry.value).span);
        }
    }
}

/// Whether it fails when the gate does.
fn stops(tree: &Tree, hook: NodeId) -> bool {
    let arguments = tree.get(hook, "args").map(|args| tree.items(args)).unwrap_or_default();
    let words: Vec<&str> = arguments.iter().filter_map(|item| Some(&*tree.scalar(*item)?.text)).collect();
    let never = |text: &str| text.contains("--fail-on never") || text.contains("--fail-on=never");
    let Some(entry) = tree.text(hook, "entry") else { return !never(&words.join(" ")) };
    let call = find(entry, Shell { errexit: false, pipefail: false }, None);
    // `entry: privgate` with the command among the arguments
    let whole = call.is_some() || entry.split_whitespace().next().is_some_and(surroundings::is_gate);
    whole && call.is_none_or(|call| !call.ignored) && !never(&format!("{entry} {}", words.join(" ")))
}

/// Whether it runs before a commit or a push.
fn runs(tree: &Tree, document: NodeId, hook: NodeId) -> bool {
    let stages = tree.get(hook, "stages").or_else(|| tree.get(document, "default_stages"));
    let Some(stages) = stages.map(|node| tree.items(node)).filter(|stages| !stages.is_empty()) else { return true };
    stages.iter().filter_map(|stage| tree.scalar(*stage)).any(|stage| STAGES.contains(&&*stage.text))
}
