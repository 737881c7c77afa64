//! SARIF 2.1.0 for code scanning, within the limits of GitHub's upload and with the line hashes that it compares.

mod model;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use self::model::{
    ArtifactLocation, Configuration, Driver, Help, Invocation, Location, Log, Message, Notification, PhysicalLocation, Region,
    ResultProperties, Rule, RuleProperties, Run, RunProperties, RunResult, Suppression, Tool,
};
use super::model::{Change, Finding, Report, RevisionShown, Severity, Verdict};
use super::summary::{cell, count, cut, cwe, headline, sentence};
use super::{escape, json};

/// Results of one run that GitHub takes.
const RESULTS: usize = 25_000;
/// Places of one result that GitHub shows.
const PLACES: usize = 100;
/// Tags of one rule that GitHub shows.
const TAGS: usize = 10;
/// Characters of a description that GitHub keeps.
const DESCRIPTION: usize = 1_024;
/// Characters of a name that GitHub keeps.
const NAME: usize = 255;
/// Notifications of one run: skipped files could be many thousands.
const NOTIFICATIONS: usize = 1_000;

/// Writes one log with one run.
///
/// # Errors
/// What the writer answers.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    json::write_value(&log(report), out)
}

fn log(report: &Report) -> Log {
    let mut rules = Rules::default();
    let results = report.findings.iter().take(RESULTS).map(|finding| result(report, finding, &mut rules)).collect();
    Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: Driver { name: report.tool.name, semantic_version: report.tool.version, rules: rules.all } },
            invocations: [invocation(report)],
            column_kind: "unicodeCodePoints",
            results,
            properties: RunProperties {
                date: report.date.clone(),
                base: commit(report.base.as_ref()),
                head: commit(report.head.as_ref()),
                files: report.coverage.files,
                settings: report.coverage.settings,
                policies: report.coverage.policies,
                policy_source: escape::plain(&report.coverage.policy_source),
            },
        }],
    }
}

fn commit(shown: Option<&RevisionShown>) -> Option<String> {
    shown.map(|shown| shown.commit.clone().unwrap_or_else(|| escape::plain(&shown.rev)))
}

fn invocation(report: &Report) -> Invocation {
    let mut notes: Vec<Notification> = Vec::new();
    let mut note = |level, text: &str, file: Option<&str>, line: Option<u32>| {
        let region = line.map(|line| Region { start_line: line, start_column: 1, end_line: line, end_column: 1 });
        let locations = file.filter(|file| !file.is_empty()).map(|file| location(file, region)).into_iter().collect();
        notes.push(Notification { level, message: Message { text: escape::plain(&filled(text, "no reason was given")) }, locations });
    };
    for error in &report.errors {
        note("error", &error.message, error.file.as_deref(), error.line);
    }
    let left = report.findings.len().saturating_sub(RESULTS);
    if left > 0 {
        let text = format!("{} left out: GitHub takes {RESULTS} a run; --format json has all of them", count(left, "finding"));
        note("warning", &text, None, None);
    }
    let skipped = &report.coverage.skipped;
    for skipped in skipped.iter().take(NOTIFICATIONS) {
        note("note", &format!("not judged: {}", skipped.reason), Some(&skipped.file), None);
    }
    if skipped.len() > NOTIFICATIONS {
        note("note", &format!("and {} not judged", count(skipped.len() - NOTIFICATIONS, "more file")), None, None);
    }
    Invocation {
        execution_successful: report.errors.is_empty() && report.verdict != Verdict::Error,
        exit_code: report.exit,
        exit_code_description: headline(report),
        tool_execution_notifications: notes,
    }
}

/// The policies met so far.
#[derive(Default)]
struct Rules {
    all: Vec<Rule>,
    by_id: HashMap<String, usize>,
}

impl Rules {
    fn index(&mut self, finding: &Finding) -> usize {
        if let Some(index) = self.by_id.get(&finding.policy) {
            return *index;
        }
        let index = self.all.len();
        self.all.push(rule(finding));
        self.by_id.insert(finding.policy.clone(), index);
        index
    }
}

