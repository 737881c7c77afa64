//! Safety orders: from a value to a rank, and from two ranks to "weaker or not". One file per order.

mod append_only;
mod check;
mod decision;
mod frozen;
mod host;
mod ladder;
mod members;
mod net;
mod number;
mod parts;
mod pin;
#[cfg(test)]
mod properties;
mod reach;
mod robots;
mod scalar;
mod secret;
mod shape;
#[cfg(test)]
mod tests;
mod text_pattern;

use std::collections::{BTreeMap, BTreeSet};

use super::file::{Given, Order, Reads, SaferSet, Side};
use super::reads::{self, Switched};
use crate::value::{Mark, Value};

use scalar::{plain_text, weakest_item};

pub use check::check;
pub use number::Amount;
pub use parts::combine as combine_parts;
pub use reach::{Place, Reached};
pub use text_pattern::TextPattern;

/// A place on an order. Only ranks of one order compare.
#[derive(Clone, Debug, PartialEq)]
pub enum Rank {
    /// Position on a chain, 0 is the safest: `switch`, `present`, `shape`, `pin`, `secret`, `decision`.
    Rung(u16),
    /// Rung of a ladder (`ladders`: counted through all of them) and how many members the value has.
    Ladder {
        /// 0 is the safest of the first ladder.
        rung: u16,
        /// 1 for anything but a list.
        members: u32,
    },
    /// A number.
    Amount(Amount),
    /// A set, in the spelling its kind compares by.
    Members(BTreeSet<String>),
    /// Addresses of `reach`.
    Reach(Reached),
    /// The canonical text of `frozen`.
    Text(String),
    /// The ids of `append_only`, the questions of `decision` that a file does not answer with the safest word.
    Records(BTreeSet<String>),
    /// The groups of a `robots.txt`.
    Robots(std::sync::Arc<crate::read::decision::robots::Groups>),
    /// Ranks by part; `None` is a part that could not be read.
    Parts(BTreeMap<String, Option<Rank>>),
}

/// How the second of two ranks stands to the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// As safe.
    Same,
    /// The second is weaker.
    Weaker,
    /// The second is stronger.
    Stronger,
    /// Neither, and not the same.
    Incomparable,
}

impl Comparison {
    /// The answer with both sides exchanged.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Weaker => Self::Stronger,
            Self::Stronger => Self::Weaker,
            same => same,
        }
    }

    /// By position, where a greater one is weaker.
    fn of_positions<T: PartialOrd>(a: &T, b: &T) -> Self {
        match a.partial_cmp(b) {
            Some(std::cmp::Ordering::Equal) => Self::Same,
            Some(std::cmp::Ordering::Less) => Self::Weaker,
            Some(std::cmp::Ordering::Greater) => Self::Stronger,
            None => Self::Incomparable,
        }
    }

    /// By whether the first set lies within the second and the second within the first, where more is weaker.
    fn of_sets(a_in_b: bool, b_in_a: bool) -> Self {
        match (a_in_b, b_in_a) {
            (true, true) => Self::Same,
            (true, false) => Self::Weaker,
            (false, true) => Self::Stronger,
            (false, false) => Self::Incomparable,
        }
    }
}

/// What a spelling adds to how a value is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spelled<'a> {
    /// Which side an enabled switch is on.
    pub enabled_is: Option<Side>,
    /// How text becomes a switch.
    pub reads: Option<&'a Reads>,
    /// Unit of bare numbers here.
    pub unit: Option<&'a str>,
    /// Which part of `parts`.
    pub part: Option<&'a str>,
    /// The value reaches the process as text, however the file types it (`FOO: true` in an `environment` mapping).
    pub is_env: bool,
}

/// What an order makes of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Ranked {
    /// Its place.
    Rank(Rank),
    /// It is on no rung, or cannot be read.
    Unread,
    /// It counts as if nothing were written.
    NotWritten,
}

impl Ranked {
    fn or_unread(rank: Option<Rank>) -> Self {
        rank.map_or(Self::Unread, Self::Rank)
    }
}

