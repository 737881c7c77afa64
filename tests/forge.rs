//! GitHub and GitLab as the program meets them: who approved, one comment, a check run; and what happens when they refuse, stall or fail.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail loudly"
)]
#![cfg(feature = "forge")]

#[path = "support/forge.rs"]
mod forge;
#[path = "forge/landed.rs"]
mod landed;
#[cfg(feature = "validators")]
#[path = "support/prism.rs"]
mod prism;
mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use forge::{FakeForge, content, github, review, sha};
use serde_json::{Value, json};
use support::{DATE, Ran, Repo, run_with};
use wiremock::ResponseTemplate;

const TOKEN: &str = "ghs_0123456789abcdefTOKEN";
const SAFE: &str = "services:\n  api:\n    image: vllm/vllm-openai:v0.10.0\n    environment:\n      VLLM_NO_USAGE_STATS: \"1\"\n";
const WAIVER: &str = "waivers:\n  - policy: telemetry/vllm-usage-stats\n    file: compose.yaml\n    scope: service api\n    setting: VLLM_NO_USAGE_STATS\n    from: \"1\"\n    to: \"0\"\n    reason: figures\n    owner: \"@acme/privacy\"\n    expires: 2026-12-04\n";

fn weak() -> String {
    SAFE.replace("\"1\"", "\"0\"")
}

/// A run in GitHub Actions for an event.
fn on_github(forge: &FakeForge, folder: &Path, arguments: &[&str], event: &str, payload: &Value, commit: &str) -> Ran {
    let event_file = folder.join("event.json");
    std::fs::write(&event_file, payload.to_string()).unwrap();
    let (uri, event_file, summary) = (forge.uri(), event_file.display().to_string(), folder.join("summary.md").display().to_string());
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "acme/app"),
        ("GITHUB_API_URL", uri.as_str()),
        ("GITHUB_EVENT_NAME", event),
        ("GITHUB_EVENT_PATH", event_file.as_str()),
        ("GITHUB_SHA", commit),
        ("GITHUB_STEP_SUMMARY", summary.as_str()),
        ("GITHUB_TOKEN", TOKEN),
    ];
    let ran = run_with(folder, arguments, &variables);
    assert!(!ran.out.contains(TOKEN) && !ran.err.contains(TOKEN), "the token is never printed: {ran:#?}");
    ran
}

fn pull(tip: &str) -> Value {
    json!({"pull_request": {"number": 7, "head": {"sha": tip}}})
}

fn approvals_in(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("approvals.json")).unwrap()).unwrap()
}

const ASK: [&str; 3] = ["approvals", "--out", "approvals.json"];

/// A report of one finding, and one of none.
fn reports(folder: &Path) {
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", &weak())]);
    let found = repo.check(&["--format", "json"]).exits(1);
    std::fs::write(folder.join("found.json"), found.out).unwrap();
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", &format!("{SAFE}# a remark\n"))]);
    let quiet = repo.check(&["--format", "json"]).exits(0);
    std::fs::write(folder.join("quiet.json"), quiet.out).unwrap();
}

fn comment(forge: &FakeForge, folder: &Path, report: &str) -> Ran {
    on_github(forge, folder, &["comment", report], "pull_request", &pull(&sha('a')), &sha('b'))
}

#[test]
fn an_owner_who_approves_the_pull_request_settles_its_waiver() {
    let repo = Repo::new();
    repo.files(&[("compose.yaml", SAFE), ("privgate.yaml", "waivers: {owners: [\"@acme/privacy\"]}\n")]).commit("base");
    repo.git(&["checkout", "-q", "-b", "change"]);
    let tip = repo.files(&[("compose.yaml", &weak()), ("privgate-waivers.yaml", WAIVER)]).commit("weaker");
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--no-ff", "-m", "test merge", "change"]);
    let merge = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let forge = FakeForge::new(&github(&tip, &json!([review("ann", "APPROVED", &tip)])));
    let here = tempfile::tempdir().unwrap();
    for event in ["pull_request", "pull_request_review"] {
        on_github(&forge, here.path(), &ASK, event, &pull(&tip), &merge).exits(0).tells("1 approval by @ann");
        let file = here.path().join("approvals.json").display().to_string();
        let check = ["check", "--base", "HEAD^1", "--head", "HEAD", "--date", DATE, "--approvals", &file];
        repo.run(&check).exits(0);
    }
    repo.run(&["check", "--base", "HEAD^1", "--head", "HEAD", "--date", DATE]).exits(1);
    let known = approvals_in(here.path());
    assert_eq!(known["commit"], merge);
    assert_eq!(known["authors"], json!(["@bob"]));
    assert_eq!(known["approvals"], json!([{"user": "@ann", "teams": ["@acme/privacy"], "commit": tip, "at": "2026-11-20T10:00:00Z"}]));
    assert!(forge.headers("authorization").iter().all(|value| value == &format!("Bearer {TOKEN}")));
}

