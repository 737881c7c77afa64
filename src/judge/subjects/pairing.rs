//! Which scopes below a paired one belong together: calls by their labels, the same name, items by what tells them apart, one label,
//! similar settings, and functions under a longer or shorter name.

use std::collections::HashSet;
use std::hash::{Hash, Hasher};

use foldhash::{HashMap, HashMapExt};

use super::PAIRED_AT_MOST;
use crate::policy::pattern::fold;
use crate::read::prose::fences::MARKDOWN;
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind, Step};

/// How alike two units' settings must be to be one unit under a new name.
const ALIKE: f64 = 0.6;

/// The same where nothing else left and nothing else came.
const SOME: f64 = 0.4;

/// Names that are shorter are part of too many others.
const SHORTEST_NAME: usize = 4;

pub(super) fn children(reading: &Reading) -> HashMap<ScopeId, Vec<ScopeId>> {
    let mut below: HashMap<ScopeId, Vec<ScopeId>> = HashMap::new();
    for (index, scope) in reading.scopes.iter().enumerate() {
        if let Some(parent) = scope.parent {
            below.entry(parent).or_default().push(ScopeId(u32::try_from(index).unwrap_or(u32::MAX)));
        }
    }
    below
}

type Paired = (Vec<(ScopeId, ScopeId)>, Vec<ScopeId>, Vec<ScopeId>);

/// Pairs the children of two paired scopes: calls by their labels, same name, then list items by identity, then one label, then similar settings.
pub(super) fn pair_children(base: &Reading, head: &Reading, left: &[ScopeId], right: &[ScopeId]) -> Paired {
    let mut pairs = Vec::new();
    let (mut left, mut right) = pair_calls(base, head, left, right, &mut pairs);
    pair_blocks(base, head, &mut left, &mut right, &mut pairs);
    pair_shipped(base, head, &mut left, &mut right, &mut pairs);
    let mut by_name: HashMap<(ScopeKind, &str, Option<&str>), Vec<ScopeId>> = HashMap::new();
    for id in &right {
        let scope = head.get(*id);
        by_name.entry((scope.kind, &scope.name, step_key(&scope.step))).or_default().push(*id);
    }
    for ids in by_name.values_mut() {
        ids.reverse();
    }
    let mut rest_left = Vec::new();
    for id in &left {
        let scope = base.get(*id);
        let nameless_item = scope.kind == ScopeKind::Item;
        let key = (scope.kind, &*scope.name, step_key(&scope.step));
        match by_name.get_mut(&key).filter(|_| !nameless_item).and_then(Vec::pop) {
            Some(found) => pairs.push((*id, found)),
            None => rest_left.push(*id),
        }
    }
    let taken: HashSet<ScopeId> = pairs.iter().map(|(_, h)| *h).collect();
    let mut rest_right: Vec<ScopeId> = right.iter().copied().filter(|id| !taken.contains(id)).collect();
    pair_items(base, head, &mut rest_left, &mut rest_right, &mut pairs);
    pair_renamed(base, head, &mut rest_left, &mut rest_right, &mut pairs);
    (pairs, rest_left, rest_right)
}

/// Calls of one name in one function: by what tells them apart (who takes the result, the first argument), the rest in order. A new
/// call in front of others must not shift them all.
fn pair_calls(
    base: &Reading,
    head: &Reading,
    left: &[ScopeId],
    right: &[ScopeId],
    pairs: &mut Vec<(ScopeId, ScopeId)>,
) -> (Vec<ScopeId>, Vec<ScopeId>) {
    let (mut left, mut right) = (left.to_vec(), right.to_vec());
    if !left.iter().any(|id| base.get(*id).kind == ScopeKind::Call) {
        return (left, right);
    }
    let labels = |reading: &Reading, id: ScopeId| {
        let scope = reading.get(id);
        (scope.kind == ScopeKind::Call && !scope.labels.is_empty()).then(|| scope.labels.clone())
    };
    pair_by(&mut left, &mut right, pairs, |id| labels(base, id), |id| labels(head, id));
    for nth in 0..2 {
        let label = |reading: &Reading, id: ScopeId| labels(reading, id).and_then(|labels| labels.into_iter().nth(nth));
        pair_by(&mut left, &mut right, pairs, |id| label(base, id), |id| label(head, id));
    }
    (left, right)
}

