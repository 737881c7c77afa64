//! Rows of data that the repository's own lists leave out: a data set that gains an entry which one of its exclusion lists names.

use std::collections::HashSet;

use aho_corasick::{AhoCorasick, MatchKind};

use super::scan::Changed;

/// Entries of all lists together that are looked for.
const MOST_ENTRIES: usize = 200_000;

/// Bytes of one data file that are looked at.
const MOST_BYTES: usize = 16 << 20;

/// Shorter entries stand in too many lines by chance.
const SHORTEST: usize = 6;

/// Fields and columns that name what is left out, the first one that is there.
const FIELDS: [&str; 8] = ["id", "sha256", "md5", "url", "domain", "host", "repo", "key"];

/// What the lists of a repository leave out.
#[derive(Debug)]
pub struct Excluded {
    words: AhoCorasick,
    /// Of each entry the list that it stands in.
    of: Vec<usize>,
    lists: Vec<String>,
}

/// A line of data that a list leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The line, from 1.
    pub line: u32,
    /// The list.
    pub list: &'a str,
}

impl Excluded {
    /// From the lists of a revision, as paths and texts; nothing where they name nothing that can be looked for.
    #[must_use]
    pub fn new(lists: &[(String, String)]) -> Option<Self> {
        let (mut entries, mut of) = (Vec::new(), Vec::new());
        for (at, (path, text)) in lists.iter().enumerate() {
            for entry in entries_of(path, text) {
                if entry.len() >= SHORTEST && entries.len() < MOST_ENTRIES && entry.chars().any(|c| c.is_ascii_alphabetic()) {
                    entries.push(entry);
                    of.push(at);
                }
            }
        }
        let words = AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(&entries).ok()?;
        (!entries.is_empty()).then(|| Self { words, of, lists: lists.iter().map(|(path, _)| path.clone()).collect() })
    }

    /// The list that names a data file by this path or by its name.
    #[must_use]
    pub fn names(&self, path: &str) -> Option<&str> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let of = |text: &str| {
            let found = self
                .words
                .find_iter(text)
                .find(|found| found.end() == text.len() && stands_alone(text.as_bytes(), found.start(), found.end()))?;
            let whole = found.start() == 0 || text.len() - found.start() >= name.len();
            whole.then(|| self.lists.get(*self.of.get(found.pattern().as_usize())?).map(String::as_str)).flatten()
        };
        of(path)
    }

    /// The lines that a changed file of text adds and a list leaves out.
    #[must_use]
    pub fn rows(&self, changed: &Changed) -> Vec<Row<'_>> {
        let lines = |bytes: &'_ [u8]| -> usize { bytes.len().min(MOST_BYTES) };
        let before: HashSet<&[u8]> = changed.base.map(|base| base.split(|byte| *byte == b'\n').collect()).unwrap_or_default();
        let head = changed.head.get(..lines(changed.head)).unwrap_or_default();
        let mut rows = Vec::new();
        for (number, line) in (1..).zip(head.split(|byte| *byte == b'\n')) {
            if line.is_empty() || before.contains(line) {
                continue;
            }
            let found = self.words.find_iter(line).find(|found| stands_alone(line, found.start(), found.end()));
            if let Some(list) = found.and_then(|found| self.lists.get(*self.of.get(found.pattern().as_usize())?)) {
                rows.push(Row { line: number, list });
            }
        }
        rows
    }
}

/// Whether a find is the whole of a name: `acme.example` is in `www.acme.example/a`, not in `acme.example.org` or `notacme.example`.
fn stands_alone(line: &[u8], start: usize, end: usize) -> bool {
    let within = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || *byte >= 0x80);
    let at = |at: usize| line.get(at);
    let before = start.checked_sub(1).and_then(at);
    let goes_on = at(end) == Some(&b'.') && within(at(end + 1));
    !within(before) && !within(at(end)) && !goes_on
}

