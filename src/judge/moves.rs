//! Settings that moved: what left one place and stands, at least as safe, where it still reaches the old subject.

use super::input::{At, same_tree};
use super::instances::Instance;
use super::matching::is_unit;
use super::subjects::Place;
use super::transition::{Transition, outcome};
use super::verdict::State;
use super::world::World;
use crate::policy::file::Per;
use crate::policy::order::{self, Comparison};
use crate::reading::{Link, LinkKind};
use crate::report::model::Change;
use crate::scope::{Scope, ScopeId, ScopeKind};
use crate::setting::Surface;
use crate::span::Span;

/// What became of a transition after its counterpart was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands.
    Stands,
    /// It moved unharmed, or its destination is reported instead.
    Dropped,
    /// It moved to this transition's place and changed on the way.
    MovedTo(usize),
}

/// Finds where settings went. `context` tells transitions of files that did not change: they can take a setting in, but are never
/// reported.
#[must_use]
pub fn resolve(world: &World, transitions: &mut [Transition], context: &[bool]) -> Vec<Fate> {
    let mut fates = vec![Fate::Stands; transitions.len()];
    let arrivals: Vec<usize> = (0..transitions.len())
        .filter(|index| transitions.get(*index).is_some_and(|to| matches!(to.head.state, State::Written(_)) && to.head.decider.is_some()))
        .collect();
    let mut by_policy: std::collections::HashMap<usize, Vec<usize>> = std::collections::HashMap::new();
    for index in arrivals {
        if let Some(to) = transitions.get(index) {
            by_policy.entry(to.instance.policy).or_default().push(index);
        }
    }
    for index in 0..transitions.len() {
        if context.get(index).copied().unwrap_or(false) {
            continue;
        }
        let Some(from) = transitions.get(index) else { continue };
        if !left(world, from) {
            continue;
        }
        let candidates = by_policy.get(&from.instance.policy).map(Vec::as_slice).unwrap_or_default();
        let mut best: Option<(Nearness, usize)> = None;
        for other in candidates.iter().copied().filter(|other| *other != index) {
            let Some(to) = transitions.get(other) else { continue };
            let mere_context = context.get(other).copied().unwrap_or(false);
            let new = !matches!(to.base.state, State::Written(_));
            if !same_concept(from, to, new) {
                continue;
            }
            // what stood there before at the same place can only take over when it is no weaker
            if !new && !mere_context && !unweakened(world, from, to) {
                continue;
            }
            if world.lexicon_entry(&from.instance).is_some() && from.instance.entry != to.instance.entry {
                continue;
            }
            // among equally near places one with the same text, then one that was there; never whichever file came first
            if let Some(distance) = distance(world, from, to, new) {
                let nearness = (distance, !same_text(world, from, to), new, place_of(world, to));
                if best.is_none_or(|(known, _)| nearness < known) {
                    best = Some((nearness, other));
                }
            }
        }
        let Some((_, destination)) = best else { continue };
        let fate = settle(world, transitions, index, destination, context);
        if let Some(slot) = fates.get_mut(index) {
            *slot = fate;
        }
        if let (Fate::Dropped | Fate::MovedTo(_), Some(slot)) = (fate, fates.get_mut(destination)) {
            let arrived_new = transitions.get(destination).is_some_and(|to| !matches!(to.base.state, State::Written(_)));
            if arrived_new && *slot == Fate::Stands {
                *slot = Fate::Dropped;
            }
        }
    }
    fates
}

/// How near a destination is: the distance, whether its text is another, whether it is new, and its place.
type Nearness<'a> = (u8, bool, bool, (&'a str, Span));

fn place_of<'a>(world: &World<'a>, to: &Transition) -> (&'a str, Span) {
    let place = to.head.decider.and_then(|place| Some((world.pairs.get(place.0)?.at(At::Head)?, world.setting(place, At::Head)?)));
    place.map_or(("", Span::default()), |(file, setting)| (file.path.as_str(), setting.span()))
}

