//! Where text goes: the report to standard output, words for people to standard error, a closed pipe is no accident.

use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::report::human::{Options, coverage_line};
use crate::report::model::{Report, RuleSet};
use crate::report::{Format, write};
use crate::waiver::day::date;

use super::report_file::ReportFile;

/// Whether something could not be written to standard output.
static LOST: AtomicBool = AtomicBool::new(false);

/// Writes to standard output; a reader that has gone away has seen enough.
pub fn print(text: &str) {
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    written(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// Remembers what a full disk did not take: nobody may take a document that is not there for a pass.
fn written(result: std::io::Result<()>) {
    if let Err(error) = result
        && error.kind() != ErrorKind::BrokenPipe
        && !LOST.swap(true, Ordering::Relaxed)
    {
        tell(&format!("error: standard output cannot be written: {error}"));
    }
}

/// The exit code of a run: 3 where nothing failed and its answer reached nobody.
#[must_use]
pub fn exit(code: u8) -> u8 {
    if code == 0 && LOST.load(Ordering::Relaxed) { 3 } else { code }
}

/// Writes a line to standard error.
pub fn tell(text: &str) {
    let mut out = anstream::AutoStream::auto(std::io::stderr());
    let _ = writeln!(out, "{text}");
}

/// Writes a report in one format to standard output and in others to files, and gives its exit code. A file that cannot be written
/// is exit 3 where nothing fails: somebody waits for it.
pub fn report(report: &mut Report, format: Format, files: &[ReportFile], show_all: bool) -> u8 {
    if format == Format::Intoto || files.iter().any(|file| file.format == Format::Intoto) {
        report.rule_sets.insert(0, RuleSet::built_in());
    }
    let mut written = true;
    for file in files {
        if let Err(error) = file.write(report) {
            tell(&format!("error: {}", crate::report::escape::terminal(&error)));
            written = false;
        }
    }
    let exit = to_standard_output(report, format, show_all);
    if exit == 0 && !written { 3 } else { exit }
}

fn to_standard_output(report: &Report, format: Format, show_all: bool) -> u8 {
    let terminal = std::io::stdout().is_terminal();
    let color = terminal && anstream::stdout().current_choice() != anstream::ColorChoice::Never && std::env::var_os("NO_COLOR").is_none();
    let options = Options { color, width: width(), show_all };
    let mut text = Vec::new();
    if let Err(error) = write(format, report, &options, &mut text) {
        tell(&format!("error: the report could not be written: {error}"));
        return 3;
    }
    let mut out = std::io::stdout().lock();
    written(out.write_all(&text).and_then(|()| out.flush()));
    if format.is_machine() {
        for error in &report.errors {
            tell(&format!("error: {}", crate::report::escape::terminal(&error.message)));
        }
        tell(&coverage_line(report));
    }
    report.exit
}

fn width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| (40..=200).contains(columns)).unwrap_or(100)
}

/// Today in UTC as `YYYY-MM-DD`.
#[must_use]
pub fn today() -> String {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400);
    date(i64::try_from(days).unwrap_or(0))
}

/// A date as people give it, checked.
///
/// # Errors
/// It is not of the form `YYYY-MM-DD`.
pub fn parse_date(text: &str) -> Result<String, String> {
    crate::waiver::day::of(text).map(|_| text.to_owned()).ok_or_else(|| "expected a day that exists, YYYY-MM-DD".into())
}

#[cfg(test)]
mod tests {
    use super::{date, parse_date};

    #[test]
    fn days_become_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(19_782), "2024-02-29");
        assert_eq!(date(20_778), "2026-11-21");
        assert!(parse_date("2026-11-21").is_ok());
        assert!(parse_date("2026-13-21").is_err());
        assert!(parse_date("26-1-2").is_err());
    }
}
