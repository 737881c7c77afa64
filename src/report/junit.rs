//! JUnit XML: one test case a finding, in the strict order of the Ant schema (windyroad/JUnit-Schema), for test reports.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::escape;
use super::human::coverage_line;
use super::model::{Change, Finding, Report};
use super::summary::{body, headline, revision};

/// Test cases of one file; GitLab and Jenkins read files of this size without trouble.
const CASES: usize = 20_000;
/// Skipped files that are listed.
const SKIPPED: usize = 1_000;

/// What became of a test case.
enum Outcome {
    Passed,
    Skipped(String),
    /// It cannot be known, or the run itself failed.
    Error(&'static str, String, String),
    Failure(&'static str, String, String),
}

struct Case {
    class: String,
    name: String,
    outcome: Outcome,
}

/// Writes one suite. Its day is the day judged as, at midnight, and no time passes in it: equal inputs give equal bytes.
///
/// # Errors
/// What the writer answers.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let cases = cases(report);
    let number = |is: fn(&Outcome) -> bool| cases.iter().filter(|case| is(&case.outcome)).count();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>")?;
    writeln!(
        out,
        "  <testsuite package=\"privgate\" id=\"0\" name=\"privgate\" timestamp=\"{}T00:00:00\" hostname=\"localhost\" tests=\"{}\" \
         failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"0\">",
        escape::xml(&report.date),
        cases.len(),
        number(|outcome| matches!(outcome, Outcome::Failure(..))),
        number(|outcome| matches!(outcome, Outcome::Error(..))),
        number(|outcome| matches!(outcome, Outcome::Skipped(_))),
    )?;
    writeln!(out, "    <properties>")?;
    let properties = [
        ("base", revision(report.base.as_ref())),
        ("head", revision(report.head.as_ref())),
        ("policies", report.coverage.policy_source.clone()),
        ("verdict", report.verdict.word().to_owned()),
        ("exit", report.exit.to_string()),
        ("version", report.tool.version.to_owned()),
    ];
    for (name, value) in properties {
        writeln!(out, "      <property name=\"{name}\" value=\"{}\"/>", attribute(&value))?;
    }
    writeln!(out, "    </properties>")?;
    for case in &cases {
        out.write_all(case.xml().as_bytes())?;
    }
    writeln!(out, "    <system-out>{}\n{}</system-out>", escape::xml(&headline(report)), escape::xml(&coverage_line(report)))?;
    writeln!(out, "    <system-err>{}</system-err>", escape::xml(&left_out(report)))?;
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn cases(report: &Report) -> Vec<Case> {
    let mut cases: Vec<Case> = report.findings.iter().take(CASES).map(|finding| of_finding(report, finding)).collect();
    cases.extend(report.errors.iter().map(|error| Case {
        class: "privgate.error".into(),
        name: error.file.clone().unwrap_or_else(|| "the run".into()),
        outcome: Outcome::Error("error", error.message.clone(), String::new()),
    }));
    cases.extend(report.coverage.skipped.iter().take(SKIPPED).map(|skipped| Case {
        class: "privgate.coverage".into(),
        name: if skipped.file.is_empty() { skipped.reason.clone() } else { skipped.file.clone() },
        outcome: Outcome::Skipped(skipped.reason.clone()),
    }));
    if report.findings.is_empty() && report.errors.is_empty() {
        cases.insert(0, Case { class: "privgate".into(), name: "no default got weaker".into(), outcome: Outcome::Passed });
    }
    // test reports keep one of several cases of the same name
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    for case in &mut cases {
        let count = seen.entry((case.class.clone(), case.name.clone())).or_default();
        *count += 1;
        if *count > 1 {
            let _ = write!(case.name, " ({count})");
        }
    }
    cases
}

fn of_finding(report: &Report, finding: &Finding) -> Case {
    let scope = finding.scope.as_deref().map(|scope| format!(" of {scope}")).unwrap_or_default();
    let details = || (finding.change.word(), finding.message.clone(), body(finding));
    let outcome = match (&finding.waiver, report.fails(finding), finding.change) {
        (Some(waiver), _, change) if change.can_fail() => Outcome::Skipped(format!("waived: {waiver}")),
        (_, true, Change::Undecided) => {
            let (kind, message, body) = details();
            Outcome::Error(kind, message, body)
        }
        (_, true, _) => {
            let (kind, message, body) = details();
            Outcome::Failure(kind, message, body)
        }
        // what fails nothing is a case that passed; its name still tells
        (_, false, _) => Outcome::Passed,
    };
    let passed = if matches!(outcome, Outcome::Passed) { format!(" ({})", finding.change.word()) } else { String::new() };
    Case { class: finding.policy.clone(), name: format!("{}{scope} in {}{passed}", finding.setting, finding.file), outcome }
}

impl Case {
    fn xml(&self) -> String {
        let head = format!("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", attribute(&self.class), attribute(&self.name));
        let told = |element: &str, kind: &str, message: &str, body: &str| {
            let kind = if kind.is_empty() { String::new() } else { format!(" type=\"{kind}\"") };
            format!(
                "{head}>\n      <{element}{kind} message=\"{}\">{}</{element}>\n    </testcase>\n",
                attribute(message),
                escape::xml(body)
            )
        };
        match &self.outcome {
            Outcome::Passed => format!("{head}/>\n"),
            Outcome::Skipped(reason) => told("skipped", "", reason, ""),
            Outcome::Error(kind, message, body) => told("error", kind, message, body),
            Outcome::Failure(kind, message, body) => told("failure", kind, message, body),
        }
    }
}

fn left_out(report: &Report) -> String {
    let findings = report.findings.len().saturating_sub(CASES);
    let skipped = report.coverage.skipped.len().saturating_sub(SKIPPED);
    let mut lines = Vec::new();
    if findings > 0 {
        lines.push(format!("{findings} findings are left out: the JSON report has all of them"));
    }
    if skipped > 0 {
        lines.push(format!("{skipped} skipped files are left out: the JSON report has all of them"));
    }
    lines.join("\n")
}

/// An attribute is one line: a parser turns a line feed in it into a blank, and nothing says so.
fn attribute(text: &str) -> String {
    escape::xml(&escape::line(&text.replace('\n', " ")))
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_fails_is_a_failure_and_what_cannot_be_known_an_error() {
        let text = written(&fixture::report());
        assert!(text.contains("tests=\"14\" failures=\"2\" errors=\"2\" skipped=\"7\""), "{text}");
        assert!(text.contains("<failure type=\"weakened\"") && text.contains("<error type=\"undecided\""));
        assert!(text.contains("(strengthened)\" time=\"0\"/>"), "{text}");
    }

    #[test]
    fn nothing_fails_where_nothing_fails_the_run() {
        let mut report = fixture::report();
        report.fails_from = None;
        report.errors.clear();
        assert!(written(&report).contains("failures=\"0\" errors=\"0\""));
    }

    #[test]
    fn a_quiet_run_is_one_case_that_passed() {
        assert!(written(&fixture::quiet()).contains("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\""));
    }

    #[test]
    fn the_document_is_well_formed_and_names_are_told_apart() {
        let text = written(&fixture::hostile());
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut names = std::collections::HashSet::new();
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) if tag.name().as_ref() == "testcase" => {
                    let attributes: Vec<String> = tag.attributes().map(|a| a.unwrap().value.into_owned()).collect();
                    assert!(names.insert(attributes.clone()), "twice: {attributes:?}");
                }
                _ => {}
            }
        }
        assert!(names.len() > 6);
    }
}