/// The rank of one literal value. `raw` is its source text.
#[must_use]
pub fn rank(order: &Order, spelled: &Spelled, value: &Value, mark: Mark, raw: &str) -> Ranked {
    if *value == Value::Null {
        return Ranked::NotWritten;
    }
    match order {
        Order::Switch => return switch(spelled, value),
        Order::Present(side) => return Ranked::Rank(rung_of(*side)),
        Order::Parts(parts) => {
            return match spelled.part.and_then(|part| parts.get(part)) {
                Some(Order::Parts(_)) | None => Ranked::Unread,
                Some(part) => rank(part, spelled, value, mark, raw),
            };
        }
        Order::Secret(_) if mark != Mark::Plain => return rank_unread(order, mark),
        _ => {}
    }
    if *value == Value::Map {
        return Ranked::NotWritten;
    }
    if matches!(value, Value::Text(text) if text.is_empty()) && !ranks_empty_text(order) {
        return Ranked::NotWritten;
    }
    Ranked::or_unread(match order {
        Order::Ladder(ladder) => ladder::rank(std::slice::from_ref(ladder), value, raw),
        Order::Ladders(ladders) => ladder::rank(ladders, value, raw),
        Order::Number(number) => number::rank(number, spelled.unit, value).map(Rank::Amount),
        Order::Members(set) => members::rank(set, value).map(Rank::Members),
        Order::Reach(reach) => reach::rank(reach, value).map(Rank::Reach),
        Order::AppendOnly(list) => append_only::rank(list, value).map(Rank::Records),
        Order::Frozen => frozen::rank(value, raw).map(Rank::Text),
        Order::Shape(shapes) => return shape::rank(shapes, value, raw),
        Order::Pin => weakest_item(value, raw, |text| Some(pin::rung(text))),
        Order::Secret(secret) => return secret::rank(secret, value, raw),
        Order::Decision(_) if is_robots(order) => robots::rank(value).map(Rank::Robots),
        Order::Decision(decision) if let Some(language) = decision::language(decision) => decision::rank(decision, language, value),
        Order::Decision(decision) => weakest_item(value, raw, |text| ladder::rung_of(&decision.order.0, text)),
        Order::Switch | Order::Present(_) | Order::Parts(_) => None,
    })
}

/// The rank of a value that cannot be read. What the kind of expression tells is enough for secrets, its presence for `present`.
#[must_use]
pub fn rank_unread(order: &Order, mark: Mark) -> Ranked {
    rank_unread_spelled(order, &Spelled::default(), mark)
}

/// As [`rank_unread`], for a spelling that may be satisfied by presence alone (`reads: presence`).
#[must_use]
pub fn rank_unread_spelled(order: &Order, spelled: &Spelled, mark: Mark) -> Ranked {
    match order {
        Order::Secret(_) => Ranked::or_unread(secret::rung_of_mark(mark).map(Rank::Rung)),
        Order::Present(side) => Ranked::Rank(rung_of(*side)),
        Order::Switch if reads::presence_is_enough(spelled.reads) => switched(spelled, Switched::Enabled),
        Order::Parts(parts) => match spelled.part.and_then(|part| parts.get(part)) {
            Some(Order::Parts(_)) | None => Ranked::Unread,
            Some(part) => rank_unread_spelled(part, spelled, mark),
        },
        _ => Ranked::Unread,
    }
}

/// The rank of a text that holds references, `postgres://${USER}:${PASSWORD}@db`: where a shape says what references are, it is
/// known without what they stand for. A tag behind a reference is a tag, `${REGISTRY}/app:latest`.
#[must_use]
pub fn rank_reference(order: &Order, spelled: &Spelled, raw: &str) -> Ranked {
    match order {
        Order::Shape(shapes) => shape::rank_reference(shapes, raw),
        Order::Pin => Ranked::or_unread(pin::rung_of_tag(raw).map(Rank::Rung)),
        Order::Parts(parts) => match spelled.part.and_then(|part| parts.get(part)) {
            Some(Order::Parts(_)) | None => Ranked::Unread,
            Some(part) => rank_reference(part, spelled, raw),
        },
        _ => Ranked::Unread,
    }
}

/// The rank of a value as policies write it. `None` for `unknown`, and for what is not on the order.
#[must_use]
pub fn given(order: &Order, given: &Given) -> Option<Rank> {
    let value = match given {
        Given::One(word) => match word.as_str() {
            "safe" => return best(order),
            "weak" => return worst(order),
            "unknown" => return None,
            text => {
                if let Some(rank) = named_rung(order, text) {
                    return Some(rank);
                }
                Value::text(text)
            }
        },
        Given::Many(words) => Value::List(words.iter().map(|word| Value::text(word.as_str())).collect()),
    };
    match order {
        // Only the words above stand on these; a value is what a spelling makes of it.
        Order::Switch | Order::Present(_) | Order::Parts(_) | Order::Pin | Order::Secret(_) | Order::Shape(_) | Order::AppendOnly(_) => {
            None
        }
        _ => match rank(order, &Spelled::default(), &value, Mark::Plain, "") {
            Ranked::Rank(rank) => Some(rank),
            Ranked::Unread | Ranked::NotWritten => None,
        },
    }
}

