//! Which commits are compared, seen from the outside: every program that runs checks, with its events as it really writes them, on
//! clones as it really makes them.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

mod support;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::{DATE, Ran, Repo, SAFE, WEAK, ZERO, git, run_with};

/// A server: `main` at `two`, `topic` (which weakens a default) on top of `one`, and their test merge under the names that GitHub,
/// GitLab and Azure use. Commit `two` adds another service, which a wrong base would show as removed.
struct Server {
    repo: Repo,
    folder: tempfile::TempDir,
    one: String,
    two: String,
    change: String,
    merge: String,
}

const OTHER: &str = "ANONYMIZED_TELEMETRY=False\n";

fn server() -> Server {
    let repo = Repo::new();
    repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let one = repo.write("compose.yaml", SAFE).commit("one");
    repo.git(&["checkout", "-q", "-b", "topic"]);
    let change = repo.write("compose.yaml", WEAK).commit("change");
    repo.git(&["checkout", "-q", "main"]);
    let two = repo.write("chroma/.env.example", OTHER).commit("two");
    repo.git(&["checkout", "-q", "--detach"]);
    repo.git(&["merge", "-q", "--no-ff", "-m", "Merge topic into main", "topic"]);
    let merge = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    for name in ["refs/pull/7/merge", "refs/merge-requests/7/merge", "refs/heads/gh-readonly-queue/main/pr-7"] {
        repo.git(&["update-ref", name, "HEAD"]);
    }
    repo.git(&["update-ref", "refs/pull/7/head", "topic"]);
    repo.git(&["checkout", "-q", "main"]);
    Server { repo, folder: tempfile::tempdir().unwrap(), one, two, change, merge }
}

impl Server {
    /// A checkout as actions/checkout and its relatives make it: one reference, so deep, detached.
    fn checkout(&self, reference: &str, depth: u32) -> PathBuf {
        let to = self.folder.path().join(format!("checkout{}", std::fs::read_dir(self.folder.path()).unwrap().count()));
        std::fs::create_dir(&to).unwrap();
        git(&to, &["init", "-q", "-b", "main"]);
        git(&to, &["remote", "add", "origin", &format!("file://{}", self.repo.path().display())]);
        let depth = format!("--depth={depth}");
        git(&to, &["fetch", "-q", "--no-tags", &depth, "origin", &format!("+{reference}:refs/remotes/ci/head")]);
        git(&to, &["checkout", "-q", "--detach", "refs/remotes/ci/head"]);
        to
    }

    /// A complete clone with a branch or commit checked out, detached as CI has it.
    fn complete(&self, at: &str) -> PathBuf {
        let to = self.folder.path().join(format!("complete{}", std::fs::read_dir(self.folder.path()).unwrap().count()));
        git(self.folder.path(), &["clone", "-q", &format!("file://{}", self.repo.path().display()), to.to_str().unwrap()]);
        git(&to, &["fetch", "-q", "origin", "+refs/pull/*:refs/remotes/pull/*"]);
        git(&to, &["checkout", "-q", "--detach", at]);
        to
    }

    /// A `pull_request` payload with the members that GitHub sends (those that anything here could read).
    fn pull_request(&self) -> Value {
        let repository = repository();
        json!({
            "action": "synchronize", "number": 7, "before": self.one, "after": self.change,
            "pull_request": {
                "number": 7, "state": "open", "draft": false, "merged": false, "mergeable": null, "merge_commit_sha": self.merge,
                "head": {"label": "acme:topic", "ref": "topic", "sha": self.change, "repo": repository},
                // not the merge-base, and not current: it says where main was when the branch was pushed
                "base": {"label": "acme:main", "ref": "main", "sha": self.one, "repo": repository},
                "commits": 1, "additions": 1, "deletions": 1, "changed_files": 1,
            },
            "repository": repository, "sender": {"login": "ada", "id": 1, "type": "User"},
        })
    }

