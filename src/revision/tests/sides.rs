//! Commits, the index, the work tree and folders as sides of a comparison.

use std::os::unix::ffi::OsStrExt;

use super::super::fixture::{Fixture, git, open};
use super::super::search::search;
use super::super::{Mode, ReadError, Revision, Store};
use super::{between, changes, shown, text, wanted};

#[test]
fn a_commit_is_read_from_its_objects() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 1\n");
    fixture.write("gone.yaml", "b: 1\n");
    fixture.commit("one");
    fixture.write("a.yaml", "a: 2\n");
    fixture.remove("gone.yaml");
    fixture.write("dir/new.yaml", "c: 1\nd: 2\n");
    fixture.commit("two");
    let store = fixture.store();
    let (base, head) = (store.resolve("HEAD~1").unwrap(), store.resolve("main").unwrap());
    let changes = changes(&store, &base, &head);
    assert_eq!(shown(&changes), ["a.yaml > a.yaml", "- > dir/new.yaml", "gone.yaml > -"]);
    let mut reader = store.reader();
    let pair = &changes.pairs[0];
    assert_eq!(reader.read(&base, pair.base.as_ref().unwrap(), 100).unwrap(), b"a: 1\n");
    assert_eq!(reader.read(&head, pair.head.as_ref().unwrap(), 100).unwrap(), b"a: 2\n");
    assert_eq!(text(&store, &head, "dir/new.yaml"), "c: 1\nd: 2\n");
    assert_eq!(store.find(&head, "dir").unwrap(), None);
    assert_eq!(store.find(&head, "../a.yaml").unwrap(), None);
    assert_eq!(store.find(&head, "a.yaml/b").unwrap(), None);
}

#[test]
fn the_empty_tree_is_a_base_for_the_first_commit() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 1\n");
    fixture.commit("one");
    assert_eq!(shown(&between(&fixture.store(), super::super::EMPTY_TREES[0], "HEAD")), ["- > a.yaml"]);
}

#[test]
fn before_the_first_commit_everything_staged_is_new() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 1\n");
    fixture.git(&["add", "a.yaml"]);
    let store = fixture.store();
    assert_eq!(store.head().unwrap(), Revision::Empty);
    assert_eq!(shown(&changes(&store, &Revision::Empty, &Revision::Index)), ["- > a.yaml"]);
    assert_eq!(shown(&changes(&store, &Revision::Empty, &Revision::WorkTree)), ["- > a.yaml"]);
    fixture.commit("one");
    assert_eq!(store.head().unwrap(), store.resolve("HEAD").unwrap());
}

#[test]
fn size_is_checked_before_the_content_is_read() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 123456789\n");
    fixture.commit("one");
    let store = fixture.store();
    for side in [store.resolve("HEAD").unwrap(), Revision::Index, Revision::WorkTree] {
        let blob = store.find(&side, "a.yaml").unwrap().unwrap();
        assert_eq!(store.reader().read(&side, &blob, 5), Err(ReadError::TooLarge { size: 13, cap: 5 }));
        assert!(store.reader().read(&side, &blob, 13).is_ok());
    }
}

#[test]
fn a_large_file_pointer_is_no_content() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
    fixture.commit("one");
    let store = fixture.store();
    let head = store.resolve("HEAD").unwrap();
    let blob = store.find(&head, "a.yaml").unwrap().unwrap();
    assert_eq!(store.reader().read(&head, &blob, 1000), Err(ReadError::LfsPointer));
}

#[test]
fn the_index_and_the_work_tree_differ_as_git_status_says() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 1\n");
    fixture.write("b.yaml", "b: 1\n");
    fixture.write(".gitignore", "ignored.yaml\n");
    fixture.commit("one");
    fixture.write("a.yaml", "a: 2\n");
    fixture.git(&["add", "a.yaml"]);
    fixture.write("a.yaml", "a: 3\n");
    fixture.remove("b.yaml");
    fixture.write("new/untracked.yaml", "c: 1\n");
    fixture.write("ignored.yaml", "d: 1\n");
    fixture.write("intended.yaml", "e: 1\n");
    fixture.git(&["add", "-N", "intended.yaml"]);
    let store = fixture.store();
    let head = store.resolve("HEAD").unwrap();
    assert_eq!(shown(&changes(&store, &head, &Revision::Index)), ["a.yaml > a.yaml"]);
    assert_eq!(text(&store, &Revision::Index, "a.yaml"), "a: 2\n");
    let disk = changes(&store, &head, &Revision::WorkTree);
    assert_eq!(shown(&disk), ["a.yaml > a.yaml", "b.yaml > -", "- > intended.yaml", "- > new/untracked.yaml"]);
    assert_eq!(text(&store, &Revision::WorkTree, "a.yaml"), "a: 3\n");
    assert_eq!(text(&store, &Revision::WorkTree, "new/untracked.yaml"), "c: 1\n");
    assert_eq!(store.find(&Revision::WorkTree, "ignored.yaml").unwrap(), None);
    assert_eq!(store.list(&Revision::WorkTree, &wanted).unwrap().blobs.len(), 3);
}

