//! One finding for one thing: several policies at one place, one change of one file in many places.

use std::collections::{BTreeMap, HashMap};

use super::found::Found;
use super::input::At;
use super::world::World;
use crate::report::model::Change;
use crate::span::Span;

/// From so many files on, the same change of the same setting is one finding with all its places.
const MANY: usize = 20;

/// Merges findings; the result is sorted worst first, then by file and place.
#[must_use]
pub fn merge(world: &World, found: Vec<Found>) -> Vec<Found> {
    let mut merged = same_change(found);
    merged = twice(world, same_place(world, merged));
    merged.sort_by(|a, b| {
        let path =
            |found: &Found| world.pairs.get(found.spot.pair).and_then(|pair| pair.at(found.spot.at)).map_or("", |file| file.path.as_str());
        (a.severity, path(a), a.spot.span, a.change, a.instance.policy).cmp(&(
            b.severity,
            path(b),
            b.spot.span,
            b.change,
            b.instance.policy,
        ))
    });
    merged
}

/// The same policy, setting and values: one finding a file; over many files one finding for all.
fn same_change(found: Vec<Found>) -> Vec<Found> {
    type Key = (usize, Change, String, Option<String>, Option<String>);
    let mut groups: BTreeMap<Key, Vec<Found>> = BTreeMap::new();
    for one in found {
        let value = |side: &Option<super::found::Shown>| side.as_ref().and_then(|side| side.value.clone());
        let last = one.setting.rsplit('.').next().unwrap_or_default().to_owned();
        let key = (one.instance.policy, one.change, last, value(&one.base), value(&one.head));
        groups.entry(key).or_default().push(one);
    }
    let mut result = Vec::new();
    for (_, group) in groups {
        let mut files: Vec<usize> = group.iter().map(|one| one.spot.pair).collect();
        files.sort_unstable();
        files.dedup();
        let many = files.len() > MANY;
        let mut heads: Vec<Found> = Vec::new();
        for one in group {
            match heads.iter_mut().find(|head| many || head.spot.pair == one.spot.pair) {
                Some(head) => join(head, one),
                None => heads.push(one),
            }
        }
        for head in &mut heads {
            head.places.sort();
            head.places.dedup();
        }
        result.extend(heads);
    }
    result
}

fn join(head: &mut Found, other: Found) {
    if (other.severity, other.spot) < (head.severity, head.spot) {
        let mut first = std::mem::replace(head, other);
        // the longer list stays where it is, or many that come backwards are copied each time; they are sorted in the end
        std::mem::swap(&mut head.places, &mut first.places);
        head.places.extend(first.places);
        head.also.extend(first.also);
    } else {
        head.places.extend(other.places);
        head.also.extend(other.also);
    }
}

/// Several policies at one span with one change: the most severe, then the longer name pattern, then the id; the others join it.
fn same_place(world: &World, found: Vec<Found>) -> Vec<Found> {
    let mut by_spot: BTreeMap<(super::found::Spot, bool), Vec<Found>> = BTreeMap::new();
    for one in found {
        by_spot.entry((one.spot, one.change.can_fail())).or_default().push(one);
    }
    let mut result = Vec::new();
    for (_, mut group) in by_spot {
        group.sort_by_key(|one| {
            let policy = world.catalogue.policies().get(one.instance.policy);
            let length = policy.and_then(|policy| policy.spellings.iter().map(|spelling| spelling.written.len()).max()).unwrap_or(0);
            (one.severity, std::cmp::Reverse(length), policy.map(|policy| policy.rule.id.clone()))
        });
        let mut kept: Vec<Found> = Vec::new();
        for one in group {
            let base = |found: &Found| found.base.as_ref().and_then(|base| base.spot);
            // one text that says several things (a map of rights): one finding
            let said_at_once = kept.iter_mut().find(|first| {
                first.instance.policy == one.instance.policy
                    && first.change == one.change
                    && base(first) == base(&one)
                    && base(&one).is_some()
            });
            if let Some(first) = said_at_once {
                join(first, one);
                continue;
            }
            let twin = kept.iter_mut().find(|first| {
                first.instance.policy != one.instance.policy
                    && (first.base.is_none() || first.setting == one.setting)
                    && first.change == one.change
            });
            match twin {
                Some(first) => first.also.push(one.instance.policy),
                None => kept.push(one),
            }
        }
        result.extend(kept);
    }
    within(result)
}

/// What a file changes itself and what it changes of the file that it is laid over is one thing at one place.
fn twice(world: &World, found: Vec<Found>) -> Vec<Found> {
    type Key = (Option<String>, At, Span, usize, Change, String);
    let path = |one: &Found| world.pairs.get(one.spot.pair).and_then(|pair| pair.at(one.spot.at)).map(|file| file.path.clone());
    let mut known: HashMap<Key, usize> = HashMap::new();
    let mut result: Vec<Found> = Vec::new();
    for one in found {
        let key = (path(&one), one.spot.at, one.spot.span, one.instance.policy, one.change, one.setting.clone());
        match known.get(&key).and_then(|index| result.get_mut(*index)).filter(|other| other.spot.pair != one.spot.pair) {
            Some(other) if one.severity < other.severity => *other = one,
            Some(_) => {}
            None => {
                known.insert(key, result.len());
                result.push(one);
            }
        }
    }
    result
}

/// One policy tells of a list and another of an item in it: the more severe finding takes the other one in.
fn within(found: Vec<Found>) -> Vec<Found> {
    type Key = (usize, At, Change, String);
    let holds = |outer: Span, inner: Span| outer != inner && outer.start <= inner.start && inner.end <= outer.end;
    let mut result: Vec<Found> = Vec::new();
    let mut known: HashMap<Key, Vec<usize>> = HashMap::new();
    for one in found {
        let same = known.entry((one.spot.pair, one.spot.at, one.change, one.setting.clone())).or_default();
        let nested = |index: &&usize| {
            result.get(**index).is_some_and(|other| {
                let (a, b) = (other.spot.span, one.spot.span);
                other.instance.policy != one.instance.policy && (holds(a, b) || holds(b, a))
            })
        };
        if let Some(other) = same.iter().find(nested).and_then(|index| result.get_mut(*index)) {
            let inner = if one.severity < other.severity { std::mem::replace(other, one) } else { one };
            other.also.push(inner.instance.policy);
            other.also.extend(inner.also);
        } else {
            same.push(result.len());
            result.push(one);
        }
    }
    result
}
