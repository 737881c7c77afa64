//! Bypasses 2 and 3 at one remove: what runs the gate is another file of the repository than the workflow.

use super::*;

const CI: &str = ".github/workflows/ci.yml";
const EVENTS: &str = "on: [pull_request, merge_group, push]\n";
const SCRIPT: &str = "#!/bin/sh\nset -e\nprivgate check --ci\n";

/// A file that runs the gate, how a step leads there, the same file without the gate, and with one whose code counts for nothing.
struct Way {
    step: &'static str,
    path: &'static str,
    text: &'static str,
    without: &'static str,
    ignoring: &'static str,
}

const WAYS: [Way; 9] = [
    Way {
        step: "run: ./scripts/verify.sh",
        path: "scripts/verify.sh",
        text: SCRIPT,
        without: "#!/bin/sh\nset -e\nmake\n",
        ignoring: "#!/bin/sh\nset -e\nprivgate check --ci || true\n",
    },
    Way {
        step: "run: bash -e scripts/verify.sh",
        path: "scripts/verify.sh",
        text: SCRIPT,
        without: "#!/bin/sh\nset -e\nmake\n",
        ignoring: "#!/bin/sh\nset -e\nif [ -n \"$X\" ]; then\n  privgate check --ci\nfi\n",
    },
    Way {
        step: "run: make verify",
        path: "Makefile",
        text: "build:\n\tcc x.c\n\nverify: build privacy\n\nprivacy:\n\tprivgate check --ci\n",
        without: "build:\n\tcc x.c\n\nverify: build\n\nprivacy:\n\tprivgate check --ci\n",
        ignoring: "build:\n\tcc x.c\n\nverify: build privacy\n\nprivacy:\n\t-privgate check --ci\n",
    },
    Way {
        step: "run: just verify",
        path: "justfile",
        text: "verify:\n    privgate check --ci\n",
        without: "verify:\n    cc x.c\n",
        ignoring: "verify:\n    -privgate check --ci\n",
    },
    Way {
        step: "run: npm run verify",
        path: "package.json",
        text: "{\"name\": \"x\", \"scripts\": {\"build\": \"tsc\", \"verify\": \"privgate check --ci\"}}\n",
        without: "{\"name\": \"x\", \"scripts\": {\"build\": \"tsc\", \"verify\": \"tsc\"}}\n",
        ignoring: "{\"name\": \"x\", \"scripts\": {\"build\": \"tsc\", \"verify\": \"privgate check --ci || true\"}}\n",
    },
    Way {
        step: "run: tox -e verify",
        path: "tox.ini",
        text: "[testenv]\ncommands = pytest\n\n[testenv:verify]\ncommands =\n    privgate check --ci\n",
        without: "[testenv]\ncommands = pytest\n\n[testenv:verify]\ncommands =\n    pytest\n",
        ignoring: "[testenv]\ncommands = pytest\n\n[testenv:verify]\ncommands =\n    - privgate check --ci\n",
    },
    Way {
        step: "run: nox -s verify",
        path: "noxfile.py",
        text: "import nox\n\n\n@nox.session\ndef verify(session):\n    session.run('privgate', 'check', '--ci', external=True)\n",
        without: "import nox\n\n\n@nox.session\ndef verify(session):\n    session.run('pytest')\n",
        ignoring: "import nox\n\n\n@nox.session\ndef verify(session):\n    session.run('privgate', 'check', '--ci', success_codes=[0, 1])\n",
    },
    Way {
        step: "run: task verify",
        path: "Taskfile.yml",
        text: "version: '3'\ntasks:\n  verify:\n    deps: [privacy]\n  privacy:\n    cmds: [privgate check --ci]\n",
        without: "version: '3'\ntasks:\n  verify:\n    cmds: [go build]\n  privacy:\n    cmds: [privgate check --ci]\n",
        ignoring: "version: '3'\ntasks:\n  verify:\n    deps: [privacy]\n  privacy:\n    ignore_error: true\n    cmds: [privgate check --ci]\n",
    },
    Way {
        step: "uses: ./.github/actions/verify",
        path: ".github/actions/verify/action.yml",
        text: "runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: privgate check --ci\n",
        without: "runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: make\n",
        ignoring: "runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: privgate check --ci\n      if: github.actor != 'x'\n",
    },
];

