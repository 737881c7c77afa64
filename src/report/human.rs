//! The report for people at a terminal or in a CI log: one block a finding, then what was looked at and the verdict.

use std::fmt::Write as _;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};
use owo_colors::{OwoColorize, Style};

use super::change;
use super::escape;
use super::model::{Change, Excerpt, Finding, Report, Severity, Side, StateWord, Verdict};

/// How the text is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Colours and line-drawing characters; plain ASCII without.
    pub color: bool,
    /// Columns to wrap prose at.
    pub width: usize,
    /// Also notes, and what got safer or stayed weak.
    pub show_all: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { color: false, width: 100, show_all: false }
    }
}

/// Files, places and names listed before the rest is only counted.
const LISTED: usize = 5;
/// Characters of a value shown in one line.
const VALUE: usize = 120;

/// Writes the whole report.
///
/// # Errors
/// What the writer answers.
pub fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint { on: options.color };
    let (listed, hidden): (Vec<_>, Vec<_>) = report.findings.iter().partition(|finding| options.show_all || speaks(finding));
    for finding in &listed {
        // CI runs print this too, and runners read commands out of logs
        writeln!(out, "{}", escape::log(&block(finding, *options, paint)))?;
    }
    out.write_all(escape::log(&closing(report, hidden.len(), paint)).as_bytes())
}

/// What went wrong, the verdict, and last what was looked at.
fn closing(report: &Report, hidden: usize, paint: Paint) -> String {
    let mut lines = Vec::new();
    if hidden > 0 {
        lines.push(format!("{} not shown: --show all lists {}", count(hidden, "note"), if hidden == 1 { "it" } else { "them" }));
    }
    let skipped = &report.coverage.skipped;
    lines.extend(
        skipped.iter().take(LISTED).map(|skipped| format!("skipped {}: {}", escape::line(&skipped.file), escape::line(&skipped.reason))),
    );
    if skipped.len() > LISTED {
        lines.push(format!("and {} skipped", count(skipped.len() - LISTED, "more file")));
    }
    for error in &report.errors {
        let place = match (&error.file, error.line) {
            (Some(file), Some(line)) => format!("{}:{line}: ", escape::line(file)),
            (Some(file), None) => format!("{}: ", escape::line(file)),
            (None, _) => String::new(),
        };
        // further lines of a message stand under its first one
        let message = escape::terminal(&error.message).trim_end().replace('\n', "\n  ");
        lines.push(format!("{} {place}{message}", paint.severity(Severity::Error, "error:")));
    }
    lines.push(verdict_line(report, paint));
    lines.push(coverage_line(report));
    lines.push(String::new());
    lines.join("\n")
}

/// `checked 14 files, 61 settings against 60 policies (built-in 0.1.0, base); 1 weakened, 0 undecided, 0 skipped`
#[must_use]
pub fn coverage_line(report: &Report) -> String {
    let coverage = &report.coverage;
    if report.base.is_none() && coverage.policies == 0 {
        return "checked 0 files, 0 settings against 0 policies: nothing was compared".into();
    }
    // notes are no news: what is lowered to one does not count here
    let waived = report.findings.iter().filter(|finding| speaks(finding) && finding.waiver.is_some()).count();
    let undecided = report.findings.iter().filter(|finding| counts(finding) && finding.change == Change::Undecided).count();
    let weakened = report.findings.iter().filter(|finding| counts(finding)).count() - undecided;
    let waived = if waived == 0 { String::new() } else { format!(" {waived} waived,") };
    format!(
        "checked {}, {} against {} ({}); {weakened} weakened, {undecided} undecided,{waived} {} skipped{}",
        count(coverage.files, "file"),
        count(coverage.settings, "setting"),
        if coverage.policies == 1 { "1 policy".to_owned() } else { format!("{} policies", coverage.policies) },
        escape::line(&coverage.policy_source),
        coverage.skipped.len(),
        if coverage.files == 0 { "; nothing was looked at" } else { "" },
    )
}

/// Whether a reader who asked for nothing special sees it.
fn speaks(finding: &Finding) -> bool {
    finding.severity != Severity::Note && finding.change.can_fail()
}

/// Whether it is something that nobody has accepted.
fn counts(finding: &Finding) -> bool {
    speaks(finding) && finding.waiver.is_none()
}

fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