    fn push(branch: &str, before: &str, after: &str) -> Value {
        json!({
            "ref": format!("refs/heads/{branch}"), "before": before, "after": after, "base_ref": null,
            "created": before == ZERO, "deleted": after == ZERO, "forced": false,
            "compare": "https://github.com/acme/app/compare/a...b", "commits": [], "head_commit": null,
            "repository": repository(), "pusher": {"name": "ada", "email": "ada@example.org"}, "sender": {"login": "ada"},
        })
    }
}

fn repository() -> Value {
    json!({"id": 1, "name": "app", "full_name": "acme/app", "private": false, "fork": false, "default_branch": "main",
           "clone_url": "https://github.com/acme/app.git", "owner": {"login": "acme"}})
}

/// Runs `check` in a job of GitHub Actions.
fn actions(at: &Path, event: &str, payload: &Value, variables: &[(&str, &str)], more: &[&str]) -> Ran {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), payload.to_string()).unwrap();
    let mut all = vec![
        ("CI", "true"),
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", event),
        ("GITHUB_EVENT_PATH", file.path().to_str().unwrap()),
        ("GITHUB_REPOSITORY", "acme/app"),
        ("GITHUB_SERVER_URL", "https://github.example.org"),
    ];
    all.extend(variables);
    job(at, &all, more)
}

/// Runs `check --ci` in a job with these variables.
fn job(at: &Path, variables: &[(&str, &str)], more: &[&str]) -> Ran {
    run_with(at, &[&["check", "--ci", "--explain-base", "--date", DATE], more].concat(), variables)
}

/// The two commits that a run says it compares.
#[track_caller]
fn compares(ran: &Ran, base: &str, head: &str) {
    assert!(ran.err.contains(&format!("base: {base}\n")), "base is not {base}: {ran:#?}");
    assert!(ran.err.contains(head), "head is not {head}: {ran:#?}");
}

/// It weakened one default, and nothing else is blamed on it.
#[track_caller]
fn blames_only_the_change(ran: &Ran) {
    assert!(ran.code == 1 && ran.out.contains("compose.yaml:5") && !ran.out.contains("chroma"), "{ran:#?}");
}

// --- GitHub ---

#[test]
fn github_pull_request_needs_no_more_than_depth_2() {
    let server = server();
    let at = server.checkout("refs/pull/7/merge", 2);
    let variables = [("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_SHA", server.merge.as_str()), ("GITHUB_BASE_REF", "main")];
    let ran = actions(&at, "pull_request", &server.pull_request(), &variables, &[]);
    compares(&ran, &server.two, &server.merge);
    blames_only_the_change(&ran);
    // forks may come with an empty payload: the reference says the same
    let ran = actions(&at, "pull_request", &json!({}), &variables, &[]);
    compares(&ran, &server.two, &server.merge);
    // and a review of it is the same event
    compares(&actions(&at, "pull_request_review", &server.pull_request(), &variables, &[]), &server.two, &server.merge);
}

#[test]
fn github_pull_request_at_depth_1_names_the_fetch_and_runs_it_when_told_to() {
    let server = server();
    let at = server.checkout("refs/pull/7/merge", 1);
    let variables = [("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_SHA", server.merge.as_str()), ("GITHUB_BASE_REF", "main")];
    let ran = actions(&at, "pull_request", &server.pull_request(), &variables, &[]);
    let command = format!("git fetch --depth=2 origin {}", server.merge);
    ran.exits(3).shows(&command).shows("fetch-depth: 2");
    // the document for programs says it too
    let ran = actions(&at, "pull_request", &server.pull_request(), &variables, &["--format", "json"]).exits(3);
    assert!(ran.json()["errors"][0]["message"].as_str().unwrap().contains(&command), "{ran:#?}");
    assert_eq!(ran.json()["verdict"], "undecided");
    let ran = actions(&at, "pull_request", &server.pull_request(), &variables, &["--fetch"]);
    compares(&ran, &server.two, &server.merge);
    blames_only_the_change(&ran);
}