/// The last stage of a Dockerfile is what is shipped: where it has no name, and starts from the same image on both sides, it stays itself
/// whatever comes before it.
fn pair_shipped(base: &Reading, head: &Reading, left: &mut Vec<ScopeId>, right: &mut Vec<ScopeId>, pairs: &mut Vec<(ScopeId, ScopeId)>) {
    let last = |reading: &Reading, ids: &[ScopeId]| ids.iter().rev().copied().find(|id| reading.get(*id).kind == ScopeKind::Stage);
    let (Some(was), Some(is)) = (last(base, left), last(head, right)) else { return };
    let (old, new) = (base.get(was), head.get(is));
    let unnamed = old.name.bytes().all(|byte| byte.is_ascii_digit());
    if unnamed && !old.labels.is_empty() && old.labels == new.labels {
        left.retain(|id| *id != was);
        right.retain(|id| *id != is);
        pairs.push((was, is));
    }
}

/// Fenced blocks of a document that say the same: their names count them below each heading, and one that comes or leaves shifts the rest.
fn pair_blocks(base: &Reading, head: &Reading, left: &mut Vec<ScopeId>, right: &mut Vec<ScopeId>, pairs: &mut Vec<(ScopeId, ScopeId)>) {
    if left.is_empty() || right.is_empty() || !base.kinds.contains(&MARKDOWN) {
        return;
    }
    let said = |reading: &Reading, ids: &[ScopeId]| -> HashMap<ScopeId, Vec<u64>> {
        let blocks = said_by(reading, ids, |kind| kind == ScopeKind::Document);
        let sorted = |set: HashSet<u64>| {
            let mut all: Vec<u64> = set.into_iter().collect();
            all.sort_unstable();
            all
        };
        blocks.into_iter().filter(|(_, set)| !set.is_empty()).map(|(id, set)| (id, sorted(set))).collect()
    };
    let (old, new) = (said(base, left), said(head, right));
    let named = |reading: &Reading, id: ScopeId| reading.get(id).name.clone();
    let below = |reading: &Reading, id: ScopeId| heading_of(&reading.get(id).name).to_owned();
    let of = |said: &HashMap<ScopeId, Vec<u64>>, id: ScopeId| said.get(&id).cloned();
    // a block that stays where it is goes first, then one that was counted anew below its heading, then one below another heading
    pair_by(left, right, pairs, |id| Some((named(base, id), of(&old, id)?)), |id| Some((named(head, id), of(&new, id)?)));
    pair_by(left, right, pairs, |id| Some((below(base, id), of(&old, id)?)), |id| Some((below(head, id), of(&new, id)?)));
    pair_by(left, right, pairs, |id| of(&old, id), |id| of(&new, id));
}

/// The heading in the name of a fenced block, without its number.
fn heading_of(name: &str) -> &str {
    name.rsplit_once(' ').filter(|(_, count)| count.bytes().all(|b| b.is_ascii_digit())).map_or(name, |(heading, _)| heading)
}

/// The key that leads to a scope; an item is told apart by its list's key alone, its place may move.
fn step_key(step: &Step) -> Option<&str> {
    match step {
        Step::Same => None,
        Step::Key(key) | Step::Item(key, _) => Some(key),
    }
}

/// List items: by an identifying field, then equal content, then by position where both lists have the same length.
fn pair_items(base: &Reading, head: &Reading, left: &mut Vec<ScopeId>, right: &mut Vec<ScopeId>, pairs: &mut Vec<(ScopeId, ScopeId)>) {
    let list_of = |reading: &Reading, id: ScopeId| match &reading.get(id).step {
        Step::Item(key, _) if reading.get(id).kind == ScopeKind::Item => Some(key.clone()),
        _ => None,
    };
    let mut lists: Vec<Box<str>> = left.iter().filter_map(|id| list_of(base, *id)).collect();
    lists.sort();
    lists.dedup();
    for list in lists {
        let take = |reading: &Reading, ids: &[ScopeId]| -> Vec<ScopeId> {
            ids.iter().copied().filter(|id| list_of(reading, *id).as_ref() == Some(&list)).collect()
        };
        let (mut b, mut h) = (take(base, left), take(head, right));
        let same_length = b.len() == h.len();
        let mut found = Vec::new();
        pair_by(&mut b, &mut h, &mut found, |id| identity(base, id), |id| identity(head, id));
        pair_by(&mut b, &mut h, &mut found, |id| Some(content(base, id)), |id| Some(content(head, id)));
        if same_length && b.len() == h.len() {
            found.extend(b.drain(..).zip(h.drain(..)));
        }
        let gone: HashSet<ScopeId> = found.iter().map(|(b, _)| *b).collect();
        let come: HashSet<ScopeId> = found.iter().map(|(_, h)| *h).collect();
        left.retain(|id| !gone.contains(id));
        right.retain(|id| !come.contains(id));
        pairs.extend(found);
    }
}

