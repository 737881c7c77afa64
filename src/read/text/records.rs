//! Lists of what is left out (opt-outs, exclusions, blocked addresses): one record a line, as text, CSV, TSV, JSON lines or `sha256sum`
//! output. And where other files name such lists.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::lines;
use crate::exclusions;
use crate::reading::{Kind, Reading};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Words in the names of such lists.
const STEMS: &str = r"exclusions?(?:[-_]?list)?|excluded[-_]\w+|block[-_]?list|black[-_]?list|deny[-_]?list|opt(?:ed)?[-_]?outs?|do[-_]not[-_]train|take[-_]?downs?|removal[-_]requests?|suppression|banned[-_]?(?:words|subwords|domains|urls)";
/// Endings of lists that can be read, and of those that cannot: filters, signatures, archives, tables.
const READABLE: &str = r"txt|csv|tsv|jsonl|ndjson|lst|list|sha256|md5";
const OPAQUE: &str = r"bloom|bf|bin|gz|tgz|zst|xz|bz2|zip|tar|parquet|arrow|feather|pkl|npy|npz|minhash|lsh|pdq|sqlite|db";

/// Whether a word is such an ending.
fn ends_a_list(end: &str) -> bool {
    [READABLE, OPAQUE].iter().any(|ends| ends.split('|').any(|other| other.eq_ignore_ascii_case(end)))
}

/// How many places of one file may name lists.
const REFERENCES: usize = 200;

/// Whether the path is such a list by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    static NAMES: OnceLock<Option<Regex>> = OnceLock::new();
    let pattern = || {
        Regex::new(&format!(
            r"(?i)(?:^|/)(?:[^/]*[-_.])?(?:{STEMS})(?:[-_.][^/]*)?\.(?:{READABLE}|{OPAQUE})$|(?:^|/)(?:exclusions|opt[-_]?outs?|block[-_]?lists?)/[^/]+\.(?:{READABLE}|{OPAQUE})$"
        ))
        .ok()
    };
    // most paths end otherwise, and an expression costs more than looking at the end
    ends_a_list(path.rsplit('.').next().unwrap_or("")) && NAMES.get_or_init(pattern).as_ref().is_some_and(|names| names.is_match(path))
}

/// Reads a list: one setting with all its lines. A chained list also says whether its chain holds.
#[must_use]
pub fn read(path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(Kind("records"), text.len());
    let name = path.rsplit('/').next().unwrap_or(path);
    let (mut items, mut spans) = (Vec::new(), Vec::new());
    for (start, line) in lines(text) {
        let kept = line.trim();
        if kept.is_empty() {
            continue;
        }
        let from = start + (line.len() - line.trim_start().len());
        spans.push(Span::new(from, from + kept.len()));
        items.push(Value::text(kept));
    }
    let end = Span::new(text.len(), text.len());
    let whole = spans.first().zip(spans.last()).map_or(end, |(first, last)| first.join(*last));
    let value = Outcome::One(Value::List(items));
    let mut setting = Setting::named(ScopeId::ROOT, Surface::Record, name, value, whole, whole).with_raw(text);
    setting.item_spans = spans;
    reading.settings.push(setting);
    if exclusions::is_chained(text) {
        // how lines end is a matter of checkouts; the command that keeps the list is stricter
        let plain = lines(text).map(|(_, line)| line).collect::<Vec<_>>().join("\n");
        let fault = exclusions::verify(&plain).err();
        let span = fault.as_ref().and_then(|fault| lines(text).nth(fault.line.saturating_sub(1)));
        let span = span.map_or(end, |(start, line)| Span::new(start, start + line.len()));
        let said = fault.map_or_else(|| "valid".to_owned(), |fault| fault.to_string());
        let value = Outcome::One(Value::text(said.as_str()));
        let mut chain = Setting::named(ScopeId::ROOT, Surface::Record, "chain of exclusions", value, span, span);
        chain.raw = span.of(text).into();
        reading.settings.push(chain);
    }
    reading
}

/// Whether a text may name a list; cheap, for files of code that are not parsed otherwise.
#[must_use]
pub fn mentions(text: &str) -> bool {
    references(text).next().is_some()
}

