//! Whether a word of a program's text could be a name that some policy means: asked before a file of code is parsed at all.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::catalogue::Catalogue;
use super::compiled::{Name, Spelling};
use super::pattern::{TextPattern, fold};
use crate::setting::Surface;

/// What a word is to the policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// Nothing.
    Nothing,
    /// Nothing by itself (`enabled`, `level`): what stands around it counts.
    Fill,
    /// A lexicon could read it.
    Worded,
    /// A policy names it.
    Named,
}

/// The words of a catalogue's names as they may stand in code.
#[derive(Debug)]
pub struct Interest<'a> {
    catalogue: &'a Catalogue,
    commands: bool,
    /// Last steps of keys and names of arguments, fields, flags and commands: folded.
    literals: HashSet<String>,
    /// The same with wildcards.
    patterns: Vec<TextPattern>,
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
}

impl<'a> Interest<'a> {
    /// Collects the names of spellings and conditions that documents of a kind can have; `ends` are those of its files.
    #[must_use]
    pub fn new(catalogue: &'a Catalogue, kind: &str, ends: &[&str]) -> Self {
        // only scripts hold commands and their short flags
        let commands = kind == "shell";
        let mut interest = Self { catalogue, commands, literals: HashSet::new(), patterns: Vec::new() };
        for policy in catalogue.policies() {
            let spellings: Vec<&Spelling> = policy.spellings.iter().filter(|spelling| may_stand_in(spelling, kind, ends)).collect();
            if !spellings.is_empty() {
                for condition in policy.unset.iter().flat_map(|case| &case.conditions) {
                    interest.add(condition.surface, &condition.names);
                }
            }
            for spelling in spellings {
                interest.add(spelling.surface, &spelling.names);
                for condition in &spelling.only_if {
                    interest.add(condition.surface, &condition.names);
                }
            }
        }
        interest
    }

    fn add(&mut self, surface: Surface, names: &[Name]) {
        for name in names {
            match name {
                // `telemetry.enabled` is known by its first word that says something
                Name::Key(key) => {
                    let word = key.last_literals().find(|step| !self.is_fill(step)).or_else(|| key.last_literal());
                    self.literals.extend(word.map(str::to_owned));
                }
                Name::Text { pattern, .. } => self.add_text(surface, pattern),
            }
        }
    }

    fn add_text(&mut self, surface: Surface, pattern: &TextPattern) {
        let Some(written) = pattern.source().filter(|_| pattern.literal().is_some() || surface == Surface::Argument) else {
            // a wildcard name, or a regular expression: asked as it is
            if matches!(surface, Surface::Flag | Surface::Argument | Surface::Field) {
                self.patterns.push(pattern.clone());
            }
            return;
        };
        match surface {
            Surface::Argument => self.add_argument(&written),
            Surface::Command if !self.commands => {}
            Surface::Flag | Surface::Field | Surface::Command => {
                let parts = written.trim_start_matches('-').split('.').filter(|part| self.commands || part.len() > 2);
                let telling = parts.map(fold).filter(|part| !self.is_fill(part)).max_by_key(String::len);
                self.literals.extend(telling);
            }
            // environment variables are asked from the index of names; directives and images are not written in code
            _ => {}
        }
    }

    /// The name in the parentheses; where it says nothing (`*`, a position), the callee's last step.
    fn add_argument(&mut self, written: &str) {
        let (callee, inner) = written.split_once('(').unwrap_or((written, ""));
        let inner = inner.trim_end_matches(')').rsplit('.').next().unwrap_or("");
        let callee = callee.rsplit(['.', ':']).next().unwrap_or(callee);
        for part in [inner, callee] {
            let says_much = part.chars().any(char::is_alphabetic);
            if says_much && !part.contains(['*', '<']) {
                self.literals.insert(fold(part));
                return;
            }
            if says_much
                && part.trim_matches('*').len() > 2
                && let Ok(pattern) = TextPattern::parse(part)
            {
                self.patterns.push(pattern);
                return;
            }
        }
    }

    fn is_fill(&self, word: &str) -> bool {
        self.catalogue.lexicons().iter().any(|lexicon| lexicon.is_fill(word))
    }

    /// What one word says.
    #[must_use]
    pub fn ask(&self, word: &str) -> Says {
        // variables are written in capitals; most words are not, and many policies name them by regular expressions
        let variable = !word.contains(|c: char| c.is_ascii_lowercase());
        let named = self.literals.contains(&fold(word))
            || (variable && self.catalogue.names().of_text(Surface::Env, word).any(|hit| !self.catalogue.names_anything(hit)))
            || self.patterns.iter().any(|pattern| pattern.captures(word).is_some());
        if named {
            return Says::Named;
        }
        let lexicons = self.catalogue.lexicons();
        if lexicons.iter().any(|lexicon| lexicon.sense(&[word]).is_some()) {
            Says::Worded
        } else if self.is_fill(word) {
            Says::Fill
        } else {
            Says::Nothing
        }
    }
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
        assert_eq!(
            interest.ask("widget"),
            Says::Nothing,
            "{:?}",
            interest.patterns.iter().filter(|p| p.captures("widget").is_some()).collect::<Vec<_>>()
        );
    }
}