/// Whether both speak of one concept: named wildcards must be the same, and what stood there before must be the very same
/// instance elsewhere; a new place may have a new name.
fn same_concept(from: &Transition, to: &Transition, new: bool) -> bool {
    let named = |transition: &Transition| -> Vec<crate::policy::pattern::Capture> {
        let captures = transition.instance.captures.iter();
        captures.filter(|(label, _)| !new || label.starts_with(char::is_alphabetic)).cloned().collect()
    };
    let lexicon = from.instance.captures.iter().any(|(label, _)| &**label == "subject");
    if lexicon { !new || from.instance.entry == to.instance.entry } else { named(from) == named(to) }
}

/// Whether a setting left its place while the place remained.
fn left(world: &World, from: &Transition) -> bool {
    matches!(from.base.state, State::Written(_))
        && from.base.decider.is_some()
        && (matches!(from.head.state, State::Unset(_)) || (from.head.state == State::Gone && of_repository(world, from)))
        && from.head.decider.is_none()
}

/// Whether it holds for the repository, whichever file says it.
fn of_repository(world: &World, transition: &Transition) -> bool {
    world.catalogue.policies().get(transition.instance.policy).is_some_and(|policy| policy.rule.per == Some(Per::Repository))
}

/// Whether every image has a value of its own.
fn of_image(world: &World, transition: &Transition) -> bool {
    world.catalogue.policies().get(transition.instance.policy).is_some_and(|policy| policy.rule.per == Some(Per::Image))
}

fn same_text(world: &World, from: &Transition, to: &Transition) -> bool {
    let value = |side: &super::effective::Effective, at: At| {
        side.decider.and_then(|place| world.setting(place, at)).map(|setting| setting.value.clone())
    };
    value(&from.base, At::Base) == value(&to.head, At::Head)
}

fn unweakened(world: &World, from: &Transition, to: &Transition) -> bool {
    match (from.base.rank(), to.head.rank()) {
        (Some(was), Some(is)) => {
            matches!(order::compare(world.order_of(&from.instance), was, is), Comparison::Same | Comparison::Stronger)
        }
        _ => false,
    }
}

/// How far the destination is from the source, nearest first; none when it does not reach it.
fn distance(world: &World, from: &Transition, to: &Transition, new: bool) -> Option<u8> {
    let (from_place, to_place) = (decider_place(world, from, At::Base)?, decider_place(world, to, At::Head)?);
    if from_place.0 != to_place.0 && of_repository(world, from) {
        // what runs the gate may run it from any file, and what a program does it may do from any
        let policy = world.catalogue.policies().get(from.instance.policy);
        let anywhere =
            policy.is_some_and(|policy| policy.area() == "gate" || policy.spellings.iter().all(|spelling| of_programs(spelling.surface)));
        return if anywhere { Some(4) } else { between_documents(world, from_place.0, to_place.0) };
    }
    let home = world.subjects.nearest(from.instance.subject, At::Head)?;
    let target = world.subjects.nearest(to.instance.subject, At::Head)?;
    if home.0 == target.0 {
        let reading = world.reading(home.0, At::Head)?;
        let unit = |scope: ScopeId| reading.outward(scope).find(|id| is_unit(reading.get(*id).kind)).unwrap_or(ScopeId::ROOT);
        let (home_unit, target_unit) = (unit(home.1), unit(target.1));
        return if home_unit == target_unit {
            Some(0)
        } else if reading.within(home_unit, target_unit) {
            Some(1)
        } else if given_by_map(world, home, target) {
            Some(3)
        } else if new && reading.within(target_unit, home_unit) && everywhere_below(world, &to.instance, home, target_unit) {
            Some(2)
        } else {
            None
        };
    }
    if linked(world, home, target) || given_by_map(world, home, target) {
        return Some(3);
    }
    // what stood elsewhere all along never reached this subject: it cannot stand in for anything that was worth having, unless it is
    // asked of the repository as a whole; and what an image next door says of itself, it says for no other
    let policy = world.catalogue.policies().get(from.instance.policy);
    let anywhere = policy.is_some_and(|policy| policy.rule.per == Some(Per::Repository));
    let worst = || from.base.rank().is_some_and(|rank| order::is_worst(world.order_of(&from.instance), rank));
    if !new && (of_image(world, from) || !(anywhere || worst())) {
        return None;
    }
    if new && !super::destination::possible(world, from, home, to, target) {
        return None;
    }
    let (from_file, to_file) = (world.pairs.get(from_place.0)?, world.pairs.get(to_place.0)?);
    let (base, head) = (from_file.at(At::Base)?, to_file.at(At::Head)?);
    // a file that moved itself takes its neighbours' places too
    let folders = [Some(base.folder()), from_file.at(At::Head).map(super::input::FileIn::folder)];
    if base.class.discount() < head.class.discount() || !folders.into_iter().flatten().any(|folder| same_tree(folder, head.folder())) {
        return None;
    }
    let reading = world.reading(target.0, At::Head)?;
    let wide = reading.outward(target.1).find(|id| is_unit(reading.get(*id).kind)).map(|id| reading.get(id).kind);
    let wide = matches!(wide, Some(ScopeKind::File | ScopeKind::Document | ScopeKind::Image | ScopeKind::Stage) | None);
    (wide || same_name(world, from_place, target)).then_some(4)
}

