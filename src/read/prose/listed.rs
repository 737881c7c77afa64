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
    // one look at most documents
    if !text.contains("efault") {
        return false;
    }
    let lower = text.to_ascii_lowercase();
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

/// The switches whose defaults tables with such a column tell, or sentences and cells.
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
    told(blocks, &mut found);
    found
}

/// Words by which a sentence gives a default, as they stand before or behind the value.
const BEFORE: [&str; 9] =
    ["defaults to", "default to", "default is", "default value is", "default:", "defaults:", "default =", "default", "set to"];
const BEHIND: [&str; 2] = ["by default", "(default)"];

/// Words that give a sentence's default a condition, or take it back.
const UNSURE: [&str; 12] = ["if", "when", "unless", "while", "until", "previously", "formerly", "was", "were", "instead", "example", "e.g"];

/// The defaults that sentences and cells tell: one switch, one value and a word about defaults.
fn told(blocks: &[Block], found: &mut Vec<Documented>) {
    let mut row = None;
    for block in blocks {
        match block.kind {
            BlockKind::Cell(_, 0) => row = switch(&block.text().to_lowercase()),
            BlockKind::Paragraph | BlockKind::Item | BlockKind::Cell(1.., _) => {}
            _ => continue,
        }
        let is_cell = matches!(block.kind, BlockKind::Cell(..));
        let text = block.text().to_lowercase();
        // a dot inside a name ends no sentence
        for sentence in text.split(". ").flat_map(|part| part.split(['\n', ';'])) {
            let own = switch(sentence);
            let Some((name, refuses)) = own.or_else(|| row.clone().filter(|_| is_cell)) else { continue };
            let unsure = sentence.split(|c: char| !c.is_alphanumeric()).any(|word| UNSURE.contains(&word));
            let Some(on) = said(sentence).filter(|_| !unsure) else { continue };
            if found.len() < MOST_ITEMS && !found.iter().any(|other| other.name == name) {
                found.push(Documented { name, reports: on != refuses, span: block.span });
            }
        }
    }
}

/// The one switch about people's data that a sentence names: what only code is called (`a_b`, `a.b`), or what the sentence begins with.
fn switch(sentence: &str) -> Option<(String, bool)> {
    let mut all: Vec<(String, bool)> = Vec::new();
    for word in sentence.split_whitespace() {
        let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
        let named = name_of(inner).filter(|_| inner.contains(['_', '.']) && !inner.contains("//"));
        all.extend(named.filter(|one| !all.contains(one)));
        if all.len() > 1 {
            return None;
        }
    }
    match &*all {
        [] => name_of(sentence),
        [_] => all.pop(),
        _ => None,
    }
}

/// What a sentence gives as the default; nothing where it gives none, or several.
fn said(sentence: &str) -> Option<bool> {
    let plain: String = sentence.chars().filter(|c| !matches!(c, '`' | '*' | '"' | '\'')).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let (by_default, of) = (plain.contains("by default"), plain.contains("default value of"));
    let mut values = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let bare = word.trim_matches(|c: char| matches!(c, '(' | ')' | ',' | '.' | ':'));
        let Some(on) = is_on(bare).filter(|_| matches!(bare, "true" | "false" | "on" | "off" | "0" | "1" | "enabled" | "disabled")) else {
            continue;
        };
        let before = words.get(at.saturating_sub(3)..at).unwrap_or_default().join(" ");
        let before = before.trim_start_matches('(');
        let behind = words.get(at + 1..(at + 3).min(words.len())).unwrap_or_default().join(" ");
        let is_value = of && before.ends_with(" is");
        let led = is_value || BEFORE.iter().any(|lead| before.ends_with(lead) && (*lead != "set to" || by_default));
        if led || BEHIND.iter().any(|end| behind.starts_with(end)) {
            values.push(on);
        }
    }
    values.dedup();
    if let [on] = *values { Some(on) } else { None }
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
    fn defaults_are_read_from_sentences_and_cells() {
        let told = |text: &str| documented(&blocks(text, 0).0).into_iter().map(|one| (one.name, one.reports)).collect::<Vec<_>>();
        for text in [
            "`ACME_TELEMETRY` defaults to `false`.",
            "Telemetry (`ACME_TELEMETRY`, default: `false`).",
            "The default value of `ACME_TELEMETRY` is `0`.",
            "By default, `ACME_TELEMETRY` is set to `off`.",
            "Words. `ACME_TELEMETRY` is `false` by default. More words.",
            "| Name | What |\n|---|---|\n| `ACME_TELEMETRY` | sends figures. Defaults to `false` |\n",
        ] {
            assert_eq!(told(text), [("acme_telemetry".to_owned(), false)], "{text}");
            let turned = text.replace("false", "true").replace("`0`", "`1`").replace("off", "on");
            assert_eq!(told(&turned), [("acme_telemetry".to_owned(), true)], "{turned}");
        }
        assert_eq!(told("- `telemetry` (bool, default `true`): send usage data\n"), [("telemetry".to_owned(), true)]);
        assert_eq!(told("`DISABLE_ANALYTICS` defaults to `true`."), [("disable_analytics".to_owned(), false)]);
        for text in [
            "If `ACME_TELEMETRY` is set, `PORT` defaults to `1`.",
            "`ACME_TELEMETRY` and `ACME_ANALYTICS` default to `true`.",
            "`ACME_TELEMETRY` previously defaulted to `true`.",
            "Set `ACME_TELEMETRY` to `true`.",
            "`ACME_TELEMETRY_URL` defaults to `1`.",
            "`ACME_TELEMETRY` can be `true` or `false`.",
        ] {
            assert!(told(text).is_empty(), "{text}: {:?}", told(text));
        }
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
