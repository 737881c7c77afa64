//! The other ways around such gates (`docs/threat-model.md` numbers them): what must never end in a quiet pass.

use super::*;
use support::run_with;

fn changed(path: &str, base: &str, head: &str) -> Ran {
    json(&Repo::two(&[(path, base)], &[(path, head)]))
}

/// The program as GitHub Actions would run it.
fn on_github(repo: &Repo, event: &str, payload: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("event.json");
    std::fs::write(&file, payload).unwrap();
    let sha = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", event),
        ("GITHUB_EVENT_PATH", file.to_str().unwrap()),
        ("GITHUB_SHA", &sha),
        ("GITHUB_REF", "refs/pull/1/merge"),
    ];
    run_with(repo.path(), &["check", "--ci", "--format", "json"], &variables)
}

#[test]
fn bypass_6_an_event_that_compares_the_base_with_itself_is_no_pass() {
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", WEAK)]);
    let payload = r#"{"pull_request":{"base":{"ref":"main","sha":"x"},"head":{"sha":"y"}}}"#;
    on_github(&repo, "pull_request_target", payload).exits(3);
    on_github(&repo, "workflow_dispatch", "{}").exits(3);
}

#[test]
fn bypass_7_a_base_that_is_not_found_is_no_pass() {
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", WEAK)]);
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", repo.path().display());
    support::git(clone.path(), &["clone", "-q", "--depth", "1", &url, "c"]);
    let ran = support::run(&clone.path().join("c"), &["check", "--base", "HEAD~1"]);
    ran.exits(3).shows("git fetch");
    on_github(
        &repo,
        "pull_request",
        r#"{"pull_request":{"base":{"ref":"gone"},"head":{"sha":"0123456789012345678901234567890123456789"}}}"#,
    )
    .exits(3);
}

#[test]
fn bypass_8_and_9_a_file_that_cannot_be_read_any_more_is_no_pass() {
    let huge = format!("{WEAK}# {}\n", "x".repeat(6 << 20));
    let bomb = format!(
        "{WEAK}a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n{}",
        (1..9).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", "))).collect::<String>()
    );
    let deep = format!("{WEAK}deep: {}{}\n", "[".repeat(5_000), "]".repeat(5_000));
    for head in [format!("{WEAK}  oops: [\n"), huge, bomb, deep, format!("{WEAK}\0")] {
        let ran = changed("compose.yaml", SAFE, &head);
        assert!(ran.code == 3 || ran.code == 1, "{:?} {}", ran.code, ran.err);
    }
}

#[test]
fn bypass_10_yaml_has_no_corner_to_hide_in() {
    let body = "    image: vllm/vllm-openai:v0.6.3\n    environment:\n";
    let off = "      VLLM_NO_USAGE_STATS: \"0\"\n";
    let on = "      VLLM_NO_USAGE_STATS: \"1\"\n";
    for head in [
        format!("services:\n  api:\n{body}{on}{off}"),
        format!("services:\n  api:\n{body}{off}{on}"),
        format!("services:\n  api:\n{body}      VLLM_NO_USAGE_STATS: !!str 0\n"),
        format!("services:\n  api:\n{body}      \"VLLM_NO_USAGE_STATS\": >-\n        0\n"),
        "services: {api: {image: 'vllm/vllm-openai:v0.6.3', environment: {VLLM_NO_USAGE_STATS: '0'}}}\n".to_owned(),
        format!("x-env: &e\n  VLLM_NO_USAGE_STATS: \"0\"\nservices:\n  api:\n{body}      <<: *e\n"),
        format!("services:\n  api:\n{body}      !!merge <<: {{VLLM_NO_USAGE_STATS: \"0\"}}\n"),
        format!("services:\n  api:\n{body}      ? VLLM_NO_USAGE_STATS\n      : \"0\"\n"),
    ] {
        let ran = changed("compose.yaml", SAFE, &head);
        assert!(ran.code == 1 || ran.code == 3, "{head}\n{:#?}", ran.found());
    }
}

