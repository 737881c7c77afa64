//! A report in a few words and numbers: what several writers say at their top.

use std::fmt::Write as _;

use super::escape;
use super::human::one_line;
use super::model::{Change, Finding, Report, RevisionShown, Severity, Side, StateWord, Verdict};

/// How many findings there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Weakenings that are errors.
    pub errors: usize,
    /// Weakenings that are warnings.
    pub warnings: usize,
    /// Notes, and what got safer or stayed as it was.
    pub notes: usize,
}

/// Counts the findings of a report.
#[must_use]
pub fn tally(report: &Report) -> Tally {
    let mut tally = Tally::default();
    for finding in &report.findings {
        match finding.severity {
            _ if !speaks(finding) => tally.notes += 1,
            Severity::Error => tally.errors += 1,
            _ => tally.warnings += 1,
        }
    }
    tally
}

/// Whether a reader who asked for nothing special sees it.
#[must_use]
pub fn speaks(finding: &Finding) -> bool {
    finding.severity != Severity::Note && finding.change.can_fail()
}

/// The verdict as a headline.
#[must_use]
pub fn headline(report: &Report) -> String {
    let failing = report.findings.iter().filter(|finding| report.fails(finding) && finding.change != Change::Undecided).count();
    match report.verdict {
        Verdict::Weakened if failing == 1 => "A default got weaker".into(),
        Verdict::Weakened => format!("{failing} defaults got weaker"),
        Verdict::Undecided => "It cannot be known whether a default got weaker".into(),
        Verdict::Error => "The run could not start as it was asked to".into(),
        Verdict::Pass if report.coverage.files == 0 => "No file was read, so nothing was judged".into(),
        Verdict::Pass if report.findings.iter().any(speaks) => "Nothing that was found fails this run".into(),
        Verdict::Pass => "No default got weaker".into(),
    }
}

/// `2 errors, 1 warning, 3 notes`; empty when there is nothing.
#[must_use]
pub fn counts(tally: Tally) -> String {
    let parts = [(tally.errors, "error"), (tally.warnings, "warning"), (tally.notes, "note")];
    parts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| count(*number, word)).collect::<Vec<_>>().join(", ")
}

/// `1 file`, `2 files`.
#[must_use]
pub fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// A finding's severity in a word; what got safer is none.
#[must_use]
pub fn level(finding: &Finding) -> &'static str {
    match finding.change {
        Change::Strengthened => "safer",
        _ => finding.severity.word(),
    }
}

/// A revision as asked for, with the start of its commit id.
#[must_use]
pub fn revision(shown: Option<&RevisionShown>) -> String {
    let Some(shown) = shown else { return "nothing".into() };
    let commit = shown.commit.as_deref().map(|commit| commit.chars().take(10).collect::<String>());
    match commit {
        Some(_) if shown.commit.as_deref() == Some(&shown.rev) => commit.unwrap_or_default(),
        Some(commit) => format!("{} ({commit})", shown.rev),
        None => shown.rev.clone(),
    }
}

/// One side's value for a cell: the value itself, and what it means that nothing is written. The flag says whether it is a
/// value as written, to be shown as code.
#[must_use]
pub fn cell(side: Option<&Side>, gone: &'static str) -> (String, bool) {
    let Some(side) = side else { return (gone.into(), false) };
    let value = side.value.as_deref().map(one_line);
    match (side.state, value) {
        (StateWord::Written, Some(value)) if value.is_empty() => ("(empty)".into(), false),
        (StateWord::Written, Some(value)) => (value, true),
        (StateWord::Written, None) => ("written".into(), false),
        (StateWord::Unset, Some(value)) if matches!(value.as_str(), "weak" | "safe") => {
            (format!("not written (the product's default is {value})"), false)
        }
        (StateWord::Unset, Some(value)) => (format!("not written (counts as {value})"), false),
        (StateWord::Unset, None) => ("not written".into(), false),
        (StateWord::Unknown, Some(value)) => (format!("unknown ({value})"), false),
        (StateWord::Unknown, None) => ("unknown".into(), false),
        (StateWord::Unreadable, _) => ("unreadable".into(), false),
    }
}

/// Where it stood at base, when it does not stand anywhere at head.
#[must_use]
pub fn stood(finding: &Finding) -> Option<String> {
    let written = |side: &&Side| side.state == StateWord::Written;
    if finding.head.as_ref().is_some_and(|head| written(&head)) {
        return None;
    }
    let base = finding.base.as_ref().filter(written)?;
    Some(format!("{}:{}", base.file.as_deref()?, base.line?))
}

/// Everything about a finding as a few lines of text, for formats that have one field for it. Not escaped.
#[must_use]
pub fn body(finding: &Finding) -> String {
    let mut text = finding.message.clone();
    let mut row = |label: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = write!(text, "\n{label}: {value}");
        }
    };
    row("where", Some(format!("{}:{}", finding.file, finding.line)));
    row("it stood at base in", stood(finding));
    row("scope", finding.scope.clone());
    row("before", finding.base.as_ref().map(|side| cell(Some(side), "").0));
    row("after", finding.head.as_ref().map(|side| cell(Some(side), "").0));
    row("why", finding.why.clone());
    row("fix", finding.fix.clone());
    row("refs", Some(finding.refs.join(", ")));
    row("also", Some(finding.also.join(", ")));
    row("waiver", finding.waiver.clone());
    text
}

/// The number of a weakness in MITRE's list, when a reference is one.
#[must_use]
pub fn cwe(reference: &str) -> Option<&str> {
    reference.strip_prefix("CWE-").filter(|number| !number.is_empty() && number.len() <= 5 && number.bytes().all(|b| b.is_ascii_digit()))
}

/// The first characters of a text, marked where it was cut.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// What happened, as one escaped sentence that a forge may show in a list: the message, and how to put it right.
#[must_use]
pub fn sentence(finding: &Finding) -> String {
    let mut text = finding.message.trim_end_matches('.').to_owned();
    if let Some(stood) = stood(finding) {
        let _ = write!(text, "; it stood at base in {stood}");
    }
    text.push('.');
    if let Some(fix) = finding.fix.as_deref().filter(|_| finding.change.can_fail()) {
        let _ = write!(text, " {fix}");
    }
    escape::plain(&text)
}
