//! GitLab: merge requests, approvals, groups and notes.

mod timeline;

use serde::Deserialize;
use serde_json::json;

use super::annotations::CheckRun;
use super::caller::{Method, TokenHeader, encoded};
use super::{Approved, Asked, Caller, Change, Comment, Environment, Error, Forge, Patience, Run, Writers, is_commit, token};

/// Where tokens are looked for; a job's own token may do nothing of this.
const TOKENS: [&str; 2] = ["PRIVGATE_TOKEN", "GITLAB_TOKEN"];
/// Pages of a hundred commits.
const MOST_PAGES: usize = 50;

const COMMITS: &str = "query($project: ID!, $iid: String!, $after: String) { project(fullPath: $project) { mergeRequest(iid: $iid) { \
    committers(first: 100) { nodes { username } pageInfo { hasNextPage } } \
    commits(first: 100, after: $after) { nodes { sha author { username } } pageInfo { hasNextPage endCursor } } } } }";

/// A project on GitLab, as seen by one job.
#[derive(Debug)]
pub struct GitLab {
    caller: Caller,
    /// `/projects/42`.
    root: String,
    /// `group/project`, for GraphQL.
    path: Option<String>,
    number: Option<u64>,
    tip: Option<String>,
    /// The commit that `check` judges.
    commit: Option<String>,
    /// What the branch was before a push.
    before: Option<String>,
    /// The branch that was pushed to.
    branch: Option<String>,
    /// What an entry of a merge train stands on.
    train: Option<String>,
}

#[derive(Debug, Deserialize)]
struct User {
    id: u64,
    username: String,
}

