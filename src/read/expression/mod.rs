//! Default expressions: what a value is when nobody sets the variable. One file per language of expressions.

use crate::value::{Mark, Outcome, Value};

/// What an expression comes to when only the file is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// The value.
    pub value: Outcome,
    /// What kind of expression gave it.
    pub mark: Mark,
}

impl Resolved {
    /// A literal or a resolved fallback.
    #[must_use]
    pub fn plain(value: Value) -> Self {
        Self { value: Outcome::One(value), mark: Mark::Plain }
    }

    /// Something that only the environment knows.
    #[must_use]
    pub fn reference() -> Self {
        Self { value: Outcome::Unread, mark: Mark::Reference }
    }

    /// Something without which nothing starts.
    #[must_use]
    pub fn required() -> Self {
        Self { value: Outcome::Unread, mark: Mark::Required }
    }
}
