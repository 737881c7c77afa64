//! From changed paths to readings: both sides in parallel, each file by the reader that its name asks for, a panic in one file
//! kept to that file.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use crate::classes::class_of;
use crate::config::bounds::Bounds;
use crate::judge::input::{Broken, Content, FileIn, PairIn};
use crate::judge::matching::{Matches, NameCache, match_file};
use crate::judge::refusals;
use crate::policy::catalogue::Catalogue;
use crate::policy::interest::{Interest, Known};
use crate::read;
use crate::read::lens::gate;
use crate::reading::Reading;
use crate::report::model::Skipped;
use crate::revision::{Blob, BlobReader, Pair, ReadError, Revision, Store};

use super::anew;
use super::callers;
use super::linked::{Charts, compared};
use super::room;
use super::same::says_the_same;
use super::thin::thinned;
use super::touched::concerns;

/// The largest file that any reader takes, in bytes.
pub const MOST_BYTES: u64 = 8 << 20;

/// Files that name lists without using them.
const NAMES_NO_LISTS: &[&str] =
    &["records", "markdown", "gitignore", "dockerignore", "codeowners", "robots", "html", "weights", "checksums"];

/// Changed files of which it is looked up what they lead to: those that are run by themselves, and as many others.
const FOLLOWED: usize = 200;

const NO_READER: &str = "no reader knows this kind of file";

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
    /// Path classes and limits.
    pub bounds: &'a Bounds,
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
    /// Files that users get, or could copy, lay beyond what one run reads: what they hold is not known.
    pub beyond: bool,
    /// What changed in the values of charts.
    pub charts: Charts,
}

/// Reads changed pairs. Beyond the limits files are unreadable, never silently left out. What holds nothing that any policy
/// knows, on neither side, is let go at once: in a large change that is most of the memory.
#[must_use]
pub fn pairs(sides: &Sides, changed: &[Pair]) -> Loaded {
    let mut skipped = Vec::new();
    let changed = &*anew::apart(sides.bounds, changed);
    let limits = sides.bounds.limits;
    if changed.len() > limits.files {
        skipped.push(Skipped {
            file: String::new(),
            reason: format!("{} changed files are more than {}; the rest counts as unreadable", changed.len(), limits.files),
        });
    }
    let mut budget = [limits.side_bytes; 2];
    let within: Vec<bool> = changed.iter().enumerate().map(|(index, pair)| index < limits.files && take(&mut budget, pair)).collect();
    let followed = followed(changed);
    let counts = |pair: &Pair| sides.bounds.class_of(pair.path(), None).discount() < 2;
    let beyond = changed.iter().zip(&within).any(|(pair, within)| !within && counts(pair));
    let names = Names::new(sides.catalogue);
    let charts = Mutex::default();
    room::prepare();
    let read = changed
        .par_iter()
        .zip(within.into_par_iter().zip(followed))
        .map_init(|| Worker::new(sides, &names, &charts), |worker, (pair, bounds)| worker.pair(sides, pair, bounds))
        .collect::<Vec<Option<PairIn>>>();
    let charts = charts.into_inner().unwrap_or_else(PoisonError::into_inner);
    Loaded { files: read.len(), pairs: anew::pair(read.into_iter().flatten().collect()), skipped, beyond, charts }
}

