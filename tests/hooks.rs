//! What git tells its pre-push hook, and how that hook gets into a repository: real pushes between real repositories.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{DATE, Ran, Repo, SAFE, WEAK, ZERO, git, run, run_fed, run_program};

/// A server that has `main` with the safe default, and a clone of it.
struct Pair {
    folder: tempfile::TempDir,
    clone: PathBuf,
}

fn pair() -> Pair {
    let repo = Repo::new();
    repo.write("compose.yaml", SAFE).commit("safe");
    let folder = tempfile::tempdir().unwrap();
    let from = format!("file://{}", repo.path().display());
    git(folder.path(), &["clone", "-q", "--bare", &from, "server.git"]);
    git(folder.path(), &["clone", "-q", "server.git", "clone"]);
    let clone = folder.path().join("clone");
    Pair { folder, clone }
}

impl Pair {
    fn git(&self, arguments: &[&str]) -> String {
        git(&self.clone, arguments).trim().to_owned()
    }

    /// Writes compose.yaml, commits, and gives the commit's id.
    fn commit(&self, text: &str, message: &str) -> String {
        fs::write(self.clone.join("compose.yaml"), text).unwrap();
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// The hook's command with these lines on standard input.
    fn told(&self, lines: &str) -> Ran {
        let url = self.folder.path().join("server.git");
        run_fed(&self.clone, &["pre-push", "origin", url.to_str().unwrap(), "--date", DATE, "--explain-base"], &[], lines)
    }

    fn push(&self, arguments: &[&str]) -> Ran {
        run_program(&self.clone, "git", &[&["push", "-q"], arguments].concat(), &[])
    }
}

// --- git's protocol ---

#[test]
fn a_push_that_weakens_is_stopped_and_one_that_does_not_passes() {
    let pair = pair();
    let safe = pair.git(&["rev-parse", "HEAD"]);
    let weak = pair.commit(WEAK, "weak");
    let line = |local: &str, remote: &str| format!("refs/heads/main {local} refs/heads/main {remote}\n");
    let ran = pair.told(&line(&weak, &safe)).exits(1).says("compose.yaml:5").tells("stopped this push");
    assert!(ran.err.contains(&format!("base: {safe}")) && ran.err.contains(&format!("head: {weak}")), "{ran:#?}");
    pair.told(&line(&safe, &weak)).exits(0);
    pair.told(&line(&weak, &weak)).exits(0).says("the server has it already");
    pair.told("").exits(0);
    // a commit that is not there cannot be judged
    pair.told(&line(&"2".repeat(40), &safe)).exits(3).says("is not in this repository");
}

#[test]
fn every_reference_is_judged_and_the_worst_one_decides() {
    let pair = pair();
    let safe = pair.git(&["rev-parse", "HEAD"]);
    let quiet = pair.commit(&format!("# words\n{SAFE}"), "quiet");
    let weak = pair.commit(WEAK, "weak");
    let lines = format!(
        "refs/heads/main {quiet} refs/heads/main {safe}\n(delete) {ZERO} refs/heads/old {safe}\nrefs/heads/two {weak} refs/heads/two {safe}\n\
         refs/heads/again {weak} refs/heads/again {safe}\n"
    );
    pair.told(&lines)
        .exits(1)
        .says("refs/heads/old: nothing to compare, it is deleted")
        .says("refs/heads/two:")
        .says("refs/heads/again: the same commits as above");
    // a reference that cannot be decided does not hide one that got weaker
    let unknown = "1".repeat(40);
    git(&pair.clone, &["update-ref", "-d", "refs/remotes/origin/main"]);
    git(&pair.clone, &["remote", "set-head", "origin", "--delete"]);
    git(&pair.clone, &["branch", "-m", "main", "work"]);
    let lines = format!("HEAD {quiet} refs/heads/x {unknown}\nHEAD {weak} refs/heads/two {safe}\n");
    pair.told(&lines).exits(1).shows(&format!("git fetch origin {unknown}"));
    pair.told(&format!("HEAD {quiet} refs/heads/x {unknown}\n")).exits(3).shows(&format!("git fetch origin {unknown}"));
}

#[test]
fn a_new_branch_is_compared_with_where_it_left_the_default_branch() {
    let pair = pair();
    pair.git(&["checkout", "-q", "-b", "topic"]);
    let safe = pair.git(&["rev-parse", "HEAD"]);
    let line = |id: &str| format!("refs/heads/topic {id} refs/heads/topic {ZERO}\n");
    pair.told(&line(&safe)).exits(0).says("holds nothing that origin/main does not have");
    let weak = pair.commit(WEAK, "weak");
    pair.told(&line(&weak)).exits(1).tells("the merge-base with the default branch origin/main");
    // the same as a tag of its own
    pair.git(&["tag", "-a", "v1", "-m", "one"]);
    let tag = pair.git(&["rev-parse", "refs/tags/v1"]);
    pair.told(&format!("refs/tags/v1 {tag} refs/tags/v1 {ZERO}\n")).exits(1);
    // a tag of a folder or a file is nothing to compare
    let tree = pair.git(&["rev-parse", "HEAD^{tree}"]);
    pair.told(&format!("refs/tags/t {tree} refs/tags/t {ZERO}\n")).exits(0).says("it is no commit");
}

#[test]
fn what_came_from_the_default_branch_is_not_held_against_a_branch_that_merges_it() {
    let pair = pair();
    pair.git(&["checkout", "-q", "-b", "topic"]);
    let before = pair.commit(&format!("# mine\n{SAFE}"), "mine");
    // main got weaker meanwhile, was judged there, and topic merges it
    pair.git(&["checkout", "-q", "main"]);
    pair.commit(WEAK, "accepted");
    pair.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    pair.git(&["checkout", "-q", "topic"]);
    pair.git(&["merge", "-q", "-X", "theirs", "-m", "merge", "main"]);
    let merged = pair.git(&["rev-parse", "HEAD"]);
    pair.told(&format!("refs/heads/topic {merged} refs/heads/topic {before}\n")).exits(0).tells("newer work of origin/main");
    // its own weakening on top is still its own
    let worse = pair.commit(&WEAK.replace("v0.6.3", "v0.6.3\n    privileged: true"), "worse");
    pair.told(&format!("refs/heads/topic {worse} refs/heads/topic {before}\n")).exits(1).says("privileged");
}

#[test]
fn a_commit_of_the_server_that_the_clone_lacks_is_replaced_by_what_is_known() {
    let pair = pair();
    let weak = pair.commit(WEAK, "weak");
    let unknown = "1".repeat(40);
    pair.told(&format!("HEAD {weak} refs/heads/main {unknown}\n")).exits(1).tells("that this clone lacks: the merge-base with origin/main");
}

#[test]
fn the_local_name_may_be_any_expression() {
    let pair = pair();
    let safe = pair.git(&["rev-parse", "HEAD"]);
    let weak = pair.commit(WEAK, "weak");
    pair.told(&format!("HEAD@{{1 day ago}} {weak} refs/heads/main {safe}\n")).exits(1).says("refs/heads/main:");
}

#[test]
fn object_names_may_have_64_digits() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q", "-b", "main", "--object-format=sha256"]);
    let mut ids = Vec::new();
    for text in [SAFE, WEAK] {
        fs::write(folder.path().join("compose.yaml"), text).unwrap();
        git(folder.path(), &["add", "-A"]);
        git(folder.path(), &["commit", "-q", "-m", "x"]);
        ids.push(git(folder.path(), &["rev-parse", "HEAD"]).trim().to_owned());
    }
    assert_eq!(ids[0].len(), 64);
    let told = |line: String| run_fed(folder.path(), &["pre-push", "origin", "x"], &[], &line);
    told(format!("refs/heads/main {} refs/heads/main {}\n", ids[1], ids[0])).exits(1).says("compose.yaml:5");
    told(format!("refs/heads/main {} refs/heads/main {}\n", ids[0], "0".repeat(64))).exits(0).says("first push");
    told(format!("(delete) {} refs/heads/main {}\n", "0".repeat(64), ids[0])).exits(0);
}

