//! The gate's own wiring: where a workflow, a pipeline or a hook runs privgate, and what could make it run less, on less, or for nothing.
//! Only what jobs with such a step say is given; what is safe is decided by the policies under `policies/gate/`.

mod anywhere;
mod events;
mod follow;
mod hooks;
mod included;
mod laid;
mod pipeline;
mod routes;
mod script;
mod step;
mod surroundings;
mod tasks;
mod tokens;

use super::invocation::nowhere;
use super::view::View;
use crate::read::tree::{Entry, NodeId};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};
pub use anywhere::{in_environments, in_recipes, in_script, in_sessions, in_texts, in_tree};
pub use follow::{follow, may_lead, starts};
pub use hooks::hooks;
pub use included::included;
use laid::Given;
pub use laid::Laid;
pub use pipeline::pipeline;
pub use routes::Routes;
use script::Call;

/// Flags of which each is a setting of its own, with what holds without it.
const FLAGS: [(&str, &str); 3] = [("fail-on", "error"), ("repo", "."), ("approvals", "nobody")];

/// Flags that replace what is compared, by what, or when.
const REPLACING: [&str; 6] = ["config-from-disk", "config", "head", "date", "staged", "worktree"];

/// Flags that stand alone: what follows one of them belongs to something else.
const BARE: [&str; 6] = ["ci", "staged", "worktree", "require-coverage", "explain-base", "fetch"];

/// One run of the gate: how it is called, and where that stands.
#[derive(Default)]
struct Run {
    key: Span,
    span: Span,
    text: String,
    /// The flags with their values; a bare flag has none.
    flags: Vec<(String, Option<String>)>,
    /// What follows the call makes its exit code worth nothing, or it is never reached.
    ignored: bool,
    /// What has to be true for the script to come to it.
    conditions: Vec<String>,
    /// The same, as files say it that the pipeline includes.
    laid: Vec<String>,
    /// What else replaces what it judges.
    replaced: Vec<String>,
    /// Which program runs, as far as the lines around the call decide that.
    program: Vec<String>,
    /// The number of its version.
    version: Option<i64>,
    /// It stands in another file of this repository.
    led: bool,
    /// Of an action: which one.
    reference: Option<Reference>,
}

/// `uses: owner/repository@reference # comment`.
struct Reference {
    /// What stands before the `@`; case does not matter there.
    source: String,
    /// What follows it.
    text: String,
    /// Its place.
    span: Span,
    /// The version that a comment behind it names.
    comment: Option<String>,
    /// What else says which of its versions runs.
    also: String,
}

impl Run {
    /// A run by what a script says about it.
    fn of_call(call: Call, script: &str, key: Span, span: Span) -> Self {
        let text = script.get(call.start..call.end).unwrap_or_default();
        let text = text.split_whitespace().filter(|word| *word != "\\").collect::<Vec<_>>().join(" ");
        let (mut flags, rest) = flags_of(call.words.iter().map(String::as_str));
        flags.extend(call.surroundings.folder.map(|folder| ("repo".to_owned(), Some(folder))));
        let mut replaced = call.surroundings.variables;
        // the program takes no other words: what only the run knows may be any flag
        replaced.extend(rest.into_iter().filter(|word| word.contains('$')).map(|word| format!("arguments {word}")));
        if call.command == "pre-push" {
            replaced.push("what standard input says".to_owned());
        }
        Self {
            key,
            span,
            text,
            flags,
            ignored: call.ignored,
            conditions: call.conditions,
            laid: Vec::new(),
            replaced,
            program: call.surroundings.program,
            version: call.surroundings.version,
            led: call.led,
            reference: None,
        }
    }

    fn given(&self, name: &str) -> Option<String> {
        self.flags.iter().rev().find(|(flag, _)| flag == name).map(|(_, value)| value.clone().unwrap_or_default())
    }
}

/// Whether a script runs the gate: then, whether its exit code is worth nothing, and whether it is reached only where something holds.
#[must_use]
pub fn asked(script: &str) -> Option<(bool, bool)> {
    script::find(script, script::Shell::default(), None).map(|call| (call.ignored, !call.conditions.is_empty()))
}

