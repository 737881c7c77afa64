//! One line of the list: an entry, or the release of one.

use serde::{Deserialize, Serialize};

/// What an id may be of. `subject` is a person, and only as a keyed hash: a bare hash of an address can be guessed back.
pub const KINDS: [&str; 9] = ["sha256", "url", "domain", "repo", "dataset", "swhid", "iscc", "pdq", "subject"];

/// By what a reservation was made.
pub const BASES: [&str; 8] = ["tdmrep", "robots", "aipref", "x-robots-tag", "c2pa", "request", "contract", "law"];

/// What is asked to be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Version of the form.
    pub v: u8,
    /// Counts from 1 without a gap.
    pub seq: u64,
    /// What it is about.
    pub id: String,
    /// What the id is: one of [`KINDS`].
    pub kind: String,
    /// How much of it: `file`, `folder`, `site`, `account` ...
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
    /// Uses that are refused, in AIPREF's words.
    #[serde(default, rename = "use", skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<String>,
    /// One of [`BASES`].
    pub basis: String,
    /// The day, `YYYY-MM-DD`.
    pub received: String,
    /// Where that can be seen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub evidence: String,
    /// Hash of the line before.
    pub prev: String,
}

/// An opt-out was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Version of the form.
    pub v: u8,
    /// Counts from 1 without a gap.
    pub seq: u64,
    /// `release`.
    pub op: String,
    /// The record that is let go.
    #[serde(rename = "ref")]
    pub reference: u64,
    /// The day, `YYYY-MM-DD`.
    pub received: String,
    /// Why, or where that can be seen.
    pub evidence: String,
    /// Hash of the line before.
    pub prev: String,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Record {
    /// Something joins.
    Entry(Entry),
    /// Something is let go.
    Release(Release),
}

impl Record {
    /// Reads a line.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(line: &str) -> Result<Self, String> {
        let wrong = |error: serde_json::Error| error.to_string().split(" at line").next().unwrap_or_default().to_owned();
        let value: serde_json::Value = serde_json::from_str(line).map_err(|error| format!("it is no JSON: {}", wrong(error)))?;
        let record = if value.get("op").is_some() {
            let release: Release = serde_json::from_value(value).map_err(wrong)?;
            if release.op != "release" {
                return Err(format!("`op` is `{}`; the only one is `release`", release.op));
            }
            if release.evidence.trim().is_empty() {
                return Err("a release without `evidence`".into());
            }
            day(&release.received)?;
            Self::Release(release)
        } else {
            let entry: Entry = serde_json::from_value(value).map_err(wrong)?;
            entry.check()?;
            Self::Entry(entry)
        };
        let version = match &record {
            Self::Entry(entry) => entry.v,
            Self::Release(release) => release.v,
        };
        if version == 1 { Ok(record) } else { Err(format!("version {version} is not known; this program reads version 1")) }
    }

    /// Its number.
    #[must_use]
    pub fn seq(&self) -> u64 {
        match self {
            Self::Entry(entry) => entry.seq,
            Self::Release(release) => release.seq,
        }
    }

    /// The hash of the line before it.
    #[must_use]
    pub fn prev(&self) -> &str {
        match self {
            Self::Entry(entry) => &entry.prev,
            Self::Release(release) => &release.prev,
        }
    }
}

impl Entry {
    /// Whether its words are sound, the chain left aside.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self) -> Result<(), String> {
        let one_of = |what: &str, word: &str, words: &[&str]| {
            if words.contains(&word) { Ok(()) } else { Err(format!("`{what}` is `{word}`; write one of {}", words.join(", "))) }
        };
        one_of("kind", &self.kind, &KINDS)?;
        one_of("basis", &self.basis, &BASES)?;
        day(&self.received)?;
        let hex = |text: &str, digits: usize| {
            text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        match self.kind.as_str() {
            "sha256" if !self.id.strip_prefix("sha256:").is_some_and(|rest| hex(rest, 64)) => {
                Err("`id` of kind `sha256` is `sha256:` and 64 small hexadecimal digits".into())
            }
            "subject" if !self.id.strip_prefix("hmac-sha256:").is_some_and(|rest| hex(rest, 64)) => {
                Err("`id` of kind `subject` is `hmac-sha256:` and 64 digits: a keyed hash (`openssl dgst -sha256 -hmac KEY`), as a bare one of an address can be guessed back"
                    .into())
            }
            _ if self.id.trim().is_empty() || self.id.chars().any(char::is_control) => {
                Err("`id` is empty or holds control characters".into())
            }
            _ => Ok(()),
        }
    }

    /// Whether an id is what its kind says. Asked of what is added only: a line that stands in a list cannot be taken away any more.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check_new(&self) -> Result<(), String> {
        let id = self.id.as_str();
        let wrong = |form: &str| Err(format!("`id` of kind `{}` is `{id}`; write {form}", self.kind));
        let label = |label: &str| {
            !label.is_empty() && !label.starts_with('-') && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        };
        match self.kind.as_str() {
            "domain" if !id.contains('.') || !id.trim_start_matches("*.").split('.').all(label) => {
                wrong("a host's name without address or path, artist.example")
            }
            "url" if id.contains(char::is_whitespace) || id.split_once("://").is_none_or(|(_, rest)| rest.is_empty()) => {
                wrong("an address without blanks, https://artist.example/works")
            }
            "repo" | "dataset" | "swhid" | "iscc" | "pdq" if id.contains(char::is_whitespace) => wrong("it without blanks"),
            _ => Ok(()),
        }
    }
}

fn day(text: &str) -> Result<(), String> {
    let digits = text.bytes().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    if text.len() == 10 && digits { Ok(()) } else { Err(format!("`received` is `{text}`; write a day, 2026-11-02")) }
}
