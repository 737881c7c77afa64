//! Pipelines of DVC: their keys stay plain keys, and two facts join that no single key tells: a stage whose output others take (`feeds`),
//! and one whose input others take as well (`bypassed`).

use super::view::{Dialect, View};
use crate::read::expression;
use crate::read::tree::{Claims, NodeId, Tree};
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::Setting;
use crate::span::Span;
use crate::value::{Outcome, Value};

const DIALECT: Dialect = Dialect { resolve: expression::any, foreign: None, passes_through: false };

/// Every path that is taken is held against every other: beyond so many pairs none is.
const MOST_PAIRS: usize = 4_000_000;

/// Inputs that are no data: what several stages share without taking anything from each other.
const NO_DATA: &[&str] =
    &["py", "pyx", "ipynb", "sh", "r", "jl", "js", "ts", "go", "rs", "cpp", "sql", "yaml", "yml", "toml", "cfg", "ini", "md", "lock"];
const NO_DATA_FOLDERS: &[&str] = &["src", "scripts", "code", "lib", "config", "configs", "conf"];

/// A `dvc.yaml` with stages.
#[must_use]
pub fn fits(path: &str, tree: &Tree, document: NodeId) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "dvc.yaml" | "dvc.yml") && tree.get(document, "stages").is_some_and(|stages| tree.is_map(stages))
}

/// Reads one pipeline.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    let Some((node, outer)) = view.enter_key(document, "stages", parent, ScopeKind::Mapping, "") else { return };
    let entries = tree.entries(node);
    let mut stages: Vec<Stage> = entries.iter().map(|entry| Stage::of(tree, entry.value)).collect();
    let count = |paths: fn(&Stage) -> usize| stages.iter().map(paths).sum::<usize>();
    let taken = count(|stage| stage.deps.len() + 1);
    if taken.saturating_mul(taken + count(|stage| stage.outs.len() + 1)) > MOST_PAIRS {
        stages.clear();
    }
    for (at, entry) in entries.iter().enumerate() {
        if view.spent() {
            return;
        }
        let scope = view.enter(entry, outer, ScopeKind::Mapping, "");
        if let Some(stage) = stages.get(at).filter(|stage| !stage.frozen && !stage.outs.is_empty()) {
            let others = || stages.iter().enumerate().filter(|(other, _)| *other != at).flat_map(|(_, other)| &other.deps);
            if let Some((command, span)) = &stage.command {
                if others().any(|(dep, _)| stage.outs.iter().any(|(out, _)| meets(dep, out))) {
                    view.emit(Setting::keyed(scope, "feeds", command.clone(), *span, *span));
                }
                let own = |dep: &str| is_data(dep) && stage.deps.iter().any(|(mine, _)| meets(dep, mine) && is_data(mine));
                if let Some((_, around)) = others().find(|(dep, _)| own(dep) && !stage.outs.iter().any(|(out, _)| meets(dep, out))) {
                    view.emit(Setting::keyed(scope, "bypassed", command.clone(), *around, *around));
                }
            }
        }
        view.plain(entry.value, scope);
    }
    view.plain(node, outer);
}

/// What a stage runs, takes and gives.
struct Stage<'a> {
    command: Option<(Outcome, Span)>,
    deps: Vec<(&'a str, Span)>,
    outs: Vec<(&'a str, Span)>,
    /// It is kept as it is and not run again.
    frozen: bool,
}

impl<'a> Stage<'a> {
    fn of(tree: &'a Tree, node: NodeId) -> Self {
        // of a stage that stands for many, what each of them does
        let node = tree.get(node, "do").unwrap_or(node);
        let command = tree.get(node, "cmd").and_then(|cmd| {
            let lines = if tree.items(cmd).is_empty() { std::slice::from_ref(&cmd) } else { tree.items(cmd) };
            let lines: Vec<&str> = lines.iter().filter_map(|line| tree.scalar(*line)).map(|line| &*line.text).collect();
            (!lines.is_empty()).then(|| (Outcome::text(lines.join(" && ").as_str()), tree.node(cmd).span))
        });
        let frozen =
            tree.get(node, "frozen").and_then(|frozen| tree.scalar(frozen)).is_some_and(|scalar| scalar.value == Value::Bool(true));
        Self { command, deps: paths(tree, node, "deps"), outs: paths(tree, node, "outs"), frozen }
    }
}

/// The paths of a list; an item with settings of its own is a mapping from its path.
fn paths<'a>(tree: &'a Tree, stage: NodeId, key: &str) -> Vec<(&'a str, Span)> {
    let items = tree.get(stage, key).map_or(&[][..], |list| tree.items(list));
    let path = |item: &NodeId| match tree.scalar(*item) {
        Some(scalar) => Some((plain(&scalar.text), tree.node(*item).span)),
        None => tree.entries(*item).first().map(|entry| (plain(&entry.key), entry.key_span)),
    };
    items.iter().filter_map(path).filter(|(path, _)| !path.is_empty()).collect()
}

