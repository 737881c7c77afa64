//! Bypasses 2, 3, 6 and 25: the pull request edits what runs the gate.

use super::*;

const FLOW: &str = ".github/workflows/privgate.yml";

fn flow(job: &str) -> String {
    format!("on: [pull_request, merge_group, push]\njobs:\n  privgate:\n    runs-on: ubuntu-latest\n{job}")
}

const STEP: &str =
    "    steps:\n      - uses: actions/checkout@34e114876b0b11c390a56381ad16ebd13914f8d5\n      - run: privgate check --ci\n";

fn changed(head: &str) -> Ran {
    let base = flow(STEP);
    json(&Repo::two(&[(FLOW, &base)], &[(FLOW, head)]))
}

#[test]
fn a_step_that_goes_is_reported_wherever_it_went() {
    changed(&flow("    steps:\n      - run: make\n")).exits(1).finds("gate/step-removed removed error");
    let base = flow(STEP);
    for head in
        [vec![("README.md", "x")], vec![(".github/workflows/privgate.yml.off", base.as_str())], vec![("ci/privgate.yml", base.as_str())]]
    {
        json(&Repo::two(&[(FLOW, &base)], &head)).exits(1).finds("gate/step-removed removed error");
    }
    // in another workflow it still runs
    json(&Repo::two(&[(FLOW, &base)], &[(".github/workflows/ci.yml", &base)])).exits(0).finds_nothing_of("gate/step-removed");
}

#[test]
fn a_second_step_that_stays_is_enough() {
    let base = flow(STEP);
    let other = base.replace("  privgate:", "  other:");
    json(&Repo::two(&[(FLOW, &base), (".github/workflows/ci.yml", &other)], &[(".github/workflows/ci.yml", &other)])).exits(0);
}

#[test]
fn a_step_that_no_longer_blocks_is_reported() {
    for (from, to) in [
        ("run: privgate check --ci", "run: privgate check --ci\n        continue-on-error: true"),
        ("    steps:", "    continue-on-error: true\n    steps:"),
        ("privgate check --ci", "privgate check --ci || true"),
        ("privgate check --ci", "privgate check --ci || echo \"::warning::weak\""),
        ("run: privgate check --ci", "run: |\n          set +e\n          privgate check --ci\n          exit 0"),
        ("privgate check --ci", "privgate check --ci --fail-on never"),
    ] {
        changed(&flow(STEP).replacen(from, to, 1)).exits(1).finds("gate/step-weakened weakened error");
    }
}

#[test]
fn a_step_that_is_narrowed_is_reported() {
    for (from, to) in [
        ("    steps:", "    if: github.actor != 'dependabot[bot]'\n    steps:"),
        ("    steps:", "    needs: [build]\n    steps:"),
        ("run: privgate check --ci", "if: false\n        run: privgate check --ci"),
        ("on: [pull_request, merge_group, push]", "on: {pull_request: {paths: [\"src/**\"]}, merge_group: {}, push: {}}"),
        ("on: [pull_request, merge_group, push]", "on: {pull_request: {paths-ignore: [\"deploy/**\"]}, merge_group: {}, push: {}}"),
        ("on: [pull_request, merge_group, push]", "on: {pull_request: {branches: [release]}, merge_group: {}, push: {}}"),
        ("on: [pull_request, merge_group, push]", "on: [pull_request, push]"),
        ("on: [pull_request, merge_group, push]", "on: [pull_request_target, merge_group, push]"),
        ("check --ci", "check --base HEAD"),
        ("check --ci", "check --ci --repo /tmp/elsewhere"),
        ("check --ci", "check --ci --config-from-disk loose.yaml"),
    ] {
        changed(&flow(STEP).replacen(from, to, 1)).exits(1).finds("gate/step-weakened weakened error");
    }
}

#[test]
fn an_action_that_is_unpinned_or_gets_older_is_reported() {
    let action = |reference: &str| flow(&format!("    steps:\n      - uses: acme/privgate-action@{reference}\n"));
    let commit = "34e114876b0b11c390a56381ad16ebd13914f8d5 # v1.4.0";
    for head in ["v1", "main", "11bd71901bbe5b1630ceea73d27597364c9af683 # v1.3.9"] {
        json(&Repo::two(&[(FLOW, &action(commit))], &[(FLOW, &action(head))])).exits(1).finds("gate/step-weakened weakened error");
    }
    let newer = "11bd71901bbe5b1630ceea73d27597364c9af683 # v1.5.0";
    json(&Repo::two(&[(FLOW, &action(commit))], &[(FLOW, &action(newer))])).exits(0).finds_nothing_of("gate/step-weakened weakened");
}

