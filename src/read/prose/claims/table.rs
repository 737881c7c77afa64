//! The patterns of claims, compiled from `patterns.txt` on first use: word classes, phrases, sequences with gaps.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// The data, with its examples.
pub const SOURCE: &str = include_str!("patterns.txt");

/// Which classes of words a token belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes([u64; 4]);

impl Classes {
    /// How many classes there may be.
    const MOST: usize = 256;

    fn set(&mut self, class: usize) {
        if let Some(word) = self.0.get_mut(class / 64) {
            *word |= 1 << (class % 64);
        }
    }

    /// Whether a class is among them.
    #[must_use]
    pub fn has(&self, class: usize) -> bool {
        self.0.get(class / 64).is_some_and(|word| word >> (class % 64) & 1 == 1)
    }

    /// Adds all of the others.
    pub fn join(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
    }

    fn holds(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(mine, theirs)| mine & theirs == theirs)
    }
}

/// What a pattern says when it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// The opposite; negated the promise.
    Exposes,
    /// The promise; negated the opposite.
    Protects,
    /// The promise.
    Promises,
    /// A promise under a condition.
    Offers,
    /// The opposite; negated nothing.
    Reveals,
    /// The same, in whatever text it stands.
    Announces,
    /// A time.
    Days,
    /// No end.
    Forever,
    /// No time at all.
    AtOnce,
    /// A number.
    Number,
}

const SAYS: [(&str, Says); 10] = [
    ("exposes:", Says::Exposes),
    ("protects:", Says::Protects),
    ("promises:", Says::Promises),
    ("offers:", Says::Offers),
    ("reveals:", Says::Reveals),
    ("announces:", Says::Announces),
    ("days:", Says::Days),
    ("forever:", Says::Forever),
    ("atonce:", Says::AtOnce),
    ("number:", Says::Number),
];

/// One place of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    /// Up to so many words may stand before it.
    pub gap: usize,
    /// The class of its words; none for a number.
    pub class: Option<usize>,
}

/// One pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The claim's code.
    pub code: &'static str,
    /// What it says.
    pub says: Says,
    /// Its places in order.
    pub elements: Vec<Element>,
    /// All classes that the sentence must hold.
    need: Classes,
}

impl Pattern {
    /// Whether a sentence with these classes could fit.
    #[must_use]
    pub fn could_fit(&self, classes: &Classes) -> bool {
        classes.holds(&self.need)
    }
}

/// Words of every text.
const EMPTY: &[&str] =
    &["100", "any", "for", "from", "no", "not", "off", "on", "our", "to", "up", "use", "used", "uses", "we", "with", "without", "your"];

/// Words of many texts: they tell little.
const COMMON: &[&str] = &[
    "api",
    "data",
    "dataset",
    "device",
    "disable",
    "disabled",
    "enabled",
    "file*",
    "filter*",
    "include",
    "including",
    "information",
    "input",
    "input*",
    "inputs",
    "key",
    "keys",
    "log",
    "logs",
    "machine",
    "message",
    "message*",
    "model",
    "model*",
    "network",
    "output",
    "output*",
    "outputs",
    "phone",
    "queries",
    "query",
    "record",
    "request",
    "request*",
    "save",
    "server",
    "service",
    "set",
    "setting",
    "settings",
    "store",
    "token",
    "tokens",
    "train",
    "training",
    "user",
    "users",
    "variable",
];

