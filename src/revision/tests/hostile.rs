//! Trees and folders that no honest tool makes.

use std::io::Write;

use super::super::fixture::{Fixture, git, open};
use super::super::{Id, Mode, Revision};
use super::{between, changes, shown, wanted};

/// Writes a tree byte by byte.
fn tree(fixture: &Fixture, entries: &[(&str, &[u8], Id)]) -> Id {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for (mode, name, id) in entries {
        write!(file, "{mode} ").unwrap();
        file.write_all(&[name, b"\0".as_slice(), id.as_bytes()].concat()).unwrap();
    }
    let path = file.path().to_str().unwrap().to_string();
    Id::parse(&fixture.git(&["hash-object", "-t", "tree", "--literally", "-w", &path])).unwrap()
}

fn blob(fixture: &Fixture, text: &str) -> Id {
    fixture.write("scratch", text);
    Id::parse(&fixture.git(&["hash-object", "-w", "scratch"])).unwrap()
}

#[test]
fn modes_that_old_tools_wrote_are_read() {
    let fixture = Fixture::new();
    let text = blob(&fixture, "a: 1\n");
    let odd = tree(&fixture, &[("100600", b"a.yaml", text), ("100775", b"b.yaml", text), ("100644", b"c.yaml", text)]);
    let store = fixture.store();
    let changes = changes(&store, &Revision::Empty, &store.resolve(&odd.to_string()).unwrap());
    let modes: Vec<Mode> = changes.pairs.iter().map(|pair| pair.head.as_ref().unwrap().mode).collect();
    assert_eq!(modes, [Mode::File, Mode::Executable, Mode::File]);
}

#[test]
fn a_path_that_stands_twice_in_a_tree_is_not_lost() {
    let fixture = Fixture::new();
    let (one, two) = (blob(&fixture, "a: 1\n"), blob(&fixture, "a: 2\n"));
    let twice = tree(&fixture, &[("100644", b"a.yaml", one), ("100644", b"a.yaml", two)]);
    let store = fixture.store();
    let pairs = between(&store, super::super::EMPTY_TREES[0], &twice.to_string()).pairs;
    assert_eq!(pairs.iter().map(|pair| pair.head.as_ref().unwrap().id).collect::<Vec<_>>(), [one, two]);
}

#[test]
fn folders_below_every_limit_are_named() {
    let fixture = Fixture::new();
    let mut inner = tree(&fixture, &[("100644", b"a.yaml", blob(&fixture, "a: 1\n"))]);
    for _ in 0..200 {
        inner = tree(&fixture, &[("40000", b"d", inner)]);
    }
    let store = fixture.store();
    let side = store.resolve(&inner.to_string()).unwrap();
    let changes = changes(&store, &Revision::Empty, &side);
    assert!(changes.pairs.is_empty() && changes.notes[0].contains("deeper than 128"), "{changes:?}");
    assert!(store.list(&side, &wanted).unwrap().notes[0].contains("deeper than 128"));
}

#[test]
fn a_pipe_in_the_place_of_a_file_does_not_hang() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 1\n");
    fixture.commit("one");
    fixture.remove("a.yaml");
    for name in ["a.yaml", "b.yaml"] {
        assert!(std::process::Command::new("mkfifo").arg(fixture.repository.join(name)).status().unwrap().success());
    }
    let store = fixture.store();
    let head = store.resolve("HEAD").unwrap();
    assert_eq!(shown(&changes(&store, &head, &Revision::WorkTree)), ["a.yaml > -"]);
    let folder = store.resolve(&format!("dir:{}", fixture.repository.display())).unwrap();
    assert!(store.list(&folder, &wanted).unwrap().blobs.is_empty());
}

#[test]
fn a_repository_of_another_user_is_read() {
    for arguments in [["--object-format=sha1"], ["--object-format=sha256"]] {
        let fixture = Fixture::with(&arguments);
        fixture.write("a.yaml", "a: 1\n");
        fixture.commit("one");
        // Only root may give files away; anybody else proves nothing here.
        for path in [fixture.repository.join(".git"), fixture.repository.clone()] {
            let _ = std::os::unix::fs::chown(path, Some(12345), Some(12345));
        }
        assert!(fixture.store().resolve("HEAD").is_ok());
    }
}

#[test]
fn split_and_sparse_indexes_are_read() {
    let fixture = Fixture::new();
    fixture.write("in/a.yaml", "a: 1\n");
    fixture.write("out/deep/b.yaml", "b: 1\n");
    fixture.commit("one");
    fixture.git(&["update-index", "--split-index"]);
    fixture.write("in/a.yaml", "a: 2\n");
    fixture.git(&["add", "in/a.yaml"]);
    let store = fixture.store();
    assert_eq!(shown(&changes(&store, &store.resolve("HEAD").unwrap(), &Revision::Index)), ["in/a.yaml > in/a.yaml"]);
    fixture.git(&["update-index", "--no-split-index"]);
    fixture.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    let store = fixture.store();
    for side in [Revision::Index, Revision::WorkTree] {
        assert_eq!(shown(&changes(&store, &store.resolve("HEAD").unwrap(), &side)), ["in/a.yaml > in/a.yaml"], "{side:?}");
        assert_eq!(store.find(&Revision::Index, "out/deep/b.yaml").unwrap().unwrap().mode, Mode::File);
    }
}

#[test]
fn a_submodule_is_not_entered_and_a_foreign_repository_is_named() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 1\n");
    fixture.commit("one");
    let other = Fixture::new();
    other.write("x.yaml", "x: 1\n");
    other.commit("one");
    fixture.git(&["submodule", "--quiet", "add", &format!("file://{}", other.repository.display()), "module"]);
    fixture.commit("two");
    std::fs::write(fixture.repository.join("module/x.yaml"), "x: 2\n").unwrap();
    git(&fixture.repository, &["clone", "-q", &format!("file://{}", other.repository.display()), "foreign"]);
    let store = open(&fixture.repository);
    let changes = changes(&store, &store.resolve("HEAD").unwrap(), &Revision::WorkTree);
    assert!(changes.pairs.is_empty(), "{changes:?}");
    assert!(changes.notes.iter().any(|note| note.contains("foreign/ is another repository")), "{changes:?}");
}
