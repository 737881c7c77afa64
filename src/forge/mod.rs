//! What talks to GitHub and GitLab: who approved a change, one comment on it, its findings as a check run. Nothing here judges,
//! and nothing that judges calls this: it reads the environment of a CI job, a report that is finished, and what the forge answers.

pub mod annotations;
pub mod approvals;
pub mod caller;
pub mod comment;
pub mod github;
pub mod gitlab;
mod landed;
pub mod moment;

pub use caller::{Caller, Patience};

/// How the environment is asked: a variable's value by its name.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A pull request or a merge request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number in the repository.
    pub number: u64,
    /// The commit at its tip that this run is about.
    pub tip: String,
    /// Who opened it, without `@`; none where the account is gone.
    pub opener: Option<String>,
    /// A commit or a branch of its target: where it is looked up who may waive.
    pub target: String,
    /// How many commits it has, where the forge counts them.
    pub commits: Option<u64>,
}

/// What a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run<'a> {
    /// A change that is open, or nothing at all.
    Change,
    /// An entry of a merge queue or train, which the forge made of a change.
    Entry {
        /// What it stands on.
        before: Option<&'a str>,
        /// When it was made (RFC 3339), where that is told.
        at: Option<&'a str>,
    },
    /// Commits that came to a branch: of one change, of several, of none.
    Push {
        /// What the branch was before, where it was anything.
        before: Option<&'a str>,
        /// What it is now.
        after: &'a str,
    },
}

/// Somebody approved a commit, and that still stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    /// The account's name, without `@`.
    pub user: String,
    /// The commit that was approved.
    pub commit: String,
    /// When, as the forge writes it (RFC 3339).
    pub at: Option<String>,
}

/// Who wrote the commits of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writers {
    /// Names of accounts, without `@`.
    pub users: Vec<String>,
    /// Commits whose author belongs to no account that the forge knows.
    pub unknown: Vec<String>,
}

/// A comment on a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The forge's id of it.
    pub id: u64,
    /// Its Markdown.
    pub body: String,
}

/// One place where a repository's changes are discussed.
pub trait Forge {
    /// The commit that `check` judges in this run, where the environment names it.
    fn judged(&self) -> Option<&str>;

    /// What kind of run this is.
    fn run(&self) -> Run<'_>;

    /// The change whose merge made a commit of the branch that was pushed to.
    ///
    /// # Errors
    /// The forge did not answer or refused.
    fn merged_as(&self, commit: &str) -> Result<Option<Change>, Error>;

    /// The first parent of a commit.
    ///
    /// # Errors
    /// The forge did not answer or refused.
    fn parent(&self, commit: &str) -> Result<Option<String>, Error>;

    /// The change that this run is about; none for a schedule, a push without a change and the like.
    ///
    /// # Errors
    /// The forge did not answer or refused.
    fn change(&self) -> Result<Option<Change>, Error>;

    /// The approvals that stand: the latest word of each user, for whichever commit.
    ///
    /// # Errors
    /// The forge did not answer or refused.
    fn approved(&self, change: &Change) -> Result<Vec<Approved>, Error>;

    /// Who wrote the change's commits.
    ///
    /// # Errors
    /// The forge did not answer or refused, or does not list all commits.
    fn writers(&self, change: &Change) -> Result<Writers, Error>;

    /// The text of a file at a commit or branch; none where there is no such file.
    ///
    /// # Errors
    /// The forge did not answer or refused.
    fn file(&self, path: &str, at: &str) -> Result<Option<String>, Error>;

    /// Whether a user is in a team (`group/team`, without `@`).
    ///
    /// # Errors
    /// The forge did not answer or refused: then nobody knows.
    fn is_member(&self, team: &str, user: &str) -> Result<bool, Error>;

    /// The comment that this account wrote with a marker at its start.
    ///
    /// # Errors
    /// The forge did not answer or refused.
    fn own_comment(&self, change: &Change, marker: &str) -> Result<Option<Comment>, Error>;

    /// Writes a comment: over an old one, or a new one.
    ///
    /// # Errors
    /// The forge did not answer or refused.
    fn write_comment(&self, change: &Change, old: Option<&Comment>, body: &str) -> Result<(), Error>;

    /// Shows findings as a check of the change's tip.
    ///
    /// # Errors
    /// The forge did not answer or refused, or has nothing of the kind.
    fn check_run(&self, tip: &str, run: &annotations::CheckRun) -> Result<(), Error>;
}

/// The forge of this CI job, by its environment.
///
/// # Errors
/// This is no job of a known forge, or it has no token.
pub fn of_environment(env: Environment<'_>, asked: &Asked, patience: Patience) -> Result<Box<dyn Forge>, Error> {
    if env("GITHUB_ACTIONS").is_some_and(|value| value == "true") || env("GITHUB_REPOSITORY").is_some() {
        return Ok(Box::new(github::GitHub::of_environment(env, asked, patience)?));
    }
    if env("GITLAB_CI").is_some() || env("CI_API_V4_URL").is_some() {
        return Ok(Box::new(gitlab::GitLab::of_environment(env, asked, patience)?));
    }
    Err(Error::Usage(
        "this is no job of GitHub Actions or GitLab CI: run it there, or set GITHUB_REPOSITORY (and GITHUB_API_URL), or CI_API_V4_URL and CI_PROJECT_ID"
            .into(),
    ))
}

/// What was said on the command line instead of left to the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The number of the change.
    pub number: Option<u64>,
    /// The commit that is judged.
    pub commit: Option<String>,
}

/// The token: of this program alone, else the forge's usual names. It is read from the environment only, and never printed.
fn token(env: Environment<'_>, names: &[&str]) -> Result<String, Error> {
    let found = names.iter().find_map(|name| env(name).filter(|value| !value.trim().is_empty()));
    let token = found.ok_or_else(|| Error::NoToken(names.join(" or ")))?;
    let token = token.trim();
    if token.bytes().all(|byte| byte.is_ascii_graphic()) { Ok(token.to_owned()) } else { Err(Error::NoToken(names.join(" or "))) }
}

/// All digits of a commit id.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Why a forge could not be asked or told something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Asked in a way that makes no sense here.
    #[error("{0}")]
    Usage(String),
    /// No token in the environment, or one that no header can hold.
    #[error("no token: set {0} in this step's environment")]
    NoToken(String),
    /// The forge answered with a refusal.
    #[error("{what}: the forge answered {status}{said}; {step}")]
    Refused {
        /// What was asked.
        what: String,
        /// The status of HTTP.
        status: u16,
        /// Its own words, with a colon before them.
        said: String,
        /// What to do.
        step: String,
    },
    /// Its limit of requests is reached, and it asks for more patience than there is.
    #[error("{what}: the forge's limit of requests is reached, and it asks to wait {seconds} s: run this step again later")]
    Limited {
        /// What was asked.
        what: String,
        /// How long it asks to wait.
        seconds: u64,
    },
    /// No answer, also after some tries.
    #[error("{what}: no answer from the forge after {tries} tries ({why}): run this step again")]
    Unreachable {
        /// What was asked.
        what: String,
        /// How often.
        tries: u32,
        /// The last failure.
        why: String,
    },
    /// An answer that was not understood.
    #[error("{what}: the forge's answer was not understood ({why})")]
    Strange {
        /// What was asked.
        what: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Error {
    /// Whether the forge said that there is nothing, or nothing to be seen with this token.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Whether it was asked wrongly, which no second try changes.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Usage(_))
    }
}
