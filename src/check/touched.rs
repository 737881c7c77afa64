//! Whether a change of a code file could concern any policy, known without parsing it: the words on changed lines, on the lines
//! around and above them, and where a changed constant is used.

use std::collections::{HashMap, HashSet};

use crate::policy::interest::{Known, Says};
use crate::policy::pattern::fold;

/// Lines before and after a changed one that may belong to the same expression.
const BESIDE: usize = 3;

/// Lines below a changed one, deeper than it, that may belong to it: the keywords of a call whose name changed.
const BELOW: usize = 12;

/// Enclosing lines that are looked at.
const ABOVE: usize = 16;

/// Changed names whose other uses are looked up.
const NAMES: usize = 200;

/// Words that decide what other lines of a class are called.
const PREFIXES: &[&str] = &["env_prefix", "environment_prefix", "envprefix", "prefix"];

/// Whether the difference of two texts could change a setting that some policy knows. A side that is not there is empty.
pub fn concerns(known: &mut Known, path: &str, base: &str, head: &str) -> bool {
    let (old, new) = (Lines::new(base), Lines::new(head));
    let (gone, come) = different(&old, &new);
    let mut asking = Asking { known, path, texts: [base, head], words: None, together: HashMap::new() };
    of_side(&mut asking, &old, &gone) || of_side(&mut asking, &new, &come)
}

/// Who is asked about the words of one file.
struct Asking<'k, 'c, 't> {
    known: &'k mut Known<'c>,
    path: &'t str,
    texts: [&'t str; 2],
    /// All words of both sides, folded; collected when the first common word comes.
    words: Option<HashSet<String>>,
    /// Which groups of names have all their words in the file.
    together: HashMap<u32, bool>,
}

impl Asking<'_, '_, '_> {
    fn says(&mut self, line: &str) -> Says {
        let mut most = Says::Nothing;
        for word in words(line) {
            let says = match self.known.says(word) {
                Says::Together(group) if self.holds(group) => Says::Named,
                Says::Together(_) => Says::Nothing,
                says => says,
            };
            most = most.max(says);
        }
        most
    }

    fn holds(&mut self, group: u32) -> bool {
        if let Some(holds) = self.together.get(&group) {
            return *holds;
        }
        let texts = self.texts;
        let all = self.words.get_or_insert_with(|| texts.iter().flat_map(|text| words(text)).map(fold).collect());
        let holds = self.known.together(group, self.path, |word| all.contains(word));
        self.together.insert(group, holds);
        holds
    }
}

struct Lines<'t> {
    all: Vec<&'t str>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        Self { all: text.lines().collect() }
    }

    fn get(&self, at: usize) -> &'t str {
        self.all.get(at).copied().unwrap_or("")
    }

    fn depth(&self, at: usize) -> usize {
        let line = self.get(at);
        line.len() - line.trim_start().len()
    }
}

/// The lines of each side that the other one does not have as often. Moved and indented lines are not among them.
fn different(old: &Lines, new: &Lines) -> (Vec<usize>, Vec<usize>) {
    let mut counts: HashMap<&str, i64> = HashMap::new();
    for (lines, step) in [(old, 1), (new, -1)] {
        for line in &lines.all {
            *counts.entry(line.trim()).or_default() += step;
        }
    }
    let unlike = |lines: &Lines, sign: i64| -> Vec<usize> {
        let changed = |line: &str| !line.is_empty() && counts.get(line).is_some_and(|count| count * sign > 0);
        lines.all.iter().enumerate().filter(|(_, line)| changed(line.trim())).map(|(at, _)| at).collect()
    };
    (unlike(old, 1), unlike(new, -1))
}

fn of_side(asking: &mut Asking, lines: &Lines, changed: &[usize]) -> bool {
    let mut near: HashSet<usize> = HashSet::new();
    let mut around: HashSet<usize> = HashSet::new();
    for at in changed {
        near.extend(at.saturating_sub(BESIDE)..=(at + BESIDE).min(lines.all.len()));
        above(lines, *at, &mut around);
        below(lines, *at, &mut around);
    }
    if near.iter().any(|at| asking.says(lines.get(*at)) >= Says::Worded)
        || around.iter().any(|at| asking.says(lines.get(*at)) >= Says::Named)
    {
        return true;
    }
    // `enabled: true` below `telemetry: {`
    let filled = changed.iter().any(|at| asking.says(lines.get(*at)) == Says::Fill);
    if filled && around.iter().any(|at| asking.says(lines.get(*at)) >= Says::Worded) {
        return true;
    }
    uses_of_names(asking, lines, changed)
}

