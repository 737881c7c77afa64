//! Which pull request and which commit a run of GitHub Actions is about, as its event says.

use serde_json::Value;

use crate::forge::{Asked, Environment, is_commit};
use crate::revision::base::payload;

/// What an event says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The pull request.
    pub number: Option<u64>,
    /// The commit at its tip, when the run began.
    pub tip: Option<String>,
    /// The commit that `check` judges: a test merge, a merge queue's entry, a pushed commit.
    pub commit: Option<String>,
    /// What that commit was made on top of, where GitHub made it for good.
    pub before: Option<String>,
    /// When it was made, of a merge queue's entry.
    pub made_at: Option<String>,
    /// Whether pull requests have to be found by the commits.
    pub pushed: bool,
    /// The branch that was pushed to.
    pub branch: Option<String>,
}

impl Event {
    /// The event of this environment; what was asked for by hand counts more.
    #[must_use]
    pub fn of_environment(env: Environment<'_>, asked: &Asked) -> Self {
        let payload = env("GITHUB_EVENT_PATH").and_then(|path| payload(&path)).unwrap_or(Value::Null);
        let mut event = Self::of(&env("GITHUB_EVENT_NAME").unwrap_or_default(), &payload, env);
        if let Some(number) = asked.number {
            // what the event says may be about another one
            if event.number != Some(number) {
                event = Self { number: Some(number), commit: event.commit, ..Self::default() };
            }
        }
        if let Some(commit) = &asked.commit {
            if event.commit.as_ref() != Some(commit) {
                (event.before, event.made_at) = (None, None);
            }
            event.commit = Some(commit.clone());
        }
        event
    }

    fn of(name: &str, payload: &Value, env: Environment<'_>) -> Self {
        let text = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        let commit = |pointer: &str| text(pointer).filter(|id| is_commit(id));
        let sha = env("GITHUB_SHA").filter(|id| is_commit(id));
        match name {
            "pull_request" | "pull_request_review" | "pull_request_review_comment" | "pull_request_target" => {
                let tip = commit("/pull_request/head/sha");
                // the payload can be empty for forks: the reference's name says the same then
                let number = payload.pointer("/pull_request/number").and_then(Value::as_u64);
                let number = number.or_else(|| env("GITHUB_REF")?.strip_prefix("refs/pull/")?.split('/').next()?.parse().ok());
                // `pull_request_target` checks out the target, which is not what is judged
                let judged = if name == "pull_request_target" { tip.clone() } else { sha };
                Self { number, tip, commit: judged, ..Self::default() }
            }
            "merge_group" => Self {
                number: text("/merge_group/head_ref").as_deref().and_then(queued),
                commit: commit("/merge_group/head_sha").or(sha),
                before: commit("/merge_group/base_sha"),
                made_at: text("/merge_group/head_commit/timestamp").or_else(|| Some(String::new())),
                ..Self::default()
            },
            "push" => Self {
                commit: commit("/after").or(sha),
                before: commit("/before").filter(|id| id.bytes().any(|digit| digit != b'0')),
                pushed: true,
                branch: text("/ref").or_else(|| env("GITHUB_REF")).and_then(|name| Some(name.strip_prefix("refs/heads/")?.to_owned())),
                ..Self::default()
            },
            _ => Self { commit: sha, ..Self::default() },
        }
    }
}

/// The pull request of a merge queue's entry: `refs/heads/gh-readonly-queue/main/pr-12-<commit>`.
fn queued(name: &str) -> Option<u64> {
    let (_, last) = name.strip_prefix("refs/heads/").unwrap_or(name).strip_prefix("gh-readonly-queue/")?.rsplit_once('/')?;
    let (number, commit) = last.strip_prefix("pr-")?.split_once('-')?;
    is_commit(commit).then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sha(digit: char) -> String {
        digit.to_string().repeat(40)
    }

    fn of(name: &str, payload: &Value, pairs: &[(&str, &str)]) -> Event {
        let env = |asked: &str| pairs.iter().find(|(key, _)| *key == asked).map(|(_, value)| (*value).to_owned());
        Event::of(name, payload, &env)
    }

    #[test]
    fn a_pull_request_is_judged_at_its_test_merge() {
        let payload = json!({"pull_request": {"number": 7, "head": {"sha": sha('a')}}});
        for name in ["pull_request", "pull_request_review"] {
            let event = of(name, &payload, &[("GITHUB_SHA", &sha('b'))]);
            assert_eq!(event, Event { number: Some(7), tip: Some(sha('a')), commit: Some(sha('b')), ..Event::default() });
        }
        let event = of("pull_request_target", &payload, &[("GITHUB_SHA", &sha('b'))]);
        assert_eq!(event.commit, Some(sha('a')));
    }

    #[test]
    fn an_empty_payload_still_names_the_pull_request() {
        let event = of("pull_request", &Value::Null, &[("GITHUB_SHA", &sha('b')), ("GITHUB_REF", "refs/pull/12/merge")]);
        assert_eq!((event.number, event.tip), (Some(12), None));
    }

    #[test]
    fn a_queue_names_its_pull_request_in_the_branch() {
        let group = json!({"merge_group": {"head_ref": format!("refs/heads/gh-readonly-queue/release/2.x/pr-12-{}", sha('c')), "head_sha": sha('d'),
            "base_sha": sha('c'), "head_commit": {"timestamp": "2026-11-20T10:00:00Z"}}});
        let event = of("merge_group", &group, &[]);
        assert_eq!((event.number, event.commit, event.before), (Some(12), Some(sha('d')), Some(sha('c'))));
        for wrong in ["refs/heads/main", "gh-readonly-queue/main/pr-x-1", "gh-readonly-queue/main/pr-1-main"] {
            assert_eq!(queued(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_asked_for_by_hand_counts_more_than_the_event() {
        let env = |name: &str| match name {
            "GITHUB_EVENT_NAME" => Some("push".to_owned()),
            "GITHUB_SHA" => Some(sha('a')),
            _ => None,
        };
        let asked = Asked { number: Some(3), commit: Some(sha('e')) };
        let event = Event::of_environment(&env, &asked);
        assert_eq!((event.number, event.commit, event.before, event.pushed), (Some(3), Some(sha('e')), None, false));
    }
}
