//! GitLab says who approved and not what: the commit is the one that the merge request stood at when it was approved.

use serde::Deserialize;

use super::Name;
use crate::forge::{Approved, moment};

/// The approvals of a merge request.
#[derive(Debug, Deserialize)]
pub(super) struct Approvals {
    #[serde(default)]
    pub(super) approved_by: Vec<ApprovedBy>,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub(super) struct ApprovedBy {
    user: Name,
    #[serde(default)]
    approved_at: Option<String>,
}

impl ApprovedBy {
    pub(super) fn has_time(&self) -> bool {
        self.approved_at.is_some()
    }
}

/// What a merge request was from some moment on.
#[derive(Debug, Deserialize)]
pub(super) struct Version {
    head_commit_sha: String,
    created_at: String,
}

/// Each approval with the commit that it was given to; none where the moment is not known. `told` holds users and moments as the
/// server's own notes tell them.
pub(super) fn placed(approvals: Approvals, versions: &[Version], told: &[(String, String)]) -> Vec<Approved> {
    let noted = |user: &str| told.iter().rev().find(|(name, _)| name == user).map(|(_, at)| at.clone());
    let placed = approvals.approved_by.into_iter().map(|one| {
        let at = one.approved_at.or_else(|| noted(&one.user.username));
        let commit = at.as_deref().and_then(moment::of).and_then(|at| stood_at(versions, at)).unwrap_or_default();
        Approved { user: one.user.username, commit, at }
    });
    placed.collect()
}

/// The commit of the latest version that was there at a moment. One that came in the same second may have come before or after.
fn stood_at(versions: &[Version], at: i64) -> Option<String> {
    let mut known: Vec<(i64, &Version)> = versions.iter().filter_map(|version| Some((moment::of(&version.created_at)?, version))).collect();
    if known.len() < versions.len() {
        return None;
    }
    known.sort_by_key(|(created, _)| *created);
    known.iter().rev().find(|(created, _)| *created <= at).map(|(_, version)| version.head_commit_sha.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn versions() -> Vec<Version> {
        serde_json::from_value(json!([
            {"head_commit_sha": "bbb", "created_at": "2026-11-20T11:00:00.500Z"},
            {"head_commit_sha": "aaa", "created_at": "2026-11-20T10:00:00.000+01:00"},
        ]))
        .unwrap()
    }

    fn commits(approved_by: &serde_json::Value, told: &[(&str, &str)]) -> Vec<String> {
        let told: Vec<(String, String)> = told.iter().map(|(user, at)| ((*user).to_owned(), (*at).to_owned())).collect();
        let approvals = serde_json::from_value(json!({ "approved_by": approved_by })).unwrap();
        placed(approvals, &versions(), &told).into_iter().map(|one| one.commit).collect()
    }

    #[test]
    fn an_approval_is_for_what_stood_there_then() {
        let by = |at: &str| json!([{"user": {"username": "ann"}, "approved_at": at}]);
        assert_eq!(commits(&by("2026-11-20T11:00:01Z"), &[]), ["bbb"]);
        assert_eq!(commits(&by("2026-11-20T11:00:00Z"), &[]), ["aaa"]);
        assert_eq!(commits(&by("2026-11-20T08:00:00Z"), &[]), [""]);
        assert_eq!(commits(&by("yesterday"), &[]), [""]);
    }

    #[test]
    fn older_servers_tell_the_moment_in_a_note() {
        let by = json!([{"user": {"username": "ann"}}, {"user": {"username": "bob"}}]);
        let told = [("ann", "2026-11-20T09:30:00Z"), ("ann", "2026-11-20T12:00:00Z")];
        assert_eq!(commits(&by, &told), ["bbb", ""]);
    }
}
