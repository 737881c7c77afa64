//! Workflows of GitHub Actions that run the gate.

use std::path::Path;

use super::{ASKS, Advice, Level, NEVER, Wiring, asks_before, never_fails, runs_check, swallows};
use crate::read::tree::{Entry, NodeId, Tree, yaml};
use crate::setup::files::yaml_files;
use crate::span::Span;

/// Looks at every workflow; gives the number of jobs that run the gate.
pub(super) fn inspect(root: &Path, all: &mut Vec<Advice>) -> usize {
    let mut jobs = 0;
    let mut named = Vec::new();
    for path in yaml_files(&root.join(".github/workflows")) {
        let Some(text) = crate::setup::read(&path) else { continue };
        if !text.contains("privgate") {
            continue;
        }
        let file = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let tree = yaml::parse(&text);
        let wiring = Wiring::new(file, &text, &tree);
        for problem in &tree.problems {
            all.push(wiring.advice(
                Level::Error,
                problem.span.unwrap_or(Span::new(0, 0)),
                "this workflow cannot be read",
                "repair its YAML",
            ));
        }
        let Some(document) = tree.documents.first().copied() else { continue };
        let gates: Vec<&Entry> =
            tree.get(document, "jobs").map_or(&[][..], |jobs| tree.entries(jobs)).iter().filter(|job| is_gate(&tree, job)).collect();
        if gates.is_empty() {
            continue;
        }
        jobs += gates.len();
        events(&wiring, document, all);
        for gate in gates {
            named.push(tree.text(gate.value, "name").unwrap_or(&gate.key).to_string());
            job(&wiring, document, gate, all);
        }
    }
    if !named.is_empty() {
        required(root, &named, all);
    }
    jobs
}

/// A job with a step that uses the action or runs the check. The jobs that only hand its files on are no gates.
fn is_gate(tree: &Tree, job: &Entry) -> bool {
    steps(tree, job.value).any(|step| uses(tree, step).is_some() || tree.text(step, "run").is_some_and(runs_check))
}

fn steps(tree: &Tree, job: NodeId) -> impl Iterator<Item = NodeId> {
    tree.get(job, "steps").map(|steps| tree.items(steps).to_vec()).unwrap_or_default().into_iter()
}

/// The `uses:` of the step when it is privgate's action.
fn uses(tree: &Tree, step: NodeId) -> Option<&str> {
    let address = tree.text(step, "uses")?;
    let name = address.split('@').next()?;
    name.rsplit('/').next().is_some_and(|last| last == "privgate" || last == "privgate-action").then_some(address)
}

/// Which events start the workflow, and what keeps them from it.
fn events(wiring: &Wiring<'_>, document: NodeId, all: &mut Vec<Advice>) {
    let tree = wiring.tree;
    let Some(on) = tree.entry(document, "on") else { return };
    let names: Vec<(&str, Span, Option<NodeId>)> = if tree.is_map(on.value) {
        tree.entries(on.value).iter().map(|entry| (&*entry.key, entry.key_span, Some(entry.value))).collect()
    } else {
        wiring.texts(on.value).into_iter().map(|(name, span)| (name, span, None)).collect()
    };
    let has = |name: &str| names.iter().any(|(known, ..)| *known == name);
    let mut say = |level, span, what: &str, fix: &str| all.push(wiring.advice(level, span, what, fix));
    if !has("pull_request") && !has("pull_request_target") {
        say(Level::Error, on.key_span, "it does not run for pull requests", "add `pull_request:`");
    }
    if !has("merge_group") {
        say(Level::Warning, on.key_span, "in a merge queue it never reports, and the queue waits for it", "add `merge_group:`");
    }
    for (name, span, value) in names {
        if name == "pull_request_target" {
            say(Level::Error, span, "`pull_request_target` checks out the target branch, so nothing is compared", "use `pull_request`");
        }
        let Some(value) = value else { continue };
        for entry in tree.entries(value) {
            match &*entry.key {
                "paths" | "paths-ignore" => say(
                    Level::Error,
                    entry.key_span,
                    &format!("`{}` skips the gate for files that it would judge", entry.key),
                    "remove the filter: a quiet check takes milliseconds",
                ),
                "branches" | "branches-ignore" if name.starts_with("pull_request") => say(
                    Level::Warning,
                    entry.key_span,
                    &format!("`{}` skips pull requests to other branches", entry.key),
                    "remove it, unless those branches never reach users",
                ),
                _ => {}
            }
        }
    }
}

