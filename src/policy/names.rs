//! From the name of a setting to the spellings that could mean it: a look-up in the catalogue's tables, and short lists of
//! wildcards. Thousands of names against hundreds of policies cost one look-up each.

use super::pattern::{Capture, KeyPattern, TextPattern};
use super::table::{self, Asked, Needles, Table};
use crate::setting::Surface;

pub use super::table::{Asker, Hit};

/// The index.
#[derive(Debug, Default)]
pub struct Names {
    tables: Vec<Part>,
    /// By the number of their surface.
    wildcards: [Vec<Wildcard>; Surface::ALL.len()],
    key_wildcards: Vec<(KeyPattern, Hit)>,
}

/// One table and the index that its first policy has in the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The table.
    pub table: &'static Table<'static>,
    /// What to add to its policies' indices.
    pub from: u32,
}

/// A wildcard name with the ends that its texts have, as a cheap first test.
#[derive(Debug)]
struct Wildcard {
    pattern: TextPattern,
    ends: Needles,
    needles: Needles,
    hit: Hit,
}

impl Names {
    /// Brings tables together.
    ///
    /// # Errors
    /// A malformed pattern.
    pub fn new(tables: Vec<Part>) -> Result<Self, String> {
        let mut index = Self::default();
        for part in &tables {
            for wildcard in &part.table.wildcards {
                let hit = part.moved(wildcard.hit);
                let surface = Surface::ALL.get(usize::from(wildcard.surface)).copied().ok_or("an unknown surface")?;
                if surface == Surface::Key {
                    index.key_wildcards.push((KeyPattern::parse(wildcard.text)?, hit));
                } else {
                    let pattern = TextPattern::parse(wildcard.text)?;
                    let [ends, needles] = [&wildcard.ends, &wildcard.needles].map(|texts| Needles::new(texts));
                    let of_surface = index.wildcards.get_mut(usize::from(wildcard.surface)).ok_or("an unknown surface")?;
                    of_surface.push(Wildcard { pattern, ends, needles, hit });
                }
            }
        }
        index.tables = tables;
        Ok(index)
    }

    /// The tables.
    #[must_use]
    pub fn tables(&self) -> &[Part] {
        &self.tables
    }

    /// Who could mean a name that is one text. Wildcards in the result have been matched.
    pub fn of_text<'a>(&'a self, surface: Surface, name: &'a str) -> impl Iterator<Item = Hit> + 'a {
        let exact = tails(surface, name).flat_map(move |tail| self.tables.iter().flat_map(move |part| part.of_text(surface, tail)));
        let wild = self.wildcards.get(surface as usize).map(Vec::as_slice).unwrap_or_default();
        let asked = Asked::new(name);
        exact.chain(wild.iter().filter(move |wildcard| wildcard.fits(surface, &asked)).map(|wildcard| wildcard.hit))
    }

    /// Who could mean a path with this last step (folded); the path itself is still to be matched.
    pub fn of_last_step<'a>(&'a self, step: &'a str) -> impl Iterator<Item = Hit> + 'a {
        let exact = self.tables.iter().flat_map(move |part| part.of_key(step));
        exact.chain(self.key_wildcards.iter().filter(move |(key, _)| key.last_fits(step)).map(|(_, hit)| *hit))
    }
}

impl Part {
    fn moved(self, hit: Hit) -> Hit {
        Hit { policy: hit.policy + self.from, ..hit }
    }

    fn range(self, from: u32, count: u16) -> impl Iterator<Item = Hit> {
        let from = from as usize;
        let hits = self.table.hits.get(from..from + usize::from(count)).unwrap_or_default();
        hits.iter().map(move |hit| self.moved(*hit))
    }

