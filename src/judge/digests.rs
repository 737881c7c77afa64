//! Digests that are written down beside a file: where the file changed and the digest did not, nobody who checks it can use the file,
//! or nobody checks it.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::found::{Found, Shown, Spot};
use super::input::{At, PairIn, folder};
use super::world::World;
use crate::report::model::{Change, Severity};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// The policy that says what these findings mean.
const POLICY: &str = "supply-chain/digest-match";

/// The policy about lists that only grow.
const LIST: &str = "opt-out/exclusion-list";

/// Keys under which manifests name a file (Croissant, Frictionless, galleries).
const NAMES: [&str; 7] = ["contentUrl", "name", "path", "@id", "file", "filename", "url"];

/// Where one file's digest is written down.
struct Pinned<'a> {
    digest: &'a str,
    pair: usize,
    span: Span,
}

/// Findings about files that changed and whose digest at head is another's, while at base it was theirs.
#[must_use]
pub fn mismatches(world: &World) -> Vec<Found> {
    let Some(policy) = world.catalogue.index_of(POLICY) else { return Vec::new() };
    let changed: Vec<usize> =
        (0..world.pairs.len()).filter(|pair| world.pairs.get(*pair).is_some_and(|pair| digestible(pair) && !pair.context)).collect();
    if changed.is_empty() {
        return Vec::new();
    }
    let (before, after) = (pinned(world, At::Base), pinned(world, At::Head));
    let mut found = Vec::new();
    for pair in changed {
        let Some(own) = digest(world, pair, At::Head) else { continue };
        let path = |at: At| world.pairs.get(pair).and_then(|pair| pair.at(at)).map_or("", |file| file.path.as_str());
        let of = |pins: &'_ HashMap<String, Vec<Pinned<'_>>>, at: At| {
            pins.get(path(at)).into_iter().flatten().map(|pin| (pin.digest.to_ascii_lowercase(), pin.pair, pin.span)).collect::<Vec<_>>()
        };
        let was = digest(world, pair, At::Base);
        for (listed, manifest, span) in of(&after, At::Head) {
            let held = was.as_ref().is_none_or(|was| of(&before, At::Base).iter().any(|(digest, ..)| digest == was));
            if listed != own && held {
                found.push(finding(world, policy, (pair, path(At::Head)), (manifest, span), (&listed, &own)));
            }
        }
    }
    found
}

/// Where one list's records are counted.
struct Counted {
    records: i64,
    /// How many the list has, where it is known.
    has: Option<i64>,
    pair: usize,
    span: Span,
}

impl Counted {
    /// Whether more are counted than there are.
    fn is_short(&self) -> bool {
        self.has.is_some_and(|has| has < self.records)
    }
}

/// Findings about manifests that count fewer records of a list of exclusions than they did, or more than the list has, where it had
/// what they counted before.
#[must_use]
pub fn miscounted(world: &World) -> Vec<Found> {
    let Some(policy) = world.catalogue.index_of(LIST) else { return Vec::new() };
    let (before, after) = (counted(world, At::Base), counted(world, At::Head));
    let mut found = Vec::new();
    for (path, now) in &after {
        // the same list, also where both were moved
        let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
        let moved = || before.iter().find(|(other, was)| was.pair == now.pair && name(other) == name(path)).map(|(_, was)| was);
        let was = before.get(path).or_else(moved);
        let held = was.is_none_or(|was| !was.is_short());
        let fell = was.is_some_and(|was| now.records < was.records);
        if !held || !(now.is_short() || fell) {
            continue;
        }
        let was = was.map_or("nothing".to_owned(), |was| format!("{} records", was.records));
        let is = match now.has.filter(|_| now.is_short()) {
            Some(has) => format!("{} records, and the list has {has}", now.records),
            None => format!("{} records", now.records),
        };
        let spot = Spot { pair: now.pair, at: At::Head, span: now.span };
        let class = world.pairs.get(now.pair).map(PairIn::class).unwrap_or_default();
        let severity = Severity::Error.lowered(class.discount());
        found.push(Found {
            base: Some(Shown::written(None, was)),
            head: Some(Shown::written(Some(spot), is)),
            ..Found::lone(policy, Change::Weakened, severity, (format!("count of {path}"), Surface::Directive), class, spot)
        });
    }
    found
}

