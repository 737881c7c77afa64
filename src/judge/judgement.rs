//! The judge's whole work on one comparison: instances, transitions, moves, findings.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::found::Found;
use super::group::merge;
use super::input::PairIn;
use super::instances::instances;
use super::moves::{Fate, resolve};
use super::severity::severity;
use super::transition::{Transition, judge};
use super::unreadable::unreadable;
use super::upgrade::upgrades;
use super::verdict::{Outcome, State};
use super::world::World;
use super::{place, promises, reach};
use crate::policy::catalogue::Catalogue;
use crate::policy::compiled::Compiled;
use crate::policy::file::Per;
use crate::report::model::{Change, PathClass};

/// What came out.
#[derive(Debug)]
pub struct Judgement<'a> {
    /// What is known of both revisions.
    pub world: World<'a>,
    /// Worst first.
    pub found: Vec<Found>,
    /// Files that could not be read and that nothing depends on.
    pub skipped: Vec<(String, String)>,
    /// Settings that some policy knows.
    pub known: usize,
    /// What else should be looked at before this counts.
    pub wanted: Wanted,
}

/// What the second phase should bring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Paths of files whose folder's manifests (and those above) decide an unset value.
    pub versions_for: Vec<String>,
    /// Names to look for in the head tree: settings that left, by their policies' literal names.
    pub words: Vec<String>,
    /// Names to look for only where they reach what they left.
    pub near: Near,
    /// Files that links name and that may hold what reached a subject before.
    pub paths: Vec<String>,
    /// Documents that make promises.
    pub documents: bool,
}

/// Names that count in some files only: a setting takes in what left another unit when it stands in the same tree of folders, or in a file
/// that the unit names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Near {
    /// The names.
    pub words: Vec<String>,
    /// Folders that they left.
    pub folders: BTreeSet<String>,
    /// Files that are named there.
    pub linked: BTreeSet<String>,
}

impl Near {
    /// Whether names count in a file.
    #[must_use]
    pub fn reaches(&self, path: &str) -> bool {
        let folder = super::input::folder(path);
        self.folders.iter().any(|left| super::input::same_tree(left, folder)) || self.linked.contains(path)
    }
}

/// Judges all pairs.
#[must_use]
pub fn judge_all<'a>(catalogue: &'a Catalogue, pairs: &'a [PairIn]) -> Judgement<'a> {
    let world = World::new(catalogue, pairs);
    let all = instances(&world);
    let context: Vec<bool> = all.iter().map(|(_, context)| *context).collect();
    let mut transitions: Vec<Transition> = all.par_iter().map(|(instance, _)| judge(&world, instance)).collect();
    let fates = resolve(&world, &mut transitions, &context);
    let mut wanted = Wanted::default();
    reach::overrides(&world, &mut transitions);
    wanted.paths.extend(transitions.iter().zip(&context).filter(|(_, context)| !**context).flat_map(|(to, _)| reach::wanted(&world, to)));
    let mut found = Vec::new();
    for ((transition, fate), context) in transitions.iter().zip(&fates).zip(&context) {
        if *context || *fate == Fate::Dropped {
            continue;
        }
        wanted.words.extend(super::lists::wanted(&world, transition));
        let Some(outcome) = transition.outcome.or_else(|| still_weak(&world, transition)) else {
            // as weak as a default that was only assumed: the version may know better
            if transition.base.assumed && matches!(transition.head.state, State::Written(_)) {
                want_version(&world, transition, &mut wanted);
            }
            continue;
        };
        want(&world, transition, outcome, &mut wanted);
        wanted.paths.extend(super::handed::wanted(&world, transition));
        wanted.words.extend(super::announced::wanted(&world, transition));
        if outcome.change == Change::Removed && package_gone(&world, transition) {
            continue;
        }
        if let Some(mut one) = finding(&world, transition, outcome) {
            if let Fate::MovedTo(to) = fate {
                one.elsewhere =
                    transitions.get(*to).and_then(|to| place::found(&world, to, outcome, one.severity, one.class)).map(|to| to.spot);
            }
            found.push(one);
        }
    }
    found.extend(upgrades(&world, &transitions, &context, &mut wanted));
    promises::wants(&world, &transitions, &context, &mut wanted);
    promises::contradictions(&world, &transitions, &context, &fates, &mut found);
    found.extend(super::seeming::found(&world));
    found.extend(super::turned::found(&world));
    let unasked = super::refusals::found(&world);
    wanted.words.extend(unasked.iter().map(|one| one.setting.clone()));
    found.extend(unasked);
    found.extend(super::digests::mismatches(&world));
    found.extend(super::digests::miscounted(&world));
    found.extend(super::lists::renamed(&world));
    super::lists::wanted_of_renamed(&world, &mut wanted.words);
    super::digests::wanted(&world, &mut wanted.paths, &mut wanted.words);
    let (broken, skipped) = unreadable(&world);
    found.extend(broken);
    found.retain(|one| !catalogue.is_silent(one.instance.policy));
    super::announced::lower(&world, &mut found);
    super::announced::keep(&world, &mut found);
    super::handed::lower(&world, &transitions, &mut found);
    let found = merge(&world, found);
    let known = (0..pairs.len())
        .filter(|index| pairs.get(*index).is_some_and(|pair| !pair.context))
        .flat_map(|index| super::input::At::BOTH.into_iter().map(move |at| (index, at)))
        .filter_map(|(index, at)| world.matches(index, at).map(|matches| matches.known))
        .sum();
    for words in [&mut wanted.words, &mut wanted.near.words] {
        words.sort();
        words.dedup();
    }
    wanted.versions_for.sort();
    wanted.versions_for.dedup();
    Judgement { world, found, skipped, known, wanted }
}