#[test]
fn github_pull_request_checked_out_at_its_own_head_uses_the_merge_base() {
    let server = server();
    let at = server.complete(&server.change);
    let ran =
        actions(&at, "pull_request", &server.pull_request(), &[("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_SHA", &server.merge)], &[]);
    compares(&ran, &server.one, &server.change);
    blames_only_the_change(&ran);
}

#[test]
fn github_pull_request_with_main_checked_out_is_not_a_pass() {
    let server = server();
    let at = server.complete("origin/main");
    let ran = actions(&at, "pull_request", &server.pull_request(), &[("GITHUB_SHA", &server.merge)], &[]);
    ran.exits(3).shows("already part of its base");
}

#[test]
fn github_pull_request_whose_checkout_is_another_change_is_not_a_pass() {
    let server = server();
    let variables = [("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_SHA", server.merge.as_str())];
    let check = |at: &Path| actions(at, "pull_request", &server.pull_request(), &variables, &[]);
    // something on top of the target branch
    let at = server.complete("origin/main");
    git(&at, &["commit", "-q", "--allow-empty", "-m", "nothing"]);
    check(&at).exits(3).shows("does not hold it");
    // the test merge with another content
    for at in [server.complete(&server.merge), server.checkout("refs/pull/7/merge", 2)] {
        std::fs::write(at.join("compose.yaml"), SAFE).unwrap();
        git(&at, &["commit", "-q", "-a", "--amend", "-m", "safe"]);
        check(&at).exits(3).shows("another way");
    }
}

#[test]
fn github_pull_request_with_a_checkout_of_ones_own_that_holds_the_change_is_judged() {
    let server = server();
    let variables = [("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_SHA", server.merge.as_str())];
    let check = |at: &Path| actions(at, "pull_request", &server.pull_request(), &variables, &[]);
    // a merge made by hand, either way round
    for (first, second) in [("origin/main", "origin/topic"), ("origin/topic", "origin/main")] {
        let at = server.complete(first);
        git(&at, &["merge", "-q", "--no-ff", "-m", "by hand", second]);
        blames_only_the_change(&check(&at));
    }
    // a later state of the branch than the event's
    let at = server.complete("origin/topic");
    std::fs::write(at.join("later.txt"), "later").unwrap();
    git(&at, &["add", "-A"]);
    git(&at, &["commit", "-q", "-m", "later"]);
    blames_only_the_change(&check(&at));
    // the test merge of a later target branch, as `ref: refs/pull/7/merge` gives it
    let at = server.complete("origin/main");
    git(&at, &["commit", "-q", "--allow-empty", "-m", "main went on"]);
    git(&at, &["merge", "-q", "--no-ff", "-m", "again", "origin/topic"]);
    blames_only_the_change(&check(&at));
    // whoever names both sides asks for nothing else
    let at = server.complete("origin/main");
    git(&at, &["commit", "-q", "--allow-empty", "-m", "nothing"]);
    let ran = actions(&at, "pull_request", &server.pull_request(), &variables, &["--head", "HEAD"]);
    assert!(ran.code == 0, "{ran:#?}");
}

#[test]
fn github_pull_request_target_is_refused_unless_a_head_is_named() {
    let server = server();
    let at = server.checkout("refs/heads/main", 1);
    let variables = [("GITHUB_REF", "refs/heads/main"), ("GITHUB_SHA", server.two.as_str()), ("GITHUB_BASE_REF", "main")];
    actions(&at, "pull_request_target", &server.pull_request(), &variables, &[]).exits(3).shows("--head");
    let at = server.complete("origin/main");
    let ran = actions(&at, "pull_request_target", &server.pull_request(), &variables, &["--head", &server.change]);
    compares(&ran, &server.one, &server.change);
    blames_only_the_change(&ran);
}

