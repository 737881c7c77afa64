//! An in-toto statement with the test-result predicate: what was compared, by which policies, with which result. Signed by whoever
//! ran it, it is evidence; privgate signs nothing itself.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::model::{Finding, Report, RevisionShown, Verdict};
use super::summary::{count, speaks};
use super::{escape, json};

/// Tests of one kind that are named.
const NAMED: usize = 1_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    #[serde(rename = "_type")]
    kind: &'static str,
    subject: Vec<Resource>,
    predicate_type: &'static str,
    predicate: Predicate,
}

#[derive(Serialize)]
struct Resource {
    name: String,
    digest: Sum,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations>,
}

/// One digest; git's ids are SHA-1 or SHA-256 and go by the same name.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Sum {
    GitCommit(String),
    Sha256(String),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Annotations {
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Predicate {
    result: &'static str,
    configuration: Vec<Resource>,
    passed_tests: Vec<String>,
    warned_tests: Vec<String>,
    failed_tests: Vec<String>,
}

/// Writes the statement. Its subjects are the head commit and the JSON report of the same run; the base commit and the policies are
/// what the result depends on, so they stand under `configuration`: nobody may show this as evidence about the base.
///
/// # Errors
/// What the writer answers.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut bytes = Vec::new();
    json::write(report, &mut bytes)?;
    let commit = |shown: &Option<RevisionShown>, role: &'static str| {
        let shown = shown.as_ref()?;
        Some(Resource {
            name: format!("git+commit:{role}"),
            digest: Sum::GitCommit(shown.commit.clone()?),
            annotations: Some(Annotations { revision: Some(escape::plain(&shown.rev)), role: Some(role) }),
        })
    };
    let sum = |name: String, digest: String| Resource { name, digest: Sum::Sha256(digest), annotations: None };
    let mut subject: Vec<Resource> = commit(&report.head, "head").into_iter().collect();
    subject.push(sum("privgate-report.json".into(), hex(&Sha256::digest(&bytes))));
    let mut configuration: Vec<Resource> = commit(&report.base, "base").into_iter().collect();
    configuration.extend(report.rule_sets.iter().map(|set| sum(format!("policies:{}", escape::plain(&set.name)), set.sha256.clone())));
    let predicate = Predicate {
        result: result(report),
        configuration,
        passed_tests: passed(report),
        warned_tests: names(report.findings.iter().filter(|finding| speaks(finding) && !report.fails(finding))),
        failed_tests: names(report.findings.iter().filter(|finding| report.fails(finding))),
    };
    let statement = Statement {
        kind: "https://in-toto.io/Statement/v1",
        subject,
        predicate_type: "https://in-toto.io/attestation/test-result/v0.1",
        predicate,
    };
    json::write_value(&statement, out)
}

/// What cannot be decided has not passed.
fn result(report: &Report) -> &'static str {
    match report.verdict {
        Verdict::Pass if report.findings.iter().any(speaks) => "WARNED",
        Verdict::Pass => "PASSED",
        _ => "FAILED",
    }
}

fn passed(report: &Report) -> Vec<String> {
    if report.verdict == Verdict::Pass { vec!["no default got weaker".into()] } else { Vec::new() }
}

/// The policies of findings, each once.
fn names<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<String> {
    let all: BTreeSet<&str> = findings.map(|finding| finding.policy.as_str()).collect();
    let mut names: Vec<String> = all.iter().take(NAMED).map(|name| escape::plain(name)).collect();
    if all.len() > NAMED {
        names.push(format!("and {}", count(all.len() - NAMED, "more policy")));
    }
    names
}

fn hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::super::model::RuleSet;
    use super::*;
    use serde_json::{Value, json};

    fn written(report: &Report) -> Value {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn the_statement_binds_head_report_base_and_policies() {
        let mut report = fixture::report();
        report.head = Some(RevisionShown { rev: "HEAD".into(), commit: Some("2".repeat(40)) });
        report.rule_sets = vec![RuleSet { name: "built-in 0.1.0".into(), sha256: "a".repeat(64) }];
        let value = written(&report);
        assert_eq!(value["_type"], "https://in-toto.io/Statement/v1");
        assert_eq!(value["subject"][0]["digest"], json!({"gitCommit": "2".repeat(40)}));
        let mut bytes = Vec::new();
        super::json::write(&report, &mut bytes).unwrap();
        assert_eq!(value["subject"][1]["digest"]["sha256"], json!(hex(&Sha256::digest(&bytes))));
        let configuration = &value["predicate"]["configuration"];
        assert_eq!(configuration[0]["digest"]["gitCommit"], json!("1".repeat(40)));
        assert_eq!(configuration[1]["digest"]["sha256"], json!("a".repeat(64)));
        assert_eq!(value["predicate"]["result"], "FAILED");
        let failed = json!(["logging/prompts", "opt-out/do-not-track", "telemetry/vllm-usage-stats"]);
        assert_eq!(value["predicate"]["failedTests"], failed);
        assert_eq!(value["predicate"]["warnedTests"], json!(["auth/api-key", "network/ollama-bind"]));
    }

    #[test]
    fn without_a_commit_the_report_is_the_subject() {
        let value = written(&fixture::report());
        assert_eq!(value["subject"].as_array().unwrap().len(), 1);
        assert_eq!(value["subject"][0]["name"], "privgate-report.json");
    }

    #[test]
    fn what_cannot_be_decided_has_not_passed() {
        assert_eq!(written(&fixture::failed())["predicate"]["result"], "FAILED");
        assert_eq!(written(&fixture::quiet())["predicate"]["result"], "PASSED");
        let mut report = fixture::report();
        (report.verdict, report.fails_from) = (Verdict::Pass, None);
        let value = written(&report);
        assert_eq!(value["predicate"]["result"], "WARNED");
        assert_eq!(value["predicate"]["failedTests"], json!([]));
    }
}
