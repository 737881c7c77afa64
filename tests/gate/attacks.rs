//! Bypasses 2, 3 and 25 in the words that somebody would choose who wants the gate's step to stay and to do nothing.

use super::*;

const FLOW: &str = ".github/workflows/privgate.yml";

fn flow(lines: &[&str]) -> String {
    let script: String = lines.iter().map(|line| format!("          {line}\n")).collect();
    format!("on: [pull_request, merge_group, push]\njobs:\n  privgate:\n    runs-on: x\n    steps:\n      - run: |\n{script}")
}

fn changed(head: &str) -> Ran {
    json(&Repo::two(&[(FLOW, &flow(&["privgate check --ci"]))], &[(FLOW, head)]))
}

fn loud(ran: &Ran) -> bool {
    ran.found().iter().any(|found| found.starts_with("gate/") && found.ends_with(" error"))
}

fn asked(ran: &Ran) -> bool {
    ran.found().iter().any(|found| found.starts_with("gate/") && found.ends_with(" warning"))
}

fn quiet(ran: &Ran) -> bool {
    ran.code == 0 && ran.found().iter().all(|found| found.ends_with(" note"))
}

#[test]
fn however_a_script_drops_the_exit_code_it_is_reported() {
    for lines in [
        &["privgate check --ci||true"][..],
        &["privgate check --ci|cat"],
        &["{ privgate check --ci; } || true"],
        &["privgate check --ci || exit $((0))"],
        &["trap 'exit 0' EXIT", "privgate check --ci"],
        &["set +ex", "privgate check --ci", "echo done"],
        &["sh -c 'privgate check --ci; true'"],
        &["cat <<EOF", "privgate check --ci", "EOF"],
        &["gate() {", "  privgate check --ci", "}"],
        &["hash -p /bin/true privgate", "privgate check --ci"],
    ] {
        let ran = changed(&flow(lines));
        assert!(loud(&ran), "{lines:?}: {:#?}", ran.found());
    }
}

#[test]
fn however_a_script_comes_around_the_call_it_is_reported() {
    for lines in [
        &["if [ \"$GITHUB_ACTOR\" = bot ]; then", "  exit 0", "fi", "privgate check --ci"][..],
        &["[ -n \"$SKIP\" ] && exit 0", "privgate check --ci"],
        &["if [ -n \"$RUN\" ]; then", "  privgate check --ci", "fi"],
        &["test -n \"$RUN\" && privgate check --ci"],
        &["for x in; do privgate check --ci; done"],
        &["cd /tmp/empty", "privgate check --ci"],
        &["GIT_DIR=/tmp/empty privgate check --ci"],
        &["privgate check --ci --staged"],
        &["privgate check --ci $FLAGS"],
        &["privgate pre-push < /dev/null"],
        &["privgate check"],
    ] {
        let ran = changed(&flow(lines));
        assert!(loud(&ran), "{lines:?}: {:#?}", ran.found());
    }
}

#[test]
fn a_script_that_does_more_and_still_fails_is_quiet() {
    for lines in [
        &["set -euo pipefail", "privgate check --ci | tee log"][..],
        &["if ! command -v privgate; then", "  exit 1", "fi", "privgate check --ci"],
        &["code=0", "privgate check --ci || code=$?", "exit $code"],
        &["make", "privgate check --ci --explain-base", "make more"],
        &["cd app", "privgate check --ci"],
        &["privgate check --ci || { echo weak; exit 1; }"],
    ] {
        let ran = changed(&flow(lines));
        assert!(quiet(&ran), "{lines:?}: {:#?}", ran.found());
    }
}

