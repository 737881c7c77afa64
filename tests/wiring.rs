//! The wiring that this project ships, run by the programs that it is for: pre-commit, lefthook, husky, GitLab's runner, pip.
//! `.ci/run` installs them into `.ci/tools`; a missing one is a failure, so that nobody takes a check for passed that never ran.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::format_push_string,
    reason = "a test may fail loudly"
)]
#![cfg(feature = "validators")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{Ran, Repo, git, run_program};

const SAFE: &str = "services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n      VLLM_NO_USAGE_STATS: \"1\"\n";
const WEAK: &str = "services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n      VLLM_NO_USAGE_STATS: \"0\"\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn tool(path: &str) -> PathBuf {
    let program = root().join(".ci/tools").join(path);
    assert!(program.exists(), "{} is missing: run .ci/run once", program.display());
    program
}

fn shipped(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// A server with the safe default on `main`, and a clone of it.
fn pair(folder: &Path) -> PathBuf {
    let repo = Repo::new();
    repo.write("compose.yaml", SAFE).commit("safe");
    git(folder, &["clone", "-q", "--bare", &format!("file://{}", repo.path().display()), "server.git"]);
    git(folder, &["clone", "-q", "server.git", "clone"]);
    folder.join("clone")
}

#[track_caller]
fn stopped(ran: &Ran) {
    assert!(ran.code != 0 && format!("{}{}", ran.out, ran.err).contains("compose.yaml:5"), "{ran:#?}");
}

#[track_caller]
fn passed(ran: &Ran) {
    assert_eq!(ran.code, 0, "{ran:#?}");
}

// --- hooks ---

#[test]
fn pre_commit_takes_the_manifest_and_runs_its_hooks() {
    let pre_commit = tool("venv/bin/pre-commit");
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let variables = [("PRE_COMMIT_HOME", home.to_str().unwrap()), ("HOME", folder.path().to_str().unwrap())];
    passed(&run_program(root(), &pre_commit, &["validate-manifest", ".pre-commit-hooks.yaml"], &variables));
    let hooks = Repo::new();
    hooks.write(".pre-commit-hooks.yaml", shipped(".pre-commit-hooks.yaml")).commit("hooks");
    let rev = hooks.git(&["rev-parse", "HEAD"]);
    let clone = pair(folder.path());
    let by_manifest = format!(
        "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: privgate-system\n      - id: privgate-push-system\n",
        hooks.path().display(),
        rev.trim()
    );
    for configuration in [by_manifest, shipped("examples/hooks/pre-commit-config.yaml")] {
        fs::write(clone.join(".pre-commit-config.yaml"), configuration).unwrap();
        git(&clone, &["add", "-A"]);
        git(&clone, &["commit", "-q", "--no-verify", "-m", "hooks"]);
        git(&clone, &["push", "-q", "--no-verify"]);
        passed(&run_program(&clone, &pre_commit, &["install", "-t", "pre-commit", "-t", "pre-push"], &variables));
        fs::write(clone.join("compose.yaml"), WEAK).unwrap();
        stopped(&run_program(&clone, "git", &["commit", "-aqm", "weak"], &variables));
        // past the first hook, the second one still sees it
        git(&clone, &["commit", "-aqm", "weak", "--no-verify"]);
        let ran = run_program(&clone, "git", &["push", "-q", "origin", "main"], &variables);
        stopped(&ran);
        assert!(format!("{}{}", ran.out, ran.err).contains("the others were not checked"), "{ran:#?}");
        fs::write(clone.join("compose.yaml"), SAFE).unwrap();
        passed(&run_program(&clone, "git", &["commit", "-aqm", "safe again"], &variables));
        passed(&run_program(&clone, "git", &["push", "-q", "origin", "main"], &variables));
    }
}

#[test]
fn lefthook_hands_on_what_git_says() {
    let lefthook = tool("node/node_modules/.bin/lefthook");
    let folder = tempfile::tempdir().unwrap();
    let clone = pair(folder.path());
    fs::write(clone.join("lefthook.yml"), shipped("examples/hooks/lefthook.yml")).unwrap();
    let home = [("HOME", folder.path().to_str().unwrap()), ("LEFTHOOK_BIN", lefthook.to_str().unwrap())];
    passed(&run_program(&clone, &lefthook, &["install"], &home));
    pushes_are_judged(&clone, &home);
}

#[test]
fn husky_hands_on_what_git_says() {
    let folder = tempfile::tempdir().unwrap();
    let clone = pair(folder.path());
    let home = [("HOME", folder.path().to_str().unwrap())];
    passed(&run_program(&clone, tool("node/node_modules/.bin/husky"), &[], &home));
    fs::write(clone.join(".husky/pre-push"), shipped("examples/hooks/husky/pre-push")).unwrap();
    pushes_are_judged(&clone, &home);
}

/// Two references in one push, of which the second one got weaker.
fn pushes_are_judged(clone: &Path, variables: &[(&str, &str)]) {
    git(clone, &["checkout", "-q", "-b", "aaa"]);
    git(clone, &["commit", "-q", "--allow-empty", "-m", "quiet"]);
    git(clone, &["checkout", "-q", "-b", "bbb"]);
    fs::write(clone.join("compose.yaml"), WEAK).unwrap();
    git(clone, &["commit", "-q", "--no-verify", "-am", "weak"]);
    stopped(&run_program(clone, "git", &["push", "-q", "origin", "aaa", "bbb"], variables));
    passed(&run_program(clone, "git", &["push", "-q", "origin", "aaa"], variables));
}
