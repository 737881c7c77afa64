//! What a user does with the program, from the outside: revisions, exit codes, formats, every command.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

mod support;

use support::{DATE, Repo, SAFE, WEAK, git, run, run_with};

fn weakened() -> Repo {
    Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", WEAK)])
}

// --- which two revisions ---

#[test]
fn base_and_head_are_compared() {
    let repo = weakened();
    repo.check(&[]).exits(1).says("weakened").says("compose.yaml:5").says("VLLM_NO_USAGE_STATS");
    repo.run(&["check", "--base", "HEAD", "--head", "HEAD~1"]).exits(0);
    repo.run(&["check", "--base", "HEAD", "--head", "HEAD"]).exits(0).says("0 files");
}

#[test]
fn revisions_may_be_branches_tags_and_short_ids() {
    let repo = weakened();
    repo.git(&["tag", "-a", "v1", "-m", "one", "HEAD~1"]);
    repo.git(&["branch", "feature"]);
    let short = repo.git(&["rev-parse", "--short", "HEAD"]);
    repo.run(&["check", "--base", "v1", "--head", "feature"]).exits(1);
    repo.run(&["check", "--base", "v1", "--head", short.trim()]).exits(1);
    repo.run(&["check", "--base", "v1"]).exits(1);
}

#[test]
fn what_is_staged_is_compared_with_head() {
    let repo = Repo::new();
    repo.write("compose.yaml", SAFE).commit("base");
    repo.run(&["check", "--staged"]).exits(0);
    repo.write("compose.yaml", WEAK);
    repo.run(&["check", "--staged"]).exits(0);
    repo.git(&["add", "compose.yaml"]);
    repo.run(&["check", "--staged"]).exits(1).says("compose.yaml:5");
    // what is staged counts, not what lies on the disk
    repo.write("compose.yaml", SAFE);
    repo.run(&["check", "--staged"]).exits(1);
}

#[test]
fn files_on_disk_are_compared_with_head() {
    let repo = Repo::new();
    repo.write("compose.yaml", SAFE).commit("base");
    repo.run(&["check", "--worktree"]).exits(0);
    repo.write("compose.yaml", WEAK);
    repo.run(&["check", "--worktree"]).exits(1).says("compose.yaml:5");
    repo.run(&["check", "--worktree", "--staged"]).exits(2);
}

#[test]
fn a_repository_without_a_commit_compares_with_nothing() {
    let repo = Repo::new();
    repo.write("compose.yaml", SAFE);
    repo.git(&["add", "-A"]);
    repo.run(&["check", "--staged"]).exits(0);
}

#[test]
fn two_folders_need_no_repository() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("old", SAFE), ("new", WEAK)] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join(name).join("compose.yaml"), text).unwrap();
    }
    run(folder.path(), &["check", "--base", "dir:old", "--head", "dir:new"]).exits(1).says("compose.yaml:5");
    run(folder.path(), &["check", "--base", "dir:new", "--head", "dir:old"]).exits(0);
    run(folder.path(), &["check", "--base", "dir:old", "--head", "dir:absent"]).one_of(&[2, 3]).shows("absent");
}

#[test]
fn the_base_is_the_merge_base_with_main() {
    let repo = Repo::new();
    repo.write("compose.yaml", SAFE).commit("base");
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.write("README.md", "words\n").commit("mine");
    repo.git(&["checkout", "-q", "main"]);
    // main itself got safer afterwards: the branch has not weakened anything
    repo.write("compose.yaml", SAFE.replace("v0.6.3", "v0.6.4")).commit("theirs");
    repo.git(&["checkout", "-q", "feature"]);
    repo.run(&["check"]).exits(0);
    repo.write("compose.yaml", WEAK).commit("weaker");
    repo.run(&["check"]).exits(1);
    repo.run(&["check", "--explain-base"]).exits(1).tells("main");
}

#[test]
fn the_repository_may_be_named_or_enclose_the_folder() {
    let repo = weakened();
    repo.write("deep/down/x.txt", "");
    run(&repo.join("deep/down"), &["check", "--base", "HEAD~1"]).exits(1).says("compose.yaml:5");
    let path = repo.path().to_str().unwrap();
    run(std::path::Path::new("/"), &["check", "--repo", path, "--base", "HEAD~1"]).exits(1);
}

// --- wrong questions ---

