//! Typed values of settings. How a text is understood as a switch is the policies' business, not ours.

use serde::{Deserialize, Serialize};

/// One value as the file's own syntax types it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// `null`, `~`, nothing after the colon. Counts as not written.
    Null,
    /// A typed boolean (YAML 1.1 words such as `on` stay text, see [`crate::setting::Setting::yaml11`]).
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text, unescaped.
    Text(Box<str>),
    /// A list; items that are mappings are [`Value::Map`].
    List(Vec<Value>),
    /// A mapping stands here; only its presence can be judged.
    Map,
}

impl Value {
    /// Text from anything that is text.
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::Text(text.into())
    }

    /// The value as a person would write it: `true`, `3`, `a, b`.
    #[must_use]
    pub fn display(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Bool(b) => b.to_string(),
            Self::Int(n) => n.to_string(),
            Self::Float(n) => n.to_string(),
            Self::Text(text) => text.to_string(),
            Self::List(items) => items.iter().map(Self::display).collect::<Vec<_>>().join(", "),
            Self::Map => "{…}".into(),
        }
    }
}

/// What a reader could make of the text at a setting's place.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Exactly this value: a literal, or an expression whose fallback is a literal (`${X:-d}` is `One(d)`).
    One(Value),
    /// One of these, depending on something that is not in the file (`a if c else b`).
    AnyOf(Vec<Value>),
    /// It cannot be known from the file.
    Unread,
}

impl Outcome {
    /// Shorthand for a literal text.
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::One(Value::text(text))
    }
}

/// What kind of expression gave the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mark {
    /// A literal or a resolved fallback.
    #[default]
    Plain,
    /// The start fails when nobody sets it: `${X:?message}`, `{{ required "..." .Values.x }}`.
    Required,
    /// The value comes from elsewhere: `${X}`, `secretKeyRef`, `${{ secrets.X }}`.
    Reference,
}
