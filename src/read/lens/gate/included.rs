//! The gate as another project's part of a GitLab pipeline: a component, a project's file, a remote one; and the job of this pipeline by which
//! a part of it is replaced.

use super::routes::Routes;
use super::script::Call;
use super::{Laid, Reference, Run, condition, emit, flags, said, surroundings, switch_or_laid};
use crate::read::lens::view::View;
use crate::read::tree::{Entry, NodeId, Tree};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::value::Outcome;

/// The job that the component brings; what a pipeline writes under the same name replaces its keys.
const JOB: &str = "privgate";
/// The name of its scope.
const NAME: &str = "included privgate";
/// Keys of that job that decide what it runs.
const RUNNING: [&str; 5] = ["before_script", "image", "extends", "inherit", "variables"];
/// Keys of a job that decide whether it runs.
pub(super) const WHEN: [&str; 4] = ["rules", "only", "except", "when"];
/// Inputs that say which program runs, and which of its versions.
const PROGRAMS: [&str; 2] = ["image", "source"];
const VERSIONS: [&str; 3] = ["commit", "archive", "sha256"];

/// One item of `include:`.
pub fn included(
    view: &mut View<'_>,
    document: NodeId,
    (item, index): (NodeId, usize),
    parent: ScopeId,
    (routes, laid): (Option<&Routes>, &Laid),
) {
    let tree = view.tree;
    let texts: Vec<NodeId> = if tree.is_map(item) { tree.entries(item).iter().map(|entry| entry.value).collect() } else { vec![item] };
    let names = |node: &NodeId| tree.scalar(*node).is_some_and(|scalar| scalar.text.contains("privgate"));
    let Some(node) = texts.into_iter().find(names) else { return };
    let text = tree.scalar(node).map(|scalar| scalar.text.to_string()).unwrap_or_default();
    let own = tree.get(document, JOB).filter(|own| tree.is_map(*own));
    // with a script of its own, that job is whatever the script runs
    let elsewhere = tree.get(item, "component").or_else(|| tree.get(item, "project")).or_else(|| tree.get(item, "remote")).is_some();
    let scripted = own.is_some_and(|own| tree.get(own, "script").is_some()) || elsewhere && laid.given(None, &[JOB, "script"]).is_some();
    if let Some(routes) = routes.filter(|_| elsewhere && !laid.keys(&[JOB]).is_empty()) {
        routes.told();
    }
    if scripted || !view.afford(&text) {
        return;
    }
    let span = tree.node(node).span;
    emit(view, parent, "privgate", Outcome::text(text.clone()), span, span);
    if !tree.is_map(item) {
        return;
    }
    let Some(reference) = reference(view, item, node, &text) else { return };
    // who follows the file later finds the scope there
    let scope = scope(view, index).unwrap_or_else(|| view.item(item, parent, ScopeKind::Job, NAME, ("include", index)));
    view.label(scope, JOB);
    let inputs = tree.get(item, "inputs").map(|inputs| tree.entries(inputs)).unwrap_or_default();
    // its `approvals` is a switch: the component asks by itself
    let inputs = inputs.iter().filter(|entry| &*entry.key != "approvals");
    let mut given: Vec<(String, Option<String>)> =
        inputs.map(|entry| (entry.key.to_string(), tree.scalar(entry.value).map(|scalar| scalar.text.to_string()))).collect();
    let mut keys = own.map(|own| replaced(tree, own)).unwrap_or_default();
    keys.extend(replaced_below(tree, own, laid));
    if !keys.is_empty() {
        given.push(("config".into(), Some(keys.join(", "))));
    }
    let leading = tree.get(document, "variables").map(|variables| tree.entries(variables)).unwrap_or_default();
    let replaced = leading.iter().filter(|entry| surroundings::leads(&entry.key)).map(|entry| entry.key.to_string()).collect();
    let mut run = Run { key: span, span, text, flags: given, reference: Some(reference), replaced, ..Run::default() };
    let below = |name: &str| laid.given(None, &[JOB, name]).filter(|_| own.is_none_or(|own| tree.entry(own, name).is_none()));
    run.laid.extend(WHEN.iter().filter_map(|name| Some(format!("{name}: {}", below(name)?.text))));
    let tolerated = own.and_then(|own| tree.entry(own, "allow_failure"));
    switch_or_laid(view, scope, "continue-on-error", tolerated, below("allow_failure"), span);
    let mut conditions: Vec<&Entry> = tree.entry(item, "rules").into_iter().collect();
    conditions.extend(own.into_iter().flat_map(|own| WHEN.iter().filter_map(move |key| tree.entry(own, key))));
    // the component waits for pipelines of merge requests: where the pipeline lets none in, it never runs for one
    let entered = tree.get(document, "workflow").and_then(|workflow| tree.entry(workflow, "rules"));
    conditions.extend(entered.filter(|rules| !tree.node(rules.value).span.of(view.text).contains("merge_request")));
    condition(view, scope, &conditions, &run);
    flags(view, scope, &run);
}

/// The scope that an item of `include:` has got already.
fn scope(view: &View<'_>, index: usize) -> Option<ScopeId> {
    let step = Step::Item("include".into(), u32::try_from(index).ok()?);
    let at = view.reading.scopes.iter().position(|scope| scope.kind == ScopeKind::Job && *scope.name == *NAME && scope.step == step)?;
    Some(ScopeId(u32::try_from(at).ok()?))
}

