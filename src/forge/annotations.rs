//! A report as a check run: its conclusion, its summary, and an annotation for each finding, in batches that a forge accepts.

use std::fmt::Write as _;

use serde::Serialize;

use crate::report::model::{Finding, Report, Severity, Verdict};
use crate::report::{Format, escape, human, summary, write};

/// Annotations that one request may carry (GitHub's Checks API).
pub const BATCH: usize = 50;
/// Annotations that are sent at all: twenty requests. The summary counts the rest.
pub const MOST: usize = 1_000;
/// Characters of a title.
const TITLE: usize = 255;
/// Characters of a message: GitHub takes 64 KiB, nobody reads that.
const MESSAGE: usize = 4_000;

/// A check run, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRun {
    /// Its name in the list of checks.
    pub name: String,
    /// `success` or `failure`: what is not known is no success.
    pub conclusion: &'static str,
    /// The verdict as a headline.
    pub title: String,
    /// Markdown.
    pub summary: String,
    /// In batches of at most `BATCH`; at least one, which may be empty.
    pub batches: Vec<Vec<Annotation>>,
}

/// One finding at its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Annotation {
    /// The file.
    pub path: String,
    /// Line from 1.
    pub start_line: u32,
    /// The last line.
    pub end_line: u32,
    /// Column from 1; only on a single line, GitHub refuses it otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_column: Option<u32>,
    /// The last column, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
    /// `failure`, `warning` or `notice`.
    pub annotation_level: &'static str,
    /// The setting and what happened to it.
    pub title: String,
    /// The finding's sentence.
    pub message: String,
}

/// The check run of a report.
#[must_use]
pub fn check_run(report: &Report, name: &str) -> CheckRun {
    let annotations: Vec<Annotation> = report.findings.iter().take(MOST).map(annotation).collect();
    let left = report.findings.len().saturating_sub(MOST);
    let mut text = Vec::new();
    // a vector takes everything
    let _ = write(Format::Markdown, report, &human::Options::default(), &mut text);
    let mut text = String::from_utf8_lossy(&text).into_owned();
    if left > 0 {
        let _ = writeln!(text, "\n{} without an annotation.", summary::count(left, "more finding"));
    }
    let mut batches: Vec<Vec<Annotation>> = annotations.chunks(BATCH).map(<[Annotation]>::to_vec).collect();
    if batches.is_empty() {
        batches.push(Vec::new());
    }
    CheckRun {
        name: name.to_owned(),
        conclusion: if report.verdict == Verdict::Pass { "success" } else { "failure" },
        title: summary::cut(&escape::line(&summary::headline(report)), TITLE),
        summary: text,
        batches,
    }
}

fn annotation(finding: &Finding) -> Annotation {
    let level = match finding.severity {
        _ if finding.waiver.is_some() || !finding.change.can_fail() => "notice",
        Severity::Error => "failure",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let (start, end) = (finding.line.max(1), finding.end_line.max(finding.line).max(1));
    let columns = (start == end).then_some((finding.column.max(1), finding.end_column.saturating_sub(1).max(finding.column).max(1)));
    let waived = if finding.waiver.is_some() { ", waived" } else { "" };
    Annotation {
        path: finding.file.clone(),
        start_line: start,
        end_line: end,
        start_column: columns.map(|(start, _)| start),
        end_column: columns.map(|(_, end)| end),
        annotation_level: level,
        title: summary::cut(&escape::line(&format!("{}: {}{waived}", finding.setting, finding.change.word())), TITLE),
        message: summary::cut(&summary::sentence(finding), MESSAGE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn three_hundred_findings_go_in_batches_of_fifty() {
        let mut report = fixture::report();
        let first = report.findings.first().cloned().unwrap();
        report.findings = vec![first.clone(); 300];
        let run = check_run(&report, "privgate findings");
        assert_eq!(run.batches.iter().map(Vec::len).collect::<Vec<_>>(), [50; 6]);
        assert_eq!((run.conclusion, run.name.as_str()), ("failure", "privgate findings"));
        report.findings = vec![first; 1_003];
        let run = check_run(&report, "privgate findings");
        assert_eq!(run.batches.concat().len(), MOST);
        assert!(run.summary.contains("3 more findings without an annotation"), "{}", run.summary);
        assert!(run.summary.encode_utf16().count() < 65_536);
    }

    #[test]
    fn a_run_without_findings_has_one_empty_batch() {
        let run = check_run(&fixture::quiet(), "x");
        assert_eq!((run.batches.len(), run.batches.concat().len(), run.conclusion), (1, 0, "success"));
    }

    #[test]
    fn what_is_not_known_is_no_success() {
        assert_eq!(check_run(&fixture::failed(), "x").conclusion, "failure");
    }

    #[test]
    fn columns_stand_on_a_single_line_only_and_texts_keep_their_limits() {
        let mut report = fixture::report();
        report.findings.truncate(1);
        let finding = report.findings.first_mut().unwrap();
        let one = annotation(finding);
        assert!(one.start_column.is_some() && one.end_column >= one.start_column);
        finding.end_line = finding.line + 2;
        finding.setting = "X".repeat(1_000);
        finding.message = "\u{202e}🙂".repeat(50_000);
        let long = annotation(finding);
        assert_eq!((long.start_column, long.end_column), (None, None));
        assert!(long.title.chars().count() <= TITLE && long.message.chars().count() <= MESSAGE);
        assert!(!long.message.contains('\u{202e}'));
    }

    #[test]
    fn what_is_waived_or_safer_is_a_notice() {
        let mut report = fixture::report();
        report.findings.truncate(1);
        report.findings.first_mut().unwrap().waiver = Some("accepted".into());
        let run = check_run(&report, "x");
        let only = run.batches.concat().remove(0);
        assert_eq!(only.annotation_level, "notice");
        assert!(only.title.ends_with(", waived"), "{}", only.title);
    }
}
