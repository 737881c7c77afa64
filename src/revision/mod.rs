//! Revisions in, changed pairs and bytes out: commits, the index, the work tree and plain folders, without any checkout.
//!
//! Commits are read straight from the object database. Nothing of a repository is executed: no hooks, filters or fetches.

mod backend;
pub mod base;
mod blob;
mod command;
mod disk;
mod error;
#[cfg(test)]
pub(crate) mod fixture;
mod library;
mod missing;
mod options;
mod pairs;
mod place;
mod reader;
pub mod search;
mod sides;
#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use backend::{Backend, Compared};
pub use blob::{Blob, Id, Mode, Pair};
pub use error::{Error, Fetch, ReadError};
use place::Place;
pub use reader::BlobReader;

/// The ids of the tree with nothing in it, which git knows even where nobody stored it.
const EMPTY_TREES: [&str; 2] =
    ["4b825dc642cb6eb9a060e54bf8d69288fbee4904", "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"];

/// One state of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revision {
    /// Nothing at all: before the first commit.
    Empty,
    /// A commit, or a tree that was named directly.
    Commit {
        /// None for a tree.
        commit: Option<Id>,
        /// What it holds.
        tree: Id,
    },
    /// What the next commit would hold.
    Index,
    /// The files on the disk: tracked ones and untracked ones that git does not ignore.
    WorkTree,
    /// A folder outside of any repository.
    Folder(PathBuf),
}

impl Revision {
    /// The commit's id, where it is a commit.
    #[must_use]
    pub fn commit(&self) -> Option<Id> {
        match self {
            Self::Commit { commit, .. } => *commit,
            _ => None,
        }
    }

    /// Whether it lies in the object database as a whole.
    fn is_stored(&self) -> bool {
        matches!(self, Self::Empty | Self::Commit { .. })
    }

    fn tree(&self) -> Option<Id> {
        match self {
            Self::Commit { tree, .. } => Some(*tree),
            _ => None,
        }
    }
}

/// What changed between two revisions.
#[derive(Debug, Default)]
pub struct Changes {
    /// Changed files that somebody wants to read on at least one side, by head path, else base path.
    pub pairs: Vec<Pair>,
    /// How many paths changed in all.
    pub listed: usize,
    /// What was not looked at, or looked at differently than usual.
    pub notes: Vec<String>,
}

/// The files of one revision.
#[derive(Debug, Default)]
pub struct Listing {
    /// By path.
    pub blobs: Vec<Blob>,
    /// What was not looked at.
    pub notes: Vec<String>,
}

/// A repository, or none where only folders are compared. Shared by all threads; each reads through its own [`BlobReader`].
pub struct Store {
    place: Option<Place>,
    idle: Mutex<Vec<Box<dyn Backend>>>,
    /// What files of the work tree are to hold, as far as readers go.
    pretended: Mutex<BTreeMap<String, Vec<u8>>>,
    /// Two trees that were compared before anybody asked, and what differs.
    ahead: Mutex<Option<([Option<Id>; 2], Compared)>>,
    /// Contents that somebody asked for and this clone does not hold, with their paths.
    lacked: Mutex<BTreeSet<(String, Id)>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Store {
    /// The repository that `dir` lies in. In its own folder, what git exports to hooks counts (`GIT_DIR` and companions).
    ///
    /// # Errors
    /// There is no repository, or it is of a kind that cannot be read.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).ok();
        let inside = here.is_some() && here == dir.canonicalize().ok();
        Self::open_with(dir, &|name| if inside { std::env::var(name).ok() } else { None })
    }

