//! Versions that cross a flipped default: a manifest's pin changed, nothing else did, and the unset value got weaker.

use std::collections::{HashMap, HashSet};

use super::found::{Found, Shown, Spot};
use super::input::At;
use super::judgement::{Wanted, literal_names};
use super::severity::of_policy;
use super::transition::Transition;
use super::world::{World, same_package};
use crate::policy::compiled::{Compiled, Name};
use crate::policy::file::Order;
use crate::policy::names::captures;
use crate::policy::order::{self, Comparison, Rank};
use crate::policy::text::unfold;
use crate::policy::versions::{Fit, fit};
use crate::reading::{Pin, PinVersion};
use crate::report::model::{Change, StateWord};
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::Surface;

/// Findings at the lines of pins whose change flips an unset value. A policy that something writes anywhere in what was read is
/// judged there, not here. A default of a call counts when some call, in the files that name it, says nothing of it.
#[must_use]
pub fn upgrades(world: &World, transitions: &[Transition], context: &[bool], wanted: &mut Wanted) -> Vec<Found> {
    let written: HashSet<usize> = transitions
        .iter()
        .filter(|transition| transition.head.decider.is_some() || transition.outcome.is_some())
        .map(|transition| transition.instance.policy)
        .collect();
    let judged: HashSet<usize> = transitions
        .iter()
        .zip(context)
        .filter(|(transition, context)| !**context && transition.outcome.is_some())
        .map(|(transition, _)| transition.instance.policy)
        .collect();
    let mut found = Vec::new();
    for (pair, input) in world.pairs.iter().enumerate().filter(|(_, pair)| !pair.context) {
        let (Some(base), Some(head)) = (world.reading(pair, At::Base), world.reading(pair, At::Head)) else { continue };
        if base.pins.is_empty() || head.pins.is_empty() {
            continue;
        }
        for (index, policy) in world.catalogue.policies().iter().enumerate().filter(|(index, policy)| {
            // its spellings decode a policy, so they are asked last
            let asked = policy.head.versioned && concerns(&policy.head.packages, &head.pins);
            let configured = || policy.spellings.iter().any(|spelling| in_configuration(spelling.surface));
            asked && !(if configured() { &written } else { &judged }).contains(index)
        }) {
            let packages = &policy.head.packages;
            for new in head.pins.iter().filter(|pin| packages.iter().any(|package| same_package(package, &pin.package))) {
                let Some(old) = base.pins.iter().find(|old| old.package == new.package) else { continue };
                // several pins of one package (markers, groups): one that base has as well did not change
                if base.pins.iter().any(|old| old.package == new.package && old.version == new.version) {
                    continue;
                }
                let Some(one) = flipped(world, index, policy, pair, input.class(), old, new) else { continue };
                if policy.spellings.iter().any(|spelling| in_configuration(spelling.surface)) {
                    wanted.words.extend(literal_names(policy));
                    found.push(one);
                } else if one.change == Change::Weakened {
                    let callees = callees(policy);
                    if silent_call(world, policy, &callees) {
                        found.push(one);
                    }
                    wanted.words.extend(callees);
                }
                break;
            }
        }
    }
    found
}

/// Whether some pin is of one of these packages.
fn concerns(packages: &[&str], pins: &[Pin]) -> bool {
    pins.iter().any(|pin| packages.iter().any(|package| same_package(package, &pin.package)))
}

/// The callees whose arguments a policy knows, without their arguments.
fn callees(policy: &Compiled) -> Vec<String> {
    let arguments = policy.spellings.iter().filter(|spelling| spelling.surface == Surface::Argument);
    let named = arguments.flat_map(|spelling| unfold(&spelling.written).unwrap_or_default());
    let bare = named.filter_map(|text| text.split_once('(').map(|(callee, _)| callee.to_owned()));
    let known: HashSet<String> = bare.filter(|callee| callee.len() >= 6 && !callee.contains('*')).collect();
    let mut known: Vec<String> = known.into_iter().collect();
    known.sort_unstable();
    known
}

/// Whether some call at head, in a changed file or in one that was brought in, says nothing of what the policy is about.
fn silent_call(world: &World, policy: &Compiled, callees: &[String]) -> bool {
    let calls = |text: &str| {
        let callee = text.split_once('(').map_or(text, |(callee, _)| callee);
        callees.iter().any(|known| callee.strip_suffix(known.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
    };
    let says = |text: &str| {
        policy
            .spellings
            .iter()
            .flat_map(|spelling| &spelling.names)
            .any(|name| matches!(name, Name::Text { pattern, .. } if captures(pattern, Surface::Argument, text).is_some()))
    };
    world.pairs.iter().enumerate().filter_map(|(pair, _)| world.reading(pair, At::Head)).any(|reading| {
        let mut said: HashMap<ScopeId, bool> = HashMap::new();
        for setting in &reading.settings {
            for (_, text) in setting.names.iter().filter(|(surface, text)| *surface == Surface::Argument && calls(text)) {
                let call =
                    reading.outward(setting.scope).find(|scope| reading.get(*scope).kind == ScopeKind::Call).unwrap_or(setting.scope);
                *said.entry(call).or_default() |= says(text);
            }
        }
        said.values().any(|said| !said)
    })
}

/// Surfaces that are read from configuration. What code hands to a call stands in its files, and they are looked through.
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
