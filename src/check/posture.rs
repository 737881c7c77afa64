//! Every known setting of one revision with its rank.

use super::load::{Sides, context};
use super::ruled;
use crate::judge::effective::Effective;
use crate::judge::input::At;
use crate::judge::instances::instances;
use crate::judge::place;
use crate::judge::transition::Transition;
use crate::judge::verdict::State;
use crate::judge::world::World;
use crate::policy::catalogue::Catalogue;
use crate::policy::order;
use crate::report::model::{Change, RevisionShown, Severity, Tool};
use crate::report::posture::{Posture, Row};
use crate::report::redact;
use crate::revision::{Error, Pair, Revision, Store};
use crate::span::LineIndex;

/// Reads all of one revision.
///
/// # Errors
/// Objects are missing, or the disk cannot be read.
pub fn posture(store: &Store, catalogue: &Catalogue, revision: &Revision, shown: RevisionShown) -> Result<Posture, Error> {
    let bounds = ruled::bounds_of(store, revision)?;
    let sides = Sides { store, base: revision, head: revision, catalogue, bounds: &bounds };
    let listing = store.list(revision, &|path| crate::read::reads(path))?;
    let pairs: Vec<Pair> = listing.blobs.into_iter().map(|blob| Pair { base: Some(blob.clone()), head: Some(blob) }).collect();
    let files = context(&sides, &pairs);
    store.whole(&[revision], &|path| super::may_fail(&bounds, path))?;
    let world = World::new(catalogue, &files);
    let mut rows: Vec<Row> = Vec::new();
    for (instance, _) in instances(&world) {
        let head = world.effective(&instance, At::Head, true);
        if head.decider.is_some() {
            rows.extend(row(&world, catalogue, instance, head));
        }
    }
    rows.sort();
    rows.dedup();
    Ok(Posture { schema: "privgate-posture/1", tool: Tool::THIS, revision: shown, settings: rows })
}

fn row(world: &World, catalogue: &Catalogue, instance: crate::judge::instances::Instance, head: Effective) -> Option<Row> {
    let transition = Transition { instance, base: head.clone(), head, outcome: None };
    let class = world.pairs.get(transition.head.decider?.0)?.class();
    let found = place::found(world, &transition, Change::Unchanged.into(), Severity::Note, class)?;
    let order = world.order_of(&transition.instance);
    let file = world.pairs.get(found.spot.pair)?.at(found.spot.at)?;
    let rank = match &transition.head.state {
        State::Written(rank) => Some(rank),
        _ => None,
    };
    let shown = rank.map(|rank| order::show(order, rank));
    let value = found.head.and_then(|head| head.value);
    let known = shown.as_deref() == Some("known");
    Some(Row {
        line: LineIndex::new(file.text()).locate(file.text(), found.spot.span.start).line,
        file: file.path.clone(),
        policy: catalogue.policies().get(transition.instance.policy)?.rule.id.clone(),
        value: value.map(|value| redact::shown(&found.setting, &value, known)),
        setting: found.setting,
        surface: found.surface,
        scope: found.scope,
        path_class: class,
        weakest: rank.is_some_and(|rank| order::is_worst(order, rank)),
        rank: shown,
    })
}
