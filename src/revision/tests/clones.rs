//! Clones that lack something say what, and the command they name brings it.

use std::path::Path;

use super::super::fixture::{Fixture, git, open};
use super::super::{Error, ReadError, Store};
use super::{between, shown};

fn fixture() -> Fixture {
    let fixture = Fixture::new();
    fixture.write("deep/a.yaml", "a: 1\n");
    fixture.commit("one");
    fixture.write("deep/a.yaml", "a: 2\n");
    fixture.commit("two");
    fixture.git(&["branch", "side", "HEAD~1"]);
    fixture.git(&["config", "uploadpack.allowFilter", "true"]);
    fixture.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    fixture
}

/// Runs the fetch that an error names.
fn obey(dir: &Path, error: &Error) {
    let arguments: Vec<&str> = error.fetch().unwrap().arguments.iter().map(String::as_str).collect();
    git(dir, &arguments);
}

#[test]
fn a_shallow_clone_names_the_commit_it_lacks() {
    let fixture = fixture();
    let clone = fixture.clone(&["--depth=1"]);
    let base = fixture.id("HEAD~1").to_string();
    let error = open(&clone).resolve(&base).unwrap_err();
    assert_eq!(error.exit(), 3);
    assert_eq!(
        error.to_string(),
        format!("commit {base} is missing from this shallow clone: fetch it with `git fetch --depth=1 origin {base}`")
    );
    obey(&clone, &error);
    let store = open(&clone);
    assert_eq!(shown(&between(&store, &base, "HEAD")), ["deep/a.yaml > deep/a.yaml"]);
    assert!(
        store.merge_bases(store.commit(&base).unwrap(), store.commit("HEAD").unwrap()).unwrap_err().to_string().contains("--unshallow")
    );
}

#[test]
fn in_a_shallow_clone_every_unknown_name_is_exit_3_and_its_fetch_helps() {
    let fixture = fixture();
    for name in ["HEAD~1", "origin/side", "side"] {
        let clone = fixture.clone(&["--depth=1"]);
        let error = open(&clone).resolve(name).unwrap_err();
        assert_eq!(error.exit(), 3, "{error}");
        obey(&clone, &error);
        assert!(open(&clone).resolve(name).is_ok(), "{name}");
    }
    assert_eq!(open(&fixture.clone(&["--depth=1"])).resolve("nonsense").unwrap_err().exit(), 3);
}

#[test]
fn a_single_branch_clone_names_the_branch_it_lacks() {
    let fixture = fixture();
    let clone = fixture.clone(&["--single-branch"]);
    let error = open(&clone).resolve("origin/side").unwrap_err();
    assert_eq!(error.exit(), 3);
    assert!(error.to_string().contains("single-branch"), "{error}");
    obey(&clone, &error);
    assert!(open(&clone).resolve("origin/side").is_ok());
}

#[test]
fn in_a_full_clone_an_unknown_name_is_a_wrong_question() {
    let fixture = fixture();
    let store = open(&fixture.clone(&[]));
    for name in
        ["nonsense", "origin/nonsense", "HEAD~9", "-x", "", "0000000000000000000000000000000000000000", &"1".repeat(40), "HEAD:deep/a.yaml"]
    {
        assert_eq!(store.resolve(name).unwrap_err().exit(), 2, "{name}");
    }
    assert_eq!(Fixture::new().store().resolve("HEAD").unwrap_err().exit(), 2);
    let nowhere = tempfile::tempdir().unwrap();
    assert!(matches!(Store::open_with(nowhere.path(), &|_| None), Err(Error::NoRepository(_))));
}

#[test]
fn a_partial_clone_is_compared_and_names_the_contents_it_lacks() {
    let fixture = fixture();
    let clone = fixture.clone(&["--filter=blob:none", "--no-checkout"]);
    let store = open(&clone);
    let changes = between(&store, "HEAD~1", "HEAD");
    assert_eq!(shown(&changes), ["deep/a.yaml > deep/a.yaml"]);
    let head = store.resolve("HEAD").unwrap();
    let blob = changes.pairs[0].head.as_ref().unwrap();
    let Err(ReadError::Missing { fetch, .. }) = store.reader().read(&head, blob, 100) else { panic!("the blob is there") };
    git(&clone, &fetch.arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(open(&clone).reader().read(&head, blob, 100).unwrap(), b"a: 2\n");
}

#[test]
fn a_clone_without_trees_names_them_and_fetches_nothing_by_itself() {
    let fixture = fixture();
    let clone = fixture.clone(&["--filter=tree:0", "--no-checkout"]);
    let store = open(&clone);
    let (base, head) = (store.resolve("HEAD~1").unwrap(), store.resolve("HEAD").unwrap());
    let error = store.changes(&base, &head, &|_| true, &|_| 0).unwrap_err();
    assert_eq!(error.exit(), 3);
    assert!(error.to_string().contains("partial clone"), "{error}");
    obey(&clone, &error);
    assert_eq!(shown(&between(&open(&clone), "HEAD~1", "HEAD")), ["deep/a.yaml > deep/a.yaml"]);
}

#[test]
fn a_bare_repository_has_commits_and_no_work_tree() {
    let fixture = fixture();
    let clone = fixture.clone(&["--bare"]);
    let store = open(&clone);
    assert_eq!(shown(&between(&store, "main~1", "main")), ["deep/a.yaml > deep/a.yaml"]);
    assert_eq!(store.list(&super::Revision::WorkTree, &|_| true).unwrap_err().exit(), 2);
}

#[test]
fn replaced_and_grafted_commits_are_read_as_they_are() {
    let fixture = fixture();
    fixture.write("deep/a.yaml", "a: replaced\n");
    let three = fixture.commit("three");
    fixture.git(&["reset", "-q", "--hard", "HEAD~1"]);
    fixture.git(&["replace", &fixture.id("HEAD").to_string(), &three.to_string()]);
    let store = fixture.store();
    assert_eq!(super::text(&store, &store.resolve("HEAD").unwrap(), "deep/a.yaml"), "a: 2\n");
    let two = store.commit("HEAD").unwrap();
    let one = store.commit("HEAD~1").unwrap();
    drop(store);
    std::fs::create_dir_all(fixture.repository.join(".git/info")).unwrap();
    std::fs::write(fixture.repository.join(".git/info/grafts"), format!("{two}\n")).unwrap();
    let store = fixture.store();
    assert_eq!(store.parents(two).unwrap(), [one]);
    assert_eq!(super::text(&store, &store.resolve("HEAD").unwrap(), "deep/a.yaml"), "a: 2\n");
}

#[test]
fn objects_of_a_push_under_test_are_found_where_git_says() {
    let fixture = fixture();
    let elsewhere = fixture.folder.path().join("quarantine");
    std::fs::create_dir_all(&elsewhere).unwrap();
    std::fs::rename(fixture.repository.join(".git/objects"), elsewhere.join("objects")).unwrap();
    std::fs::create_dir_all(fixture.repository.join(".git/objects")).unwrap();
    assert!(fixture.store().resolve("HEAD").is_err());
    let env = |name: &str| (name == "GIT_OBJECT_DIRECTORY").then(|| elsewhere.join("objects").display().to_string());
    assert!(Store::open_with(&fixture.repository, &env).unwrap().resolve("HEAD").is_ok());
}
