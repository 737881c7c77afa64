//! What kind of bytes a data file holds, by its first ones, whatever its name says.

use std::borrow::Cow;

use super::{image, parquet};

/// How a file is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form<'a> {
    /// Line by line.
    Text(Cow<'a, [u8]>),
    /// By its tags.
    Image,
    /// By the names of its columns.
    Parquet,
    /// Not at all, although it may hold data: this is what it is called.
    Opaque(&'static str),
    /// Not at all: it is no text, and nothing that holds records.
    Binary,
}

/// What packs or tables start with.
const OPAQUE: [(&[u8], &str); 10] = [
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"ARROW1", "an Arrow file"),
    (b"PARE", "an encrypted Parquet file"),
    (b"PAR1", "a damaged Parquet file"),
];

/// Bytes at the front that decide.
const FRONT: usize = 8 << 10;

impl<'a> Form<'a> {
    /// Of a file's bytes.
    #[must_use]
    pub fn of(bytes: &'a [u8]) -> Self {
        if image::is(bytes) {
            return Self::Image;
        }
        if parquet::is(bytes) {
            return Self::Parquet;
        }
        if let Some((_, name)) = OPAQUE.iter().find(|(start, _)| bytes.starts_with(start)) {
            return Self::Opaque(name);
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            // spreadsheets export UTF-16
            return crate::read::limits::decode(bytes.to_vec()).map_or(Self::Binary, |text| Self::Text(Cow::Owned(text.into_bytes())));
        }
        match memchr::memchr(0, bytes.get(..FRONT).unwrap_or(bytes)) {
            Some(_) => Self::Binary,
            None => Self::Text(Cow::Borrowed(bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_what_they_are() {
        assert!(matches!(Form::of(b"a,b\n"), Form::Text(_)));
        assert!(matches!(Form::of(b""), Form::Text(_)));
        assert_eq!(Form::of(b"\xff\xfea\0"), Form::Text(Cow::Borrowed(b"a")));
        assert_eq!(Form::of(b"\x1f\x8b\x08"), Form::Opaque("a gzip archive"));
        assert_eq!(Form::of(b"PAR1 cut"), Form::Opaque("a damaged Parquet file"));
        assert_eq!(Form::of(b"a\0b"), Form::Binary);
    }
}