#[derive(Debug, Deserialize)]
struct MergeRequest {
    iid: u64,
    #[serde(default)]
    sha: Option<String>,
    #[serde(default)]
    author: Option<User>,
    target_branch: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    merge_commit_sha: Option<String>,
    #[serde(default)]
    squash_commit_sha: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Commit {
    parent_ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Note {
    id: u64,
    body: String,
    author: User,
    #[serde(default)]
    system: bool,
    created_at: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    has_next_page: bool,
    #[serde(default)]
    end_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed<T> {
    nodes: Vec<T>,
    page_info: Page,
}

#[derive(Debug, Deserialize)]
struct Name {
    username: String,
}

#[derive(Debug, Deserialize)]
struct Authored {
    sha: String,
    author: Option<Name>,
}

#[derive(Debug, Deserialize)]
struct Written {
    committers: Listed<Name>,
    commits: Listed<Authored>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Project {
    merge_request: Option<Written>,
}

#[derive(Debug, Deserialize)]
struct Found {
    project: Option<Project>,
}

impl GitLab {
    /// The project and the merge request of this job.
    ///
    /// # Errors
    /// The environment names no project or has no token.
    pub fn of_environment(env: Environment<'_>, asked: &Asked, patience: Patience) -> Result<Self, Error> {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        let missing = |name: &str| Error::Usage(format!("{name} is not set: run this in a job of GitLab CI, or set it"));
        let api = set("CI_API_V4_URL").ok_or_else(|| missing("CI_API_V4_URL"))?;
        let path = set("CI_PROJECT_PATH");
        // a merge request of a fork lives in the project that it goes to
        let project = set("CI_MERGE_REQUEST_PROJECT_ID")
            .or_else(|| set("CI_PROJECT_ID"))
            .or_else(|| path.clone())
            .ok_or_else(|| missing("CI_PROJECT_ID"))?;
        let path = set("CI_MERGE_REQUEST_PROJECT_PATH").or(path);
        let caller = Caller::new(&api, &token(env, &TOKENS)?, TokenHeader::Private, patience)?;
        let id = |name: &str| set(name).filter(|id| is_commit(id));
        let number = set("CI_MERGE_REQUEST_IID").and_then(|number| number.parse().ok());
        let commit = asked.commit.clone().or_else(|| id("CI_COMMIT_SHA"));
        let same = asked.number.is_none() || asked.number == number;
        // filled in only where the pipeline runs on a merge of the two
        let tip = id("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA").or_else(|| id("CI_COMMIT_SHA")).filter(|_| number.is_some() && same);
        let before =
            id("CI_COMMIT_BEFORE_SHA").filter(|id| number.is_none() && asked.commit.is_none() && id.bytes().any(|digit| digit != b'0'));
        let branch = set("CI_COMMIT_BRANCH");
        let in_train = same && set("CI_MERGE_REQUEST_EVENT_TYPE").is_some_and(|kind| kind == "merge_train");
        let train = id("CI_MERGE_REQUEST_TARGET_BRANCH_SHA").filter(|_| in_train);
        let root = format!("/projects/{}", encoded(&project));
        Ok(Self { caller, root, path, number: asked.number.or(number), tip, commit, before, branch, train })
    }

    fn request(&self, number: u64) -> String {
        format!("{}/merge_requests/{number}", self.root)
    }

    fn as_change(&self, request: MergeRequest) -> Result<Change, Error> {
        let strange = || Error::Strange { what: "the merge request".into(), why: "it names no commit".into() };
        Ok(Change {
            number: request.iid,
            tip: self.tip.clone().or(request.sha).ok_or_else(strange)?,
            opener: request.author.map(|user| user.username),
            target: request.target_branch,
            commits: None,
        })
    }

    fn notes(&self, change: &Change) -> Result<Vec<Note>, Error> {
        self.caller.list("the notes", &format!("{}/notes?sort=asc&order_by=created_at", self.request(change.number)))
    }
}

impl Forge for GitLab {
    fn judged(&self) -> Option<&str> {
        self.commit.as_deref()
    }

    fn run(&self) -> Run<'_> {
        match (&self.commit, &self.train) {
            (Some(after), _) if self.number.is_none() => Run::Push { before: self.before.as_deref(), after },
            // where merges are fast-forward, a train is made of rebased commits
            (_, Some(train)) => Run::Entry { before: Some(train), at: None },
            _ => Run::Change,
        }
    }

    fn change(&self) -> Result<Option<Change>, Error> {
        match (self.number, &self.commit) {
            (Some(number), _) => {
                let request = self.caller.call("the merge request", Method::Get, &self.request(number))?;
                self.as_change(request).map(Some)
            }
            (None, Some(commit)) => self.merged_as(commit),
            (None, None) => Ok(None),
        }
    }

    fn merged_as(&self, commit: &str) -> Result<Option<Change>, Error> {
        let path = format!("{}/repository/commits/{}/merge_requests", self.root, encoded(commit));
        let requests: Vec<MergeRequest> = self.caller.list("the merge requests of a commit", &path)?;
        let is = |id: &Option<String>| id.as_deref() == Some(commit);
        let merged = requests.into_iter().find(|one| {
            one.state == "merged"
                && self.branch.as_ref() == Some(&one.target_branch)
                && (is(&one.merge_commit_sha) || is(&one.squash_commit_sha) || is(&one.sha))
        });
        merged.map(|request| self.as_change(request)).transpose()
    }

    fn parent(&self, commit: &str) -> Result<Option<String>, Error> {
        let path = format!("{}/repository/commits/{}", self.root, encoded(commit));
        let made: Commit = self.caller.call("a commit of the push", Method::Get, &path)?;
        Ok(made.parent_ids.into_iter().next())
    }

    fn approved(&self, change: &Change) -> Result<Vec<Approved>, Error> {
        let answer: timeline::Approvals =
            self.caller.call("the approvals", Method::Get, &format!("{}/approvals", self.request(change.number)))?;
        if answer.approved_by.is_empty() {
            return Ok(Vec::new());
        }
        let versions = self.caller.list("the versions of the merge request", &format!("{}/versions", self.request(change.number)))?;
        // older servers say when only in what they note themselves
        let told = if answer.approved_by.iter().all(timeline::ApprovedBy::has_time) { Vec::new() } else { self.notes(change)? };
        let told = told.into_iter().filter(|note| note.system && note.body.starts_with("approved this merge request"));
        let told: Vec<(String, String)> = told.map(|note| (note.author.username, note.created_at)).collect();
        Ok(timeline::placed(answer, &versions, &told))
    }

    fn writers(&self, change: &Change) -> Result<Writers, Error> {
        let what = "the commits of the merge request";
        let path = self
            .path
            .as_ref()
            .ok_or_else(|| Error::Usage("CI_PROJECT_PATH is not set: run this in a job of GitLab CI, or set it".into()))?;
        let strange = |why: &str| Error::Strange { what: what.into(), why: why.into() };
        let mut writers = Writers::default();
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let question = json!({ "query": COMMITS, "variables": { "project": path, "iid": change.number.to_string(), "after": after } });
            let found: Found = self.caller.graphql(what, &question)?;
            let written = found.project.and_then(|project| project.merge_request).ok_or_else(|| strange("the token may not see it"))?;
            if written.committers.page_info.has_next_page {
                return Err(strange("more than a hundred people wrote them"));
            }
            writers.users.extend(written.committers.nodes.into_iter().map(|name| name.username));
            for commit in written.commits.nodes {
                match commit.author {
                    Some(author) => writers.users.push(author.username),
                    None => writers.unknown.push(commit.sha),
                }
            }
            let page = written.commits.page_info;
            if !page.has_next_page {
                writers.users.sort_unstable();
                writers.users.dedup();
                return Ok(writers);
            }
            after = page.end_cursor;
        }
        Err(strange("there are too many of them: put the waiver into a change of its own"))
    }

    fn file(&self, path: &str, at: &str) -> Result<Option<String>, Error> {
        let uri = format!("{}/repository/files/{}/raw?ref={}", self.root, encoded(path), encoded(at));
        match self.caller.text(&format!("the file {path}"), Method::Get, &uri) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn is_member(&self, team: &str, user: &str) -> Result<bool, Error> {
        let what = "who is in the group";
        let users: Vec<User> = self.caller.call(what, Method::Get, &format!("/users?username={}", encoded(user)))?;
        let Some(user) = users.into_iter().find(|known| known.username.eq_ignore_ascii_case(user)) else { return Ok(false) };
        match self.caller.text(what, Method::Get, &format!("/groups/{}/members/all/{}", encoded(team), user.id)) {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn own_comment(&self, change: &Change, marker: &str) -> Result<Option<Comment>, Error> {
        let mut candidates = self.notes(change)?.into_iter().filter(|note| !note.system && note.body.starts_with(marker)).peekable();
        if candidates.peek().is_none() {
            return Ok(None);
        }
        // anybody can write the marker into a note
        let own: User = self.caller.call("the token's account", Method::Get, "/user")?;
        Ok(candidates.find(|note| note.author.id == own.id).map(|note| Comment { id: note.id, body: note.body }))
    }

    fn write_comment(&self, change: &Change, old: Option<&Comment>, body: &str) -> Result<(), Error> {
        let text = json!({ "body": body });
        let notes = format!("{}/notes", self.request(change.number));
        let (method, path) = match old {
            Some(old) => (Method::Put(&text), format!("{notes}/{}", old.id)),
            None => (Method::Post(&text), notes),
        };
        self.caller.text("the note", method, &path).map(drop)
    }

    fn check_run(&self, _: &str, _: &CheckRun) -> Result<(), Error> {
        Err(Error::Usage("GitLab has no check runs: `check --report gitlab=FILE` shows findings in its merge requests".into()))
    }
}
