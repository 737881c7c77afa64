//! Files that changed their names.

use super::super::{fixture::Fixture, pairs};
use super::{between, shown};
use crate::read::clock::now;

fn lines(from: usize, to: usize) -> String {
    (from..to).map(|line| format!("setting_{line}: value\n")).collect()
}

#[test]
fn a_file_moved_without_a_change_is_one_pair() {
    let fixture = Fixture::new();
    fixture.write("old/a.yaml", "a: 1\n");
    fixture.commit("one");
    fixture.git(&["mv", "old/a.yaml", "b.yaml"]);
    fixture.commit("two");
    let changes = between(&fixture.store(), "HEAD~1", "HEAD");
    assert_eq!(shown(&changes), ["old/a.yaml > b.yaml"]);
}

#[test]
fn of_several_equal_files_the_one_with_the_same_name_is_taken() {
    let fixture = Fixture::new();
    fixture.write("x/a.yaml", "a: 1\n");
    fixture.write("x/b.yaml", "a: 1\n");
    fixture.commit("one");
    fixture.git(&["mv", "x", "y"]);
    fixture.commit("two");
    assert_eq!(shown(&between(&fixture.store(), "HEAD~1", "HEAD")), ["x/a.yaml > y/a.yaml", "x/b.yaml > y/b.yaml"]);
}

#[test]
fn a_file_moved_and_changed_is_one_pair_when_half_of_it_stayed() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", &lines(0, 20));
    fixture.write("b.yaml", &lines(100, 120));
    fixture.commit("one");
    fixture.git(&["mv", "a.yaml", "kept.yaml"]);
    fixture.git(&["mv", "b.yaml", "other.yaml"]);
    fixture.write("kept.yaml", &lines(5, 22));
    fixture.write("other.yaml", &lines(115, 140));
    fixture.commit("two");
    assert_eq!(shown(&between(&fixture.store(), "HEAD~1", "HEAD")), ["b.yaml > -", "a.yaml > kept.yaml", "- > other.yaml"]);
}

#[test]
fn line_ends_do_not_make_another_file() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", &lines(0, 20));
    fixture.commit("one");
    fixture.remove("a.yaml");
    fixture.write("b.yaml", &lines(0, 20).replace('\n', "\r\n"));
    fixture.commit("two");
    assert_eq!(shown(&between(&fixture.store(), "HEAD~1", "HEAD")), ["a.yaml > b.yaml"]);
}

#[test]
fn files_of_different_readers_are_not_compared() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", &lines(0, 20));
    fixture.commit("one");
    fixture.remove("a.yaml");
    fixture.write("b.json", &lines(0, 19));
    fixture.commit("two");
    assert_eq!(shown(&between(&fixture.store(), "HEAD~1", "HEAD")), ["a.yaml > -", "- > b.json"]);
}

#[test]
fn a_new_name_that_nobody_reads_keeps_the_pair() {
    let fixture = Fixture::new();
    fixture.write("compose.yaml", &lines(0, 20));
    fixture.write("same.yaml", &lines(100, 120));
    fixture.commit("one");
    fixture.git(&["mv", "compose.yaml", "compose.yaml.txt"]);
    fixture.git(&["mv", "same.yaml", "readme"]);
    fixture.write("compose.yaml.txt", &lines(0, 19));
    fixture.commit("two");
    let changes = between(&fixture.store(), "HEAD~1", "HEAD");
    assert_eq!(shown(&changes), ["compose.yaml > compose.yaml.txt", "same.yaml > readme"]);
}

#[test]
fn too_many_to_compare_are_paired_by_name_and_said_so() {
    let fixture = Fixture::new();
    for file in 0..401 {
        fixture.write(&format!("old/{file}.yaml"), &format!("{}x: {file}\n", lines(file, file + 20)));
    }
    fixture.commit("one");
    fixture.git(&["mv", "old", "new"]);
    for file in 0..401 {
        fixture.write(&format!("new/{file}.yaml"), &format!("{}y: {file}\n", lines(file, file + 20)));
    }
    fixture.commit("two");
    let changes = between(&fixture.store(), "HEAD~1", "HEAD");
    assert_eq!(changes.pairs.len(), 401);
    assert!(changes.pairs.iter().all(|pair| pair.base.as_ref().unwrap().name() == pair.head.as_ref().unwrap().name()));
    assert!(changes.notes[0].contains("only files that kept their name"));
}