fn pair_by<K: std::hash::Hash + Eq>(
    left: &mut Vec<ScopeId>,
    right: &mut Vec<ScopeId>,
    pairs: &mut Vec<(ScopeId, ScopeId)>,
    of_left: impl Fn(ScopeId) -> Option<K>,
    of_right: impl Fn(ScopeId) -> Option<K>,
) {
    let mut index: HashMap<K, Vec<ScopeId>> = HashMap::new();
    for id in right.iter().rev() {
        if let Some(key) = of_right(*id) {
            index.entry(key).or_default().push(*id);
        }
    }
    let mut taken = HashSet::new();
    left.retain(|id| match of_left(*id).and_then(|key| index.get_mut(&key)?.pop()) {
        Some(other) => {
            pairs.push((*id, other));
            taken.insert(other);
            false
        }
        None => true,
    });
    right.retain(|id| !taken.contains(id));
}

/// The field by which people tell list items apart.
fn identity(reading: &Reading, id: ScopeId) -> Option<(Box<str>, Box<str>)> {
    let fields = &reading.get(id).fields;
    ["name", "id", "key", "target", "containerPort", "filename", "uri", "url", "path", "source", "image"]
        .iter()
        .find_map(|wanted| fields.iter().find(|(key, _)| &**key == *wanted).cloned())
}

/// All scalar fields of an item, as one text.
fn content(reading: &Reading, id: ScopeId) -> String {
    reading.get(id).fields.iter().flat_map(|(key, text)| [&**key, "=", &**text, "\n"]).collect()
}

/// Units under a new name: one label that is unique on both sides, else similar settings.
fn pair_renamed(base: &Reading, head: &Reading, left: &mut Vec<ScopeId>, right: &mut Vec<ScopeId>, pairs: &mut Vec<(ScopeId, ScopeId)>) {
    let unit = |kind: ScopeKind| !matches!(kind, ScopeKind::Mapping | ScopeKind::Item | ScopeKind::File);
    if left.is_empty() || right.is_empty() || left.len().saturating_mul(right.len()) > PAIRED_AT_MOST {
        return;
    }
    let label = |reading: &Reading, id: ScopeId| {
        let scope = reading.get(id);
        if unit(scope.kind) { scope.labels.first().map(|label| (scope.kind, label.clone())) } else { None }
    };
    pair_by(left, right, pairs, |id| label(base, id), |id| label(head, id));
    // a Deployment that becomes a StatefulSet
    pair_by(left, right, pairs, |id| workload(base, id), |id| workload(head, id));
    let (of_left, of_right) = (said_by(base, left, unit), said_by(head, right, unit));
    let mut candidates: Vec<(f64, ScopeId, ScopeId)> = Vec::new();
    for (b, said) in &of_left {
        for (h, other) in &of_right {
            if base.get(*b).kind == head.get(*h).kind {
                let alike = likeness(said, other);
                if alike >= ALIKE {
                    candidates.push((alike, *b, *h));
                }
            }
        }
    }
    if let Some(only) = only_one(base, head, &of_left, &of_right) {
        candidates.push(only);
    }
    candidates.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    for (_, b, h) in candidates {
        if left.contains(&b) && right.contains(&h) {
            left.retain(|id| *id != b);
            right.retain(|id| *id != h);
            pairs.push((b, h));
        }
    }
    pair_extended(base, head, left, right, pairs);
}