#[test]
fn an_action_of_somebody_else_is_asked_about() {
    let action = |name: &str| flow(&format!("    steps:\n      - uses: {name}@34e114876b0b11c390a56381ad16ebd13914f8d5\n"));
    let changed = |head: &str| json(&Repo::two(&[(FLOW, &action("acme/privgate"))], &[(FLOW, &action(head))]));
    changed("mallory/privgate").exits(0).finds("gate/step-source undecided warning");
    changed("Acme/privgate").finds_nothing_of("gate/step-source");
}

#[test]
fn another_commit_of_the_action_is_asked_about() {
    let action = |commit: &str| flow(&format!("    steps:\n      - uses: acme/privgate@{commit}\n"));
    let changed = |base: &str, head: &str| json(&Repo::two(&[(FLOW, &action(base))], &[(FLOW, &action(head))]));
    let (one, other) = ("34e114876b0b11c390a56381ad16ebd13914f8d5", "11bd71901bbe5b1630ceea73d27597364c9af683");
    changed(one, other).exits(0).finds("gate/step-commit undecided warning");
    // a comment behind it proves nothing: commits of forks are reachable under this name, too
    changed(&format!("{one} # v1.4.0"), &format!("{other} # v1.5.0")).exits(0).finds("gate/step-commit undecided warning");
    changed("v1", one).exits(0).finds_nothing_of("gate/step-commit");
}

#[test]
fn an_included_component_is_a_gate_like_any_other() {
    let commit = "34e114876b0b11c390a56381ad16ebd13914f8d5";
    let base = format!("include:\n  - component: $CI_SERVER_FQDN/acme/privgate/privgate@{commit}\n    inputs: {{commit: {commit}}}\n");
    let changed = |head: &str| json(&Repo::two(&[(".gitlab-ci.yml", &base)], &[(".gitlab-ci.yml", head)]));
    for head in [
        base.replace("inputs: {", "inputs: {fail-on: never, "),
        base.replace(&format!("@{commit}"), "@main"),
        base.replace("    inputs", "    rules: [{if: $NEVER}]\n    inputs"),
        format!("{base}privgate:\n  allow_failure: true\n"),
        format!("{base}privgate:\n  rules: [{{when: never}}]\n"),
        format!("{base}privgate:\n  before_script: [\"exit 0\"]\n"),
        format!("{base}privgate:\n  variables: {{PRIVGATE_FAIL_ON: never}}\n"),
        format!("{base}workflow:\n  rules: [{{if: $CI_COMMIT_TAG}}]\n"),
    ] {
        changed(&head).exits(1).finds("gate/step-weakened weakened error");
    }
    for head in [format!("{base}privgate:\n  script: [\"true\"]\n"), "stages: [test]\n".to_owned()] {
        changed(&head).exits(1).finds("gate/step-removed removed error");
    }
    for head in [base.replace("acme", "mallory"), base.replace("inputs: {", "inputs: {image: example.org/other, ")] {
        changed(&head).exits(0).finds("gate/step-source undecided warning");
    }
    changed(&base.replace("34e1", "34e2")).exits(0).finds("gate/step-commit undecided warning");
    for head in [
        base.replace("inputs: {", "inputs: {approvals: true, note: true, stage: build, "),
        format!("{base}privgate:\n  tags: [linux]\n  variables: {{GIT_DEPTH: \"50\"}}\n"),
        format!("{base}workflow:\n  rules: [{{if: $CI_PIPELINE_SOURCE == \"merge_request_event\"}}]\n"),
    ] {
        let ran = changed(&head).exits(0);
        assert!(ran.found().iter().all(|found| found.ends_with(" note")), "{head}: {:#?}", ran.found());
    }
}

