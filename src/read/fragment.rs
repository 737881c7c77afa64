//! Files inside files: leads what was read in a piece of text back to the bytes of the file that holds it.

use crate::read::tree::Scalar;
use crate::reading::Reading;
use crate::scope::ScopeId;
use crate::setting::Setting;
use crate::span::{OffsetMap, Span};

/// Puts all that was read in a fragment into the file's reading: its root becomes `parent`, its spans go through `map`.
pub fn embed(reading: &mut Reading, parent: ScopeId, inner: Reading, map: &OffsetMap) {
    let base = u32::try_from(reading.scopes.len()).unwrap_or(u32::MAX);
    let moved = |id: ScopeId| if id == ScopeId::ROOT { parent } else { ScopeId(base.saturating_add(id.0).saturating_sub(1)) };
    reading.scopes.extend(inner.scopes.into_iter().skip(1).map(|mut scope| {
        scope.parent = scope.parent.map(moved);
        scope.span = map.outward(scope.span);
        scope
    }));
    reading.settings.extend(inner.settings.into_iter().map(|mut setting| {
        setting.scope = moved(setting.scope);
        shift(&mut setting, map);
        setting
    }));
    reading.links.extend(inner.links.into_iter().map(|mut link| {
        link.from = moved(link.from);
        link.span = map.outward(link.span);
        link
    }));
    reading.pins.extend(inner.pins.into_iter().map(|mut pin| {
        pin.scope = moved(pin.scope);
        pin.span = map.outward(pin.span);
        pin
    }));
    reading.problems.extend(inner.problems.into_iter().map(|mut problem| {
        problem.span = problem.span.map(|span| map.outward(span));
        // the file around it can still be known; what stood in the fragment before shows up as removed
        problem.fatal = false;
        problem
    }));
    for kind in inner.kinds {
        if !reading.kinds.contains(&kind) {
            reading.kinds.push(kind);
        }
    }
    reading.templated |= inner.templated;
}

fn shift(setting: &mut Setting, map: &OffsetMap) {
    setting.name_span = map.outward(setting.name_span);
    setting.value_span = map.outward(setting.value_span);
    for span in &mut setting.item_spans {
        *span = map.outward(*span);
    }
    for place in &mut setting.overridden {
        place.span = map.outward(place.span);
    }
}

/// Where each byte of a scalar's text stands in the file: through quotes, escapes, folded lines and a block's indentation.
#[must_use]
pub fn map_of(whole: Span, scalar: &Scalar, source: &str) -> OffsetMap {
    let mut map = OffsetMap::ending(whole.end.max(scalar.inner.end) as usize);
    extend(&mut map, 0, whole, scalar, source);
    map
}

/// The same for a text that stands at `base` of a longer fragment.
pub fn extend(map: &mut OffsetMap, base: usize, whole: Span, scalar: &Scalar, source: &str) {
    if scalar.verbatim {
        map.push(base, scalar.inner.start as usize);
        return;
    }
    let style = match source.as_bytes().get(whole.start as usize) {
        Some(b'"') if !scalar.block => Style::Double,
        Some(b'\'') if !scalar.block => Style::Single,
        _ => Style::Open,
    };
    let indent = if scalar.block { indentation(scalar, source) } else { usize::MAX };
    let alignment = Alignment { rest: scalar.inner.of(source), at: scalar.inner.start as usize, style, indent, line_start: false };
    alignment.run(&scalar.text, base, map);
}

/// How many columns a block scalar's lines are set in.
fn indentation(scalar: &Scalar, source: &str) -> usize {
    let before = source.get(..scalar.inner.start as usize).unwrap_or("");
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let written = source.get(line..scalar.inner.end as usize).unwrap_or("");
    let blanks = |text: &str| text.lines().find(|l| !l.trim().is_empty()).map_or(0, |l| l.len() - l.trim_start_matches(' ').len());
    blanks(written).saturating_sub(blanks(&scalar.text))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Double,
    Single,
    /// Plain and block scalars: nothing is escaped.
    Open,
}

