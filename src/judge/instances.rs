//! Which instances of which concepts there are: one per policy, subject and set of captures.

use std::collections::{BTreeMap, HashSet};

use super::input::At;
use super::matching::{climbs_to, is_unit};
use super::subjects::SubjectId;
use super::world::World;
use crate::policy::compiled::Name;
use crate::policy::file::Per;
use crate::policy::pattern::Capture;
use crate::reading::Reading;
use crate::scope::{ScopeId, Step};

/// One concept of one subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instance {
    /// Index of the policy.
    pub policy: usize,
    /// The subject.
    pub subject: SubjectId,
    /// What tells it apart inside the subject.
    pub captures: Vec<Capture>,
    /// The innermost scope that a wildcard named; the instance exists only where that does.
    pub capture_subject: Option<SubjectId>,
    /// For lexicons: the entry.
    pub entry: usize,
    /// For lexicons: whether the name at base (at head for a new one) turns its subject round.
    pub flipped: bool,
}

/// All instances with a setting on some side, in a stable order; each with whether all of its files are mere context.
#[must_use]
pub fn instances(world: &World) -> Vec<(Instance, bool)> {
    let mut all: BTreeMap<(usize, SubjectId, Vec<Capture>), (Instance, bool)> = BTreeMap::new();
    for at in At::BOTH {
        for (pair, input) in world.pairs.iter().enumerate() {
            let (Some(matches), Some(reading)) = (world.matches(pair, at), world.reading(pair, at)) else { continue };
            for found in &matches.all {
                let captures = world.captures(found, pair, at);
                // an item without a name is no subject: what exists is the list's unit
                let named = if found.items.is_empty() { captures.as_slice() } else { &[] };
                let named =
                    capture_scope(reading, found.unit, world.setting((pair, found.setting), at).map(|setting| setting.scope), named);
                let named = named.and_then(|scope| world.subjects.of(at, (pair, scope)));
                for unit in units(world, reading, found.policy, world.climbed(reading, found)) {
                    let Some(subject) = world.subjects.of(at, (pair, unit)) else { continue };
                    let instance = Instance {
                        policy: found.policy,
                        subject,
                        captures: captures.clone(),
                        capture_subject: named.filter(|_| unit == found.unit),
                        entry: if found.sense.is_some() { found.spelling } else { 0 },
                        flipped: found.sense.as_ref().is_some_and(|sense| sense.flipped),
                    };
                    let key = (found.policy, subject, captures.clone());
                    let entry = all.entry(key).or_insert_with(|| (instance, true));
                    entry.1 &= input.context;
                }
            }
        }
    }
    conditional(world, &mut all);
    // a spelling without wildcards speaks for every instance of its unit; it is one itself only when it is alone there
    let told_apart: HashSet<(usize, SubjectId)> = all
        .values()
        .filter(|(instance, _)| !instance.captures.is_empty())
        .map(|(instance, _)| (instance.policy, instance.subject))
        .collect();
    all.into_values()
        .filter(|(instance, _)| !instance.captures.is_empty() || !told_apart.contains(&(instance.policy, instance.subject)))
        .collect()
}

/// Units in which nothing is written but a condition has something to look at: what holds there may change with it.
fn conditional(world: &World, all: &mut BTreeMap<(usize, SubjectId, Vec<Capture>), (Instance, bool)>) {
    for at in At::BOTH {
        for (pair, input) in world.pairs.iter().enumerate().filter(|(_, pair)| !pair.context) {
            let (Some(matches), Some(reading)) = (world.matches(pair, at), world.reading(pair, at)) else { continue };
            for ((policy, _), asked) in &matches.asked {
                let Some(rule) = world.catalogue.policies().get(*policy).filter(|rule| !rule.open) else { continue };
                let floating =
                    rule.spellings.iter().any(|spelling| spelling.names.iter().any(|name| matches!(name, Name::Key(key) if !key.rooted())));
                for asked in asked {
                    let real = reading.outward(asked.anchor).find(|id| is_unit(reading.get(*id).kind)).unwrap_or(ScopeId::ROOT);
                    let unit = if floating { asked.anchor } else { real };
                    let Some(subject) = world.subjects.of(at, (pair, unit)) else { continue };
                    let instance =
                        Instance { policy: *policy, subject, captures: Vec::new(), capture_subject: None, entry: 0, flipped: false };
                    all.entry((*policy, subject, Vec::new())).or_insert_with(|| (instance, input.context));
                }
            }
        }
    }
}

/// The innermost list item or mapping on the way from the unit to the setting, when something was captured on that way.
fn capture_scope(reading: &Reading, unit: ScopeId, scope: Option<ScopeId>, captures: &[Capture]) -> Option<ScopeId> {
    if captures.is_empty() {
        return None;
    }
    let texts: Vec<&str> = captures.iter().map(|(_, text)| &**text).collect();
    reading.outward(scope?).take_while(|id| *id != unit && !is_unit(reading.get(*id).kind)).find(|id| match &reading.get(*id).step {
        Step::Item(..) => true,
        Step::Key(key) => {
            let folded = crate::policy::pattern::fold(key);
            texts.iter().any(|text| *text == folded)
        }
        Step::Same => false,
    })
}

/// The units that a match speaks for: its own; every unit below when it stands above the policy's kind; the document when
/// there is neither.
fn units(world: &World, reading: &Reading, policy: usize, unit: ScopeId) -> Vec<ScopeId> {
    let Some(per) = world.catalogue.policies().get(policy).and_then(|policy| policy.rule.per) else { return vec![unit] };
    if climbs_to(per, reading.get(unit).kind) {
        return vec![unit];
    }
    let below: Vec<ScopeId> = (0..reading.scopes.len())
        .map(|index| ScopeId(u32::try_from(index).unwrap_or(u32::MAX)))
        .filter(|id| climbs_to(per, reading.get(*id).kind) && reading.within(*id, unit))
        .collect();
    if !below.is_empty() {
        return below;
    }
    if matches!(per, Per::Document | Per::Repository) { vec![ScopeId::ROOT] } else { vec![unit] }
}
