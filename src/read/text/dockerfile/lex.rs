//! Cuts a Dockerfile into instructions: continuation lines, comments between them, heredocs, the `escape` directive.

use crate::read::text::command::{Word, split_with};
use crate::span::Span;

/// One instruction.
#[derive(Debug)]
pub(super) struct Instruction {
    /// In capitals: `ENV`.
    pub keyword: String,
    /// Where the keyword stands.
    pub span: Span,
    /// What follows the keyword, as long as in the file byte for byte; everything from a line's escape to the next real line
    /// is a row of `\`-newlines here, so that a shell's reader joins the lines.
    pub body: String,
    /// Where the body starts in the file.
    pub at: usize,
    /// The bodies of its heredocs.
    pub heredocs: Vec<Span>,
    /// It is carried out when another image is built from this one.
    pub onbuild: bool,
}

impl Instruction {
    /// The words of the body; quotes are taken off.
    pub fn words(&self, escape: char) -> Vec<Word> {
        split_with(&self.body, self.at, escape == '\\')
    }

    /// The words of an exec form (`["a", "b"]`), if it is one.
    pub fn exec(&self) -> Option<Vec<Word>> {
        let mut json = Json { text: &self.body, at: 0 };
        json.expect(b'[')?;
        let mut words = Vec::new();
        if json.expect(b']').is_none() {
            loop {
                let (from, to) = json.string()?;
                let raw = self.body.get(from..to)?;
                let text: String = serde_json::from_str(raw).ok()?;
                words.push(Word::new(text, Span::new(self.at + from, self.at + to), raw, true));
                if json.expect(b',').is_none() {
                    break;
                }
            }
            json.expect(b']')?;
        }
        json.blank();
        (json.at >= self.body.len()).then_some(words)
    }
}

struct Json<'a> {
    text: &'a str,
    at: usize,
}

