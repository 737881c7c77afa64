//! The lines of INI and properties files: names and values with their bytes.

use crate::read::text::lines;
use crate::span::Span;

/// A name or a value.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// Without quotes and escapes.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
    /// It stands in quotes.
    pub quoted: bool,
    /// There is no `=` at all.
    pub absent: bool,
}

/// What an indented line below a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Indent {
    /// More of the key's value (Python's `configparser`).
    Continues,
    /// The same, unless it is a key itself (Git's configuration, hand-aligned files).
    ContinuesUnlessKey,
}

/// One line that says something.
#[derive(Debug)]
pub(super) enum Line {
    Section(Vec<Box<str>>, Span),
    Key(Piece, Piece),
}

/// Gives every section and key in order.
pub(super) fn ini(text: &str, indent: Indent, mut take: impl FnMut(Line)) {
    let mut pending: Option<(usize, Piece, Piece)> = None;
    for (start, line) in lines(text) {
        let content = line.trim();
        let depth = line.len() - line.trim_start().len();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        if let Some((column, _, value)) = &mut pending
            && depth > *column
            && !content.starts_with('[')
            && (indent == Indent::Continues || split(content).is_none_or(|(name, _)| name.trim().contains(char::is_whitespace)))
            && !value.absent
        {
            let more = uncommented(content);
            let at = start + depth;
            value.span = if value.span.is_empty() {
                Span::new(at, at + more.len())
            } else {
                Span { end: Span::new(at, at + more.len()).end, ..value.span }
            };
            if !value.text.is_empty() {
                value.text.push('\n');
            }
            value.text.push_str(more);
            value.quoted = false;
            continue;
        }
        if let Some((_, name, value)) = pending.take() {
            take(Line::Key(name, value));
        }
        if let Some(steps) = section(content) {
            take(Line::Section(steps, Span::new(start + depth, start + depth + content.len())));
        } else if let Some((name, value)) = key(content, start + depth) {
            pending = Some((depth, name, value));
        }
    }
    if let Some((_, name, value)) = pending {
        take(Line::Key(name, value));
    }
}

/// The steps of `[a.b]`, of Git's `[a "b"]` and of DVC's `['a "b"']`.
fn section(line: &str) -> Option<Vec<Box<str>>> {
    let inner = line.strip_prefix('[')?;
    if let Some((name, rest)) = inner.split_once('"') {
        let sub = rest.rsplit_once('"')?.0;
        return Some(vec![name.trim().trim_start_matches('\'').into(), sub.replace("\\\"", "\"").into()]);
    }
    let inner = inner.get(..inner.find(']')?)?.trim();
    if inner.contains(['/', ':']) || inner.split('.').any(str::is_empty) {
        return Some(vec![inner.into()]);
    }
    Some(inner.splitn(super::STEPS, '.').map(Into::into).collect())
}

/// The name and the rest after the first `=` or `:`.
fn split(line: &str) -> Option<(&str, &str)> {
    let at = line.find(['=', ':'])?;
    Some((line.get(..at)?, line.get(at + 1..)?))
}

fn key(line: &str, at: usize) -> Option<(Piece, Piece)> {
    let Some((name, rest)) = split(line) else {
        let name = uncommented(line);
        let end = at + name.len();
        let value = Piece { absent: true, span: Span::new(end, end), ..Piece::default() };
        return (!name.contains(char::is_whitespace)).then(|| (piece(name, at), value));
    };
    let name = name.trim_end();
    if name.is_empty() {
        return None;
    }
    let blank = rest.len() - rest.trim_start().len();
    let from = at + line.len() - rest.len();
    let value = uncommented(rest.trim_start());
    if value.is_empty() {
        return Some((piece(name, at), Piece { span: Span::new(from, from), ..Piece::default() }));
    }
    let inner = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    let span = Span::new(from + blank, from + blank + value.len());
    let value = Piece { text: inner.unwrap_or(value).to_owned(), span, quoted: inner.is_some(), absent: false };
    Some((piece(name, at), value))
}

