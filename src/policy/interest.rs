//! Whether a word of a program's text could be a name that some policy means: asked before a file of code is parsed at all.

use foldhash::{HashMap, HashMapExt};
use std::sync::Arc;

use super::catalogue::Catalogue;
use super::pattern::{TextPattern, fold};
use super::table::{Asked, OTHER, Others, SHELL, Sieve, Wild, started};
use super::text::split;
use crate::setting::Surface;

/// What a word is to the policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// Nothing.
    Nothing,
    /// Nothing by itself (`enabled`, `level`): what stands around it counts.
    Fill,
    /// A policy names it together with others: this group of them must be looked for in the file.
    Together(u32),
    /// A lexicon could read it.
    Worded,
    /// A policy names it.
    Named,
}

/// The kind whose every word may be one of a command.
const SHELL_KIND: &str = "shell";

/// Kinds in which the names of flags are written with their dashes. Go and Rust declare them without.
const DASHED_KINDS: &[&str] = &["python", "typescript", "javascript", "java"];

/// The words of a catalogue's names as they may stand in code of one kind.
#[derive(Debug)]
pub struct Interest<'a> {
    catalogue: &'a Catalogue,
    kind: &'static str,
    /// Ends of the names of files of code.
    ends: &'static [&'static str],
    /// Flags and fields with wildcards.
    patterns: Wanted,
    /// Those of them that count with certain literals only.
    valued: Wanted,
    /// These literals, in the same order, each with what must stand in it.
    literals: Vec<(Option<TextPattern>, &'static [&'static str])>,
    /// Arguments that are regular expressions.
    arguments: Wanted,
}

/// Patterns, behind a cheaper question.
#[derive(Debug, Default)]
struct Wanted {
    patterns: Vec<Option<TextPattern>>,
    sieve: Sieve,
}

impl Wanted {
    fn new(of: &[&'static Wild<'static>]) -> Self {
        let patterns = of.iter().map(|wild| TextPattern::parse(wild.text).ok()).collect();
        Self { patterns, sieve: Sieve::new(of.iter().map(|wild| &*wild.needles)) }
    }

    /// The places of those that a text fits.
    fn fitting<'w>(&'w self, asked: &Asked<'w>) -> impl Iterator<Item = usize> + 'w {
        let text = asked.text;
        let fits = move |at: &usize| self.patterns.get(*at).and_then(Option::as_ref).is_some_and(|pattern| pattern.fits(text));
        self.sieve.may_fit(asked).into_iter().filter(fits)
    }
}

/// What was said of words that came before; one for each thread.
#[derive(Debug)]
pub struct Known<'a> {
    interest: Arc<Interest<'a>>,
    says: HashMap<Box<str>, Says>,
    /// The same for words with dashes before them.
    dashed: HashMap<Box<str>, Says>,
    /// What words say that are given no value.
    fills: HashMap<Box<str>, Says>,
    /// What programs say that are started.
    starts: HashMap<Box<str>, Says>,
    /// The groups of names behind [`Says::Together`], each with what the word means beside certain literals (places in
    /// [`Interest::literals`]), and with what it says where the other words are missing.
    groups: Vec<(Vec<Others<'static>>, Vec<usize>, Says)>,
    /// What was said of paths that are printed.
    printed: HashMap<Box<str>, bool>,
}

impl<'a> Known<'a> {
    /// Nothing was asked yet.
    #[must_use]
    pub fn new(interest: Arc<Interest<'a>>) -> Self {
        let [says, dashed, fills, starts] = [(); 4].map(|()| HashMap::new());
        Self { interest, says, dashed, fills, starts, groups: Vec::new(), printed: HashMap::new() }
    }

    /// Whether it is about shell scripts, where every word can be one of a command.
    #[must_use]
    pub fn is_shell(&self) -> bool {
        self.interest.kind == SHELL_KIND
    }

    /// Whether a policy asks about a value that a program prints, by its path.
    pub fn is_printed(&mut self, path: &str) -> bool {
        if let Some(known) = self.printed.get(path) {
            return *known;
        }
        let asked = self.interest.catalogue.names().of_text(Surface::Printed, path).next().is_some();
        self.printed.insert(path.into(), asked);
        asked
    }

