//! What a browser is given: one file, whole and harmless.

use super::super::fixture;
use super::*;

fn written(report: &Report) -> String {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Names of the elements of a page, from its tags.
fn elements(page: &str) -> std::collections::BTreeSet<String> {
    let names = page.split('<').skip(1).map(|tag| tag.trim_start_matches('/').split([' ', '>', '\n']).next().unwrap().to_owned());
    names.collect()
}

#[test]
fn the_page_needs_nothing_else_and_runs_nothing() {
    let page = written(&fixture::report());
    for element in ["script", "link", "img", "iframe", "object", "form", "input", "base"] {
        assert!(!elements(&page).contains(element), "{element}");
    }
    assert!(!page.contains("url(") && !page.contains("@import"), "nothing is loaded");
    assert!(!regex::Regex::new(r"<[^>]* on[a-z]+\s*=").unwrap().is_match(&page), "nothing reacts");
}

#[test]
fn attacks_bring_no_element_and_no_hidden_character() {
    let (plain, hostile) = (written(&fixture::report()), written(&fixture::hostile()));
    let new: Vec<_> = elements(&hostile).difference(&elements(&plain)).cloned().collect();
    assert!(new.is_empty(), "{new:?}");
    assert!(!hostile.chars().any(|c| super::super::escape::is_hidden(c) && c != '\n'));
    assert!(!hostile.contains("##[") && !hostile.lines().any(|line| line.trim_start().starts_with("::")));
}

#[test]
fn both_sides_are_shown_with_their_lines_and_the_place_is_marked() {
    let page = written(&fixture::report());
    assert!(page.contains("<mark>&quot;1&quot;</mark>") && page.contains("<mark>&quot;0&quot;</mark>"), "{page}");
    assert!(page.contains("<em>not written (counts as 0)</em>"));
    assert!(!page.contains("hf_abcdef"), "secrets stay masked");
}

#[test]
fn very_many_findings_are_counted_and_not_all_shown() {
    let mut report = fixture::report();
    let first = report.findings[0].clone();
    report.findings = vec![first; 3_000];
    let page = written(&report);
    assert!(page.contains("2500 more findings are not shown whole") && page.contains("1000 more rows not shown"));
    assert_eq!(page.matches("<article").count(), WHOLE);
}

#[test]
fn a_quiet_run_and_a_failed_one_have_a_page_too() {
    assert!(written(&fixture::quiet()).contains("No file was read, so nothing was judged"));
    assert!(written(&fixture::failed()).contains("git fetch --depth=1 origin main"));
}
