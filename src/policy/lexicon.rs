//! The policy kind that knows no product: it splits a name into words, finds a subject with a polarity, and counts what turns
//! it round. Which words there are is data (`policies/lexicon/`), how they are read is here.

use foldhash::HashSet;

use super::compiled::Globs;
use super::file::{self, Level, MembersOrder, NumberOrder, Order, Policy, Side, Words};
use super::pattern::{TextPattern, unfold};
use super::phrases::Phrases;
use super::text::split;

/// One lexicon, ready to read names.
#[derive(Debug)]
pub struct Lexicon {
    /// Its policy's index in the catalogue.
    pub policy: usize,
    flips: Vec<Vec<String>>,
    fill: HashSet<String>,
    /// Phrases that warn of a negation which follows them and has an object of its own.
    emphasis: Vec<Vec<String>>,
    /// Phrases that say nothing in front of such a negation.
    aside: Vec<Vec<String>>,
    entries: Vec<Entry>,
    phrases: Phrases,
    ignored_names: Vec<TextPattern>,
    ignored_files: Globs,
}

/// One subject, ladder, number or set.
#[derive(Debug)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its order.
    pub order: Order,
    /// For switches: the side an enabled one is on.
    pub enabled_is: Option<Side>,
    /// How bad it is when a file of configuration brings it along switched off.
    pub introduced: Option<Level>,
    only: Vec<String>,
}

/// What a name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sense {
    /// Index into the lexicon's entries.
    pub entry: usize,
    /// Whether an odd number of words turns it round.
    pub flipped: bool,
    /// The words that mean neither yes nor no nor nothing, which tell one setting from another.
    pub rest: String,
    /// How many words the phrase has; the longest of all lexicons gets the setting.
    pub weight: usize,
}

impl Lexicon {
    /// # Errors
    /// A malformed glob.
    pub fn new(policy: usize, rule: &Policy) -> Result<Self, String> {
        let phrases = |words: &Words| words.0.iter().map(|phrase| split(phrase)).collect::<Vec<_>>();
        let mut all = Phrases::default();
        let mut entry = |at: usize, name: &str, words: &Words, order: Order, enabled_is: Option<Side>, only: &Words| {
            words.0.iter().for_each(|phrase| all.push(at, phrase));
            let only = only.0.iter().flat_map(|word| split(word)).collect();
            Entry { name: name.into(), order, enabled_is, introduced: None, only }
        };
        let none = Words::default();
        let mut entries = Vec::new();
        for subject in &rule.subjects {
            let switch = entry(entries.len(), &subject.name, &subject.words, Order::Switch, Some(subject.enabled_is), &none);
            entries.push(Entry { introduced: subject.introduced, ..switch });
        }
        for ladder in &rule.ladders {
            entries.push(entry(entries.len(), &ladder.name, &ladder.words, Order::Ladder(ladder.ladder.clone()), None, &none));
        }
        for number in &rule.numbers {
            let order = NumberOrder {
                safer: number.safer,
                unit: number.unit.clone(),
                weakest: number.weakest.clone(),
                safest: number.safest.clone(),
            };
            entries.push(entry(entries.len(), &number.name, &number.words, Order::Number(order), None, &number.only));
        }
        for set in &rule.sets {
            let order = MembersOrder { safer: set.safer, kind: set.kind, all: set.all.clone(), only: none.clone(), each: None };
            entries.push(entry(entries.len(), &set.name, &set.words, Order::Members(order), None, &none));
        }
        let mut ignored_names = Vec::new();
        for word in &rule.ignore.names.0 {
            for alternative in unfold(word)? {
                ignored_names.push(TextPattern::parse(&alternative.to_lowercase())?);
            }
        }
        let mut flips = phrases(&rule.words.flip);
        flips.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
        Ok(Self {
            policy,
            phrases: all,
            flips,
            emphasis: phrases(&rule.words.emphasis),
            aside: phrases(&rule.words.aside),
            fill: rule.words.fill.0.iter().flat_map(|word| split(word)).collect(),
            entries,
            ignored_names,
            ignored_files: Globs::new(&rule.ignore.files)?,
        })
    }

    /// One subject, ladder, number or set.
    #[must_use]
    pub fn entry(&self, index: usize) -> Option<&Entry> {
        self.entries.get(index)
    }

    /// Whether nothing in this file is judged.
    #[must_use]
    pub fn ignores_file(&self, path: &str) -> bool {
        !self.ignored_files.is_empty() && self.ignored_files.fits(path)
    }

    /// Whether a last step could mean something: one of its words starts a phrase, or all of them mean nothing, so that the step
    /// before counts.
    #[must_use]
    pub fn could_mean(&self, last: &str) -> bool {
        self.may_speak(&split(last))
    }

    fn may_speak(&self, words: &[String]) -> bool {
        words.iter().any(|word| self.phrases.begin_with(word)) || words.iter().all(|word| self.means_nothing(word))
    }

