//! The bytes of files, for one thread at a time.

use super::backend::{Backend, Content};
use super::blob::{Blob, Mode};
use super::error::{Error, ReadError};
use super::{Revision, Store, disk};

/// What Git LFS (and its first name) leaves in the place of a file.
const POINTERS: [&[u8]; 2] = [b"version https://git-lfs.github.com/spec/v1", b"version https://hawser.github.com/spec/v1"];

/// The longest LFS pointer, in bytes.
const LONGEST_POINTER: usize = 1024;

/// Reads files of any revision. Not shared between threads; each takes its own from [`Store::reader`].
pub struct BlobReader<'a> {
    store: &'a Store,
    backend: Option<Box<dyn Backend>>,
}

impl std::fmt::Debug for BlobReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobReader").field("store", self.store).finish_non_exhaustive()
    }
}

impl Drop for BlobReader<'_> {
    fn drop(&mut self) {
        if let Some(backend) = self.backend.take() {
            self.store.give_back(backend);
        }
    }
}

impl<'a> BlobReader<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store, backend: None }
    }

    /// The bytes of a file, at most `cap` of them. `side` is the revision that the blob was listed in. What is missing from this clone
    /// is remembered: whoever asked cannot decide without it ([`Store::whole`]).
    ///
    /// # Errors
    /// It is too large, a link, a submodule, an LFS pointer, missing from this clone or unreadable.
    pub fn read(&mut self, side: &Revision, blob: &Blob, cap: u64) -> Result<Vec<u8>, ReadError> {
        self.read_or_pointer(side, blob, cap).and_then(|bytes| if is_pointer(&bytes) { Err(ReadError::LfsPointer) } else { Ok(bytes) })
    }

    /// The same, where an LFS pointer is as good as the file.
    ///
    /// # Errors
    /// It is too large, a link, a submodule, missing from this clone or unreadable.
    pub fn read_or_pointer(&mut self, side: &Revision, blob: &Blob, cap: u64) -> Result<Vec<u8>, ReadError> {
        let bytes = self.try_read(side, blob, cap);
        if let Err(ReadError::Missing { id, .. }) = bytes {
            self.store.lack(&blob.path, id);
        }
        bytes
    }

    /// The same for a look at a file that nobody may need: what is missing is not remembered.
    ///
    /// # Errors
    /// It is too large, a link, a submodule, missing from this clone or unreadable.
    pub(super) fn try_read(&mut self, side: &Revision, blob: &Blob, cap: u64) -> Result<Vec<u8>, ReadError> {
        match blob.mode {
            Mode::Symlink => return Err(ReadError::Symlink),
            Mode::Submodule => return Err(ReadError::Submodule),
            Mode::File | Mode::Executable => {}
        }
        if *side == Revision::WorkTree
            && let Some(bytes) = self.store.pretended(&blob.path)
        {
            return Ok(bytes);
        }
        let content = match side {
            Revision::Folder(root) => disk::read(root, blob, cap).map_err(|error| Error::from_read(&error)),
            // What is tracked but not on the disk (sparse checkouts) lies in the object database.
            Revision::WorkTree => {
                match self.store.root().and_then(|root| disk::read(root, blob, cap).map_err(|error| Error::from_read(&error))) {
                    Ok(Content::Absent) => self.object(blob, cap),
                    other => other,
                }
            }
            _ => self.object(blob, cap),
        };
        match content {
            Ok(Content::Bytes(bytes)) => Ok(bytes),
            Ok(Content::TooLarge(bytes)) => Err(ReadError::TooLarge { size: bytes, cap }),
            Ok(Content::Absent) if matches!(side, Revision::Folder(_)) => Err(ReadError::Other("it is no longer there".to_string())),
            Ok(Content::Absent) => Err(ReadError::Missing { id: blob.id, fetch: self.store.fetch_contents() }),
            Err(error) => Err(ReadError::Other(error.to_string())),
        }
    }

    fn object(&mut self, blob: &Blob, cap: u64) -> Result<Content, Error> {
        if self.backend.is_none() {
            self.backend = Some(self.store.lease()?);
        }
        self.backend.as_mut().map_or(Ok(Content::Absent), |backend| backend.read(blob.id, cap))
    }
}

fn is_pointer(bytes: &[u8]) -> bool {
    bytes.len() <= LONGEST_POINTER && POINTERS.iter().any(|pointer| bytes.starts_with(pointer))
}
