//! What can go wrong with revisions, sorted by exit code, each with the next step.

use super::blob::Id;

/// A `git fetch` that brings what is missing: shown to people, and run for those who ask for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// The arguments after `git`.
    pub arguments: Vec<String>,
}

impl Fetch {
    /// `git fetch` with these arguments.
    #[must_use]
    pub fn new(arguments: &[&str]) -> Self {
        Self { arguments: std::iter::once("fetch").chain(arguments.iter().copied()).map(String::from).collect() }
    }
}

impl std::fmt::Display for Fetch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("git")?;
        for argument in &self.arguments {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=+".contains(c);
            if !argument.is_empty() && argument.chars().all(plain) {
                write!(f, " {argument}")?;
            } else {
                write!(f, " '{}'", argument.replace('\'', "'\\''"))?;
            }
        }
        Ok(())
    }
}

/// Why revisions could not be found or compared.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no repository where one was asked for.
    #[error(
        "no git repository at {0} or above it: run inside one, name it with --repo, or compare folders with --base dir:OLD --head dir:NEW"
    )]
    NoRepository(String),
    /// Git does not know this name, and the clone is complete.
    #[error("unknown revision `{name}`: {hint}")]
    Unknown {
        /// As it was asked for.
        name: String,
        /// What to do.
        hint: String,
    },
    /// A question that makes no sense here.
    #[error("{0}")]
    Usage(String),
    /// This clone does not hold something that its server has.
    #[error("{what} is missing from this {clone}: fetch it with `{fetch}`")]
    Missing {
        /// What is missing: `commit 1f2e`.
        what: String,
        /// Which kind of clone it is: `shallow clone`, `partial clone`, `single-branch clone`, `clone`.
        clone: &'static str,
        /// What brings it.
        fetch: Fetch,
    },
    /// The repository is of a kind that cannot be read here.
    #[error("this repository {what}, which is not supported here: {step}")]
    Unsupported {
        /// What it uses, as a clause: `uses SHA-256 object names`.
        what: String,
        /// What to do.
        step: String,
    },
    /// No base could be found.
    #[error("no base to compare with: {0}")]
    NoBase(String),
    /// A limit was reached.
    #[error("{0}")]
    Limit(String),
    /// Git or the disk failed in a way that has no name here.
    #[error("cannot read it: {0}")]
    Git(String),
    /// A file or folder of the disk could not be read.
    #[error("cannot read {path}: {error}")]
    Disk {
        /// Which one.
        path: String,
        /// The system's words.
        error: std::io::Error,
    },
}

impl Error {
    /// The exit code: 2 for a wrong question, 3 where the answer cannot be known.
    #[must_use]
    pub fn exit(&self) -> u8 {
        match self {
            Self::NoRepository(_) | Self::Unknown { .. } | Self::Usage(_) => 2,
            _ => 3,
        }
    }

    /// The fetch that would help.
    #[must_use]
    pub fn fetch(&self) -> Option<&Fetch> {
        match self {
            Self::Missing { fetch, .. } => Some(fetch),
            _ => None,
        }
    }

    pub(super) fn from_read(error: &std::io::Error) -> Self {
        Self::Git(error.to_string())
    }

    pub(super) fn disk(path: &std::path::Path, error: std::io::Error) -> Self {
        Self::Disk { path: path.display().to_string(), error }
    }
}

impl From<git2::Error> for Error {
    fn from(error: git2::Error) -> Self {
        Self::Git(error.message().to_string())
    }
}

/// Why one file of a revision has no bytes to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Larger than the caller's limit; nothing was inflated.
    #[error("{size} bytes are more than the limit of {cap}")]
    TooLarge {
        /// In bytes.
        size: u64,
        /// In bytes.
        cap: u64,
    },
    /// The content lives on a Git LFS server.
    #[error("it is a Git LFS pointer, the content is not in the repository")]
    LfsPointer,
    /// The content is in the repository, but not in this clone.
    #[error("its content {id} is missing from this clone: fetch it with `{fetch}`")]
    Missing {
        /// The object.
        id: Id,
        /// What brings it.
        fetch: Fetch,
    },
    /// A symbolic link: not followed.
    #[error("it is a symbolic link")]
    Symlink,
    /// Another repository's commit.
    #[error("it is a submodule")]
    Submodule,
    /// The disk or git said no.
    #[error("{0}")]
    Other(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fetch_is_shown_as_a_shell_would_need_it() {
        assert_eq!(
            Fetch::new(&["--depth=1", "origin", "+refs/heads/a:refs/b"]).to_string(),
            "git fetch --depth=1 origin +refs/heads/a:refs/b"
        );
        assert_eq!(Fetch::new(&["it's $(x)"]).to_string(), "git fetch 'it'\\''s $(x)'");
    }
}
