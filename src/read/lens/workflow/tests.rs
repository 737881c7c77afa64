//! Workflows and actions as people write them.

use crate::read::lens::sample::{Sample, read};
use crate::reading::LinkKind;
use crate::setting::Surface;

const CI: &str = r#"name: ci
on: [push, pull_request]
env:
  DO_NOT_TRACK: 1
  FROM_SECRET: ${{ secrets.X }}
  OR: ${{ inputs.mode || 'safe' }}
permissions:
  contents: read
jobs:
  build:
    runs-on: ubuntu-latest
    permissions:
      contents: write
      id-token: write
    env:
      LEVEL: job
    container:
      image: acme/build:1.2
      env: {IN_CONTAINER: yes}
    services:
      db:
        image: postgres:16.2
        env: {POSTGRES_PASSWORD: postgres}
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - name: Gate
        id: gate
        continue-on-error: true
        env:
          STEP: "1"
        run: |
          export EXPORTED=1
          privgate check --ci --fail-on never
          tool --mode ${{ inputs.mode || 'safe' }} --key ${{ secrets.K }}
      - uses: ./.github/actions/local
      - uses: docker://alpine:3.20
      - run: print(--no)
        shell: python
  lint:
    runs-on: ubuntu-latest
    uses: acme/shared/.github/workflows/lint.yml@0123456789012345678901234567890123456789
"#;

fn ci() -> Sample {
    read(".github/workflows/ci.yml", CI)
}

#[test]
fn a_jobs_rights_replace_the_workflows() {
    let ci = ci();
    assert_eq!(ci.kinds(), ["github-workflow", "yaml"]);
    let rights = ci.on(Surface::Permission);
    assert_eq!(rights.len(), 24);
    for expected in [
        "job build: contents = write",
        "job build: id-token = write",
        "job build: packages = none",
        "job lint: contents = read",
        "job lint: id-token = none",
    ] {
        assert!(rights.iter().any(|line| line == expected), "{expected}");
    }
    let none = ci.reading.settings.iter().find(|setting| setting.names.iter().any(|(_, name)| &**name == "packages")).unwrap();
    assert_eq!((none.name_span.of(CI), none.value_span.of(CI), &*none.raw), ("permissions", "", ""));
    assert_eq!(ci.at("permissions.contents"), "read <read>");
}

#[test]
fn words_for_all_rights_and_none_are_spelled_out() {
    let job = |permissions: &str| {
        let text = format!("{permissions}jobs:\n  a:\n    runs-on: x\n    steps: [{{run: x}}]\n");
        read(".github/workflows/a.yaml", &text).on(Surface::Permission)
    };
    assert!(job("permissions: write-all\n").iter().all(|line| line.ends_with("= write")));
    assert_eq!(job("permissions: read-all\n").iter().filter(|line| line.ends_with("= read")).count(), 11);
    assert!(job("permissions: {}\n").iter().all(|line| line.ends_with("= none")));
    assert_eq!(job("permissions: {}\n").len(), 12);
    assert_eq!(job("").len(), 0);
    let empty = read(".github/workflows/a.yaml", "permissions: write-all\njobs:\n  a:\n    permissions: {}\n    steps: []\n");
    assert!(empty.on(Surface::Permission).iter().all(|line| line.ends_with("= none")));
}

#[test]
fn environment_is_read_at_every_level() {
    assert_eq!(
        ci().on(Surface::Env),
        [
            "DO_NOT_TRACK = 1",
            "FROM_SECRET = (reference)",
            "OR = safe",
            "job build: LEVEL = job",
            "job build: IN_CONTAINER = yes",
            "service db: POSTGRES_PASSWORD = postgres",
            "step gate: STEP = 1",
            "step gate: EXPORTED = 1",
        ]
    );
}

