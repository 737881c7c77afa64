//! Events, clones and branches, and the commits that each of them compares.

use std::collections::HashMap;
use std::path::Path;

use super::super::fixture::{Fixture, git, open};
use super::super::{Error, Id};
use super::{Found, find};

/// `main` at `two`, `topic` with `change` on top of `one`, and `merge`, which merges topic into main as Actions does.
struct Branches {
    fixture: Fixture,
    one: Id,
    two: Id,
    change: Id,
    merge: Id,
}

fn branches() -> Branches {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 1\n");
    let one = fixture.commit("one");
    fixture.git(&["checkout", "-q", "-b", "topic"]);
    fixture.write("b.yaml", "b: 1\n");
    let change = fixture.commit("change");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.write("c.yaml", "c: 1\n");
    let two = fixture.commit("two");
    fixture.git(&["checkout", "-q", "--detach"]);
    fixture.git(&["merge", "-q", "--no-ff", "-m", "merge", "topic"]);
    let merge = fixture.id("HEAD");
    fixture.git(&["update-ref", "refs/pull/1/merge", "HEAD"]);
    fixture.git(&["checkout", "-q", "main"]);
    fixture.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    Branches { fixture, one, two, change, merge }
}

/// Looks for base and head in an environment of `NAME=value` lines.
fn seek(dir: &Path, env: &str, head: Option<&str>) -> Result<Found, Error> {
    let env: HashMap<&str, &str> = env.lines().filter_map(|line| line.trim().split_once('=')).collect();
    find(&open(dir), &|name| env.get(name).map(ToString::to_string), head, false)
}

fn github(dir: &Path, event: &str, payload: &str, more: &str, head: Option<&str>) -> Result<Found, Error> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), payload).unwrap();
    let env = format!("GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME={event}\nGITHUB_EVENT_PATH={}\n{more}", file.path().display());
    seek(dir, &env, head)
}

fn ends(found: Result<Found, Error>) -> (Vec<Id>, Id) {
    let found = found.unwrap();
    (found.base, found.head)
}