#[test]
fn what_git_never_says_is_refused() {
    let pair = pair();
    for line in ["hello", "a b c d", "refs/heads/main 12 refs/heads/main 34", "\u{1b}[31m x y z"] {
        let ran = pair.told(&format!("{line}\n")).exits(2).tells("pre-push protocol");
        assert!(!ran.err.contains('\u{1b}'), "{ran:#?}");
    }
    run(Path::new("/"), &["pre-push"]).exits(2);
}

// --- installed ---

#[test]
fn the_installed_hook_stops_a_real_push() {
    let pair = pair();
    run(&pair.clone, &["init", "--pre-push"]).exits(0).says("pre-push");
    // a second time changes nothing
    let hook = pair.clone.join(".git/hooks/pre-push");
    let text = fs::read(&hook).unwrap();
    run(&pair.clone, &["init", "--pre-push"]).exits(0).says("is there");
    assert_eq!(fs::read(&hook).unwrap(), text);
    pair.commit(WEAK, "weak");
    let ran = pair.push(&["origin", "main"]);
    assert_ne!(ran.code, 0, "{ran:#?}");
    assert!(format!("{}{}", ran.out, ran.err).contains("compose.yaml:5"), "{ran:#?}");
    let server = pair.folder.path().join("server.git");
    assert_eq!(git(&server, &["log", "--format=%s", "main"]).trim(), "safe");
    // a new branch, a deletion and several at once
    let ran = pair.push(&["origin", "HEAD:refs/heads/other"]);
    assert_ne!(ran.code, 0, "{ran:#?}");
    pair.commit(SAFE, "safe again");
    for arguments in [&["origin", "main", "HEAD:refs/heads/other"][..], &["origin", ":other"], &["origin", "--tags"]] {
        let ran = pair.push(arguments);
        assert_eq!(ran.code, 0, "{ran:#?}");
    }
    assert_eq!(git(&server, &["log", "-1", "--format=%s", "main"]).trim(), "safe again");
}

