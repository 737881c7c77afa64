//! Vector: a transform counts only where a sink gets its data from it. What no sink reaches through `inputs` is bypassed, and gives nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::view::{Dialect, View};
use crate::read::expression::shell;
use crate::read::tree::{Claims, Entry, NodeId, Tree};
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::Setting;
use crate::span::Span;
use crate::value::{Outcome, Value};

const DIALECT: Dialect = Dialect { resolve: shell::resolve, foreign: None, passes_through: false };

/// More steps than this between sinks and sources are an attack: every sink walks its own way.
const STEPS: usize = 100_000;

/// A document whose sinks say where their data comes from.
#[must_use]
pub fn fits(_path: &str, tree: &Tree, document: NodeId) -> bool {
    let sinks = tree.get(document, "sinks").map_or(&[][..], |node| tree.entries(node));
    let others = tree.get(document, "sources").or_else(|| tree.get(document, "transforms"));
    let sink = |entry: &Entry| tree.get(entry.value, "inputs").is_some() && tree.get(entry.value, "type").is_some();
    others.is_some_and(|node| tree.is_map(node)) && !sinks.is_empty() && sinks.iter().all(sink)
}

/// Reads one topology.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    let entries = |key: &str| tree.get(document, key).map_or(&[][..], |node| tree.entries(node));
    let transforms: BTreeMap<&str, &Entry> = entries("transforms").iter().map(|entry| (&*entry.key, entry)).collect();
    let mut ways = Ways { tree, transforms: &transforms, left: STEPS };
    let mut live = BTreeSet::new();
    let mut known = true;
    let sinks = entries("sinks");
    let mut found = Vec::new();
    for entry in sinks {
        let way = ways.to(entry);
        known &= way.is_some();
        live.extend(way.iter().flatten().map(|(name, _)| *name));
        found.push((entry, way));
    }
    derived(&mut view, document, &found, parent);
    if let Some((_, scope)) = view.enter_key(document, "transforms", parent, ScopeKind::Mapping, "") {
        // inputs that only the environment knows may name any of them
        for entry in entries("transforms").iter().filter(|entry| !known || live.contains(&*entry.key)) {
            view.key(entry, scope);
        }
    }
}

/// A transform, and where it is named as an input.
type Way<'a> = Vec<(&'a str, Span)>;

/// `live.<sink>.transforms`: what the data of a sink went through.
fn derived(view: &mut View<'_>, document: NodeId, sinks: &[(&Entry, Option<Way<'_>>)], parent: ScopeId) {
    let tree = view.tree;
    let Some(section) = tree.entry(document, "sinks") else { return };
    let live = view.reading.scope(parent, ScopeKind::Mapping, "", Step::Key("live".into()), section.key_span);
    for (entry, way) in sinks {
        let Some(inputs) = tree.entry(entry.value, "inputs") else { continue };
        if view.spent() {
            return;
        }
        let scope = view.reading.scope(live, ScopeKind::Mapping, "", Step::Key(entry.key.clone()), tree.node(entry.value).span);
        let value =
            way.as_ref().map_or(Outcome::Unread, |way| Outcome::One(Value::List(way.iter().map(|(name, _)| Value::text(*name)).collect())));
        let mut setting = Setting::keyed(scope, "transforms", value, inputs.key_span, tree.node(inputs.value).span);
        setting.item_spans = way.iter().flatten().map(|(_, span)| *span).collect();
        view.emit(setting);
    }
}

struct Ways<'a, 'm> {
    tree: &'a Tree,
    transforms: &'m BTreeMap<&'a str, &'a Entry>,
    left: usize,
}

