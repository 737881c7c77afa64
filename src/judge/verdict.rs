//! The matrix of verdicts: what becomes of a concept's state at base and at head. Pure and exhaustive; nothing else decides.

use crate::policy::file::Order;
use crate::policy::order::{self, Comparison, Rank};
use crate::report::model::Change;

/// What is known of a concept for a subject on one side.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// The subject does not exist.
    Gone,
    /// It exists and nothing is written: the product's own value holds, when it is known.
    Unset(Option<Rank>),
    /// A setting says this.
    Written(Rank),
    /// A setting says something that cannot be known.
    Unknown,
}

/// What the matrix needs besides the two states.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent questions, each asked by one cell of the matrix")]
pub struct Case<'a> {
    /// The policy's order.
    pub order: &'a Order,
    /// What a new subject must reach.
    pub floor: Option<Rank>,
    /// The unset value at head.
    pub unset: Option<Rank>,
    /// What the setting's scope protects is still there.
    pub guarded: bool,
    /// Both sides have the same source text.
    pub same_text: bool,
    /// What decided at base is gone and nothing new decides at head.
    pub decider_gone: bool,
    /// At head the name stands, and it is one of an open set: without it there would be no such concept.
    pub named: bool,
    /// The safest place of this concept that reaches the subject at base.
    pub reach: Option<Rank>,
}

/// A change, and whether it counts one severity lower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What happened.
    pub change: Change,
    /// One severity lower.
    pub lowered: bool,
}

impl From<Change> for Outcome {
    fn from(change: Change) -> Self {
        Self { change, lowered: false }
    }
}

/// The verdict of one transition; none when there is nothing to say.
#[must_use]
pub fn verdict(base: &State, head: &State, case: &Case) -> Option<Outcome> {
    match (base, head) {
        (State::Gone, State::Written(h)) => introduced(h, case),
        // a new opt-out that nobody takes: what it refuses has come
        (State::Gone, State::Unset(Some(h))) if case.named => {
            order::is_worst(case.order, h).then_some(Outcome { change: Change::Introduced, lowered: true })
        }
        (State::Gone, State::Gone | State::Unset(_) | State::Unknown) | (State::Unset(_) | State::Unknown, State::Gone) => None,
        (State::Unset(b), State::Unset(h)) => by_rank(b.as_ref()?, h.as_ref()?, case, Change::Weakened),
        (State::Unset(b), State::Written(h)) => newly_written(b.as_ref(), h, case),
        (State::Unset(b), State::Unknown) => b.as_ref().filter(|b| order::is_best(case.order, b)).map(|_| Change::Undecided.into()),
        (State::Written(b), State::Gone) => {
            let unset = case.unset.as_ref().filter(|_| case.guarded)?;
            (compare(case, b, unset) == Comparison::Weaker).then_some(Change::Removed.into())
        }
        (State::Written(b), State::Unset(None) | State::Unknown) => not_weakest(b, case),
        (State::Written(b), State::Unset(Some(h)) | State::Written(h)) => {
            by_rank(b, h, case, if case.decider_gone { Change::Removed } else { Change::Weakened })
        }
        (State::Unknown, State::Unset(None)) => Some(Change::Undecided.into()),
        (State::Unknown, State::Unset(Some(h)) | State::Written(h)) => (!order::is_best(case.order, h)).then_some(Change::Undecided.into()),
        (State::Unknown, State::Unknown) => (!case.same_text).then_some(Change::Undecided.into()),
    }
}

fn compare(case: &Case, a: &Rank, b: &Rank) -> Comparison {
    order::compare(case.order, a, b)
}

fn by_rank(b: &Rank, h: &Rank, case: &Case, weaker: Change) -> Option<Outcome> {
    match compare(case, b, h) {
        Comparison::Same => None,
        Comparison::Weaker => Some(weaker.into()),
        Comparison::Stronger => Some(Change::Strengthened.into()),
        Comparison::Incomparable => incomparable(b, case),
    }
}

/// What does not compare asks, unless the base was the one weakest value of the whole order.
fn incomparable(b: &Rank, case: &Case) -> Option<Outcome> {
    let weakest = order::worst(case.order).is_some_and(|worst| compare(case, &worst, b) == Comparison::Same);
    (!weakest).then_some(Change::Undecided.into())
}

fn not_weakest(b: &Rank, case: &Case) -> Option<Outcome> {
    (!order::is_worst(case.order, b)).then_some(Change::Undecided.into())
}

fn introduced(h: &Rank, case: &Case) -> Option<Outcome> {
    let weaker_than = |bar: &Option<Rank>| bar.as_ref().is_some_and(|bar| compare(case, bar, h) == Comparison::Weaker);
    if weaker_than(&case.floor) || (case.floor.is_none() && weaker_than(&case.unset)) {
        return Some(Change::Introduced.into());
    }
    let as_unset = case.unset.as_ref().is_some_and(|unset| compare(case, unset, h) == Comparison::Same);
    let introduced = as_unset && case.floor.is_none() && order::is_worst(case.order, h);
    // a new layer of what a safer place reached is nothing new
    let overrides = weaker_than(&case.reach);
    introduced.then(|| if overrides { Change::Weakened.into() } else { Outcome { change: Change::Introduced, lowered: true } })
}

fn newly_written(b: Option<&Rank>, h: &Rank, case: &Case) -> Option<Outcome> {
    let Some(b) = b else {
        // nothing is known of what held before: only what no new subject may ship is worth a word
        let under = case.floor.as_ref().is_some_and(|floor| compare(case, floor, h) == Comparison::Weaker);
        return under.then_some(Change::Introduced.into());
    };
    match compare(case, b, h) {
        Comparison::Same => {
            let overrides = case.reach.as_ref().is_some_and(|safer| compare(case, safer, h) == Comparison::Weaker);
            overrides.then_some(Change::Weakened.into())
        }
        Comparison::Weaker => Some(Change::Weakened.into()),
        Comparison::Stronger => Some(Change::Strengthened.into()),
        Comparison::Incomparable => incomparable(b, case),
    }
}

#[cfg(test)]
mod tests;