#[test]
fn what_a_workflow_says_around_the_step_is_reported() {
    let base = flow(&["privgate check --ci", "echo done"]);
    let step = "      - run: |";
    for (from, to) in [
        (step, "      - shell: \"bash {0}\"\n        run: |"),
        (step, "      - shell: python\n        run: |"),
        ("    steps:", "    defaults: {run: {shell: \"true {0}\"}}\n    steps:"),
        ("    steps:", "    defaults: {run: {shell: \"bash -c true {0}\"}}\n    steps:"),
        ("jobs:", "defaults: {run: {shell: \"bash -ec true {0}\"}}\njobs:"),
        (step, "      - shell: \"sh -n {0}\"\n        run: |"),
        (step, "      - shell: \"bash -e other.sh {0}\"\n        run: |"),
        (step, "      - run: echo '{}' > \"$GITHUB_EVENT_PATH\"\n      - run: |"),
        (step, "      - run: cp event.json $GITHUB_EVENT_PATH\n      - run: |"),
        ("    steps:", "    defaults: {run: {working-directory: /tmp/empty}}\n    steps:"),
        ("    steps:", "    env: {GIT_DIR: /tmp/empty}\n    steps:"),
        ("    steps:\n      - run: |", "    continue-on-error: true\n    steps:\n      - continue-on-error: false\n        run: |"),
        ("    steps:\n      - run: |", "    needs: build\n    steps:\n      - if: always()\n        run: |"),
        ("    steps:", "    strategy: {matrix: {x: \"${{ fromJSON(vars.LIST) }}\"}}\n    steps:"),
    ] {
        let head = base.replacen(from, to, 1);
        let ran = json(&Repo::two(&[(FLOW, &base)], &[(FLOW, &head)]));
        assert!(loud(&ran), "{head}: {:#?}", ran.found());
    }
    for events in [
        "{pull_request: {}, merge_group: {}, push: {tags: [v1]}}",
        "{pull_request: {paths: [\"**\", \"!deploy/**\"]}, merge_group: {}, push: {}}",
        "{pull_request: {types: [labeled]}, merge_group: {}, push: {}}",
        "{workflow_call: {}}",
    ] {
        let ran = json(&Repo::two(&[(FLOW, &base)], &[(FLOW, &base.replace("[pull_request, merge_group, push]", events))]));
        assert!(loud(&ran), "{events}: {:#?}", ran.found());
    }
}

#[test]
fn a_shell_that_runs_the_script_is_quiet() {
    let base = flow(&["privgate check --ci", "echo done"]);
    for shell in [
        "bash -e {0}",
        "bash -leo pipefail {0}",
        "bash -l -eo pipefail {0}",
        "bash --noprofile --norc -eo pipefail {0}",
        "sh -e '{0}'",
        "/bin/bash -o pipefail -e {0}",
    ] {
        let head = base.replacen("    steps:", &format!("    defaults: {{run: {{shell: \"{shell}\"}}}}\n    steps:"), 1);
        let ran = json(&Repo::two(&[(FLOW, &base)], &[(FLOW, &head)]));
        assert!(quiet(&ran), "{shell}: {:#?}", ran.found());
    }
    for line in ["cp $GITHUB_EVENT_PATH event.json", "jq -r .number \"$GITHUB_EVENT_PATH\"", "cat $GITHUB_EVENT_PATH > event.json"] {
        let head = base.replacen("      - run: |", &format!("      - run: {line}\n      - run: |"), 1);
        let ran = json(&Repo::two(&[(FLOW, &base)], &[(FLOW, &head)]));
        assert!(quiet(&ran), "{line}: {:#?}", ran.found());
    }
}

#[test]
fn another_program_under_the_same_name_is_asked_about() {
    let bring = |line: &str| flow(&[line, "privgate check --ci"]);
    for (base, head) in [
        ("pip install privgate==1.2.3", "pip install privgate"),
        ("curl -sSf https://acme.example/privgate -o privgate", "curl -sSf https://mallory.example/privgate -o privgate"),
        ("make", "echo ./bin >> $GITHUB_PATH"),
        ("make", "export PATH=./bin:$PATH"),
        ("make", "eval \"$X privgate check --ci\""),
        ("make", "$X privgate check --ci"),
    ] {
        let ran = json(&Repo::two(&[(FLOW, &bring(base))], &[(FLOW, &bring(head))]));
        assert!(asked(&ran), "{base} -> {head}: {:#?}", ran.found());
    }
    let older = json(&Repo::two(&[(FLOW, &bring("pip install privgate==1.2.3"))], &[(FLOW, &bring("pip install privgate==1.1.0"))]));
    assert!(loud(&older), "{:#?}", older.found());
    let newer = json(&Repo::two(&[(FLOW, &bring("pip install privgate==1.2.3"))], &[(FLOW, &bring("pip install privgate==1.3.0"))]));
    assert!(quiet(&newer), "{:#?}", newer.found());
}