    /// What one word says: letters, digits, `_` and `-`. Whether it is written as a flag matters where flags are texts.
    pub fn says(&mut self, word: &str, dashed: bool) -> Says {
        let known = if dashed { &self.dashed } else { &self.says };
        if let Some(says) = known.get(word) {
            return *says;
        }
        let says = self.ask(word, dashed);
        let known = if dashed { &mut self.dashed } else { &mut self.says };
        known.insert(word.into(), says);
        says
    }

    /// [`Says::Fill`] where a word says nothing by itself and what stands around it could count.
    pub fn fills(&mut self, word: &str) -> Says {
        if let Some(says) = self.fills.get(word) {
            return *says;
        }
        let says = if self.interest.is_fill(word) { Says::Fill } else { Says::Nothing };
        self.fills.insert(word.into(), says);
        says
    }

    /// Whether a file holds all words of some name of a group; `holds` tells whether it holds one, folded. `literals` are
    /// those that stand where it changed, quotes included: one of them that a name counts with is enough.
    pub fn together(&self, group: u32, path: &str, literals: &[&str], mut holds: impl FnMut(&str) -> bool) -> bool {
        let Some((names, places, _)) = self.groups.get(group as usize) else { return false };
        places.iter().any(|at| literals.iter().any(|literal| self.interest.takes(*at, literal)))
            || names.iter().any(|others| {
                others.words.iter().all(|word| holds(word))
                    && (others.one_of.is_empty() || others.one_of.iter().any(|word| holds(word)))
                    && self.interest.is_for(others, path)
            })
    }

    /// What a program says that a text begins with: `"curl -k"`, `["curl", "-k"]`.
    pub fn starts(&mut self, program: &str) -> Says {
        if let Some(says) = self.starts.get(program) {
            return *says;
        }
        let literals = self.interest.literals(&started(&fold(program)));
        let says = if literals.is_empty() {
            Says::Nothing
        } else {
            self.groups.push((literals, Vec::new(), Says::Nothing));
            Says::Together(u32::try_from(self.groups.len() - 1).unwrap_or(u32::MAX))
        };
        self.starts.insert(program.into(), says);
        says
    }

    fn ask(&mut self, word: &str, dashed: bool) -> Says {
        let interest = &self.interest;
        let asked = Asked::new(word);
        // patterns of flags have their dashes
        let flag = format!("--{word}");
        let flag = dashed.then(|| Asked::new(&flag));
        let mut literals = interest.literals(&fold(word));
        if !dashed && DASHED_KINDS.contains(&interest.kind) {
            literals.retain(|others| !others.flag);
        }
        // a name that is one word is named wherever it stands; others need the rest of their words
        let alone = |others: &Others| others.words.is_empty() && others.one_of.is_empty() && others.files.is_empty();
        let flagged = flag.as_ref().is_some_and(|flag| interest.patterns.fitting(flag).next().is_some());
        if literals.iter().any(alone) || flagged || interest.names_wildly(&asked) {
            return Says::Named;
        }
        let words = split(word);
        let lexicons = interest.catalogue.lexicons();
        let otherwise = if lexicons.iter().any(|lexicon| lexicon.speaks_of(word, &words)) {
            Says::Worded
        } else if lexicons.iter().any(|lexicon| lexicon.fills(&words)) {
            Says::Fill
        } else {
            Says::Nothing
        };
        let mut valued = interest.valued(&asked);
        valued.extend(flag.iter().flat_map(|flag| interest.valued(flag)));
        if literals.is_empty() && valued.is_empty() {
            return otherwise;
        }
        self.groups.push((literals, valued, otherwise));
        Says::Together(u32::try_from(self.groups.len() - 1).unwrap_or(u32::MAX))
    }

    /// What the word of a group says where the other words are missing.
    #[must_use]
    pub fn otherwise(&self, group: u32) -> Says {
        self.groups.get(group as usize).map_or(Says::Nothing, |(_, _, otherwise)| *otherwise)
    }
}