/// Adds a setting for each list that a file names: `reference <file name>`.
pub fn add_references(text: &str, reading: &mut Reading) {
    let mut seen: Vec<&str> = Vec::new();
    for span in references(text).take(REFERENCES) {
        let name = span.of(text).rsplit('/').next().unwrap_or("");
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        let value = Outcome::One(Value::text(span.of(text)));
        let name = format!("{REFERENCE}{name}");
        reading.settings.push(Setting::named(ScopeId::ROOT, Surface::Record, name, value, span, span).with_raw(text));
    }
}

/// What the name of a reference starts with.
pub const REFERENCE: &str = "reference ";

fn references(text: &str) -> impl Iterator<Item = Span> + '_ {
    static PATHS: OnceLock<Option<Regex>> = OnceLock::new();
    static FEW: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let pattern = || {
        Regex::new(&format!(
            r"(?i)\b(?:[\w.-]+/)*(?:(?:exclusions|opt[-_]?outs?|block[-_]?lists?)/[\w.-]+|(?:[\w.-]*[-_.])?(?:{STEMS})(?:[-_.][\w.-]*)?)\.(?:{READABLE}|{OPAQUE})\b"
        ))
        .ok()
    };
    // an expression that may start anywhere is slow, so it sees only lines with one of the words
    let words = || AhoCorasick::builder().ascii_case_insensitive(true).build(WORDS).ok();
    let mut done = 0;
    let hits = FEW.get_or_init(words).iter().flat_map(move |few| few.find_iter(text));
    let lines = hits.filter_map(move |hit| {
        if hit.start() < done {
            return None;
        }
        let start = text.get(..hit.start())?.rfind('\n').map_or(0, |at| at + 1);
        done = text.get(hit.end()..)?.find('\n').map_or(text.len(), |at| hit.end() + at);
        Some((start, text.get(start..done)?))
    });
    // most of these lines name no file
    let lines = lines.filter(|(_, line)| {
        let end = |rest: &str| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().is_some_and(ends_a_list);
        line.match_indices('.').any(|(dot, _)| line.get(dot + 1..).is_some_and(end))
    });
    lines.flat_map(move |(start, line)| {
        let paths = PATHS.get_or_init(pattern).as_ref().map(|paths| paths.find_iter(line));
        paths.into_iter().flatten().map(move |found| Span::new(start + found.start(), start + found.end()))
    })
}

/// One of these stands in every name that the expressions take.
const WORDS: [&str; 28] = [
    "exclusion",
    "excluded-",
    "excluded_",
    "blocklist",
    "block-list",
    "block_list",
    "blacklist",
    "black-list",
    "black_list",
    "denylist",
    "deny-list",
    "deny_list",
    "opt-out",
    "opt_out",
    "optout",
    "opted-out",
    "opted_out",
    "optedout",
    "do-not-train",
    "do_not_train",
    "do-not_train",
    "do_not-train",
    "takedown",
    "take-down",
    "take_down",
    "removal-request",
    "removal_request",
    "suppression",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_lists_are_known() {
        let lists = [
            "EXCLUSIONS.jsonl",
            "data/exclusions/people.txt",
            "data/blocklist.txt",
            "subreddit_blocklist.txt",
            "lists/opt-out_users.csv",
            "optouts.bloom",
            "do_not_train.txt",
            "url_filterblacklistsv0_3_0/x/blacklist.tar.gz",
        ];
        assert_eq!(lists.into_iter().filter(|path| !claims(path)).collect::<Vec<_>>(), Vec::<&str>::new());
        let others = ["exclude.txt", "option.txt", "src/blocklist.rs", "optout.md", "adopt-outer.txt", "blocklist.json"];
        assert_eq!(others.into_iter().filter(|path| claims(path)).collect::<Vec<_>>(), Vec::<&str>::new());
    }

    #[test]
    fn every_line_is_a_record_and_places_that_name_lists_are_found() {
        let reading = read("a/blocklist.txt", "\u{feff}# c\r\na.example \n\nb.example");
        assert_eq!(reading.settings[0].item_spans.len(), 3);
        assert_eq!(reading.settings.len(), 1);
        let text = "x = load('data/blocklist.txt')\ny = \"data/blocklist.txt\"\nz: exclusions/a.csv, option.txt";
        let found: Vec<&str> = references(text).map(|span| span.of(text)).collect();
        assert_eq!(found, ["data/blocklist.txt", "data/blocklist.txt", "exclusions/a.csv"]);
        let mut reading = Reading::new(Kind("x"), text.len());
        add_references(text, &mut reading);
        assert_eq!(reading.settings.len(), 2);
    }
}
