//! Bypasses 4 and 5: nobody accepts a weaker default but an owner whom the base names, for one exact change and a time.

use super::*;

const WAIVER: &str = "waivers:\n  - policy: telemetry/vllm-usage-stats\n    file: compose.yaml\n    scope: service api\n    setting: VLLM_NO_USAGE_STATS\n    from: \"1\"\n    to: \"0\"\n    reason: The vendor needs two weeks of figures.\n    owner: \"@acme/privacy\"\n    expires: 2026-12-04\n";
const AT: &str = "privgate-waivers.yaml";
const OWNERS: (&str, &str) = ("privgate.yaml", "waivers: {owners: [\"@acme/privacy\"], max_days: 60}\n");
const SAFE_FILE: (&str, &str) = ("compose.yaml", SAFE);
const WEAK_FILE: (&str, &str) = ("compose.yaml", WEAK);

/// A change that weakens under a waiver which stands in the base.
fn standing(waiver: &str) -> Repo {
    Repo::two(&[OWNERS, SAFE_FILE, (AT, waiver)], &[OWNERS, WEAK_FILE, (AT, waiver)])
}

/// A change that brings its own waiver.
fn added(waiver: &str) -> Repo {
    Repo::two(&[OWNERS, SAFE_FILE], &[OWNERS, WEAK_FILE, (AT, waiver)])
}