fn workflow(job: &str, step: &str) -> String {
    format!("{EVENTS}jobs:\n  build:\n    runs-on: ubuntu-latest\n{job}    steps:\n      - run: make\n      - {step}\n")
}

/// Compares two states of some files, of which the later ones replace the earlier ones.
fn changed(base: &[(&str, &str)], change: &[(&str, &str)]) -> Ran {
    let kept = base.iter().filter(|(path, _)| !change.iter().any(|(other, _)| path == other));
    let head: Vec<(&str, &str)> = kept.chain(change).copied().filter(|(_, text)| !text.is_empty()).collect();
    json(&Repo::two(base, &head))
}

#[track_caller]
fn loud(ran: &Ran) -> Vec<String> {
    ran.found().into_iter().filter(|found| !found.ends_with(" note")).collect()
}

#[test]
fn a_caller_that_stops_calling_what_runs_the_gate_is_reported() {
    for way in &WAYS {
        let base = workflow("", way.step);
        let files = [(CI, base.as_str()), (way.path, way.text)];
        changed(&files, &[(CI, &workflow("", "run: echo"))]).exits(1).finds("gate/step-removed removed error");
        changed(&files, &[(CI, "")]).exits(1).finds("gate/step-removed removed error");
    }
}

#[test]
fn a_caller_that_no_longer_blocks_or_is_narrowed_is_reported() {
    for way in &WAYS {
        let base = workflow("", way.step);
        let files = [(CI, base.as_str()), (way.path, way.text)];
        let mut heads = vec![
            workflow("    continue-on-error: true\n", way.step),
            workflow("    if: github.actor != 'x'\n", way.step),
            format!("{base}        continue-on-error: true\n"),
            format!("{base}        if: false\n"),
            base.replace(EVENTS, "on: {pull_request: {paths: [src/**]}, merge_group: {}, push: {}}\n"),
        ];
        if way.step.starts_with("run") {
            heads.push(workflow("", &format!("{} || true", way.step)));
        }
        for head in heads {
            changed(&files, &[(CI, &head)]).exits(1).finds("gate/step-weakened weakened error");
        }
    }
}

#[test]
fn what_is_called_and_loses_the_gate_is_reported_once() {
    for way in &WAYS {
        let base = workflow("", way.step);
        for text in [way.without, way.ignoring] {
            let ran = changed(&[(CI, &base), (way.path, way.text)], &[(way.path, text)]).exits(1);
            let (loud, removed) = (loud(&ran), |found: &&String| found.starts_with("gate/step-removed"));
            assert!(loud.iter().filter(removed).count() <= 1, "{text}: {loud:#?}");
            assert!(!loud.is_empty() && loud.iter().all(|found| found.starts_with("gate/step-")), "{text}: {loud:#?}");
        }
    }
}

#[test]
fn moving_the_call_into_another_file_and_back_is_quiet() {
    let direct = workflow("", "run: privgate check --ci");
    for way in &WAYS {
        let led = workflow("", way.step);
        let (one, other) = ([(CI, direct.as_str()), (way.path, way.without)], [(CI, led.as_str()), (way.path, way.text)]);
        // the recipe that nobody asks for holds it already
        if way.without.contains("privgate") {
            continue;
        }
        for (base, head) in [(one, other), (other, one)] {
            let ran = changed(&base, &head).exits(0);
            assert!(loud(&ran).is_empty(), "{}: {:#?}", way.step, ran.found());
        }
        // another step, another name
        for head in [format!("{led}      - run: make docs\n"), led.replace("- run: make\n", "- run: make all\n")] {
            let ran = changed(&other, &[(CI, &head)]).exits(0);
            assert!(loud(&ran).is_empty(), "{}: {:#?}", way.step, ran.found());
        }
    }
}

