//! What a revision holds at a path: the path, the object's name, what kind of entry it is. The bytes stay where they are.

/// The name of some content: git's hash of it as a blob, SHA-1 or SHA-256 as the repository has it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    bytes: [u8; 32],
    length: u8,
}

impl Id {
    /// An id of 20 or 32 bytes; longer input is cut.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        let mut id = Self { bytes: [0; 32], length: u8::try_from(bytes.len().min(32)).unwrap_or(32) };
        id.bytes.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        id
    }

    /// A full id in hexadecimal: 40 or 64 digits.
    #[must_use]
    pub fn parse(hex: &str) -> Option<Self> {
        if !matches!(hex.len(), 40 | 64) {
            return None;
        }
        let digits = hex.bytes().map(|b| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<Vec<u8>>>()?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
        Some(Self::new(&bytes))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// Whether it is git's word for "nothing".
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.bytes.iter().all(|byte| *byte == 0)
    }

    pub(super) fn oid(&self) -> Result<git2::Oid, git2::Error> {
        git2::Oid::from_bytes(self.as_bytes())
    }
}

impl From<git2::Oid> for Id {
    fn from(oid: git2::Oid) -> Self {
        Self::new(oid.as_bytes())
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// What kind of entry a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// An ordinary file.
    File,
    /// A file that may be run.
    Executable,
    /// A symbolic link: its content is the target. Never followed.
    Symlink,
    /// A commit of another repository.
    Submodule,
}

impl Mode {
    /// Git's mode bits; `None` for a tree.
    pub(super) fn of(bits: u32) -> Option<Self> {
        match bits & 0o170_000 {
            0o100_000 if bits & 0o100 != 0 => Some(Self::Executable),
            0o100_000 => Some(Self::File),
            0o120_000 => Some(Self::Symlink),
            0o160_000 => Some(Self::Submodule),
            _ => None,
        }
    }

    /// Whether there is text to read.
    #[must_use]
    pub fn is_file(self) -> bool {
        matches!(self, Self::File | Self::Executable)
    }
}

/// One entry of a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Relative to the root, with `/`. Bytes that are no UTF-8 stand as `U+FFFD` here and exactly in `raw`.
    pub path: String,
    /// The path's bytes, where they are no UTF-8.
    pub raw: Option<Box<[u8]>>,
    /// What it holds.
    pub id: Id,
    /// What kind of entry it is.
    pub mode: Mode,
    /// In bytes, where it is known without opening the object.
    pub size: Option<u64>,
}

impl Blob {
    pub(super) fn new(path: &[u8], id: Id, mode: Mode, size: Option<u64>) -> Self {
        match std::str::from_utf8(path) {
            Ok(path) => Self { path: path.to_string(), raw: None, id, mode, size },
            Err(_) => Self { path: String::from_utf8_lossy(path).into_owned(), raw: Some(path.into()), id, mode, size },
        }
    }

    /// The path as git has it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.path.as_bytes())
    }

    /// The file's name without its folders.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Where it stands below a folder of the disk.
    pub(super) fn on_disk(&self, root: &std::path::Path) -> std::path::PathBuf {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            root.join(std::ffi::OsStr::from_bytes(self.bytes()))
        }
        #[cfg(not(unix))]
        root.join(&self.path)
    }

    /// Whether both hold the same content as the same kind of entry; the executable bit does not count.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.id == other.id && (self.mode == other.mode || self.mode.is_file() && other.mode.is_file())
    }
}

/// One changed path: a file before and after. One of the two is always there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Before.
    pub base: Option<Blob>,
    /// After.
    pub head: Option<Blob>,
}

impl Pair {
    /// The path after, else the one before.
    #[must_use]
    pub fn path(&self) -> &str {
        self.head.as_ref().or(self.base.as_ref()).map_or("", |blob| blob.path.as_str())
    }

    pub(super) fn order(&self) -> &[u8] {
        self.head.as_ref().or(self.base.as_ref()).map_or(&[], Blob::bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_shown() {
        for hex in ["0123456789abcdef0123456789abcdef01234567".to_string(), "fe".repeat(32)] {
            assert_eq!(Id::parse(&hex).unwrap().to_string(), hex);
        }
        assert!(Id::parse("0123").is_none() && Id::parse(&"g".repeat(40)).is_none());
        assert!(Id::parse(&"0".repeat(40)).unwrap().is_zero());
    }
}
