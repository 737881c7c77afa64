//! The policy file format (`POLICIES.md`, part 1) as types. The build script includes this folder by path to compile the
//! built-in catalogue, so it imports nothing of this crate. The same types are read from YAML and from the binary catalogue.

mod example;
mod lexicon;
mod loose;
mod order;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use example::{Example, Expectation, Expectations, Files};
pub use lexicon::{Ignore, LexiconLadder, LexiconNumber, LexiconSet, LexiconWords, Subject};
#[allow(unused_imports, reason = "the build script uses only some of them")]
pub use order::{
    AppendOnly, DecisionOrder, MemberKind, MembersOrder, NumberOrder, Order, Reach, Release, SaferNumber, SaferSet, SecretOrder, Shape,
};

/// One policy file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// `area/name`.
    pub id: String,
    /// One sentence that is true while all is well.
    pub title: String,
    /// How bad each change is.
    #[serde(default)]
    pub severity: Severities,
    /// Named policy or lexicon.
    #[serde(default)]
    pub kind: Kind,
    /// The product, for people.
    #[serde(default)]
    pub product: Option<String>,
    /// Where versions and presence are looked up.
    #[serde(default)]
    pub packages: Words,
    /// The id under which its findings are told, where several policies guard one thing.
    #[serde(default)]
    pub reported_as: Option<String>,
    /// The spellings of one concept.
    #[serde(default)]
    pub settings: Vec<Spelling>,
    /// How several written spellings combine.
    #[serde(default)]
    pub together: Together,
    /// Values that named wildcards may take.
    #[serde(default)]
    pub each: BTreeMap<String, Words>,
    /// The unit that has one value.
    #[serde(default)]
    pub per: Option<Per>,
    /// The safety order; lexicons have none.
    #[serde(default)]
    pub safety: Option<Order>,
    /// What holds when nothing is written.
    #[serde(default)]
    pub unset: Option<Unset>,
    /// What an unread value means.
    #[serde(default)]
    pub unknown: Unread,
    /// What a new unit must reach.
    #[serde(default)]
    pub floor: Option<Given>,
    /// What the setting's own scope protects.
    #[serde(default)]
    pub guards: Option<Guards>,
    /// Policies that are safe wherever this one is safest.
    #[serde(default)]
    pub covers: Words,
    /// Promises that a weak value breaks.
    #[serde(default)]
    pub contradicts: Vec<Contradiction>,
    /// Lexicon: flips and fillers.
    #[serde(default)]
    pub words: LexiconWords,
    /// Lexicon: switches.
    #[serde(default)]
    pub subjects: Vec<Subject>,
    /// Lexicon: ladders.
    #[serde(default)]
    pub ladders: Vec<LexiconLadder>,
    /// Lexicon: numbers.
    #[serde(default)]
    pub numbers: Vec<LexiconNumber>,
    /// Lexicon: sets.
    #[serde(default)]
    pub sets: Vec<LexiconSet>,
    /// Lexicon: what is never judged.
    #[serde(default)]
    pub ignore: Ignore,
    /// Why a user should care.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// Where the unset value was read.
    pub source: Words,
    /// CWE, GDPR articles ...
    #[serde(default)]
    pub refs: Words,
    /// Examples that run.
    pub examples: Vec<Example>,
}

/// Whether a policy names settings or words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Names settings of a product.
    #[default]
    Policy,
    /// Knows words, not products.
    Lexicon,
}

/// `error`, `warning` or `note`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Fails by default.
    #[default]
    Error,
    /// Shown.
    Warning,
    /// Shown on request.
    Note,
}

/// A severity per kind of change. A change that is not named has that of `weakened`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Severities {
    /// Of `weakened`, and of every change without its own.
    pub weakened: Level,
    /// Of `removed`.
    pub removed: Option<Level>,
    /// Of `introduced`.
    pub introduced: Option<Level>,
    /// Of `contradicted`.
    pub contradicted: Option<Level>,
    /// Of `undecided`.
    pub undecided: Option<Level>,
}

/// How several written spellings combine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Together {
    /// The earlier spelling wins.
    First,
    /// One safe spelling is enough.
    Safest,
    /// One weak spelling is enough.
    #[default]
    Weakest,
}

/// What an unread value means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unread {
    /// A person must look.
    #[default]
    Ask,
    /// It counts as the weakest value.
    Weak,
}

/// The unit that has one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words are those of the scopes")]
pub enum Per {
    Service,
    Container,
    Pod,
    Resource,
    Job,
    Step,
    Image,
    Stage,
    Call,
    Function,
    Class,
    Block,
    Item,
    Mapping,
    Document,
    Repository,
}

/// A list of texts that may be written as one text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Words(pub Vec<String>);

