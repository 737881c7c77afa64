//! The words and operators of a shell script, as far as it takes to know what runs and what becomes of its exit code.

/// One piece of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    /// `;` `;;` `&` `&&` `|` `||` `|&` `(` `)` or a line's end.
    Operator(&'static str),
    /// Where output goes to, or input comes from.
    Target(String),
}

/// One word, with its quotes taken off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    pub start: usize,
    pub end: usize,
    /// Nothing of it was quoted, so it may be a reserved word.
    pub plain: bool,
}

const OPERATORS: [&str; 10] = ["&&", "||", "|&", ";;", ";", "&", "|", "(", ")", "\n"];

/// All tokens of a script. Comments and the texts of here-documents are none.
pub(super) fn tokens(script: &str) -> Vec<Token> {
    let mut reader = Reader { script, at: 0, found: Vec::new(), word: None, target: false, ends: Vec::new(), document: None };
    reader.read();
    reader.found
}

struct Reader<'a> {
    script: &'a str,
    at: usize,
    found: Vec<Token>,
    word: Option<Word>,
    /// The next word is the target of a redirection.
    target: bool,
    /// The next target ends a here-document; whether tabs before it count for nothing.
    document: Option<bool>,
    /// What ends the here-documents that begin at the next line.
    ends: Vec<(String, bool)>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.script.get(self.at..).unwrap_or_default()
    }

    fn read(&mut self) {
        while let Some(next) = self.rest().chars().next() {
            match next {
                '\\' => self.escaped(),
                '#' if self.word.is_none() => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                '\'' => self.quoted('\'', 1),
                '"' => self.double(),
                '`' => self.quoted('`', 0),
                '$' => self.dollar(),
                '<' | '>' => self.redirection(),
                '&' if self.rest().starts_with("&>") => self.redirection(),
                ' ' | '\t' | '\r' => {
                    self.end();
                    self.at += 1;
                }
                other => match OPERATORS.into_iter().find(|operator| self.rest().starts_with(operator)) {
                    Some(operator) => self.operator(operator),
                    None => self.push(other),
                },
            }
        }
        self.end();
    }

    fn operator(&mut self, operator: &'static str) {
        self.end();
        self.target = false;
        self.at += operator.len();
        self.found.push(Token::Operator(operator));
        if operator == "\n" {
            for (end, indented) in std::mem::take(&mut self.ends) {
                self.skip_document(&end, indented);
            }
        }
    }

    fn skip_document(&mut self, end: &str, indented: bool) {
        while !self.rest().is_empty() {
            let line = self.rest().split_inclusive('\n').next().unwrap_or_default();
            let text = line.trim_end_matches(['\n', '\r']);
            let ends = (if indented { text.trim_start_matches('\t') } else { text }) == end;
            self.at += line.len();
            if ends {
                return;
            }
        }
    }

    fn word(&mut self) -> &mut Word {
        let at = self.at;
        self.word.get_or_insert_with(|| Word { start: at, plain: true, ..Word::default() })
    }

    fn push(&mut self, next: char) {
        self.word().text.push(next);
        self.at += next.len_utf8();
    }

    fn end(&mut self) {
        let Some(mut word) = self.word.take() else { return };
        word.end = self.at;
        if !std::mem::take(&mut self.target) {
            self.found.push(Token::Word(word));
        } else if let Some(indented) = self.document.take() {
            self.ends.push((word.text, indented));
        } else {
            self.found.push(Token::Target(word.text));
        }
    }

    /// A backslash and what follows it; before a line's end both are nothing.
    fn escaped(&mut self) {
        let next = self.rest().chars().nth(1);
        if let Some(length) = ["\\\n", "\\\r\n"].iter().find(|end| self.rest().starts_with(**end)).map(|end| end.len()) {
            self.at += length;
            return;
        }
        let word = self.word();
        word.plain = false;
        word.text.extend(next);
        self.at += 1 + next.map_or(0, char::len_utf8);
    }

    /// A text up to the same quote; `drop` says how much of each quote is left out.
    fn quoted(&mut self, quote: char, drop: usize) {
        let length = self.rest().get(1..).and_then(|rest| rest.find(quote)).map_or(self.rest().len(), |end| end + 2);
        let text = self.rest().get(drop..length.saturating_sub(drop).max(drop)).unwrap_or_default().to_owned();
        let word = self.word();
        word.plain = false;
        word.text.push_str(&text);
        self.at += length;
    }

    fn double(&mut self) {
        self.word().plain = false;
        self.at += 1;
        while let Some(next) = self.rest().chars().next() {
            match next {
                '"' => {
                    self.at += 1;
                    return;
                }
                '\\' => self.escaped(),
                '$' => self.dollar(),
                other => self.push(other),
            }
        }
    }

    /// `$(...)`, `${...}` and `${{ ... }}` belong to their word as they are.
    fn dollar(&mut self) {
        let pair = match self.rest().chars().nth(1) {
            Some('(') => ('(', ')'),
            Some('{') => ('{', '}'),
            Some('\'') => {
                self.at += 1;
                return self.quoted('\'', 1);
            }
            _ => return self.push('$'),
        };
        let mut open = 0usize;
        let mut length = self.rest().len();
        for (at, next) in self.rest().char_indices() {
            if next == pair.0 {
                open += 1;
            } else if next == pair.1 {
                open -= 1;
                if open == 0 {
                    length = at + 1;
                    break;
                }
            }
        }
        let text = self.rest().get(..length).unwrap_or_default().to_owned();
        self.word().text.push_str(&text);
        self.at += length;
    }

    fn redirection(&mut self) {
        // a number before it says which stream
        if self.word.as_ref().is_some_and(|word| word.plain && word.text.bytes().all(|byte| byte.is_ascii_digit())) {
            self.word = None;
        }
        self.end();
        let sign = ["<<<", "<<-", "<<", "<>", "<&", "<", "&>>", "&>", ">>", ">&", ">|", ">"];
        let sign = sign.into_iter().find(|sign| self.rest().starts_with(sign)).unwrap_or(">");
        self.at += sign.len();
        self.target = true;
        self.document = matches!(sign, "<<" | "<<-").then_some(sign == "<<-");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(script: &str) -> Vec<String> {
        let shown = tokens(script).into_iter().map(|token| match token {
            Token::Word(word) => word.text,
            Token::Operator("\n") => "<end>".to_owned(),
            Token::Operator(operator) => format!("<{operator}>"),
            Token::Target(target) => format!("to {target}"),
        });
        shown.collect()
    }

    #[test]
    fn words_operators_and_targets_are_told_apart() {
        assert_eq!(shown("a --b||true"), ["a", "--b", "<||>", "true"]);
        assert_eq!(shown("a 2>&1 >> \"$X\" | tee l&"), ["a", "to 1", "to $X", "<|>", "tee", "l", "<&>"]);
        assert_eq!(shown("a \\\n  'b c' \"d $(e; f)\" # g"), ["a", "b c", "d $(e; f)"]);
        assert_eq!(shown("x=${{ a || b }} y"), ["x=${{ a || b }}", "y"]);
        assert_eq!(shown("cat <<E >f\nprivgate check\nE\nb"), ["cat", "to f", "<end>", "b"]);
        assert_eq!(shown("cat <<-'E'\n\tx\n\tE\nb"), ["cat", "<end>", "b"]);
        assert_eq!(shown("f() { a; }"), ["f", "<(>", "<)>", "{", "a", "<;>", "}"]);
    }

    #[test]
    fn what_is_never_closed_ends_with_the_script() {
        for script in ["'a", "\"a", "$(a", "${a", "`a", "<<E\na", "a \\", "<", "$", "$(", "\u{e9}'"] {
            tokens(script);
        }
    }
}
