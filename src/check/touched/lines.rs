//! Lines of code as text: which of them differ, what they stand in, which words of them are given a value.

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashMapExt, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};

use super::hidden::{Marks, Middle};
use crate::policy::table::SHORTEST;

/// Lines before or after that one statement may go on for.
const STATEMENT: usize = 6;

/// How far around a word its line is looked through, in bytes.
const NEAR: usize = 256;

/// Enclosing lines that are looked at.
const ABOVE: usize = 16;

/// How deep lines without anything count.
const BLANK: usize = usize::MAX;

/// The lines of a text.
pub struct Lines<'t> {
    pub all: Vec<&'t str>,
    text: &'t str,
    /// Where each begins.
    starts: Vec<usize>,
    /// How far each is indented; [`BLANK`] where nothing stands on it.
    depths: Vec<usize>,
    /// The next line above each that is less deep.
    outer: Vec<Option<usize>>,
}

impl<'t> Lines<'t> {
    pub fn new(text: &'t str) -> Self {
        let all: Vec<&str> = text.lines().collect();
        let ends = text.split_inclusive('\n').scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        });
        let starts = std::iter::once(0).chain(ends).take(all.len()).collect();
        let depths: Vec<usize> = all.iter().map(|line| depth(line)).map(|(depth, blank)| if blank { BLANK } else { depth }).collect();
        // what encloses the line before: their places and depths, from the outside in
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut outer = Vec::with_capacity(all.len());
        for (at, line) in all.iter().enumerate() {
            let depth = depths.get(at).copied().filter(|depth| *depth != BLANK);
            let above = |depth: usize, open: &[(usize, usize)]| open.partition_point(|(_, outer)| *outer < depth);
            if let Some(depth) = depth {
                open.truncate(above(depth, &open));
                outer.push(open.last().map(|(at, _)| *at));
                open.push((at, depth));
            } else {
                outer.push(above(line.len(), &open).checked_sub(1).and_then(|last| open.get(last)).map(|(at, _)| *at));
            }
        }
        Self { all, text, starts, depths, outer }
    }

    pub fn get(&self, at: usize) -> &'t str {
        self.all.get(at).copied().unwrap_or("")
    }

    /// Whether nothing stands on a line.
    pub fn is_blank(&self, at: usize) -> bool {
        self.depths.get(at).is_none_or(|depth| *depth == BLANK)
    }

    pub fn depth(&self, at: usize) -> usize {
        self.depths.get(at).copied().filter(|depth| *depth != BLANK).unwrap_or_else(|| self.get(at).len())
    }

    /// The lines on which one of some texts stands, in order.
    pub fn with<'n>(&self, texts: impl Iterator<Item = &'n str>) -> Vec<usize> {
        let found = texts.flat_map(|text| {
            let line = |at| self.starts.partition_point(|start| *start <= at).saturating_sub(1);
            memchr::memmem::find_iter(self.text.as_bytes(), text).map(line).collect::<Vec<usize>>()
        });
        let mut found: Vec<usize> = found.collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What stands in quotes, quotes included, on some lines or on those that a statement of them may take. Which quote opens and
    /// which one closes is not known, so what lies between two literals is among them.
    pub fn literals(&self, lines: &[usize]) -> Vec<&'t str> {
        let mut all = Vec::new();
        let mut next = 0;
        for at in lines {
            let near = next.max(at.saturating_sub(STATEMENT))..self.all.len().min(at + STATEMENT + 1);
            next = near.end.max(next);
            all.extend(near.flat_map(|at| literals_of(self.get(at))));
        }
        all
    }

    /// The line and those that it continues or that continue it, attributes and decorators included.
    pub fn statement(&self, at: usize) -> Vec<usize> {
        let mut all = vec![at];
        let mut first = at;
        while let Some(before) = first.checked_sub(1).filter(|before| at - before <= STATEMENT) {
            if !(goes_on(self.get(before)) || continues(self.get(first)) || is_attribute(self.get(before))) {
                break;
            }
            first = before;
            all.push(first);
        }
        let mut last = at;
        while last + 1 < self.all.len() && last - at < STATEMENT {
            if !(goes_on(self.get(last)) || continues(self.get(last + 1)) || is_attribute(self.get(last))) {
                break;
            }
            last += 1;
            all.push(last);
        }
        // `).default(true)` ends what a line of its own depth begins
        let line = self.get(first).trim_start();
        if line.starts_with([')', ']', '}']) && line.contains('.') {
            let depth = self.depth(first);
            all.extend((0..first).rev().find(|before| !self.is_blank(*before) && self.depth(*before) <= depth));
        }
        all
    }

    /// The lines that enclose a line, from the inside out.
    pub fn above(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let outer = |at: &usize| self.outer.get(*at).copied().flatten();
        std::iter::successors(outer(&at), outer).take(ABOVE)
    }

    /// The lines below a line that are deeper than it, up to so many.
    pub fn deeper(&self, at: usize, most: usize) -> impl Iterator<Item = usize> + '_ {
        let depth = self.depth(at);
        let inside = move |line: &usize| *line < self.all.len() && (self.is_blank(*line) || self.depth(*line) > depth);
        (at + 1..=at + most).take_while(inside)
    }
}

