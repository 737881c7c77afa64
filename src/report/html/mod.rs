//! The report as one page that needs nothing else: no scripts, no fonts, no images, no network. Light and dark as the reader's
//! system asks for; made for narrow and wide windows, for paper and for screen readers.

mod finding;

use std::fmt::Write as _;
use std::io::{self, Write};

use super::escape::{html, html_prose};
use super::human::coverage_line;
use super::model::{Finding, Report, RevisionShown, Verdict};
use super::summary::{Tally, cell, count, headline, level, speaks, tally};

const STYLE: &str = include_str!("style.css");

/// Findings that are shown whole; a browser still scrolls such a page smoothly.
const WHOLE: usize = 500;
/// Rows of a table.
const ROWS: usize = 2_000;
/// Skipped files that are listed.
const SKIPPED: usize = 200;

/// Writes the page.
///
/// # Errors
/// What the writer answers.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let title = html(&headline(report));
    // nothing is loaded and nothing runs, whatever a text of the repository could smuggle in
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title} - privgate</title>\n<style>\n{STYLE}</style>\n</head>\n<body>"
    )?;
    out.write_all(top(report).as_bytes())?;
    out.write_all(b"<main id=\"findings\">\n")?;
    out.write_all(errors(report).as_bytes())?;
    let (speaking, quiet): (Vec<&Finding>, Vec<&Finding>) = report.findings.iter().partition(|finding| speaks(finding));
    if !speaking.is_empty() {
        out.write_all(glance(&speaking).as_bytes())?;
        writeln!(out, "<section class=\"list\" aria-labelledby=\"details\">\n<h2 id=\"details\">Findings</h2>")?;
        for (index, finding) in speaking.iter().take(WHOLE).enumerate() {
            out.write_all(finding::article(index + 1, finding, report.fails(finding)).as_bytes())?;
        }
        let left = speaking.len().saturating_sub(WHOLE);
        if left > 0 {
            let verb = if left == 1 { "is" } else { "are" };
            writeln!(
                out,
                "<p class=\"left\">{} {verb} not shown whole: the JSON report has all of them.</p>",
                count(left, "more finding")
            )?;
        }
        writeln!(out, "</section>")?;
    } else if report.errors.is_empty() {
        out.write_all(nothing(report).as_bytes())?;
    }
    out.write_all(notes(&quiet).as_bytes())?;
    out.write_all(skipped(report).as_bytes())?;
    writeln!(out, "</main>")?;
    out.write_all(bottom(report).as_bytes())?;
    writeln!(out, "</body>\n</html>")
}

fn top(report: &Report) -> String {
    let (class, mark) = match report.verdict {
        Verdict::Pass if report.coverage.files == 0 => ("nothing", "–"),
        Verdict::Pass if report.findings.iter().any(speaks) => ("warning", "!"),
        Verdict::Pass => ("pass", "✓"),
        Verdict::Weakened => ("error", "✕"),
        Verdict::Undecided | Verdict::Error => ("undecided", "?"),
    };
    let mut text = format!(
        "<a class=\"skip\" href=\"#findings\">Skip to the findings</a>\n<header class=\"top {class}\">\n<div class=\"inner\">\n\
         <p class=\"brand\"><span aria-hidden=\"true\" class=\"gate\"></span>privgate <span class=\"quiet\">privacy defaults</span></p>\n\
         <div class=\"hero\"><span class=\"mark\" aria-hidden=\"true\">{mark}</span>\n<div><h1>{}</h1>\n<p class=\"compared\">{} \
         <span aria-hidden=\"true\">→</span><span class=\"sr\">compared with</span> {}</p></div></div>\n",
        html(&headline(report)),
        revision(report.base.as_ref()),
        revision(report.head.as_ref()),
    );
    let Tally { errors, warnings, notes } = tally(report);
    let coverage = &report.coverage;
    let tiles = [
        ("error", errors, "error"),
        ("warning", warnings, "warning"),
        ("note", notes, "note"),
        ("", coverage.files, "file"),
        ("", coverage.settings, "setting"),
        ("", coverage.policies, if coverage.policies == 1 { "policy" } else { "policie" }),
    ];
    text.push_str("<dl class=\"tiles\">\n");
    for (class, number, word) in tiles {
        let class = if number == 0 { "" } else { class };
        let plural = if number == 1 { "" } else { "s" };
        let _ = writeln!(text, "<div class=\"tile {class}\"><dt>{word}{plural}</dt><dd>{number}</dd></div>");
    }
    text.push_str("</dl>\n</div>\n</header>\n");
    text
}

fn revision(shown: Option<&RevisionShown>) -> String {
    let Some(shown) = shown else { return "<code>nothing</code>".into() };
    let commit = shown.commit.as_deref().unwrap_or("");
    let short: String = commit.chars().take(10).collect();
    let rev = if shown.rev == commit { String::new() } else { format!("<span>{}</span>", html(&shown.rev)) };
    let short = if short.is_empty() { short } else { format!(" <code title=\"{}\">{}</code>", html(commit), html(&short)) };
    format!("<span class=\"rev\">{rev}{short}</span>")
}