#[test]
fn an_approval_of_an_older_commit_does_not_count() {
    let (tip, old) = (sha('a'), sha('9'));
    let reviews = json!([review("ann", "APPROVED", &old), review("eve", "APPROVED", &tip), review("eve", "DISMISSED", &tip)]);
    let forge = FakeForge::new(&github(&tip, &reviews));
    let here = tempfile::tempdir().unwrap();
    let ran = on_github(&forge, here.path(), &ASK, "pull_request", &pull(&tip), &sha('b')).exits(0);
    ran.tells("@ann approved 9999999999, not aaaaaaaaaa").tells("0 approvals");
    assert_eq!(approvals_in(here.path())["approvals"], json!([]));
}

#[test]
fn nobody_approves_what_somebody_unknown_wrote() {
    let tip = sha('a');
    let forge = FakeForge::new(&github(&tip, &json!([review("ann", "APPROVED", &tip)])));
    forge.state().answers[2].1 = json!([{"sha": tip, "author": null, "committer": null}]);
    let here = tempfile::tempdir().unwrap();
    on_github(&forge, here.path(), &ASK, "pull_request", &pull(&tip), &sha('b')).exits(0).tells("belongs to no account");
    assert_eq!(approvals_in(here.path())["approvals"], json!([]));
}

#[test]
fn more_commits_than_github_lists_are_no_answer() {
    let tip = sha('a');
    let forge = FakeForge::new(&github(&tip, &json!([review("ann", "APPROVED", &tip)])));
    forge.state().answers[0].1["commits"] = json!(251);
    let here = tempfile::tempdir().unwrap();
    on_github(&forge, here.path(), &ASK, "pull_request", &pull(&tip), &sha('b')).exits(3).tells("250");
    assert!(!here.path().join("approvals.json").exists());
}

#[test]
fn a_team_that_the_token_may_not_see_is_told_and_not_guessed() {
    let tip = sha('a');
    let forge = FakeForge::new(&github(&tip, &json!([review("ann", "APPROVED", &tip)])));
    forge.fails("/memberships/", ResponseTemplate::new(403).set_body_json(json!({"message": "Resource not accessible by integration"})));
    let here = tempfile::tempdir().unwrap();
    let ran = on_github(&forge, here.path(), &ASK, "pull_request", &pull(&tip), &sha('b')).exits(0);
    ran.tells("Resource not accessible by integration").tells("nobody knows whether @ann is in @acme/privacy");
    assert_eq!(approvals_in(here.path())["approvals"][0]["teams"], json!([]));
}

#[test]
fn no_answer_leaves_no_file_behind() {
    let here = tempfile::tempdir().unwrap();
    let forge = FakeForge::new(&[]);
    std::fs::write(here.path().join("approvals.json"), "an older answer").unwrap();
    on_github(&forge, here.path(), &ASK, "pull_request", &pull(&sha('a')), &sha('b')).exits(3).tells("404");
    assert!(!here.path().join("approvals.json").exists());
    let ran = run_with(here.path(), &ASK, &[("GITHUB_REPOSITORY", "acme/app"), ("GITHUB_SHA", &sha('b'))]).exits(3);
    ran.tells("set PRIVGATE_TOKEN or GITHUB_TOKEN or GH_TOKEN");
    run_with(here.path(), &ASK, &[]).exits(2).tells("GITHUB_REPOSITORY");
}

#[test]
fn a_token_goes_over_https_only() {
    let here = tempfile::tempdir().unwrap();
    let variables = [
        ("GITHUB_REPOSITORY", "acme/app"),
        ("GITHUB_API_URL", "http://ghe.example.org/api/v3"),
        ("GITHUB_TOKEN", TOKEN),
        ("GITHUB_SHA", &sha('b')),
    ];
    run_with(here.path(), &ASK, &variables).exits(2).tells("https");
}

