//! Faults of privgate's own files: where they stand, what is wrong, and the nearest right word.

use crate::policy::check::nearest;
use crate::read::tree::{NodeId, Tree};
use crate::span::{LineIndex, Span};

/// A fault of one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// Line from 1.
    pub line: u32,
    /// Column from 1, in characters.
    pub column: u32,
    /// What is wrong and what to do, in one line.
    pub message: String,
    /// The line itself.
    pub text: String,
}

impl Fault {
    /// A fault at an offset of a text.
    #[must_use]
    pub fn at(file: &str, text: &str, offset: u32, message: impl Into<String>) -> Self {
        let place = LineIndex::new(text).locate(text, offset);
        Self::on_line(file, text, (place.line, place.column), message)
    }

    /// A fault at a line and column.
    #[must_use]
    pub fn on_line(file: &str, text: &str, place: (u32, u32), message: impl Into<String>) -> Self {
        let line = text.lines().nth(place.0.saturating_sub(1) as usize).unwrap_or("").to_owned();
        Self { file: file.to_owned(), line: place.0, column: place.1, message: message.into(), text: line }
    }

    /// The message, the column, and under it the line with a mark below the column.
    #[must_use]
    pub fn pictured(&self) -> String {
        let shown: String = self.text.chars().take(160).map(|c| if c == '\t' { ' ' } else { c }).collect();
        if shown.trim().is_empty() {
            return format!("column {}: {}", self.column, self.message);
        }
        let gutter = self.line.to_string();
        let before = " ".repeat(self.column.saturating_sub(1).min(160) as usize);
        format!("column {}: {}\n{gutter} | {shown}\n{} | {before}^", self.column, self.message, " ".repeat(gutter.len()))
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

/// What serde says of a malformed file, at its place, with the nearest right key.
#[must_use]
pub fn of_parser(file: &str, text: &str, error: &serde_saphyr::Error) -> Fault {
    let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    let place = error.location().map_or((1, 1), |at| (small(at.line()), small(at.column())));
    let said = error.to_string();
    let line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("malformed");
    let line = line.trim_start_matches("error: ").trim();
    // "line 3 column 1: ..." is said by the place already
    let line = line.split_once(": ").filter(|(place, _)| place.starts_with("line ")).map_or(line, |(_, rest)| rest);
    Fault::on_line(file, text, place, kindly(line))
}

/// What serde says of an unknown word, with the one that was meant instead of all that are known.
fn kindly(message: &str) -> String {
    let Some((head, expected)) = message.split_once(", expected ") else { return message.to_owned() };
    let wrong = head.split('`').nth(1);
    let list = expected.strip_prefix("one of ").unwrap_or(expected);
    let words: Vec<&str> = list.split([',', ' ', '`']).filter(|word| !word.is_empty() && *word != "or").collect();
    let plain = |word: &&str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    match wrong {
        Some(wrong) if head.starts_with("unknown") && words.iter().all(plain) => format!("{head}{}", nearest(wrong, &words)),
        _ => message.to_owned(),
    }
}

/// One step to a place in a file of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// The value of a key.
    Name(&'a str),
    /// An item of a list.
    Item(usize),
}

/// Where a path of keys ends in the first document: the key for a mapping's value, the item itself; the last that is there.
#[must_use]
pub fn place(tree: &Tree, path: &[Key]) -> Span {
    let Some(mut node) = tree.documents.first().copied() else { return Span::default() };
    let mut place = Span::default();
    for step in path {
        let next: Option<(NodeId, Span)> = match step {
            Key::Name(key) => tree.entry(node, key).map(|entry| (entry.value, entry.key_span)),
            Key::Item(index) => tree.items(node).get(*index).map(|item| (*item, tree.node(*item).span)),
        };
        let Some((below, span)) = next else { break };
        (node, place) = (below, span);
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::tree::yaml;

    #[test]
    fn the_nearest_word_is_named() {
        for list in ["one of `fail_on`, `packs`", "one of fail_on, packs", "`fail_on` or `packs`"] {
            let said = kindly(&format!("unknown field `fail_onn`, expected {list}"));
            assert!(said.ends_with("did you mean `fail_on`?"), "{said}");
        }
        assert_eq!(kindly("a tab"), "a tab");
    }

    #[test]
    fn places_are_those_of_keys_and_items() {
        let text = "a:\n  b: [x, y]\n";
        let tree = yaml::parse(text);
        assert_eq!(place(&tree, &[Key::Name("a"), Key::Name("b"), Key::Item(1)]).of(text), "y");
        assert_eq!(place(&tree, &[Key::Name("a"), Key::Name("c")]).of(text), "a");
    }
}
