//! Versions that cross a flipped default: a manifest's pin changed, nothing else did, and the unset value got weaker.

use std::collections::HashSet;

use super::found::{Found, Shown, Spot};
use super::input::At;
use super::judgement::{Wanted, literal_names};
use super::severity::of_policy;
use super::transition::Transition;
use super::world::{World, same_package};
use crate::policy::compiled::Compiled;
use crate::policy::file::Order;
use crate::policy::order::{self, Comparison, Rank};
use crate::policy::versions::{Fit, fit};
use crate::reading::{Pin, PinVersion};
use crate::report::model::{Change, StateWord};
use crate::scope::ScopeId;
use crate::setting::Surface;

/// Findings at the lines of pins whose change flips an unset value. A policy that something writes anywhere in what was read is
/// judged there, not here.
#[must_use]
pub fn upgrades(world: &World, transitions: &[Transition], wanted: &mut Wanted) -> Vec<Found> {
    let written: HashSet<usize> = transitions
        .iter()
        .filter(|transition| transition.head.decider.is_some() || transition.outcome.is_some())
        .map(|transition| transition.instance.policy)
        .collect();
    let mut found = Vec::new();
    for (pair, input) in world.pairs.iter().enumerate().filter(|(_, pair)| !pair.context) {
        let (Some(base), Some(head)) = (world.reading(pair, At::Base), world.reading(pair, At::Head)) else { continue };
        if base.pins.is_empty() || head.pins.is_empty() {
            continue;
        }
        for (index, policy) in world.catalogue.policies().iter().enumerate().filter(|(index, policy)| {
            policy.head.versioned
                && !written.contains(index)
                && concerns(&policy.head.packages, &head.pins)
                && policy.spellings.iter().any(|spelling| in_configuration(spelling.surface))
        }) {
            let packages = &policy.head.packages;
            for new in head.pins.iter().filter(|pin| packages.iter().any(|package| same_package(package, &pin.package))) {
                let Some(old) = base.pins.iter().find(|old| old.package == new.package) else { continue };
                // several pins of one package (markers, groups): one that base has as well did not change
                if base.pins.iter().any(|old| old.package == new.package && old.version == new.version) {
                    continue;
                }
                if let Some(one) = flipped(world, index, policy, pair, input.class(), old, new) {
                    wanted.words.extend(literal_names(policy));
                    found.push(one);
                    break;
                }
            }
        }
    }
    found
}

/// Whether some pin is of one of these packages.
fn concerns(packages: &[&str], pins: &[Pin]) -> bool {
    pins.iter().any(|pin| packages.iter().any(|package| same_package(package, &pin.package)))
}

/// Surfaces that are read: whether code sets an argument or a field is not known, so a flip of such a default proves nothing.
fn in_configuration(surface: Surface) -> bool {
    !matches!(surface, Surface::Argument | Surface::Field)
}

fn flipped(
    world: &World,
    index: usize,
    policy: &Compiled,
    pair: usize,
    class: crate::report::model::PathClass,
    old: &Pin,
    new: &Pin,
) -> Option<Found> {
    let order = policy.rule.safety.as_ref()?;
    let (before, after) = (unset_at(policy, order, old)?, unset_at(policy, order, new)?);
    let change = match order::compare(order, &before, &after) {
        Comparison::Weaker => Change::Weakened,
        Comparison::Stronger => Change::Strengthened,
        Comparison::Same | Comparison::Incomparable => return None,
    };
    let spelling = policy.spellings.first()?;
    let shown = |rank: &Rank, pin: &Pin| {
        let version = match &pin.version {
            PinVersion::Exact(version) | PinVersion::Range(version) => version.to_string(),
            PinVersion::Any => "any".into(),
        };
        let words = format!("{} ({} {version})", order::show(order, rank), pin.package);
        Some(Shown { spot: None, value: Some(words), rank: None, state: StateWord::Unset })
    };
    let spot = Spot { pair, at: At::Head, span: new.span };
    let severity = of_policy(&policy.rule.severity, change).lowered(class.discount());
    let mut found = Found::lone(index, change, severity, (spelling.written.to_string(), spelling.surface), class, spot);
    // it is the unset value of the file's own subject, which waivers and groups go by
    found.instance.subject = world.subjects.of(At::Head, (pair, ScopeId::ROOT)).unwrap_or(found.instance.subject);
    (found.base, found.head) = (shown(&before, old), shown(&after, new));
    Some(found)
}

/// The unset value under just this pin; none when it depends on more than the version.
fn unset_at(policy: &Compiled, order: &Order, pin: &Pin) -> Option<Rank> {
    for case in &policy.unset {
        if !case.conditions.is_empty() || !case.packages.is_empty() {
            return None;
        }
        let holds = case.versions.as_deref().map_or(Fit::Surely, |versions| fit(versions, Some(&pin.version)));
        match holds {
            Fit::Surely => return order::given(order, &case.value),
            Fit::Maybe => return None,
            Fit::No => {}
        }
    }
    None
}