/// Everything compiled.
#[derive(Debug, Default)]
pub struct Table {
    /// Of each pattern the words of the place that tells most: a text without any of them claims nothing.
    anchors: Option<AhoCorasick>,
    /// The words of each class as they are written, `start*` included.
    written: Vec<Vec<&'static str>>,
    words: HashMap<&'static str, Classes>,
    starts: Vec<(&'static str, usize)>,
    phrases: HashMap<&'static str, Vec<(Vec<&'static str>, &'static str)>>,
    /// In the order of the file.
    pub patterns: Vec<Pattern>,
    classes: HashMap<&'static str, usize>,
}

/// The table of this build.
pub static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

impl Table {
    fn new() -> Self {
        let mut table = Self::default();
        let mut sets: HashMap<&'static str, &'static str> = HashMap::new();
        let mut code = "";
        for line in SOURCE.lines() {
            if let Some(rest) = line.strip_prefix("phrase ")
                && let Some((word, phrases)) = rest.split_once(':')
            {
                for phrase in phrases.split(',') {
                    let words: Vec<&'static str> = phrase.split_whitespace().collect();
                    if let Some(first) = words.first() {
                        table.phrases.entry(first).or_default().push((words.clone(), word));
                    }
                }
            } else if let Some(rest) = line.strip_prefix("set ")
                && let Some((name, words)) = rest.split_once(':')
            {
                sets.insert(name, words.trim());
            } else if let Some(rest) = line.strip_prefix("claim ") {
                code = rest.trim();
            } else if let Some((says, rest)) = SAYS.iter().find_map(|(word, says)| Some((*says, line.strip_prefix(word)?))) {
                table.pattern(&sets, code, says, rest);
            }
        }
        table.anchors = table.anchored();
        for phrases in table.phrases.values_mut() {
            phrases.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        table
    }

    fn anchored(&self) -> Option<AhoCorasick> {
        let common = |class: &usize| {
            let words = self.written.get(*class).map(Vec::as_slice).unwrap_or_default();
            let among = |list: &[&str]| words.iter().filter(|word| list.contains(word)).count();
            (among(EMPTY), among(COMMON), words.len())
        };
        let mut anchors: BTreeSet<&str> = BTreeSet::new();
        for pattern in &self.patterns {
            let classes = pattern.elements.iter().filter_map(|element| element.class);
            // without a word of its own a pattern could stand anywhere
            let class = classes.min_by_key(common)?;
            for word in self.written.get(class)? {
                let phrases = self.phrases.values().flatten().filter(|(_, counts_as)| counts_as == word);
                let telling = phrases.filter_map(|(words, _)| words.iter().copied().max_by_key(|word| word.len()));
                let before = anchors.len();
                anchors.extend(telling);
                if anchors.len() == before || !self.phrases.values().flatten().any(|(_, counts_as)| counts_as == word) {
                    anchors.insert(word.trim_end_matches('*'));
                }
            }
        }
        AhoCorasick::builder().ascii_case_insensitive(true).build(anchors).ok()
    }

    /// Whether a text holds a word without which no pattern fits: most do not, and need not be taken apart.
    #[must_use]
    pub fn may_claim(&self, text: &str) -> bool {
        let begins = |at: usize| !text.as_bytes().get(at.wrapping_sub(1)).is_some_and(u8::is_ascii_alphanumeric);
        self.anchors.as_ref().is_none_or(|anchors| anchors.find_iter(text).any(|found| begins(found.start())))
    }

    fn pattern(&mut self, sets: &HashMap<&'static str, &'static str>, code: &'static str, says: Says, text: &'static str) {
        let (sequence, with) =
            text.split_once(" with ").filter(|(_, with)| with.trim_start().starts_with('@') || with.contains('|')).unwrap_or((text, ""));
        let (mut elements, mut need, mut gap) = (Vec::new(), Classes::default(), 0);
        for word in sequence.split_whitespace() {
            if let Some(number) = word.strip_prefix("..") {
                gap = number.parse().unwrap_or(0);
                continue;
            }
            let class = (word != "#").then(|| self.class(sets, word));
            if let Some(class) = class {
                need.set(class);
            }
            elements.push(Element { gap, class });
            gap = 0;
        }
        for word in with.split_whitespace() {
            let class = self.class(sets, word);
            need.set(class);
        }
        self.patterns.push(Pattern { code, says, elements, need });
    }

    /// The class of a place's words: sets and words with `|` between them.
    fn class(&mut self, sets: &HashMap<&'static str, &'static str>, word: &'static str) -> usize {
        if let Some(class) = self.classes.get(word) {
            return *class;
        }
        let class = self.classes.len();
        debug_assert!(class < Classes::MOST, "more classes of words than a token can hold");
        self.classes.insert(word, class);
        self.written.push(Vec::new());
        for part in word.split('|') {
            let words = match part.strip_prefix('@') {
                Some(name) => sets.get(name).copied().unwrap_or(""),
                None => part,
            };
            for word in words.split_whitespace() {
                if let Some(written) = self.written.last_mut() {
                    written.push(word);
                }
                match word.strip_suffix('*') {
                    Some(start) => self.starts.push((start, class)),
                    None => self.words.entry(word).or_default().set(class),
                }
            }
        }
        class
    }

    /// The classes of one word.
    #[must_use]
    pub fn classes_of(&self, word: &str) -> Classes {
        let mut classes = self.words.get(word).copied().unwrap_or_default();
        for (start, class) in &self.starts {
            if word.starts_with(start) {
                classes.set(*class);
            }
        }
        classes
    }

    /// The word that a phrase counts as, and how many words it takes, where one begins.
    #[must_use]
    pub fn phrase(&self, words: &[&str]) -> Option<(&'static str, usize)> {
        let phrases = self.phrases.get(words.first()?)?;
        let fits = |phrase: &&(Vec<&str>, &str)| words.len() >= phrase.0.len() && phrase.0.iter().zip(words).all(|(a, b)| a == b);
        phrases.iter().find(fits).map(|(phrase, word)| (*word, phrase.len()))
    }

    /// All codes, in the order of the file.
    #[must_use]
    pub fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&'static str> = self.patterns.iter().map(|pattern| pattern.code).collect();
        codes.dedup();
        codes
    }
}
