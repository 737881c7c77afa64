//! The statements of a program by its lines and how far they are indented. No grammar is asked: what is not plainly a statement by itself
//! belongs to the one before.

use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Range;

use foldhash::fast::RandomState;

use super::super::super::touched::{Lines, Marks, Middle, continues, goes_on, is_attribute, is_comment};

/// Words that begin a line in the middle of a statement.
const GOING_ON: &[&str] = &["else", "finally", "catch", "then", "extends", "implements", "where", "as", "in"];

/// Words that begin a block of statements, or of members of a class.
const HEADS: &[&str] = &[
    "function",
    "class",
    "if",
    "for",
    "while",
    "try",
    "do",
    "func",
    "fn",
    "impl",
    "mod",
    "trait",
    "namespace",
    "module",
    "interface",
    "switch",
    "loop",
    "unsafe",
    "struct",
    "enum",
];

/// Words that may stand before them.
const BEFORE_HEADS: &[&str] =
    &["export", "default", "async", "public", "private", "protected", "static", "abstract", "final", "pub", "declare", "type"];

/// Words that declare names.
const DECLARES: &[&str] = &[
    "const",
    "let",
    "var",
    "static",
    "record",
    "function",
    "class",
    "func",
    "fn",
    "trait",
    "namespace",
    "module",
    "struct",
    "enum",
    "interface",
    "for",
];

/// Other words that are no names, or names that everything has.
const NO_NAMES: &[&str] = &[
    "self",
    "this",
    "mut",
    "with",
    "extends",
    "implements",
    "import",
    "from",
    "as",
    "use",
    "in",
    "of",
    "await",
    "crate",
    "super",
    "require",
    "package",
];

/// One side of a program.
pub struct Program<'l, 't> {
    pub lines: &'l Lines<'t>,
    pub rust: bool,
    /// What stands open before each line.
    open: Vec<u8>,
    state: RandomState,
}

/// Lines that mean something by themselves.
pub struct Statement {
    pub lines: Range<usize>,
    /// Of its text and of what is open before it.
    pub hash: u64,
}

/// A statement that holds others.
pub struct Block {
    pub header: Range<usize>,
    pub closer: Range<usize>,
}

impl Block {
    pub fn body(&self) -> Range<usize> {
        self.header.end..self.closer.start
    }
}

impl<'l, 't> Program<'l, 't> {
    /// Both sides must have the same `state`.
    pub fn new(lines: &'l Lines<'t>, marks: Marks, state: &RandomState) -> Self {
        let rust = marks == Marks::Rust;
        Self { lines, rust, open: Middle::of(lines, 0..lines.all.len(), marks).open, state: state.clone() }
    }

    fn texts(&self, range: &Range<usize>) -> impl Iterator<Item = &'t str> + '_ {
        range.clone().map(|at| self.lines.get(at).trim_end()).filter(|text| !text.is_empty())
    }

    /// The texts of some lines without those that are comments.
    pub fn code(&self, range: &Range<usize>) -> impl Iterator<Item = &'t str> + '_ {
        self.texts(range).filter(|text| !is_comment(text))
    }

    /// The statements of a body, each with the lines behind it that are none by themselves.
    pub fn statements(&self, range: Range<usize>) -> Vec<Statement> {
        let filled = || range.clone().filter(|at| !self.lines.is_blank(*at));
        let Some(depth) = filled().next().map(|at| self.lines.depth(at)) else { return Vec::new() };
        let mut starts = vec![range.start];
        // lines that stand further out are no part of this body as it seems
        if filled().all(|at| self.lines.depth(at) >= depth || self.open_at(at)) {
            let (mut before, mut leads) = (None, true);
            for at in filled() {
                if self.lines.depth(at) == depth && !self.open_at(at) {
                    // comments and decorators, those over several lines too, belong to what follows
                    if !leads && before.is_some_and(|before| self.begins(at, before)) {
                        starts.push(at);
                        leads = true;
                    }
                    leads &= self.leads(at);
                }
                before = Some(at);
            }
        }
        let ends = starts.iter().skip(1).copied().chain([range.end]);
        starts.iter().zip(ends).map(|(start, end)| self.statement(*start..end)).collect()
    }

    fn open_at(&self, at: usize) -> bool {
        self.open.get(at).is_none_or(|open| *open != 0)
    }

    fn statement(&self, lines: Range<usize>) -> Statement {
        let mut hasher = self.state.build_hasher();
        self.open.get(lines.start).hash(&mut hasher);
        for text in self.texts(&lines) {
            text.hash(&mut hasher);
        }
        Statement { hash: hasher.finish(), lines }
    }

