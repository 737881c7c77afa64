//! Patterns for names: alternatives in braces, `*`, `<x>`, regular expressions between slashes; paths are in `key`.

mod key;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::text::words_of;
pub use super::text::{between_slashes, fold, unfold};
pub use key::{KeyFit, KeyPattern, ListId, PathStep};
use regex::bytes::{Regex, RegexBuilder};

/// What a wildcard stood for, with its label: the `x` of `<x>`, or a number for `*`.
pub type Capture = (Box<str>, Box<str>);

/// Literal text with wildcards between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(Box<str>),
    /// Any text, with its label.
    Any(Box<str>),
}

impl Glob {
    /// Reads `*` and `<x>`; `count` numbers the `*` of the whole pattern.
    fn parse(text: &str, count: &mut usize, literal: impl Fn(&str) -> String) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let flush = |plain: &mut String, pieces: &mut Vec<Piece>| {
            if !plain.is_empty() {
                pieces.push(Piece::Literal(literal(plain).into()));
                plain.clear();
            }
        };
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '*' => {
                    flush(&mut plain, &mut pieces);
                    pieces.push(Piece::Any(count.to_string().into()));
                    *count += 1;
                }
                '<' => {
                    flush(&mut plain, &mut pieces);
                    let name: String = chars.by_ref().take_while(|c| *c != '>').collect();
                    if name.is_empty() || !text.contains('>') {
                        return Err(format!("`<` without a name and `>` in `{text}`"));
                    }
                    pieces.push(Piece::Any(name.into()));
                }
                _ => plain.push(c),
            }
        }
        flush(&mut plain, &mut pieces);
        Ok(Self { pieces })
    }

    /// The text when there is no wildcard in it.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether there is a wildcard in it.
    #[must_use]
    pub fn open(&self) -> bool {
        self.literal().is_none()
    }

    /// Whether the literal ends fit: a text that fails here cannot fit.
    #[must_use]
    pub fn may_fit(&self, text: &str) -> bool {
        let starts = |piece: Option<&Piece>| !matches!(piece, Some(Piece::Literal(literal)) if !text.starts_with(&**literal));
        let ends = |piece: Option<&Piece>| !matches!(piece, Some(Piece::Literal(literal)) if !text.ends_with(&**literal));
        starts(self.pieces.first()) && ends(self.pieces.last())
    }

    /// Whether the whole text fits; what the wildcards stood for is added to `captures`. A label that is bound already must be
    /// bound to the same text again.
    fn fits(&self, text: &str, captures: &mut Vec<Capture>) -> bool {
        if !self.may_fit(text) {
            return false;
        }
        let before = captures.len();
        let fits = fit(&self.pieces, text, captures);
        if !fits {
            captures.truncate(before);
        }
        fits
    }
}

/// Leftmost, shortest assignment; patterns have a handful of pieces, so the depth is theirs, not the input's.
fn fit(pieces: &[Piece], text: &str, captures: &mut Vec<Capture>) -> bool {
    let Some((first, rest)) = pieces.split_first() else {
        return text.is_empty();
    };
    match first {
        Piece::Literal(literal) => text.strip_prefix(&**literal).is_some_and(|after| fit(rest, after, captures)),
        Piece::Any(label) => {
            let bound = captures.iter().find(|(l, _)| l == label).map(|(_, text)| text.clone());
            // the last wildcard takes all that is left
            let from = if rest.is_empty() { text.len() } else { 0 };
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]).skip_while(|end| *end < from);
            for end in ends {
                let (Some(head), Some(tail)) = (text.get(..end), text.get(end..)) else { continue };
                let continues = match rest.first() {
                    Some(Piece::Literal(next)) => tail.starts_with(&**next),
                    _ => true,
                };
                if !continues || bound.as_deref().is_some_and(|bound| bound != head) {
                    continue;
                }
                let mark = captures.len();
                captures.push((label.clone(), head.into()));
                if fit(rest, tail, captures) {
                    return true;
                }
                captures.truncate(mark);
            }
            false
        }
    }
}

/// A regular expression that is compiled when it is first needed, once for all that have the same source.
#[derive(Clone, Debug)]
pub struct LazyRegex {
    source: Box<str>,
    compiled: Arc<Engines>,
}

