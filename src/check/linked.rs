//! What a service or a container finds in its environment through what its file names: environment files, images that are built, config
//! maps, the `.env` beside a Compose file. Another file of that kind, another order of them, or none is a change of what holds, although
//! none of their lines changed.

mod chart;
mod environment;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

pub(super) use self::chart::{Charts, compared};
use self::chart::{chart_of, templates, value_of};
use self::environment::{BESIDE, Environment, Files, Source, is_argument};
use super::load::{self, Names, Sides};
use crate::judge::found::Found;
use crate::judge::input::{At, Content, FileIn, PairIn, folder};
use crate::judge::moves::map_name;
use crate::judge::subjects::Subjects;
use crate::judge::world::World;
use crate::read::lens::compose::BASES;
use crate::read::text::{dockerfile, dotenv};
use crate::reading::{Link, LinkKind, Reading};
use crate::report::model::{Change, Severity};
use crate::revision::{Error, Pair};
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::{Setting, Surface};
use crate::value::{Mark, Outcome};

/// Files that did not change and name one that did.
const UNCHANGED: usize = 50;

/// A file with what its units are given, on both sides, and the variables that come from elsewhere than before.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) pair: PairIn,
    names: BTreeSet<String>,
    /// The files that say so, which may be reported themselves.
    from: BTreeSet<String>,
}

/// What [`keep`] asks about the files that are given something: the first one's place among all, and of each the variables that come from
/// elsewhere, and the files that say so.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) from: usize,
    pub(super) of: Vec<(BTreeSet<String>, BTreeSet<String>)>,
}

/// Looks at every changed file whose units name others, and at the files beside a changed one that name it.
///
/// # Errors
/// Objects are missing.
pub(super) fn given(sides: &Sides, pairs: &[PairIn], changed: &[Pair], mut charts: Charts) -> Result<Vec<Given>, Error> {
    let mut found = Vec::new();
    let naming = naming(sides, pairs, changed, &mut charts)?;
    let candidates = || pairs.iter().filter(|pair| !pair.context).chain(&naming).filter(|pair| may_be_given(pair));
    if candidates().next().is_none() {
        return Ok(found);
    }
    let names = Names::new(sides.catalogue);
    let renamed = changed.iter().filter_map(|pair| Some((pair.head.as_ref()?.path.as_str(), pair.base.as_ref()?.path.as_str())));
    let mut files = Files { sides, renamed: renamed.collect(), read: HashMap::new(), charts };
    for pair in candidates() {
        found.extend(files.pair(&names, pair)?);
    }
    Ok(found)
}

/// What is found of such files counts for the variables that come from elsewhere, and where nothing else tells it.
pub(super) fn keep(world: &World, given: &Asked, found: Vec<Found>) -> Vec<Found> {
    let own = |one: &Found| one.spot.pair.checked_sub(given.from).and_then(|at| given.of.get(at));
    let fails = |one: &Found| one.change.can_fail() && one.severity < Severity::Note;
    let path = |one: &Found| world.pairs.get(one.spot.pair).and_then(|pair| pair.at(one.spot.at)).map(|file| file.path.as_str());
    let decided = |one: &Found| fails(one) && one.change != Change::Undecided;
    let told: Vec<(usize, Severity, Option<&str>)> =
        found.iter().filter(|one| own(one).is_none() && decided(one)).map(|one| (one.instance.policy, one.severity, path(one))).collect();
    let counts = |one: &Found| {
        let Some((names, files)) = own(one) else { return true };
        let here = path(one);
        let told = told.iter().any(|(policy, severity, at)| {
            *policy == one.instance.policy && *severity <= one.severity && (*at == here || at.is_some_and(|at| files.contains(at)))
        });
        fails(one) && names.contains(&one.setting) && !told
    };
    let mut counts: Vec<bool> = found.iter().map(counts).collect();
    // what is known now is no question any more
    let known: Vec<(usize, &str, Option<&str>)> = found
        .iter()
        .zip(&counts)
        .filter(|(one, counts)| **counts && own(one).is_some() && decided(one))
        .map(|(one, _)| (one.instance.policy, one.setting.as_str(), path(one)))
        .collect();
    for (one, counts) in found.iter().zip(&mut counts) {
        *counts &= one.change != Change::Undecided || !known.contains(&(one.instance.policy, one.setting.as_str(), path(one)));
    }
    found.into_iter().zip(counts).filter_map(|(one, counts)| counts.then_some(one)).collect()
}

impl Given {
    /// What [`keep`] asks about it.
    pub(super) fn asked(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        (self.names.clone(), self.from.clone())
    }
}

