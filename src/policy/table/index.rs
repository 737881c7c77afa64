//! From the name of a setting to whoever could mean it, sorted so that a look-up is a binary search in the bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::file::{Policy, Words};
use super::super::text::{alternatives, between_slashes, is_open, literal_steps, words_of};
use super::{asked_surface, conditions_of_unset, flat, needles, surface, surface_of};

/// One alternative of one spelling of one policy, or of one of its conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hit {
    /// Index of the policy in the catalogue.
    pub policy: u32,
    /// Who asks.
    pub asker: Asker,
    /// Index into its names.
    pub name: u16,
    /// Index into the table's needs.
    pub needs: u32,
}

/// What must be so in a file and around a setting for a hit to mean it, in bits that are told apart well enough: most hits are known
/// not to fit before their policy is decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Needs {
    /// The kinds of document one of which it must be; any when there is no bit.
    pub kinds: u64,
    /// The literal steps all of which must lead to the setting.
    pub steps: u64,
}

impl Needs {
    /// The bit of a word. Two words may share one, which lets more through, never less.
    #[must_use]
    pub fn bit(word: &str) -> u64 {
        // FNV-1a: the same in the build script and in the program
        let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        1 << ((hash ^ (hash >> 32)) % 64)
    }

    /// The bits of words.
    #[must_use]
    pub fn bits<'w>(words: impl Iterator<Item = &'w str>) -> u64 {
        words.fold(0, |bits, word| bits | Self::bit(word))
    }

    /// Whether a document of these kinds may be meant.
    #[must_use]
    pub fn may_be(self, kinds: u64) -> bool {
        self.kinds == 0 || self.kinds & kinds != 0
    }

    /// Whether a setting to which these steps lead may be meant.
    #[must_use]
    pub fn may_follow(self, steps: u64) -> bool {
        self.steps & !steps == 0
    }
}

/// The part of a policy that names a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Asker {
    /// A spelling.
    Spelling(u16),
    /// A condition of a spelling.
    OnlyIf(u16, u16),
    /// A condition of a case of `unset`.
    Unset(u16, u16),
}

/// A name that is no one text: it has to be matched.
#[derive(Debug, Serialize, Deserialize)]
pub struct Wildcard<'a> {
    /// The surface's number.
    pub surface: u8,
    /// The pattern, braces unfolded.
    pub text: &'a str,
    /// What the texts that fit end in, in small letters; anything when empty. Most names fail here, and no expression is compiled.
    #[serde(borrow)]
    pub ends: Vec<&'a str>,
    /// The texts in small letters one of which stands in what fits; anything when empty.
    pub needles: Vec<&'a str>,
    /// Whose it is.
    pub hit: Hit,
}

/// The same while it is made.
pub struct OwnWildcard {
    surface: u8,
    text: String,
    ends: Vec<String>,
    needles: Vec<String>,
    hit: Hit,
}

impl OwnWildcard {
    fn new(surface: u8, text: String, hit: Hit) -> Self {
        let ends = between_slashes(&text).and_then(ends_of).unwrap_or_default();
        let needles = match surface {
            _ if !ends.is_empty() => Vec::new(),
            surface::KEY => needles::of_last_step(&text),
            _ => needles::of(&text),
        };
        Self { surface, text, ends, needles, hit }
    }

    pub fn borrowed(&self) -> Wildcard<'_> {
        let ends = self.ends.iter().map(String::as_str).collect();
        let needles = self.needles.iter().map(String::as_str).collect();
        Wildcard { surface: self.surface, text: &self.text, ends, needles, hit: self.hit }
    }
}

/// The literal ends of what fits a regular expression, when it says where the text ends and they are few. Case is let go, which
/// lets more through, never less.
fn ends_of(source: &str) -> Option<Vec<String>> {
    use regex_syntax::hir::Look;
    use regex_syntax::hir::literal::{ExtractKind, Extractor};
    let hir = regex_syntax::parse(&source.replace("(?i)", "").replace("(?i:", "(?:")).ok()?;
    if !hir.properties().look_set_suffix().contains(Look::End) {
        return None;
    }
    let mut extractor = Extractor::new();
    let found = extractor.kind(ExtractKind::Suffix).limit_class(4).limit_total(256).extract(&hir);
    let literal = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_lowercase).filter(|end| end.len() > 1);
    let mut ends = found.literals()?.iter().map(|one| literal(one.as_bytes())).collect::<Option<Vec<String>>>()?;
    ends.sort();
    ends.dedup();
    Some(ends)
}

