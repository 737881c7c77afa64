//! Names of settings that no product owns, each with a value that protects and one that does not: whoever writes such a setting for the
//! first time is told, too. `vocabulary.tsv` has a name, what stood there and what stands there now.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::collections::BTreeSet;
use std::fs;

use privgate::check::{Compared, FailOn, Request, check};
use privgate::policy::catalogue::Catalogue;
use privgate::report::model::{RevisionShown, Severity};
use privgate::revision::{Revision, Store};

const ROWS: &str = include_str!("vocabulary.tsv");

/// The files of `rows` in which something alarms, one setting a file.
fn told(catalogue: &Catalogue, rows: &[(&str, &str, &str)]) -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let side = |name: &str, value: &dyn Fn(usize) -> String| {
        let root = folder.path().join(name);
        fs::create_dir_all(&root).unwrap();
        for (at, (setting, ..)) in rows.iter().enumerate() {
            fs::write(root.join(format!("s{at}.yaml")), format!("app:\n  name: x\n{setting}: {}\n", value(at))).unwrap();
        }
        Revision::Folder(root)
    };
    let of = |at: usize| rows.get(at).copied().unwrap();
    let shown = |name: &str| RevisionShown { rev: name.to_owned(), commit: None };
    let compared = Compared {
        base: vec![side("base", &|at| of(at).1.to_owned())],
        head: side("head", &|at| of(at).2.to_owned()),
        base_shown: shown("base"),
        head_shown: shown("head"),
    };
    let request = Request { fail_on: FailOn::Error, require_coverage: false, date: support::DATE.to_owned() };
    let report = check(&Store::none(), catalogue, &compared, &request).unwrap();
    let alarms = report.findings.iter().filter(|finding| finding.severity != Severity::Note);
    alarms.flat_map(|finding| finding.places.iter().map(|place| place.file.clone()).chain([finding.file.clone()])).collect()
}

#[test]
fn settings_of_no_product_are_told_by_their_names_and_words() {
    let catalogue = Catalogue::built_in().unwrap();
    let rows: Vec<(&str, &str, &str)> = ROWS
        .lines()
        .map(|line| {
            let mut cells = line.split('\t');
            (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap())
        })
        .collect();
    assert!(rows.len() > 700, "{}", rows.len());
    let mut silent: Vec<(&str, &str, &str)> = Vec::new();
    for some in rows.chunks(60) {
        let files = told(&catalogue, some);
        silent.extend(some.iter().enumerate().filter(|(at, _)| !files.contains(&format!("s{at}.yaml"))).map(|(_, row)| *row));
    }
    assert!(silent.is_empty(), "{silent:?}");
}