    /// What a name says; `steps` is the path from the outside in (one text for an environment variable).
    ///
    /// Only the last step is read, unless its words mean nothing by themselves (`enabled`, `level`): then the one before it joins.
    #[must_use]
    pub fn sense(&self, steps: &[&str]) -> Option<Sense> {
        let (last, before) = steps.split_last()?;
        let mut words = split(last);
        // most names hold no word that any phrase starts with
        if !self.may_speak(&words) {
            return None;
        }
        if self.ignores(last) {
            return None;
        }
        let mut outer = before.iter().rev();
        loop {
            if let Some(mut sense) = self.sense_of(&words) {
                // words have no digits, but `TRACKING_1` is another setting than `TRACKING_2`
                for number in last.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()) {
                    sense.rest.push(' ');
                    sense.rest.push_str(number);
                }
                return Some(sense);
            }
            if words.len() > 8 || !words.iter().all(|word| self.means_nothing(word)) {
                return None;
            }
            let mut joined = split(outer.next()?);
            joined.extend(words);
            words = joined;
        }
    }

    /// Whether a name means nothing by itself, so that what stands before it counts.
    #[must_use]
    pub fn is_fill(&self, name: &str) -> bool {
        self.fills(&split(name))
    }

    /// The same of a name's words.
    #[must_use]
    pub fn fills(&self, words: &[String]) -> bool {
        !words.is_empty() && words.iter().all(|word| self.means_nothing(word))
    }

    /// Whether a name that stands alone makes sense, of which these are the [words](split).
    #[must_use]
    pub fn speaks_of(&self, name: &str, words: &[String]) -> bool {
        self.may_speak(words) && !self.ignores(name) && self.sense_of(words).is_some()
    }

    /// Whether one word in small letters is neither a subject nor tells names apart.
    #[must_use]
    pub fn means_nothing(&self, word: &str) -> bool {
        self.fill.contains(word) || self.flips.iter().any(|flip| matches!(flip.as_slice(), [only] if only == word))
    }

    /// Whether it knows words that warn.
    #[must_use]
    pub fn warns(&self) -> bool {
        !self.emphasis.is_empty()
    }

    /// Whether a word warns of what it stands before.
    #[must_use]
    pub fn is_emphasis(&self, word: &str) -> bool {
        self.emphasis.iter().any(|phrase| matches!(phrase.as_slice(), [only] if only == word))
    }

    /// Whether an odd number of words turns a name round, of which these are the [words](split).
    #[must_use]
    pub fn refuses(&self, words: &[String]) -> bool {
        let turns = |word: &&String| self.flips.iter().any(|flip| matches!(flip.as_slice(), [only] if only == *word));
        words.iter().filter(turns).count() % 2 == 1
    }

    /// Whether some word of a name turns round or warns, as far as its letters tell without taking it apart.
    #[must_use]
    pub fn may_turn(&self, name: &str) -> bool {
        let lower = name.to_ascii_lowercase();
        self.flips.iter().chain(&self.emphasis).any(|phrase| matches!(phrase.as_slice(), [only] if lower.contains(only.as_str())))
    }

    fn ignores(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        self.ignored_names.iter().any(|pattern| pattern.fits(&lower))
    }

    fn sense_of(&self, words: &[String]) -> Option<Sense> {
        // the longest; of several the one whose entry, then whose place comes first
        let mut best: Option<(usize, usize, usize)> = None; // entry, start, length
        for (start, _) in words.iter().enumerate().filter(|(_, word)| self.phrases.begin_with(word)) {
            for (phrase, length) in self.phrases.at(words.get(start..)?) {
                let at = phrase.entry as usize;
                let only = &self.entries.get(at)?.only;
                if !only.is_empty() && !only.iter().any(|word| words.contains(word)) {
                    continue;
                }
                if best.is_none_or(|(entry, _, longest)| length > longest || (length == longest && at < entry)) {
                    best = Some((at, start, length));
                }
            }
        }
        let (entry, start, length) = best?;
        let phrase = words.get(start..start + length)?;
        let behind = words.get(start + length..)?;
        let negates_another = self.negates_its_own(behind);
        if negates_another && self.aside.iter().any(|aside| aside == phrase) {
            return None;
        }
        let warns = negates_another && self.emphasis.iter().any(|emphasis| emphasis == phrase);
        let mut rest: Vec<String> = phrase.to_vec();
        let mut flips = 0;
        for (part, turns) in [(words.get(..start)?, true), (behind, !warns)] {
            let mut part = part;
            while let Some((word, after)) = part.split_first() {
                if let Some(flip) = self.flips.iter().find(|flip| part.starts_with(flip)).filter(|_| turns) {
                    flips += 1;
                    part = part.get(flip.len()..)?;
                    continue;
                }
                if !self.fill.contains(word) {
                    rest.push(word.clone());
                }
                part = after;
            }
        }
        Some(Sense { entry, flipped: flips % 2 == 1, rest: rest.join(" "), weight: length })
    }

    /// Whether words begin with a negation of what follows it: `skip permissions`, and not `disabled` or `off`, which speak of what stands
    /// before them.
    fn negates_its_own(&self, behind: &[String]) -> bool {
        let of_before = |word: &String| word.ends_with("ed") || word.ends_with("off") || word.ends_with("out");
        let Some(flip) = self.flips.iter().find(|flip| behind.starts_with(flip)) else { return false };
        !flip.last().is_some_and(of_before) && behind.iter().skip(flip.len()).any(|word| !self.means_nothing(word))
    }
}