/// The name of a resource that runs containers, without its kind.
fn workload(reading: &Reading, id: ScopeId) -> Option<Box<str>> {
    let scope = reading.get(id);
    let (_, name) = scope.name.split_once('/').filter(|_| scope.kind == ScopeKind::Resource)?;
    let runs = |index: usize| {
        let inner = ScopeId(u32::try_from(index).unwrap_or(u32::MAX));
        reading.get(inner).kind == ScopeKind::Container && reading.within(inner, id)
    };
    (0..reading.scopes.len()).any(runs).then(|| name.into())
}

/// The one service that left and the one that came, where they share enough although its image changed too.
fn only_one(
    base: &Reading,
    head: &Reading,
    left: &[(ScopeId, HashSet<u64>)],
    right: &[(ScopeId, HashSet<u64>)],
) -> Option<(f64, ScopeId, ScopeId)> {
    let services = |reading: &Reading, of: &[(ScopeId, HashSet<u64>)]| -> Vec<usize> {
        (0..of.len()).filter(|at| of.get(*at).is_some_and(|(id, _)| reading.get(*id).kind == ScopeKind::Service)).collect()
    };
    let (old, new) = (services(base, left), services(head, right));
    let ([was], [is]) = (old.as_slice(), new.as_slice()) else { return None };
    let ((b, said), (h, other)) = (left.get(*was)?, right.get(*is)?);
    let alike = likeness(said, other);
    (alike >= SOME && said.intersection(other).count() >= 3).then_some((alike, *b, *h))
}

/// Functions whose names are a part of each other, `connect` and `connect_to_postgres`, where only one of each fits.
fn pair_extended(base: &Reading, head: &Reading, left: &mut Vec<ScopeId>, right: &mut Vec<ScopeId>, pairs: &mut Vec<(ScopeId, ScopeId)>) {
    let named = |reading: &Reading, ids: &[ScopeId]| -> Vec<(ScopeId, String)> {
        let functions = ids.iter().filter(|id| reading.get(**id).kind == ScopeKind::Function);
        functions.map(|id| (*id, fold(&reading.get(*id).name))).filter(|(_, name)| name.len() >= SHORTEST_NAME).collect()
    };
    let (old, new) = (named(base, left), named(head, right));
    let part = |x: &str, y: &str| x.starts_with(y) || x.ends_with(y) || y.starts_with(x) || y.ends_with(x);
    for (b, was) in &old {
        let mut fits = new.iter().filter(|(_, is)| part(was, is));
        let (Some((h, is)), None) = (fits.next(), fits.next()) else { continue };
        if old.iter().filter(|(_, was)| part(was, is)).count() == 1 {
            left.retain(|id| id != b);
            right.retain(|id| id != h);
            pairs.push((*b, *h));
        }
    }
}

/// For each of some units, hashes of its settings (name and text), its own and those of what lies in it.
fn said_by(reading: &Reading, units: &[ScopeId], unit: impl Fn(ScopeKind) -> bool) -> Vec<(ScopeId, HashSet<u64>)> {
    let mut said: Vec<(ScopeId, HashSet<u64>)> =
        units.iter().filter(|id| unit(reading.get(**id).kind)).map(|id| (*id, HashSet::new())).collect();
    if said.is_empty() {
        return said;
    }
    let places: HashMap<ScopeId, usize> = said.iter().enumerate().map(|(index, (id, _))| (*id, index)).collect();
    for setting in reading.settings.iter().filter(|setting| !setting.is_map()) {
        let Some(index) = reading.outward(setting.scope).find_map(|id| places.get(&id)) else { continue };
        let mut hasher = std::collections::hash_map::DefaultHasher::new();
        (&setting.key, &setting.names, &setting.raw).hash(&mut hasher);
        if let Some((_, set)) = said.get_mut(*index) {
            set.insert(hasher.finish());
        }
    }
    said
}

/// Share of settings that two units have in common.
fn likeness(x: &HashSet<u64>, y: &HashSet<u64>) -> f64 {
    let common = x.intersection(y).count();
    let union = x.len() + y.len() - common;
    if union < 2 {
        return 0.0;
    }
    #[allow(clippy::cast_precision_loss, reason = "counts of settings are small")]
    let share = common as f64 / union as f64;
    share
}