#[test]
fn a_file_that_is_only_touched_did_not_change() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 1\n");
    fixture.commit("one");
    std::thread::sleep(std::time::Duration::from_millis(20));
    fixture.write("a.yaml", "a: 1\n");
    let store = fixture.store();
    assert!(changes(&store, &store.resolve("HEAD").unwrap(), &Revision::WorkTree).pairs.is_empty());
}

#[test]
fn no_filter_of_the_configuration_is_run() {
    let fixture = Fixture::new();
    let trap = fixture.folder.path().join("trap");
    fixture.write(".gitattributes", "*.yaml filter=evil\n");
    fixture.write("a.yaml", "a: 1\n");
    fixture.commit("one");
    for name in ["filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "core.fsmonitor"] {
        fixture.git(&["config", name, &format!("touch {}", trap.display())]);
    }
    fixture.write("a.yaml", "a: 2\n");
    let store = fixture.store();
    assert_eq!(shown(&changes(&store, &store.resolve("HEAD").unwrap(), &Revision::WorkTree)), ["a.yaml > a.yaml"]);
    assert_eq!(text(&store, &Revision::WorkTree, "a.yaml"), "a: 2\n");
    assert!(!trap.exists());
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_still_there() {
    let fixture = Fixture::new();
    fixture.write("in/a.yaml", "a: 1\n");
    fixture.write("out/b.yaml", "b: 1\n");
    fixture.commit("one");
    fixture.git(&["sparse-checkout", "set", "--no-cone", "in"]);
    assert!(!fixture.repository.join("out").exists());
    let store = fixture.store();
    assert!(changes(&store, &store.resolve("HEAD").unwrap(), &Revision::WorkTree).pairs.is_empty());
    let blobs = store.list(&Revision::WorkTree, &wanted).unwrap().blobs;
    assert_eq!(store.reader().read(&Revision::WorkTree, &blobs[1], 100).unwrap(), b"b: 1\n");
}

#[test]
fn links_and_submodules_are_entries_that_are_not_followed() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 1\n");
    fixture.write("b.yaml", "b: 1\n");
    fixture.write("secret", "s: 1\n");
    let one = fixture.commit("one");
    fixture.remove("a.yaml");
    std::os::unix::fs::symlink("secret", fixture.repository.join("a.yaml")).unwrap();
    fixture.remove("b.yaml");
    fixture.git(&["add", "-A"]);
    fixture.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{one},b.yaml")]);
    fixture.git(&["commit", "-q", "-m", "two"]);
    let store = fixture.store();
    let (base, head) = (store.resolve("HEAD~1").unwrap(), store.resolve("HEAD").unwrap());
    for (side, submodule) in [(head, Some(Mode::Submodule)), (Revision::Index, Some(Mode::Submodule)), (Revision::WorkTree, None)] {
        let changes = changes(&store, &base, &side);
        let modes: Vec<_> =
            changes.pairs.iter().map(|pair| (pair.base.as_ref().map(|b| b.mode), pair.head.as_ref().map(|b| b.mode))).collect();
        assert_eq!(modes[0], (Some(Mode::File), Some(Mode::Symlink)));
        let link = changes.pairs[0].head.as_ref().unwrap();
        assert_eq!(store.reader().read(&side, link, 100), Err(ReadError::Symlink));
        assert_eq!(modes[1].0, Some(Mode::File));
        assert!(submodule.is_none() || modes[1].1 == submodule, "{side:?} {modes:?}");
    }
}

#[test]
fn a_linked_folder_does_not_lead_out_of_the_tree() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 1\n");
    fixture.commit("one");
    let outside = fixture.folder.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("x.yaml"), "x: 1\n").unwrap();
    std::os::unix::fs::symlink(&outside, fixture.repository.join("link")).unwrap();
    let store = fixture.store();
    assert_eq!(store.find(&Revision::WorkTree, "link/x.yaml").unwrap(), None);
    assert_eq!(store.list(&Revision::WorkTree, &wanted).unwrap().blobs.len(), 1);
    let folder = store.resolve(&format!("dir:{}", fixture.repository.display())).unwrap();
    assert_eq!(store.list(&folder, &wanted).unwrap().blobs.len(), 1);
    assert_eq!(store.find(&folder, "link/x.yaml").unwrap(), None);
}

#[test]
fn odd_paths_are_kept() {
    let fixture = Fixture::new();
    fixture.commit("one");
    fixture.write("-dash.yaml", "a: 1\n");
    fixture.write("new\nline.yaml", "b: 1\n");
    fixture.write("täst \"q\".yaml", "c: 1\n");
    let odd = std::ffi::OsStr::from_bytes(b"l\xe4tin.yaml");
    std::fs::write(fixture.repository.join(odd), "d: 1\n").unwrap();
    let store = fixture.store();
    let base = store.resolve("HEAD").unwrap();
    let disk = changes(&store, &base, &Revision::WorkTree);
    fixture.commit("two");
    let head = store.resolve("HEAD").unwrap();
    for (side, changes) in [(Revision::WorkTree, disk), (head.clone(), changes(&store, &base, &head))] {
        assert_eq!(shown(&changes), ["- > -dash.yaml", "- > l\u{fffd}tin.yaml", "- > new\nline.yaml", "- > täst \"q\".yaml"]);
        assert!(changes.notes[0].contains("no UTF-8"));
        let mut reader = store.reader();
        let texts: Vec<_> = changes.pairs.iter().map(|pair| reader.read(&side, pair.head.as_ref().unwrap(), 9).unwrap()).collect();
        assert_eq!(texts, [b"a: 1\n", b"d: 1\n", b"b: 1\n", b"c: 1\n"]);
    }
}