/// What is known of names and words, once a thread: both sides and most files have the same ones.
pub(super) struct Names<'a> {
    threads: Vec<Mutex<NameCache<'a>>>,
    /// For each language, what was said of its words.
    words: Vec<Mutex<HashMap<&'static str, Known<'a>>>>,
    /// What may concern a policy in each language, made when its first file comes.
    interests: Mutex<HashMap<&'static str, Arc<Interest<'a>>>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(catalogue: &'a Catalogue) -> Self {
        // one more for whoever is no thread of the pool
        let each = 0..=rayon::current_num_threads();
        let threads = each.clone().map(|_| Mutex::new(NameCache::new(catalogue))).collect();
        Self { threads, words: each.map(|_| Mutex::default()).collect(), interests: Mutex::default() }
    }

    /// What is this thread's own of several.
    fn own<T>(all: &[Mutex<T>]) -> Option<MutexGuard<'_, T>> {
        let own = rayon::current_thread_index().map_or(0, |index| index + 1);
        all.get(own).or(all.first()).map(|one| one.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn interest(&self, catalogue: &'a Catalogue, language: &'static str) -> Known<'a> {
        let mut interests = self.interests.lock().unwrap_or_else(PoisonError::into_inner);
        let interest = interests.entry(language).or_insert_with(|| Arc::new(Interest::new(catalogue, language, read::CODE_ENDS)));
        Known::new(Arc::clone(interest))
    }

    pub(super) fn match_file(&self, path: &str, content: &Content) -> Matches {
        Self::own(&self.threads).map_or_else(Matches::default, |mut names| facts(&mut names, path, content))
    }
}

/// One side of a changed file, with its text.
type Side<'a> = (&'a Blob, &'a Result<String, Broken>);

/// What reads some files after each other.
struct Worker<'a, 'n> {
    bytes: BlobReader<'a>,
    names: &'n Names<'a>,
    charts: &'n Mutex<Charts>,
}

impl<'a, 'n> Worker<'a, 'n> {
    fn new(sides: &Sides<'a>, names: &'n Names<'a>, charts: &'n Mutex<Charts>) -> Self {
        Self { bytes: sides.store.reader(), names, charts }
    }

    /// Both sides of one changed file; nothing where no policy could say anything about the change.
    fn pair(&mut self, sides: &Sides<'a>, pair: &Pair, (within, followed): (bool, bool)) -> Option<PairIn> {
        room::ahead();
        let reader = reader_of(pair);
        let path = pair.head.as_ref().or(pair.base.as_ref()).map_or("", |blob| blob.path.as_str());
        let bytes = &mut self.bytes;
        let base = pair.base.as_ref().map(|blob| text(bytes, sides.bounds, sides.base, blob, reader, within));
        let head = pair.head.as_ref().map(|blob| text(bytes, sides.bounds, sides.head, blob, reader, within));
        // what a file leads to stands in other files, so its own words tell nothing
        let sought = [(sides.base, &pair.base, &base), (sides.head, &pair.head, &head)];
        let led = sought.into_iter().filter(|_| followed).any(|(revision, blob, text)| {
            let read = blob.as_ref().zip(text.as_ref().and_then(|text| text.as_ref().ok()));
            read.is_some_and(|(blob, text)| callers::leads(sides.store, revision, &blob.path, text))
        });
        if let Some(language) = reader.filter(|reader| reader.is_code() && !led)
            && !self.concerns(sides.catalogue, language.name, path, base.as_ref(), head.as_ref())
        {
            return None;
        }
        if let (Some((was, Ok(before))), Some((is, Ok(after)))) =
            (pair.base.as_ref().zip(base.as_ref()), pair.head.as_ref().zip(head.as_ref()))
            && let Some(chart) = compared((was, before), (is, after))
        {
            self.charts.lock().unwrap_or_else(PoisonError::into_inner).keep(chart);
        }
        if let (Some(reader), Some(before), Some(after)) =
            (reader, pair.base.as_ref().zip(base.as_ref()), pair.head.as_ref().zip(head.as_ref()))
            && !led
            && self.says_the_same(sides, reader, before, after)
        {
            return None;
        }
        // both sides at once: one large file must not keep all but one thread idle
        let (base, head) = rayon::join(
            || pair.base.as_ref().zip(base).map(|(blob, text)| led_file(self.names, sides, (sides.base, led), blob, reader, text)),
            || pair.head.as_ref().zip(head).map(|(blob, text)| led_file(self.names, sides, (sides.head, led), blob, reader, text)),
        );
        let read = PairIn { base, head, context: false };
        Some(read).filter(|read| !says_nothing(read))
    }