#[test]
fn github_enterprise_is_asked_below_its_own_path() {
    let here = tempfile::tempdir().unwrap();
    reports(here.path());
    let tip = sha('a');
    let answers: Vec<(String, Value)> = github(&tip, &json!([review("ann", "APPROVED", &tip)]))
        .into_iter()
        .map(|(path, answer)| (format!("/api/v3{path}"), answer))
        .collect();
    let forge = FakeForge::new(&answers.iter().map(|(path, answer)| (path.as_str(), answer.clone())).collect::<Vec<_>>());
    let api = format!("{}/api/v3", forge.uri());
    std::fs::write(here.path().join("event.json"), pull(&tip).to_string()).unwrap();
    let event = here.path().join("event.json").display().to_string();
    let variables = [
        ("GITHUB_REPOSITORY", "acme/app"),
        ("GITHUB_API_URL", api.as_str()),
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_EVENT_PATH", event.as_str()),
        ("GITHUB_SHA", &sha('b')),
        ("GH_TOKEN", TOKEN),
    ];
    run_with(here.path(), &ASK, &variables).exits(0).tells("1 approval by @ann");
    run_with(here.path(), &["comment", "found.json"], &variables).exits(0).tells("written");
    run_with(here.path(), &["check-run", "found.json"], &variables).exits(0).tells("complete");
    assert!(forge.asked().iter().all(|asked| asked.contains(" /api/v3/")), "{:?}", forge.asked());
}

#[test]
fn a_schedule_belongs_to_no_change() {
    let here = tempfile::tempdir().unwrap();
    let forge = FakeForge::new(&[]);
    on_github(&forge, here.path(), &ASK, "schedule", &json!({}), &sha('b')).exits(0).tells("belongs to no change");
    assert_eq!(approvals_in(here.path()), json!({"commit": sha('b'), "authors": [], "approvals": []}));
}

#[test]
fn one_comment_is_kept_from_the_first_finding_to_the_check_mark() {
    let here = tempfile::tempdir().unwrap();
    reports(here.path());
    let forge = FakeForge::new(&github(&sha('a'), &json!([])));
    comment(&forge, here.path(), "quiet.json").exits(0).tells("no comment");
    assert_eq!(forge.state().comments.len(), 0);
    comment(&forge, here.path(), "found.json").exits(0).tells("written");
    comment(&forge, here.path(), "found.json").exits(0).tells("already says so");
    let text = forge.state().comments[0]["body"].as_str().unwrap().to_owned();
    assert!(text.starts_with("<!-- privgate:privgate -->\n## ❌") && text.contains("`VLLM_NO_USAGE_STATS`"), "{text}");
    comment(&forge, here.path(), "quiet.json").exits(0).tells("updated");
    let state = forge.state();
    assert_eq!(state.comments.len(), 1);
    assert!(state.comments[0]["body"].as_str().unwrap().contains("## ✅ privgate: No default got weaker"));
}

#[test]
fn a_comment_of_somebody_else_with_the_marker_is_left_alone() {
    let here = tempfile::tempdir().unwrap();
    reports(here.path());
    let forge = FakeForge::new(&github(&sha('a'), &json!([])));
    let strange = json!({"id": 1, "body": "<!-- privgate:privgate -->\nall is well", "user": {"login": "eve", "type": "User"}});
    let many = (2..240).map(|id| json!({"id": id, "body": "a remark", "user": {"login": "eve", "type": "User"}}));
    let others = many.collect::<Vec<_>>();
    forge.state().comments.push(strange.clone());
    forge.state().comments.extend(others);
    comment(&forge, here.path(), "found.json").exits(0).tells("written");
    // it stands on the third page now
    comment(&forge, here.path(), "quiet.json").exits(0).tells("updated");
    let state = forge.state();
    assert_eq!(state.comments[0], strange);
    assert_eq!(state.comments.len(), 240);
}

