//! What code scanning is given: required fields, limits, hashes; improvements are no alerts.

use serde_json::{Value, json};

use super::super::anchor::Anchor;
use super::super::fixture;
use super::*;

fn written(report: &Report) -> Value {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn every_field_that_github_requires_is_there_and_not_empty() {
    let mut bare = fixture::report();
    for finding in &mut bare.findings {
        (finding.why, finding.fix) = (None, Some(" ".into()));
        finding.title = String::new();
    }
    for report in [fixture::report(), fixture::hostile(), bare] {
        let value = written(&report);
        let run = &value["runs"][0];
        let filled = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
        assert!(filled(&value["$schema"]) && filled(&run["tool"]["driver"]["name"]));
        for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
            for at in ["/id", "/name", "/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown"] {
                assert!(rule.pointer(at).is_some_and(filled), "{at} {rule}");
            }
        }
        for result in run["results"].as_array().unwrap() {
            assert!(filled(&result["message"]["text"]), "{result}");
            let region = &result["locations"][0]["physicalLocation"]["region"];
            for key in ["startLine", "startColumn", "endLine", "endColumn"] {
                assert!(region[key].as_u64() >= Some(1), "{result}");
            }
        }
    }
}

#[test]
fn rules_are_listed_once_and_results_point_at_them() {
    let value = written(&fixture::report());
    let run = &value["runs"][0];
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    assert_eq!(
        run["tool"]["driver"]["rules"][0]["properties"]["tags"],
        json!(["privacy", "telemetry", "external/cwe/cwe-359", "GDPR Art. 25"])
    );
}

#[test]
fn what_got_safer_is_no_alert_and_what_is_waived_is_suppressed() {
    let mut report = fixture::report();
    report.findings[0].waiver = Some("until December".into());
    let value = written(&report);
    let results = &value["runs"][0]["results"];
    assert_eq!((&results[5]["kind"], &results[5]["level"]), (&json!("pass"), &json!("none")));
    assert_eq!(results[0]["suppressions"][0]["status"], "accepted");
    assert_eq!(results[1]["suppressions"], Value::Null);
}

#[test]
fn a_result_stands_at_its_anchor_with_the_hash_of_its_line() {
    let mut report = fixture::report();
    let anchor = Anchor { line: 4, column: 1, end_column: 9, hash: Some("abc:1".into()) };
    report.anchors.insert(report.findings[0].fingerprint.clone(), anchor);
    let value = written(&report);
    let result = &value["runs"][0]["results"][0];
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region, &json!({"startLine": 4, "startColumn": 1, "endLine": 4, "endColumn": 9}));
    assert_eq!(result["partialFingerprints"]["primaryLocationLineHash"], "abc:1");
    assert_eq!(result["partialFingerprints"]["privgate/v1"], json!(report.findings[0].fingerprint));
}

#[test]
fn more_results_than_github_takes_are_counted() {
    let mut report = fixture::report();
    let first = report.findings[3].clone();
    report.findings = vec![first; 26_000];
    report.findings[0].places = (1..=1_500).map(|line| super::super::model::Place { file: "x".into(), line }).collect();
    let value = written(&report);
    let run = &value["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 25_000);
    assert_eq!(run["results"][0]["relatedLocations"].as_array().unwrap().len(), PLACES);
    let told = run["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(told.contains("1000 findings left out"), "{told}");
    assert_eq!(run["invocations"][0]["exitCode"], 1);
}

#[test]
fn texts_and_tags_of_a_rule_keep_their_limits() {
    let mut report = fixture::report();
    let first = &mut report.findings[0];
    // hidden characters are written out, which makes a text longer
    first.title = format!("{}{}", "\u{200b}".repeat(300), "t".repeat(5_000));
    first.why = Some("w\u{202e}".repeat(5_000));
    first.refs = (0..30).map(|number| format!("CWE-{number}")).collect();
    let rule = &written(&report)["runs"][0]["tool"]["driver"]["rules"][0];
    let length = |at: &str| rule.pointer(at).unwrap().as_str().unwrap().chars().count();
    assert!(length("/name") <= 255 && length("/name") > 200, "{}", length("/name"));
    for at in ["/shortDescription/text", "/fullDescription/text"] {
        assert!(length(at) <= 1_024 && length(at) > 900, "{at} {}", length(at));
    }
    assert_eq!(rule["properties"]["tags"].as_array().unwrap().len(), 10);
    // as many policies as results are no more rules than GitHub takes
    let first = report.findings[3].clone();
    report.findings = (0..26_000).map(|number| Finding { policy: format!("own/p{number}"), ..first.clone() }).collect();
    assert_eq!(written(&report)["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().len(), 25_000);
}

#[cfg(unix)]
#[test]
fn as_many_results_as_github_takes_fit_into_an_upload() {
    use sha2::Digest;
    let mut report = fixture::report();
    let first = report.findings[0].clone();
    // nothing of them is alike that could be packed well: files, settings, values, messages, fingerprints
    let findings = (0..26_000_u32).map(|number| {
        let digest = sha2::Sha256::digest(number.to_le_bytes());
        let hexadecimal = |part: &[u8]| part.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let names: Vec<String> = digest.chunks(6).map(hexadecimal).collect();
        let mut finding = first.clone();
        finding.file = format!("services/{}/compose.yaml", names[0]);
        finding.setting = format!("{}_TELEMETRY", names[1]);
        finding.message = format!("`{}` is weaker: {} is {}", finding.setting, names[2], names[3]);
        finding.fingerprint = names.concat();
        finding
    });
    report.findings = findings.collect();
    let mut text = Vec::new();
    write(&report, &mut text).unwrap();
    let pipes = || std::process::Stdio::piped();
    let mut gzip = std::process::Command::new("gzip").arg("-c").stdin(pipes()).stdout(pipes()).spawn().unwrap();
    let mut feed = gzip.stdin.take().unwrap();
    let writer = std::thread::spawn(move || std::io::Write::write_all(&mut feed, &text));
    let packed = gzip.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(packed.status.success());
    let size = packed.stdout.len();
    assert!(size > 1_000_000, "{size}: something was packed");
    assert!(size < 10_000_000, "{size} bytes are more than an upload may have");
}

#[test]
fn paths_become_references() {
    assert_eq!(uri("a b/ü:%.yaml"), "a%20b/%C3%BC%3A%25.yaml");
    assert_eq!(uri("-x/../@y\n"), "-x/../%40y%0A");
}

#[test]
fn attacks_are_text() {
    let mut out = Vec::new();
    write(&fixture::hostile(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains("@all") && !text.contains("](") && !text.contains("##["), "{text}");
    assert!(!text.chars().any(|c| escape::is_hidden(c) && c != '\n'));
}
