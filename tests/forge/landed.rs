//! What a push or a merge queue's entry brings in: squashed, rebased, merged, several changes at once; and whose approval settles it.

use super::*;

const OWNERS: &str = "waivers: {owners: [\"@acme/privacy\"]}\n";
const WAIVERS: &str = "/repos/acme/app/contents/privgate-waivers.yaml";

/// A push to `main`: change 7 weakens with a waiver and is squashed, 8 has two commits and is rebased, 9 is merged and touches the same file.
struct Push {
    repo: Repo,
    forge: FakeForge,
    here: tempfile::TempDir,
    before: String,
    tip: String,
    /// The commits that came to `main`, oldest first.
    chain: Vec<String>,
}

impl Push {
    fn new() -> Self {
        let repo = Repo::new();
        let before = repo.files(&[("compose.yaml", SAFE), ("privgate.yaml", OWNERS)]).commit("base");
        repo.git(&["checkout", "-q", "-b", "change"]);
        repo.files(&[("privgate-waivers.yaml", WAIVER)]).commit("a waiver");
        let tip = repo.files(&[("compose.yaml", &weak())]).commit("weaker");
        repo.git(&["checkout", "-q", "main"]);
        repo.git(&["merge", "-q", "--squash", "change"]);
        let squash = repo.commit("squashed (#7)");
        let first = repo.files(&[("a.txt", "a")]).commit("rebased 1");
        let second = repo.files(&[("b.txt", "b")]).commit("rebased 2");
        repo.git(&["checkout", "-q", "-b", "other"]);
        let other = repo.files(&[("compose.yaml", &format!("{}# a remark\n", weak()))]).commit("a remark");
        repo.git(&["checkout", "-q", "main"]);
        repo.git(&["merge", "-q", "--no-ff", "-m", "merged (#9)", "other"]);
        let merge = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
        let chain = vec![squash, first, second, merge];

        let forge = FakeForge::new(&github(&tip, &json!([review("ann", "APPROVED", &tip)])));
        let pull = |number: u64, made: &str, tip: &str| {
            json!({"number": number, "user": {"login": "bob"}, "merged_at": "2026-11-20T11:00:00Z", "merge_commit_sha": made,
                "head": {"sha": tip, "ref": "change"}, "base": {"sha": before, "ref": "main"}})
        };
        let pulls = [pull(7, &chain[0], &tip), pull(8, &chain[2], &chain[2]), pull(8, &chain[2], &chain[2]), pull(9, &chain[3], &other)];
        let mut parent = before.clone();
        for (commit, pull) in chain.iter().zip(pulls) {
            forge.knows(&format!("/repos/acme/app/commits/{commit}/pulls"), json!([pull]));
            forge.knows(&format!("/repos/acme/app/git/commits/{commit}"), json!({"parents": [{"sha": parent}, {"sha": other}]}));
            let number = pull["number"].to_string();
            if number != "7" {
                forge.knows(&format!("/repos/acme/app/pulls/{number}/reviews"), json!([]));
            }
            forge.knows(&format!("/repos/acme/app/pulls/{number}"), pull);
            parent.clone_from(commit);
        }
        for commit in [&tip, &chain[0], &chain[3]] {
            forge.knows(&format!("{WAIVERS}?ref={commit}"), content(WAIVER));
        }
        Self { repo, forge, here: tempfile::tempdir().unwrap(), before, tip, chain }
    }

    fn ask(&self) -> Ran {
        let after = self.chain.last().unwrap();
        let payload = json!({"ref": "refs/heads/main", "after": after, "before": self.before});
        on_github(&self.forge, self.here.path(), &ASK, "push", &payload, after)
    }

    /// The gate's answer about the push, with what was asked before.
    fn check(&self) -> Ran {
        let file = self.here.path().join("approvals.json").display().to_string();
        self.repo.run(&["check", "--base", &self.before, "--head", "main", "--date", DATE, "--approvals", &file])
    }
}

#[test]
fn several_changes_in_one_push_keep_their_approvals_however_they_were_merged() {
    let push = Push::new();
    push.repo.run(&["check", "--base", &push.before, "--head", "main", "--date", DATE]).exits(1);
    push.ask().exits(0).tells("1 approval by @ann");
    push.check().exits(0);
    let known = approvals_in(push.here.path());
    let approval = json!({"user": "@ann", "teams": ["@acme/privacy"], "commit": push.tip, "at": "2026-11-20T10:00:00Z"});
    assert_eq!(known["landed"], json!([{"change": 7, "authors": ["@bob"], "approvals": [approval], "waivers": WAIVER}]));
    // the same in a clone that holds nothing of the change but the push's last commit
    push.repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = push.here.path().join("clone");
    let from = format!("file://{}", push.repo.path().display());
    support::git(push.here.path(), &["clone", "-q", "--depth=1", &from, "clone"]);
    support::git(&clone, &["fetch", "-q", "--depth=1", "origin", &push.before]);
    let file = push.here.path().join("approvals.json").display().to_string();
    run_with(&clone, &["check", "--base", &push.before, "--head", "HEAD", "--date", DATE, "--approvals", &file], &[]).exits(0);
}

