//! What a forge is given: a table that stays one, no link, tag or mention of the repository's making, and never too much.

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::super::fixture;
use super::*;

fn written(report: &Report) -> String {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn events(text: &str) -> Vec<Event<'_>> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_GFM).collect()
}

#[test]
fn the_worst_comes_first_with_before_and_after() {
    let text = written(&fixture::report());
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ❌") || line.starts_with("| ⚠️")).collect();
    assert_eq!(rows.len(), 5);
    assert!(rows[0].contains("weakened | `VLLM_NO_USAGE_STATS` <br> service api | `1` | `0` | `compose.yaml:7`"), "{}", rows[0]);
    assert!(rows[4].starts_with("| ⚠️"));
    insta::assert_snapshot!(text);
}

#[test]
fn attacks_bring_no_link_no_tag_no_picture_and_nobody_is_called() {
    let text = written(&fixture::hostile());
    for event in events(&text) {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("{event:?}"),
            Event::Html(tag) | Event::InlineHtml(tag) => {
                let ours = ["<br>", "<details><summary>", "</details>"];
                assert!(ours.iter().any(|start| tag.starts_with(start)), "{tag}");
            }
            Event::Text(text) => assert!(!text.contains("@all"), "{text}"),
            _ => {}
        }
    }
    assert!(!text.chars().any(|c| super::super::escape::is_hidden(c) && c != '\n'), "{text}");
    assert!(!text.contains("##[") && !text.lines().any(|line| line.trim_start().starts_with("::") || line.starts_with('/')));
}

#[test]
fn pipes_and_backticks_cannot_leave_their_cell() {
    let mut report = fixture::report();
    for evil in ["a|b", r"a\|<img src=x>", "`|`@all`", "``", r"\", "| x |\n| - |"] {
        report.findings[0].setting = evil.into();
        report.findings[0].base.as_mut().unwrap().value = Some(evil.into());
        let text = written(&report);
        let cells = events(&text).iter().filter(|event| matches!(event, Event::Start(Tag::TableCell))).count();
        assert_eq!(cells, 5 * 5 + 5 + 10, "{evil:?}\n{text}");
        assert!(!events(&text).iter().any(|event| matches!(event, Event::InlineHtml(tag) if tag.contains("img"))), "{evil}");
    }
}

#[test]
fn three_hundred_findings_and_seventy_thousand_characters_fit_a_comment() {
    let mut report = fixture::report();
    let first = report.findings[0].clone();
    report.findings = vec![first.clone(); 300];
    let whole: usize = (1..=300).map(|number| size(&details(number, &first)) + size(&row(&first))).sum();
    assert!(whole > 70_000, "{whole}");
    let text = written(&report);
    assert!(size(&text) <= 65_536 && size(&text) > 50_000, "{}", size(&text));
    assert!(text.contains("without room here"), "what is left out is counted");
    assert!(text.trim_end().ends_with("exit 1."), "the last line is there");
    report.findings = vec![first; 3_000];
    let text = written(&report);
    assert!(size(&text) <= 65_536 && text.contains("more findings not shown here"));
}

#[test]
fn one_endless_finding_fits_too() {
    let mut report = fixture::report();
    let finding = &mut report.findings[0];
    for text in [&mut finding.message, &mut finding.setting, &mut finding.file] {
        *text = "😀".repeat(100_000);
    }
    report.errors[0].message = "|".repeat(100_000);
    report.coverage.policy_source = "x".repeat(100_000);
    assert!(size(&written(&report)) <= 65_536);
}