#[test]
fn bypass_11_a_new_name_or_ending_takes_nothing_away() {
    for (old, new) in [
        ("compose.yaml", "compose.yaml.j2"),
        ("compose.yaml", "compose.yaml.disabled"),
        ("compose.yaml", "Compose.YAML"),
        ("compose.yaml", "deploy/docker-compose.yml"),
        ("deploy/compose.yaml", "tests/compose.yaml"),
        (".env.example", ".env.sample"),
    ] {
        let rest = "PORT=8080\nWORKERS=4\nMODEL_NAME=acme/chat-7b\n";
        let env = [format!("VLLM_NO_USAGE_STATS=1\n{rest}"), format!("VLLM_NO_USAGE_STATS=0\n{rest}")];
        let [safe, weak] = if old.starts_with(".env") { env.each_ref().map(String::as_str) } else { [SAFE, WEAK] };
        let ran = json(&Repo::two(&[(old, safe)], &[(new, weak)]));
        assert!(ran.code == 1 || ran.code == 3, "{old} -> {new}: {:#?}", ran.found());
    }
}

#[test]
fn bypass_12_a_later_place_that_wins_is_judged() {
    let docker = "FROM vllm/vllm-openai:v0.6.3\nENV VLLM_NO_USAGE_STATS=1\n";
    let compose = "services:\n  api:\n    build: .\n    environment:\n      PORT: \"1\"\n";
    let over = "services:\n  api:\n    build: .\n    environment:\n      PORT: \"1\"\n      VLLM_NO_USAGE_STATS: \"0\"\n";
    json(&Repo::two(&[("Dockerfile", docker), ("compose.yaml", compose)], &[("Dockerfile", docker), ("compose.yaml", over)])).exits(1);
}

#[test]
fn bypass_13_what_takes_the_place_of_a_file_is_not_followed() {
    let repo = Repo::new();
    repo.write("compose.yaml", SAFE).write("elsewhere/weak.yaml", WEAK).commit("base");
    repo.remove("compose.yaml");
    std::os::unix::fs::symlink("elsewhere/weak.yaml", repo.join("compose.yaml")).unwrap();
    repo.commit("link");
    json(&repo).exits(3);
    changed("compose.yaml", SAFE, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n").exits(3);
}

#[test]
fn bypass_14_letters_that_look_alike_are_other_letters() {
    for head in [
        SAFE.replace("VLLM_NO_USAGE_STATS", "VLLM_NO_USAGE_STATS\u{200b}"),
        SAFE.replace("VLLM_NO_USAGE_STATS", "VLLM_NO_US\u{410}GE_STATS"),
        SAFE.replace("VLLM_NO_USAGE_STATS", "\u{202e}VLLM_NO_USAGE_STATS"),
        SAFE.replace("\"1\"", "\"\u{ff11}\""),
        SAFE.replace("\"1\"", "\"1\u{200b}\""),
    ] {
        let ran = changed("compose.yaml", SAFE, &head);
        assert!(ran.code == 1 || ran.code == 3, "{head}: {:#?}", ran.found());
        let shown = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", &head)]).check(&[]);
        assert!(!shown.out.contains(['\u{200b}', '\u{202e}']), "{}", shown.out);
    }
}

#[test]
fn bypass_15_other_encodings_are_read_or_asked_about() {
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(WEAK.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin1 = [WEAK.as_bytes(), b"# \xE9\n"].concat();
    let with_mark = format!("\u{feff}{WEAK}").into_bytes();
    let returns = WEAK.replace('\n', "\r\n").into_bytes();
    for (head, codes) in [(utf16, [1, 1]), (latin1, [3, 3]), (with_mark, [1, 1]), (returns, [1, 1])] {
        let repo = Repo::new();
        repo.write("compose.yaml", SAFE).commit("base");
        repo.write("compose.yaml", head).commit("head");
        json(&repo).one_of(&codes);
    }
}

#[test]
fn bypass_16_attributes_and_ignore_files_hide_nothing() {
    let attributes = "* -diff linguist-generated linguist-vendored export-ignore filter=x\n";
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", WEAK), (".gitignore", "x\n")]);
    repo.write("compose.yaml", SAFE).commit("safe");
    repo.write(".git/info/attributes", attributes);
    repo.write("compose.yaml", WEAK);
    repo.git(&["-c", "filter.x.clean=cat", "-c", "core.attributesFile=/dev/null", "add", "compose.yaml"]);
    repo.git(&["commit", "-q", "-m", "weak"]);
    let blob = repo.git(&["cat-file", "-p", "HEAD:compose.yaml"]);
    assert!(blob.contains("STATS"), "the attributes changed what is stored");
    json(&repo).exits(1);
    let ignored = [(".gitignore", "compose.yaml\n"), (".gitattributes", "compose.yaml linguist-generated -diff\n")];
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[ignored[0], ignored[1]]);
    repo.write("compose.yaml", WEAK);
    repo.git(&["add", "-f", "compose.yaml"]);
    repo.git(&["commit", "-q", "-m", "weak"]);
    repo.run(&["check", "--base", "HEAD~2", "--head", "HEAD"]).exits(1);
}

#[test]
fn bypass_17_a_value_that_the_repository_does_not_hold_asks() {
    for (value, code) in [("${STATS:-0}", 1), ("${STATS:-1}", 0), ("${STATS}", 3), ("$STATS", 3)] {
        changed("compose.yaml", SAFE, &SAFE.replace("\"1\"", &format!("\"{value}\""))).exits(code);
    }
}

#[test]
fn bypass_18_numbers_play_no_games() {
    let policy = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/own-policy/base/policies/privacy/tickets-retention.yaml"),
    )
    .unwrap();
    let pack = ("policies/privacy/tickets-retention.yaml", policy.as_str());
    for (was, is, weaker) in [
        ("7d", "168h", false),
        ("30", "4 weeks", false),
        ("30", "0", true),
        ("30", "-1", true),
        ("30", "1e9", true),
        ("30", "31", true),
        ("30", "", true),
        ("30", "inf", true),
        ("30", "never", true),
    ] {
        let file = |value: &str| format!("DESK_TICKET_DAYS={value}\nPORT=1\n");
        let (base, head) = (file(was), file(is));
        let ran = json(&Repo::two(
            &[("privgate.yaml", PACK), pack, (".env.example", &base)],
            &[("privgate.yaml", PACK), pack, (".env.example", &head)],
        ));
        let speaks = ran.found().iter().any(|found| {
            ["weakened", "removed", "undecided"].iter().any(|change| found.starts_with(&format!("privacy/tickets-retention {change}")))
        });
        assert_eq!(speaks, weaker, "{was} -> {is}: {:#?}", ran.found());
    }
}