/// Files that did not change: Compose files in the folders of changed files that such files name, and above; manifests beside a changed
/// one with maps of variables.
fn naming(sides: &Sides, pairs: &[PairIn], changed: &[Pair], charts: &mut Charts) -> Result<Vec<PairIn>, Error> {
    let is_named = |path: &str| dotenv::claims(path) || dockerfile::claims(path);
    let paths = changed.iter().flat_map(|pair| [&pair.base, &pair.head]).flatten().map(|blob| blob.path.as_str());
    let here: BTreeSet<&str> = paths.clone().collect();
    let folders: BTreeSet<&str> = paths.filter(|path| is_named(path)).flat_map(super::upward).take(4 * UNCHANGED).collect();
    let holds_maps = |file: &FileIn| file.reading().is_some_and(|reading| reading.scopes.iter().any(|scope| map_name(scope).is_some()));
    let files = pairs.iter().filter(|pair| !pair.context).flat_map(|pair| pair.base.iter().chain(&pair.head));
    let maps: BTreeSet<&str> = files.filter(|file| holds_maps(file)).map(FileIn::folder).collect();
    let mut unchanged = Vec::new();
    if !maps.is_empty() {
        let beside = |path: &str| is_yaml(path) && maps.contains(folder(path)) && !here.contains(path);
        let blobs = sides.store.list(sides.head, &beside)?.blobs.into_iter().take(UNCHANGED);
        unchanged.extend(blobs.map(|blob| Pair { base: Some(blob.clone()), head: Some(blob) }));
    }
    unchanged.extend(templates(sides, changed, &here, charts)?);
    for place in folders {
        for name in BASES {
            let path = if place.is_empty() { name.to_owned() } else { format!("{place}/{name}") };
            if unchanged.len() < 3 * UNCHANGED
                && !here.contains(path.as_str())
                && let Some(blob) = sides.store.find(sides.head, &path)?
            {
                unchanged.push(Pair { base: Some(blob.clone()), head: Some(blob) });
            }
        }
    }
    Ok(if unchanged.is_empty() { Vec::new() } else { load::context(sides, &unchanged) })
}

/// Whether units of a file may be given something: they name a file, or ask for a variable of the one beside it.
fn may_be_given(pair: &PairIn) -> bool {
    let reading = |at: At| pair.at(at).and_then(FileIn::reading);
    let chart = pair.head.as_ref().is_some_and(|file| chart_of(&file.path).is_some());
    let one = |reading: &Reading| {
        let compose = is_compose(reading) && reading.settings.iter().any(asks);
        reading.links.iter().any(gives) || compose || (chart && reading.settings.iter().any(|setting| value_of(setting).is_some()))
    };
    reading(At::Base).zip(reading(At::Head)).is_some_and(|(base, head)| one(base) || one(head))
}

/// Whether a link may give the unit that names it something.
pub(super) fn gives(link: &Link) -> bool {
    matches!(link.kind, LinkKind::EnvFile | LinkKind::EnvFrom | LinkKind::Build)
}

fn is_compose(reading: &Reading) -> bool {
    reading.kinds.iter().any(|kind| kind.0 == "compose")
}

fn asks(setting: &Setting) -> bool {
    variable(setting).is_some() && (setting.raw.contains('$') || (setting.raw.is_empty() && setting.mark == Mark::Reference))
}

fn variable(setting: &Setting) -> Option<&str> {
    setting.names.iter().find(|(surface, _)| *surface == Surface::Env).map(|(_, name)| &**name)
}