#[test]
fn wrong_usage_exits_2_and_says_what_to_do() {
    let repo = weakened();
    repo.run(&["check", "--no-such-flag"]).exits(2).tells("--no-such-flag");
    repo.run(&["chekc"]).exits(2).tells("check");
    repo.run(&["check", "--date", "yesterday"]).exits(2).tells("YYYY-MM-DD");
    repo.run(&["check", "--format", "xml"]).exits(2).tells("json");
    repo.run::<&str>(&[]).exits(2).tells("Usage");
    repo.run(&["--help"]).exits(0).says("Exit codes");
    repo.run(&["--version"]).exits(0).says(env!("CARGO_PKG_VERSION"));
    repo.run(&["check", "--base", "no-such-branch"]).exits(2).shows("no-such-branch");
    repo.run(&["audit", "no-such-branch"]).exits(2).shows("no-such-branch");
    repo.run(&["posture", "no-such-branch"]).exits(2).shows("no-such-branch");
}

#[test]
fn outside_of_a_repository_it_says_how_to_name_one() {
    let folder = tempfile::tempdir().unwrap();
    for command in [vec!["check"], vec!["audit"], vec!["posture"], vec!["why", "a.yaml:1"]] {
        run(folder.path(), &command).exits(2).shows("--repo");
    }
}

#[test]
fn a_shallow_clone_names_the_fetch_that_helps() {
    let repo = weakened();
    let base = repo.git(&["rev-parse", "HEAD~1"]);
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", repo.path().display());
    git(folder.path(), &["clone", "-q", "--depth=1", &url, "copy"]);
    let copy = folder.path().join("copy");
    run(&copy, &["check", "--base", base.trim()]).exits(3).shows("git fetch").shows(base.trim());
    run(&copy, &["check", "--base", "HEAD~1"]).exits(3).shows("git fetch");
    for format in ["json", "github"] {
        run(&copy, &["check", "--base", base.trim(), "--format", format]).exits(3).shows("git fetch");
    }
}

// --- exit codes ---

#[test]
fn a_pass_is_0_a_weakening_1_and_the_unknowable_3() {
    let keys = |value: &str| SAFE.replace("\"1\"", value);
    Repo::two(&[("compose.yaml", WEAK)], &[("compose.yaml", SAFE)]).check(&[]).exits(0);
    weakened().check(&[]).exits(1);
    Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", &keys("${SOMETHING}"))]).check(&[]).exits(3).says("undecided");
    // both: 1 wins, and both are printed
    let worse = format!("{WEAK}\n");
    let both =
        Repo::two(&[("a/compose.yaml", SAFE), ("b/compose.yaml", SAFE)], &[("a/compose.yaml", &worse), ("b/compose.yaml", "a: [\n")]);
    both.check(&[]).exits(1).says("weakened").says("undecided");
}

#[test]
fn fail_on_moves_the_bar() {
    let repo = weakened();
    repo.check(&["--fail-on", "error"]).exits(1);
    repo.check(&["--fail-on", "warning"]).exits(1);
    repo.check(&["--fail-on", "never"]).exits(0).says("weakened");
    // in an example the same change is one severity lower
    let example = Repo::two(&[("examples/compose.yaml", SAFE)], &[("examples/compose.yaml", WEAK)]);
    example.check(&[]).exits(0).says("warning");
    example.check(&["--fail-on", "warning"]).exits(1);
}

