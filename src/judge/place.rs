//! Where a finding is shown, and what its two sides say.

use std::collections::HashSet;
use std::ops::Range;

use super::effective::{Effective, SettingAt};
use super::found::{Found, Shown, Spot};
use super::input::At;
use super::matching::is_unit;
use super::transition::Transition;
use super::verdict::{Outcome, State};
use super::world::World;
use crate::policy::file::Order;
use crate::policy::order::{self, Rank};
use crate::reading::Reading;
use crate::report::model::{PathClass, Severity, StateWord};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;

/// Makes a finding of a transition.
#[must_use]
pub fn found(world: &World, transition: &Transition, outcome: Outcome, severity: Severity, class: PathClass) -> Option<Found> {
    let base = side(world, transition, &transition.base, At::Base);
    let head = side(world, transition, &transition.head, At::Head);
    let named = named(world, transition);
    let spot = spot(world, transition)?;
    let (setting, surface) = match named {
        Some((reading, setting)) => name_of(world, transition, reading, setting),
        None => first_spelling(world, transition)?,
    };
    let scope = scope_words(world, transition);
    let mut places: Vec<Spot> = if outcome.change.can_fail() { all_spots(world, transition) } else { Vec::new() };
    if !places.contains(&spot) {
        places.insert(0, spot);
    }
    Some(Found {
        instance: transition.instance.clone(),
        change: outcome.change,
        severity,
        setting,
        surface,
        scope,
        class,
        base,
        head,
        spot,
        places,
        elsewhere: None,
        assumed: transition.head.assumed,
        also: Vec::new(),
        unreadable: None,
    })
}

fn all_spots(world: &World, transition: &Transition) -> Vec<Spot> {
    let decider = transition.head.decider.and_then(|place| spot_of(world, place, At::Head));
    decider.map(|spot| telling_at_head(world, transition).map_or(spot, |span| Spot { span, ..spot })).into_iter().collect()
}

fn side(world: &World, transition: &Transition, effective: &Effective, at: At) -> Option<Shown> {
    let order = world.order_of(&transition.instance);
    let rank = effective.rank().map(|rank| order::show(order, rank));
    let other = if at == At::Base { &transition.head } else { &transition.base };
    let told = effective.rank().and_then(|rank| order::told(order, rank, other.rank()));
    let written = |state: StateWord| {
        let setting = effective.decider.and_then(|place| Some((place, world.setting(place, at)?)));
        let meant = setting.and_then(|(_, setting)| meant(world, transition, setting));
        let of_item = meant.as_ref().map(|(text, _)| text.clone());
        let value = told.clone().or(of_item).or_else(|| setting.map(|(_, setting)| text_of(setting)));
        let spot = setting.and_then(|(place, setting)| {
            let whole = spot_of(world, place, at)?;
            let item = telling(order, setting, other.rank()).or(meant.as_ref().map(|(_, span)| *span));
            Some(item.map_or(whole, |span| Spot { span, ..whole }))
        });
        Shown { spot, value, rank: rank.clone(), state }
    };
    match &effective.state {
        State::Gone => None,
        State::Unset(_) => Some(Shown { spot: None, value: rank, rank: None, state: StateWord::Unset }),
        State::Written(_) => Some(written(StateWord::Written)),
        State::Unknown => Some(written(StateWord::Unknown)),
    }
}

/// The item of a list that the policy's `value:` means.
fn meant(world: &World, transition: &Transition, setting: &Setting) -> Option<(String, Span)> {
    let crate::value::Outcome::One(crate::value::Value::List(items)) = &setting.value else { return None };
    let policy = world.catalogue.policies().get(transition.instance.policy)?;
    let fits = |text: &str| policy.spellings.iter().flat_map(|spelling| &spelling.values).any(|pattern| pattern.fits(text));
    let item = items.iter().position(|item| fits(&item.display()))?;
    Some((items.get(item)?.display(), *setting.item_spans.get(item)?))
}

/// The item of a list that says what the other side does not.
fn telling(order: &Order, setting: &Setting, other: Option<&Rank>) -> Option<Span> {
    let crate::value::Outcome::One(value) = &setting.value else { return None };
    setting.item_spans.get(order::telling_item(order, value, other?)?).copied()
}