/// Findings come worst first, so a policy's first one says how bad it gets.
fn rule(finding: &Finding) -> Rule {
    let title = filled(&finding.title, &finding.policy);
    let fix = finding.fix.as_deref().filter(|fix| !fix.trim().is_empty());
    let why = filled(finding.why.as_deref().unwrap_or(""), &title);
    let explain = format!("privgate explain {}", finding.policy);
    let text = |text: &str| Message { text: cut(&escape::plain(text), DESCRIPTION) };
    let mut tags = vec!["privacy".to_owned(), escape::plain(&finding.area)];
    tags.extend(finding.refs.iter().map(|reference| match cwe(reference) {
        Some(number) => format!("external/cwe/cwe-{number}"),
        None => escape::plain(reference),
    }));
    tags.retain(|tag| !tag.is_empty());
    tags.dedup();
    tags.truncate(TAGS);
    Rule {
        id: escape::plain(&finding.policy),
        name: cut(&escape::plain(&title), NAME),
        short_description: text(&title),
        full_description: text(&why),
        help: Help {
            text: escape::plain(&format!("{} {why} More: {explain}", fix.unwrap_or(""))),
            markdown: format!(
                "{}{}\n\nMore: {}\n",
                fix.map(|fix| format!("{}\n\n", escape::markdown_prose(fix))).unwrap_or_default(),
                escape::markdown_prose(&why),
                escape::markdown_code(&explain)
            ),
        },
        default_configuration: Configuration { level: finding.severity.word() },
        properties: RuleProperties {
            tags,
            problem_severity: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "recommendation",
            },
        },
    }
}

fn result(report: &Report, finding: &Finding, rules: &mut Rules) -> RunResult {
    let anchor = report.anchors.get(&finding.fingerprint);
    let region = match anchor {
        Some(anchor) => {
            Region { start_line: anchor.line, start_column: anchor.column, end_line: anchor.line, end_column: anchor.end_column }
        }
        None => Region {
            start_line: finding.line,
            start_column: finding.column,
            end_line: finding.end_line.max(finding.line),
            end_column: finding.end_column.max(1),
        },
    };
    let mut fingerprints = BTreeMap::from([("privgate/v1", finding.fingerprint.clone())]);
    fingerprints.extend(anchor.and_then(|anchor| anchor.hash.clone()).map(|hash| ("primaryLocationLineHash", hash)));
    let others = finding.places.iter().filter(|place| place.file != finding.file || place.line != finding.line);
    let related = others.take(PLACES).enumerate().map(|(index, place)| {
        let region = Region { start_line: place.line, start_column: 1, end_line: place.line, end_column: 1 };
        let message = Some(Message { text: "the same change".into() });
        Location { id: Some(index + 1), message, ..location(&place.file, Some(region)) }
    });
    // only what may fail is a problem: a viewer must not raise an alert for what got safer
    let (kind, level) = match finding.change {
        Change::Strengthened => ("pass", "none"),
        Change::Unchanged => ("informational", "none"),
        _ => ("fail", finding.severity.word()),
    };
    let shown = |side| cell(side, "gone").0;
    RunResult {
        rule_id: escape::plain(&finding.policy),
        rule_index: rules.index(finding),
        kind,
        level,
        message: Message { text: filled(&sentence(finding), "no message") },
        locations: [location(&finding.file, Some(region))],
        related_locations: related.collect(),
        partial_fingerprints: fingerprints,
        suppressions: finding
            .waiver
            .iter()
            .map(|waiver| Suppression { kind: "external", status: "accepted", justification: escape::plain(waiver) })
            .collect(),
        properties: ResultProperties {
            change: finding.change.word(),
            setting: escape::plain(&finding.setting),
            surface: finding.surface.word(),
            scope: finding.scope.as_deref().map(escape::plain),
            path_class: finding.path_class.word(),
            before: finding.base.as_ref().map(|side| escape::plain(&shown(Some(side)))),
            after: finding.head.as_ref().map(|side| escape::plain(&shown(Some(side)))),
            also: finding.also.iter().map(|id| escape::plain(id)).collect(),
        },
    }
}

fn location(file: &str, region: Option<Region>) -> Location {
    let artifact_location = ArtifactLocation { uri: uri(file), uri_base_id: "%SRCROOT%" };
    Location { id: None, physical_location: PhysicalLocation { artifact_location, region }, message: None }
}

/// GitHub takes no empty text.
fn filled(text: &str, otherwise: &str) -> String {
    if text.trim().is_empty() { otherwise.to_owned() } else { text.to_owned() }
}

/// A path as a relative reference (RFC 3986): every byte that is not unreserved is written as `%XX`.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0').to_ascii_uppercase();
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    out
}

#[cfg(test)]
mod tests;
