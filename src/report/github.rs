//! Annotations for GitHub Actions, followed by the text for people in a form that the runner cannot take for commands.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::human::{self, Options};
use super::model::{ErrorShown, Finding, Report, Severity};
use super::{change, escape, json};

/// Annotations of one type that the runner keeps for one step (`_maxCountPerIssueType`).
const PER_TYPE: usize = 10;
/// UTF-16 units of a message that the runner keeps.
const MESSAGE: usize = 4_096;

/// Writes one workflow command a finding, worst first, then the report for people.
///
/// # Errors
/// What the writer answers.
pub fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut kinds: BTreeMap<Severity, Vec<String>> = BTreeMap::new();
    kinds.entry(Severity::Error).or_default().extend(report.errors.iter().map(of_error));
    for finding in &report.findings {
        kinds.entry(level(finding)).or_default().push(of_finding(report, finding));
    }
    for (severity, commands) in kinds {
        let kept = if commands.len() > PER_TYPE { PER_TYPE - 1 } else { commands.len() };
        for command in commands.iter().take(kept) {
            writeln!(out, "{command}")?;
        }
        let rest = commands.len() - kept;
        if rest > 0 {
            let word = word(severity);
            writeln!(
                out,
                "::{word} title=privgate::{rest} more {word}s have no annotation (GitHub shows {PER_TYPE} a step): see the log of this step"
            )?;
        }
    }
    let mut text = Vec::new();
    human::write(report, options, &mut text)?;
    let text = escape::log(&String::from_utf8_lossy(&text));
    let token = token(report, &text)?;
    writeln!(out, "::stop-commands::{token}")?;
    out.write_all(text.as_bytes())?;
    writeln!(out, "::{token}::")
}

/// A word that ends the fenced text and does not occur in it. It follows from the report alone, so equal inputs give equal
/// bytes; as it is a hash over the text that it must not occur in, nobody can write it into a file beforehand.
fn token(report: &Report, text: &str) -> io::Result<String> {
    let mut bytes = Vec::new();
    json::write(report, &mut bytes)?;
    bytes.extend_from_slice(text.as_bytes());
    loop {
        let digest = Sha256::digest(&bytes);
        let token = digest.iter().fold("privgate-".to_owned(), |mut token, byte| {
            let _ = write!(token, "{byte:02x}");
            token
        });
        if !text.contains(&token) {
            return Ok(token);
        }
        bytes = digest.to_vec();
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// What somebody has accepted is shown, and is no error any more.
fn level(finding: &Finding) -> Severity {
    if finding.waiver.is_some() { Severity::Note } else { finding.severity }
}

fn of_finding(report: &Report, finding: &Finding) -> String {
    let mut command = format!("::{} file={}", word(level(finding)), escape::workflow_property(&finding.file));
    // the view of a change shows annotations only on lines that it shows
    let (line, end_line, column, end_column) = match report.anchors.get(&finding.fingerprint) {
        Some(anchor) if anchor.line != finding.line => (anchor.line, anchor.line, anchor.column, anchor.end_column),
        _ => (finding.line, finding.end_line.max(finding.line), finding.column, finding.end_column),
    };
    let _ = write!(command, ",line={line},endLine={end_line}");
    // GitHub refuses columns of a range that spans lines
    if end_line == line {
        let _ = write!(command, ",col={column},endColumn={}", end_column.max(column));
    }
    let title = format!("{} ({})", finding.policy, finding.change.word());
    let mut message = finding.message.clone();
    let mut row = |label: &str, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            let _ = write!(message, "\n{label}: {text}");
        }
    };
    let change = change::line(finding.base.as_ref(), finding.head.as_ref(), false);
    row("change", change.map(|change| format!("{} {change}", finding.setting)));
    row("scope", finding.scope.clone());
    row("waiver", finding.waiver.clone());
    row("why", finding.why.clone());
    row("fix", finding.fix.clone());
    row("refs", Some(finding.refs.join(", ")));
    let others = finding.places.len().saturating_sub(1);
    row("also in", (others > 0).then(|| format!("{others} more place{}", if others == 1 { "" } else { "s" })));
    let _ = write!(command, ",title={}::{}", escape::workflow_property(&title), data(&message));
    command
}

