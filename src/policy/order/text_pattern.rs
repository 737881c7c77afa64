//! Patterns on values: globs on the whole text with `*` (any text) and `{a,b}`, and regular expressions between slashes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use regex::{Regex, RegexBuilder};

/// Compiled size of one regular expression, in bytes.
const REGEX_SIZE: usize = 1 << 20;
/// Alternatives that the braces of one glob may stand for.
const ALTERNATIVES: usize = 256;
/// Patterns that are kept compiled; policies have far fewer.
const KEPT: usize = 4096;

/// Whether case counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Case {
    /// It does.
    Exact,
    /// It does not.
    Any,
}

/// One pattern.
#[derive(Debug)]
pub struct TextPattern {
    case: Case,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Literal(String),
    Globs(Vec<String>),
    /// Compiled on first use; `None` inside when it does not compile.
    Regex(String, OnceLock<Option<Regex>>),
}

impl TextPattern {
    /// A pattern in which case counts.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        Self::with_case(pattern, Case::Exact)
    }

    /// A pattern.
    #[must_use]
    pub fn with_case(pattern: &str, case: Case) -> Self {
        let inner = pattern.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|inner| !inner.is_empty());
        let kind = match inner {
            Some(inner) => Kind::Regex(inner.to_owned(), OnceLock::new()),
            None if pattern.contains(['*', '{']) => Kind::Globs(alternatives(&fold(pattern, case))),
            None => Kind::Literal(fold(pattern, case).into_owned()),
        };
        Self { case, kind }
    }

    /// Whether the pattern can be used.
    ///
    /// # Errors
    /// Says why a regular expression does not compile.
    pub fn check(&self) -> Result<(), String> {
        match &self.kind {
            Kind::Regex(pattern, _) => build(pattern, self.case).map(|_| ()).map_err(|error| format!("`/{pattern}/`: {error}")),
            Kind::Globs(globs) if globs.len() > ALTERNATIVES => Err(format!("the braces stand for more than {ALTERNATIVES} texts")),
            Kind::Literal(_) | Kind::Globs(_) => Ok(()),
        }
    }

    /// Whether the pattern fits: a glob the whole text, a regular expression any part of it.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match &self.kind {
            Kind::Literal(literal) => *literal == fold(text, self.case),
            Kind::Globs(globs) => {
                let text = fold(text, self.case);
                globs.iter().any(|glob| wildcard(glob, &text))
            }
            Kind::Regex(..) => self.regex().is_some_and(|regex| regex.is_match(text)),
        }
    }

    /// The regular expression, when it is one that compiles.
    pub(super) fn regex(&self) -> Option<&Regex> {
        match &self.kind {
            Kind::Regex(pattern, regex) => regex.get_or_init(|| build(pattern, self.case).ok()).as_ref(),
            Kind::Literal(_) | Kind::Globs(_) => None,
        }
    }
}

/// The pattern for a text, compiled once for the whole run. Policies are plain data and hold only the text.
pub(super) fn compiled(pattern: &str, case: Case) -> Arc<TextPattern> {
    static EXACT: OnceLock<RwLock<HashMap<Box<str>, Arc<TextPattern>>>> = OnceLock::new();
    static ANY: OnceLock<RwLock<HashMap<Box<str>, Arc<TextPattern>>>> = OnceLock::new();
    let kept = if case == Case::Exact { &EXACT } else { &ANY }.get_or_init(RwLock::default);
    if let Some(found) = kept.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return Arc::clone(found);
    }
    let new = Arc::new(TextPattern::with_case(pattern, case));
    let mut kept = kept.write().unwrap_or_else(PoisonError::into_inner);
    if kept.len() < KEPT {
        return Arc::clone(kept.entry(pattern.into()).or_insert(new));
    }
    new
}

/// Whether one of the patterns fits.
pub(super) fn any_matches<'a>(patterns: impl IntoIterator<Item = &'a String>, text: &str, case: Case) -> bool {
    patterns.into_iter().any(|pattern| compiled(pattern, case).matches(text))
}

/// Whether a glob without braces fits the whole text. Linear in the text for each `*`: the last star only ever moves on.
pub(super) fn wildcard(glob: &str, text: &str) -> bool {
    let mut pieces = glob.split('*');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

fn build(pattern: &str, case: Case) -> Result<Regex, regex::Error> {
    let with = |unicode| {
        let mut builder = RegexBuilder::new(pattern);
        builder.case_insensitive(case == Case::Any).size_limit(REGEX_SIZE).dfa_size_limit(REGEX_SIZE);
        builder.unicode(unicode).build()
    };
    // values are ASCII nearly always; the tables of Unicode make an expression ten times as dear
    with(false).or_else(|_| with(true))
}

fn fold(text: &str, case: Case) -> Cow<'_, str> {
    match case {
        Case::Exact => Cow::from(text),
        Case::Any => Cow::from(text.to_lowercase()),
    }
}

/// The texts that the braces stand for; one more than [`ALTERNATIVES`] when there are too many. Braces without a comma are text.
fn alternatives(glob: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut open = vec![glob.to_owned()];
    while let Some(glob) = open.pop() {
        if done.len() + open.len() > ALTERNATIVES {
            done.push(glob);
            done.append(&mut open);
            return done;
        }
        let innermost = glob.split_once('}').and_then(|(before, after)| {
            let (start, inside) = before.rsplit_once('{')?;
            inside.contains(',').then_some((start, inside, after))
        });
        match innermost {
            Some((start, inside, after)) => open.extend(inside.split(',').map(|word| format!("{start}{word}{after}"))),
            None => done.push(glob),
        }
    }
    done
}
