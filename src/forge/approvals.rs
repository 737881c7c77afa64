//! Who approved what is judged, for the file of `check --approvals`: the latest word of each user, for the tip of each change, with the
//! teams that may waive and the user is in.

use super::{Approved, Change, Error, Forge, Run, is_commit, landed, moment};
use crate::report::escape;
use crate::waiver::approvals::{Approval, Approvals, Landed};
use crate::waiver::settle::{CODEOWNERS, owners_named};
use crate::{config, waiver};

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

/// Asks who approved what is judged as `commit`: the change that the run is about, or all changes that a push or a merge queue's entry
/// is made of.
///
/// # Errors
/// The forge did not answer or refused; the commit is none.
pub fn ask(forge: &dyn Forge, commit: &str) -> Result<Answered, Error> {
    if !is_commit(commit) {
        return Err(Error::Usage(format!("`{}` is no commit id of 40 or 64 digits: give --commit", escape::line(commit))));
    }
    let mut answered = Answered { approvals: Approvals { commit: commit.to_owned(), ..Approvals::default() }, notes: Vec::new() };
    let notes = &mut answered.notes;
    let (before, at, changes) = match forge.run() {
        Run::Change => {
            let Some(change) = forge.change()? else {
                notes.push("this run belongs to no change, so nobody approved it".into());
                return Ok(answered);
            };
            let here = here(forge, &change, notes)?;
            (answered.approvals.authors, answered.approvals.approvals) = told(forge, &change, here, &change.target, notes)?;
            return Ok(answered);
        }
        Run::Push { before, after } => {
            if !landed::news(forge, before, after)? {
                notes.push(format!("{} is as it was before: nobody has to approve it", waiver::PATH));
                return Ok(answered);
            }
            (before, None, landed::changes(forge, before, after, notes)?)
        }
        Run::Entry { before, at } => (before, at, forge.change()?.into_iter().collect()),
    };
    if changes.is_empty() {
        notes.push("this run belongs to no change, so nobody approved it".into());
    }
    for change in &changes {
        let mut here = here(forge, change, notes)?;
        here.retain(|one| earlier(one.at.as_deref(), at));
        if here.is_empty() {
            continue;
        }
        let Some(waivers) = forge.file(waiver::PATH, &change.tip)? else { continue };
        // what it became a part of already has its owners
        let (authors, approvals) = match told(forge, change, here, before.unwrap_or(&change.target), notes) {
            Err(strange @ Error::Strange { .. }) => {
                notes.push(format!("{strange}; so the approvals of {} do not count", change.number));
                continue;
            }
            other => other?,
        };
        answered.approvals.landed.push(Landed { change: change.number, authors, approvals, waivers });
    }
    Ok(answered)
}

/// The approvals that stand for the tip of a change.
fn here(forge: &dyn Forge, change: &Change, notes: &mut Vec<String>) -> Result<Vec<Approved>, Error> {
    let (here, elsewhere): (Vec<Approved>, Vec<Approved>) = forge.approved(change)?.into_iter().partition(|one| one.commit == change.tip);
    for one in &elsewhere {
        let of = if one.commit.is_empty() { "a commit that is not known".to_owned() } else { short(&one.commit) };
        notes.push(format!("@{} approved {of}, not {}: that does not count", escape::line(&one.user), short(&change.tip)));
    }
    Ok(here)
}

/// Who had a hand in a change, and the approvals of its tip with the teams that each approver is in. `owners` is where it is looked up who may
/// waive.
fn told(
    forge: &dyn Forge,
    change: &Change,
    here: Vec<Approved>,
    owners: &str,
    notes: &mut Vec<String>,
) -> Result<(Vec<String>, Vec<Approval>), Error> {
    let writers = forge.writers(change)?;
    let mut authors: Vec<String> = writers.users.iter().chain(&change.opener).map(|user| format!("@{user}")).collect();
    authors.sort_unstable();
    authors.dedup();
    if here.is_empty() {
        return Ok((authors, Vec::new()));
    }
    if let Some(unknown) = writers.unknown.first() {
        notes.push(format!(
            "the author of {} belongs to no account, so nobody can tell whether an approver wrote it, and no approval counts: link the address to an account, or put the waiver into a change of its own",
            short(unknown)
        ));
        return Ok((authors, Vec::new()));
    }
    if here.len() > MOST_APPROVERS {
        notes.push(format!("{} approvals are more than {MOST_APPROVERS}: the others are left out", here.len()));
    }
    let teams = teams(forge, owners, notes)?;
    let mut approvals = Vec::new();
    for one in here.into_iter().take(MOST_APPROVERS) {
        let teams = teams_of(forge, &teams, &one.user, notes)?;
        approvals.push(Approval { user: format!("@{}", one.user), teams, commit: one.commit, at: one.at });
    }
    Ok((authors, approvals))
}

/// Whether an approval was given before a moment; where there is no such moment, it was.
fn earlier(given: Option<&str>, made: Option<&str>) -> bool {
    let Some(made) = made else { return true };
    given.and_then(moment::of).zip(moment::of(made)).is_some_and(|(given, made)| given <= made)
}

/// The teams among those who may waive, as a commit or a branch says; `check` decides by the base again.
fn teams(forge: &dyn Forge, at: &str, notes: &mut Vec<String>) -> Result<Vec<String>, Error> {
    let mut read = |path: &str| match forge.file(path, at) {
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