fn approvals(repo: &Repo, commit: &str, authors: &str, user: &str, teams: &str, approved: &str) -> Ran {
    let text = format!(
        r#"{{"commit":"{commit}","authors":[{authors}],"approvals":[{{"user":"{user}","teams":[{teams}],"commit":"{approved}","at":"2026-11-20T10:00:00Z"}}]}}"#
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("approvals.json");
    std::fs::write(&file, text).unwrap();
    repo.check(&["--format", "json", "--approvals", file.to_str().unwrap()])
}

fn waiver_of(ran: &Ran, policy: &str) -> Option<String> {
    let report = ran.json();
    let finding = report["findings"].as_array().unwrap().iter().find(|finding| finding["policy"] == policy).unwrap().clone();
    finding["waiver"].as_str().map(str::to_owned)
}

#[test]
fn a_waiver_of_the_base_accepts_its_change_and_no_other() {
    let ran = json(&standing(WAIVER)).exits(0).finds("telemetry/vllm-usage-stats weakened error").finds_nothing_of("gate/");
    let by = waiver_of(&ran, "telemetry/vllm-usage-stats").unwrap();
    assert!(by.contains("@acme/privacy") && by.contains("until 2026-12-04") && by.contains("two weeks"), "{by}");
    for (from, to) in [
        ("file: compose.yaml", "file: other.yaml"),
        ("service api", "service web"),
        ("setting: VLLM_NO_USAGE_STATS", "setting: DO_NOT_TRACK"),
        ("from: \"1\"", "from: \"true\""),
        ("to: \"0\"", "to: \"false\""),
        ("policy: telemetry/vllm-usage-stats", "policy: telemetry/do-not-track"),
        ("    scope: service api\n", ""),
    ] {
        assert!(WAIVER.contains(from));
        json(&standing(&WAIVER.replacen(from, to, 1))).exits(1);
    }
}

#[test]
fn lines_do_not_matter() {
    let moved = format!("# a comment\n\nname: shop\n{WEAK}");
    let repo = Repo::two(&[OWNERS, SAFE_FILE, (AT, WAIVER)], &[OWNERS, ("compose.yaml", &moved), (AT, WAIVER)]);
    json(&repo).exits(0);
}

#[test]
fn every_place_needs_its_waiver() {
    let other = ("web/compose.yaml", SAFE);
    let other_weak = ("web/compose.yaml", WEAK);
    let repo = Repo::two(&[OWNERS, SAFE_FILE, other, (AT, WAIVER)], &[OWNERS, WEAK_FILE, other_weak, (AT, WAIVER)]);
    json(&repo).exits(1);
    let both = format!("{WAIVER}{}", WAIVER.replace("waivers:\n", "").replace("compose.yaml", "web/compose.yaml"));
    let repo = Repo::two(&[OWNERS, SAFE_FILE, other, (AT, &both)], &[OWNERS, WEAK_FILE, other_weak, (AT, &both)]);
    json(&repo).exits(0);
}

#[test]
fn what_can_never_count_does_not_and_says_why() {
    for (from, to) in [
        ("2026-12-04", "2026-11-20"),
        ("2026-12-04", "2027-03-01"),
        ("\"@acme/privacy\"", "\"@mallory\""),
        ("\"@acme/privacy\"", "\"\""),
        ("compose.yaml", "\"*.yaml\""),
    ] {
        assert!(WAIVER.contains(from));
        let waiver = WAIVER.replacen(from, to, 1);
        json(&standing(&waiver)).exits(1).finds("gate/waiver-invalid introduced note");
        json(&added(&waiver)).exits(1).finds("gate/waiver-invalid introduced error");
        // also where nothing else is wrong
        json(&Repo::two(&[OWNERS, SAFE_FILE], &[OWNERS, SAFE_FILE, (AT, &waiver)])).exits(1).finds("gate/waiver-invalid introduced error");
        let repo = Repo::new();
        repo.files(&[OWNERS, SAFE_FILE, (AT, &waiver)]).commit("all");
        repo.run(&["audit", "--format", "json", "--date", support::DATE]).exits(0).finds("gate/waiver-invalid introduced error");
    }
    json(&added(&WAIVER.replace("reason:", "raeson:"))).exits(2);
    added(&WAIVER.replace("reason:", "raeson:")).check(&[]).exits(2).says("privgate-waivers.yaml:8: ").says("did you mean `reason`?");
}

#[test]
fn a_waiver_that_comes_with_the_change_needs_its_owners_approval_of_the_head_commit() {
    let repo = added(WAIVER);
    let head = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let before = repo.git(&["rev-parse", "HEAD~1"]).trim().to_owned();
    json(&repo).exits(1).finds("gate/waiver-added introduced error").finds("telemetry/vllm-usage-stats weakened error");
    let team = "\"@acme/privacy\"";
    let ran = approvals(&repo, &head, "\"@bob\"", "@ann", team, &head).exits(0);
    assert!(waiver_of(&ran, "telemetry/vllm-usage-stats").unwrap().contains("@ann"));
    assert!(waiver_of(&ran, "gate/waiver-added").unwrap().contains("@ann"));
    // an author, another team, another commit, another change
    approvals(&repo, &head, "\"@ann\"", "@ann", team, &head).exits(1);
    approvals(&repo, &head, "\"@bob\"", "@ann", "\"@acme/web\"", &head).exits(1);
    approvals(&repo, &head, "\"@bob\"", "@ann", team, &before).exits(1);
    approvals(&repo, &before, "\"@bob\"", "@ann", team, &head).exits(1);
    approvals(&repo, "main", "\"@bob\"", "@ann", team, &head).exits(2);
}

#[test]
fn an_approved_commit_counts_in_the_merge_that_brings_it_in_and_not_in_a_merge_that_adds_to_it() {
    let repo = added(WAIVER);
    let approved = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    repo.git(&["checkout", "-q", "-b", "next", "HEAD~1"]);
    repo.write("README.md", "x").commit("elsewhere");
    repo.git(&["merge", "-q", "--no-ff", "--no-edit", "main"]);
    let merge = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    approvals(&repo, &merge, "\"@bob\"", "@ann", "\"@acme/privacy\"", &approved).exits(0);
    repo.write("compose.yaml", WEAK.replace("VLLM_NO_USAGE_STATS: \"0\"", "VLLM_NO_USAGE_STATS: \"0\"\n      DO_NOT_TRACK: \"0\""));
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "-q", "--amend", "--no-edit"]);
    let evil = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    approvals(&repo, &evil, "\"@bob\"", "@ann", "\"@acme/privacy\"", &approved).exits(1);
}

