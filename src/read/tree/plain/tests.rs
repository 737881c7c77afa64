//! Keys of files that no lens claims, example by example.

use super::*;
use crate::read::clock::now;
use crate::read::tree::{json, toml, yaml};
use crate::reading::Kind;

fn reading_of(tree: &Tree, text: &str, claims: &Claims) -> Reading {
    let mut reading = Reading::new(Kind("yaml"), text.len());
    for document in &tree.documents {
        read(tree, *document, ScopeId::ROOT, claims, text, &mut reading);
    }
    for setting in &reading.settings {
        assert_eq!(&*setting.raw, setting.value_span.of(text));
        assert!(text.get(setting.name_span.range()).is_some());
    }
    reading
}

fn plainly(text: &str) -> Reading {
    reading_of(&yaml::parse(text), text, &Claims::default())
}

fn key_path(reading: &Reading, setting: &Setting) -> String {
    let scope = reading.path_to(setting.scope);
    let key = setting.key.as_deref().unwrap_or("");
    if scope.is_empty() || key.is_empty() { format!("{scope}{key}") } else { format!("{scope}.{key}") }
}

fn at<'r>(reading: &'r Reading, path: &str) -> &'r Setting {
    reading
        .settings
        .iter()
        .find(|setting| setting.key.is_some() && key_path(reading, setting) == path)
        .unwrap_or_else(|| panic!("no {path}"))
}

#[test]
fn every_key_is_a_setting_at_its_place() {
    let text = "a:\n  b: off\n  list: [x, \"y\"]\n  items:\n    - name: one\n      on: true\n    - [2, {deep: 1}]\n";
    let reading = plainly(text);
    assert_eq!(at(&reading, "a").value, Outcome::One(Value::Map));
    assert_eq!(at(&reading, "a").span().of(text), "a");
    assert_eq!(at(&reading, "a.b").yaml11, Some(false));
    assert_eq!(at(&reading, "a.b").span().of(text), "b: off");
    assert_eq!(at(&reading, "a.list").value, Outcome::One(Value::List(vec![Value::text("x"), Value::text("y")])));
    assert_eq!(at(&reading, "a.list").item_spans[1].of(text), "\"y\"");
    assert_eq!(at(&reading, "a.items").value, Outcome::Unread);
    assert_eq!(at(&reading, "a.items[0].on").value, Outcome::One(Value::Bool(true)));
    assert_eq!(at(&reading, "a.items[1].[1].deep").value, Outcome::One(Value::Int(1)));
    let item = reading.get(at(&reading, "a.items[0].on").scope);
    assert_eq!(item.fields, [("name".into(), "one".into()), ("on".into(), "true".into())]);
}

#[test]
fn a_dot_in_a_key_is_a_step() {
    let reading = plainly("logging.level: debug\nlogging:\n  file: x\nlogging.level.root: info\n.odd.: 1\n");
    assert_eq!(at(&reading, "logging.level").value, Outcome::text("debug"));
    assert_eq!(at(&reading, "logging.level.root").key.as_deref(), Some("root"));
    assert_eq!(at(&reading, "logging.level").scope, at(&reading, "logging.file").scope);
    assert_eq!(at(&reading, ".odd.").key.as_deref(), Some(".odd."));
}

#[test]
fn expressions_are_resolved_and_typed_where_they_stand() {
    let reading = plainly(
        "a: ${X:true}\nb: \"${X:-1}\"\nc: ${X}\nd: \"{{ .Values.x | default false }}\"\ne: !Ref X\nf: ${X:?m}\ng: [a, \"${B:-b}\"]\nh: [a, \"${B}\"]\n",
    );
    assert_eq!(at(&reading, "a").value, Outcome::One(Value::Bool(true)));
    assert_eq!(at(&reading, "b").value, Outcome::text("1"));
    assert_eq!((&at(&reading, "c").value, at(&reading, "c").mark), (&Outcome::Unread, Mark::Reference));
    assert_eq!(at(&reading, "d").value, Outcome::text("false"));
    assert_eq!((&at(&reading, "e").value, at(&reading, "e").mark), (&Outcome::Unread, Mark::Reference));
    assert_eq!(at(&reading, "f").mark, Mark::Required);
    assert_eq!(at(&reading, "g").value, Outcome::One(Value::List(vec![Value::text("a"), Value::text("b")])));
    assert_eq!(at(&reading, "h").value, Outcome::Unread);
}

