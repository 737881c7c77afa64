//! A GitHub and a GitLab of one repository on a local port: they keep comments and check runs, and fail when they are told to.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test that cannot set up its case must stop")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

/// What a run finds and leaves there.
#[derive(Default)]
pub struct State {
    /// Answers to `GET`, by path; lists are cut into pages of a hundred.
    pub answers: Vec<(String, Value)>,
    /// Comments or notes of the change.
    pub comments: Vec<Value>,
    /// Bodies of the requests that made or changed check runs.
    pub checks: Vec<Value>,
    /// Answers that come first, whatever is asked, to paths that contain the text.
    pub faults: VecDeque<(String, ResponseTemplate)>,
    /// Writes that are done and then answered by this.
    pub lost: VecDeque<ResponseTemplate>,
}

/// A forge on a local port.
pub struct FakeForge {
    runtime: tokio::runtime::Runtime,
    server: MockServer,
    state: Arc<Mutex<State>>,
}

impl FakeForge {
    /// One that knows these paths.
    pub fn new(answers: &[(&str, Value)]) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let server = runtime.block_on(MockServer::start());
        let state =
            State { answers: answers.iter().map(|(path, value)| ((*path).to_owned(), value.clone())).collect(), ..State::default() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let respond = move |request: &Request| answer(&mut shared.lock().unwrap(), request);
        runtime.block_on(Mock::given(any()).respond_with(respond).mount(&server));
        Self { runtime, server, state }
    }

    /// Its address.
    pub fn uri(&self) -> String {
        self.server.uri()
    }

    /// What it holds.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Answers this to a path, or to a path with `?ref=COMMIT`, from now on.
    pub fn knows(&self, path: &str, answer: Value) -> &Self {
        self.state().answers.insert(0, (path.to_owned(), answer));
        self
    }

    /// Answers this instead, as often as it is given, to requests whose path contains a text.
    pub fn fails(&self, path: &str, with: ResponseTemplate) -> &Self {
        self.state().faults.push_back((path.to_owned(), with));
        self
    }

    /// `GET /path`, `POST /path` ... of all requests so far.
    pub fn asked(&self) -> Vec<String> {
        let requests = self.runtime.block_on(self.server.received_requests()).unwrap();
        requests.iter().map(|request| format!("{} {}", request.method, request.url.path())).collect()
    }

    /// The values of a header in all requests so far.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let requests = self.runtime.block_on(self.server.received_requests()).unwrap();
        requests.iter().map(|request| request.headers.get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())).collect()
    }
}

fn answer(state: &mut State, request: &Request) -> ResponseTemplate {
    let path = request.url.path().to_owned();
    if let Some(at) = state.faults.iter().position(|(part, _)| path.contains(part.as_str())) {
        return state.faults.remove(at).unwrap().1;
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let is_comments = path.ends_with("/comments") || path.ends_with("/notes");
    let one = path.rsplit_once('/').and_then(|(above, id)| Some((above.to_owned(), id.parse::<u64>().ok()?)));
    let done = match (request.method.as_str(), one) {
        ("GET", _) if is_comments => return paged(&Value::Array(state.comments.clone()), request),
        ("POST", _) if is_comments => {
            let id = 100 + state.comments.len();
            let comment = json!({"id": id, "body": body["body"], "system": false, "created_at": "2026-11-20T10:00:00Z",
                "user": {"login": "github-actions[bot]", "type": "Bot"}, "author": {"id": 9, "username": "privgate-bot"}});
            state.comments.push(comment.clone());
            ResponseTemplate::new(201).set_body_json(comment)
        }
        ("PATCH" | "PUT", Some((above, id))) if above.ends_with("/comments") || above.ends_with("/notes") => {
            let comment = state.comments.iter_mut().find(|comment| comment["id"] == id).expect("only what is there is changed");
            comment["body"] = body["body"].clone();
            ResponseTemplate::new(200).set_body_json(&*comment)
        }
        ("POST", _) if path.ends_with("/check-runs") => {
            state.checks.push(body);
            ResponseTemplate::new(201).set_body_json(json!({"id": 55}))
        }
        ("PATCH", Some((above, 55))) if above.ends_with("/check-runs") => {
            state.checks.push(body);
            ResponseTemplate::new(200).set_body_json(json!({"id": 55}))
        }
        _ => {
            // what stands at one commit may be another thing at the next
            let at = request.url.query_pairs().find(|(key, _)| key == "ref").map(|(_, commit)| format!("{path}?ref={commit}"));
            let exact = state.answers.iter().find(|(known, _)| Some(known) == at.as_ref());
            let known = exact.or_else(|| state.answers.iter().find(|(known, _)| *known == path));
            return match known {
                Some((_, Value::String(text))) => ResponseTemplate::new(200).set_body_string(text.clone()),
                Some((_, value)) => paged(value, request),
                None => ResponseTemplate::new(404).set_body_json(json!({"message": "Not Found"})),
            };
        }
    };
    state.lost.pop_front().unwrap_or(done)
}

/// A list page by page, with the header that says whether there are more.
fn paged(value: &Value, request: &Request) -> ResponseTemplate {
    let Value::Array(entries) = value else { return ResponseTemplate::new(200).set_body_json(value) };
    let query = |name: &str| request.url.query_pairs().find(|(key, _)| key == name).and_then(|(_, value)| value.parse::<usize>().ok());
    let (size, page) = (query("per_page").unwrap_or(30).min(100), query("page").unwrap_or(1));
    let shown: Vec<&Value> = entries.iter().skip((page - 1) * size).take(size).collect();
    let response = ResponseTemplate::new(200).set_body_json(shown);
    if page * size < entries.len() { response.insert_header("link", "<https://elsewhere.invalid/?page=2>; rel=\"next\"") } else { response }
}

/// A commit id of one digit.
pub fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

/// The answers of a GitHub on which `@bob` opened pull request 7 and `@ann` of `@acme/privacy` approved its tip.
pub fn github(tip: &str, reviews: &Value) -> Vec<(&'static str, Value)> {
    let pull = json!({"number": 7, "user": {"login": "bob"}, "commits": 1, "merged_at": null, "merge_commit_sha": null,
        "head": {"sha": tip, "ref": "change"}, "base": {"sha": sha('0'), "ref": "main"}});
    vec![
        ("/repos/acme/app/pulls/7", pull),
        ("/repos/acme/app/pulls/7/reviews", reviews.clone()),
        ("/repos/acme/app/pulls/7/commits", json!([{"sha": tip, "author": {"login": "bob"}, "committer": {"login": "web-flow"}}])),
        // waivers: {owners: ["@acme/privacy"]}
        (
            "/repos/acme/app/contents/privgate.yaml",
            json!({"encoding": "base64", "content": "d2FpdmVyczoge293bmVyczog\nWyJAYWNtZS9wcml2YWN5Il19Cg==\n"}),
        ),
        ("/orgs/acme/teams/privacy/memberships/ann", json!({"state": "active", "role": "member"})),
    ]
}

/// A file as GitHub's contents tell it.
pub fn content(text: &str) -> Value {
    use base64::Engine as _;
    json!({"encoding": "base64", "content": base64::engine::general_purpose::STANDARD.encode(text)})
}

/// A review.
pub fn review(user: &str, state: &str, commit: &str) -> Value {
    json!({"id": 1, "user": {"login": user, "type": "User"}, "state": state, "commit_id": commit, "submitted_at": "2026-11-20T10:00:00Z"})
}