#[test]
#[cfg(unix)]
fn the_hook_fails_where_the_program_is_missing() {
    let pair = pair();
    run(&pair.clone, &["init", "--pre-push"]).exits(0);
    let hook = pair.clone.join(".git/hooks/pre-push");
    let out = std::process::Command::new("/bin/sh").arg(hook).env("PATH", "/nonexistent").output().unwrap();
    assert_eq!(out.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&out.stderr).contains("was not checked"));
}

#[test]
fn a_hook_that_is_there_stays_as_it_is() {
    let pair = pair();
    let hook = pair.clone.join(".git/hooks/pre-push");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\n# privgate pre-push would be nice\nexit 0\n").unwrap();
    run(&pair.clone, &["init", "--pre-push"]).exits(2).says("by hand").says("privgate pre-push \"$@\"");
    assert!(fs::read_to_string(&hook).unwrap().ends_with("exit 0\n"));
    // with the line added by hand it counts
    fs::write(&hook, "#!/bin/sh\nprivgate pre-push \"$@\" || exit $?\nexit 0\n").unwrap();
    run(&pair.clone, &["init", "--pre-push"]).exits(0).says("is there");
    // a dangling link is something, too
    fs::remove_file(&hook).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../nowhere", &hook).unwrap();
        run(&pair.clone, &["init", "--pre-push"]).exits(2).says("by hand");
        assert!(hook.symlink_metadata().unwrap().is_symlink() && !pair.clone.join(".git/nowhere").exists());
    }
}

#[test]
fn a_folder_of_hooks_is_respected() {
    let pair = pair();
    // inside the repository: the hook goes there
    pair.git(&["config", "core.hooksPath", ".githooks"]);
    run(&pair.clone, &["init", "--pre-push"]).exits(0).says(".githooks/pre-push");
    assert!(pair.clone.join(".githooks/pre-push").exists() && !pair.clone.join(".git/hooks/pre-push").exists());
    // husky writes the folder that git looks into; people write the one above it
    pair.git(&["config", "core.hooksPath", ".husky/_"]);
    run(&pair.clone, &["init", "--pre-push"]).exits(0).says(".husky/pre-push");
    assert!(pair.clone.join(".husky/pre-push").exists());
    // somewhere else: it serves other repositories too and is left alone
    let elsewhere = pair.folder.path().join("hooks-of-everybody");
    pair.git(&["config", "core.hooksPath", elsewhere.to_str().unwrap()]);
    run(&pair.clone, &["init", "--pre-push"]).exits(2).says("core.hooksPath");
    assert!(!elsewhere.exists());
    assert_eq!(pair.git(&["config", "core.hooksPath"]), elsewhere.to_str().unwrap());
}

#[test]
fn programs_that_write_hooks_keep_their_own_file() {
    for (file, word) in [(".pre-commit-config.yaml", "id: privgate"), ("lefthook.yml", "use_stdin: true")] {
        let pair = pair();
        fs::write(pair.clone.join(file), "# mine\n").unwrap();
        run(&pair.clone, &["init", "--pre-push"]).exits(2).says(file).says(word);
        assert_eq!(fs::read_to_string(pair.clone.join(file)).unwrap(), "# mine\n");
        assert!(!pair.clone.join(".git/hooks/pre-push").exists());
        // once it is there, there is nothing to add
        fs::write(pair.clone.join(file), "# mine\nentry: privgate check\n").unwrap();
        run(&pair.clone, &["init", "--pre-push"]).exits(0).says("is there");
    }
}

#[test]
fn linked_work_trees_share_the_hook() {
    let pair = pair();
    let linked = pair.folder.path().join("linked");
    pair.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "-b", "topic"]);
    run(&linked, &["init", "--pre-push"]).exits(0);
    assert!(pair.clone.join(".git/hooks/pre-push").exists());
    fs::write(linked.join("compose.yaml"), WEAK).unwrap();
    git(&linked, &["commit", "-q", "-am", "weak"]);
    let ran = run_program(&linked, "git", &["push", "-q", "origin", "topic"], &[]);
    assert_ne!(ran.code, 0, "{ran:#?}");
}
