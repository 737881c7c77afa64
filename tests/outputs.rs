//! Every output format from the outside: what a hostile repository may not do to its readers, what fits, and that equal runs give
//! equal bytes.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

#[path = "support/reports.rs"]
mod reports;
mod support;

use std::collections::BTreeMap;
use std::fs;

use pulldown_cmark::{Event, Options, Parser, Tag};
use reports::{FORMATS, hostile, weakened};
use serde_json::Value;
use support::{Ran, Repo, SAFE, WEAK, run};

/// Characters that no reader may get as they are.
fn is_hidden(c: char) -> bool {
    let code = u32::from(c);
    (c.is_control() && c != '\n')
        || matches!(code, 0xAD | 0x61C | 0x180E | 0xFEFF | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xE0000..=0xE007F)
}

/// All strings of a JSON document but paths, which must name the file as it is.
fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(map) => map.iter().filter(|(key, _)| !matches!(key.as_str(), "path" | "file")).for_each(|(_, v)| strings(v, found)),
        _ => {}
    }
}

#[test]
fn a_repository_full_of_attacks_reaches_no_reader() {
    let repo = hostile();
    let found = repo.check(&["--format", "json"]).exits(1).json();
    assert!(found["findings"].as_array().unwrap().len() >= 3, "the attacks are found and shown: {found:#}");
    assert!(found.to_string().contains("javascript:"), "and stand in the report");
    for format in FORMATS {
        let text = repo.check(&["--format", format, "--show", "all"]).exits(1).out;
        let hidden: Vec<char> = text.chars().filter(|c| is_hidden(*c)).collect();
        assert!(hidden.is_empty(), "{format}: {hidden:?}");
        assert!(!text.contains("##["), "{format} has a runner command of the old form");
        let mut stopped = false;
        for line in text.lines().map(str::trim_start) {
            let ours =
                format == "github" && (line.starts_with("::error ") || line.starts_with("::warning ") || line.starts_with("::notice "));
            let fence = format == "github" && (line.starts_with("::stop-commands::privgate-") || line.starts_with("::privgate-"));
            stopped ^= fence;
            assert!(!line.starts_with("::") || fence || (ours && !stopped), "{format}: {line}");
            assert!(!line.starts_with("/close"), "{format}: a quick action");
        }
        match format {
            "markdown" => no_markup(&text),
            "html" | "junit" => {
                assert!(!text.contains("<script") && !text.contains("<b>") && !text.contains("href=\"javascript"), "{format}");
            }
            "sarif" | "gitlab" | "gitlab-sast" | "intoto" => {
                let mut found = Vec::new();
                strings(&serde_json::from_str(&text).unwrap(), &mut found);
                for text in found {
                    // what is Markdown there was judged as Markdown
                    let text = text.replace("\\@", "").replace("\\<", "");
                    assert!(!text.contains("<script") && !text.contains("](") && !text.contains("@team"), "{format}: {text}");
                }
            }
            _ => {}
        }
    }
}

/// No link, picture, tag or mention but the writer's own.
fn no_markup(text: &str) {
    let mut code = 0;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_GFM) {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("{event:?}"),
            Event::Html(tag) | Event::InlineHtml(tag) => {
                assert!(["<br>", "<details><summary>", "</details>"].iter().any(|ours| tag.starts_with(ours)), "{tag}");
            }
            Event::Text(text) => assert!(!text.contains("@team"), "{text}"),
            Event::Code(_) => code += 1,
            _ => {}
        }
    }
    assert!(code > 5);
}

#[test]
fn equal_runs_give_equal_bytes_in_every_format() {
    let repo = hostile();
    for format in FORMATS {
        let arguments = ["--format", format];
        assert_eq!(repo.check(&arguments), repo.check(&arguments), "{format}");
    }
}

#[test]
fn several_reports_are_written_at_once_and_say_what_standard_output_would() {
    let repo = weakened();
    let out = tempfile::tempdir().unwrap();
    let files: Vec<String> = FORMATS.iter().map(|format| format!("{format}={}", out.path().join(format).display())).collect();
    let arguments: Vec<&str> = files.iter().flat_map(|file| ["--report", file]).collect();
    let human = repo.check(&arguments).exits(1);
    assert!(human.out.contains("verdict: weakened"));
    for format in FORMATS {
        let there = fs::read_to_string(out.path().join(format)).unwrap();
        assert_eq!(there, repo.check(&["--format", format, "--show", "all"]).out, "{format}");
    }
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), FORMATS.len(), "nothing else is left there");
}

#[test]
fn a_run_that_cannot_start_still_writes_every_report() {
    let repo = weakened();
    let file = repo.join("out.xml");
    for format in FORMATS {
        let report = format!("junit={}", file.display());
        let ran = repo.run(&["check", "--base", "no-such-revision", "--format", format, "--report", &report]).exits(2);
        assert!(ran.shows("no-such-revision").out.len() > 20, "{format}");
        assert!(fs::read_to_string(&file).unwrap().contains("errors=\"1\""));
    }
}

#[test]
fn audit_writes_every_format_too() {
    let repo = weakened();
    for format in FORMATS {
        let ran = repo.run(&["audit", "--format", format]).exits(0);
        assert!(ran.out.contains("telemetry/langsmith-tracing"), "{format}: {ran:#?}");
    }
    let report = format!("sarif={}", repo.join("out.sarif").display());
    repo.run(&["audit", "--report", &report, "--report", &report]).exits(2).says("twice");
}