#[test]
fn a_fork_that_may_not_write_gets_the_summary_and_the_step_stays_green() {
    let here = tempfile::tempdir().unwrap();
    reports(here.path());
    let forge = FakeForge::new(&github(&sha('a'), &json!([])));
    let refusal = || {
        let answer = ResponseTemplate::new(403).set_body_json(json!({"message": "Resource not accessible by integration"}));
        answer.insert_header("x-accepted-github-permissions", "issues=write; pull_requests=write")
    };
    // reading the comments is allowed, writing is not
    forge.state().lost.push_back(refusal());
    let ran = comment(&forge, here.path(), "found.json").exits(0);
    let ran = ran.tells("from a fork it may only read").tells("in the job summary instead");
    // where it was refused, and what for
    ran.tells(&format!("the comment at {}/repos/acme/app/issues/7/comments", forge.uri()))
        .tells("asks for issues=write; pull_requests=write");
    let summary = std::fs::read_to_string(here.path().join("summary.md")).unwrap();
    assert!(summary.contains("## ❌ privgate") && summary.contains("VLLM_NO_USAGE_STATS"), "{summary}");
    forge.state().comments.clear();
    for status in [401, 404] {
        forge.fails("/comments", ResponseTemplate::new(status));
        comment(&forge, here.path(), "found.json").exits(0).tells(&status.to_string());
    }
}

#[test]
fn a_server_that_stumbles_is_asked_again() {
    let here = tempfile::tempdir().unwrap();
    reports(here.path());
    let forge = FakeForge::new(&github(&sha('a'), &json!([])));
    forge.fails("/comments", ResponseTemplate::new(502)).fails("/comments", ResponseTemplate::new(500));
    comment(&forge, here.path(), "found.json").exits(0).tells("written");
    assert_eq!(forge.state().comments.len(), 1);
}

#[test]
fn a_comment_whose_answer_was_lost_is_not_written_twice() {
    let here = tempfile::tempdir().unwrap();
    reports(here.path());
    let forge = FakeForge::new(&github(&sha('a'), &json!([])));
    forge.state().lost.push_back(ResponseTemplate::new(502));
    comment(&forge, here.path(), "found.json").exits(0).tells("written");
    assert_eq!(forge.state().comments.len(), 1);
}

#[test]
fn a_limit_is_waited_for_when_that_is_short() {
    let here = tempfile::tempdir().unwrap();
    reports(here.path());
    let forge = FakeForge::new(&github(&sha('a'), &json!([])));
    forge.fails("/comments", ResponseTemplate::new(403).insert_header("retry-after", "1"));
    let start = Instant::now();
    comment(&forge, here.path(), "found.json").exits(0).tells("written");
    assert!(start.elapsed() >= Duration::from_secs(1));
    forge.fails("/comments", ResponseTemplate::new(429).insert_header("retry-after", "3000"));
    let start = Instant::now();
    comment(&forge, here.path(), "quiet.json").exits(0).tells("asks to wait 3000 s");
    assert!(start.elapsed() < Duration::from_secs(30), "it is not waited for");
}

#[test]
fn three_hundred_findings_are_a_check_run_of_six_batches() {
    let here = tempfile::tempdir().unwrap();
    reports(here.path());
    let mut report: Value = serde_json::from_str(&std::fs::read_to_string(here.path().join("found.json")).unwrap()).unwrap();
    report["findings"] = json!(vec![report["findings"][0].clone(); 300]);
    std::fs::write(here.path().join("many.json"), report.to_string()).unwrap();
    let forge = FakeForge::new(&github(&sha('a'), &json!([])));
    on_github(&forge, here.path(), &["check-run", "many.json"], "pull_request", &pull(&sha('a')), &sha('b')).exits(0).tells("complete");
    let state = forge.state();
    let sizes: Vec<usize> = state.checks.iter().filter_map(|body| Some(body["output"]["annotations"].as_array()?.len())).collect();
    assert_eq!(sizes, [50; 6]);
    let (first, last) = (state.checks.first().unwrap(), state.checks.last().unwrap());
    assert_eq!((&first["head_sha"], &first["status"]), (&json!(sha('a')), &json!("in_progress")));
    assert!(first["output"]["summary"].as_str().unwrap().encode_utf16().count() <= 65_535);
    assert_eq!(last, &json!({"status": "completed", "conclusion": "failure"}));
}

#[test]
fn what_is_no_report_is_wrong_usage() {
    let here = tempfile::tempdir().unwrap();
    let forge = FakeForge::new(&[]);
    comment(&forge, here.path(), "no-such.json").exits(2).tells("--report json=FILE");
    std::fs::write(here.path().join("other.json"), "{\"schema\": \"other/1\"}").unwrap();
    comment(&forge, here.path(), "other.json").exits(2).tells("no report of privgate");
    assert_eq!(forge.asked(), Vec::<String>::new());
}

