//! The gate's own wiring: where a workflow, a pipeline or a hook runs privgate, and what could make it run less, on less, or for nothing.
//! Only what jobs with such a step say is given; what is safe is decided by the policies under `policies/gate/`.

mod included;

use super::invocation::nowhere;
use super::view::View;
use crate::read::tree::{Data, Entry, NodeId};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};
pub use included::included;

/// Events that a gate is run for.
const EVENTS: [&str; 4] = ["pull_request", "pull_request_target", "merge_group", "push"];

/// The filters of an event, with what holds without them.
const FILTERS: [(&str, &[&str]); 5] = [
    ("paths", &["**"]),
    ("paths-ignore", &[]),
    ("branches", &["**"]),
    ("branches-ignore", &[]),
    ("types", &["opened", "reopened", "synchronize"]),
];

/// Flags of which each is a setting of its own, with what holds without it.
const FLAGS: [(&str, &str); 4] = [("fail-on", "error"), ("base", "event"), ("repo", "."), ("approvals", "nobody")];

/// Flags that replace what is compared, by what, or when.
const REPLACING: [&str; 4] = ["config-from-disk", "config", "head", "date"];

/// One run of the gate: how it is called, and where that stands.
struct Run {
    key: Span,
    span: Span,
    text: String,
    /// The flags with their values; a bare flag has none.
    flags: Vec<(String, Option<String>)>,
    /// What follows the call makes its exit code worth nothing.
    ignored: bool,
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

/// The gate in a GitHub workflow: once for the document, and for each job that runs it.
pub fn workflow(view: &mut View<'_>, document: NodeId, parent: ScopeId, jobs: &[(NodeId, ScopeId)]) {
    // GitHub runs what lies in this folder itself and ends like this, nothing else
    let runs = view.path.strip_prefix(".github/workflows/").is_some_and(|name| !name.contains('/') && is_yaml(name));
    if !runs || !view.text.contains("privgate") {
        return;
    }
    let mut any = false;
    for (node, scope) in jobs {
        let tree = view.tree;
        let mut steps = tree.get(*node, "steps").map(|list| tree.items(list).to_vec()).unwrap_or_default();
        // a job may be another repository's workflow as a whole
        steps.extend(tree.get(*node, "uses").map(|_| *node));
        for step in steps {
            // an alias can put one long script into many steps
            if view.spent() || tree.text(step, "run").is_some_and(|script| !view.afford(script)) {
                return;
            }
            let Some(run) = of_step(view, step) else { continue };
            if !any {
                emit(view, parent, "privgate", Outcome::text(run.text.clone()), run.key, run.span);
            }
            any = true;
            view.label(*scope, "privgate");
            job(view, *scope, *node, step, &run);
        }
    }
    if any {
        events(view, document, parent);
    }
}

/// The gate in a GitLab pipeline.
pub fn pipeline(view: &mut View<'_>, parent: ScopeId, job_node: NodeId, scope: ScopeId) {
    if !view.text.contains("privgate") {
        return;
    }
    let tree = view.tree;
    let lines: Vec<NodeId> = ["before_script", "script"]
        .iter()
        .filter_map(|key| tree.get(job_node, key))
        .flat_map(|node| match &tree.node(node).data {
            Data::List(items) => items.clone(),
            _ => vec![node],
        })
        .collect();
    for line in lines {
        let Some(scalar) = view.written(line) else { continue };
        if !view.afford(&scalar.text) {
            return;
        }
        let Some(run) = of_script(view, line, &scalar.text, tree.node(line).span) else { continue };
        emit(view, parent, "privgate", Outcome::text(run.text.clone()), run.key, run.span);
        view.label(scope, "privgate");
        switch(view, scope, "continue-on-error", tree.entry(job_node, "allow_failure"), run.span);
        let conditions: Vec<&Entry> = ["rules", "only", "except", "when"].iter().filter_map(|key| tree.entry(job_node, key)).collect();
        condition(view, scope, &conditions, run.span);
        flags(view, scope, &run, None);
    }
}

/// The gate among the hooks of pre-commit.
pub fn hooks(view: &mut View<'_>, document: NodeId, parent: ScopeId) {
    if !view.text.contains("privgate") {
        return;
    }
    let tree = view.tree;
    let Some(repos) = tree.get(document, "repos") else { return };
    for repo in tree.items(repos) {
        let Some(hooks) = tree.get(*repo, "hooks") else { continue };
        for hook in tree.items(hooks) {
            let calls = ["id", "entry"].iter().find_map(|key| {
                let entry = tree.entry(*hook, key)?;
                tree.scalar(entry.value)?.text.contains("privgate").then_some(entry)
            });
            if let Some(entry) = calls {
                let text = tree.scalar(entry.value).map(|scalar| scalar.text.to_string()).unwrap_or_default();
                emit(view, parent, "privgate", Outcome::text(text), entry.key_span, tree.node(entry.value).span);
            }
        }
    }
}

fn is_yaml(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| end == "yml" || end == "yaml")
}

