//! The names of policies as they may stand in code, by the word of each that tells most: what is asked before a file is parsed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::file::{Condition, Is, Policy, Spelling, Words};
use super::super::text::{alternatives, between_slashes, fold, is_open, literal_steps, with_stars, words_of};
use super::{conditions_of_unset, flat, needles, surface, surface_of};

/// Where a name may stand: in shell scripts, where commands and short flags are.
pub const SHELL: u8 = 1;
/// In any other code.
pub const OTHER: u8 = 2;

/// A name of several words, by one of which it was found.
#[derive(Debug, Serialize, Deserialize)]
pub struct Others<'a> {
    /// The policy and its spelling, or whose condition it is.
    pub spelling: (u32, u16),
    /// [`SHELL`] and [`OTHER`].
    pub modes: u8,
    /// Whether it is a flag.
    pub flag: bool,
    /// Kinds of documents that the spelling is for; any when empty.
    #[serde(borrow)]
    pub kinds: Vec<&'a str>,
    /// Its files, braces unfolded; any when empty.
    pub files: Vec<&'a str>,
    /// The other words, folded, all of which the file must hold.
    pub words: Vec<&'a str>,
    /// Words of its value, or of the name that it is a condition of: the file must hold one of them, where there are any.
    pub one_of: Vec<&'a str>,
}

/// A name with wildcards where its word would be.
#[derive(Debug, Serialize, Deserialize)]
pub struct Wild<'a> {
    /// The pattern.
    pub text: &'a str,
    /// Whether it is of an argument with its callee.
    pub argument: bool,
    /// The texts in small letters one of which stands in what fits; anything when empty.
    #[serde(borrow)]
    pub needles: Vec<&'a str>,
    /// The expression that its values fit, quotes included; empty where any value counts, or one that is not a literal.
    pub value: &'a str,
    /// As `needles`, of the value.
    pub in_value: Vec<&'a str>,
    /// [`SHELL`] and [`OTHER`].
    pub modes: u8,
    /// As of [`Others`].
    pub kinds: Vec<&'a str>,
    /// As of [`Others`].
    pub files: Vec<&'a str>,
}

/// The same while it is made.
pub struct OwnWild {
    text: String,
    argument: bool,
    needles: Vec<String>,
    value: String,
    in_value: Vec<String>,
    modes: u8,
    kinds: Vec<String>,
    files: Vec<String>,
}

impl OwnWild {
    pub fn borrowed(&self) -> Wild<'_> {
        Wild {
            text: &self.text,
            argument: self.argument,
            needles: refs(&self.needles),
            value: &self.value,
            in_value: refs(&self.in_value),
            modes: self.modes,
            kinds: refs(&self.kinds),
            files: refs(&self.files),
        }
    }
}

fn refs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

#[derive(Default)]
pub struct Made {
    pub words: BTreeMap<String, Vec<u8>>,
    pub wild: Vec<OwnWild>,
}

struct OwnOthers {
    of: (u32, u16),
    modes: u8,
    flag: bool,
    kinds: Vec<String>,
    files: Vec<String>,
    words: Vec<String>,
    one_of: Vec<String>,
}

/// Collects the names of spellings and conditions. `is_fill` tells whether a folded word means nothing to the lexicons.
pub fn of(policies: &[Policy], is_fill: &dyn Fn(&str) -> bool) -> Result<Made, String> {
    let mut making = Making { is_fill, all: BTreeMap::new(), wild: Vec::new() };
    for (at, policy) in policies.iter().enumerate() {
        for (number, spelling) in flat(policy).0.iter().enumerate() {
            let of = (u32::try_from(at).unwrap_or(u32::MAX), u16::try_from(number).unwrap_or(u16::MAX));
            making.spelling(policy, spelling, of).map_err(|error| format!("{}: {error}", policy.id))?;
        }
    }
    let mut made = Made { words: BTreeMap::new(), wild: making.wild };
    for (word, all) in making.all {
        let borrowed: Vec<Others> = all
            .iter()
            .map(|one| Others {
                spelling: one.of,
                modes: one.modes,
                flag: one.flag,
                kinds: refs(&one.kinds),
                files: refs(&one.files),
                words: refs(&one.words),
                one_of: refs(&one.one_of),
            })
            .collect();
        made.words.insert(word, postcard::to_stdvec(&borrowed).map_err(|error| error.to_string())?);
    }
    Ok(made)
}