fn job(wiring: &Wiring<'_>, document: NodeId, gate: &Entry, all: &mut Vec<Advice>) {
    let tree = wiring.tree;
    rights(wiring, document, gate, all);
    let mut say = |level, span, what: &str, fix: &str| all.push(wiring.advice(level, span, what, fix));
    for (key, what) in [
        ("if", "a job that is skipped counts as passed"),
        ("needs", "a job that is skipped because another one failed counts as passed"),
        ("continue-on-error", "the job passes when the gate fails"),
    ] {
        if let Some(entry) = tree.entry(gate.value, key).filter(|entry| !is_false(tree, entry)) {
            let level = if key == "needs" { Level::Warning } else { Level::Error };
            say(level, entry.key_span, what, &format!("remove `{key}:` from the gate's job"));
        }
    }
    for step in steps(tree, gate.value) {
        checkout(wiring, step, all);
        let script = tree.text(step, "run").filter(|script| runs_check(script));
        let address = uses(tree, step);
        if script.is_none() && address.is_none() {
            continue;
        }
        let mut say = |level, span, what: &str, fix: &str| all.push(wiring.advice(level, span, what, fix));
        for (key, what) in [("if", "a step that is skipped fails nothing"), ("continue-on-error", "the job passes when the gate fails")] {
            if let Some(entry) = tree.entry(step, key).filter(|entry| !is_false(tree, entry)) {
                say(Level::Error, entry.key_span, what, &format!("remove `{key}:` from the gate's step"));
            }
        }
        if let (Some(address), Some(entry)) = (address, tree.entry(step, "uses")) {
            let span = tree.node(entry.value).span;
            if address.starts_with("OWNER/") || address.ends_with(&"0".repeat(40)) {
                say(
                    Level::Error,
                    span,
                    "this address is a placeholder",
                    "put the address of privgate's repository and the commit of a release",
                );
            } else if !is_pinned(address) {
                say(
                    Level::Warning,
                    span,
                    "the action is not pinned: whoever moves that name decides what judges",
                    "name a commit, all 40 digits",
                );
            }
        }
        let input = tree.get(step, "with").and_then(|with| tree.entry(with, "fail-on"));
        let input = input.filter(|entry| address.is_some() && tree.scalar(entry.value).is_some_and(|scalar| &*scalar.text == "never"));
        if let Some(entry) = input.or_else(|| tree.entry(step, "run").filter(|_| script.is_some_and(never_fails))) {
            say(Level::Error, tree.node(entry.value).span, NEVER.0, NEVER.1);
        }
        if let (Some(script), Some(entry)) = (script, tree.entry(step, "run"))
            && swallows(script)
        {
            say(Level::Error, tree.node(entry.value).span, "the script goes on when the check fails", "let its exit code end the step");
        }
        if let (Some(script), Some(entry)) = (script, tree.entry(step, "run"))
            && asks_before(script)
        {
            say(Level::Error, tree.node(entry.value).span, ASKS.0, ASKS.1);
        }
    }
}

/// Depth and credentials of the checkout before the gate.
fn checkout(wiring: &Wiring<'_>, step: NodeId, all: &mut Vec<Advice>) {
    let tree = wiring.tree;
    let Some(entry) = tree.entry(step, "uses") else { return };
    if !tree.text(step, "uses").is_some_and(|address| address.starts_with("actions/checkout@")) {
        return;
    }
    let with = tree.get(step, "with");
    let given = |key: &str| with.and_then(|with| tree.text(with, key));
    if matches!(given("fetch-depth"), None | Some("1")) {
        let what = "a checkout of depth 1 lacks the base of a pull request";
        all.push(wiring.advice(Level::Warning, tree.node(entry.value).span, what, "set `fetch-depth: 2`"));
    }
    if let Some(filter) = with
        .and_then(|with| tree.entry(with, "filter"))
        .filter(|entry| tree.scalar(entry.value).is_none_or(|scalar| !scalar.text.is_empty()))
    {
        let what = "a checkout with a `filter:` lacks the files' contents before the change: the gate ends with exit code 3";
        all.push(wiring.advice(Level::Warning, filter.key_span, what, "remove `filter:`"));
    }
    if given("ref")
        .is_some_and(|reference| reference.contains("head.sha") || reference.contains("head_ref") || reference.contains("head.ref"))
    {
        let what = "it checks out the pull request's head instead of the test merge, so a merge-base has to be found";
        all.push(wiring.advice(Level::Warning, tree.node(entry.value).span, what, "remove `ref:`, or set `fetch-depth: 0`"));
    }
}

/// The token's rights: reading is all that the gate needs.
fn rights(wiring: &Wiring<'_>, document: NodeId, gate: &Entry, all: &mut Vec<Advice>) {
    let tree = wiring.tree;
    let Some(granted) = tree.entry(gate.value, "permissions").or_else(|| tree.entry(document, "permissions")) else {
        let what = "without `permissions:` the job may have more rights than it needs";
        all.push(wiring.advice(Level::Warning, gate.key_span, what, "add `permissions: {contents: read}`"));
        return;
    };
    let writes = |text: &str| text == "write" || text == "write-all";
    if let Some((_, span)) = wiring.texts(granted.value).into_iter().find(|(text, _)| writes(text)) {
        let what = "the gate's job may write: what it runs needs to read only";
        all.push(wiring.advice(Level::Warning, span, what, "grant `contents: read`, and write from a second job"));
    }
}

/// Whether a file says that the check is required; GitHub itself keeps that in its settings.
fn required(root: &Path, named: &[String], all: &mut Vec<Advice>) {
    let mut files = yaml_files(&root.join(".github")).into_iter().chain(yaml_files(&root.join(".github/settings")));
    let says =
        |text: &str| (text.contains("required_status_checks") || text.contains("contexts")) && named.iter().any(|name| text.contains(name));
    let in_yaml = files.any(|path| crate::setup::read(&path).is_some_and(|text| says(&text)));
    let rulesets = std::fs::read_dir(root.join(".github/rulesets")).into_iter().flatten().flatten();
    let in_json = rulesets.into_iter().any(|entry| crate::setup::read(&entry.path()).is_some_and(|text| says(&text)));
    if !in_yaml && !in_json {
        all.push(Advice {
            level: Level::Note,
            file: ".github".to_string(),
            line: 0,
            what: format!("no file here says that `{}` is a required check", named.join("`, `")),
            fix: "see that it is one: Settings, Rules, Require status checks to pass".to_string(),
        });
    }
}

fn is_false(tree: &Tree, entry: &Entry) -> bool {
    tree.scalar(entry.value).is_some_and(|scalar| &*scalar.text == "false")
}

/// A commit, or an action of this repository.
fn is_pinned(address: &str) -> bool {
    address.starts_with("./")
        || address.rsplit_once('@').is_some_and(|(_, name)| name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
