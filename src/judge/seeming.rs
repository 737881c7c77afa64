//! Disguised text: names that only look like one that a policy knows, and values of known settings that only look plain. Programs
//! compare bytes, so such a name is another name and such a value another value; that is how they are judged, and this says so.

use super::found::{Found, Shown, Spot};
use super::input::At;
use super::matching::{Matches, NameCache, known_in};
use super::world::World;
use crate::plain::{behind, is_disguise, spelled};
use crate::reading::Reading;
use crate::report::model::Change;
use crate::scope::Step;
use crate::setting::{Setting, Surface};
use crate::value::{Outcome, Value};

/// The policy that says what these findings mean.
const POLICY: &str = "supply-chain/disguised-text";

/// A setting that seems to be another one, or to have another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeming {
    /// Index of the setting.
    pub setting: usize,
    /// What it seems to be.
    pub plain: Box<str>,
    /// It is the value that seems so, not the name.
    pub value: bool,
}

/// All such settings of one file. `matches` is what is known of its real names.
#[must_use]
pub fn seeming(cache: &mut NameCache, path: &str, reading: &Reading, matches: &Matches) -> Vec<Seeming> {
    let mut all = names(cache, path, reading, matches);
    let mut last = None;
    for found in &matches.all {
        if last.replace(found.setting) == Some(found.setting) {
            continue;
        }
        let value = reading.settings.get(found.setting).filter(|setting| !is_prose(setting)).and_then(value_of);
        all.extend(value.map(|plain| Seeming { setting: found.setting, plain: plain.into(), value: true }));
    }
    all
}

/// Names that some policy would know if they were what they seem to be.
fn names(cache: &mut NameCache, path: &str, reading: &Reading, matches: &Matches) -> Vec<Seeming> {
    let step = |step: &Step| match step {
        Step::Same => None,
        Step::Key(key) | Step::Item(key, _) => behind(key),
    };
    let disguised = |setting: &Setting| {
        setting.key.as_deref().is_some_and(|key| behind(key).is_some()) || setting.names.iter().any(|(_, name)| behind(name).is_some())
    };
    if !reading.settings.iter().any(disguised) && !reading.scopes.iter().any(|scope| step(&scope.step).is_some()) {
        return Vec::new();
    }
    let mut plain = reading.clone();
    for scope in &mut plain.scopes {
        if let Some(seen) = step(&scope.step) {
            scope.step = match &scope.step {
                Step::Item(_, at) => Step::Item(seen.into(), *at),
                _ => Step::Key(seen.into()),
            };
        }
    }
    for setting in &mut plain.settings {
        for name in setting.names.iter_mut().map(|(_, name)| name).chain(&mut setting.key) {
            if let Some(seen) = behind(name) {
                *name = seen.into();
            }
        }
    }
    let mut all: Vec<Seeming> = Vec::new();
    for seen in known_in(cache, path, &plain).all {
        let really = matches.all.iter().any(|found| found.setting == seen.setting && found.policy == seen.policy);
        if !really && all.last().is_none_or(|last| last.setting != seen.setting) {
            let name = plain.settings.get(seen.setting).map(|setting| plain.path_of(setting)).unwrap_or_default();
            all.push(Seeming { setting: seen.setting, plain: name.into(), value: false });
        }
    }
    all
}

/// What people write is theirs to write.
fn is_prose(setting: &Setting) -> bool {
    let prose =
        |surface: &Surface| matches!(surface, Surface::Section | Surface::Claim | Surface::Record | Surface::Decision | Surface::Printed);
    setting.names.iter().any(|(surface, _)| prose(surface))
}

