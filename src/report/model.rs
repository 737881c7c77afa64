//! The report: plain owned data that every writer turns into its format. No writer can change the verdict.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::anchor::Anchor;
use crate::setting::Surface;

/// What happened to a concept between base and head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// A setting stands under a promise that it breaks.
    Contradicted,
    /// The effective value is weaker.
    Weakened,
    /// What made it safe is gone.
    Removed,
    /// A new subject starts weak.
    Introduced,
    /// It cannot be known whether it is weaker.
    Undecided,
    /// The effective value is safer.
    Strengthened,
    /// Weak before and after.
    Unchanged,
}

impl Change {
    /// The word used in reports and policies.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Contradicted => "contradicted",
            Self::Weakened => "weakened",
            Self::Removed => "removed",
            Self::Introduced => "introduced",
            Self::Undecided => "undecided",
            Self::Strengthened => "strengthened",
            Self::Unchanged => "unchanged",
        }
    }

    /// Whether this kind of change may fail a build.
    #[must_use]
    pub fn can_fail(self) -> bool {
        !matches!(self, Self::Strengthened | Self::Unchanged)
    }
}

/// How bad a finding is. Ordered from worst to mildest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Fails the build by default.
    Error,
    /// Shown, fails with `--fail-on warning`.
    Warning,
    /// Shown with `--show all` and in machine formats.
    Note,
}

impl Severity {
    /// The word used in reports and policies.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }

    /// Milder by so many steps; a note stays a note.
    #[must_use]
    pub fn lowered(self, steps: u8) -> Self {
        match (self, steps) {
            (severity, 0) => severity,
            (Self::Error, 1) => Self::Warning,
            _ => Self::Note,
        }
    }
}

/// What role a file has for users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PathClass {
    /// What users get.
    #[default]
    Product,
    /// What users may copy.
    Example,
    /// For developers of the project only.
    Development,
    /// Tests and their fixtures.
    Test,
    /// Written by a program.
    Generated,
    /// Other projects' files.
    Vendored,
}

impl PathClass {
    /// The word used in reports and configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Example => "example",
            Self::Development => "development",
            Self::Test => "test",
            Self::Generated => "generated",
            Self::Vendored => "vendored",
        }
    }

    /// By how many steps findings in such files are milder.
    #[must_use]
    pub fn discount(self) -> u8 {
        match self {
            Self::Product => 0,
            Self::Example | Self::Development => 1,
            Self::Test | Self::Generated | Self::Vendored => 2,
        }
    }
}

/// What is known of a concept on one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StateWord {
    /// A setting says it.
    Written,
    /// Nothing is written: the product's own default holds.
    Unset,
    /// Something is written that cannot be known.
    Unknown,
    /// The file cannot be read.
    Unreadable,
}

/// One side of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Side {
    /// The file; null for an unset side.
    pub file: Option<String>,
    /// Line from 1; null for an unset side.
    pub line: Option<u32>,
    /// Column from 1 in characters.
    pub column: Option<u32>,
    /// Line of the end.
    pub end_line: Option<u32>,
    /// Exclusive column of the end.
    pub end_column: Option<u32>,
    /// The value as text, secrets already replaced by their kind and hash; the unset value for an unset side.
    pub value: Option<String>,
    /// What is known.
    pub state: StateWord,
    /// A few lines around the place, for people.
    #[serde(skip)]
    pub excerpt: Option<Excerpt>,
}

/// A few lines of a file around a place, cropped and freed of control and bidirectional characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The lines, joined by `\n`.
    pub text: String,
    /// Line number (from 1) of the first of them in the file.
    pub first_line: u32,
    /// How many characters were cut off the front of the marked line.
    pub cut_columns: u32,
    /// The marked bytes inside `text`.
    pub start: usize,
    /// One past the last marked byte.
    pub end: usize,
}

/// One more place of the same finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
pub struct Place {
    /// The file.
    pub file: String,
    /// Line from 1.
    pub line: u32,
}

/// One finding, ready to be written in any format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Finding {
    /// Policy id.
    pub policy: String,
    /// The policy's sentence that is true while all is well.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// What happened.
    pub change: Change,
    /// First part of the policy id.
    pub area: String,
    /// The setting as written at head (at base for a removal).
    pub setting: String,
    /// How it is written.
    pub surface: Surface,
    /// What it belongs to: `service api`.
    pub scope: Option<String>,
    /// The file's role.
    pub path_class: PathClass,
    /// File at head; the base's where nothing of the subject survives.
    pub file: String,
    /// Line at head, from 1.
    pub line: u32,
    /// Column at head, from 1, in characters.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Exclusive column of the end.
    pub end_column: u32,
    /// The base side; null where the subject did not exist.
    pub base: Option<Side>,
    /// The head side; null where the subject is gone.
    pub head: Option<Side>,
    /// What happened, in one sentence.
    pub message: String,
    /// Why a user should care.
    pub why: Option<String>,
    /// What to do.
    pub fix: Option<String>,
    /// References: CWE, GDPR articles ...
    pub refs: Vec<String>,
    /// Identity across commits; never depends on lines.
    pub fingerprint: String,
    /// Every place, the first one included.
    pub places: Vec<Place>,
    /// Other policies that say the same at this place.
    pub also: Vec<String>,
    /// The waiver that accepts it.
    pub waiver: Option<String>,
}