/// The gate in a workflow: once for the document, and for each job that runs it; with `routes`, also where other files of the repository do.
pub fn workflow(view: &mut View<'_>, document: NodeId, parent: ScopeId, jobs: &[(&Entry, ScopeId)], routes: Option<&Routes>) {
    if !is_workflow(view.path) || routes.is_none() && !view.text.contains("privgate") {
        return;
    }
    let tree = view.tree;
    let mut first = None;
    for (entry, scope) in jobs {
        let mut steps = tree.get(entry.value, "steps").map(|list| tree.items(list).to_vec()).unwrap_or_default();
        // a job may be another repository's workflow as a whole
        steps.extend(tree.get(entry.value, "uses").map(|_| entry.value));
        let mut any = false;
        for (at, step) in steps.iter().enumerate() {
            // an alias can put one long script into many steps
            if view.spent() || tree.text(*step, "run").is_some_and(|script| !view.afford(script)) {
                return;
            }
            let Some(mut run) = step::run(view, document, entry.value, *step, routes) else { continue };
            step::neighbours(view, steps.get(..at).unwrap_or_default(), &mut run);
            if first.is_none() {
                // what only others call is run by nobody else
                let called = events::only_called(tree, document);
                let here = run.led || run.reference.as_ref().is_some_and(|reference| reference.source.starts_with("./"));
                let names = [("privgate", !called), ("called by script", called || !here)];
                for (name, _) in names.into_iter().filter(|(_, given)| *given) {
                    emit(view, parent, name, Outcome::text(run.text.clone()), run.key, run.span);
                }
                first = Some(run.span);
            }
            any = true;
            view.label(*scope, "privgate");
            step::job(view, *scope, entry.value, *step, &run);
        }
        // a required check is known by its name only
        if !any && tree.text(entry.value, "name").unwrap_or(&entry.key).eq_ignore_ascii_case("privgate") {
            let span = entry.key_span;
            emit(view, *scope, "stand-in", Outcome::One(Value::Bool(true)), span, span);
        }
    }
    if let Some(near) = first {
        events::events(view, document, parent, near);
    }
}

/// What lies in this folder itself and ends like this is run, nothing else.
fn is_workflow(path: &str) -> bool {
    let folders = [".github/workflows/", ".gitea/workflows/", ".forgejo/workflows/"];
    let name = folders.iter().find_map(|folder| path.strip_prefix(folder));
    name.is_some_and(|name| !name.contains('/') && is_yaml(name))
}

fn is_yaml(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| end == "yml" || end == "yaml")
}

fn emit(view: &mut View<'_>, scope: ScopeId, name: &str, value: Outcome, key: Span, span: Span) {
    view.emit(Setting::named(scope, Surface::Gate, name, value, key, span));
}

/// `--name value`, `--name=value`, `--name`; and the words that belong to no flag.
fn flags_of<'a>(words: impl Iterator<Item = &'a str>) -> (Vec<(String, Option<String>)>, Vec<&'a str>) {
    let mut flags: Vec<(String, Option<String>)> = Vec::new();
    let mut rest = Vec::new();
    for word in words {
        if let Some(flag) = word.strip_prefix("--") {
            let (name, value) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value.to_owned())));
            flags.push((name.to_owned(), value));
        } else {
            match flags.last_mut() {
                Some((name, value @ None)) if !BARE.contains(&&**name) => *value = Some(word.to_owned()),
                _ => rest.push(word),
            }
        }
    }
    (flags, rest)
}

/// A switch that is off where nobody writes it.
fn switch(view: &mut View<'_>, scope: ScopeId, name: &str, entry: Option<&Entry>, near: Span) {
    let tree = view.tree;
    let Some(entry) = entry else {
        return emit(view, scope, name, Outcome::One(Value::Bool(false)), near, nowhere(near));
    };
    let value = match tree.scalar(entry.value) {
        Some(scalar) => view.value(scalar).value,
        None => Outcome::One(Value::Bool(true)),
    };
    emit(view, scope, name, value, entry.key_span, tree.node(entry.value).span);
}

/// The same, where an included file may say it in the place of an entry.
fn switch_or_laid(view: &mut View<'_>, scope: ScopeId, name: &str, entry: Option<&Entry>, laid: Option<Given>, near: Span) {
    match laid {
        Some(Given { text, span, .. }) => {
            let run = Run { key: span, span, ..Run::default() };
            said(view, scope, name, Outcome::One(Value::Bool(text != "false")), &run);
        }
        None => switch(view, scope, name, entry, near),
    }
}

/// When the job comes to the call: by what entries say, and what the script asks before it.
fn condition(view: &mut View<'_>, scope: ScopeId, entries: &[&Entry], run: &Run) {
    let tree = view.tree;
    let mut texts: Vec<String> = Vec::new();
    for entry in entries {
        let text = written(view, entry.value);
        // all parts have to hold: one more of them is narrower
        let parts: Vec<&str> = if &*entry.key == "if" && !text.contains("||") { text.split("&&").collect() } else { vec![&text] };
        texts.extend(parts.into_iter().map(|part| format!("{}: {}", entry.key, part.trim())));
    }
    texts.extend(run.laid.iter().cloned());
    texts.extend(run.conditions.iter().map(|text| format!("script: {text}")));
    let (key, span) = entries.first().map_or((run.key, run.span), |entry| (entry.key_span, tree.node(entry.value).span));
    let span = if texts.is_empty() { nowhere(run.span) } else { span };
    let whole = if texts.is_empty() { "always".to_owned() } else { texts.join(" && ") };
    emit(view, scope, "condition", Outcome::text(whole), key, span);
    let parts = texts.into_iter().map(Value::text).collect();
    emit(view, scope, "when", Outcome::One(Value::List(parts)), key, span);
}