#[test]
fn steps_use_and_run() {
    let ci = ci();
    assert_eq!(
        ci.on(Surface::Dependency),
        [
            "step actions/checkout: actions/checkout = v4",
            "job lint: acme/shared/.github/workflows/lint.yml = 0123456789012345678901234567890123456789",
        ]
    );
    assert_eq!(ci.source("actions/checkout"), ("actions/checkout", "v4"));
    assert_eq!(ci.at("jobs.build.steps[0].uses"), "actions/checkout@v4 <actions/checkout@v4>");
    assert_eq!(ci.at("jobs.build.steps[0].with.persist-credentials"), "false <false>");
    assert_eq!(ci.at("jobs.build.steps[1].continue-on-error"), "true <true>");
    assert_eq!(ci.at("jobs.build.runs-on"), "ubuntu-latest <ubuntu-latest>");
    assert_eq!(ci.labels("step actions/checkout"), ["actions/checkout"]);
    assert_eq!(
        ci.on(Surface::Flag),
        ["step gate: --ci = true", "step gate: --fail-on = never", "step gate: --mode = safe", "step gate: --key = (reference)"]
    );
    assert!(ci.on(Surface::Command).contains(&"step gate: privgate = privgate check --ci --fail-on never".to_owned()));
    assert_eq!(ci.source("--fail-on"), ("--fail-on", "never"));
    assert_eq!(ci.source("EXPORTED"), ("EXPORTED", "1"));
}

#[test]
fn images_of_containers_services_and_steps() {
    let ci = ci();
    assert_eq!(
        ci.on(Surface::Image),
        ["job build: acme/build = acme/build:1.2", "service db: postgres = postgres:16.2", "step docker://alpine: alpine = alpine:3.20"]
    );
    let link = &ci.reading.links[0];
    assert_eq!((&*link.to, link.kind), ("../../.github/actions/local", LinkKind::Extends));
    let text = read(".github/workflows/a.yml", "jobs: {a: {container: 'x/y:1.0', steps: []}}\n");
    assert_eq!(text.on(Surface::Image), ["job a: x/y = x/y:1.0"]);
}

#[test]
fn an_action_has_steps_too() {
    let text = "name: x\ninputs: {mode: {default: safe}}\nruns:\n  using: composite\n  steps:\n    - uses: a/b@v1\n    - run: tool --flag\n      shell: bash\n";
    let sample = read("action.yml", text);
    assert_eq!(sample.kinds(), ["github-action", "yaml"]);
    assert_eq!(sample.on(Surface::Flag), ["step 1: --flag = true"]);
    assert_eq!(sample.on(Surface::Dependency), ["step a/b: a/b = v1"]);
    assert_eq!(sample.at("inputs.mode.default"), "safe <safe>");
    assert_eq!(sample.at("runs.using"), "composite <composite>");
}

#[test]
fn broken_shapes_do_no_harm() {
    for text in [
        "jobs: x\n",
        "jobs: {a: x, b: [y], c: }\n",
        "env: x\npermissions: [a]\njobs: {a: {permissions: some, steps: {a: b}}, b: {steps: [x, [y], {uses: [z], run: {a: b}, env: [c]}]}}\n",
    ] {
        read(".github/workflows/x.yml", text);
    }
}

#[test]
fn triggers_retention_and_debugging_are_settings() {
    let sample = read(
        ".github/workflows/a.yml",
        "on: [push, pull_request_target]\nenv: {ACTIONS_STEP_DEBUG: true}\njobs:\n  t:\n    steps:\n      - uses: actions/upload-artifact@v4\n        with: {path: logs, retention-days: 90}\n",
    );
    assert_eq!(sample.at("on"), "push, pull_request_target <[push, pull_request_target]>");
    assert_eq!(sample.at("jobs.t.steps[0].with.retention-days"), "90 <90>");
    assert_eq!(sample.on(Surface::Env), ["ACTIONS_STEP_DEBUG = true"]);
    let sample = read(".github/workflows/a.yml", "on:\n  pull_request_target:\n    types: [opened]\njobs: {t: {steps: []}}\n");
    assert_eq!(sample.at("on.pull_request_target.types"), "opened <[opened]>");
}
