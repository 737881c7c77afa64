//! GitHub and GitHub Enterprise: pull requests, reviews, teams, comments and check runs.

mod event;
mod reviews;

use serde::Deserialize;
use serde_json::json;

use super::annotations::CheckRun;
use super::caller::{Method, TokenHeader, encoded};
use super::{Approved, Asked, Caller, Change, Comment, Environment, Error, Forge, Patience, Run, Writers, token};
pub use event::Event;

/// Where the API is when the environment does not say.
const API: &str = "https://api.github.com";
/// Where tokens are looked for.
const TOKENS: [&str; 3] = ["PRIVGATE_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"];
/// Commits that GitHub lists of a pull request; it has no further pages.
const LISTED_COMMITS: u64 = 250;

/// A repository on GitHub, as seen by one run.
#[derive(Debug)]
pub struct GitHub {
    caller: Caller,
    /// `/repos/owner/name`.
    root: String,
    event: Event,
}

#[derive(Debug, Deserialize)]
pub(super) struct User {
    login: String,
    #[serde(default, rename = "type")]
    kind: String,
}

#[derive(Debug, Deserialize)]
struct Pull {
    number: u64,
    head: End,
    base: End,
    user: Option<User>,
    #[serde(default)]
    commits: Option<u64>,
    #[serde(default)]
    merged_at: Option<String>,
    #[serde(default)]
    merge_commit_sha: Option<String>,
}

#[derive(Debug, Deserialize)]
struct End {
    sha: String,
    #[serde(rename = "ref")]
    name: String,
}

#[derive(Debug, Deserialize)]
struct Commit {
    sha: String,
    author: Option<User>,
    committer: Option<User>,
}

#[derive(Debug, Deserialize)]
struct GitCommit {
    parents: Vec<Parent>,
}

#[derive(Debug, Deserialize)]
struct Parent {
    sha: String,
}

#[derive(Debug, Deserialize)]
struct Content {
    #[serde(default)]
    encoding: String,
    #[serde(default)]
    content: String,
}

#[derive(Debug, Deserialize)]
struct Membership {
    state: String,
}

#[derive(Debug, Deserialize)]
struct IssueComment {
    id: u64,
    #[serde(default)]
    body: Option<String>,
    user: Option<User>,
}

#[derive(Debug, Deserialize)]
struct MadeRun {
    id: u64,
}

impl GitHub {
    /// The repository and the event of this job.
    ///
    /// # Errors
    /// The environment names no repository or has no token.
    pub fn of_environment(env: Environment<'_>, asked: &Asked, patience: Patience) -> Result<Self, Error> {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        let repository =
            set("GITHUB_REPOSITORY").ok_or_else(|| Error::Usage("GITHUB_REPOSITORY names no repository: set it to OWNER/NAME".into()))?;
        let (owner, name) = repository
            .split_once('/')
            .filter(|(owner, name)| !owner.is_empty() && !name.is_empty() && !name.contains('/') && *name != ".." && *owner != "..")
            .ok_or_else(|| Error::Usage("GITHUB_REPOSITORY is not OWNER/NAME".into()))?;
        let api = set("GITHUB_API_URL").unwrap_or_else(|| API.into());
        let caller = Caller::new(&api, &token(env, &TOKENS)?, TokenHeader::Bearer, patience)?;
        Ok(Self { caller, root: format!("/repos/{}/{}", encoded(owner), encoded(name)), event: Event::of_environment(env, asked) })
    }

    fn pull(&self, number: u64) -> Result<Pull, Error> {
        self.caller.call("the pull request", Method::Get, &format!("{}/pulls/{number}", self.root))
    }

    fn as_change(&self, pull: Pull) -> Change {
        Change {
            number: pull.number,
            tip: self.event.tip.clone().unwrap_or(pull.head.sha),
            opener: pull.user.map(|user| user.login),
            target: pull.base.name,
            commits: pull.commits,
        }
    }