#[test]
fn a_job_that_was_there_and_begins_to_run_the_gate_is_quiet() {
    let without = workflow("", "run: echo");
    for step in ["run: privgate check --ci", "run: ./scripts/verify.sh"] {
        let ran = changed(&[(CI, without.as_str()), ("scripts/verify.sh", SCRIPT)], &[(CI, &workflow("", step))]).exits(0);
        assert!(loud(&ran).is_empty(), "{step}: {:#?}", ran.found());
    }
    let never = workflow("", "run: privgate check --ci --fail-on never");
    assert!(!loud(&changed(&[(CI, without.as_str())], &[(CI, &never)])).is_empty());
}

#[test]
fn a_second_caller_that_stays_is_enough() {
    let led = workflow("", "run: ./scripts/verify.sh");
    let base = [(CI, led.as_str()), (".github/workflows/b.yml", led.as_str()), ("scripts/verify.sh", SCRIPT)];
    changed(&base, &[(CI, "")]).exits(0).finds_nothing_of("gate/step-removed");
}

#[test]
fn a_workflow_that_others_call_counts_by_its_callers() {
    let checks = ".github/workflows/checks.yml";
    let gate = "on:\n  workflow_call: {}\njobs:\n  g:\n    runs-on: x\n    steps:\n      - run: privgate check --ci\n";
    let caller =
        format!("{EVENTS}jobs:\n  build: {{runs-on: x, steps: [{{run: make}}]}}\n  checks:\n    uses: ./.github/workflows/checks.yml\n");
    let without = format!("{EVENTS}jobs:\n  build: {{runs-on: x, steps: [{{run: make}}]}}\n");
    let base = [(CI, caller.as_str()), (checks, gate)];
    changed(&base, &[(CI, &without)]).exits(1).finds("gate/step-removed removed error");
    changed(&base, &[(CI, "")]).exits(1).finds("gate/step-removed removed error");
    for head in [
        format!("{caller}    if: github.actor != 'x'\n"),
        format!("{caller}    needs: [build]\n"),
        caller.replace("[pull_request, merge_group, push]", "[push]"),
    ] {
        changed(&base, &[(CI, &head)]).exits(1).finds("gate/step-weakened weakened error");
    }
    let direct = workflow("", "run: privgate check --ci");
    for (base, head) in [([(CI, direct.as_str()), (checks, "")], base), (base, [(CI, direct.as_str()), (checks, "")])] {
        let base: Vec<(&str, &str)> = base.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        let ran = changed(&base, &head).exits(0);
        assert!(loud(&ran).is_empty(), "{:#?}", ran.found());
    }
    let renamed = caller.replace("checks.yml", "verify.yml");
    changed(&base, &[(CI, &renamed), (checks, ""), (".github/workflows/verify.yml", gate)]).exits(0);
}

#[test]
fn a_pipeline_is_judged_with_what_it_includes() {
    let job = "verify:\n  script:\n    - privgate check --ci\n";
    let build = "build:\n  script: [make]\n";
    for path in ["ci/checks.yml", ".gitlab/checks.yml", "ci/checks.gitlab-ci.yml"] {
        let root = format!("include:\n  - local: /{path}\n{build}");
        let base = [(".gitlab-ci.yml", root.as_str()), (path, job)];
        changed(&base, &[(".gitlab-ci.yml", build)]).exits(1).finds("gate/step-removed removed error");
        for head in [
            format!("include:\n  - local: /{path}\n    rules: [{{if: $X}}]\n{build}"),
            format!("{root}verify:\n  allow_failure: true\n"),
            format!("{root}verify:\n  when: manual\n"),
        ] {
            changed(&base, &[(".gitlab-ci.yml", &head)]).exits(1).finds("gate/step-weakened weakened error");
        }
        changed(&base, &[(".gitlab-ci.yml", &format!("{root}verify:\n  script: [make]\n"))])
            .exits(1)
            .finds("gate/step-removed removed error");
        changed(&base, &[(path, "verify:\n  script: [make]\n")]).exits(1);
        changed(&base, &[(path, &format!("{job}  rules: [{{if: $X}}]\n"))]).exits(1);
        let ran = changed(&base, &[(".gitlab-ci.yml", &format!("{root}docs:\n  script: [make docs]\n"))]).exits(0);
        assert!(loud(&ran).is_empty(), "{:#?}", ran.found());
        let direct = format!("{job}{build}");
        let alone = [(".gitlab-ci.yml", direct.as_str())];
        for (base, head) in [(&alone[..], &base[..]), (&base[..], &alone[..])] {
            let head: Vec<(&str, &str)> = if head.len() == 1 { vec![head[0], (path, "")] } else { head.to_vec() };
            let ran = changed(base, &head).exits(0);
            assert!(loud(&ran).is_empty(), "{path}: {:#?}", ran.found());
        }
    }
}

