//! Files that run the gate through other files of the repository: a workflow whose step runs a script, a script that runs a recipe. What
//! such a file says of the gate depends on the whole revision, and it changes without a change of its own.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::load::{self, Names, Sides};
use crate::judge::input::{At, Content, FileIn, PairIn};
use crate::read::lens::gate::{self, Routes};
use crate::revision::{Blob, BlobReader, Error, Pair, Revision, Store};
use crate::setting::{Setting, Surface};

/// Files of the head tree that did not change and are followed.
const MOST: usize = 200;

/// The file that GitLab runs.
const PIPELINE: &str = ".gitlab-ci.yml";

/// Bytes of a file that another one leads to.
const BYTES: u64 = 256 << 10;

/// The text at a path of one revision.
fn text_at(store: &Store, reader: &RefCell<BlobReader>, revision: &Revision, path: &str) -> Option<String> {
    let blob = store.find(revision, path).ok().flatten().filter(|blob| blob.mode.is_file())?;
    let bytes = reader.borrow_mut().read(revision, &blob, BYTES).ok()?;
    crate::read::limits::decode(bytes).ok()
}

/// Whether a file may lead to the gate through others of its revision.
pub(super) fn leads(store: &Store, revision: &Revision, path: &str, text: &str) -> bool {
    if !gate::may_lead(path) {
        return false;
    }
    let reader = RefCell::new(store.reader());
    let files = |path: &str| text_at(store, &reader, revision, path);
    Routes::new(&files).perhaps(text)
}

/// Puts into a reading what the file leads to; whether it led anywhere.
pub(super) fn follow(store: &Store, revision: &Revision, file: &mut FileIn) -> bool {
    let Content::Read(text, reading) = &mut file.content else { return false };
    let reader = RefCell::new(store.reader());
    let files = |path: &str| text_at(store, &reader, revision, path);
    let routes = Routes::new(&files);
    gate::follow(&file.path, text, &routes, Arc::make_mut(reading));
    routes.found()
}

/// Workflows, pipelines and hooks that did not change, where a changed file has to do with the gate: what they lead to may have changed, and
/// what they still run is no loss elsewhere.
///
/// # Errors
/// Objects are missing.
pub(super) fn unchanged(sides: &Sides, changed: &[Pair], pairs: &[PairIn]) -> Result<Vec<PairIn>, Error> {
    let wired = |at: At| pairs.iter().filter_map(move |pair| pair.at(at)).flat_map(wiring);
    if wired(At::Base).next().is_none() {
        return including(sides, changed);
    }
    // a call that left a changed file is told there
    let called = |at: At| wired(at).any(|setting| setting.names.iter().any(|(_, name)| name.starts_with("called by ")));
    let lost = called(At::Base) && !called(At::Head);
    let here: BTreeSet<&str> = pairs.iter().filter_map(|pair| pair.head.as_ref()).map(|file| file.path.as_str()).collect();
    let blobs = sides.store.list(sides.head, &|path| gate::starts(path) && !here.contains(path))?.blobs;
    let names = Names::new(sides.catalogue);
    Ok(blobs.iter().take(MOST).filter_map(|blob| one(sides, &names, blob)).filter(|pair| pair.context || !lost).collect())
}

/// A pipeline that did not change and includes files of which some did: what these say of its jobs need not name the gate.
fn including(sides: &Sides, changed: &[Pair]) -> Result<Vec<PairIn>, Error> {
    let part = |blob: &Blob| blob.path != PIPELINE && matches!(blob.path.rsplit_once('.'), Some((_, "yml" | "yaml")));
    if !changed.iter().flat_map(|pair| [&pair.base, &pair.head]).flatten().any(part) {
        return Ok(Vec::new());
    }
    let pipeline = sides.store.find(sides.head, PIPELINE)?.filter(|blob| blob.mode.is_file());
    let names = Names::new(sides.catalogue);
    Ok(pipeline.and_then(|blob| one(sides, &names, &blob)).filter(|pair| !pair.context).into_iter().collect())
}

/// One file that did not change, by what it says of the gate on both sides; nothing where it leads nowhere.
fn one(sides: &Sides, names: &Names, blob: &Blob) -> Option<PairIn> {
    let before = sides.store.find(sides.base, &blob.path).ok().flatten().filter(|before| before.id == blob.id)?;
    let reader = load::reader_of(&Pair { base: None, head: Some(blob.clone()) });
    let mut bytes = sides.store.reader();
    let mut led = false;
    let mut read = |revision: &Revision, blob: &Blob| {
        let text = load::text(&mut bytes, sides.bounds, revision, blob, reader, true);
        let mut file = load::file(names, sides.bounds, blob, reader, text);
        led |= follow(sides.store, revision, &mut file);
        if let Content::Read(_, reading) = &mut file.content {
            let reading = Arc::make_mut(reading);
            reading.settings.retain(is_wiring);
            reading.links.clear();
            reading.pins.clear();
        }
        file.facts = names.match_file(&file.path, &file.content);
        file
    };
    let (base, head) = (read(sides.base, &before), read(sides.head, blob));
    let said = |file: &FileIn| -> Vec<String> {
        wiring(file).map(|setting| format!("{:?} {:?} {:?}", setting.scope, setting.names, setting.value)).collect()
    };
    let context = said(&base) == said(&head);
    led.then_some(PairIn { base: Some(base), head: Some(head), context })
}

fn wiring(file: &FileIn) -> impl Iterator<Item = &Setting> {
    file.reading().into_iter().flat_map(|reading| &reading.settings).filter(|setting| is_wiring(setting))
}

fn is_wiring(setting: &Setting) -> bool {
    setting.names.iter().any(|(surface, _)| *surface == Surface::Gate)
}
