//! What a changed data file adds: only lines that are new, and of large files a sample that depends on nothing but their content.

use std::collections::HashMap;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memrchr};
use sha2::{Digest, Sha256};

use super::columns::{self, Column};
use super::form::Form;
use super::kind::Kind;
use super::mask::masked;
use super::recognise::{Runs, find};
use super::{image, parquet};
use crate::read::tree::{Data, NodeId, Tree, json};

/// Files up to this size are read whole.
const WHOLE: usize = 1 << 20;
/// Of larger ones: this much at both ends ...
const ENDS: usize = 256 << 10;
/// ... and so many windows ...
const WINDOWS: u32 = 16;
/// ... of this size.
const WINDOW: usize = 32 << 10;
/// What one run scans of all files together.
pub const BUDGET: usize = 64 << 20;
/// A line is looked at up to here; more is cut into pieces that overlap by [`OVERLAP`].
const LINE: usize = 64 << 10;
/// No identifier is longer.
const OVERLAP: usize = 256;

/// A data file on both sides.
#[derive(Clone, Copy, Debug)]
pub struct Changed<'a> {
    /// Its path at head.
    pub path: &'a str,
    /// Its bytes before; none for a new file.
    pub base: Option<&'a [u8]>,
    /// Its bytes now.
    pub head: &'a [u8],
    /// The id of its bytes now, from which the sample is drawn.
    pub id: &'a str,
}

/// One identifier that an added line holds. The text itself is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// What it is.
    pub kind: Kind,
    /// Line from 1.
    pub line: u32,
    /// Column from 1, in characters.
    pub column: u32,
    /// Exclusive column of its end.
    pub end_column: u32,
    /// Its masked form.
    pub masked: String,
    /// Whether it is a run of digits without groups.
    plain: bool,
}

/// What was found in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// In the file's order.
    pub added: Vec<Added>,
    /// Bytes of the file that were not looked at because it is large: a sample was.
    pub unsampled: usize,
    /// Why nobody knows what the file adds.
    pub unseen: Option<Unseen>,
    /// What else was not looked at, without being a reason to doubt.
    pub note: Option<&'static str>,
}

/// Why nobody knows what a file adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// The budget of the run was spent.
    OverBudget,
    /// It is packed, encrypted or a format that is not read.
    Opaque(&'static str),
    /// Only a pointer to it is in the repository.
    Pointer,
    /// It could not be read.
    Unreadable(String),
}

/// Looks at what a file adds. `budget` is the bytes that may still be looked at.
#[must_use]
pub fn scan(kinds: &[Kind], changed: &Changed, budget: &mut usize) -> Scanned {
    match Form::of(changed.head) {
        Form::Text(head) => {
            // a base that is no text has no lines that were there before
            let base = changed.base.map(Form::of);
            let base = match &base {
                Some(Form::Text(text)) => text,
                _ => &[][..],
            };
            let text = Changed { base: Some(base), head: &head, ..*changed };
            let mut scanned = lines_of(kinds, &text, budget);
            if kinds.contains(&Kind::Column) {
                let joined = columns::new_personal(&columns::of_text(changed.path, base), columns::of_text(changed.path, &head));
                scanned.added.extend(joined.into_iter().map(Added::column));
                scanned.added.sort_by_key(|one| (one.line, one.column));
            }
            scanned
        }
        Form::Image => {
            let before: Vec<_> = changed.base.filter(|bytes| image::is(bytes)).map(image::tags).unwrap_or_default();
            let new = image::tags(changed.head).into_iter().filter(|tag| kinds.contains(&tag.0) && !before.contains(tag));
            Scanned { added: new.map(|(kind, name)| Added::whole(kind, name.to_owned())).collect(), ..Scanned::default() }
        }
        Form::Parquet => {
            let of = |bytes: &[u8]| if parquet::is(bytes) { parquet::columns(bytes) } else { None };
            let Some(head) = of(changed.head) else {
                return Scanned { unseen: Some(Unseen::Opaque("a damaged Parquet file")), ..Scanned::default() };
            };
            let new = columns::new_personal(&changed.base.and_then(of).unwrap_or_default(), head);
            let new = if kinds.contains(&Kind::Column) { new } else { Vec::new() };
            let mut scanned = values_of(kinds, changed, budget);
            scanned.added.extend(new.into_iter().map(Added::column));
            scanned
        }
        Form::Opaque(name) => Scanned { unseen: Some(Unseen::Opaque(name)), ..Scanned::default() },
        Form::Binary => Scanned { note: Some("no text, no table and no picture"), ..Scanned::default() },
    }
}

