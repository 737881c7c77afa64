//! Announcements that tell nobody anything new: another document, or another section, said so before; and those that went although what
//! they spoke of stayed.

use super::found::Found;
use super::input::{At, PairIn, folder, same_tree};
use super::moves::speaks_for;
use super::transition::Transition;
use super::world::World;
use crate::read::prose::is_about_telemetry;
use crate::report::model::{Change, Severity};
use crate::setting::{Setting, Surface};
use crate::value::{Outcome, Value};

/// The claim that telemetry is the opposite of.
pub const TELEMETRY: &str = "no-telemetry";

/// What says that a text which tells of telemetry stays.
const NOTICE: &str = "promises/telemetry-notice";

/// Words of variables that decide about telemetry.
const COUNTING: &[&str] = &["TELEMETRY", "ANALYTICS", "TRACK", "TRACKING", "USAGE", "STATS"];

/// The variables by which people could refuse what a text told them, when the text is gone: whether they are still read is looked for in
/// the head's tree.
#[must_use]
pub fn wanted(world: &World, transition: &Transition) -> Vec<String> {
    let removed = transition.outcome.is_some_and(|outcome| outcome.change == Change::Removed);
    let notice = removed && world.catalogue.index_of(NOTICE) == Some(transition.instance.policy);
    let pair = transition.base.decider.filter(|_| notice).map(|(pair, _)| pair);
    pair.map(|pair| switches(world, pair)).unwrap_or_default()
}

/// Drops what is said of texts that went with what they told, or that named nothing by which that could be known. Pages that did not
/// change may tell it too.
pub fn keep(world: &World, found: &mut Vec<Found>) {
    let Some(notice) = world.catalogue.index_of(NOTICE) else { return };
    found.retain(|one| {
        if one.instance.policy != notice {
            return true;
        }
        let switches = switches(world, one.spot.pair);
        let heads = || world.pairs.iter().filter_map(|pair| pair.at(At::Head));
        let document = |path: &str| crate::read::prose::fences::claims(&path.to_ascii_lowercase());
        let named = |text: &str| switches.iter().any(|name| text.contains(name.as_str()));
        let told = heads().any(|file| document(&file.path) && named(file.text()));
        !told && heads().any(|file| !document(&file.path) && named(file.text()))
    });
}

/// Variables about telemetry that a document named at base and does not name at head.
fn switches(world: &World, pair: usize) -> Vec<String> {
    let Some(pair) = world.pairs.get(pair) else { return Vec::new() };
    let text = |at: At| pair.at(at).map_or("", |file| file.text());
    let (was, is) = (text(At::Base), text(At::Head));
    let variable = |word: &&str| {
        let plain = word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        plain && word.contains('_') && word.split('_').any(|part| COUNTING.contains(&part)) && !is.contains(word)
    };
    let words = was.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(variable);
    let mut names: Vec<String> = words.map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

/// Makes notes of announcements that were made before.
pub fn lower(world: &World, found: &mut [Found]) {
    for one in found.iter_mut().filter(|one| one.change == Change::Weakened && one.surface == Surface::Claim) {
        let Some(code) = announced(world, one) else { continue };
        let Some(file) = world.pairs.get(one.spot.pair).and_then(|pair| pair.at(one.spot.at)) else { continue };
        if told(world, &code, speaks_for(folder(&file.path))) {
            one.severity = one.severity.max(Severity::Note);
        }
    }
}

/// The code that a finding announces the opposite of; nothing for a promise that is taken back.
fn announced(world: &World, one: &Found) -> Option<String> {
    let policy = world.catalogue.policies().get(one.instance.policy)?;
    let [spelling] = policy.rule.settings.as_slice() else { return None };
    let code = spelling.claim.as_ref()?.0.first()?;
    (spelling.value.0.first()? == "opposite").then(|| code.clone())
}

/// Whether documents that speak for a folder said it at base.
#[must_use]
pub fn told(world: &World, code: &str, of: &str) -> bool {
    let speaks = |pair: &&PairIn| {
        pair.class().discount() <= 1 && pair.at(At::Base).is_some_and(|file| same_tree(speaks_for(folder(&file.path)), of))
    };
    let readings = || world.pairs.iter().filter(speaks).filter_map(|pair| pair.at(At::Base)?.reading());
    let settings = || readings().flat_map(|reading| &reading.settings);
    let said = |word: &str| settings().any(|setting| name(setting, Surface::Claim) == Some(code) && says(setting, word));
    if said("opposite") {
        return true;
    }
    // a text about telemetry that promises nothing tells that there is some, in whatever words
    let silent = || !said("promised") && !said("conditional");
    let section = |setting: &Setting| name(setting, Surface::Section).is_some_and(tells) && says(setting, "text");
    code == TELEMETRY && settings().any(section) && silent()
}

/// Whether a heading says by itself that the program counts: `Analytics` alone may be what it offers.
fn tells(heading: &str) -> bool {
    is_about_telemetry(heading) && heading != "analytics"
}

fn name(setting: &Setting, wanted: Surface) -> Option<&str> {
    setting.names.iter().find(|(surface, _)| *surface == wanted).map(|(_, name)| &**name)
}

fn says(setting: &Setting, word: &str) -> bool {
    matches!(&setting.value, Outcome::One(Value::Text(value)) if **value == *word)
}