/// A run in GitLab CI for merge request 7.
fn on_gitlab(forge: &FakeForge, folder: &Path, arguments: &[&str], more: &[(&str, &str)]) -> Ran {
    let api = format!("{}/gitlab/api/v4", forge.uri());
    let mut variables = vec![
        ("GITLAB_CI", "true"),
        ("CI_API_V4_URL", api.as_str()),
        ("CI_PROJECT_ID", "42"),
        ("CI_PROJECT_PATH", "acme/app"),
        ("GITLAB_TOKEN", TOKEN),
    ];
    variables.extend(more);
    let ran = run_with(folder, arguments, &variables);
    assert!(!ran.out.contains(TOKEN) && !ran.err.contains(TOKEN), "the token is never printed: {ran:#?}");
    ran
}

fn gitlab(tip: &str) -> FakeForge {
    let written = json!({"data": {"project": {"mergeRequest": {
        "committers": {"nodes": [{"username": "carl"}], "pageInfo": {"hasNextPage": false}},
        "commits": {"nodes": [{"sha": tip, "author": {"username": "bob"}}], "pageInfo": {"hasNextPage": false, "endCursor": null}}}}}});
    let request = "/gitlab/api/v4/projects/42/merge_requests/7";
    let merge_request = json!({"iid": 7, "sha": tip, "author": {"id": 2, "username": "bob"}, "target_branch": "main", "state": "opened"});
    let versions = json!([{"head_commit_sha": tip, "created_at": "2026-11-20T09:00:00.000Z"}]);
    FakeForge::new(&[
        (request, merge_request),
        (
            &format!("{request}/approvals"),
            json!({"approved_by": [{"user": {"id": 3, "username": "ann"}, "approved_at": "2026-11-20T10:00:00.000Z"}]}),
        ),
        (&format!("{request}/versions"), versions),
        ("/gitlab/api/graphql", written),
        ("/gitlab/api/v4/projects/42/repository/files/.gitlab%2FCODEOWNERS/raw", json!("privgate-waivers.yaml @acme/privacy\n")),
        ("/gitlab/api/v4/users", json!([{"id": 3, "username": "ann"}])),
        ("/gitlab/api/v4/groups/acme%2Fprivacy/members/all/3", json!({"id": 3})),
        ("/gitlab/api/v4/user", json!({"id": 9, "username": "privgate-bot"})),
    ])
}

