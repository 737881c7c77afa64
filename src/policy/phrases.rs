//! The phrases of a lexicon, found by their first words.

use foldhash::HashSet;

use super::text::split;

/// What all entries are called. There are thousands of phrases, and every run makes them anew: they stand in one text, in its order, so
/// that those that begin with one word stand side by side.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    text: String,
    all: Vec<Phrase>,
    firsts: HashSet<Box<str>>,
}

/// One of them: its words with a space between each two.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phrase {
    start: u32,
    end: u32,
    /// Index into the lexicon's entries.
    pub(super) entry: u32,
}

impl Phrases {
    /// One more of an entry; [`Phrases::sort`] is to be called when all are there.
    pub(super) fn push(&mut self, entry: usize, phrase: &str) {
        let at = |text: &String| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let start = at(&self.text);
        if phrase.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' ') {
            self.text.push_str(phrase);
        } else {
            self.text.push_str(&split(phrase).join(" "));
        }
        let end = at(&self.text);
        if start < end {
            self.all.push(Phrase { start, end, entry: u32::try_from(entry).unwrap_or(u32::MAX) });
        }
    }

    /// Brings them into the order that they are looked up in.
    pub(super) fn sort(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.all.sort_by_key(|phrase| (phrase.of(&text), phrase.entry));
        for phrase in &self.all {
            if !self.firsts.contains(phrase.first(&text)) {
                self.firsts.insert(phrase.first(&text).into());
            }
        }
        self.text = text;
    }

    /// Whether some phrase begins with a word: a name without any such word says nothing by itself.
    pub(super) fn begin_with(&self, word: &str) -> bool {
        self.firsts.contains(word)
    }

    /// Those that stand at the beginning of some words, each with the number of its own.
    pub(super) fn at<'p>(&'p self, words: &'p [String]) -> impl Iterator<Item = (Phrase, usize)> + 'p {
        let first = words.first().map_or("", String::as_str);
        let from = self.all.partition_point(|phrase| phrase.first(&self.text) < first);
        let alike = self.all.get(from..).unwrap_or_default().iter().take_while(move |phrase| phrase.first(&self.text) == first);
        alike.filter_map(move |phrase| {
            let own = phrase.of(&self.text).split(' ');
            let count = own.clone().count();
            (count <= words.len() && own.zip(words).all(|(own, word)| own == word)).then_some((*phrase, count))
        })
    }
}

impl Phrase {
    fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    fn first(self, text: &str) -> &str {
        self.of(text).split(' ').next().unwrap_or_default()
    }
}