#[test]
fn over_the_bound_a_file_goes_with_its_folder() {
    let fixture = Fixture::new();
    for chart in 0..410 {
        fixture.write(&format!("old/{chart}/values.yaml"), &format!("{}chart: {chart}\n", lines(0, 20)));
    }
    fixture.commit("one");
    fixture.git(&["mv", "old", "new"]);
    for chart in 0..410 {
        fixture.write(&format!("new/{chart}/values.yaml"), &format!("{}chart: {chart}\n", lines(0, 19)));
    }
    fixture.commit("two");
    let changes = between(&fixture.store(), "HEAD~1", "HEAD");
    assert_eq!(changes.pairs.len(), 410);
    let folder = |path: &str| path.split('/').nth(1).unwrap().to_string();
    assert!(changes.pairs.iter().all(|pair| folder(&pair.base.as_ref().unwrap().path) == folder(&pair.head.as_ref().unwrap().path)));
}

#[test]
fn files_that_nobody_reads_are_counted_and_left_out() {
    let fixture = Fixture::new();
    fixture.write("a.rs", "1");
    fixture.write("a.yaml", "a: 1");
    fixture.commit("one");
    fixture.write("a.rs", "2");
    fixture.write("a.yaml", "a: 2");
    fixture.commit("two");
    let changes = between(&fixture.store(), "HEAD~1", "HEAD");
    assert_eq!((shown(&changes), changes.listed), (vec!["a.yaml > a.yaml".to_string()], 2));
}

#[test]
fn thousands_of_equal_files_are_paired_in_no_time() {
    let blob = |path: String| super::super::Blob::new(path.as_bytes(), super::super::Id::new(&[1; 20]), super::super::Mode::File, None);
    let compared = super::super::Compared {
        base: (0..50_000).map(|file| blob(format!("old/{file:05}.yaml"))).collect(),
        head: (0..50_000).map(|file| blob(format!("new/x{file:05}.yaml"))).collect(),
        too_deep: 0,
    };
    let start = now();
    let pairs = pairs::pair(pairs::split(compared), &|_| true, &|_| 0, &|_, _| None, &mut Vec::new());
    assert!(pairs.iter().all(|pair| pair.base.is_some() && pair.head.is_some()) && pairs.len() == 50_000);
    assert!(now().saturating_sub(start).as_secs() < 20);
}

#[test]
fn files_of_countless_lines_stay_within_the_bounds() {
    let text = |salt: usize| (0..150_000).map(|line| format!("{:x}\n", line * 7 + salt)).collect::<String>().into_bytes();
    let texts: Vec<Vec<u8>> = (0..4).map(text).collect();
    let side = |folder: &str, salt: u8| -> Vec<_> {
        let blob = |file: u8| {
            super::super::Blob::new(
                format!("{folder}/{file}.yaml").as_bytes(),
                super::super::Id::new(&[salt, file]),
                super::super::Mode::File,
                None,
            )
        };
        (0..60).map(blob).collect()
    };
    let compared = super::super::Compared { base: side("old", 1), head: side("new", 2), too_deep: 0 };
    let mut notes = Vec::new();
    let read = |_: bool, blob: &super::super::Blob| Some(texts[usize::from(blob.id.as_bytes()[1]) % 4].clone());
    let pairs = pairs::pair(pairs::split(compared), &|_| true, &|_| 0, &read, &mut notes);
    assert!(notes.iter().any(|note| note.contains("too many lines")), "{notes:?}");
    // Nothing is lost, paired or not.
    assert_eq!(pairs.iter().map(|pair| usize::from(pair.base.is_some()) + usize::from(pair.head.is_some())).sum::<usize>(), 120);
}
