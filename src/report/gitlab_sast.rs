//! GitLab's report of static analysis: its security dashboard reads it (schema 15.0.7 of security-report-schemas).

use std::io::{self, Write};

use serde::Serialize;

use super::model::{Finding, Report, Severity, Verdict};
use super::summary::{cut, cwe, sentence};
use super::{escape, json};

/// The version of the schema that is written.
const VERSION: &str = "15.0.7";
/// Most characters of a name.
const NAME: usize = 255;
/// Most characters of a solution.
const SOLUTION: usize = 7_000;
/// Messages of one scan: skipped files could be many thousands.
const MESSAGES: usize = 100;

#[derive(Serialize)]
struct Document {
    version: &'static str,
    scan: Scan,
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Serialize)]
struct Scan {
    #[serde(rename = "type")]
    kind: &'static str,
    status: &'static str,
    start_time: String,
    end_time: String,
    analyzer: Program,
    scanner: Program,
    messages: Vec<Told>,
}

#[derive(Serialize)]
struct Program {
    id: &'static str,
    name: &'static str,
    version: &'static str,
    vendor: Vendor,
}

#[derive(Serialize)]
struct Vendor {
    name: &'static str,
}

#[derive(Serialize)]
struct Told {
    level: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Vulnerability {
    id: String,
    name: String,
    description: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    solution: Option<String>,
    identifiers: Vec<Identifier>,
    location: Location,
    tracking: Tracking,
}

#[derive(Serialize)]
struct Identifier {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Clone, Serialize)]
struct Location {
    file: String,
    start_line: u32,
    end_line: u32,
}

#[derive(Serialize)]
struct Tracking {
    #[serde(rename = "type")]
    kind: &'static str,
    items: [Tracked; 1],
}

#[derive(Serialize)]
struct Tracked {
    #[serde(flatten)]
    location: Location,
    signatures: [Signature; 1],
}

#[derive(Serialize)]
struct Signature {
    algorithm: &'static str,
    value: String,
}

/// Writes one vulnerability a finding. The day is the day judged as, at midnight: equal inputs give equal bytes.
///
/// # Errors
/// What the writer answers.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let program =
        || Program { id: "privgate", name: "privgate", version: report.tool.version, vendor: Vendor { name: "the privgate contributors" } };
    let time = format!("{}T00:00:00", report.date);
    let failed = report.verdict == Verdict::Error || !report.errors.is_empty();
    let document = Document {
        version: VERSION,
        scan: Scan {
            kind: "sast",
            status: if failed { "failure" } else { "success" },
            start_time: time.clone(),
            end_time: time,
            analyzer: program(),
            scanner: program(),
            messages: messages(report),
        },
        vulnerabilities: report.findings.iter().map(|finding| vulnerability(report, finding)).collect(),
    };
    json::write_value(&document, out)
}

fn messages(report: &Report) -> Vec<Told> {
    let fatal = report.errors.iter().map(|error| Told { level: "fatal", value: escape::plain(&error.message) });
    let skipped = &report.coverage.skipped;
    let told = skipped
        .iter()
        .take(MESSAGES)
        .map(|skipped| Told { level: "info", value: escape::plain(&format!("not judged: {} ({})", skipped.file, skipped.reason)) });
    let rest = skipped.len().saturating_sub(MESSAGES);
    let rest = (rest > 0).then(|| Told { level: "info", value: format!("{rest} more files were not judged") });
    fatal.chain(told).chain(rest).collect()
}

fn vulnerability(report: &Report, finding: &Finding) -> Vulnerability {
    let anchor = report.anchors.get(&finding.fingerprint);
    let start_line = anchor.map_or(finding.line, |anchor| anchor.line);
    let end_line = if anchor.is_some() { start_line } else { finding.end_line.max(start_line) };
    let location = Location { file: escape::line(&finding.file), start_line, end_line };
    let policy = escape::plain(&finding.policy);
    let mut identifiers =
        vec![Identifier { kind: "privgate_policy", name: format!("privgate {policy}"), value: policy.clone(), url: None }];
    identifiers.extend(finding.refs.iter().filter_map(|reference| cwe(reference)).map(|number| Identifier {
        kind: "cwe",
        name: format!("CWE-{number}"),
        value: number.to_owned(),
        url: Some(format!("https://cwe.mitre.org/data/definitions/{number}.html")),
    }));
    let why = finding.why.as_deref().unwrap_or("");
    Vulnerability {
        id: uuid(&finding.fingerprint),
        name: cut(&escape::plain(&format!("{}: {}", finding.change.word(), finding.title)), NAME),
        // GitLab shows it as Markdown
        description: escape::markdown_prose(&format!("{} {why}", sentence(finding))),
        severity: match finding.severity {
            _ if !finding.change.can_fail() || finding.waiver.is_some() => "Info",
            Severity::Note => "Low",
            Severity::Warning => "Medium",
            Severity::Error => "High",
        },
        solution: finding.fix.as_deref().map(|fix| cut(&escape::plain(fix), SOLUTION)),
        identifiers,
        tracking: Tracking {
            kind: "source",
            items: [Tracked {
                location: location.clone(),
                signatures: [Signature { algorithm: "hash", value: finding.fingerprint.clone() }],
            }],
        },
        location,
    }
}

/// A fingerprint in the form of a UUID; anything else stays as it is.
fn uuid(fingerprint: &str) -> String {
    if fingerprint.len() != 32 || !fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return fingerprint.to_owned();
    }
    let part = |range| fingerprint.get(range).unwrap_or("").to_owned();
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use serde_json::Value;

    fn written(report: &Report) -> Value {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn a_finding_is_a_vulnerability_that_is_tracked_without_lines() {
        let value = written(&fixture::report());
        let first = &value["vulnerabilities"][0];
        assert_eq!(first["id"], "3f5a0c1b-2d4e-6f70-8192-a3b4c5d6e7f8");
        assert_eq!(first["severity"], "High");
        assert_eq!(first["identifiers"][1]["value"], "359");
        assert_eq!(first["tracking"]["items"][0]["signatures"][0]["value"], "3f5a0c1b2d4e6f708192a3b4c5d6e7f8");
        assert_eq!(value["vulnerabilities"].as_array().unwrap().len(), 6);
    }

    #[test]
    fn a_run_that_failed_says_so() {
        let value = written(&fixture::failed());
        assert_eq!(value["scan"]["status"], "failure");
        assert_eq!(value["scan"]["messages"][0]["level"], "fatal");
        assert_eq!(written(&fixture::quiet())["scan"]["status"], "success");
    }

    #[test]
    fn long_texts_fit_their_fields() {
        let mut report = fixture::report();
        report.findings[0].title = "é".repeat(1_000);
        report.findings[0].fix = Some("x".repeat(10_000));
        let value = written(&report);
        let length = |key: &str| value["vulnerabilities"][0][key].as_str().unwrap().chars().count();
        assert!(length("name") <= NAME && length("solution") <= SOLUTION);
    }
}