fn verdict_line(report: &Report, paint: Paint) -> String {
    let failing = |severity| report.findings.iter().filter(|finding| finding.severity == severity && counts(finding)).count();
    let (errors, warnings) = (failing(Severity::Error), failing(Severity::Warning));
    let found = match (errors, warnings) {
        (0, 0) => String::new(),
        (errors, 0) => count(errors, "error"),
        (0, warnings) => count(warnings, "warning"),
        (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    };
    let (word, says, severity) = match report.verdict {
        Verdict::Pass if report.coverage.files == 0 => ("pass", "no file was read, so nothing was judged", None),
        Verdict::Pass if errors + warnings > 0 => ("pass", "nothing that was found fails this run", None),
        Verdict::Pass => ("pass", "no default got weaker", None),
        Verdict::Weakened => ("weakened", "a default got weaker", Some(Severity::Error)),
        Verdict::Undecided => ("undecided", "it cannot be known whether a default got weaker", Some(Severity::Warning)),
        Verdict::Error => ("error", "the run could not start as it was asked to", Some(Severity::Error)),
    };
    let word = severity.map_or_else(|| paint.good(word), |severity| paint.severity(severity, word));
    let found = if found.is_empty() { found } else { format!(" ({found})") };
    format!("verdict: {word}: {says}{found}, exit {}", report.exit)
}

fn block(finding: &Finding, options: Options, paint: Paint) -> String {
    let code = format!("{}[{}]", finding.severity.word(), escape::line(&finding.policy));
    let mut text = wrapped(&format!("{code}: "), 2, &escape::line(&finding.message), options.width);
    if let Some(rest) = text.strip_prefix(&code) {
        text = format!("{}{}", paint.severity(finding.severity, &code), paint.strong(rest.trim_end_matches('\n')));
        text.push('\n');
    }
    let head = finding.head.as_ref().filter(|side| side.excerpt.is_some());
    if let Some(side) = head {
        text.push_str(&snippet(finding, side, "now", true, paint));
    } else {
        let gone = match &finding.head {
            Some(side) if side.state == StateWord::Written => "",
            Some(side) if side.state == StateWord::Unreadable => "  (cannot be read now)",
            Some(side) if side.state == StateWord::Unknown => "  (cannot be known now)",
            Some(_) => "  (not written any more)",
            None => "  (gone now)",
        };
        let _ = writeln!(text, "    --> {}:{}:{}{gone}", escape::line(&finding.file), finding.line, finding.column);
    }
    if let Some(side) = finding.base.as_ref().filter(|side| side.excerpt.is_some()) {
        text.push_str(&snippet(finding, side, "was", head.is_none(), paint));
    }
    for (label, prose) in rows(finding, paint) {
        text.push_str(&wrapped(&format!("  {label:<8}"), 10, &prose, options.width));
    }
    text
}

/// What stands under the snippets: `change`, `scope`, `why`, `fix` ...
fn rows(finding: &Finding, paint: Paint) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    // with one side only, the snippet's label has said it
    if let (Some(_), Some(change)) = (&finding.base, change::line(finding.base.as_ref(), finding.head.as_ref(), paint.on)) {
        rows.push(("change", format!("{}: {change}", one_line(&finding.setting))));
    }
    let mut about = finding.scope.as_deref().map(escape::line).unwrap_or_default();
    let class = finding.path_class.word();
    if class != "product" {
        about = if about.is_empty() { format!("{class} file") } else { format!("{about} ({class} file)") };
    }
    let mut prose = |label, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            rows.push((label, text));
        }
    };
    prose("scope", Some(about));
    prose("why", finding.why.as_deref().map(sentence));
    prose("fix", finding.fix.as_deref().map(sentence));
    let others: Vec<String> = finding
        .places
        .iter()
        .filter(|place| place.file != finding.file || place.line != finding.line)
        .map(|place| format!("{}:{}", escape::line(&place.file), place.line))
        .collect();
    prose("places", Some(listed(&others)));
    prose("also", Some(listed(&finding.also.iter().map(|id| escape::line(id)).collect::<Vec<_>>())));
    prose("waiver", finding.waiver.as_deref().map(escape::line));
    let explain = format!("privgate explain {}", escape::line(&finding.policy));
    let more: Vec<String> = std::iter::once(explain).chain(finding.refs.iter().map(|reference| escape::line(reference))).collect();
    prose("more", Some(more.join(", ")));
    rows
}

