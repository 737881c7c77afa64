//! Files that cannot be read on one side: `undecided` when the other side held a fact there, or a policy names the path.

use super::found::{Found, Shown, Spot};
use super::input::{At, Broken, Content, PairIn};
use super::place::text_of;
use super::severity::of_policy;
use super::world::World;
use crate::report::model::{Change, Severity, StateWord};
use crate::setting::Surface;
use crate::span::Span;

/// Findings about unreadable files, and the files that are merely skipped (path and reason).
#[must_use]
pub fn unreadable(world: &World) -> (Vec<Found>, Vec<(String, String)>) {
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    for (index, pair) in world.pairs.iter().enumerate().filter(|(_, pair)| !pair.context) {
        let reason = |at: At| match pair.at(at).map(|file| &file.content) {
            Some(Content::Unreadable(broken)) => Some(broken.reason.clone()),
            _ => None,
        };
        match (reason(At::Base), reason(At::Head)) {
            (Some(_), Some(_)) if same_bytes(pair) => {}
            (_, Some(reason)) => match finding(world, index, pair, At::Head, &reason) {
                Some(one) => found.push(one),
                None => skipped.push((path(pair, At::Head), reason)),
            },
            (Some(reason), None) => match finding(world, index, pair, At::Base, &reason) {
                Some(one) => found.push(one),
                None => skipped.push((path(pair, At::Base), format!("at base: {reason}"))),
            },
            (None, None) => {}
        }
    }
    (found, skipped)
}

fn same_bytes(pair: &PairIn) -> bool {
    matches!((&pair.base, &pair.head), (Some(base), Some(head)) if base.blob == head.blob)
}

fn path(pair: &PairIn, at: At) -> String {
    pair.at(at).map(|file| file.path.clone()).unwrap_or_default()
}

/// The most severe policy that has a fact on the readable side, or that names the path.
fn finding(world: &World, index: usize, pair: &PairIn, at: At, reason: &str) -> Option<Found> {
    let other = if at == At::Head { At::Base } else { At::Head };
    let facts = world.matches(index, other).map(|matches| matches.all.as_slice()).unwrap_or_default();
    let severity = |policy: usize| {
        world.catalogue.policies().get(policy).map_or(Severity::Note, |policy| of_policy(&policy.rule.severity, Change::Undecided))
    };
    let fact_held = facts.iter().min_by_key(|fact| (severity(fact.policy), fact.setting));
    let path = path(pair, at);
    let naming = || {
        // of a list no line is known to be another's, so that every list that cannot be read is one that a policy names
        let list = |spelling: &crate::policy::compiled::Spelling| {
            spelling.surface == Surface::Record && !spelling.files.is_empty() && spelling.files.fits(&path)
        };
        world.catalogue.policies().iter().position(|policy| policy.names_file(&path) || policy.spellings.iter().any(list))
    };
    let known = fact_held.map(|fact| fact.policy).or_else(naming);
    let policy = known.or_else(|| of_lens(world, &path))?;
    let class = pair.class();
    let worst = if malformed(pair) && (at == At::Base || known.is_some()) {
        // what the base did not give was never known, so that nothing is lost; and a repair of the file takes nothing away. What a lens
        // names (a Compose file, a workflow) is never a template that somebody fills in: that nobody can read it stays worth a warning
        Severity::Note
    } else if at == At::Head && class.discount() == 0 && known.is_some() {
        Severity::Error
    } else {
        // an advisory file that cannot be read is worth a warning at most; so is one that only base could not give, or only a lens names
        Severity::Warning
    };
    let (setting, surface) = fact_held.map_or_else(
        || (path.clone(), Surface::Key),
        |fact| {
            let name = world.setting((index, fact.setting), other).and_then(|setting| {
                let reading = world.reading(index, other)?;
                let surface = setting.names.first().map_or(Surface::Key, |(surface, _)| *surface);
                Some((reading.path_of(setting), surface))
            });
            name.unwrap_or_else(|| (path.clone(), Surface::Key))
        },
    );
    let readable = fact_held.and_then(|fact| {
        let setting = world.setting((index, fact.setting), other)?;
        let spot = Spot { pair: index, at: other, span: setting.span() };
        Some(Shown::written(Some(spot), text_of(setting)))
    });
    let span = match pair.at(at).map(|file| &file.content) {
        Some(Content::Unreadable(Broken { at: Some((text, span)), .. })) => within(text, *span),
        _ => Span::default(),
    };
    let spot = Spot { pair: index, at, span };
    let broken = Shown { spot: Some(spot), value: None, rank: None, state: StateWord::Unreadable };
    let (base, head) = if at == At::Head { (readable, Some(broken)) } else { (Some(broken), readable) };
    let severity = severity(policy).max(worst).lowered(u8::from(class.discount() > 1));
    let lone = Found::lone(policy, Change::Undecided, severity, (setting, surface), class, spot);
    Some(Found { base, head, unreadable: Some(reason.to_owned()), ..lone })
}

/// Whether the base's own text is at fault. Limits are another matter: a large change can bring any file beyond them.
fn malformed(pair: &PairIn) -> bool {
    matches!(pair.at(At::Base).map(|file| &file.content), Some(Content::Unreadable(Broken { at: Some(_), .. })))
}

/// A policy that would read a file of this name, whatever it holds: what a Compose file says now is not known.
fn of_lens(world: &World, path: &str) -> Option<usize> {
    let lens = crate::read::lens::named(path)?;
    let reads = |spelling: &crate::policy::compiled::Spelling| spelling.given.kinds.0.iter().any(|kind| kind == lens);
    let policies = world.catalogue.policies().iter().enumerate();
    let reading = policies.filter(|(_, policy)| policy.spellings.iter().any(reads));
    reading.min_by_key(|(_, policy)| of_policy(&policy.rule.severity, Change::Undecided)).map(|(index, _)| index)
}

/// A parser may point behind the last byte; people look at the last line that has something in it.
fn within(text: &str, span: Span) -> Span {
    let end = u32::try_from(text.trim_end().len()).unwrap_or(u32::MAX);
    Span { start: span.start.min(end), end: span.end.min(end).max(span.start.min(end)) }
}
