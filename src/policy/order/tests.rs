//! Tests of the orders: for each one a table of two values and what the second is to the first.

use super::Comparison::{Incomparable, Same, Stronger, Weaker};
use super::*;

mod chains;
mod covers;
mod decides;

pub(super) fn order(yaml: &str) -> Order {
    let order = serde_saphyr::from_str(yaml).unwrap();
    assert_eq!(check(&order), Ok(()), "{yaml}");
    order
}

/// `[a, b]` is a list, anything else a text.
fn value(text: &str) -> Value {
    match text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some("") => Value::List(vec![]),
        Some(inner) => Value::List(inner.split(", ").map(Value::text).collect()),
        None => Value::text(text),
    }
}

pub(super) fn ranked(order: &Order, text: &str) -> Ranked {
    rank(order, &Spelled::default(), &value(text), Mark::Plain, text)
}

fn place(order: &Order, text: &str) -> Rank {
    match ranked(order, text) {
        Ranked::Rank(rank) => rank,
        other => panic!("{text:?} is {other:?}"),
    }
}

fn one(order: &Order, word: &str) -> Option<Rank> {
    given(order, &Given::One(word.into()))
}

/// Compares both ways.
fn table(order: &Order, rows: &[(&str, &str, Comparison)]) {
    for (a, b, expected) in rows {
        let (rank_a, rank_b) = (place(order, a), place(order, b));
        assert_eq!(compare(order, &rank_a, &rank_b), *expected, "{a:?} -> {b:?}");
        assert_eq!(compare(order, &rank_b, &rank_a), expected.reversed(), "{b:?} -> {a:?}");
    }
}

#[test]
fn the_weakest_of_several_is_one_that_all_others_can_be_compared_with() {
    let order = order("ladders: [[Metadata, Request, RequestResponse], [Metadata, None]]");
    let of = |texts: &[&str]| texts.iter().map(|text| place(&order, text)).collect::<Vec<_>>();
    assert_eq!(worst_of(&order, &of(&["Metadata", "Request"])), Some(place(&order, "Request")));
    assert_eq!(best_of(&order, &of(&["None", "Request", "Metadata"])), Some(place(&order, "Metadata")));
    assert_eq!(worst_of(&order, &of(&["None", "Request"])), None);
    assert_eq!(worst_of(&order, &[]), None);
}

#[test]
fn an_order_that_cannot_be_used_says_why() {
    let rows = [
        ("ladder: [a, safe]", "`safe`"),
        ("ladder: [a, [b, A]]", "twice"),
        ("ladder: []", "no rung"),
        ("ladders: [[a, b], [b, a]]", "circle"),
        ("ladders: [[a, b, c], [c, d, a]]", "circle"),
        ("number: {safer: lower, unit: fortnights}", "fortnights"),
        ("members: {safer: fewer, each: '/(/'}", "regex"),
        ("members: {safer: fewer, each: 'abc'}", "slashes"),
        ("shape: [{name: weak, like: a}]", "`weak`"),
        ("shape: [{name: a, like: '/[/'}]", "regex"),
        ("secret: {known: ['/a{1000000}/']}", "regex"),
        ("append_only: {same: [upper]}", "upper"),
        ("decision: {read: gitignore, of: [a], at: ['/'], order: [kept, ignored]}", "kept"),
        ("parts: {a: {parts: {b: frozen}}}", "parts itself"),
        ("parts: {a: {ladder: [x, x]}}", "part `a`"),
    ];
    for (yaml, part) in rows {
        let order: Order = serde_saphyr::from_str(yaml).unwrap();
        let message = check(&order).unwrap_err();
        assert!(message.to_lowercase().contains(part.to_lowercase().as_str()), "{yaml}: {message}");
    }
    assert_eq!(check(&order("ladders: [[a, [b, c]], [[c, d], e]]")), Ok(()));
}

#[test]
fn a_value_pattern_fits_the_whole_text_or_by_expression() {
    let fits = |pattern: &str, text: &str| TextPattern::new(pattern).matches(text);
    assert!(fits("a*c", "abbc") && fits("a*", "a/b") && fits("*", "") && fits("a", "a"));
    assert!(!fits("a*c", "abcd") && !fits("a*a", "a") && !fits("a", "A") && !fits("ab", "a"));
    assert!(fits("{a,b{c,d}}x", "bdx") && fits("{a,b}*", "bzz") && !fits("{a,b}", "c") && fits("{a}", "{a}"));
    assert!(fits("/b+/", "abbc") && !fits("/^b/", "ab") && TextPattern::new("/(/").check().is_err() && !fits("/(/", "("));
    assert!(TextPattern::new(&"{a,b}".repeat(20)).check().is_err());
}