    /// As [`Store::open`], with the environment given.
    ///
    /// # Errors
    /// There is no repository, or it is of a kind that cannot be read.
    pub fn open_with(dir: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, Error> {
        Ok(Self { place: Some(Place::find(dir, env)?), ..Self::nowhere() })
    }

    /// No repository: only folders can be read.
    #[must_use]
    pub fn none() -> Self {
        options::set();
        Self::nowhere()
    }

    fn nowhere() -> Self {
        Self { place: None, idle: Mutex::default(), pretended: Mutex::default(), ahead: Mutex::default(), lacked: Mutex::default() }
    }

    /// The folder of the files on the disk; none in a bare repository.
    #[must_use]
    pub fn work_tree(&self) -> Option<&Path> {
        self.place.as_ref()?.work.as_deref()
    }

    /// The git folder, where there is a repository.
    #[must_use]
    pub fn git_dir(&self) -> Option<&Path> {
        Some(self.place.as_ref()?.git_dir.as_path())
    }

    fn place(&self) -> Result<&Place, Error> {
        self.place.as_ref().ok_or_else(|| Error::NoRepository(".".to_string()))
    }

    /// Which hash names contents here; folders outside of a repository take SHA-1.
    fn sha256(&self) -> bool {
        self.place.as_ref().is_some_and(|place| place.sha256)
    }

    fn lease(&self) -> Result<Box<dyn Backend>, Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| self.place()?.open(), Ok)
    }

    fn give_back(&self, backend: Box<dyn Backend>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(backend);
    }

    fn with<T>(&self, question: impl FnOnce(&mut dyn Backend) -> Result<T, Error>) -> Result<T, Error> {
        let mut backend = self.lease()?;
        let answer = question(&mut *backend);
        self.give_back(backend);
        answer
    }

    /// As [`Store::with`], for questions about the index: what libgit2 cannot read of it (sparse, split), git can.
    fn with_index<T>(&self, question: impl Fn(&mut dyn Backend) -> Result<T, Error>) -> Result<T, Error> {
        match self.with(|git| question(git)) {
            Err(error) if !self.place()?.by_command => question(&mut command::Command::new(self.place()?)).map_err(|_| error),
            answer => answer,
        }
    }

    /// Runs a fetch that an error named. The only thing here that reaches the network, and only when it is called.
    ///
    /// # Errors
    /// Git is not there or cannot fetch.
    pub fn fetch(&self, fetch: &Fetch) -> Result<(), Error> {
        command::fetch(self.place()?, fetch)?;
        // Opened repositories remember what they did not find.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }

    /// From here on, files of the work tree read as if they held these bytes: to judge an edit before it is written.
    pub fn pretend(&self, files: BTreeMap<String, Vec<u8>>) {
        *self.pretended.lock().unwrap_or_else(PoisonError::into_inner) = files;
    }

    fn pretended(&self, path: &str) -> Option<Vec<u8>> {
        self.pretended.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    /// A reader for one thread. Making one is cheap after the first: opened repositories are kept.
    #[must_use]
    pub fn reader(&self) -> BlobReader<'_> {
        BlobReader::new(self)
    }

    /// The revision that a name stands for; `dir:PATH` is a folder.
    ///
    /// # Errors
    /// Exit 2 where a complete clone knows no such name, exit 3 where a shallow, partial or single-branch clone may only lack it.
    pub fn resolve(&self, rev: &str) -> Result<Revision, Error> {
        if let Some(path) = rev.strip_prefix("dir:") {
            let path = PathBuf::from(path);
            let path = path.canonicalize().map_err(|error| Error::Usage(format!("no folder at {}: {error}", path.display())))?;
            return if path.is_dir() { Ok(Revision::Folder(path)) } else { Err(Error::Usage(format!("{} is no folder", path.display()))) };
        }
        if EMPTY_TREES.contains(&rev) {
            return Ok(Revision::Empty);
        }
        if rev.is_empty() || rev.starts_with('-') || rev.contains('\0') {
            return Err(Error::Usage(format!("`{rev}` is no revision")));
        }
        match self.with(|git| git.resolve(rev))? {
            Some(named) => Ok(Revision::Commit { commit: named.commit, tree: named.tree }),
            None => Err(self.unresolved(rev)),
        }
    }

    /// The commit that `HEAD` stands for; nothing at all before the first one.
    ///
    /// # Errors
    /// As [`Store::resolve`].
    pub fn head(&self) -> Result<Revision, Error> {
        let head = self.resolve("HEAD");
        // A branch that does not exist yet, unlike a detached HEAD whose commit is missing.
        let unborn =
            || self.symbolic("HEAD").is_some_and(|branch| self.with(|git| git.resolve(&branch)).is_ok_and(|named| named.is_none()));
        if head.is_err() && unborn() { Ok(Revision::Empty) } else { head }
    }

    /// The commit that a name stands for.
    ///
    /// # Errors
    /// As [`Store::resolve`], and where the name stands for something that is no commit.
    pub fn commit(&self, rev: &str) -> Result<Id, Error> {
        self.resolve(rev)?.commit().ok_or_else(|| Error::Usage(format!("`{rev}` is no commit")))
    }

    /// Whether this clone holds the commit.
    #[must_use]
    pub fn has(&self, commit: Id) -> bool {
        self.with(|git| git.resolve(&commit.to_string())).is_ok_and(|named| named.is_some_and(|named| named.commit.is_some()))
    }

    /// The commits that a commit follows, as they stand in this clone.
    ///
    /// # Errors
    /// The commit is missing.
    pub fn parents(&self, commit: Id) -> Result<Vec<Id>, Error> {
        self.with(|git| git.parents(commit))
    }

    /// The reference that a symbolic reference names: a branch for `HEAD`; none where it is detached.
    #[must_use]
    pub fn symbolic(&self, name: &str) -> Option<String> {
        self.with(|git| Ok(git.symbolic(name))).ok().flatten()
    }

    /// All best common ancestors of two commits: several after criss-cross merges, never none.
    ///
    /// # Errors
    /// There is none, or a shallow clone ends before it.
    pub fn merge_bases(&self, base: Id, head: Id) -> Result<Vec<Id>, Error> {
        let bases = self.with(|git| git.merge_bases(base, head));
        match bases {
            Ok(Some(mut bases)) if !bases.is_empty() => {
                bases.sort();
                Ok(bases)
            }
            Ok(_) => Err(self.no_merge_base(base, head)),
            Err(_) if self.is_shallow() => Err(self.no_merge_base(base, head)),
            Err(error) => Err(error),
        }
    }

    /// Compares two stored trees, so that the next [`Store::changes`] of them need not. What goes wrong goes wrong again there.
    pub fn compare_ahead(&self, base: &Revision, head: &Revision) {
        if base.is_stored()
            && head.is_stored()
            && let Ok(Some(compared)) = self.with(|git| git.compare(base.tree(), head.tree()))
        {
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(([base.tree(), head.tree()], compared));
        }
    }

    fn compared_ahead(&self, base: &Revision, head: &Revision) -> Option<Compared> {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        ahead.take_if(|(trees, _)| *trees == [base.tree(), head.tree()]).map(|(_, compared)| compared)
    }

    /// What changed between two revisions. `wanted` says whether anybody could read a path; `group` gives paths that the same
    /// reader reads the same number, for renames.
    ///
    /// # Errors
    /// Objects are missing, or the disk cannot be read.
    pub fn changes(
        &self,
        base: &Revision,
        head: &Revision,
        wanted: &dyn Fn(&str) -> bool,
        group: &dyn Fn(&str) -> u32,
    ) -> Result<Changes, Error> {
        let mut notes = Vec::new();
        let compared = if base.is_stored() && head.is_stored() {
            let compared = match self.compared_ahead(base, head) {
                None => self.with(|git| git.compare(base.tree(), head.tree()))?,
                known => known,
            };
            compared.ok_or_else(|| self.lacking("folders of the two commits"))?
        } else {
            let (old, new) = (self.everything(base, "", wanted)?, self.everything(head, "", wanted)?);
            notes.extend(old.notes.into_iter().chain(new.notes));
            Compared { base: old.blobs, head: new.blobs, too_deep: 0 }
        };
        if compared.too_deep > 0 {
            notes.push(sides::deep(compared.too_deep));
        }
        let split = pairs::split(compared);
        notes.extend(pairs::not_entered(&split));
        let listed = split.both.len() + split.added.len() + split.deleted.len();
        let read = |before: bool, blob: &Blob| self.reader().try_read(if before { base } else { head }, blob, pairs::MOST_BYTES).ok();
        let mut pairs = pairs::pair(split, wanted, group, &read, &mut notes);
        pairs.sort_by(|one, two| one.order().cmp(two.order()));
        for blob in pairs.iter().flat_map(|pair| [&pair.base, &pair.head]).flatten().filter(|blob| blob.raw.is_some()) {
            notes.push(format!("the path {} is no UTF-8; it is shown with replacement characters", blob.path));
        }
        notes.dedup();
        Ok(Changes { pairs, listed, notes })
    }
}