/// What `unset` is where the order itself says it: the other side of `present`.
#[must_use]
pub fn absent(order: &Order) -> Option<Rank> {
    match order {
        Order::Present(side) => Some(rung_of(other(*side))),
        Order::AppendOnly(_) => Some(Rank::Records(BTreeSet::new())),
        _ => None,
    }
}

/// The safest rank, where there is one.
#[must_use]
pub fn best(order: &Order) -> Option<Rank> {
    match order {
        Order::Switch | Order::Present(_) | Order::Pin | Order::Secret(_) => Some(Rank::Rung(0)),
        Order::Shape(shapes) => (!shapes.is_empty()).then_some(Rank::Rung(0)),
        Order::Decision(decision) if is_robots(order) => Some(Rank::Robots(robots::all(decision, 0))),
        Order::Decision(decision) if decision::language(decision).is_some() => Some(decision::all(decision, 0)),
        Order::Decision(decision) => (!decision.order.0.is_empty()).then_some(Rank::Rung(0)),
        Order::Ladder(ladder) => ladder::best(std::slice::from_ref(ladder)),
        Order::Ladders(ladders) => ladder::best(ladders),
        Order::Number(number) => Some(Rank::Amount(number::best(number))),
        Order::Members(set) => (set.safer == SaferSet::Fewer).then(|| Rank::Members(BTreeSet::new())),
        Order::Reach(reach) => Some(Rank::Reach(reach::best(reach))),
        Order::Parts(parts) => parts::each(parts, best),
        Order::Frozen | Order::AppendOnly(_) => None,
    }
}

/// The weakest rank, where there is one.
#[must_use]
pub fn worst(order: &Order) -> Option<Rank> {
    match order {
        Order::Switch | Order::Present(_) => Some(Rank::Rung(1)),
        Order::Pin => Some(Rank::Rung(pin::FLOATING)),
        Order::Secret(_) => Some(Rank::Rung(secret::KNOWN)),
        Order::Shape(shapes) => last(shapes.len()),
        Order::Decision(decision) if is_robots(order) => Some(Rank::Robots(robots::all(decision, 1))),
        Order::Decision(decision) if decision::language(decision).is_some() => Some(decision::all(decision, 1)),
        Order::Decision(decision) => last(decision.order.0.len()),
        Order::Ladder(ladder) => ladder::worst(std::slice::from_ref(ladder)),
        Order::Ladders(ladders) => ladder::worst(ladders),
        Order::Number(number) => Some(Rank::Amount(number::worst(number))),
        Order::Members(set) => members::worst(set).map(Rank::Members),
        Order::Reach(reach) => Some(Rank::Reach(reach::worst(reach))),
        Order::Parts(parts) => parts::each(parts, worst),
        Order::AppendOnly(_) => Some(Rank::Records(BTreeSet::new())),
        Order::Frozen => None,
    }
}

/// Whether `b` is weaker than `a`.
#[must_use]
pub fn compare(order: &Order, a: &Rank, b: &Rank) -> Comparison {
    match (order, a, b) {
        (_, Rank::Rung(a), Rank::Rung(b)) => Comparison::of_positions(a, b),
        (Order::Ladder(ladder), a, b) => ladder::compare(std::slice::from_ref(ladder), a, b),
        (Order::Ladders(ladders), a, b) => ladder::compare(ladders, a, b),
        (Order::Number(number), Rank::Amount(a), Rank::Amount(b)) => number::compare(number, a, b),
        (Order::Members(set), Rank::Members(a), Rank::Members(b)) => members::compare(set, a, b),
        (Order::Reach(_), Rank::Reach(a), Rank::Reach(b)) => reach::compare(a, b),
        (Order::AppendOnly(_), Rank::Records(a), Rank::Records(b)) => append_only::compare(a, b),
        (Order::Decision(decision), Rank::Robots(a), Rank::Robots(b)) => robots::compare(decision, a, b),
        (Order::Decision(_), Rank::Records(a), Rank::Records(b)) => Comparison::of_sets(a.is_subset(b), b.is_subset(a)),
        (Order::Parts(parts), Rank::Parts(a), Rank::Parts(b)) => parts::compare(parts, a, b),
        (_, Rank::Text(a), Rank::Text(b)) if a == b => Comparison::Same,
        _ => Comparison::Incomparable,
    }
}

