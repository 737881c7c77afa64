//! Base and head from other programs that run checks: each names the target branch of a change in variables of its own.

use super::{Environment, Found, against_branch, commit, nothing_new, pushed};
use crate::revision::{Error, Fetch, Id, Store};

/// What one program tells a job. Names of variables; an empty name is one that it does not have.
struct Program {
    who: &'static str,
    /// Set in every job (or every job of a change).
    marker: &'static str,
    /// The target branch of a change.
    target: &'static str,
    /// The change's own last commit, where the program checks out a test merge of it.
    change: &'static str,
    /// What a pushed branch had before.
    before: &'static str,
    /// The default branch.
    default: &'static str,
}

const NONE: Program = Program { who: "", marker: "", target: "", change: "", before: "", default: "" };

const PROGRAMS: [Program; 8] = [
    Program {
        who: "Azure Pipelines",
        marker: "TF_BUILD",
        target: "SYSTEM_PULLREQUEST_TARGETBRANCH",
        change: "SYSTEM_PULLREQUEST_SOURCECOMMITID",
        ..NONE
    },
    Program { who: "Bitbucket Pipelines", marker: "BITBUCKET_BUILD_NUMBER", target: "BITBUCKET_PR_DESTINATION_BRANCH", ..NONE },
    Program {
        who: "Buildkite",
        marker: "BUILDKITE",
        target: "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
        default: "BUILDKITE_PIPELINE_DEFAULT_BRANCH",
        ..NONE
    },
    Program { who: "Drone", marker: "DRONE", before: "DRONE_COMMIT_BEFORE", default: "DRONE_REPO_BRANCH", ..NONE },
    Program { who: "Woodpecker", marker: "CI_PIPELINE_EVENT", before: "CI_PREV_COMMIT_SHA", default: "CI_REPO_DEFAULT_BRANCH", ..NONE },
    Program { who: "Jenkins", marker: "JENKINS_URL", target: "CHANGE_TARGET", before: "GIT_PREVIOUS_SUCCESSFUL_COMMIT", ..NONE },
    Program { who: "Cirrus CI", marker: "CIRRUS_CI", target: "CIRRUS_BASE_BRANCH", default: "CIRRUS_DEFAULT_BRANCH", ..NONE },
    // the branch of a push has the same variable there, so the other one decides
    Program { who: "Travis CI", marker: "TRAVIS_PULL_REQUEST_SHA", target: "TRAVIS_BRANCH", ..NONE },
];

/// Target branches of changes that programs name under the same variable in pushes: (variable of a change, its target).
const ONLY_IN_CHANGES: [(&str, &str, &str); 2] =
    [("Drone", "DRONE_PULL_REQUEST", "DRONE_TARGET_BRANCH"), ("Woodpecker", "CI_COMMIT_PULL_REQUEST", "CI_COMMIT_TARGET_BRANCH")];

/// `None` where nothing names a base.
pub(super) fn find(store: &Store, env: Environment<'_>, head: Option<&str>) -> Option<Result<Found, Error>> {
    let set = |name: &str| (!name.is_empty()).then(|| env(name)).flatten().filter(|value| !value.is_empty());
    let program = PROGRAMS.iter().find(|program| set(program.marker).is_some());
    let in_change = ONLY_IN_CHANGES.iter().find_map(|(who, change, target)| Some((*who, set(change).and(set(target))?)));
    let named = in_change.or_else(|| program.and_then(|program| Some((program.who, set(program.target)?))));
    let at = || store.commit(head.unwrap_or("HEAD"));
    if let Some((who, branch)) = named {
        let change = program.filter(|program| program.who == who).and_then(|program| set(program.change));
        return Some(at().and_then(|at| change_to(store, who, &branch, change.as_deref(), at)));
    }
    let program = program?;
    let at = match at() {
        Ok(at) => at,
        Err(error) => return Some(Err(error)),
    };
    let default = set(program.default);
    // The commit of the last run: the same one when a run is repeated, and no base then.
    let before = set(program.before).filter(|before| Id::parse(before) != Some(at));
    let known = before.as_deref().and_then(Id::parse).is_some_and(|before| !before.is_zero() && (store.has(before) || store.is_shallow()));
    if !known && default.is_none() {
        return None;
    }
    let branch = default.as_deref().filter(|default| on_branch(store, &set, default)).unwrap_or_default();
    Some(pushed(store, before.as_deref(), at, branch, default.as_deref()))
}

/// Whether this job runs on a branch: detached checkouts leave that to variables.
fn on_branch(store: &Store, set: &dyn Fn(&str) -> Option<String>, branch: &str) -> bool {
    let names = ["BUILDKITE_BRANCH", "DRONE_BRANCH", "CI_COMMIT_BRANCH", "CIRRUS_BRANCH", "BRANCH_NAME"];
    match names.iter().find_map(|name| set(name)) {
        Some(name) => name == branch,
        None => store.symbolic("HEAD").is_some_and(|name| name.strip_prefix("refs/heads/") == Some(branch)),
    }
}

/// A pull request: the first parent where a test merge of it is checked out, else the merge-base with its target.
fn change_to(store: &Store, who: &str, branch: &str, change: Option<&str>, head: Id) -> Result<Found, Error> {
    let event = format!("a pull request of {who}");
    let change = change.and_then(Id::parse).filter(|change| *change != head);
    if let Some(change) = change {
        match store.parents(head).unwrap_or_default().as_slice() {
            [base, second] if *second == change && store.has(*base) => {
                return Ok(Found::one(*base, head, format!("{event}: the first parent of its test merge")));
            }
            _ if store.is_shallow() => {
                return Err(Error::Missing {
                    what: "the commit that this pull request is merged into (a checkout of depth 2 gets it)".to_string(),
                    clone: "shallow clone",
                    fetch: Fetch::new(&["--depth=2", "origin", &head.to_string()]),
                });
            }
            _ => {}
        }
    }
    against_branch(store, branch, head, &event)
}

/// The two ends that the pre-commit framework names; it shows one pushed reference only.
pub(super) fn pre_commit(store: &Store, env: Environment<'_>, head: Option<&str>) -> Option<Result<Found, Error>> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let (from, to) = (set("PRE_COMMIT_FROM_REF")?, set("PRE_COMMIT_TO_REF")?);
    let note = "pre-commit shows a hook only the first of several pushed references: the others were not checked";
    let ends = commit_of(store, &from).and_then(|from| Ok((from, store.commit(head.unwrap_or(&to))?)));
    Some(ends.and_then(|(from, to)| {
        if from == to {
            return Err(nothing_new("pre-commit's push", to));
        }
        Ok(Found { note: Some(note), ..Found::one(from, to, "pre-commit: the two ends that it names") })
    }))
}

fn commit_of(store: &Store, name: &str) -> Result<Id, Error> {
    if Id::parse(name).is_some() { commit(store, name) } else { store.commit(name) }
}
