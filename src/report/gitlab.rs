//! GitLab Code Quality: an array of issues in the Code Climate form that merge requests show.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::model::{Finding, Report, Severity};
use super::summary::{cut, sentence};
use super::{escape, json};

/// Characters of a description: the widget shows it in one line.
const DESCRIPTION: usize = 1_000;

#[derive(Serialize)]
struct Issue {
    #[serde(rename = "type")]
    kind: &'static str,
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    categories: [&'static str; 1],
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes one issue a finding, and one for each error of the run: an empty array would say that all is well.
///
/// # Errors
/// What the writer answers.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut seen = HashMap::new();
    let mut issues: Vec<Issue> = report.findings.iter().map(|finding| issue(report, finding, &mut seen)).collect();
    issues.extend(report.errors.iter().map(|error| {
        let line = error.line.unwrap_or(1).max(1);
        let path = error.file.clone().unwrap_or_else(|| ".".into());
        Issue {
            kind: "issue",
            description: escape::plain(&cut(&error.message, DESCRIPTION)),
            check_name: "privgate/error".into(),
            fingerprint: unique(&digest(&format!("{path}\n{}", error.message)), &mut seen),
            severity: "blocker",
            categories: ["Security"],
            location: Location { path: escape::line(&path), lines: Lines { begin: line, end: line } },
        }
    }));
    json::write_value(&issues, out)
}

fn issue(report: &Report, finding: &Finding, seen: &mut HashMap<String, usize>) -> Issue {
    let anchor = report.anchors.get(&finding.fingerprint);
    let begin = anchor.map_or(finding.line, |anchor| anchor.line).max(1);
    let end = if anchor.is_some() { begin } else { finding.end_line.max(begin) };
    Issue {
        kind: "issue",
        description: cut(&sentence(finding), DESCRIPTION),
        check_name: escape::plain(&finding.policy),
        fingerprint: unique(&finding.fingerprint, seen),
        severity: match finding.severity {
            _ if !finding.change.can_fail() || finding.waiver.is_some() => "info",
            Severity::Note => "info",
            Severity::Warning => "minor",
            Severity::Error => "critical",
        },
        categories: ["Security"],
        location: Location { path: escape::line(&finding.file), lines: Lines { begin, end } },
    }
}

/// GitLab shows equal fingerprints once, so no two issues may have the same.
fn unique(fingerprint: &str, seen: &mut HashMap<String, usize>) -> String {
    let count = seen.entry(fingerprint.to_owned()).or_default();
    *count += 1;
    if *count == 1 { fingerprint.to_owned() } else { digest(&format!("{fingerprint}\n{count}")) }
}

fn digest(text: &str) -> String {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
    Sha256::digest(text.as_bytes()).iter().take(16).flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use serde_json::Value;

    fn written(report: &Report) -> Vec<Value> {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        assert_eq!(out.first(), Some(&b'['), "an array, without a byte order mark");
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn every_finding_is_an_issue_with_what_gitlab_requires() {
        let report = fixture::report();
        let issues = written(&report);
        assert_eq!(issues.len(), report.findings.len() + report.errors.len());
        for issue in &issues {
            for key in ["description", "check_name", "fingerprint", "severity"] {
                assert!(issue[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {issue}");
            }
            assert!(issue["location"]["path"].is_string() && issue["location"]["lines"]["begin"].as_u64() >= Some(1));
        }
        assert_eq!(issues[0]["severity"], "critical");
        assert_eq!(issues[5]["severity"], "info", "what got safer is no problem");
    }

    #[test]
    fn no_two_issues_share_a_fingerprint() {
        let issues = written(&fixture::hostile());
        let prints: std::collections::HashSet<&str> = issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(prints.len(), issues.len());
    }

    #[test]
    fn a_run_that_failed_is_not_an_empty_list() {
        assert_eq!(written(&fixture::failed()).len(), 1);
        assert!(written(&fixture::quiet()).is_empty());
    }
}
