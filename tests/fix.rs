//! Weakened defaults are put back: only their bytes, and only where that settles the finding.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

mod support;

use std::fs;

use support::Repo;

const COMPOSE: &str = "# the stack\nservices:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n      VLLM_NO_USAGE_STATS: \"1\"   # no figures\n      PORT: \"80\"\n";

fn read(repo: &Repo, path: &str) -> String {
    fs::read_to_string(repo.join(path)).unwrap()
}

#[test]
fn a_weakened_value_is_shown_first_and_put_back_when_told_to() {
    let repo = Repo::new();
    repo.write("compose.yaml", COMPOSE).commit("base");
    // another edit of the same file stays
    let weak = COMPOSE.replace("\"1\"", "\"0\"").replace("80", "8080");
    repo.write("compose.yaml", &weak);
    let ran = repo.run(&["fix", "--base", "HEAD"]).exits(0);
    assert!(
        ran.out.contains("-      VLLM_NO_USAGE_STATS: \"0\"   # no figures\n+      VLLM_NO_USAGE_STATS: \"1\"   # no figures\n"),
        "{ran:#?}"
    );
    ran.says("would put back  compose.yaml:6 VLLM_NO_USAGE_STATS").says("--apply");
    assert_eq!(read(&repo, "compose.yaml"), weak);
    repo.run(&["fix", "--base", "HEAD", "--dry-run"]).exits(0);
    assert_eq!(read(&repo, "compose.yaml"), weak);
    repo.run(&["fix", "--base", "HEAD", "--apply"]).exits(0).says("put back  compose.yaml:6");
    assert_eq!(read(&repo, "compose.yaml"), COMPOSE.replace("80", "8080"));
    repo.run(&["check", "--worktree"]).exits(0);
    repo.run(&["fix", "--base", "HEAD", "--apply"]).exits(0).says("nothing to put back");
}

#[test]
fn a_removed_line_comes_back_where_it_was() {
    let repo = Repo::new();
    repo.write("Dockerfile", "FROM vllm/vllm-openai:v0.6.3\nENV VLLM_NO_USAGE_STATS=1\nENV PORT=80\nCMD [\"serve\"]\n").commit("base");
    repo.write("Dockerfile", "FROM vllm/vllm-openai:v0.6.3\nENV PORT=8080\nCMD [\"serve\"]\n");
    repo.run(&["check", "--worktree"]).exits(1);
    repo.run(&["fix", "--base", "HEAD", "--apply"]).exits(0);
    assert_eq!(read(&repo, "Dockerfile"), "FROM vllm/vllm-openai:v0.6.3\nENV VLLM_NO_USAGE_STATS=1\nENV PORT=8080\nCMD [\"serve\"]\n");
}

#[test]
fn several_files_and_line_endings_are_kept() {
    let repo = Repo::new();
    let env = "\u{feff}# größer\r\nLANGSMITH_TRACING=false\r\nLOG_LEVEL=INFO";
    repo.write(".env.example", env).write("compose.yaml", COMPOSE).commit("base");
    repo.git(&["checkout", "-q", "-b", "topic"]);
    repo.write(".env.example", env.replace("false", "true")).write("compose.yaml", COMPOSE.replace("\"1\"", "\"0\"")).commit("weak");
    // the base is found as for check: where the branch left main
    repo.run(&["fix", "--apply"]).exits(0).says(".env.example:2").says("compose.yaml:6");
    assert_eq!((read(&repo, ".env.example").as_str(), read(&repo, "compose.yaml").as_str()), (env, COMPOSE));
    assert_eq!(repo.git(&["diff", "--stat", "main"]), "");
}

#[test]
fn what_has_no_bytes_to_put_back_is_left_to_people() {
    let repo = Repo::new();
    repo.write("compose.yaml", COMPOSE).commit("base");
    let worse = COMPOSE.replace("\"1\"", "\"0\"").replace("    environment", "    privileged: true\n    environment");
    repo.write("compose.yaml", &worse);
    let ran = repo.run(&["fix", "--base", "HEAD", "--apply"]).exits(1).says("by hand").says("privileged");
    assert!(ran.out.contains("put back  compose.yaml:7"), "{ran:#?}");
    assert_eq!(read(&repo, "compose.yaml"), worse.replace("\"0\"", "\"1\""));
    // a file that is gone, and one that broke
    repo.write("compose.yaml", "services: [\n");
    repo.run(&["fix", "--base", "HEAD", "--apply"]).exits(3).says("by hand");
    assert_eq!(read(&repo, "compose.yaml"), "services: [\n");
}

#[test]
#[cfg(unix)]
fn a_link_is_never_written_through() {
    let repo = Repo::new();
    let outside = tempfile::tempdir().unwrap();
    repo.write("compose.yaml", COMPOSE).commit("base");
    let target = outside.path().join("theirs.yaml");
    fs::write(&target, COMPOSE.replace("\"1\"", "\"0\"")).unwrap();
    fs::remove_file(repo.join("compose.yaml")).unwrap();
    std::os::unix::fs::symlink(&target, repo.join("compose.yaml")).unwrap();
    let ran = repo.run(&["fix", "--base", "HEAD", "--apply"]);
    assert!(ran.code != 0, "{ran:#?}");
    assert_eq!(fs::read_to_string(&target).unwrap(), COMPOSE.replace("\"1\"", "\"0\""));
}

#[test]
fn fix_says_what_it_needs() {
    let repo = Repo::new();
    repo.write("compose.yaml", COMPOSE).commit("base");
    repo.run(&["fix", "--base", "no-such-branch"]).exits(2).tells("no-such-branch");
    repo.run(&["fix", "--apply", "--dry-run"]).exits(2);
    let folder = tempfile::tempdir().unwrap();
    support::run(folder.path(), &["fix"]).exits(2).tells("--repo");
    repo.run(&["fix"]).exits(0).says("nothing to put back");
}