/// Whether the package that a setting is for left the manifests around it: then nothing reads the setting any more.
fn package_gone(world: &World, transition: &Transition) -> bool {
    use super::input::At;
    let Some(policy) = world.catalogue.policies().get(transition.instance.policy) else { return false };
    let packages = policy.rule.packages.0.iter().flat_map(|word| crate::policy::pattern::unfold(word).unwrap_or_default());
    let packages: Vec<String> = packages.filter(|package| !package.starts_with("docker:")).collect();
    let pinned = |at: At| world.pin(transition.instance.subject, at, &packages).is_some();
    !packages.is_empty() && pinned(At::Base) && !pinned(At::Head)
}

/// Weak before and after is worth a note.
fn still_weak(world: &World, transition: &Transition) -> Option<Outcome> {
    let order = world.order_of(&transition.instance);
    let worst = |state: &State| matches!(state, State::Written(rank) if crate::policy::order::is_worst(order, rank));
    (worst(&transition.base.state) && worst(&transition.head.state)).then_some(Change::Unchanged.into())
}

fn finding(world: &World, transition: &Transition, outcome: Outcome) -> Option<Found> {
    let policy = world.catalogue.policies().get(transition.instance.policy)?;
    let class = class_of(world, transition);
    let severity = severity(world, &policy.rule, transition, outcome, class);
    place::found(world, transition, outcome, severity, class)
}

/// The stricter class of the files in which the setting stands.
fn class_of(world: &World, transition: &Transition) -> PathClass {
    use super::input::At;
    let subject = world.subjects.get(transition.instance.subject);
    let pairs = At::BOTH.into_iter().filter_map(|at| {
        let decider = if at == At::Base { &transition.base } else { &transition.head };
        decider.decider.map(|place| place.0).or_else(|| subject.and_then(|subject| subject.at(at)).map(|place| place.0))
    });
    pairs.filter_map(|pair| world.pairs.get(pair)).map(PairIn::class).min_by_key(|class| class.discount()).unwrap_or_default()
}

/// Notes what the second phase should look at for a finding that could fail.
fn want(world: &World, transition: &Transition, outcome: Outcome, wanted: &mut Wanted) {
    let Some(policy) = world.catalogue.policies().get(transition.instance.policy) else { return };
    if policy.versioned || (outcome.change == Change::Removed && !policy.rule.packages.0.is_empty()) {
        want_version(world, transition, wanted);
    }
    if outcome.change == Change::Removed {
        let words = if leaves_a_place(world, policy, transition, &mut wanted.near) { &mut wanted.near.words } else { &mut wanted.words };
        words.extend(literal_names(policy));
        if policy.rule.kind == crate::policy::file::Kind::Lexicon
            && let Some(name) = transition.base.decider.and_then(|place| world.setting(place, super::input::At::Base)).and_then(name_of)
        {
            words.push(name);
        }
    }
}

/// Notes from where a setting could still reach what it left; false where that is anywhere.
fn leaves_a_place(world: &World, policy: &Compiled, transition: &Transition, near: &mut Near) -> bool {
    use super::input::{At, FileIn};
    let pair = transition.base.decider.and_then(|(pair, _)| world.pairs.get(pair));
    let Some(pair) = pair.filter(|_| policy.rule.per != Some(Per::Repository)) else { return false };
    near.folders.extend(At::BOTH.into_iter().filter_map(|at| pair.at(at)).map(|file| file.folder().to_owned()));
    let home = world.subjects.nearest(transition.instance.subject, At::Head).and_then(|(pair, _)| world.pairs.get(pair)?.at(At::Head));
    for file in [home, pair.at(At::Head)].into_iter().flatten() {
        let links = file.reading().map(|reading| reading.links.as_slice()).unwrap_or_default();
        near.linked.extend(links.iter().flat_map(|link| super::moves::targets(FileIn::folder(file), link)));
    }
    true
}

/// Asks for the manifests above the file in which the setting stands.
fn want_version(world: &World, transition: &Transition, wanted: &mut Wanted) {
    let pair = world.subjects.nearest(transition.instance.subject, super::input::At::Head).and_then(|(pair, _)| world.pairs.get(pair));
    if let Some(file) = pair.and_then(|pair| pair.at(super::input::At::Head)) {
        wanted.versions_for.push(file.path.clone());
    }
}

fn name_of(setting: &crate::setting::Setting) -> Option<String> {
    setting.names.first().map(|(_, name)| name.to_string()).or_else(|| setting.key.as_ref().map(ToString::to_string))
}

/// The names of a policy that can be looked for as words.
#[must_use]
pub fn literal_names(policy: &crate::policy::compiled::Compiled) -> Vec<String> {
    use crate::policy::compiled::Name;
    let of = |name: &Name| match name {
        Name::Text { pattern, .. } => pattern.literal().map(str::to_owned),
        Name::Key(_) => None,
    };
    policy.spellings.iter().flat_map(|spelling| spelling.names.iter().filter_map(of)).filter(|name| name.len() >= 4).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_in_the_same_tree_and_in_files_that_are_named() {
        let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<String>>();
        let near = Near { words: Vec::new(), folders: set(&["charts/a"]), linked: set(&["env/a.env"]) };
        for path in ["charts/a/values.yaml", "charts/a/templates/x.yaml", "charts/x.yaml", "x.yaml", "env/a.env"] {
            assert!(near.reaches(path), "{path}");
        }
        for path in ["charts/b/values.yaml", "charts/ab/x.yaml", "env/b.env"] {
            assert!(!near.reaches(path), "{path}");
        }
        assert!(Near { folders: set(&[""]), ..Near::default() }.reaches("any/where.yaml"));
        assert!(!Near::default().reaches("x.yaml"));
    }
}
