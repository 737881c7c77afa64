//! The gate as a job of a GitLab pipeline, with what the job takes over from others of the same file.

use super::routes::Routes;
use super::script::{Shell, find};
use super::{Run, condition, emit, flags, surroundings, switch};
use crate::read::lens::view::View;
use crate::read::tree::{Data, Entry, NodeId, Tree};
use crate::scope::ScopeId;
use crate::value::Outcome;

/// How far `extends` is followed.
const DEPTH: usize = 10;

/// One item of a job's scripts, and where its text begins in the script as a whole.
struct Line {
    node: NodeId,
    from: usize,
    to: usize,
}

/// The gate in one job.
pub fn pipeline(view: &mut View<'_>, document: NodeId, parent: ScopeId, (entry, scope): (&Entry, ScopeId), routes: Option<&Routes>) {
    if routes.is_none() && !view.text.contains("privgate") {
        return;
    }
    let tree = view.tree;
    let chain = chain(tree, document, entry.value);
    // what begins with a dot never runs by itself; in a file that others include, they may extend it
    if entry.key.starts_with('.') && view.path == ".gitlab-ci.yml" {
        return;
    }
    let key = |name: &str| chain.iter().find_map(|job| tree.entry(*job, name));
    let default = tree.get(document, "default");
    let before = key("before_script")
        .or_else(|| default.and_then(|default| tree.entry(default, "before_script")))
        .or_else(|| tree.entry(document, "before_script"));
    let Some((script, lines)) = script(view, before.into_iter().chain(key("script"))) else { return };
    let Some(call) = find(&script, Shell::default(), routes) else { return };
    let Some(line) = lines.iter().find(|line| (line.from..=line.to).contains(&call.start)) else { return };
    let end = call.end.min(line.to).saturating_sub(line.from);
    let span = view.part(line.node, call.start.saturating_sub(line.from), end);
    let mut run = Run::of_call(call, &script, tree.node(line.node).span, span);
    for variables in chain.iter().chain([&document]).filter_map(|node| tree.get(*node, "variables")) {
        run.replaced
            .extend(tree.entries(variables).iter().filter(|entry| surroundings::leads(&entry.key)).map(|entry| entry.key.to_string()));
    }
    let image = key("image").or_else(|| default.and_then(|default| tree.entry(default, "image"))).or_else(|| tree.entry(document, "image"));
    run.program.extend(image.map(|image| format!("image {}", surroundings::without_versions(tree.node(image.value).span.of(view.text)))));
    tell(view, parent, &run);
    view.label(scope, "privgate");
    switch(view, scope, "continue-on-error", key("allow_failure"), run.span);
    let mut conditions: Vec<&Entry> = ["rules", "only", "except", "when"].iter().filter_map(|name| key(name)).collect();
    let entered = tree.get(document, "workflow").and_then(|workflow| tree.entry(workflow, "rules"));
    conditions.extend(entered.filter(|rules| !tree.node(rules.value).span.of(view.text).contains("merge_request")));
    condition(view, scope, &conditions, &run);
    flags(view, scope, &run);
}

/// That the pipeline runs the gate. A file that others include runs nothing by itself.
pub(super) fn tell(view: &mut View<'_>, parent: ScopeId, run: &Run) {
    let root = view.path == ".gitlab-ci.yml";
    for (name, given) in [("privgate", root), ("called by script", !root || !run.led)] {
        if given {
            emit(view, parent, name, Outcome::text(run.text.clone()), run.key, run.span);
        }
    }
}

/// The job and what it extends in this file, the nearest first.
pub(super) fn chain(tree: &Tree, document: NodeId, job: NodeId) -> Vec<NodeId> {
    let mut chain = vec![job];
    let mut at = 0;
    while let Some(job) = chain.get(at).copied().filter(|_| chain.len() < DEPTH) {
        let names = tree.get(job, "extends").map(|node| list(tree, node)).unwrap_or_default();
        // of several the last one wins
        for name in names.into_iter().rev().filter_map(|node| tree.scalar(node)) {
            chain.extend(tree.get(document, &name.text).filter(|node| tree.is_map(*node) && !chain.contains(node)));
        }
        at += 1;
    }
    chain
}

/// The lines of a job's scripts as the one script that a runner makes of them.
fn script<'a>(view: &mut View<'_>, parts: impl Iterator<Item = &'a Entry>) -> Option<(String, Vec<Line>)> {
    let tree = view.tree;
    let mut script = String::new();
    let mut lines = Vec::new();
    let mut open: Vec<NodeId> = parts.flat_map(|entry| list(tree, entry.value)).collect();
    open.reverse();
    while let Some(node) = open.pop() {
        // `!reference [job, script]` and anchors give lists in lists
        if let Data::List(items) = &tree.node(node).data {
            if lines.len() + open.len() + items.len() > 10_000 {
                return None;
            }
            open.extend(items.iter().rev());
        } else if let Some(scalar) = view.written(node) {
            if !view.afford(&scalar.text) {
                return None;
            }
            let from = script.len();
            script.push_str(&scalar.text);
            lines.push(Line { node, from, to: script.len() });
            script.push('\n');
        }
    }
    Some((script, lines))
}

fn list(tree: &Tree, node: NodeId) -> Vec<NodeId> {
    match &tree.node(node).data {
        Data::List(items) => items.clone(),
        _ => vec![node],
    }
}