impl<'a> Ways<'a, '_> {
    /// The transforms that lead to a sink, the nearest first; nothing when an input is not known.
    fn to(&mut self, sink: &'a Entry) -> Option<Way<'a>> {
        let mut seen = BTreeSet::new();
        let mut way = Vec::new();
        let mut open = vec![sink];
        while let Some(entry) = open.pop() {
            for input in self.inputs(entry)? {
                for (name, next) in self.named(self.tree.scalar(input).map_or("", |scalar| &scalar.text)) {
                    self.left = self.left.checked_sub(1)?;
                    if seen.insert(name) {
                        way.push((name, self.tree.node(input).span));
                        open.push(next);
                    }
                }
            }
        }
        Some(way)
    }

    fn inputs(&mut self, entry: &Entry) -> Option<Vec<NodeId>> {
        let Some(node) = self.tree.get(entry.value, "inputs") else { return Some(Vec::new()) };
        let items = match self.tree.items(node) {
            [] if self.tree.scalar(node).is_some() => vec![node],
            items if items.len() > self.left => return None,
            items => items.to_vec(),
        };
        // an alias can name one long list again and again
        self.left = self.left.checked_sub(1 + items.len())?;
        let known = |item: &NodeId| self.tree.scalar(*item).is_some_and(|scalar| !scalar.templated && !scalar.text.contains('$'));
        items.iter().all(known).then_some(items)
    }

    /// The transforms that an input names: `a`, its output `a.dropped`, or all that `a*` stands for.
    fn named(&self, input: &str) -> Vec<(&'a str, &'a Entry)> {
        let exact = |name: &str| self.transforms.get_key_value(name).map(|(name, entry)| (*name, *entry));
        if let Some(start) = input.strip_suffix('*') {
            return self.transforms.iter().filter(|(name, _)| name.starts_with(start)).map(|(name, entry)| (*name, *entry)).collect();
        }
        let output = || exact(input.rsplit_once('.')?.0);
        exact(input).or_else(output).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::read::lens::sample::read;

    const SAMPLE: &str = "sources:
  app: {type: http_server, address: 0.0.0.0:80}
transforms:
  parse: {type: remap, inputs: [app], source: '.a = 1'}
  redact: {type: remap, inputs: [parse], source: 'del(.email)'}
  route: {type: route, inputs: [redact], route: {errors: .x}}
  unused: {type: remap, inputs: [app], source: 'del(.ip)'}
sinks:
  store: {type: file, inputs: [route.errors], path: /x}
  console: {type: console, inputs: ['par*']}
";

    #[test]
    fn a_sink_has_the_transforms_on_its_way() {
        let sample = read("vector.yaml", SAMPLE);
        assert_eq!(sample.kinds(), ["vector", "yaml"]);
        assert_eq!(sample.at("live.store.transforms"), "route, redact, parse <[route.errors]>");
        assert_eq!(sample.at("live.console.transforms"), "parse <['par*']>");
        let setting = sample.key("live.store.transforms").unwrap();
        assert_eq!(setting.item_spans.iter().map(|span| span.of(&sample.text)).collect::<Vec<_>>(), ["route.errors", "redact", "parse"]);
    }

    #[test]
    fn a_transform_that_no_sink_reaches_gives_nothing() {
        let sample = read("vector.yaml", SAMPLE);
        assert_eq!(sample.at("transforms.redact.source"), "del(.email) <'del(.email)'>");
        assert_eq!(sample.at("transforms.unused.source"), "nothing");
        assert_eq!(sample.at("sources.app.address"), "0.0.0.0:80 <0.0.0.0:80>");
        assert_eq!(sample.at("sinks.store.path"), "/x </x>");
    }

    #[test]
    fn an_unknown_input_may_name_any_transform_and_circles_end() {
        let sample = read("vector.yaml", &SAMPLE.replace("[route.errors]", "['${FROM}']"));
        assert_eq!(sample.at("live.store.transforms"), "(unknown) <['${FROM}']>");
        assert_eq!(sample.at("transforms.unused.source"), "del(.ip) <'del(.ip)'>");
        let sample = read("vector.yaml", &SAMPLE.replace("inputs: [parse]", "inputs: [route, parse]"));
        assert_eq!(sample.at("live.store.transforms"), "route, redact, parse <[route.errors]>");
    }

    #[test]
    fn toml_and_json_are_read_alike() {
        let toml =
            "[sources.a]\ntype = \"x\"\n[transforms.t]\ntype = \"remap\"\ninputs = [\"a\"]\n[sinks.s]\ntype = \"y\"\ninputs = [\"t\"]\n";
        let reading = (crate::read::by_path("vector.toml").unwrap().read)("vector.toml", toml);
        assert!(reading.settings.iter().any(|setting| reading.path_of(setting) == "live.s.transforms" && &*setting.raw == "[\"t\"]"));
    }
}