#[test]
fn github_merge_group_names_both_ends() {
    let server = server();
    let payload = json!({
        "action": "checks_requested",
        "merge_group": {"head_sha": server.merge, "head_ref": "refs/heads/gh-readonly-queue/main/pr-7", "base_sha": server.two,
                        "base_ref": "refs/heads/main", "head_commit": {"id": server.merge}},
        "repository": repository(), "sender": {"login": "ada"},
    });
    let at = server.checkout("refs/heads/gh-readonly-queue/main/pr-7", 1);
    actions(&at, "merge_group", &payload, &[], &[]).exits(3).shows(&format!("git fetch --depth=1 origin {}", server.two));
    let ran = actions(&at, "merge_group", &payload, &[], &["--fetch"]);
    compares(&ran, &server.two, &server.merge);
    blames_only_the_change(&ran);
    // the example workflow's depth is enough when one change is queued
    let at = server.checkout("refs/heads/gh-readonly-queue/main/pr-7", 2);
    compares(&actions(&at, "merge_group", &payload, &[], &[]), &server.two, &server.merge);
    let mut same = payload.clone();
    same["merge_group"]["base_sha"] = json!(server.merge);
    actions(&at, "merge_group", &same, &[], &[]).exits(3).shows("merge_group");
}

#[test]
fn github_push_is_compared_with_what_was_there() {
    let server = server();
    let at = server.checkout("refs/heads/main", 1);
    let push = Server::push("main", &server.one, &server.two);
    actions(&at, "push", &push, &[], &[]).exits(3).shows(&format!("git fetch --depth=1 origin {}", server.one));
    compares(&actions(&at, "push", &push, &[], &["--fetch"]).exits(0), &server.one, &server.two);
    // a new branch, and one whose old commit nobody has any more
    let at = server.complete("origin/topic");
    for before in [ZERO, "1111111111111111111111111111111111111111"] {
        let ran = actions(&at, "push", &Server::push("topic", before, &server.change), &[], &[]);
        compares(&ran, &server.one, &server.change);
        blames_only_the_change(&ran);
    }
    // the first push of the default branch has nothing before it
    let at = server.complete("origin/main");
    actions(&at, "push", &Server::push("main", ZERO, &server.two), &[], &[]).exits(3).shows("--base");
    // said to have moved, and did not
    actions(&at, "push", &Server::push("main", &server.two, &server.two), &[], &[]).exits(3).shows("already part");
    // a deleted branch: the default branch is checked out, and there is nothing to compare
    actions(&at, "push", &Server::push("topic", &server.change, ZERO), &[], &[]).exits(0).tells("deleted");
}

#[test]
fn github_events_without_a_base_ask_for_one() {
    let server = server();
    let at = server.complete("origin/main");
    for event in ["workflow_dispatch", "schedule", "release", "issue_comment"] {
        actions(&at, event, &json!({"repository": repository()}), &[], &[]).exits(3).shows("--base");
    }
    // with one, both events and clones stop mattering
    let ran = run_with(&at, &["check", "--base", &server.one], &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "schedule")]);
    ran.exits(0);
}

#[test]
fn a_payload_that_is_missing_or_no_json_decides_nothing() {
    let server = server();
    let at = server.complete("origin/main");
    for path in ["/nonexistent/event.json", "/dev/null"] {
        let variables = [("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", path)];
        job(&at, &variables, &[]).exits(3);
        job(&at, &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "merge_group"), ("GITHUB_EVENT_PATH", path)], &[]).exits(3);
    }
}

#[test]
fn gitea_and_forgejo_check_out_the_head_of_a_pull_request() {
    let server = server();
    let at = server.complete("refs/remotes/pull/7/head");
    for own in ["GITEA_ACTIONS", "FORGEJO_ACTIONS"] {
        let variables = [(own, "true"), ("GITHUB_REF", "refs/pull/7/head"), ("GITHUB_SHA", server.change.as_str())];
        let ran = actions(&at, "pull_request", &server.pull_request(), &variables, &[]);
        compares(&ran, &server.one, &server.change);
        blames_only_the_change(&ran);
    }
    let at = server.checkout("refs/pull/7/head", 1);
    let ran = actions(&at, "pull_request", &server.pull_request(), &[("GITHUB_REF", "refs/pull/7/head")], &[]);
    ran.exits(3).shows("git fetch");
}