/// How many records a list has at one side, where the comparison holds it.
fn records(world: &World, at: At, path: &str) -> Option<i64> {
    let list = world.pairs.iter().filter_map(|pair| pair.at(at)).find(|file| file.path == path)?;
    let text = Some(list.text()).filter(|text| crate::exclusions::is_chained(text))?;
    i64::try_from(crate::exclusions::verify(text).map_or(0, |summary| summary.records)).ok()
}

/// The counts of lists of exclusions by the lists' paths.
fn counted(world: &World, at: At) -> BTreeMap<String, Counted> {
    let mut all = BTreeMap::new();
    for pair in 0..world.pairs.len() {
        let (Some(reading), Some(file)) = (world.reading(pair, at), world.pairs.get(pair).and_then(|pair| pair.at(at))) else { continue };
        for setting in reading.settings.iter().filter(|setting| setting.key.as_deref() == Some("count")) {
            let (Outcome::One(Value::Int(records)), Some(name)) = (&setting.value, sibling(&reading.settings, setting.scope)) else {
                continue;
            };
            let path = beside(folder(&file.path), name.trim_start_matches("./"));
            if crate::read::text::records::claims(&path) {
                let has = self::records(world, at, &path);
                all.insert(path, Counted { records: *records, has, pair, span: setting.value_span });
            }
        }
    }
    all
}

fn beside(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}/{name}") }
}

/// A digest that a changed list names for a file that did not change, as far as the comparison holds it.
#[derive(Clone, Debug)]
pub struct Repinned {
    /// The file.
    pub path: String,
    /// What the list named at base.
    pub before: String,
    /// What it names at head.
    pub after: String,
    /// The list, and where it says so.
    pub pair: usize,
    span: Span,
}

/// The same with the digest that the file has.
#[derive(Clone, Copy, Debug)]
pub struct Mispinned<'a> {
    /// The file's own.
    pub own: &'a str,
    /// What the list says.
    pub pin: &'a Repinned,
}

/// Digests that changed in their lists while no change of their file was read.
#[must_use]
pub fn repinned(world: &World) -> Vec<Repinned> {
    let changed = |path: &str| world.pairs.iter().any(|pair| !pair.context && pair.at(At::Head).is_some_and(|file| file.path == path));
    let (before, after) = (pinned(world, At::Base), pinned(world, At::Head));
    let mut all: Vec<Repinned> = Vec::new();
    for (path, pins) in &after {
        let [pin] = &**pins else { continue };
        let Some([was]) = before.get(path).map(Vec::as_slice) else { continue };
        if was.pair != pin.pair || was.digest.eq_ignore_ascii_case(pin.digest) || changed(path) {
            continue;
        }
        let (before, after) = (was.digest.to_ascii_lowercase(), pin.digest.to_ascii_lowercase());
        all.push(Repinned { path: path.clone(), before, after, pair: pin.pair, span: pin.span });
    }
    all.sort_by(|one, two| one.path.cmp(&two.path));
    all
}

/// The finding about one of them.
#[must_use]
pub fn alone(world: &World, found: &Mispinned) -> Option<Found> {
    let policy = world.catalogue.index_of(POLICY).filter(|policy| !world.catalogue.is_silent(*policy))?;
    let pin = found.pin;
    Some(finding(world, policy, (pin.pair, &pin.path), (pin.pair, pin.span), (&pin.after, found.own)))
}

/// Paths of lists that may stand beside a changed file, and the names of changed lists of exclusions, which manifests may pin.
pub fn wanted(world: &World, paths: &mut Vec<String>, words: &mut Vec<String>) {
    for pair in world.pairs.iter().filter(|pair| digestible(pair) && !pair.context) {
        let Some(file) = pair.at(At::Head) else { continue };
        let place = folder(&file.path);
        paths.extend(["SHA256SUMS", "SHA256SUMS.txt", "sha256sums.txt", "checksums.txt"].map(|name| beside(place, name)));
        paths.push(format!("{}.sha256", file.path));
        if is_list(pair) {
            words.extend(file.path.rsplit('/').next().map(str::to_owned));
        }
    }
}