fn emit(view: &mut View<'_>, scope: ScopeId, name: &str, value: Outcome, key: Span, span: Span) {
    view.emit(Setting::named(scope, Surface::Gate, name, value, key, span));
}

/// How a step runs the gate, if it does.
fn of_step(view: &View<'_>, step: NodeId) -> Option<Run> {
    let tree = view.tree;
    if let Some(entry) = tree.entry(step, "uses") {
        let scalar = view.written(entry.value)?;
        let (name, reference) = scalar.text.split_once('@').unwrap_or((&scalar.text, ""));
        if !name.rsplit('/').next().is_some_and(|last| last.contains("privgate")) && !name.split('/').any(|part| part == "privgate") {
            return None;
        }
        // the second action shows what the first one judged
        if name.ends_with("/comment") {
            return None;
        }
        let span = tree.node(entry.value).span;
        let inputs = tree.get(step, "with").map(|with| tree.entries(with)).unwrap_or_default();
        let value = |entry: &Entry| tree.scalar(entry.value).map(|scalar| scalar.text.to_string());
        // the action's inputs are not called like the program's flags, and `false` is none
        let named = |entry: &Entry| if &*entry.key == "repository" { "repo".to_owned() } else { entry.key.to_string() };
        let off = |entry: &&Entry| &*entry.key == "require-coverage" && value(entry).as_deref() == Some("false");
        let flags = inputs.iter().filter(|entry| !off(entry)).map(|entry| (named(entry), value(entry))).collect();
        let place = view.part(entry.value, scalar.text.len() - reference.len(), scalar.text.len());
        let source = name.to_ascii_lowercase();
        let reference =
            Reference { source, text: reference.to_owned(), span: place, comment: comment_behind(view.text, span), also: String::new() };
        return Some(Run { key: entry.key_span, span, text: scalar.text.to_string(), flags, ignored: false, reference: Some(reference) });
    }
    let entry = tree.entry(step, "run")?;
    let scalar = view.written(entry.value)?;
    let mut run = of_script(view, entry.value, &scalar.text, entry.key_span)?;
    if let Some(folder) = tree.text(step, "working-directory") {
        run.flags.push(("repo".into(), Some(folder.to_owned())));
    }
    Some(run)
}

/// `# v1.2.3` behind a pinned commit.
fn comment_behind(text: &str, span: Span) -> Option<String> {
    let rest = text.get(span.end as usize..)?.lines().next()?;
    rest.split_once('#').map(|(_, comment)| comment.trim().to_owned())
}

/// The call of the gate in a script, if there is one.
fn of_script(view: &View<'_>, node: NodeId, script: &str, key: Span) -> Option<Run> {
    let mut start = 0;
    let mut unchecked = false;
    // a backslash at the end of a line goes on in the next one
    let mut lines = script.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let from = start;
        let mut whole = line.to_owned();
        start += line.len();
        while whole.trim_end().ends_with('\\') && lines.peek().is_some() {
            let next = lines.next().unwrap_or("");
            start += next.len();
            whole.push_str(next);
        }
        unchecked |= whole.split([';', '&', '\n']).any(|part| matches!(part.trim(), "set +e" | "set +o errexit"));
        let Some(call) = call(&whole) else {
            unchecked |= leaves(&whole);
            continue;
        };
        let length = whole.trim_end().len();
        let text = whole.split_whitespace().filter(|word| *word != "\\").collect::<Vec<_>>().join(" ");
        let flags = flags_of(call.words.iter().map(String::as_str));
        let span = view.part(node, from + whole.len() - whole.trim_start().len(), from + length);
        return Some(Run { key, span, text, flags, ignored: unchecked || call.ignored, reference: None });
    }
    None
}