// --- GitLab ---

fn gitlab<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![("CI", "true"), ("GITLAB_CI", "true"), ("CI_DEFAULT_BRANCH", "main")];
    all.extend(more);
    all
}

#[test]
fn gitlab_merge_requests_name_their_merge_base() {
    let server = server();
    let mut variables = gitlab(&[
        ("CI_PIPELINE_SOURCE", "merge_request_event"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_EVENT_TYPE", "detached"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", ""),
        ("CI_COMMIT_BEFORE_SHA", ZERO),
        ("CI_COMMIT_SHA", &server.change),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &server.one),
    ]);
    // GitLab clones 20 deep by default; a depth of 1 lacks the base
    let at = server.checkout("refs/heads/topic", 20);
    let ran = job(&at, &variables, &[]);
    compares(&ran, &server.one, &server.change);
    blames_only_the_change(&ran);
    let at = server.checkout("refs/heads/topic", 1);
    job(&at, &variables, &[]).exits(3).shows(&format!("git fetch --depth=1 origin {}", server.one));
    compares(&job(&at, &variables, &["--fetch"]), &server.one, &server.change);
    // stale after the target was changed: it does not lie behind the head, so the branches decide
    *variables.last_mut().unwrap() = ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &server.two);
    compares(&job(&server.complete(&server.change), &variables, &[]), &server.one, &server.change);
}

#[test]
fn gitlab_merged_results_and_trains_name_the_target() {
    let server = server();
    let at = server.checkout("refs/merge-requests/7/merge", 20);
    for kind in ["merged_result", "merge_train"] {
        let variables = gitlab(&[
            ("CI_PIPELINE_SOURCE", "merge_request_event"),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_MERGE_REQUEST_EVENT_TYPE", kind),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", &server.two),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", &server.change),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &server.one),
            ("CI_COMMIT_SHA", &server.merge),
            ("CI_COMMIT_BEFORE_SHA", ZERO),
        ]);
        let ran = job(&at, &variables, &[]);
        compares(&ran, &server.two, &server.merge);
        blames_only_the_change(&ran);
        let mut same = variables.clone();
        same.push(("CI_COMMIT_SHA", &server.two));
        job(&server.complete("origin/main"), &same, &[]).exits(3).shows("already part");
    }
}

#[test]
fn gitlab_branches_name_what_they_had_before() {
    let server = server();
    let at = server.complete("origin/main");
    let branch = |before: &str| {
        let variables = gitlab(&[
            ("CI_PIPELINE_SOURCE", "push"),
            ("CI_COMMIT_BRANCH", "main"),
            ("CI_COMMIT_SHA", &server.two),
            ("CI_COMMIT_BEFORE_SHA", before),
        ]);
        job(&at, &variables, &[])
    };
    compares(&branch(&server.one).exits(0), &server.one, &server.two);
    branch(ZERO).exits(3).shows("--base");
    branch(&server.two).exits(3).shows("already part");
    let topic = gitlab(&[("CI_COMMIT_BRANCH", "topic"), ("CI_COMMIT_SHA", &server.change), ("CI_COMMIT_BEFORE_SHA", ZERO)]);
    let ran = job(&server.complete("origin/topic"), &topic, &[]);
    compares(&ran, &server.one, &server.change);
    blames_only_the_change(&ran);
}

// --- others ---