    /// Whether what changed says nothing else than before, known from the parts that differ.
    fn says_the_same(&self, sides: &Sides, reader: &'static read::Reader, before: Side, after: Side) -> bool {
        let ((old, Ok(was)), (new, Ok(is))) = (before, after) else { return false };
        let Some([was, is]) = thinned(reader, &new.path, was, is).filter(|_| old.path == new.path) else { return false };
        let thin = |blob: &Blob, text: String| file(self.names, sides.bounds, blob, Some(reader), Ok(text));
        let (was, is) = rayon::join(|| thin(old, was), || thin(new, is));
        says_the_same(&was, &is)
    }

    /// Whether the change of a file of code is worth parsing it. What cannot be read as text is.
    fn concerns(
        &self,
        catalogue: &'a Catalogue,
        language: &'static str,
        path: &str,
        base: Option<&Result<String, Broken>>,
        head: Option<&Result<String, Broken>>,
    ) -> bool {
        // a side that is not there is empty
        let (Ok(base), Ok(head)) = (base.map_or(Ok(""), Result::as_deref), head.map_or(Ok(""), Result::as_deref)) else { return true };
        if read::text::records::mentions(base) || read::text::records::mentions(head) {
            return true;
        }
        // what a script does with the gate's exit code stands on other lines than its call
        if (language == "shell" || gate::may_lead(path)) && (base.contains("privgate") || head.contains("privgate")) {
            return true;
        }
        // no thread may wait inside: nothing in there hands work to others
        let Some(mut known) = Names::own(&self.names.words) else { return true };
        concerns(known.entry(language).or_insert_with(|| self.names.interest(catalogue, language)), path, base, head)
    }
}

/// Whether both sides could be read and hold nothing that a policy knows or asks about.
fn says_nothing(pair: &PairIn) -> bool {
    let silent = |file: &FileIn| {
        let reading = file.reading();
        let tells =
            |reading: &Reading| !reading.pins.is_empty() || reading.links.iter().any(super::linked::gives) || refusals::asks(reading);
        reading.is_some_and(|reading| !tells(reading))
            && file.facts.all.is_empty()
            && file.facts.asked.is_empty()
            && file.facts.seeming.is_empty()
    };
    pair.base.iter().chain(&pair.head).all(silent)
}

/// Reads files that did not change: both sides are the same.
#[must_use]
pub fn context(sides: &Sides, unchanged: &[Pair]) -> Vec<PairIn> {
    let names = Names::new(sides.catalogue);
    unchanged
        .par_iter()
        .map_init(
            || sides.store.reader(),
            |bytes, pair| {
                let reader = reader_of(pair);
                let mut read = |revision: &Revision, blob: &Blob| {
                    file(&names, sides.bounds, blob, reader, text(bytes, sides.bounds, revision, blob, reader, true))
                };
                let head = pair.head.as_ref().map(|blob| read(sides.head, blob));
                let same = pair.base.as_ref().map(|blob| &blob.id) == pair.head.as_ref().map(|blob| &blob.id);
                let base = if same { head.clone() } else { pair.base.as_ref().map(|blob| read(sides.base, blob)) };
                PairIn { base, head, context: true }
            },
        )
        .collect()
}

/// Which changed files are followed to what they lead to: so many that no number of them makes a run last.
fn followed(changed: &[Pair]) -> Vec<bool> {
    let (mut starting, mut others) = (FOLLOWED, FOLLOWED);
    let one = |pair: &Pair| {
        let paths = || pair.base.iter().chain(&pair.head).map(|blob| blob.path.as_str());
        if !paths().any(gate::may_lead) {
            return false;
        }
        let left = if paths().any(gate::starts) { &mut starting } else { &mut others };
        let follows = *left > 0;
        *left = left.saturating_sub(1);
        follows
    };
    changed.iter().map(one).collect()
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
pub(super) fn reader_of(pair: &Pair) -> Option<&'static read::Reader> {
    let by = |blob: &Option<Blob>| blob.as_ref().and_then(|blob| read::by_path(&blob.path));
    by(&pair.head).or_else(|| by(&pair.base))
}

