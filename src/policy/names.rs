//! From the name of a setting to the spellings that could mean it: a look-up in the catalogue's tables, and short lists of
//! wildcards. Thousands of names against hundreds of policies cost one look-up each.

use std::sync::OnceLock;

use super::pattern::{Capture, KeyPattern, TextPattern};
use super::table::{self, Asked, Sieve, Table};
use crate::setting::Surface;

pub use super::table::{Asker, Hit, Needs};

/// The index.
#[derive(Debug)]
pub struct Names {
    tables: Vec<Part>,
    /// By the number of their surface.
    wildcards: [Wildcards; Surface::ALL.len()],
    /// What hits need, those of one table after those of the other.
    needs: Vec<Needs>,
}

/// One table and the index that its first policy has in the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The table.
    pub table: &'static Table<'static>,
    /// What to add to its policies' indices.
    pub from: u32,
    /// What to add to the numbers of its needs.
    pub needs: u32,
}

/// The names of one surface that have to be matched.
#[derive(Debug, Default)]
struct Wildcards {
    all: Vec<Wildcard>,
    /// By what their texts hold or end in, made when the first name is asked about.
    sieve: OnceLock<Sieve>,
}

/// A wildcard name; its pattern is read when a text may fit it.
#[derive(Debug)]
struct Wildcard {
    of: &'static table::Wildcard<'static>,
    pattern: OnceLock<Option<Pattern>>,
    hit: Hit,
}

#[derive(Debug)]
enum Pattern {
    Text(TextPattern),
    Key(KeyPattern),
}

impl Names {
    /// Brings tables together, whose patterns were tried when they were made.
    #[must_use]
    pub fn new(tables: Vec<Part>) -> Self {
        let mut wildcards: [Wildcards; Surface::ALL.len()] = Default::default();
        for part in &tables {
            for of in &part.table.wildcards {
                if let Some(of_surface) = wildcards.get_mut(usize::from(of.surface)) {
                    of_surface.all.push(Wildcard { of, pattern: OnceLock::new(), hit: part.moved(of.hit) });
                }
            }
        }
        let needs = tables.iter().flat_map(|part| part.table.needs.iter().copied()).collect();
        Self { tables, wildcards, needs }
    }

    /// What must be so for a hit to mean anything.
    #[must_use]
    pub fn needs(&self, hit: Hit) -> Needs {
        self.needs.get(hit.needs as usize).copied().unwrap_or_default()
    }

    /// The tables.
    #[must_use]
    pub fn tables(&self) -> &[Part] {
        &self.tables
    }

    /// Who could mean a name that is one text. Wildcards in the result have been matched.
    pub fn of_text<'a>(&'a self, surface: Surface, name: &'a str) -> impl Iterator<Item = Hit> + 'a {
        let exact = tails(surface, name).flat_map(move |tail| self.tables.iter().flat_map(move |part| part.of_text(surface, tail)));
        let asked = Asked::new(name);
        let wild = self.wildcards.get(surface as usize).map_or_else(Vec::new, |wildcards| wildcards.may_fit(&asked));
        exact.chain(wild.into_iter().filter(move |wildcard| wildcard.fits(surface, name)).map(|wildcard| wildcard.hit))
    }

    /// Who could mean a path with this last step (folded); the path itself is still to be matched.
    pub fn of_last_step<'a>(&'a self, step: &'a str) -> impl Iterator<Item = Hit> + 'a {
        let exact = self.tables.iter().flat_map(move |part| part.of_key(step));
        let wild = self.wildcards.get(Surface::Key as usize).map_or_else(Vec::new, |wildcards| wildcards.may_fit(&Asked::new(step)));
        exact.chain(wild.into_iter().filter(move |wildcard| wildcard.fits(Surface::Key, step)).map(|wildcard| wildcard.hit))
    }
}

impl Part {
    fn moved(self, hit: Hit) -> Hit {
        Hit { policy: hit.policy + self.from, needs: hit.needs + self.needs, ..hit }
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

impl Wildcards {
    /// Those that a text may fit, in their order.
    fn may_fit(&self, asked: &Asked) -> Vec<&Wildcard> {
        let needles = |wildcard: &Wildcard| if wildcard.of.ends.is_empty() { &*wildcard.of.needles } else { &*wildcard.of.ends };
        let sieve = self.sieve.get_or_init(|| Sieve::new(self.all.iter().map(needles)));
        sieve.may_fit(asked).into_iter().filter_map(|at| self.all.get(at)).collect()
    }
}

impl Wildcard {
    fn fits(&self, surface: Surface, name: &str) -> bool {
        let of = self.of;
        let ends =
            |end: &&str| name.len().checked_sub(end.len()).and_then(|at| name.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end));
        if !of.ends.is_empty() && !of.ends.iter().any(ends) {
            return false;
        }
        let read = || match surface {
            Surface::Key => KeyPattern::parse(of.text).map(Pattern::Key).ok(),
            _ => TextPattern::parse(of.text).map(Pattern::Text).ok(),
        };
        match self.pattern.get_or_init(read) {
            Some(Pattern::Text(pattern)) => tails(surface, name).any(|tail| pattern.fits(tail)),
            Some(Pattern::Key(pattern)) => pattern.last_fits(name),
            None => false,
        }
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
        let hit = Hit { policy: 0, asker: Asker::Spelling(0), name: 0, needs: 0 };
        let fits = |ends: &[&'static str], needles: &[&'static str], name: &str| {
            let of = table::Wildcard { surface: 0, text: "/(?i)^(.+)_host$/", ends: ends.to_vec(), needles: needles.to_vec(), hit };
            let wildcard = Wildcard { of: Box::leak(Box::new(of)), pattern: OnceLock::new(), hit };
            let wildcards = Wildcards { all: vec![wildcard], sieve: OnceLock::new() };
            wildcards.may_fit(&Asked::new(name)).into_iter().any(|wildcard| wildcard.fits(Surface::Env, name))
        };
        assert!(fits(&["_host"], &[], "ACME_Host") && fits(&[], &["host"], "ACME_HOST"));
        assert!(!fits(&["_host"], &[], "host") && !fits(&[], &[], "xyz"));
        assert!(!fits(&["_port"], &[], "a_host") && !fits(&[], &["port"], "a_host"), "the cheap questions come first");
        assert!(!fits(&["_host"], &[], "a_host_name"), "an end stands at the end");
    }
}