#[test]
fn bypass_19_and_20_parts_and_merges_are_judged_as_a_whole() {
    let docker = |set: bool| format!("FROM vllm/vllm-openai:v0.6.3\n{}", if set { "ENV VLLM_NO_USAGE_STATS=1\n" } else { "ENV A=1\n" });
    let compose = |set: bool| {
        format!(
            "services:\n  api:\n    build: .\n    environment:\n      PORT: \"1\"\n{}",
            if set { "      VLLM_NO_USAGE_STATS: \"1\"\n" } else { "" }
        )
    };
    let repo = Repo::new();
    repo.write("Dockerfile", docker(true)).write("compose.yaml", compose(true)).commit("both");
    repo.git(&["checkout", "-q", "-b", "one"]);
    repo.write("Dockerfile", docker(false)).commit("the image no longer says it");
    repo.git(&["checkout", "-q", "-b", "two", "main"]);
    repo.write("compose.yaml", compose(false)).commit("the service no longer says it");
    repo.git(&["merge", "-q", "--no-ff", "--no-edit", "one"]);
    // the whole range, and the merge against what the first one left
    repo.run(&["check", "--base", "main", "--head", "two"]).exits(1);
    repo.run(&["check", "--base", "one", "--head", "two"]).exits(1);
}

#[test]
fn bypass_22_the_worst_comes_first() {
    let many: String = (0..40).map(|n| format!("  s{n}:\n    image: x/y:{n}\n    environment:\n      DEBUG: \"true\"\n")).collect();
    let repo = Repo::two(
        &[("compose.yaml", SAFE), ("tests/other.yaml", "services: {}\n")],
        &[("compose.yaml", WEAK), ("aaa.compose.yaml", &format!("services:\n{many}")), ("tests/other.yaml", "services: {}\n")],
    );
    let report = json(&repo).json();
    let severities: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|finding| finding["severity"].as_str().unwrap()).collect();
    let order = |severity: &str| ["error", "warning", "note"].iter().position(|known| *known == severity).unwrap();
    assert!(severities.windows(2).all(|pair| order(pair[0]) <= order(pair[1])), "{severities:?}");
    assert_eq!(severities[0], "error");
}