impl<'a> Interest<'a> {
    /// What documents of a kind can hold; `ends` are those of its files.
    #[must_use]
    pub fn new(catalogue: &'a Catalogue, kind: &'static str, ends: &'static [&'static str]) -> Self {
        let mut interest = Self {
            catalogue,
            kind,
            ends,
            patterns: Wanted::default(),
            valued: Wanted::default(),
            literals: Vec::new(),
            arguments: Wanted::default(),
        };
        let all = catalogue.names().tables().iter().flat_map(|part| &part.table.wild);
        let here: Vec<&'static Wild<'static>> = all.filter(|wild| interest.may_stand(wild.modes, &wild.kinds, &wild.files)).collect();
        let (arguments, named): (Vec<_>, Vec<_>) = here.into_iter().partition(|wild| wild.argument);
        let (plain, valued): (Vec<_>, Vec<_>) = named.into_iter().partition(|wild| wild.value.is_empty());
        interest.patterns = Wanted::new(&plain);
        interest.valued = Wanted::new(&valued);
        interest.literals = valued.iter().map(|wild| (TextPattern::parse(wild.value).ok(), &*wild.in_value)).collect();
        interest.arguments = Wanted::new(&arguments);
        interest
    }

    /// Whether a literal is one of those with which the name at a place counts.
    fn takes(&self, at: usize, literal: &str) -> bool {
        let Some((Some(pattern), needles)) = self.literals.get(at) else { return false };
        let small = literal.to_ascii_lowercase();
        (needles.is_empty() || needles.iter().any(|needle| small.contains(needle))) && pattern.fits(literal)
    }

    /// Whether a spelling is for this kind of document at all.
    fn may_stand(&self, modes: u8, kinds: &[&str], files: &[&str]) -> bool {
        let mode = if self.kind == SHELL_KIND { SHELL } else { OTHER };
        // a glob that ends in another extension cannot fit
        let ends = |glob: &&str| glob.ends_with('*') || self.ends.iter().any(|end| glob.ends_with(end));
        modes & mode != 0 && (kinds.is_empty() || kinds.contains(&self.kind)) && (files.is_empty() || files.iter().any(ends))
    }

    fn literals(&self, folded: &str) -> Vec<Others<'static>> {
        let mut all: Vec<Others<'static>> = self.catalogue.names().tables().iter().flat_map(|part| part.of_word(folded)).collect();
        all.retain(|others| self.may_stand(others.modes, &others.kinds, &others.files));
        all
    }

    fn names_wildly(&self, asked: &Asked) -> bool {
        let word = asked.text;
        // variables are written in capitals; most words are not, and many policies name them by regular expressions
        let variable = !word.contains(|c: char| c.is_ascii_lowercase());
        (variable && self.catalogue.names().of_text(Surface::Env, word).any(|hit| !self.catalogue.names_anything(hit)))
            || self.patterns.fitting(asked).next().is_some()
            || ["f", "load"].into_iter().any(|callee| self.arguments.fitting(&Asked::new(&format!("{callee}({word})"))).next().is_some())
    }

    /// The places of the names that count with certain literals only, which a word is.
    fn valued(&self, asked: &Asked) -> Vec<usize> {
        self.valued.fitting(asked).collect()
    }

    fn is_for(&self, others: &Others, path: &str) -> bool {
        let (policy, spelling) = others.spelling;
        let policy = || self.catalogue.policies().get(policy as usize);
        others.files.is_empty()
            || policy().and_then(|policy| policy.spellings.get(usize::from(spelling))).is_some_and(|one| one.files.fits(path))
    }

    fn is_fill(&self, word: &str) -> bool {
        let words = split(word);
        self.catalogue.lexicons().iter().any(|lexicon| lexicon.fills(&words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_policies_and_lexicons_are_known() {
        let catalogue = Catalogue::built_in().unwrap();
        let mut interest = Known::new(Arc::new(Interest::new(&catalogue, "python", &[".py"])));
        assert_eq!(interest.says("VLLM_NO_USAGE_STATS", false), Says::Named);
        assert_eq!(interest.says("trust_remote_code", false), Says::Named);
        assert_eq!(interest.says("acme_telemetry_enabled", false), Says::Worded);
        assert_eq!(interest.says("enabled", false), Says::Fill);
        assert_eq!(interest.says("widget", false), Says::Nothing);
    }

    #[test]
    fn a_common_word_counts_beside_the_others_of_its_name() {
        let catalogue = Catalogue::built_in().unwrap();
        let mut known = Known::new(Arc::new(Interest::new(&catalogue, "typescript", &[".ts"])));
        let Says::Together(group) = known.says("set", false) else { panic!("`set` alone is {:?}", known.says("set", false)) };
        assert!(!known.together(group, "a.ts", &[], |_| false));
        assert!(known.together(group, "a.ts", &[], |_| true));
    }
}
