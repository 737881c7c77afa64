//! What a unit finds in its environment, layer over layer: the image that is built, the files that are named, in their order, and what it
//! says itself, with what stands beside it looked up.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::chart::{Charts, VALUES, chart_of, value_at, value_of};
use super::{asks, is_compose, is_yaml, variable};
use crate::check::load::{self, Sides};
use crate::judge::input::{At, Content, FileIn, folder};
use crate::judge::moves::{map_name, targets};
use crate::read::Reader;
use crate::read::text::default;
use crate::reading::{Link, LinkKind, Reading};
use crate::revision::Error;
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Mark, Outcome, Value};

/// Files beside a manifest that are asked for a map.
const MAPS: usize = 50;

/// The file that Compose takes variables from by itself.
pub(super) const BESIDE: &str = ".env";

/// Where a variable's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) path: String,
    /// The other name by which it is looked up there, or the map that it is in.
    pub(super) via: Option<String>,
}

/// What a unit finds in its environment.
#[derive(Debug, Default)]
pub(super) struct Environment {
    pub(super) variables: BTreeMap<String, (Setting, Source)>,
    /// Files that are named.
    pub(super) named: BTreeSet<String>,
    /// Files that are named and that the repository does not hold, with the place where they are named.
    pub(super) missing: Vec<(String, Span)>,
    /// Names that only the build is given.
    pub(super) arguments: BTreeSet<String>,
    /// An image is built from a file that is known.
    pub(super) built: bool,
}

/// Files that are named, each read once.
pub(super) struct Files<'a> {
    pub(super) sides: &'a Sides<'a>,
    /// The base's path of files that the head has under another one.
    pub(super) renamed: HashMap<&'a str, &'a str>,
    pub(super) read: HashMap<(At, String), Option<Arc<Reading>>>,
    /// What changed in the values of their charts.
    pub(super) charts: Charts,
}

impl Files<'_> {
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
    /// Variables that are `settled` stay as they are written.
    pub(super) fn environment(&mut self, at: At, file: &FileIn, unit: ScopeId, settled: &BTreeSet<String>) -> Result<Environment, Error> {
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
            if let Some((chart, path)) = chart_of(&file.path).zip(value_of(setting)).filter(|_| !settled.contains(name)) {
                let values = format!("{chart}{VALUES}");
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
            for blob in sides.store.list_below(revision, place, &beside)?.blobs.into_iter().take(MAPS) {
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

/// The file beside a Compose file.
fn beside(path: &str) -> String {
    let place = folder(path);
    if place.is_empty() { BESIDE.to_owned() } else { format!("{place}/{BESIDE}") }
}

/// What a file of variables says in so many words.
fn literal(env: &Reading, name: &str) -> Option<Box<str>> {
    text_of(&env.settings.iter().find(|setting| variable(setting) == Some(name))?.value)
}

pub(super) fn is_argument(reading: &Reading, setting: &Setting, unit: ScopeId) -> bool {
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

pub(super) fn text_of(value: &Outcome) -> Option<Box<str>> {
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
