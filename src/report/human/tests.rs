//! What a maintainer sees, whole.

use super::super::{escape, fixture};
use super::*;

fn written(report: &Report, options: Options) -> String {
    let mut out = Vec::new();
    write(report, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_pull_request_that_weakens() {
    insta::assert_snapshot!(written(&fixture::report(), Options::default()));
}

#[test]
fn the_same_with_notes() {
    let text = written(&fixture::report(), Options { show_all: true, ..Options::default() });
    assert!(text.contains("note[telemetry/posthog]: telemetry is off now") && !text.contains("not shown"));
}

#[test]
fn a_run_that_looked_at_nothing_says_so() {
    insta::assert_snapshot!(written(&fixture::quiet(), Options::default()), @r"
    verdict: pass: no file was read, so nothing was judged, exit 0
    checked 0 files, 0 settings against 60 policies (built-in 0.1.0, base); 0 weakened, 0 undecided, 0 skipped; nothing was looked at
    ");
}

#[test]
fn a_run_without_a_base_says_what_to_do() {
    insta::assert_snapshot!(written(&fixture::failed(), Options::default()), @r"
    error: the clone does not hold the base commit.
      Run: git fetch --depth=1 origin main
    verdict: undecided: it cannot be known whether a default got weaker, exit 3
    checked 0 files, 0 settings against 60 policies (built-in 0.1.0, base); 0 weakened, 0 undecided, 0 skipped; nothing was looked at
    ");
}

#[test]
fn attacks_stay_text() {
    let text = written(&fixture::hostile(), Options { show_all: true, ..Options::default() });
    assert!(!text.chars().any(|c| escape::is_hidden(c) && c != '\n'), "{text:?}");
    assert!(!text.contains("##[") && !text.lines().any(|line| line.trim_start().starts_with("::")));
    insta::assert_snapshot!(text);
}

#[test]
fn colours_are_only_ours() {
    let text = written(&fixture::hostile(), Options { color: true, ..Options::default() });
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once('\u{1b}') {
        let (sequence, tail) = after.split_once('m').unwrap();
        assert!(sequence.strip_prefix('[').unwrap().chars().all(|c| c.is_ascii_digit() || c == ';'), "{sequence:?}");
        rest = tail;
    }
    assert!(!text.contains('\u{202e}'));
}

#[test]
fn the_coverage_line_counts() {
    assert_eq!(
        coverage_line(&fixture::report()),
        "checked 14 files, 61 settings against 60 policies (built-in 0.1.0, base); 4 weakened, 1 undecided, 7 skipped"
    );
}

#[test]
fn an_excerpt_that_does_not_fit_its_mark_leaves_the_place() {
    let mut report = fixture::report();
    for (start, end) in [(0, 10_000), (5, 2), (usize::MAX, usize::MAX), (0, 100)] {
        for finding in &mut report.findings {
            for side in [&mut finding.base, &mut finding.head].into_iter().flatten() {
                if let Some(excerpt) = &mut side.excerpt {
                    (excerpt.start, excerpt.end) = (start, end);
                }
            }
        }
        assert!(written(&report, Options::default()).contains("--> compose.yaml:7"));
    }
}

#[test]
fn an_unset_side_is_shown_where_the_finding_stands() {
    let mut report = fixture::report();
    let finding = &mut report.findings[1];
    let excerpt = finding.base.as_ref().and_then(|side| side.excerpt.clone());
    finding.head.as_mut().unwrap().excerpt = excerpt;
    assert!(written(&report, Options::default()).contains("now not written (counts as 0)"));
}

#[test]
fn empty_marks_and_ends_of_files_are_shown() {
    for (text, start, end) in [("", 0, 0), ("a", 1, 1), ("a:\n", 2, 2), ("a:\n", 3, 3), ("\t\tx: 漢字", 5, 11), ("a\nb\nc\nd\ne", 8, 9)] {
        let mut report = fixture::report();
        report.findings.truncate(1);
        let excerpt = super::super::excerpt::crop(text, crate::span::Span::new(start, end), &crate::span::LineIndex::new(text), None);
        report.findings[0].head.as_mut().unwrap().excerpt = Some(excerpt);
        let text = written(&report, Options::default());
        assert!(text.contains("now 0"), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_under_any_mark_is_shown_without_harm(text in "(?s).{0,400}", start in 0_u32..500, length in 0_u32..60, width in 0_usize..120, color: bool) {
        let mut report = fixture::report();
        let index = crate::span::LineIndex::new(&text);
        let excerpt = super::super::excerpt::crop(&text, crate::span::Span { start, end: start + length }, &index, None);
        for finding in &mut report.findings {
            for side in [&mut finding.base, &mut finding.head].into_iter().flatten() {
                side.excerpt = Some(excerpt.clone());
                side.value = Some(text.clone());
            }
            finding.message.clone_from(&text);
        }
        let shown = written(&report, Options { color, width, show_all: true });
        let hidden = shown.chars().find(|c| escape::is_hidden(*c) && *c != '\n' && !(color && *c == char::from(27)));
        proptest::prop_assert_eq!(hidden, None);
    }
}