fn has_kind(pair: &PairIn, kind: &str) -> bool {
    pair.at(At::Head).and_then(|file| file.reading()).is_some_and(|reading| reading.kinds.iter().any(|other| other.0 == kind))
}

fn is_list(pair: &PairIn) -> bool {
    has_kind(pair, "records") && pair.at(At::Head).is_some_and(|file| crate::exclusions::is_chained(file.text()))
}

fn digestible(pair: &PairIn) -> bool {
    has_kind(pair, crate::read::weights::NAME) || is_list(pair)
}

/// The SHA-256 of a file as far as it is known.
fn digest(world: &World, pair: usize, at: At) -> Option<String> {
    let reading = world.reading(pair, at)?;
    let said = |setting: &Setting| setting.names.iter().any(|(_, name)| &**name == "weights digest");
    if let Some(setting) = reading.settings.iter().find(|setting| said(setting)) {
        return setting.raw.strip_prefix("sha256:").map(str::to_ascii_lowercase);
    }
    if !reading.kinds.iter().any(|kind| kind.0 == "records") {
        return None;
    }
    let text = world.pairs.get(pair)?.at(at)?.text();
    Some(sha256(text.as_bytes()))
}

/// The SHA-256 of some bytes, in small letters.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
    Sha256::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// All digests of one side by the path of the file that they are for.
fn pinned<'a>(world: &World<'a>, at: At) -> HashMap<String, Vec<Pinned<'a>>> {
    let mut all: HashMap<String, Vec<Pinned>> = HashMap::new();
    for pair in 0..world.pairs.len() {
        let (Some(reading), Some(file)) = (world.reading(pair, at), world.pairs.get(pair).and_then(|pair| pair.at(at))) else { continue };
        for setting in &reading.settings {
            let name = match (&setting.key, setting.names.first()) {
                (_, Some((Surface::Directive, name))) if &**name == "digest" => Some(reading.get(setting.scope).name.to_string()),
                (Some(key), _) if key.eq_ignore_ascii_case("sha256") => sibling(&reading.settings, setting.scope),
                _ => None,
            };
            let digest = setting.raw.trim_matches(['"', '\'']);
            let digest = digest.strip_prefix("sha256:").unwrap_or(digest);
            let (Some(name), 64) = (name, digest.len()) else { continue };
            let place = folder(&file.path);
            let path = beside(place, name.trim_start_matches("./"));
            all.entry(path).or_default().push(Pinned { digest, pair, span: setting.value_span });
        }
    }
    all
}

/// What the mapping around a digest calls its file.
fn sibling(settings: &[Setting], scope: ScopeId) -> Option<String> {
    NAMES.iter().find_map(|name| {
        let named = |setting: &&Setting| setting.scope == scope && setting.key.as_deref() == Some(*name);
        match settings.iter().find(named).map(|setting| &setting.value) {
            Some(Outcome::One(Value::Text(text))) if text.contains('.') => Some(text.to_string()),
            _ => None,
        }
    })
}

fn finding(
    world: &World,
    policy: usize,
    (pair, path): (usize, &str),
    (manifest, span): (usize, Span),
    (listed, own): (&str, &str),
) -> Found {
    let spot = Spot { pair: manifest, at: At::Head, span };
    let class = world.pairs.get(pair).map(PairIn::class).unwrap_or_default();
    let severity = Severity::Error.lowered(class.discount());
    Found {
        base: Some(Shown::written(None, "its own".to_owned())),
        head: Some(Shown::written(Some(spot), format!("sha256:{listed}, and the file's is sha256:{own}"))),
        ..Found::lone(policy, Change::Weakened, severity, (format!("digest of {path}"), Surface::Directive), class, spot)
    }
}