#[test]
fn the_owners_are_those_of_the_base() {
    let mine = WAIVER.replace("@acme/privacy", "@mallory");
    let widened = ("privgate.yaml", "waivers: {owners: [\"@acme/privacy\", \"@mallory\"]}\n");
    let repo = Repo::two(&[OWNERS, SAFE_FILE], &[widened, WEAK_FILE, (AT, &mine)]);
    let head = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let ran = approvals(&repo, &head, "", "@mallory", "", &head).exits(1);
    ran.finds("gate/waiver-invalid introduced error").finds("gate/config-loosened weakened error");
    // without owners in a configuration those of CODEOWNERS count
    let owners = (".github/CODEOWNERS", "* @acme/all\n/privgate-waivers.yaml @acme/privacy\n");
    json(&Repo::two(&[owners, SAFE_FILE, (AT, WAIVER)], &[owners, WEAK_FILE, (AT, WAIVER)])).exits(0);
    let others = (".github/CODEOWNERS", "* @acme/all\n");
    json(&Repo::two(&[others, SAFE_FILE, (AT, WAIVER)], &[others, WEAK_FILE, (AT, WAIVER)])).exits(1);
    json(&Repo::two(&[SAFE_FILE, (AT, WAIVER)], &[WEAK_FILE, (AT, WAIVER)])).exits(1);
}

/// Who may waive, by CODEOWNERS, in a repository that has these files.
fn owned(ours: (&str, &str), base: &[(&str, &str)], head: &[(&str, &str)]) -> Ran {
    let base: Vec<(&str, &str)> = base.iter().copied().chain([ours]).collect();
    let head: Vec<(&str, &str)> = head.iter().copied().chain([ours]).collect();
    json(&Repo::two(&base, &head))
}

#[test]
fn whoever_joins_those_that_may_waive_is_told() {
    let own = "CODEOWNERS";
    let was = "* @dev\n/privgate-waivers.yaml @sec\n";
    let configured = ("privgate.yaml", "fail_on: error\n");
    let file = (AT, "waivers: []\n");
    for head in [
        &[(own, "* @dev\n/privgate-waivers.yaml @sec @me\n")][..],
        &[(own, "* @dev\n/privgate-waivers.yaml @me\n")],
        &[(own, "* @dev\n")],
        &[(own, was), (".github/CODEOWNERS", "* @me\n")],
    ] {
        for ours in [configured, file, ("README.md", "x")] {
            owned(ours, &[(own, was)], head).exits(1).finds("gate/config-loosened weakened error");
        }
    }
    // the place is shown, and it is the new line's
    let report = owned(configured, &[(own, was)], &[(own, "* @dev\n/privgate-waivers.yaml @sec @me\n")]).json();
    let finding =
        report["findings"].as_array().unwrap().iter().find(|finding| finding["policy"] == "gate/config-loosened").unwrap().clone();
    assert_eq!((finding["file"].as_str(), finding["line"].as_u64()), (Some(own), Some(2)), "{finding:#}");
}

#[test]
fn owners_that_stay_leave_or_decide_nothing_are_quiet() {
    let own = ".github/CODEOWNERS";
    let was = "* @dev\n/privgate-waivers.yaml @sec @Lead\n";
    let configured = ("privgate.yaml", "fail_on: error\n");
    for head in [
        "* @dev @new\n/privgate-waivers.yaml @sec @Lead\n",
        "* @dev\n/privgate-waivers.yaml @lead\n",
        "# @me\n* @dev\n/docs/ @me\n/privgate-waivers.yaml @lead @sec\n",
    ] {
        owned(configured, &[(own, was)], &[(own, head)]).exits(0).finds_nothing_of("gate/config-loosened");
    }
    // the file moves
    owned(configured, &[(own, was)], &[("docs/CODEOWNERS", was)]).exits(0).finds_nothing_of("gate/config-loosened");
    // the configuration decides
    owned(OWNERS, &[(own, was)], &[(own, "* @me\n")]).finds_nothing_of("gate/config-loosened");
    // nobody uses waivers here
    owned(("README.md", "x"), &[(own, "* @dev\n")], &[(own, "* @dev @new\n")]).exits(0).finds_nothing_of("gate/");
    // the first owners are asked about
    owned(configured, &[], &[(own, was)]).exits(0).finds("gate/config-loosened introduced warning");
}