#[test]
fn a_call_that_is_never_reached_is_no_gate() {
    let calls = |call: &str| flow(&format!("    steps:\n      - run: |\n          {call}\n"));
    let changed = |head: &str| json(&Repo::two(&[(FLOW, &calls("privgate check --ci"))], &[(FLOW, &calls(head))]));
    for head in ["true || privgate check --ci", "exit 0\n          privgate check --ci", "privgate() { :; }\n          privgate check --ci"]
    {
        changed(head).exits(1).finds("gate/step-weakened weakened error");
    }
    for head in ["echo privgate check --ci", "privgate check --ci --help"] {
        changed(head).exits(1).finds("gate/step-removed removed error");
    }
    changed("cd app && privgate check --ci").exits(0);
}

#[test]
fn adopting_the_gate_is_no_finding_that_fails() {
    let loose = flow(STEP).replace("    steps:", "    continue-on-error: true\n    steps:").replace("push]", "workflow_dispatch]");
    json(&Repo::two(&[("a.txt", "a")], &[(FLOW, &loose)])).exits(0);
    let before = flow("    steps:\n      - run: make\n").replace("[pull_request, merge_group, push]", "[push]");
    let after = before.replace("      - run: make\n", "      - run: make\n      - run: privgate check --ci\n");
    json(&Repo::two(&[(FLOW, &before)], &[(FLOW, &after)])).exits(0);
}

#[test]
fn a_pipeline_that_no_longer_blocks_is_reported() {
    let base = "privgate:\n  script:\n    - privgate check --ci --require-coverage\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\n";
    for (head, found) in [
        (base.replace("  rules:", "  allow_failure: true\n  rules:"), "gate/step-weakened weakened error"),
        (base.replace(" --require-coverage", ""), "gate/step-weakened weakened error"),
        (base.replace("--require-coverage", "--require-coverage || true"), "gate/step-weakened weakened error"),
        (base.replace("- if: $CI_PIPELINE_SOURCE == \"merge_request_event\"", "- when: never"), "gate/step-weakened weakened error"),
        (base.replace("privgate check --ci --require-coverage", "make"), "gate/step-removed removed error"),
    ] {
        json(&Repo::two(&[(".gitlab-ci.yml", base)], &[(".gitlab-ci.yml", &head)])).exits(1).finds(found);
    }
}

#[test]
fn a_hook_that_goes_is_reported() {
    let hooks = "repos:\n  - repo: https://github.com/acme/privgate\n    rev: v1.0.0\n    hooks:\n      - id: privgate\n";
    json(&Repo::two(&[(".pre-commit-config.yaml", hooks)], &[("a.txt", "a")])).exits(1).finds("gate/hook-removed removed error");
    let script = "#!/bin/sh\nset -e\nprivgate pre-push \"$@\"\n";
    let without = "#!/bin/sh\nset -e\n";
    json(&Repo::two(&[(".githooks/pre-push", script)], &[(".githooks/pre-push", without)]))
        .exits(1)
        .finds("gate/hook-removed removed error");
    json(&Repo::two(&[(".husky/pre-push", "privgate pre-push\n")], &[("a.txt", "a")])).exits(1).finds("gate/hook-removed removed error");
}

#[test]
fn owners_that_no_longer_cover_the_gate_are_reported() {
    let owners = "/privgate.yaml @acme/privacy\n/privgate-waivers.yaml @acme/privacy\n/MODEL_CARD.md @acme/privacy\n";
    for head in [
        owners.replace("/privgate-waivers.yaml @acme/privacy\n", ""),
        owners.replace("/MODEL_CARD.md @acme/privacy\n", ""),
        format!("{owners}*.yaml\n"),
    ] {
        let ran = json(&Repo::two(&[(".github/CODEOWNERS", owners)], &[(".github/CODEOWNERS", &head)])).exits(1);
        let report = ran.json();
        let lost = report["findings"].as_array().unwrap().iter().any(|finding| {
            finding["policy"] == "gate/owners-lost" || finding["also"].as_array().unwrap().contains(&"gate/owners-lost".into())
        });
        assert!(lost, "{head}: {:#?}", ran.found());
    }
}

#[test]
fn the_configuration_grades_these_findings_by_the_id_they_are_told_under() {
    let config = "policies: {gate/step-weakened: {severity: warning}}\n";
    let (base, head) = (flow(STEP), flow(STEP).replacen("--ci", "--ci || true", 1));
    let repo = Repo::two(&[("privgate.yaml", config), (FLOW, &base)], &[("privgate.yaml", config), (FLOW, &head)]);
    json(&repo).exits(0).finds("gate/step-weakened weakened warning");
}
