//! Files that were deleted and made anew in one change: a short file shares few bytes with what took its place, so what pairs
//! them is which settings they hold, whatever the values.

use std::collections::BTreeSet;

use crate::config::bounds::Bounds;
use crate::judge::input::{FileIn, PairIn, folder};
use crate::policy::pattern::fold;
use crate::reading::Reading;
use crate::report::model::PathClass;
use crate::revision::Pair;
use crate::scope::ScopeKind;

/// The most comparisons: beyond them only bytes pair.
const MOST_COMPARISONS: usize = 400 * 400;

/// Settings of a file that is compared: whoever has more shares enough bytes with its successor.
const MOST_SETTINGS: usize = 500;

/// Names in common from which on two files are one wherever they lie; fewer must stand in one folder or under one name.
const ENOUGH: usize = 4;

/// Readers of texts that hold prose or lists: alike names mean nothing there.
const PROSE: &[&str] = &["markdown", "records", "robots", "gitignore", "dockerignore", "codeowners", "checksums", "weights", "html"];

/// What a file says, without its values.
struct Said {
    /// Names of all settings, whole paths for keys, folded.
    names: BTreeSet<String>,
    /// The concepts that policies know in it.
    concepts: BTreeSet<(usize, String)>,
}

/// Joins files that only the base has with files that only the head has, where both hold the same settings.
#[must_use]
pub fn pair(pairs: Vec<PairIn>) -> Vec<PairIn> {
    let side = |head: bool| -> Vec<(usize, Said)> {
        let one = |pair: &PairIn| match (&pair.base, &pair.head) {
            (Some(base), None) if !head => said(base),
            (None, Some(new)) if head => said(new),
            _ => None,
        };
        pairs.iter().enumerate().filter_map(|(at, pair)| Some((at, one(pair)?))).collect()
    };
    let lost = side(false);
    if lost.is_empty() {
        return pairs;
    }
    let made = side(true);
    if made.is_empty() || lost.len().saturating_mul(made.len()) > MOST_COMPARISONS {
        return pairs;
    }
    let mut scored = Vec::new();
    for (from, old) in &lost {
        for (to, new) in &made {
            let (Some(base), Some(head)) = (path(&pairs, *from), path(&pairs, *to)) else { continue };
            let class = |at: usize| pairs.get(at).map(PairIn::class).unwrap_or_default();
            if is_shipped(class(*from), class(*to)) {
                continue;
            }
            if let Some(score) = alike(old, new, near(base, head)) {
                scored.push((std::cmp::Reverse(score), !near(base, head), base.to_owned(), head.to_owned(), *from, *to));
            }
        }
    }
    scored.sort();
    let mut slots: Vec<Option<PairIn>> = pairs.into_iter().map(Some).collect();
    for (.., from, to) in scored {
        join(&mut slots, from, to);
    }
    slots.into_iter().flatten().collect()
}

/// Moves the head of one slot into another, unless either is taken.
fn join(slots: &mut [Option<PairIn>], from: usize, to: usize) {
    let free = |slot: Option<&Option<PairIn>>, gone: bool| {
        slot.and_then(Option::as_ref).is_some_and(|pair| if gone { pair.head.is_none() } else { pair.base.is_none() })
    };
    if free(slots.get(from), true) && free(slots.get(to), false) {
        let head = slots.get_mut(to).and_then(Option::take).and_then(|pair| pair.head);
        if let Some(Some(pair)) = slots.get_mut(from) {
            pair.head = head;
        }
    }
}

/// Takes renamed files apart that were an example, a test or development's and are part of the product now: what they say is new to those
/// who get it. Texts are read by everybody wherever they stand.
#[must_use]
pub fn apart(bounds: &Bounds, changed: &[Pair]) -> Vec<Pair> {
    let mut all = Vec::with_capacity(changed.len());
    for pair in changed {
        let (Some(base), Some(head)) = (&pair.base, &pair.head) else {
            all.push(pair.clone());
            continue;
        };
        let class = |path: &str| bounds.class_of(path, None);
        let prose = crate::read::by_path(&head.path).is_none_or(|reader| PROSE.contains(&reader.name));
        if base.path != head.path && !prose && is_shipped(class(&base.path), class(&head.path)) {
            all.push(Pair { base: Some(base.clone()), head: None });
            all.push(Pair { base: None, head: Some(head.clone()) });
        } else {
            all.push(pair.clone());
        }
    }
    all
}

fn is_shipped(from: PathClass, to: PathClass) -> bool {
    from.discount() > 0 && to.discount() == 0
}

fn path(pairs: &[PairIn], at: usize) -> Option<&str> {
    let pair = pairs.get(at)?;
    pair.base.as_ref().or(pair.head.as_ref()).map(|file| file.path.as_str())
}

/// Whether two paths share their folder, or their name without its ending.
fn near(base: &str, head: &str) -> bool {
    let stem = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let hidden = name.strip_prefix('.').unwrap_or(name);
        hidden.split('.').next().unwrap_or(hidden).to_ascii_lowercase()
    };
    folder(base) == folder(head) || stem(base) == stem(head)
}

/// How much two files have in common, in percent of names; nothing when they are not one file.
fn alike(old: &Said, new: &Said, near: bool) -> Option<usize> {
    let half = |common: usize, union: usize| common > 0 && common * 2 >= union;
    let concepts = old.concepts.intersection(&new.concepts).count();
    if !half(concepts, old.concepts.union(&new.concepts).count()) {
        return None;
    }
    let names = old.names.intersection(&new.names).count();
    let union = old.names.union(&new.names).count();
    let same = half(names, union) && (near || names >= ENOUGH);
    same.then(|| names * 100 / union.max(1))
}

/// What a file says; nothing where alike names would mean nothing, or where its units find their counterparts by themselves.
fn said(file: &FileIn) -> Option<Said> {
    let reading = file.reading()?;
    let prose = reading.kinds.iter().any(|kind| PROSE.contains(&kind.0));
    if prose || file.facts.all.is_empty() || reading.settings.len() > MOST_SETTINGS || has_units(reading) {
        return None;
    }
    let concepts = file.facts.all.iter().map(|found| {
        let captures = found.captures.iter().map(|(label, text)| format!("{label}={text};"));
        (found.policy, captures.collect::<String>())
    });
    let names = reading.settings.iter().filter(|setting| !setting.is_map()).map(|setting| fold(&reading.path_of(setting)));
    Some(Said { names: names.collect(), concepts: concepts.collect() })
}

/// Whether it holds units that find their counterparts in other files: services, containers, jobs.
fn has_units(reading: &Reading) -> bool {
    use ScopeKind::{Block, Container, Job, Pod, Resource, Service, Stage};
    reading.scopes.iter().any(|scope| matches!(scope.kind, Service | Resource | Pod | Container | Job | Stage | Block))
}
