//! The phrases of a lexicon, found by their first words.

use foldhash::HashMap;

use super::text::split;

/// What all entries are called. There are thousands of phrases, and every run makes them anew: they stand in one text, and not in a text
/// each.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    text: String,
    /// By their first words, in the order in which they came.
    by_first: HashMap<Box<str>, Vec<Phrase>>,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phrase {
    /// What stands behind its first word in the text: the other words with a space between each two.
    start: u32,
    end: u32,
    /// Index into the lexicon's entries.
    pub(super) entry: u32,
}

impl Phrases {
    /// One more of an entry.
    pub(super) fn push(&mut self, entry: usize, phrase: &str) {
        let plain = phrase.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' ');
        let words = if plain { String::new() } else { split(phrase).join(" ") };
        let phrase = if plain { phrase } else { &words };
        let (first, others) = phrase.split_once(' ').unwrap_or((phrase, ""));
        if first.is_empty() {
            return;
        }
        let at = |text: &String| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let start = at(&self.text);
        self.text.push_str(others);
        let one = Phrase { start, end: at(&self.text), entry: u32::try_from(entry).unwrap_or(u32::MAX) };
        match self.by_first.get_mut(first) {
            Some(alike) => alike.push(one),
            None => drop(self.by_first.insert(first.into(), vec![one])),
        }
    }

    /// Whether some phrase begins with a word: a name without any such word says nothing by itself.
    pub(super) fn begin_with(&self, word: &str) -> bool {
        self.by_first.contains_key(word)
    }

    /// Those that stand at the beginning of some words, each with the number of its own.
    pub(super) fn at<'p>(&'p self, words: &'p [String]) -> impl Iterator<Item = (Phrase, usize)> + 'p {
        let (first, others) = words.split_first().map_or(("", words), |(first, others)| (first.as_str(), others));
        self.by_first.get(first).into_iter().flatten().filter_map(move |phrase| {
            let own = self.text.get(phrase.start as usize..phrase.end as usize).unwrap_or_default();
            let mut count = 1;
            for own in own.split(' ').filter(|own| !own.is_empty()) {
                if others.get(count - 1).is_none_or(|word| word != own) {
                    return None;
                }
                count += 1;
            }
            Some((*phrase, count))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_where_they_stand() {
        let mut phrases = Phrases::default();
        for (entry, phrase) in ["log", "log user prompt", "logPrompt", "loggers"].into_iter().enumerate() {
            phrases.push(entry, phrase);
        }
        let at = |name: &str| {
            let words = split(name);
            phrases.at(&words).map(|(phrase, count)| (phrase.entry, count)).collect::<Vec<_>>()
        };
        assert_eq!(at("log_user_prompts"), [(0, 1)]);
        assert_eq!(at("log_user_prompt_now"), [(0, 1), (1, 3)]);
        assert_eq!(at("logPrompt"), [(0, 1), (2, 2)]);
        assert_eq!(at("logging"), []);
        assert!(phrases.begin_with("loggers") && !phrases.begin_with("user"));
    }
}
