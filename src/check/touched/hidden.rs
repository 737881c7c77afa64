//! Changes that take lines out of a program, or put them in, without touching these lines: moved ends of comments and of texts that
//! go over several lines. No grammar is asked; what is not plainly harmless counts as such a change.

mod scan;

use std::ops::Range;

use scan::scan;

use super::lines::{Lines, alike};

/// Which marks open and close what goes over several lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// `"""` and `'''`.
    Python,
    /// `/*`, `*/`, and the backtick.
    C,
    /// The same, and nothing is escaped between backticks.
    Go,
    /// `/*`, `*/`, and the quote.
    Rust,
    /// Both quotes, and the words of here-documents.
    Shell,
}

impl Marks {
    /// Those of a file.
    #[must_use]
    pub fn of(path: &str, shell: bool) -> Self {
        match path.rsplit_once('.').map(|(_, end)| end) {
            _ if shell => Self::Shell,
            Some("py" | "pyi") => Self::Python,
            Some("rs") => Self::Rust,
            Some("go") => Self::Go,
            _ => Self::C,
        }
    }
}

/// What stands open before a line: one bit for each kind of mark. Behind a line that tells nothing it counts as if nothing stood open.
type Open = u8;

/// The lines of one side that differ as a whole, with what is open before each of them.
pub struct Middle<'t> {
    /// Before each line.
    pub open: Vec<Open>,
    /// Behind the last one.
    end: Open,
    /// Lines that hold marks, trimmed, and whether what they open or close cannot be told from the line alone.
    marked: Vec<(&'t str, bool)>,
}

impl<'t> Middle<'t> {
    /// Goes through some lines, and those before them.
    #[must_use]
    pub fn of(lines: &Lines<'t>, range: Range<usize>, marks: Marks) -> Self {
        let mut middle = Self { open: Vec::with_capacity(range.len()), end: 0, marked: Vec::new() };
        // what stands open, as long as every line has told it
        let mut known = (0..range.start).try_fold(0, |open, at| scan(lines.get(at), open, marks));
        middle.end = known.unwrap_or(0);
        let mut word = None;
        for at in range {
            middle.open.push(middle.end);
            let line = lines.get(at).trim();
            known = known.and_then(|open| scan(lines.get(at), open, marks));
            let ends_others = may_end_others(line);
            if let Some(open) = known {
                if open != middle.end || ends_others {
                    middle.marked.push((line, ends_others));
                }
                middle.end = open;
                continue;
            }
            let (toggled, marked) = match marks {
                Marks::Shell => shell(line, middle.end, &mut word),
                Marks::Python => python(line),
                Marks::C | Marks::Go | Marks::Rust => c(line, middle.end, marks == Marks::Rust),
            };
            middle.end ^= toggled;
            // `if (false) {` takes lines out, too
            let marked = if ends_others { Some(true) } else { marked };
            if let Some(unsure) = marked {
                middle.marked.push((line, unsure));
            }
        }
        middle
    }

    /// Whether lines that both sides share may lie inside of a comment or a text on one of them only, beyond what `open` tells.
    #[must_use]
    pub fn moved(old: &Lines<'t>, new: &Lines<'t>, marks: Marks) -> bool {
        let [front, back] = alike(old, new);
        let of = |lines: &Lines<'t>| Self::of(lines, front..lines.all.len().saturating_sub(back), marks);
        of(old).hides(&of(new))
    }

    /// Whether lines that both sides share may lie inside on one of them and outside on the other, beyond what `open` tells.
    #[must_use]
    pub fn hides(&self, other: &Self) -> bool {
        let unsure = |middle: &Self| middle.marked.iter().any(|(_, unsure)| *unsure);
        self.end != other.end || (self.marked != other.marked && (unsure(self) || unsure(other)))
    }
}

/// Whether a line may keep others from running, or let them run, that stand around it.
fn may_end_others(line: &str) -> bool {
    let never =
        ["if False", "if 0", "if not True", "if None", "if (false", "if(false", "if (0", "if(0", "if false", "while 0", "while False"];
    let ends = line.contains("exit") || line.contains("SystemExit");
    ends || (line.contains("if") || line.contains("while ")) && never.iter().any(|sign| line.contains(sign))
}

/// What a line toggles, and when it has marks, whether that cannot be told from the line alone.
type Found = (Open, Option<bool>);

fn odd(count: usize, bit: Open) -> Open {
    if count % 2 == 1 { bit } else { 0 }
}

fn python(line: &str) -> Found {
    let count = |mark: &str| line.matches(mark).count();
    let (double, single) = (count("\"\"\""), count("'''"));
    if double + single == 0 {
        return (0, None);
    }
    let inner = line.trim_start_matches("\"\"\"").trim_start_matches("'''");
    let inner = inner.trim_end_matches("\"\"\"").trim_end_matches("'''");
    (odd(double, 1) | odd(single, 2), Some(double + single > 2 || !is_plain(inner)))
}