fn plain(path: &str) -> &str {
    path.trim_start_matches("./").trim_end_matches('/')
}

/// Whether one path is the other, or lies in it.
fn meets(one: &str, other: &str) -> bool {
    let inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    inside(one, other) || inside(other, one)
}

fn is_data(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let end = name.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase();
    let folder = path.split('/').next().unwrap_or("");
    !NO_DATA.contains(&end.as_str()) && !NO_DATA_FOLDERS.contains(&folder) && !path.starts_with("${")
}

#[cfg(test)]
mod tests {
    /// The facts that join, by stage.
    fn facts(text: &str) -> Vec<String> {
        let reading = crate::read::by_path("dvc.yaml").map(|reader| (reader.read)("dvc.yaml", text)).unwrap();
        let named = |setting: &crate::setting::Setting| {
            let key = setting.key.as_deref().filter(|key| matches!(*key, "feeds" | "bypassed"))?;
            Some(format!("{key} {}", setting.raw))
        };
        reading.settings.iter().filter_map(named).collect()
    }

    #[test]
    fn a_stage_feeds_whoever_takes_its_output() {
        let text = "stages:\n  scrub: {cmd: redact raw clean, deps: [data/raw], outs: [{data/clean: {cache: false}}]}\n  train: {cmd: train, deps: [train.py, ./data/clean/part.csv]}\n";
        assert_eq!(facts(text), ["feeds redact raw clean"]);
        let cut = text.replace("./data/clean/part.csv", "data/raw/part.csv");
        assert_eq!(facts(&cut), ["bypassed data/raw/part.csv"]);
        let frozen = text.replace("outs: [{", "frozen: true, outs: [{");
        assert_eq!(facts(&frozen), [""; 0]);
    }

    #[test]
    fn a_pipeline_with_too_many_paths_tells_no_facts() {
        let deps = |count: usize| (0..count).map(|at| format!("d{at}")).collect::<Vec<_>>().join(", ");
        let with = |count: usize| {
            format!("stages:\n  a: {{cmd: redact, deps: [{}], outs: [o]}}\n  b: {{cmd: train, deps: [o, {}]}}\n", deps(count), deps(count))
        };
        assert_eq!(facts(&with(20)), ["feeds redact", "bypassed d0"]);
        assert_eq!(facts(&with(3_000)), [""; 0]);
    }

    #[test]
    fn programs_and_settings_that_stages_share_are_no_data() {
        let text = "stages:\n  scrub: {cmd: redact raw clean, deps: [src/io, params.yaml, raw.csv], outs: [clean.csv]}\n  plot: {cmd: plot, deps: [src/io, params.yaml, clean.csv]}\n";
        assert_eq!(facts(text), ["feeds redact raw clean"]);
    }

    #[test]
    fn stages_that_stand_for_many_and_several_commands_are_read() {
        let text = "stages:\n  scrub:\n    foreach: [a, b]\n    do:\n      cmd:\n        - echo\n        - redact ${item}\n      deps: ['raw/${item}']\n      outs: ['clean/${item}']\n  train: {cmd: train, deps: [clean]}\n";
        assert_eq!(facts(text).len(), 1);
    }
}
