//! What one task of a file comes to: a recipe of a Makefile, an environment of tox, a step of an action, a job of a pipeline.

use super::routes::{Routes, best};
use super::script::{Call, Shell, beside, find};
use super::step::{always, is_gate, shell};
use crate::read::tree::{Data, Entry, NodeId, Tree};

/// Recipes that need each other are followed this far.
const NEEDS: usize = 50;

/// One rule of a Makefile, or one recipe of a justfile.
#[derive(Default)]
struct Recipe {
    names: Vec<String>,
    needs: Vec<String>,
    lines: Vec<String>,
}

/// What the recipes of these targets come to, with those that they need; without a target the first one counts.
pub(super) fn recipes(routes: &Routes, text: &str, targets: &[&str], just: bool) -> Option<Call> {
    let all = rules(text, just);
    let first = || all.iter().flat_map(|rule| &rule.names).find(|name| !name.starts_with('.')).cloned();
    let mut open: Vec<String> =
        if targets.is_empty() { first().into_iter().collect() } else { targets.iter().map(|name| (*name).to_owned()).collect() };
    let mut at = 0;
    let mut calls = Vec::new();
    while let Some(name) = open.get(at).cloned().filter(|_| at < NEEDS) {
        at += 1;
        for rule in all.iter().filter(|rule| rule.names.contains(&name)) {
            calls.extend(lines(routes, &rule.lines));
            for need in &rule.needs {
                if !open.contains(need) {
                    open.push(need.clone());
                }
            }
        }
    }
    best(calls.into_iter())
}

/// What the lines of one recipe come to: each is a script of its own, unless the first one names who runs all of them.
fn lines(routes: &Routes, lines: &[String]) -> Vec<Call> {
    if lines.first().is_some_and(|line| line.trim_start().starts_with("#!")) {
        return find(&lines.join("\n"), Shell { errexit: false, pipefail: false }, Some(routes)).into_iter().collect();
    }
    let one = |line: &String| {
        let line = line.trim_start();
        let script = line.trim_start_matches(['@', '+', '-']);
        let ignored = line.get(..line.len() - script.len()).is_some_and(|marks| marks.contains('-'));
        let call = find(script, Shell::default(), Some(routes))?;
        Some(Call { ignored: call.ignored || ignored, ..call })
    };
    lines.iter().filter_map(one).collect()
}

fn rules(text: &str, just: bool) -> Vec<Recipe> {
    let mut rules: Vec<Recipe> = Vec::new();
    let mut joined = String::new();
    for line in text.lines() {
        joined.push_str(line);
        if joined.ends_with('\\') {
            joined.pop();
            continue;
        }
        let line = std::mem::take(&mut joined);
        let recipe = line.starts_with('\t') || just && line.starts_with(' ');
        if recipe {
            rules.last_mut().into_iter().for_each(|rule| rule.lines.push(line.clone()));
        } else if let Some((names, rest)) =
            line.split_once(':').filter(|(names, rest)| !rest.starts_with('=') && !names.trim().is_empty() && !names.starts_with('#'))
        {
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            let names = if just {
                words(names).into_iter().take(1).map(|name| name.trim_start_matches('@').to_owned()).collect()
            } else {
                words(names)
            };
            let (needs, first) = rest.trim_start_matches(':').split_once(';').unwrap_or((rest.trim_start_matches(':'), ""));
            let needs = words(needs).into_iter().filter(|need| need != "|" && need != "&&").collect();
            rules.push(Recipe { names, needs, lines: Some(first.to_owned()).filter(|line| !line.is_empty()).into_iter().collect() });
        }
    }
    rules
}

/// What environments of tox come to; without a name, those of its list and the one that all share.
pub(super) fn tox(routes: &Routes, text: &str, names: &[&str]) -> Option<Call> {
    let wanted = |section: &str| match section.strip_prefix("testenv:") {
        Some(name) => names.is_empty() || names.contains(&name),
        None => section == "testenv",
    };
    best(environments(text).into_iter().filter(|one| wanted(&one.section)).filter_map(|one| {
        let calls = one.lines.iter().filter_map(|(line, ignored)| {
            let call = find(line, Shell::default(), Some(routes))?;
            Some(Call { ignored: call.ignored || *ignored || one.ignored, ..call })
        });
        best(calls)
    }))
}

/// One environment of tox.
pub(super) struct Environment {
    section: String,
    /// What happens in it counts for nothing.
    pub ignored: bool,
    /// Its commands; whether what comes of each counts for nothing.
    pub lines: Vec<(String, bool)>,
}

pub(super) fn environments(text: &str) -> Vec<Environment> {
    let mut all: Vec<Environment> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if let Some(section) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            all.push(Environment { section: section.trim().to_owned(), ignored: false, lines: Vec::new() });
            inside = false;
            continue;
        }
        let Some(last) = all.last_mut() else { continue };
        let command = if line.starts_with([' ', '\t']) {
            inside.then_some(trimmed)
        } else {
            let (key, value) = trimmed.split_once('=').unwrap_or((trimmed, ""));
            let key = key.trim();
            last.ignored |= matches!(key, "ignore_outcome" | "ignore_errors") && value.trim().eq_ignore_ascii_case("true");
            inside = matches!(key, "commands" | "commands_pre" | "commands_post");
            inside.then_some(value.trim())
        };
        if let Some(command) = command.filter(|command| !command.is_empty() && !command.starts_with('#')) {
            let bare = command.trim_start_matches(['-', '!']).trim_start();
            last.lines.push((bare.to_owned(), bare.len() < command.len()));
        }
    }
    all
}