/// A node as it is written, without what changes nothing: spaces, quotes around it, the marks of an expression.
fn written(view: &View<'_>, node: NodeId) -> String {
    let text = view.tree.scalar(node).map_or_else(|| view.tree.node(node).span.of(view.text).to_owned(), |scalar| scalar.text.to_string());
    let inner = text.trim().strip_prefix("${{").and_then(|text| text.strip_suffix("}}")).filter(|inner| !inner.contains("${{"));
    inner.unwrap_or(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn flags(view: &mut View<'_>, scope: ScopeId, run: &Run) {
    for (name, otherwise) in FLAGS {
        let value = run.given(name).filter(|value| !value.is_empty()).unwrap_or_else(|| otherwise.to_owned());
        let value = if name == "repo" { surroundings::folder(&value).to_owned() } else { value };
        said(view, scope, name, Outcome::text(value), run);
    }
    // an action decides itself how it finds its base
    let ci = run.reference.is_some() || run.given("ci").is_some();
    let base = run.given("base").filter(|base| !base.is_empty());
    said(view, scope, "base", Outcome::text(base.unwrap_or_else(|| if ci { "event" } else { "guessed" }.to_owned())), run);
    for (name, on) in [("ci", ci), ("require-coverage", run.given("require-coverage").is_some()), ("exit-ignored", run.ignored)] {
        said(view, scope, name, Outcome::One(Value::Bool(on)), run);
    }
    let mut replaced: Vec<&str> = REPLACING
        .into_iter()
        .filter(|name| run.given(name).is_some_and(|value| !value.is_empty() || BARE.contains(name)))
        .chain(run.replaced.iter().map(String::as_str))
        .collect();
    if replaced.is_empty() {
        replaced.push("nothing");
    }
    said(view, scope, "replaced", Outcome::text(replaced.join(", ")), run);
    said(view, scope, "program", Outcome::text(if run.program.is_empty() { "as named".to_owned() } else { run.program.join("; ") }), run);
    if let Some(number) = run.version {
        said(view, scope, "version", Outcome::One(Value::Int(number)), run);
    }
    let Some(whole @ Reference { source, text, span, comment, .. }) = &run.reference else { return };
    said(view, scope, "source", Outcome::text(source.clone()), run);
    included::commit(view, scope, run, whole);
    emit(view, scope, "reference", Outcome::text(text.clone()), run.key, *span);
    if let Some(number) = version(text).or_else(|| comment.as_deref().and_then(version)) {
        emit(view, scope, "version", Outcome::One(Value::Int(number)), run.key, *span);
    }
}

/// A setting that the call as a whole says: its span is the call's, its text only the value.
fn said(view: &mut View<'_>, scope: ScopeId, name: &str, value: Outcome, run: &Run) {
    let raw = match &value {
        Outcome::One(value) => value.display(),
        _ => String::new(),
    };
    let mut setting = Setting::named(scope, Surface::Gate, name, value, run.key, run.span);
    setting.raw = raw.into();
    if !view.spent() {
        let first = view.reading.settings.len();
        view.reading.settings.push(setting);
        view.pay(first);
    }
}

/// `v1.2.3` as one number that grows with it; `v1` alone names no version.
fn version(text: &str) -> Option<i64> {
    let text = text.trim().trim_start_matches('v');
    let mut parts = text.split(['.', '-', '+', ' ']).map(|part| part.parse::<i64>().ok().filter(|number| (0..100_000).contains(number)));
    let (major, minor) = (parts.next()??, parts.next()??);
    let patch = parts.next().flatten().unwrap_or(0);
    Some((major * 100_000 + minor) * 100_000 + patch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_grow() {
        assert!(version("v1.10.0") > version("v1.9.9"));
        assert_eq!(version("v1"), None);
        assert_eq!(version("main"), None);
        assert_eq!(version("0123456789abcdef0123456789abcdef01234567"), None);
    }

    #[test]
    fn flags_take_their_values_and_what_is_left_is_told() {
        let (flags, rest) = flags_of("--base a --fail-on=never --ci $MORE --report x=y z".split(' '));
        assert_eq!(flags.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["base", "fail-on", "ci", "report"]);
        assert_eq!(flags[1].1.as_deref(), Some("never"));
        assert_eq!(rest, ["$MORE", "z"]);
    }
}
