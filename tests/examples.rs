//! What the examples of the policies show is found by a whole check too: there files are asked first whether they are worth reading.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::fs;

use privgate::check::{Compared, FailOn, Request, check};
use privgate::policy::catalogue::{Catalogue, built_in_files};
use privgate::policy::file::{Example, Files};
use privgate::report::model::{Finding, RevisionShown};
use privgate::revision::{Revision, Store};

/// Examples that a whole check cannot tell, each with the reason.
const APART: [(&str, &str); 3] = [
    // a description stands for the bytes of weights, which no text has
    ("supply-chain/digest-match", "weights change behind their digest"),
    ("supply-chain/weights-format", "a file that is called safe and is not"),
    // names of flags have no dashes in Go: each word in quotes would be asked for, and files of half of all changes parsed
    ("secrets/shipped-url-password", "what a flag of a program is by default"),
];

fn findings(catalogue: &Catalogue, example: &Example) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let side = |name: &str, files: &Files| {
        let root = folder.path().join(name);
        fs::create_dir_all(&root).unwrap();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        match files {
            Files::One(text) => write(example.file.as_deref().unwrap(), text),
            Files::Many(texts) => texts.iter().for_each(|(path, text)| write(path, text)),
        }
        Revision::Folder(root)
    };
    let shown = |name: &str| RevisionShown { rev: name.to_owned(), commit: None };
    let compared = Compared {
        base: vec![side("base", &example.base)],
        head: side("head", &example.head),
        base_shown: shown("base"),
        head_shown: shown("head"),
    };
    let request = Request { fail_on: FailOn::Error, require_coverage: false, date: support::DATE.to_owned() };
    check(&Store::none(), catalogue, &compared, &request).unwrap().findings
}

/// The examples of every second policy, so that two tests share the work.
fn examples_are_told(rest: usize) {
    let catalogue = Catalogue::built_in().unwrap();
    let (mut faults, mut count) = (Vec::new(), 0);
    for policy in built_in_files().unwrap().iter().skip(rest).step_by(2) {
        let told = policy.examples.iter().filter(|example| !example.expect.0.is_empty());
        for example in told.filter(|example| !APART.contains(&(policy.id.as_str(), example.name.as_str()))) {
            count += 1;
            let found = findings(&catalogue, example);
            // parts of the gate's wiring report under one name
            let part = |id: &str| policy.id.starts_with("gate/") && id.starts_with("gate/");
            let own = |finding: &&Finding| finding.policy == policy.id || finding.also.contains(&policy.id) || part(&finding.policy);
            if !found.iter().any(|finding| own(&finding)) {
                let others: Vec<&str> = found.iter().map(|finding| finding.policy.as_str()).collect();
                faults.push(format!("{}: {}; said: {others:?}", policy.id, example.name));
            }
        }
    }
    assert!(count > 1000, "{count} examples");
    assert!(faults.is_empty(), "{} of {count}\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_examples_of_one_half_of_the_policies_are_told_by_a_whole_check() {
    examples_are_told(0);
}

#[test]
fn the_examples_of_the_other_half_are_told_too() {
    examples_are_told(1);
}

/// What is built in is held to what is asked of anybody's policies, a quiet example among it.
#[test]
fn the_folder_of_policies_passes_as_anybodys() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/policies");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_privgate")).args(["policy", "test", folder]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
}