fn of_error(error: &ErrorShown) -> String {
    let mut command = "::error ".to_owned();
    if let Some(file) = &error.file {
        let _ = write!(command, "file={},", escape::workflow_property(file));
        if let Some(line) = error.line {
            let _ = write!(command, "line={line},");
        }
    }
    let _ = write!(command, "title=privgate::{}", data(&error.message));
    command
}

/// A message as data, cut between characters to what the runner keeps.
fn data(message: &str) -> String {
    let shown = escape::log(&escape::terminal(message));
    let units: usize = shown.chars().map(char::len_utf16).sum();
    if units <= MESSAGE {
        return escape::workflow_data(&shown);
    }
    let mut room = MESSAGE - "...".len();
    let kept: String = shown
        .chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= room;
            room = room.saturating_sub(c.len_utf16());
            fits
        })
        .collect();
    escape::workflow_data(&format!("{kept}..."))
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &Options { show_all: true, ..Options::default() }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// What the runner takes for commands: at the start of a line after blanks, or in the old form anywhere, unless stopped.
    fn commands(text: &str) -> Vec<String> {
        let mut stopped: Option<String> = None;
        let mut found = Vec::new();
        for line in text.split(['\n', '\r']) {
            let line = line.trim_start();
            assert!(!line.contains("##["), "{line}");
            if let Some(token) = &stopped {
                if line == format!("::{token}::") {
                    stopped = None;
                }
            } else if let Some(token) = line.strip_prefix("::stop-commands::") {
                stopped = Some(token.to_owned());
            } else if line.starts_with("::") {
                found.push(line.to_owned());
            } else {
                assert!(line.is_empty(), "text outside the fence: {line}");
            }
        }
        assert_eq!(stopped, None, "the fence is closed");
        found
    }

    #[test]
    fn the_whole_output_as_the_runner_sees_it() {
        insta::assert_snapshot!(written(&fixture::report()));
    }

    #[test]
    fn attacks_give_no_command_of_their_own() {
        let report = fixture::hostile();
        let found = commands(&written(&report));
        assert_eq!(found.len(), report.findings.len() + report.errors.len());
        for command in &found {
            assert!(["::error ", "::warning ", "::notice "].iter().any(|start| command.starts_with(start)), "{command}");
            let properties = command.split("::").nth(1).unwrap();
            assert_eq!(properties.matches(",title=").count() + properties.matches(" title=").count(), 1, "{command}");
            assert!(!command.chars().any(escape::is_hidden), "{command}");
        }
    }

    #[test]
    fn the_tenth_annotation_of_a_kind_counts_the_rest() {
        let mut report = fixture::report();
        let first = report.findings[0].clone();
        report.findings = vec![first; 14];
        let found = commands(&written(&report));
        assert_eq!(found.len(), 10);
        assert!(found[9].contains("::6 more errors"), "{}", found[9]);
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let mut report = fixture::report();
        report.findings.truncate(1);
        report.errors.clear();
        report.findings[0].message = "🙂%".repeat(5_000);
        let command = commands(&written(&report)).remove(0);
        let message = command.splitn(3, "::").nth(2).unwrap().replace("%25", "%");
        assert!(message.encode_utf16().count() <= MESSAGE && message.ends_with("..."));
    }

    #[test]
    fn columns_are_left_out_of_ranges_over_lines() {
        let report = fixture::report();
        let mut finding = report.findings[0].clone();
        assert!(of_finding(&report, &finding).contains(",col="));
        finding.end_line = finding.line + 1;
        assert!(!of_finding(&report, &finding).contains("col="));
    }

    #[test]
    fn a_removal_is_annotated_on_the_edited_line_beside_it() {
        let mut report = fixture::report();
        let finding = report.findings[1].clone();
        let anchor = super::super::anchor::Anchor { line: 4, column: 1, end_column: 9, hash: None };
        report.anchors.insert(finding.fingerprint.clone(), anchor);
        assert!(of_finding(&report, &finding).contains(",line=4,endLine=4,col=1,endColumn=9,"));
    }

    #[test]
    fn equal_reports_give_equal_bytes() {
        assert_eq!(written(&fixture::hostile()), written(&fixture::hostile()));
    }
}