#[test]
fn a_pull_request_is_compared_with_the_first_parent_of_its_test_merge() {
    let Branches { fixture, two, change, merge, .. } = branches();
    let clone = fixture.clone(&[]);
    git(&clone, &["fetch", "-q", "origin", "refs/pull/1/merge"]);
    git(&clone, &["checkout", "-q", "FETCH_HEAD"]);
    let payload = format!(r#"{{"pull_request": {{"head": {{"sha": "{change}"}}, "base": {{"ref": "main"}}}}}}"#);
    assert_eq!(ends(github(&clone, "pull_request", &payload, "", None)), (vec![two], merge));
    let by_name = format!("GITHUB_REF=refs/pull/1/merge\nGITHUB_SHA={merge}");
    assert_eq!(ends(github(&clone, "pull_request", "{}", &by_name, None)), (vec![two], merge));
}

#[test]
fn a_checkout_of_depth_1_names_the_fetch_that_brings_the_first_parent() {
    let Branches { fixture, two, change, merge, .. } = branches();
    let clone = fixture.clone(&["--depth=1"]);
    git(&clone, &["fetch", "-q", "--depth=1", "origin", "+refs/pull/1/merge:refs/remotes/pull/1/merge"]);
    git(&clone, &["checkout", "-q", "refs/remotes/pull/1/merge"]);
    let payload = format!(r#"{{"pull_request": {{"head": {{"sha": "{change}"}}, "base": {{"ref": "main"}}}}}}"#);
    let env = format!("GITHUB_REF=refs/pull/1/merge\nGITHUB_SHA={merge}");
    let error = github(&clone, "pull_request", &payload, &env, None).unwrap_err();
    assert_eq!(error.exit(), 3);
    assert!(error.to_string().contains("fetch-depth: 2"), "{error}");
    git(&clone, &error.fetch().unwrap().arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(ends(github(&clone, "pull_request", &payload, &env, None)), (vec![two], merge));
}

#[test]
fn a_pull_request_checked_out_by_its_own_commit_is_compared_with_its_merge_base() {
    let Branches { fixture, one, change, .. } = branches();
    let clone = fixture.clone(&["--branch=topic"]);
    let payload = format!(r#"{{"pull_request": {{"head": {{"sha": "{change}"}}, "base": {{"ref": "main"}}}}}}"#);
    assert_eq!(ends(github(&clone, "pull_request", &payload, "", None)), (vec![one], change));
    assert_eq!(ends(github(&clone, "pull_request", &payload, "", Some("HEAD"))), (vec![one], change));
}

#[test]
fn a_pull_request_without_its_change_checked_out_cannot_be_decided() {
    let Branches { fixture, change, .. } = branches();
    let clone = fixture.clone(&[]);
    let payload = format!(r#"{{"pull_request": {{"head": {{"sha": "{change}"}}, "base": {{"ref": "main"}}}}}}"#);
    let error = github(&clone, "pull_request", &payload, "", None).unwrap_err();
    assert_eq!(error.exit(), 3);
    assert!(error.to_string().contains("already part of its base"), "{error}");
}

#[test]
fn pull_request_target_is_refused_unless_the_head_is_named() {
    let Branches { fixture, one, change, .. } = branches();
    let clone = fixture.clone(&[]);
    let payload = r#"{"pull_request": {"base": {"ref": "main"}}}"#;
    let error = github(&clone, "pull_request_target", payload, "", None).unwrap_err();
    assert_eq!(error.exit(), 3);
    assert!(error.to_string().contains("--head"), "{error}");
    assert_eq!(ends(github(&clone, "pull_request_target", payload, "", Some("origin/topic"))), (vec![one], change));
}

#[test]
fn a_merge_group_names_both_ends_and_the_fetch_of_a_missing_one() {
    let Branches { fixture, two, merge, .. } = branches();
    let payload = format!(r#"{{"merge_group": {{"base_sha": "{two}", "head_sha": "{merge}"}}}}"#);
    assert_eq!(ends(github(&fixture.repository, "merge_group", &payload, "", None)), (vec![two], merge));
    let clone = fixture.clone(&["--depth=1", "--branch=topic"]);
    let error = github(&clone, "merge_group", &payload, "", None).unwrap_err();
    assert!(error.to_string().contains(&format!("git fetch --depth=1 origin {two}")), "{error}");
    let same = format!(r#"{{"merge_group": {{"base_sha": "{two}", "head_sha": "{two}"}}}}"#);
    assert_eq!(github(&fixture.repository, "merge_group", &same, "", None).unwrap_err().exit(), 3);
}

#[test]
fn a_push_is_compared_with_what_the_branch_was_before() {
    let Branches { fixture, one, two, change, .. } = branches();
    let zero = "0".repeat(40);
    let payload = |branch: &str, before: &str, after: Id| {
        format!(r#"{{"ref": "refs/heads/{branch}", "before": "{before}", "after": "{after}", "repository": {{"default_branch": "main"}}}}"#)
    };
    let clone = fixture.clone(&[]);
    assert_eq!(ends(github(&clone, "push", &payload("main", &one.to_string(), two), "", None)), (vec![one], two));
    // New, or forced over a commit that is gone: where the branch left the default branch.
    assert_eq!(ends(github(&clone, "push", &payload("topic", &zero, change), "", None)), (vec![one], change));
    assert_eq!(ends(github(&clone, "push", &payload("topic", &"1".repeat(40), change), "", None)), (vec![one], change));
    assert_eq!(github(&clone, "push", &payload("main", &zero, two), "", None).unwrap_err().exit(), 3);
    assert_eq!(ends(github(&clone, "push", r#"{"deleted": true}"#, "", None)), (vec![two], two));
    let shallow = fixture.clone(&["--depth=1"]);
    let error = github(&shallow, "push", &payload("main", &one.to_string(), two), "", None).unwrap_err();
    assert!(error.to_string().contains(&format!("git fetch --depth=1 origin {one}")), "{error}");
}

#[test]
fn an_event_that_names_no_base_asks_for_one() {
    let Branches { fixture, .. } = branches();
    for event in ["workflow_dispatch", "schedule"] {
        let error = github(&fixture.repository, event, "{}", "", None).unwrap_err();
        assert_eq!((error.exit(), error.to_string().contains("--base")), (3, true));
    }
}

#[test]
fn gitlab_merge_requests_are_compared_with_what_gitlab_names_when_it_can_be_true() {
    let Branches { fixture, one, two, change, merge } = branches();
    let clone = fixture.clone(&[]);
    git(&clone, &["fetch", "-q", "origin", "refs/pull/1/merge"]);
    let env = |more: &str, head: Id| {
        format!("GITLAB_CI=true\nCI_COMMIT_SHA={head}\nCI_MERGE_REQUEST_IID=1\nCI_MERGE_REQUEST_TARGET_BRANCH_NAME=main\n{more}")
    };
    let detached = env(&format!("CI_MERGE_REQUEST_EVENT_TYPE=detached\nCI_MERGE_REQUEST_DIFF_BASE_SHA={one}"), change);
    assert_eq!(ends(seek(&clone, &detached, None)), (vec![one], change));
    let stale = env(&format!("CI_MERGE_REQUEST_EVENT_TYPE=detached\nCI_MERGE_REQUEST_DIFF_BASE_SHA={two}"), change);
    assert_eq!(ends(seek(&clone, &stale, None)), (vec![one], change));
    let merged = env(&format!("CI_MERGE_REQUEST_EVENT_TYPE=merged_result\nCI_MERGE_REQUEST_TARGET_BRANCH_SHA={two}"), merge);
    assert_eq!(ends(seek(&clone, &merged, None)), (vec![two], merge));
    let same = env(&format!("CI_MERGE_REQUEST_EVENT_TYPE=merged_result\nCI_MERGE_REQUEST_TARGET_BRANCH_SHA={two}"), two);
    assert_eq!(seek(&clone, &same, None).unwrap_err().exit(), 3);
    let branch = format!("GITLAB_CI=true\nCI_COMMIT_SHA={two}\nCI_COMMIT_BRANCH=main\nCI_DEFAULT_BRANCH=main\nCI_COMMIT_BEFORE_SHA={one}");
    assert_eq!(ends(seek(&clone, &branch, None)), (vec![one], two));
    let shallow = fixture.clone(&["--depth=1", "--branch=topic"]);
    let error = seek(&shallow, &detached, None).unwrap_err();
    assert!(error.to_string().contains(&format!("git fetch --depth=1 origin {one}")), "{error}");
    git(&shallow, &error.fetch().unwrap().arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(ends(seek(&shallow, &detached, None)), (vec![one], change));
}

#[test]
fn other_programs_name_the_target_branch() {
    let Branches { fixture, one, change, two, .. } = branches();
    let clone = fixture.clone(&["--branch=topic"]);
    assert_eq!(ends(seek(&clone, "TF_BUILD=True\nSYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main", None)), (vec![one], change));
    assert_eq!(ends(seek(&clone, "BUILDKITE=true\nBUILDKITE_PULL_REQUEST_BASE_BRANCH=main", None)), (vec![one], change));
    assert_eq!(ends(seek(&clone, &format!("PRE_COMMIT_FROM_REF={one}\nPRE_COMMIT_TO_REF={two}"), None)), (vec![one], two));
}

#[test]
fn a_local_branch_is_compared_with_where_it_left_the_default_branch() {
    let Branches { fixture, one, change, .. } = branches();
    fixture.git(&["checkout", "-q", "topic"]);
    assert_eq!(ends(seek(&fixture.repository, "", None)), (vec![one], change));
    fixture.git(&["checkout", "-q", "main"]);
    let clone = fixture.clone(&["--branch=topic"]);
    // Without origin/HEAD the names decide.
    for delete in [false, true] {
        if delete {
            git(&clone, &["remote", "set-head", "origin", "--delete"]);
        }
        assert_eq!(ends(seek(&clone, "", None)), (vec![one], change));
    }
    git(&clone, &["checkout", "-q", "--detach", "origin/main"]);
    assert!(seek(&clone, "", None).unwrap_err().to_string().contains("HEAD~1"));
    assert!(find(&open(&clone), &|_| None, None, true).unwrap_err().to_string().contains("--ci"));
}

#[test]
fn the_default_branch_itself_is_compared_with_what_it_follows() {
    let Branches { fixture, two, .. } = branches();
    let error = seek(&fixture.repository, "", None).unwrap_err();
    assert_eq!(error.exit(), 3);
    assert!(error.to_string().contains("--base"), "{error}");
    let clone = fixture.clone(&["--branch=main"]);
    std::fs::write(clone.join("d.yaml"), "d: 1\n").unwrap();
    git(&clone, &["add", "-A"]);
    git(&clone, &["commit", "-q", "-m", "three"]);
    let three = Id::parse(&git(&clone, &["rev-parse", "HEAD"])).unwrap();
    assert_eq!(ends(seek(&clone, "", None)), (vec![two], three));
}

#[test]
fn after_criss_cross_merges_every_merge_base_counts() {
    let fixture = Fixture::new();
    fixture.commit("root");
    fixture.git(&["checkout", "-q", "-b", "topic"]);
    let left = fixture.commit("left");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.write("x", "x");
    let right = fixture.commit("right");
    fixture.git(&["merge", "-q", "--no-ff", "-m", "one way", &left.to_string()]);
    fixture.git(&["checkout", "-q", "topic"]);
    fixture.git(&["merge", "-q", "--no-ff", "-m", "other way", &right.to_string()]);
    let mut bases = vec![left, right];
    bases.sort();
    assert_eq!(ends(seek(&fixture.repository, "", None)).0, bases);
}

#[test]
fn branches_without_a_common_ancestor_have_no_base() {
    let fixture = Fixture::new();
    fixture.commit("one");
    fixture.git(&["checkout", "-q", "--orphan", "other"]);
    fixture.commit("two");
    let error = seek(&fixture.repository, "", None).unwrap_err();
    assert_eq!(error.exit(), 3);
    assert!(error.to_string().contains("no common ancestor"), "{error}");
}