fn piece(text: &str, at: usize) -> Piece {
    Piece { text: text.to_owned(), span: Span::new(at, at + text.len()), quoted: false, absent: false }
}

/// The text up to a comment: `#` or `;` after a blank and outside quotes. At the start it must be followed by a blank,
/// so that `#fff` is a value.
fn uncommented(text: &str) -> &str {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    let from = quote.and_then(|quote| text.get(1..)?.find(quote)).map_or(0, |end| end + 2);
    let comment = text.match_indices([';', '#']).find(|(at, _)| {
        let after = text.get(at + 1..).unwrap_or("");
        let before = text.get(..*at).unwrap_or("");
        *at >= from && if *at == 0 { after.is_empty() || after.starts_with([' ', '\t']) } else { before.ends_with([' ', '\t']) }
    });
    comment.map_or(text, |(at, _)| text.get(..at).unwrap_or(text)).trim_end()
}

/// Gives every property in order.
pub(super) fn properties(text: &str, mut take: impl FnMut(Piece, Piece)) {
    let mut reader = Properties { text, at: if text.starts_with('\u{feff}') { 3 } else { 0 } };
    while reader.at < text.len() {
        reader.blank(true);
        match reader.peek() {
            None => {}
            Some('#' | '!') => reader.skip_line(),
            Some(_) => {
                let name = reader.piece(true);
                reader.blank(false);
                if matches!(reader.peek(), Some('=' | ':')) {
                    reader.at += 1;
                }
                let separator = reader.at;
                reader.blank(false);
                let mut value = reader.piece(false);
                if value.text.is_empty() {
                    value.span = Span::new(separator, separator);
                }
                if !name.text.is_empty() {
                    take(name, value);
                }
            }
        }
    }
}

struct Properties<'a> {
    text: &'a str,
    at: usize,
}

impl Properties<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    /// Passes blanks and joined lines; line ends too where a property may start.
    fn blank(&mut self, lines: bool) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\u{c}') => self.at += 1,
                Some('\n' | '\r') if lines => self.at += 1,
                Some('\\') if self.joined().is_some() => self.at += self.joined().unwrap_or(1),
                _ => return,
            }
        }
    }

    /// The length of a backslash with the line end after it.
    fn joined(&self) -> Option<usize> {
        let rest = self.text.get(self.at + 1..)?;
        if rest.starts_with("\r\n") { Some(3) } else { rest.starts_with(['\n', '\r']).then_some(2) }
    }

    fn skip_line(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or("");
        self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
    }

    /// A name (up to a separator) or a value (up to the line's end).
    fn piece(&mut self, name: bool) -> Piece {
        let start = self.at;
        let mut text = String::new();
        let mut end = start;
        while let Some(c) = self.peek() {
            match c {
                '\n' | '\r' => break,
                ' ' | '\t' | '\u{c}' | '=' | ':' if name => break,
                '\\' if self.joined().is_some() => {
                    self.at += self.joined().unwrap_or(2);
                    self.blank(false);
                    continue;
                }
                '\\' => self.escape(&mut text),
                _ => {
                    text.push(c);
                    self.at += c.len_utf8();
                }
            }
            end = self.at;
        }
        // blanks at the end belong to the value in Java; nobody means them
        let raw = self.text.get(start..end).unwrap_or("");
        let trimmed = if name { raw } else { raw.trim_end() };
        text.truncate(text.len() - (raw.len() - trimmed.len()).min(text.len() - text.trim_end().len()));
        Piece { text, span: Span::new(start, start + trimmed.len()), quoted: false, absent: false }
    }

    fn escape(&mut self, text: &mut String) {
        self.at += 1;
        let Some(c) = self.peek() else { return };
        self.at += c.len_utf8();
        match c {
            't' => text.push('\t'),
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            'f' => text.push('\u{c}'),
            'u' => {
                let code = self.text.get(self.at..self.at + 4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
                self.at += if code.is_some() { 4 } else { 0 };
                text.push(code.and_then(char::from_u32).unwrap_or('\u{fffd}'));
            }
            other => text.push(other),
        }
    }
}
