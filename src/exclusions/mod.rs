//! `EXCLUSIONS.jsonl`: a list of what people asked to leave out of training, one record a line, chained by hashes so that nothing can
//! leave unseen. An opt-out that was withdrawn gets a release record; no line is ever taken away.

mod record;
#[cfg(test)]
mod tests;

use std::fmt;

use sha2::{Digest, Sha256};

pub use record::{BASES, Entry, KINDS, Record, Release};

/// `prev` of the first record.
pub const START: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// What is wrong with a list, and in which line (from 1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "line {}: {}", self.line, self.message)
    }
}

/// What a sound list comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// All records.
    pub records: u64,
    /// Entries that hold: not released.
    pub standing: u64,
    /// What the next record's `prev` must be.
    pub last: String,
}

/// Whether a list is of this form: its first line is a record with a version.
#[must_use]
pub fn is_chained(text: &str) -> bool {
    let first = text.trim_start_matches('\u{feff}').lines().next().unwrap_or("");
    let fields = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(first);
    fields.is_ok_and(|fields| fields.contains_key("v") && (fields.contains_key("prev") || fields.contains_key("seq")))
}

/// Checks form, sequence, chain and releases.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn verify(text: &str) -> Result<Summary, Fault> {
    let mut summary = Summary { last: START.to_owned(), ..Summary::default() };
    let mut entries: Vec<bool> = Vec::new();
    let body = text.strip_suffix('\n').unwrap_or(text);
    if text.is_empty() {
        return Ok(summary);
    }
    for (at, line) in body.split('\n').enumerate() {
        let fault = |message: String| Fault { line: at + 1, message };
        if line.trim().is_empty() {
            return Err(fault("it is empty; a list has no empty lines".into()));
        }
        if line.ends_with('\r') {
            return Err(fault("it ends in a carriage return; lines end in LF alone".into()));
        }
        let record = Record::parse(line).map_err(fault)?;
        let expected = summary.records + 1;
        if record.seq() != expected {
            return Err(fault(format!("`seq` is {}, and {expected} is due: a record left or was put in between", record.seq())));
        }
        if record.prev() != summary.last {
            return Err(fault("`prev` is not the hash of the line before: that line was changed, or a record left".into()));
        }
        match &record {
            Record::Entry(_) => {
                entries.push(true);
                summary.standing += 1;
            }
            Record::Release(release) => {
                let index = usize::try_from(release.reference).ok().and_then(|seq| seq.checked_sub(1));
                match index.and_then(|index| entries.get_mut(index)) {
                    Some(standing @ true) => *standing = false,
                    Some(false) => return Err(fault(format!("record {} is released already, or is a release itself", release.reference))),
                    None => return Err(fault(format!("it releases record {}, which does not stand above it", release.reference))),
                }
                entries.push(false);
                summary.standing -= 1;
            }
        }
        summary.records = expected;
        summary.last = hash(line);
    }
    Ok(summary)
}

/// A list with one more entry.
///
/// # Errors
/// The list does not hold, or the entry is malformed or stands there already.
pub fn append(text: &str, entry: &Entry) -> Result<String, Fault> {
    let summary = verify(text)?;
    let line = usize::try_from(summary.records).unwrap_or(usize::MAX).saturating_add(1);
    entry.check().and_then(|()| entry.check_new()).map_err(|message| Fault { line, message })?;
    if let Some(at) = standing(text).position(|other| other.as_ref().is_some_and(|other| other.id == entry.id && other.kind == entry.kind))
    {
        return Err(Fault { line: at + 1, message: "it holds this entry already, so that nothing is to be added".into() });
    }
    let record = Record::Entry(Entry { v: 1, seq: summary.records + 1, prev: summary.last, ..entry.clone() });
    Ok(with(text, &record))
}

/// A list with a release of one of its records.
///
/// # Errors
/// The list does not hold, or the record is not there or released already.
pub fn release(text: &str, seq: u64, evidence: &str, received: &str) -> Result<String, Fault> {
    let summary = verify(text)?;
    let release = Release {
        v: 1,
        seq: summary.records + 1,
        op: "release".into(),
        reference: seq,
        received: received.into(),
        evidence: evidence.into(),
        prev: summary.last,
    };
    let text = with(text, &Record::Release(release));
    verify(&text).map(|_| text)
}

/// The entries of a list by line; nothing for those that were released and for releases.
fn standing(text: &str) -> impl Iterator<Item = Option<Entry>> {
    let mut entries: Vec<Option<Entry>> = Vec::new();
    for line in text.lines() {
        match Record::parse(line) {
            Ok(Record::Entry(entry)) => entries.push(Some(entry)),
            Ok(Record::Release(release)) => {
                let index = usize::try_from(release.reference).ok().and_then(|seq| seq.checked_sub(1));
                if let Some(entry) = index.and_then(|index| entries.get_mut(index)) {
                    *entry = None;
                }
                entries.push(None);
            }
            Err(_) => entries.push(None),
        }
    }
    entries.into_iter()
}

fn with(text: &str, record: &Record) -> String {
    let line = serde_json::to_string(record).unwrap_or_default();
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{text}{end}{line}\n")
}

/// The hash of a line as it stands, without its end.
#[must_use]
pub fn hash(line: &str) -> String {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
    let hex: String = Sha256::digest(line.as_bytes()).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    format!("sha256:{hex}")
}
