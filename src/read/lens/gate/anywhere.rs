//! The gate's call where no lens looks for it: in scripts, in hooks, in the files of other CI systems.

use std::collections::HashSet;

use super::routes::Routes;
use super::script::{Call, Shell, find};
use super::{step, tasks};
use crate::read::tree::{Data, NodeId, Tree};
use crate::reading::Reading;
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::Outcome;

/// Starts of paths, and names, of files by which other CI systems are told what to do.
const SYSTEMS: [&str; 15] = [
    ".azure-pipelines/",
    "azure-pipelines",
    "bitbucket-pipelines.yml",
    ".circleci/",
    ".buildkite/",
    ".woodpecker",
    ".drone.y",
    ".cirrus.y",
    ".travis.y",
    ".semaphore/",
    "Jenkinsfile",
    "appveyor.y",
    ".appveyor.y",
    "buildspec.y",
    "cloudbuild.y",
];

/// Keys that switch a step off, or let it fail, with the value that does so.
const OFF: [(&str, &str); 10] = [
    ("skip", "true"),
    ("enabled", "false"),
    ("continueOnError", "true"),
    ("continue-on-error", "true"),
    ("soft_fail", "true"),
    ("failure", "ignore"),
    ("allow_failure", "true"),
    ("if", "false"),
    ("condition", "false"),
    ("when", "never"),
];

/// Who calls it, by the file that says so.
pub(super) fn caller(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folder = |folder: &str| path.starts_with(&format!("{folder}/")) || path.contains(&format!("/{folder}/"));
    if SYSTEMS.iter().any(|start| path.starts_with(start) || name.starts_with(start)) {
        return Some("CI");
    }
    let is_hook = name.trim_start_matches('.').starts_with("lefthook")
        || [".githooks", ".husky", "hooks"].iter().any(|hooks| folder(hooks))
            && (name.starts_with("pre-push") || name.starts_with("pre-commit"));
    let of_ci = [".yml", ".yaml"].iter().any(|end| name.ends_with(end)) && ["ci", ".ci", "pipelines"].into_iter().any(folder);
    let tasks = ["package.json", "deno.json", "deno.jsonc", "Taskfile.yml", "Taskfile.yaml", "action.yml", "action.yaml"];
    match () {
        () if is_hook => Some("hook"),
        () if tasks.contains(&name) || of_ci => Some("script"),
        () => None,
    }
}

/// The call in a structured file.
pub fn in_tree(path: &str, text: &str, tree: &Tree, reading: &mut Reading, routes: Option<&Routes>) {
    if routes.is_none() && !text.contains("privgate") {
        return;
    }
    let Some(who) = caller(path) else { return };
    let mut seen = HashSet::new();
    let mut open: Vec<(NodeId, &str)> = tree.documents.iter().map(|document| (*document, who)).collect();
    while let Some((node, who)) = open.pop() {
        // an alias may stand in many places
        if !seen.insert(node) || OFF.iter().any(|(key, value)| tree.text(node, key).is_some_and(|text| text.trim() == *value)) {
            continue;
        }
        match &tree.node(node).data {
            Data::List(items) => open.extend(items.iter().map(|item| (*item, who))),
            Data::Map(entries) => {
                let shell = step::shell(tree.text(node, "shell"));
                for entry in entries.iter().filter(|entry| shell.is_some() || &*entry.key != "run") {
                    let hooks = matches!(&*entry.key, "husky" | "simple-git-hooks" | "gitHooks" | "pre-push" | "pre-commit");
                    open.push((entry.value, if hooks { "hook" } else { who }));
                }
            }
            Data::Scalar(scalar) => told(who, &scalar.text, tree.node(node).span, text, reading, routes),
        }
    }
}

/// The call in a script that is a file of its own.
pub fn in_script(path: &str, text: &str, reading: &mut Reading, routes: Option<&Routes>) {
    // without `set -e` a script goes on
    let shell = Shell { errexit: false, pipefail: false };
    let call = find(text, shell, routes);
    told_by(caller(path).unwrap_or("script"), text, call, Span::new(0, text.len()), text, reading);
}

/// The call in the recipes of a Makefile, of which each line is a script that has to succeed.
pub fn in_recipes(text: &str, reading: &mut Reading, routes: Option<&Routes>) {
    if routes.is_none() && !text.contains("privgate") {
        return;
    }
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        if let Some(recipe) = line.strip_prefix(['\t', ' ']) {
            let recipe = recipe.trim_start().trim_start_matches(['@', '+']);
            told("script", recipe, Span::new(from, from + line.len()), text, reading, routes);
        }
        from += line.len();
    }
}

/// The call in a `Jenkinsfile`: in the texts that its steps run.
pub fn in_texts(text: &str, reading: &mut Reading, routes: Option<&Routes>) {
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let code = line.trim_start();
        if !code.starts_with("//") && !code.contains("returnStatus") {
            let named = code.split(['\'', '"']).find(|part| part.contains("privgate"));
            // without the name only what is a text can be a command
            let inner = named.or_else(|| code.split(['\'', '"']).nth(1)).unwrap_or_default();
            told("CI", inner, Span::new(from, from + line.len()), text, reading, routes);
        }
        from += line.len();
    }
}

/// The call in the environments of tox.
pub fn in_environments(text: &str, reading: &mut Reading, routes: Option<&Routes>) {
    if routes.is_none() && !text.contains("privgate") {
        return;
    }
    for one in tasks::environments(text).into_iter().filter(|one| !one.ignored) {
        for (line, _) in one.lines.iter().filter(|(_, ignored)| !ignored) {
            told("script", line, Span::new(0, text.len()), text, reading, routes);
        }
    }
}

/// The call in the sessions of nox.
pub fn in_sessions(text: &str, reading: &mut Reading, routes: Option<&Routes>) {
    if routes.is_none() && !text.contains("privgate") {
        return;
    }
    for (_, at, line, _) in tasks::sessions(text).into_iter().filter(|(.., ignored)| !ignored) {
        let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| at + end);
        told("script", &line, Span::new(at, end), text, reading, routes);
    }
}

fn told(who: &str, script: &str, whole: Span, text: &str, reading: &mut Reading, routes: Option<&Routes>) {
    told_by(who, script, find(script, Shell::default(), routes), whole, text, reading);
}

/// A call that stops what runs it. `whole` is where the script stands in the text.
fn told_by(who: &str, script: &str, call: Option<Call>, whole: Span, text: &str, reading: &mut Reading) {
    let Some(call) = call.filter(|call| !call.ignored) else { return };
    let words = call.words.join(" ");
    if words.contains("--fail-on never") || words.contains("--fail-on=never") {
        return;
    }
    let source = text.get(whole.range()).unwrap_or_default();
    // a script with escapes does not stand there as it is
    let span = match source.find(script) {
        Some(at) => Span::new(whole.start as usize + at + call.start, whole.start as usize + at + call.end),
        None => whole,
    };
    let value = Outcome::text(format!("{} {words}", call.command));
    let mut setting = Setting::named(ScopeId::ROOT, Surface::Gate, format!("called by {who}"), value, span, span);
    setting.raw = text.get(span.range()).unwrap_or_default().into();
    reading.settings.push(setting);
}
