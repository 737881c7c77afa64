//! What privgate writes and ships, judged by programs that others wrote. `.ci/run` installs them into `.ci/tools`; a missing
//! one is a failure, so that nobody takes a check for passed that never ran.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]
#![cfg(feature = "validators")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn validator(name: &str) -> Command {
    let program = root().join(".ci/tools/venv/bin").join(name);
    assert!(program.exists(), "{} is missing: run .ci/run once", program.display());
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

fn passes(command: &mut Command) {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}\n{}{}", text(&output.stdout), text(&output.stderr));
}

/// A file of this text that outlives the test's use of it.
fn written(folder: &Path, name: &str, text: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn privgate(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_privgate")).args(arguments).current_dir(root()).output().unwrap();
    assert!(!output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn the_json_report_fits_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    for (name, arguments) in [
        ("weakened.json", ["check", "--base", "dir:examples/weakened/base", "--head", "dir:examples/weakened/head", "--format", "json"]),
        ("failed.json", ["check", "--base", "dir:no-such-folder", "--head", "dir:examples/weakened/head", "--format", "json"]),
    ] {
        let report = written(folder.path(), name, &privgate(&arguments));
        passes(validator("check-jsonschema").args(["--schemafile", "schemas/privgate-report.schema.json"]).arg(report));
    }
    let audit = privgate(&["audit", "dir:examples/weakened/head", "--format", "json"]);
    let report = written(folder.path(), "audit.json", &audit);
    passes(validator("check-jsonschema").args(["--schemafile", "schemas/privgate-report.schema.json"]).arg(report));
}

#[test]
fn both_schemas_are_schemas() {
    let folder = tempfile::tempdir().unwrap();
    let printed = written(folder.path(), "policy.schema.json", &privgate(&["policy", "schema"]));
    let mut command = validator("check-jsonschema");
    passes(command.args(["--check-metaschema", "schemas/privgate-report.schema.json", "schemas/privgate-policy.schema.json"]).arg(printed));
}

#[test]
fn the_printed_schema_takes_a_shipped_policy() {
    let folder = tempfile::tempdir().unwrap();
    let schema = written(folder.path(), "policy.schema.json", &privgate(&["policy", "schema"]));
    passes(validator("check-jsonschema").arg("--schemafile").arg(schema).arg("policies/telemetry/vllm-usage-stats.yaml"));
}

#[test]
fn the_action_is_an_action() {
    passes(validator("check-jsonschema").args(["--builtin-schema", "vendor.github-actions", "action.yml"]));
}

#[test]
fn the_action_has_no_known_weakness() {
    passes(validator("zizmor").args(["--offline", "--no-progress", "action.yml"]));
}

#[test]
fn the_scripts_are_sound() {
    passes(validator("shellcheck").args(["examples/weakened/run.sh", ".ci/run", ".ci/fuzz", ".ci/mutants", ".ci/sbom"]));
}