/// The value as written, without its quotes.
pub(super) fn text_of(setting: &Setting) -> String {
    let raw = setting.raw.trim();
    if raw.is_empty() {
        return match &setting.value {
            crate::value::Outcome::One(value) => value.display(),
            _ => String::new(),
        };
    }
    let quoted = |quote: char| raw.len() >= 2 && raw.starts_with(quote) && raw.ends_with(quote);
    if quoted('"') || quoted('\'') { raw.trim_matches(['"', '\'']).to_owned() } else { raw.to_owned() }
}

fn spot_of(world: &World, place: SettingAt, at: At) -> Option<Spot> {
    let setting = world.setting(place, at)?;
    Some(Spot { pair: place.0, at, span: setting.span() })
}

/// The setting that gives the finding its name: head's decider, else base's.
fn named<'a>(world: &World<'a>, transition: &Transition) -> Option<(&'a Reading, &'a Setting)> {
    let at = |effective: &Effective, at: At| {
        let place = effective.decider?;
        Some((world.reading(place.0, at)?, world.setting(place, at)?))
    };
    at(&transition.head, At::Head).or_else(|| at(&transition.base, At::Base))
}

/// The name on the surface that the policy knows, whole paths for keys.
fn name_of(world: &World, transition: &Transition, reading: &Reading, setting: &Setting) -> (String, Surface) {
    let policy = world.catalogue.policies().get(transition.instance.policy);
    let wanted: Vec<Surface> = policy.map(|policy| policy.spellings.iter().map(|spelling| spelling.surface).collect()).unwrap_or_default();
    let path = |key: &str| {
        let around = reading.path_to(setting.scope);
        if around.is_empty() { key.to_owned() } else { format!("{around}.{key}") }
    };
    let other = setting.names.iter().find(|(surface, _)| wanted.contains(surface)).or(setting.names.first());
    match (&setting.key, other) {
        (Some(key), Some((surface @ Surface::Image, _))) => (path(key), *surface),
        (_, Some((surface, name))) if wanted.is_empty() || wanted.contains(surface) => (name.to_string(), *surface),
        (Some(key), _) => (path(key), Surface::Key),
        (None, Some((surface, name))) => (name.to_string(), *surface),
        (None, None) => (String::new(), Surface::Key),
    }
}

fn first_spelling(world: &World, transition: &Transition) -> Option<(String, Surface)> {
    let spelling = world.catalogue.policies().get(transition.instance.policy)?.spellings.first()?;
    Some((spelling.written.to_string(), spelling.surface))
}

fn scope_words(world: &World, transition: &Transition) -> Option<String> {
    for at in [At::Head, At::Base] {
        if let Some((pair, scope)) = world.subjects.get(transition.instance.subject).and_then(|subject| subject.at(at)) {
            return world.reading(pair, at)?.scope_words(scope);
        }
    }
    None
}

/// Where to show it: the decider at head, else what survives of its surroundings at head, else base.
fn spot(world: &World, transition: &Transition) -> Option<Spot> {
    if let Some(spot) = transition.head.decider.and_then(|place| spot_of(world, place, At::Head)) {
        return Some(telling_at_head(world, transition).map_or(spot, |span| Spot { span, ..spot }));
    }
    let base = transition.base.decider.and_then(|place| spot_of(world, place, At::Base));
    let Some((pair, scope)) = world.subjects.nearest(transition.instance.subject, At::Head) else { return base };
    let Some(reading) = world.reading(pair, At::Head) else { return base };
    let near =
        transition.base.decider.and_then(|place| neighbour(world, place, pair)).unwrap_or_else(|| start_of(world, reading, pair, scope));
    Some(Spot { pair, at: At::Head, span: near })
}

/// Of a list at head: the item that the finding is about.
fn telling_at_head(world: &World, transition: &Transition) -> Option<Span> {
    let named = || {
        let setting = world.setting(transition.head.decider?, At::Head)?;
        meant(world, transition, setting).map(|(_, span)| span)
    };
    joined(world, transition).or_else(|| beside_lost(world, transition)).or_else(named).or_else(|| changed_line(world, transition))
}