fn literals_of(line: &str) -> impl Iterator<Item = &str> {
    let closed = |(from, quote): (usize, &str)| {
        let length = line.get(from + quote.len()..)?.find(quote)?;
        line.get(from..from + length + 2 * quote.len())
    };
    line.match_indices(['"', '\'', '`']).filter_map(closed).filter(|literal| literal.len() >= SHORTEST)
}

/// How far a line is indented, and whether nothing else stands on it.
fn depth(line: &str) -> (usize, bool) {
    let plain = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match line.as_bytes().get(plain) {
        Some(byte) if byte.is_ascii_graphic() => (plain, false),
        _ => {
            let rest = line.trim_start();
            (line.len() - rest.len(), rest.is_empty())
        }
    }
}

/// Whether a line ends in the middle of an expression.
pub fn goes_on(line: &str) -> bool {
    let line = line.trim_end();
    line.ends_with(['=', ':', '?', '|', '&', '+', '\\']) || line.ends_with("=>")
}

/// Whether a line begins in the middle of an expression.
pub fn continues(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(['.', '?', ':', '|', '&', '+']) && !line.starts_with("...")
}

pub fn is_attribute(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('@') || line.starts_with("#[")
}

/// Whether a line is a comment, or brings in names and gives nothing a value.
pub fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    let starts = |word: &str| line.starts_with(word);
    starts("//") || starts("/*") || starts("* ") || starts("*/") || (starts("#") && !starts("#[") && !starts("#!")) || starts("import ")
}

/// The lines of each side that the other one does not have as often inside the same lines, comments and texts. Lines that only moved
/// with all that encloses them are not among them. All lines, where a change may take some in or out without touching them.
pub fn different(old: &Lines, new: &Lines, kind: Marks) -> (Vec<usize>, Vec<usize>) {
    let [same, tail] = alike(old, new);
    // another state in every run: nobody can write two lines that count as one
    let state = RandomState::default();
    let (mut old_marks, mut new_marks) = (marks(old, &state), marks(new, &state));
    let middle = |lines: &Lines| same..lines.all.len().saturating_sub(tail);
    let (old_open, new_open) = (Middle::of(old, middle(old), kind), Middle::of(new, middle(new), kind));
    if old_open.hides(&new_open) {
        return ((0..old.all.len()).collect(), (0..new.all.len()).collect());
    }
    let inside = |marks: &mut [u64], open: &[u8]| {
        for (mark, open) in marks.iter_mut().skip(same).zip(open) {
            *mark ^= u64::from(*open) << 56;
        }
    };
    inside(&mut old_marks, &old_open.open);
    inside(&mut new_marks, &new_open.open);
    let mut counts: HashMap<u64, i64> = HashMap::new();
    for (lines, marks, step) in [(old, &old_marks, 1), (new, &new_marks, -1)] {
        for mark in marks.get(middle(lines)).unwrap_or_default() {
            *counts.entry(*mark).or_default() += step;
        }
    }
    let unlike = |lines: &Lines, marks: &[u64], sign: i64| -> Vec<usize> {
        let changed = |at: &usize| marks.get(*at).and_then(|mark| counts.get(mark)).is_some_and(|count| count * sign > 0);
        middle(lines).filter(|at| !lines.is_blank(*at)).filter(changed).collect()
    };
    (unlike(old, &old_marks, 1), unlike(new, &new_marks, -1))
}

/// How many lines at the front and at the back both sides share.
pub fn alike(old: &Lines, new: &Lines) -> [usize; 2] {
    let same = old.all.iter().zip(&new.all).take_while(|(a, b)| a == b).count();
    let least = old.all.len().min(new.all.len()) - same;
    [same, old.all.iter().rev().zip(new.all.iter().rev()).take(least).take_while(|(a, b)| a == b).count()]
}

