//! What every way of reading a repository can do. Two exist: libgit2 and the `git` command.

use super::blob::{Blob, Id, Mode};
use super::error::Error;

/// The most files that one revision may list.
pub(super) const MOST_FILES: usize = 2_000_000;

/// Folders inside folders, as for everything else that nests.
pub(super) const DEEPEST: usize = 128;

/// A commit and the tree it names; a tree that was named directly has no commit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub commit: Option<Id>,
    pub tree: Id,
}

/// One entry of the index.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub blob: Blob,
    /// Git was told not to write it to the disk (sparse checkouts).
    pub skipped: bool,
    /// It is in conflict; `blob` is our side of it.
    pub conflict: bool,
}

/// What a read gave.
#[derive(Debug)]
pub(super) enum Content {
    Bytes(Vec<u8>),
    TooLarge(u64),
    Absent,
}

/// A file that stands in the work tree and not in the index, or differs from it.
#[derive(Clone, Debug)]
pub(super) struct Touched {
    pub path: Vec<u8>,
    /// Deleted from the disk.
    pub gone: bool,
}

/// What differs between two trees, one entry a side.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub base: Vec<Blob>,
    pub head: Vec<Blob>,
    /// Folders that lay too deep to look into.
    pub too_deep: usize,
}

/// An opened repository, used by one thread at a time.
pub(super) trait Backend: Send {
    /// What a name stands for; `None` where git knows no such name or lacks the object.
    fn resolve(&self, rev: &str) -> Result<Option<Named>, Error>;
    /// The commits that a commit follows.
    fn parents(&self, commit: Id) -> Result<Vec<Id>, Error>;
    /// All best common ancestors; `None` where a commit on the way is missing.
    fn merge_bases(&self, one: Id, two: Id) -> Result<Option<Vec<Id>>, Error>;
    /// The paths that differ between two trees, renames not followed, a path perhaps once for each side; `None` where a tree is missing.
    fn compare(&self, base: Option<Id>, head: Option<Id>) -> Result<Option<Compared>, Error>;
    /// All files of a tree below a folder (all of them where it is empty), by their whole paths, and how many folders lay too deep;
    /// `None` where a tree is missing.
    fn list(&self, tree: Id, below: &str) -> Result<Option<(Vec<Blob>, usize)>, Error>;
    /// The entry at one path of a tree.
    fn find(&self, tree: Id, path: &str) -> Result<Option<Blob>, Error>;
    /// The bytes of a blob, its size checked first.
    fn read(&mut self, id: Id, cap: u64) -> Result<Content, Error>;
    /// The entries of the index.
    fn index(&self) -> Result<Vec<Entry>, Error>;
    /// The entry of one path in the index; our side of a conflict.
    fn tracked(&self, path: &str) -> Result<Option<Blob>, Error>;
    /// What differs between the index and the disk, untracked files included.
    fn touched(&self) -> Result<Vec<Touched>, Error>;
    /// Whether git would ignore an untracked file at this path.
    fn ignored(&self, path: &str) -> bool;
    /// The reference that a symbolic reference names.
    fn symbolic(&self, name: &str) -> Option<String>;
    /// Names and values of the configuration below `remote.`, `branch.` and `extensions.`, names as git lowers them.
    fn configuration(&self) -> Vec<(String, String)>;
}

/// An entry of a tree or a diff: `None` for what is no file, link or submodule.
pub(super) fn entry(path: &[u8], id: Id, bits: u32) -> Option<Blob> {
    Mode::of(bits).filter(|_| !id.is_zero()).map(|mode| Blob::new(path, id, mode, None))
}

/// Adds an index entry; of the stages of a conflict, ours stands for the path.
pub(super) fn push(entries: &mut Vec<Entry>, blob: Blob, stage: u16, skipped: bool) {
    let conflict = stage != 0;
    match entries.last_mut() {
        Some(last) if conflict && last.blob.bytes() == blob.bytes() => {
            if stage == 2 {
                last.blob = blob;
            }
        }
        _ => entries.push(Entry { blob, skipped, conflict }),
    }
}