#[test]
fn what_a_pipeline_includes_lies_under_its_own_jobs() {
    let job = "privgate:\n  script: [privgate check --ci]\n";
    let root = format!("include:\n  - local: /ci/x.yml\n{job}");
    let quiet = "docs:\n  script: [make docs]\n";
    let weak = [
        "privgate: {allow_failure: true}\n",
        "privgate:\n  rules: [{when: never}]\n",
        "privgate:\n  when: manual\n",
        "privgate:\n  before_script: [exit 0]\n",
        "default:\n  before_script: [exit 0]\n",
        "before_script: [exit 0]\n",
        "variables: {GITHUB_EVENT_PATH: x.json, CI_COMMIT_SHA: HEAD}\n",
        "workflow:\n  rules: [{if: $CI_COMMIT_TAG}]\n",
    ];
    for text in weak {
        // the file comes with the include, it changes alone, it is included by another one
        for (base, head) in [
            (vec![(".gitlab-ci.yml", job)], vec![(".gitlab-ci.yml", &*root), ("ci/x.yml", text)]),
            (vec![(".gitlab-ci.yml", &*root), ("ci/x.yml", quiet)], vec![("ci/x.yml", text)]),
            (vec![(".gitlab-ci.yml", &*root), ("ci/x.yml", "include: /ci/y.yml\n"), ("ci/y.yml", quiet)], vec![("ci/y.yml", text)]),
        ] {
            changed(&base, &head).exits(1).finds("gate/step-weakened weakened error");
        }
    }
    let component = "include:\n  - component: $CI_SERVER_FQDN/acme/privgate/privgate@34e114876b0b11c390a56381ad16ebd13914f8d5\n";
    let both = format!("{component}  - local: b.yml\n");
    for text in weak.into_iter().take(4) {
        changed(&[(".gitlab-ci.yml", component)], &[(".gitlab-ci.yml", &both), ("b.yml", text)])
            .exits(1)
            .finds("gate/step-weakened weakened error");
        changed(&[(".gitlab-ci.yml", &both), ("b.yml", quiet)], &[("b.yml", text)]).exits(1).finds("gate/step-weakened weakened error");
    }
    changed(&[(".gitlab-ci.yml", &both), ("b.yml", quiet)], &[("b.yml", "privgate:\n  script: [make]\n")])
        .exits(1)
        .finds("gate/step-removed removed error");
    // what the file itself says wins
    let own = format!("{root}  allow_failure: false\n  rules: [{{if: $CI_MERGE_REQUEST_IID}}]\n  before_script: [make]\n");
    let base = [(".gitlab-ci.yml", &*own), ("ci/x.yml", quiet)];
    for text in weak.into_iter().take(5).filter(|text| !text.contains("manual")) {
        let ran = changed(&base, &[("ci/x.yml", text)]).exits(0);
        assert!(loud(&ran).is_empty(), "{text}: {:#?}", ran.found());
    }
    // templates that say nothing of it, and what moves into an included file
    let base = [(".gitlab-ci.yml", &*root), ("ci/x.yml", quiet)];
    for text in ["default:\n  before_script: [make deps]\n", "privgate: {tags: [linux]}\n", ".lint:\n  allow_failure: true\n"] {
        let ran = changed(&base, &[("ci/x.yml", text)]).exits(0);
        assert!(loud(&ran).is_empty(), "{text}: {:#?}", ran.found());
    }
    let ruled = format!("{root}  rules: [{{if: $CI_MERGE_REQUEST_IID}}]\n");
    let ran = changed(
        &[(".gitlab-ci.yml", &*ruled), ("ci/x.yml", quiet)],
        &[(".gitlab-ci.yml", &*root), ("ci/x.yml", "privgate:\n  rules: [{if: $CI_MERGE_REQUEST_IID}]\n")],
    );
    assert!(loud(&ran.exits(0)).is_empty());
}

