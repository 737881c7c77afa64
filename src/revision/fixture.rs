//! Temporary repositories for tests, made by the `git` command with an identity and a configuration of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Id, Store};

/// A folder that goes away with the test, and a repository in it.
pub struct Fixture {
    /// Kept for its end.
    pub folder: tempfile::TempDir,
    pub repository: PathBuf,
}

impl Fixture {
    /// An empty repository on branch `main`.
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// An empty repository made with more arguments to `git init`.
    pub fn with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repository = folder.path().join("repository");
        std::fs::create_dir(&repository).unwrap();
        let fixture = Self { folder, repository };
        fixture.git(&[&["init", "-q", "-b", "main"], arguments].concat());
        fixture
    }

    /// Runs git in the repository and gives its words back.
    pub fn git(&self, arguments: &[&str]) -> String {
        git(&self.repository, arguments)
    }

    pub fn write(&self, path: &str, content: &str) {
        let path = self.repository.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub fn remove(&self, path: &str) {
        std::fs::remove_file(self.repository.join(path)).unwrap();
    }

    /// Commits everything.
    pub fn commit(&self, message: &str) -> Id {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.id("HEAD")
    }

    pub fn id(&self, rev: &str) -> Id {
        Id::parse(&self.git(&["rev-parse", rev])).unwrap()
    }

    pub fn store(&self) -> Store {
        open(&self.repository)
    }

    /// A clone beside the repository.
    pub fn clone(&self, arguments: &[&str]) -> PathBuf {
        let to = self.folder.path().join(format!("clone{}", std::fs::read_dir(self.folder.path()).unwrap().count()));
        let url = format!("file://{}", self.repository.display());
        git(self.folder.path(), &[&["clone", "-q"], arguments, &[url.as_str(), to.to_str().unwrap()]].concat());
        to
    }
}

pub fn open(dir: &Path) -> Store {
    Store::open_with(dir, &|_| None).unwrap()
}

/// Runs git somewhere.
pub fn git(dir: &Path, arguments: &[&str]) -> String {
    let mut git = Command::new("git");
    git.current_dir(dir).args([
        "-c",
        "protocol.file.allow=always",
        "-c",
        "uploadpack.allowFilter=true",
        "-c",
        "uploadpack.allowAnySHA1InWant=true",
    ]);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GIT_")) {
        git.env_remove(name);
    }
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    for who in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.org");
        git.env(format!("GIT_{who}_DATE"), "2026-01-01T00:00:00Z");
    }
    let output = git.args(arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_string()
}
