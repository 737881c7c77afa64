//! Azure Pipelines: variables at every level, stages and jobs, the images they run on, and what their steps run.

use super::view::{Dialect, View, relative};
use super::{environment, image, invocation};
use crate::read::expression::Resolved;
use crate::read::tree::{Claims, Data, Entry, NodeId, Tree};
use crate::reading::{LinkKind, Reading};
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::Outcome;

/// What only the run knows is written `$(x)`, `$[x]` and `${{ x }}`.
const DIALECT: Dialect = Dialect { resolve: variable, foreign: Some("${{"), passes_through: false };

fn variable(text: &str) -> Option<Resolved> {
    ["$(", "$[", "${{"].iter().any(|mark| text.contains(mark)).then(Resolved::reference)
}

/// A pipeline by its name or place.
#[must_use]
pub fn fits(path: &str, tree: &Tree, document: NodeId) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let Some((stem, "yml" | "yaml")) = name.rsplit_once('.') else { return false };
    let folder = |folder: &str| path.starts_with(&format!("{folder}/")) || path.contains(&format!("/{folder}/"));
    let placed = stem.contains("azure-pipeline") || folder(".azure-pipelines") || folder("azure-pipelines") || folder(".azuredevops");
    placed && ["steps", "jobs", "stages", "variables"].iter().any(|key| tree.get(document, key).is_some())
}

/// Reads one pipeline or template.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    level(&mut view, document, parent, 0);
    if let Some(list) = tree.at(document, &["resources", "containers"]) {
        for (index, item) in tree.items(list).iter().enumerate() {
            if let Some(entry) = tree.entry(*item, "image") {
                let name = tree.text(*item, "container").map_or_else(|| index.to_string(), ToOwned::to_owned);
                let inner = view.item(*item, parent, ScopeKind::Service, &name, ("containers", index));
                image::of_entry(&mut view, entry, inner);
            }
        }
    }
}

/// What a pipeline, a stage and a job have alike. Recursive, but a stage has jobs, a job has steps, and there it ends.
fn level(view: &mut View<'_>, node: NodeId, scope: ScopeId, depth: u8) {
    let tree = view.tree;
    if let Some(entry) = tree.entry(node, "variables") {
        variables(view, entry, scope);
    }
    if let Some(entry) = tree.entry(node, "container") {
        match tree.entry(entry.value, "image") {
            Some(image) => {
                let inner = view.enter(entry, scope, ScopeKind::Mapping, "");
                image::of_entry(view, image, inner);
                env(view, entry.value, scope);
                view.plain(entry.value, inner);
            }
            // a name without a tag or folder is one of `resources.containers`
            None if tree.scalar(entry.value).is_some_and(|scalar| scalar.text.contains([':', '/'])) => {
                image::of_node(view, entry.value, entry.key_span, scope);
            }
            None => {}
        }
    }
    steps(view, node, "steps", scope);
    if depth > 3 {
        return;
    }
    for (key, kind) in [("stages", ScopeKind::Stage), ("jobs", ScopeKind::Job)] {
        let Some(list) = tree.get(node, key).filter(|list| matches!(tree.node(*list).data, Data::List(_))) else { continue };
        view.claims.take(list);
        for (index, item) in tree.items(list).iter().enumerate() {
            if view.spent() {
                return;
            }
            let name = ["stage", "job", "deployment", "template"].iter().find_map(|key| tree.text(*item, key));
            let name = name.map_or_else(|| index.to_string(), ToOwned::to_owned);
            let inner = view.item(*item, scope, kind, &name, (key, index));
            template(view, *item, inner);
            level(view, *item, inner, depth + 1);
            deployment(view, *item, inner);
            view.plain(*item, inner);
        }
    }
}

/// `strategy: {runOnce: {deploy: {steps: [...]}}}`.
fn deployment(view: &mut View<'_>, job: NodeId, scope: ScopeId) {
    let tree = view.tree;
    let Some(strategy) = tree.get(job, "strategy") else { return };
    for kind in tree.entries(strategy) {
        for hook in tree.entries(kind.value) {
            steps(view, hook.value, "steps", scope);
        }
    }
}

/// `KEY: v`, or a list of `{name: KEY, value: v}`, `{group: g}` and `{template: path}`.
fn variables(view: &mut View<'_>, entry: &Entry, scope: ScopeId) {
    let tree = view.tree;
    match &tree.node(entry.value).data {
        Data::Map(_) => {
            view.claims.take(entry.value);
            environment::read(view, entry.value, scope);
        }
        Data::List(items) => {
            for item in items {
                template(view, *item, scope);
            }
            environment::read(view, entry.value, scope);
        }
        Data::Scalar(_) => {}
    }
}

