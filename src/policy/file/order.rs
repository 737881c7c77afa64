//! The safety orders of the policy format: which values are safer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Side, Words};

/// A safety order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Two ranks.
    Switch,
    /// Safest first; a list is one rung.
    Ladder(Vec<Words>),
    /// Several ladders; values compare only along one.
    Ladders(Vec<Vec<Words>>),
    /// Numbers, durations, sizes, shares.
    Number(NumberOrder),
    /// Sets.
    Members(MembersOrder),
    /// Being there is the point.
    Present(Side),
    /// Patterns, safest first.
    Shape(Vec<Shape>),
    /// Where it listens or sends to.
    Reach(Reach),
    /// digest > exact > range > floating.
    Pin,
    /// required > reference > literal > known.
    Secret(SecretOrder),
    /// Any other value is incomparable.
    Frozen,
    /// What a file decides.
    Decision(DecisionOrder),
    /// Records may join; one leaves only by a release record.
    AppendOnly(AppendOnly),
    /// Several orders at once.
    Parts(BTreeMap<String, Order>),
}

/// Which end of the numbers is safer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum SaferNumber {
    Lower,
    Higher,
}

/// `number:`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberOrder {
    /// Which end is safer.
    pub safer: SaferNumber,
    /// Unit of bare numbers.
    #[serde(default)]
    pub unit: Option<String>,
    /// Values that mean the weakest, looked up before units.
    #[serde(default)]
    pub weakest: Words,
    /// Values that mean the safest, looked up before units.
    #[serde(default)]
    pub safest: Words,
}

/// Which sets are safer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum SaferSet {
    Fewer,
    More,
}

/// What decides whether one member covers another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum MemberKind {
    #[default]
    Plain,
    Origins,
    Hosts,
    Cidrs,
    Globs,
}

/// `members:`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MembersOrder {
    /// Which sets are safer.
    pub safer: SaferSet,
    /// What covers what.
    #[serde(default)]
    pub kind: MemberKind,
    /// Members that cover everything.
    #[serde(default)]
    pub all: Words,
    /// Others do not count.
    #[serde(default)]
    pub only: Words,
    /// Pattern by which members are found in a text.
    #[serde(default)]
    pub each: Option<String>,
}

/// One shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// Patterns; `otherwise` takes what fits no other.
    pub like: Words,
}

/// `reach:`
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Reach {
    /// this machine > private > everywhere.
    Listen,
    /// this machine > private > own > elsewhere.
    Send(Words),
}

/// `secret:`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretOrder {
    /// Values that everyone knows; patterns.
    #[serde(default)]
    pub known: Words,
}

/// `decision:`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionOrder {
    /// The file's language: `robots`, `gitignore`, `dockerignore`, `codeowners`.
    pub read: String,
    /// Who or what is asked about.
    pub of: Words,
    /// Where.
    pub at: Words,
    /// Answers, safest first.
    pub order: Words,
}

/// `append_only:`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppendOnly {
    /// Columns or fields that identify a record, first one present.
    #[serde(default)]
    pub id: Words,
    /// Spellings of one entry.
    #[serde(default)]
    pub same: Words,
    /// What starts a comment.
    #[serde(default)]
    pub comment: Option<String>,
    /// The record that lets another one go.
    #[serde(default)]
    pub release: Option<Release>,
}

/// The record that lets another one go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The field that marks it.
    pub field: String,
    /// Its value.
    pub is: String,
    /// The field that names the other record.
    pub names: String,
}