fn errors(report: &Report) -> String {
    let mut text = String::new();
    for error in &report.errors {
        let place = match (&error.file, error.line) {
            (Some(file), Some(line)) => format!("<code class=\"place\">{}:{line}</code>", html(file)),
            (Some(file), None) => format!("<code class=\"place\">{}</code>", html(file)),
            (None, _) => String::new(),
        };
        let _ = writeln!(text, "<div class=\"problem\"><p><strong>Error</strong> {place}</p><pre>{}</pre></div>", html(&error.message));
    }
    text
}

/// What got weaker at one look, worst first.
fn glance(findings: &[&Finding]) -> String {
    let mut text = String::from("<h2>At a glance</h2>\n");
    text.push_str(&table("What got weaker, worst first", findings, true));
    text
}

fn table(caption: &str, findings: &[&Finding], linked: bool) -> String {
    let mut text = format!(
        "<section class=\"scroll\" tabindex=\"0\" aria-label=\"{caption}\">\n<table>\n<caption class=\"sr\">{caption}</caption>\n\
         <thead><tr><th scope=\"col\">Change</th><th scope=\"col\">Setting</th><th scope=\"col\">Before</th>\
         <th scope=\"col\">After</th><th scope=\"col\">Where</th></tr></thead>\n<tbody>\n"
    );
    for (index, finding) in findings.iter().take(ROWS).enumerate() {
        let value = |side, gone| {
            let (shown, code) = cell(side, gone);
            if code { format!("<code>{}</code>", html(&shown)) } else { format!("<span class=\"quiet\">{}</span>", html(&shown)) }
        };
        let name = format!("<code>{}</code>", html(&finding.setting));
        let name = if linked && index < WHOLE { format!("<a href=\"#finding-{}\">{name}</a>", index + 1) } else { name };
        let scope = finding.scope.as_deref().map(|scope| format!("<br><span class=\"quiet\">{}</span>", html(scope))).unwrap_or_default();
        let others = finding.places.len().saturating_sub(1);
        let more = if others > 0 { format!("<br><span class=\"quiet\">and {}</span>", count(others, "more place")) } else { String::new() };
        let _ = writeln!(
            text,
            "<tr><td><span class=\"chip {}\">{}</span></td><th scope=\"row\">{name}{scope}</th><td data-label=\"Before\">{}</td>\
             <td data-label=\"After\">{}</td><td data-label=\"Where\"><code>{}:{}</code>{more}</td></tr>",
            level(finding),
            finding.change.word(),
            value(finding.base.as_ref(), "new"),
            value(finding.head.as_ref(), "gone"),
            html(&finding.file),
            finding.line,
        );
    }
    text.push_str("</tbody>\n</table>\n</section>\n");
    let left = findings.len().saturating_sub(ROWS);
    if left > 0 {
        let _ = writeln!(text, "<p class=\"left\">{} not shown: the JSON report has all of them.</p>", count(left, "more row"));
    }
    text
}

fn nothing(report: &Report) -> String {
    let text = if report.coverage.files == 0 {
        "No changed file is of a kind that privgate reads."
    } else {
        "Every default that was looked at is as safe as before, or safer."
    };
    format!("<div class=\"calm\"><h2>Nothing to put right</h2><p>{text}</p></div>\n")
}

fn notes(quiet: &[&Finding]) -> String {
    if quiet.is_empty() {
        return String::new();
    }
    let table = table("Notes: what got safer, stayed as it was, or is only worth a word", quiet, false);
    format!("<details class=\"fold\"><summary>{}</summary>\n{table}</details>\n", count(quiet.len(), "note"))
}

fn skipped(report: &Report) -> String {
    let skipped = &report.coverage.skipped;
    if skipped.is_empty() {
        return String::new();
    }
    let mut text = format!("<details class=\"fold\"><summary>{} not judged</summary>\n<ul>\n", count(skipped.len(), "file"));
    for one in skipped.iter().take(SKIPPED) {
        let file = if one.file.is_empty() { String::new() } else { format!("<code>{}</code> ", html(&one.file)) };
        let _ = writeln!(text, "<li>{file}{}</li>", html_prose(&one.reason));
    }
    if skipped.len() > SKIPPED {
        let _ = writeln!(text, "<li>and {} more</li>", skipped.len() - SKIPPED);
    }
    text.push_str("</ul>\n</details>\n");
    text
}

fn bottom(report: &Report) -> String {
    format!(
        "<footer><div class=\"inner\"><p>{}</p>\n<p>{} {} · judged as on {} · verdict {} · exit code {}</p></div></footer>\n",
        html(&coverage_line(report)),
        html(report.tool.name),
        html(report.tool.version),
        html(&report.date),
        report.verdict.word(),
        report.exit,
    )
}

#[cfg(test)]
mod tests;