/// For each line, a hash of its text and of the lines that enclose it; indentation itself does not count.
fn marks(lines: &Lines, state: &RandomState) -> Vec<u64> {
    let mut marks: Vec<u64> = Vec::with_capacity(lines.all.len());
    for (at, line) in lines.all.iter().enumerate() {
        if lines.is_blank(at) {
            marks.push(0);
            continue;
        }
        let mut hasher = state.build_hasher();
        lines.above(at).next().and_then(|outer| marks.get(outer)).copied().unwrap_or(0).hash(&mut hasher);
        line.trim().hash(&mut hasher);
        marks.push(hasher.finish());
    }
    marks
}

/// Letters, digits, `_` and `-` between other characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    pub text: &'t str,
    start: usize,
}

impl Word<'_> {
    /// Whether it is written as a flag.
    pub fn is_dashed(&self, line: &str) -> bool {
        self.start.checked_sub(1).and_then(|before| line.as_bytes().get(before)) == Some(&b'-')
    }

    /// Whether it may be a program that is started: a text is it, or begins with it, `"word"`, `"word -x"`.
    pub fn is_started(&self, line: &str) -> bool {
        let quote = |b: &u8| matches!(b, b'"' | b'\'' | b'`');
        let before = self.start.checked_sub(1).and_then(|at| line.as_bytes().get(at));
        let after = line.as_bytes().get(self.start + self.text.len());
        before.is_some_and(quote) && after.is_some_and(|b| *b == b' ' || quote(b))
    }

    /// What stands behind it.
    pub fn after<'l>(&self, line: &'l str) -> &'l str {
        line.get(self.start + self.text.len()..).unwrap_or("")
    }

    /// Whether the line gives it a value, calls it, or names it in a text: `word = x`, `"word": x`, `word(x)`, `getenv("word")`.
    pub fn is_given(&self, line: &str) -> bool {
        let bytes = line.as_bytes();
        let before = self.start.checked_sub(1).and_then(|at| bytes.get(at));
        if matches!(before, Some(b'"' | b'\'' | b'`' | b'-')) || is_constant(self.text) {
            return true;
        }
        let after = bytes.get(self.start + self.text.len()..).unwrap_or_default();
        let skipped = after.iter().take_while(|b| matches!(b, b' ' | b'"' | b'\'' | b'`' | b']' | b'?' | b'!')).count();
        // `options.word ?? true`, `config.word || "x"`
        let plain = after.iter().position(|b| *b != b' ').and_then(|at| after.get(at..)).unwrap_or_default();
        if falls_back(plain) || falls_back(behind_switch(after)) {
            return true;
        }
        match after.get(skipped..).unwrap_or_default() {
            [b'=', b'=' | b'>', ..] | [b':', b':', ..] => false,
            [b'=' | b':' | b'(' | b',', ..] => true,
            _ => {
                // the whole of a long line would be looked through for each of its words
                let end = bytes.len().min(self.start + self.text.len() + NEAR);
                let near = bytes.get(self.start.saturating_sub(NEAR)..end).unwrap_or_default();
                // or it is a decorator, or an element
                matches!(before, Some(b'@' | b'<')) || asks_the_environment(near)
            }
        }
    }

    /// Whether the line gives it a value: no call of it, no address's scheme, nothing that something is compared with.
    pub fn is_set(&self, line: &str) -> bool {
        let after = line.get(self.start + self.text.len()..).unwrap_or("");
        let before = line.get(..self.start).unwrap_or("");
        let quoted = before.ends_with(['"', '\'', '`']);
        let compared = quoted && before.trim_end_matches(['"', '\'', '`']).trim_end().ends_with("==");
        let declared = before.trim_end().ends_with("fn");
        // `const { word, other } = f()` takes a value from elsewhere
        let taken = line.len() < NEAR && after.trim_start().starts_with([',', '}']) && unpacks(before) && after.contains("} =");
        !(after.starts_with('(') && !quoted && !declared || after.starts_with("://") || compared || taken) && self.is_given(line)
    }
}

/// Whether what stands behind a word gives what holds without it.
fn falls_back(after: &[u8]) -> bool {
    after.starts_with(b"??") || after.starts_with(b"||")
}

/// What stands behind the switch of a part: `options.word?.enabled ?? true`.
fn behind_switch(after: &[u8]) -> &[u8] {
    let member = after.strip_prefix(b"?").unwrap_or(after).strip_prefix(b".");
    let Some(member) = member else { return &[] };
    let end = member.iter().position(|byte| !byte.is_ascii_lowercase()).unwrap_or(member.len());
    let (word, rest) = member.split_at_checked(end).unwrap_or((member, &[]));
    let switch = matches!(word, b"enabled" | b"enable" | b"disabled" | b"disable" | b"active");
    if switch { rest.trim_ascii_start() } else { &[] }
}