/// One side of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct RevisionShown {
    /// As it was asked for: `origin/main`, `HEAD`, `index`.
    pub rev: String,
    /// The commit id; null for the index, the work tree and folders.
    pub commit: Option<String>,
}

/// A file that was not judged, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
pub struct Skipped {
    /// The file.
    pub file: String,
    /// Why.
    pub reason: String,
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Coverage {
    /// Changed files that were read, each counted once.
    pub files: usize,
    /// Settings found that some policy knows.
    pub settings: usize,
    /// Policies loaded.
    pub policies: usize,
    /// Files that were not judged.
    pub skipped: Vec<Skipped>,
    /// Where the policies came from.
    pub policy_source: String,
}

/// An error that is not a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
pub struct ErrorShown {
    /// The file, if it is about one.
    pub file: Option<String>,
    /// The line, if it is known.
    pub line: Option<u32>,
    /// What happened and what to do.
    pub message: String,
}

/// The answer in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing fails.
    Pass,
    /// Something got weaker: exit 1.
    Weakened,
    /// It cannot be known: exit 3.
    Undecided,
    /// Wrong usage or configuration: exit 2.
    Error,
}

impl Verdict {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Weakened => "weakened",
            Self::Undecided => "undecided",
            Self::Error => "error",
        }
    }
}

/// The whole report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `privgate-report/1`.
    pub schema: &'static str,
    /// Name and version of this program.
    pub tool: Tool,
    /// The day it was judged, `YYYY-MM-DD`.
    pub date: String,
    /// The revision before; null when it was not found.
    pub base: Option<RevisionShown>,
    /// The revision after; null when it was not found.
    pub head: Option<RevisionShown>,
    /// The answer.
    pub verdict: Verdict,
    /// The exit code.
    pub exit: u8,
    /// What was looked at.
    pub coverage: Coverage,
    /// Worst first, then by file and line.
    pub findings: Vec<Finding>,
    /// What went wrong.
    pub errors: Vec<ErrorShown>,
    /// From which severity on a finding fails the run; nothing fails without one.
    #[serde(skip)]
    pub fails_from: Option<Severity>,
    /// Where viewers of a change show a finding, by its fingerprint.
    #[serde(skip)]
    pub anchors: BTreeMap<String, Anchor>,
    /// What judged, as name and SHA-256; filled in for formats that bind it.
    #[serde(skip)]
    pub rule_sets: Vec<RuleSet>,
}

/// Policies that judged, by the digest of what decides in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSet {
    /// `built-in 0.1.0`.
    pub name: String,
    /// Lower-case hexadecimal digits.
    pub sha256: String,
}

impl RuleSet {
    /// The policies that are part of this program.
    #[must_use]
    pub fn built_in() -> Self {
        let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
        let digest = Sha256::digest(crate::policy::catalogue::built_in_bytes());
        let sha256 = digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
        Self { name: format!("built-in {}", Tool::THIS.version), sha256 }
    }
}

impl Report {
    /// A report of nothing: what a run starts from.
    #[must_use]
    pub fn empty(date: impl Into<String>) -> Self {
        Self {
            schema: "privgate-report/1",
            tool: Tool::THIS,
            date: date.into(),
            base: None,
            head: None,
            verdict: Verdict::Pass,
            exit: 0,
            coverage: Coverage::default(),
            findings: Vec::new(),
            errors: Vec::new(),
            fails_from: Some(Severity::Error),
            anchors: BTreeMap::new(),
            rule_sets: Vec::new(),
        }
    }

    /// Whether a finding fails this run.
    #[must_use]
    pub fn fails(&self, finding: &Finding) -> bool {
        finding.change.can_fail() && finding.waiver.is_none() && self.fails_from.is_some_and(|from| finding.severity <= from)
    }

    /// A report of why there is no answer: exit 2 for wrong usage or configuration, 3 for everything else.
    #[must_use]
    pub fn failed(date: impl Into<String>, exit: u8, message: impl Into<String>) -> Self {
        let verdict = if exit == 2 { Verdict::Error } else { Verdict::Undecided };
        let errors = vec![ErrorShown { file: None, line: None, message: message.into() }];
        Self { verdict, exit, errors, ..Self::empty(date) }
    }
}

/// Name and version of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tool {
    /// `privgate`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

impl Tool {
    /// This program.
    pub const THIS: Self = Self { name: "privgate", version: env!("CARGO_PKG_VERSION") };
}