/// What sessions of nox come to; without a name, all of them.
pub(super) fn nox(routes: &Routes, text: &str, names: &[&str]) -> Option<Call> {
    let wanted = |session: &str| {
        names.is_empty() || names.iter().any(|name| name.split('(').next().is_some_and(|name| name.replace('-', "_") == session))
    };
    best(sessions(text).into_iter().filter(|(session, ..)| wanted(session)).filter_map(|(_, _, line, ignored)| {
        let call = find(&line, Shell::default(), Some(routes))?;
        Some(Call { ignored: call.ignored || ignored, ..call })
    }))
}

/// `session.run("a", "b")` of each function: its name, where the call stands, its words as a command, and whether its code counts for nothing.
pub(super) fn sessions(text: &str) -> Vec<(String, usize, String, bool)> {
    let mut all = Vec::new();
    let (mut name, mut from) = ("", 0);
    for line in text.split_inclusive('\n') {
        let code = line.trim_start();
        if let Some(rest) = line.strip_prefix("def ") {
            name = rest.split('(').next().unwrap_or_default().trim();
        }
        let indent = line.len() - code.len();
        if let Some(start) = code.find(".run(").filter(|_| indent > 0 && !code.starts_with('#')) {
            let inner = text.get(from + indent + start + ".run(".len()..).unwrap_or_default();
            let inner = inner.get(..closing(inner)).unwrap_or_default();
            let ignored = inner.contains("success_codes");
            let words: Vec<&str> = inner.split(['"', '\'']).skip(1).step_by(2).collect();
            all.push((name.to_owned(), from + indent, words.join(" "), ignored));
        }
        from += line.len();
    }
    all
}

/// Characters of one call's arguments.
const LONGEST: usize = 4000;

/// Where the bracket that is open at the start of a text closes.
fn closing(text: &str) -> usize {
    let mut open = 1usize;
    for (at, next) in text.char_indices().take(LONGEST) {
        match next {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return at;
        }
    }
    0
}

/// What any text of a structured file comes to.
pub(super) fn texts(routes: &Routes, tree: &Tree) -> Option<Call> {
    let scalars = tree.nodes.iter().filter_map(|node| if let Data::Scalar(scalar) = &node.data { Some(&*scalar.text) } else { None });
    best(scalars.take(10_000).filter_map(|text| find(text, Shell::default(), Some(routes))))
}

/// What one task of a Taskfile comes to, with the tasks that it needs or calls.
pub(super) fn task(routes: &Routes, tree: &Tree, name: &str) -> Option<Call> {
    let tasks = tree.get(*tree.documents.first()?, "tasks")?;
    let mut open = vec![name.to_owned()];
    let mut calls = Vec::new();
    let mut at = 0;
    while let Some(name) = open.get(at).cloned().filter(|_| at < NEEDS) {
        at += 1;
        let Some(task) = tree.get(tasks, &name) else { continue };
        let tolerated = tree.text(task, "ignore_error") == Some("true");
        let listed = |key: &str| tree.get(task, key).map(|node| items(tree, node)).unwrap_or_default();
        let own = if tree.is_map(task) { Vec::new() } else { items(tree, task) };
        for item in own.into_iter().chain(listed("cmds")).chain(listed("cmd")) {
            let script = tree.scalar(item).map(|scalar| &*scalar.text).or_else(|| tree.text(item, "cmd"));
            let ignored = tolerated || tree.text(item, "ignore_error") == Some("true");
            let call = script.and_then(|script| find(script, Shell::default(), Some(routes)));
            calls.extend(call.map(|call| Call { ignored: call.ignored || ignored, ..call }));
            open.extend(tree.text(item, "task").map(str::to_owned));
        }
        open.extend(listed("deps").into_iter().filter_map(|item| {
            tree.scalar(item).map(|scalar| scalar.text.to_string()).or_else(|| tree.text(item, "task").map(str::to_owned))
        }));
    }
    best(calls.into_iter())
}

/// What the steps of an action come to.
pub(super) fn action(routes: &Routes, tree: &Tree) -> Option<Call> {
    let runs = tree.get(*tree.documents.first()?, "runs")?;
    steps(routes, tree, runs, None)
}

/// What the jobs of a workflow that others call come to.
pub(super) fn workflow(routes: &Routes, tree: &Tree) -> Option<Call> {
    let document = *tree.documents.first()?;
    let default = |node: NodeId| tree.at(node, &["defaults", "run"]).and_then(|run| tree.text(run, "shell"));
    let one = |entry: &Entry| {
        let job = entry.value;
        let call = match tree.text(job, "uses") {
            Some(used) => used_by(routes, used),
            None => steps(routes, tree, job, default(job).or_else(|| default(document))),
        }?;
        Some(under(tree, job, call, &["if", "needs", "strategy"]))
    };
    best(tree.entries(tree.get(document, "jobs")?).iter().filter_map(one))
}