/// Walks a scalar's text and its source side by side.
struct Alignment<'a> {
    rest: &'a str,
    at: usize,
    style: Style,
    indent: usize,
    line_start: bool,
}

impl Alignment<'_> {
    fn run(mut self, text: &str, base: usize, map: &mut OffsetMap) {
        let mut expected = None;
        // inner.start of a block may already stand behind the first line's indentation
        if self.indent != usize::MAX {
            self.line_start = self.rest.starts_with(' ') && !text.starts_with(' ');
        }
        for (i, c) in text.char_indices() {
            if self.line_start {
                self.skip_indentation();
            }
            let length = self.length_of(c).unwrap_or_else(|| {
                self.skip(char::is_whitespace);
                self.length_of(c).unwrap_or(0)
            });
            // behind its backslash a letter of several bytes stands byte for byte
            let letter = if c.len_utf8() > 1 { self.rest.strip_prefix('\\').filter(|rest| rest.starts_with(c)) } else { None };
            let behind = usize::from(self.style == Style::Double && letter.is_some());
            if expected != Some(self.at + behind) {
                map.push(base + i, self.at + behind);
            }
            self.line_start = self.rest.get(..length).is_some_and(|eaten| eaten.ends_with('\n'));
            self.advance(length);
            expected = Some(self.at - length + c.len_utf8()).filter(|_| length > 0);
        }
        map.push(base + text.len(), self.at);
    }

    fn advance(&mut self, length: usize) {
        if let Some(rest) = self.rest.get(length..) {
            self.rest = rest;
            self.at += length;
        }
    }

    fn skip(&mut self, what: impl Fn(char) -> bool) {
        let length = self.rest.len() - self.rest.trim_start_matches(what).len();
        self.advance(length);
    }

    fn skip_indentation(&mut self) {
        let blanks = self.rest.len() - self.rest.trim_start_matches([' ', '\t']).len();
        self.advance(blanks.min(self.indent));
    }

    /// How many bytes of the source are the next character of the text.
    fn length_of(&mut self, c: char) -> Option<usize> {
        if self.style == Style::Double {
            while let Some(next) = self.rest.strip_prefix('\\').filter(|next| next.starts_with(['\n', '\r'])) {
                let length = 1 + next.len() - next.trim_start().len();
                self.advance(length);
            }
            if let Some(next) = self.rest.strip_prefix('\\') {
                return Some(match next.chars().next() {
                    Some('x') => 4,
                    Some('u') => 6,
                    Some('U') => 10,
                    Some(other) => 1 + other.len_utf8(),
                    None => 1,
                });
            }
        }
        if self.style == Style::Single && c == '\'' && self.rest.starts_with("''") {
            return Some(2);
        }
        let next = self.rest.chars().next()?;
        match (c, next) {
            (' ' | '\n', '\r') if self.rest.starts_with("\r\n") => Some(2),
            (' ', '\n') => Some(1),
            _ if next == c => Some(c.len_utf8()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Kind;
    use crate::scope::{ScopeKind, Step};
    use crate::value::{Outcome, Value};

    fn scalar(source: &str, inner: &str, text: &str, block: bool) -> Scalar {
        let start = source.find(inner).unwrap();
        Scalar {
            value: Value::text(text),
            yaml11: None,
            text: text.into(),
            inner: Span::new(start, start + inner.len()),
            verbatim: false,
            block,
            templated: false,
        }
    }

    #[test]
    fn an_escaped_letter_of_several_bytes_keeps_its_end() {
        let source = "\"a\\\u{786}b\"";
        let inner = source.get(1..source.len() - 1).unwrap();
        let scalar = scalar(source, inner, "a\u{786}b", false);
        let mut map = OffsetMap::default();
        extend(&mut map, 0, Span::new(0, source.len()), &scalar, source);
        assert_eq!(map.outward(Span::new(0, 3)).of(source), "a\\\u{786}");
        assert_eq!(map.outward(Span::new(1, 3)).of(source), "\u{786}");
    }

    fn found<'a>(source: &'a str, whole: &str, scalar: &Scalar, word: &str) -> &'a str {
        let start = source.find(whole).unwrap();
        let map = map_of(Span::new(start, start + whole.len()), scalar, source);
        let at = scalar.text.find(word).unwrap();
        map.outward(Span::new(at, at + word.len())).of(source)
    }

    #[test]
    fn a_block_leads_back_through_its_indentation() {
        let source = "a: |\n    x: 1\n      deep: é\n\n    yy: 22\n";
        let inner = "x: 1\n      deep: é\n\n    yy: 22\n";
        let block = scalar(source, inner, "x: 1\n  deep: é\n\nyy: 22\n", true);
        for word in ["x: 1", "deep: é", "yy", "22"] {
            assert_eq!(found(source, inner, &block, word), word);
        }
        let with_indent = scalar(source, "    x: 1\n      deep: é\n\n    yy: 22\n", "x: 1\n  deep: é\n\nyy: 22\n", true);
        for word in ["x: 1", "deep: é", "yy", "22"] {
            assert_eq!(found(source, "    x: 1", &with_indent, word), word);
        }
    }

    #[test]
    fn crlf_blocks_and_folded_lines_lead_back() {
        let source = "a: |\r\n  x: 1\r\n  yy: 22\r\n";
        let block = scalar(source, "x: 1\r\n  yy: 22\r\n", "x: 1\nyy: 22\n", true);
        assert_eq!(found(source, "x: 1", &block, "yy: 22"), "yy: 22");
        let source = "a: >-\n  run --first\n  --second 2\n\n  third\n";
        let block = scalar(source, "run --first\n  --second 2\n\n  third\n", "run --first --second 2\nthird", true);
        for word in ["--first", "--second", "2", "third"] {
            assert_eq!(found(source, "run", &block, word), word);
        }
    }

    #[test]
    fn quotes_and_escapes_lead_back() {
        let source = r#"a: "x\ty \u00e9=1 \"q\" z=2""#;
        let quoted = scalar(source, r#"x\ty \u00e9=1 \"q\" z=2"#, "x\ty é=1 \"q\" z=2", false);
        for word in ["y", "=1", "q", "z=2"] {
            assert_eq!(found(source, "\"x", &quoted, word), word);
        }
        let source = "a: 'it''s = 3'";
        let quoted = scalar(source, "it''s = 3", "it's = 3", false);
        assert_eq!(found(source, "'it", &quoted, "s = 3"), "s = 3");
    }

    #[test]
    fn a_fragment_keeps_its_scopes_below_the_parent() {
        let mut outer = Reading::new(Kind("yaml"), 20);
        let parent = outer.scope(ScopeId::ROOT, ScopeKind::Document, "x", Step::Same, Span::new(0, 20));
        let mut inner = Reading::new(Kind("env-file"), 5);
        let below = inner.scope(ScopeId::ROOT, ScopeKind::Mapping, "", Step::Key("m".into()), Span::new(0, 5));
        inner.settings.push(Setting::keyed(ScopeId::ROOT, "a", Outcome::Unread, Span::new(0, 1), Span::new(2, 3)));
        inner.settings.push(Setting::keyed(below, "b", Outcome::Unread, Span::new(0, 1), Span::new(2, 3)));
        embed(&mut outer, parent, inner, &OffsetMap::shifted(10));
        assert_eq!(outer.settings[0].scope, parent);
        assert_eq!(outer.get(outer.settings[1].scope).parent, Some(parent));
        assert_eq!(outer.path_of(&outer.settings[1]), "m.b");
        assert_eq!(outer.settings[1].value_span, Span::new(12, 13));
        assert_eq!(outer.kinds, [Kind("yaml"), Kind("env-file")]);
    }
}
