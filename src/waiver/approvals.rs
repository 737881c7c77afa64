//! Who approved the head commit, as a step of its own handed it in. Nothing here talks to a forge.

use serde::{Deserialize, Serialize};

/// The file of `--approvals`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approvals {
    /// The head commit for which approvals were asked.
    pub commit: String,
    /// Who opened the change or wrote a commit in it.
    pub authors: Vec<String>,
    /// Who approved.
    pub approvals: Vec<Approval>,
    /// The changes that a pushed commit, or a merge queue's entry, brings in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub landed: Vec<Landed>,
}

/// A change that the head brings in as it was approved or as part of something larger: squashed, rebased, among others. The approved
/// commit need not be in any clone, so the waivers that stood in it stand here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Landed {
    /// Its number.
    pub change: u64,
    /// Who opened it or wrote a commit in it.
    pub authors: Vec<String>,
    /// Who approved its tip.
    pub approvals: Vec<Approval>,
    /// The text of the waiver file at its tip.
    pub waivers: String,
}

/// One approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// `@user`.
    pub user: String,
    /// The teams that the user is in: `@group/team`.
    #[serde(default)]
    pub teams: Vec<String>,
    /// The commit that was approved.
    pub commit: String,
    /// When.
    #[serde(default)]
    pub at: Option<String>,
}

impl Approvals {
    /// Reads the file's text.
    ///
    /// # Errors
    /// It is malformed, in one line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let approvals: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let commit = |id: &String| matches!(id.len(), 40 | 64) && id.bytes().all(|b| b.is_ascii_hexdigit());
        let all = approvals.approvals.iter().chain(approvals.landed.iter().flat_map(|change| &change.approvals));
        match std::iter::once(&approvals.commit).chain(all.map(|one| &one.commit)).find(|id| !commit(id)) {
            Some(wrong) => Err(format!("`{}` is no commit id", wrong.escape_debug())),
            None => Ok(approvals),
        }
    }

    /// Approvals of `owner`, which is a user or a team: by nobody who had a hand in the change, and asked for this very head.
    pub fn of<'a>(&'a self, owner: &'a str, head: &str) -> impl Iterator<Item = &'a Approval> {
        let asked = self.asked_for(head);
        by(&self.approvals, &self.authors, owner).filter(move |_| asked)
    }

    /// Whether these were asked for this commit.
    #[must_use]
    pub fn asked_for(&self, head: &str) -> bool {
        self.commit.eq_ignore_ascii_case(head)
    }
}

impl Landed {
    /// Approvals of `owner` by nobody who had a hand in this change.
    pub fn of<'a>(&'a self, owner: &'a str) -> impl Iterator<Item = &'a Approval> {
        by(&self.approvals, &self.authors, owner)
    }
}

fn by<'a>(approvals: &'a [Approval], authors: &'a [String], owner: &'a str) -> impl Iterator<Item = &'a Approval> {
    let same = |one: &str, other: &str| plain(one).eq_ignore_ascii_case(plain(other));
    approvals
        .iter()
        .filter(move |one| same(&one.user, owner) || one.teams.iter().any(|team| same(team, owner)))
        .filter(move |one| !authors.iter().any(|author| same(author, &one.user)))
}

fn plain(name: &str) -> &str {
    name.strip_prefix('@').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "1111111111111111111111111111111111111111";

    fn approvals(user: &str, teams: &str, authors: &str) -> Approvals {
        let text =
            format!(r#"{{"commit":"{HEAD}","authors":[{authors}],"approvals":[{{"user":"{user}","teams":[{teams}],"commit":"{HEAD}"}}]}}"#);
        Approvals::parse(&text).unwrap()
    }

    #[test]
    fn an_owner_approves_by_name_or_by_team_and_never_the_own_change() {
        let counts = |approvals: &Approvals, head: &str| approvals.of("@acme/privacy", head).count();
        assert_eq!(counts(&approvals("@Ann", "\"@ACME/privacy\"", "\"@bob\""), HEAD), 1);
        assert_eq!(counts(&approvals("@ann", "", "\"@bob\""), HEAD), 0);
        assert_eq!(counts(&approvals("@ann", "\"@acme/privacy\"", "\"@bob\", \"ann\""), HEAD), 0);
        assert_eq!(counts(&approvals("@ann", "\"@acme/privacy\"", ""), &HEAD.replace('1', "2")), 0);
        assert_eq!(approvals("@ann", "", "").of("@ann", HEAD).count(), 1);
    }

    #[test]
    fn a_malformed_file_is_refused() {
        for wrong in
            ["", "[]", "{}", r#"{"commit":"main","authors":[],"approvals":[]}"#, r#"{"commit":"","authors":[],"approvals":[],"x":1}"#]
        {
            assert!(Approvals::parse(wrong).is_err(), "{wrong}");
        }
    }
}