/// What columns of text hold, looked at as lines of text; a value has no line of its own.
#[cfg(feature = "parquet")]
fn values_of(kinds: &[Kind], changed: &Changed, budget: &mut usize) -> Scanned {
    const PARTLY: &str = "of this Parquet file not all values were looked at";
    let texts = |bytes: &[u8]| if parquet::is(bytes) { super::parquet_values::texts(bytes) } else { None };
    let Some(head) = texts(changed.head) else { return Scanned { note: Some(PARTLY), ..Scanned::default() } };
    let base = changed.base.and_then(texts).unwrap_or_default();
    let text = Changed { base: Some(&base.lines), head: &head.lines, ..*changed };
    let mut scanned = lines_of(kinds, &text, budget);
    for one in &mut scanned.added {
        (one.line, one.column, one.end_column) = (1, 1, 1);
    }
    scanned.note = head.partly.then_some(PARTLY);
    scanned
}

#[cfg(not(feature = "parquet"))]
fn values_of(_kinds: &[Kind], _changed: &Changed, _budget: &mut usize) -> Scanned {
    Scanned { note: Some("of Parquet the names of columns are looked at, not what they hold"), ..Scanned::default() }
}

fn lines_of(kinds: &[Kind], changed: &Changed, budget: &mut usize) -> Scanned {
    let mut scanned = Scanned::default();
    let mut known = Known::of(changed.base.unwrap_or_default());
    let mut parts = sample(changed.head, changed.id);
    if changed.path.to_ascii_lowercase().rsplit('.').next() == Some("ipynb") {
        parts = outputs(changed.head).into_iter().flat_map(|output| parts.iter().filter_map(move |part| meet(part, &output))).collect();
    } else {
        scanned.unsampled = changed.head.len().saturating_sub(parts.iter().map(Range::len).sum());
    }
    let mut runs = Runs::default();
    let mut lines = Lines { bytes: changed.head, at: 0, line: 1 };
    for part in parts {
        if part.len() > *budget {
            scanned.unseen = Some(Unseen::OverBudget);
            break;
        }
        *budget -= part.len();
        let mut at = part.start;
        while at < part.end {
            let rest = changed.head.get(at..part.end).unwrap_or_default();
            let end = memchr(b'\n', rest).map_or(part.end, |length| at + length);
            let line = changed.head.get(at..end).unwrap_or_default();
            if !known.takes(line) {
                let number = lines.number(at);
                look(kinds, line, number, &mut scanned.added, &mut runs);
            }
            at = end + 1;
        }
    }
    scanned.added.retain(|one| one.kind != Kind::Card || runs.are_cards(one.plain));
    scanned
}

impl Added {
    /// A column by its name.
    fn column(column: Column) -> Self {
        let end = column.column.saturating_add(u32::try_from(column.name.chars().count()).unwrap_or(0));
        Self { column: column.column, end_column: end, ..Self::whole(Kind::Column, column.name) }
    }

    /// Something that the file has as a whole.
    fn whole(kind: Kind, name: String) -> Self {
        Self { kind, line: 1, column: 1, end_column: 1, masked: name, plain: false }
    }
}

/// The lines of the base, each as often as it stands there: a line that was moved is not new.
struct Known(HashMap<u64, u32>);

impl Known {
    fn of(base: &[u8]) -> Self {
        let mut known = HashMap::new();
        for line in base.split(|byte| *byte == b'\n') {
            *known.entry(key(line)).or_default() += 1;
        }
        Self(known)
    }

    fn takes(&mut self, line: &[u8]) -> bool {
        match self.0.get_mut(&key(line)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        }
    }
}

fn key(line: &[u8]) -> u64 {
    use std::hash::{DefaultHasher, Hasher};
    let mut hasher = DefaultHasher::new();
    hasher.write(line.strip_suffix(b"\r").unwrap_or(line));
    hasher.finish()
}

/// Counts lines up to places that only go forward.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn number(&mut self, to: usize) -> u32 {
        let between = self.bytes.get(self.at..to).unwrap_or_default();
        self.line = self.line.saturating_add(u32::try_from(memchr_iter(b'\n', between).count()).unwrap_or(u32::MAX));
        self.at = self.at.max(to);
        self.line
    }
}

