//! The files of one revision: all of them, or the one at a path.

use std::collections::BTreeMap;
use std::path::Path;

use super::backend::{DEEPEST, Entry};
use super::blob::{Blob, Mode};
use super::error::Error;
use super::{Listing, Revision, Store, disk};

impl Store {
    /// All files of a revision that `wanted` takes, by path.
    ///
    /// # Errors
    /// Objects are missing, or the disk cannot be read.
    pub fn list(&self, revision: &Revision, wanted: &dyn Fn(&str) -> bool) -> Result<Listing, Error> {
        self.list_below(revision, "", wanted)
    }

    /// The files of a revision below a folder that `wanted` takes, by path; below the empty one are all.
    ///
    /// # Errors
    /// Objects are missing, or the disk cannot be read.
    pub fn list_below(&self, revision: &Revision, folder: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Listing, Error> {
        let inside = |path: &str| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let wanted = |path: &str| inside(path) && wanted(path);
        let mut listing = self.everything(revision, folder, &wanted)?;
        listing.blobs.retain(|blob| wanted(&blob.path));
        listing.blobs.sort_by(|one, two| one.bytes().cmp(two.bytes()));
        Ok(listing)
    }

    pub(super) fn everything(&self, revision: &Revision, folder: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Listing, Error> {
        match revision {
            Revision::Empty => Ok(Listing::default()),
            Revision::Commit { tree, .. } => {
                let (blobs, too_deep) = self.with(|git| git.list(*tree, folder))?.ok_or_else(|| self.lacking("folders of the commit"))?;
                Ok(Listing { blobs, notes: (too_deep > 0).then(|| deep(too_deep)).into_iter().collect() })
            }
            Revision::Index => self.index(),
            Revision::WorkTree => self.files(),
            Revision::Folder(root) => disk::list(root, wanted, self.sha256()),
        }
    }

    fn index(&self) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        for entry in self.with_index(|git| git.index())? {
            if entry.conflict {
                listing.notes.push(format!("{} is in conflict: our side of it was read", entry.blob.path));
            }
            listing.blobs.push(entry.blob);
        }
        Ok(listing)
    }

    pub(super) fn root(&self) -> Result<&Path, Error> {
        self.place()?
            .work
            .as_deref()
            .ok_or_else(|| Error::Usage("a bare repository has no work tree: name a commit with --head".to_string()))
    }

    /// The folder in which the work tree's files lie.
    ///
    /// # Errors
    /// The repository is bare.
    pub fn root_folder(&self) -> Result<&Path, Error> {
        self.root()
    }

    /// The work tree: the index with what differs on the disk in its place.
    fn files(&self) -> Result<Listing, Error> {
        let root = self.root()?;
        let sha256 = self.sha256();
        let (entries, touched) = self.with_index(|git| Ok((git.index()?, git.touched()?)))?;
        let mut notes = Vec::new();
        let mut files: BTreeMap<Vec<u8>, Entry> = entries.into_iter().map(|entry| (entry.blob.bytes().to_vec(), entry)).collect();
        for file in touched {
            let tracked = files.get(&file.path);
            if tracked.is_some_and(|entry| entry.skipped || entry.blob.mode == Mode::Submodule) {
                continue;
            }
            if file.gone {
                files.remove(&file.path);
            } else if file.path.ends_with(b"/") {
                notes.push(format!("{} is another repository: not entered", String::from_utf8_lossy(&file.path)));
            } else {
                let blob = disk::blob(root, &file.path, sha256);
                match blob.unwrap_or_else(|error| Some(disk::unreadable(&file.path, &error, &mut notes))) {
                    Some(blob) => drop(files.insert(file.path, Entry { blob, skipped: false, conflict: false })),
                    None => drop(files.remove(&file.path)),
                }
            }
        }
        Ok(Listing { blobs: files.into_values().map(|entry| entry.blob).collect(), notes })
    }

    /// The entry at one path, with `/`, relative to the root. Links are not followed and folders are no entries.
    ///
    /// # Errors
    /// Objects are missing, or the disk cannot be read.
    pub fn find(&self, revision: &Revision, path: &str) -> Result<Option<Blob>, Error> {
        if !clean(path) {
            return Ok(None);
        }
        match revision {
            Revision::Empty => Ok(None),
            Revision::Commit { tree, .. } => self.with(|git| git.find(*tree, path)),
            Revision::Index => self.with_index(|git| git.tracked(path)),
            Revision::WorkTree => {
                let (root, sha256) = (self.root()?, self.sha256());
                let (tracked, ignored) = self.with_index(|git| {
                    let tracked = git.tracked(path)?;
                    let ignored = tracked.is_none() && git.ignored(path);
                    Ok((tracked, ignored))
                })?;
                if ignored {
                    return Ok(None);
                }
                let submodule = tracked.filter(|blob| blob.mode == Mode::Submodule);
                submodule.map_or_else(|| disk::find(root, path, sha256), |blob| Ok(Some(blob)))
            }
            Revision::Folder(root) => disk::find(root, path, self.sha256()),
        }
    }
}

impl Store {
    /// What stands at a path: its own entry, else the link or the submodule in the place of a folder above it.
    ///
    /// # Errors
    /// Objects are missing, or the disk cannot be read.
    pub fn standing(&self, revision: &Revision, path: &str) -> Result<Option<Blob>, Error> {
        for place in std::iter::successors(Some(path), |place| Some(place.rsplit_once('/')?.0)) {
            let found = self.find(revision, place)?;
            if found.as_ref().is_some_and(|blob| place == path || !blob.mode.is_file()) {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// Whether a path stays inside the tree and out of git's own folder.
fn clean(path: &str) -> bool {
    !path.is_empty()
        && !path.contains('\0')
        && path.split('/').all(|step| !step.is_empty() && step != "." && step != ".." && !step.eq_ignore_ascii_case(".git"))
}

pub(super) fn deep(count: usize) -> String {
    format!("{count} folders lie deeper than {DEEPEST} levels and were not looked at")
}