fn above(lines: &Lines, at: usize, into: &mut HashSet<usize>) {
    let mut depth = lines.depth(at);
    let mut seen = 0;
    for before in (0..at).rev() {
        if depth == 0 || seen == ABOVE {
            return;
        }
        if !lines.get(before).trim().is_empty() && lines.depth(before) < depth {
            depth = lines.depth(before);
            seen += 1;
            // what was found for a neighbour holds for this line too
            if !into.insert(before) {
                return;
            }
        }
    }
}

fn below(lines: &Lines, at: usize, into: &mut HashSet<usize>) {
    let depth = lines.depth(at);
    let inside = |line: &usize| *line < lines.all.len() && (lines.get(*line).trim().is_empty() || lines.depth(*line) > depth);
    into.extend((at + 1..=at + BELOW).take_while(inside));
}

/// A changed line that gives a name a value matters where that name is used.
fn uses_of_names(asking: &mut Asking, lines: &Lines, changed: &[usize]) -> bool {
    let mut names: HashSet<&str> = changed.iter().filter_map(|at| assigned(lines.get(*at))).collect();
    if names.iter().any(|name| PREFIXES.contains(&name.to_ascii_lowercase().as_str())) {
        return true;
    }
    if names.len() > NAMES {
        return true;
    }
    // short names of loops and lambdas are no constants
    names.retain(|name| name.len() > 2);
    if names.is_empty() {
        return false;
    }
    lines.all.iter().any(|line| words(line).any(|word| names.contains(word)) && asking.says(line) == Says::Named)
}

/// The name that a line gives a value: `NAME = ...`, `const name: T = ...`, `name := ...`.
fn assigned(line: &str) -> Option<&str> {
    let (before, after) = line.split_once('=')?;
    if after.starts_with(['=', '>']) || before.ends_with(['=', '!', '<', '>', '+', '-']) {
        return None;
    }
    let name = before.split(':').next().unwrap_or(before);
    words(name).last()
}

/// Letters, digits, `_` and `-` between other characters.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
        .map(|word| word.trim_matches('-'))
        .filter(|word| word.len() > 1 && word.len() < 100)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::policy::catalogue::Catalogue;
    use crate::policy::interest::Interest;

    #[track_caller]
    fn check(base: &str, head: &str, expected: bool) {
        let catalogue = Catalogue::built_in().unwrap();
        let mut interest = Known::new(Arc::new(Interest::new(&catalogue, "python", &[".py"])));
        assert_eq!(concerns(&mut interest, "a.py", base, head), expected, "{base}\n---\n{head}");
    }

    #[test]
    fn a_change_far_from_any_word_does_not_concern() {
        let far = "def f(x):\n    return x\n\n\n\n\n\n\nmodel = load(trust_remote_code=False)\n";
        check(far, &far.replace("return x", "return x + 1"), false);
        check(far, far, false);
        check(&far.replace("return x", "return x "), far, false);
    }

    #[test]
    fn a_changed_value_concerns_where_a_word_stands() {
        let text = "model = load(trust_remote_code=False)\n";
        check(text, &text.replace("False", "True"), true);
        check("", text, true);
        check(text, "", true);
        let over_lines = "load(\n  trust_remote_code=\n  False\n)\n";
        check(over_lines, &over_lines.replace("False", "True"), true);
    }

    #[test]
    fn what_encloses_a_changed_line_is_looked_at() {
        let list = "f(allow_origins=[\n  'https://a',\n  'https://b',\n  'https://c',\n  'https://d',\n  'https://e',\n])\n";
        check(list, &list.replace("https://e", "*"), true);
        let object = "x = {\n  telemetry: {\n    a: 1,\n    b: 1,\n    c: 1,\n    d: 1,\n    enabled: false\n}}\n";
        check(object, &object.replace("false", "true"), true);
    }

    #[test]
    fn a_changed_constant_concerns_where_it_is_used() {
        let text = "WIDGET = False\n\n\n\n\n\nload(trust_remote_code=WIDGET)\n";
        check(text, &text.replace("False", "True"), true);
        let text = "WIDGET = False\n\n\n\n\n\nf(x=WIDGET)\n";
        check(text, &text.replace("False", "True"), false);
    }
}