fn used_by(routes: &Routes, used: &str) -> Option<Call> {
    if is_gate(used) {
        return Some(Call { command: "check".to_owned(), words: vec!["--ci".to_owned()], end: used.len(), ..Call::default() });
    }
    routes.uses(used)
}

fn steps(routes: &Routes, tree: &Tree, owner: NodeId, default: Option<&str>) -> Option<Call> {
    let list = tree.get(owner, "steps").map(|list| tree.items(list)).unwrap_or_default();
    let one = |(at, step): (usize, &NodeId)| {
        let mut call = match (tree.text(*step, "uses"), tree.text(*step, "run")) {
            (Some(used), _) => used_by(routes, used)?,
            (None, Some(script)) => {
                let shell = shell(tree.text(*step, "shell").or(default));
                let call = find(script, shell.unwrap_or_default(), Some(routes))?;
                Call { ignored: call.ignored || shell.is_none(), ..call }
            }
            _ => return None,
        };
        for script in list.get(..at).unwrap_or_default().iter().filter_map(|step| tree.text(*step, "run")) {
            if ["privgate", "GITHUB_PATH", "GITHUB_ENV"].iter().any(|word| script.contains(word)) {
                call.surroundings.join(beside(script));
            }
        }
        Some(under(tree, *step, call, &["if"]))
    };
    best(list.iter().enumerate().filter_map(one))
}

/// A call with what the step or job around it says.
fn under(tree: &Tree, node: NodeId, mut call: Call, conditions: &[&str]) -> Call {
    call.ignored |=
        ["continue-on-error", "allow_failure"].iter().any(|key| tree.entry(node, key).is_some() && tree.text(node, key) != Some("false"));
    for key in conditions {
        let Some(entry) = tree.entry(node, key) else { continue };
        if *key == "strategy" || tree.scalar(entry.value).is_some_and(|scalar| always(&scalar.text)) {
            continue;
        }
        call.conditions.push(format!("{key}: {}", flat(tree, entry.value)));
    }
    call
}

/// All texts of a node, in order.
fn flat(tree: &Tree, node: NodeId) -> String {
    match &tree.node(node).data {
        Data::Scalar(scalar) => scalar.text.to_string(),
        Data::List(items) => items.iter().take(NEEDS).map(|item| flat(tree, *item)).collect::<Vec<_>>().join(", "),
        Data::Map(entries) => {
            entries.iter().take(NEEDS).map(|entry| format!("{}: {}", entry.key, flat(tree, entry.value))).collect::<Vec<_>>().join(", ")
        }
    }
}

/// The jobs of an included part of a pipeline that run the gate.
pub(super) fn pipeline(routes: &Routes, tree: &Tree) -> Vec<(String, Call)> {
    let mut jobs = Vec::new();
    // a component comes with its own rules, wherever it comes from; that it is included is told where it is
    if tree.documents.iter().any(|document| tree.get(*document, "spec").is_some()) {
        return jobs;
    }
    for document in &tree.documents {
        for item in tree.get(*document, "include").map(|node| items(tree, node)).unwrap_or_default() {
            let path = tree.text(item, "local").or_else(|| tree.scalar(item).map(|scalar| &*scalar.text));
            jobs.extend(path.filter(|path| !path.contains("://")).map(|path| routes.pipeline(path)).unwrap_or_default());
        }
        for entry in tree.entries(*document).iter().filter(|entry| tree.is_map(entry.value) && !entry.key.starts_with('.')) {
            let chain = super::pipeline::chain(tree, *document, entry.value);
            let key = |name: &str| chain.iter().find_map(|job| tree.get(*job, name));
            let before = key("before_script")
                .or_else(|| tree.at(*document, &["default", "before_script"]))
                .or_else(|| tree.get(*document, "before_script"));
            let Some(own) = key("script") else { continue };
            let parts = before.into_iter().chain([own]).flat_map(|node| items(tree, node)).flat_map(|node| items(tree, node));
            let script = parts.filter_map(|node| tree.scalar(node)).map(|scalar| &*scalar.text).collect::<Vec<_>>().join("\n");
            let Some(mut call) = find(&script, Shell::default(), Some(routes)) else { continue };
            for job in chain.iter().rev() {
                call = under(tree, *job, call, &["rules", "only", "except", "when"]);
            }
            if let Some(image) = key("image").or_else(|| tree.at(*document, &["default", "image"])) {
                call.surroundings.program.push(format!("image {}", super::surroundings::without_versions(&flat(tree, image))));
            }
            jobs.push((entry.key.to_string(), call));
        }
    }
    jobs
}

fn items(tree: &Tree, node: NodeId) -> Vec<NodeId> {
    match &tree.node(node).data {
        Data::List(items) => items.clone(),
        _ => vec![node],
    }
}