/// Of a value that stands on other lines than its name, and whose name's line is as it was: the first of its lines that is new.
fn changed_line(world: &World, transition: &Transition) -> Option<Span> {
    let place = transition.head.decider?;
    let setting = world.setting(place, At::Head)?;
    let pair = world.pairs.get(place.0)?;
    let (base, head) = (pair.at(At::Base)?.text(), pair.at(At::Head)?.text());
    let line_of = |at: usize| {
        let start = head.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
        let end = head.get(at..)?.find('\n').map_or(head.len(), |end| at + end);
        Some(start..end)
    };
    let named = line_of(setting.name_span.range().start)?;
    let value = setting.from.unwrap_or(setting.value_span).range();
    let elsewhere = !named.contains(&value.start) || head.get(value.clone())?.contains('\n');
    if !elsewhere {
        return None;
    }
    let stood: HashSet<&str> = base.lines().map(str::trim).collect();
    let is_new = |range: &Range<usize>| head.get(range.clone()).is_some_and(|line| !stood.contains(line.trim()));
    if is_new(&named) {
        return None;
    }
    let mut at = value.start;
    while at <= value.end {
        let line = line_of(at)?;
        if is_new(&line) {
            let (from, to) = (line.start.max(value.start), line.end.min(value.end));
            let text = head.get(from..to)?;
            let start = from + (text.len() - text.trim_start().len());
            return Some(Span::new(start, start + text.trim().len()));
        }
        at = line.end + 1;
    }
    None
}

/// Of a set in a program: the item that joined it.
fn joined(world: &World, transition: &Transition) -> Option<Span> {
    let place = transition.head.decider?;
    let order = world.order_of(&transition.instance);
    let in_program = world.reading(place.0, At::Head)?.program && matches!(order, Order::Members(_));
    telling(order, world.setting(place, At::Head)?, transition.base.rank()).filter(|_| in_program)
}

/// Of a list that lost an item: the item that now stands where the lost one stood.
fn beside_lost(world: &World, transition: &Transition) -> Option<Span> {
    let order = world.order_of(&transition.instance);
    let base = world.setting(transition.base.decider?, At::Base)?;
    let head = world.setting(transition.head.decider?, At::Head)?;
    let crate::value::Outcome::One(value) = &base.value else { return None };
    let lost = order::telling_item(order, value, transition.head.rank()?)?;
    head.item_spans.get(lost).or(head.item_spans.last()).copied()
}

/// The nearest setting before the lost one (else after it) that still stands at head in the counterpart of its scope.
fn neighbour(world: &World, lost: SettingAt, pair: usize) -> Option<Span> {
    let base = world.reading(lost.0, At::Base)?;
    let head = world.reading(pair, At::Head)?;
    let gone = base.settings.get(lost.1)?;
    let scope =
        world.subjects.of(At::Base, (lost.0, gone.scope)).and_then(|subject| world.subjects.get(subject)).and_then(|subject| subject.head);
    let (_, scope) = scope.filter(|(at, _)| *at == pair)?;
    let still = |index: usize| {
        let old = base.settings.get(index).filter(|old| old.scope == gone.scope)?;
        head.settings.iter().find(|new| new.scope == scope && new.key == old.key && new.names == old.names).map(|new| new.name_span)
    };
    let near = 64;
    (lost.1.saturating_sub(near)..lost.1).rev().find_map(still).or_else(|| (lost.1 + 1..lost.1 + near).find_map(still))
}

/// The first line of the nearest unit.
fn start_of(world: &World, reading: &Reading, pair: usize, scope: ScopeId) -> Span {
    let unit = reading.outward(scope).find(|id| is_unit(reading.get(*id).kind) || reading.get(*id).span.start > 0).unwrap_or(scope);
    let start = reading.get(unit).span.start as usize;
    let text = world.pairs.get(pair).and_then(|pair| pair.at(At::Head)).map_or("", |file| file.text());
    let line = text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
    Span::new(start, start + line)
}