#[test]
fn a_report_that_cannot_be_written_is_no_pass() {
    let quiet = Repo::two(&[("a.env", "A=1\n")], &[("a.env", "A=2\n")]);
    quiet.check(&["--report", "sarif=no/such/folder/x"]).exits(3).tells("no/such/folder/x");
    weakened().check(&["--report", "sarif=no/such/folder/x"]).exits(1).tells("no/such/folder/x");
    quiet.check(&["--report", "sarif"]).exits(2).tells("FORMAT=FILE");
    quiet.check(&["--report", "xml=x"]).exits(2).tells("gitlab-sast");
}

#[test]
fn a_deletion_stands_on_an_edited_line_where_code_scanning_shows_it() {
    let sarif = weakened().check(&["--format", "sarif"]).exits(1).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let removal = results.iter().find(|result| result["properties"]["change"] == "removed").unwrap();
    let region = &removal["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["endLine"]), (&5.into(), &5.into()), "`A: \"2\"` is the new line: {removal:#}");
    assert!(removal["message"]["text"].as_str().unwrap().contains("compose.yaml:5"), "and the message tells where it stood");
    for result in results {
        assert!(result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().contains(':'));
    }
}

/// `check` of so many different weakenings in one file.
fn many(number: usize, format: &str) -> Ran {
    reports::many(number).check(&["--format", format]).exits(1)
}

#[test]
fn three_hundred_findings_fit_everywhere_and_none_is_lost_silently() {
    let json = many(300, "json").json();
    let total = json["findings"].as_array().unwrap().len();
    assert!(total >= 300, "{total}");
    let markdown = many(300, "markdown").out;
    assert!(markdown.encode_utf16().count() <= 65_536 && markdown.len() < 1 << 20);
    let rows = markdown.lines().filter(|line| line.starts_with("| ❌") || line.starts_with("| ⚠️") || line.starts_with("| 💬")).count();
    assert!(rows == total || markdown.contains("not shown here"), "{rows} of {total}");
    let github = many(300, "github").out;
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for line in github.lines().filter(|line| line.starts_with("::") && !line.contains("privgate-")) {
        *kinds.entry(line.split(' ').next().unwrap()).or_default() += 1;
    }
    assert!(!kinds.is_empty() && kinds.values().all(|number| *number <= 10), "{kinds:?}");
    assert!(github.contains(" have no annotation"));
    for (format, at) in [("sarif", "/runs/0/results"), ("gitlab", ""), ("gitlab-sast", "/vulnerabilities")] {
        assert_eq!(many(300, format).json().pointer(at).unwrap().as_array().unwrap().len(), total, "{format}");
    }
    assert!(many(300, "junit").out.contains(&format!("tests=\"{total}\"")));
    assert_eq!(many(300, "html").out.matches("<article").count(), total);
}

#[test]
fn the_statement_names_both_commits_and_the_policies() {
    let repo = weakened();
    let (base, head) = (repo.git(&["rev-parse", "HEAD~1"]), repo.git(&["rev-parse", "HEAD"]));
    let statement = repo.check(&["--format", "intoto"]).exits(1).json();
    assert_eq!(statement["subject"][0]["digest"]["gitCommit"], head.trim());
    assert_eq!(statement["predicate"]["configuration"][0]["digest"]["gitCommit"], base.trim());
    assert_eq!(statement["predicate"]["configuration"][1]["digest"]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(statement["predicate"]["result"], "FAILED");
}

#[test]
fn a_report_is_not_written_through_a_link_of_the_repository() {
    let repo = weakened();
    repo.write("precious", "mine");
    #[cfg(unix)]
    std::os::unix::fs::symlink(repo.join("precious"), repo.join("out.sarif")).unwrap();
    run(repo.path(), &["check", "--base", "HEAD~1", "--report", "sarif=out.sarif"]).exits(1);
    assert_eq!(fs::read_to_string(repo.join("precious")).unwrap(), "mine");
    assert!(fs::read_to_string(repo.join("out.sarif")).unwrap().contains("\"version\": \"2.1.0\""));
}

#[test]
#[cfg(target_os = "linux")]
fn a_document_that_reached_nobody_is_no_pass() {
    let same = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", SAFE), ("a.txt", "a")]);
    let weaker = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", WEAK)]);
    let onto = |repo: &Repo, command: &str, target: &str| {
        let script = format!("privgate {command} {target}");
        support::run_program(repo.path(), "bash", &["-o", "pipefail", "-c", &script], &[])
    };
    for command in
        ["check --base HEAD~1 --format json", "check --base HEAD~1 --format sarif", "check --base HEAD~1", "posture HEAD", "policy list"]
    {
        let ran = onto(&same, command, "> /dev/full");
        assert!(ran.code == 3 && ran.err.contains("standard output cannot be written") && !ran.err.contains("panicked"), "{ran:#?}");
        // a reader that has seen enough is no accident
        let ran = onto(&same, command, "| head -c 1 > /dev/null");
        assert!(ran.code == 0 && !ran.err.contains("panicked") && !ran.err.contains("cannot be written"), "{command}: {ran:#?}");
    }
    assert_eq!(onto(&weaker, "check --base HEAD~1 --format json", "> /dev/full").code, 1);
}
