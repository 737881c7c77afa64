//! A repository gets its gate: what `init` writes and leaves alone, what `doctor` finds in wiring that does not hold.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

mod support;

use std::fs;

use support::{Ran, Repo, WEAK, run};

const SOURCE: &str = "acme/privgate@0123456789abcdef0123456789abcdef01234567";

fn github() -> Repo {
    let repo = Repo::new();
    repo.git(&["remote", "add", "origin", "https://github.com/acme/app.git"]);
    repo.write("compose.yaml", WEAK).commit("app");
    repo
}

// --- init ---

#[test]
fn init_finds_github_and_says_what_it_watches() {
    let repo = github();
    let ran = repo.run(&["init", "--source", SOURCE]).exits(0);
    for words in [
        "written   privgate.yaml",
        "written   .github/workflows/privgate.yml",
        "watched",
        "no change is blamed for them",
        "compose.yaml:5 VLLM_NO_USAGE_STATS",
    ] {
        assert!(ran.out.contains(words), "no `{words}` in {ran:#?}");
    }
    let workflow = fs::read_to_string(repo.join(".github/workflows/privgate.yml")).unwrap();
    assert!(workflow.contains(&format!("uses: {SOURCE}")) && !workflow.contains("OWNER"), "{workflow}");
    assert!(!repo.join(".gitlab-ci.yml").exists() && !repo.join(".git/hooks/pre-push").exists());
    // doctor agrees, and a second run changes nothing
    repo.run(&["doctor"]).exits(0).says("0 errors, 0 warnings");
    repo.commit("the gate");
    repo.run(&["init"]).exits(0).says("is there  privgate.yaml").says("is there  .github/workflows/privgate.yml");
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
    // the gate's own files weaken nothing
    repo.check(&[]).exits(0);
}

#[test]
fn init_finds_gitlab_and_leaves_a_pipeline_alone() {
    let repo = Repo::new();
    repo.git(&["remote", "add", "origin", "git@gitlab.example.org:acme/app.git"]);
    repo.run(&["init", "--source", SOURCE])
        .exits(0)
        .says("written   .gitlab-ci.yml")
        // the gate's own wiring is not counted among what it watches
        .says("Nothing here is known");
    let pipeline = fs::read_to_string(repo.join(".gitlab-ci.yml")).unwrap();
    assert!(pipeline.contains(&format!("component: $CI_SERVER_FQDN/acme/privgate/privgate@{}", &SOURCE[14..])), "{pipeline}");
    repo.run(&["doctor"]).exits(0).says("0 errors, 0 warnings");
    repo.run(&["init"]).exits(0).says("is there  .gitlab-ci.yml");
    // one that is there is added to by hand
    let other = Repo::new();
    other.write(".gitlab-ci.yml", "test:\n  script: [make]\n");
    other.run(&["init"]).exits(2).says("by hand   .gitlab-ci.yml").says("- component:");
    assert_eq!(fs::read_to_string(other.join(".gitlab-ci.yml")).unwrap(), "test:\n  script: [make]\n");
}

#[test]
fn init_writes_what_flags_name_and_nothing_else() {
    let repo = github();
    repo.run(&["init", "--pre-push"]).exits(0);
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
    repo.run(&["init", "--pre-commit"]).exits(0).says("written   .pre-commit-config.yaml");
    assert_eq!(repo.git(&["status", "--porcelain"]), "?? .pre-commit-config.yaml\n");
    repo.run(&["init", "--gitlab"]).exits(0).says("to do");
    assert!(!repo.join(".github").exists());
    repo.write(".pre-commit-config.yaml", "repos: []\n");
    repo.run(&["init", "--pre-commit"]).exits(2).says("by hand");
}

#[test]
fn init_overwrites_nothing_and_follows_no_link() {
    let repo = github();
    repo.write("privgate.yaml", "fail_on: warning\n")
        .write(".github/workflows/gate.yml", "jobs: {a: {steps: [{uses: acme/privgate@v1}]}}\n");
    repo.run(&["init"]).exits(0).says("is there  .github/workflows/gate.yml");
    assert_eq!(fs::read_to_string(repo.join("privgate.yaml")).unwrap(), "fail_on: warning\n");
    assert!(!repo.join(".github/workflows/privgate.yml").exists());
    #[cfg(unix)]
    {
        let other = github();
        std::os::unix::fs::symlink("../outside.yaml", other.join("privgate.yaml")).unwrap();
        // nor is it read through the link: what stands there is no configuration
        other.run(&["init"]).exits(2).says("is there  privgate.yaml").tells("symbolic link");
        assert!(!other.path().parent().unwrap().join("outside.yaml").exists());
        let other = github();
        let outside = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), other.join(".github")).unwrap();
        other.run(&["init", "--github"]).exits(3).tells("is a link");
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
        // nor is a link read that has no end
        std::os::unix::fs::symlink("/dev/zero", other.join(".gitlab-ci.yml")).unwrap();
        other.run(&["doctor"]).exits(1).says("no CI file here runs privgate");
        other.run(&["init", "--gitlab"]).exits(2).says("by hand");
    }
}

