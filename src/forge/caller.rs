//! One request to a forge at a time: with a time-out, a few more tries, patience for its limits, and all pages of a list.

use std::cell::Cell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use octocrab::Octocrab;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Error;
use crate::report::{escape, summary};

/// How long a forge is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often a request is tried.
    pub tries: u32,
    /// The wait before the second try; it doubles.
    pub first: Duration,
    /// What all waits of a run may take together.
    pub most: Duration,
    /// What one request may take.
    pub timeout: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { tries: 4, first: Duration::from_millis(500), most: Duration::from_secs(120), timeout: Duration::from_secs(30) }
    }
}

/// Entries that a list is asked for at a time; both forges give no more.
const PAGE: usize = 100;
/// Pages of a list that are read: ten thousand comments.
const PAGES: usize = 100;
/// The longest answer, in bytes, where its length is told beforehand.
const LONGEST: u64 = 64 * 1024 * 1024;

/// How a token is shown to the forge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenHeader {
    /// `Authorization: Bearer`.
    Bearer,
    /// `PRIVATE-TOKEN`.
    Private,
}

/// A connection to one forge.
pub struct Caller {
    client: Octocrab,
    runtime: tokio::runtime::Runtime,
    /// `https://HOST`.
    server: String,
    /// The path of the API below the server's address: `/api/v4`.
    prefix: String,
    patience: Patience,
    /// What is left for waits.
    left: Cell<Duration>,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller").field("server", &self.server).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// What a request does.
#[derive(Clone, Copy, Debug)]
pub enum Method<'a> {
    /// Reads.
    Get,
    /// Makes something new. It is tried once: a second try could make it twice.
    Post(&'a Value),
    /// Asks a question that has a body (GraphQL).
    Ask(&'a Value),
    /// Changes what is there.
    Patch(&'a Value),
    /// Replaces what is there.
    Put(&'a Value),
}

struct Answer {
    status: u16,
    /// Whether a list has further pages.
    more: bool,
    /// How long the forge asks to wait, when it is tired of us.
    wait: Option<Duration>,
    /// The rights that it wants to see, as GitHub tells them: `checks=write`.
    wants: Option<String>,
    body: String,
}

impl Caller {
    /// A connection to the API at this address, with a token of visible ASCII characters.
    ///
    /// # Errors
    /// The address is none, or would carry the token in the clear.
    pub fn new(api: &str, token: &str, header: TokenHeader, patience: Patience) -> Result<Self, Error> {
        let wrong = |why: &str| Error::Usage(format!("`{}` is no address of a forge's API: {why}", escape::line(api)));
        let (scheme, rest) = api.trim_end_matches('/').split_once("://").ok_or_else(|| wrong("write https://HOST/PATH"))?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        if scheme != "https" && !(scheme == "http" && matches!(host, "localhost" | "127.0.0.1" | "[::1]")) {
            return Err(wrong("over anything but https the token could be read on the way"));
        }
        if authority.is_empty() || authority.contains('@') {
            return Err(wrong("it needs a host, and no user"));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| wrong(&error.to_string()))?;
        let builder = Octocrab::builder().base_uri(format!("{scheme}://{authority}")).map_err(|_| wrong("it is malformed"))?;
        let builder = match header {
            TokenHeader::Bearer => builder.personal_token(token.to_owned()),
            TokenHeader::Private => {
                let name = "private-token".parse().map_err(|_| wrong("no header of this name can be sent"))?;
                builder.add_header(name, token.to_owned())
            }
        };
        let client = {
            // its queue lives on the runtime
            let _inside = runtime.enter();
            builder.build().map_err(|error| wrong(&last_cause(&error)))?
        };
        let prefix = if path.is_empty() { String::new() } else { format!("/{path}") };
        Ok(Self { client, runtime, server: format!("{scheme}://{authority}"), prefix, patience, left: Cell::new(patience.most) })
    }

    /// One request with a JSON answer. `what` names it in errors: `the reviews`.
    ///
    /// # Errors
    /// A refusal, no answer, or one that is no such JSON.
    pub fn call<T: DeserializeOwned>(&self, what: &str, method: Method<'_>, path: &str) -> Result<T, Error> {
        parsed(what, &self.text(what, method, path)?)
    }

    /// One request with an answer that is any text.
    ///
    /// # Errors
    /// A refusal, or no answer.
    pub fn text(&self, what: &str, method: Method<'_>, path: &str) -> Result<String, Error> {
        Ok(self.answered(what, method, &format!("{}{path}", self.prefix))?.body)
    }

    /// A question in GraphQL, which stands beside the API's version: `/api/graphql`.
    ///
    /// # Errors
    /// As for one request; and what the forge says is wrong with the question.
    pub fn graphql<T: DeserializeOwned>(&self, what: &str, question: &Value) -> Result<T, Error> {
        let above = self.prefix.rsplit_once('/').map_or("", |(above, _)| above);
        let mut answer: Value = parsed(what, &self.answered(what, Method::Ask(question), &format!("{above}/graphql"))?.body)?;
        if let Some(wrong) = answer.pointer("/errors/0/message").and_then(Value::as_str) {
            return Err(Error::Strange { what: what.into(), why: escape::line(&summary::cut(wrong, 300)) });
        }
        let data = answer.get_mut("data").map(Value::take).unwrap_or_default();
        serde_json::from_value(data).map_err(|error| Error::Strange { what: what.into(), why: escape::line(&error.to_string()) })
    }

    /// All entries of a list. `path` has no query yet, or one that goes on.
    ///
    /// # Errors
    /// As for one request; and the list is longer than what is read.
    pub fn list<T: DeserializeOwned>(&self, what: &str, path: &str) -> Result<Vec<T>, Error> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut all = Vec::new();
        for page in 1..=PAGES {
            let answer = self.answered(what, Method::Get, &format!("{}{path}{joint}per_page={PAGE}&page={page}", self.prefix))?;
            let entries: Vec<T> = parsed(what, &answer.body)?;
            let last = !answer.more || entries.is_empty();
            all.extend(entries);
            if last {
                return Ok(all);
            }
        }
        Err(Error::Strange { what: what.into(), why: format!("the list has more than {} entries", PAGES * PAGE) })
    }

    /// A request until it is answered with a success, a refusal, or nobody has patience any more.
    fn answered(&self, what: &str, method: Method<'_>, uri: &str) -> Result<Answer, Error> {
        let what = &format!("{what} at {}{}", self.server, uri.split('?').next().unwrap_or_default());
        let mut pause = self.patience.first;
        let mut tries = 0;
        loop {
            tries += 1;
            let once = matches!(method, Method::Post(_)) || tries >= self.patience.tries;
            let (why, wait) = match self.runtime.block_on(self.once(method, uri)) {
                Ok(answer) if (200..300).contains(&answer.status) => return Ok(answer),
                // a limit is told before anything is done, so waiting makes nothing twice
                Ok(Answer { wait: Some(wait), .. }) => {
                    if tries >= self.patience.tries || !self.wait(wait) {
                        return Err(Error::Limited { what: what.into(), seconds: wait.as_secs() });
                    }
                    continue;
                }
                Ok(answer) if answer.status >= 500 => (format!("status {}", answer.status), pause),
                Ok(answer) => return Err(refused(what, &answer)),
                Err(why) => (why, pause),
            };
            if once || !self.wait(wait) {
                return Err(Error::Unreachable { what: what.into(), tries, why });
            }
            pause *= 2;
        }
    }

    /// Sleeps, unless that is more than what is left.
    fn wait(&self, time: Duration) -> bool {
        let Some(left) = self.left.get().checked_sub(time) else { return false };
        self.left.set(left);
        std::thread::sleep(time);
        true
    }

    async fn once(&self, method: Method<'_>, uri: &str) -> Result<Answer, String> {
        let exchange = async {
            let response = match method {
                Method::Get => self.client._get(uri).await,
                Method::Post(body) | Method::Ask(body) => self.client._post(uri, Some(body)).await,
                Method::Patch(body) => self.client._patch(uri, Some(body)).await,
                Method::Put(body) => self.client._put(uri, Some(body)).await,
            };
            let response = response.map_err(|error| last_cause(&error))?;
            let status = response.status().as_u16();
            let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
            let more = header("link").is_some_and(|link| link.contains("rel=\"next\""))
                || header("x-next-page").is_some_and(|page| !page.is_empty());
            let length = header("content-length").and_then(|length| length.parse::<u64>().ok());
            if length.is_some_and(|length| length > LONGEST) {
                return Err(format!("an answer of more than {LONGEST} bytes"));
            }
            let (after, remaining, reset) = (header("retry-after"), header("x-ratelimit-remaining"), header("x-ratelimit-reset"));
            let wants = header("x-accepted-github-permissions").filter(|wants| !wants.is_empty());
            let body = self.client.body_to_string(response).await.map_err(|error| last_cause(&error))?;
            let wait = limited(status, after.as_deref(), remaining.as_deref(), reset.as_deref(), &body);
            Ok(Answer { status, more, wait, wants, body })
        };
        let timeout = self.patience.timeout;
        tokio::time::timeout(timeout, exchange).await.unwrap_or_else(|_| Err(format!("nothing for {} s", timeout.as_secs())))
    }
}

/// How long the forge asks to wait. GitHub answers 403 or 429, with `retry-after`, or with the second at which its hour is over, or
/// with words only, and then wants a minute; GitLab answers 429.
fn limited(status: u16, after: Option<&str>, remaining: Option<&str>, reset: Option<&str>, body: &str) -> Option<Duration> {
    if !matches!(status, 403 | 429) {
        return None;
    }
    if let Some(seconds) = after.and_then(|after| after.trim().parse().ok()) {
        return Some(Duration::from_secs(seconds));
    }
    if remaining == Some("0")
        && let Some(reset) = reset.and_then(|reset| reset.trim().parse().ok())
    {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        return Some(Duration::from_secs(reset).saturating_sub(now) + Duration::from_secs(1));
    }
    (status == 429 || body.contains("secondary rate limit")).then_some(Duration::from_secs(60))
}

fn refused(what: &str, answer: &Answer) -> Error {
    let wants = answer.wants.as_ref().map(|wants| format!("; it asks for {}", escape::line(&summary::cut(wants, 200)))).unwrap_or_default();
    let step = match answer.status {
        300..=399 => "its address has moved: give the API's own address",
        401 => "the token is not valid here, or has expired",
        403 => "the token may not do that (on a pull request from a fork it may only read)",
        404 => "it does not exist, or the token may not see it",
        422 => "the request was not accepted as it is",
        _ => "look at the forge's documentation of this status",
    };
    Error::Refused { what: what.into(), status: answer.status, said: said(&answer.body), step: format!("{step}{wants}") }
}

/// A forge's own words about a refusal, made harmless.
fn said(body: &str) -> String {
    let words = serde_json::from_str::<Value>(body).ok().and_then(|json| {
        let text =
            ["/message", "/error_description", "/error"].iter().find_map(|at| json.pointer(at).filter(|said| !said.is_null()))?.clone();
        Some(text.as_str().map_or_else(|| text.to_string(), str::to_owned))
    });
    words.filter(|words| !words.is_empty()).map_or_else(String::new, |words| format!(": {}", escape::line(&summary::cut(&words, 300))))
}

fn parsed<T: DeserializeOwned>(what: &str, body: &str) -> Result<T, Error> {
    serde_json::from_str(body).map_err(|error| Error::Strange { what: what.into(), why: escape::line(&error.to_string()) })
}

/// The innermost of an error's causes: the outer ones say no more than that something failed.
fn last_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    escape::line(&summary::cut(&cause.to_string(), 300))
}

/// A part of a path, with everything but letters, digits and `-._~` as `%XX`.
#[must_use]
pub fn encoded(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for byte in part.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => {
                use std::fmt::Write as _;
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