/// Two programs of one expression: a small one that is made in no time and takes longer for each byte, and a large one that is
/// made when the small one was asked about so many bytes that it would have been worth it. On ASCII they say the same; other
/// texts are for the large one.
#[derive(Debug, Default)]
struct Engines {
    small: OnceLock<Option<regex_lite::Regex>>,
    /// Nothing where the expression is malformed.
    large: OnceLock<Option<Regex>>,
    asked: AtomicUsize,
    /// What all texts that fit begin with, of an expression that takes long to build; nothing where that is not known.
    begins: OnceLock<Option<Vec<Box<[u8]>>>>,
}

/// An expression of more bytes is asked first what fits it begins with.
const LONG: usize = 200;

/// The literal beginnings of what fits an expression, when it says where the text begins and they are few.
fn beginnings(source: &str) -> Option<Vec<Box<[u8]>>> {
    use regex_syntax::hir::Look;
    use regex_syntax::hir::literal::Extractor;
    let hir = regex_syntax::parse(source).ok()?;
    if !hir.properties().look_set_prefix().contains(Look::Start) {
        return None;
    }
    let found = Extractor::new().limit_class(8).limit_total(400).extract(&hir);
    let all: Vec<Box<[u8]>> = found.literals()?.iter().map(|one| one.as_bytes().into()).collect();
    (!all.is_empty() && all.iter().all(|one| !one.is_empty())).then_some(all)
}

/// Bytes for which the small program is worth its time, with those that every question costs beyond its text.
const SMALL: usize = 6 << 10;

/// What a question costs beyond its text, in bytes.
const QUESTION: usize = 64;

/// All expressions of this process by their sources.
static SHARED: OnceLock<Mutex<HashMap<Box<str>, Arc<Engines>>>> = OnceLock::new();

impl LazyRegex {
    /// # Errors
    /// The expression is malformed or too large.
    pub fn new(source: &str) -> Result<Self, String> {
        compile(source).map_err(|error| format!("`/{source}/` is not a regular expression: {error}"))?;
        Ok(Self::unchecked(source))
    }

    /// For sources that were checked when the catalogue was built.
    #[must_use]
    pub fn unchecked(source: &str) -> Self {
        let mut shared = SHARED.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        let compiled = Arc::clone(shared.entry(source.into()).or_default());
        Self { source: source.into(), compiled }
    }

    /// What the groups stood for, by their names or numbers; the whole text when there are none. Nothing when it does not fit, or is
    /// malformed.
    #[must_use]
    pub fn captures(&self, text: &str) -> Option<Vec<Capture>> {
        if !self.may_fit(text) {
            return None;
        }
        match self.small(text) {
            Some(regex) => captured(
                text,
                regex.captures_len(),
                || regex.is_match(text),
                || {
                    let found = regex.captures(text)?;
                    let ranges = found.iter().map(|group| group.map(|group| group.range()));
                    Some(labelled(text, regex.capture_names(), ranges))
                },
            ),
            None => self.large(text),
        }
    }

    /// Whether the text fits.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        if !self.may_fit(text) {
            return false;
        }
        match self.small(text) {
            Some(regex) => regex.is_match(text),
            None => self.large_program().is_some_and(|regex| regex.is_match(text.as_bytes())),
        }
    }

    /// Whether the text begins as what fits does: an expression of thirty kinds of tokens is long to build, and few values are one.
    fn may_fit(&self, text: &str) -> bool {
        let begins = || if self.source.len() > LONG { beginnings(&self.source) } else { None };
        let begins = self.compiled.begins.get_or_init(begins).as_ref();
        begins.is_none_or(|all| all.iter().any(|one| text.as_bytes().starts_with(one)))
    }

    /// The small program, as long as it is worth it.
    fn small(&self, text: &str) -> Option<&regex_lite::Regex> {
        let engines = &self.compiled;
        if !text.is_ascii() || engines.asked.fetch_add(text.len() + QUESTION, Ordering::Relaxed) > SMALL {
            return None;
        }
        engines.small.get_or_init(|| regex_lite::RegexBuilder::new(&self.source).size_limit(1 << 20).build().ok()).as_ref()
    }

    fn large_program(&self) -> Option<&Regex> {
        self.compiled.large.get_or_init(|| compile(&self.source).ok()).as_ref()
    }

    fn large(&self, text: &str) -> Option<Vec<Capture>> {
        let regex = self.large_program()?;
        captured(
            text,
            regex.captures_len(),
            || regex.is_match(text.as_bytes()),
            || {
                let found = regex.captures(text.as_bytes())?;
                let ranges = found.iter().map(|group| group.map(|group| group.range()));
                Some(labelled(text, regex.capture_names(), ranges))
            },
        )
    }
}

