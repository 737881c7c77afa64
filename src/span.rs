//! A range of bytes in one file, and the table that turns byte offsets into lines and columns.

use serde::{Deserialize, Serialize};

/// Bytes `start..end` of one file. Files are capped far below 4 GiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end`; offsets beyond 4 GiB stick to the end.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end) }
    }

    /// The bytes as a range for slicing.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `other` lies inside.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The text under the span; empty where the span does not fit the text.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }
}

/// A place for people: both numbers count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineColumn {
    /// Line, from 1. LF, CRLF and a lone CR each end a line.
    pub line: u32,
    /// Column in characters, from 1. A byte order mark at the start of the file is not counted.
    pub column: u32,
}

/// Where each line of a text starts. Built only for files that have a finding.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Scans `text` once.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            // the line feed of a pair ends the line, its carriage return does not
            if bytes.get(at..at + 2) != Some(b"\r\n") {
                starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
            }
        }
        Self { starts }
    }

    /// The place of a byte offset; an offset past the end is the end.
    #[must_use]
    pub fn locate(&self, text: &str, offset: u32) -> LineColumn {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0) as usize;
        let mut end = (offset as usize).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = text.get(start..end).unwrap_or("");
        let before = if start == 0 { before.strip_prefix('\u{feff}').unwrap_or(before) } else { before };
        LineColumn { line: u32::try_from(line).unwrap_or(u32::MAX), column: u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX) }
    }

    /// The byte at which a line (from 1) starts, if the text has that line.
    #[must_use]
    pub fn start_of(&self, line: u32) -> Option<u32> {
        self.starts.get(line.checked_sub(1)? as usize).copied()
    }

    /// How many lines there are.
    #[must_use]
    pub fn lines(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }
}

/// Leads offsets of a text taken out of a file (a block scalar, a heredoc) back to the file's bytes.
#[derive(Clone, Debug)]
pub struct OffsetMap {
    /// `(offset in the fragment, offset in the file)`, ascending; between two points both advance together.
    points: Vec<(u32, u32)>,
    /// Where what the fragment was taken from ends: a line end that the fragment has and the file has not stands nowhere.
    end: u32,
}

impl Default for OffsetMap {
    fn default() -> Self {
        Self { points: Vec::new(), end: u32::MAX }
    }
}

impl OffsetMap {
    /// No span leads beyond this offset of the file.
    #[must_use]
    pub fn ending(end: usize) -> Self {
        Self { end: u32::try_from(end).unwrap_or(u32::MAX), ..Self::default() }
    }

    /// A fragment that stands in the file byte for byte, from `start` on.
    #[must_use]
    pub fn shifted(start: usize) -> Self {
        Self { points: vec![(0, u32::try_from(start).unwrap_or(u32::MAX))], ..Self::default() }
    }

    /// From here on fragment offset `inner` is file offset `outer`.
    pub fn push(&mut self, inner: usize, outer: usize) {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.points.push((clamp(inner), clamp(outer)));
    }

    /// The file's span for a span of the fragment.
    #[must_use]
    pub fn outward(&self, span: Span) -> Span {
        // the end is mapped through its last byte, so that a span never runs into the next line's indentation
        let start = self.offset(span.start);
        let end = if span.end > span.start { self.offset(span.end - 1) + 1 } else { start };
        Span { start: start.min(self.end), end: end.min(self.end) }
    }

    fn offset(&self, inner: u32) -> u32 {
        let at = self.points.partition_point(|(i, _)| *i <= inner);
        match at.checked_sub(1).and_then(|i| self.points.get(i)) {
            Some((i, outer)) => outer + (inner - i),
            None => inner,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_lf_crlf_and_cr() {
        let text = "a\nbé\r\nc\rd";
        let index = LineIndex::new(text);
        let at = |needle: &str| index.locate(text, u32::try_from(text.find(needle).unwrap()).unwrap());
        assert_eq!(at("a"), LineColumn { line: 1, column: 1 });
        assert_eq!(at("é"), LineColumn { line: 2, column: 2 });
        assert_eq!(at("\r\n"), LineColumn { line: 2, column: 3 });
        assert_eq!(at("c"), LineColumn { line: 3, column: 1 });
        assert_eq!(at("d"), LineColumn { line: 4, column: 1 });
    }

    #[test]
    fn a_fragment_leads_back_to_its_file() {
        // "ab\ncd" taken out of "  ab\n  cd"
        let mut map = OffsetMap::default();
        map.push(0, 2);
        map.push(3, 7);
        assert_eq!(map.outward(Span::new(0, 2)), Span::new(2, 4));
        assert_eq!(map.outward(Span::new(3, 5)), Span::new(7, 9));
        assert_eq!(map.outward(Span::new(0, 3)), Span::new(2, 5));
    }
}
