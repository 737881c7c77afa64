//! Policies name weaknesses and articles that exist: each reference stands, with its title, in the list taken from the official ones.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// All policy files below a folder.
fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder of policies can be read") {
        let path = entry.expect("its entries can be read").path();
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|end| end == "yaml") {
            into.push(path);
        }
    }
}

/// `refs: [CWE-359, GDPR-25-2]`, one line in every policy.
fn named(text: &str) -> Vec<&str> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("refs: [")?.split(']').next());
    lines.flat_map(|inner| inner.split(',')).map(str::trim).filter(|id| !id.is_empty()).collect()
}

fn listed() -> BTreeSet<String> {
    let text = include_str!("../policies/references.toml");
    let lists: toml::Table = text.parse().expect("the list is TOML");
    let ids = lists.values().filter_map(toml::Value::as_table).flat_map(|list| {
        assert!(list.get("source").and_then(toml::Value::as_str).is_some_and(|source| source.contains("https://") || source.contains(':')));
        list.iter().filter(|(id, _)| *id != "source").map(|(id, title)| {
            assert!(title.as_str().is_some_and(|title| title.len() > 5), "{id} has no title");
            id.clone()
        })
    });
    ids.collect()
}

#[test]
fn every_reference_of_a_policy_is_in_an_official_list() {
    let mut paths = Vec::new();
    files(Path::new("policies"), &mut paths);
    assert!(paths.len() > 500, "only {} policies were found", paths.len());
    let listed = listed();
    let mut unknown = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a policy can be read");
        let refs = named(&text);
        if refs.is_empty() {
            unknown.push(format!("{}: names no reference", path.display()));
        }
        unknown.extend(refs.iter().filter(|id| !listed.contains(**id)).map(|id| format!("{}: {id} is in no list", path.display())));
    }
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

#[test]
fn a_made_up_reference_is_noticed() {
    let listed = listed();
    let refs = named("id: a/b\nrefs: [CWE-359, CWE-99999]\n");
    let unknown: Vec<&str> = refs.into_iter().filter(|id| !listed.contains(*id)).collect();
    assert_eq!(unknown, ["CWE-99999"]);
}

#[test]
fn the_list_names_nothing_that_no_policy_uses() {
    let mut paths = Vec::new();
    files(Path::new("policies"), &mut paths);
    let texts: Vec<String> = paths.iter().map(|path| std::fs::read_to_string(path).expect("a policy can be read")).collect();
    let used: BTreeSet<&str> = texts.iter().flat_map(|text| named(text)).collect();
    let idle: Vec<String> = listed().into_iter().filter(|id| !used.contains(id.as_str())).collect();
    assert!(idle.is_empty(), "{}", idle.join(", "));
}