/// Whether only programs write it.
fn of_programs(surface: Surface) -> bool {
    matches!(surface, Surface::Printed | Surface::Field | Surface::Argument)
}

/// What a document said may stand in any other that speaks for it: in the same tree of folders, in a folder of documentation, or named by
/// it. Tests and other projects' files speak for nobody.
fn between_documents(world: &World, from: usize, to: usize) -> Option<u8> {
    let (base, head) = (world.pairs.get(from)?, world.pairs.get(to)?);
    if head.class().discount() > 1 {
        return None;
    }
    let (old, new) = (base.at(At::Base)?, head.at(At::Head)?);
    let named = || linked(world, (from, ScopeId::ROOT), (to, ScopeId::ROOT));
    (same_tree(speaks_for(old.folder()), speaks_for(new.folder())) || named()).then_some(4)
}

/// The folder that a document in this folder speaks for: documentation speaks for what it stands in.
#[must_use]
pub fn speaks_for(folder: &str) -> &str {
    const DOCUMENTATION: &[&str] =
        &["doc", "docs", "documentation", "versioned_docs", "legal", ".github", "website", "site", "policies", "nv-modelcard++"];
    let mut at = 0;
    for step in folder.split('/') {
        if DOCUMENTATION.contains(&step.to_ascii_lowercase().as_str()) {
            return folder.get(..at).unwrap_or("").trim_end_matches('/');
        }
        at += step.len() + 1;
    }
    folder
}

fn decider_place(world: &World, transition: &Transition, at: At) -> Option<Place> {
    let side = if at == At::Base { &transition.base } else { &transition.head };
    let place = side.decider?;
    Some((place.0, world.setting(place, at)?.scope))
}

/// Whether every unit of the target's kind below the source's unit says it: pushed down to all, not to some.
fn everywhere_below(world: &World, to: &Instance, home: Place, target: ScopeId) -> bool {
    let Some(reading) = world.reading(home.0, At::Head) else { return false };
    let kind = reading.get(target).kind;
    (0..reading.scopes.len())
        .map(|index| ScopeId(u32::try_from(index).unwrap_or(u32::MAX)))
        .filter(|id| reading.get(*id).kind == kind && reading.within(*id, home.1))
        .all(|id| {
            let Some(subject) = world.subjects.of(At::Head, (home.0, id)) else { return false };
            let there = Instance { subject, capture_subject: None, ..to.clone() };
            matches!(world.effective(&there, At::Head, true).state, State::Written(_))
        })
}

/// Whether a scope's file, or something around it, names the other file.
pub(super) fn linked(world: &World, home: Place, target: Place) -> bool {
    let side = |pair: usize| world.pairs.get(pair).and_then(|pair| pair.at(At::Head));
    let (Some(from), Some(to)) = (side(home.0), side(target.0)) else { return false };
    let Some(reading) = from.reading() else { return false };
    let around = |link: &&Link| reading.within(home.1, link.from) || reading.within(link.from, home.1);
    let same = |link: &&Link| link.kind != LinkKind::Overlay || unit_name(world, home) == unit_name(world, target);
    reading.links.iter().filter(around).filter(same).any(|link| targets(from.folder(), link).contains(&to.path))
}