/// One side of a file, with what it leads to where it may lead to something.
fn led_file(
    names: &Names,
    sides: &Sides,
    (revision, led): (&Revision, bool),
    blob: &Blob,
    reader: Option<&'static read::Reader>,
    text: Result<String, Broken>,
) -> FileIn {
    let mut file = file(names, sides.bounds, blob, reader, text);
    if led && callers::follow(sides.store, revision, &mut file) {
        file.facts = names.match_file(&file.path, &file.content);
    }
    file
}

pub(super) fn file(
    names: &Names,
    bounds: &Bounds,
    blob: &Blob,
    reader: Option<&'static read::Reader>,
    text: Result<String, Broken>,
) -> FileIn {
    let content = match (reader, text) {
        (Some(reader), Ok(text)) => understood(reader, &blob.path, text),
        (_, Err(broken)) => Content::Unreadable(broken),
        (None, Ok(_)) => Content::Unreadable(Broken::new(NO_READER)),
    };
    let text = match &content {
        Content::Read(text, _) => Some(&**text),
        Content::Unreadable(_) => None,
    };
    FileIn {
        class: bounds.class_of(&blob.path, text),
        path: blob.path.clone(),
        blob: blob.id.to_string(),
        facts: names.match_file(&blob.path, &content),
        content,
    }
}

fn facts(names: &mut NameCache, path: &str, content: &Content) -> Matches {
    match content {
        Content::Read(_, reading) => match_file(names, path, reading),
        Content::Unreadable(_) => Matches::default(),
    }
}

/// The text of a file, if it may and can be read.
pub(super) fn text(
    bytes: &mut BlobReader,
    bounds: &Bounds,
    side: &Revision,
    blob: &Blob,
    reader: Option<&read::Reader>,
    within: bool,
) -> Result<String, Broken> {
    let reader = reader.ok_or_else(|| Broken::new(NO_READER))?;
    if !within {
        return Err(Broken::new("more changed files or bytes than one run reads"));
    }
    if reader.name == read::weights::NAME {
        return match bytes.read_or_pointer(side, blob, read::weights::MOST_BYTES) {
            Ok(raw) => Ok(read::weights::describe(&blob.path, Some(&raw))),
            Err(ReadError::TooLarge { .. }) => Ok(read::weights::describe(&blob.path, None)),
            Err(error) => Err(Broken::new(error.to_string())),
        };
    }
    let raw = bytes
        .read(side, blob, read::limits::most_bytes(reader).min(bounds.limits.file_bytes))
        .map_err(|error| Broken::new(error.to_string()))?;
    read::limits::decode(raw).map_err(Broken::new)
}

/// A file of a revision that is given as text: an example's.
#[must_use]
pub fn read_text(catalogue: &Catalogue, path: &str, text: &str) -> FileIn {
    let content = match read::by_path(path) {
        None => Content::Unreadable(Broken::new(NO_READER)),
        Some(reader) => understood(reader, path, text.to_owned()),
    };
    let facts = facts(&mut NameCache::new(catalogue), path, &content);
    FileIn { path: path.to_owned(), class: class_of(path, Some(text)), blob: format!("{} bytes", text.len()), content, facts }
}

pub(super) fn understood(reader: &'static read::Reader, path: &str, text: String) -> Content {
    // a reader's bug in one file must not become everybody's silence
    let reading = catch_unwind(AssertUnwindSafe(|| {
        let mut reading = (reader.read)(path, &text);
        if !NAMES_NO_LISTS.contains(&reader.name) {
            read::text::records::add_references(&text, &mut reading);
        }
        reading
    }));
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
