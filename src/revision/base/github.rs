//! Base and head from a GitHub Actions event (Gitea and Forgejo speak the same).
//!
//! `pull_request.base.sha` is not used: it is neither the merge-base nor always current. The first parent of the test-merge
//! commit that Actions checks out is exactly what the change is merged into.

use std::io::Read;

use serde_json::Value;

use super::{Environment, Found, against_branch, branch_tip, commit, nothing_new, pushed};
use crate::revision::{Error, Fetch, Id, Store};

/// Event files are a few hundred kB at most.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// `None` outside of Actions.
pub(super) fn find(store: &Store, env: Environment<'_>, head: Option<&str>) -> Option<Result<Found, Error>> {
    env("GITHUB_ACTIONS").filter(|value| value == "true")?;
    let event = env("GITHUB_EVENT_NAME")?;
    let payload = env("GITHUB_EVENT_PATH").and_then(|path| payload(&path)).unwrap_or(Value::Null);
    let head = match head.map(|head| store.commit(head)).transpose() {
        Ok(head) => head,
        Err(error) => return Some(Err(error)),
    };
    let change = Event { store, env, payload, head };
    Some(match event.as_str() {
        "pull_request" | "pull_request_review" | "pull_request_review_comment" => change.pull_request(),
        "pull_request_target" => change.pull_request_target(),
        "merge_group" => change.merge_group(),
        "push" => change.push(),
        _ => Err(Error::NoBase(format!("the event `{event}` names none: give --base"))),
    })
}

/// The event of a run, from the file that the runner names.
pub(crate) fn payload(path: &str) -> Option<Value> {
    let mut text = Vec::new();
    std::fs::File::open(path).ok()?.take(MOST_BYTES).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

struct Event<'a> {
    store: &'a Store,
    env: Environment<'a>,
    payload: Value,
    /// `--head`.
    head: Option<Id>,
}