/// The entries of one list that hold, in its own words.
fn entries_of(path: &str, text: &str) -> Vec<String> {
    let lower = path.to_ascii_lowercase();
    let end = lower.rsplit('.').next().unwrap_or("");
    let lines = || text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.is_empty());
    match end {
        "jsonl" | "ndjson" => records(lines()),
        "csv" | "tsv" => {
            let split = if end == "csv" { ',' } else { '\t' };
            let cells =
                move |line: &str| -> Vec<String> { line.split(split).map(|cell| cell.trim().trim_matches('"').to_owned()).collect() };
            let header = lines().next().map(cells).unwrap_or_default();
            let column = FIELDS.iter().find_map(|field| header.iter().position(|name| name.eq_ignore_ascii_case(field)));
            lines().skip(usize::from(column.is_some())).filter_map(|line| cells(line).into_iter().nth(column.unwrap_or(0))).collect()
        }
        "sha256" | "md5" => lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect(),
        _ => lines()
            .filter_map(|line| line.split('#').next())
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.contains(' '))
            .collect(),
    }
}

/// Records of JSON lines without those that were released.
fn records<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut entries: Vec<(Option<u64>, String)> = Vec::new();
    for line in lines {
        let Ok(record) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(line) else { continue };
        if record.get("op").and_then(|op| op.as_str()) == Some("release") {
            let released = record.get("ref").and_then(serde_json::Value::as_u64);
            entries.retain(|(seq, _)| seq.is_none() || *seq != released);
        } else if let Some(entry) = FIELDS.iter().find_map(|field| record.get(*field)?.as_str()) {
            // a person stands there as a keyed hash, which no line of data holds
            if !entry.starts_with("hmac-") {
                entries.push((record.get("seq").and_then(serde_json::Value::as_u64), entry.to_owned()));
            }
        }
    }
    entries.into_iter().map(|(_, entry)| entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(list: (&str, &str), base: Option<&str>, head: &str) -> Vec<u32> {
        let excluded = Excluded::new(&[(list.0.to_owned(), list.1.to_owned())]);
        let changed = Changed { path: "data/urls.csv", base: base.map(str::as_bytes), head: head.as_bytes(), id: "x" };
        excluded.map(|excluded| excluded.rows(&changed).iter().map(|row| row.line).collect()).unwrap_or_default()
    }

    #[test]
    fn a_row_that_a_list_leaves_out_is_found_once_it_is_added() {
        let list = ("opt-outs.txt", "# asked by mail\nartist.example\n\nhttps://blog.example.net/post\n");
        let head = "id,url\n1,https://www.Artist.example/a.png\n2,https://artist.example.org/b.png\n3,https://notartist.example/c\n4,https://blog.example.net/post\n";
        assert_eq!(rows(list, None, head), [2, 5]);
        assert_eq!(rows(list, Some("1,https://www.Artist.example/a.png\n"), head), [5]);
    }

    #[test]
    fn every_form_of_list_is_read() {
        let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        assert_eq!(rows(("blocklist.csv", "reason,domain\nlaw,artist.example\n"), None, "x artist.example y\n"), [1]);
        assert_eq!(rows(("excluded.sha256", &format!("{hash}  a.png\n")), None, &format!("a\n{hash}\n")), [2]);
        let chained = "{\"v\":1,\"seq\":1,\"id\":\"artist.example\"}\n{\"v\":1,\"seq\":2,\"id\":\"other.example\"}\n{\"v\":1,\"seq\":3,\"op\":\"release\",\"ref\":1}\n";
        assert_eq!(rows(("EXCLUSIONS.jsonl", chained), None, "artist.example\nother.example\n"), [2]);
    }

    #[test]
    fn words_of_every_day_are_not_looked_for() {
        assert_eq!(rows(("blocklist.txt", "the\n12345678\nsome words of text\n"), None, "the 12345678 some words of text\n"), [0; 0]);
    }
}
