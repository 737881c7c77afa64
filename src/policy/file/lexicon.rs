//! The part of the policy format that knows words instead of products.

use serde::{Deserialize, Serialize};

use super::{Level, MemberKind, SaferNumber, SaferSet, Side, Words};

/// Lexicon: flips and fillers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LexiconWords {
    /// Words that turn a subject round.
    pub flip: Words,
    /// Words that mean nothing.
    pub fill: Words,
    /// Subjects that only warn of a negation which follows them and has an object of its own: `dangerously skip permissions`.
    pub emphasis: Words,
    /// Subjects that say nothing in front of such a negation: `debug skip login` is about the login.
    pub aside: Words,
}

/// Lexicon: a switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// Phrases that name it.
    pub words: Words,
    /// Which side it is on when enabled.
    pub enabled_is: Side,
    /// How bad it is when a file of configuration brings it along switched off; as bad as the policy says when absent.
    #[serde(default)]
    pub introduced: Option<Level>,
}

/// Lexicon: a ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LexiconLadder {
    /// Its name.
    pub name: String,
    /// Phrases that name it.
    pub words: Words,
    /// Safest first.
    pub ladder: Vec<Words>,
}

/// Lexicon: a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LexiconNumber {
    /// Its name.
    pub name: String,
    /// Phrases that name it.
    pub words: Words,
    /// Which end is safer.
    pub safer: SaferNumber,
    /// Unit of bare numbers.
    #[serde(default)]
    pub unit: Option<String>,
    /// Values that mean the weakest.
    #[serde(default)]
    pub weakest: Words,
    /// Values that mean the safest.
    #[serde(default)]
    pub safest: Words,
    /// Only when one of these words stands in the name too.
    #[serde(default)]
    pub only: Words,
}

/// Lexicon: a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LexiconSet {
    /// Its name.
    pub name: String,
    /// Phrases that name it.
    pub words: Words,
    /// Which sets are safer.
    pub safer: SaferSet,
    /// What covers what.
    #[serde(default)]
    pub kind: MemberKind,
    /// Members that cover everything.
    #[serde(default)]
    pub all: Words,
}

/// Lexicon: what is never judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ignore {
    /// Globs of names.
    pub names: Words,
    /// Globs of paths.
    pub files: Words,
}
