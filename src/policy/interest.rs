//! Whether a word of a program's text could be a name that some policy means: asked before a file of code is parsed at all.

use std::collections::HashMap;
use std::sync::Arc;

use super::catalogue::Catalogue;
use super::compiled::{Name, Spelling};
use super::file::Is;
use super::pattern::{TextPattern, fold};
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

/// A name of several words, by one of which it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Others {
    /// The policy and its spelling, whose files it is for; none for a condition.
    spelling: Option<(usize, usize)>,
    /// The other words, folded, all of which the file must hold.
    words: Vec<String>,
    /// Words of its value, or of the name that it is a condition of: the file must hold one of them, where there are any.
    one_of: Vec<String>,
}

/// The words of a catalogue's names as they may stand in code.
#[derive(Debug)]
pub struct Interest<'a> {
    catalogue: &'a Catalogue,
    /// Whether commands and their short flags stand in documents of this kind.
    commands: bool,
    /// The last word of keys, arguments, fields, flags and commands, folded, with the names that it ends.
    literals: HashMap<String, Vec<Others>>,
    /// The groups of names behind [`Says::Together`], in the order of their words.
    groups: Vec<Vec<Others>>,
    group_of: HashMap<String, u32>,
    /// Flags and fields with wildcards.
    patterns: Vec<TextPattern>,
    /// Arguments that are regular expressions.
    arguments: Vec<TextPattern>,
    /// While names are added: words of which the file must hold one.
    value: Vec<String>,
}

/// What was said of words that came before; one for each thread.
#[derive(Debug)]
pub struct Known<'a> {
    interest: Arc<Interest<'a>>,
    says: HashMap<Box<str>, Says>,
}

impl<'a> Known<'a> {
    /// Nothing was asked yet.
    #[must_use]
    pub fn new(interest: Arc<Interest<'a>>) -> Self {
        Self { interest, says: HashMap::new() }
    }

    /// What one word says: letters, digits, `_` and `-`.
    pub fn says(&mut self, word: &str) -> Says {
        if let Some(says) = self.says.get(word) {
            return *says;
        }
        let says = self.interest.ask(word);
        self.says.insert(word.into(), says);
        says
    }

    /// Whether a file holds all words of some name of a group; `holds` tells whether it holds one, folded.
    pub fn together(&self, group: u32, path: &str, mut holds: impl FnMut(&str) -> bool) -> bool {
        let names = self.interest.groups.get(group as usize).map(Vec::as_slice).unwrap_or_default();
        names.iter().any(|others| {
            self.interest.is_for(others, path)
                && others.words.iter().all(|word| holds(word))
                && (others.one_of.is_empty() || others.one_of.iter().any(|word| holds(word)))
        })
    }
}

impl<'a> Interest<'a> {
    /// Collects the names of spellings and conditions that documents of a kind can have; `ends` are those of its files.
    #[must_use]
    pub fn new(catalogue: &'a Catalogue, kind: &str, ends: &[&str]) -> Self {
        let mut interest = Self {
            catalogue,
            commands: kind == "shell",
            literals: HashMap::new(),
            groups: Vec::new(),
            group_of: HashMap::new(),
            patterns: Vec::new(),
            arguments: Vec::new(),
            value: Vec::new(),
        };
        for (at, policy) in catalogue.policies().iter().enumerate() {
            for (number, spelling) in policy.spellings.iter().enumerate() {
                let commanded =
                    spelling.only_if.iter().any(|condition| condition.surface == Surface::Command && condition.is == Is::Present);
                if !may_stand_in(spelling, kind, ends) || (commanded && !interest.commands) {
                    continue;
                }
                interest.value = words_of_values(spelling);
                interest.add(Some((at, number)), spelling.surface, &spelling.names);
                // what a condition asks about matters beside the name that it is a condition of
                let beside: Vec<String> = spelling.names.iter().filter_map(telling_word).collect();
                let conditions = spelling.only_if.iter().chain(policy.unset.iter().flat_map(|case| &case.conditions));
                for condition in conditions {
                    for word in &beside {
                        interest.value = vec![word.clone()];
                        interest.add(Some((at, number)), condition.surface, &condition.names);
                    }
                }
                interest.value.clear();
            }
        }
        for (word, names) in &interest.literals {
            if names.iter().all(|others| {
                !others.words.is_empty() || !others.one_of.is_empty() || others.spelling.is_some_and(|at| interest.has_files(at))
            }) {
                interest.group_of.insert(word.clone(), u32::try_from(interest.groups.len()).unwrap_or(u32::MAX));
                interest.groups.push(names.clone());
            }
        }
        interest
    }