/// A value as policies write it: `safe`, `30 days`, `["*"]`, `0`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Given {
    /// One value.
    One(String),
    /// A list.
    Many(Vec<String>),
}

/// What holds when nothing is written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Unset {
    /// Always this.
    Always(Given),
    /// The first case that holds.
    Cases(Vec<Case>),
}

/// One case of `unset`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Only these versions of the policy's packages.
    #[serde(default)]
    pub versions: Option<String>,
    /// Only where the unit runs this image or package.
    #[serde(default)]
    pub package: Option<String>,
    /// Only where all of these hold.
    #[serde(default, rename = "if")]
    pub conditions: Vec<Condition>,
    /// What then holds.
    pub value: Given,
}

/// One spelling of the concept, or a group of which the first one written counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Spelling {
    /// The surface and its pattern; exactly one of these keys.
    pub env: Option<Words>,
    /// Path in a structured file.
    pub key: Option<Words>,
    /// Command-line flag.
    pub flag: Option<Words>,
    /// Keyword of a call or parameter of a function.
    pub argument: Option<Words>,
    /// Declared member with a default.
    pub field: Option<Words>,
    /// Line of a line-based file.
    pub directive: Option<Words>,
    /// Container image.
    pub image: Option<Words>,
    /// Dependency.
    pub dependency: Option<Words>,
    /// Right of a workflow job.
    pub permission: Option<Words>,
    /// Command.
    pub command: Option<Words>,
    /// Heading of a document.
    pub section: Option<Words>,
    /// Coded statement.
    pub claim: Option<Words>,
    /// Record of a list.
    pub record: Option<Words>,
    /// What a file decides.
    pub decision: Option<Words>,
    /// The gate's own rules.
    pub gate: Option<Words>,
    /// What a call of a logger prints.
    pub printed: Option<Words>,
    /// Spellings of which the first one written counts.
    pub first: Vec<Spelling>,
    /// Kinds of document.
    #[serde(rename = "in")]
    pub kinds: Words,
    /// Globs of paths.
    pub files: Words,
    /// Only settings whose value fits.
    pub value: Words,
    /// Which side an enabled switch is on.
    pub enabled_is: Option<Side>,
    /// How text becomes a switch.
    pub reads: Option<Reads>,
    /// Unit of bare numbers here.
    pub unit: Option<String>,
    /// Versions that read this spelling.
    pub versions: Option<String>,
    /// Which part of `parts`.
    pub part: Option<String>,
    /// Conditions that must all hold.
    pub only_if: Vec<Condition>,
    /// What this spelling says when they do not.
    pub otherwise: Option<Otherwise>,
}

/// The safe or the weak side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum Side {
    Safe,
    Weak,
}

/// What a spelling says when its conditions do not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Otherwise {
    /// The best value.
    Safe,
    /// The worst value.
    Weak,
    /// As if it were not written.
    Ignore,
}

/// How text becomes a switch: a shared name or an own table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Reads {
    /// A shared name (`native`, `presence`, ...).
    Named(String),
    /// An own table.
    Table(ReadsTable),
}

/// Which texts enable and disable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadsTable {
    /// Texts that enable.
    pub enabled: Words,
    /// Texts that disable.
    pub disabled: Words,
    /// Whether case counts.
    pub case: TextCase,
    /// What any other text means.
    pub otherwise: Option<ReadsOtherwise>,
    /// What empty text means.
    pub empty: ReadsEmpty,
}

/// Whether case counts in a switch's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextCase {
    /// It does.
    #[default]
    Exact,
    /// It does not.
    Any,
}

/// What any other text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum ReadsOtherwise {
    Enabled,
    Disabled,
    Error,
}

/// What empty text means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum ReadsEmpty {
    #[default]
    Unset,
    Enabled,
    Disabled,
}

/// A condition: a surface key with a pattern, and what must be true of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "the surfaces are those of spellings")]
pub struct Condition {
    pub env: Option<Words>,
    pub key: Option<Words>,
    pub flag: Option<Words>,
    pub argument: Option<Words>,
    pub field: Option<Words>,
    pub directive: Option<Words>,
    pub image: Option<Words>,
    pub dependency: Option<Words>,
    pub permission: Option<Words>,
    pub command: Option<Words>,
    pub is: Is,
    /// Only settings whose value fits.
    pub value: Words,
}

/// What must be true of a condition's setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the words say it")]
pub enum Is {
    #[default]
    Present,
    Absent,
    Enabled,
    Disabled,
    NotEnabled,
    NotDisabled,
    Unchanged,
}

/// What the setting's own scope protects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guards {
    /// Path of the protected unit.
    pub key: String,
    /// Attribute that names it, or `path`.
    pub through: String,
}

/// A promise that a weak value breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// The promise's code.
    pub claim: String,
    /// From this value on; anything but the safest when absent.
    pub from: Option<Given>,
}
