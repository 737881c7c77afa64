//! What a service or a container finds in its environment through what its file names: environment files, images that are built, config
//! maps, the `.env` beside a Compose file. Another file of that kind, another order of them, or none is a change of what holds, although
//! none of their lines changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::load::{self, Names, Sides};
use crate::judge::found::Found;
use crate::judge::input::{At, Content, FileIn, PairIn, folder};
use crate::judge::moves::{map_name, targets};
use crate::judge::subjects::Subjects;
use crate::judge::world::World;
use crate::read::Reader;
use crate::read::lens::compose::BASES;
use crate::read::text::{default, dockerfile, dotenv};
use crate::reading::{Link, LinkKind, Reading};
use crate::report::model::{Change, Severity};
use crate::revision::{Error, Pair};
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Mark, Outcome, Value};

/// Files that did not change and name one that did, or that are asked for a config map.
const UNCHANGED: usize = 50;

/// The file that Compose takes variables from by itself.
const BESIDE: &str = ".env";

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
pub(super) fn given(sides: &Sides, pairs: &[PairIn], changed: &[Pair]) -> Result<Vec<Given>, Error> {
    let mut found = Vec::new();
    let naming = naming(sides, pairs, changed)?;
    let candidates = || pairs.iter().filter(|pair| !pair.context).chain(&naming).filter(|pair| may_be_given(pair));
    if candidates().next().is_none() {
        return Ok(found);
    }
    let names = Names::new(sides.catalogue);
    let renamed = changed.iter().filter_map(|pair| Some((pair.head.as_ref()?.path.as_str(), pair.base.as_ref()?.path.as_str())));
    let mut files = Files { sides, renamed: renamed.collect(), read: HashMap::new() };
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
fn naming(sides: &Sides, pairs: &[PairIn], changed: &[Pair]) -> Result<Vec<PairIn>, Error> {
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
    let charts: Vec<String> =
        here.iter().filter_map(|path| path.strip_suffix("values.yaml")).map(|chart| format!("{chart}templates/")).collect();
    if !charts.is_empty() {
        let template = |path: &str| is_yaml(path) && charts.iter().any(|chart| path.starts_with(chart)) && !here.contains(path);
        let blobs = sides.store.list(sides.head, &template)?.blobs.into_iter().take(UNCHANGED);
        unchanged.extend(blobs.map(|blob| Pair { base: Some(blob.clone()), head: Some(blob) }));
    }
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

/// The folder of the chart that a template belongs to.
fn chart_of(path: &str) -> Option<&str> {
    path.find("templates/").map(|at| path.get(..at).unwrap_or_default()).filter(|chart| chart.is_empty() || chart.ends_with('/'))
}

/// The path of the chart's value that a variable is nothing but: `{{ .Values.a.b | quote }}`.
fn value_of(setting: &Setting) -> Option<&str> {
    variable(setting)?;
    let inner = setting.raw.trim().trim_matches(['"', '\'']).strip_prefix("{{")?.strip_suffix("}}")?;
    let mut parts = inner.trim_matches(['-', ' ']).split('|').map(str::trim);
    let path = parts.next()?.strip_prefix(".Values.")?;
    let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let kept = parts.all(|part| matches!(part, "quote" | "squote" | "toString") || part.starts_with("default "));
    (plain && kept).then_some(path)
}

fn asks(setting: &Setting) -> bool {
    variable(setting).is_some() && (setting.raw.contains('$') || (setting.raw.is_empty() && setting.mark == Mark::Reference))
}

fn variable(setting: &Setting) -> Option<&str> {
    setting.names.iter().find(|(surface, _)| *surface == Surface::Env).map(|(_, name)| &**name)
}

/// Where a variable's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    path: String,
    /// The other name by which it is looked up there, or the map that it is in.
    via: Option<String>,
}

/// What a unit finds in its environment.
#[derive(Debug, Default)]
struct Environment {
    variables: BTreeMap<String, (Setting, Source)>,
    /// Files that are named.
    named: BTreeSet<String>,
    /// Files that are named and that the repository does not hold, with the place where they are named.
    missing: Vec<(String, Span)>,
    /// Names that only the build is given.
    arguments: BTreeSet<String>,
    /// An image is built from a file that is known.
    built: bool,
}

/// Files that are named, each read once.
struct Files<'a> {
    sides: &'a Sides<'a>,
    /// The base's path of files that the head has under another one.
    renamed: HashMap<&'a str, &'a str>,
    read: HashMap<(At, String), Option<Arc<Reading>>>,
}

