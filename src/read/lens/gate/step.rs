//! One step of a workflow's job that runs the gate: as an action, as a script, as another repository's workflow.

use super::routes::Routes;
use super::script::{self, Shell};
use super::{Reference, Run, condition, flags, surroundings, switch};
use crate::read::lens::view::View;
use crate::read::tree::{Data, Entry, NodeId, Tree};
use crate::scope::ScopeId;
use crate::span::Span;

/// How a step runs the gate, if it does.
pub(super) fn run(view: &View<'_>, document: NodeId, job: NodeId, step: NodeId, routes: Option<&Routes>) -> Option<Run> {
    let tree = view.tree;
    let mut run = match tree.entry(step, "uses") {
        Some(entry) => action(view, step, entry).or_else(|| led(view, entry, routes?))?,
        None => scripted(view, document, job, step, routes)?,
    };
    for env in [document, job, step].iter().filter_map(|node| tree.get(*node, "env")) {
        for entry in tree.entries(env) {
            if surroundings::leads(&entry.key) {
                run.replaced.push(entry.key.to_string());
            } else if &*entry.key == "PATH" {
                run.program.push(format!("PATH {}", super::written(view, entry.value)));
            }
        }
    }
    Some(run)
}

fn action(view: &View<'_>, step: NodeId, entry: &Entry) -> Option<Run> {
    let tree = view.tree;
    let scalar = view.written(entry.value)?;
    if !is_gate(&scalar.text) {
        return None;
    }
    let (name, reference) = scalar.text.split_once('@').unwrap_or((&scalar.text, ""));
    let span = tree.node(entry.value).span;
    let place = view.part(entry.value, scalar.text.len() - reference.len(), scalar.text.len());
    let reference = Reference {
        source: name.to_ascii_lowercase(),
        text: reference.to_owned(),
        span: place,
        comment: comment_behind(view.text, span),
        also: String::new(),
    };
    let mut run = Run { key: entry.key_span, span, text: scalar.text.to_string(), reference: Some(reference), ..Run::default() };
    if let Some(with) = tree.get(step, "with") {
        inputs(tree, with, &mut run);
    }
    Some(run)
}

/// Whether an action is the gate by its name. The second action shows what the first one judged.
pub(super) fn is_gate(used: &str) -> bool {
    let name = used.split('@').next().unwrap_or(used);
    let parts = |part: &str| part == "privgate" || part.starts_with("privgate.") || part.starts_with("privgate:");
    (name.rsplit('/').next().is_some_and(|last| last.contains("privgate")) || name.split('/').any(parts)) && !name.ends_with("/comment")
}

/// An action or a workflow of this repository that runs the gate under another name.
fn led(view: &View<'_>, entry: &Entry, routes: &Routes) -> Option<Run> {
    let scalar = view.written(entry.value)?;
    let call = script::Call { start: 0, end: scalar.text.len(), ..routes.uses(&scalar.text)? };
    Some(Run::of_call(call, &scalar.text, entry.key_span, view.tree.node(entry.value).span))
}

/// What an action is given. Its inputs are not called like the program's flags, case does not matter, and `false` is none.
fn inputs(tree: &Tree, with: NodeId, run: &mut Run) {
    if !tree.is_map(with) {
        return run.replaced.push("inputs".to_owned());
    }
    for entry in tree.entries(with) {
        let value = tree.scalar(entry.value).map(|scalar| scalar.text.to_string());
        match (&*entry.key.to_ascii_lowercase(), value.as_deref()) {
            ("require-coverage", Some("false")) => {}
            ("attestation", Some("off" | "false")) => run.program.push("attestation off".to_owned()),
            // what a container runs, and with what
            ("entrypoint" | "args", Some(text)) => run.program.push(text.to_owned()),
            ("repository", _) => run.flags.push(("repo".to_owned(), value)),
            (name, _) => run.flags.push((name.to_owned(), value)),
        }
    }
}

fn scripted(view: &View<'_>, document: NodeId, job: NodeId, step: NodeId, routes: Option<&Routes>) -> Option<Run> {
    let tree = view.tree;
    let entry = tree.entry(step, "run")?;
    let scalar = view.written(entry.value)?;
    let default = |node: NodeId, key: &str| tree.at(node, &["defaults", "run"]).and_then(|run| tree.text(run, key));
    let said = |key: &str| tree.text(step, key).or_else(|| default(job, key)).or_else(|| default(document, key));
    let shell = shell(said("shell"));
    let call = script::find(&scalar.text, shell.unwrap_or_default(), routes)?;
    let span = view.part(entry.value, call.start, call.end);
    let mut run = Run::of_call(call, &scalar.text, entry.key_span, span);
    run.ignored |= shell.is_none();
    run.flags.extend(said("working-directory").map(|folder| ("repo".to_owned(), Some(folder.to_owned()))));
    Some(run)
}