#[test]
fn bypass_23_names_are_no_arguments_and_lead_nowhere() {
    let weak = |name: &str| Repo::two(&[(name, SAFE)], &[(name, WEAK)]);
    for name in ["--config=x.yaml", "-compose.yaml", "a\nb/compose.yaml"] {
        json(&weak(name)).exits(1);
    }
    for pack in ["../outside", "/etc", "policies/../../x", ".git/hooks", "a//b"] {
        let text = format!("packs: [\"{pack}\"]\n");
        Repo::two(&[("a", "b")], &[("privgate.yaml", &text)]).check(&[]).exits(2);
    }
    let repo = weak("compose.yaml");
    repo.run(&["check", "--base", "--upload-pack=touch x", "--head", "HEAD"]).exits(2);
    repo.run(&["check", "--base", "HEAD~1", "--head", "HEAD", "--config", "../../etc/passwd"]).exits(2);
}

#[test]
fn bypass_24_replace_references_do_not_change_the_base() {
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", WEAK)]);
    let (base, head) = (repo.git(&["rev-parse", "HEAD~1"]), repo.git(&["rev-parse", "HEAD"]));
    repo.git(&["replace", base.trim(), head.trim()]);
    let (safe, weak) = (
        repo.git(&["--no-replace-objects", "rev-parse", &format!("{}:compose.yaml", base.trim())]),
        repo.git(&["rev-parse", "HEAD:compose.yaml"]),
    );
    repo.git(&["replace", safe.trim(), weak.trim()]);
    repo.run(&["check", "--base", base.trim(), "--head", head.trim()]).exits(1);
}

#[test]
fn bypass_26_a_policy_is_no_weapon() {
    let bomb = POLICY
        .replace("env: ACME_TELEMETRY", "env: \"/^(((A{1,200}){1,200}){1,200})$/\"")
        .replace("enabled_is", "\n    enabled_is")
        .replace("\n\n", "\n");
    let start = std::time::Instant::now();
    let ran = Repo::two(&[("a", "b")], &[("privgate.yaml", PACK), (AT, &bomb), (".env", "A=1\n")]).check(&[]);
    assert!(ran.code != 0 || ran.err.is_empty(), "{ran:#?}");
    assert!(start.elapsed() < std::time::Duration::from_secs(30), "{:?}", start.elapsed());
    let slow = POLICY.replace("ACME_TELEMETRY\n", "\"/^(A+)+$/\"\n");
    let env = format!("{}B=1\n", "A".repeat(100_000));
    let start = std::time::Instant::now();
    Repo::two(&[("privgate.yaml", PACK), (AT, &slow)], &[("privgate.yaml", PACK), (AT, &slow), (".env.example", &env)]).check(&[]);
    assert!(start.elapsed() < std::time::Duration::from_secs(30), "{:?}", start.elapsed());
}

#[test]
fn bypass_27_a_run_that_looked_at_nothing_does_not_look_green() {
    let repo = Repo::two(&[("a.txt", "a")], &[("a.txt", "b")]);
    repo.check(&[]).exits(0).says("no file was read, so nothing was judged");
    let repo = Repo::two(&[("dagster.yaml", "telemetry:\n  enabled: false\n")], &[("dagster.yaml", "telemetry: [\n")]);
    repo.check(&["--require-coverage", "--fail-on", "error"]).exits(3);
}

#[test]
fn bypass_9_and_22_a_change_buried_under_more_files_than_one_run_reads_is_no_pass() {
    let limited = ("privgate.yaml", "limits: {files: 5}\n");
    let repo = Repo::new();
    repo.files(&[limited]);
    for (text, message) in [(SAFE, "base"), (WEAK, "head")] {
        for n in 0..8 {
            repo.write(format!("s{n}/compose.yaml"), if n == 7 { text.to_owned() } else { format!("{SAFE}# {message}\n") });
        }
        repo.commit(message);
    }
    json(&repo).exits(3);
    // nobody asked for a failure, and what is vendored may be large
    repo.check(&["--fail-on", "never"]).exits(0);
    for n in 0..8 {
        repo.write(format!("tests/s{n}/compose.yaml"), SAFE);
    }
    repo.commit("fixtures");
    json(&repo).exits(0);
}