#[test]
fn init_says_what_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["init"]).exits(2).tells("git init");
    run(folder.path(), &["doctor"]).exits(2).tells("--repo");
    let repo = Repo::new();
    repo.run(&["init"]).exits(0).says("--github");
    for source in [
        "acme/privgate",
        "acme/privgate@v1",
        "acme/priv gate@0123456789abcdef0123456789abcdef01234567",
        "x@0123456789abcdef0123456789abcdef01234567",
    ] {
        repo.run(&["init", "--source", source]).exits(2).tells("COMMIT");
    }
}

#[test]
fn the_default_branch_is_the_one_that_the_workflow_watches() {
    for (branch, written) in [("trunk", "branches: [trunk]"), ("1.x", "branches: [\"1.x\"]")] {
        let repo = Repo::new();
        repo.git(&["checkout", "-q", "-b", branch]);
        repo.commit("one");
        repo.run(&["init", "--github"]).exits(0);
        let text = fs::read_to_string(repo.join(".github/workflows/privgate.yml")).unwrap();
        assert!(text.contains(written), "{text}");
    }
}

// --- doctor ---

/// `doctor` on the workflow that `init` writes, after one edit.
fn edited(from: &str, to: &str) -> Ran {
    let repo = github();
    repo.run(&["init", "--source", SOURCE]).exits(0);
    let path = repo.join(".github/workflows/privgate.yml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
    repo.run(&["doctor"])
}

#[test]
fn doctor_finds_what_makes_a_workflow_no_gate() {
    let rows: &[(&str, &str, &str)] = &[
        ("  merge_group:\n", "  pull_request_target:\n", "pull_request_target"),
        ("    types: [opened, synchronize, reopened, edited]\n", "    paths: [src/**]\n", "`paths` skips"),
        ("    types: [opened, synchronize, reopened, edited]\n", "    paths-ignore: ['*.md']\n", "`paths-ignore` skips"),
        ("  pull_request:\n", "  issues:\n", "does not run for pull requests"),
        ("    timeout-minutes: 20\n", "    if: github.actor != 'bot'\n", "a job that is skipped counts as passed"),
        ("    timeout-minutes: 20\n", "    continue-on-error: true\n", "passes when the gate fails"),
        ("# the commit of a release\n", "\n        continue-on-error: true\n", "passes when the gate fails"),
        ("# the commit of a release\n", "\n        if: success()\n", "a step that is skipped"),
        (
            "uses: acme/privgate@0123456789abcdef0123456789abcdef01234567",
            "run: privgate check --ci || true",
            "goes on when the check fails",
        ),
        ("uses: acme/privgate@0123456789abcdef0123456789abcdef01234567", "run: privgate check --ci|cat", "goes on when the check fails"),
        (
            "uses: acme/privgate@0123456789abcdef0123456789abcdef01234567",
            "run: '[ -z \"$SKIP\" ] && privgate check --ci'",
            "only under a condition",
        ),
        ("uses: acme/privgate@0123456789abcdef0123456789abcdef01234567", "uses: OWNER/privgate@main", "placeholder"),
        ("# the commit of a release\n", "\n        with: {fail-on: never}\n", "never fails"),
        ("uses: acme/privgate@0123456789abcdef0123456789abcdef01234567", "run: privgate check --ci --fail-on=never", "never fails"),
        ("jobs:\n", "jobs: [\n", "cannot be read"),
    ];
    for (from, to, words) in rows {
        let ran = edited(from, to).exits(1).says(words);
        let line = ran.out.lines().find(|line| line.contains(words)).unwrap().to_owned();
        assert!(line.starts_with("error: .github/workflows/privgate.yml:"), "{line}");
    }
}

#[test]
fn doctor_warns_of_gaps() {
    let rows: &[(&str, &str, &str)] = &[
        ("  merge_group:\n", "", "merge queue"),
        ("fetch-depth: 2", "fetch-depth: 1", "depth 1"),
        ("          fetch-depth: 2\n", "", "depth 1"),
        ("fetch-depth: 2\n", "fetch-depth: 2\n          filter: blob:none\n", "lacks the files' contents"),
        ("permissions:\n  contents: read\n", "", "without `permissions:`"),
        ("contents: read", "contents: write", "may write"),
        ("@0123456789abcdef0123456789abcdef01234567", "@v1", "not pinned"),
        ("    types: [opened, synchronize, reopened, edited]\n", "    branches: [main]\n", "other branches"),
        ("    timeout-minutes: 20\n", "    needs: build\n", "because another one failed"),
    ];
    for (from, to, words) in rows {
        edited(from, to).exits(0).says(words).says("warning: .github/workflows/privgate.yml:");
    }
    // what differs only in form is fine
    edited("on:\n", "\"on\":\n").exits(0).says("0 errors, 0 warnings");
}

#[test]
fn doctor_reads_gitlab_pipelines() {
    let pipeline = |text: &str| {
        let repo = Repo::new();
        repo.write(".gitlab-ci.yml", text);
        repo.run(&["doctor"])
    };
    let include = "include:\n  - component: $CI_SERVER_FQDN/acme/privgate/privgate@0123456789abcdef0123456789abcdef01234567\n";
    pipeline(include).exits(0).says("0 errors, 0 warnings");
    pipeline(&include.replace("0123456789abcdef0123456789abcdef01234567", "1.0")).exits(0).says("not pinned");
    pipeline(&include.replace("acme/privgate/privgate@0123456789abcdef0123456789abcdef01234567", "OWNER/privgate/privgate@COMMIT"))
        .exits(1)
        .says("placeholder");
    pipeline(&format!("{include}privgate:\n  allow_failure: true\n"))
        .exits(1)
        .says("error: .gitlab-ci.yml:4")
        .says("passes when the gate fails");
    pipeline(&format!("{include}privgate:\n  rules:\n    - changes: [src/**]\n")).exits(1).says("`changes:` skips");
    pipeline(&format!("workflow:\n  rules:\n    - if: $CI_COMMIT_BRANCH\n{include}")).exits(1).says("no pipeline runs for merge requests");
    pipeline(&format!("{include}    inputs: {{fail-on: never}}\n")).exits(1).says("error: .gitlab-ci.yml:3").says("never fails");
    pipeline(&format!("{include}    rules: [{{if: $X}}]\n")).exits(1).says("under a condition only");
    pipeline(&format!("{include}privgate:\n  script: [make]\n")).exits(1).says("error: .gitlab-ci.yml:4").says("takes the place");
    pipeline("gate:\n  script: [privgate check --ci --fail-on never]\n").exits(1).says("never fails");
    pipeline("gate:\n  script:\n    - privgate check --ci || true\n").exits(1).says("goes on when the check fails");
    pipeline("gate:\n  script:\n    - privgate check --ci\n  only: [main]\n").exits(0).says("`only:`");
    pipeline("gate:\n  script:\n    - privgate check --ci || exit 1\n").exits(0).says("0 errors, 0 warnings");
}

#[test]
fn doctor_says_when_there_is_no_gate() {
    let repo = Repo::new();
    repo.run(&["doctor"]).exits(1).says("no CI file here runs privgate").says("privgate init");
    repo.write(".github/workflows/ci.yml", "# privgate check\non: push\njobs: {a: {steps: [{run: make}]}}\n");
    repo.run(&["doctor"]).exits(1);
    repo.write("Jenkinsfile", "sh 'privgate check --ci'\n");
    repo.run(&["doctor"]).exits(0);
    // for programs
    let json: serde_json::Value = serde_json::from_str(&repo.run(&["doctor", "--format", "json"]).out).unwrap();
    assert!(json.as_array().unwrap().iter().all(|row| row["level"] == "note"), "{json}");
}

#[test]
fn doctor_knows_of_a_required_check_and_of_the_hook() {
    let repo = github();
    repo.run(&["init", "--source", SOURCE]).exits(0);
    repo.run(&["doctor"])
        .exits(0)
        .says("no file here says that `privgate` is a required check")
        .says("no pre-push hook")
        .says("nobody owns");
    repo.write(
        ".github/settings.yml",
        "branches:\n  - name: main\n    protection:\n      required_status_checks:\n        contexts: [privgate]\n",
    );
    repo.write(".github/CODEOWNERS", "* @acme/privacy\n");
    repo.run(&["init", "--pre-push"]).exits(0);
    repo.run(&["doctor"]).exits(0).says("0 errors, 0 warnings, 0 notes");
}

// --- the manual ---

#[test]
fn completions_and_the_manual_know_every_command() {
    let repo = Repo::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        repo.run(&["completions", shell]).exits(0).says("pre-push").says("explain-base");
    }
    repo.run(&["completions", "tcsh"]).exits(2);
    let man = repo.run(&["man"]).exits(0).out;
    for words in [".TH privgate 1", "PRIVGATE CHECK", "PRIVGATE PRE-PUSH", "PRIVGATE POLICY TEST", "explain\\-base", "Exit codes"] {
        assert!(man.contains(words), "no `{words}` in the manual");
    }
}