#[test]
fn a_job_that_only_has_the_gates_name_is_asked_about() {
    let base = flow(&["privgate check --ci"]);
    let head = base.replace("  privgate:\n", "  other:\n") + "  privgate:\n    runs-on: x\n    steps: [{run: make}]\n";
    let ran = json(&Repo::two(&[(FLOW, &base)], &[(FLOW, &head)]));
    assert!(asked(&ran), "{:#?}", ran.found());
    let renamed = json(&Repo::two(&[(FLOW, &base)], &[(FLOW, &base.replace("  privgate:\n", "  gate:\n"))]));
    assert!(quiet(&renamed), "{:#?}", renamed.found());
}

#[test]
fn a_pipeline_is_judged_with_what_its_job_takes_over() {
    let path = ".gitlab-ci.yml";
    let base = "privgate:\n  script:\n    - make\n    - privgate check --ci\n";
    for head in [
        format!("default: {{before_script: [exit 0]}}\n{base}"),
        format!(".g: {{allow_failure: true}}\n{base}  extends: .g\n"),
        format!(".g: {{rules: [{{when: never}}]}}\n{base}  extends: [.g]\n"),
        format!("variables: {{GIT_DIR: /tmp/empty}}\n{base}"),
        format!("workflow: {{rules: [{{when: never}}]}}\n{base}"),
        base.replace("- make", "- set +e") + "    - echo done\n",
        base.replace("privgate:\n", ".privgate:\n"),
    ] {
        let ran = json(&Repo::two(&[(path, base)], &[(path, &head)]));
        assert!(loud(&ran), "{head}: {:#?}", ran.found());
    }
    let apart = "privgate:\n  extends: .g\n.g:\n  script: [make, privgate check --ci]\n";
    let ran = json(&Repo::two(&[(path, base)], &[(path, apart)]));
    assert!(quiet(&ran), "{:#?}", ran.found());
}

#[test]
fn other_systems_scripts_and_hooks_that_run_the_gate_are_known() {
    for (path, text) in [
        ("azure-pipelines.yml", "pr: [main]\nsteps:\n  - script: privgate check --ci\n"),
        ("Jenkinsfile", "node {\n  sh 'privgate check --ci'\n}\n"),
        (".circleci/config.yml", "version: 2.1\njobs:\n  gate:\n    docker: [{image: x}]\n    steps:\n      - run: privgate check --ci\n"),
        (".buildkite/pipeline.yml", "steps:\n  - command: privgate check --ci\n"),
        (".forgejo/workflows/gate.yml", "on: [pull_request]\njobs: {gate: {runs-on: x, steps: [{run: privgate check --ci}]}}\n"),
        (".github/actions/gate/action.yml", "runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: privgate check --ci\n"),
        ("ci/gate.sh", "#!/bin/sh\nset -e\nprivgate check --ci\n"),
        ("Makefile", "gate:\n\tprivgate check --ci\n"),
        ("package.json", "{\"scripts\": {\"gate\": \"privgate check --ci\"}}"),
        ("lefthook.yml", "pre-push:\n  jobs:\n    - run: privgate check --ci\n"),
        (".githooks/pre-push", "#!/bin/sh\nprivgate check --ci\n"),
    ] {
        for head in [
            text.replace("privgate check --ci", "make"),
            text.replace("--ci", "--ci || true"),
            text.replace("--ci", "--ci --fail-on never"),
        ] {
            let ran = json(&Repo::two(&[(path, text)], &[(path, &head)]));
            assert!(loud(&ran), "{path}: {head}: {:#?}", ran.found());
        }
        let more = json(&Repo::two(&[(path, text)], &[(path, &text.replace("--ci", "--ci --explain-base"))]));
        assert!(quiet(&more), "{path}: {:#?}", more.found());
    }
}

#[test]
fn owners_that_only_seem_to_be_there_are_none() {
    let owned = "/privgate.yaml @acme/privacy\n";
    for (base, head) in [
        ((".github/CODEOWNERS", owned), (".github/CODEOWNERS", "/privgate.yaml nobody\n")),
        ((".github/CODEOWNERS", owned), ("etc/CODEOWNERS", owned)),
        ((".gitlab/CODEOWNERS", "[P] @acme/privacy\n/privgate.yaml\n"), (".gitlab/CODEOWNERS", "^[P] @acme/privacy\n/privgate.yaml\n")),
    ] {
        let ran = json(&Repo::two(&[base], &[head])).exits(1);
        assert!(!ran.found().is_empty());
    }
}
