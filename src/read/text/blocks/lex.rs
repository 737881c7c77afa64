//! One tokenizer for all of them: words and quotes, and what opens, ends and closes a block.

use super::Dialect;
use crate::reading::Problem;
use crate::span::Span;

/// Longest name of a variable in braces, in bytes.
const LONGEST_VARIABLE: usize = 200;

/// One word; quotes and escapes are taken off.
#[derive(Clone, Debug, Default)]
pub(super) struct Word {
    pub text: String,
    pub span: Span,
    pub quoted: bool,
    /// A template's action stands in it.
    pub templated: bool,
}

/// How a statement ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Line,
    Open,
    Close,
}

/// Words up to an end of a line or an edge of a block.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub words: Vec<Word>,
    pub end: End,
    /// Where it ends.
    pub at: usize,
}

/// All statements of a file.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    pub statements: Vec<Statement>,
    pub problems: Vec<Problem>,
    pub templated: bool,
}

/// Takes a file apart.
pub(super) fn statements(dialect: Dialect, text: &str) -> Lexed {
    let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut lexer = Lexer { dialect, text, at, depth: 0, words: Vec::new(), absent: Vec::new(), out: Lexed::default() };
    match dialect {
        Dialect::Nginx => lexer.semicolons(),
        Dialect::Caddy | Dialect::Logrotate => lexer.braced_lines(),
        _ => lexer.lines(),
    }
    lexer.out
}

