//! What a clone may lack, and the exact command that brings it.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use super::blob::Id;
use super::error::{Error, Fetch};
use super::{Revision, Store};

/// The most contents that one command names: it is read by people and has to fit into a line of a shell.
const MOST_IDS: usize = 40;

/// What kind of clone this is, as far as it matters for what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clone {
    Complete,
    Shallow,
    Partial,
    SingleBranch,
}

impl Clone {
    fn words(self) -> &'static str {
        match self {
            Self::Complete => "clone",
            Self::Shallow => "shallow clone",
            Self::Partial => "partial clone",
            Self::SingleBranch => "single-branch clone",
        }
    }
}

impl Store {
    /// Whether history was cut off when this clone was made.
    #[must_use]
    pub fn is_shallow(&self) -> bool {
        self.place.as_ref().is_some_and(|place| std::fs::metadata(place.common.join("shallow")).is_ok_and(|file| file.len() > 0))
    }

    /// Configuration below `remote.`, `branch.` and `extensions.`.
    fn configuration(&self) -> Vec<(String, String)> {
        self.with(|git| Ok(git.configuration())).unwrap_or_default()
    }

    /// The last value of a configuration name below `remote.`, `branch.` or `extensions.`.
    pub(super) fn setting(&self, name: &str) -> Option<String> {
        self.configuration().into_iter().rfind(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// The remotes' names, `origin` first.
    pub(super) fn remotes(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .configuration()
            .into_iter()
            .filter_map(|(name, _)| Some(name.strip_prefix("remote.")?.strip_suffix(".url")?.to_string()))
            .collect();
        names.sort_by_key(|name| (name != "origin", name.clone()));
        names.dedup();
        names
    }

    /// The remote that holds what a partial clone left out; none where it left nothing out.
    fn promisor(&self) -> Option<String> {
        self.configuration().into_iter().find_map(|(name, value)| {
            if name == "extensions.partialclone" {
                return Some(value);
            }
            let remote = name.strip_prefix("remote.")?.strip_suffix(".promisor")?;
            (value == "true").then(|| remote.to_string())
        })
    }

    fn remote(&self) -> String {
        self.remotes().into_iter().next().unwrap_or_else(|| "origin".to_string())
    }

    fn clone_kind(&self) -> Clone {
        if self.is_shallow() {
            return Clone::Shallow;
        }
        if self.promisor().is_some() {
            return Clone::Partial;
        }
        let configuration = self.configuration();
        let fetches: Vec<&str> = configuration
            .iter()
            .filter(|(name, _)| name.starts_with("remote.") && name.rsplit('.').next() == Some("fetch"))
            .map(|(_, value)| value.as_str())
            .collect();
        let every =
            |spec: &&str| spec.trim_start_matches('+').starts_with("refs/heads/*:") || spec.trim_start_matches('+').starts_with("refs/*:");
        if !fetches.is_empty() && !fetches.iter().any(every) { Clone::SingleBranch } else { Clone::Complete }
    }

    /// A fetch of one thing from a remote, no deeper than this clone already is.
    fn fetch_of(&self, remote: &str, what: &str) -> Fetch {
        if self.is_shallow() { Fetch::new(&["--depth=1", remote, what]) } else { Fetch::new(&[remote, what]) }
    }

    /// Remembers a content that somebody asked for and this clone does not hold.
    pub(super) fn lack(&self, path: &str, id: Id) {
        self.lacked.lock().unwrap_or_else(PoisonError::into_inner).insert((path.to_owned(), id));
    }

    /// Whether all contents that were asked for since the last call were there. A partial clone holds files by their names alone: what
    /// stands in them is not known, which is no answer; of files that do not count it is one.
    ///
    /// # Errors
    /// Some were missing; the fetch brings exactly these, or of many all that `revisions` hold.
    pub fn whole(&self, revisions: &[&Revision], counts: &dyn Fn(&str) -> bool) -> Result<(), Error> {
        let mut lacked = std::mem::take(&mut *self.lacked.lock().unwrap_or_else(PoisonError::into_inner));
        lacked.retain(|(path, _)| counts(path));
        let paths: BTreeSet<&str> = lacked.iter().map(|(path, _)| path.as_str()).collect();
        let Some(first) = paths.first() else { return Ok(()) };
        let more = if paths.len() > 1 { format!(" (and of {} more)", paths.len() - 1) } else { String::new() };
        let promisor = self.promisor();
        let clone = promisor.as_ref().map_or_else(|| self.clone_kind(), |_| Clone::Partial).words();
        let remote = promisor.unwrap_or_else(|| self.remote());
        let ids: BTreeSet<String> = lacked.iter().map(|(_, id)| id.to_string()).collect();
        let commits: BTreeSet<String> = revisions.iter().filter_map(|revision| revision.commit()).map(|id| id.to_string()).collect();
        let (how, what) = if ids.len() <= MOST_IDS || commits.is_empty() { ("--no-tags", ids) } else { ("--no-filter", commits) };
        // `--refetch`: a server takes whoever has a commit to have its contents too
        let arguments = ["--refetch", how, &remote].into_iter().chain(what.iter().map(String::as_str)).collect::<Vec<_>>();
        Err(Error::Missing { what: format!("the content of {first}{more}"), clone, fetch: Fetch::new(&arguments) })
    }

    /// The contents that a partial clone left out.
    pub(super) fn fetch_contents(&self) -> Fetch {
        Fetch::new(&["--refetch", "--no-filter", &self.remote()])
    }

    /// An error that names a commit which this clone does not hold.
    #[must_use]
    pub fn lacking_commit(&self, commit: Id) -> Error {
        self.lacking_commit_at(&self.remote(), commit)
    }

    /// The same for a commit that a certain remote has.
    #[must_use]
    pub fn lacking_commit_at(&self, remote: &str, commit: Id) -> Error {
        let fetch = self.fetch_of(remote, &commit.to_string());
        Error::Missing { what: format!("commit {commit}"), clone: self.clone_kind().words(), fetch }
    }

    /// An error that names a branch which this clone does not hold.
    #[must_use]
    pub fn lacking_branch(&self, remote: &str, branch: &str) -> Error {
        let fetch = self.fetch_of(remote, &format!("+refs/heads/{branch}:refs/remotes/{remote}/{branch}"));
        Error::Missing { what: format!("branch {remote}/{branch}"), clone: self.clone_kind().words(), fetch }
    }

    /// An error that names objects which this clone does not hold.
    pub(super) fn lacking(&self, what: &str) -> Error {
        Error::Missing { what: format!("one of the {what}"), clone: self.clone_kind().words(), fetch: self.fetch_contents() }
    }

    /// An error for history that ends too early.
    pub(super) fn lacking_history(&self, what: String) -> Error {
        Error::Missing { what, clone: Clone::Shallow.words(), fetch: Fetch::new(&["--unshallow", &self.remote()]) }
    }

    pub(super) fn no_merge_base(&self, base: Id, head: Id) -> Error {
        if self.is_shallow() {
            return self.lacking_history(format!("the history in which {base} and {head} meet"));
        }
        Error::NoBase(format!("{base} and {head} have no common ancestor; name the commit to compare with by --base"))
    }

    /// Why a name means nothing here.
    pub(super) fn unresolved(&self, rev: &str) -> Error {
        let clone = self.clone_kind();
        let unknown = |hint: String| Error::Unknown { name: rev.to_string(), hint };
        let root: &str = rev.split(['~', '^', '@', ':']).next().unwrap_or(rev);
        if rev == "HEAD" {
            return unknown("this branch has no commit yet".to_string());
        }
        let start = if root.is_empty() { "HEAD" } else { root };
        if root != rev && (root.is_empty() || self.with(|git| git.resolve(root)).is_ok_and(|named| named.is_some())) {
            return if clone == Clone::Shallow {
                self.lacking_history(format!("history back to `{rev}`"))
            } else {
                unknown(format!("`{start}` is known, but has no such ancestor, upstream or part"))
            };
        }
        if Id::parse(root).is_some_and(|id| id.is_zero()) {
            return unknown("this is git's word for no commit at all".to_string());
        }
        let remote_branch = self.remotes().into_iter().find_map(|remote| {
            let branch = root.strip_prefix("refs/remotes/").unwrap_or(root).strip_prefix(&remote)?.strip_prefix('/')?.to_string();
            Some((remote, branch))
        });
        let id = Id::parse(root);
        let error = match (&remote_branch, id) {
            (_, Some(id)) => self.lacking_commit(id),
            (Some((remote, branch)), None) => self.lacking_branch(remote, branch),
            (None, None)
                if clone == Clone::Shallow && !root.is_empty() && root.len() < 40 && root.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
            {
                self.lacking_history(format!("`{root}`, if it is a shortened commit id,"))
            }
            // Both names, so that git keeps it under the name that was asked for.
            (None, None) => Error::Missing {
                what: format!("`{root}`"),
                clone: clone.words(),
                fetch: self.fetch_of(&self.remote(), &format!("{root}:{root}")),
            },
        };
        match (clone, error) {
            (Clone::Complete, Error::Missing { fetch, .. }) if remote_branch.is_some() || id.is_some() => {
                unknown(format!("git knows no such commit here; if the server has it, `{fetch}` brings it"))
            }
            (Clone::Complete, _) => unknown("git knows no such commit, branch or tag here".to_string()),
            (_, error) => error,
        }
    }
}