/// Whether nothing on the order is safer.
#[must_use]
pub fn is_best(order: &Order, rank: &Rank) -> bool {
    match (order, rank) {
        (Order::Ladder(ladder), rank) => ladder::is_best(std::slice::from_ref(ladder), rank),
        (Order::Ladders(ladders), rank) => ladder::is_best(ladders, rank),
        _ => best(order).is_some_and(|best| matches!(compare(order, &best, rank), Comparison::Same | Comparison::Stronger)),
    }
}

/// Whether nothing on the order is weaker.
#[must_use]
pub fn is_worst(order: &Order, rank: &Rank) -> bool {
    match (order, rank) {
        (Order::Ladder(ladder), rank) => ladder::is_worst(std::slice::from_ref(ladder), rank),
        (Order::Ladders(ladders), rank) => ladder::is_worst(ladders, rank),
        // a longer list is no weaker than an empty one, but it is not the weakest
        (Order::AppendOnly(_), Rank::Records(records)) => records.is_empty(),
        _ => worst(order).is_some_and(|worst| matches!(compare(order, &worst, rank), Comparison::Same | Comparison::Weaker)),
    }
}

/// The weakest of several ranks; `None` when no single one is as weak as all others.
#[must_use]
pub fn worst_of(order: &Order, ranks: &[Rank]) -> Option<Rank> {
    extreme(order, ranks, Comparison::Weaker)
}

/// The safest of several ranks; `None` when no single one is as safe as all others.
#[must_use]
pub fn best_of(order: &Order, ranks: &[Rank]) -> Option<Rank> {
    extreme(order, ranks, Comparison::Stronger)
}

/// A running extreme is right whenever there is one, as every order is transitive; a second pass proves it.
fn extreme(order: &Order, ranks: &[Rank], towards: Comparison) -> Option<Rank> {
    let (first, rest) = ranks.split_first()?;
    let found = rest.iter().fold(first, |found, rank| match compare(order, found, rank) {
        answer if answer == towards => rank,
        // Neither can be the extreme; the later one holds the place until it comes.
        Comparison::Incomparable => rank,
        _ => found,
    });
    let holds = ranks.iter().all(|rank| matches!(compare(order, rank, found), answer if answer == towards || answer == Comparison::Same));
    holds.then(|| found.clone())
}

