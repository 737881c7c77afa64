//! Whom a change concerns, from the outside: services of a job, what documents show, and images next door.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail loudly")]

mod support;

use support::{Repo, graded};

fn job(environment: &str) -> String {
    format!(
        "on: push\npermissions: {{contents: read}}\njobs:\n  t:\n    runs-on: ubuntu-24.04\n    services:\n      db:\n        image: semitechnologies/weaviate:1.25.0\n        env:\n          A: b\n{environment}    steps:\n      - run: make test\n"
    )
}

#[test]
fn the_database_of_a_job_may_let_everyone_in() {
    let open = "          AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: \"true\"\n";
    let closed = "          AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: \"false\"\n";
    let repo = Repo::two(&[(".github/workflows/t.yml", &job(closed))], &[(".github/workflows/t.yml", &job(open))]);
    assert_eq!(graded(&repo), ["note weakened auth/weaviate-anonymous-access"]);
    repo.check(&[]).exits(0);
}

#[test]
fn the_same_line_in_a_deployment_fails() {
    let compose = |value: &str| {
        format!(
            "services:\n  db:\n    image: semitechnologies/weaviate:1.25.0\n    environment:\n      AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: \"{value}\"\n"
        )
    };
    let repo = Repo::two(&[("compose.yaml", &compose("false"))], &[("compose.yaml", &compose("true"))]);
    assert_eq!(graded(&repo), ["error weakened auth/weaviate-anonymous-access"]);
}

#[test]
fn a_command_that_a_document_shows_is_no_default() {
    let base = "# Use\n\nRun it.\n";
    let head = "# Use\n\nRun it.\n\n```sh\nacme serve --debug\n```\n";
    let repo = Repo::two(&[("docs/use.md", base)], &[("docs/use.md", head)]);
    assert!(graded(&repo).iter().all(|line| line.starts_with("note ")), "{:?}", graded(&repo));
    repo.check(&["--fail-on", "warning"]).exits(0);
}

#[test]
fn what_another_image_says_of_its_user_is_said_for_no_other() {
    let with = "FROM debian:12.5\nRUN useradd app\nUSER app\n";
    let without = "FROM debian:12.5\nRUN useradd app\n";
    let repo = Repo::two(&[("Dockerfile", with), ("Dockerfile.worker", with)], &[("Dockerfile", without), ("Dockerfile.worker", with)]);
    assert_eq!(graded(&repo), ["error removed isolation/dockerfile-user"]);
}

#[test]
fn a_version_that_crosses_a_flipped_default_is_found_at_its_pin() {
    let lock = |version: &str| format!("{{\"packages\": {{\"node_modules/@sentry/node\": {{\"version\": \"{version}\"}}}}}}\n");
    let with = |options: &str| format!("import * as Sentry from '@sentry/node';\nSentry.init({{ dsn: d{options} }});\n");
    let bumped = |code: &str| {
        let (old, new) = (lock("10.40.0"), lock("11.12.0"));
        let code = ("src/instrument.ts", code);
        graded(&Repo::two(&[("package-lock.json", &old), code], &[("package-lock.json", &new), code]))
    };
    let user_info = "error weakened telemetry/sentry-web-user-info".to_owned();
    assert!(bumped(&with("")).contains(&user_info));
    assert!(!bumped(&with(", dataCollection: { userInfo: false }")).contains(&user_info));
    assert_eq!(bumped("export const a = 1;\n"), Vec::<String>::new());
}

#[test]
fn a_value_as_weak_as_an_assumed_default_asks_for_the_version() {
    let call = |more: &str| format!("import torch\nw = torch.load(path, map_location=\"cpu\"{more})\n");
    let of = |pin: &str| {
        Repo::two(
            &[("requirements.txt", pin), ("load.py", &call(""))],
            &[("requirements.txt", pin), ("load.py", &call(", weights_only=False"))],
        )
    };
    // the check was there before, because this version brings it
    assert_eq!(graded(&of("torch==2.7.1\n")), ["error weakened supply-chain/torch-load"]);
    let old = graded(&of("torch==2.4.0\n"));
    assert!(old.iter().all(|line| line.starts_with("note ")), "{old:?}");
}