    fn add(&mut self, spelling: Option<(usize, usize)>, surface: Surface, names: &[Name]) {
        for name in names {
            match name {
                Name::Key(key) => {
                    let steps: Vec<String> = key.literals().map(str::to_owned).collect();
                    self.put(spelling, steps);
                }
                Name::Text { pattern, .. } => self.add_text(spelling, surface, pattern),
            }
        }
    }

    fn add_text(&mut self, spelling: Option<(usize, usize)>, surface: Surface, pattern: &TextPattern) {
        let Some(written) = pattern.source() else {
            match surface {
                Surface::Argument => self.arguments.push(pattern.clone()),
                Surface::Flag | Surface::Field => self.patterns.push(pattern.clone()),
                _ => {}
            }
            return;
        };
        match surface {
            Surface::Argument => self.add_argument(spelling, &written),
            Surface::Flag | Surface::Field if pattern.literal().is_none() => self.patterns.push(pattern.clone()),
            Surface::Command if !self.commands => {}
            Surface::Flag | Surface::Field | Surface::Command => {
                let parts = written.trim_start_matches('-').split('.').filter(|part| self.commands || part.len() > 2);
                self.put(spelling, parts.map(fold).collect());
            }
            // environment variables are asked from the index of names; directives and images are not written in code
            _ => {}
        }
    }

    /// The steps of the name in the parentheses and of the callee, those without a wildcard.
    fn add_argument(&mut self, spelling: Option<(usize, usize)>, written: &str) {
        let (callee, inner) = written.split_once('(').unwrap_or((written, ""));
        let steps = callee.split(['.', ':']).chain(inner.trim_end_matches(')').split('.'));
        let says_something = |step: &&str| step.len() > 1 && step.chars().any(char::is_alphabetic) && !step.contains('*');
        let words: Vec<String> = steps.filter(says_something).map(fold).collect();
        let last = inner.trim_end_matches(')').rsplit('.').next().unwrap_or("");
        if last.contains('*') && last.len() > 3 && last.chars().any(char::is_alphabetic) {
            // `<what>_sample_rate`: the word itself has a wildcard
            self.patterns.extend(TextPattern::parse(last));
            return;
        }
        self.put(spelling, words);
    }

    /// A name by its last word that says something; the others must stand in the file too.
    fn put(&mut self, spelling: Option<(usize, usize)>, mut words: Vec<String>) {
        words.retain(|word| !word.is_empty());
        let telling = words.iter().rposition(|word| !self.is_fill_word(word)).or_else(|| words.len().checked_sub(1));
        let Some(word) = telling.map(|at| words.remove(at)) else { return };
        self.literals.entry(word).or_default().push(Others { spelling, words, one_of: self.value.clone() });
    }

    fn has_files(&self, (policy, spelling): (usize, usize)) -> bool {
        let spelling = self.catalogue.policies().get(policy).and_then(|policy| policy.spellings.get(spelling));
        spelling.is_some_and(|spelling| !spelling.files.is_empty())
    }

    fn is_for(&self, others: &Others, path: &str) -> bool {
        others.spelling.is_none_or(|(policy, spelling)| {
            let spelling = self.catalogue.policies().get(policy).and_then(|policy| policy.spellings.get(spelling));
            spelling.is_some_and(|spelling| spelling.files.fits(path))
        })
    }

    /// The same for a folded word, which is one word by itself.
    fn is_fill_word(&self, word: &str) -> bool {
        self.catalogue.lexicons().iter().any(|lexicon| lexicon.means_nothing(word))
    }