#[test]
fn a_rebase_of_several_commits_is_found_by_its_last_one() {
    let mut push = Push::new();
    // change 7 as two commits on main
    push.repo.git(&["reset", "-q", "--hard", &push.before]);
    let first = push.repo.files(&[("privgate-waivers.yaml", WAIVER)]).commit("rebased: a waiver");
    let last = push.repo.files(&[("compose.yaml", &weak())]).commit("rebased: weaker");
    push.forge.knows(&format!("/repos/acme/app/git/commits/{last}"), json!({"parents": [{"sha": first}]}));
    push.forge.knows(&format!("/repos/acme/app/git/commits/{first}"), json!({"parents": [{"sha": push.before}]}));
    push.forge.knows(&format!("{WAIVERS}?ref={last}"), content(WAIVER));
    let pull = json!({"number": 7, "user": {"login": "bob"}, "merged_at": "2026-11-20T11:00:00Z", "merge_commit_sha": last,
        "head": {"sha": push.tip, "ref": "change"}, "base": {"sha": push.before, "ref": "main"}});
    push.forge.knows(&format!("/repos/acme/app/commits/{last}/pulls"), json!([pull]));
    push.forge.knows(&format!("/repos/acme/app/commits/{first}/pulls"), json!([pull]));
    push.chain = vec![first, last];
    push.ask().exits(0).tells("1 approval by @ann");
    push.check().exits(0);
}

#[test]
fn nobody_approved_what_is_not_in_the_approved_change() {
    // another waiver than the one that stood there
    let push = Push::new();
    push.forge.knows(&format!("{WAIVERS}?ref={}", push.tip), content(&WAIVER.replace("2026-12-04", "2026-11-30")));
    push.ask().exits(0).tells("1 approval");
    push.check().exits(1);
    // merged into another branch first, which has other rules
    let push = Push::new();
    let squash = push.chain[0].clone();
    let pull = json!({"number": 7, "merged_at": "2026-11-20T11:00:00Z", "merge_commit_sha": squash,
        "head": {"sha": push.tip, "ref": "change"}, "base": {"sha": push.before, "ref": "dev"}});
    push.forge.knows(&format!("/repos/acme/app/commits/{squash}/pulls"), json!([pull]));
    push.ask().exits(0).tells("0 approvals");
    push.check().exits(1);
    // the approval is for an older commit
    let push = Push::new();
    push.forge.knows("/repos/acme/app/pulls/7/reviews", json!([review("ann", "APPROVED", &sha('9'))]));
    push.ask().exits(0).tells("0 approvals").tells("that does not count");
    push.check().exits(1);
    // whoever approved wrote it
    let push = Push::new();
    push.forge.knows("/repos/acme/app/pulls/7/commits", json!([{"sha": push.tip, "author": {"login": "ann"}, "committer": null}]));
    push.ask().exits(0);
    push.check().exits(1);
    // the answer is about another push
    let push = Push::new();
    push.ask().exits(0);
    push.repo.files(&[("c.txt", "c")]).commit("later");
    push.check().exits(1);
}

#[test]
fn a_push_that_brings_no_waiver_asks_nothing_more() {
    let push = Push::new();
    push.forge.knows(&format!("{WAIVERS}?ref={}", push.before), content(WAIVER));
    push.ask().exits(0).tells("as it was before");
    assert_eq!(push.forge.asked(), [format!("GET {WAIVERS}"), format!("GET {WAIVERS}")]);
}

#[test]
fn of_a_push_without_a_commit_before_only_the_last_one_is_asked_about() {
    let push = Push::new();
    let after = push.chain.last().unwrap();
    let payload = json!({"ref": "refs/heads/main", "after": after, "before": "0".repeat(40)});
    on_github(&push.forge, push.here.path(), &ASK, "push", &payload, after).exits(0).tells("0 approvals");
    assert!(!push.forge.asked().iter().any(|asked| asked.contains(&push.chain[2])));
}

