//! What the judge is given: files of both revisions with their readings, paired across renames. No bytes are fetched here.

use std::sync::Arc;

use super::matching::Matches;
use crate::reading::Reading;
use crate::report::model::PathClass;
use crate::span::Span;

/// One file of one revision.
#[derive(Clone, Debug)]
pub struct FileIn {
    /// Path with `/`, relative to the repository's root.
    pub path: String,
    /// Its role for users.
    pub class: PathClass,
    /// Identity of its bytes (an object id).
    pub blob: String,
    /// What could be read of it.
    pub content: Content,
    /// What the catalogue knows of that.
    pub facts: Matches,
}

/// What could be read of a file.
#[derive(Clone, Debug)]
pub enum Content {
    /// A reader gave a reading of this text.
    Read(Arc<str>, Arc<Reading>),
    /// It cannot be known, and why.
    Unreadable(Broken),
}

/// Why a file cannot be read.
#[derive(Clone, Debug)]
pub struct Broken {
    /// In one line.
    pub reason: String,
    /// The text and the place in it, when the text itself is at fault.
    pub at: Option<(Arc<str>, Span)>,
}

impl Broken {
    /// Without a place.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), at: None }
    }
}

impl FileIn {
    /// The reading, when there is one.
    #[must_use]
    pub fn reading(&self) -> Option<&Reading> {
        match &self.content {
            Content::Read(_, reading) => Some(reading),
            Content::Unreadable(_) => None,
        }
    }

    /// The text, when it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        match &self.content {
            Content::Read(text, _) => text,
            Content::Unreadable(broken) => broken.at.as_ref().map_or("", |(text, _)| text),
        }
    }

    /// Its folder, without a slash at the end; empty for the root.
    #[must_use]
    pub fn folder(&self) -> &str {
        folder(&self.path)
    }
}

/// The folder of a path; empty for the root.
#[must_use]
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether one folder is the other or encloses it.
#[must_use]
pub fn same_tree(a: &str, b: &str) -> bool {
    let encloses = |outer: &str, inner: &str| {
        outer.is_empty() || inner == outer || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
    };
    encloses(a, b) || encloses(b, a)
}

/// A file at base with its counterpart at head.
#[derive(Clone, Debug)]
pub struct PairIn {
    /// Before; none for a new file.
    pub base: Option<FileIn>,
    /// After; none for a deleted file.
    pub head: Option<FileIn>,
    /// It did not change and is here because another file or a word led to it: it is never judged by itself.
    pub context: bool,
}

/// Which revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum At {
    /// Before.
    Base,
    /// After.
    Head,
}

impl At {
    /// Both, the earlier one first.
    pub const BOTH: [Self; 2] = [Self::Base, Self::Head];
}

impl PairIn {
    /// The file on one side.
    #[must_use]
    pub fn at(&self, at: At) -> Option<&FileIn> {
        match at {
            At::Base => self.base.as_ref(),
            At::Head => self.head.as_ref(),
        }
    }

    /// The class that counts: the stricter of both sides.
    #[must_use]
    pub fn class(&self) -> PathClass {
        let classes = [self.base.as_ref(), self.head.as_ref()];
        classes.into_iter().flatten().map(|file| file.class).min_by_key(|class| class.discount()).unwrap_or_default()
    }
}
