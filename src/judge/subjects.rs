//! Pairs the scopes of both revisions: a subject is a scope at base together with its counterpart at head.

use foldhash::{HashMap, HashMapExt};
use std::collections::HashSet;
use std::hash::{Hash, Hasher};

use super::input::{At, PairIn};
use crate::classes::for_developers;
use crate::read::prose::fences::MARKDOWN;
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind, Step};

/// Index of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId(pub u32);

/// A scope of one file pair: the pair's index and the scope.
pub type Place = (usize, ScopeId);

/// A scope at base together with its counterpart at head.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Where it stands at base.
    pub base: Option<Place>,
    /// Where it stands at head.
    pub head: Option<Place>,
    /// The subject that encloses it.
    pub parent: Option<SubjectId>,
    /// What it is.
    pub kind: ScopeKind,
}

impl Subject {
    /// Where it stands on one side.
    #[must_use]
    pub fn at(&self, at: At) -> Option<Place> {
        match at {
            At::Base => self.base,
            At::Head => self.head,
        }
    }
}

/// All subjects of a comparison.
#[derive(Debug, Default)]
pub struct Subjects {
    all: Vec<Subject>,
    by_place: [HashMap<Place, SubjectId>; 2],
}

/// At most so many leftover units of one kind are compared with each other.
const PAIRED_AT_MOST: usize = 40_000;

/// How alike two units' settings must be to be one unit under a new name.
const ALIKE: f64 = 0.6;

impl Subjects {
    /// Pairs all scopes of all file pairs.
    #[must_use]
    pub fn new(pairs: &[PairIn]) -> Self {
        let mut subjects = Self::default();
        let mut lost: Vec<(Place, ScopeKind)> = Vec::new();
        let mut fresh: Vec<(Place, ScopeKind)> = Vec::new();
        for (at, pair) in pairs.iter().enumerate() {
            let base = pair.base.as_ref().and_then(|file| file.reading());
            let head = pair.head.as_ref().and_then(|file| file.reading());
            match (base, head) {
                (Some(base), Some(head)) => subjects.pair_files(at, base, head, &mut lost, &mut fresh),
                (Some(base), None) => units(base).for_each(|(id, kind)| lost.push(((at, id), kind))),
                (None, Some(head)) => units(head).for_each(|(id, kind)| fresh.push(((at, id), kind))),
                (None, None) => {}
            }
        }
        subjects.across_files(pairs, &lost, &fresh);
        for (at, pair) in pairs.iter().enumerate() {
            for side in At::BOTH {
                if let Some(reading) = pair.at(side).and_then(|file| file.reading()) {
                    subjects.complete(at, side, reading);
                }
            }
        }
        subjects
    }

    /// A subject.
    #[must_use]
    pub fn get(&self, id: SubjectId) -> Option<&Subject> {
        self.all.get(id.0 as usize)
    }

    /// The subject of a scope.
    #[must_use]
    pub fn of(&self, at: At, place: Place) -> Option<SubjectId> {
        self.by_place.get(at as usize)?.get(&place).copied()
    }

    /// The nearest scope of a subject on one side: its own, else that of what encloses it.
    #[must_use]
    pub fn nearest(&self, id: SubjectId, at: At) -> Option<Place> {
        let mut next = Some(id);
        while let Some(subject) = next.and_then(|id| self.get(id)) {
            if let Some(place) = subject.at(at) {
                return Some(place);
            }
            next = subject.parent;
        }
        None
    }

    /// Whether a subject exists on one side. A mapping is part of what encloses it, so it exists wherever that does.
    #[must_use]
    pub fn exists(&self, id: SubjectId, at: At) -> bool {
        let mut next = self.get(id);
        while let Some(subject) = next {
            if subject.at(at).is_some() {
                return true;
            }
            if subject.kind != ScopeKind::Mapping {
                return false;
            }
            next = subject.parent.and_then(|id| self.get(id));
        }
        false
    }

    fn join(&mut self, base: Option<Place>, head: Option<Place>, parent: Option<SubjectId>, kind: ScopeKind) -> SubjectId {
        let id = SubjectId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.all.push(Subject { base, head, parent, kind });
        for (at, place) in [(At::Base, base), (At::Head, head)] {
            if let (Some(place), Some(map)) = (place, self.by_place.get_mut(at as usize)) {
                map.insert(place, id);
            }
        }
        id
    }

    /// Pairs two readings of one file from the root down.
    fn pair_files(
        &mut self,
        at: usize,
        base: &Reading,
        head: &Reading,
        lost: &mut Vec<(Place, ScopeKind)>,
        fresh: &mut Vec<(Place, ScopeKind)>,
    ) {
        let (below_base, below_head) = (children(base), children(head));
        let mut open = vec![(ScopeId::ROOT, ScopeId::ROOT, None)];
        while let Some((b, h, parent)) = open.pop() {
            let subject = self.join(Some((at, b)), Some((at, h)), parent, base.get(b).kind);
            let none = Vec::new();
            let (left, right) = (below_base.get(&b).unwrap_or(&none), below_head.get(&h).unwrap_or(&none));
            let (pairs, left, right) = pair_children(base, head, left, right);
            open.extend(pairs.into_iter().map(|(b, h)| (b, h, Some(subject))));
            lost.extend(left.into_iter().map(|id| ((at, id), base.get(id).kind)));
            fresh.extend(right.into_iter().map(|id| ((at, id), head.get(id).kind)));
        }
    }

