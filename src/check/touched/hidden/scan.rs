//! What stands open behind a line, when it is known what stood open before it: one look at its letters, which gives up where only a
//! grammar could tell.

use super::{Marks, Open};

/// A text over several lines: between backticks, or between quotes in Rust, or between three double quotes in Python.
const TEXT: Open = 1;
/// A comment, or a text between three single quotes in Python.
const OTHER: Open = 2;

/// What stands open behind a line; nothing where that cannot be told from the line.
pub fn scan(line: &str, open: Open, marks: Marks) -> Option<Open> {
    let quote = match marks {
        Marks::C | Marks::Go => b'`',
        Marks::Rust => b'"',
        Marks::Python => return python(line, open),
        Marks::Shell => return None,
    };
    let bytes = line.as_bytes();
    let marked = bytes.contains(&quote) || bytes.windows(2).any(|two| matches!(two, b"/*" | b"*/"));
    // a text between quotes goes on behind a line only if that ends in a backslash
    if !marked && bytes.last() != Some(&b'\\') && (open != TEXT || !bytes.contains(&b'$')) {
        return Some(open);
    }
    Look { bytes, at: 0, quote, marks, inside: if open == TEXT { vec![Inside::Text] } else { Vec::new() } }.at_all(open == OTHER)
}

/// What encloses a place of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Text,
    /// An expression in a text, with how many braces are open in it.
    Expression(usize),
}

/// A look at a line of a language like C.
struct Look<'l> {
    bytes: &'l [u8],
    at: usize,
    /// What begins and ends a text over several lines.
    quote: u8,
    marks: Marks,
    inside: Vec<Inside>,
}

impl Look<'_> {
    fn at_all(mut self, commented: bool) -> Option<Open> {
        if commented && !self.behind_comment() {
            return Some(OTHER);
        }
        while let Some(byte) = self.bytes.get(self.at).copied() {
            if self.inside.last() == Some(&Inside::Text) {
                self.in_text(byte)?;
            } else {
                match (byte, self.bytes.get(self.at + 1)) {
                    (b'/', Some(b'*')) => {
                        self.at += 1;
                        if !self.behind_comment() {
                            return self.inside.is_empty().then_some(OTHER);
                        }
                        continue;
                    }
                    (b'/', Some(b'/')) if self.is_comment()? => break,
                    _ => self.in_code(byte)?,
                }
            }
            self.at += 1;
        }
        match self.inside.as_slice() {
            [] => Some(0),
            [Inside::Text] => Some(TEXT),
            _ => None,
        }
    }

    /// Goes behind the end of a comment; there may be none.
    fn behind_comment(&mut self) -> bool {
        let rest = self.bytes.get(self.at + usize::from(self.at > 0)..).unwrap_or_default();
        let end = rest.windows(2).position(|two| two == b"*/");
        self.at = end.map_or(self.bytes.len(), |end| self.bytes.len() - rest.len() + end + 2);
        end.is_some()
    }

    /// Whether two slashes begin a comment, and no address in the text of a page.
    fn is_comment(&self) -> Option<bool> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let harmless = !rest.contains(&self.quote) && !rest.windows(2).any(|two| matches!(two, b"/*" | b"*/"));
        let address = self.at.checked_sub(1).and_then(|at| self.bytes.get(at)) == Some(&b':');
        (harmless || !address).then_some(true)
    }

    fn in_text(&mut self, byte: u8) -> Option<()> {
        match (byte, self.marks, self.bytes.get(self.at + 1)) {
            (b'\\', Marks::C | Marks::Rust, _) => self.at += 1,
            (b'$', Marks::C, Some(b'{')) => {
                self.inside.push(Inside::Expression(0));
                self.at += 1;
            }
            (byte, ..) if byte == self.quote => drop(self.inside.pop()?),
            _ => {}
        }
        Some(())
    }

    fn in_code(&mut self, byte: u8) -> Option<()> {
        let rust = self.marks == Marks::Rust;
        match byte {
            // raw texts and letters have rules of their own
            b'\'' | b'#' if rust => {
                let near = self.bytes.get(self.at + 1..).unwrap_or_default();
                return (!near.iter().take(2).any(|byte| *byte == b'"')).then_some(());
            }
            byte if byte == self.quote => self.inside.push(Inside::Text),
            b'"' | b'\'' => self.at = end_of_quoted(self.bytes, self.at + 1, byte)?,
            b'/' if !rust => self.at = self.end_of_expression()?,
            b'*' if self.bytes.get(self.at + 1) == Some(&b'/') => return None,
            b'\\' => return None,
            b'{' | b'}' => match (self.inside.last_mut(), byte) {
                (Some(Inside::Expression(braces)), b'{') => *braces += 1,
                (Some(Inside::Expression(0)), _) => drop(self.inside.pop()),
                (Some(Inside::Expression(braces)), _) => *braces -= 1,
                _ => {}
            },
            _ => {}
        }
        Some(())
    }

    /// Where a regular expression ends that a slash begins, or the slash itself when it divides something or belongs to a tag.
    fn end_of_expression(&self) -> Option<usize> {
        let before = self.bytes.get(..self.at)?.iter().rev().copied().find(|byte| !byte.is_ascii_whitespace());
        match before {
            _ if self.bytes.get(self.at + 1) == Some(&b'>') => return Some(self.at),
            Some(b'<' | b')' | b']' | b'}' | b'"' | b'\'' | b'`' | b'.') => return Some(self.at),
            Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') => {
                // `return /x/`
                let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
                return (!rest.iter().any(|byte| matches!(byte, b'`' | b'"' | b'\'' | b'\\' | b'*'))).then_some(self.at);
            }
            _ => {}
        }
        let (mut at, mut class) = (self.at + 1, false);
        loop {
            match (*self.bytes.get(at)?, class) {
                (b'\\', _) => at += 1,
                (b'[', false) => class = true,
                (b']', true) => class = false,
                (b'/', false) => return Some(at),
                _ => {}
            }
            at += 1;
        }
    }
}