/// Whether a container takes its environment from the map of variables that the target stands in, in the same tree of folders.
fn given_by_map(world: &World, home: Place, target: Place) -> bool {
    let side = |place: Place| world.pairs.get(place.0).and_then(|pair| pair.at(At::Head));
    let (Some(from), Some(to)) = (side(home), side(target)) else { return false };
    let (Some(reading), Some(holder)) = (from.reading(), to.reading()) else { return false };
    let Some(name) = holder.outward(target.1).find_map(|id| map_name(holder.get(id))) else { return false };
    let around = |link: &&Link| reading.within(home.1, link.from) || reading.within(link.from, home.1);
    let mut links = reading.links.iter().filter(|link| link.kind == LinkKind::EnvFrom).filter(around);
    same_tree(from.folder(), to.folder()) && links.any(|link| *link.to == *name)
}

/// The name of a config map or a secret.
#[must_use]
pub fn map_name(scope: &Scope) -> Option<&str> {
    let (_, name) = scope.name.split_once('/').filter(|(kind, _)| matches!(*kind, "ConfigMap" | "Secret"))?;
    (scope.kind == ScopeKind::Resource).then_some(name)
}

/// Kind and name of the unit around a place.
fn unit_name<'a>(world: &World<'a>, place: Place) -> Option<(ScopeKind, &'a str)> {
    let reading = world.reading(place.0, At::Head)?;
    let unit = reading.outward(place.1).map(|id| reading.get(id)).find(|scope| is_unit(scope.kind))?;
    Some((unit.kind, &unit.name))
}

/// The paths that a link may mean, relative to the repository's root.
#[must_use]
pub fn targets(folder: &str, link: &Link) -> Vec<String> {
    let path = clean(&format!("{folder}/{}", link.to));
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    match link.kind {
        // a build context is a folder; a Dockerfile may be named directly
        LinkKind::Build => vec![below("Dockerfile"), below("Containerfile"), path.clone()],
        LinkKind::EnvFile | LinkKind::Extends | LinkKind::Document | LinkKind::Overlay => vec![path],
        LinkKind::EnvFrom | LinkKind::Stage => Vec::new(),
    }
}

/// A path without `.` and `..` steps.
#[must_use]
pub fn clean(path: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

fn same_name(world: &World, from: Place, to: Place) -> bool {
    let name = |place: Place, at: At| {
        let reading = world.reading(place.0, at)?;
        let unit = reading.outward(place.1).find(|id| is_unit(reading.get(*id).kind))?;
        let scope = reading.get(unit);
        Some((scope.kind, scope.name.clone(), scope.labels.clone()))
    };
    match (name(from, At::Base), name(to, At::Head)) {
        (Some(a), Some(b)) => a.0 == b.0 && ((!a.1.is_empty() && a.1 == b.1) || a.2.iter().any(|label| b.2.contains(label))),
        _ => false,
    }
}

/// Judges the source against its destination.
fn settle(world: &World, transitions: &mut [Transition], from: usize, to: usize, context: &[bool]) -> Fate {
    let (Some(source), Some(destination)) = (transitions.get(from), transitions.get(to)) else { return Fate::Stands };
    let verdict = outcome(world, &source.instance, &source.base, &destination.head);
    match verdict.map(|outcome| outcome.change) {
        None | Some(Change::Strengthened) => Fate::Dropped,
        // an unchanged file that is weaker did not take the setting over
        Some(_) if context.get(to).copied().unwrap_or(false) => Fate::Stands,
        Some(_) => {
            let head = destination.head.clone();
            if let Some(source) = transitions.get_mut(from) {
                source.head = head;
                source.outcome = verdict.map(|mut outcome| {
                    if outcome.change == Change::Removed {
                        outcome.change = Change::Weakened;
                    }
                    outcome
                });
            }
            Fate::MovedTo(to)
        }
    }
}