    /// The account of the token; an app's token has none that it may see.
    fn own_name(&self) -> Result<Option<String>, Error> {
        match self.caller.call::<User>("the token's account", Method::Get, "/user") {
            Ok(user) => Ok(Some(user.login)),
            Err(Error::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Forge for GitHub {
    fn judged(&self) -> Option<&str> {
        self.event.commit.as_deref()
    }

    fn run(&self) -> Run<'_> {
        let event = &self.event;
        match (&event.commit, &event.made_at) {
            (Some(after), _) if event.pushed => Run::Push { before: event.before.as_deref(), after },
            (Some(_), Some(at)) => Run::Entry { before: event.before.as_deref(), at: Some(at) },
            _ => Run::Change,
        }
    }

    fn change(&self) -> Result<Option<Change>, Error> {
        let event = &self.event;
        match (event.number, &event.commit) {
            (Some(number), _) => self.pull(number).map(|pull| Some(self.as_change(pull))),
            (None, Some(commit)) if event.pushed => self.merged_as(commit),
            _ => Ok(None),
        }
    }

    fn merged_as(&self, commit: &str) -> Result<Option<Change>, Error> {
        let path = format!("{}/commits/{}/pulls", self.root, encoded(commit));
        let pulls: Vec<Pull> = self.caller.list("the pull requests of a commit", &path)?;
        let here = |pull: &Pull| self.event.branch.as_ref() == Some(&pull.base.name);
        let merged =
            pulls.into_iter().find(|pull| pull.merged_at.is_some() && pull.merge_commit_sha.as_deref() == Some(commit) && here(pull));
        // the list says less of each than its own page
        merged.map(|pull| Ok(self.as_change(self.pull(pull.number)?))).transpose()
    }

    fn parent(&self, commit: &str) -> Result<Option<String>, Error> {
        let path = format!("{}/git/commits/{}", self.root, encoded(commit));
        let made: GitCommit = self.caller.call("a commit of the push", Method::Get, &path)?;
        Ok(made.parents.into_iter().next().map(|parent| parent.sha))
    }

    fn approved(&self, change: &Change) -> Result<Vec<Approved>, Error> {
        let path = format!("{}/pulls/{}/reviews", self.root, change.number);
        Ok(reviews::standing(self.caller.list("the reviews", &path)?))
    }

    fn writers(&self, change: &Change) -> Result<Writers, Error> {
        let path = format!("{}/pulls/{}/commits", self.root, change.number);
        let commits: Vec<Commit> = self.caller.list("the commits of the pull request", &path)?;
        let listed = u64::try_from(commits.len()).unwrap_or(u64::MAX);
        if listed >= LISTED_COMMITS || change.commits.is_some_and(|all| all > listed) {
            return Err(Error::Strange {
                what: "the commits of the pull request".into(),
                why: format!(
                    "GitHub lists no more than {LISTED_COMMITS}, so it is not known who wrote the others: put the waiver into a change of its own"
                ),
            });
        }
        let mut writers = Writers::default();
        for commit in commits {
            match commit.author {
                Some(author) => writers.users.push(author.login),
                None => writers.unknown.push(commit.sha),
            }
            // `web-flow` is GitHub itself
            writers.users.extend(commit.committer.map(|user| user.login).filter(|login| login != "web-flow"));
        }
        writers.users.sort_unstable();
        writers.users.dedup();
        Ok(writers)
    }

    fn file(&self, path: &str, at: &str) -> Result<Option<String>, Error> {
        use base64::Engine as _;
        let what = format!("the file {path}");
        let content: Content =
            match self.caller.call(&what, Method::Get, &format!("{}/contents/{}?ref={}", self.root, encoded(path), encoded(at))) {
                Ok(content) => content,
                Err(error) if error.is_not_found() => return Ok(None),
                Err(error) => return Err(error),
            };
        let strange = |why: &str| Error::Strange { what: what.clone(), why: why.into() };
        if content.encoding != "base64" {
            return Err(strange("it is too large, or no file"));
        }
        let digits: String = content.content.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let bytes = base64::engine::general_purpose::STANDARD.decode(digits).map_err(|_| strange("it is no base64"))?;
        String::from_utf8(bytes).map(Some).map_err(|_| strange("it is no UTF-8"))
    }

    fn is_member(&self, team: &str, user: &str) -> Result<bool, Error> {
        let Some((group, slug)) = team.split_once('/') else { return Ok(false) };
        let path = format!("/orgs/{}/teams/{}/memberships/{}", encoded(group), encoded(slug), encoded(user));
        match self.caller.call::<Membership>("who is in the team", Method::Get, &path) {
            Ok(membership) => Ok(membership.state == "active"),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn own_comment(&self, change: &Change, marker: &str) -> Result<Option<Comment>, Error> {
        let path = format!("{}/issues/{}/comments", self.root, change.number);
        let comments: Vec<IssueComment> = self.caller.list("the comments", &path)?;
        let mut candidates =
            comments.into_iter().filter(|comment| comment.body.as_deref().is_some_and(|body| body.starts_with(marker))).peekable();
        if candidates.peek().is_none() {
            return Ok(None);
        }
        // anybody can write the marker into a comment
        let own = self.own_name()?;
        let ours = |user: &User| own.as_ref().map_or(user.kind == "Bot", |own| *own == user.login);
        let found = candidates.find(|comment| comment.user.as_ref().is_some_and(ours));
        Ok(found.map(|comment| Comment { id: comment.id, body: comment.body.unwrap_or_default() }))
    }

    fn write_comment(&self, change: &Change, old: Option<&Comment>, body: &str) -> Result<(), Error> {
        let text = json!({ "body": body });
        let (method, path) = match old {
            Some(old) => (Method::Patch(&text), format!("{}/issues/comments/{}", self.root, old.id)),
            None => (Method::Post(&text), format!("{}/issues/{}/comments", self.root, change.number)),
        };
        self.caller.text("the comment", method, &path).map(drop)
    }

    fn check_run(&self, tip: &str, run: &CheckRun) -> Result<(), Error> {
        let output = |batch| json!({ "title": run.title, "summary": run.summary, "annotations": batch });
        let (first, rest) = run.batches.split_first().map_or((&[][..], &[][..]), |(first, rest)| (first.as_slice(), rest));
        // it is no success before everything has arrived
        let start = json!({ "name": run.name, "head_sha": tip, "status": "in_progress", "output": output(first) });
        let made: MadeRun = self.caller.call("the check run", Method::Post(&start), &format!("{}/check-runs", self.root))?;
        let path = format!("{}/check-runs/{}", self.root, made.id);
        for batch in rest {
            self.caller.text("the check run", Method::Patch(&json!({ "output": output(batch.as_slice()) })), &path)?;
        }
        let end = json!({ "status": "completed", "conclusion": run.conclusion });
        self.caller.text("the check run", Method::Patch(&end), &path).map(drop)
    }
}
