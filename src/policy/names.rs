//! From the name of a setting to the spellings that could mean it: a hash of last steps, and short lists of wildcards.
//! Thousands of names against hundreds of policies cost one look-up each.

use std::collections::HashMap;

use super::compiled::{Compiled, Name};
use super::pattern::{Capture, KeyPattern, TextPattern};
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
                Name::Text { pattern, .. } => match pattern.all() {
                    Some(texts) => {
                        for text in texts {
                            self.texts.entry((surface, text.into())).or_default().push(hit);
                        }
                    }
                    None => self.text_wildcards.entry(surface).or_default().push(Wildcard { pattern: pattern.clone(), hit }),
                },
            }
        }
    }

    /// Who could mean a name that is one text. Wildcards in the result have been matched.
    pub fn of_text<'a>(&'a self, surface: Surface, name: &'a str) -> impl Iterator<Item = Hit> + 'a {
        let exact = tails(surface, name).filter_map(move |tail| self.texts.get(&(surface, Box::<str>::from(tail)))).flatten().copied();
        let wild = self.text_wildcards.get(&surface).into_iter().flatten();
        exact.chain(wild.filter(move |wildcard| captures(&wildcard.pattern, surface, name).is_some()).map(|wildcard| wildcard.hit))
    }

    /// Who could mean a path with this last step (folded); the path itself is still to be matched.
    pub fn of_last_step<'a>(&'a self, step: &'a str) -> impl Iterator<Item = Hit> + 'a {
        let exact = self.keys.get(step).into_iter().flatten().copied();
        exact.chain(self.key_wildcards.iter().filter(move |(key, _)| key.last_fits(step)).map(|(_, hit)| *hit))
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
}
