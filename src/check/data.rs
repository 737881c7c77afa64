//! Data files, where a configuration asks for them: what their added lines hold. Without `data:` nothing is done.

use std::cell::OnceCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use globset::GlobSet;

use crate::config::rules::Rules;
use crate::data::{BUDGET, Changed, Excluded, File, Kind, Scanned, Unseen, findings, left_out, renamed, replaced, scan, unseen};
use crate::policy::compiled::compile_globs;
use crate::read::text::records;
use crate::report::model::{Finding, PathClass, Skipped};
use crate::revision::{Blob, BlobReader, Error, Pair, ReadError, Revision, Store};

/// The largest data file that is read.
const MOST_BYTES: u64 = 64 << 20;

/// What one run reads of both sides together; a sample of a large file still needs the whole of it.
const READ_BUDGET: usize = 512 << 20;

/// Lists of what is left out that are held against added rows.
const LISTS: usize = 50;

/// What came of it.
#[derive(Debug, Default)]
pub struct Looked {
    /// In the order of paths; severities are those of files that users get.
    pub findings: Vec<Finding>,
    /// What was not looked at.
    pub skipped: Vec<Skipped>,
    /// How many files were looked at that no reader of settings counts.
    pub files: usize,
}

/// What one configuration asks for.
struct Asked<'a> {
    files: GlobSet,
    kinds: Vec<Kind>,
    rules: &'a Rules,
}

/// Looks at the changed data files of both configurations. The base's decides; the head's adds.
///
/// # Errors
/// Objects are missing, or the disk cannot be read.
pub fn data(store: &Store, base: &Revision, head: &Revision, rules: &[&Rules]) -> Result<Looked, Error> {
    let asked = rules.iter().filter(|rules| !rules.config.data.files.0.is_empty()).map(|rules| Asked::new(rules));
    let asked = asked.collect::<Result<Vec<_>, _>>().map_err(Error::Usage)?;
    if asked.is_empty() {
        return Ok(Looked::default());
    }
    let wanted = |path: &str| asked.iter().any(|asked| asked.files.is_match(path));
    let changes = store.changes(base, head, &wanted, &|_| 0)?;
    let mut run = Run { store, base, head, reader: store.reader(), scan: BUDGET, read: READ_BUDGET, excluded: OnceCell::new() };
    let mut looked = Looked::default();
    for pair in &changes.pairs {
        let Some(blob) = &pair.head else { continue };
        let here: Vec<&Asked> = asked.iter().filter(|asked| asked.files.is_match(&blob.path)).collect();
        let classes = here.iter().map(|asked| asked.rules.bounds.class_of(&blob.path, None));
        let Some(class) = classes.min_by_key(|class: &PathClass| class.discount()) else { continue };
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| here.iter().any(|asked| asked.kinds.contains(kind))).collect();
        let file = File { path: &blob.path, class };
        looked.files += usize::from(!crate::read::reads(&blob.path));
        run.pair(pair, blob, file, &kinds, &mut looked);
    }
    super::declared::contradict(store, head, &mut looked.findings)?;
    Ok(looked)
}

impl<'a> Asked<'a> {
    fn new(rules: &'a Rules) -> Result<Self, String> {
        let of = &rules.config.data;
        let named: Vec<Kind> = of.kinds.0.iter().filter_map(|word| Kind::by_word(word)).collect();
        let kinds = if of.kinds.0.is_empty() { Kind::ALL.to_vec() } else { named };
        Ok(Self { files: compile_globs(&of.files.0)?, kinds, rules })
    }
}

struct Run<'a> {
    store: &'a Store,
    base: &'a Revision,
    head: &'a Revision,
    reader: BlobReader<'a>,
    /// Bytes that may still be looked at.
    scan: usize,
    /// Bytes that may still be read.
    read: usize,
    /// What the head's own lists leave out, once it was asked for.
    excluded: OnceCell<Option<Excluded>>,
}

impl Run<'_> {
    fn pair(&mut self, pair: &Pair, blob: &Blob, file: File, kinds: &[Kind], looked: &mut Looked) {
        if pair.base.as_ref().is_some_and(|base| base.id == blob.id) {
            return;
        }
        if !blob.mode.is_file() {
            return looked
                .skipped
                .push(Skipped { file: blob.path.clone(), reason: "a link or another repository holds no data itself".to_owned() });
        }
        let after = match self.bytes(false, blob) {
            Ok(bytes) => bytes,
            Err(why) => return looked.findings.push(unseen(file, &why)),
        };
        let before = match pair.base.as_ref().filter(|base| base.mode.is_file()).map(|base| self.bytes(true, base)).transpose() {
            Ok(bytes) => bytes,
            // all that stands there now is new to the history
            Err(Unseen::Pointer) => {
                looked.findings.push(replaced(file, "Git LFS"));
                None
            }
            Err(why) => return looked.findings.push(unseen(file, &why)),
        };
        let id = blob.id.to_string();
        let changed = Changed { path: &blob.path, base: before.as_deref(), head: &after, id: &id };
        let budget = &mut self.scan;
        let scanned = catch_unwind(AssertUnwindSafe(|| scan(kinds, &changed, budget)))
            .unwrap_or_else(|_| Scanned { unseen: Some(Unseen::Unreadable("its reader failed".to_owned())), ..Scanned::default() });
        if pair.base.is_none() && self.store.find(self.base, &format!("{}.dvc", blob.path)).ok().flatten().is_some() {
            looked.findings.push(replaced(file, "DVC"));
        }
        let mut skip = |reason: String| looked.skipped.push(Skipped { file: blob.path.clone(), reason });
        if scanned.unsampled > 0 {
            skip(format!("a sample was looked at; {} bytes were not", scanned.unsampled));
        }
        if let Some(note) = scanned.note {
            skip(note.to_owned());
        }
        looked.findings.extend(findings(file, &scanned));
        if let Some(was) = pair.base.as_ref().filter(|was| was.path != blob.path) {
            let stale = self.excluded().and_then(|lists| lists.names(&was.path).filter(|_| lists.names(&blob.path).is_none()));
            looked.findings.extend(stale.map(|list| renamed(file, &was.path, list)));
        }
        if scanned.unseen.is_none() && !records::claims(&blob.path) && std::str::from_utf8(&after).is_ok() {
            let excluded = self.excluded();
            looked.findings.extend(excluded.and_then(|excluded| left_out(file, &excluded.rows(&changed))));
        }
    }

    /// What the head's lists leave out; read when the first data file asks.
    fn excluded(&mut self) -> Option<&Excluded> {
        if self.excluded.get().is_none() {
            let listing = self.store.list(self.head, &records::claims).map(|listing| listing.blobs).unwrap_or_default();
            let mut lists = Vec::new();
            for blob in listing.into_iter().filter(|blob| blob.mode.is_file()).take(LISTS) {
                let text = self.bytes(false, &blob).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                lists.extend(text.map(|text| (blob.path, text)));
            }
            let _ = self.excluded.set(Excluded::new(&lists));
        }
        self.excluded.get().and_then(Option::as_ref)
    }

    fn bytes(&mut self, before: bool, blob: &Blob) -> Result<Vec<u8>, Unseen> {
        if self.read == 0 {
            return Err(Unseen::OverBudget);
        }
        let side = if before { self.base } else { self.head };
        let bytes = self.reader.read(side, blob, MOST_BYTES).map_err(|error| match error {
            ReadError::LfsPointer => Unseen::Pointer,
            other => Unseen::Unreadable(other.to_string()),
        })?;
        self.read = self.read.saturating_sub(bytes.len());
        Ok(bytes)
    }
}