#[test]
fn exit_codes_do_not_depend_on_the_format() {
    let weak = weakened();
    let broken = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", "services: [\n")]);
    let quiet = Repo::two(&[("README.md", "a\n")], &[("README.md", "b\n")]);
    for format in ["human", "json", "github"] {
        weak.check(&["--format", format]).exits(1);
        broken.check(&["--format", format]).exits(3);
        quiet.check(&["--format", format]).exits(0);
    }
}

#[test]
fn what_got_safer_is_shown_on_request() {
    let repo = Repo::two(&[("compose.yaml", WEAK)], &[("compose.yaml", SAFE)]);
    assert!(!repo.check(&[]).out.contains("VLLM_NO_USAGE_STATS"));
    repo.check(&["--show", "all"]).exits(0).says("VLLM_NO_USAGE_STATS").says("got safer");
}

#[test]
fn first_adoption_with_weak_defaults_is_quiet() {
    let more = format!("{WEAK}      OTHER: 1\n");
    Repo::two(&[("compose.yaml", WEAK)], &[("compose.yaml", &more)]).check(&[]).exits(0);
}

#[test]
fn a_run_that_looked_at_nothing_says_so() {
    let repo = Repo::two(&[("notes.txt", "a\n")], &[("notes.txt", "b\n")]);
    repo.check(&[]).exits(0).says("0 files");
}

#[test]
fn an_opt_out_that_another_one_covers_may_go() {
    let with = |variables: &str| format!("FROM python:3.12-slim\nENV {variables}\nCMD [\"serve\"]\n");
    let (both, one) = (with("HF_HUB_DISABLE_TELEMETRY=1 DO_NOT_TRACK=1"), with("DO_NOT_TRACK=1"));
    Repo::two(&[("Dockerfile", &both)], &[("Dockerfile", &one)]).check(&[]).exits(0);
}

// --- formats ---

#[test]
fn json_fits_its_schema_and_the_coverage_line_goes_to_standard_error() {
    let schema = serde_json::from_str(include_str!("../schemas/privgate-report.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let broken = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", "services: [\n")]);
    for ran in [
        weakened().check(&["--format", "json"]),
        broken.check(&["--format", "json"]),
        weakened().run(&["check", "--base", "nowhere", "--format", "json"]),
        weakened().run(&["audit", "--format", "json"]),
    ] {
        let json = ran.json();
        let errors: Vec<String> = schema.iter_errors(&json).map(|error| format!("{} at {}", error, error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?} in {json:#}");
        assert_eq!(json["exit"], ran.code);
        assert!(ran.err.contains("checked ") && ran.err.contains("settings") && ran.err.contains("policies"), "{ran:#?}");
    }
}

#[test]
fn a_finding_in_json_says_what_where_and_why() {
    let json = weakened().check(&["--format", "json"]).exits(1).json();
    let finding = &json["findings"][0];
    assert_eq!(finding["policy"], "telemetry/vllm-usage-stats");
    assert_eq!(finding["change"], "weakened");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["file"], "compose.yaml");
    assert_eq!(finding["setting"], "VLLM_NO_USAGE_STATS");
    assert!(json["date"] == DATE, "{json:#}");
}

#[test]
fn github_output_annotates_the_line() {
    let ran = weakened().check(&["--format", "github"]).exits(1);
    let line = ran.out.lines().find(|line| line.starts_with("::error ")).unwrap_or_else(|| panic!("{ran:#?}"));
    assert!(line.contains("file=compose.yaml") && line.contains("line=5"), "{line}");
}

// --- the other commands ---

#[test]
fn audit_judges_one_revision_and_does_not_fail_by_default() {
    let repo = weakened();
    repo.run(&["audit"]).exits(0);
    repo.run(&["audit", "HEAD~1"]).exits(0);
    repo.run(&["audit", "--fail-on", "error", "dir:."]).one_of(&[0, 1]);
}

#[test]
fn posture_lists_known_settings_with_their_ranks() {
    let repo = weakened();
    repo.run(&["posture"]).exits(0).says("compose.yaml\n").says("VLLM_NO_USAGE_STATS").says("weak");
    let json = repo.run(&["posture", "--format", "json"]).exits(0).json();
    assert!(json.to_string().contains("telemetry/vllm-usage-stats"), "{json:#}");
    repo.run(&["posture", "--format", "json", "dir:."]).exits(0).says("VLLM_NO_USAGE_STATS");
}

#[test]
fn policies_can_be_listed_tested_and_described() {
    let repo = Repo::new();
    repo.run(&["policy", "list"]).exits(0).says("telemetry/vllm-usage-stats");
    let list = repo.run(&["policy", "list", "telemetry/", "--format", "json"]).exits(0).json();
    assert!(list.as_array().unwrap().iter().all(|row| row["id"].as_str().unwrap().starts_with("telemetry/")));
    repo.run(&["policy", "list", "nothing/"]).exits(2).tells("nothing/");
    repo.run(&["policy", "schema"]).exits(0).json();
    repo.run(&["policy", "test", "no-such-file.yaml"]).exits(2).tells("no-such-file.yaml");
}

#[test]
fn a_policy_with_a_fault_names_its_line() {
    let repo = Repo::new();
    repo.write("own/broken.yaml", "id: own/x\ntitle: [\n");
    repo.run(&["policy", "test", "own"]).exits(2).tells("broken.yaml:");
}

#[test]
fn explain_tells_why_and_suggests_what_was_meant() {
    let repo = Repo::new();
    repo.run(&["explain", "telemetry/vllm-usage-stats"]).exits(0).says("why").says("fix").says("VLLM_NO_USAGE_STATS");
    repo.run(&["explain", "telemetry/vllm-usage-stat"]).exits(2).tells("did you mean `telemetry/vllm-usage-stats`");
}

#[test]
fn why_tells_what_was_read_at_a_line() {
    let repo = weakened();
    repo.run(&["why", "compose.yaml:5"]).exits(0).says("VLLM_NO_USAGE_STATS").says("telemetry/vllm-usage-stats");
    repo.run(&["why", "compose.yaml:5", "--side", "base", "--base", "HEAD~1"]).exits(0).says("\"1\"");
    repo.run(&["why", "compose.yaml:99"]).one_of(&[0, 2]);
    repo.run(&["why", "absent.yaml:1"]).one_of(&[0, 2]).shows("absent.yaml");
    repo.run(&["why", "compose.yaml"]).exits(2).tells("FILE:LINE");
}

// --- the same answer every time ---

#[test]
fn the_same_question_gives_the_same_bytes_here_and_in_another_clone() {
    let repo = weakened();
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["clone", "-q", repo.path().to_str().unwrap(), "copy"]);
    for format in ["human", "json", "github"] {
        let here = repo.check(&["--format", format]);
        assert_eq!(here, repo.check(&["--format", format]));
        let arguments = ["check", "--base", "HEAD~1", "--head", "HEAD", "--date", DATE, "--format", format];
        assert_eq!(here, run(&folder.path().join("copy"), &arguments));
    }
    let posture = repo.run(&["posture", "--format", "json"]);
    assert_eq!(posture.out, run(&folder.path().join("copy"), &["posture", "--format", "json"]).out);
}

