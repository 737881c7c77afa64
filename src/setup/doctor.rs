//! What can go wrong with the gate's wiring, as far as files tell: filters that skip it, events it does not see, rights it does not need.

mod github;
mod gitlab;

use std::path::Path;

use super::{hook, is_there};
use crate::read::lens::gate;
use crate::read::tree::{NodeId, Tree};
use crate::span::{LineIndex, Span};

/// How bad a piece of advice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The gate does not hold.
    Error,
    /// It holds, with a gap.
    Warning,
    /// Good to know.
    Note,
}

impl Level {
    /// The word that is printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One piece of advice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Advice {
    /// How bad.
    pub level: Level,
    /// The file, relative to the repository's root.
    pub file: String,
    /// The line, from 1; 0 where it is about the whole file.
    pub line: u32,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: String,
}

/// One file of wiring under inspection.
struct Wiring<'a> {
    file: String,
    text: &'a str,
    tree: &'a Tree,
    lines: LineIndex,
}

impl<'a> Wiring<'a> {
    fn new(file: String, text: &'a str, tree: &'a Tree) -> Self {
        Self { file, text, tree, lines: LineIndex::new(text) }
    }

    fn advice(&self, level: Level, span: Span, what: impl Into<String>, fix: impl Into<String>) -> Advice {
        let line = self.lines.locate(self.text, span.start).line;
        Advice { level, file: self.file.clone(), line, what: what.into(), fix: fix.into() }
    }

    /// The scalar texts at and below a node; nothing below a hundred levels is wiring.
    fn texts(&self, id: NodeId) -> Vec<(&'a str, Span)> {
        let mut found = Vec::new();
        let mut open = vec![(id, 0)];
        while let Some((id, depth)) = open.pop() {
            let node = self.tree.node(id);
            if let Some(scalar) = self.tree.scalar(id) {
                found.push((&*scalar.text, node.span));
            }
            if depth < 100 {
                open.extend(self.tree.items(id).iter().map(|item| (*item, depth + 1)));
                open.extend(self.tree.entries(id).iter().map(|entry| (entry.value, depth + 1)));
            }
        }
        found.sort_by_key(|(_, span)| span.start);
        found
    }
}

/// Whether the words of a script run the check.
fn runs_check(script: &str) -> bool {
    gate::asked(script).is_some()
        || script.lines().map(str::trim_start).any(|line| !line.starts_with('#') && line.contains("privgate check"))
}

/// Whether a script lets the check fail without failing itself.
fn swallows(script: &str) -> bool {
    gate::asked(script).is_some_and(|(ignored, _)| ignored)
}

/// Whether a script comes to the check only where something holds.
fn asks_before(script: &str) -> bool {
    gate::asked(script).is_some_and(|(_, conditional)| conditional)
}

/// Whether a flag or an input lets every finding pass.
fn never_fails(script: &str) -> bool {
    ["--fail-on never", "--fail-on=never"].iter().any(|flag| script.contains(flag))
}

/// What is said of a script that comes to the check only at times, and what to do.
const ASKS: (&str, &str) = ("the script comes to the check only under a condition", "run it whatever the change is");

/// What is said of a gate that never fails, and what to do.
const NEVER: (&str, &str) = ("it never fails, whatever it finds", "remove `fail-on`, or write `error`");

/// Inspects a repository's wiring, worst first.
#[must_use]
pub fn inspect(root: &Path) -> Vec<Advice> {
    let mut all = Vec::new();
    let gates = github::inspect(root, &mut all) + gitlab::inspect(root, &mut all) + elsewhere(root);
    if gates == 0 {
        all.push(Advice {
            level: Level::Error,
            file: ".".to_string(),
            line: 0,
            what: "no CI file here runs privgate".to_string(),
            fix: "run `privgate init --github` or `privgate init --gitlab`".to_string(),
        });
    }
    about_the_clone(root, &mut all);
    all.sort();
    all.dedup();
    all
}

/// CI files of other programs that run the check: they count, and are not looked into.
fn elsewhere(root: &Path) -> usize {
    let files = [
        "Jenkinsfile",
        "azure-pipelines.yml",
        "bitbucket-pipelines.yml",
        ".circleci/config.yml",
        ".buildkite/pipeline.yml",
        ".woodpecker.yml",
        ".drone.yml",
    ];
    files.iter().filter(|file| crate::setup::read(&root.join(file)).is_some_and(|text| runs_check(&text))).count()
}

/// What concerns this clone and the repository as a whole.
fn about_the_clone(root: &Path, all: &mut Vec<Advice>) {
    let mut note = |file: &str, what: &str, fix: &str| {
        all.push(Advice { level: Level::Note, file: file.to_string(), line: 0, what: what.to_string(), fix: fix.to_string() });
    };
    let managed = [".pre-commit-config.yaml", "lefthook.yml", "lefthook.yaml"];
    let managed = managed.iter().any(|file| crate::setup::read(&root.join(file)).is_some_and(|text| text.contains("privgate")));
    if !managed && hook::find(root).is_ok_and(|hook| !hook::is_installed(&hook)) {
        note(".git", "this clone has no pre-push hook that runs privgate", "run `privgate init --pre-push` to hear of it before CI does");
    }
    let owners = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];
    if !owners.iter().any(|file| is_there(&root.join(file))) {
        note("CODEOWNERS", "nobody owns the gate's files", "name owners for privgate.yaml, privgate-waivers.yaml and the CI files");
    }
}
