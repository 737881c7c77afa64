//! Where a variable of a container cannot have gone: what is new in the same tree of folders takes in what left, but no process of that
//! container finds it there.

use super::input::{At, FileIn, folder};
use super::matching::is_unit;
use super::subjects::Place;
use super::transition::Transition;
use super::world::World;
use crate::reading::{Link, LinkKind, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Setting, Surface};

/// Kinds of documents whose keys mean what their program says, and no more.
const ANY_KEYS: &[&str] = &["yaml", "toml", "json", "ini", "properties"];

/// Whether what left `home` may be found at `to`, as far as can be told without running anything.
pub(super) fn possible(world: &World, from: &Transition, home: Place, to: &Transition, target: Place) -> bool {
    let Some(reading) = world.reading(home.0, At::Head) else { return true };
    let Some(unit) = reading.outward(home.1).find(|id| is_unit(reading.get(*id).kind)) else { return true };
    let kind = reading.get(unit).kind;
    let runs = matches!(kind, ScopeKind::Service | ScopeKind::Container);
    if !(runs || matches!(kind, ScopeKind::Stage | ScopeKind::Image)) || !is_variable(world, from) {
        return true;
    }
    let Some(file) = world.pairs.get(target.0).and_then(|pair| pair.at(At::Head)) else { return true };
    let Some(there) = file.reading() else { return true };
    let is = |kind: &str| there.kinds.first().is_some_and(|first| first.0 == kind);
    let own = || reading.links.iter().filter(|link| link.from == unit);
    let built = own().any(|link| link.kind == LinkKind::Build);
    if is("env-file") {
        return if runs { lists(home_of(world, home), own(), file) } else { !below(home_of(world, home), file) };
    }
    if is("dockerfile") {
        return if runs { !built && !is_foreign(world, from) } else { !starts_alike(reading, unit, there, target.1) };
    }
    if there.program {
        return !runs || built || !is_foreign(world, from);
    }
    let decider = to.head.decider.and_then(|place| world.setting(place, At::Head));
    !there.kinds.first().is_some_and(|kind| ANY_KEYS.contains(&kind.0)) || decider.is_none_or(|setting| says_so(there, setting, file))
}

fn home_of<'a>(world: &World<'a>, home: Place) -> &'a str {
    world.pairs.get(home.0).and_then(|pair| pair.at(At::Head)).map_or("", |file| file.path.as_str())
}

/// Whether what left is a variable and nothing else.
fn is_variable(world: &World, from: &Transition) -> bool {
    let setting = from.base.decider.and_then(|place| world.setting(place, At::Base));
    setting.is_some_and(|setting| !setting.names.is_empty() && setting.names.iter().all(|(surface, _)| *surface == Surface::Env))
}

/// Whether a file of variables may be one that the unit lists, or the sample of one: it stands in the same folder as that.
fn lists<'l>(home: &str, mut links: impl Iterator<Item = &'l Link>, file: &FileIn) -> bool {
    let place = |link: &Link| super::moves::clean(&format!("{}/{}", folder(home), link.to));
    links.any(|link| match link.kind {
        LinkKind::EnvFile => folder(&place(link)) == file.folder(),
        // what is made of it is not told by any file
        LinkKind::EnvFrom => true,
        _ => false,
    })
}

/// Whether a file lies in a folder of its own below the other.
fn below(home: &str, file: &FileIn) -> bool {
    file.folder() != folder(home) && file.folder().len() > folder(home).len()
}

/// Whether the unit runs an image of the product that the policy is about, which nothing in the repository goes into.
fn is_foreign(world: &World, from: &Transition) -> bool {
    let Some(policy) = world.catalogue.policies().get(from.instance.policy) else { return false };
    let packages = policy.rule.packages.0.iter().flat_map(|word| crate::policy::pattern::unfold(word).unwrap_or_default());
    let images: Vec<String> = packages.filter(|package| package.starts_with("docker:")).collect();
    !images.is_empty() && world.pin(from.instance.subject, At::Head, &images).is_some()
}

/// Whether two stages start from one image: then neither starts from the other.
fn starts_alike(reading: &Reading, unit: ScopeId, other: &Reading, scope: ScopeId) -> bool {
    let labels = |reading: &Reading, scope: ScopeId| -> Vec<Box<str>> {
        let stages = reading.scopes.iter().enumerate().filter(|(at, stage)| {
            let id = ScopeId(u32::try_from(*at).unwrap_or(u32::MAX));
            stage.kind == ScopeKind::Stage && (reading.within(id, scope) || reading.within(scope, id))
        });
        stages.flat_map(|(_, stage)| stage.labels.clone()).collect()
    };
    let there = labels(other, scope);
    labels(reading, unit).iter().any(|label| there.contains(label))
}

/// Whether something on the way to a key, or the file's name, says that these are variables: `env: {X: 1}`, `env.yaml`.
fn says_so(reading: &Reading, setting: &Setting, file: &FileIn) -> bool {
    let tells = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("env") || text.contains("vars") || text.contains("variable")
    };
    let step = |id: ScopeId| match &reading.get(id).step {
        Step::Key(key) | Step::Item(key, _) => tells(key),
        Step::Same => false,
    };
    setting.key.is_none() || reading.outward(setting.scope).any(step) || tells(file.path.rsplit('/').next().unwrap_or_default())
}
