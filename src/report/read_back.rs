//! A JSON report read back, so that a step that judged nothing can show it. What comes in is as untrusted as the repository that it is
//! about: it is only ever shown, and every writer escapes what it shows.

use serde::Deserialize;

use super::model::{Coverage, ErrorShown, Finding, Report, RevisionShown, Severity, Verdict};

/// The longest report that is read, in bytes: far more than one of ten thousand findings.
pub const LONGEST: usize = 64 * 1024 * 1024;

#[derive(Deserialize)]
struct Written {
    schema: String,
    date: String,
    base: Option<RevisionShown>,
    head: Option<RevisionShown>,
    verdict: Verdict,
    exit: u8,
    coverage: Coverage,
    findings: Vec<Finding>,
    errors: Vec<ErrorShown>,
}

/// Reads a report that `--report json=FILE` wrote.
///
/// # Errors
/// It is none, in one line.
pub fn parse(text: &str) -> Result<Report, String> {
    if text.len() > LONGEST {
        return Err(format!("it has more than {LONGEST} bytes"));
    }
    let written: Written = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let empty = Report::empty(written.date);
    if written.schema != empty.schema {
        return Err(format!("its schema is `{}`, this program knows `{}`", written.schema.escape_debug(), empty.schema));
    }
    let mut report = Report {
        base: written.base,
        head: written.head,
        verdict: written.verdict,
        exit: written.exit,
        coverage: written.coverage,
        findings: written.findings,
        errors: written.errors,
        ..empty
    };
    report.fails_from = failed_from(&report);
    Ok(report)
}

/// From which severity on findings failed; the report says only whether any did. Where warnings alone failed, they were meant to.
fn failed_from(report: &Report) -> Option<Severity> {
    let fails = |from: Severity| {
        let can = |finding: &&Finding| finding.change.can_fail() && finding.waiver.is_none() && finding.severity <= from;
        report.findings.iter().filter(can).count() > 0
    };
    match report.verdict {
        Verdict::Pass if fails(Severity::Error) => None,
        Verdict::Pass => Some(Severity::Error),
        _ if fails(Severity::Error) || !fails(Severity::Warning) => Some(Severity::Error),
        _ => Some(Severity::Warning),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, fixture, human, write};
    use super::*;

    fn in_format(report: &Report, format: Format) -> String {
        let mut out = Vec::new();
        write(format, report, &human::Options::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_report_read_back_is_shown_as_it_was() {
        for report in [fixture::report(), fixture::hostile(), fixture::quiet(), fixture::failed()] {
            let back = parse(&in_format(&report, Format::Json)).unwrap();
            for format in [Format::Json, Format::Markdown] {
                assert_eq!(in_format(&back, format), in_format(&report, format));
            }
        }
    }

    #[test]
    fn warnings_that_failed_are_counted_as_failures() {
        let mut report = fixture::report();
        report.findings.retain(|finding| finding.severity == Severity::Warning);
        report.fails_from = Some(Severity::Warning);
        let back = parse(&in_format(&report, Format::Json)).unwrap();
        assert_eq!(in_format(&back, Format::Markdown), in_format(&report, Format::Markdown));
    }

    #[test]
    fn what_is_no_report_is_refused_with_a_reason() {
        let good = in_format(&fixture::report(), Format::Json);
        let wrong = parse(&good.replace("privgate-report/1", "privgate-report/9")).unwrap_err();
        assert!(wrong.contains("privgate-report/9"), "{wrong}");
        for text in ["", "[]", "{}", "null", &good.replace("\"weakened\"", "\"worse\"")] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