fn look(kinds: &[Kind], line: &[u8], number: u32, added: &mut Vec<Added>, runs: &mut Runs) {
    let text = String::from_utf8_lossy(line);
    runs.count(&text);
    let mut from = 0;
    while from < text.len() {
        let end = (from..=text.len().min(from + LINE)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
        let piece = text.get(from..end).unwrap_or("");
        for hit in find(piece).into_iter().filter(|hit| kinds.contains(&hit.kind)) {
            let characters = |to: usize| u32::try_from(text.get(..from + to).unwrap_or("").chars().count()).unwrap_or(u32::MAX);
            let column = characters(hit.range.start).saturating_add(1);
            // what stands in the overlap was found before
            if added.last().is_some_and(|last| last.line == number && column < last.end_column) {
                continue;
            }
            let found = piece.get(hit.range.clone()).unwrap_or("");
            let (masked, plain) = (masked(hit.kind, found), found.bytes().all(|byte| byte.is_ascii_digit()));
            added.push(Added {
                kind: hit.kind,
                line: number,
                column,
                end_column: characters(hit.range.end).saturating_add(1),
                masked,
                plain,
            });
        }
        if end == text.len() {
            break;
        }
        from = (end.saturating_sub(OVERLAP)..end).find(|at| text.is_char_boundary(*at)).unwrap_or(end);
    }
}

/// The parts of a file to look at, whole lines, in order and apart: all of a small one; of a large one both ends and windows whose
/// places follow from the content's id.
fn sample(bytes: &[u8], id: &str) -> Vec<Range<usize>> {
    let length = bytes.len();
    if length <= WHOLE {
        return std::iter::once(0..length).collect();
    }
    let mut parts = vec![0..ENDS, length - ENDS..length];
    for number in 0..WINDOWS {
        let mut hasher = Sha256::new();
        hasher.update(id.as_bytes());
        hasher.update(number.to_be_bytes());
        let drawn = hasher.finalize().iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let start = usize::try_from(drawn % (length - WINDOW) as u64).unwrap_or(0);
        parts.push(start..start + WINDOW);
    }
    for part in &mut parts {
        let whole = |at: usize| memrchr(b'\n', bytes.get(..at).unwrap_or_default()).map_or(0, |at| at + 1);
        // a file without lines is cut where it is
        let start = whole(part.start);
        part.start = if part.start - start > WINDOW { part.start } else { start };
        part.end = memchr(b'\n', bytes.get(part.end..).unwrap_or_default())
            .filter(|more| *more <= WINDOW)
            .map_or(part.end, |more| part.end + more);
    }
    parts.sort_by_key(|part| part.start);
    let mut apart: Vec<Range<usize>> = Vec::new();
    for part in parts {
        match apart.last_mut() {
            Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
            _ => apart.push(part),
        }
    }
    apart
}

fn meet(one: &Range<usize>, other: &Range<usize>) -> Option<Range<usize>> {
    let both = one.start.max(other.start)..one.end.min(other.end);
    (!both.is_empty()).then_some(both)
}

/// Where the outputs of a notebook's cells stand; the whole file when it is none.
fn outputs(bytes: &[u8]) -> Vec<Range<usize>> {
    let whole = || std::iter::once(0..bytes.len()).collect();
    let Ok(text) = std::str::from_utf8(bytes) else { return whole() };
    let tree = json::parse(text);
    let Some(document) = tree.documents.first().filter(|_| tree.problems.is_empty()) else { return whole() };
    let cells = tree.entry(*document, "cells").map(|cells| items(&tree, cells.value)).unwrap_or_default();
    let outputs = cells.into_iter().filter_map(|cell| tree.entry(cell, "outputs"));
    outputs.map(|outputs| tree.node(outputs.value).span.range()).collect()
}

fn items(tree: &Tree, node: NodeId) -> Vec<NodeId> {
    if let Data::List(items) = &tree.node(node).data { items.clone() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(path: &str, base: Option<&str>, head: &str) -> Scanned {
        let changed = Changed { path, base: base.map(str::as_bytes), head: head.as_bytes(), id: "x" };
        scan(&Kind::ALL, &changed, &mut BUDGET.clone())
    }

    #[test]
    fn only_lines_that_are_new_count() {
        let base = "name,mail\nA,old.one@mail.org\n";
        let found = scanned("a.csv", Some(base), "name,mail\r\nB,é new.one@mail.org\nA,old.one@mail.org\nA,old.one@mail.org\n").added;
        assert_eq!(found.iter().map(|one| (one.line, one.column, one.end_column)).collect::<Vec<_>>(), [(2, 5, 21), (4, 3, 19)]);
        assert_eq!(found[0].masked, "n***@m***.org");
        assert_eq!(scanned("a.csv", Some(base), base), Scanned::default());
    }

    #[test]
    fn of_notebooks_the_outputs_count() {
        let cell = |source: &str, output: &str| {
            format!("{{\"cells\": [{{\"source\": [\"{source}\"],\n \"outputs\": [{{\"text\": [\"{output}\"]}}]}}]}}")
        };
        assert!(scanned("a.ipynb", None, &cell("a.b@mail.org", "x")).added.is_empty());
        assert_eq!(scanned("a.ipynb", None, &cell("x", "a.b@mail.org")).added.len(), 1);
    }

    #[test]
    fn large_files_are_sampled_in_the_same_places_each_time() {
        let line = |at: usize| format!("{{\"n\":{at},\"mail\":\"person.{at}@mail.org\"}}\n");
        let text: String = (0..60_000).map(line).collect();
        let one = scanned("a.jsonl", None, &text);
        assert_eq!(one, scanned("a.jsonl", None, &text));
        assert!(one.unsampled > 500_000 && one.added.len() > 10_000, "{} {}", one.unsampled, one.added.len());
        assert!(one.added.windows(2).all(|pair| pair[0].line < pair[1].line));
        assert_eq!((one.added[0].line, one.added.last().map(|last| last.line)), (1, Some(60_000)));
        for found in one.added.iter().step_by(997) {
            assert!(line(found.line as usize - 1).chars().nth(found.column as usize - 1) == Some('p'));
        }
    }

    #[test]
    fn what_is_over_the_budget_is_said() {
        let changed = Changed { path: "a.txt", base: None, head: b"a.b@mail.org", id: "x" };
        assert_eq!(scan(&Kind::ALL, &changed, &mut 3).unseen, Some(Unseen::OverBudget));
    }

    #[test]
    fn tables_and_pictures_add_columns_and_tags() {
        let of = |path: &str, base: Option<&[u8]>, head: &[u8]| {
            let changed = Changed { path, base, head, id: "x" };
            scan(&Kind::ALL, &changed, &mut BUDGET.clone()).added.into_iter().map(|one| (one.kind, one.masked)).collect::<Vec<_>>()
        };
        let (before, after) = (parquet::tests::file(&["id", "ssn"]), parquet::tests::file(&["id", "ssn", "email"]));
        assert_eq!(of("a.parquet", Some(&before), &after), [(Kind::Column, "email".to_owned())]);
        let (before, after) = (image::tests::jpeg("Jane", false), image::tests::jpeg("Jane", true));
        assert_eq!(of("a.jpg", Some(&before), &after), [(Kind::ImageLocation, "GPS".to_owned())]);
        assert_eq!(of("a.csv", None, b"\xff\xfem\0a\0i\0l\0,\0s\0s\0n\0"), [(Kind::Column, "ssn".to_owned())]);
    }

    #[cfg(feature = "parquet")]
    #[test]
    fn texts_of_a_table_are_looked_at_and_what_was_there_before_is_not() {
        use ::parquet::basic::Compression;

        let table = |values: &[&str]| crate::data::parquet_values::tests::file("(STRING)", values, Compression::SNAPPY);
        let (before, after) = (table(&["x", "a.b@mail.org"]), table(&["a.b@mail.org", "x", "ask c.d@mail.org"]));
        let changed = Changed { path: "a.parquet", base: Some(&before), head: &after, id: "x" };
        let scanned = scan(&Kind::ALL, &changed, &mut BUDGET.clone());
        let said: Vec<_> = scanned.added.iter().map(|one| (one.kind, one.line, one.masked.as_str())).collect();
        assert_eq!(said, [(Kind::Email, 1, "c***@m***.org")]);
        assert_eq!(scanned.note, None);
        assert_eq!(scan(&Kind::ALL, &Changed { base: None, ..changed }, &mut 3).unseen, Some(Unseen::OverBudget));
    }

    #[test]
    fn packed_data_are_said_to_be_unseen() {
        let changed = Changed { path: "a.gz", base: None, head: b"\x1f\x8b\x08", id: "x" };
        assert_eq!(scan(&Kind::ALL, &changed, &mut BUDGET.clone()).unseen, Some(Unseen::Opaque("a gzip archive")));
    }

    #[test]
    fn long_lines_are_looked_at_to_their_end() {
        let found = scanned("a.txt", None, &format!("{}a.b@mail.org{} c.d@mail.org", "x ".repeat(32_765), " y".repeat(50_000))).added;
        assert_eq!(found.len(), 2);
    }
}