/// The index while it is made.
#[derive(Default)]
pub struct Index {
    pub texts: Vec<((u8, String), u32, u16)>,
    pub keys: Vec<(String, u32, u16)>,
    pub hits: Vec<Hit>,
    pub wildcards: Vec<OwnWildcard>,
    pub needs: Vec<Needs>,
}

#[derive(Default)]
struct Making {
    needs: BTreeMap<Needs, u32>,
    texts: BTreeMap<(u8, String), Vec<Hit>>,
    keys: BTreeMap<String, Vec<Hit>>,
    wildcards: Vec<OwnWildcard>,
}

/// Indexes every spelling and condition.
pub fn of(policies: &[Policy]) -> Result<Index, String> {
    let mut making = Making::default();
    making.number(Needs::default());
    // conditions look anywhere
    let anywhere = Words::default();
    let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    for (at, policy) in policies.iter().enumerate() {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let about = |error: String| format!("{}: {error}", policy.id);
        for (s, spelling) in flat(policy).0.iter().enumerate() {
            if let Some((surface, words)) = surface_of(spelling) {
                making.add(at, Asker::Spelling(small(s)), surface, words, &spelling.kinds).map_err(about)?;
            }
            for (c, condition) in spelling.only_if.iter().enumerate() {
                if let Some((surface, words)) = asked_surface(condition) {
                    making.add(at, Asker::OnlyIf(small(s), small(c)), surface, words, &anywhere).map_err(about)?;
                }
            }
        }
        for (u, conditions) in conditions_of_unset(policy).into_iter().enumerate() {
            for (c, condition) in conditions.iter().enumerate() {
                if let Some((surface, words)) = asked_surface(condition) {
                    making.add(at, Asker::Unset(small(u), small(c)), surface, words, &anywhere).map_err(about)?;
                }
            }
        }
    }
    Ok(making.laid_out())
}

impl Making {
    /// The number of what a hit needs.
    fn number(&mut self, needs: Needs) -> u32 {
        let next = u32::try_from(self.needs.len()).unwrap_or(u32::MAX);
        *self.needs.entry(needs).or_insert(next)
    }

    fn add(&mut self, policy: u32, asker: Asker, surface: u8, words: &Words, kinds: &Words) -> Result<(), String> {
        let kinds = Needs::bits(kinds.0.iter().map(String::as_str));
        for (at, name) in alternatives(&words.0, surface == surface::FLAG)?.into_iter().enumerate() {
            let path = (surface == surface::KEY).then(|| literal_steps(&name.text));
            let before = path.iter().flat_map(|(literals, last)| literals.iter().rev().skip(usize::from(*last)));
            let needs = self.number(Needs { kinds, steps: Needs::bits(before.map(String::as_str)) });
            let hit = Hit { policy, asker, name: u16::try_from(at).unwrap_or(u16::MAX), needs };
            if let Some((literals, last)) = path {
                match literals.last().filter(|_| last) {
                    Some(step) => self.keys.entry(step.clone()).or_default().push(hit),
                    None => self.wildcards.push(OwnWildcard::new(surface, name.text, hit)),
                }
                continue;
            }
            match between_slashes(&name.text).map(words_of) {
                Some(Some(words)) => {
                    for word in words {
                        self.texts.entry((surface, word.to_owned())).or_default().push(hit);
                    }
                }
                Some(None) => self.wildcards.push(OwnWildcard::new(surface, name.text, hit)),
                None if is_open(&name.text) => self.wildcards.push(OwnWildcard::new(surface, name.text, hit)),
                None => self.texts.entry((surface, name.text)).or_default().push(hit),
            }
        }
        Ok(())
    }

    fn laid_out(self) -> Index {
        let mut numbered: Vec<(Needs, u32)> = self.needs.into_iter().collect();
        numbered.sort_unstable_by_key(|(_, number)| *number);
        let needs = numbered.into_iter().map(|(needs, _)| needs).collect();
        let mut index = Index { wildcards: self.wildcards, needs, ..Index::default() };
        let lay = |hits: &mut Vec<Hit>, mine: Vec<Hit>| {
            let from = u32::try_from(hits.len()).unwrap_or(u32::MAX);
            let count = u16::try_from(mine.len()).unwrap_or(u16::MAX);
            hits.extend(mine);
            (from, count)
        };
        for (name, mine) in self.texts {
            let (from, count) = lay(&mut index.hits, mine);
            index.texts.push((name, from, count));
        }
        for (name, mine) in self.keys {
            let (from, count) = lay(&mut index.hits, mine);
            index.keys.push((name, from, count));
        }
        index
    }
}