    /// Units that left one file and came to another: same kind and same label or name.
    fn across_files(&mut self, pairs: &[PairIn], lost: &[(Place, ScopeKind)], fresh: &[(Place, ScopeKind)]) {
        if lost.len().saturating_mul(fresh.len()) > PAIRED_AT_MOST {
            return;
        }
        let reading = |at: At, place: Place| pairs.get(place.0).and_then(|pair| pair.at(at)).and_then(|file| file.reading());
        let mut taken = vec![false; fresh.len()];
        for (place, kind) in lost {
            if !moves_by_itself(*kind) {
                continue;
            }
            let Some(base) = reading(At::Base, *place) else { continue };
            let from = base.get(place.1);
            let found = fresh.iter().enumerate().position(|(at, (other, other_kind))| {
                !taken.get(at).copied().unwrap_or(true)
                    && other_kind == kind
                    && other.0 != place.0
                    && serves_the_same(pairs, place.0, other.0)
                    && reading(At::Head, *other).is_some_and(|head| {
                        let to = head.get(other.1);
                        let named = !from.name.is_empty() && from.name == to.name;
                        let labelled = from.labels.iter().any(|label| to.labels.contains(label));
                        labelled && (named || *kind != ScopeKind::Stage)
                    })
            });
            if let Some(at) = found
                && let (Some((other, _)), Some(slot)) = (fresh.get(at), taken.get_mut(at))
            {
                *slot = true;
                self.join(Some(*place), Some(*other), None, *kind);
            }
        }
    }

    /// Gives every scope that has none a subject of its own, parents first.
    fn complete(&mut self, pair: usize, at: At, reading: &Reading) {
        for (index, scope) in reading.scopes.iter().enumerate() {
            let place = (pair, ScopeId(u32::try_from(index).unwrap_or(u32::MAX)));
            if self.of(at, place).is_some() {
                continue;
            }
            let parent = scope.parent.and_then(|parent| self.of(at, (pair, parent)));
            // below a unit that moved to another file, mappings find their counterparts there
            let counterpart = parent.and_then(|parent| self.child_of_moved(parent, at, pair, scope));
            if let Some(existing) = counterpart {
                self.attach(existing, at, place);
            } else {
                let (base, head) = if at == At::Base { (Some(place), None) } else { (None, Some(place)) };
                self.join(base, head, parent, scope.kind);
            }
        }
    }

    fn child_of_moved(&self, parent: SubjectId, at: At, pair: usize, scope: &crate::scope::Scope) -> Option<SubjectId> {
        let moved = self.get(parent)?;
        let (base, head) = (moved.base?, moved.head?);
        if base.0 == head.0 || at == At::Base || pair != head.0 {
            return None;
        }
        self.all.iter().enumerate().find_map(|(index, subject)| {
            let fits = subject.parent == Some(parent)
                && subject.head.is_none()
                && subject.kind == scope.kind
                && subject.kind == ScopeKind::Mapping;
            fits.then_some(SubjectId(u32::try_from(index).unwrap_or(u32::MAX)))
        })
    }

    fn attach(&mut self, id: SubjectId, at: At, place: Place) {
        if let Some(subject) = self.all.get_mut(id.0 as usize) {
            match at {
                At::Base => subject.base = Some(place),
                At::Head => subject.head = Some(place),
            }
        }
        if let Some(map) = self.by_place.get_mut(at as usize) {
            map.insert(place, id);
        }
    }
}

/// Whether what a file held at the base was for users as far as it is in the file where it stands now: what only developers had is new to users.
fn serves_the_same(pairs: &[PairIn], from: usize, to: usize) -> bool {
    let file = |at: At, index: usize| pairs.get(index).and_then(|pair| pair.at(at));
    let (Some(from), Some(to)) = (file(At::Base, from), file(At::Head, to)) else { return false };
    from.class.discount() <= to.class.discount() && (!for_developers(&from.path) || for_developers(&to.path))
}

/// Whether a unit of this kind can be looked for in another file.
fn moves_by_itself(kind: ScopeKind) -> bool {
    matches!(kind, ScopeKind::Service | ScopeKind::Resource | ScopeKind::Container | ScopeKind::Job | ScopeKind::Stage | ScopeKind::Block)
}

fn units(reading: &Reading) -> impl Iterator<Item = (ScopeId, ScopeKind)> + '_ {
    reading.scopes.iter().enumerate().map(|(index, scope)| (ScopeId(u32::try_from(index).unwrap_or(u32::MAX)), scope.kind))
}

fn children(reading: &Reading) -> HashMap<ScopeId, Vec<ScopeId>> {
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
fn pair_children(base: &Reading, head: &Reading, left: &[ScopeId], right: &[ScopeId]) -> Paired {
    let mut pairs = Vec::new();
    let (mut left, mut right) = pair_calls(base, head, left, right, &mut pairs);
    pair_blocks(base, head, &mut left, &mut right, &mut pairs);
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
pub(super) fn content(reading: &Reading, id: ScopeId) -> String {
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
    candidates.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    for (_, b, h) in candidates {
        if left.contains(&b) && right.contains(&h) {
            left.retain(|id| *id != b);
            right.retain(|id| *id != h);
            pairs.push((b, h));
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