fn c(line: &str, open: Open, rust: bool) -> Found {
    let ticks = if rust { line.matches('"').count() } else { line.matches('`').count() };
    let (begins, ends) = (line.rfind("/*"), line.rfind("*/"));
    let comment = match (begins, ends) {
        (None, None) => open & 2,
        (begins, ends) => Open::from(begins > ends) << 1,
    };
    let toggled = odd(ticks, 1) | (comment ^ (open & 2));
    let inner = line.trim_start_matches("/*").trim_end_matches("*/");
    match (ticks, begins.or(ends)) {
        (0, None) => (toggled, None),
        (_, None) if !rust && open & 1 == 0 && ends_as_it_begins(line) => (comment ^ (open & 2), None),
        // a text that ends on its own line, and nothing that could deceive
        (_, None) if ticks.is_multiple_of(2) && (rust || !line.contains(['\'', '"'])) && !line.contains(['\\', '/']) => (toggled, None),
        (0, Some(_)) => (toggled, Some(!is_plain(inner))),
        _ => (toggled, Some(true)),
    }
}

/// Whether all texts that a line begins end on it, beyond doubt: `${url}/path` between backticks, words with an apostrophe between quotes.
fn ends_as_it_begins(line: &str) -> bool {
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'/', Some(b'/')) => return true,
            // a comment, or an expression that could hold any mark
            (b'/', _) if bytes.get(at + 1..).is_some_and(|rest| rest.iter().any(|b| matches!(b, b'*' | b'`' | b'"' | b'\'' | b'\\'))) => {
                return false;
            }
            (b'\\', _) => return false,
            (b'"' | b'\'' | b'`', _) => match end_of_text(bytes, at + 1, *byte) {
                Some(end) => at = end,
                None => return false,
            },
            _ => {}
        }
        at += 1;
    }
    true
}

/// Where a text ends; nothing where that takes more than a look.
fn end_of_text(bytes: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    loop {
        match (*bytes.get(at)?, bytes.get(at + 1)) {
            (b'\\', _) if quote == b'`' => return None,
            (b'\\', _) => at += 1,
            (b'$', Some(b'{')) if quote == b'`' => {
                let inner = bytes.get(at + 2..)?;
                let length = inner.iter().position(|byte| matches!(byte, b'}' | b'{' | b'`' | b'"' | b'\'' | b'/' | b'\\'))?;
                if inner.get(length) != Some(&b'}') {
                    return None;
                }
                at += 2 + length;
            }
            (byte, _) if byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
}

/// Whether nothing in the rest of a line could make its marks mean something else.
fn is_plain(inner: &str) -> bool {
    !inner.contains(['"', '\'', '`', '#', '\\']) && !["//", "/*", "*/"].iter().any(|mark| inner.contains(mark))
}

/// Every mark of a shell depends on what stands around it.
fn shell<'t>(line: &'t str, open: Open, word: &mut Option<&'t str>) -> Found {
    if let Some(end) = *word {
        if line != end {
            return (0, None);
        }
        *word = None;
        return (open & 4, Some(true));
    }
    let counts = [line.matches('\'').count(), line.matches('"').count()];
    let begun = line.split_once("<<").map(|(_, rest)| rest.trim_start_matches(['-', ' '])).filter(|rest| !rest.starts_with('<'));
    let name = begun.map(|rest| {
        let rest = rest.trim_start_matches(['\'', '"', '\\']);
        rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("")
    });
    *word = name.filter(|name| !name.is_empty());
    let toggled = odd(counts.first().copied().unwrap_or(0), 1) | odd(counts.last().copied().unwrap_or(0), 2);
    let toggled = if word.is_some() { toggled | 4 } else { toggled };
    (toggled, (toggled != 0 || begun.is_some()).then_some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_whose_texts_plainly_end_hold_no_marks() {
        for line in ["fetch(`${base}/a/${id}`, x)", "a = \"it's `x`\" // don't", "`a` + 'b' / 2", "say('\\'`')", "x / y"] {
            assert!(ends_as_it_begins(line), "{line}");
            assert_eq!(c(line, 0, false).1, None, "{line}");
        }
        for line in ["a = `", "`${f(`x`)}`", "/`/.test(x)", "don't `x`", "`a\\`", "a /* ` */ b", "`${'}'}`", "\\`a`"] {
            assert!(!ends_as_it_begins(line), "{line}");
        }
        // inside of a text nothing is plain
        assert_eq!(c("` + `${a}/b`", 1, false).1, Some(true));
    }
}