#[test]
fn a_script_that_a_job_refers_to_is_read() {
    let job = "privgate:\n  script:\n    - privgate check --ci\n";
    let by = "privgate:\n  script:\n    - !reference [.x, script]\n";
    let here = |script: &str| format!(".x:\n  script: [{script}]\n{by}");
    let ran = changed(&[(".gitlab-ci.yml", job)], &[(".gitlab-ci.yml", &here("make, privgate check --ci"))]).exits(0);
    assert!(loud(&ran).is_empty(), "{:#?}", ran.found());
    let there = format!("include: [/ci/x.yml]\n{by}");
    let ran = changed(&[(".gitlab-ci.yml", job)], &[(".gitlab-ci.yml", &there), ("ci/x.yml", ".x:\n  script: [privgate check --ci]\n")]);
    assert!(loud(&ran.exits(0)).is_empty());
    changed(&[(".gitlab-ci.yml", job)], &[(".gitlab-ci.yml", &here("make"))]).exits(1).finds("gate/step-removed removed error");
    changed(&[(".gitlab-ci.yml", &here("privgate check --ci"))], &[(".gitlab-ci.yml", &here("make"))])
        .exits(1)
        .finds("gate/step-removed removed error");
    // a reference to itself ends
    let around = ".x:\n  script: [!reference [.x, script]]\n";
    changed(&[(".gitlab-ci.yml", job)], &[(".gitlab-ci.yml", &format!("{around}{by}"))]).exits(1);
}

#[test]
fn files_that_lead_to_each_other_are_followed() {
    let ci = workflow("", "run: make privacy");
    let base = [(CI, ci.as_str()), ("Makefile", "all:\n\tcc x.c\n\nprivacy:\n\t./scripts/gate.sh\n"), ("scripts/gate.sh", SCRIPT)];
    for head in ["all:\n\tcc x.c\n\nprivacy:\n\ttrue\n", "all:\n\tcc x.c\n\nprivacy:\n\t-./scripts/gate.sh\n"] {
        changed(&base, &[("Makefile", head)]).exits(1).finds("gate/step-removed removed error");
    }
    changed(&base, &[(CI, &workflow("", "run: true"))]).exits(1).finds("gate/step-removed removed error");
    changed(&base, &[("Makefile", "all:\n\tcc x.c\n\nprivacy:\n\tprivgate check --ci\n")]).exits(0);
    for (path, base, head) in [
        (
            ".circleci/config.yml",
            "version: 2.1\njobs: {build: {steps: [checkout, {run: ./scripts/gate.sh}]}}\n",
            "version: 2.1\njobs: {build: {steps: [checkout]}}\n",
        ),
        ("Jenkinsfile", "node {\n  sh './scripts/gate.sh'\n}\n", "node {\n  sh 'make'\n}\n"),
        (".githooks/pre-push", "#!/bin/sh\nset -e\n./scripts/gate.sh\n", "#!/bin/sh\nset -e\nmake\n"),
    ] {
        let ran = changed(&[(path, base), ("scripts/gate.sh", SCRIPT)], &[(path, head)]).exits(1);
        assert!(loud(&ran).iter().any(|found| found.starts_with("gate/")), "{path}: {:#?}", ran.found());
    }
}

#[test]
fn files_that_lead_in_a_circle_end() {
    let ci = workflow("", "run: ./a.sh");
    let base =
        [(CI, ci.as_str()), ("a.sh", "./b.sh\n./b.sh\n"), ("b.sh", "./a.sh\nmake -C . x\n"), ("Makefile", "x: x\n\t./a.sh\n\tmake x\n")];
    changed(&base, &[(CI, &workflow("", "run: true"))]).exits(0);
}
