//! `CircleCI`: jobs, commands and executors with their environment and images, the orbs they use and what their steps run.

use super::view::{Dialect, View};
use super::{environment, image, invocation};
use crate::read::tree::{Claims, Data, Entry, NodeId, Tree};
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::{Setting, Surface};
use crate::value::Outcome;

/// What only the pipeline knows is written `<< parameters.x >>`.
const DIALECT: Dialect = Dialect { resolve: parameter, foreign: Some("<<"), passes_through: false };

fn parameter(text: &str) -> Option<crate::read::expression::Resolved> {
    text.contains("<<").then(crate::read::expression::Resolved::reference)
}

/// A configuration by its place.
#[must_use]
pub fn fits(path: &str, tree: &Tree, document: NodeId) -> bool {
    let place = path.starts_with(".circleci/") || path.contains("/.circleci/");
    place && ["jobs", "workflows", "orbs", "commands", "executors"].iter().any(|key| tree.get(document, key).is_some())
}

/// Reads one configuration.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    if let Some((orbs, scope)) = view.enter_key(document, "orbs", parent, ScopeKind::Mapping, "") {
        tree.entries(orbs).iter().for_each(|entry| orb(&mut view, entry, scope));
        view.plain(orbs, scope);
    }
    for (section, kind) in [("jobs", ScopeKind::Job), ("executors", ScopeKind::Job), ("commands", ScopeKind::Job)] {
        let Some((node, outer)) = view.enter_key(document, section, parent, ScopeKind::Mapping, "") else { continue };
        for entry in tree.entries(node).iter().filter(|entry| tree.is_map(entry.value)) {
            if view.spent() {
                return;
            }
            let name = if section == "jobs" { entry.key.to_string() } else { format!("{section}/{}", entry.key) };
            let inner = view.enter(entry, outer, kind, &name);
            job(&mut view, entry.value, inner);
        }
    }
}

/// `node: circleci/node@5.1`.
fn orb(view: &mut View<'_>, entry: &Entry, scope: ScopeId) {
    let Some(text) = view.written(entry.value).map(|scalar| scalar.text.clone()) else { return };
    let (name, reference) = text.split_once('@').unwrap_or((&text, ""));
    let name_span = view.part(entry.value, 0, name.len());
    let value_span = view.part(entry.value, text.len() - reference.len(), text.len());
    view.emit(Setting::named(scope, Surface::Dependency, name, Outcome::text(reference), name_span, value_span));
}

fn job(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    let tree = view.tree;
    variables(view, node, scope);
    if let Some(entry) = tree.entry(node, "docker") {
        view.claims.take(entry.value);
        for (index, item) in tree.items(entry.value).iter().enumerate() {
            // the first image runs the steps, the others are services beside it
            let inner = view.item(*item, scope, ScopeKind::Service, &index.to_string(), ("docker", index));
            if let Some(entry) = tree.entry(*item, "image") {
                image::of_entry(view, entry, inner);
            }
            variables(view, *item, if index == 0 { scope } else { inner });
            view.plain(*item, inner);
        }
    }
    for key in ["steps", "pre-steps", "post-steps"] {
        steps(view, node, key, scope);
    }
    view.plain(node, scope);
}

fn variables(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    if let Some(node) = view.tree.get(node, "environment") {
        view.claims.take(node);
        environment::read(view, node, scope);
    }
}

/// Steps, and those in `when:` and `unless:`. A step is a word, or a mapping with one key.
fn steps(view: &mut View<'_>, node: NodeId, key: &str, scope: ScopeId) {
    let tree = view.tree;
    let mut open = vec![(node, key.to_owned(), scope, 0)];
    while let Some((node, key, scope, depth)) = open.pop() {
        let Some(list) = tree.get(node, &key).filter(|list| matches!(tree.node(*list).data, Data::List(_))) else { continue };
        view.claims.take(list);
        for (index, step) in tree.items(list).iter().enumerate() {
            if view.spent() {
                return;
            }
            let Some(entry) = tree.entries(*step).first() else { continue };
            let name = tree.text(entry.value, "name").map_or_else(|| format!("{} {index}", entry.key), ToOwned::to_owned);
            let inner = view.item(*step, scope, ScopeKind::Step, &name, (&key, index));
            match &*entry.key {
                "run" => run(view, entry, inner),
                "when" | "unless" if depth < 8 => open.push((entry.value, "steps".into(), inner, depth + 1)),
                _ => {}
            }
            view.plain(*step, inner);
        }
    }
}

/// `run: script`, `run: {command: script, environment: {...}, shell: ...}`.
fn run(view: &mut View<'_>, entry: &Entry, scope: ScopeId) {
    let tree = view.tree;
    if tree.scalar(entry.value).is_some() {
        view.claims.take(entry.value);
        invocation::script(view, entry.value, scope);
        return;
    }
    variables(view, entry.value, scope);
    if let Some(script) = tree.get(entry.value, "command") {
        view.claims.take(script);
        if !tree.text(entry.value, "shell").is_some_and(|shell| shell.contains("python") || shell.contains("node")) {
            invocation::script(view, script, scope);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::read::lens::sample::read;
    use crate::setting::Surface;

    #[test]
    fn jobs_have_images_variables_and_commands() {
        let sample = read(
            ".circleci/config.yml",
            "version: 2.1
orbs: {node: circleci/node@5.1}
executors:
  e: {docker: [{image: 'a/e:1'}], environment: {E: x}}
jobs:
  build:
    docker:
      - image: cimg/python:3.12
        environment: {A: 1}
      - image: postgres:16
        environment: {POSTGRES_HOST_AUTH_METHOD: trust}
    environment:
      B: << parameters.b >>
    steps:
      - checkout
      - run: serve --log-prompts=true
      - run:
          name: deploy
          environment: {C: 'y'}
          command: |
            export D=1
            tool --x << parameters.x >>
      - when:
          condition: true
          steps: [{run: 'other --y 2'}]
      - store_artifacts: {path: /tmp/logs}
",
        );
        assert_eq!(sample.kinds(), ["circleci", "yaml"]);
        assert_eq!(
            sample.on(Surface::Env),
            [
                "job executors/e: E = x",
                "job build: A = 1",
                "service 1: POSTGRES_HOST_AUTH_METHOD = trust",
                "job build: B = (reference)",
                "step deploy: C = y",
                "step deploy: D = 1"
            ]
        );
        assert_eq!(sample.on(Surface::Flag), ["step run 1: --log-prompts = true", "step deploy: --x = (reference)", "step run 0: --y = 2"]);
        assert_eq!(
            sample.on(Surface::Image),
            ["service 0: a/e = a/e:1", "service 0: cimg/python = cimg/python:3.12", "service 1: postgres = postgres:16"]
        );
        assert_eq!(sample.on(Surface::Dependency), ["circleci/node = 5.1"]);
        assert_eq!(sample.source("serve"), ("serve", "serve --log-prompts=true"));
        assert_eq!(sample.at("jobs.build.steps[4].store_artifacts.path"), "/tmp/logs </tmp/logs>");
    }
}