/// Prose as one line; it is wrapped anew.
fn sentence(text: &str) -> String {
    escape::line(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn listed(names: &[String]) -> String {
    let mut text = names.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > LISTED {
        let _ = write!(text, " and {} more", names.len() - LISTED);
    }
    text
}

/// The text behind a label, wrapped between words; a word that is too long stays whole. Colours are not counted.
fn wrapped(label: &str, indent: usize, text: &str, width: usize) -> String {
    let mut out = label.to_owned();
    let mut column = label.chars().count();
    let mut fresh = true;
    for word in text.split(' ') {
        let length = visible_width(word);
        if !fresh && column + 1 + length > width.max(40) {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
            fresh = true;
        }
        if !fresh {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
        fresh = false;
    }
    out.push('\n');
    out
}

/// Characters that take a place: all but our own colour sequences, the only escapes left at this point.
fn visible_width(word: &str) -> usize {
    let mut inside = false;
    let mut width = 0;
    for c in word.chars() {
        match (inside, c) {
            (false, '\u{1b}') => inside = true,
            (true, 'm') => inside = false,
            (true, _) => {}
            (false, _) => width += 1,
        }
    }
    width
}

/// A value for one line: escaped, and shortened in the middle, as both ends tell values apart.
pub(super) fn one_line(value: &str) -> String {
    let shown = escape::line(value);
    let length = shown.chars().count();
    if length <= VALUE {
        return shown;
    }
    let front: String = shown.chars().take(VALUE / 2).collect();
    let back: String = shown.chars().skip(length - VALUE / 2).collect();
    format!("{front}...{back}")
}

fn snippet(finding: &Finding, side: &Side, tense: &str, context: bool, paint: Paint) -> String {
    let Some(excerpt) = &side.excerpt else { return String::new() };
    // an unset side has no place of its own: it is shown where the finding stands
    let file = side.file.as_deref().unwrap_or(&finding.file);
    let place = if tense == "was" { " (base)" } else { "" };
    let label = format!("{tense} {}", change::shown(side));
    let line = side.line.unwrap_or(finding.line).max(1) as usize - 1;
    let column = side.column.unwrap_or(finding.column).max(1) as usize - 1;
    let alone;
    let excerpt = if context {
        excerpt
    } else {
        alone = marked_line(excerpt);
        &alone
    };
    let Some(window) = Window::new(excerpt, line, column, format!("{}{place}", escape::line(file)), label) else {
        return format!("    --> {}:{}\n", escape::line(file), line + 1);
    };
    let theme = if paint.on { GraphicalTheme::unicode() } else { GraphicalTheme::none() };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_context_lines(2);
    let mut text = String::new();
    if handler.render_report(&mut text, &window).is_err() {
        return format!("    --> {}:{}\n", escape::line(file), line + 1);
    }
    // the first line is the message, which stands above the snippets already
    let text = text.split_once('\n').map_or("", |(_, rest)| rest);
    text.lines().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "  {}", line.trim_end());
        out
    })
}

/// An excerpt without the lines around the marked one.
fn marked_line(excerpt: &Excerpt) -> Excerpt {
    let before = excerpt.text.get(..excerpt.start).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
    let text = excerpt.text.get(before..).and_then(|text| text.lines().next()).unwrap_or("").to_owned();
    Excerpt { text, start: excerpt.start - before, end: excerpt.end.saturating_sub(before), ..excerpt.clone() }
}

/// A cropped piece of a file that knows where it stood. miette sees nothing else of a file: it prints control characters
/// as they are, rescans whole files, and panics beyond column 65,535.
#[derive(Debug)]
struct Window {
    text: String,
    /// Line and column of the mark in the file, from 0.
    line: usize,
    column: usize,
    /// Lines of the window before the marked one.
    before: usize,
    name: String,
    label: String,
    mark: SourceSpan,
}

impl Window {
    /// Nothing for an excerpt whose mark does not fit its text.
    fn new(excerpt: &Excerpt, line: usize, column: usize, name: String, label: String) -> Option<Self> {
        let mark = excerpt.text.get(excerpt.start..excerpt.end)?;
        if mark.contains('\n') || excerpt.text.len() > 8_000 {
            return None;
        }
        // a mark at the very end has no byte of its own to stand under
        let text = format!("{}\n", escape::terminal(&excerpt.text));
        if text.len() != excerpt.text.len() + 1 {
            return None;
        }
        let before = excerpt.text.get(..excerpt.start)?.matches('\n').count();
        Some(Self { text, line, column, before, name, label, mark: (excerpt.start, mark.len()).into() })
    }
}

impl SourceCode for Window {
    fn read_span<'a>(&'a self, span: &SourceSpan, before: usize, after: usize) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.text.as_str().read_span(span, before, after)?;
        let line = (self.line + contents.line()).saturating_sub(self.before);
        let column = if before == 0 && contents.line() == self.before { self.column } else { contents.column() };
        let count = contents.line_count();
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), contents.data(), *contents.span(), line, column, count)))
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Window {}

impl Diagnostic for Window {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(Some(self.label.clone()), self.mark))))
    }
}

/// Colours, when there are any.
#[derive(Clone, Copy, Debug)]
struct Paint {
    on: bool,
}

impl Paint {
    fn with(self, text: &str, style: Style) -> String {
        if self.on && !text.is_empty() { text.style(style).to_string() } else { text.to_owned() }
    }

    fn severity(self, severity: Severity, text: &str) -> String {
        let style = match severity {
            Severity::Error => Style::new().red().bold(),
            Severity::Warning => Style::new().yellow().bold(),
            Severity::Note => Style::new().cyan().bold(),
        };
        self.with(text, style)
    }

    fn strong(self, text: &str) -> String {
        self.with(text, Style::new().bold())
    }

    fn good(self, text: &str) -> String {
        self.with(text, Style::new().green().bold())
    }
}

#[cfg(test)]
mod tests;
