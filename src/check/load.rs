//! From changed paths to readings: both sides in parallel, each file by the reader that its name asks for, a panic in one file
//! kept to that file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;

use crate::classes::class_of;
use crate::judge::input::{Broken, Content, FileIn, PairIn};
use crate::judge::matching::{Matches, NameCache, match_file};
use crate::policy::catalogue::Catalogue;
use crate::read;
use crate::report::model::Skipped;
use crate::revision::{Blob, BlobReader, Pair, Revision, Store};

/// The largest file that any reader takes, in bytes.
pub const MOST_BYTES: u64 = 8 << 20;

/// All bytes that are read of one side.
const MOST_BYTES_A_SIDE: u64 = 64 << 20;

/// How many changed files are read.
const MOST_FILES: usize = 10_000;

/// Both revisions and the store they are read from.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// Where the bytes are.
    pub store: &'a Store,
    /// Before.
    pub base: &'a Revision,
    /// After.
    pub head: &'a Revision,
    /// The policies that will judge.
    pub catalogue: &'a Catalogue,
}

/// What was read of the changed files.
#[derive(Debug)]
pub struct Loaded {
    /// Those in which there is something to judge.
    pub pairs: Vec<PairIn>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
    /// How many changed files were looked at.
    pub files: usize,
}

/// Reads changed pairs. Beyond the limits files are unreadable, never silently left out. What holds nothing that any policy
/// knows, on neither side, is let go at once: in a large change that is most of the memory.
#[must_use]
pub fn pairs(sides: &Sides, changed: &[Pair]) -> Loaded {
    let mut skipped = Vec::new();
    if changed.len() > MOST_FILES {
        skipped.push(Skipped {
            file: String::new(),
            reason: format!("{} changed files are more than {MOST_FILES}; the rest counts as unreadable", changed.len()),
        });
    }
    let mut budget = [MOST_BYTES_A_SIDE; 2];
    let within: Vec<bool> = changed.iter().enumerate().map(|(index, pair)| index < MOST_FILES && take(&mut budget, pair)).collect();
    let read = changed
        .par_iter()
        .zip(within)
        .map_init(
            || [(); 2].map(|()| (sides.store.reader(), NameCache::new(sides.catalogue))),
            |[of_base, of_head], (pair, within)| {
                let reader = reader_of(pair);
                // both sides at once: one large file must not keep all but one thread idle
                let (base, head) = rayon::join(
                    || pair.base.as_ref().map(|blob| file(&mut of_base.0, &mut of_base.1, sides.base, blob, reader, within)),
                    || pair.head.as_ref().map(|blob| file(&mut of_head.0, &mut of_head.1, sides.head, blob, reader, within)),
                );
                let read = PairIn { base, head, context: false };
                Some(read).filter(|read| !says_nothing(read))
            },
        )
        .collect::<Vec<Option<PairIn>>>();
    Loaded { files: read.len(), pairs: read.into_iter().flatten().collect(), skipped }
}

/// Whether both sides could be read and hold nothing that a policy knows or asks about.
fn says_nothing(pair: &PairIn) -> bool {
    let silent = |file: &FileIn| {
        let reading = file.reading();
        reading.is_some_and(|reading| reading.pins.is_empty()) && file.facts.all.is_empty() && file.facts.asked.is_empty()
    };
    pair.base.iter().chain(&pair.head).all(silent)
}

/// Reads files that did not change: both sides are the same.
#[must_use]
pub fn context(sides: &Sides, unchanged: &[Pair]) -> Vec<PairIn> {
    unchanged
        .par_iter()
        .map_init(
            || (sides.store.reader(), NameCache::new(sides.catalogue)),
            |(reader, names), pair| {
                let file = pair.head.as_ref().map(|blob| file(reader, names, sides.head, blob, reader_of(pair), true));
                PairIn { base: file.clone(), head: file, context: true }
            },
        )
        .collect()
}

/// Whether both sides still fit into what may be read. Sizes that are not known count as nothing.
fn take(budget: &mut [u64; 2], pair: &Pair) -> bool {
    let mut fits = true;
    for (left, blob) in budget.iter_mut().zip([&pair.base, &pair.head]) {
        let size = blob.as_ref().and_then(|blob| blob.size).unwrap_or(0).min(MOST_BYTES);
        fits &= size <= *left;
        *left = left.saturating_sub(size);
    }
    fits
}

/// The reader by the head's name, else by the base's: a file that loses its known name keeps its reader.
fn reader_of(pair: &Pair) -> Option<&'static read::Reader> {
    let by = |blob: &Option<Blob>| blob.as_ref().and_then(|blob| read::by_path(&blob.path));
    by(&pair.head).or_else(|| by(&pair.base))
}

fn file(
    bytes: &mut BlobReader,
    names: &mut NameCache,
    side: &Revision,
    blob: &Blob,
    reader: Option<&'static read::Reader>,
    within: bool,
) -> FileIn {
    let content = content(bytes, side, blob, reader, within);
    let text = match &content {
        Content::Read(text, _) => Some(&**text),
        Content::Unreadable(_) => None,
    };
    FileIn {
        class: class_of(&blob.path, text),
        path: blob.path.clone(),
        blob: blob.id.to_string(),
        facts: facts(names, &blob.path, &content),
        content,
    }
}

fn facts(names: &mut NameCache, path: &str, content: &Content) -> Matches {
    match content {
        Content::Read(_, reading) => match_file(names, path, reading),
        Content::Unreadable(_) => Matches::default(),
    }
}

fn content(bytes: &mut BlobReader, side: &Revision, blob: &Blob, reader: Option<&'static read::Reader>, within: bool) -> Content {
    let Some(reader) = reader else { return Content::Unreadable(Broken::new("no reader knows this kind of file")) };
    if !within {
        return Content::Unreadable(Broken::new("more changed files or bytes than one run reads"));
    }
    let raw = match bytes.read(side, blob, read::limits::most_bytes(reader.name)) {
        Ok(raw) => raw,
        Err(error) => return Content::Unreadable(Broken::new(error.to_string())),
    };
    match read::limits::decode(raw) {
        Ok(text) => understood(reader, &blob.path, text),
        Err(reason) => Content::Unreadable(Broken::new(reason)),
    }
}

/// A file of a revision that is given as text: an example's.
#[must_use]
pub fn read_text(catalogue: &Catalogue, path: &str, text: &str) -> FileIn {
    let content = match read::by_path(path) {
        None => Content::Unreadable(Broken::new("no reader knows this kind of file")),
        Some(reader) => understood(reader, path, text.to_owned()),
    };
    let facts = facts(&mut NameCache::new(catalogue), path, &content);
    FileIn { path: path.to_owned(), class: class_of(path, Some(text)), blob: format!("{} bytes", text.len()), content, facts }
}

fn understood(reader: &'static read::Reader, path: &str, text: String) -> Content {
    // a reader's bug in one file must not become everybody's silence
    let reading = catch_unwind(AssertUnwindSafe(|| (reader.read)(path, &text)));
    match reading {
        Err(_) => Content::Unreadable(Broken::new("the reader failed; please report this file")),
        Ok(reading) => match reading.unreadable() {
            Some(problem) => {
                let line = problem.span.map(|span| crate::span::LineIndex::new(&text).locate(&text, span.start).line);
                let reason = line.map_or_else(|| problem.message.clone(), |line| format!("line {line}: {}", problem.message));
                let span = problem.span;
                Content::Unreadable(Broken { reason, at: span.map(|span| (text.into(), span)) })
            }
            None => Content::Read(text.into(), Arc::new(reading)),
        },
    }
}
