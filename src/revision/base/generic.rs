//! Base and head from other programs that run checks: each names the target branch of a change in a variable of its own.

use super::{Environment, Found, against_branch};
use crate::revision::{Error, Store};

/// Who, the variable that is set there, and the one that names the target branch of a pull request.
const TARGETS: [(&str, &str, &str); 8] = [
    ("Azure Pipelines", "TF_BUILD", "SYSTEM_PULLREQUEST_TARGETBRANCH"),
    ("Bitbucket Pipelines", "BITBUCKET_BUILD_NUMBER", "BITBUCKET_PR_DESTINATION_BRANCH"),
    ("Buildkite", "BUILDKITE", "BUILDKITE_PULL_REQUEST_BASE_BRANCH"),
    ("Drone", "DRONE_PULL_REQUEST", "DRONE_TARGET_BRANCH"),
    ("Woodpecker", "CI_COMMIT_PULL_REQUEST", "CI_COMMIT_TARGET_BRANCH"),
    ("Jenkins", "JENKINS_URL", "CHANGE_TARGET"),
    ("Cirrus CI", "CIRRUS_CI", "CIRRUS_BASE_BRANCH"),
    ("Travis CI", "TRAVIS_PULL_REQUEST_SHA", "TRAVIS_BRANCH"),
];

/// `None` where nothing names a base.
pub(super) fn find(store: &Store, env: Environment<'_>, head: Option<&str>) -> Option<Result<Found, Error>> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    if let (Some(from), Some(to)) = (set("PRE_COMMIT_FROM_REF"), set("PRE_COMMIT_TO_REF")) {
        return Some(pre_commit(store, &from, head.unwrap_or(&to)));
    }
    let (who, branch) = TARGETS.iter().find_map(|(who, marker, target)| set(marker).and(set(target)).map(|branch| (who, branch)))?;
    let head = store.commit(head.unwrap_or("HEAD"));
    Some(head.and_then(|head| against_branch(store, &branch, head, &format!("a pull request of {who}"))))
}

/// The pre-commit framework shows one pushed reference only.
fn pre_commit(store: &Store, from: &str, to: &str) -> Result<Found, Error> {
    let (from, to) = (store.commit(from)?, store.commit(to)?);
    Ok(Found::one(from, to, "pre-commit: the two ends that it names (it shows only the first of several pushed references)"))
}