#[test]
fn threads_do_not_change_the_report() {
    let repo = Repo::new();
    for (text, message) in [(SAFE, "base"), (WEAK, "head")] {
        for n in 0..60 {
            repo.write(format!("d{n}/compose.yaml"), text.replace("api", &format!("api{}", n % 7)));
        }
        repo.commit(message);
    }
    let arguments = ["check", "--base", "HEAD~1", "--date", DATE, "--format", "json"];
    let one = run_with(repo.path(), &arguments, &[("RAYON_NUM_THREADS", "1")]);
    let four = run_with(repo.path(), &arguments, &[("RAYON_NUM_THREADS", "4")]);
    assert_eq!(one, four);
    assert_eq!(one.code, 1);
}

// --- whole outputs ---

fn shown(repo: &Repo) -> String {
    let ran = repo.check(&[]);
    // how many policies there are is no part of what is shown here
    let out = regex::Regex::new("against [0-9]+ policies").unwrap().replace_all(&ran.out, "against N policies");
    format!("exit {}\n{out}", ran.code)
}

#[test]
fn a_weakened_variable_in_compose() {
    insta::assert_snapshot!(shown(&weakened()));
}

#[test]
fn an_opt_out_removed_from_a_dockerfile() {
    let base = "FROM python:3.12-slim\nENV PYTHONUNBUFFERED=1 \\\n    HF_HUB_DISABLE_TELEMETRY=1\nCOPY . /app\nCMD [\"python\", \"/app/serve.py\"]\n";
    let head = "FROM python:3.12-slim\nENV PYTHONUNBUFFERED=1\nCOPY . /app\nCMD [\"python\", \"/app/serve.py\"]\n";
    insta::assert_snapshot!(shown(&Repo::two(&[("Dockerfile", base)], &[("Dockerfile", head)])));
}

#[test]
fn a_known_password_introduced() {
    let base = "services:\n  api:\n    image: acme/api:1.2.3\n";
    let head = "services:\n  api:\n    image: acme/api:1.2.3\n  db:\n    image: postgres:16.4\n    environment:\n      POSTGRES_USER: app\n      POSTGRES_PASSWORD: postgres\n";
    insta::assert_snapshot!(shown(&Repo::two(&[("compose.yaml", base)], &[("compose.yaml", head)])));
}

#[test]
fn a_file_that_broke() {
    let head = "services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n      VLLM_NO_USAGE_STATS: \"1\n";
    insta::assert_snapshot!(shown(&Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", head)])));
}

/// The Dockerfile did not change, so only the link from the service to its build context leads to it.
#[test]
fn a_service_that_overrides_its_unchanged_image_is_found() {
    let docker = "FROM vllm/vllm-openai:v0.33.0\nENV VLLM_NO_USAGE_STATS=1\n";
    let before = "services:\n  llm:\n    build: app\n    environment:\n      A: \"1\"\n";
    let after = "services:\n  llm:\n    build: app\n    environment:\n      A: \"1\"\n      VLLM_NO_USAGE_STATS: \"0\"\n";
    let repo = Repo::two(&[("app/Dockerfile", docker), ("compose.yaml", before)], &[("app/Dockerfile", docker), ("compose.yaml", after)]);
    let ran = repo.check(&["--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert_eq!(ran.json()["findings"][0]["policy"], "telemetry/vllm-usage-stats");
    // without the image's word the new value is what held anyway
    let plain = Repo::two(
        &[("app/Dockerfile", "FROM debian:12.5\n"), ("compose.yaml", before)],
        &[("app/Dockerfile", "FROM debian:12.5\n"), ("compose.yaml", after)],
    );
    assert_eq!(plain.check(&[]).code, 0);
}