impl Files<'_> {
    fn pair(&mut self, names: &Names, pair: &PairIn) -> Result<Option<Given>, Error> {
        let (Some(base), Some(head)) = (&pair.base, &pair.head) else { return Ok(None) };
        let (Some(was), Some(is)) = (base.reading(), head.reading()) else { return Ok(None) };
        let subjects = Subjects::new(std::slice::from_ref(pair));
        let (mut old, mut new) = (was.clone(), is.clone());
        let (mut changed, mut from) = (BTreeSet::new(), BTreeSet::new());
        for unit in units(was) {
            let subject = subjects.of(At::Base, (0, unit)).and_then(|subject| subjects.get(subject));
            let Some((_, twin)) = subject.and_then(|subject| subject.head) else { continue };
            let (before, mut after) = (self.environment(At::Base, base, unit)?, self.environment(At::Head, head, twin)?);
            let differs = self.differs((&base.path, &before), (&head.path, &mut after));
            if differs.is_empty() {
                continue;
            }
            changed.extend(differs);
            from.extend(before.named.iter().chain(&after.named).cloned());
            put(&mut old, unit, before.variables);
            put(&mut new, twin, after.variables);
        }
        if changed.is_empty() {
            return Ok(None);
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

    /// A file as it is named; nothing where it is not there or cannot be read.
    fn read(&mut self, at: At, path: &str, reader: Option<&'static Reader>) -> Result<Option<Arc<Reading>>, Error> {
        let key = (at, path.to_owned());
        if let Some(known) = self.read.get(&key) {
            return Ok(known.clone());
        }
        let sides = self.sides;
        let revision = if at == At::Base { sides.base } else { sides.head };
        let blob = sides.store.find(revision, path)?;
        let reading = blob.zip(reader).and_then(|(blob, reader)| {
            let text = load::text(&mut sides.store.reader(), sides.bounds, revision, &blob, Some(reader), true).ok()?;
            match load::understood(reader, path, text) {
                Content::Read(_, reading) => Some(reading),
                Content::Unreadable(_) => None,
            }
        });
        self.read.insert(key, reading.clone());
        Ok(reading)
    }

    /// What a unit finds, each layer over the ones before: the image, the files in their order, its own variables.
    fn environment(&mut self, at: At, file: &FileIn, unit: ScopeId) -> Result<Environment, Error> {
        let mut found = Environment::default();
        let Some(reading) = file.reading() else { return Ok(found) };
        found.arguments =
            reading.settings.iter().filter(|one| is_argument(reading, one, unit)).filter_map(variable).map(str::to_owned).collect();
        let links: Vec<&Link> = reading.links.iter().filter(|link| link.from == unit).collect();
        for link in links.iter().filter(|link| link.kind == LinkKind::Build) {
            self.built(at, file, (unit, link), &mut found)?;
        }
        for link in &links {
            match link.kind {
                LinkKind::EnvFile => self.listed(at, file, link, &mut found)?,
                LinkKind::EnvFrom => self.mapped(at, file, link, &mut found)?,
                _ => {}
            }
        }
        let beside = if is_compose(reading) { Some(beside(&file.path)) } else { None };
        for setting in reading.settings.iter().filter(|setting| setting.scope == unit) {
            let Some(name) = variable(setting) else { continue };
            let mut own = (setting.clone(), Source { path: file.path.clone(), via: None });
            if let Some(path) = beside.as_deref().filter(|_| asks(setting))
                && let Some(env) = self.read(at, path, crate::read::by_path(BESIDE))?
                && let Some((value, via)) = looked_up(setting, &|name| literal(&env, name))
            {
                own.0.raw = shown(&value, &setting.raw);
                (own.0.value, own.0.mark) = (value, Mark::Plain);
                own.1 = Source { path: path.to_owned(), via: Some(via) };
                found.named.insert(path.to_owned());
            }
            if let Some((chart, path)) = chart_of(&file.path).zip(value_of(setting)) {
                let values = format!("{chart}values.yaml");
                let reading = self.read(at, &values, crate::read::by_path(&values))?;
                if let Some(value) = reading.and_then(|reading| value_at(&reading, path)) {
                    (own.0.raw, own.0.value, own.0.mark) = (value.clone(), Outcome::text(value), Mark::Plain);
                    own.1 = Source { path: values.clone(), via: Some(format!(".{path}")) };
                    found.named.insert(values);
                }
            }
            found.variables.insert(name.to_owned(), own);
        }
        Ok(found)
    }

    /// The variables of an environment file.
    fn listed(&mut self, at: At, file: &FileIn, link: &Link, found: &mut Environment) -> Result<(), Error> {
        for path in targets(file.folder(), link) {
            found.named.insert(path.clone());
            let Some(env) = self.read(at, &path, crate::read::by_path(BESIDE))? else {
                found.missing.push((path, link.span));
                continue;
            };
            for setting in &env.settings {
                found.set(setting, link, Source { path: path.clone(), via: None });
            }
        }
        Ok(())
    }

    /// The variables of a config map, or of a secret, that stands in the same file or in a file beside it.
    fn mapped(&mut self, at: At, file: &FileIn, link: &Link, found: &mut Environment) -> Result<(), Error> {
        let of_map = |reading: &Reading| {
            let at = reading.scopes.iter().position(|scope| map_name(scope) == Some(&*link.to))?;
            Some(ScopeId(u32::try_from(at).ok()?))
        };
        let mut holder = None;
        if let Some(own) = file.reading().filter(|reading| of_map(reading).is_some()) {
            holder = Some((file.path.clone(), Arc::new(own.clone())));
        } else {
            let sides = self.sides;
            let place = file.folder();
            let beside = |path: &str| is_yaml(path) && folder(path) == place;
            let revision = if at == At::Base { sides.base } else { sides.head };
            for blob in sides.store.list(revision, &beside)?.blobs.into_iter().take(UNCHANGED) {
                let reading = self.read(at, &blob.path, crate::read::by_path(&blob.path))?;
                if let Some(reading) = reading.filter(|reading| of_map(reading).is_some()) {
                    holder = Some((blob.path, reading));
                    break;
                }
            }
        }
        let Some((path, reading)) = holder else {
            found.missing.push((link.to.to_string(), link.span));
            found.named.insert(link.to.to_string());
            return Ok(());
        };
        found.named.extend([path.clone(), link.to.to_string()]);
        let Some(scope) = of_map(&reading) else { return Ok(()) };
        for setting in reading.settings.iter().filter(|setting| reading.within(setting.scope, scope)) {
            found.set(setting, link, Source { path: path.clone(), via: Some(link.to.to_string()) });
        }
        Ok(())
    }

    /// The variables of the stage that is built, with what the build is given for its arguments.
    fn built(&mut self, at: At, file: &FileIn, (unit, link): (ScopeId, &Link), found: &mut Environment) -> Result<(), Error> {
        let Some(reading) = file.reading() else { return Ok(()) };
        for path in targets(file.folder(), link) {
            let Some(image) = self.read(at, &path, crate::read::by_path("Dockerfile"))? else { continue };
            found.named.insert(path.clone());
            found.built = true;
            let target = reading.links.iter().find(|other| other.from == unit && other.kind == LinkKind::Stage).map(|stage| &*stage.to);
            let stages = || image.scopes.iter().enumerate().filter(|(_, scope)| scope.kind == ScopeKind::Stage);
            let stage = match target {
                Some(name) => stages().rfind(|(_, scope)| scope.name.eq_ignore_ascii_case(name)),
                None => stages().next_back(),
            };
            let Some(stage) = stage.and_then(|(index, _)| u32::try_from(index).ok()).map(ScopeId) else { break };
            let listed = arguments(reading, unit);
            let argument = |name: &str| {
                let given = |setting: &&Setting| is_argument(reading, setting, unit) && setting.key.as_deref() == Some(name);
                let mapped = reading.settings.iter().find(given).and_then(|setting| text_of(&setting.value));
                mapped.or_else(|| listed.iter().find_map(|(key, value)| (key == name).then(|| value.as_str().into())))
            };
            for setting in image.settings.iter().filter(|setting| setting.scope == stage) {
                let mut source = Source { path: path.clone(), via: target.map(str::to_owned) };
                let mut setting = setting.clone();
                if let Some((value, via)) = looked_up(&setting, &argument) {
                    setting.raw = shown(&value, &setting.raw);
                    (setting.value, source.via) = (value, Some(via));
                }
                found.set(&setting, link, source);
            }
            break;
        }
        Ok(())
    }
}

impl Environment {
    /// A variable that a file gives, shown where the file is named.
    fn set(&mut self, setting: &Setting, link: &Link, source: Source) {
        let Some(name) = variable(setting).or(setting.key.as_deref()) else { return };
        let mut given = Setting::named(link.from, Surface::Env, name, setting.value.clone(), link.span, link.span).with_mark(setting.mark);
        given.raw.clone_from(&setting.raw);
        self.variables.insert(name.to_owned(), (given, source));
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

/// What a chart's values say under a path.
fn value_at(values: &Reading, path: &str) -> Option<Box<str>> {
    let (around, key) = path.rsplit_once('.').unwrap_or(("", path));
    let is = |setting: &&Setting| setting.key.as_deref() == Some(key) && values.path_to(setting.scope) == around;
    let value = &values.settings.iter().find(is)?.value;
    let scalar = matches!(value, Outcome::One(Value::Text(_) | Value::Bool(_) | Value::Int(_) | Value::Float(_)));
    text_of(value).filter(|_| scalar)
}

/// The file beside a Compose file.
fn beside(path: &str) -> String {
    let place = folder(path);
    if place.is_empty() { BESIDE.to_owned() } else { format!("{place}/{BESIDE}") }
}

/// What a file of variables says in so many words.
fn literal(env: &Reading, name: &str) -> Option<Box<str>> {
    text_of(&env.settings.iter().find(|setting| variable(setting) == Some(name))?.value)
}

fn is_argument(reading: &Reading, setting: &Setting, unit: ScopeId) -> bool {
    setting.key.is_some() && reading.within(setting.scope, unit) && reading.path_to(setting.scope).ends_with(".build.args")
}

/// What a build is given for its arguments where they are a list: `- S=0`.
fn arguments(reading: &Reading, unit: ScopeId) -> Vec<(String, String)> {
    let is_list = |setting: &&Setting| {
        let listed = setting.key.as_deref() == Some("args") && reading.path_to(setting.scope).rsplit('.').next() == Some("build");
        listed && reading.within(setting.scope, unit)
    };
    let Some(Outcome::One(Value::List(items))) = reading.settings.iter().find(is_list).map(|setting| &setting.value) else {
        return Vec::new();
    };
    let pair = |item: &Value| item.display().split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    items.iter().filter_map(pair).collect()
}

/// What is told of a value that was looked up elsewhere.
fn shown(value: &Outcome, raw: &str) -> Box<str> {
    text_of(value).unwrap_or_else(|| raw.into())
}

fn text_of(value: &Outcome) -> Option<Box<str>> {
    match value {
        Outcome::One(value) => Some(value.display().into()),
        _ => None,
    }
}

/// What an expression comes to with known variables, and the first of them that it asks for; nothing where it asks for none.
fn looked_up(setting: &Setting, known: default::Known<'_>) -> Option<(Outcome, String)> {
    let raw = setting.raw.trim();
    if raw.is_empty() {
        // a bare name in a list of variables
        let name = variable(setting).filter(|_| setting.mark == Mark::Reference)?;
        return known(name).map(|value| (Outcome::text(value), name.to_owned()));
    }
    if !raw.contains('$') || raw.starts_with('\'') && !raw.contains("${") {
        return None;
    }
    let asked = std::cell::RefCell::new(None);
    let lookup = |name: &str| {
        let value = known(name)?;
        asked.borrow_mut().get_or_insert_with(|| name.to_owned());
        Some(value)
    };
    let value = default::shell_with(raw.trim_matches(['"', '\'']), &lookup).value;
    asked.into_inner().map(|name| (value, name))
}
