//! Splits commands into words the way a POSIX shell does, each word with the bytes it was read from. It never fails.

use crate::span::Span;

/// One word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word without its quotes and escapes; expansions are kept as written.
    pub text: Box<str>,
    /// Where it stands in the file, quotes included.
    pub span: Span,
    /// Nothing in it is expanded: every `$` is single-quoted or escaped, or the place expands nothing (an exec form).
    pub literal: bool,
    /// The bytes under `span`.
    pub raw: Box<str>,
}

impl Word {
    /// A word that comes from elsewhere, such as an item of a list; `raw` is the source under `span`.
    pub fn new(text: impl Into<Box<str>>, span: Span, raw: impl Into<Box<str>>, literal: bool) -> Self {
        Self { text: text.into(), span, literal, raw: raw.into() }
    }

    /// A part of the word: the bytes `from..to` of its text, with the quotes that belong to that part alone.
    #[must_use]
    pub fn part(&self, from: usize, to: usize) -> Self {
        let text: Box<str> = self.text.get(from..to).unwrap_or("").into();
        let (start, end) = if self.raw.len() == self.text.len() { (from, to) } else { self.raw_range(from, to) };
        let base = self.span.start as usize;
        let raw: Box<str> = self.raw.get(start..end).unwrap_or("").into();
        // without the source (a folded or otherwise rewritten text) the whole word is the place
        let fits = !raw.is_empty() || start == end;
        if fits && end <= self.raw.len() {
            Self { text, span: Span::new(base + start, base + end), literal: self.literal, raw }
        } else {
            Self { text, span: self.span, literal: self.literal, raw: self.raw.clone() }
        }
    }

    /// Where the text stands in the source, run by run: pairs of an offset in the text and one in the file.
    pub(super) fn runs(&self) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        self.walk(|at, seen, shown| {
            let follows = runs.last().is_some_and(|(text, raw)| seen - text == at - raw);
            if shown && !follows {
                runs.push((seen, at));
            }
            true
        });
        let base = self.span.start as usize;
        runs.into_iter().map(|(text, raw)| (text, base + raw)).collect()
    }

    /// Walks the source beside the text until `each` has enough: the offset in the source, how much of the text was before it, and whether
    /// a character of the text stands here.
    fn walk(&self, mut each: impl FnMut(usize, usize, bool) -> bool) {
        let (mut seen, mut quote) = (0, None);
        let mut text = self.text.chars().peekable();
        let mut raw = self.raw.char_indices().peekable();
        while let Some((at, c)) = raw.next() {
            let shown = match quote {
                Some(open) if c == open => {
                    quote = None;
                    false
                }
                None if matches!(c, '"' | '\'') => {
                    quote = Some(c);
                    false
                }
                _ => !(c == '\\' && quote != Some('\'') && text.peek() != Some(&'\\')),
            };
            if !each(at, seen, shown) {
                return;
            }
            if shown {
                // an escaped backslash is two in the source and one in the text
                if c == '\\' && quote != Some('\'') && raw.peek().is_some_and(|(_, next)| *next == '\\') {
                    raw.next();
                }
                seen += text.next().map_or(0, char::len_utf8);
            }
        }
    }

    /// Where the text's bytes `from..to` stand in the source.
    fn raw_range(&self, from: usize, to: usize) -> (usize, usize) {
        let (mut start, mut end) = (None, self.raw.len());
        self.walk(|at, seen, _| {
            if seen >= from && start.is_none() {
                start = Some(at);
            }
            let ends = seen >= to && to < self.text.len();
            if ends {
                end = at;
            }
            !ends
        });
        let start = start.unwrap_or(end);
        // `"--flag=value"`: the closing quote belongs to the whole word
        if to >= self.text.len() && end == self.raw.len() {
            let first = self.raw.chars().next().filter(|c| matches!(c, '"' | '\''));
            let opened_before = first.is_some_and(|open| {
                start > 0 && self.raw.ends_with(open) && self.raw.get(..start).is_some_and(|head| head.matches(open).count() % 2 == 1)
            });
            if opened_before {
                end -= 1;
            }
        }
        (start.min(end), end)
    }
}

/// The words of a text that is one command; `offset` is where the text starts in the file. Line ends are white space.
#[must_use]
pub fn split(text: &str, offset: usize) -> Vec<Word> {
    split_with(text, offset, true)
}

