//! From the name of a setting to the spellings that could mean it: a hash of last steps, and short lists of wildcards.
//! Thousands of names against hundreds of policies cost one look-up each.

use std::collections::HashMap;

use super::compiled::{Compiled, Name};
use super::pattern::{KeyPattern, TextPattern};
use crate::setting::Surface;

/// One alternative of one spelling of one policy, or of one of its conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hit {
    /// Index of the policy in the catalogue.
    pub policy: u32,
    /// Who asks.
    pub asker: Asker,
    /// Index into its names.
    pub name: u16,
}

/// The part of a policy that names a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asker {
    /// A spelling.
    Spelling(u16),
    /// A condition of a spelling.
    OnlyIf(u16, u16),
    /// A condition of a case of `unset`.
    Unset(u16, u16),
}

/// The index.
#[derive(Debug, Default)]
pub struct Names {
    texts: HashMap<(Surface, Box<str>), Vec<Hit>>,
    text_wildcards: HashMap<Surface, Vec<Wildcard>>,
    keys: HashMap<Box<str>, Vec<Hit>>,
    key_wildcards: Vec<(KeyPattern, Hit)>,
}

/// A wildcard name with the literal end that most of them have, as a cheap first test.
#[derive(Debug)]
struct Wildcard {
    pattern: TextPattern,
    hit: Hit,
}

impl Names {
    /// Indexes every spelling and condition.
    #[must_use]
    pub fn new(policies: &[Compiled]) -> Self {
        let mut index = Self::default();
        let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        for (at, policy) in policies.iter().enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            for (s, spelling) in policy.spellings.iter().enumerate() {
                index.add(at, Asker::Spelling(small(s)), spelling.surface, &spelling.names);
                for (c, condition) in spelling.only_if.iter().enumerate() {
                    index.add(at, Asker::OnlyIf(small(s), small(c)), condition.surface, &condition.names);
                }
            }
            for (u, case) in policy.unset.iter().enumerate() {
                for (c, condition) in case.conditions.iter().enumerate() {
                    index.add(at, Asker::Unset(small(u), small(c)), condition.surface, &condition.names);
                }
            }
        }
        index
    }

    fn add(&mut self, policy: u32, asker: Asker, surface: Surface, names: &[Name]) {
        for (at, name) in names.iter().enumerate() {
            let hit = Hit { policy, asker, name: u16::try_from(at).unwrap_or(u16::MAX) };
            match name {
                Name::Key(key) => match key.last_literal() {
                    Some(last) => self.keys.entry(last.into()).or_default().push(hit),
                    None => self.key_wildcards.push((key.clone(), hit)),
                },
                Name::Text { pattern, .. } => match pattern.literal() {
                    Some(text) => self.texts.entry((surface, text.into())).or_default().push(hit),
                    None => self.text_wildcards.entry(surface).or_default().push(Wildcard { pattern: pattern.clone(), hit }),
                },
            }
        }
    }

    /// Who could mean a name that is one text. Wildcards in the result have been matched.
    pub fn of_text<'a>(&'a self, surface: Surface, name: &'a str) -> impl Iterator<Item = Hit> + 'a {
        let exact = self.texts.get(&(surface, Box::<str>::from(name))).into_iter().flatten().copied();
        let wild = self.text_wildcards.get(&surface).into_iter().flatten();
        exact.chain(wild.filter(|wildcard| wildcard.pattern.captures(name).is_some()).map(|wildcard| wildcard.hit))
    }

    /// Who could mean a path with this last step (folded); the path itself is still to be matched.
    pub fn of_last_step<'a>(&'a self, step: &'a str) -> impl Iterator<Item = Hit> + 'a {
        let exact = self.keys.get(step).into_iter().flatten().copied();
        exact.chain(self.key_wildcards.iter().filter(move |(key, _)| key.last_fits(step)).map(|(_, hit)| *hit))
    }
}
