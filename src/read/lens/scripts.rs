//! Commands that lists of packages give names to: `scripts` of `package.json`, of Composer and Pipenv, tasks of Deno, Pixi, PDM, Poe, Hatch,
//! Rye and taskipy. What is called after development or tests is left out: nobody else runs it.

use super::view::{Dialect, View};
use super::{environment, invocation};
use crate::read::expression;
use crate::read::tree::{Claims, Data, Entry, NodeId, Tree};
use crate::reading::{Kind, Reading};
use crate::scope::{ScopeId, ScopeKind};

const DIALECT: Dialect = Dialect { resolve: expression::any, foreign: None, passes_through: false };

/// The names of files, each with the paths of keys under which it keeps commands; `*` is any key.
const PLACES: &[(&str, &[&[&str]])] = &[
    ("package.json", &[&["scripts"]]),
    ("composer.json", &[&["scripts"]]),
    ("deno.json", &[&["tasks"]]),
    ("deno.jsonc", &[&["tasks"]]),
    ("pixi.toml", &[&["tasks"], &["feature", "*", "tasks"]]),
    ("Pipfile", &[&["scripts"]]),
    (
        "pyproject.toml",
        &[
            &["tool", "pdm", "scripts"],
            &["tool", "poe", "tasks"],
            &["tool", "taskipy", "tasks"],
            &["tool", "rye", "scripts"],
            &["tool", "pixi", "tasks"],
            &["tool", "hatch", "envs", "*", "scripts"],
        ],
    ),
];

/// Parts of the names of scripts that only the project's own people run.
const OWN: &[&str] = &[
    "dev",
    "develop",
    "development",
    "debug",
    "local",
    "watch",
    "test",
    "tests",
    "testing",
    "unit",
    "e2e",
    "integration",
    "cov",
    "coverage",
    "lint",
    "format",
    "fmt",
    "check",
    "typecheck",
    "types",
    "ci",
    "storybook",
    "docs",
    "doc",
    "example",
    "examples",
    "demo",
    "playground",
    "bench",
    "benchmark",
    "mock",
    "mocks",
    "inspect",
    "cypress",
    "playwright",
    "jest",
    "vitest",
    "pytest",
    "precommit",
    "prepare",
    "clean",
];

/// Keys under which a task's command stands where it is a mapping.
const COMMANDS: &[&str] = &["cmd", "command", "shell", "composite", "sequence", "chain"];

/// A list of packages, by its name, that holds commands.
#[must_use]
pub fn fits(path: &str, tree: &Tree, document: NodeId) -> bool {
    places(path).iter().any(|place| !lists(tree, document, place).is_empty())
}

/// Reads one file; its keys stay plain keys.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    // what is said of scripts holds for these too
    reading.kinds.push(Kind("shell"));
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    for list in places(path).iter().flat_map(|place| lists(tree, document, place)) {
        for entry in tree.entries(list).iter().filter(|entry| !is_own(&entry.key)) {
            if view.spent() {
                return;
            }
            script(&mut view, entry, parent);
        }
    }
}

fn places(path: &str) -> &'static [&'static [&'static str]] {
    let name = path.rsplit('/').next().unwrap_or(path);
    PLACES.iter().find(|(file, _)| *file == name).map_or(&[], |(_, places)| places)
}

/// The mappings at a path.
fn lists(tree: &Tree, document: NodeId, place: &[&str]) -> Vec<NodeId> {
    place.iter().fold(vec![document], |nodes, step| {
        let below = |node: NodeId| match *step {
            "*" => tree.entries(node).iter().map(|entry| entry.value).collect(),
            step => tree.get(node, step).into_iter().collect::<Vec<_>>(),
        };
        nodes.into_iter().flat_map(below).collect()
    })
}

fn is_own(name: &str) -> bool {
    let mut parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    parts.any(|part| OWN.iter().any(|own| part.eq_ignore_ascii_case(own)))
}

/// A text, a list of texts, or a mapping with one of both and an environment.
fn script(view: &mut View<'_>, entry: &Entry, parent: ScopeId) {
    let tree = view.tree;
    let scope = view.reading.scope(parent, ScopeKind::Job, &*entry.key, crate::scope::Step::Same, tree.node(entry.value).span);
    if !tree.is_map(entry.value) {
        texts(view, entry.value, scope);
        return;
    }
    if let Some(node) = tree.get(entry.value, "env").filter(|node| tree.is_map(*node)) {
        view.claims.take(node);
        environment::read(view, node, scope);
    }
    for node in COMMANDS.iter().filter_map(|key| tree.get(entry.value, key)) {
        texts(view, node, scope);
    }
}

fn texts(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    let tree = view.tree;
    match &tree.node(node).data {
        Data::Scalar(_) => invocation::script(view, node, scope),
        Data::List(items) => {
            for item in items.iter().filter(|item| tree.scalar(**item).is_some()) {
                invocation::script(view, *item, scope);
            }
        }
        Data::Map(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::setting::Surface;

    fn variables(path: &str, text: &str) -> Vec<String> {
        let reading = (crate::read::by_path(path).unwrap().read)(path, text);
        let named = |surface| {
            let of = move |setting: &crate::setting::Setting| {
                let name = setting.names.iter().find(|(other, _)| *other == surface).map(|(_, name)| name.to_string())?;
                Some(format!("{name}={}", setting.value_span.of(text)))
            };
            reading.settings.iter().filter_map(of).collect::<Vec<_>>()
        };
        named(Surface::Env)
    }

    #[test]
    fn scripts_of_every_list_are_read() {
        for (path, text) in [
            ("package.json", "{\"scripts\": {\"build\": \"A=1 next build\", \"build:dev\": \"A=2 x\", \"test\": \"A=3 x\"}}"),
            ("ui/deno.json", "{\"tasks\": {\"start\": \"A=1 deno run x\"}}"),
            ("pyproject.toml", "[tool.poe.tasks]\nserve = \"A=1 x\"\nlint = \"A=2 x\"\n"),
            ("pyproject.toml", "[tool.pdm.scripts]\nserve = {composite = [\"A=1 x\"]}\n"),
            ("pyproject.toml", "[tool.hatch.envs.serve.scripts]\nup = [\"A=1 x\"]\n"),
            ("pyproject.toml", "[tool.rye.scripts]\nserve = {cmd = \"x\", env = {A = \"1\"}}\n"),
        ] {
            let found = variables(path, text);
            assert!(
                matches!(&found[..], [one] if one.trim_end_matches('"').trim_start_matches("A=").trim_matches('"') == "1"),
                "{path} {text} {found:?}"
            );
        }
    }

    #[test]
    fn lists_without_commands_are_no_scripts() {
        let reading = (crate::read::by_path("package.json").unwrap().read)("package.json", "{\"name\": \"a\", \"scripts\": []}");
        assert!(reading.settings.iter().all(|setting| setting.names.iter().all(|(surface, _)| *surface != Surface::Command)));
    }
}