    /// Whether a line belongs to what follows it.
    fn leads(&self, at: usize) -> bool {
        let line = self.lines.get(at).trim();
        is_attribute(line) || is_comment(line) && !is_import_line(line) || line.starts_with([')', ']', '}'])
    }

    /// Whether a line begins a statement; `before` is the last one above it on which something stands.
    fn begins(&self, at: usize, before: usize) -> bool {
        let (line, above) = (self.lines.get(at).trim_start(), self.lines.get(before).trim());
        let first = words(line).next().unwrap_or("");
        let plain = line.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '@' | '#' | '/' | '"' | '\''));
        let slash = line.starts_with('/') && !line.starts_with("//") && !line.starts_with("/*");
        let goes = continues(line) || slash || GOING_ON.contains(&first);
        let open = goes_on(above) || above.ends_with([',', '(', '[', '{', '.', '-', '*', '/', '<', '!', '%']);
        plain && !goes && !open && (!is_attribute(above) && !is_comment(above) || is_import_line(above))
    }

    /// Whether as many brackets are closed in some lines as are opened, those in texts counted or not.
    pub fn balanced(&self, range: &Range<usize>) -> bool {
        let (mut all, mut outside) = ([0_isize; 3], [0_isize; 3]);
        for line in range.clone().filter(|at| !self.open_at(*at)).map(|at| self.lines.get(at)) {
            count(line, &mut all);
            line.split(['"', '\'', '`']).step_by(2).for_each(|plain| count(plain, &mut outside));
        }
        all == [0; 3] || outside == [0; 3]
    }

    /// What a statement holds, where it plainly is a block of statements.
    pub fn block(&self, statement: &Range<usize>) -> Option<Block> {
        // lines inside of a text say nothing about the structure
        let filled: Vec<usize> = statement.clone().filter(|at| !self.lines.is_blank(*at) && !self.open_at(*at)).collect();
        let (first, last) = (*filled.first()?, *filled.last()?);
        let depth = self.lines.depth(first);
        let outer = |at: &&usize| self.lines.depth(**at) == depth;
        if !self.lines.get(last).trim_start().starts_with('}') || self.lines.depth(last) != depth {
            return None;
        }
        let header = *filled.iter().filter(outer).rfind(|at| **at < last)?;
        let head = self.lines.get(header).trim_end();
        // a second part, `} else {`, is no header, and the end of taken parameters, `}: Props) {`, belongs to one
        let taken = self.lines.get(first).trim_end().ends_with("({");
        let one = (taken || !head.trim_start().starts_with('}')) && !GOING_ON.contains(&words(head).next().unwrap_or(""));
        let statements = holds_statements(self.lines, first..header + 1);
        let deeper = header + 1 < last && filled.iter().filter(|at| **at > header && **at < last).all(|at| self.lines.depth(*at) > depth);
        (head.ends_with('{') && one && statements && deeper)
            .then(|| Block { header: statement.start..header + 1, closer: last..statement.end })
    }
}

fn count(text: &str, brackets: &mut [isize; 3]) {
    let [round, square, curly] = brackets;
    for byte in text.bytes() {
        match byte {
            b'(' => *round += 1,
            b')' => *round -= 1,
            b'[' => *square += 1,
            b']' => *square -= 1,
            b'{' => *curly += 1,
            b'}' => *curly -= 1,
            _ => {}
        }
    }
}

/// What an import brings in, each name with where it is from.
pub fn imported<'t>(lines: &Lines<'t>, range: Range<usize>) -> Vec<(&'t str, &'t str)> {
    let texts: Vec<&'t str> = range.map(|at| lines.get(at)).collect();
    let quoted = texts.iter().rev().find_map(|line| line.rsplit(['"', '\'']).nth(1));
    let from = quoted.or_else(|| texts.iter().find_map(|line| line.split_once("import").map(|(before, _)| before.trim())));
    texts.iter().flat_map(|line| names_in(line)).map(|name| (name, from.unwrap_or(""))).collect()
}

/// Whether what a head opens with a brace are statements or members, no fields of an object.
fn holds_statements(lines: &Lines, header: Range<usize>) -> bool {
    let last = lines.get(header.end - 1).trim_end();
    let mut first = header.clone().map(|at| lines.get(at).trim()).filter(|line| !is_attribute(line) && !is_comment(line));
    let begins = first.next().and_then(|line| words(line).find(|word| !BEFORE_HEADS.contains(word)));
    last.ends_with("=> {") || last.ends_with(") {") || begins.is_some_and(|word| HEADS.contains(&word))
}

