//! Patterns for names and paths, example by example.

use super::*;

fn steps(path: &str) -> Vec<PathStep<'static>> {
    path.split('.').map(|step| PathStep { name: fold(step).into(), item: None }).collect()
}

#[test]
fn braces_unfold_in_order_and_nest() {
    assert_eq!(unfold("a{b,c{d,e}}f").unwrap(), ["abf", "acdf", "acef"]);
    assert_eq!(unfold("ORIGIN{,S}").unwrap(), ["ORIGIN", "ORIGINS"]);
    assert!(unfold("a{b").is_err());
    assert!(unfold("a}b").is_err());
    assert!(unfold(&"{a,b}".repeat(12)).is_err());
}

#[test]
fn stars_capture_and_names_bind_once() {
    let pattern = TextPattern::parse("*_PASSWORD").unwrap();
    assert_eq!(pattern.captures("DB_PASSWORD").unwrap(), [("0".into(), "DB".into())]);
    assert!(pattern.captures("DB_PASSWORDS").is_none());
    let twice = TextPattern::parse("<x>_<x>").unwrap();
    assert!(twice.captures("a_a").is_some());
    assert!(twice.captures("a_b").is_none());
}

#[test]
fn a_regular_expression_captures_its_groups_or_everything() {
    let pattern = TextPattern::parse("/^(.+)_KEY$/").unwrap();
    assert_eq!(pattern.captures("A_KEY").unwrap(), [("1".into(), "A".into())]);
    let whole = TextPattern::parse("/KEY/").unwrap();
    assert_eq!(whole.captures("A_KEY").unwrap(), [("0".into(), "A_KEY".into())]);
    let named = TextPattern::parse("/^(?<what>.+)_(KEY|LOG)$/").unwrap();
    assert_eq!(named.captures("A_LOG").unwrap(), [("what".into(), "A".into()), ("2".into(), "LOG".into())]);
    assert!(LazyRegex::new("(").is_err());
}

#[test]
fn paths_fold_case_dashes_and_underscores() {
    let pattern = KeyPattern::parse("**.cors.allow_origins").unwrap();
    let fit = pattern.fits(&steps("server.Cors.allowOrigins")).unwrap();
    assert_eq!(fit.anchor, 1);
    assert!(pattern.fits(&steps("cors.allow-origins")).is_some());
    assert!(pattern.fits(&steps("cors.x.allow-origins")).is_none());
    assert!(KeyPattern::parse("telemetry.enabled").unwrap().fits(&steps("a.telemetry.enabled")).is_none());
}

#[test]
fn list_items_are_told_apart_by_a_field() {
    let fields: Vec<(Box<str>, Box<str>)> = vec![("name".into(), "web".into())];
    let path = [
        PathStep { name: "spec".into(), item: None },
        PathStep { name: "containers".into(), item: Some(&fields) },
        PathStep { name: "image".into(), item: None },
    ];
    let fit = KeyPattern::parse("**.containers[name].image").unwrap().fits(&path).unwrap();
    assert_eq!(fit.captures, [(1, ("[name]".into(), "web".into()), false)]);
    assert!(KeyPattern::parse("**.containers.image").unwrap().fits(&path).is_none(), "a list needs its brackets");
    assert!(KeyPattern::parse("**.image").unwrap().fits(&path).is_some(), "any steps swallow lists too");
}