#[test]
fn two_folders_are_compared_by_content() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in
        [("old/a.yaml", "a: 1\n"), ("old/b.yaml", "b: 1\n"), ("new/a.yaml", "a: 2\n"), ("new/b.yaml", "b: 1\n"), ("new/.git/c.yaml", "c")]
    {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let store = Store::none();
    let [old, new] = ["old", "new"].map(|name| store.resolve(&format!("dir:{}", folder.path().join(name).display())).unwrap());
    assert_eq!(shown(&changes(&store, &old, &new)), ["a.yaml > a.yaml"]);
    assert_eq!(text(&store, &new, "a.yaml"), "a: 2\n");
    assert_eq!(store.resolve("HEAD").unwrap_err().exit(), 2);
    assert_eq!(store.resolve("dir:/no/such/folder").unwrap_err().exit(), 2);
}

#[test]
fn a_folder_and_a_commit_can_be_compared() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 1\n");
    fixture.write("b.yaml", "b: 1\n");
    fixture.commit("one");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), "a: 1\n").unwrap();
    let store = fixture.store();
    let head = store.resolve(&format!("dir:{}", folder.path().display())).unwrap();
    assert_eq!(shown(&changes(&store, &store.resolve("HEAD").unwrap(), &head)), ["b.yaml > -"]);
}

#[test]
fn words_are_found_in_a_revision_within_a_budget() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "DO_NOT_TRACK: 1\n");
    fixture.write("b.yaml", "nothing\n");
    fixture.write("c.yaml", "do_not_track: telemetry\n");
    fixture.commit("one");
    let store = fixture.store();
    let head = store.resolve("HEAD").unwrap();
    let words = ["do_not_track".to_string(), "telemetry".to_string()];
    let found = search(&store, &head, &words, &wanted, 1 << 20).unwrap();
    assert_eq!(found.hits, [("a.yaml".to_string(), vec![0]), ("c.yaml".to_string(), vec![0, 1])]);
    assert!(found.complete && found.not_looked.is_empty());
    let little = search(&store, &head, &words, &wanted, 8).unwrap();
    assert!(!little.complete && !little.not_looked.is_empty());
}

#[test]
fn hooks_name_the_repository_and_the_index() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 1\n");
    fixture.commit("one");
    let other = fixture.repository.join("next-index");
    std::fs::copy(fixture.repository.join(".git/index"), &other).unwrap();
    let object = {
        fixture.write("x", "a: 2\n");
        fixture.git(&["hash-object", "-w", "x"])
    };
    fixture.git(&["update-index", "a.yaml"]);
    let output = std::process::Command::new("git")
        .current_dir(&fixture.repository)
        .env("GIT_INDEX_FILE", &other)
        .args(["update-index", "--cacheinfo", &format!("100644,{object},a.yaml")])
        .status()
        .unwrap();
    assert!(output.success());
    let env = |name: &str| match name {
        "GIT_DIR" => Some(".git".to_string()),
        "GIT_INDEX_FILE" => Some("next-index".to_string()),
        _ => None,
    };
    let store = Store::open_with(&fixture.repository, &env).unwrap();
    assert_eq!(text(&store, &Revision::Index, "a.yaml"), "a: 2\n");
    assert_eq!(text(&fixture.store(), &Revision::Index, "a.yaml"), "a: 1\n");
    let outside = |name: &str| (name == "GIT_DIR").then(|| fixture.repository.join(".git").display().to_string());
    assert!(Store::open_with(fixture.folder.path(), &outside).unwrap().resolve("HEAD").is_ok());
}

#[test]
fn a_linked_work_tree_has_its_own_head_and_index() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a: 1\n");
    fixture.commit("one");
    let linked = fixture.folder.path().join("linked");
    fixture.git(&["worktree", "add", "-q", "-b", "side", linked.to_str().unwrap()]);
    std::fs::write(linked.join("a.yaml"), "a: 2\n").unwrap();
    git(&linked, &["add", "a.yaml"]);
    let store = open(&linked);
    assert_eq!(store.symbolic("HEAD").as_deref(), Some("refs/heads/side"));
    assert_eq!(text(&store, &Revision::Index, "a.yaml"), "a: 2\n");
    assert_eq!(shown(&changes(&store, &store.resolve("main").unwrap(), &Revision::WorkTree)), ["a.yaml > a.yaml"]);
}
