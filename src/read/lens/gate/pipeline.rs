//! The gate as a job of a GitLab pipeline, with what the job takes over from others of the same file.

use super::included::WHEN;
use super::routes::Routes;
use super::script::{Shell, find};
use super::{Laid, Run, condition, emit, flags, surroundings, switch_or_laid};
use crate::read::lens::view::View;
use crate::read::tree::{Data, Entry, NodeId, Tree};
use crate::scope::ScopeId;
use crate::value::Outcome;

/// How far `extends` is followed.
const DEPTH: usize = 10;

/// How the pipeline leads to other files, and what these lay under it.
type Around<'a> = (Option<&'a Routes<'a>>, &'a Laid);

/// How many references of one script are followed.
const HOPS: usize = 100;

/// One item of a job's scripts, and where its text begins in the script as a whole.
struct Line {
    node: NodeId,
    from: usize,
    to: usize,
    /// It is a reference to another file's lines.
    elsewhere: bool,
}

/// The gate in one job.
pub fn pipeline(view: &mut View<'_>, document: NodeId, parent: ScopeId, (entry, scope): (&Entry, ScopeId), around: Around<'_>) {
    let (routes, laid) = around;
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
    // an included file says it of the job itself, or of one that the job extends and this file does not have
    let apart: Vec<&str> = chain
        .iter()
        .filter_map(|job| tree.get(*job, "extends"))
        .flat_map(|node| list(tree, node))
        .filter_map(|node| tree.scalar(node).map(|scalar| &*scalar.text))
        .filter(|name| tree.get(document, name).is_none())
        .collect();
    let below = |name: &str| {
        let own = if tree.entry(entry.value, name).is_none() { laid.given(None, &[&*entry.key, name]) } else { None };
        own.or_else(|| if key(name).is_none() { apart.iter().find_map(|job| laid.given(None, &[job, name])) } else { None })
    };
    let default = tree.get(document, "default");
    let everywhere = |name: &str| default.and_then(|default| tree.entry(default, name)).or_else(|| tree.entry(document, name));
    let everywhere_below = |name: &str| laid.given(None, &["default", name]).or_else(|| laid.given(None, &[name]));
    let mut before = key("before_script").or_else(|| everywhere("before_script"));
    let first = below("before_script").or_else(|| if before.is_none() { everywhere_below("before_script") } else { None });
    before = before.filter(|_| first.is_none());
    let mut text = first.map(|given| given.lines.iter().flat_map(|line| [&**line, "\n"]).collect::<String>()).unwrap_or_default();
    if !view.afford(&text) {
        return;
    }
    let Some(lines) = script(view, &mut text, document, laid, before.into_iter().chain(key("script"))) else { return };
    let script = text;
    let Some(call) = find(&script, Shell::default(), routes) else { return };
    let Some(line) = lines.iter().find(|line| (line.from..=line.to).contains(&call.start)) else { return };
    let end = call.end.min(line.to).saturating_sub(line.from);
    let span = if line.elsewhere { tree.node(line.node).span } else { view.part(line.node, call.start.saturating_sub(line.from), end) };
    let mut run = Run::of_call(call, &script, tree.node(line.node).span, span);
    for variables in chain.iter().chain([&document]).filter_map(|node| tree.get(*node, "variables")) {
        run.replaced
            .extend(tree.entries(variables).iter().filter(|entry| surroundings::leads(&entry.key)).map(|entry| entry.key.to_string()));
    }
    let leading = laid.keys(&["variables"]).into_iter().chain(laid.keys(&[&*entry.key, "variables"]));
    run.replaced.extend(leading.filter(|name| surroundings::leads(name)));
    let written = |image: &Entry| tree.node(image.value).span.of(view.text).to_owned();
    let image = below("image").map(|given| given.text).or_else(|| key("image").or_else(|| everywhere("image")).map(written));
    let image = image.or_else(|| everywhere_below("image").map(|given| given.text));
    run.program.extend(image.map(|image| format!("image {}", surroundings::without_versions(&image))));
    tell(view, parent, &run);
    view.label(scope, "privgate");
    let conditions = WHEN.iter().filter(|name| below(name).is_none()).filter_map(|name| key(name));
    let mut conditions: Vec<&Entry> = conditions.collect();
    run.laid.extend(WHEN.iter().filter_map(|name| Some(format!("{name}: {}", below(name)?.text))));
    let entered = tree.get(document, "workflow").and_then(|workflow| tree.entry(workflow, "rules"));
    let entered_below = laid.given(None, &["workflow", "rules"]).filter(|rules| entered.is_none() && !rules.text.contains("merge_request"));
    run.laid.extend(entered_below.map(|rules| format!("rules: {}", rules.text)));
    conditions.extend(entered.filter(|rules| !tree.node(rules.value).span.of(view.text).contains("merge_request")));
    switch_or_laid(view, scope, "continue-on-error", key("allow_failure"), below("allow_failure"), run.span);
    if let Some(routes) = routes.filter(|_| !laid.is_empty()) {
        routes.told();
    }
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

/// Adds the lines of a job's scripts to the one script that a runner makes of them.
fn script<'a>(
    view: &mut View<'_>,
    script: &mut String,
    document: NodeId,
    laid: &Laid,
    parts: impl Iterator<Item = &'a Entry>,
) -> Option<Vec<Line>> {
    let tree = view.tree;
    let mut lines = Vec::new();
    let mut hops = 0;
    let mut open: Vec<NodeId> = parts.flat_map(|entry| list(tree, entry.value)).collect();
    open.reverse();
    while let Some(node) = open.pop() {
        // an anchor gives a list in a list, `!reference [job, script]` names one
        if let Some(path) = referred(tree.node(node).span.of(view.text)) {
            hops += 1;
            if hops > HOPS {
                return None;
            }
            if let Some(meant) = tree.at(document, &path) {
                open.extend(list(tree, meant).into_iter().rev());
            } else if let Some(given) = laid.given(None, &path) {
                let from = script.len();
                script.extend(given.lines.into_iter().map(|line| line + "\n"));
                lines.push(Line { node, from, to: script.len().saturating_sub(1), elsewhere: true });
            }
        } else if let Data::List(items) = &tree.node(node).data {
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
            lines.push(Line { node, from, to: script.len(), elsewhere: false });
            script.push('\n');
        }
    }
    Some(lines)
}

/// The way that `!reference [job, script]` names; the tree keeps such a list as one text.
fn referred(text: &str) -> Option<Vec<&str>> {
    let inner = text.strip_prefix("!reference")?.trim().strip_prefix('[')?.strip_suffix(']')?;
    Some(inner.split(',').map(|part| part.trim().trim_matches(['"', '\''])).filter(|part| !part.is_empty()).collect())
}

fn list(tree: &Tree, node: NodeId) -> Vec<NodeId> {
    match &tree.node(node).data {
        Data::List(items) => items.clone(),
        _ => vec![node],
    }
}