impl Files<'_> {
    fn pair(&mut self, names: &Names, pair: &PairIn) -> Result<Option<Given>, Error> {
        let (Some(base), Some(head)) = (&pair.base, &pair.head) else { return Ok(None) };
        let (Some(was), Some(is)) = (base.reading(), head.reading()) else { return Ok(None) };
        let subjects = Subjects::new(std::slice::from_ref(pair));
        let (mut found, mut changed, mut from) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        for unit in units(was) {
            let subject = subjects.of(At::Base, (0, unit)).and_then(|subject| subjects.get(subject));
            let Some((_, twin)) = subject.and_then(|subject| subject.head) else { continue };
            let settled = self.settled((base, was, unit), (head, is, twin))?;
            let before = self.environment(At::Base, base, unit, &settled)?;
            let mut after = self.environment(At::Head, head, twin, &settled)?;
            let differs = self.differs((&base.path, &before), (&head.path, &mut after));
            if differs.is_empty() {
                continue;
            }
            changed.extend(differs);
            from.extend(before.named.iter().chain(&after.named).cloned());
            found.push((unit, before.variables, twin, after.variables));
        }
        if found.is_empty() {
            return Ok(None);
        }
        let (mut old, mut new) = (was.clone(), is.clone());
        for (unit, before, twin, after) in found {
            put(&mut old, unit, before);
            put(&mut new, twin, after);
        }
        let made = |file: &FileIn, reading: Reading| {
            let mut file = file.clone();
            if let Content::Read(text, _) = &file.content {
                file.content = Content::Read(Arc::clone(text), Arc::new(reading));
            }
            file.facts = names.match_file(&file.path, &file.content);
            // they are counted where they stand
            file.facts.known = 0;
            file
        };
        let pair = PairIn { base: Some(made(base, old)), head: Some(made(head, new)), context: false };
        Ok(Some(Given { pair, names: changed, from }))
    }

    /// The variables whose value is another one because it comes from elsewhere.
    fn differs(&self, (old_path, before): (&str, &Environment), (new_path, after): (&str, &mut Environment)) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let all: BTreeSet<String> = before.variables.keys().chain(after.variables.keys()).cloned().collect();
        for name in all {
            let (was, is) = (before.variables.get(&name), after.variables.get(&name));
            let own =
                |side: Option<&(Setting, Source)>, path: &str| side.is_none_or(|(_, source)| source.path == path && source.via.is_none());
            // what is handed to the build is in no container unless the image keeps it
            if is.is_none() && was.is_some_and(|(_, source)| source.path == old_path) && after.built && after.arguments.contains(&name) {
                found.insert(name);
                continue;
            }
            // the file itself tells what stands in it
            if own(was, old_path) && own(is, new_path) {
                continue;
            }
            let Some((setting, source)) = was else {
                // what nobody had before is told where it stands, unless it stood there
                found.extend(is.filter(|(_, source)| !self.is_new(&source.path)).map(|_| name));
                continue;
            };
            match is {
                _ if self.is_out_of_sight(source, after) => {}
                Some((other, to)) => {
                    let same = self.before(&to.path) == source.path && to.via.is_none() && source.via.is_none();
                    if !same && other.value != setting.value {
                        found.insert(name);
                    }
                }
                None => {
                    // another file, which is not there, may say it
                    if let Some((path, span)) = after.missing.iter().find(|(path, _)| !before.named.contains(path)).cloned() {
                        let mut setting = Setting::named(ScopeId::ROOT, Surface::Env, &*name, Outcome::Unread, span, span);
                        (setting.mark, setting.raw) = (Mark::Reference, path.as_str().into());
                        after.variables.insert(name.clone(), (setting, Source { path, via: None }));
                    }
                    found.insert(name);
                }
            }
        }
        found
    }

    fn before<'p>(&'p self, path: &'p str) -> &'p str {
        self.renamed.get(path).copied().unwrap_or(path)
    }

    fn is_new(&self, path: &str) -> bool {
        self.sides.store.find(self.sides.base, self.before(path)).ok().flatten().is_none()
    }

    /// Whether nothing is known of what gave a variable: the file or the map is named as before and no longer in the repository, or the
    /// image is no longer built here.
    fn is_out_of_sight(&self, source: &Source, after: &Environment) -> bool {
        let gone = |path: &str| self.sides.store.find(self.sides.head, path).ok().flatten().is_none();
        let built = dockerfile::claims(&source.path);
        let beside = source.path.ends_with(BESIDE) && source.via.is_some();
        let missing = after.missing.iter().any(|(name, _)| *name == source.path || source.via.as_ref() == Some(name));
        (built && !after.built) || missing || (beside && gone(&source.path))
    }
}

/// The units that have an environment of their own.
fn units(reading: &Reading) -> impl Iterator<Item = ScopeId> + '_ {
    let units = reading.scopes.iter().enumerate().filter(|(_, scope)| matches!(scope.kind, ScopeKind::Service | ScopeKind::Container));
    units.filter_map(|(at, _)| u32::try_from(at).ok()).map(ScopeId)
}

/// Puts what a unit is given beside what it says itself.
fn put(reading: &mut Reading, unit: ScopeId, variables: BTreeMap<String, (Setting, Source)>) {
    let arguments: Vec<usize> =
        (0..reading.settings.len()).filter(|at| reading.settings.get(*at).is_some_and(|one| is_argument(reading, one, unit))).collect();
    for at in arguments {
        if let Some(setting) = reading.settings.get_mut(at) {
            setting.names.retain(|(surface, _)| *surface != Surface::Env);
        }
    }
    for (name, (mut setting, _)) in variables {
        setting.scope = unit;
        let own = reading.settings.iter_mut().filter(|own| own.scope == unit && variable(own) == Some(&name));
        let mut stands = false;
        for own in own {
            stands = true;
            if asks(own) || value_of(own).is_some() {
                (own.value, own.mark, own.raw) = (setting.value.clone(), setting.mark, setting.raw.clone());
            }
        }
        if !stands {
            reading.settings.push(setting);
        }
    }
}

fn is_yaml(path: &str) -> bool {
    matches!(path.rsplit_once('.'), Some((_, "yaml" | "yml")))
}
