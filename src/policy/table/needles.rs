//! What a text must hold to fit a pattern, found when the catalogue is built: most texts fail there, and its expression is never
//! compiled.

use regex_syntax::ParserBuilder;
use regex_syntax::ast::Ast;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::super::text::{between_slashes, fold, with_stars};

/// More texts than this are no cheap question.
const MOST: usize = 64;

/// Texts in small letters, one of which stands in whatever fits; none where that is not known.
pub fn of(pattern: &str) -> Vec<String> {
    let mut found = match between_slashes(pattern) {
        Some(source) => of_expression(source),
        None => longest_piece(&with_stars(pattern)),
    };
    found.sort();
    found.dedup();
    found
}

/// The same of the last step of a path, which is folded as the steps are that it is held against.
pub fn of_last_step(path: &str) -> Vec<String> {
    let last = path.rsplit('.').next().and_then(|step| step.split('[').next()).unwrap_or("");
    longest_piece(&with_stars(last)).iter().map(|piece| fold(piece)).filter(|piece| piece.len() > 1).collect()
}

/// The same of what stands in the last parentheses of an expression for an argument, the closing one included: what is asked about
/// has another callee.
pub fn of_argument(pattern: &str) -> Vec<String> {
    let Some((callee, inner)) = between_slashes(pattern).and_then(|source| source.rsplit_once(r"\(")) else { return Vec::new() };
    // one after the other, and neither a part of several ways
    let one = |source: &str| !matches!(regex_syntax::ast::parse::Parser::new().parse(source), Err(_) | Ok(Ast::Alternation(_)));
    if one(callee) && one(inner) { of_expression(inner) } else { Vec::new() }
}

/// How many bytes a text has at least that fits a pattern.
pub fn shortest(pattern: &str) -> usize {
    let parsed = between_slashes(pattern).and_then(|source| ParserBuilder::new().unicode(false).utf8(false).build().parse(source).ok());
    parsed.and_then(|hir| hir.properties().minimum_len()).unwrap_or(0)
}

fn of_expression(source: &str) -> Vec<String> {
    // names are matched without the tables of Unicode, so case is that of ASCII
    let hir = ParserBuilder::new().unicode(false).utf8(false).build().parse(source).ok();
    hir.and_then(|hir| required(&hir)).unwrap_or_default()
}

/// The longest text between the wildcards of a glob.
fn longest_piece(glob: &str) -> Vec<String> {
    let known = |piece: &&str| piece.len() > 1 && piece.is_ascii();
    glob.split('*').filter(known).max_by_key(|piece| piece.len()).map(str::to_ascii_lowercase).into_iter().collect()
}

/// A text that patterns are asked about.
#[derive(Debug)]
pub struct Asked<'t> {
    /// As it stands.
    pub text: &'t str,
    pub(super) small: String,
    pub(super) pairs: u64,
}

impl<'t> Asked<'t> {
    /// Makes it ready to be asked about many.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        let small = text.to_ascii_lowercase();
        Self { text, pairs: pairs(&small), small }
    }
}

/// One bit for each kind of two bytes that stand beside each other in a text.
pub(super) fn pairs(text: &str) -> u64 {
    let pairs = text.as_bytes().iter().zip(text.as_bytes().iter().skip(1));
    pairs.fold(0, |all, (first, second)| all | 1 << ((u32::from(*first) * 7 + u32::from(*second)) % 64))
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
        check("*_key", &["_key"]);
        check("A_<what>_LIMITS", &["_limits"]);
        check("<a>*", &[]);
    }

    #[test]
    fn a_last_step_is_folded() {
        let check = |path: &str, expected: &[&str]| assert_eq!(of_last_step(path), expected, "{path}");
        check("**.sentry.<what>_Sample_rate", &["samplerate"]);
        check("services[name].image.*url[]", &["url"]);
        check("a.**", &[]);
        check("a._*", &[]);
    }

    #[test]
    fn an_argument_is_known_by_what_stands_in_its_parentheses() {
        let check = |pattern: &str, expected: &[&str]| assert_eq!(of_argument(pattern), expected, "{pattern}");
        check(r"/^[A-Z]+\((?:.*\.)?use_docker\)$/", &["use_docker)"]);
        check(r"/^[A-Z]+\((?:ssl_ctx|context)\)$/", &["ssl_ctx", "context"]);
        check(r"/^a\(xyz|b\(vw\)$/", &[]);
        check(r"/^(?:a\(xyz|b\(vw)\)$/", &[]);
        check(r"/^plain$/", &[]);
    }
}