    fn of_text(self, surface: Surface, text: &str) -> impl Iterator<Item = Hit> + use<> {
        let texts = &self.table.texts;
        let found = texts.binary_search_by(|(of, known, ..)| (*of, *known).cmp(&(surface as u8, text))).ok();
        let (from, count) = found.and_then(|at| texts.get(at)).map_or((0, 0), |(_, _, from, count)| (*from, *count));
        self.range(from, count)
    }

    fn of_key(self, step: &str) -> impl Iterator<Item = Hit> + use<> {
        let keys = &self.table.keys;
        let found = keys.binary_search_by(|(known, ..)| (*known).cmp(step)).ok();
        let (from, count) = found.and_then(|at| keys.get(at)).map_or((0, 0), |(_, from, count)| (*from, *count));
        self.range(from, count)
    }

    /// What is known of a telling word, folded.
    #[must_use]
    pub fn of_word(self, word: &str) -> Vec<table::Others<'static>> {
        let words = &self.table.words;
        let found = words.binary_search_by(|(known, _)| (*known).cmp(word)).ok().and_then(|at| words.get(at));
        let mut all: Vec<table::Others<'static>> = found.and_then(|(_, bytes)| postcard::from_bytes(bytes).ok()).unwrap_or_default();
        for one in &mut all {
            one.spelling.0 += self.from;
        }
        all
    }
}

impl Wildcard {
    fn fits(&self, surface: Surface, asked: &Asked) -> bool {
        self.ends.end(asked) && self.needles.held(asked) && tails(surface, asked.text).any(|tail| self.pattern.fits(tail))
    }
}

/// The texts by which a name may be meant: itself, and for the argument of a call each tail of its callee
/// (`gradio.Blocks.launch(share)`, `Blocks.launch(share)`, `launch(share)`).
fn tails(surface: Surface, name: &str) -> impl Iterator<Item = &str> {
    let callee = if surface == Surface::Argument { name.find('(').unwrap_or(0) } else { 0 };
    let starts = name.match_indices(['.', ':']).map(|(at, _)| at + 1).take_while(move |at| *at < callee);
    std::iter::once(name).chain(starts.filter_map(|at| name.get(at..)).filter(|tail| !tail.starts_with(':')))
}

/// What a pattern captures of a name, or of the tail of its callee that it means.
#[must_use]
pub fn captures(pattern: &TextPattern, surface: Surface, name: &str) -> Option<Vec<Capture>> {
    tails(surface, name).find_map(|tail| pattern.captures(tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_argument_of_a_call_is_known_by_every_tail_of_its_callee() {
        let all = |name| tails(Surface::Argument, name).collect::<Vec<_>>();
        assert_eq!(all("a.b.launch(x.y)"), ["a.b.launch(x.y)", "b.launch(x.y)", "launch(x.y)"]);
        assert_eq!(all("reqwest::Client::new(x)"), ["reqwest::Client::new(x)", "Client::new(x)", "new(x)"]);
        assert_eq!(all("f(x)"), ["f(x)"]);
        assert_eq!(tails(Surface::Env, "a.b").collect::<Vec<_>>(), ["a.b"]);
    }

    #[test]
    fn the_ends_of_an_expression_are_met_in_whatever_case() {
        let pattern = || TextPattern::parse("/(?i)^(.+)_host$/").unwrap();
        let hit = Hit { policy: 0, asker: Asker::Spelling(0), name: 0 };
        let fits = |ends: &'static [&'static str], needles: &'static [&'static str], name: &str| {
            let [ends, needles] = [ends, needles].map(Needles::new);
            Wildcard { pattern: pattern(), ends, needles, hit }.fits(Surface::Env, &Asked::new(name))
        };
        assert!(fits(&["_host"], &[], "ACME_Host") && fits(&[], &["host"], "ACME_HOST"));
        assert!(!fits(&["_host"], &[], "host") && !fits(&[], &[], "xyz"));
        assert!(!fits(&["_port"], &[], "a_host") && !fits(&[], &["port"], "a_host"), "the cheap questions come first");
    }
}
