//! What each way to write a default in Python gives.

use super::PYTHON;
use crate::reading::Reading;
use crate::value::{Outcome, Value};

fn read(text: &str) -> Reading {
    crate::read::code::read(&PYTHON, "app.py", text)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("\"{text}\""),
        Value::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        _ => value.display(),
    }
}

/// Every setting in one line: its names, its value, the text that decides.
fn said(text: &str) -> Vec<String> {
    let reading = read(text);
    assert!(reading.unreadable().is_none());
    let line = |setting: &crate::setting::Setting| {
        let value = match &setting.value {
            Outcome::One(value) => shown(value),
            Outcome::AnyOf(values) => values.iter().map(shown).collect::<Vec<_>>().join(" or "),
            Outcome::Unread => "?".into(),
        };
        let mut names: Vec<String> = setting.names.iter().map(|(surface, name)| format!("{} {name}", surface.word())).collect();
        if let Some(key) = &setting.key {
            names.insert(0, format!("key {}.{key}", reading.path_to(setting.scope)));
        }
        format!("{} = {value} <{}>", names.join(" | "), setting.raw)
    };
    reading.settings.iter().map(line).collect()
}

#[track_caller]
fn says(text: &str, expected: &[&str]) {
    assert_eq!(said(text), expected, "{text}");
}

/// Among others.
#[track_caller]
fn tells(text: &str, expected: &[&str]) {
    let all = said(text);
    for line in expected {
        assert!(all.iter().any(|said| said == line), "no `{line}` in {all:#?} of {text}");
    }
}

#[track_caller]
fn silent_about(text: &str, name: &str) {
    let all = said(text);
    assert!(!all.iter().any(|said| said.contains(name)), "`{name}` in {all:#?} of {text}");
}

#[test]
fn a_variable_is_what_the_code_makes_of_it_when_nobody_sets_it() {
    says(r#"A_B = os.environ.get("A_B", "true").lower() == "true""#, &["argument os.environ.get(0) = \"A_B\" <\"A_B\">"]);
}
#[test]
fn dump() {
    let Ok(path) = std::env::var("DUMP") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let reading = read(&text);
    let lines = crate::span::LineIndex::new(&text);
    for (line, setting) in said(&text).iter().zip(&reading.settings) {
        eprintln!("{} {line}", lines.locate(&text, setting.value_span.start).line);
    }
}
