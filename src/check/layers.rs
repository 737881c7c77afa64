//! Compose files that are laid over another one and take away what it says (`!reset`), or put something else in its place (`!override`):
//! what was taken away stands in a file that did not change.

use std::collections::BTreeSet;

use super::load::{self, Names, Sides};
use crate::judge::input::{Content, FileIn, PairIn, folder};
use crate::read::lens::compose::{BASES, is_overlay, replaced};
use crate::read::tree::yaml;
use crate::reading::{Pin, Reading};
use crate::revision::{Blob, Error, Pair, Revision};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Setting, Surface};
use crate::span::Span;

/// A service, one of its keys, and of its environment one variable, where only that is taken away.
type Taken = (String, String, Option<String>);

/// For each changed file that newly takes something away: the file below, with what it loses, against the file that takes it.
///
/// # Errors
/// Objects are missing.
pub(super) fn taken(sides: &Sides, changed: &[Pair]) -> Result<Vec<PairIn>, Error> {
    let mut found = Vec::new();
    for pair in changed {
        let Some(head) = pair.head.as_ref().filter(|blob| is_overlay(&blob.path)) else { continue };
        let now = taken_by(sides, sides.head, head);
        let before = pair.base.as_ref().map(|blob| taken_by(sides, sides.base, blob)).unwrap_or_default();
        let new: BTreeSet<Taken> = now.difference(&before).cloned().collect();
        if new.is_empty() {
            continue;
        }
        let names = Names::new(sides.catalogue);
        let place = folder(&head.path);
        for name in BASES {
            let path = if place.is_empty() { name.to_owned() } else { format!("{place}/{name}") };
            if let Some(below) = sides.store.find(sides.base, &path)? {
                found.extend(between(sides, &names, (&below, head), &new));
            }
        }
    }
    Ok(found)
}

fn taken_by(sides: &Sides, revision: &Revision, blob: &Blob) -> BTreeSet<Taken> {
    let reader = crate::read::by_path(&blob.path);
    let text = load::text(&mut sides.store.reader(), sides.bounds, revision, blob, reader, true);
    let text = text.ok().filter(|text| text.contains("!reset") || text.contains("!override"));
    text.map(|text| replaced(&yaml::parse_at(&blob.path, &text), &text)).unwrap_or_default()
}

/// The file below at base with what it loses, and the file above at head with what it says instead.
fn between(sides: &Sides, names: &Names, (below, above): (&Blob, &Blob), taken: &BTreeSet<Taken>) -> Option<PairIn> {
    let read = |revision: &Revision, blob: &Blob| {
        let reader = crate::read::by_path(&blob.path);
        load::file(names, sides.bounds, blob, reader, load::text(&mut sides.store.reader(), sides.bounds, revision, blob, reader, true))
    };
    let (mut base, mut head) = (read(sides.base, below), read(sides.head, above));
    let pins = keep(&mut base, taken)?;
    keep(&mut head, taken)?;
    if let Content::Read(_, reading) = &mut head.content {
        // what is taken away stands there by its name only
        std::sync::Arc::make_mut(reading).settings.retain(|setting| !setting.raw.starts_with("!reset"));
    }
    // what the service runs still stands in the file below
    if let Content::Read(_, reading) = &mut head.content {
        let reading = std::sync::Arc::make_mut(reading);
        for (service, mut pin) in pins {
            let scope = service_of(reading, &service)?;
            let at = reading.get(scope).span;
            (pin.scope, pin.span) = (scope, Span { start: at.start, end: at.start });
            reading.pins.push(pin);
        }
    }
    for file in [&mut base, &mut head] {
        file.facts = names.match_file(&file.path, &file.content);
    }
    // it holds where the file above is used
    base.class = head.class;
    Some(PairIn { base: Some(base), head: Some(head), context: false })
}

fn service_of(reading: &Reading, name: &str) -> Option<ScopeId> {
    let at = reading.scopes.iter().position(|scope| scope.kind == ScopeKind::Service && *scope.name == *name)?;
    Some(ScopeId(u32::try_from(at).ok()?))
}

/// Which key of its service a setting is under: `ports` for what one of its items says.
fn part_of<'r>(reading: &'r Reading, setting: &'r Setting) -> Option<&'r str> {
    let own = |id: &ScopeId| reading.get(*id).kind == ScopeKind::Service;
    let below: Vec<ScopeId> = reading.outward(setting.scope).take_while(|id| !own(id)).collect();
    let mut steps = below.iter().rev().map(|id| &reading.get(*id).step);
    let step = steps.find_map(|step| match step {
        Step::Key(key) | Step::Item(key, _) => Some(&**key),
        Step::Same => None,
    });
    step.or(setting.key.as_deref())
}

/// Leaves of a reading only what is taken away; gives the packages of the services, with their names.
fn keep(file: &mut FileIn, taken: &BTreeSet<Taken>) -> Option<Vec<(String, Pin)>> {
    let Content::Read(_, reading) = &mut file.content else { return None };
    let reading = std::sync::Arc::make_mut(reading);
    let whole = reading.clone();
    let service = |scope: ScopeId| whole.enclosing(scope, ScopeKind::Service).map(|id| whole.get(id).name.to_string());
    let is_taken = |setting: &Setting| {
        let Some(service) = service(setting.scope) else { return false };
        let part = part_of(&whole, setting);
        let own = whole.get(setting.scope).kind == ScopeKind::Service;
        taken.iter().any(|(of, key, variable)| {
            let variables = setting.names.iter().filter(|(surface, _)| *surface == Surface::Env);
            let named = variables.map(|(_, name)| name).any(|name| variable.as_ref().is_none_or(|variable| **variable == **name));
            *of == service && (key == "environment" && named && own || part == Some(key.as_str()))
        })
    };
    reading.settings.retain(is_taken);
    reading.links.clear();
    let pins = std::mem::take(&mut reading.pins);
    let named = |pin: Pin| Some((service(pin.scope)?, pin));
    let kept: Vec<_> = pins.into_iter().filter_map(named).filter(|(name, _)| taken.iter().any(|(of, ..)| of == name)).collect();
    reading.pins = kept.iter().map(|(_, pin)| pin.clone()).collect();
    Some(kept)
}