/// The whole text where an expression has no groups; what they stood for where it has some.
fn captured(text: &str, groups: usize, is_match: impl Fn() -> bool, captures: impl Fn() -> Option<Vec<Capture>>) -> Option<Vec<Capture>> {
    if groups == 1 { is_match().then(|| vec![("0".into(), text.into())]) } else { captures() }
}

/// What the groups stood for, by their names or numbers.
fn labelled<'n>(
    text: &str,
    names: impl Iterator<Item = Option<&'n str>>,
    ranges: impl Iterator<Item = Option<std::ops::Range<usize>>>,
) -> Vec<Capture> {
    let label = |at: usize, name: Option<&str>| name.map_or_else(|| at.to_string().into(), Box::from);
    let group = |range: Option<std::ops::Range<usize>>| range.and_then(|range| text.get(range)).unwrap_or("");
    names.zip(ranges).enumerate().skip(1).map(|(at, (name, range))| (label(at, name), group(range).into())).collect()
}

/// Names and most values are ASCII: without the tables of Unicode an expression is built in a tenth of the time.
fn compile(source: &str) -> Result<Regex, regex::Error> {
    let build = |unicode| RegexBuilder::new(source).unicode(unicode).size_limit(1 << 20).dfa_size_limit(1 << 20).build();
    build(false).or_else(|_| build(true))
}

/// A pattern for a name that is one text (an environment variable, a flag, an image).
#[derive(Clone, Debug)]
pub enum TextPattern {
    /// Literal text with wildcards.
    Glob(Glob),
    /// A regular expression that only lists words, `^(A|B)$`: compared as they are. Which one fitted tells instances apart.
    OneOf(Vec<Box<str>>),
    /// Any other one; its groups tell instances apart, without groups the whole text does.
    Regex(LazyRegex),
}

impl TextPattern {
    /// Reads one alternative (braces already unfolded, unless it is a regular expression, which is not compiled yet).
    ///
    /// # Errors
    /// A malformed wildcard.
    pub fn parse(text: &str) -> Result<Self, String> {
        match between_slashes(text) {
            Some(source) => Ok(match words_of(source) {
                Some(words) => Self::OneOf(words.into_iter().map(Into::into).collect()),
                None => Self::Regex(LazyRegex::unchecked(source)),
            }),
            None => Glob::parse(text, &mut 0, str::to_owned).map(Self::Glob),
        }
    }

    /// The text when there is no wildcard in it.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self {
            Self::Glob(glob) => glob.literal(),
            Self::OneOf(_) | Self::Regex(_) => None,
        }
    }

    /// All texts that fit, where they can be listed.
    #[must_use]
    pub fn all(&self) -> Option<Vec<&str>> {
        match self {
            Self::OneOf(words) => Some(words.iter().map(|word| &**word).collect()),
            _ => self.literal().map(|text| vec![text]),
        }
    }

    /// The glob as text, wildcards as `*`; nothing for a regular expression.
    #[must_use]
    pub fn source(&self) -> Option<String> {
        match self {
            Self::Glob(glob) => Some(glob.pieces.iter().map(|piece| if let Piece::Literal(text) = piece { text } else { "*" }).collect()),
            Self::OneOf(_) | Self::Regex(_) => None,
        }
    }

    /// Whether the whole text fits.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Regex(regex) => regex.fits(text),
            _ => self.captures(text).is_some(),
        }
    }

    /// What the wildcards stood for, when the whole text fits.
    #[must_use]
    pub fn captures(&self, text: &str) -> Option<Vec<Capture>> {
        match self {
            Self::Glob(glob) => {
                let mut captures = Vec::new();
                glob.fits(text, &mut captures).then_some(captures)
            }
            Self::OneOf(words) => words.iter().any(|word| **word == *text).then(|| vec![("1".into(), text.into())]),
            Self::Regex(regex) => regex.captures(text),
        }
    }
}
