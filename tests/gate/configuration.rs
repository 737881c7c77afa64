//! Bypass 1: the pull request edits the policy, the configuration or the classes that judge it.

use super::*;

const OFF: (&str, &str) = (".env.example", "ACME_TELEMETRY=off\nPORT=1\n");
const ON: (&str, &str) = (".env.example", "ACME_TELEMETRY=on\nPORT=1\n");

#[test]
fn a_policy_of_the_base_judges() {
    let repo = Repo::two(&[("privgate.yaml", PACK), (AT, POLICY), OFF], &[("privgate.yaml", PACK), (AT, POLICY), ON]);
    json(&repo).exits(1).finds("privacy/acme weakened error");
    repo.check(&[]).exits(1).says("base privgate.yaml (1 own policy, sha256 ");
}

#[test]
fn a_policy_that_the_change_deletes_still_judges_and_is_reported() {
    let repo = Repo::two(&[("privgate.yaml", PACK), (AT, POLICY), OFF], &[("privgate.yaml", "packs: []\n"), ON]);
    json(&repo).exits(1).finds("privacy/acme weakened error").finds("gate/config-loosened weakened error");
    let other = ("policies/privacy/other.yaml", &*POLICY.replace("privacy/acme", "privacy/other").replace("ACME", "OTHER"));
    let repo = Repo::two(&[("privgate.yaml", PACK), (AT, POLICY), other, OFF], &[("privgate.yaml", PACK), other, ON]);
    json(&repo).exits(1).finds("privacy/acme weakened error").finds("gate/policy-loosened removed error");
}

#[test]
fn a_policy_that_the_change_loosens_still_judges_and_shows_its_transition() {
    let note = POLICY.replace("settings:", "severity: note\nsettings:");
    let repo = Repo::two(&[("privgate.yaml", PACK), (AT, POLICY), OFF], &[("privgate.yaml", PACK), (AT, &note), ON]);
    let ran = json(&repo).exits(1).finds("privacy/acme weakened error").finds("gate/policy-loosened weakened error");
    let report = ran.json();
    let gate = report["findings"].as_array().unwrap().iter().find(|finding| finding["area"] == "gate").unwrap();
    assert_eq!((&gate["surface"], &gate["file"], &gate["line"]), (&"gate".into(), &AT.into(), &3.into()), "{gate}");
    assert_eq!(gate["head"]["value"], "note");
    assert_eq!(gate["base"]["state"], "unset");
}

#[test]
fn a_configuration_that_silences_is_reported_and_does_not_count() {
    let silent = "policies:\n  telemetry/vllm-usage-stats: {severity: none}\nfail_on: never\n";
    let repo =
        Repo::two(&[("privgate.yaml", "version: 1\n"), ("compose.yaml", SAFE)], &[("privgate.yaml", silent), ("compose.yaml", WEAK)]);
    let ran = json(&repo).exits(1).finds("telemetry/vllm-usage-stats weakened error").finds("gate/config-loosened weakened error");
    assert_eq!(ran.found().iter().filter(|found| found.starts_with("gate/")).count(), 2, "{:#?}", ran.found());
    // from the next change on it counts
    repo.write("compose.yaml", SAFE).commit("safe");
    repo.write("compose.yaml", WEAK).commit("weak");
    json(&repo).exits(0).finds_nothing_of("telemetry/");
}

#[test]
fn a_class_that_the_change_makes_milder_does_not_count() {
    let milder = "classes: {test: [\"deploy/**\"]}\n";
    let repo = Repo::two(
        &[("privgate.yaml", "version: 1\n"), ("deploy/compose.yaml", SAFE)],
        &[("privgate.yaml", milder), ("deploy/compose.yaml", WEAK)],
    );
    json(&repo).exits(1).finds("telemetry/vllm-usage-stats weakened error").finds("gate/config-loosened weakened error");
    // merged, it makes the same change a note
    repo.write("deploy/compose.yaml", SAFE).commit("safe");
    repo.write("deploy/compose.yaml", WEAK).commit("weak");
    json(&repo).exits(0).finds("telemetry/vllm-usage-stats weakened note");
}