struct Call {
    words: Vec<String>,
    ignored: bool,
}

/// The words behind `privgate check`, up to the end of the command, and whether the rest of the line drops its exit code.
fn call(line: &str) -> Option<Call> {
    if line.trim_start().starts_with('#') {
        return None;
    }
    let words: Vec<&str> = line.split_whitespace().filter(|word| *word != "\\").collect();
    let plain = |word: &str| word.trim_matches(['"', '\'', '(', ')', '`', ';']).to_owned();
    // a function of this name is no call
    let defines = |at: usize, word: &str| word.ends_with("()") || words.get(at + 1).is_some_and(|next| next.starts_with("()"));
    let mut named = words.iter().enumerate().filter(|(_, word)| plain(word).rsplit('/').next() == Some("privgate"));
    let at = named.find(|(at, word)| !defines(*at, word))?.0;
    let rest = words.get(at + 1..)?;
    let what = rest.iter().position(|word| matches!(&*plain(word), "check" | "pre-push"))?;
    let ends = |word: &str| matches!(word, "|" | "||" | "&&" | "&" | ";" | "|&") || word.ends_with(';');
    let rest = rest.get(what..)?;
    let length = rest
        .iter()
        .position(|word| ends(word))
        .map_or(rest.len(), |end| end + usize::from(rest.get(end).is_some_and(|w| w.len() > 2 && w.ends_with(';'))));
    let own: Vec<String> = rest.get(..length)?.iter().map(|word| plain(word)).collect();
    // what only tells, and what only tells of it
    let asks = |word: &String| matches!(&**word, "--help" | "-h" | "--version" | "-V");
    let command = words.get(..at)?.rsplit(|word| ends(word)).next().and_then(<[_]>::first);
    if own.iter().any(asks) || command.is_some_and(|word| matches!(*word, "echo" | "printf" | ":" | "true" | "which" | "type" | "alias")) {
        return None;
    }
    let behind = rest.get(length..).unwrap_or_default().join(" ");
    let before = words.get(..at).unwrap_or_default();
    let fails_on = |text: &str| {
        let text = text.trim();
        text.starts_with("exit") && !matches!(text, "exit 0" | "exit 0;")
    };
    let ignored = behind.strip_prefix("||").is_some_and(|then| !fails_on(then))
        || (behind.starts_with('|') && !behind.starts_with("||"))
        || behind == "&"
        || behind.split(';').skip(1).any(|then| matches!(then.trim(), "true" | ":" | "exit 0"))
        || rest.get(length.saturating_sub(1)).is_some_and(|last| last.ends_with(';')) && matches!(behind.trim(), "true" | ":" | "exit 0")
        || before.iter().any(|word| matches!(*word, "if" | "!" | "while" | "until" | "||" | "false"))
        || leaves(&before.join(" "));
    Some(Call { words: own, ignored })
}

/// Whether a script ends here, at the outermost level, or takes the gate's name for something else.
fn leaves(line: &str) -> bool {
    let leaves = |command: &str| {
        let mut words = command.split_whitespace();
        match words.next() {
            Some("exit") => true,
            // with redirections only, the shell stays
            Some("exec") => words.next().is_some_and(|word| !word.contains(['<', '>'])),
            Some("alias") => words.any(|word| word.starts_with("privgate=")),
            Some("function") => words.next().is_some_and(|word| word.starts_with("privgate")),
            Some(word) => word.starts_with("privgate()") || (word == "privgate" && words.next().is_some_and(|next| next.starts_with("()"))),
            None => false,
        }
    };
    // what is indented, or follows `||` or `&&`, happens under a condition
    let outermost = !line.starts_with([' ', '\t']) && !line.contains("||") && !line.contains("&&") && !line.contains("then");
    outermost && line.split(';').any(leaves)
}

