//! `parts`: several orders at once. One weaker part makes the whole weaker; a weaker and a stronger one do not add up.

use std::collections::BTreeMap;

use super::{Comparison, Rank, compare as compare_one, show as show_one, worst_of};
use crate::policy::file::Order;

/// One rank out of the ranks of parts; `None` stands for a part that is written but not read. Of two ranks of one part the weaker counts.
#[must_use]
pub fn combine(order: &Order, said: &[(&str, Option<Rank>)]) -> Rank {
    let mut parts = BTreeMap::<String, Option<Rank>>::new();
    for (part, rank) in said {
        let combined = match parts.get(*part) {
            None => rank.clone(),
            Some(before) => match (part_order(order, part), before, rank) {
                (Some(order), Some(a), Some(b)) => worst_of(order, &[a.clone(), b.clone()]),
                _ => None,
            },
        };
        parts.insert((*part).to_owned(), combined);
    }
    Rank::Parts(parts)
}

fn part_order<'a>(order: &'a Order, part: &str) -> Option<&'a Order> {
    match order {
        Order::Parts(parts) => parts.get(part),
        _ => None,
    }
}

/// The rank with `rank` for each part; `None` when a part has none.
pub(super) fn each(parts: &BTreeMap<String, Order>, rank: impl Fn(&Order) -> Option<Rank>) -> Option<Rank> {
    let ranks = parts.iter().filter(|(_, order)| !matches!(order, Order::Parts(_)));
    ranks.map(|(name, order)| Some((name.clone(), Some(rank(order)?)))).collect::<Option<BTreeMap<_, _>>>().map(Rank::Parts)
}

pub(super) fn compare(
    parts: &BTreeMap<String, Order>,
    a: &BTreeMap<String, Option<Rank>>,
    b: &BTreeMap<String, Option<Rank>>,
) -> Comparison {
    let (mut weaker, mut stronger) = (false, false);
    for (name, order) in parts.iter().filter(|(_, order)| !matches!(order, Order::Parts(_))) {
        match (a.get(name), b.get(name)) {
            (None, None) => {}
            (Some(Some(a)), Some(Some(b))) => match compare_one(order, a, b) {
                Comparison::Same => {}
                Comparison::Weaker => weaker = true,
                Comparison::Stronger => stronger = true,
                Comparison::Incomparable => return Comparison::Incomparable,
            },
            _ => return Comparison::Incomparable,
        }
    }
    match (weaker, stronger) {
        (false, false) => Comparison::Same,
        (true, false) => Comparison::Weaker,
        (false, true) => Comparison::Stronger,
        (true, true) => Comparison::Incomparable,
    }
}

pub(super) fn show(parts: &BTreeMap<String, Order>, ranks: &BTreeMap<String, Option<Rank>>) -> String {
    let shown = ranks.iter().map(|(name, rank)| match (parts.get(name), rank) {
        (Some(order), Some(rank)) if !matches!(order, Order::Parts(_)) => format!("{name} {}", show_one(order, rank)),
        _ => format!("{name} unread"),
    });
    shown.collect::<Vec<_>>().join(", ")
}
