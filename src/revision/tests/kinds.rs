//! Kinds of repositories that libgit2 does not read: the `git` command reads them, with the same results.

use super::super::fixture::{Fixture, open};
use super::super::{Mode, ReadError, Revision};
use super::{between, changes, shown, text, wanted};

/// Runs everything that a repository can be asked for.
fn proves_itself(fixture: &Fixture) {
    fixture.write("a.yaml", "a: 1\n");
    fixture.write("dir/moved.yaml", "b: 1\n");
    fixture.write(".gitignore", "ignored.yaml\n");
    let one = fixture.commit("one");
    fixture.git(&["mv", "dir/moved.yaml", "dir/there.yaml"]);
    fixture.write("a.yaml", "a: 2\n");
    fixture.write("new\nline.yaml", "n: 1\n");
    std::os::unix::fs::symlink("a.yaml", fixture.repository.join("link.yaml")).unwrap();
    let two = fixture.commit("two");
    let store = fixture.store();
    assert!(store.place().unwrap().by_command);
    assert_eq!(store.commit("HEAD").unwrap(), two);
    assert_eq!(store.parents(two).unwrap(), [one]);
    assert_eq!(store.merge_bases(one, two).unwrap(), [one]);
    assert_eq!(store.symbolic("HEAD").as_deref(), Some("refs/heads/main"));
    let expected = ["a.yaml > a.yaml", "dir/moved.yaml > dir/there.yaml", "- > link.yaml", "- > new\nline.yaml"];
    assert_eq!(shown(&between(&store, "HEAD~1", "main")), expected);
    let head = store.resolve("HEAD").unwrap();
    assert_eq!(text(&store, &head, "dir/there.yaml"), "b: 1\n");
    assert_eq!(text(&store, &head, "new\nline.yaml"), "n: 1\n");
    assert_eq!(store.find(&head, "nothing.yaml").unwrap(), None);
    assert_eq!(store.find(&head, "link.yaml").unwrap().unwrap().mode, Mode::Symlink);
    assert_eq!(store.list(&head, &wanted).unwrap().blobs.len(), 4);
    let blob = store.find(&head, "a.yaml").unwrap().unwrap();
    let mut reader = store.reader();
    assert_eq!(reader.read(&head, &blob, 2), Err(ReadError::TooLarge { size: 5, cap: 2 }));
    assert_eq!(reader.read(&head, &blob, 9).unwrap(), b"a: 2\n");
    drop(reader);

    fixture.write("a.yaml", "a: 3\n");
    fixture.git(&["add", "a.yaml"]);
    fixture.write("a.yaml", "a: 4\n");
    fixture.write("untracked.yaml", "u: 1\n");
    fixture.write("ignored.yaml", "i: 1\n");
    fixture.remove("dir/there.yaml");
    assert_eq!(shown(&changes(&store, &head, &Revision::Index)), ["a.yaml > a.yaml"]);
    assert_eq!(text(&store, &Revision::Index, "a.yaml"), "a: 3\n");
    assert_eq!(shown(&changes(&store, &head, &Revision::WorkTree)), ["a.yaml > a.yaml", "dir/there.yaml > -", "- > untracked.yaml"]);
    assert_eq!(text(&store, &Revision::WorkTree, "a.yaml"), "a: 4\n");
    assert_eq!(store.find(&Revision::WorkTree, "ignored.yaml").unwrap(), None);
    assert_eq!(store.resolve("nonsense").unwrap_err().exit(), 2);
    assert_eq!(store.resolve("-nonsense").unwrap_err().exit(), 2);
}

#[test]
fn sha256_repositories_work() {
    proves_itself(&Fixture::with(&["--object-format=sha256"]));
}

#[test]
fn a_partial_sha256_clone_fetches_nothing_by_itself() {
    let fixture = Fixture::with(&["--object-format=sha256"]);
    fixture.write("a.yaml", "a: 1\n");
    fixture.commit("one");
    fixture.write("a.yaml", "a: 2\n");
    fixture.commit("two");
    fixture.git(&["config", "uploadpack.allowFilter", "true"]);
    let store = open(&fixture.clone(&["--filter=blob:none", "--no-checkout"]));
    let changes = between(&store, "HEAD~1", "HEAD");
    assert_eq!(shown(&changes), ["a.yaml > a.yaml"]);
    let head = store.resolve("HEAD").unwrap();
    let missing = store.reader().read(&head, changes.pairs[0].head.as_ref().unwrap(), 100);
    let Err(ReadError::Missing { fetch, .. }) = missing else { panic!("{missing:?}") };
    assert_eq!(fetch.to_string(), "git fetch --refetch --no-filter origin");
    let shallow = open(&fixture.clone(&["--depth=1"]));
    assert!(shallow.resolve(&fixture.id("HEAD~1").to_string()).unwrap_err().to_string().contains("git fetch --depth=1 origin"));
}

#[test]
fn reftable_repositories_work() {
    proves_itself(&Fixture::with(&["--ref-format=reftable"]));
}

#[test]
fn a_repository_with_an_unknown_extension_is_refused_by_name() {
    let fixture = Fixture::new();
    fixture.commit("one");
    fixture.git(&["config", "core.repositoryFormatVersion", "1"]);
    fixture.git(&["config", "extensions.future", "true"]);
    let error = super::Store::open_with(&fixture.repository, &|_| None).unwrap_err();
    assert_eq!(error.exit(), 3);
    assert!(error.to_string().contains("extensions.future"), "{error}");
}
