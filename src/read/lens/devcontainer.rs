//! Dev containers: the image, its environment, the flags it is run with, and the commands run in it.

use super::view::{Dialect, View};
use super::{environment, image, invocation};
use crate::read::expression::Resolved;
use crate::read::tree::{Claims, Data, NodeId, Tree};
use crate::reading::Reading;
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

const DIALECT: Dialect = Dialect { resolve, foreign: None, passes_through: false };

/// The commands of a container's life, from the host's to the attached one.
const COMMANDS: [&str; 6] =
    ["initializeCommand", "onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand", "postAttachCommand"];

/// `${localEnv:X:d}` is `d` when nobody sets it; everything else is known to the editor only.
fn resolve(text: &str) -> Option<Resolved> {
    let (_, after) = text.split_once("${")?;
    let whole = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).filter(|inner| !inner.contains('{'));
    let fallback = whole.and_then(|inner| inner.strip_prefix("localEnv:").or_else(|| inner.strip_prefix("containerEnv:")));
    match fallback.and_then(|inner| inner.split_once(':')) {
        Some((_, default)) => Some(Resolved::plain(Value::text(default))),
        None => after.contains('}').then(Resolved::reference),
    }
}

/// A dev container by its name.
#[must_use]
pub fn fits(path: &str, tree: &Tree, document: NodeId) -> bool {
    matches!(path.rsplit('/').next(), Some("devcontainer.json" | ".devcontainer.json")) && tree.is_map(document)
}

/// Reads one dev container.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    if let Some(entry) = tree.entry(document, "image") {
        image::of_entry(&mut view, entry, parent);
    }
    for key in ["containerEnv", "remoteEnv"] {
        if let Some(node) = tree.get(document, key) {
            view.claims.take(node);
            environment::read(&mut view, node, parent);
        }
    }
    if let Some(entry) = tree.entry(document, "runArgs") {
        invocation::arguments(&mut view, "docker", entry.value, parent);
    }
    if let Some(features) = tree.get(document, "features") {
        for entry in tree.entries(features) {
            let (name, version) = entry.key.rsplit_once(':').unwrap_or((&entry.key, ""));
            // inside the quotes, when nothing in the key is escaped
            let inner = Span { start: entry.key_span.start + 1, end: entry.key_span.end.saturating_sub(1) };
            let verbatim = inner.of(text) == &*entry.key;
            let split = inner.end.saturating_sub(u32::try_from(version.len()).unwrap_or(0));
            let value_span = if verbatim { Span { start: split, end: inner.end } } else { entry.key_span };
            let named = Setting::named(parent, Surface::Dependency, name, Outcome::text(version), entry.key_span, value_span);
            view.emit(named);
        }
    }
    for key in COMMANDS {
        if let Some(node) = tree.get(document, key) {
            command(&mut view, node, parent);
        }
    }
}

/// A text for the shell, a list of words for none, or a mapping of several that run at once.
fn command(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    let tree = view.tree;
    match &tree.node(node).data {
        Data::Scalar(_) => invocation::script(view, node, scope),
        Data::List(_) => invocation::arguments(view, "", node, scope),
        Data::Map(entries) => {
            for entry in entries {
                match &tree.node(entry.value).data {
                    Data::Scalar(_) => invocation::script(view, entry.value, scope),
                    Data::List(_) => invocation::arguments(view, "", entry.value, scope),
                    Data::Map(_) => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::read::by_path;

    #[test]
    fn environment_flags_commands_and_features_are_read() {
        let text = r#"{
  // for developers
  "image": "mcr.microsoft.com/devcontainers/python:3.12",
  "containerEnv": {"A": "1", "B": "${localEnv:B}"},
  "remoteEnv": {"C": "${localEnv:C:d}"},
  "runArgs": ["--network=host", "--privileged", "-e", "D=2"],
  "mounts": ["source=${localEnv:HOME}/.ssh,target=/root/.ssh,type=bind"],
  "forwardPorts": [8000],
  "features": {"ghcr.io/devcontainers/features/docker-in-docker:2": {}},
  "postCreateCommand": "serve --telemetry=off",
  "postStartCommand": {"x": "E=1 other --y", "z": ["third", "--w", "3"]}
}"#;
        let path = ".devcontainer/devcontainer.json";
        let reading = (by_path(path).unwrap().read)(path, text);
        assert_eq!(reading.kinds.first().map(|kind| kind.0), Some("devcontainer"));
        let said: Vec<String> = reading
            .settings
            .iter()
            .filter_map(|setting| setting.names.first().map(|(_, name)| format!("{name}={}", setting.value_span.of(text))))
            .collect();
        for expected in [
            "mcr.microsoft.com/devcontainers/python=\"mcr.microsoft.com/devcontainers/python:3.12\"",
            "A=\"1\"",
            "C=\"${localEnv:C:d}\"",
            "--network=host",
            "--privileged=",
            "D=2",
            "ghcr.io/devcontainers/features/docker-in-docker=2",
            "--telemetry=off",
            "E=1",
            "--w=3",
        ] {
            assert!(said.iter().any(|line| line == expected), "no {expected} in {said:#?}");
        }
        let paths: Vec<String> = reading.settings.iter().map(|setting| reading.path_of(setting)).collect();
        for key in ["mounts", "forwardPorts", "postCreateCommand"] {
            assert!(paths.iter().any(|path| path == key), "{key}");
        }
    }
}
