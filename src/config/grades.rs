//! How bad a configuration takes a policy: one word for all its changes, or a word per change.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use crate::policy::file::{Level, Severities};

/// `severity:` of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grades {
    /// `none`: never reported.
    None,
    /// One word for every change.
    All(Level),
    /// A word for some changes; the others stay as they are.
    Each(Box<Named>),
}

/// A severity per change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "the words are those of the changes")]
pub struct Named {
    pub weakened: Option<Level>,
    pub removed: Option<Level>,
    pub introduced: Option<Level>,
    pub contradicted: Option<Level>,
    pub undecided: Option<Level>,
}

impl Grades {
    /// Puts these words over a policy's own.
    pub fn apply(&self, to: &mut Severities) {
        match self {
            Self::None => {}
            Self::All(level) => *to = Severities { weakened: *level, ..Severities::default() },
            Self::Each(named) => {
                // what is not named keeps what it had, also where that was the word of `weakened`
                let before = *to;
                to.weakened = named.weakened.unwrap_or(before.weakened);
                to.removed = named.removed.or(before.removed).or(Some(before.weakened));
                to.introduced = named.introduced.or(before.introduced).or(Some(before.weakened));
                to.contradicted = named.contradicted.or(before.contradicted).or(Some(before.weakened));
                to.undecided = named.undecided.or(before.undecided).or(Some(before.weakened));
            }
        }
    }
}

impl<'de> Deserialize<'de> for Grades {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = Grades;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("error, warning, note, none, or a severity per change")
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Grades, E> {
        match word {
            "none" => Ok(Grades::None),
            "error" => Ok(Grades::All(Level::Error)),
            "warning" => Ok(Grades::All(Level::Warning)),
            "note" => Ok(Grades::All(Level::Note)),
            _ => Err(E::unknown_variant(word, &["error", "warning", "note", "none"])),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Grades, A::Error> {
        Named::deserialize(MapAccessDeserializer::new(map)).map(|named| Grades::Each(Box::new(named)))
    }
}
