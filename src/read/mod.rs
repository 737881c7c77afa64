//! The readers' table: which file is read by whom. Adding a format is one file below this folder and one line here.

pub mod expression;
pub mod fragment;
pub mod lens;
pub mod limits;
pub mod text;
pub mod tree;

use crate::reading::Reading;

/// One reader: a format and the function that turns its text into settings.
#[derive(Debug)]
pub struct Reader {
    /// The format's name, also the first word of `in:` for what it reads.
    pub name: &'static str,
    /// What it reads, in one line for the documentation.
    pub about: &'static str,
    /// Whether a path (with `/`, relative to the repository's root) is this reader's by its name.
    pub claims: fn(path: &str) -> bool,
    /// Reads a whole file. Never panics; what cannot be read is a [`crate::reading::Problem`] in the reading.
    pub read: fn(path: &str, text: &str) -> Reading,
}

/// The reader that claims a file by its name, if there is one.
#[must_use]
pub fn by_name(path: &str) -> Option<&'static Reader> {
    lens::STRUCTURED.iter().find(|reader| (reader.claims)(path))
}
