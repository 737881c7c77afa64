//! What a text must hold to fit a pattern, found when the catalogue is built: most texts fail there, and its expression is never
//! compiled.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::super::text::between_slashes;

/// More texts than this are no cheap question.
const MOST: usize = 64;

/// Texts in small letters, one of which stands in whatever fits; none where that is not known, and for what is no expression.
pub fn of(pattern: &str) -> Vec<String> {
    // names are matched without the tables of Unicode, so case is that of ASCII
    let parse = |source: &str| ParserBuilder::new().unicode(false).utf8(false).build().parse(source).ok();
    let hir = between_slashes(pattern).and_then(parse);
    let mut found = hir.and_then(|hir| required(&hir)).unwrap_or_default();
    found.sort();
    found.dedup();
    found
}

/// A text that patterns are asked about.
#[derive(Debug)]
pub struct Asked<'t> {
    /// As it stands.
    pub text: &'t str,
    small: String,
    letters: u64,
}

impl<'t> Asked<'t> {
    /// Makes it ready to be asked about many.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        let small = text.to_ascii_lowercase();
        Self { text, letters: kinds(&small), small }
    }
}

/// One bit for each kind of byte in a text.
fn kinds(text: &str) -> u64 {
    text.bytes().fold(0, |all, byte| all | 1 << (byte % 64))
}

/// Texts in small letters, one of which whatever fits a pattern holds or ends in.
#[derive(Debug)]
pub struct Needles {
    texts: &'static [&'static str],
    kinds: Box<[u64]>,
}

impl Needles {
    /// Those of one pattern; none where that is not known.
    #[must_use]
    pub fn new(texts: &'static [&'static str]) -> Self {
        Self { texts, kinds: texts.iter().map(|text| kinds(text)).collect() }
    }

    /// Whether a text may fit: it holds one of them.
    #[must_use]
    pub fn held(&self, asked: &Asked) -> bool {
        self.any(asked, |needle| asked.small.contains(needle))
    }

    /// Whether a text may fit: it ends in one of them.
    #[must_use]
    pub fn end(&self, asked: &Asked) -> bool {
        self.any(asked, |needle| asked.small.ends_with(needle))
    }

    fn any(&self, asked: &Asked, fits: impl Fn(&str) -> bool) -> bool {
        // most texts lack a letter of every needle
        let may = |kinds: &u64| kinds & !asked.letters == 0;
        self.texts.is_empty() || self.kinds.iter().zip(self.texts).any(|(kinds, needle)| may(kinds) && fits(needle))
    }
}

fn required(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Concat(parts) => of_concat(parts),
        HirKind::Alternation(ways) => {
            let all: Vec<String> = ways.iter().map(required).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
            (all.len() <= MOST).then_some(all)
        }
        _ => letters(hir).filter(|text| text.len() > 1).map(|text| vec![text]),
    }
}

/// The longest run of letters, or what one of the parts asks for: whichever tells more.
fn of_concat(parts: &[Hir]) -> Option<Vec<String>> {
    let (mut run, mut found) = (String::new(), Vec::new());
    for part in parts {
        if let Some(text) = letters(part) {
            run.push_str(&text);
        } else {
            found.push(vec![std::mem::take(&mut run)]);
            found.extend(required(part));
        }
    }
    found.push(vec![run]);
    let shortest = |ways: &Vec<String>| ways.iter().map(String::len).min().unwrap_or(0);
    found.into_iter().filter(|ways| shortest(ways) > 1).max_by_key(shortest)
}

/// The one text that something stands for, whatever its case; nothing for what stands for several.
fn letters(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(String::new()),
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().filter(|text| text.is_ascii()).map(str::to_ascii_lowercase),
        HirKind::Class(Class::Bytes(class)) => {
            let mut bytes = class.iter().flat_map(|range| range.start()..=range.end()).map(|byte| byte.to_ascii_lowercase());
            let first = bytes.next().filter(u8::is_ascii)?;
            bytes.all(|byte| byte == first).then(|| char::from(first).to_string())
        }
        HirKind::Capture(capture) => letters(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(letters).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_holds_one_of_them() {
        let check = |pattern: &str, expected: &[&str]| assert_eq!(of(pattern), expected, "{pattern}");
        check("/^(.+)_(KEY|LOG)$/", &["key", "log"]);
        check("/(?i)telemetry/", &["telemetry"]);
        check("/^(?<what>.*_)?API[_-]?KEY$/", &["key"]);
        check("/a|b/", &[]);
        check("/^[A-Z_]+$/", &[]);
        check("/(x?)(ab)+/", &["ab"]);
        check("/^log_(?:prompts|bodies)(_.*)?$/", &["bodies", "prompts"]);
        check("/(/", &[]);
        check("*_key", &[]);
    }
}