/// What is included, and which state of it.
fn reference(view: &View<'_>, item: NodeId, node: NodeId, text: &str) -> Option<Reference> {
    let tree = view.tree;
    let input = |name: &str| tree.get(item, "inputs").and_then(|inputs| tree.text(inputs, name)).filter(|value| !value.is_empty());
    let (name, state, span) = if tree.get(item, "component").is_some() {
        let (name, state) = text.split_once('@').unwrap_or((text, ""));
        (name.to_owned(), state.to_owned(), view.part(node, text.len() - state.len(), text.len()))
    } else if let Some(project) = tree.text(item, "project") {
        let at = tree.get(item, "ref").map_or(tree.node(node).span, |at| tree.node(at).span);
        (format!("{project} {}", tree.text(item, "file").unwrap_or_default()), tree.text(item, "ref").unwrap_or_default().to_owned(), at)
    } else if let Some(address) = tree.text(item, "remote") {
        (address.to_owned(), tree.text(item, "integrity").unwrap_or_default().to_owned(), tree.node(node).span)
    } else {
        return None;
    };
    let of = |names: &[&str]| -> String { names.iter().filter_map(|name| Some(format!(", {name} {}", input(name)?))).collect() };
    Some(Reference {
        source: format!("{}{}", name.to_ascii_lowercase(), of(&PROGRAMS)),
        text: state,
        span,
        comment: None,
        also: of(&VERSIONS),
    })
}

/// What of the job is replaced that decides what it runs; how git brings the files decides nothing.
fn replaced(tree: &Tree, own: NodeId) -> Vec<String> {
    let decides = |entry: &&Entry| {
        RUNNING.contains(&&*entry.key)
            && (&*entry.key != "variables" || tree.entries(entry.value).iter().any(|variable| !variable.key.starts_with("GIT_")))
    };
    tree.entries(own).iter().filter(decides).map(|entry| entry.key.to_string()).collect()
}

/// The same of what included files say of it.
fn replaced_below(tree: &Tree, own: Option<NodeId>, laid: &Laid) -> Vec<String> {
    let decides = |key: &&str| match *key {
        "variables" => laid.keys(&[JOB, "variables"]).iter().any(|name| !name.starts_with("GIT_")),
        key => own.is_none_or(|own| tree.entry(own, key).is_none()) && laid.given(None, &[JOB, key]).is_some(),
    };
    RUNNING.iter().copied().filter(decides).map(str::to_owned).collect()
}

/// Which state of another repository's gate runs, where that is said by all digits of a commit or of a hash.
pub(super) fn commit(view: &mut View<'_>, scope: ScopeId, run: &Run, reference: &Reference) {
    let is_commit = matches!(reference.text.len(), 40 | 64) && reference.text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_commit || !reference.also.is_empty() {
        let text = format!("{}{}", if is_commit { &*reference.text } else { "" }, reference.also).to_ascii_lowercase();
        said(view, scope, "commit", Outcome::text(text.trim_start_matches(", ")), run);
    }
}

/// One item of `include:` that is a file of this repository, with what this pipeline says of its jobs.
pub(super) fn local(
    view: &mut View<'_>,
    document: NodeId,
    (item, index): (NodeId, usize),
    parent: ScopeId,
    (routes, laid): (&Routes, &Laid),
) {
    let tree = view.tree;
    let node = tree.get(item, "local").unwrap_or(item);
    let Some(path) = tree.scalar(node).map(|scalar| scalar.text.to_string()).filter(|path| !path.contains("://")) else { return };
    let span = tree.node(node).span;
    for (name, call) in routes.pipeline(&path) {
        let own = tree.get(document, &name).filter(|own| tree.is_map(*own));
        // with a script of its own, that job is whatever the script runs
        if own.is_some_and(|own| tree.get(own, "script").is_some()) || !view.afford(&path) {
            continue;
        }
        let call = Call { start: 0, end: path.len(), led: true, ..call };
        let mut run = Run::of_call(call, &path, span, span);
        let leading = tree.get(document, "variables").map(|variables| tree.entries(variables)).unwrap_or_default();
        run.replaced.extend(leading.iter().filter(|entry| surroundings::leads(&entry.key)).map(|entry| entry.key.to_string()));
        super::pipeline::tell(view, parent, &run);
        let scope = view.item(item, parent, ScopeKind::Job, &name, ("include", index));
        view.label(scope, JOB);
        let below = |key: &str| laid.given(Some(index), &[&*name, key]).filter(|_| own.is_none_or(|own| tree.entry(own, key).is_none()));
        run.laid.extend(WHEN.iter().filter_map(|key| Some(format!("{key}: {}", below(key)?.text))));
        let tolerated = own.and_then(|own| tree.entry(own, "allow_failure"));
        switch_or_laid(view, scope, "continue-on-error", tolerated, below("allow_failure"), span);
        let mut conditions: Vec<&Entry> = tree.entry(item, "rules").into_iter().collect();
        conditions.extend(own.into_iter().flat_map(|own| WHEN.iter().filter_map(move |key| tree.entry(own, key))));
        condition(view, scope, &conditions, &run);
        flags(view, scope, &run);
    }
}