#[test]
fn a_limit_that_the_change_lowers_hides_nothing() {
    let large = |text: &str| format!("{text}# {}\n", "x".repeat(2 << 20));
    let (safe, weak) = (large(SAFE), large(WEAK));
    let lowered = "limits: {file_mib: 1}\n";
    let repo =
        Repo::two(&[("privgate.yaml", "version: 1\n"), ("compose.yaml", &safe)], &[("privgate.yaml", lowered), ("compose.yaml", &weak)]);
    json(&repo).exits(1).finds("telemetry/vllm-usage-stats weakened error").finds("gate/config-loosened weakened error");
    // under the lowered limit nobody can tell
    let repo = Repo::two(&[("privgate.yaml", lowered), ("compose.yaml", SAFE)], &[("privgate.yaml", lowered), ("compose.yaml", &weak)]);
    json(&repo).exits(3);
}

#[test]
fn the_heads_policies_add_and_never_displace() {
    // the head's own policy claims the setting of a built-in one and takes it for safe
    let thief = POLICY.replace("ACME_TELEMETRY", "VLLM_NO_USAGE_STATS");
    let repo = Repo::two(
        &[("privgate.yaml", "version: 1\n"), ("compose.yaml", SAFE)],
        &[("privgate.yaml", PACK), (AT, &thief), ("compose.yaml", WEAK)],
    );
    json(&repo).exits(1).finds("telemetry/vllm-usage-stats weakened error");
    // a policy that comes with the change judges it at once
    let repo = Repo::two(&[("privgate.yaml", "version: 1\n"), OFF], &[("privgate.yaml", PACK), (AT, POLICY), ON]);
    json(&repo).exits(1).finds("privacy/acme weakened error");
}

#[test]
fn a_first_configuration_is_quiet_and_says_so() {
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", SAFE), ("privgate.yaml", PACK), (AT, POLICY)]);
    json(&repo).exits(0).finds("gate/config-added introduced note");
    repo.check(&["--show", "all"]).exits(0).says("the base has none that can be used");
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", WEAK), ("privgate.yaml", "fail_on: never\n")]);
    json(&repo).exits(1).finds("gate/config-added introduced warning").finds("telemetry/vllm-usage-stats weakened error");
}

