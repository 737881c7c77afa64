//! A summary in Markdown for job summaries, comments and notes: worst first, before and after in a table, then why and how to put
//! it right. It fits into the smallest of these places, a comment on GitHub.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::escape::{markdown, markdown_code, markdown_prose};
use super::human::coverage_line;
use super::model::{Finding, Place, Report, Severity, Side};
use super::summary::{cell, count, counts, headline, level, revision, speaks, stood, tally};

/// Characters that a comment takes, less some for what its sender puts around it (GitHub: 65,536; a job summary: 1 MiB).
const LIMIT: usize = 65_000;
/// What is kept for the sentences that count what was left out.
const RESERVE: usize = 600;
/// Rows and details may not take the whole room from what comes after them.
const ROWS: usize = 40_000;
/// Places, ids and skipped files listed before the rest is only counted.
const LISTED: usize = 5;

/// Writes the summary.
///
/// # Errors
/// What the writer answers.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(text(report).as_bytes())
}

/// Text that grows while it fits.
struct Page {
    text: String,
    used: usize,
}

impl Page {
    fn put(&mut self, part: &str) {
        self.used += size(part);
        self.text.push_str(part);
    }

    /// Puts parts until the next one would pass the limit; gives how many were left out.
    fn fill(&mut self, parts: impl Iterator<Item = String>, limit: usize) -> usize {
        let mut left = 0;
        for part in parts {
            if left > 0 || self.used + size(&part) > limit {
                left += 1;
            } else {
                self.put(&part);
            }
        }
        left
    }
}

/// GitHub counts UTF-16 units.
fn size(text: &str) -> usize {
    text.encode_utf16().count()
}

fn text(report: &Report) -> String {
    let mut page = Page { text: String::new(), used: 0 };
    let footer = footer(report);
    let room = LIMIT.saturating_sub(size(&footer) + RESERVE);
    page.put(&header(report));
    let (speaking, quiet): (Vec<&Finding>, Vec<&Finding>) = report.findings.iter().partition(|finding| speaks(finding));
    if !speaking.is_empty() {
        page.put("| | Setting | Before | After | Where |\n| --- | --- | --- | --- | --- |\n");
        let left = page.fill(speaking.iter().map(|finding| row(finding)), ROWS.min(room));
        let shown = speaking.len() - left;
        if left > 0 {
            page.put(&format!("\n{} not shown here: the JSON report has all of them.\n", count(left, "more finding")));
        }
        page.put("\n<details><summary>Why, and how to put it right</summary>\n\n");
        let details = speaking.iter().take(shown).enumerate().map(|(index, finding)| details(index + 1, finding));
        let left = page.fill(details, room);
        if left > 0 {
            page.put(&format!("The other {} without room here: `privgate explain` tells more about a policy.\n\n", be(left)));
        }
        page.put("</details>\n\n");
    }
    if !quiet.is_empty() {
        let heading = format!("<details><summary>{}</summary>\n\n", count(quiet.len(), "note"));
        if page.used + size(&heading) + 400 < room {
            page.put(&heading);
            page.put("| | Setting | Before | After | Where |\n| --- | --- | --- | --- | --- |\n");
            let left = page.fill(quiet.iter().map(|finding| row(finding)), room);
            if left > 0 {
                page.put(&format!("\n{} not shown here.\n", count(left, "more note")));
            }
            page.put("\n</details>\n\n");
        }
    }
    page.put(&footer);
    page.text
}

fn be(left: usize) -> String {
    if left == 1 { "1 is".into() } else { format!("{left} are") }
}

fn header(report: &Report) -> String {
    let icon = match report.exit {
        0 if report.findings.iter().any(speaks) => "⚠️",
        0 => "✅",
        1 => "❌",
        _ => "❓",
    };
    let mut text = format!("## {icon} privgate: {}\n\n", markdown(&headline(report)));
    let found = counts(tally(report));
    let found = if found.is_empty() { String::new() } else { format!("**{found}** · ") };
    let from_to = |shown| markdown_code(&revision(shown));
    if report.base.is_some() || report.head.is_some() {
        let _ = writeln!(text, "{found}{} → {}\n", from_to(report.base.as_ref()), from_to(report.head.as_ref()));
    }
    for error in report.errors.iter().take(LISTED) {
        let file = error.file.as_deref().map(|file| format!("{}: ", markdown_code(&at(file, error.line)))).unwrap_or_default();
        let _ = writeln!(text, "> **error** {file}{}\n", markdown_prose(&cut(&error.message)));
    }
    if report.errors.len() > LISTED {
        let _ = writeln!(text, "> and {}\n", count(report.errors.len() - LISTED, "more error"));
    }
    text
}