impl Entry {
    /// The side an enabled switch of this name is on.
    #[must_use]
    pub fn side(&self, flipped: bool) -> Option<Side> {
        match (self.enabled_is?, flipped) {
            (Side::Safe, false) | (Side::Weak, true) => Some(Side::Safe),
            _ => Some(Side::Weak),
        }
    }

    /// Whether it is a switch.
    #[must_use]
    pub fn is_switch(&self) -> bool {
        matches!(self.order, file::Order::Switch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_split_at_case_and_separators() {
        assert_eq!(split("turnOffMessageLogging"), ["turn", "off", "message", "logging"]);
        assert_eq!(split("ACME_NO_DISABLE_TELEMETRY"), ["acme", "no", "disable", "telemetry"]);
        assert_eq!(split("maskPII"), ["mask", "pii"]);
        assert_eq!(split("HTMLParser2x"), ["html", "parser", "x"]);
    }

    fn lexicon() -> Lexicon {
        let text = r#"
id: lexicon/t
title: t
kind: lexicon
words: {flip: [disable, disabled, skip, "no", turn off], fill: [enable, enabled, level], emphasis: [unsafe], aside: [stats]}
subjects: [{name: danger, words: [unsafe], enabled_is: weak}, {name: telemetry, words: [telemetry, usage stats], enabled_is: weak}, {name: stats, words: [stats], enabled_is: safe}]
numbers: [{name: sampling, words: [sample rate], safer: lower, only: [traces]}]
ignore: {names: ["*_color"]}
why: w
fix: f
source: s
examples: []
"#;
        Lexicon::new(0, &serde_saphyr::from_str(text).unwrap()).unwrap()
    }

    #[test]
    fn flips_are_counted_and_the_rest_tells_names_apart() {
        let lexicon = lexicon();
        let sense = lexicon.sense(&["ACME_NO_DISABLE_TELEMETRY"]).unwrap();
        assert_eq!((sense.flipped, sense.rest.as_str()), (false, "telemetry acme"));
        assert_eq!(lexicon.sense(&["ACME_TELEMETRY_ENABLED"]).unwrap().rest, "telemetry acme");
        assert!(lexicon.sense(&["turnOffTelemetry"]).unwrap().flipped);
    }

    #[test]
    fn a_warning_in_front_of_a_negation_is_no_second_negation() {
        let lexicon = lexicon();
        let flipped = |name: &str| lexicon.sense(&[name]).map(|sense| sense.flipped);
        assert_eq!(flipped("unsafe_skip_permissions"), Some(false));
        assert_eq!(flipped("unsafe_disable_auth"), Some(false));
        assert_eq!(flipped("unsafe_disabled"), Some(true));
        assert_eq!(flipped("unsafe_disabled_by_default"), Some(true));
        assert_eq!(flipped("disable_unsafe_mode"), Some(true));
        assert_eq!(flipped("stats_skip_tests"), None, "what is skipped are the tests");
        assert_eq!(flipped("stats_disable"), Some(true));
        assert_eq!(flipped("telemetry_no_prompts"), Some(true));
    }

    #[test]
    fn numbers_tell_names_apart() {
        let lexicon = lexicon();
        let rest = |name: &str| lexicon.sense(&[name]).unwrap().rest;
        assert_ne!(rest("TELEMETRY_1"), rest("TELEMETRY_2"));
        assert_ne!(rest("TELEMETRY_1_2"), rest("TELEMETRY_12"));
        assert_eq!(rest("TELEMETRY_1"), rest("ENABLE_TELEMETRY_1"));
    }

    #[test]
    fn the_longest_phrase_wins_and_empty_words_look_outward() {
        let lexicon = lexicon();
        assert_eq!(lexicon.sense(&["NO_USAGE_STATS"]).unwrap().entry, 1);
        assert_eq!(lexicon.sense(&["stats"]).unwrap().entry, 2);
        assert_eq!(lexicon.sense(&["server", "telemetry", "enabled"]).unwrap().entry, 1);
        assert!(lexicon.sense(&["telemetry", "station", "id"]).is_none());
        assert!(lexicon.sense(&["sample_rate"]).is_none(), "needs one of its other words");
        assert!(lexicon.sense(&["traces_sample_rate"]).is_some());
        assert!(lexicon.sense(&["telemetry_color"]).is_none());
    }
}
