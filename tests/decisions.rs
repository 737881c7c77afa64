//! What ignore files and CODEOWNERS decide, beside programs that others wrote: `git check-ignore`, and a published matcher of owners.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use privgate::read::decision::{Language, decide, read};
use privgate::value::{Outcome, Value};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Every path of three levels over few names, so that patterns meet it.
fn paths() -> Vec<String> {
    let names = ["a", "b", "ab", "a.b", ".a", "a b"];
    let mut all: Vec<String> = names.iter().map(ToString::to_string).collect();
    for first in names {
        for second in names {
            all.push(format!("{first}/{second}"));
            all.extend(["a", "b", "a.b"].iter().map(|third| format!("{first}/{second}/{third}")));
        }
    }
    all
}

/// The lines of a file as the reader hands them to the judge.
fn lines(path: &str, text: &str) -> Vec<String> {
    let reading = read(path, text);
    let Outcome::One(Value::List(items)) = &reading.settings[0].value else { panic!("no list") };
    items.iter().map(Value::display).collect()
}

fn pattern() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => Just("a"), 3 => Just("b"), 3 => Just("/"), 2 => Just("*"), 2 => Just("**"), 1 => Just("?"), 1 => Just("."), 1 => Just("[ab]"),
        1 => Just("[!a]"), 1 => Just("\\a"), 1 => Just(" "), 1 => Just("{a,b}"), 1 => Just("["),
    ];
    (prop::bool::weighted(0.2), prop::collection::vec(piece, 1..6), prop::bool::weighted(0.2))
        .prop_map(|(back, pieces, folder)| format!("{}{}{}", if back { "!" } else { "" }, pieces.concat(), if folder { "/" } else { "" }))
}

fn ignored_by_git(folder: &Path, paths: &[String]) -> BTreeSet<String> {
    let mut command = Command::new("git");
    command.args(["check-ignore", "--stdin", "-z", "--no-index"]).current_dir(folder);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("XDG_CONFIG_HOME", folder);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = paths.join("\0");
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap().split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect()
}

#[test]
fn git_ignores_what_we_say_it_ignores() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Command::new("git").args(["init", "-q"]).current_dir(folder.path()).status().unwrap().success());
    let paths = paths();
    let asked: Vec<&str> = paths.iter().map(String::as_str).collect();
    let text = prop::collection::vec(pattern(), 1..6).prop_map(|lines| lines.join("\n"));
    let run = |text: String| {
        std::fs::write(folder.path().join(".gitignore"), &text).unwrap();
        let theirs = ignored_by_git(folder.path(), &paths);
        let lines = lines(".gitignore", &text);
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let answers = decide(Language::Git, &lines, &asked, &["/"]).unwrap();
        let ours: BTreeSet<String> = paths.iter().zip(answers).filter(|(_, ignored)| *ignored).map(|(path, _)| path.clone()).collect();
        prop_assert_eq!(
            (ours.difference(&theirs).collect::<Vec<_>>(), theirs.difference(&ours).collect::<Vec<_>>()),
            (vec![], vec![]),
            "only ours, only git's by {:?}",
            text
        );
        Ok(())
    };
    TestRunner::new(Config { cases: Config::default().cases.max(400), failure_persistence: None, ..Config::default() })
        .run(&text, run)
        .unwrap();
}

#[test]
fn owners_are_those_that_a_published_matcher_finds() {
    let paths: Vec<String> = paths().into_iter().filter(|path| !path.contains(' ')).collect();
    let part = prop_oneof![
        4 => Just("a"), 3 => Just("b"), 2 => Just("*"), 1 => Just("**"), 1 => Just("a*"), 1 => Just("*b"), 1 => Just("a.b"),
    ];
    let pattern = (any::<bool>(), prop::collection::vec(part, 1..4), prop::bool::weighted(0.3))
        .prop_map(|(root, parts, folder)| format!("{}{}{}", if root { "/" } else { "" }, parts.join("/"), if folder { "/" } else { "" }));
    // the matcher takes a `?` at the start of a name for a star
    // GitHub documents no meaning of `x/*/` and `**/`, and the matcher takes the first for one level exactly, the other for files too
    let pattern = pattern.prop_filter("one with a meaning", |pattern| !pattern.ends_with("*/"));
    let line = (pattern, prop_oneof![Just(" @x"), Just(" @y"), Just("")]).prop_map(|(pattern, owner)| pattern + owner);
    let text = prop::collection::vec(line, 1..5).prop_map(|lines| lines.join("\n"));
    let run = |text: String| {
        let theirs = codeowners_rs::parse(&text).into_ruleset();
        let lines = lines("CODEOWNERS", &text);
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        for path in &paths {
            let owners =
                theirs.owners(path).map(|owners| owners.iter().map(|owner| owner.value.clone()).collect::<Vec<_>>()).unwrap_or_default();
            let ours = decide(Language::Owners, &lines, &["@x", "@y"], &[path]).unwrap();
            prop_assert_eq!(ours, vec![owners.contains(&"@x".to_owned()), owners.contains(&"@y".to_owned())], "{} by {:?}", path, text);
        }
        Ok(())
    };
    TestRunner::new(Config { cases: Config::default().cases.max(400), failure_persistence: None, ..Config::default() })
        .run(&text, run)
        .unwrap();
}