impl Event<'_> {
    /// A text of the payload by its JSON pointer.
    fn text(&self, pointer: &str) -> Option<&str> {
        self.payload.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn target(&self) -> Option<String> {
        self.text("/pull_request/base/ref").map(String::from).or_else(|| (self.env)("GITHUB_BASE_REF")).filter(|branch| !branch.is_empty())
    }

    fn pull_request(&self) -> Result<Found, Error> {
        if let Some(head) = self.head {
            return self.to_target(head);
        }
        let head = self.store.commit("HEAD")?;
        let tip = self.text("/pull_request/head/sha").and_then(Id::parse);
        if tip != Some(head)
            && let Some(base) = self.merged_into(head, tip)?
        {
            self.is_the_change(head, tip)?;
            return Ok(Found::one(base, head, "a pull request: the first parent of its test merge"));
        }
        let found = self.to_target(head)?;
        self.is_the_change(head, tip)?;
        Ok(found)
    }

    /// Whether what is checked out is what the event is about: the commit that Actions checked out, or one that holds the change. What
    /// a step before made of it is another change, and judging that one would say nothing of this one.
    fn is_the_change(&self, head: Id, tip: Option<Id>) -> Result<(), Error> {
        let checked_out = (self.env)("GITHUB_SHA").and_then(|sha| Id::parse(&sha));
        let Some(tip) = tip.filter(|tip| *tip != head && checked_out != Some(head)) else { return Ok(()) };
        let holds = self.store.has(tip) && self.store.merge_bases(tip, head)?.contains(&tip);
        // one merge of the same two commits has one result
        let remade = checked_out.is_some_and(|made| {
            let parents = |id: Id| self.store.parents(id).ok().filter(|parents| parents.len() > 1);
            let tree = |id: Id| self.store.resolve(&id.to_string()).ok().and_then(|revision| revision.tree());
            parents(made).is_some_and(|of| Some(of) == parents(head)) && tree(made) != tree(head)
        });
        if holds && !remade {
            return Ok(());
        }
        Err(Error::NoBase(format!(
            "the event is about {tip}, and {head} is checked out, which {}: check out the change, or name both sides by --base and --head",
            if holds { "merges it in another way than its test merge" } else { "does not hold it" }
        )))
    }

    /// What the checked-out commit merges the change into, if it is the test merge of Actions.
    fn merged_into(&self, head: Id, tip: Option<Id>) -> Result<Option<Id>, Error> {
        let is_merge_ref = (self.env)("GITHUB_REF").is_some_and(|name| name.starts_with("refs/pull/") && name.ends_with("/merge"));
        let is_checked_out = (self.env)("GITHUB_SHA").and_then(|sha| Id::parse(&sha)) == Some(head);
        let parents = self.store.parents(head).unwrap_or_default();
        if let [base, change] = parents.as_slice() {
            // Payloads can be empty for forks: the reference's name says the same then.
            let is_change = tip.map_or(is_merge_ref && is_checked_out, |tip| tip == *change);
            if is_change && self.store.has(*base) {
                return Ok(Some(*base));
            }
            if !is_change {
                return Ok(None);
            }
        }
        if is_merge_ref && is_checked_out && self.store.is_shallow() {
            return Err(Error::Missing {
                what: "the commit that this pull request is merged into (`fetch-depth: 2` for actions/checkout gets it)".to_string(),
                clone: "shallow clone",
                fetch: Fetch::new(&["--depth=2", "origin", &head.to_string()]),
            });
        }
        Ok(None)
    }

    fn to_target(&self, head: Id) -> Result<Found, Error> {
        let target = self
            .target()
            .ok_or_else(|| Error::NoBase("the pull request's event does not name its target branch: give --base".to_string()))?;
        against_branch(self.store, &target, head, "a pull request")
    }

    fn pull_request_target(&self) -> Result<Found, Error> {
        let Some(head) = self.head else {
            return Err(Error::NoBase(
                "the event `pull_request_target` checks out the target branch itself, so base and head would be the same: \
                 fetch the pull request's head and name it by --head, or run on `pull_request`"
                    .to_string(),
            ));
        };
        let target = self.target().unwrap_or_default();
        if branch_tip(self.store, &target).is_ok() {
            return self.to_target(head);
        }
        let tip = commit(self.store, &(self.env)("GITHUB_SHA").unwrap_or_default())?;
        let base = self.store.merge_bases(tip, head)?;
        if base.contains(&head) {
            return Err(nothing_new("pull_request_target", head));
        }
        Ok(Found::new(base, head, "a pull request: the merge-base of the commit that its target branch is at and the head"))
    }

    fn merge_group(&self) -> Result<Found, Error> {
        let sha = |name: &str| {
            let sha = self.text(&format!("/merge_group/{name}"));
            sha.ok_or_else(|| Error::NoBase(format!("the event `merge_group` has no {name}: give --base")))
        };
        let base = commit(self.store, sha("base_sha")?)?;
        let head = self.head.map_or_else(|| commit(self.store, sha("head_sha")?), Ok)?;
        if base == head {
            return Err(nothing_new("merge_group", head));
        }
        Ok(Found::one(base, head, "a merge queue: the commit that the group is merged onto"))
    }

    fn push(&self) -> Result<Found, Error> {
        let here = self.head.map_or_else(|| self.store.commit("HEAD"), Ok)?;
        if self.payload.pointer("/deleted").and_then(Value::as_bool) == Some(true) {
            return Ok(Found::one(here, here, "a push that deleted its branch: there is nothing to compare"));
        }
        let head = match (self.head, self.text("/after")) {
            (None, Some(after)) => commit(self.store, after)?,
            _ => here,
        };
        let name = self.text("/ref").map(String::from).or_else(|| (self.env)("GITHUB_REF")).unwrap_or_default();
        let branch = name.strip_prefix("refs/heads/").unwrap_or(&name);
        let found = pushed(self.store, self.text("/before"), head, branch, self.text("/repository/default_branch"))?;
        if found.base.contains(&head) && self.payload.pointer("/created").and_then(Value::as_bool) != Some(true) {
            return Err(nothing_new("push", head));
        }
        Ok(found)
    }
}