fn is_import_line(line: &str) -> bool {
    let line = line.trim_start();
    ["import ", "from ", "use ", "pub use ", "package ", "import("].iter().any(|word| line.starts_with(word))
        || line.contains("require(")
        || line.contains(" import(")
}

/// Whether a statement brings in names of elsewhere.
pub fn is_import(lines: &Lines, range: &Range<usize>) -> bool {
    let code = |line: &&str| !is_attribute(line) && !line.trim().is_empty() && (!is_comment(line) || is_import_line(line));
    range.clone().map(|at| lines.get(at)).find(code).is_some_and(is_import_line)
}

/// Whether a statement declares a class.
pub fn is_class(lines: &Lines, range: &Range<usize>) -> bool {
    let code = |line: &&str| !is_attribute(line) && !line.trim().is_empty() && !is_comment(line);
    range.clone().map(|at| lines.get(at)).find(code).is_some_and(|line| words(line).take(4).any(|word| word == "class"))
}

/// A name that a statement may give a value, and whether it is declared there: then nobody outside of the block knows it.
pub type Bound<'t> = (&'t str, bool);

/// The names that a statement may give a value: what stands before the first sign of equality, and what is declared. What a function
/// gives is asked about in Rust alone, of those that take nothing: `#[serde(default = "name")]`.
pub fn bound<'t>(program: &Program<'_, 't>, range: Range<usize>) -> Vec<Bound<'t>> {
    let lines = program.lines;
    let mut names: Vec<Bound> = Vec::new();
    // Go declares several names behind `const (`
    let mut group = false;
    for line in range.map(|at| lines.get(at)).filter(|line| !is_attribute(line) && !line.trim().is_empty() && !is_comment(line)) {
        let assigned = assignment(line);
        let before = assigned.and_then(|at| line.get(..at)).unwrap_or(line);
        if group {
            names.extend(names_in(before).next().map(|name| (name, false)));
            continue;
        }
        let declared = words(before).take(6).find(|word| DECLARES.contains(word));
        let Some(word) = declared else {
            if assigned.is_none() && names.is_empty() {
                // a call, or a part of one: it gives no name a value
                break;
            }
            // a member of something is no name that others know by itself
            if !before.contains(['.', '[']) {
                let before = if before.contains(['{', '(']) { before } else { before.split(':').next().unwrap_or(before) };
                names.extend(names_in(before).map(|name| (name, false)));
            }
            if assigned.is_some() || line.trim_end().ends_with(';') {
                break;
            }
            continue;
        };
        let rest = before.split_once(word).map_or("", |(_, rest)| rest);
        let value = matches!(word, "const" | "let" | "static" | "for");
        // whoever asks for a constant in Rust finds it wherever it stands
        let own = value && !(program.rust && matches!(word, "const" | "static"));
        if value || word == "var" {
            group = rest.trim() == "(";
            if group {
                continue;
            }
            let rest = if rest.trim_start().starts_with(['{', '[', '(']) { rest } else { rest.split(':').next().unwrap_or(rest) };
            names.extend(names_in(rest).map(|name| (name, own)));
            if assigned.is_some() && line.trim_end().ends_with("=> {") {
                names.clear();
            }
            if assigned.is_none() && unpacks(line) {
                continue;
            }
        } else if !matches!(word, "function" | "func" | "fn") {
            names.extend(words(rest).next().map(|name| (name, true)));
        } else if program.rust && line.contains("() ->") {
            names.extend(words(rest).next().map(|name| (name, false)));
        }
        break;
    }
    names
}

/// The words of a line, whatever their length.
pub fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '$') || !c.is_ascii())).filter(|word| !word.is_empty())
}

/// The words of a text that may be names: no keywords, and nothing between quotes.
pub fn names_in(text: &str) -> impl Iterator<Item = &str> {
    let keyword = |word: &&str| [BEFORE_HEADS, DECLARES, NO_NAMES].iter().any(|words| words.contains(word));
    text.split(['"', '\'']).step_by(2).flat_map(words).filter(move |word| !keyword(word))
}

/// Whether a line begins to take members of something: `const {`.
fn unpacks(line: &str) -> bool {
    let line = line.trim();
    ["const {", "let {", "var {", "const [", "let [", "("].iter().any(|begin| line.ends_with(begin) && line.starts_with(begin))
}

/// Where a line gives something a value.
fn assignment(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    bytes.iter().enumerate().find_map(|(at, byte)| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let after = bytes.get(at + 1);
        let compares = matches!(after, Some(b'=' | b'>')) || matches!(before, Some(b'=' | b'!' | b'<' | b'>'));
        (*byte == b'=' && !compares).then_some(at)
    })
}