#[test]
fn gitlab_approvals_are_those_given_to_the_tip() {
    let (tip, merged) = (sha('a'), sha('b'));
    let forge = gitlab(&tip);
    let here = tempfile::tempdir().unwrap();
    let pipeline =
        [("CI_MERGE_REQUEST_IID", "7"), ("CI_COMMIT_SHA", merged.as_str()), ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", tip.as_str())];
    on_gitlab(&forge, here.path(), &ASK, &pipeline).exits(0).tells("1 approval by @ann");
    let known = approvals_in(here.path());
    assert_eq!((&known["commit"], &known["authors"]), (&json!(merged), &json!(["@bob", "@carl"])));
    let approval = json!({"user": "@ann", "teams": ["@acme/privacy"], "commit": tip, "at": "2026-11-20T10:00:00.000Z"});
    assert_eq!(known["approvals"], json!([approval]));
    assert!(forge.headers("private-token").iter().all(|value| value == TOKEN));
    // a commit that came after the approval takes it away
    let later = json!([{"head_commit_sha": tip, "created_at": "2026-11-20T10:30:00.000Z"}, {"head_commit_sha": sha('9'), "created_at": "2026-11-20T09:00:00.000Z"}]);
    forge.state().answers[2].1 = later;
    on_gitlab(&forge, here.path(), &ASK, &pipeline).exits(0).tells("@ann approved 9999999999");
    assert_eq!(approvals_in(here.path())["approvals"], json!([]));
}

#[test]
fn one_note_is_kept_on_a_merge_request() {
    let here = tempfile::tempdir().unwrap();
    reports(here.path());
    let tip = sha('a');
    let forge = gitlab(&tip);
    let pipeline = [("CI_MERGE_REQUEST_IID", "7"), ("CI_COMMIT_SHA", tip.as_str())];
    for (report, said) in [("quiet.json", "no comment"), ("found.json", "written"), ("found.json", "already"), ("quiet.json", "updated")] {
        on_gitlab(&forge, here.path(), &["comment", report], &pipeline).exits(0).tells(said);
    }
    let state = forge.state();
    assert_eq!(state.comments.len(), 1);
    assert!(state.comments[0]["body"].as_str().unwrap().contains("✅"));
    drop(state);
    on_gitlab(&forge, here.path(), &["check-run", "found.json"], &pipeline).exits(2).tells("no check runs");
}

/// Every kind of request that is sent to GitHub, held against its published description.
#[cfg(feature = "validators")]
#[test]
fn every_request_fits_githubs_published_description() {
    let here = tempfile::tempdir().unwrap();
    reports(here.path());
    let mut report: Value = serde_json::from_str(&std::fs::read_to_string(here.path().join("found.json")).unwrap()).unwrap();
    let mut long = report["findings"][0].clone();
    long["end_line"] = json!(9);
    long["message"] = json!("x".repeat(100_000));
    let mut findings = vec![report["findings"][0].clone(); 120];
    findings.push(long);
    report["findings"] = json!(findings);
    std::fs::write(here.path().join("many.json"), report.to_string()).unwrap();

    let (tip, merge, before) = (sha('a'), sha('c'), sha('d'));
    let forge = FakeForge::new(&github(&tip, &json!([review("ann", "APPROVED", &tip)])));
    let mut merged = forge.state().answers[0].1.clone();
    merged["merged_at"] = json!("2026-11-20T11:00:00Z");
    merged["merge_commit_sha"] = json!(merge);
    forge.knows(&format!("/repos/acme/app/commits/{merge}/pulls"), json!([merged]));
    forge.knows(&format!("/repos/acme/app/git/commits/{merge}"), json!({"parents": [{"sha": before}]}));
    for commit in [&tip, &merge] {
        forge.knows(&format!("/repos/acme/app/contents/privgate-waivers.yaml?ref={commit}"), content(WAIVER));
    }
    // no owners in the configuration, so CODEOWNERS is asked for, too
    let silent = json!({"encoding": "base64", "content": ""});
    let prism = prism::Prism::in_front_of(&forge.uri());
    let run = |arguments: &[&str], event: &str, payload: &Value, commit: &str| {
        let event_file = here.path().join("event.json");
        std::fs::write(&event_file, payload.to_string()).unwrap();
        let (uri, event_file) = (prism.uri(), event_file.display().to_string());
        let variables = [
            ("GITHUB_REPOSITORY", "acme/app"),
            ("GITHUB_API_URL", uri.as_str()),
            ("GITHUB_EVENT_NAME", event),
            ("GITHUB_EVENT_PATH", event_file.as_str()),
            ("GITHUB_SHA", commit),
            ("GITHUB_TOKEN", TOKEN),
        ];
        run_with(here.path(), arguments, &variables).exits(0)
    };
    let change = pull(&tip);
    run(&ASK, "pull_request", &change, &sha('b')).tells("1 approval");
    run(&ASK, "push", &json!({"ref": "refs/heads/main", "after": merge, "before": before}), &merge).tells("1 approval");
    forge.knows("/repos/acme/app/contents/privgate.yaml", silent);
    run(&ASK, "pull_request", &change, &sha('b')).tells("1 approval");
    run(&["comment", "many.json"], "pull_request", &change, &sha('b')).tells("written");
    run(&["comment", "quiet.json"], "pull_request", &change, &sha('b')).tells("updated");
    run(&["check-run", "many.json"], "pull_request", &change, &sha('b')).tells("complete");
    let (asked, wrong) = prism.judged();
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(asked, forge.asked().len());
    for kind in
        ["POST /repos/acme/app/check-runs", "PATCH /repos/acme/app/check-runs/55", "PATCH /repos/acme/app/issues/comments/100", "GET /user"]
    {
        assert!(forge.asked().contains(&kind.to_owned()), "{kind} was never sent");
    }
    // Prism does look: the same way, a comment without a body is told
    let wrong = std::process::Command::new("curl")
        .args(["--silent", "--header", "content-type: application/json", "--data", "{}"])
        .arg(format!("{}/repos/acme/app/issues/7/comments", prism.uri()))
        .output()
        .unwrap();
    assert!(wrong.status.success());
    assert_eq!(prism.judged().1.len(), 1, "{:?}", prism.judged());
}
