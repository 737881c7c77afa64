//! Both ways in: from YAML and from the binary catalogue.

use super::*;

const SAMPLE: &str = r#"
id: retention/sample
title: Sample
severity: {weakened: error, removed: warning}
packages: "pypi:a"
settings:
  - env: A_DAYS
    unit: days
  - first: [{env: X}, {env: "Y_{a,b}"}]
    only_if: [{key: a.b, is: not-disabled}]
safety: {number: {safer: lower, weakest: [0, -1]}}
unset:
  - {versions: "<5", value: 0}
  - {value: [a, 1]}
floor: 30 days
contradicts: [no-telemetry, {claim: retention, from: []}]
why: w
fix: f
source: s
examples:
  - {name: n, file: .env, base: "A_DAYS=1", head: "A_DAYS=2", expect: weakened}
  - {name: m, base: {}, head: {.env: "A_DAYS=2"}, expect: none}
  - {name: o, base: {}, head: {.env: "A_DAYS=2"}, expect: [{change: introduced, line: 1}]}
"#;

#[test]
fn yaml_and_the_binary_catalogue_give_the_same_policy() {
    let policy: Policy = serde_saphyr::from_str(SAMPLE).unwrap();
    assert_eq!(
        policy.unset,
        Some(Unset::Cases(vec![
            Case { versions: Some("<5".into()), value: Given::One("0".into()), package: None, conditions: vec![] },
            Case { versions: None, value: Given::Many(vec!["a".into(), "1".into()]), package: None, conditions: vec![] },
        ]))
    );
    assert_eq!(policy.settings[1].only_if[0].is, Is::NotDisabled);
    assert!(policy.examples[1].expect.0.is_empty());
    let bytes = postcard::to_stdvec(&policy).unwrap();
    let back: Policy = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(format!("{policy:?}"), format!("{back:?}"));
}

#[test]
fn an_unknown_key_is_refused_with_its_place() {
    let error = serde_saphyr::from_str::<Policy>(&SAMPLE.replace("fix:", "fixx:")).unwrap_err();
    assert!(error.location().is_some(), "{error}");
}
