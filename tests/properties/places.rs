//! Where a setting stands: a twin elsewhere takes nothing over, and a file made anew is the old one by what it holds.

use super::*;

fn database(address: &str, other: &str) -> String {
    format!("services:\n  db:\n    image: postgres:16\n    ports: [\"{address}5432:5432\"]\n    environment:\n      A: \"{other}\"\n")
}

fn service(lines: &str) -> String {
    format!("services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n{lines}      A: \"1\"\n")
}

#[test]
fn a_twin_in_another_file_takes_nothing_over() {
    let opt_out = "      VLLM_NO_USAGE_STATS: \"1\"\n";
    let cases = [
        ("compose.yaml", "deploy/compose.yaml", database("127.0.0.1:", "1"), database("", "1"), "network/compose-published-port removed"),
        ("deploy/compose.yaml", "compose.yaml", database("127.0.0.1:", "1"), database("", "1"), "network/compose-published-port removed"),
        ("compose.yaml", "deploy/compose.yaml", service(opt_out), service(""), "telemetry/vllm-usage-stats removed"),
        (".env", "deploy/.env", "VLLM_NO_USAGE_STATS=1\nA=1\n".into(), "A=1\n".into(), "telemetry/vllm-usage-stats removed"),
    ];
    for (path, twin, safe, gone, expected) in cases {
        let edited = format!("{safe}# edited\n");
        for beside in [&safe, &edited] {
            let ran = json(&Repo::two(&[(path, &safe), (twin, &safe)], &[(path, &gone), (twin, beside)]));
            assert_eq!(ran.failing(), [expected], "{path} beside {twin}, {}", if beside == &safe { "the same" } else { "edited" });
        }
    }
}

#[test]
fn a_place_that_is_linked_still_takes_over() {
    let linked = |lines: &str| format!("services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    env_file: api.env\n{lines}");
    let both = linked("    environment:\n      VLLM_NO_USAGE_STATS: \"1\"\n");
    let env = "VLLM_NO_USAGE_STATS=1\n";
    let ran = json(&Repo::two(&[("compose.yaml", &both), ("api.env", env)], &[("compose.yaml", &linked("")), ("api.env", env)]));
    assert_eq!(ran.exits(0).failing(), [""; 0]);
}

#[test]
fn a_setting_that_moves_into_a_new_file_of_its_tree_is_not_removed() {
    let safe = "VLLM_NO_USAGE_STATS=1\nA=1\n";
    let ran = json(&Repo::two(&[(".env", safe)], &[(".env", "A=1\n"), ("deploy/.env", "VLLM_NO_USAGE_STATS=1\nB=1\n")]));
    assert_eq!(ran.exits(0).failing(), [""; 0]);
}

#[test]
fn a_short_file_made_anew_is_the_old_one_by_the_settings_it_holds() {
    let (env, json_text) = ("VLLM_NO_USAGE_STATS=1\n", "{\"telemetry\": {\"enabled\": false}}\n");
    let long = "VLLM_NO_USAGE_STATS=1\nHF_HUB_DISABLE_TELEMETRY=1\nDO_NOT_TRACK=1\nPORT=8080\nHOST=localhost\n";
    let other = "VLLM_NO_USAGE_STATS=0\nHF_HUB_DISABLE_TELEMETRY=0\nDO_NOT_TRACK=0\nPORT=9090\nHOST=localhost6\nWORKERS=4\n";
    for (old, before, new, after) in [
        (".env", env, "api.env", "VLLM_NO_USAGE_STATS=0\n"),
        (".env", env, ".env.production", "VLLM_NO_USAGE_STATS=0\n# made anew, with many words that nobody wrote before\n"),
        ("config/app.env", long, "deploy/settings.env", other),
        ("settings.json", json_text, "settings.yaml", "telemetry:\n  enabled: true\n"),
        ("settings.json", json_text, "app.toml", "[telemetry]\nenabled = true\n"),
        ("settings.yaml", "telemetry:\n  enabled: false\n", "settings.yaml.off", "telemetry:\n  enabled: true # for now\n"),
    ] {
        let ran = json(&Repo::two(&[(old, before)], &[(new, after)]));
        assert_eq!(ran.code, 1, "{old} -> {new}: {ran:#?}");
        assert!(ran.failing().iter().all(|found| found.ends_with(" weakened")), "{old} -> {new}: {:#?}", ran.failing());
    }
}

#[test]
fn files_that_share_a_setting_and_nothing_else_are_two() {
    let old = "ACME_TELEMETRY=false\nACME_PORT=1\nACME_HOST=a\nACME_NAME=b\n";
    let new = "ZENITH_TELEMETRY=true\nZENITH_COLOUR=1\nZENITH_SHAPE=a\nZENITH_SIZE=b\n";
    let ran = json(&Repo::two(&[("acme/.env", old)], &[("zenith/.env", new)]));
    assert!(!ran.failing().iter().any(|found| found.ends_with(" weakened")), "{:#?}", ran.failing());
}

#[test]
fn two_names_that_differ_in_a_number_are_two_findings() {
    let ran = json(&Repo::two(
        &[(".env", "ACME_TRACKING_1=false\nACME_TRACKING_2=false\n")],
        &[(".env", "ACME_TRACKING_1=true\nACME_TRACKING_2=true\n")],
    ));
    let settings: Vec<String> =
        ran.json()["findings"].as_array().unwrap().iter().map(|finding| finding["setting"].as_str().unwrap().to_owned()).collect();
    assert_eq!(settings, ["ACME_TRACKING_1", "ACME_TRACKING_2"], "{ran:#?}");
}

/// A policy with two spellings, of which the first one that is written counts; what the group stands for tells instances apart.
fn two_spellings(group: &str) -> String {
    format!(
        r#"id: privacy/acme-logs
title: Acme logs nothing
settings:
  - {{env: "/^ACME_({group}[A-Z]+)_LOG$/", enabled_is: weak}}
  - {{env: "/^OLD_({group}[A-Z]+)_LOG$/", enabled_is: weak}}
together: first
safety: switch
unset: safe
why: It keeps what people write.
fix: Set it to `off`.
source: "acme==1.0:acme/settings.py"
examples:
  - {{name: "on", file: .env, base: ACME_TEXT_LOG=off, head: ACME_TEXT_LOG=on, expect: weakened}}
  - {{name: same, file: .env, base: ACME_TEXT_LOG=off, head: ACME_TEXT_LOG=0, expect: none}}
"#
    )
}

#[test]
fn spellings_share_what_a_group_with_a_name_stands_for() {
    for (group, expected) in [("?<what>", &[][..]), ("", &["privacy/acme-logs weakened"][..])] {
        let rules =
            [("privgate.yaml", "packs: [policies/privacy]\n".to_owned()), ("policies/privacy/acme-logs.yaml", two_spellings(group))];
        let repo = Repo::new();
        for (path, text) in &rules {
            repo.write(path, text);
        }
        repo.write(".env", "ACME_TEXT_LOG=off\nOLD_TEXT_LOG=off\n").commit("base");
        repo.write(".env", "ACME_TEXT_LOG=off\nOLD_TEXT_LOG=on\n").commit("head");
        assert_eq!(json(&repo).failing(), expected, "({group}...)");
    }
}