/// Several words with the quotes and dashes that typesetters use, such as a prompt or an explanation: no program compares them. A dash
/// that begins a word, or joins the parts of a name, may stand for the one of a flag.
fn is_typeset(text: &str) -> bool {
    let quote = |c: char| matches!(c, '\u{2018}'..='\u{201f}' | '\u{2026}' | '\u{a0}' | '\u{202f}');
    let dash = |c: char| matches!(c, '\u{2013}' | '\u{2014}');
    let plain = |word: &str| {
        let alone = word.chars().all(dash);
        let within = !word.starts_with('-') && !word.starts_with(dash);
        alone || word.chars().all(|c| quote(c) || (within && c == '\u{2014}') || !is_disguise(c))
    };
    text.split_whitespace().nth(3).is_some() && text.split_whitespace().all(plain)
}

/// What the value seems to be, when it is not that.
fn value_of(setting: &Setting) -> Option<String> {
    let of = |value: &Value| match value {
        Value::Text(text) => behind(text).filter(|_| !is_typeset(text)),
        Value::List(items) => items.iter().find_map(|item| behind(&item.display())),
        _ => None,
    };
    match &setting.value {
        Outcome::One(value) => of(value),
        Outcome::AnyOf(values) => values.iter().find_map(of),
        Outcome::Unread => behind(&setting.raw),
    }
}

/// Findings about what came with this change.
#[must_use]
pub fn found(world: &World) -> Vec<Found> {
    let Some(policy) = world.catalogue.index_of(POLICY) else { return Vec::new() };
    let mut all = Vec::new();
    for (index, pair) in world.pairs.iter().enumerate().filter(|(_, pair)| !pair.context) {
        let Some(head) = pair.at(At::Head) else { continue };
        let Some(reading) = head.reading().filter(|_| !head.facts.seeming.is_empty()) else { continue };
        let said = |reading: &Reading, one: &Seeming| {
            let setting = reading.settings.get(one.setting)?;
            Some((reading.path_of(setting), setting.raw.clone(), one.value))
        };
        let before: Vec<_> = match pair.at(At::Base).and_then(|file| Some((file, file.reading()?))) {
            Some((file, reading)) => file.facts.seeming.iter().map(|one| said(reading, one)).collect(),
            None => Vec::new(),
        };
        for one in head.facts.seeming.iter().filter(|one| !before.contains(&said(reading, one))) {
            all.extend(reading.settings.get(one.setting).map(|setting| finding(world, policy, index, (reading, setting), one)));
        }
    }
    all
}

fn finding(world: &World, policy: usize, pair: usize, (reading, setting): (&Reading, &Setting), one: &Seeming) -> Found {
    let span = if one.value && !setting.value_span.is_empty() { setting.value_span } else { setting.name_span };
    let spot = Spot { pair, at: At::Head, span };
    let class = world.pairs.get(pair).map(super::input::PairIn::class).unwrap_or_default();
    let name = reading.path_of(setting);
    let told = if one.value {
        format!("{}, which is not {}", spelled(&super::place::text_of(setting)), one.plain)
    } else {
        format!("another name than {}", one.plain)
    };
    let severities = world.catalogue.policies().get(policy).map(|policy| policy.rule.severity).unwrap_or_default();
    let severity = super::severity::of_policy(&severities, Change::Introduced).lowered(class.discount());
    let surface = setting.names.first().map_or(Surface::Key, |(surface, _)| *surface);
    Found {
        scope: reading.scope_words(setting.scope),
        head: Some(Shown::written(Some(spot), told)),
        ..Found::lone(policy, Change::Introduced, severity, (spelled(&name), surface), class, spot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_with_dashes_is_no_disguise_and_words_with_letters_of_other_scripts_are() {
        for text in
            ["The sandbox is isolated \u{2014} nobody gets out of it", "Say \u{201c}hello there, user\u{201d} to the user\u{2019}s guests"]
        {
            assert!(is_typeset(text), "{text}");
        }
        for text in [
            "us\u{2011}west\u{2011}1",
            "serve --host x \u{2014}no-telemetry",
            "serve --host x --no\u{2014}telemetry",
            "in us\u{2011}west\u{2011}1 and others",
            "\u{2014}no\u{2014}telemetry",
            "allow these four hosts \u{430}cme.com",
            "one two three four\u{200b}",
        ] {
            assert!(!is_typeset(text), "{text}");
        }
    }
}
