//! Lists of what is left out, and the files that name them: a list that is deleted while something still reads it, and a reader that
//! stops while the list stays.

use super::input::At;
use super::instances::Instance;
use super::transition::Transition;
use super::verdict::State;
use super::world::World;
use crate::policy::compiled::Compiled;
use crate::read::text::records::REFERENCE;
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

fn guards_a_path(policy: &Compiled) -> bool {
    policy.rule.guards.as_ref().is_some_and(|guards| guards.through == "path")
}

fn reference(setting: &Setting) -> Option<&str> {
    setting.names.iter().find_map(|(surface, name)| if *surface == Surface::Record { name.strip_prefix(REFERENCE) } else { None })
}
