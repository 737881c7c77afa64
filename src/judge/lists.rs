//! Lists of what is left out, and the files that name them: a list that is deleted while something still reads it, and a reader that
//! stops while the list stays.

use super::found::{Found, Shown, Spot};
use super::input::{At, PairIn};
use super::instances::Instance;
use super::transition::Transition;
use super::verdict::State;
use super::world::World;
use crate::policy::compiled::Compiled;
use crate::read::text::records::REFERENCE;
use crate::report::model::{Change, Severity};
use crate::setting::{Setting, Surface};

/// The name of the file in which an instance stood at base.
fn file_name<'a>(world: &World<'a>, instance: &Instance) -> Option<&'a str> {
    let (pair, _) = world.subjects.get(instance.subject)?.base?;
    let path = &world.pairs.get(pair)?.at(At::Base)?.path;
    path.rsplit('/').next()
}

/// Whether any file at head names the file in which an instance stood.
#[must_use]
pub fn is_still_named(world: &World, instance: &Instance) -> bool {
    let Some(name) = file_name(world, instance) else { return false };
    let names = |setting: &Setting| reference(setting).is_some_and(|other| other.eq_ignore_ascii_case(name));
    (0..world.pairs.len()).filter_map(|pair| world.reading(pair, At::Head)).any(|reading| reading.settings.iter().any(names))
}

/// Names to look for in the head tree: of a list that is gone, and of a list that a file no longer names.
#[must_use]
pub fn wanted(world: &World, transition: &Transition) -> Option<String> {
    let policy = world.catalogue.policies().get(transition.instance.policy)?;
    let named = transition.base.decider.and_then(|place| world.setting(place, At::Base)).and_then(reference);
    match (&transition.base.state, &transition.head.state) {
        (State::Written(_), State::Gone) if guards_a_path(policy) => file_name(world, &transition.instance).map(str::to_owned),
        (State::Written(_), State::Unset(_)) => named.map(str::to_owned),
        _ => None,
    }
}

/// The policy about files that go on naming a list.
const READ: &str = "opt-out/exclusion-list-read";

/// Lists that got another name while what reads them still has the old one.
#[must_use]
pub fn renamed(world: &World) -> Vec<Found> {
    let Some(policy) = world.catalogue.index_of(READ) else { return Vec::new() };
    let named = |name: &str| {
        (0..world.pairs.len()).find_map(|pair| {
            let reading = world.reading(pair, At::Head)?;
            let setting =
                reading.settings.iter().find(|setting| reference(setting).is_some_and(|other| other.eq_ignore_ascii_case(name)))?;
            Some((pair, setting))
        })
    };
    let stale = |(_, old, new): (usize, &str, &str)| {
        let (reader, setting) = named(old).filter(|_| named(new).is_none())?;
        let class = world.pairs.get(reader).map(PairIn::class).unwrap_or_default();
        let spot = Spot { pair: reader, at: At::Head, span: setting.span() };
        let one = Found::lone(
            policy,
            Change::Removed,
            Severity::Error.lowered(class.discount()),
            (format!("reference {old}"), Surface::Record),
            class,
            spot,
        );
        let (base, head) = (Shown::written(None, old.to_owned()), Shown::written(Some(spot), format!("{old}, which is {new} now")));
        Some(Found { base: Some(base), head: Some(head), ..one })
    };
    moved(world).filter_map(stale).collect()
}

/// Old names to look for in the head tree, and the new ones.
pub fn wanted_of_renamed(world: &World, words: &mut Vec<String>) {
    words.extend(moved(world).flat_map(|(_, old, new)| [old.to_owned(), new.to_owned()]));
}

/// Changed lists whose file is called otherwise at head.
fn moved<'a>(world: &World<'a>) -> impl Iterator<Item = (usize, &'a str, &'a str)> {
    let name = |path: &'a str| path.rsplit('/').next().unwrap_or(path);
    world.pairs.iter().enumerate().filter(|(_, pair)| !pair.context).filter_map(move |(index, pair)| {
        let (base, head) = (pair.at(At::Base)?, pair.at(At::Head)?);
        let (old, new) = (name(&base.path), name(&head.path));
        let list = base.reading()?.kinds.iter().any(|kind| kind.0 == "records");
        (list && !old.eq_ignore_ascii_case(new)).then_some((index, old, new))
    })
}

fn guards_a_path(policy: &Compiled) -> bool {
    policy.rule.guards.as_ref().is_some_and(|guards| guards.through == "path")
}

fn reference(setting: &Setting) -> Option<&str> {
    setting.names.iter().find_map(|(surface, name)| if *surface == Surface::Record { name.strip_prefix(REFERENCE) } else { None })
}
