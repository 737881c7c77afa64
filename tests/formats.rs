//! Every output format, judged by programs that others wrote, over repositories that are ordinary, hostile, quiet, large or not
//! there. `.ci/run` installs the programs; a missing one is a failure, so that nobody takes a check for passed that never ran.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]
#![cfg(feature = "validators")]

#[path = "support/reports.rs"]
mod reports;
mod support;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reports::{FORMATS, hostile, many, weakened};
use support::{DATE, Repo};

/// Reads a statement by in-toto's own bindings, strictly: an unknown field is an error.
const IN_TOTO: &str = "
import json, sys
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
for path in sys.argv[1:]:
    document = json.load(open(path))
    statement = json_format.ParseDict(document, statement_pb2.Statement())
    Statement.copy_from_pb(statement).validate()
    result = json_format.ParseDict(document['predicate'], test_result_pb2.TestResult()).result
    assert result in ('PASSED', 'WARNED', 'FAILED'), result
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn tool(path: &str) -> Command {
    let program = root().join(".ci/tools").join(path);
    assert!(program.exists(), "{} is missing: run .ci/run once", program.display());
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// What a validator says of a file: nothing when it is content.
fn complaint(command: &mut Command, files: &[impl AsRef<OsStr>]) -> Option<String> {
    let output = command.args(files).output().unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (!output.status.success()).then(|| format!("{command:?}\n{}{}", text(&output.stdout), text(&output.stderr)))
}

fn schema(path: &str) -> Command {
    assert!(root().join(path).exists(), "{path} is missing: run .ci/run once");
    let mut command = tool("venv/bin/check-jsonschema");
    // the schema of SARIF has a pattern that only lenient readers of expressions take
    command.args(["--regex-variant", "python", "--schemafile"]).arg(root().join(path));
    command
}

fn xsd() -> Command {
    let mut command = Command::new("xmllint");
    command.args(["--noout", "--schema"]).arg(root().join(".ci/tools/schemas/junit-10.xsd"));
    command
}

fn in_toto() -> Command {
    let mut command = tool("venv/bin/python");
    command.args(["-c", IN_TOTO]);
    command
}

fn html(folder: &Path) -> Command {
    let rules = folder.join("rules.json");
    fs::write(
        &rules,
        r#"{"root": true, "extends": ["html-validate:recommended", "html-validate:document", "html-validate:a11y"],
        "rules": {"no-inline-style": "error", "require-csp-nonce": "off", "long-title": "off", "no-trailing-whitespace": "off"}}"#,
    )
    .unwrap();
    let mut command = tool("html/node_modules/.bin/html-validate");
    command.arg("--config").arg(rules);
    command
}

/// The reports of many kinds of run in every format, each format in a folder of its own.
fn written(folder: &Path) {
    let quiet = Repo::two(&[("a.env", "A=1\n")], &[("a.env", "A=2\n")]);
    for format in FORMATS {
        fs::create_dir_all(folder.join(format)).unwrap();
    }
    let runs: [(&str, &Repo, &[&str]); 7] = [
        ("weakened", &weakened(), &["check", "--base", "HEAD~1"]),
        ("hostile", &hostile(), &["check", "--base", "HEAD~1"]),
        ("many", &many(60), &["check", "--base", "HEAD~1"]),
        ("quiet", &quiet, &["check", "--base", "HEAD~1"]),
        ("staged", &quiet, &["check", "--staged"]),
        ("failed", &quiet, &["check", "--base", "no-such-revision"]),
        ("audit", &weakened(), &["audit"]),
    ];
    for (name, repo, arguments) in runs {
        let mut arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        arguments.extend(["--date".into(), DATE.into()]);
        for format in FORMATS {
            let path = folder.join(format).join(name).with_extension(if format == "html" { "html" } else { "out" });
            arguments.extend(["--report".into(), format!("{format}={}", path.display())]);
        }
        repo.run(&arguments);
    }
}

fn files(folder: &Path, format: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder.join(format)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 7, "{format}");
    files
}

#[test]
fn every_document_is_valid() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path());
    let report = root().join("schemas/privgate-report.schema.json");
    let mut json = tool("venv/bin/check-jsonschema");
    json.arg("--schemafile").arg(report);
    let mut validators = [
        ("json", json),
        ("sarif", schema(".ci/tools/schemas/sarif-2.1.0.json")),
        ("gitlab", schema("tests/schemas/gitlab-code-quality.schema.json")),
        ("gitlab-sast", schema("tests/schemas/gitlab-sast.schema.json")),
        ("junit", xsd()),
        ("html", html(folder.path())),
        ("intoto", in_toto()),
    ];
    let complaints: Vec<String> =
        validators.iter_mut().filter_map(|(format, command)| complaint(command, &files(folder.path(), format))).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_validator_refuses_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path());
    let breaks: [(&str, Command, &str, &str); 6] = [
        ("sarif", schema(".ci/tools/schemas/sarif-2.1.0.json"), "\"startLine\": ", "\"startLine\": -"),
        ("gitlab", schema("tests/schemas/gitlab-code-quality.schema.json"), "\"critical\"", "\"fatal\""),
        ("gitlab-sast", schema("tests/schemas/gitlab-sast.schema.json"), "\"High\"", "\"Bad\""),
        ("junit", xsd(), " failures=", " broken="),
        ("html", html(folder.path()), "<main", "<mian"),
        ("intoto", in_toto(), "\"predicateType\"", "\"predicateKind\""),
    ];
    for (format, mut command, right, wrong) in breaks {
        let good = files(folder.path(), format).into_iter().find(|path| path.file_stem() == Some(OsStr::new("weakened"))).unwrap();
        let text = fs::read_to_string(&good).unwrap();
        assert!(text.contains(right), "{format}: {text}");
        fs::write(&good, text.replacen(right, wrong, 1)).unwrap();
        assert!(complaint(&mut command, &[good]).is_some(), "{format}");
    }
}