fn env(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    if let Some(env) = view.tree.get(node, "env") {
        view.claims.take(env);
        environment::read(view, env, scope);
    }
}

/// `template: path` of the same repository.
fn template(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    if let Some(named) = view.tree.get(node, "template") {
        view.link(scope, named, LinkKind::Extends, |to| if to.contains(['@', '$']) { None } else { relative(to) });
    }
}

/// `script:` and its relatives, `task: Name@1`.
fn steps(view: &mut View<'_>, node: NodeId, key: &str, scope: ScopeId) {
    let tree = view.tree;
    let Some(list) = tree.get(node, key).filter(|list| matches!(tree.node(*list).data, Data::List(_))) else { return };
    view.claims.take(list);
    for (index, step) in tree.items(list).iter().enumerate() {
        if view.spent() {
            return;
        }
        let name = ["name", "displayName", "task"].iter().find_map(|key| tree.text(*step, key));
        let name = name.map_or_else(|| index.to_string(), ToOwned::to_owned);
        let inner = view.item(*step, scope, ScopeKind::Step, &name, (key, index));
        env(view, *step, inner);
        template(view, *step, inner);
        for entry in tree.entries(*step) {
            match &*entry.key {
                "script" | "bash" | "pwsh" | "powershell" => script(view, entry.value, inner),
                "task" => task(view, entry, *step, inner),
                _ => {}
            }
        }
        view.plain(*step, inner);
    }
}

fn script(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    view.claims.take(node);
    invocation::script(view, node, scope);
}

/// `task: Bash@3` with `inputs: {script: ...}`: the task is a dependency at its version.
fn task(view: &mut View<'_>, entry: &Entry, step: NodeId, scope: ScopeId) {
    let Some(text) = view.written(entry.value).map(|scalar| scalar.text.clone()) else { return };
    let (name, version) = text.split_once('@').unwrap_or((&text, ""));
    let name_span = view.part(entry.value, 0, name.len());
    let value_span: Span = view.part(entry.value, text.len() - version.len(), text.len());
    view.emit(Setting::named(scope, Surface::Dependency, name, Outcome::text(version), name_span, value_span));
    let inline = view.tree.at(step, &["inputs", "script"]).or_else(|| view.tree.at(step, &["inputs", "inlineScript"]));
    if let Some(node) = inline.filter(|_| name.contains("Bash") || name.contains("CmdLine") || name.contains("CLI")) {
        script(view, node, scope);
    }
}

#[cfg(test)]
mod tests {
    use crate::read::lens::sample::read;
    use crate::setting::Surface;

    #[test]
    fn variables_images_and_steps_are_read_at_every_level() {
        let sample = read(
            "azure-pipelines.yml",
            "trigger: [main]
pool: {vmImage: ubuntu-22.04}
variables:
  - group: secrets
  - name: A
    value: '1'
stages:
  - stage: build
    variables: {B: $(other)}
    jobs:
      - job: test
        pool: {vmImage: windows-latest}
        container: {image: 'python:3.12', env: {C: x}}
        steps:
          - script: |
              serve --log-prompts=true --to $(host)
            displayName: run it
            env: {D: y}
          - task: Bash@3
            inputs: {targetType: inline, script: 'tool --z 1'}
      - deployment: prod
        strategy: {runOnce: {deploy: {steps: [{bash: 'E=2 go --now'}]}}}
",
        );
        assert_eq!(sample.kinds(), ["azure-pipelines", "yaml"]);
        let mut variables = sample.on(Surface::Env);
        variables.sort();
        assert_eq!(variables, ["A = 1", "job test: C = x", "stage build: B = (reference)", "step 0: E = 2", "step run it: D = y"]);
        assert_eq!(sample.at("pool.vmImage"), "ubuntu-22.04 <ubuntu-22.04>");
        assert_eq!(sample.at("stages[0].jobs[0].pool.vmImage"), "windows-latest <windows-latest>");
        assert_eq!(sample.on(Surface::Image), ["job test: python = python:3.12"]);
        assert_eq!(sample.source("--log-prompts"), ("--log-prompts", "true"));
        assert_eq!(sample.source("Bash"), ("Bash", "3"));
        assert_eq!(sample.source("--z"), ("--z", "1"));
    }
}