impl Json<'_> {
    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn blank(&mut self) {
        while let (Some(b' ' | b'\t' | b'\r' | b'\n'), _) | (Some(b'\\'), Some(b'\n' | b'\r')) = (self.byte(0), self.byte(1)) {
            self.at += 1;
        }
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        self.blank();
        (self.byte(0)? == wanted).then(|| self.at += 1)
    }

    fn string(&mut self) -> Option<(usize, usize)> {
        self.expect(b'"')?;
        let from = self.at - 1;
        loop {
            match self.byte(0)? {
                b'"' => {
                    self.at += 1;
                    return Some((from, self.at));
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }
}

/// A whole Dockerfile.
#[derive(Debug)]
pub(super) struct Lexed {
    pub instructions: Vec<Instruction>,
    /// The character that joins lines.
    pub escape: char,
    /// A heredoc that is never closed.
    pub open_heredoc: Option<Span>,
}

/// Reads all instructions.
pub(super) fn lex(text: &str) -> Lexed {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut lexer = Lexer { text, at: start, escape: '\\', open_heredoc: None };
    lexer.directives();
    let mut instructions = Vec::new();
    while lexer.at < text.len() {
        if let Some(instruction) = lexer.instruction() {
            instructions.push(instruction);
        }
    }
    Lexed { instructions, escape: lexer.escape, open_heredoc: lexer.open_heredoc }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    escape: char,
    open_heredoc: Option<Span>,
}

impl<'a> Lexer<'a> {
    /// The line at the cursor without its end; the cursor moves on.
    fn line(&mut self) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or("");
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let end = rest.get(length..).unwrap_or("");
        self.at += length + if end.starts_with("\r\n") { 2 } else { usize::from(!end.is_empty()) };
        rest.get(..length).unwrap_or("")
    }

    /// `# escape=` counts only above everything else.
    fn directives(&mut self) {
        loop {
            let start = self.at;
            let line = self.line();
            let Some((key, value)) = line.trim().strip_prefix('#').and_then(|rest| rest.split_once('=')) else {
                self.at = start;
                return;
            };
            match key.trim().to_ascii_lowercase().as_str() {
                "escape" => self.escape = if value.trim() == "`" { '`' } else { '\\' },
                "syntax" | "check" => {}
                _ => {
                    self.at = start;
                    return;
                }
            }
        }
    }

    fn instruction(&mut self) -> Option<Instruction> {
        let start = self.at;
        let line = self.line();
        if passes_over(line) && !is_template(line) {
            return None;
        }
        let mut name = keyword(line, 0);
        let onbuild = line.get(name.clone()).is_some_and(|word| word.eq_ignore_ascii_case("ONBUILD"));
        if onbuild {
            name = keyword(line, name.end);
        }
        let rest = line.get(name.end..).unwrap_or("");
        let at = start + name.end + (rest.len() - rest.trim_start().len());
        let keyword = line.get(name.clone()).unwrap_or("").to_ascii_uppercase();
        let body = self.body(at, start + line.len());
        let mut instruction =
            Instruction { keyword, span: Span::new(start + name.start, start + name.end), body, at, heredocs: Vec::new(), onbuild };
        if matches!(instruction.keyword.as_str(), "RUN" | "COPY" | "ADD") && instruction.body.contains("<<") {
            for word in instruction.words(self.escape) {
                self.heredoc(&word, &mut instruction);
            }
        }
        Some(instruction)
    }

    /// The rest of the logical line that starts with the bytes `from..to`.
    fn body(&mut self, from: usize, to: usize) -> String {
        let mut body = String::new();
        let mut line = self.text.get(from..to).unwrap_or("");
        let mut from = from;
        loop {
            let Some(escape) = self.continues(line) else {
                body.push_str(line.trim_end());
                return body;
            };
            body.push_str(line.get(..escape).unwrap_or(""));
            let mut next;
            loop {
                next = self.at;
                if self.at >= self.text.len() {
                    return body;
                }
                line = self.line();
                if !passes_over(line) {
                    break;
                }
            }
            join(&mut body, next - (from + escape));
            from = next;
        }
    }

    /// Where the escape at the end of the line stands, if the line goes on. Two of them are none.
    fn continues(&self, line: &str) -> Option<usize> {
        let head = line.trim_end_matches([' ', '\t']).strip_suffix(self.escape)?;
        (!head.ends_with(self.escape)).then_some(head.len())
    }

    fn heredoc(&mut self, word: &Word, instruction: &mut Instruction) {
        let Some(marker) = word.raw.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<") else { return };
        let dash = marker.starts_with('-');
        let delimiter = marker.trim_start_matches('-').trim_matches(['"', '\'']);
        if delimiter.is_empty() || delimiter.contains('<') {
            return;
        }
        let start = self.at;
        while self.at < self.text.len() {
            let end = self.at;
            let line = self.line();
            let line = if dash { line.trim_start_matches('\t') } else { line };
            if line == delimiter {
                instruction.heredocs.push(Span::new(start, end));
                return;
            }
        }
        instruction.heredocs.push(Span::new(start, self.at));
        self.open_heredoc = Some(word.span);
    }
}

/// The keyword's place: the letters after any blanks; the first word where there are no letters.
fn keyword(line: &str, from: usize) -> std::ops::Range<usize> {
    let rest = line.get(from..).unwrap_or("");
    let start = from + rest.len() - rest.trim_start().len();
    let word = line.get(start..).unwrap_or("");
    let end = word.find(char::is_whitespace).unwrap_or(word.len());
    start..start + end
}

/// Blank lines, comments and template control lines stand between the parts of an instruction without ending it.
fn passes_over(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#') || is_template(line)
}

/// A line that is one template action.
fn is_template(line: &str) -> bool {
    let line = line.trim();
    (line.starts_with("{{") && line.ends_with("}}")) || (line.starts_with("{%") && line.ends_with("%}"))
}

/// Fills `length` bytes with line joins; a join is two bytes or three.
fn join(body: &mut String, length: usize) {
    if length % 2 == 1 {
        body.push_str("\\\r\n");
    }
    for _ in 0..(length / 2).saturating_sub(length % 2) {
        body.push_str("\\\n");
    }
}
