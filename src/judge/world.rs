//! Everything that is known of both revisions while judging: files, what the catalogue finds in them, subjects, versions.

use std::sync::OnceLock;

use super::input::{At, PairIn, same_tree};
use super::instances::Instance;
use super::matching::{Match, Matches, climbs_to};
use super::subjects::{Place, SubjectId, Subjects};
use crate::policy::catalogue::Catalogue;
use crate::policy::compiled::Compiled;
use crate::policy::file::{Kind, Order};
use crate::policy::lexicon::{Entry, Lexicon};
use crate::policy::pattern::Capture;
use crate::policy::versions::{Fit, fit};
use crate::reading::{Pin, PinVersion, Reading};
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::Setting;
use foldhash::{HashMap, HashMapExt};

/// Policy, spelling and unit.
type Key = (usize, usize, Place);

/// Matches by the rarest of what they captured.
type Captured<'a> = HashMap<Option<&'a Capture>, Vec<usize>>;

/// More matches than these of one spelling in one unit are looked up by what they captured.
const MANY: usize = 32;

/// Both revisions, indexed.
#[derive(Debug)]
pub struct World<'a> {
    /// The policies.
    pub catalogue: &'a Catalogue,
    /// The files.
    pub pairs: &'a [PairIn],
    /// Scopes across revisions.
    pub subjects: Subjects,
    /// Matches by policy, spelling and the unit they climb to: indices into the pair's matches.
    by_unit: [HashMap<Key, Vec<usize>>; 2],
    /// Of units with many matches of one spelling, these by the rarest of what they captured.
    by_capture: [HashMap<Key, Captured<'a>>; 2],
    umbrellas: HashMap<String, Vec<usize>>,
    /// Settings of the base by the scope in which they stand, once somebody asks.
    homes: OnceLock<HashMap<Place, Vec<usize>>>,
}

