//! `ladder` and `ladders`: named rungs, safest first. Rungs are counted through all ladders; two that share a value are one place.

use std::collections::BTreeSet;

use super::{Comparison, Rank, plain_text, rung};
use crate::policy::file::Words;
use crate::value::Value;

/// Whether two texts are equal without case.
pub(super) fn same_text(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || (!(a.is_ascii() && b.is_ascii()) && a.to_lowercase() == b.to_lowercase())
}

/// The position of a text among words, without case.
pub(super) fn rung_of(words: &[String], text: &str) -> Option<u16> {
    let at = words.iter().position(|word| same_text(word, text.trim()))?;
    u16::try_from(at).ok()
}

/// The rung of a text; of a list, of its weakest member. More members on one rung are weaker, and no member at all is the safest.
pub(super) fn rank(ladders: &[Vec<Words>], value: &Value, raw: &str) -> Option<Rank> {
    let Value::List(items) = value else {
        return Some(Rank::Ladder { rung: find(ladders, &plain_text(value, raw)?)?, members: 1 });
    };
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        texts.push(plain_text(item, "")?.trim().to_lowercase());
    }
    texts.sort_unstable();
    texts.dedup();
    if texts.is_empty() {
        return best(ladders);
    }
    let rungs = texts.iter().map(|text| find(ladders, text)).collect::<Option<BTreeSet<_>>>()?;
    let worst = rungs.iter().find(|worst| rungs.iter().all(|other| reaches(ladders, *other, **worst)))?;
    Some(Rank::Ladder { rung: *worst, members: u32::try_from(texts.len()).unwrap_or(u32::MAX) })
}

pub(super) fn compare(ladders: &[Vec<Words>], a: &Rank, b: &Rank) -> Comparison {
    let (Rank::Ladder { rung: a, members: of_a }, Rank::Ladder { rung: b, members: of_b }) = (a, b) else {
        return Comparison::Incomparable;
    };
    match Comparison::of_sets(reaches(ladders, *a, *b), reaches(ladders, *b, *a)) {
        Comparison::Same => Comparison::of_positions(of_a, of_b),
        other => other,
    }
}

/// The rung from which every other one can be reached.
pub(super) fn best(ladders: &[Vec<Words>]) -> Option<Rank> {
    let best = all(ladders).find(|best| all(ladders).all(|other| reaches(ladders, *best, other)))?;
    Some(Rank::Ladder { rung: best, members: 1 })
}

/// The rung that can be reached from every other one.
pub(super) fn worst(ladders: &[Vec<Words>]) -> Option<Rank> {
    let worst = all(ladders).find(|worst| all(ladders).all(|other| reaches(ladders, other, *worst)))?;
    Some(Rank::Ladder { rung: worst, members: 1 })
}

/// Whether no rung is safer, whatever the number of members.
pub(super) fn is_best(ladders: &[Vec<Words>], rank: &Rank) -> bool {
    let Rank::Ladder { rung, .. } = rank else { return false };
    all(ladders).all(|other| !reaches(ladders, other, *rung) || reaches(ladders, *rung, other))
}

/// Whether no rung is weaker.
pub(super) fn is_worst(ladders: &[Vec<Words>], rank: &Rank) -> bool {
    let Rank::Ladder { rung, .. } = rank else { return false };
    all(ladders).all(|other| !reaches(ladders, *rung, other) || reaches(ladders, other, *rung))
}

/// `warn`, or `wandb (2 members)`.
pub(super) fn show(ladders: &[Vec<Words>], rung: u16, members: u32) -> String {
    let name = ladders.iter().flatten().nth(usize::from(rung)).map(|rung| rung.0.join(" or ")).unwrap_or_default();
    if members == 1 { name } else { format!("{name} ({members} members)") }
}

/// Whether the rungs run in a circle: one is weaker than another and the other way round, without sharing a value.
pub(super) fn has_circle(ladders: &[Vec<Words>]) -> bool {
    ladders.iter().any(|ladder| {
        let start = position_of(ladders, ladder);
        (1..ladder.len()).any(|step| match (start.checked_add(step - 1).and_then(to_rung), start.checked_add(step).and_then(to_rung)) {
            (Some(safer), Some(weaker)) => reaches(ladders, weaker, safer),
            _ => true,
        })
    })
}

/// Where a ladder's first rung stands in the count.
fn position_of(ladders: &[Vec<Words>], ladder: &Vec<Words>) -> usize {
    ladders.iter().take_while(|other| !std::ptr::eq(*other, ladder)).map(Vec::len).sum()
}

fn to_rung(position: usize) -> Option<u16> {
    match rung(position) {
        Some(Rank::Rung(rung)) => Some(rung),
        _ => None,
    }
}

fn all(ladders: &[Vec<Words>]) -> impl Iterator<Item = u16> {
    (0..ladders.iter().map(Vec::len).sum::<usize>()).filter_map(to_rung)
}

fn find(ladders: &[Vec<Words>], text: &str) -> Option<u16> {
    let text = text.trim();
    ladders.iter().flatten().position(|rung| rung.0.iter().any(|word| same_text(word, text))).and_then(to_rung)
}

/// Whether one can go from a rung to another by steps to the same or a weaker value.
fn reaches(ladders: &[Vec<Words>], from: u16, to: u16) -> bool {
    if let [_] = ladders {
        return from <= to;
    }
    let rungs: Vec<(usize, &Words)> =
        ladders.iter().enumerate().flat_map(|(at, ladder)| ladder.iter().map(move |rung| (at, rung))).collect();
    let share = |a: &Words, b: &Words| a.0.iter().any(|word| b.0.iter().any(|other| same_text(word, other)));
    let mut seen = vec![false; rungs.len()];
    let mut open = vec![usize::from(from)];
    while let Some(at) = open.pop() {
        if at == usize::from(to) {
            return true;
        }
        let (Some((ladder, words)), Some(mark)) = (rungs.get(at), seen.get_mut(at)) else { continue };
        if std::mem::replace(mark, true) {
            continue;
        }
        if rungs.get(at + 1).is_some_and(|(next, _)| next == ladder) {
            open.push(at + 1);
        }
        open.extend(rungs.iter().enumerate().filter(|(_, (_, other))| share(words, other)).map(|(at, _)| at));
    }
    false
}