#[test]
fn others_name_the_target_branch_of_a_change() {
    let server = server();
    let at = server.complete(&server.change);
    let rows: &[(&str, &[(&str, &str)])] = &[
        ("Jenkins", &[("JENKINS_URL", "http://ci/"), ("CHANGE_ID", "7"), ("CHANGE_TARGET", "main"), ("BRANCH_NAME", "PR-7")]),
        (
            "Buildkite",
            &[
                ("BUILDKITE", "true"),
                ("BUILDKITE_PULL_REQUEST", "7"),
                ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
                ("BUILDKITE_PIPELINE_DEFAULT_BRANCH", "main"),
            ],
        ),
        ("Azure", &[("TF_BUILD", "True"), ("BUILD_REASON", "PullRequest"), ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main")]),
        ("Bitbucket", &[("BITBUCKET_BUILD_NUMBER", "3"), ("BITBUCKET_PR_ID", "7"), ("BITBUCKET_PR_DESTINATION_BRANCH", "main")]),
        (
            "Woodpecker",
            &[
                ("CI", "woodpecker"),
                ("CI_PIPELINE_EVENT", "pull_request"),
                ("CI_COMMIT_PULL_REQUEST", "7"),
                ("CI_COMMIT_TARGET_BRANCH", "main"),
                ("CI_PREV_COMMIT_SHA", "1111111111111111111111111111111111111111"),
            ],
        ),
        ("Drone", &[("DRONE", "true"), ("DRONE_PULL_REQUEST", "7"), ("DRONE_TARGET_BRANCH", "main")]),
        ("Cirrus", &[("CIRRUS_CI", "true"), ("CIRRUS_PR", "7"), ("CIRRUS_BASE_BRANCH", "main")]),
        ("Travis", &[("TRAVIS", "true"), ("TRAVIS_PULL_REQUEST_SHA", &server.change), ("TRAVIS_BRANCH", "main")]),
    ];
    for (who, variables) in rows {
        let ran = job(&at, variables, &[]);
        compares(&ran, &server.one, &server.change);
        blames_only_the_change(&ran);
        assert!(ran.err.contains(who), "{who}: {ran:#?}");
        // the target itself checked out: the wrong commit, never a pass
        job(&server.complete("origin/main"), variables, &[]).exits(3).shows("already part");
    }
    // a clone of one branch lacks the target: the command says how to get it
    let single = server.checkout("refs/heads/topic", 50);
    job(&single, rows[3].1, &[]).exits(3).shows("+refs/heads/main:refs/remotes/origin/main");
}

#[test]
fn azure_checks_out_a_test_merge() {
    let server = server();
    let variables = [
        ("TF_BUILD", "True"),
        ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
        ("SYSTEM_PULLREQUEST_SOURCECOMMITID", server.change.as_str()),
    ];
    let ran = job(&server.checkout("refs/pull/7/merge", 2), &variables, &[]);
    compares(&ran, &server.two, &server.merge);
    blames_only_the_change(&ran);
    // new pipelines there fetch one commit
    let at = server.checkout("refs/pull/7/merge", 1);
    job(&at, &variables, &[]).exits(3).shows(&format!("git fetch --depth=2 origin {}", server.merge));
    compares(&job(&at, &variables, &["--fetch"]), &server.two, &server.merge);
}

#[test]
fn others_name_the_commit_before_a_push() {
    let server = server();
    let at = server.complete("origin/main");
    let rows: &[&[(&str, &str)]] = &[
        &[("DRONE", "true"), ("DRONE_BRANCH", "main"), ("DRONE_REPO_BRANCH", "main"), ("DRONE_COMMIT_BEFORE", &server.one)],
        &[
            ("CI_PIPELINE_EVENT", "push"),
            ("CI_COMMIT_BRANCH", "main"),
            ("CI_REPO_DEFAULT_BRANCH", "main"),
            ("CI_COMMIT_TARGET_BRANCH", "main"),
            ("CI_PREV_COMMIT_SHA", &server.one),
        ],
        &[("JENKINS_URL", "http://ci/"), ("BRANCH_NAME", "main"), ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", &server.one)],
    ];
    for variables in rows {
        compares(&job(&at, variables, &[]).exits(0), &server.one, &server.two);
    }
    // a branch of Buildkite is compared with where it left the default branch; the default branch itself asks
    let buildkite = |branch| [("BUILDKITE", "true"), ("BUILDKITE_BRANCH", branch), ("BUILDKITE_PIPELINE_DEFAULT_BRANCH", "main")];
    compares(&job(&server.complete("origin/topic"), &buildkite("topic"), &[]), &server.one, &server.change);
    job(&at, &buildkite("main"), &[]).exits(3).shows("--base");
    // a repeated run of the same commit names itself: nothing is known
    job(&at, &[("JENKINS_URL", "x"), ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", &server.two)], &[]).exits(3).shows("--base");
}

#[test]
fn circleci_names_no_base_and_is_told_how_to() {
    let server = server();
    let at = server.complete(&server.change);
    job(&at, &[("CIRCLECI", "true"), ("CI", "true")], &[]).exits(3).shows("pipeline.git.base_revision");
    let ran = run_with(&at, &["check", "--explain-base"], &[("CIRCLECI", "true"), ("CI", "true")]);
    compares(&ran, &server.one, &server.change);
}

// --- hooks and local ---

#[test]
fn pre_commit_names_both_ends_and_is_no_ci_event() {
    let server = server();
    let at = server.complete(&server.change);
    let variables = [("PRE_COMMIT", "1"), ("PRE_COMMIT_FROM_REF", server.one.as_str()), ("PRE_COMMIT_TO_REF", server.change.as_str())];
    let ran = run_with(&at, &["check", "--explain-base"], &variables).tells("the others were not checked");
    compares(&ran, &server.one, &server.change);
    job(&at, &variables, &[]).exits(3);
    // inside of a job of Actions it still says more than the job
    let inside = [&variables[..], &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "schedule")]].concat();
    compares(&run_with(&at, &["check", "--explain-base"], &inside), &server.one, &server.change);
}

#[test]
fn local_branches_are_compared_with_the_default_branch() {
    let server = server();
    let at = server.complete("origin/main");
    git(&at, &["checkout", "-q", "-b", "topic", "origin/topic"]);
    let explain = |more: &[&str]| run_with(&at, &[&["check", "--explain-base"], more].concat(), &[]);
    compares(&explain(&[]), &server.one, &server.change);
    compares(&explain(&["--head", "topic"]), &server.one, &server.change);
    git(&at, &["remote", "set-head", "origin", "--delete"]);
    compares(&explain(&[]), &server.one, &server.change);
    // no CI around: --ci does not guess
    explain(&["--ci"]).exits(3).shows("--base");
    // on the default branch, what it follows
    git(&at, &["checkout", "-q", "main"]);
    std::fs::write(at.join("compose.yaml"), WEAK).unwrap();
    git(&at, &["commit", "-qam", "three"]);
    let three = git(&at, &["rev-parse", "HEAD"]);
    compares(&explain(&[]), &server.two, three.trim());
}

#[test]
fn a_fetch_runs_once_and_its_failure_is_no_pass() {
    let server = server();
    let at = server.checkout("refs/heads/main", 1);
    git(&at, &["remote", "set-url", "origin", "file:///nonexistent/nowhere.git"]);
    let push = Server::push("main", &server.one, &server.two);
    actions(&at, "push", &push, &[], &["--fetch"]).exits(3).shows("nowhere");
    // without being asked, nothing is fetched
    let at = server.checkout("refs/heads/main", 1);
    actions(&at, "push", &push, &[], &[]).exits(3);
    assert!(!at.join(".git/FETCH_HEAD").exists() || !std::fs::read_to_string(at.join(".git/FETCH_HEAD")).unwrap().contains(&server.one));
}

// --- clones without contents ---

/// A clone that holds no file's content before somebody asks for it, on the weakening.
fn without_contents(server: &Server, filter: &str) -> PathBuf {
    server.repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let to = server.folder.path().join("partial");
    let from = format!("file://{}", server.repo.path().display());
    git(server.folder.path(), &["clone", "-q", filter, "--no-checkout", &from, to.to_str().unwrap()]);
    git(&to, &["update-ref", "--no-deref", "HEAD", &server.change]);
    to
}

/// The arguments of the one command that a report names.
fn named_fetch(ran: &Ran) -> Vec<String> {
    let command = ran.out.split("`git ").nth(1).unwrap_or_else(|| panic!("no command in {ran:#?}")).split('`').next().unwrap();
    command.split(' ').map(str::to_owned).collect()
}

#[test]
fn a_clone_without_contents_is_no_pass_and_its_fetch_helps() {
    let server = server();
    let clone = without_contents(&server, "--filter=blob:none");
    let check = ["check", "--base", &server.one, "--date", DATE];
    let ran = support::run(&clone, &check).exits(3).says("partial clone").says("the content of compose.yaml");
    let fetch = named_fetch(&ran);
    git(&clone, &fetch.iter().map(String::as_str).collect::<Vec<_>>());
    support::run(&clone, &check).exits(1);
    // what was left out and nobody needs is not asked for
    support::run(&clone, &["check", "--base", "HEAD~0", "--head", "HEAD", "--date", DATE]).exits(0);
}

#[test]
fn fetch_brings_the_contents_that_a_clone_left_out() {
    let server = server();
    let clone = without_contents(&server, "--filter=blob:none");
    support::run(&clone, &["check", "--base", &server.one, "--date", DATE, "--fetch"]).exits(1).tells("as --fetch asks for");
}

#[test]
fn only_one_side_without_contents_is_no_pass_either() {
    for (rev, path) in [("base", "compose.yaml"), ("head", "compose.yaml")] {
        let server = server();
        let clone = without_contents(&server, "--filter=blob:none");
        let there = if rev == "base" { &server.change } else { &server.one };
        git(&clone, &["cat-file", "blob", &format!("{there}:{path}")]);
        support::run(&clone, &["check", "--base", &server.one, "--date", DATE]).exits(3).says("partial clone");
    }
}

#[test]
fn a_content_that_can_fail_nothing_may_be_missing() {
    for (path, code) in [("vendor/a/settings.json", 0), ("settings.json", 3)] {
        let repo = Repo::new();
        repo.git(&["config", "uploadpack.allowFilter", "true"]);
        let base = repo.write(path, "{\"telemetry\": false}\n").commit("base");
        repo.write(path, "{\"telemetry\": true}\n").commit("head");
        let folder = tempfile::tempdir().unwrap();
        let clone = folder.path().join("partial");
        let from = format!("file://{}", repo.path().display());
        git(folder.path(), &["clone", "-q", "--filter=blob:none", "--no-checkout", &from, clone.to_str().unwrap()]);
        support::run(&clone, &["check", "--base", &base, "--date", DATE]).exits(code);
    }
}

#[test]
fn a_content_that_nobody_needs_may_be_missing() {
    let repo = Repo::new();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let base = repo.write("logo.png", "one").write("main.c", "int a;\n").commit("base");
    repo.write("logo.png", "two").write("main.c", "int b;\n").commit("head");
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("partial");
    let from = format!("file://{}", repo.path().display());
    git(folder.path(), &["clone", "-q", "--filter=blob:none", "--no-checkout", &from, clone.to_str().unwrap()]);
    support::run(&clone, &["check", "--base", &base, "--date", DATE]).exits(0);
}

#[test]
fn the_bases_configuration_that_was_left_out_is_asked_for() {
    let repo = Repo::new();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let base = repo.write("privgate.yaml", "version: 1\n").commit("base");
    repo.write("notes.bin", "x").commit("head");
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("partial");
    let from = format!("file://{}", repo.path().display());
    git(folder.path(), &["clone", "-q", "--filter=blob:none", "--no-checkout", &from, clone.to_str().unwrap()]);
    support::run(&clone, &["check", "--base", &base, "--date", DATE]).exits(3).says("the content of privgate.yaml");
    support::run(&clone, &["check", "--base", &base, "--date", DATE, "--fetch"]).exits(0);
    support::run(&clone, &["posture", "HEAD"]).exits(0);
}

#[test]
fn the_posture_of_a_clone_without_contents_is_not_known() {
    let server = server();
    let clone = without_contents(&server, "--filter=blob:none");
    support::run(&clone, &["posture", "HEAD"]).exits(3).shows("partial clone");
}