    fn is_fill(&self, word: &str) -> bool {
        self.catalogue.lexicons().iter().any(|lexicon| lexicon.is_fill(word))
    }

    /// What one word says.
    #[must_use]
    pub fn ask(&self, word: &str) -> Says {
        // variables are written in capitals; most words are not, and many policies name them by regular expressions
        let variable = !word.contains(|c: char| c.is_ascii_lowercase());
        let folded = fold(word);
        let together = self.group_of.get(&folded);
        let argument = |pattern: &TextPattern| ["f", "load"].iter().any(|callee| pattern.captures(&format!("{callee}({word})")).is_some());
        let named = (together.is_none() && self.literals.contains_key(&folded))
            || (variable && self.catalogue.names().of_text(Surface::Env, word).any(|hit| !self.catalogue.names_anything(hit)))
            || self.patterns.iter().any(|pattern| pattern.captures(word).is_some())
            || self.arguments.iter().any(argument);
        if named {
            return Says::Named;
        }
        let lexicons = self.catalogue.lexicons();
        if lexicons.iter().any(|lexicon| lexicon.sense(&[word]).is_some()) {
            Says::Worded
        } else if let Some(group) = together {
            Says::Together(*group)
        } else if self.is_fill(word) {
            Says::Fill
        } else {
            Says::Nothing
        }
    }
}

/// The word by which a name is known; none for one with wildcards there.
fn telling_word(name: &Name) -> Option<String> {
    match name {
        Name::Key(key) => key.last_literal().map(str::to_owned),
        Name::Text { pattern, .. } => {
            let text = pattern.literal()?;
            text.trim_start_matches('-').trim_end_matches(')').rsplit(['(', '.']).find(|part| part.len() > 1).map(fold)
        }
    }
}

/// Long words of the values that a spelling, or a condition of it, is limited to, when every pattern has some: one must be there.
fn words_of_values(spelling: &Spelling) -> Vec<String> {
    let own = long_words(&spelling.given.value);
    if !own.is_empty() {
        return own;
    }
    let present = spelling.given.only_if.iter().filter(|condition| condition.is == Is::Present);
    present.map(|condition| long_words(&condition.value)).find(|words| !words.is_empty()).unwrap_or_default()
}

fn long_words(patterns: &super::file::Words) -> Vec<String> {
    let mut all = Vec::new();
    for pattern in &patterns.0 {
        let words = pattern.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).filter(|word| word.len() >= 8).map(fold);
        let before = all.len();
        all.extend(words);
        if all.len() == before {
            return Vec::new();
        }
    }
    all
}

/// Whether a spelling is for this kind of document at all.
fn may_stand_in(spelling: &Spelling, kind: &str, ends: &[&str]) -> bool {
    let given = &spelling.given.kinds.0;
    let kind = given.is_empty() || given.iter().any(|given| given == kind);
    kind && (spelling.files.is_empty() || spelling.files.may_end(ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_policies_and_lexicons_are_known() {
        let catalogue = Catalogue::built_in().unwrap();
        let interest = Interest::new(&catalogue, "python", &[".py"]);
        assert_eq!(interest.ask("VLLM_NO_USAGE_STATS"), Says::Named);
        assert_eq!(interest.ask("trust_remote_code"), Says::Named);
        assert_eq!(interest.ask("acme_telemetry_enabled"), Says::Worded);
        assert_eq!(interest.ask("enabled"), Says::Fill);
        assert_eq!(interest.ask("widget"), Says::Nothing);
    }

    #[test]
    fn a_common_word_counts_beside_the_others_of_its_name() {
        let catalogue = Catalogue::built_in().unwrap();
        let mut known = Known::new(Arc::new(Interest::new(&catalogue, "typescript", &[".ts"])));
        let Says::Together(group) = known.says("set") else { panic!("`set` alone is {:?}", known.says("set")) };
        assert!(!known.together(group, "a.ts", |_| false));
        assert!(known.together(group, "a.ts", |_| true));
    }
}
