//! The same revisions, version and date give the same bytes in every format: on any machine, in any clone, however often.

use std::path::Path;

use super::reports::{FORMATS, hostile, many, weakened};
use super::*;
use support::{git, run_program};

/// Every report of one run, by format, with standard output and the exit code. `words` stand before the program's name in a shell.
fn reports(folder: &Path, repository: &str, words: &str, variables: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    let into = tempfile::tempdir().unwrap();
    let file = |format: &str| format!("{format}={}", into.path().join(format).display());
    let files: Vec<String> = FORMATS.iter().map(|format| file(format)).collect();
    let script = format!("{words} exec privgate \"$@\"");
    let mut arguments = vec!["-c", &script, "sh", "check", "--repo", repository, "--base", "HEAD~1", "--head", "HEAD", "--date", DATE];
    arguments.extend(files.iter().flat_map(|file| ["--report", file.as_str()]));
    let ran = run_program(folder, "sh", &arguments, variables);
    assert!((0..=3).contains(&ran.code), "{ran:#?}");
    let mut all: Vec<(String, Vec<u8>)> =
        FORMATS.iter().map(|format| ((*format).to_owned(), std::fs::read(into.path().join(format)).unwrap())).collect();
    all.push(("standard output".into(), format!("{} {}{}", ran.code, ran.out, ran.err).into_bytes()));
    all
}

#[track_caller]
fn same(one: &[(String, Vec<u8>)], other: &[(String, Vec<u8>)], what: &str) {
    for ((format, one), (_, other)) in one.iter().zip(other) {
        assert!(!one.is_empty() && one == other, "{format} differs with {what}:\n{}", String::from_utf8_lossy(other));
    }
}

#[test]
fn reports_are_the_same_on_every_machine_and_in_every_clone() {
    for (nth, repo) in [hostile(), weakened(), many(40)].into_iter().enumerate() {
        let first = reports(repo.path(), ".", "", &[]);
        same(&first, &reports(repo.path(), ".", "", &[("RAYON_NUM_THREADS", "1")]), "one thread");
        if nth > 0 {
            continue;
        }
        same(&first, &reports(repo.path(), ".", "", &[]), "a second run");
        for variables in [
            &[("RAYON_NUM_THREADS", "4")][..],
            &[("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8"), ("LANGUAGE", "tr")],
            &[("LC_ALL", "C")],
            &[("TZ", "Pacific/Kiritimati")],
            &[("TZ", "America/Adak")],
            &[("HOME", "/"), ("USER", "somebody"), ("TMPDIR", "/var/tmp")],
        ] {
            same(&first, &reports(repo.path(), ".", "", variables), &format!("{variables:?}"));
        }
        same(&first, &reports(repo.path(), ".", "umask 077;", &[]), "another umask");
        same(&first, &reports(Path::new("/"), repo.path().to_str().unwrap(), "", &[]), "another working folder");
        let elsewhere = tempfile::tempdir().unwrap();
        let from = format!("file://{}", repo.path().display());
        git(elsewhere.path(), &["clone", "-q", &from, "full"]);
        git(elsewhere.path(), &["clone", "-q", "--depth", "2", &from, "shallow"]);
        git(elsewhere.path(), &["clone", "-q", "--no-checkout", &from, "bare"]);
        for clone in ["full", "shallow", "bare"] {
            same(&first, &reports(&elsewhere.path().join(clone), ".", "", &[]), clone);
        }
    }
}
