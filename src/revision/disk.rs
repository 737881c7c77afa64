//! Files of the disk: folders walked, contents named as git names them, bytes read. Symbolic links are never followed.

use std::fs::Metadata;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Listing;
use super::backend::{Content, DEEPEST};
use super::blob::{Blob, Id, Mode};
use super::error::Error;

/// The most files that a plain folder may hold.
const MOST_FILES: usize = 100_000;

/// Files of a folder, with `/` between the steps.
pub(super) fn list(root: &Path, wanted: &dyn Fn(&str) -> bool, sha256: bool) -> Result<Listing, Error> {
    let mut listing = Listing::default();
    let mut seen = 0;
    let mut waiting = vec![(Vec::new(), 0)];
    while let Some((folder, depth)) = waiting.pop() {
        let place = Blob::new(&folder, Id::new(&[]), Mode::File, None).on_disk(root);
        let entries = match std::fs::read_dir(&place) {
            Ok(entries) => entries,
            Err(error) if !folder.is_empty() => {
                listing.notes.push(format!("cannot look into {}: {error}", String::from_utf8_lossy(&folder)));
                continue;
            }
            Err(error) => return Err(Error::disk(&place, error)),
        };
        let mut names: Vec<Vec<u8>> = entries.filter_map(|entry| entry.ok().map(|entry| entry.file_name().into_encoded_bytes())).collect();
        names.sort();
        for name in names.iter().filter(|name| name.as_slice() != b".git") {
            seen += 1;
            if seen > MOST_FILES {
                return Err(Error::Limit(format!("{} holds more than {MOST_FILES} files", root.display())));
            }
            let mut path = [folder.as_slice(), name].concat();
            let shown = String::from_utf8_lossy(&path).into_owned();
            match kind(&Blob::new(&path, Id::new(&[]), Mode::File, None).on_disk(root)) {
                Ok(Kind::Folder) if depth >= DEEPEST => listing.notes.push(format!("{shown} lies too deep and was not looked into")),
                Ok(Kind::Folder) => {
                    path.push(b'/');
                    waiting.push((path, depth + 1));
                }
                Ok(Kind::Entry(..)) if wanted(&shown) => match blob(root, &path, sha256) {
                    Ok(blob) => listing.blobs.extend(blob),
                    Err(error) => listing.blobs.push(unreadable(&path, &error, &mut listing.notes)),
                },
                Ok(_) => {}
                Err(error) => listing.notes.push(format!("cannot look at {shown}: {error}")),
            }
        }
    }
    Ok(listing)
}

/// A file that cannot be read keeps its place, with an id that no content has: reading it then says why.
pub(super) fn unreadable(path: &[u8], error: &Error, notes: &mut Vec<String>) -> Blob {
    notes.push(error.to_string());
    Blob::new(path, Id::new(&[0; 20]), Mode::File, None)
}

enum Kind {
    Entry(Mode, Metadata),
    Folder,
    /// A socket, a pipe, a device: opening one could wait for ever.
    Other,
}

fn kind(place: &Path) -> std::io::Result<Kind> {
    let metadata = std::fs::symlink_metadata(place)?;
    let kind = metadata.file_type();
    Ok(if kind.is_symlink() {
        Kind::Entry(Mode::Symlink, metadata)
    } else if kind.is_dir() {
        Kind::Folder
    } else if kind.is_file() {
        let mode = if executable(&metadata) { Mode::Executable } else { Mode::File };
        Kind::Entry(mode, metadata)
    } else {
        Kind::Other
    })
}

#[cfg(unix)]
fn executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn executable(_: &Metadata) -> bool {
    false
}

/// The file or link at a path; `None` where there is neither.
pub(super) fn blob(root: &Path, path: &[u8], sha256: bool) -> Result<Option<Blob>, Error> {
    let mut blob = Blob::new(path, Id::new(&[]), Mode::File, None);
    let place = blob.on_disk(root);
    let (mode, metadata) = match kind(&place) {
        Ok(Kind::Entry(mode, metadata)) => (mode, metadata),
        Ok(_) => return Ok(None),
        Err(error) if absent(&error) => return Ok(None),
        Err(error) => return Err(Error::disk(&place, error)),
    };
    blob.mode = mode;
    blob.size = Some(metadata.len());
    blob.id = if mode == Mode::Symlink {
        let target = std::fs::read_link(&place).map_err(|error| Error::disk(&place, error))?;
        hash(target.as_os_str().as_encoded_bytes(), sha256)?
    } else {
        hash_file(&place, metadata.len(), sha256)?
    };
    Ok(Some(blob))
}

/// As [`blob`], where no folder on the way is a symbolic link.
pub(super) fn find(root: &Path, path: &str, sha256: bool) -> Result<Option<Blob>, Error> {
    let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
    for folder in folders {
        if !matches!(kind(&root.join(folder)), Ok(Kind::Folder)) {
            return Ok(None);
        }
    }
    blob(root, path.as_bytes(), sha256)
}

fn absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

fn hash(content: &[u8], sha256: bool) -> Result<Id, Error> {
    if sha256 {
        let hash = Sha256::new().chain_update(format!("blob {}\0", content.len())).chain_update(content);
        return Ok(Id::new(&hash.finalize()));
    }
    Ok(git2::Oid::hash_object(git2::ObjectType::Blob, content)?.into())
}

fn hash_file(place: &Path, length: u64, sha256: bool) -> Result<Id, Error> {
    if !sha256 {
        return Ok(git2::Oid::hash_file(git2::ObjectType::Blob, place)
            .map_err(|error| Error::disk(place, std::io::Error::other(error)))?
            .into());
    }
    let mut hash = Sha256::new().chain_update(format!("blob {length}\0"));
    let mut file = std::fs::File::open(place).map_err(|error| Error::disk(place, error))?;
    std::io::copy(&mut file, &mut hash).map_err(|error| Error::disk(place, error))?;
    Ok(Id::new(&hash.finalize()))
}

/// The bytes of a file, its size checked first.
pub(super) fn read(root: &Path, blob: &Blob, cap: u64) -> std::io::Result<Content> {
    let place = blob.on_disk(root);
    match kind(&place) {
        Ok(Kind::Entry(mode, metadata)) if mode.is_file() => {
            if metadata.len() > cap {
                return Ok(Content::TooLarge(metadata.len()));
            }
            let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
            std::fs::File::open(&place)?.take(cap.saturating_add(1)).read_to_end(&mut bytes)?;
            let size = bytes.len() as u64;
            Ok(if size > cap { Content::TooLarge(size) } else { Content::Bytes(bytes) })
        }
        Ok(_) => Ok(Content::Absent),
        Err(error) if absent(&error) => Ok(Content::Absent),
        Err(error) => Err(error),
    }
}
