//! Who approved the commit that is judged, for the file of `check --approvals`: the latest word of each user, for the tip of the
//! change, with the teams that may waive and the user is in.

use super::{Approved, Change, Error, Forge, is_commit, moment};
use crate::config;
use crate::report::escape;
use crate::waiver::approvals::{Approval, Approvals};
use crate::waiver::settle::{CODEOWNERS, owners_named};

/// Teams and approvers that are asked about; each pair is a request.
const MOST_TEAMS: usize = 20;
const MOST_APPROVERS: usize = 50;

/// What the forge said, and what people should know about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// For the file.
    pub approvals: Approvals,
    /// One line each: which approvals do not count, and why.
    pub notes: Vec<String>,
}

/// Asks who approved the change of which `commit` is judged.
///
/// # Errors
/// The forge did not answer or refused; the commit is none.
pub fn ask(forge: &dyn Forge, commit: &str) -> Result<Answered, Error> {
    if !is_commit(commit) {
        return Err(Error::Usage(format!("`{}` is no commit id of 40 or 64 digits: give --commit", escape::line(commit))));
    }
    let mut answered = Answered { approvals: Approvals { commit: commit.to_owned(), ..Approvals::default() }, notes: Vec::new() };
    let Some(change) = forge.change()? else {
        answered.notes.push("this run belongs to no change, so nobody approved it".into());
        return Ok(answered);
    };
    let writers = forge.writers(&change)?;
    let mut authors: Vec<String> = writers.users.iter().chain(&change.opener).map(|user| format!("@{user}")).collect();
    authors.sort_unstable();
    authors.dedup();
    answered.approvals.authors = authors;
    let (here, elsewhere): (Vec<Approved>, Vec<Approved>) = forge.approved(&change)?.into_iter().partition(|one| one.commit == change.tip);
    for one in &elsewhere {
        let of = if one.commit.is_empty() { "a commit that is not known".to_owned() } else { short(&one.commit) };
        answered.notes.push(format!("@{} approved {of}, not {}: that does not count", escape::line(&one.user), short(&change.tip)));
    }
    if here.is_empty() {
        return Ok(answered);
    }
    if let Some(unknown) = writers.unknown.first() {
        answered.notes.push(format!(
            "the author of {} belongs to no account, so nobody can tell whether an approver wrote it, and no approval counts: link the address to an account, or put the waiver into a change of its own",
            short(unknown)
        ));
        return Ok(answered);
    }
    let teams = teams(forge, &change, &mut answered.notes)?;
    for one in here.iter().take(MOST_APPROVERS) {
        let teams = teams_of(forge, &teams, &one.user, &mut answered.notes)?;
        let approval =
            |commit: &str| Approval { user: format!("@{}", one.user), teams: teams.clone(), commit: commit.to_owned(), at: one.at.clone() };
        answered.approvals.approvals.push(approval(&one.commit));
        if let Some(made) = change.made.as_ref().filter(|made| made.commit != one.commit && before(one.at.as_deref(), made.at.as_deref())) {
            answered.approvals.approvals.push(approval(&made.commit));
        }
    }
    if here.len() > MOST_APPROVERS {
        answered.notes.push(format!("{} approvals are more than {MOST_APPROVERS}: the others are left out", here.len()));
    }
    Ok(answered)
}

/// Whether an approval was given before a moment; where there is no such moment, it was.
fn before(given: Option<&str>, made: Option<&str>) -> bool {
    let Some(made) = made else { return true };
    given.and_then(moment::of).zip(moment::of(made)).is_some_and(|(given, made)| given <= made)
}

/// The teams among those who may waive, as the target of the change says; `check` decides by the base again.
fn teams(forge: &dyn Forge, change: &Change, notes: &mut Vec<String>) -> Result<Vec<String>, Error> {
    let mut read = |path: &str| match forge.file(path, &change.target) {
        Err(refused @ Error::Refused { .. }) => {
            notes.push(format!("{refused}: teams that it names are not asked about"));
            Ok(None)
        }
        other => other,
    };
    let configured = read(config::PATH)?.and_then(|text| config::parse(config::PATH, &text).ok());
    let mut owners = configured.map(|config| config.waivers.owners.0).unwrap_or_default();
    if owners.is_empty() {
        for path in CODEOWNERS {
            if let Some(text) = read(path)? {
                owners = owners_named(&text);
                break;
            }
        }
    }
    let mut teams: Vec<String> =
        owners.iter().filter_map(|owner| owner.strip_prefix('@')).filter(|name| name.contains('/')).map(str::to_owned).collect();
    teams.sort_unstable();
    teams.dedup();
    if teams.len() > MOST_TEAMS {
        notes.push(format!("{} teams may waive; only the first {MOST_TEAMS} are asked about", teams.len()));
        teams.truncate(MOST_TEAMS);
    }
    Ok(teams)
}

fn teams_of(forge: &dyn Forge, teams: &[String], user: &str, notes: &mut Vec<String>) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for team in teams {
        match forge.is_member(team, user) {
            Ok(true) => found.push(format!("@{team}")),
            Ok(false) => notes.push(format!("@{} is not in @{}, as far as this token may see", escape::line(user), escape::line(team))),
            Err(refused @ Error::Refused { .. }) => {
                notes.push(format!("{refused}; so nobody knows whether @{} is in @{}", escape::line(user), escape::line(team)));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn short(commit: &str) -> String {
    commit.chars().take(10).collect()
}