#[test]
fn both_branches_of_a_template_are_resolved() {
    let reading = plainly("{{- if .a }}\nx: {{ .Values.x | default true }}\n{{- else }}\nx: {{ .Values.x | default false }}\n{{- end }}\n");
    assert_eq!(at(&reading, "x").value, Outcome::One(Value::Bool(false)));
    assert_eq!(at(&reading, "x").overridden[0].value, Outcome::One(Value::Bool(true)));
}

#[test]
fn a_key_in_capitals_is_also_a_variable() {
    let reading = plainly(
        "env:\n  LOG_LEVEL: info\n  ID: x\n  MAP_HERE: {a: 1}\nextraEnv:\n  - name: DO_NOT_TRACK\n    value: \"1\"\n  - name: SECRET_KEY\n    valueFrom: {secretKeyRef: {name: a}}\n  - name: lower\n    value: x\n",
    );
    let named = |name: &str| {
        reading.settings.iter().find(|setting| setting.names.iter().any(|(surface, text)| *surface == Surface::Env && &**text == name))
    };
    assert_eq!(named("LOG_LEVEL").unwrap().key.as_deref(), Some("LOG_LEVEL"));
    assert!(named("ID").is_none() && named("MAP_HERE").is_none() && named("lower").is_none());
    let track = named("DO_NOT_TRACK").unwrap();
    assert_eq!((&track.value, &*track.raw, track.scope), (&Outcome::text("1"), "\"1\"", ScopeId::ROOT));
    assert_eq!(named("SECRET_KEY").unwrap().mark, Mark::Reference);
}

#[test]
fn what_a_lens_claimed_gives_nothing() {
    let text = "a: {b: 1}\nc: 2\n";
    let tree = yaml::parse(text);
    let mut claims = Claims::default();
    claims.take(tree.get(tree.documents[0], "a").unwrap());
    let reading = reading_of(&tree, text, &claims);
    assert_eq!(reading.settings.len(), 1);
    assert_eq!(at(&reading, "c").value, Outcome::One(Value::Int(2)));
}

#[test]
fn json_and_toml_read_the_same() {
    let text = "{\"a\": {\"b\": \"${X:-true}\"}, \"l\": [{\"n\": 1}]}";
    let reading = reading_of(&json::parse(text), text, &Claims::default());
    assert_eq!(at(&reading, "a.b").value, Outcome::text("true"));
    assert_eq!(at(&reading, "l[0].n").value, Outcome::One(Value::Int(1)));
    let text = "[a]\nb = true\n[[l]]\nn = 1\n";
    let reading = reading_of(&toml::parse(text), text, &Claims::default());
    assert_eq!(at(&reading, "a.b").value, Outcome::One(Value::Bool(true)));
    assert_eq!(at(&reading, "l[0].n").value, Outcome::One(Value::Int(1)));
}

#[test]
fn aliases_that_grow_without_bound_are_one_problem() {
    use std::fmt::Write;
    let start = now();
    let (mut maps, mut lists, mut texts) =
        ("a0: &a0 {k: v}\n".to_owned(), "a0: &a0 [1]\n".to_owned(), format!("a: &a {}\n", "x".repeat(1_000_000)));
    for n in 1..30 {
        let p = n - 1;
        writeln!(maps, "a{n}: &a{n} {{x: *a{p}, y: *a{p}}}").unwrap();
        writeln!(lists, "a{n}: &a{n} [*a{p}, *a{p}, *a{p}]").unwrap();
    }
    for n in 0..10_000 {
        writeln!(texts, "b{n}: *a").unwrap();
    }
    for text in [maps, lists, texts] {
        let reading = plainly(&text);
        assert_eq!(reading.problems.len(), 1);
        assert_eq!(reading.unreadable().unwrap().message, TOO_MANY);
    }
    assert!(now().saturating_sub(start).as_secs() < 20);
}

proptest::proptest! {
    #[test]
    fn any_text_can_be_read(text in "([a-c:#é \\-\\[\\]{}\"'\\n$.]|\\{\\{ x \\}\\}|\\$\\{A:-|\n  - |: |<<: |&a |\\*a ){0,60}") {
        plainly(&text);
    }
}
