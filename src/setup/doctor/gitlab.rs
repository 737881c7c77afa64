//! `.gitlab-ci.yml`: the component or a job that runs the gate.

use std::path::Path;

use super::{ASKS, Advice, Level, NEVER, Wiring, asks_before, never_fails, runs_check, swallows};
use crate::read::tree::{Entry, NodeId, yaml};
use crate::span::Span;

/// Looks at the pipeline; gives the number of includes and jobs that run the gate.
pub(super) fn inspect(root: &Path, all: &mut Vec<Advice>) -> usize {
    let file = ".gitlab-ci.yml";
    let Some(text) = crate::setup::read(&root.join(file)) else { return 0 };
    if !text.contains("privgate") {
        return 0;
    }
    let tree = yaml::parse(&text);
    let wiring = Wiring::new(file.to_string(), &text, &tree);
    for problem in &tree.problems {
        all.push(wiring.advice(Level::Error, problem.span.unwrap_or(Span::new(0, 0)), "this pipeline cannot be read", "repair its YAML"));
    }
    // a header with `spec:` makes the pipeline the second document
    let Some(document) = tree.documents.last().copied() else { return 0 };
    let included = includes(&wiring, document, all);
    let mut gates = included;
    for entry in tree.entries(document) {
        let runs = scripts(&wiring, entry).iter().any(|(script, _)| runs_check(script));
        // the same name again changes the included job
        if runs || included > 0 && &*entry.key == "privgate" {
            gates += usize::from(runs);
            job(&wiring, entry, all);
            if let Some(own) = tree.entry(entry.value, "script").filter(|_| !runs) {
                let what = "this script takes the place of what the included job runs";
                all.push(wiring.advice(Level::Error, own.key_span, what, "give the job another name"));
            }
        }
    }
    if gates > 0 {
        workflow(&wiring, document, all);
    }
    gates
}

fn includes(wiring: &Wiring<'_>, document: NodeId, all: &mut Vec<Advice>) -> usize {
    let Some(include) = wiring.tree.get(document, "include") else { return 0 };
    conditions(wiring, include, all);
    let mut found = 0;
    for (text, span) in wiring.texts(include).into_iter().filter(|(text, _)| text.contains("privgate")) {
        let Some((address, version)) = text.rsplit_once('@') else {
            found += usize::from(text.rsplit('.').next().is_some_and(|ending| ending == "yml" || ending == "yaml"));
            continue;
        };
        found += 1;
        if version == "COMMIT" || address.contains("OWNER/") {
            let fix = "put the address of privgate's repository and a commit of it";
            all.push(wiring.advice(Level::Error, span, "this address is a placeholder", fix));
        } else if !(version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            let what = "the component is not pinned: whoever moves that name decides what judges";
            all.push(wiring.advice(Level::Warning, span, what, "name a commit, all 40 digits"));
        }
    }
    found
}

/// What an include of the gate says beside its address.
fn conditions(wiring: &Wiring<'_>, include: NodeId, all: &mut Vec<Advice>) {
    let tree = wiring.tree;
    let items = if tree.is_map(include) { vec![include] } else { tree.items(include).to_vec() };
    for item in items.into_iter().filter(|item| tree.is_map(*item) && wiring.texts(*item).iter().any(|(text, _)| text.contains("privgate")))
    {
        if let Some(entry) = tree.entry(item, "rules") {
            let what = "the gate is included under a condition only";
            all.push(wiring.advice(Level::Error, entry.key_span, what, "remove `rules:` from the include"));
        }
        let input = tree.get(item, "inputs").and_then(|inputs| tree.entry(inputs, "fail-on"));
        if let Some(entry) = input.filter(|entry| tree.scalar(entry.value).is_some_and(|scalar| &*scalar.text == "never")) {
            all.push(wiring.advice(Level::Error, tree.node(entry.value).span, NEVER.0, NEVER.1));
        }
    }
}

/// The lines of a job's scripts.
fn scripts<'a>(wiring: &Wiring<'a>, job: &Entry) -> Vec<(&'a str, Span)> {
    let keys = ["before_script", "script", "after_script"];
    keys.iter().filter_map(|key| wiring.tree.get(job.value, key)).flat_map(|id| wiring.texts(id)).collect()
}

fn job(wiring: &Wiring<'_>, job: &Entry, all: &mut Vec<Advice>) {
    let tree = wiring.tree;
    let mut say = |level, span, what: &str, fix: &str| all.push(wiring.advice(level, span, what, fix));
    if let Some(entry) = tree.entry(job.value, "allow_failure")
        && tree.scalar(entry.value).is_none_or(|scalar| &*scalar.text != "false")
    {
        say(Level::Error, entry.key_span, "the pipeline passes when the gate fails", "remove `allow_failure:`");
    }
    for key in ["only", "except"] {
        if let Some(entry) = tree.entry(job.value, key) {
            say(Level::Warning, entry.key_span, &format!("`{key}:` skips the gate for some pipelines"), "use `rules:` as in the component");
        }
    }
    let rules = tree.get(job.value, "rules");
    for rule in rules.map(|rules| tree.items(rules)).unwrap_or_default() {
        if let Some(entry) = tree.entry(*rule, "changes") {
            say(
                Level::Error,
                entry.key_span,
                "`changes:` skips the gate for files that it would judge",
                "remove it: a quiet check takes milliseconds",
            );
        }
        if tree.text(*rule, "allow_failure") == Some("true") || matches!(tree.text(*rule, "when"), Some("manual")) {
            say(Level::Error, tree.node(*rule).span, "under this rule the gate does not hold", "let the job run and fail");
        }
    }
    for (script, span) in scripts(wiring, job) {
        if runs_check(script) && swallows(script) {
            say(Level::Error, span, "the script goes on when the check fails", "let its exit code end the job");
        }
        if asks_before(script) {
            say(Level::Error, span, ASKS.0, ASKS.1);
        }
        if runs_check(script) && never_fails(script) {
            say(Level::Error, span, NEVER.0, NEVER.1);
        }
    }
}

/// Rules for the whole pipeline that leave merge requests out.
fn workflow(wiring: &Wiring<'_>, document: NodeId, all: &mut Vec<Advice>) {
    let tree = wiring.tree;
    let Some(entry) = tree.get(document, "workflow").and_then(|workflow| tree.entry(workflow, "rules")) else { return };
    if !wiring.texts(entry.value).iter().any(|(text, _)| text.contains("merge_request")) {
        let fix = "add a rule `if: $CI_PIPELINE_SOURCE == \"merge_request_event\"`";
        all.push(wiring.advice(Level::Error, entry.key_span, "no pipeline runs for merge requests", fix));
    }
}
