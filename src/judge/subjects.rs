//! Pairs the scopes of both revisions: a subject is a scope at base together with its counterpart at head.

mod pairing;

use foldhash::HashMap;

use pairing::{children, pair_children};

use super::input::{At, PairIn};
use crate::classes::for_developers;
use crate::reading::Reading;
use crate::scope::{Scope, ScopeId, ScopeKind};

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
            let (left, right) = side_by_side((base, &below_base, left), (head, &below_head, right));
            let (pairs, left, right) = pair_children(base, head, &left, &right);
            open.extend(pairs.into_iter().map(|(b, h)| (b, h, Some(subject))));
            lost.extend(movable(base, &below_base, left).map(|id| ((at, id), base.get(id).kind)));
            fresh.extend(movable(head, &below_head, right).map(|id| ((at, id), head.get(id).kind)));
        }
    }

    /// Units that left one file and came to another: same kind and same label or name. A service may come as a container of its name.
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
                    && (other_kind == kind || runs_as(*kind, *other_kind))
                    && other.0 != place.0
                    && serves_the_same(pairs, place.0, other.0)
                    && reading(At::Head, *other).is_some_and(|head| {
                        let to = head.get(other.1);
                        let named = !from.name.is_empty() && from.name == to.name;
                        let labelled = from.labels.iter().any(|label| to.labels.contains(label));
                        labelled && (named || (*kind != ScopeKind::Stage && kind == other_kind))
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

/// Whether what ran as one kind of unit can run as another: a service of Compose as a container of Kubernetes, or the other way.
fn runs_as(kind: ScopeKind, other: ScopeKind) -> bool {
    matches!((kind, other), (ScopeKind::Service, ScopeKind::Container) | (ScopeKind::Container, ScopeKind::Service))
}

/// The scopes below two files side by side: a file of one document that gets a second one, or is left with one, has one level more on one
/// side.
fn side_by_side(
    (base, below_base, left): (&Reading, &HashMap<ScopeId, Vec<ScopeId>>, &[ScopeId]),
    (head, below_head, right): (&Reading, &HashMap<ScopeId, Vec<ScopeId>>, &[ScopeId]),
) -> (Vec<ScopeId>, Vec<ScopeId>) {
    let several = |reading: &Reading, ids: &[ScopeId]| ids.iter().any(|id| is_document(reading, *id));
    let inside = |reading: &Reading, below: &HashMap<ScopeId, Vec<ScopeId>>, ids: &[ScopeId]| -> Vec<ScopeId> {
        let of = |id: &ScopeId| {
            let own = below.get(id).cloned().unwrap_or_default();
            if is_document(reading, *id) { own } else { vec![*id] }
        };
        ids.iter().flat_map(of).collect()
    };
    match (several(base, left), several(head, right)) {
        (true, false) => (inside(base, below_base, left), right.to_vec()),
        (false, true) => (left.to_vec(), inside(head, below_head, right)),
        _ => (left.to_vec(), right.to_vec()),
    }
}

/// Whether a scope is one of several documents of a file, and no file that stands in it.
fn is_document(reading: &Reading, id: ScopeId) -> bool {
    let scope = reading.get(id);
    let holds = |other: &Scope| other.parent == Some(id) && other.kind == ScopeKind::Resource && other.name == scope.name;
    let counted = !scope.name.is_empty() && scope.name.bytes().all(|byte| byte.is_ascii_digit());
    scope.kind == ScopeKind::Document && scope.parent == Some(ScopeId::ROOT) && (counted || reading.scopes.iter().any(holds))
}

/// The units among some scopes, and in them, that can be looked for in another file.
fn movable<'r>(
    reading: &'r Reading,
    below: &'r HashMap<ScopeId, Vec<ScopeId>>,
    scopes: Vec<ScopeId>,
) -> impl Iterator<Item = ScopeId> + 'r {
    let mut open = scopes;
    open.reverse();
    let next = move || {
        let id = open.pop()?;
        open.extend(below.get(&id).into_iter().flatten().rev());
        Some(id)
    };
    std::iter::from_fn(next).filter(|id| moves_by_itself(reading.get(*id).kind))
}

/// Whether a unit of this kind can be looked for in another file.
fn moves_by_itself(kind: ScopeKind) -> bool {
    matches!(kind, ScopeKind::Service | ScopeKind::Resource | ScopeKind::Container | ScopeKind::Job | ScopeKind::Stage | ScopeKind::Block)
}

fn units(reading: &Reading) -> impl Iterator<Item = (ScopeId, ScopeKind)> + '_ {
    reading.scopes.iter().enumerate().map(|(index, scope)| (ScopeId(u32::try_from(index).unwrap_or(u32::MAX)), scope.kind))
}
