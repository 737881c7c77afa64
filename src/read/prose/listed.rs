//! What documents list: the facts that are collected about people, and in tables the defaults of switches that report or collect.

use super::blocks::{Block, BlockKind};
use super::sections::is_private;
use crate::span::Span;

/// The claim under which a list of collected facts stands.
pub const COLLECTED: &str = "collected-data";
/// The claim under which a documented default stands, before the switch's name.
pub const DEFAULT: &str = "documented-default ";

/// Most items of one document that count.
const MOST_ITEMS: usize = 200;

/// A list of collected facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// Each fact in letters and digits.
    pub items: Vec<String>,
    /// From the first item to the last.
    pub span: Span,
}

/// A default that a table documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documented {
    /// The switch, in small letters.
    pub name: String,
    /// Whether it reports or collects when nobody sets it.
    pub reports: bool,
    /// The cell.
    pub span: Span,
}

/// The facts that a document says are collected, all its lists together. `whole`: all of it speaks of privacy.
#[must_use]
pub fn collected(blocks: &[Block], whole: bool) -> Option<Collected> {
    let mut found = Collected { items: Vec::new(), span: Span::default() };
    let mut headings: Vec<(u8, bool)> = Vec::new();
    let mut leads = false;
    for block in blocks {
        match block.kind {
            BlockKind::Heading(level) => {
                headings.retain(|(outer, _)| *outer < level);
                let name = super::sections::name_of(&block.text());
                headings.push((level, is_private(&name)));
                let private = whole || headings.iter().any(|(_, private)| *private);
                leads = (name.starts_with("what") || private && name.contains("collected")) && collects(&name);
            }
            // of a table the first column names the facts
            BlockKind::Item | BlockKind::Cell(1.., 0) if leads => {
                let text = plain(first_sentence(&block.text()));
                if !text.is_empty() && found.items.len() < MOST_ITEMS && !found.items.contains(&text) {
                    found.span = if found.items.is_empty() { block.span } else { found.span.join(block.span) };
                    found.items.push(text);
                }
            }
            BlockKind::Paragraph => {
                let text = block.text().to_lowercase();
                let private = whole || headings.iter().any(|(_, private)| *private);
                let last = text.trim_end().trim_end_matches(':').rsplit(['.', '!', '?']).next().unwrap_or("");
                leads = private && text.trim_end().ends_with(':') && collects(last);
            }
            BlockKind::Item | BlockKind::Other | BlockKind::Cell(..) => {}
        }
    }
    (!found.items.is_empty()).then_some(found)
}

/// Whether a line that leads to a list says that what follows is collected.
fn collects(line: &str) -> bool {
    const VERBS: &[&str] = &["collect", "gather", "captur", "track", "record", "report", "sent", "send", "transmit"];
    const OTHERS: &[&str] = &[
        "not", "never", "no", "none", "nothing", "without", "don", "doesn", "cannot", "won", "except", "if", "when", "to", "how", "why",
        "opt", "disable", "turn", "example", "future", "may", "should", "must", "delete", "remove", "purpose", "purposes", "because",
    ];
    let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.iter().any(|word| VERBS.iter().any(|verb| word.starts_with(verb))) && !words.iter().any(|word| OTHERS.contains(word))
}

/// Behind the fact stands why, in words that change more often.
fn first_sentence(text: &str) -> &str {
    text.split(". ").next().unwrap_or(text)
}

fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// Whether a text could hold a table of defaults that concern people: a cheap question before it is parsed.
#[must_use]
pub fn may_document(text: &str) -> bool {
    let Some(from) = text.find('|') else { return false };
    let lower = text.get(from..).unwrap_or("").to_ascii_lowercase();
    lower.contains("default") && TALKS.iter().any(|word| lower.contains(word))
}

