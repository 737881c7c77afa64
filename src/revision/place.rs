//! Where a repository lies and how it must be read: found from a folder and from what git exports to hooks.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, Repository, RepositoryOpenFlags};

use super::backend::Backend;
use super::command::Command;
use super::error::Error;
use super::library::Library;

/// The folders of one repository.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub git_dir: PathBuf,
    /// Shared by linked work trees.
    pub common: PathBuf,
    /// Where the files are; none in a bare repository.
    pub work: Option<PathBuf>,
    /// `GIT_WORK_TREE`.
    pub named_work: Option<PathBuf>,
    /// `GIT_INDEX_FILE`.
    pub index: Option<PathBuf>,
    /// Object folders that hooks name besides the repository's own: a push under test lies there.
    pub alternates: Vec<PathBuf>,
    /// Read by the `git` command, because libgit2 cannot.
    pub by_command: bool,
    /// Object names are SHA-256.
    pub sha256: bool,
}

impl Place {
    /// Finds the repository that `dir` lies in, or that `GIT_DIR` and its companions name.
    pub(super) fn find(dir: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, Error> {
        super::options::set();
        // Absolute from here on: the `git` command runs in another folder.
        let dir = &dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf());
        let named = |name: &str| env(name).filter(|value| !value.is_empty()).map(|value| dir.join(value));
        let mut place = Self { named_work: named("GIT_WORK_TREE"), index: named("GIT_INDEX_FILE"), ..Self::default() };
        place.alternates.extend(named("GIT_OBJECT_DIRECTORY"));
        if let Some(folders) = env("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
            place
                .alternates
                .extend(std::env::split_paths(&folders).filter(|folder| !folder.as_os_str().is_empty()).map(|folder| dir.join(folder)));
        }
        let git_dir = named("GIT_DIR");
        let flags = if git_dir.is_some() { RepositoryOpenFlags::NO_SEARCH } else { RepositoryOpenFlags::empty() };
        let start = git_dir.clone().unwrap_or_else(|| dir.clone());
        match Repository::open_ext(&start, flags, std::iter::empty::<&str>()) {
            Ok(repository) => {
                place.git_dir = repository.path().to_path_buf();
                drop(repository);
                let library = Library::open(&place)?;
                place.common = library.common();
                place.work = library.work();
                // libgit2 follows grafts and cannot be told not to; git can.
                place.by_command = std::fs::metadata(place.common.join("info/grafts")).is_ok_and(|file| file.len() > 0);
                Ok(place)
            }
            Err(error) if error.code() == ErrorCode::NotFound => Err(Error::NoRepository(dir.display().to_string())),
            Err(error) => place.by_command(dir, git_dir.as_deref(), &error),
        }
    }

    /// What libgit2 refused, the `git` command may know.
    fn by_command(mut self, dir: &Path, git_dir: Option<&Path>, refused: &git2::Error) -> Result<Self, Error> {
        let unsupported = |step: String| Error::Unsupported { what: what(refused.message()), step };
        let facts = Command::facts(dir, git_dir, self.named_work.as_deref())
            .map_err(|error| unsupported(format!("the `git` command did not help either ({error}); install a newer git")))?;
        self.git_dir = facts.git_dir;
        self.common = facts.common;
        self.work = facts.work;
        self.sha256 = facts.sha256;
        self.by_command = true;
        Ok(self)
    }

    pub(super) fn open(&self) -> Result<Box<dyn Backend>, Error> {
        if self.by_command { Ok(Box::new(Command::new(self))) } else { Ok(Box::new(Library::open(self)?)) }
    }
}

/// libgit2's words about a repository that it cannot open, as a clause for people.
fn what(message: &str) -> String {
    if message.contains("object format") || message.contains("objectformat") {
        "uses an object format other than SHA-1".to_string()
    } else if message.contains("refstorage") {
        "keeps its references in another form than files (reftable)".to_string()
    } else {
        format!("is of a kind that libgit2 does not read ({message})")
    }
}
