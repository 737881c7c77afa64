//! What revisions promise, proven on repositories that the `git` command made.

#![allow(clippy::format_collect, clippy::case_sensitive_file_extension_comparisons, reason = "tests")]

mod clones;
mod hostile;
mod kinds;
mod renames;
mod sides;

use super::{Changes, Pair, Revision, Store};

/// The changes of files whose names end like configuration.
pub(super) fn changes(store: &Store, base: &Revision, head: &Revision) -> Changes {
    store.changes(base, head, &wanted, &|path| u32::from(path.ends_with(".json"))).unwrap()
}

pub(super) fn wanted(path: &str) -> bool {
    [".yaml", ".json", ".env"].iter().any(|end| path.ends_with(end))
}

pub(super) fn between(store: &Store, base: &str, head: &str) -> Changes {
    changes(store, &store.resolve(base).unwrap(), &store.resolve(head).unwrap())
}

/// `base path > head path`, `-` where there is none.
pub(super) fn shown(changes: &Changes) -> Vec<String> {
    let path = |blob: &Option<super::Blob>| blob.as_ref().map_or("-".to_string(), |blob| blob.path.clone());
    changes.pairs.iter().map(|Pair { base, head }| format!("{} > {}", path(base), path(head))).collect()
}

pub(super) fn text(store: &Store, side: &Revision, path: &str) -> String {
    let blob = store.find(side, path).unwrap().unwrap();
    String::from_utf8(store.reader().read(side, &blob, 1000).unwrap()).unwrap()
}
