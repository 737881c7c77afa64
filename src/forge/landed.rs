//! The changes of a push: which pull or merge request each commit of it was made of. A squash, a rebase and several merges at once leave none of
//! the approved commits behind, so what was approved is looked up at the forge: the waivers as they stood at each change's tip.

use super::{Change, Error, Forge};
use crate::waiver;

/// Commits of a push that are asked about, one by one.
const MOST: usize = 50;

/// The text of the waiver file after a push or in a merge queue's entry; none where there is none, or it is as it was before: then nobody has to
/// approve anything.
pub(super) fn news(forge: &dyn Forge, before: Option<&str>, after: &str) -> Result<bool, Error> {
    let Some(now) = forge.file(waiver::PATH, after)? else { return Ok(false) };
    let Some(before) = before else { return Ok(true) };
    Ok(forge.file(waiver::PATH, before)?.as_ref() != Some(&now))
}

/// The changes that the commits of a branch since `before` were made of, newest first.
pub(super) fn changes(forge: &dyn Forge, before: Option<&str>, after: &str, notes: &mut Vec<String>) -> Result<Vec<Change>, Error> {
    let mut found: Vec<Change> = Vec::new();
    let mut commit = after.to_owned();
    for _ in 0..MOST {
        let change = forge.merged_as(&commit)?;
        found.extend(change.filter(|change| found.iter().all(|known| known.number != change.number)));
        // without a commit before, only the last one is known to be new
        let Some(before) = before else { return Ok(found) };
        match forge.parent(&commit)? {
            Some(parent) if parent != before => commit = parent,
            _ => return Ok(found),
        }
    }
    notes.push(format!("only the last {MOST} commits of this push were asked about: approvals of changes before them do not count"));
    Ok(found)
}