#[test]
fn a_push_longer_than_what_is_asked_about_says_so() {
    let push = Push::new();
    let commits: Vec<String> = (0..60).map(|n| format!("{n:040}")).collect();
    for (at, commit) in commits.iter().enumerate().skip(1) {
        push.forge.knows(&format!("/repos/acme/app/commits/{commit}/pulls"), json!([]));
        push.forge.knows(&format!("/repos/acme/app/git/commits/{commit}"), json!({"parents": [{"sha": commits[at - 1]}]}));
    }
    push.forge.knows(&format!("{WAIVERS}?ref={}", commits[59]), content(WAIVER));
    let payload = json!({"ref": "refs/heads/main", "after": commits[59], "before": commits[1]});
    let ran = on_github(&push.forge, push.here.path(), &ASK, "push", &payload, &commits[59]);
    ran.exits(0).tells("only the last 50 commits").tells("0 approvals");
}

#[test]
fn an_entry_of_a_merge_queue_is_what_was_approved_before_it_was_made() {
    let (tip, entry, before) = (sha('a'), sha('c'), sha('d'));
    let forge = FakeForge::new(&github(&tip, &json!([review("ann", "APPROVED", &tip)])));
    forge.knows(&format!("{WAIVERS}?ref={tip}"), content(WAIVER));
    let here = tempfile::tempdir().unwrap();
    let changes = |made: &str| {
        let group = json!({"merge_group": {"head_ref": format!("refs/heads/gh-readonly-queue/main/pr-7-{before}"), "head_sha": entry,
            "base_sha": before, "head_commit": {"timestamp": made}}});
        on_github(&forge, here.path(), &ASK, "merge_group", &group, &entry).exits(0);
        let known = approvals_in(here.path());
        assert_eq!(known["commit"], entry);
        known["landed"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(changes("2026-11-20T10:00:01Z"), 1);
    assert_eq!(changes("2026-11-20T09:59:59Z"), 0, "an approval that came later says nothing about the entry");
}

#[test]
fn an_entry_of_a_merge_train_is_what_was_approved() {
    let (tip, entry, before) = (sha('a'), sha('c'), sha('d'));
    let forge = gitlab(&tip);
    forge.knows(&format!("/gitlab/api/v4/projects/42/repository/files/privgate-waivers.yaml/raw?ref={tip}"), json!(WAIVER));
    let here = tempfile::tempdir().unwrap();
    let job = [
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_EVENT_TYPE", "merge_train"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", &tip),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", &before),
        ("CI_COMMIT_SHA", &entry),
    ];
    on_gitlab(&forge, here.path(), &ASK, &job).exits(0).tells("1 approval by @ann");
    let known = approvals_in(here.path());
    assert_eq!((&known["commit"], &known["landed"][0]["waivers"]), (&json!(entry), &json!(WAIVER)));
}

#[test]
fn changes_of_a_push_are_found_on_gitlab_too() {
    let (tip, squash, rebased, before) = (sha('a'), sha('c'), sha('b'), sha('d'));
    let forge = gitlab(&tip);
    let merged = json!({"iid": 7, "sha": tip, "author": {"id": 2, "username": "bob"}, "target_branch": "main", "state": "merged", "squash_commit_sha": squash});
    let root = "/gitlab/api/v4/projects/42/repository";
    forge.knows(&format!("{root}/commits/{rebased}/merge_requests"), json!([]));
    forge.knows(&format!("{root}/commits/{squash}/merge_requests"), json!([merged]));
    forge.knows(&format!("{root}/commits/{rebased}"), json!({"parent_ids": [squash]}));
    forge.knows(&format!("{root}/commits/{squash}"), json!({"parent_ids": [before]}));
    for commit in [&tip, &rebased] {
        forge.knows(&format!("{root}/files/privgate-waivers.yaml/raw?ref={commit}"), json!(WAIVER));
    }
    let here = tempfile::tempdir().unwrap();
    let ask = |branch: &str| {
        let job = [("CI_COMMIT_SHA", rebased.as_str()), ("CI_COMMIT_BEFORE_SHA", &before), ("CI_COMMIT_BRANCH", branch)];
        on_gitlab(&forge, here.path(), &ASK, &job).exits(0);
        approvals_in(here.path())["landed"].clone()
    };
    let landed = ask("main");
    assert_eq!((&landed[0]["change"], &landed[0]["waivers"], &landed[1]), (&json!(7), &json!(WAIVER), &Value::Null));
    assert_eq!(landed[0]["approvals"][0]["commit"], tip);
    assert_eq!(landed[0]["authors"], json!(["@bob", "@carl"]));
    assert_eq!(ask("dev"), Value::Null);
}
