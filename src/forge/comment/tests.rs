//! What a comment says, and whether it fits.

use super::*;
use crate::report::fixture;

#[test]
fn only_a_report_that_speaks_begins_a_comment() {
    assert!(speaks(&fixture::report()) && speaks(&fixture::failed()));
    assert!(!speaks(&fixture::quiet()));
}

#[test]
fn a_comment_of_three_thousand_findings_fits() {
    let mut report = fixture::report();
    let first = report.findings.first().cloned().unwrap();
    report.findings = vec![first; 3_000];
    let text = body(&report, &marker(&"k".repeat(60)));
    assert!(text.encode_utf16().count() <= 65_536);
    assert!(text.starts_with("<!-- privgate:kkk"));
}

#[test]
fn a_report_cannot_end_the_hidden_line_or_write_another_marker_at_its_start() {
    let text = body(&fixture::hostile(), &marker("privgate"));
    assert_eq!(text.lines().filter(|line| line.starts_with("<!--")).count(), 1);
    for wrong in ["", "a b", "-->", "a--b", &"k".repeat(61)] {
        assert!(parse_key(wrong).is_err(), "{wrong}");
    }
    assert!(parse_key("app-1.x_y").is_ok());
}

#[test]
fn line_ends_make_no_difference() {
    assert!(same("a\r\nb\r\n", "a\nb"));
    assert!(!same("a\nb", "a\nc"));
}