fn footer(report: &Report) -> String {
    let mut text = String::new();
    let skipped = &report.coverage.skipped;
    if !skipped.is_empty() {
        let _ = write!(text, "<details><summary>{} not judged</summary>\n\n", count(skipped.len(), "file"));
        for skipped in skipped.iter().take(LISTED) {
            let file = if skipped.file.is_empty() { String::new() } else { format!("{}: ", markdown_code(&cut(&skipped.file))) };
            let _ = writeln!(text, "- {file}{}", markdown(&cut(&skipped.reason)));
        }
        if skipped.len() > LISTED {
            let _ = writeln!(text, "- and {} more", skipped.len() - LISTED);
        }
        text.push_str("\n</details>\n\n");
    }
    let _ = writeln!(
        text,
        "{}. {} {}, exit {}.",
        markdown(&cut(&coverage_line(report))),
        report.tool.name,
        markdown(report.tool.version),
        report.exit
    );
    text
}

fn row(finding: &Finding) -> String {
    let icon = match (level(finding), finding.severity) {
        ("safer", _) => "✅",
        (_, Severity::Error) => "❌",
        (_, Severity::Warning) => "⚠️",
        (_, Severity::Note) => "💬",
    };
    let scope = finding.scope.as_deref().map(|scope| format!(" <br> {}", markdown(&cut(scope)))).unwrap_or_default();
    let waived = if finding.waiver.is_some() { ", waived" } else { "" };
    let others = finding.places.len().saturating_sub(1);
    let more = if others > 0 { format!(" <br> and {}", count(others, "more place")) } else { String::new() };
    format!(
        "| {icon} {}{waived} | {}{scope} | {} | {} | {}{more} |\n",
        finding.change.word(),
        markdown_code(&cut(&finding.setting)),
        value(finding.base.as_ref(), "new"),
        value(finding.head.as_ref(), "gone"),
        markdown_code(&at(&cut(&finding.file), Some(finding.line))),
    )
}

fn value(side: Option<&Side>, gone: &'static str) -> String {
    let (text, code) = cell(side, gone);
    if code { markdown_code(&text) } else { markdown(&text) }
}

fn at(file: &str, line: Option<u32>) -> String {
    line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"))
}

fn details(number: usize, finding: &Finding) -> String {
    let mut text = format!("#### {number}\\. {}\n\n", markdown_code(&cut(&finding.setting)));
    let _ = writeln!(text, "{}\n", markdown_prose(&cut_long(&finding.message)));
    let mut item = |label: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            let _ = writeln!(text, "- **{label}** {value}");
        }
    };
    item("Why", finding.why.as_deref().map(|why| markdown_prose(&cut_long(why))));
    item("Fix", finding.fix.as_deref().map(|fix| markdown_prose(&cut_long(fix))));
    item("At base", stood(finding).map(|stood| markdown_code(&cut(&stood))));
    let here = |place: &&Place| place.file != finding.file || place.line != finding.line;
    let places: Vec<String> =
        finding.places.iter().filter(here).map(|place| markdown_code(&at(&cut(&place.file), Some(place.line)))).collect();
    item("Also in", Some(listed(&places)));
    item("Also by", Some(listed(&finding.also.iter().map(|id| markdown_code(&cut(id))).collect::<Vec<_>>())));
    item("Waiver", finding.waiver.as_deref().map(|waiver| markdown(&cut(waiver))));
    let mut more = vec![markdown_code(&format!("privgate explain {}", cut(&finding.policy)))];
    more.extend(finding.refs.iter().take(LISTED).map(|reference| markdown(&cut(reference))));
    item("More", Some(more.join(", ")));
    text.push('\n');
    text
}

fn listed(names: &[String]) -> String {
    let mut text = names.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > LISTED {
        let _ = write!(text, " and {} more", names.len() - LISTED);
    }
    text
}

/// Names and values: a few hundred characters are enough to know them by.
fn cut(text: &str) -> String {
    super::summary::cut(text, 300)
}

fn cut_long(text: &str) -> String {
    super::summary::cut(text, 1_500)
}

#[cfg(test)]
mod tests;