/// `--name value`, `--name=value`, `--name`.
fn flags_of<'a>(words: impl Iterator<Item = &'a str>) -> Vec<(String, Option<String>)> {
    let mut flags: Vec<(String, Option<String>)> = Vec::new();
    for word in words {
        if let Some(flag) = word.strip_prefix("--") {
            let (name, value) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value.to_owned())));
            flags.push((name.to_owned(), value));
        } else if let Some((_, value @ None)) = flags.last_mut() {
            *value = Some(word.to_owned());
        }
    }
    flags
}

/// Everything that one job says about one run of the gate.
fn job(view: &mut View<'_>, scope: ScopeId, job: NodeId, step: NodeId, run: &Run) {
    let tree = view.tree;
    let tolerated = tree.entry(step, "continue-on-error").or_else(|| tree.entry(job, "continue-on-error"));
    switch(view, scope, "continue-on-error", tolerated, run.span);
    let mut conditions: Vec<&Entry> = [(job, "if"), (step, "if")].iter().filter_map(|(node, key)| tree.entry(*node, key)).collect();
    let always = |entry: &&Entry| tree.scalar(entry.value).is_some_and(|scalar| always(&scalar.text));
    // without a condition of its own a job is skipped, which counts as success, when a job that it needs fails
    if !conditions.iter().any(always) {
        conditions.extend(tree.entry(job, "needs"));
    }
    conditions.retain(|entry| !always(entry));
    condition(view, scope, &conditions, run.span);
    flags(view, scope, run, run.reference.as_ref());
}

