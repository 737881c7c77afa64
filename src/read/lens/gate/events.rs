//! Which events start the workflow that runs the gate, and what narrows each of them.

use super::emit;
use crate::read::lens::invocation::nowhere;
use crate::read::lens::view::View;
use crate::read::tree::{Data, Entry, NodeId, Tree};
use crate::scope::ScopeId;
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Events that a gate is run for.
const EVENTS: [&str; 4] = ["pull_request", "pull_request_target", "merge_group", "push"];

/// What happens to a pull request that changes what it brings, beside its target.
const TYPES: [&str; 3] = ["opened", "reopened", "synchronize"];

/// The filters of an event, with what holds without them.
const FILTERS: [(&str, &[&str]); 5] =
    [("paths", &["**"]), ("paths-ignore", &[]), ("branches", &["**"]), ("branches-ignore", &[]), ("types", &TYPES)];

/// Whether a workflow runs where another one calls it, and nowhere else.
pub(super) fn only_called(tree: &Tree, document: NodeId) -> bool {
    let Some(on) = tree.get(document, "on").or_else(|| tree.get(document, "true")) else { return false };
    match &tree.node(on).data {
        Data::Scalar(scalar) => &*scalar.text == "workflow_call",
        Data::List(items) => matches!(&**items, [item] if tree.scalar(*item).is_some_and(|scalar| &*scalar.text == "workflow_call")),
        Data::Map(entries) => matches!(&**entries, [entry] if &*entry.key == "workflow_call"),
    }
}

/// The events of a workflow that runs the gate.
pub(super) fn events(view: &mut View<'_>, document: NodeId, parent: ScopeId, near: Span) {
    let tree = view.tree;
    // YAML 1.1 takes a bare `on` for a boolean
    let Some(on) = tree.entry(document, "on").or_else(|| tree.entry(document, "true")) else {
        // nothing starts it
        return emit(view, parent, "events", Outcome::One(Value::List(Vec::new())), near, nowhere(near));
    };
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
            let given = below.and_then(|below| given(tree, below, filter));
            let (texts, key, place) = match given {
                Some((texts, entry)) => (texts, entry.key_span, tree.node(entry.value).span),
                None => (otherwise.to_vec(), on.key_span, nowhere(span)),
            };
            let list = Outcome::One(Value::List(texts.into_iter().map(Value::text).collect()));
            emit(view, parent, &name, list, key, place);
        }
    }
}

/// What a filter comes to, and the entry that says so.
fn given<'a>(tree: &'a Tree, event: NodeId, filter: &str) -> Option<(Vec<&'a str>, &'a Entry)> {
    let texts = |entry: &Entry| -> Vec<&'a str> {
        let items = match &tree.node(entry.value).data {
            Data::List(items) => items.clone(),
            _ => vec![entry.value],
        };
        items.iter().filter_map(|item| tree.scalar(*item)).map(|scalar| &*scalar.text).collect()
    };
    let entry = tree.entry(event, filter);
    match filter {
        "types" => entry.map(|entry| (texts(entry).into_iter().filter(|text| TYPES.contains(text)).collect(), entry)),
        "paths" | "branches" => {
            if let Some(entry) = entry {
                return Some((texts(entry).into_iter().filter(|text| !text.starts_with('!')).collect(), entry));
            }
            // with filters for tags only, no branch starts it
            let tags = tree.entry(event, "tags").or_else(|| tree.entry(event, "tags-ignore"))?;
            (filter == "branches" && tree.entry(event, "branches-ignore").is_none()).then(|| (Vec::new(), tags))
        }
        // `!pattern` among those that are let in leaves out, too
        _ => entry.map(|entry| (texts(entry), entry)).or_else(|| {
            let entry = tree.entry(event, filter.trim_end_matches("-ignore"))?;
            let out: Vec<&str> = texts(entry).into_iter().filter_map(|text| text.strip_prefix('!')).collect();
            (!out.is_empty()).then_some((out, entry))
        }),
    }
}
