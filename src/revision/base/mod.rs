//! Which commits to compare when nobody says so: from the CI event, else from the branches of a local clone.

mod generic;
mod github;
mod gitlab;
mod local;
pub mod push;
#[cfg(test)]
mod tests;

#[cfg(feature = "forge")]
pub(crate) use github::payload;

use super::{Error, Id, Store};

/// How the environment is asked: a variable's value by its name.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The commits to compare, and why these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// One or several (after criss-cross merges): a default got weaker when it is weaker than at every one of them.
    pub base: Vec<Id>,
    /// The commit after.
    pub head: Id,
    /// In one sentence, for people.
    pub why: String,
    /// What people must be told even when they did not ask: a part of the change that nobody shows here.
    pub note: Option<&'static str>,
}

impl Found {
    fn one(base: Id, head: Id, why: impl Into<String>) -> Self {
        Self::new(vec![base], head, why)
    }

    fn new(base: Vec<Id>, head: Id, why: impl Into<String>) -> Self {
        Self { base, head, why: why.into(), note: None }
    }
}

/// Finds base and head. `head` is what `--head` named; `ci` asks for a CI event and nothing else (`--ci`).
///
/// # Errors
/// No base can be named (exit 3), with the command that fetches what is missing.
pub fn find(store: &Store, env: Environment<'_>, head: Option<&str>, ci: bool) -> Result<Found, Error> {
    // What ran this program says more than the job around it; `--ci` asks for the job.
    if let Some(found) = (!ci).then(|| generic::pre_commit(store, env, head)).flatten() {
        return found;
    }
    let event = github::find(store, env, head).or_else(|| gitlab::find(store, env, head)).or_else(|| generic::find(store, env, head));
    match event {
        Some(found) => found,
        None if ci && env("CIRCLECI").is_some_and(|value| value == "true") => Err(Error::NoBase(
            "CircleCI tells a job of no base: give --base << pipeline.git.base_revision >>, or leave --ci out to compare with the default branch"
                .to_string(),
        )),
        None if ci => Err(Error::NoBase("--ci was given, but no CI event that names one was found; give --base".to_string())),
        None => local::find(store, head),
    }
}

/// A commit that an event names, or the fetch that brings it.
fn commit(store: &Store, sha: &str) -> Result<Id, Error> {
    match Id::parse(sha) {
        Some(id) if id.is_zero() => Err(Error::NoBase("the event names no commit".to_string())),
        Some(id) if store.has(id) => Ok(id),
        Some(id) => Err(store.lacking_commit(id)),
        None => Err(Error::NoBase(format!("the event names `{sha}`, which is no commit id"))),
    }
}

/// The tip of a branch as its server has it, as far as this clone knows.
fn branch_tip(store: &Store, branch: &str) -> Result<Id, Error> {
    let branch = branch.strip_prefix("refs/heads/").unwrap_or(branch);
    let remotes = store.remotes();
    let names = remotes.iter().map(|remote| format!("refs/remotes/{remote}/{branch}"));
    let names = names.chain(remotes.is_empty().then(|| format!("refs/heads/{branch}")));
    for name in names {
        if let Ok(tip) = store.commit(&name) {
            return Ok(tip);
        }
    }
    Err(store.lacking_branch(remotes.first().map_or("origin", String::as_str), branch))
}

/// The merge-bases of a branch and the head of a change to it.
fn against_branch(store: &Store, branch: &str, head: Id, event: &str) -> Result<Found, Error> {
    let tip = branch_tip(store, branch)?;
    let base = store.merge_bases(tip, head)?;
    if base.contains(&head) {
        return Err(nothing_new(&format!("{event} to {branch}"), head));
    }
    let several = if base.len() > 1 { " (there are several)" } else { "" };
    Ok(Found::new(base, head, format!("{event}: the merge-base of {branch} and the head{several}")))
}

/// The event tells of a change, and the commits show none: the wrong commit is checked out.
fn nothing_new(event: &str, head: Id) -> Error {
    Error::NoBase(format!(
        "the event is {event}, but the head {head} is already part of its base: check out the change, or name both sides by --base and --head"
    ))
}

/// A push: what the branch was before, else where it left the default branch.
fn pushed(store: &Store, before: Option<&str>, head: Id, branch: &str, default: Option<&str>) -> Result<Found, Error> {
    if let Some(before) = before.and_then(Id::parse).filter(|before| !before.is_zero()) {
        if before == head {
            return Err(nothing_new("a push", head));
        }
        if store.has(before) {
            return Ok(Found::one(before, head, "a push: the commit that the branch had before"));
        }
        // Complete and still not there: the push was forced, and the old commit is gone.
        if store.is_shallow() {
            return Err(store.lacking_commit(before));
        }
    }
    let Some(default) = default else {
        return Err(Error::NoBase("the push names no commit before it, and no default branch: give --base".to_string()));
    };
    if branch == default {
        return Err(Error::NoBase(format!("this push is the first of {default}, or replaced what it had: give --base")));
    }
    let tip = branch_tip(store, default)?;
    let base = store.merge_bases(tip, head)?;
    let same = if base.contains(&head) { ", which is the head itself: there is nothing to compare" } else { "" };
    Ok(Found::new(base, head, format!("a push of something new: its merge-base with {default}{same}")))
}
