//! What of two versions of a file is worth reading first: the parts in which they differ, with what gives those parts their meaning.
//!
//! When the readings of both thinned texts say the same, so do those of the whole texts; when they differ, the whole texts are read.
//! So a part may be kept for nothing, and must never be left out when its meaning could have changed.

mod code;
mod markdown;
#[cfg(test)]
mod tests;
mod yaml;

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashMapExt, HashSet};

use crate::read::Reader;

/// Texts of both sides together that are not worth thinning, in bytes.
const WORTH: usize = 4 << 10;

/// Both texts without most of what they share; nothing where that is not known to be safe, or saves little.
pub fn thinned(reader: &Reader, path: &str, base: &str, head: &str) -> Option<[String; 2]> {
    let whole = base.len() + head.len();
    if whole < WORTH {
        return None;
    }
    let thin = match reader.name {
        "markdown" => markdown::thinned(base, head),
        "yaml" => yaml::thinned(path, base, head),
        _ if reader.is_code() => code::thinned(path, base, head),
        _ => None,
    }?;
    // what makes no difference is all that is read of most files, so reading much of one twice is worth it
    (thin.iter().map(String::len).sum::<usize>() < whole / 4 * 3).then_some(thin)
}

/// A stretch of a text that means something by itself, given what it depends on.
#[derive(Clone, Copy, Debug)]
struct Part<'t> {
    text: &'t str,
    /// A number for all that encloses it.
    within: usize,
    /// Other stretches that give it its meaning.
    depends: [&'t str; 3],
    /// The same by their places among the parts, where it has some: they are kept with it.
    owners: [Option<usize>; 3],
    /// It gives others their meaning, and is always kept.
    stays: bool,
    /// It stands on the line behind the part before, and how many blanks stand between its words does not count: a table's row.
    goes_on: bool,
}

impl<'t> Part<'t> {
    fn new(within: usize, text: &'t str) -> Self {
        Self { text, within, depends: [""; 3], owners: [None; 3], stays: false, goes_on: false }
    }

    /// Whether both mean the same.
    fn like(&self, other: &Self) -> bool {
        let alike = || self.goes_on && spaced(self.text).eq(spaced(other.text));
        self.within == other.within
            && self.depends == other.depends
            && self.goes_on == other.goes_on
            && (self.text == other.text || alike())
    }
}

/// Numbers for what both sides must share for parts to mean the same.
struct Marker<'t> {
    state: RandomState,
    /// A row with its blanks made one.
    row: Vec<u8>,
    /// What the part before depended on, and the number of that: the rows of a table depend on the same.
    last: ([&'t str; 3], u64),
}

impl<'t> Marker<'t> {
    fn new(state: &RandomState) -> Self {
        let nothing = [""; 3];
        Self { state: state.clone(), row: Vec::new(), last: (nothing, state.hash_one(nothing)) }
    }

    fn mark(&mut self, part: &Part<'t>) -> u64 {
        let same = |(old, new): (&&str, &&str)| std::ptr::eq(*old, *new);
        if !self.last.0.iter().zip(&part.depends).all(same) {
            self.last = (part.depends, self.state.hash_one(part.depends));
        }
        let mut hasher = self.state.build_hasher();
        (part.within, self.last.1, part.goes_on).hash(&mut hasher);
        if part.goes_on && part.text.contains("  ") {
            self.row.clear();
            squeeze(part.text, &mut self.row);
            self.row.hash(&mut hasher);
        } else {
            part.text.as_bytes().hash(&mut hasher);
        }
        hasher.finish()
    }
}

/// Appends a text with one blank where it has several.
fn squeeze(text: &str, to: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((front, behind)) = rest.split_once("  ") {
        to.extend_from_slice(front.as_bytes());
        to.push(b' ');
        rest = behind.trim_start_matches(' ');
    }
    to.extend_from_slice(rest.as_bytes());
}

/// The bytes of the same.
fn spaced(text: &str) -> impl Iterator<Item = u8> + '_ {
    let mut before = 0;
    text.bytes().filter(move |byte| {
        let again = *byte == b' ' && before == b' ';
        before = *byte;
        !again
    })
}

