//! The JSON Schema of policy files agrees with the program: it takes every policy that is shipped and refuses what the
//! program refuses for its form.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::Value;

/// A small policy that is well-formed; the bad ones below each differ from it in one thing.
const GOOD: &str = r#"
id: telemetry/sample
title: The sample sends nothing
settings:
  - env: SAMPLE_TELEMETRY
    enabled_is: weak
safety: switch
unset: weak
why: It sends the prompt.
fix: Set `SAMPLE_TELEMETRY=false`.
source: "sample==1.0:settings.py"
examples:
  - {name: a, file: .env, base: SAMPLE_TELEMETRY=false, head: SAMPLE_TELEMETRY=true, expect: weakened}
  - {name: b, file: .env, base: SAMPLE_TELEMETRY=false, head: SAMPLE_TELEMETRY=0, expect: none}
"#;

/// Kinds of document that policies may name before their reader is there.
const LATER: &[&str] = &["javascript", "otel-collector", "python", "typescript"];

/// The schema as it is checked in: any word may stand where a kind of document does.
fn open_schema() -> Validator {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/privgate-policy.schema.json")).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

/// The schema that `privgate policy schema` prints.
fn schema() -> Validator {
    let text = privgate::policy::schema::schema(&privgate::read::kinds());
    let schema: Value = serde_json::from_str(&text).unwrap();
    assert!(schema.pointer("/$defs/kind/enum").is_some(), "the kinds of document are listed");
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn yaml(text: &str) -> Value {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).unwrap()
}

fn complaints(schema: &Validator, policy: &Value) -> Vec<String> {
    schema.iter_errors(policy).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn policies(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            policies(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

fn shipped() -> Vec<PathBuf> {
    let mut files = Vec::new();
    policies(&Path::new(env!("CARGO_MANIFEST_DIR")).join("policies"), &mut files);
    assert!(!files.is_empty());
    files.sort();
    files
}

/// Every word of every `in:`.
fn kinds_of(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                match inner {
                    Value::String(word) if key == "in" => found.push(word.clone()),
                    Value::Array(words) if key == "in" => found.extend(words.iter().filter_map(Value::as_str).map(str::to_owned)),
                    _ => kinds_of(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| kinds_of(item, found)),
        _ => {}
    }
}

#[test]
fn every_kind_that_a_shipped_policy_names_exists_or_is_planned() {
    let known: Vec<&str> = privgate::read::kinds().into_iter().chain(LATER.iter().copied()).collect();
    for file in shipped() {
        let mut kinds = Vec::new();
        kinds_of(&yaml(&fs::read_to_string(&file).unwrap())["settings"], &mut kinds);
        for kind in kinds {
            assert!(known.contains(&kind.as_str()), "{}: no reader gives `{kind}`", file.display());
        }
    }
}

#[test]
fn every_shipped_policy_fits_the_schema() {
    let schema = open_schema();
    let files = shipped();
    let wrong: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let found = complaints(&schema, &yaml(&fs::read_to_string(file).unwrap()));
            found.into_iter().map(|complaint| format!("{}: {complaint}", file.display())).collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_sample_is_good_for_schema_and_program() {
    assert_eq!(complaints(&schema(), &yaml(GOOD)), Vec::<String>::new());
    privgate::packs::parse(Path::new("telemetry/sample.yaml"), GOOD).unwrap();
}

#[test]
fn what_is_ill_formed_is_refused_by_schema_and_program() {
    let schema = schema();
    for (what, from, to) in [
        ("an unknown key", "fix:", "fixx: a\nfix:"),
        ("a missing key", "title: The sample sends nothing\n", ""),
        ("an empty reason", "why: It sends the prompt.", "why: \"\""),
        ("a title of more than 80 characters", "The sample sends nothing", &"a ".repeat(45)),
        ("two surfaces in one spelling", "env: SAMPLE_TELEMETRY\n", "env: SAMPLE_TELEMETRY\n    flag: --telemetry\n"),
        ("no surface", "env: SAMPLE_TELEMETRY", "files: a"),
        ("a side that is none", "enabled_is: weak", "enabled_is: bad"),
        ("an order that is none", "safety: switch", "safety: ordered"),
        ("two orders", "safety: switch", "safety: {present: safe, secret: {}}"),
        ("an unknown reading", "enabled_is: weak", "enabled_is: weak\n    reads: truthy"),
        ("an unknown kind of change", "expect: weakened", "expect: weaker"),
        ("no quiet example", "expect: none", "expect: weakened"),
        ("a case without a value", "unset: weak", "unset: [{versions: \"<2\"}]"),
        ("a lexicon with settings", "safety: switch", "kind: lexicon"),
        ("an id without an area", "id: telemetry/sample", "id: sample"),
        ("an unknown severity", "safety: switch", "safety: switch\nseverity: fatal"),
    ] {
        assert!(GOOD.contains(from), "{what}");
        let bad = GOOD.replacen(from, to, 1);
        assert!(privgate::packs::parse(Path::new("telemetry/sample.yaml"), &bad).is_err(), "the program takes {what}");
        // that one example is quiet, and that one is not, needs a look at all of them: only the program does that
        let beyond = what == "no quiet example";
        assert_eq!(complaints(&schema, &yaml(&bad)).is_empty(), beyond, "the schema and {what}");
    }
}

#[test]
fn a_kind_of_document_that_no_reader_gives_is_refused() {
    let bad = GOOD.replace("enabled_is: weak", "enabled_is: weak\n    in: [compsoe]");
    assert!(!complaints(&schema(), &yaml(&bad)).is_empty());
}

// --- privgate.yaml ---

const CONFIG: &str = include_str!("../examples/own-policy/head/privgate.yaml");

fn config_schema() -> Validator {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/privgate-config.schema.json")).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

#[test]
fn the_example_configuration_is_good_for_schema_and_program() {
    assert_eq!(complaints(&config_schema(), &yaml(CONFIG)), Vec::<String>::new());
    privgate::config::parse("privgate.yaml", CONFIG).unwrap();
}

#[test]
fn what_is_wrong_in_a_configuration_is_refused_by_schema_and_program() {
    let schema = config_schema();
    for bad in [
        "fail_onn: error",
        "fail_on: always",
        "version: 2",
        "policies: {telemetry/x: {severity: loud}}",
        "policies: {telemetry/x: {severities: note}}",
        "policies: {telemetry/x: {severity: {weakend: note}}}",
        "classes: {exemple: [a]}",
        "limits: {file_mib: 9}",
        "limits: {files: 0}",
        "limits: {depth: 1}",
        "waivers: {owners: [acme]}",
        "waivers: {max_days: 181}",
        "data: {kinds: [ibam]}",
        "packs: {a: b}",
    ] {
        assert!(privgate::config::parse("privgate.yaml", bad).is_err(), "the program takes {bad}");
        assert!(!complaints(&schema, &yaml(bad)).is_empty(), "the schema takes {bad}");
    }
}

// --- waivers and approvals ---

fn schema_at(path: &str) -> Validator {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

#[test]
fn waivers_are_good_or_bad_for_schema_and_program_alike() {
    let schema = schema_at("schemas/privgate-waivers.schema.json");
    let good = "waivers:\n  - policy: a/b\n    file: compose.yaml\n    setting: X\n    from: \"1\"\n    reason: r\n    owner: \"@acme/privacy\"\n    expires: 2026-12-04\n";
    let takes = |text: &str| {
        privgate::waiver::parse("w", text).is_ok_and(|waivers| waivers.iter().all(|waiver| waiver.ill_made("2026-11-21", 180).is_none()))
    };
    assert!(takes(good) && complaints(&schema, &yaml(good)).is_empty(), "{:?}", complaints(&schema, &yaml(good)));
    for (from, to) in [
        ("reason: r", "raeson: r"),
        ("reason: r", "reason: \" \""),
        ("    owner: \"@acme/privacy\"\n", ""),
        ("\"@acme/privacy\"", "acme"),
        ("2026-12-04", "soon"),
        ("policy: a/b", "policy: \"a/*\""),
        ("setting: X", "setting: \"\""),
        ("    from: \"1\"\n", ""),
        ("from: \"1\"", "from: [1]"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert!(bad != good && !takes(&bad), "the program takes {to}");
        assert!(!complaints(&schema, &yaml(&bad)).is_empty(), "the schema takes {to}");
    }
}

#[test]
fn approvals_are_good_or_bad_for_schema_and_program_alike() {
    let schema = schema_at("schemas/privgate-approvals.schema.json");
    let id = "0123456789abcdef0123456789abcdef01234567";
    let good = format!(
        r#"{{"commit":"{id}","authors":["@a"],"approvals":[{{"user":"@x","teams":["@acme/privacy"],"commit":"{id}","at":"2026-11-21"}}],
          "landed":[{{"change":7,"authors":["@b"],"approvals":[{{"user":"@y","commit":"{id}"}}],"waivers":"waivers: []"}}]}}"#
    );
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert!(privgate::waiver::Approvals::parse(&good).is_ok() && complaints(&schema, &value(&good)).is_empty());
    for (from, to) in [
        (id, "main"),
        ("\"authors\":[\"@a\"],", ""),
        ("\"user\":\"@x\",", ""),
        ("\"teams\"", "\"team\""),
        ("[\"@a\"]", "\"@a\""),
        (",\"waivers\"", ",\"waiver\""),
        ("\"change\":7", "\"change\":\"7\""),
    ] {
        let bad = good.replacen(from, to, 1);
        assert!(privgate::waiver::Approvals::parse(&bad).is_err(), "the program takes {bad}");
        assert!(!complaints(&schema, &value(&bad)).is_empty(), "the schema takes {bad}");
    }
}
