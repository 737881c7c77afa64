//! Steps of a pipeline that take people or copies out of texts, in whatever structured file lists them: what matters is that they are
//! there and run. Each is a call of that name, as it would be in a program.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::read::tree::{Data, NodeId, Tree};
use crate::reading::{Problem, Reading};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Words in the names of such steps.
static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = ["pii", "redact", "anonymi", "deidentif", "de_identif", "de-identif", "scrub", "clean_email", "clean_ip", "dedup"];
    AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()
});

/// Keys of lists of steps.
const LISTS: &[&str] = &[
    "process",
    "processors",
    "operators",
    "ops",
    "steps",
    "stages",
    "pipeline",
    "transforms",
    "transformations",
    "filters",
    "preprocessing",
    "preprocessors",
    "postprocessing",
    "mappers",
    "modifiers",
    "tasks",
    "components",
];

/// Keys of a step that say which one it is.
const NAMES: &[&str] =
    &["name", "type", "op", "operator", "stage", "step", "processor", "function", "_target_", "class", "class_path", "template", "id"];

/// Keys that say what a step runs: the command is read as a command.
const COMMANDS: &[&str] = &["run", "cmd", "command", "script", "uses"];

/// Keys of conditions.
const CONDITIONS: &[&str] = &["when", "if", "condition", "only_if", "run_if"];

/// How deep lists are looked for.
const DEEPEST: usize = 24;

/// Steps of one file; more are an attack.
const MOST: usize = 1000;

/// Adds the steps of one document.
pub fn read(tree: &Tree, document: NodeId, text: &str, parent: ScopeId, reading: &mut Reading) {
    if WORDS.as_ref().is_some_and(|words| words.is_match(text)) {
        let mut found = Vec::new();
        lists(tree, document, "", 0, &mut found);
        if found.len() > MOST {
            let message = format!("more than {MOST} steps of a pipeline that take something out of texts");
            reading.problems.push(Problem { span: None, message, fatal: true });
            return;
        }
        reading.settings.extend(found.into_iter().map(|step| {
            let name = step.name.split_whitespace().collect::<Vec<_>>().join("_");
            let value = Outcome::One(step.value);
            Setting::named(parent, Surface::Argument, format!("{name}(called)"), value, step.span, step.span).with_raw(text)
        }));
    }
}

struct Found<'t> {
    name: &'t str,
    /// True, the text of a condition, or nothing for one that never runs.
    value: Value,
    span: Span,
}

fn lists<'t>(tree: &'t Tree, node: NodeId, key: &str, depth: usize, found: &mut Vec<Found<'t>>) {
    if depth > DEEPEST || found.len() > MOST {
        return;
    }
    match &tree.node(node).data {
        Data::Map(entries) => entries.iter().for_each(|entry| lists(tree, entry.value, &entry.key, depth + 1, found)),
        Data::List(items) => {
            let of_steps = LISTS.iter().any(|list| key.eq_ignore_ascii_case(list));
            for item in items {
                if found.len() > MOST {
                    return;
                }
                if of_steps {
                    found.extend(step(tree, *item));
                }
                lists(tree, *item, "", depth + 1, found);
            }
        }
        Data::Scalar(_) => {}
    }
}

fn step(tree: &Tree, item: NodeId) -> Option<Found<'_>> {
    let words = WORDS.as_ref()?;
    let says = |text: &str| text.len() <= 120 && !text.contains('\n') && words.is_match(text);
    if let Some(scalar) = tree.scalar(item) {
        return says(&scalar.text).then(|| Found { name: &scalar.text, value: Value::Bool(true), span: tree.node(item).span });
    }
    let entries = tree.entries(item);
    let single = entries.first().filter(|entry| entries.len() == 1 && !NAMES.contains(&&*entry.key) && says(&entry.key));
    let (name, span) = match single {
        Some(entry) => (&*entry.key, entry.key_span),
        None => NAMES.iter().find_map(|key| {
            let entry = tree.entry(item, key)?;
            let text = &*tree.scalar(entry.value)?.text;
            says(text).then(|| (text, tree.node(entry.value).span))
        })?,
    };
    let runs = COMMANDS.iter().any(|key| tree.text(item, key).is_some_and(|text| words.is_match(text)));
    let options = single.map_or(item, |entry| entry.value);
    (!runs).then(|| Found { name, value: condition(tree, options), span })
}

/// Under which condition a step runs.
fn condition(tree: &Tree, item: NodeId) -> Value {
    let switch = |keys: &[&str]| keys.iter().find_map(|key| tree.text(item, key));
    let never = |text: &str| matches!(text.trim_matches(['$', '{', '}', ' ']), "false" | "False" | "no" | "off" | "0" | "never");
    let off = switch(&["enabled", "enable", "active"]).is_some_and(never)
        || switch(&["disabled", "skip"]).is_some_and(|text| matches!(text, "true" | "True" | "yes" | "on" | "1"));
    match CONDITIONS.iter().find_map(|key| tree.text(item, key)) {
        _ if off => Value::text(""),
        Some(text) if never(text) => Value::text(""),
        Some(text) => Value::text(format!("if {}", text.chars().take(80).collect::<String>())),
        None => Value::Bool(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (Vec<String>, bool) {
        let reading = (crate::read::by_path("flow.yaml").unwrap().read)("flow.yaml", text);
        let called = |setting: &Setting| {
            let (_, name) = setting.names.first()?;
            let (name, _) = name.split_once("(called)")?;
            Some(format!("{name} = {:?}", setting.value))
        };
        (reading.settings.iter().filter_map(called).collect(), reading.unreadable().is_some())
    }

    #[test]
    fn steps_are_there_under_a_condition_or_switched_off() {
        let (steps, _) = found(
            "stages:\n- load\n- redact_pii\n- name: Scrub names\n  when: \"{{x}}\"\n- anonymize_users:\n    enabled: false\n- name: scrub\n  run: python scrub.py\n",
        );
        assert_eq!(steps.len(), 3, "{steps:?}");
        assert!(steps.iter().any(|step| step.starts_with("redact_pii = ") && step.contains("true")), "{steps:?}");
        assert!(steps.iter().any(|step| step.starts_with("Scrub_names = ") && step.contains("if {{x}}")), "{steps:?}");
        assert!(steps.iter().any(|step| step.starts_with("anonymize_users = ") && step.contains("\"\"")), "{steps:?}");
        // words in lists of something else are no steps
        assert!(found("topics:\n- redact_pii\n").0.is_empty());
    }

    #[test]
    fn too_many_steps_are_told() {
        let text = format!("steps:\n{}", "- redact\n".repeat(MOST + 5));
        assert!(found(&text).1);
        assert!(!found("steps:\n- redact\n- redact\n").1);
    }
}