/// What a step's shell does from the start; nothing where it is none that runs such a script.
pub(super) fn shell(said: Option<&str>) -> Option<Shell> {
    let Some(said) = said else { return Some(Shell { errexit: true, pipefail: false }) };
    let mut words = said.split_whitespace();
    let program = words.next().unwrap_or_default();
    let options: Vec<&str> = words.collect();
    match program.rsplit(['/', '\\']).next().unwrap_or_default() {
        "bash" | "sh" if options.is_empty() => Some(Shell { errexit: true, pipefail: program.ends_with("bash") }),
        "bash" | "sh" | "dash" | "zsh" | "ksh" => {
            runs_its_file(&options).then_some(())?;
            let errexit = options.iter().any(|option| option.starts_with('-') && !option.starts_with("--") && option.contains('e'));
            Some(Shell { errexit, pipefail: options.contains(&"pipefail") })
        }
        // the last command decides
        "pwsh" | "powershell" | "cmd" => Some(Shell { errexit: false, pipefail: false }),
        _ => None,
    }
}

/// Whether the first thing that a shell is given to run is the step's script: `-c` runs the word behind it, `-n` runs nothing.
fn runs_its_file(options: &[&str]) -> bool {
    let mut takes_a_word = false;
    for option in options {
        if std::mem::take(&mut takes_a_word) {
            continue;
        }
        let Some(letters) = option.strip_prefix(['-', '+']).filter(|letters| !letters.is_empty()) else {
            return option.trim_matches(['"', '\'']) == "{0}";
        };
        if letters.starts_with('-') {
            takes_a_word = matches!(letters, "-rcfile" | "-init-file");
        } else if letters.contains(['c', 'n', 's']) {
            return false;
        } else {
            takes_a_word = letters.ends_with(['o', 'O']);
        }
    }
    false
}

/// `# v1.2.3` behind a pinned commit.
fn comment_behind(text: &str, span: Span) -> Option<String> {
    let rest = text.get(span.end as usize..)?.lines().next()?;
    rest.split_once('#').map(|(_, comment)| comment.trim().to_owned())
}

/// What the steps before it decide: which program comes into `PATH`, and which state of the repository lies there.
pub(super) fn neighbours(view: &mut View<'_>, before: &[NodeId], run: &mut Run) {
    let tree = view.tree;
    let mut program = Vec::new();
    for step in before {
        if let Some(script) = tree.text(*step, "run") {
            let concerns = ["privgate", "GITHUB_PATH", "GITHUB_ENV", surroundings::EVENT].iter().any(|word| script.contains(word));
            if !concerns || !view.afford(script) {
                continue;
            }
            let beside = script::beside(script);
            program.extend(beside.program);
            run.replaced.extend(beside.variables.into_iter().filter(|name| name == surroundings::EVENT));
            run.version = run.version.or(beside.version);
        } else if tree.text(*step, "uses").is_some_and(|action| action.starts_with("actions/checkout@")) {
            let with = tree.get(*step, "with").map(|with| tree.entries(with)).unwrap_or_default();
            let deciding = with.iter().filter(|entry| matches!(&*entry.key, "ref" | "repository" | "path"));
            program.extend(deciding.map(|entry| format!("checkout {} {}", entry.key, super::written(view, entry.value))));
        }
    }
    run.program.splice(0..0, program);
}

/// Everything that one job says about one run of the gate.
pub(super) fn job(view: &mut View<'_>, scope: ScopeId, job: NodeId, step: NodeId, run: &Run) {
    let tree = view.tree;
    let mut tolerated: Vec<&Entry> = [step, job].iter().filter_map(|node| tree.entry(*node, "continue-on-error")).collect();
    // either of them is enough
    tolerated.sort_by_key(|entry| super::written(view, entry.value) == "false");
    switch(view, scope, "continue-on-error", tolerated.first().copied(), run.span);
    let is_always = |entry: &Entry| tree.scalar(entry.value).is_some_and(|scalar| always(&scalar.text));
    let mut conditions: Vec<&Entry> =
        [job, step].iter().filter_map(|node| tree.entry(*node, "if")).filter(|entry| !is_always(entry)).collect();
    // without a condition of its own a job is skipped, which counts as success, when a job that it needs fails
    if !tree.entry(job, "if").is_some_and(is_always) {
        conditions.extend(tree.entry(job, "needs"));
    }
    conditions.extend(tree.entry(job, "strategy").filter(|strategy| may_be_empty(tree, strategy.value)));
    condition(view, scope, &conditions, run);
    flags(view, scope, run);
}

/// A condition that always holds.
pub(super) fn always(text: &str) -> bool {
    let inner = text.trim().trim_start_matches("${{").trim_end_matches("}}").trim();
    matches!(inner, "always()" | "!cancelled()" | "true" | "success() || failure()")
}

/// A matrix that has no job, or that only the run knows.
fn may_be_empty(tree: &Tree, strategy: NodeId) -> bool {
    let Some(matrix) = tree.get(strategy, "matrix") else { return false };
    let unknown = |node: NodeId| match &tree.node(node).data {
        Data::Scalar(scalar) => scalar.text.contains("${{"),
        Data::List(items) => items.is_empty(),
        Data::Map(_) => false,
    };
    unknown(matrix) || tree.entries(matrix).iter().any(|entry| unknown(entry.value))
}