/// Where a text between quotes ends.
fn end_of_quoted(bytes: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    loop {
        match *bytes.get(at)? {
            b'\\' => at += 2,
            byte if byte == quote => return Some(at),
            _ => at += 1,
        }
    }
}

fn python(line: &str, mut open: Open) -> Option<Open> {
    if !line.contains("\"\"\"") && !line.contains("'''") {
        return (open != 0 || !line.ends_with('\\') || !line.contains(['"', '\''])).then_some(open);
    }
    let bytes = line.as_bytes();
    let three = |at: usize, quote: u8| bytes.get(at..at + 3).is_some_and(|three| three.iter().all(|byte| *byte == quote));
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (open, *byte) {
            (0, b'#') => return Some(open),
            (_, b'\\') => return None,
            (0, quote @ (b'"' | b'\'')) if three(at, quote) => {
                open = if quote == b'"' { TEXT } else { OTHER };
                at += 2;
            }
            (0, quote @ (b'"' | b'\'')) => at = end_of_quoted(bytes, at + 1, quote)?,
            (TEXT, b'"') if three(at, b'"') => {
                open = 0;
                at += 2;
            }
            (OTHER, b'\'') if three(at, b'\'') => {
                open = 0;
                at += 2;
            }
            _ => {}
        }
        at += 1;
    }
    Some(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(marks: Marks, line: &str, open: Open, expected: Option<Open>) {
        assert_eq!(scan(line, open, marks), expected, "{line}");
    }

    #[test]
    fn what_stands_open_behind_a_line_of_c_and_its_like() {
        for (line, open, expected) in [
            ("const a = `<limit>", 0, Some(TEXT)),
            ("</limit>`;", TEXT, Some(0)),
            ("it's ${a.b} and more", TEXT, Some(TEXT)),
            ("${f(`x`)} ${a ? \"}\" : {b: '`'}}", TEXT, Some(TEXT)),
            ("${a(", TEXT, None),
            ("a\\` b", TEXT, Some(TEXT)),
            ("return `${a ? `b` : \"`\"}/c`;", 0, Some(0)),
            ("a.replace(/[/`]\\/\"/g, '') + `b", 0, Some(TEXT)),
            ("a = b / c * `d`.length", 0, None),
            ("<a /> `", 0, Some(TEXT)),
            ("see http://x `a`", 0, None),
            ("{/* Untabbable: it's `so", 0, Some(OTHER)),
            ("don't */}", OTHER, Some(0)),
            ("say('`') + \"/*\"", 0, Some(0)),
            ("Don't say so", 0, Some(0)),
            ("don't say `so`", 0, None),
            ("/`/.test(x)", 0, Some(0)),
            ("return /`/.test(x)", 0, None),
            ("x = 1 // `a", 0, Some(0)),
            ("/* a */ x /* b", 0, Some(OTHER)),
            ("/*/ a", 0, Some(OTHER)),
            ("// it's `a", 0, Some(0)),
            ("glob('src/**/*.ts')", 0, Some(0)),
            ("src/**/*.ts", 0, Some(0)),
            ("src/*.ts", 0, Some(OTHER)),
            ("'a \\", 0, None),
        ] {
            check(Marks::C, line, open, expected);
        }
        check(Marks::Go, "a := `C:\\", 0, Some(TEXT));
        check(Marks::Go, "b\\`", TEXT, Some(0));
        check(Marks::Rust, "let a = \"first", 0, Some(TEXT));
        check(Marks::Rust, "last\\\" and\";", TEXT, Some(0));
        check(Marks::Rust, "fn f<'a>(b: &'a str) { \"x\" }", 0, Some(0));
        check(Marks::Rust, "r#\"x", 0, None);
        check(Marks::Rust, "if c == '\"' {", 0, None);
    }

    #[test]
    fn what_stands_open_behind_a_line_of_python() {
        for (line, open, expected) in [
            ("\"\"\"Gives \"x\", or 'y'.", 0, Some(TEXT)),
            ("It's so.\"\"\"", TEXT, Some(0)),
            ("x = '''a''' # \"\"\"", 0, Some(0)),
            ("a = '\"\"\"'", 0, Some(0)),
            ("a = \"it's \\", 0, None),
            ("\"\"\"a\\\"\"\"", 0, None),
            ("'''", TEXT, Some(TEXT)),
            ("don't \"\"\"", 0, None),
        ] {
            check(Marks::Python, line, open, expected);
        }
    }
}