/// Whether `env`, `ENV` or `Env` stands in a stretch of text.
fn asks_the_environment(text: &[u8]) -> bool {
    let around = |at: usize| at.checked_sub(1).and_then(|from| text.get(from..at + 2));
    memchr::memchr2_iter(b'n', b'N', text).any(|at| matches!(around(at), Some(b"env" | b"ENV" | b"Env")))
}

/// Whether a line begins by taking members of something: `const {`. No literal stands before the next name.
fn unpacks(before: &str) -> bool {
    let declares = |word: &str| before.trim_start().strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with('{'));
    ["const ", "let ", "var "].into_iter().any(declares) && !before.contains(['=', ':'])
}

/// Whether a word is written as variables and constants are.
fn is_constant(word: &str) -> bool {
    word.contains('_') && !word.contains(|c: char| c.is_ascii_lowercase())
}

/// All words of some texts, whatever their case and without `-` and `_`: by their hashes, under which two of them may count as one.
pub struct Vocabulary {
    known: HashSet<u64>,
    state: RandomState,
}

impl Vocabulary {
    pub fn new(texts: &[&str]) -> Self {
        let mut all = Self { known: HashSet::default(), state: RandomState::default() };
        for text in texts {
            all.add(text);
        }
        all
    }

    pub fn add(&mut self, text: &str) {
        self.known.extend(words(text).map(|word| folded(&self.state, word.text)));
    }

    pub fn holds(&self, word: &str) -> bool {
        self.known.contains(&folded(&self.state, word))
    }
}

/// A hash of what [`fold`](crate::policy::pattern::fold) makes of a word of ASCII.
fn folded(state: &RandomState, word: &str) -> u64 {
    let mut hasher = state.build_hasher();
    let (mut packed, mut taken) = (0_u64, 0);
    for byte in word.bytes().filter(|byte| !matches!(byte, b'-' | b'_')) {
        packed = packed << 8 | u64::from(byte.to_ascii_lowercase());
        taken += 1;
        if taken % 8 == 0 {
            hasher.write_u64(std::mem::take(&mut packed));
        }
    }
    hasher.write_u64(packed);
    hasher.finish()
}

/// The words of a line or a text.
pub fn words(line: &str) -> impl Iterator<Item = Word<'_>> {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let bytes = line.as_bytes();
    let mut rest = 0;
    std::iter::from_fn(move || {
        loop {
            let from = rest + bytes.get(rest..)?.iter().position(inside)?;
            let after = bytes.get(from..)?;
            rest = from + after.iter().position(|byte| !inside(byte)).unwrap_or(after.len());
            let run = line.get(from..rest)?;
            let text = if run.starts_with('-') || run.ends_with('-') { run.trim_matches('-') } else { run };
            if text.len() > 1 && text.len() < 100 {
                return Some(Word { text, start: from + (run.len() - run.trim_start_matches('-').len()) });
            }
        }
    })
}

/// The name whose value a line opens: `origins = [`, `"telemetry": {`, `init({`; nothing when it opens none.
pub fn holder(line: &str) -> Option<Word<'_>> {
    let line = line.trim_end();
    if !line.ends_with(['[', '{', '(', '=', ':', '>']) {
        return None;
    }
    // what a class is made from does not say what it is about
    let mut all = words(line);
    if all.by_ref().take(4).any(|word| word.text == "class") {
        return all.next();
    }
    let before = line.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'));
    // the last word alone: what encloses it has a line of its own, or is asked about as part of this one's statement
    words(line).take_while(|word| word.start < before.len()).last()
}

/// The name that a line gives a value: `NAME = ...`, `const name: T = ...`, `name := ...`. A value that holds no literal is none.
pub fn assigned(line: &str) -> Option<&str> {
    let (before, after) = line.split_once('=')?;
    if after.starts_with(['=', '>']) || before.ends_with(['=', '!', '<', '>', '+', '-']) {
        return None;
    }
    let value = after.trim();
    let literal = value.is_empty()
        || value.contains(['"', '\'', '`'])
        || value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '[' | '{' | '(' | '-' | '!'))
        || words(value)
            .any(|word| matches!(word.text, "true" | "false" | "True" | "False" | "None" | "null" | "nil" | "not" | "undefined"));
    let name = before.split(':').next().unwrap_or(before);
    words(name).last().filter(|_| literal).map(|word| word.text)
}
