//! The override hole: a value as weak as what holds by default is still a weakening where a safer place reached the subject
//! before (a Dockerfile's `ENV` under a Compose service, an `env_file`).

use super::input::At;
use super::moves::{linked, targets};
use super::subjects::Place;
use super::transition::{Transition, outcome_under};
use super::verdict::State;
use super::world::World;
use crate::policy::order;
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::Setting;

/// Judges again what is newly written and as weak as unset, with the safest place at base that reaches it.
pub fn overrides(world: &World, transitions: &mut [Transition]) {
    let mut found = Vec::new();
    for (index, to) in transitions.iter().enumerate().filter(|(_, to)| newly_weak(world, to)) {
        let Some(home) = world.subjects.nearest(to.instance.subject, At::Head) else { continue };
        let safer =
            transitions.iter().filter(|from| from.instance.policy == to.instance.policy && from.base.decider.is_some()).find_map(|from| {
                let place = world.subjects.nearest(from.instance.subject, At::Head)?;
                let rank = from.base.rank().filter(|_| matches!(from.base.state, State::Written(_)))?;
                let reaches = if place.0 == home.0 {
                    said_again(world, home, place)
                } else {
                    linked(world, home, place) && same_key(world, to, from)
                };
                reaches.then(|| rank.clone())
            });
        if let Some(safer) = safer {
            found.push((index, safer));
        }
    }
    for (index, safer) in found {
        if let Some(transition) = transitions.get_mut(index) {
            transition.outcome = outcome_under(world, &transition.instance, &transition.base, &transition.head, Some(safer));
        }
    }
}

/// Whether both stand under one path, where a file of keys is laid over another one.
fn same_key(world: &World, to: &Transition, from: &Transition) -> bool {
    let way = |place: Option<(usize, usize)>, at: At| {
        let (pair, setting) = place?;
        let reading = world.reading(pair, at)?;
        let values = reading.kinds.first().is_some_and(|kind| kind.0 == "helm-values");
        Some(reading.path_to(reading.settings.get(setting)?.scope)).filter(|_| values)
    };
    let (new, old) = (way(to.head.decider, At::Head), way(from.base.decider, At::Base));
    new.is_none() || old.is_none() || new == old
}

/// Whether the same unit stands in one file a second time: what is applied last wins.
fn said_again(world: &World, home: Place, place: Place) -> bool {
    let Some(reading) = world.reading(home.0, At::Head) else { return false };
    let unit = |scope: ScopeId| {
        let runs = |id: &ScopeId| matches!(reading.get(*id).kind, ScopeKind::Service | ScopeKind::Container | ScopeKind::Resource);
        let way: Vec<_> = reading.outward(scope).filter(runs).collect();
        let names: Vec<_> = way.iter().map(|id| (reading.get(*id).kind, &reading.get(*id).name)).collect();
        (names, way)
    };
    let ((names, way), (other, twin)) = (unit(home.1), unit(place.1));
    let space = |way: &[ScopeId]| {
        let outermost = *way.last()?;
        let is_space = |setting: &&Setting| {
            setting.key.as_deref() == Some("namespace")
                && reading.within(setting.scope, outermost)
                && reading.path_to(setting.scope).ends_with("metadata")
        };
        reading.settings.iter().find(is_space).map(|setting| setting.raw.clone())
    };
    !names.is_empty() && names == other && way != twin && space(&way) == space(&twin)
}

/// Nothing to say so far, or less than all, nothing written at base, and the weakest value at head.
fn newly_weak(world: &World, to: &Transition) -> bool {
    let weakest = matches!(&to.head.state, State::Written(rank) if order::is_worst(world.order_of(&to.instance), rank));
    let open = match to.base.state {
        State::Unset(_) => to.outcome.is_none(),
        // a new unit may be a new layer of an old one
        State::Gone => to.outcome.is_some_and(|outcome| outcome.lowered),
        State::Written(_) | State::Unknown => false,
    };
    weakest && open
}

/// The files that the second phase should bring to know what reaches such a place.
#[must_use]
pub fn wanted(world: &World, to: &Transition) -> Vec<String> {
    if !newly_weak(world, to) {
        return Vec::new();
    }
    let Some((pair, scope)) = world.subjects.nearest(to.instance.subject, At::Head) else { return Vec::new() };
    let Some(file) = world.pairs.get(pair).and_then(|pair| pair.at(At::Head)) else { return Vec::new() };
    let Some(reading) = file.reading() else { return Vec::new() };
    let around = reading.links.iter().filter(|link| reading.within(scope, link.from) || reading.within(link.from, scope));
    around.flat_map(|link| targets(file.folder(), link)).collect()
}
