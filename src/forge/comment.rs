//! The one comment on a change: what it should say, and whether there should be one at all.

use super::{Change, Error, Forge};
use crate::report::model::{Report, Verdict};
use crate::report::{Format, human, summary, write};

/// What became of the comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There was none, and there is nothing to say.
    NotNeeded,
    /// It already said the same.
    Unchanged,
    /// A new one was written.
    Written,
    /// The old one says something else now.
    Updated,
}

/// How often the comment is looked for and written: a write that got no answer may have arrived, so it is looked for again.
const TRIES: usize = 3;

/// The line that the comment is known by. It is hidden, and different for each `key`.
#[must_use]
pub fn marker(key: &str) -> String {
    format!("<!-- privgate:{key} -->")
}

/// A key that a hidden line can hold.
///
/// # Errors
/// It has other characters than letters, digits and `-_.`, or too many.
pub fn parse_key(key: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let fine = !key.is_empty() && key.len() <= 60 && key.chars().all(plain) && !key.contains("--");
    if fine { Ok(key.to_owned()) } else { Err("expected letters, digits, `-`, `_` and `.`, at most 60 of them".into()) }
}

/// What the comment says of a report.
#[must_use]
pub fn body(report: &Report, marker: &str) -> String {
    let mut text = Vec::new();
    // a vector takes everything
    let _ = write(Format::Markdown, report, &human::Options::default(), &mut text);
    format!("{marker}\n{}", String::from_utf8_lossy(&text))
}

/// Whether a report deserves a new comment: a pull request in which nothing was ever found gets none.
#[must_use]
pub fn speaks(report: &Report) -> bool {
    report.verdict != Verdict::Pass || report.findings.iter().any(summary::speaks)
}

/// Writes the comment, changes it, or leaves it.
///
/// # Errors
/// The forge did not answer or refused.
pub fn keep(forge: &dyn Forge, change: &Change, report: &Report, key: &str) -> Result<Outcome, Error> {
    let marker = marker(key);
    let body = body(report, &marker);
    let mut tries = 0;
    loop {
        tries += 1;
        let old = forge.own_comment(change, &marker)?;
        let outcome = match &old {
            None if !speaks(report) => return Ok(Outcome::NotNeeded),
            Some(old) if same(&old.body, &body) => return Ok(if tries == 1 { Outcome::Unchanged } else { Outcome::Written }),
            None => Outcome::Written,
            Some(_) => Outcome::Updated,
        };
        match forge.write_comment(change, old.as_ref(), &body) {
            Err(Error::Unreachable { .. }) if tries < TRIES => {}
            result => return result.map(|()| outcome),
        }
    }
}

/// Forges change line ends and blanks at the end.
fn same(one: &str, other: &str) -> bool {
    let lines = |text: &str| text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    lines(one) == lines(other)
}

#[cfg(test)]
mod tests;
