//! The transcripts of docs/adoption.md, replayed: what a newcomer types, and what comes back.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]
#![cfg(unix)]

mod support;

use std::fs;
use std::path::Path;

use support::{Repo, git, run_program};

const COMPOSE: &str = "services:\n  llm:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n      VLLM_NO_USAGE_STATS: \"1\"\n  app:\n    image: acme/assistant:1.4.0\n    environment:\n      LANGSMITH_TRACING: \"false\"\n";

/// A clone of a project whose server answers under an address of GitHub or GitLab.
fn project(folder: &Path, address: &str) -> std::path::PathBuf {
    let repo = Repo::new();
    repo.write("compose.yaml", COMPOSE).commit("A private assistant");
    git(folder, &["clone", "-q", "--bare", &format!("file://{}", repo.path().display()), "assistant.git"]);
    git(folder, &["clone", "-q", "assistant.git", "assistant"]);
    let clone = folder.join("assistant");
    git(&clone, &["remote", "set-url", "origin", &format!("{address}assistant.git")]);
    git(&clone, &["config", &format!("url.{}/.insteadOf", folder.display()), address]);
    clone
}

/// Types the commands of the page's part under this heading, one after another.
fn replay(heading: &str, address: &str) {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/adoption.md")).unwrap();
    let part = page.split("\n## ").find(|part| part.starts_with(heading)).unwrap_or_else(|| panic!("no part {heading}"));
    let folder = tempfile::tempdir().unwrap();
    let at = project(folder.path(), address);
    let mut typed = 0;
    for block in part.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
        for step in format!("\n{block}").split("\n$ ").skip(1) {
            let (command, expected) = step.split_once('\n').unwrap_or((step, ""));
            let ran = run_program(&at, "bash", &["-c", &format!("exec 2>&1; {command}")], &[("COLUMNS", "100")]);
            let mut rest = ran.out.as_str();
            for piece in expected.trim_end().split("...").map(str::trim).filter(|piece| !piece.is_empty()) {
                let found = rest.find(piece);
                assert!(found.is_some(), "docs/adoption.md, {heading}:\n$ {command}\nexpects\n{piece}\ngot\n{}", ran.out);
                rest = &rest[found.unwrap() + piece.len()..];
            }
            assert!(
                expected.trim_end().ends_with("...") || rest.trim().is_empty(),
                "docs/adoption.md leaves out, after `{command}`:\n{rest}"
            );
            typed += 1;
        }
    }
    assert!(typed >= 5, "only {typed} commands in {heading}");
}

#[test]
fn the_adoption_on_github_goes_as_written() {
    replay("On GitHub", "https://github.com/acme/");
}

#[test]
fn the_adoption_on_gitlab_goes_as_written() {
    replay("On GitLab", "https://gitlab.example.org/acme/");
}