#[test]
fn a_repository_without_configuration_says_nothing_of_one() {
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", WEAK)]);
    let report = json(&repo).exits(1).finds_nothing_of("gate/").json();
    assert_eq!(report["coverage"]["policy_source"], format!("built-in {}", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_malformed_configuration_is_exit_2_with_its_place() {
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", WEAK), ("privgate.yaml", "version: 1\nfail_onn: error\n")]);
    let ran = json(&repo).exits(2).finds("telemetry/vllm-usage-stats weakened error");
    let report = ran.json();
    assert_eq!(
        (&report["verdict"], &report["errors"][0]["file"], &report["errors"][0]["line"]),
        (&"error".into(), &"privgate.yaml".into(), &2.into())
    );
    repo.check(&[])
        .exits(2)
        .says("privgate.yaml:2: column 1: unknown field `fail_onn`; did you mean `fail_on`?")
        .says("2 | fail_onn: error");
    // malformed at base and valid at head: the head's and the built-in policies judge
    repo.write("privgate.yaml", "version: 1\n").write("compose.yaml", SAFE).commit("mended");
    repo.write("privgate.yaml", "fail_onn: error\n").commit("broken again");
    repo.write("privgate.yaml", "version: 1\n").write("compose.yaml", WEAK).commit("mended again");
    json(&repo).exits(1).finds("gate/config-loosened undecided warning").finds("telemetry/vllm-usage-stats weakened error");
}

#[test]
fn a_malformed_policy_and_an_empty_pack_are_exit_2() {
    let broken = POLICY.replace("safety: switch", "safety: swich");
    for (files, said) in [
        (vec![("privgate.yaml", PACK), (AT, broken.as_str())], "policies/privacy/acme.yaml:6"),
        (vec![("privgate.yaml", PACK)], "no policy file below `policies/privacy/`"),
        (vec![("privgate.yaml", "policies: {telemetry/vllm-usage-stat: {severity: note}}")], "did you mean `telemetry/vllm-usage-stats`?"),
        (vec![("privgate.yaml", "policies: {telemetry/vllm-usage-stats: {floor: 30 days}}")], "not on the order"),
    ] {
        let repo = Repo::two(&[("compose.yaml", SAFE)], &files);
        repo.check(&[]).exits(2).says(said);
    }
}

#[test]
fn a_pack_may_not_reuse_an_id() {
    let reused = POLICY.replace("privacy/acme", "telemetry/vllm-usage-stats");
    let files = [("privgate.yaml", "packs: [policies/telemetry]\n"), ("policies/telemetry/vllm-usage-stats.yaml", reused.as_str())];
    Repo::two(&[("a", "b")], &files).check(&[]).exits(2).says("ids cannot be reused");
}

#[test]
fn a_configuration_that_is_a_link_is_not_followed() {
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", WEAK), ("real.yaml", "fail_on: never\n")]);
    std::os::unix::fs::symlink("real.yaml", repo.join("privgate.yaml")).unwrap();
    repo.commit("link");
    repo.run(&["check", "--base", "HEAD~2", "--head", "HEAD"]).exits(2).says("privgate.yaml:1: ");
}

#[test]
fn fail_on_is_the_stricter_of_both_configurations_and_the_flag_wins() {
    let warning = "fail_on: warning\n";
    let weaker = "classes: {example: [\"compose.yaml\"]}\n";
    let both = format!("{warning}{weaker}");
    let repo = Repo::two(&[("privgate.yaml", &both), ("compose.yaml", SAFE)], &[("privgate.yaml", &both), ("compose.yaml", WEAK)]);
    json(&repo).exits(1).finds("telemetry/vllm-usage-stats weakened warning");
    repo.check(&["--fail-on", "error"]).exits(0);
    let repo = Repo::two(&[("privgate.yaml", weaker), ("compose.yaml", SAFE)], &[("privgate.yaml", &both), ("compose.yaml", WEAK)]);
    json(&repo).exits(1);
}

#[test]
fn a_configuration_from_the_disk_takes_the_bases_place_and_is_named() {
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", WEAK)]);
    repo.write("mine.yaml", "policies: {telemetry/vllm-usage-stats: {severity: warning}}\n");
    let ran = repo.check(&["--format", "json", "--config-from-disk", "mine.yaml"]).finds("telemetry/vllm-usage-stats weakened error");
    let source = ran.json()["coverage"]["policy_source"].as_str().unwrap().to_owned();
    assert!(source.contains("disk mine.yaml (sha256 "), "{source}");
    repo.check(&["--config-from-disk", "nowhere.yaml"]).exits(2);
    repo.check(&["--config", "elsewhere.yaml"]).exits(2).shows("the base has no configuration at `elsewhere.yaml`");
}

#[test]
fn folders_have_configurations_too() {
    let manifest = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let ran = support::run(
        manifest,
        &["check", "--base", "dir:examples/own-policy/base", "--head", "dir:examples/own-policy/head", "--format", "json"],
    );
    let ran = ran.exits(1).finds("privacy/tickets-retention weakened error");
    let loosened: Vec<String> = ran.found().into_iter().filter(|found| found == "gate/config-loosened weakened error").collect();
    assert_eq!(loosened.len(), 2, "the severity and the floor");
    support::run(manifest, &["policy", "test", "examples/own-policy/base/policies/privacy"])
        .exits(0)
        .says("1 policies, 3 examples: 3 passed");
}

#[test]
fn every_command_knows_the_repositorys_own_policies() {
    let repo = Repo::new();
    repo.files(&[("privgate.yaml", PACK), (AT, POLICY), (".env.example", "ACME_TELEMETRY=on\n")]).commit("all");
    repo.run(&["policy", "list", "privacy/"]).exits(0).says("privacy/acme  Acme sends nothing");
    repo.run(&["explain", "privacy/acme"]).exits(0).says("It sends every prompt.");
    repo.run(&["explain", "gate/policy-loosened"]).exits(0).says("as strict as before");
    repo.run(&["why", ".env.example:1"]).exits(0).says("judged by privacy/acme");
    repo.run(&["posture"]).exits(0).says("privacy/acme");
    repo.run(&["audit", "--format", "json"]).exits(0).finds("privacy/acme introduced warning");
}

#[test]
fn a_new_policy_passes_its_own_examples() {
    let repo = Repo::new();
    repo.run(&["policy", "new", "privacy/my-product", "--pack", "policies/privacy"]).exits(0).says("policies/privacy/my-product.yaml");
    repo.run(&["policy", "test", "policies/privacy"]).exits(0).says("2 examples: 2 passed");
    repo.run(&["policy", "new", "privacy/my-product", "--pack", "policies"]).exits(2).shows("File exists");
    repo.run(&["policy", "new", "../x"]).exits(2);
}