impl<'a> World<'a> {
    /// Pairs all scopes and indexes what was matched.
    #[must_use]
    pub fn new(catalogue: &'a Catalogue, pairs: &'a [PairIn]) -> Self {
        let mut umbrellas: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, policy) in catalogue.policies().iter().enumerate() {
            for covered in &policy.head.covers {
                umbrellas.entry((*covered).to_owned()).or_default().push(index);
            }
        }
        let (by_unit, by_capture) = ([HashMap::new(), HashMap::new()], [HashMap::new(), HashMap::new()]);
        let homes = OnceLock::new();
        let mut world = Self { catalogue, pairs, subjects: Subjects::new(pairs), by_unit, by_capture, umbrellas, homes };
        for at in At::BOTH {
            let index = world.index(at);
            let captured = world.captured(&index, at);
            if let (Some(units), Some(captures)) = (world.by_unit.get_mut(at as usize), world.by_capture.get_mut(at as usize)) {
                *units = index;
                *captures = captured;
            }
        }
        world
    }

    fn index(&self, at: At) -> HashMap<Key, Vec<usize>> {
        let mut index: HashMap<Key, Vec<usize>> = HashMap::new();
        for pair in 0..self.pairs.len() {
            let (Some(matches), Some(reading)) = (self.matches(pair, at), self.reading(pair, at)) else { continue };
            for (number, found) in matches.all.iter().enumerate() {
                let unit = self.climbed(reading, found);
                index.entry((found.policy, found.spelling, (pair, unit))).or_default().push(number);
            }
        }
        index
    }

    fn captured(&self, index: &HashMap<Key, Vec<usize>>, at: At) -> HashMap<Key, Captured<'a>> {
        let mut captured: HashMap<Key, Captured<'a>> = HashMap::new();
        for (key, numbers) in index.iter().filter(|(_, numbers)| numbers.len() > MANY) {
            let Some(matches) = self.matches(key.2.0, at) else { continue };
            // what went through a list is known by its subject
            let parts = |number: &usize| {
                let found = matches.all.get(*number).filter(|found| found.items.is_empty());
                found.into_iter().flat_map(|found| &found.captures)
            };
            let mut often: HashMap<&Capture, usize> = HashMap::new();
            for capture in numbers.iter().flat_map(parts) {
                *often.entry(capture).or_default() += 1;
            }
            let own = captured.entry(*key).or_default();
            for number in numbers {
                let rarest = parts(number).min_by_key(|capture| often.get(capture));
                own.entry(rarest).or_default().push(*number);
            }
        }
        captured
    }

    /// The unit of a match, climbed to its policy's `per`; what stands above that kind stays where it is.
    #[must_use]
    pub fn climbed(&self, reading: &Reading, found: &Match) -> ScopeId {
        let per = self.catalogue.policies().get(found.policy).and_then(|policy| policy.rule.per);
        let Some(per) = per else { return found.unit };
        reading.outward(found.unit).find(|id| climbs_to(per, reading.get(*id).kind)).unwrap_or(found.unit)
    }

    /// The reading of one side of a pair.
    #[must_use]
    pub fn reading(&self, pair: usize, at: At) -> Option<&'a Reading> {
        self.pairs.get(pair)?.at(at)?.reading()
    }

    /// What the catalogue found in one side of a pair.
    #[must_use]
    pub fn matches(&self, pair: usize, at: At) -> Option<&'a Matches> {
        Some(&self.pairs.get(pair)?.at(at)?.facts)
    }

    /// A setting.
    #[must_use]
    pub fn setting(&self, place: (usize, usize), at: At) -> Option<&'a Setting> {
        self.reading(place.0, at)?.settings.get(place.1)
    }

    /// The settings that stood in just this scope at base.
    pub fn stood_in(&self, place: Place) -> impl Iterator<Item = &'a Setting> {
        let homes = self.homes.get_or_init(|| {
            let mut homes: HashMap<Place, Vec<usize>> = HashMap::new();
            for pair in 0..self.pairs.len() {
                let settings = self.reading(pair, At::Base).map_or(&[][..], |reading| &reading.settings);
                for (number, setting) in settings.iter().enumerate() {
                    homes.entry((pair, setting.scope)).or_default().push(number);
                }
            }
            homes
        });
        homes.get(&place).into_iter().flatten().filter_map(move |number| self.setting((place.0, *number), At::Base))
    }

    /// Matches of one spelling in just this unit.
    #[must_use]
    pub fn matches_at(&self, policy: usize, spelling: usize, place: Place, at: At) -> Vec<&'a Match> {
        let Some(matches) = self.matches(place.0, at) else { return Vec::new() };
        let numbers = self.by_unit.get(at as usize).and_then(|index| index.get(&(policy, spelling, place)));
        numbers.into_iter().flatten().filter_map(|number| matches.all.get(*number)).collect()
    }

    /// Matches of one spelling in just this unit that speak for an instance.
    pub fn matches_for(&self, instance: &Instance, spelling: usize, place: Place, at: At) -> Vec<&'a Match> {
        let key = (instance.policy, spelling, place);
        let fits = |found: &&'a Match| self.fits(instance, found, place.0, at);
        let Some(captured) = self.by_capture.get(at as usize).and_then(|index| index.get(&key)) else {
            return self.matches_at(instance.policy, spelling, place, at).into_iter().filter(fits).collect();
        };
        let Some(matches) = self.matches(place.0, at) else { return Vec::new() };
        let firsts = instance.captures.iter().map(Some).chain([None]);
        let mut numbers: Vec<usize> = firsts.filter_map(|first| captured.get(&first)).flatten().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|number| matches.all.get(number)).filter(fits).collect()
    }

    /// The captures of a match, nameless items by their subject.
    #[must_use]
    pub fn captures(&self, found: &Match, pair: usize, at: At) -> Vec<Capture> {
        let mut captures = found.captures.clone();
        for (index, scope) in &found.items {
            if let (Some(capture), Some(subject)) = (captures.get_mut(*index), self.subjects.of(at, (pair, *scope))) {
                capture.1 = format!("@{}", subject.0).into();
            }
        }
        captures
    }

    /// Whether a match speaks for an instance: what it captured is part of what the instance is.
    #[must_use]
    pub fn fits(&self, instance: &Instance, found: &Match, pair: usize, at: At) -> bool {
        let part = |captures: &[Capture]| captures.iter().all(|capture| instance.captures.contains(capture));
        // most matches went through no list: what they captured is what they are
        if found.items.is_empty() { part(&found.captures) } else { part(&self.captures(found, pair, at)) }
    }

    /// Whether an instance exists on one side: its unit does, and the scope that its wildcards name.
    #[must_use]
    pub fn instance_exists(&self, instance: &Instance, at: At) -> bool {
        let named = instance.capture_subject.and_then(|id| self.subjects.get(id)).is_none_or(|subject| subject.at(at).is_some());
        named && self.subjects.exists(instance.subject, at)
    }

    /// The lexicon of an instance's policy.
    #[must_use]
    pub fn lexicon(&self, policy: usize) -> Option<&'a Lexicon> {
        self.catalogue.lexicons().iter().find(|lexicon| lexicon.policy == policy)
    }

    /// The lexicon's entry that an instance is about.
    #[must_use]
    pub fn lexicon_entry(&self, instance: &Instance) -> Option<&'a Entry> {
        self.lexicon(instance.policy)?.entry(instance.entry)
    }

    /// The order that an instance is judged by.
    #[must_use]
    pub fn order_of(&self, instance: &Instance) -> &'a Order {
        static SWITCH: Order = Order::Switch;
        let policy = self.catalogue.policies().get(instance.policy);
        match policy {
            Some(policy) if policy.rule.kind == Kind::Policy => policy.rule.safety.as_ref().unwrap_or(&SWITCH),
            _ => self.lexicon_entry(instance).map_or(&SWITCH, |entry| &entry.order),
        }
    }

    /// Policies that are safe wherever this one's umbrella is.
    pub fn umbrellas(&self, id: &str) -> impl Iterator<Item = usize> + '_ {
        self.umbrellas.get(id).into_iter().flatten().copied()
    }

    /// The place of a scope's counterpart on the other side.
    #[must_use]
    pub fn counterpart(&self, place: Place, at: At) -> Option<Place> {
        let subject = self.subjects.of(at, place)?;
        self.subjects.nearest(subject, if at == At::Base { At::Head } else { At::Base })
    }

    /// Whether the unit runs one of these packages: an image of its own or of what encloses it, or a manifest upward.
    #[must_use]
    pub fn runs(&self, instance: &Instance, at: At, packages: &[String]) -> bool {
        self.pin(instance.subject, at, packages).is_some()
    }

    /// Whether a policy's version requirement holds where an instance stands.
    #[must_use]
    pub fn version_fit(&self, policy: &Compiled, instance: &Instance, at: At, requirement: &str) -> Fit {
        let packages: Vec<String> =
            policy.rule.packages.0.iter().flat_map(|word| crate::policy::pattern::unfold(word).unwrap_or_default()).collect();
        fit(requirement, self.pin(instance.subject, at, &packages).map(|(_, pin)| &pin.version))
    }

    /// The pin that decides a package's version for a subject: the unit's own image, else the nearest manifest upward, exact
    /// versions before ranges.
    #[must_use]
    pub fn pin(&self, subject: SubjectId, at: At, packages: &[String]) -> Option<(usize, &'a Pin)> {
        let (pair, scope) = self.subjects.nearest(subject, at)?;
        let reading = self.reading(pair, at)?;
        let wanted = |pin: &&Pin| packages.iter().any(|package| same_package(package, &pin.package));
        let unit = reading.outward(scope).find(|id| is_running_unit(reading.get(*id).kind)).unwrap_or(scope);
        let own = reading.pins.iter().filter(wanted).find(|pin| reading.within(pin.scope, unit) || reading.within(unit, pin.scope));
        if let Some(pin) = own {
            return Some((pair, pin));
        }
        let here = self.pairs.get(pair)?.at(at)?.folder();
        let mut best: Option<(usize, bool, usize, &Pin)> = None;
        for (index, other) in self.pairs.iter().enumerate() {
            let Some(file) = other.at(at) else { continue };
            if !(file.folder().len() <= here.len() && same_tree(file.folder(), here)) {
                continue;
            }
            for pin in file
                .reading()
                .into_iter()
                .flat_map(|reading| &reading.pins)
                .filter(wanted)
                .filter(|pin| !pin.package.starts_with("docker:"))
            {
                let key = (file.folder().len(), matches!(pin.version, PinVersion::Exact(_)));
                if best.is_none_or(|(depth, exact, _, _)| key > (depth, exact)) {
                    best = Some((key.0, key.1, index, pin));
                }
            }
        }
        best.map(|(_, _, index, pin)| (index, pin))
    }
}

/// Units that run an image of their own.
fn is_running_unit(kind: ScopeKind) -> bool {
    matches!(kind, ScopeKind::Service | ScopeKind::Container | ScopeKind::Stage | ScopeKind::Image | ScopeKind::Job)
}

/// Package names compare without case; an image may be named with or without its registry.
#[must_use]
pub fn same_package(policy: &str, pin: &str) -> bool {
    let same = policy.eq_ignore_ascii_case(pin);
    let image = |text: &str| text.strip_prefix("docker:").map(|image| image.trim_start_matches("docker.io/").to_ascii_lowercase());
    same || image(policy).is_some_and(|policy| image(pin) == Some(policy))
}