struct Making<'f> {
    is_fill: &'f dyn Fn(&str) -> bool,
    all: BTreeMap<String, Vec<OwnOthers>>,
    wild: Vec<OwnWild>,
}

/// What all names of one spelling and of its conditions share.
struct Around {
    of: (u32, u16),
    modes: u8,
    kinds: Vec<String>,
    files: Vec<String>,
    /// As of [`Wild`].
    value: String,
    /// Words that must stand in the file too.
    beside: Vec<String>,
    one_of: Vec<String>,
}

impl Making<'_> {
    fn spelling(&mut self, policy: &Policy, spelling: &Spelling, of: (u32, u16)) -> Result<(), String> {
        let Some((surface, words)) = surface_of(spelling) else { return Ok(()) };
        let commanded = spelling.only_if.iter().any(|condition| condition.command.is_some() && condition.is == Is::Present);
        let of_values = words_of_values(spelling);
        let mut around = Around {
            of,
            modes: if commanded { SHELL } else { SHELL | OTHER },
            kinds: spelling.kinds.0.clone(),
            files: super::unfolded(&spelling.files)?,
            value: literal_value(spelling),
            beside: Vec::new(),
            one_of: if of_values.is_empty() { words_of_captures(policy, words) } else { of_values },
        };
        self.add(&around, surface, words)?;
        // what a condition asks about matters beside the name that it is a condition of, and for the value that it asks for
        let beside = telling_words(surface, words)?;
        let unset: Vec<&Condition> = conditions_of_unset(policy).into_iter().flatten().collect();
        for condition in spelling.only_if.iter().chain(unset) {
            let Some((asked, names)) = super::asked_surface(condition) else { continue };
            around.value = String::new();
            around.one_of = if condition.is == Is::Present { long_words(&condition.value) } else { Vec::new() };
            for word in &beside {
                around.beside = vec![word.clone()];
                self.add(&around, asked, names)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, around: &Around, surface: u8, words: &Words) -> Result<(), String> {
        for name in alternatives(&words.0, surface == surface::FLAG)? {
            if surface == surface::KEY {
                let steps = literal_steps(&name.text).0;
                self.put(around, around.modes, false, steps);
            } else if let Some(source) = between_slashes(&name.text) {
                match (surface, words_of(source)) {
                    (surface::FLAG | surface::FIELD, Some(listed)) => {
                        for word in listed {
                            self.put(around, around.modes, surface == surface::FLAG, vec![fold(word)]);
                        }
                    }
                    (surface::FLAG | surface::FIELD | surface::ARGUMENT, _) => {
                        self.put_wild(around, &name.text, surface == surface::ARGUMENT);
                    }
                    _ => {}
                }
            } else {
                self.add_text(around, surface, &name.text);
            }
        }
        Ok(())
    }

    fn add_text(&mut self, around: &Around, surface: u8, text: &str) {
        let parts = |least: usize| -> Vec<String> {
            text.trim_start_matches('-').split('.').filter(move |part| part.len() > least).map(fold).collect()
        };
        match surface {
            surface::ARGUMENT => self.add_argument(around, &with_stars(text)),
            surface::FLAG | surface::FIELD if is_open(text) => self.put_wild(around, text, false),
            surface::FLAG | surface::FIELD => {
                let flag = surface == surface::FLAG;
                self.put(around, around.modes & SHELL, flag, parts(0));
                let long = parts(2);
                self.put(around, around.modes & OTHER, flag, if long.is_empty() { parts(0) } else { long });
            }
            surface::COMMAND => {
                // programs hold commands as texts, whose first word is asked about as such
                self.put(around, around.modes & SHELL, false, parts(0));
                self.put_at(around, around.modes & OTHER, false, started(&fold(text)), Vec::new());
            }
            // environment variables are asked from the index of names; directives and images are not written in code
            _ => {}
        }
    }

    /// The steps of the name in the parentheses and of the callee, those without a wildcard.
    fn add_argument(&mut self, around: &Around, text: &str) {
        let (callee, inner) = text.split_once('(').unwrap_or((text, ""));
        // words that the readers made up stand in no text
        let inner = match inner.trim_end_matches(')') {
            "nothing" | "called" | "guards" | "router" | "asks" => "",
            inner => inner,
        };
        // of `*setVerifier(0)` only the callee's end is known
        let tail = callee.rsplit(['.', ':']).next().unwrap_or("");
        if is_open(tail) && tail.len() > 5 && !inner.chars().any(char::is_alphabetic) {
            self.put_wild(around, tail, false);
        }
        let last = inner.rsplit('.').next().unwrap_or("");
        if is_open(last) && last.len() > 3 && last.chars().any(char::is_alphabetic) {
            // `<what>_sample_rate`: the word itself has a wildcard
            self.put_wild(around, last, false);
            return;
        }
        let steps = callee.split(['.', ':']).chain(inner.split('.'));
        let says_something = |step: &&str| step.len() > 1 && step.chars().any(char::is_alphabetic) && !is_open(step);
        let words: Vec<String> = steps.filter(says_something).map(fold).collect();
        // a call stands on the line of its last word, `default` of `cors.Default()`, although that says nothing by itself
        if inner.is_empty() && words.len() > 1 && words.last().is_some_and(|last| (self.is_fill)(last)) {
            self.put_by_last(around, words.clone());
        }
        self.put(around, around.modes, false, words);
    }

    fn put_wild(&mut self, around: &Around, text: &str, argument: bool) {
        self.wild.push(OwnWild {
            text: text.to_owned(),
            argument,
            // an argument is asked by its name alone, and the expression is about its callee too
            needles: if argument { needles::of_argument(text) } else { needles::of(text) },
            value: around.value.clone(),
            in_value: needles::of(&around.value),
            modes: around.modes,
            kinds: around.kinds.clone(),
            files: around.files.clone(),
        });
    }

    /// A name by its last word that says something; the others must stand in the file too.
    fn put(&mut self, around: &Around, modes: u8, flag: bool, mut words: Vec<String>) {
        words.retain(|word| !word.is_empty());
        let telling = words.iter().rposition(|word| !(self.is_fill)(word)).or_else(|| words.len().checked_sub(1));
        if let Some(word) = telling.map(|at| words.remove(at)) {
            self.put_at(around, modes, flag, word, words);
        }
    }

    /// The same by its last word.
    fn put_by_last(&mut self, around: &Around, mut words: Vec<String>) {
        if let Some(word) = words.pop() {
            self.put_at(around, around.modes, false, word, words);
        }
    }

    fn put_at(&mut self, around: &Around, modes: u8, flag: bool, word: String, mut words: Vec<String>) {
        if modes == 0 {
            return;
        }
        words.extend(around.beside.iter().filter(|beside| **beside != word).cloned());
        self.all.entry(word).or_default().push(OwnOthers {
            of: around.of,
            modes,
            flag,
            kinds: around.kinds.clone(),
            files: around.files.clone(),
            words,
            one_of: around.one_of.clone(),
        });
    }
}

/// What a program is found by in other code than scripts, folded: no word of a text is written so.
#[must_use]
pub fn started(program: &str) -> String {
    format!("{program} ")
}

/// The words by which the names of a spelling are known; none for those with wildcards there.
fn telling_words(surface: u8, words: &Words) -> Result<Vec<String>, String> {
    let mut telling = Vec::new();
    for name in alternatives(&words.0, surface == surface::FLAG)? {
        if surface == surface::KEY {
            let (mut steps, last) = literal_steps(&name.text);
            telling.extend(steps.pop().filter(|_| last));
        } else if between_slashes(&name.text).is_none() && !is_open(&name.text) {
            let text = name.text.trim_start_matches('-').trim_end_matches(')');
            telling.extend(text.rsplit(['(', '.']).find(|part| part.len() > 1).map(fold));
        }
    }
    Ok(telling)
}

/// Long words of the values that a spelling, or a condition of it, is limited to, when every pattern has some: one must be there.
fn words_of_values(spelling: &Spelling) -> Vec<String> {
    let own = long_words(&spelling.value);
    if !own.is_empty() {
        return own;
    }
    let present = spelling.only_if.iter().filter(|condition| condition.is == Is::Present);
    present.map(|condition| long_words(&condition.value)).find(|words| !words.is_empty()).unwrap_or_default()
}

/// Shorter literals, quotes included, are not collected from the lines that changed.
pub const SHORTEST: usize = 5;

/// The one expression that a spelling's values fit, when it asks for quotes around them: only a literal can fit it.
fn literal_value(spelling: &Spelling) -> String {
    let starts = ["/^[\"'`](", "/^[\"'](", "/[\"'`]("];
    let quoted = |pattern: &&String| starts.iter().any(|start| pattern.starts_with(start));
    match spelling.value.0.as_slice() {
        [pattern] => Some(pattern).filter(quoted).filter(|pattern| needles::shortest(pattern) >= SHORTEST).cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// The values that a policy lists for the parts of a name that it captures.
fn words_of_captures(policy: &Policy, words: &Words) -> Vec<String> {
    let captured = |name: &str| words.0.iter().all(|word| word.contains(&format!("<{name}>")));
    let listed = policy.each.iter().find(|(name, _)| captured(name)).map(|(_, values)| values.0.iter());
    listed.into_iter().flatten().map(|value| fold(value)).collect()
}

/// A regular expression in which every run of letters is a whole word of what fits; nothing for one with parts of words.
fn of_whole_words(source: &str) -> Option<String> {
    let mut plain = source.to_owned();
    // quotes, ends of words and escaped marks stand between words
    for between in ["(?i)", "[\"'`]?", "[\"'`]", "[\"']?", "[\"']", "\\b", "\\.", "\\/", "^", "$"] {
        plain = plain.replace(between, " ");
    }
    let plain = plain.replace("(?:", "(");
    let in_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ')' | '('));
    let bounded = plain.char_indices().all(|(at, c)| match c {
        '[' | '\\' | '{' | '.' | '*' | '+' | '?' => false,
        '(' => !in_word(plain.get(..at).and_then(|before| before.chars().next_back())),
        ')' => !in_word(plain.get(at + 1..).and_then(|after| after.chars().next())),
        _ => true,
    });
    bounded.then_some(plain)
}

fn long_words(patterns: &Words) -> Vec<String> {
    // what can be written in several ways is no word to look for
    let telling = |word: &&str| !matches!(*word, "false" | "undefined");
    let mut all = Vec::new();
    for pattern in &patterns.0 {
        // parts of a regular expression may be optional, so only long ones are words; each of its alternatives needs one
        let whole = between_slashes(pattern).map(of_whole_words);
        if whole == Some(None) {
            return Vec::new();
        }
        let (least, ways): (usize, Vec<&str>) = match whole.as_ref().and_then(Option::as_deref) {
            Some(source) => (8, source.split('|').collect()),
            None => (5, vec![pattern.as_str()]),
        };
        for way in ways {
            let words = way.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'));
            let before = all.len();
            all.extend(words.filter(|word| word.len() >= least).filter(telling).map(fold));
            if all.len() == before {
                return Vec::new();
            }
        }
    }
    all
}
