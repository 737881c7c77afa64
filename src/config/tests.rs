//! The format of `privgate.yaml`: the documented one is read, every mistake is told at its place.

use super::*;
use crate::policy::file::{Level, Severities};
use crate::read::clock::now;

const ALL: &str = r#"version: 1
packs: [policies/privacy]
policies:
  telemetry/vllm-usage-stats: { severity: warning }
  "lexicon/*": { severity: note }
fail_on: error
classes: { example: ["cookbook/**"], product: ["docs/deploy/**"] }
limits: { file_mib: 2 }
waivers: { owners: ["@acme/privacy"], max_days: 90 }
data: { files: ["data/**/*.jsonl"], kinds: [email, card, iban, us-ssn] }
"#;

#[test]
fn the_documented_configuration_is_read() {
    let config = parse(PATH, ALL).unwrap();
    assert_eq!(config.packs.0, ["policies/privacy"]);
    assert_eq!(config.of_policy("lexicon/switches").unwrap().0, "lexicon/*");
    assert_eq!(config.waivers.most_days(), 90);
    assert_eq!(config.bounds().limits.file_bytes, 2 << 20);
    assert_eq!(config.bounds().class_of("docs/deploy/x.yaml", None), PathClass::Product);
    for empty in ["", "# nothing yet\n", "---\n"] {
        assert_eq!(parse(PATH, empty).unwrap(), Config::default(), "{empty:?}");
    }
}

#[test]
fn every_mistake_is_told_at_its_place() {
    for (from, to, line, said) in [
        ("fail_on: error", "fail_onn: error", 6, "did you mean `fail_on`?"),
        ("fail_on: error", "fail_on: always", 6, "always"),
        ("fail_on: error", "fail_on: error\nfail_on: never", 7, "fail_on"),
        ("severity: warning", "severity: warn", 4, "did you mean `warning`?"),
        ("severity: warning", "severty: warning", 4, "did you mean `severity`?"),
        ("[policies/privacy]", "[../other]", 2, "no folder below the repository's root"),
        ("[policies/privacy]", "[\"https://example.org/pack\"]", 2, "nothing is fetched"),
        ("file_mib: 2", "file_mib: 64", 8, "a number from 1 to 8"),
        ("file_mib: 2", "file_mib: 0", 8, "a number from 1 to 8"),
        ("max_days: 90", "max_days: 900", 9, "1 to 180"),
        ("\"@acme/privacy\"", "acme", 9, "is no owner"),
        ("iban", "ibam", 10, "did you mean `iban`?"),
        ("\"cookbook/**\"", "\"cook[book/**\"", 7, "is not a glob"),
        ("example:", "exemple:", 7, "did you mean `example`?"),
        ("version: 1", "version: 2", 1, "version 1"),
    ] {
        assert!(ALL.contains(from), "{from}");
        let text = ALL.replacen(from, to, 1);
        let faults = parse(PATH, &text).expect_err(&text);
        let fault = &faults[0];
        assert!(fault.message.contains(said), "{to}: {fault}");
        assert_eq!(fault.line, line, "{to}: {fault}");
        assert!(fault.pictured().contains(" | "), "{}", fault.pictured());
    }
}

#[test]
fn a_configuration_without_end_is_refused_in_time() {
    let many = |line: &str| (0..30_000).map(|n| line.replace('#', &n.to_string())).collect::<String>();
    let start = now();
    for text in [
        format!("policies: {{{}}}", many("a/b#: {severity: note}, ")),
        format!("classes: {{test: [{}]}}", many("\"a#/**\", ")),
        format!("packs: [{}]", many("a#, ")),
        format!("waivers: {{owners: [{}]}}", many("\"@a#\", ")),
    ] {
        assert!(parse(PATH, &text).is_err());
    }
    let took = now().saturating_sub(start);
    assert!(took < std::time::Duration::from_secs(20), "{took:?}");
}

#[test]
fn a_word_per_change_leaves_the_other_changes_alone() {
    let config = parse(PATH, "policies: {a/b: {severity: {introduced: note}}, \"c/*\": {severity: none}}").unwrap();
    let mut severity = Severities { weakened: Level::Warning, removed: Some(Level::Error), ..Severities::default() };
    config.policies["a/b"].severity.as_ref().unwrap().apply(&mut severity);
    assert_eq!((severity.weakened, severity.removed, severity.introduced), (Level::Warning, Some(Level::Error), Some(Level::Note)));
    assert!(config.silences("c/d") && !config.silences("a/b"));
}