/// Words of names that say that something is reported or collected.
const TALKS: &[&str] = &[
    "telemetry",
    "analytics",
    "usage_stat",
    "usagestat",
    "usage-stat",
    "tracking",
    "crash_report",
    "crashreport",
    "error_report",
    "collect_",
    "posthog",
];
/// Words that turn such a name round.
const REFUSES: &[&str] = &["disable", "opt_out", "optout", "opt-out", "no_", "no-", "without", "off", "do_not", "skip"];
/// Words of names that are about something else: an address, a key, a time.
const OTHER: &[&str] = &[
    "url",
    "host",
    "endpoint",
    "key",
    "interval",
    "path",
    "port",
    "level",
    "id",
    "name",
    "token",
    "timeout",
    "database",
    "db",
    "dir",
    "file",
    "opentelemetry",
    "otel",
    "otlp",
    "uri",
    "address",
];

/// The switches of tables that have a column of defaults.
#[must_use]
pub fn documented(blocks: &[Block]) -> Vec<Documented> {
    let mut found: Vec<Documented> = Vec::new();
    let (mut column, mut switch) = (None, None);
    for block in blocks {
        let BlockKind::Cell(row, at) = block.kind else {
            (column, switch) = (None, None);
            continue;
        };
        let text = block.text().trim().to_lowercase();
        if row == 0 {
            if at == 0 {
                column = None;
            }
            if text == "default" || text == "default value" || text == "defaults" {
                column = Some(at);
            }
            switch = None;
        } else if at == 0 {
            switch = name_of(&text);
        } else if column == Some(at)
            && let (Some((name, refuses)), Some(on)) = (switch.clone(), is_on(&text))
            && found.len() < MOST_ITEMS
            && !found.iter().any(|other| other.name == name)
        {
            found.push(Documented { name, reports: on != refuses, span: block.span });
        }
    }
    found
}

/// The name of a switch about people's data, and whether it refuses.
fn name_of(cell: &str) -> Option<(String, bool)> {
    let name = cell.split_whitespace().next()?.trim_matches(|c: char| !c.is_alphanumeric());
    let talks = TALKS.iter().any(|word| name.contains(word));
    let other = name.split(|c: char| !c.is_alphanumeric()).any(|part| OTHER.contains(&part));
    (talks && !other).then(|| (name.to_owned(), REFUSES.iter().any(|word| name.contains(word))))
}

fn is_on(cell: &str) -> Option<bool> {
    match cell.trim_matches(|c: char| !c.is_alphanumeric()) {
        "true" | "on" | "yes" | "1" | "enabled" => Some(true),
        "false" | "off" | "no" | "0" | "disabled" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::prose::blocks::blocks;

    fn facts(text: &str, whole: bool) -> Vec<String> {
        collected(&blocks(text, 0).0, whole).map(|found| found.items).unwrap_or_default()
    }

    #[test]
    fn lists_of_what_is_collected_are_told_from_other_lists() {
        let text = "# T\n\nWe collect:\n\n- the **OS**. It tells us much.\n- a version\n\nWe never collect:\n\n- names\n\nTo opt out:\n\n- run it\n";
        assert_eq!(facts(text, true), ["the os", "a version"]);
        assert_eq!(facts(text, false), Vec::<String>::new());
        assert_eq!(facts("# T\n\n## Data collected\n\n| Fact | Why |\n|---|---|\n| OS | x |\n| IP | y |\n", true), ["os", "ip"]);
        assert_eq!(facts("# A\n\n## What is collected\n\n- OS\n\n## What we do not collect\n\n- names\n", false), ["os"]);
    }

    #[test]
    fn defaults_are_read_from_tables_with_such_a_column() {
        let text = "| Variable | Default | What |\n|---|---|---|\n| `ACME_TELEMETRY` | `true` | x |\n| `DISABLE_ANALYTICS` | false | y |\n| `TELEMETRY_URL` | 1 | z |\n| `PORT` | 1 | p |\n";
        assert!(may_document(text) && !may_document("| a | b |\n|---|---|\n| telemetry | on |\n"));
        let all = documented(&blocks(text, 0).0);
        assert_eq!(
            all.iter().map(|one| (one.name.as_str(), one.reports)).collect::<Vec<_>>(),
            [("acme_telemetry", true), ("disable_analytics", true)]
        );
    }
}