struct Lexer<'a> {
    dialect: Dialect,
    text: &'a str,
    at: usize,
    depth: usize,
    words: Vec<Word>,
    /// Ends of template actions that do not come again: looking for them at every action would take the square of the text's length.
    absent: Vec<&'static str>,
    out: Lexed,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn end(&mut self, end: End) {
        let words = std::mem::take(&mut self.words);
        if !words.is_empty() || end != End::Line {
            self.out.statements.push(Statement { words, end, at: self.at });
        }
        match end {
            End::Open => self.depth += 1,
            End::Close => self.depth = self.depth.saturating_sub(1),
            End::Line => {}
        }
    }

    /// How far it is to the end of a template's action.
    fn until(&mut self, close: &'static str) -> Option<usize> {
        if self.absent.contains(&close) {
            return None;
        }
        let length = self.rest().find(close);
        if length.is_none() {
            self.absent.push(close);
        }
        length
    }

    fn skip_to_line_end(&mut self) {
        self.at += self.rest().find(['\n', '\r']).unwrap_or(self.rest().len());
    }

    /// Skips a template's block or comment (`{% .. %}`, `{# .. #}`); its words are no words of the file.
    fn skip_action(&mut self) -> bool {
        let close = match self.rest().get(..2) {
            Some("{%") => "%}",
            Some("{#") => "#}",
            _ => return false,
        };
        let Some(length) = self.until(close) else { return false };
        self.at += length + 2;
        self.out.templated = true;
        true
    }

    /// nginx: a statement ends at `;`, at `{` and at `}`.
    fn semicolons(&mut self) {
        while let Some(c) = self.next() {
            match c {
                c if c.is_whitespace() => self.at += c.len_utf8(),
                '#' => self.skip_to_line_end(),
                ';' => {
                    self.end(End::Line);
                    self.at += 1;
                }
                '{' if self.rest().starts_with("{{") => self.word(),
                '{' if self.skip_action() => {}
                '{' => {
                    self.at += 1;
                    let code = self.words.first().is_some_and(|word| word.text.ends_with("_by_lua_block"));
                    if code { self.code() } else { self.end(End::Open) }
                }
                '}' => {
                    self.unfinished();
                    self.at += 1;
                    self.end(End::Close);
                }
                _ => self.word(),
            }
        }
        self.unfinished();
    }

    /// Words that no `;` ended.
    fn unfinished(&mut self) {
        let Some(word) = self.words.first() else { return };
        let message = format!("`{}` has no `;` at its end", word.text.chars().take(40).collect::<String>());
        self.out.problems.push(Problem { span: Some(word.span), message, fatal: !self.out.templated });
        self.words.clear();
    }

    /// Passes over a block of another language, up to the brace that closes it.
    fn code(&mut self) {
        let mut depth = 1_usize;
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'"' | b'\'' => {
                    let quote = char::from(*byte);
                    // a quote that is not closed on its line is an apostrophe of a comment
                    if let Some(length) =
                        self.rest().find([quote, '\n', '\r']).filter(|length| self.rest().as_bytes().get(*length) == Some(byte))
                    {
                        self.at += length + 1;
                    }
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        self.words.clear();
    }

    /// Caddy and logrotate: a statement ends with its line, a brace that is a word opens or closes.
    fn braced_lines(&mut self) {
        while let Some(c) = self.next() {
            match c {
                '\n' | '\r' => {
                    if !self.goes_on() {
                        self.end(End::Line);
                    }
                    self.at += 1;
                }
                c if c.is_whitespace() => self.at += c.len_utf8(),
                '#' => self.skip_to_line_end(),
                '\\' if self.rest().starts_with("\\\n") => self.at += 2,
                '\\' if self.rest().starts_with("\\\r\n") => self.at += 3,
                '{' if self.alone() => {
                    self.at += 1;
                    self.end(End::Open);
                }
                '}' if self.alone() => {
                    self.end(End::Line);
                    self.at += 1;
                    self.end(End::Close);
                }
                '{' if self.skip_action() => {}
                _ => {
                    self.word();
                    self.script();
                }
            }
        }
        self.end(End::Line);
    }

    /// Whether the brace here is a word of its own.
    fn alone(&self) -> bool {
        self.rest().chars().nth(1).is_none_or(char::is_whitespace)
    }

    /// Whether the next line belongs to this one: addresses and paths in front of a block.
    fn goes_on(&self) -> bool {
        let comma = self.words.last().is_some_and(|word| word.text.ends_with(','));
        let path = self.depth == 0 && self.words.first().is_some_and(|word| word.quoted || word.text.starts_with(['/', '*']));
        if self.dialect == Dialect::Caddy { comma } else { path }
    }

    /// Scripts of logrotate are no configuration.
    fn script(&mut self) {
        let starts = |word: &Word| matches!(&*word.text, "postrotate" | "prerotate" | "firstaction" | "lastaction" | "preremove");
        if self.dialect == Dialect::Logrotate && self.words.len() == 1 && self.words.first().is_some_and(starts) {
            let length = self.rest().find("endscript").map_or(self.rest().len(), |at| at + "endscript".len());
            self.at += length;
            self.words.clear();
        }
    }

    /// All others: a statement is a line, a section has its own.
    fn lines(&mut self) {
        while !self.rest().is_empty() {
            let start = self.at;
            self.skip_to_line_end();
            // a line that ends with a backslash goes on
            while self.continues() && self.text.get(start..self.at).is_some_and(|line| line.ends_with('\\')) {
                self.at += if self.rest().starts_with("\r\n") { 2 } else { 1 };
                self.skip_to_line_end();
            }
            let end = self.at;
            self.line(start, end);
            self.at = end + usize::from(end < self.text.len());
        }
        if self.dialect == Dialect::FluentBit && self.depth > 0 {
            self.end(End::Close);
        }
    }

    fn continues(&self) -> bool {
        self.dialect == Dialect::Apache && !self.rest().is_empty()
    }

    fn line(&mut self, start: usize, end: usize) {
        let line = self.text.get(start..end).unwrap_or("");
        let content = line.trim();
        let start = start + (line.len() - line.trim_start().len());
        if content.is_empty() || content.starts_with('#') {
            return;
        }
        let sections = matches!(self.dialect, Dialect::Apache | Dialect::Fluentd);
        self.at = start;
        if let Some(name) = content.strip_prefix("</").filter(|_| sections) {
            self.at += 2 + name.len();
            self.end(End::Close);
        } else if content.starts_with('<') && content.ends_with('>') && sections {
            self.at += 1;
            self.words_to(start + content.len() - 1);
            self.end(End::Open);
        } else if self.dialect == Dialect::FluentBit && content.starts_with('[') {
            if self.depth > 0 {
                self.end(End::Close);
            }
            let length = content.find(']').unwrap_or(content.len());
            self.at += 1;
            let name = content.get(1..length).unwrap_or("").trim();
            let span = Span::new(self.at, self.at + length.saturating_sub(1));
            self.words.push(Word { text: name.to_owned(), span, ..Word::default() });
            self.end(End::Open);
        } else if self.dialect == Dialect::Postgres {
            self.assignment(start, content);
        } else {
            self.words_to(start + content.len());
            self.end(End::Line);
        }
    }

    fn words_to(&mut self, end: usize) {
        while self.at < end {
            match self.next() {
                Some(c) if c.is_whitespace() => self.at += c.len_utf8(),
                Some('\\') if self.rest().starts_with("\\\n") || self.rest().starts_with("\\\r") => self.at += 1,
                Some('#') if matches!(self.dialect, Dialect::Fluentd) => return,
                Some(_) => {
                    self.word();
                    if let Some(word) = self.words.last_mut().filter(|word| word.span.range().end > end) {
                        word.span.end = u32::try_from(end).unwrap_or(u32::MAX);
                        word.span.of(self.text).clone_into(&mut word.text);
                    }
                }
                None => return,
            }
        }
    }

    /// `key = 'value' # comment`, with or without the `=`.
    fn assignment(&mut self, start: usize, content: &str) {
        let length = content.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(content.len());
        let (key, rest) = content.split_at_checked(length).unwrap_or((content, ""));
        let value = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '=');
        let from = start + content.len() - value.len();
        let (written, text, quoted) = if let Some(inner) = value.strip_prefix('\'') {
            // two quotes are one
            let end = inner.replace("''", "\u{1}\u{1}").find('\'').unwrap_or(inner.len());
            let text = inner.get(..end).unwrap_or("").replace("''", "'");
            (value.get(..(end + 2).min(value.len())).unwrap_or(value), text, true)
        } else {
            let bare = value.split('#').next().unwrap_or("").trim_end();
            (bare, bare.to_owned(), false)
        };
        self.words.push(Word { text: key.to_ascii_lowercase(), span: Span::new(start, start + length), ..Word::default() });
        if !written.is_empty() {
            let templated = written.contains("{{");
            self.words.push(Word { text, span: Span::new(from, from + written.len()), quoted, templated });
        }
        self.end(End::Line);
    }

    /// Reads one word.
    fn word(&mut self) {
        let start = self.at;
        let quote = self.next().filter(|c| matches!(c, '"' | '\'') || (*c == '`' && self.dialect == Dialect::Caddy));
        let mut word = Word::default();
        if let Some(quote) = quote {
            self.at += 1;
            word.quoted = true;
            let mut closed = false;
            while let Some(c) = self.next() {
                self.at += c.len_utf8();
                if c == '\\' && quote != '`' && self.next().is_some_and(|next| next == quote || next == '\\') {
                    word.text.extend(self.next());
                    self.at += 1;
                } else if c == quote {
                    closed = true;
                    break;
                } else {
                    word.text.push(c);
                }
            }
            if !closed {
                let span = Some(Span::new(start, start + 1));
                self.out.problems.push(Problem { span, message: "a quote is not closed".into(), fatal: true });
            }
            word.templated = word.text.contains("{{");
        } else {
            self.bare(&mut word);
        }
        word.span = Span::new(start, self.at);
        self.out.templated |= word.templated;
        self.words.push(word);
    }

    fn bare(&mut self, word: &mut Word) {
        let nginx = self.dialect == Dialect::Nginx;
        while let Some(c) = self.next() {
            if self.rest().starts_with("{{")
                && let Some(length) = self.until("}}")
            {
                word.templated = true;
                word.text.push_str(self.rest().get(..length + 2).unwrap_or(""));
                self.at += length + 2;
                continue;
            }
            let variable = c == '{' && word.text.ends_with('$');
            if c.is_whitespace() || (nginx && !variable && matches!(c, ';' | '{' | '}')) {
                break;
            }
            self.at += c.len_utf8();
            word.text.push(c);
            if variable
                && nginx
                && let Some(length) = self.rest().bytes().take(LONGEST_VARIABLE).position(|byte| matches!(byte, b'}' | b'\n' | b';' | b' '))
                && self.rest().as_bytes().get(length) == Some(&b'}')
            {
                word.text.push_str(self.rest().get(..=length).unwrap_or(""));
                self.at += length + 1;
            } else if nginx
                && c == '\\'
                && let Some(next) = self.next()
            {
                self.at += next.len_utf8();
                word.text.push(next);
            }
        }
        // a lone brace of a broken file must not stop the reading
        if word.text.is_empty()
            && let Some(c) = self.next()
        {
            self.at += c.len_utf8();
            word.text.push(c);
        }
    }
}