/// The rank for messages: the rung's name, `30 days`, the members.
#[must_use]
pub fn show(order: &Order, rank: &Rank) -> String {
    match (order, rank) {
        (Order::Switch, Rank::Rung(rung)) => pick(&["safe", "weak"], *rung),
        (Order::Present(side), Rank::Rung(_)) => if *rank == rung_of(*side) { "present" } else { "absent" }.into(),
        (Order::Pin, Rank::Rung(rung)) => pick(&pin::RUNGS, *rung),
        (Order::Secret(_), Rank::Rung(rung)) => pick(&secret::RUNGS, *rung),
        (Order::Shape(shapes), Rank::Rung(rung)) => shapes.get(usize::from(*rung)).map_or_else(String::new, |shape| shape.name.clone()),
        (Order::Decision(decision), Rank::Robots(groups)) => robots::show(decision, groups),
        (Order::Decision(decision), Rank::Records(weak)) => decision::show(decision, weak),
        (Order::Decision(decision), Rank::Rung(rung)) => decision.order.0.get(usize::from(*rung)).cloned().unwrap_or_default(),
        (Order::Ladder(ladder), Rank::Ladder { rung, members }) => ladder::show(std::slice::from_ref(ladder), *rung, *members),
        (Order::Ladders(ladders), Rank::Ladder { rung, members }) => ladder::show(ladders, *rung, *members),
        (Order::Number(number), Rank::Amount(amount)) => number::show(number, amount),
        (Order::Parts(parts), Rank::Parts(ranks)) => parts::show(parts, ranks),
        (_, Rank::Reach(reached)) => reach::show(reached),
        (_, Rank::Members(set)) if set.is_empty() => "none".into(),
        (_, Rank::Members(set)) => set.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
        (_, Rank::Records(ids)) => format!("{} records", ids.len()),
        (_, Rank::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

/// What one side says that the other does not, for values that are too long to be shown whole: lists and files that decide. Entries
/// that look personal are masked.
#[must_use]
pub fn told(order: &Order, own: &Rank, other: Option<&Rank>) -> Option<String> {
    match (order, own, other) {
        (Order::Decision(decision), Rank::Robots(own), Some(Rank::Robots(other))) => robots::told(decision, own, other),
        (Order::Decision(_), Rank::Robots(_), _) => Some(show(order, own)),
        (Order::AppendOnly(_), Rank::Records(own), Some(Rank::Records(other))) => Some(append_only::told(own, other)),
        (Order::AppendOnly(_), Rank::Records(own), _) => Some(append_only::told(own, own)),
        _ => None,
    }
}

/// Where a list says what the other side does not: the place of an item in the value.
#[must_use]
pub fn telling_item(order: &Order, value: &Value, other: &Rank) -> Option<usize> {
    match (order, other) {
        (Order::AppendOnly(list), Rank::Records(other)) => append_only::first_lost(list, value, other),
        (Order::Decision(decision), Rank::Robots(other)) => robots::first_lost(decision, value, other),
        (Order::Members(set), Rank::Members(other)) => members::first_joined(set, value, other),
        _ => None,
    }
}

/// Whether what made the first rank safer is just gone in the second: nothing took its place.
#[must_use]
pub fn leaves_nothing(order: &Order, base: &Rank, head: &Rank) -> bool {
    match (order, base, head) {
        (Order::AppendOnly(_), Rank::Records(base), Rank::Records(head)) => !base.is_subset(head),
        (Order::Decision(decision), Rank::Robots(base), Rank::Robots(head)) => robots::leaves_nothing(decision, base, head),
        _ => false,
    }
}

fn is_robots(order: &Order) -> bool {
    matches!(order, Order::Decision(decision) if decision::language(decision) == Some(crate::read::decision::Language::Robots))
}

/// Rungs that policies may name although no value is spelled like them.
fn named_rung(order: &Order, word: &str) -> Option<Rank> {
    let position = |names: &[&str]| names.iter().position(|name| *name == word).and_then(rung);
    match order {
        Order::Pin => position(&pin::RUNGS),
        Order::Secret(_) => position(&secret::RUNGS),
        Order::Shape(shapes) => shapes.iter().position(|shape| shape.name == word).and_then(rung),
        Order::Reach(reach) => reach::named(reach, word).map(Rank::Reach),
        Order::Decision(decision) if decision::language(decision).is_some() => {
            let rung = decision.order.0.iter().position(|answer| answer == word)?;
            Some(if is_robots(order) { Rank::Robots(robots::all(decision, rung)) } else { decision::all(decision, rung) })
        }
        _ => None,
    }
}

fn switch(spelled: &Spelled, value: &Value) -> Ranked {
    switched(spelled, reads::read(spelled.reads, value, spelled.is_env))
}

fn switched(spelled: &Spelled, switch: Switched) -> Ranked {
    let Some(enabled_is) = spelled.enabled_is else { return Ranked::Unread };
    match switch {
        Switched::Enabled => Ranked::Rank(rung_of(enabled_is)),
        Switched::Disabled => Ranked::Rank(rung_of(other(enabled_is))),
        Switched::Unread => Ranked::Unread,
        Switched::NotWritten => Ranked::NotWritten,
    }
}

/// Whether empty text has a place of its own: a dependency without a version floats, a list without lines is empty, and a shape
/// may be written for it.
fn ranks_empty_text(order: &Order) -> bool {
    matches!(order, Order::Pin | Order::AppendOnly(_) | Order::Shape(_))
}

fn rung_of(side: Side) -> Rank {
    Rank::Rung(u16::from(side == Side::Weak))
}

fn other(side: Side) -> Side {
    if side == Side::Safe { Side::Weak } else { Side::Safe }
}

fn rung(position: usize) -> Option<Rank> {
    u16::try_from(position).ok().map(Rank::Rung)
}

fn last(length: usize) -> Option<Rank> {
    length.checked_sub(1).and_then(rung)
}

fn pick(names: &[&str], rung: u16) -> String {
    names.get(usize::from(rung)).map_or_else(String::new, |name| (*name).to_owned())
}