#[test]
fn a_widened_waiver_is_a_new_one() {
    let longer = WAIVER.replace("2026-12-04", "2026-12-24");
    let repo = Repo::two(&[OWNERS, SAFE_FILE, (AT, WAIVER)], &[OWNERS, SAFE_FILE, (AT, &longer)]);
    json(&repo).exits(1).finds("gate/waiver-added weakened error");
    let shorter = WAIVER.replace("2026-12-04", "2026-11-24").replace("two weeks", "three days");
    json(&Repo::two(&[OWNERS, SAFE_FILE, (AT, WAIVER)], &[OWNERS, SAFE_FILE, (AT, &shorter)])).exits(0).finds_nothing_of("gate/");
}

#[test]
fn a_spent_waiver_is_quiet_and_a_fix_asks_to_delete_it() {
    let repo = standing(WAIVER);
    repo.write("README.md", "x").commit("something else");
    json(&repo).exits(0).finds_nothing_of("gate/");
    repo.write("compose.yaml", SAFE).commit("fixed");
    json(&repo).exits(0).finds("gate/waiver-invalid introduced note");
    repo.remove(AT).commit("deleted");
    // replayed, it is refused
    repo.write("compose.yaml", WEAK).commit("weak again");
    json(&repo).exits(1).finds("telemetry/vllm-usage-stats weakened error");
}

#[test]
fn a_new_waiver_is_pending_locally_and_does_not_block() {
    let repo = Repo::new();
    repo.files(&[OWNERS, SAFE_FILE]).commit("base");
    repo.files(&[WEAK_FILE, (AT, WAIVER)]);
    repo.git(&["add", "-A"]);
    let ran = repo.run(&["check", "--staged", "--format", "json", "--date", support::DATE]).exits(0);
    assert!(waiver_of(&ran, "telemetry/vllm-usage-stats").unwrap().starts_with("pending"));
    assert!(waiver_of(&ran, "gate/waiver-added").unwrap().starts_with("pending"));
    repo.run(&["check", "--staged", "--date", support::DATE]).exits(0).says("pending: @acme/privacy has to approve it");
    // what can never count is not pending
    repo.write(AT, WAIVER.replace("@acme/privacy", "@mallory"));
    repo.git(&["add", "-A"]);
    repo.run(&["check", "--staged", "--date", support::DATE]).exits(1);
}

#[test]
fn a_file_that_cannot_be_read_is_waived_by_its_content() {
    let broken = "services:\n  api: [\n";
    let repo = Repo::two(&[OWNERS, SAFE_FILE], &[OWNERS, ("compose.yaml", broken)]);
    let report = json(&repo).exits(3).json();
    let finding = &report["findings"][0];
    let blob = repo.git(&["rev-parse", "HEAD:compose.yaml"]).trim().to_owned();
    let waiver = |to: &str| {
        let scope = finding["scope"].as_str().map(|scope| format!("    scope: {scope}\n")).unwrap_or_default();
        format!(
            "waivers:\n  - policy: {}\n    file: compose.yaml\n{scope}    setting: {}\n    from: {}\n    to: {to}\n    reason: A template.\n    owner: \"@acme/privacy\"\n    expires: 2026-12-04\n",
            finding["policy"].as_str().unwrap(),
            finding["setting"].as_str().unwrap(),
            finding["base"]["value"]
        )
    };
    for (to, code) in [(blob.as_str(), 0), ("0000000000000000000000000000000000000000", 3)] {
        let text = waiver(to);
        json(&Repo::two(&[OWNERS, SAFE_FILE, (AT, &text)], &[OWNERS, ("compose.yaml", broken), (AT, &text)])).exits(code);
    }
}

