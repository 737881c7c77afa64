//! The examples that a policy file carries.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The one file, when base and head are texts.
    #[serde(default)]
    pub file: Option<String>,
    /// The revision before.
    pub base: Files,
    /// The revision after.
    pub head: Files,
    /// What must come out.
    pub expect: Expectations,
}

/// The files of one side of an example.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Files {
    /// The text of `file`.
    One(String),
    /// Texts by path.
    Many(BTreeMap<String, String>),
}

/// What must come out of an example; empty means `none`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Expectations(pub Vec<Expectation>);

/// One expected finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The change.
    pub change: String,
    /// The file it must be in.
    #[serde(default)]
    pub file: Option<String>,
    /// The line it must be at.
    #[serde(default)]
    pub line: Option<u32>,
}