/// A condition that always holds.
fn always(text: &str) -> bool {
    let inner = text.trim().trim_start_matches("${{").trim_end_matches("}}").trim();
    matches!(inner, "always()" | "!cancelled()" | "true" | "success() || failure()")
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

fn condition(view: &mut View<'_>, scope: ScopeId, entries: &[&Entry], near: Span) {
    let tree = view.tree;
    let text: Vec<String> = entries
        .iter()
        .map(|entry| {
            format!("{}: {}", entry.key, tree.node(entry.value).span.of(view.text).split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .collect();
    match entries.first() {
        None => emit(view, scope, "condition", Outcome::text("always"), near, nowhere(near)),
        Some(first) => emit(view, scope, "condition", Outcome::text(text.join(" && ")), first.key_span, tree.node(first.value).span),
    }
}

fn flags(view: &mut View<'_>, scope: ScopeId, run: &Run, reference: Option<&Reference>) {
    let given = |name: &str| run.flags.iter().rev().find(|(flag, _)| flag == name).map(|(_, value)| value.clone().unwrap_or_default());
    for (name, otherwise) in FLAGS {
        let value = given(name).filter(|value| !value.is_empty()).unwrap_or_else(|| otherwise.to_owned());
        said(view, scope, name, Outcome::text(value), run);
    }
    // an action decides itself how it finds its base
    let ci = reference.is_some() || given("ci").is_some();
    for (name, on) in [("ci", ci), ("require-coverage", given("require-coverage").is_some()), ("exit-ignored", run.ignored)] {
        said(view, scope, name, Outcome::One(Value::Bool(on)), run);
    }
    let replaced: Vec<&str> = REPLACING.into_iter().filter(|name| given(name).is_some_and(|value| !value.is_empty())).collect();
    let replaced = if replaced.is_empty() { "nothing".to_owned() } else { replaced.join(", ") };
    said(view, scope, "replaced", Outcome::text(replaced), run);
    if let Some(whole @ Reference { source, text, span, comment, .. }) = reference {
        said(view, scope, "source", Outcome::text(source.clone()), run);
        included::commit(view, scope, run, whole);
        emit(view, scope, "reference", Outcome::text(text.clone()), run.key, *span);
        if let Some(number) = version(text).or_else(|| comment.as_deref().and_then(version)) {
            emit(view, scope, "version", Outcome::One(Value::Int(number)), run.key, *span);
        }
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

/// The events that start the workflow, and what narrows each of them.
fn events(view: &mut View<'_>, document: NodeId, parent: ScopeId) {
    let tree = view.tree;
    // YAML 1.1 takes a bare `on` for a boolean
    let Some(on) = tree.entry(document, "on").or_else(|| tree.entry(document, "true")) else { return };
    let span = tree.node(on.value).span;
    let names: Vec<Value> = match &tree.node(on.value).data {
        Data::Scalar(scalar) => vec![Value::Text(scalar.text.clone())],
        Data::List(items) => items.iter().filter_map(|item| Some(Value::Text(tree.scalar(*item)?.text.clone()))).collect(),
        Data::Map(entries) => entries.iter().map(|entry| Value::Text(entry.key.clone())).collect(),
    };
    emit(view, parent, "events", Outcome::One(Value::List(names.clone())), on.key_span, span);
    for event in EVENTS.into_iter().filter(|event| names.contains(&Value::text(*event))) {
        let below = tree.get(on.value, event);
        // only pull requests have types that matter here
        for (filter, otherwise) in FILTERS.into_iter().filter(|(filter, _)| *filter != "types" || event.starts_with("pull")) {
            let name = format!("{filter} of {event}");
            let list = |texts: &[&str]| Outcome::One(Value::List(texts.iter().map(|text| Value::text(*text)).collect()));
            match below.and_then(|below| tree.entry(below, filter)) {
                None => emit(view, parent, &name, list(otherwise), on.key_span, nowhere(span)),
                Some(entry) => {
                    let items = match &tree.node(entry.value).data {
                        Data::List(items) => items.clone(),
                        _ => vec![entry.value],
                    };
                    let texts: Vec<&str> = items.iter().filter_map(|item| tree.scalar(*item)).map(|scalar| &*scalar.text).collect();
                    let value = list(&texts);
                    emit(view, parent, &name, value, entry.key_span, tree.node(entry.value).span);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_known_with_its_flags_and_by_what_drops_its_exit_code() {
        for (line, ignored) in [
            ("privgate check --ci", false),
            ("./bin/privgate check --ci && echo fine", false),
            ("privgate check --ci || true", true),
            ("privgate check --ci || exit 1", false),
            ("privgate check --ci || exit 0", true),
            ("privgate check --ci || echo weak", true),
            ("privgate check --ci | tee log", true),
            ("privgate check --ci; true", true),
            ("privgate check --ci ; exit 0", true),
            ("if privgate check --ci; then echo; fi", true),
            ("! privgate check --ci", true),
            ("privgate check --ci &", true),
            ("true || privgate check --ci", true),
            ("false && privgate check --ci", true),
            ("cd app && privgate check --ci", false),
            ("exit 0; privgate check --ci", true),
            ("exec true; privgate check --ci", true),
            ("exec 2>&1; privgate check --ci", false),
            ("[ -f x ] && exit 1; privgate check --ci", false),
            ("alias privgate=true; privgate check --ci", true),
            ("privgate() { :; }; privgate check --ci", true),
            ("privgate () { :; }; privgate check --ci", true),
            ("sudo privgate check --ci", false),
        ] {
            assert_eq!(call(line).unwrap().ignored, ignored, "{line}");
        }
        for line in [
            "# privgate check",
            "privgate audit",
            "echo privgate",
            "cargo install privgate",
            "echo privgate check --ci",
            "cd app && echo privgate check --ci",
            "privgate check --help",
        ] {
            assert!(call(line).is_none(), "{line}");
        }
        let flags = flags_of(call("x/privgate check --base a --fail-on=never --ci").unwrap().words.iter().map(String::as_str));
        assert_eq!(flags, [("base".into(), Some("a".into())), ("fail-on".into(), Some("never".into())), ("ci".into(), None)]);
    }

    #[test]
    fn versions_grow() {
        assert!(version("v1.10.0") > version("v1.9.9"));
        assert_eq!(version("v1"), None);
        assert_eq!(version("main"), None);
        assert_eq!(version("0123456789abcdef0123456789abcdef01234567"), None);
    }
}