#[test]
fn waive_writes_what_check_accepts_and_prune_clears_it_out() {
    let repo = Repo::two(&[OWNERS, SAFE_FILE], &[OWNERS, WEAK_FILE]);
    let fingerprint = json(&repo).exits(1).json()["findings"][0]["fingerprint"].as_str().unwrap().to_owned();
    let mut arguments =
        vec!["waive", &fingerprint, "--owner", "@acme/privacy", "--reason", "It is: \"fine\" # for now", "--base", "HEAD~1"];
    arguments.extend(["--date", support::DATE]);
    repo.run(&arguments).exits(0).says("until 2026-12-21");
    let text = std::fs::read_to_string(repo.join(AT)).unwrap();
    // once is enough
    repo.run(&arguments).exits(0).says("until 2026-12-21 already");
    assert_eq!(std::fs::read_to_string(repo.join(AT)).unwrap(), text);
    assert!(text.contains("expires: 2026-12-21"), "{text}");
    // on its own first, then it counts
    repo.git(&["checkout", "-q", "-b", "waived", "HEAD~1"]);
    repo.write(AT, &text).commit("the waiver alone");
    repo.write("compose.yaml", WEAK).commit("weak");
    json(&repo).exits(0);
    // the branch that makes the change still needs it
    repo.run(&["waive", "--prune", "--date", support::DATE]).exits(0).says("nothing is over");
    assert_eq!(std::fs::read_to_string(repo.join(AT)).unwrap(), text);
    repo.git(&["branch", "-q", "-f", "main", "waived"]);
    repo.git(&["checkout", "-q", "-b", "next"]);
    repo.run(&["waive", "--prune", "--date", support::DATE]).exits(0).says("the base already has its change");
    assert_eq!(std::fs::read_to_string(repo.join(AT)).unwrap(), "waivers: []\n");
    repo.write(AT, &text);
    repo.write("compose.yaml", SAFE).commit("safe");
    repo.git(&["branch", "-q", "-f", "main", "next"]);
    repo.run(&["waive", "--prune", "--date", support::DATE]).exits(0).says("nothing is over");
    repo.run(&["waive", "--prune", "--date", "2027-01-01"]).exits(0).says("expired");
    // wrong usage
    repo.run(&["waive", "0123456789", "--owner", "@a", "--reason", "x", "--base", "HEAD~1"]).exits(2);
    repo.run(&["waive", "0123456789", "--owner", "a", "--reason", "x"]).exits(2);
    repo.run(&["waive"]).exits(2);
}

#[test]
fn a_finding_about_the_gate_can_be_waived_by_an_owner() {
    let loosened = format!("{}fail_on: never\n", OWNERS.1);
    let waiver = "waivers:\n  - policy: gate/config-loosened\n    file: privgate.yaml\n    setting: fail_on\n    from: error\n    to: never\n    reason: Trial.\n    owner: \"@acme/privacy\"\n    expires: 2026-12-04\n";
    json(&Repo::two(&[OWNERS, (AT, waiver)], &[("privgate.yaml", &loosened), (AT, waiver)])).exits(0);
    json(&Repo::two(&[OWNERS], &[("privgate.yaml", &loosened)])).exits(1);
}

#[test]
fn there_is_no_other_way_to_silence_a_finding() {
    for comment in
        ["# privgate: ignore", "# privgate:ignore telemetry/vllm-usage-stats", "# nosec", "# noqa", "# privgate-disable-next-line"]
    {
        let weak = WEAK.replace("      VLLM", &format!("      {comment}\n      VLLM")).replace("\"0\"", &format!("\"0\" {comment}"));
        json(&Repo::two(&[SAFE_FILE], &[("compose.yaml", &weak)])).exits(1);
    }
}

#[test]
fn what_is_waived_is_shown_and_counts_as_nothing_else() {
    let repo = standing(WAIVER);
    repo.check(&[]).exits(0).says("accepted by @acme/privacy until 2026-12-04").says("0 weakened, 0 undecided, 1 waived");
    let ran = repo.check(&["--format", "github"]).exits(0).says("::notice file=compose.yaml");
    assert!(!ran.out.contains("::error file"), "{}", ran.out);
}
