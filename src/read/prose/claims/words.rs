//! Sentences of a block as words with their places. A sentence ends where its clause ends: at a stop, a dash, a `but`.

use super::table::{Classes, TABLE};
use crate::read::prose::blocks::Block;
use crate::span::Span;

/// A longer sentence is cut: no promise needs more words.
const MOST_WORDS: usize = 120;

/// One word, or a phrase that counts as one.
#[derive(Clone, Debug)]
pub struct Token {
    /// In lower case.
    pub word: String,
    /// Its bytes in the file.
    pub span: Span,
    /// The classes of words it belongs to.
    pub classes: Classes,
}

/// One clause.
#[derive(Clone, Debug, Default)]
pub struct Sentence {
    /// Its words.
    pub tokens: Vec<Token>,
    /// It asks.
    pub question: bool,
    /// It ends with a colon: what follows is its list.
    pub colon: bool,
    /// It has a word outside of code: names of flags and variables alone say nothing.
    pub spoken: bool,
}

impl Sentence {
    /// Its bytes.
    #[must_use]
    pub fn span(&self) -> Span {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => first.span.join(last.span),
            _ => Span::default(),
        }
    }
}

/// The sentences of a block.
#[must_use]
pub fn sentences(block: &Block) -> Vec<Sentence> {
    let mut build = Build::default();
    for piece in &block.pieces {
        let exact = piece.text.len() == piece.span.range().len();
        // code stands between its ticks
        let shift = if exact { 0 } else { (piece.span.range().len().saturating_sub(piece.text.len())) / 2 };
        let start = piece.span.start as usize + shift;
        let end = piece.span.end as usize;
        build.code = piece.code;
        let mut rest = piece.text.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            let next = rest.peek().map(|(_, next)| *next);
            build.character(c, next, (start + at).min(end), end);
        }
    }
    build.end(false, false);
    build.done
}

#[derive(Default)]
struct Build {
    done: Vec<Sentence>,
    tokens: Vec<(String, Span)>,
    word: String,
    from: usize,
    to: usize,
    /// The word began with a capital letter.
    upper: bool,
    /// Where brackets opened.
    bracket: Option<usize>,
    /// A mark that ends the sentence if a blank follows.
    stop: Option<char>,
    /// What comes stands between ticks.
    code: bool,
    /// The sentence has a word that does not.
    spoken: bool,
}

impl Build {
    fn character(&mut self, c: char, next: Option<char>, at: usize, end: usize) {
        if let Some(stop) = self.stop.take()
            && (c.is_whitespace() || matches!(c, '*' | '"' | ')' | '\''))
            && !(stop == '.' && self.abbreviated())
        {
            self.end(stop == '?', stop == ':');
        }
        let inside =
            matches!(c, '.' | ',') && self.word.ends_with(|c: char| c.is_ascii_digit()) && next.is_some_and(|c| c.is_ascii_digit());
        self.spoken |= c.is_alphabetic() && !self.code;
        // names of flags, variables and files are one word, whatever their parts say
        let joins = matches!(c, '.' | '/') && !self.word.is_empty() && next.is_some_and(char::is_alphanumeric);
        let named = self.code && (matches!(c, '_' | '-') || joins);
        if c.is_alphanumeric()
            || named
            || inside
            || matches!(c, '\'' | '’') && !self.word.is_empty() && next.is_some_and(char::is_alphabetic)
        {
            if self.word.is_empty() {
                self.from = at;
                self.upper = c.is_uppercase() && next.is_some_and(char::is_lowercase);
            }
            if self.word.len() < 64 {
                self.word.extend(if c == '’' { '\''.to_lowercase() } else { c.to_lowercase() });
            }
            self.to = (at + c.len_utf8()).min(end);
            return;
        }
        self.finish();
        match c {
            '(' => self.bracket = Some(self.tokens.len()),
            ')' => self.drop_example(),
            '.' | '!' | '?' | ':' if !self.code => self.stop = Some(c),
            ';' | '—' | '–' => self.end(false, false),
            _ => {}
        }
    }

    /// An example or an exception in brackets says nothing about the rule.
    fn drop_example(&mut self) {
        let Some(from) = self.bracket.take() else { return };
        let word = |at: usize| self.tokens.get(from + at).map_or("", |(word, _)| word.as_str());
        if matches!((word(0), word(1)), ("e", "g") | ("for", "example" | "instance") | ("such", "as") | ("not" | "unlike", _)) {
            self.tokens.truncate(from);
        }
    }

    fn abbreviated(&self) -> bool {
        let last = self.tokens.last().map_or("", |(word, _)| word.as_str());
        matches!(last, "e" | "g" | "i" | "eg" | "ie" | "etc" | "vs" | "cf" | "approx")
    }

    fn finish(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let span = Span::new(self.from, self.to);
        let word = std::mem::take(&mut self.word);
        if let Some(verb) = word.strip_suffix("n't") {
            self.tokens.push((if verb == "ca" { "can".to_owned() } else { verb.to_owned() }, span));
            self.tokens.push(("not".to_owned(), span));
        } else if word == "cannot" {
            self.tokens.push(("can".to_owned(), span));
            self.tokens.push(("not".to_owned(), span));
        } else {
            let bare = word.split('\'').next().unwrap_or("").to_owned();
            // what turns a sentence round ends what was said before
            if matches!(bare.as_str(), "but" | "however" | "although" | "whereas") && self.tokens.len() > 2 {
                self.end(false, false);
            }
            let named = self.is_name(&bare);
            self.tokens.push((if named { bare.to_uppercase() } else { bare }, span));
        }
        if self.tokens.len() >= MOST_WORDS {
            self.end(false, false);
        }
    }

    /// Whether a verb is part of a name: `the Log Viewer`, `the Chrome Web Store`. Where everything is written so, it says what it says.
    fn is_name(&self, word: &str) -> bool {
        const VERBS: &[&str] =
            &["log", "store", "record", "report", "share", "train", "track", "save", "send", "keep", "retain", "use", "upload", "collect"];
        const BEFORE: &[&str] = &["not", "never", "to", "will", "may", "we", "can", "and", "or"];
        let before = self.tokens.last().map_or("", |(word, _)| word.as_str());
        self.upper && !before.is_empty() && VERBS.contains(&word) && !BEFORE.contains(&before)
    }

    fn end(&mut self, question: bool, colon: bool) {
        self.finish();
        self.bracket = None;
        let (question, colon) = match self.stop.take() {
            Some('?') => (true, colon),
            Some(':') => (question, true),
            _ => (question, colon),
        };
        let spoken = std::mem::take(&mut self.spoken);
        if self.tokens.is_empty() {
            return;
        }
        let words: Vec<(String, Span)> = std::mem::take(&mut self.tokens);
        let texts: Vec<&str> = words.iter().map(|(word, _)| word.as_str()).collect();
        let mut tokens = Vec::with_capacity(words.len());
        let mut at = 0;
        while let Some((word, span)) = words.get(at) {
            let phrase = TABLE.phrase(texts.get(at..).unwrap_or_default());
            let (word, length) = phrase.map_or((word.as_str(), 1), |(word, length)| (word, length));
            let last = words.get(at + length - 1).map_or(*span, |(_, last)| *last);
            tokens.push(Token { word: word.to_owned(), span: span.join(last), classes: TABLE.classes_of(word) });
            at += length;
        }
        self.done.push(Sentence { tokens, question, colon, spoken });
    }
}