/// The parts of each side that stay or that the other side does not have as often, with those that they depend on; nothing where
/// the others changed places. What is kept on one side is kept on the other too, so that both are thinned alike.
fn unlike<'p, 't>(base: &'p [Part<'t>], head: &'p [Part<'t>]) -> Option<[Vec<&'p Part<'t>>; 2]> {
    let front = base.iter().zip(head).take_while(|(old, new)| old.like(new)).count();
    let least = base.len().min(head.len()) - front;
    let back = base.iter().rev().zip(head.iter().rev()).take(least).take_while(|(old, new)| old.like(new)).count();
    // another state in every run: nobody can write two parts that count as one
    let state = RandomState::default();
    let [old, new] = [base, head].map(|parts| Side::new(parts, front, back, &state));
    let mut kept = Kept::new(&old, &new);
    loop {
        let before = kept.count();
        for side in [&old, &new] {
            // those that a part depends on stand before it
            for (at, part) in side.parts.iter().enumerate().rev().filter(|(_, part)| part.owners != [None; 3]) {
                if kept.holds(side.place(at)) {
                    part.owners.into_iter().flatten().for_each(|owner| kept.keep(side.place(owner)));
                }
            }
        }
        if kept.count() == before {
            break;
        }
    }
    (old.left_out(&kept) == new.left_out(&kept)).then(|| [old.kept(&kept), new.kept(&kept)])
}

/// The parts of one side. Those of the front and of the back stand on the other side too, in the same order.
struct Side<'p, 't> {
    parts: &'p [Part<'t>],
    front: usize,
    /// The numbers of those between.
    marks: Vec<u64>,
}

/// Where a part stands.
#[derive(Clone, Copy)]
enum Place {
    /// In a pair of both sides, by its number.
    Pair(usize),
    /// Between, by its mark.
    Between(u64),
}

impl<'p, 't> Side<'p, 't> {
    fn new(parts: &'p [Part<'t>], front: usize, back: usize, state: &RandomState) -> Self {
        let own = parts.get(front..parts.len() - back).unwrap_or_default();
        let mut marker = Marker::new(state);
        Self { parts, front, marks: own.iter().map(|part| marker.mark(part)).collect() }
    }

    fn place(&self, at: usize) -> Place {
        match at.checked_sub(self.front) {
            None => Place::Pair(at),
            Some(behind) => match self.marks.get(behind) {
                Some(mark) => Place::Between(*mark),
                None => Place::Pair(at - self.marks.len()),
            },
        }
    }

    fn left_out(&self, kept: &Kept) -> Vec<u64> {
        self.marks.iter().copied().filter(|mark| !kept.marks.contains(mark)).collect()
    }

    fn kept(&self, kept: &Kept) -> Vec<&'p Part<'t>> {
        self.parts.iter().enumerate().filter(|(at, _)| kept.holds(self.place(*at))).map(|(_, part)| part).collect()
    }
}

/// What is not left out: whole pairs, and of those between all that are alike.
struct Kept {
    pairs: Vec<bool>,
    marks: HashSet<u64>,
}

impl Kept {
    /// What stays, and what one side does not have as often.
    fn new(old: &Side, new: &Side) -> Self {
        let mut counts: HashMap<u64, i64> = HashMap::new();
        for (side, step) in [(old, 1), (new, -1)] {
            for mark in &side.marks {
                *counts.entry(*mark).or_default() += step;
            }
        }
        let marks = counts.into_iter().filter(|(_, count)| *count != 0).map(|(mark, _)| mark).collect();
        let mut kept = Self { pairs: vec![false; old.parts.len() - old.marks.len()], marks };
        for side in [old, new] {
            let stay = side.parts.iter().enumerate().filter(|(_, part)| part.stays);
            stay.for_each(|(at, _)| kept.keep(side.place(at)));
        }
        kept
    }

    fn holds(&self, place: Place) -> bool {
        match place {
            Place::Pair(pair) => self.pairs.get(pair).copied().unwrap_or(true),
            Place::Between(mark) => self.marks.contains(&mark),
        }
    }

    fn keep(&mut self, place: Place) {
        match place {
            Place::Pair(pair) => self.pairs.iter_mut().skip(pair).take(1).for_each(|kept| *kept = true),
            Place::Between(mark) => drop(self.marks.insert(mark)),
        }
    }

    fn count(&self) -> usize {
        self.marks.len() + self.pairs.iter().filter(|kept| **kept).count()
    }
}
