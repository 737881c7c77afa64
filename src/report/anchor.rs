//! Where viewers of a change show a finding. They show only what stands on added or edited lines, and a removal stands on none:
//! so the line of the region that is new, or a new line right beside it, carries the finding there.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::line_hash::line_hashes;
use super::model::{Finding, StateWord};
use crate::judge::found::Found;
use crate::judge::input::At;
use crate::judge::world::World;
use crate::span::LineIndex;

/// Lines between a removal and the edited line that may stand for it: what git shows around a hunk.
const BESIDE: u32 = 3;

/// A region of one line, with the hash by which GitHub recognises it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Line at head, from 1.
    pub line: u32,
    /// Column from 1, in characters.
    pub column: u32,
    /// Exclusive column of the end.
    pub end_column: u32,
    /// `primaryLocationLineHash`; none when the file has no such line.
    pub hash: Option<String>,
}

/// The anchors of all findings that stand in a file of the head, by fingerprint. `found` are the findings as the judge gave them,
/// in the same order.
#[must_use]
pub fn anchors(world: &World, found: &[Found], findings: &[Finding]) -> BTreeMap<String, Anchor> {
    let mut by_file: BTreeMap<usize, Vec<&Finding>> = BTreeMap::new();
    for (one, finding) in found.iter().zip(findings) {
        if one.spot.at == At::Head {
            by_file.entry(one.spot.pair).or_default().push(finding);
        }
    }
    let mut anchors = BTreeMap::new();
    for (pair, findings) in by_file {
        let text = |at| world.pairs.get(pair).and_then(|pair| pair.at(at)).map_or("", |file| file.text());
        of_file(text(At::Base), text(At::Head), &findings, &mut anchors);
    }
    anchors
}

fn of_file(base: &str, head: &str, findings: &[&Finding], anchors: &mut BTreeMap<String, Anchor>) {
    let lines = Lines { text: head, index: LineIndex::new(head) };
    let edited = if findings.iter().any(|finding| finding.change.can_fail()) { lines.edited(base) } else { HashSet::new() };
    let mut placed: Vec<(&Finding, Anchor)> = Vec::new();
    for finding in findings {
        placed.push((finding, lines.anchor(finding, &edited)));
    }
    let wanted: BTreeSet<u32> = placed.iter().map(|(_, anchor)| anchor.line).collect();
    let hashes = line_hashes(head, &wanted);
    for (finding, anchor) in placed {
        let hash = hashes.get(&anchor.line).cloned();
        anchors.insert(finding.fingerprint.clone(), Anchor { hash, ..anchor });
    }
}

/// A text with its lines.
struct Lines<'t> {
    text: &'t str,
    index: LineIndex,
}

impl<'t> Lines<'t> {
    fn get(&self, line: u32) -> &'t str {
        let start = self.index.start_of(line).map_or(self.text.len(), |start| start as usize);
        let end = self.index.start_of(line + 1).map_or(self.text.len(), |end| end as usize);
        self.text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// The lines that the base does not have at all: every way to compare the texts calls them added.
    fn edited(&self, base: &str) -> HashSet<u32> {
        let known: HashSet<&str> = base.split(['\n', '\r']).collect();
        (1..=self.index.lines()).filter(|line| !self.get(*line).trim().is_empty() && !known.contains(self.get(*line))).collect()
    }

    fn anchor(&self, finding: &Finding, edited: &HashSet<u32>) -> Anchor {
        let line = Self::best(finding, edited);
        let end = |line| u32::try_from(self.get(line).chars().count()).unwrap_or(u32::MAX).saturating_add(1);
        let (column, end_column) = match (line == finding.line, finding.end_line > finding.line) {
            (true, false) => (finding.column, finding.end_column),
            (true, true) => (finding.column, end(line)),
            (false, _) => (1, end(line)),
        };
        Anchor { line, column, end_column: end_column.max(column), hash: None }
    }

    fn best(finding: &Finding, edited: &HashSet<u32>) -> u32 {
        let within = (finding.line..=finding.end_line.max(finding.line)).find(|line| edited.contains(line));
        let written = finding.head.as_ref().is_some_and(|head| head.state == StateWord::Written);
        let beside = || {
            let from = finding.line.saturating_sub(BESIDE);
            (from..=finding.line.saturating_add(BESIDE)).filter(|line| edited.contains(line)).min_by_key(|line| line.abs_diff(finding.line))
        };
        let other = if finding.change.can_fail() && !written { beside() } else { None };
        within.or(other).unwrap_or(finding.line)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    const BASE: &str = "a: 1\nsafe: on\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\n";

    fn anchored(head: &str, finding: &Finding) -> Anchor {
        let mut anchors = BTreeMap::new();
        of_file(BASE, head, &[finding], &mut anchors);
        anchors.into_values().next().unwrap()
    }

    /// A removal whose nearest surviving line is the given one.
    fn removal(line: u32) -> Finding {
        let mut finding = fixture::report().findings.remove(1);
        (finding.line, finding.end_line, finding.column, finding.end_column) = (line, line, 1, 2);
        finding
    }

    #[test]
    fn a_removal_stands_on_the_edited_line_beside_it() {
        let anchor = anchored("a: 1\nb: 222\nc: 1\nd: 1\ne: 1\nf: 1\n", &removal(1));
        assert_eq!((anchor.line, anchor.column, anchor.end_column), (2, 1, 7));
        assert!(anchor.hash.is_some());
    }

    #[test]
    fn an_edited_line_far_away_does_not_stand_for_it() {
        let anchor = anchored("a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 2\n", &removal(1));
        assert_eq!((anchor.line, anchor.column, anchor.end_column), (1, 1, 2));
    }

    #[test]
    fn a_value_over_several_lines_stands_on_its_first_edited_one() {
        let mut finding = fixture::report().findings.remove(0);
        (finding.line, finding.end_line, finding.column, finding.end_column) = (1, 3, 3, 2);
        let anchor = anchored("a: 1\nsafe: on\nb: 2\nc: 1\n", &finding);
        assert_eq!((anchor.line, anchor.column, anchor.end_column), (3, 1, 5));
        let anchor = anchored("a: 2\nsafe: on\nb: 2\nc: 1\n", &finding);
        assert_eq!((anchor.line, anchor.column, anchor.end_column), (1, 3, 5));
    }
}