/// As [`split`]; `backslash` says whether backslashes escape.
pub(crate) fn split_with(text: &str, offset: usize, backslash: bool) -> Vec<Word> {
    let mut lexer = Lexer::new(text, offset, false);
    lexer.backslash = backslash;
    let mut words = Vec::new();
    while let Some(token) = lexer.next_token() {
        if let Token::Word(word) = token {
            words.push(word);
        }
    }
    words
}

/// What a script consists of.
#[derive(Debug)]
pub(super) enum Token {
    /// A word of the current command.
    Word(Word),
    /// A redirection's target; no part of the arguments.
    Redirect(Word),
    /// The command ends, and what it prints goes to the next one: `|`, `|&`.
    Pipe,
    /// The command ends: a line end, `;`, `&&`, `||`, a parenthesis.
    Break,
}

/// Reads tokens from left to right.
#[derive(Debug)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    offset: usize,
    at: usize,
    /// Operators, comments and heredocs mean something.
    shell: bool,
    /// A backslash takes the meaning from the next character (not where a Dockerfile chose another escape).
    pub(super) backslash: bool,
    heredocs: Vec<(Box<str>, bool)>,
    /// Where the texts of heredocs stand that were passed over.
    passed: Vec<std::ops::Range<usize>>,
    /// Expansions that were never closed; after [`MOST_OPEN`] of them the others are not looked for.
    open: u8,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, offset: usize, shell: bool) -> Self {
        Self { text, offset, at: 0, shell, backslash: true, heredocs: Vec::new(), passed: Vec::new(), open: 0 }
    }

    /// Whether the text of a heredoc begins with the next line.
    pub(super) fn awaits_heredoc(&self) -> bool {
        !self.heredocs.is_empty() || !self.passed.is_empty()
    }

    /// The texts of heredocs that were passed over since this was asked last, as places in the lexer's text.
    pub(super) fn heredocs_read(&mut self) -> Vec<std::ops::Range<usize>> {
        std::mem::take(&mut self.passed)
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    pub(super) fn next_token(&mut self) -> Option<Token> {
        loop {
            match self.byte(0)? {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.continuation().is_some() => self.at += self.continuation().unwrap_or(1),
                b'\n' if !self.shell => self.at += 1,
                b'\n' => {
                    self.at += 1;
                    self.skip_heredocs();
                    return Some(Token::Break);
                }
                b'#' if self.shell => self.skip_line(),
                b';' | b'&' | b'|' | b'(' | b')' if self.shell => {
                    let redirects = self.byte(0) == Some(b'&') && self.byte(1) == Some(b'>');
                    let pipe = self.byte(0) == Some(b'|') && self.byte(1) != Some(b'|');
                    let both = matches!((self.byte(0), self.byte(1)), (Some(b'|'), Some(b'|' | b'&')));
                    self.at += 1 + usize::from(both);
                    if redirects {
                        continue;
                    }
                    return Some(if pipe { Token::Pipe } else { Token::Break });
                }
                b'<' | b'>' if self.shell => {
                    if let Some(target) = self.redirect() {
                        return Some(Token::Redirect(target));
                    }
                }
                _ => {
                    let word = self.word();
                    let descriptor =
                        self.shell && matches!(self.byte(0), Some(b'<' | b'>')) && word.raw.bytes().all(|b| b.is_ascii_digit());
                    if !descriptor {
                        return Some(Token::Word(word));
                    }
                }
            }
        }
    }

    /// The length of a backslash with the line end after it.
    fn continuation(&self) -> Option<usize> {
        match (self.byte(0)?, self.byte(1)?, self.byte(2)) {
            (b'\\', b'\n', _) => Some(2),
            (b'\\', b'\r', Some(b'\n')) => Some(3),
            _ => None,
        }
    }

    fn skip_line(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or("");
        self.at += rest.find('\n').unwrap_or(rest.len());
    }

    /// `> file`, `2>&1`, `<<EOF`; a heredoc's body is passed over at the end of the line.
    fn redirect(&mut self) -> Option<Word> {
        let operator = self.text.get(self.at..).unwrap_or("");
        let heredoc = operator.starts_with("<<") && !operator.starts_with("<<<");
        if heredoc {
            self.at += 2;
        } else {
            while matches!(self.byte(0), Some(b'<' | b'>' | b'&' | b'|')) {
                self.at += 1;
            }
        }
        let dash = heredoc && self.byte(0) == Some(b'-');
        self.at += usize::from(dash);
        while matches!(self.byte(0), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        if matches!(self.byte(0), None | Some(b'\n' | b'\r' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>')) {
            return None;
        }
        let target = self.word();
        if heredoc {
            self.heredocs.push((target.text, dash));
            return None;
        }
        Some(target)
    }

    fn skip_heredocs(&mut self) {
        for (delimiter, dash) in std::mem::take(&mut self.heredocs) {
            let start = self.at;
            loop {
                let end = self.at;
                let rest = self.text.get(self.at..).unwrap_or("");
                if rest.is_empty() {
                    return;
                }
                let line = rest.split('\n').next().unwrap_or("");
                self.at += (line.len() + 1).min(rest.len());
                let line = line.trim_end_matches('\r');
                let line = if dash { line.trim_start_matches('\t') } else { line };
                if line == &*delimiter {
                    self.passed.push(start..end);
                    break;
                }
            }
        }
    }

    fn word(&mut self) -> Word {
        let start = self.at;
        let mut text = String::new();
        let mut live = false;
        while let Some(byte) = self.byte(0) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => break,
                b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' if self.shell => break,
                b'\\' => {
                    if let Some(length) = self.continuation() {
                        self.at += length;
                    } else {
                        self.at += usize::from(self.backslash);
                        self.take(&mut text);
                    }
                }
                b'\'' => self.single_quoted(&mut text),
                b'"' => live |= self.double_quoted(&mut text),
                b'$' | b'`' => {
                    live = true;
                    self.expansion(&mut text);
                }
                _ => self.take(&mut text),
            }
        }
        if self.at == start {
            // nothing but an operator can stand here; never stay at one place
            self.take(&mut text);
        }
        let raw = self.text.get(start..self.at).unwrap_or("");
        Word { text: text.into(), span: Span::new(self.offset + start, self.offset + self.at), literal: !live, raw: raw.into() }
    }

    /// Moves one character to the word.
    fn take(&mut self, text: &mut String) {
        if let Some(c) = self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            text.push(c);
            self.at += c.len_utf8();
        } else {
            self.at = self.text.len();
        }
    }

    fn single_quoted(&mut self, text: &mut String) {
        let rest = self.text.get(self.at + 1..).unwrap_or("");
        let content = rest.split('\'').next().unwrap_or("");
        text.push_str(content);
        self.at = (self.at + content.len() + 2).min(self.text.len());
    }

    /// Says whether something in it is expanded.
    fn double_quoted(&mut self, text: &mut String) -> bool {
        self.at += 1;
        let mut live = false;
        while let Some(byte) = self.byte(0) {
            match byte {
                b'"' => {
                    self.at += 1;
                    break;
                }
                b'\\' => {
                    if let Some(length) = self.continuation() {
                        self.at += length;
                    } else {
                        let escapes = self.backslash && matches!(self.byte(1), Some(b'"' | b'\\' | b'$' | b'`'));
                        if escapes {
                            self.at += 1;
                        }
                        self.take(text);
                    }
                }
                b'$' | b'`' => {
                    live = true;
                    self.expansion(text);
                }
                _ => self.take(text),
            }
        }
        live
    }

    /// Copies `$X`, `${...}`, `$(...)` or a pair of backticks as written: white space inside ends no word.
    fn expansion(&mut self, text: &mut String) {
        let start = self.at;
        let first = self.byte(0);
        self.at += 1;
        if first == Some(b'`') {
            let rest = self.text.get(self.at..).unwrap_or("");
            // looked for once only when there is none
            let end = if self.open < MOST_OPEN { rest.find('`') } else { None };
            match end {
                Some(end) => self.at += end + 1,
                None => self.open = MOST_OPEN,
            }
        } else if let Some(open @ (b'{' | b'(')) = self.byte(0) {
            let close = if open == b'{' { b'}' } else { b')' };
            let rest = self.text.as_bytes().get(self.at..).unwrap_or(&[]);
            // an expansion that is never closed is no expansion
            let length = if self.open < MOST_OPEN { balanced(rest, open, close) } else { None };
            match length {
                Some(length) => self.at += length,
                None => self.open = self.open.saturating_add(1),
            }
        }
        text.push_str(self.text.get(start..self.at).unwrap_or(""));
    }
}

/// See [`Lexer::open`].
const MOST_OPEN: u8 = 64;

/// How long an expansion may be. The bound keeps a text full of unclosed ones linear.
const LONGEST_EXPANSION: usize = 4096;

/// The length up to and with the closing byte of the opening one at the start.
fn balanced(bytes: &[u8], open: u8, close: u8) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate().take(LONGEST_EXPANSION) {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(at + 1);
            }
        }
    }
    None
}
