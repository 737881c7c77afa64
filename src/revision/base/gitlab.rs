//! Base and head from GitLab CI's variables.

use super::{Environment, Found, against_branch, commit, nothing_new, pushed};
use crate::revision::{Error, Id, Store};

/// `None` outside of GitLab CI.
pub(super) fn find(store: &Store, env: Environment<'_>, head: Option<&str>) -> Option<Result<Found, Error>> {
    env("GITLAB_CI").filter(|value| !value.is_empty())?;
    Some(pipeline(store, env, head))
}

fn pipeline(store: &Store, env: Environment<'_>, head: Option<&str>) -> Result<Found, Error> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let head = match (head, set("CI_COMMIT_SHA")) {
        (Some(head), _) => store.commit(head)?,
        (None, Some(sha)) => commit(store, &sha)?,
        (None, None) => store.commit("HEAD")?,
    };
    if set("CI_MERGE_REQUEST_IID").is_none() {
        let default = set("CI_DEFAULT_BRANCH");
        let branch = set("CI_COMMIT_BRANCH").unwrap_or_default();
        return pushed(store, set("CI_COMMIT_BEFORE_SHA").as_deref(), head, &branch, default.as_deref());
    }
    // Filled only in pipelines that run on a merge commit; `CI_COMMIT_BEFORE_SHA` is always zero in merge requests.
    let merged = matches!(set("CI_MERGE_REQUEST_EVENT_TYPE").as_deref(), Some("merged_result" | "merge_train"));
    let found = match set("CI_MERGE_REQUEST_TARGET_BRANCH_SHA").filter(|_| merged) {
        Some(target) => Found::one(commit(store, &target)?, head, "a merged result: the target branch's commit"),
        None => detached(store, &set, head)?,
    };
    if found.base.contains(&head) { Err(nothing_new("a merge request", head)) } else { Ok(found) }
}

/// GitLab names the merge-base, but the name goes stale when the target branch is changed: it must lie behind the head.
fn detached(store: &Store, set: &dyn Fn(&str) -> Option<String>, head: Id) -> Result<Found, Error> {
    let named = set("CI_MERGE_REQUEST_DIFF_BASE_SHA");
    let named = named.as_deref().and_then(Id::parse);
    if let Some(base) = named.filter(|base| store.has(*base)) {
        match store.merge_bases(base, head) {
            Ok(bases) if bases == [base] => return Ok(Found::one(base, head, "a merge request: the merge-base that GitLab names")),
            Err(_) if store.is_shallow() => {
                return Ok(Found::one(
                    base,
                    head,
                    "a merge request: the merge-base that GitLab names (this shallow clone cannot confirm it)",
                ));
            }
            _ => {}
        }
    } else if let Some(base) = named.filter(|_| store.is_shallow()) {
        return Err(store.lacking_commit(base));
    }
    let target = set("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
        .ok_or_else(|| Error::NoBase("the merge request does not name its target branch: give --base".to_string()))?;
    against_branch(store, &target, head, "a merge request")
}
