//! Environment files (`.env` and its relatives): one variable a line, with quotes, comments and expansions.

use std::collections::HashMap;

use super::default;
use crate::plain::is_disguise;
use crate::read::expression::Resolved;
use crate::reading::{Kind, Problem, Reading};
use crate::scope::ScopeId;
use crate::setting::{Overridden, Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// The word of `in:`.
pub const KIND: Kind = Kind("env-file");

/// Endings of files that are about environment files, not environment files.
const OTHER: &[&str] = &[
    "rs", "py", "js", "ts", "mjs", "cjs", "tsx", "jsx", "go", "rb", "php", "java", "kt", "cs", "md", "mdx", "rst", "json", "yaml", "yml",
    "toml", "lock", "html", "sh", "ps1", "lua", "ex", "exs", "nix", "enc", "gpg", "png", "svg", "j2", "tpl",
];

/// Whether the path is an environment file by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let sample =
        matches!(name, "env.example" | "env.template" | "env.sample" | "env.dist" | "env.production" | "env.development" | "env.local");
    if matches!(name, ".env" | ".envrc" | "dotenv") || sample {
        return true;
    }
    // `env.nginx.template` holds variables for nginx, and nothing that nginx reads; so does `env-vars.template`
    let of_a_part = name.strip_prefix("env").is_some_and(|rest| rest.starts_with(['.', '-', '_']))
        && [".example", ".template", ".sample", ".dist"].iter().any(|end| name.ends_with(end));
    let foreign = name.rsplit_once('.').is_some_and(|(_, ending)| OTHER.contains(&ending));
    let samples = [".env", ".env.example", ".env.template", ".env.sample", ".env.dist"];
    !foreign
        && (of_a_part
            || name.starts_with(".env.")
            || name.starts_with(".env-")
            || name.starts_with("dotenv")
            || samples.iter().any(|end| name.ends_with(end)))
}

/// Reads an environment file.
#[must_use]
pub fn read(path: &str, text: &str) -> Reading {
    // a script that direnv runs
    let direnv = path.rsplit('/').next() == Some(".envrc");
    let mut reading = Reading::new(KIND, text.len());
    let mut variables = Variables::default();
    let mut lexer = Lexer { text, at: if text.starts_with('\u{feff}') { 3 } else { 0 }, unclosed: Vec::new() };
    let mut garbage = None;
    while lexer.at < text.len() {
        let start = lexer.at;
        let line = lexer.line();
        match lexer.assignment(start, line) {
            Some(found) => variables.set(text, &found),
            None if garbage.is_none()
                && !(direnv && line.trim_start().starts_with("unset "))
                && !matches!(line.trim_start().bytes().next(), None | Some(b'#')) =>
            {
                garbage = Some(Span::new(start, start + line.len()));
            }
            None if direnv => variables.unset(line),
            None => {}
        }
    }
    if let (true, Some(span)) = (variables.settings.is_empty(), garbage) {
        reading.problems.push(Problem {
            span: Some(span),
            message: "no line of this environment file sets a variable".into(),
            fatal: false,
        });
    }
    reading.settings = variables.settings.into_iter().flatten().collect();
    reading
}

/// One assignment as it is written.
struct Found {
    name: Span,
    value: Span,
    /// Without quotes and escapes.
    text: String,
    /// The same with escaped dollars doubled, where something is expanded.
    expression: Option<String>,
}

/// The last assignment of each variable, in the order of the file.
#[derive(Default)]
struct Variables {
    settings: Vec<Option<Setting>>,
    last: HashMap<Box<str>, usize>,
}

impl Variables {
    fn set(&mut self, text: &str, found: &Found) {
        let name = found.name.of(text);
        let Resolved { value, mark } = match &found.expression {
            Some(expression) => default::shell_with(expression, &|name| self.literal(name)),
            None => super::plain_text(&found.text),
        };
        let mut setting = Setting::named(ScopeId::ROOT, Surface::Env, name, value, found.name, found.value).with_mark(mark).with_raw(text);
        if let Some(earlier) = self.last.insert(name.into(), self.settings.len()).and_then(|at| self.settings.get_mut(at)?.take()) {
            setting.overridden = earlier.overridden;
            setting.overridden.push(Overridden { span: earlier.value_span, value: earlier.value, contested: false });
        }
        self.settings.push(Some(setting));
    }

    /// Takes away what `unset A B` names.
    fn unset(&mut self, line: &str) {
        let Some(names) = line.trim().strip_prefix("unset ") else { return };
        for name in names.split([' ', '\t', ';']).take_while(|word| !word.starts_with('#')).filter(|word| !word.starts_with('-')) {
            if let Some(slot) = self.last.remove(name).and_then(|at| self.settings.get_mut(at)) {
                *slot = None;
            }
        }
    }

    fn literal(&self, name: &str) -> Option<Box<str>> {
        match &self.settings.get(*self.last.get(name)?)?.as_ref()?.value {
            Outcome::One(Value::Text(text)) => Some(text.clone()),
            _ => None,
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Quotes that are never closed from here on; looking for them again would be quadratic.
    unclosed: Vec<char>,
}

impl<'a> Lexer<'a> {
    /// The line at the cursor without its end; the cursor moves on.
    fn line(&mut self) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or("");
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let end = rest.get(length..).unwrap_or("");
        let ending = if end.starts_with("\r\n") { 2 } else { usize::from(!end.is_empty()) };
        self.at += length + ending;
        rest.get(..length).unwrap_or("")
    }

    fn assignment(&mut self, start: usize, line: &str) -> Option<Found> {
        let (name, after) = name(line)?;
        let from = start + after;
        let rest = line.get(after..).unwrap_or("");
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let first = rest.chars().nth(blank);
        let name = Span::new(start + name.start, start + name.end);
        if let Some(quote @ ('"' | '\'' | '`')) = first
            && let Some(found) = self.quoted(name, from + blank, quote)
        {
            return Some(found);
        }
        let value = unquoted(rest);
        let span = Span::new(from + value.start, from + value.end);
        let text = span.of(self.text).to_owned();
        let expression = text.contains(['$', '`']).then(|| text.clone());
        Some(Found { name, value: span, text, expression })
    }

    /// A value in quotes, which may go over several lines.
    fn quoted(&mut self, name: Span, open: usize, quote: char) -> Option<Found> {
        if self.unclosed.contains(&quote) {
            return None;
        }
        let (mut text, mut expression) = (String::new(), String::new());
        let mut live = false;
        let mut chars = self.text.get(open + 1..)?.char_indices();
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.finish(open + at + 2);
                let expression = (live && quote == '"').then_some(expression);
                return Some(Found { name, value: Span::new(open, open + at + 2), text, expression });
            }
            let escaped = if c == '\\' && quote == '"' { chars.clone().next() } else { None };
            if let Some((_, next @ ('n' | 'r' | 't' | '"' | '\\' | '$'))) = escaped {
                chars.next();
                let meant = unescaped(next);
                text.push(meant);
                expression.push_str(if meant == '$' { "$$" } else { "" });
                expression.extend((meant != '$').then_some(meant));
            } else {
                live |= c == '$';
                text.push(c);
                expression.push(c);
            }
        }
        self.unclosed.push(quote);
        None
    }

    /// Goes on after the line on which a quoted value ends.
    fn finish(&mut self, end: usize) {
        if end >= self.at {
            self.at = end;
            self.line();
        }
    }
}

fn unescaped(c: char) -> char {
    match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        other => other,
    }
}

/// The name of an assignment and where the text after its `=` starts.
fn name(line: &str) -> Option<(std::ops::Range<usize>, usize)> {
    // a space of another kind (U+00A0) belongs to the name: Compose and shells do not skip it
    let blank = |c: char| c.is_ascii_whitespace();
    let mut start = line.len() - line.trim_start_matches(blank).len();
    if let Some(rest) = line.get(start..)?.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])) {
        start = line.len() - rest.trim_start_matches(blank).len();
    }
    let rest = line.get(start..)?;
    let spaces = rest.len() - rest.trim_start().len();
    let word = rest.get(spaces..)?;
    if !word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || is_disguise(c)) {
        return None;
    }
    let length = word.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.' | '-') && !is_disguise(c));
    let length = length.map_or(rest.len(), |length| spaces + length);
    let after = rest.get(length..)?;
    let separator = after.trim_start_matches([' ', '\t']);
    let screaming = || rest.bytes().take(length).all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let colon = || separator.starts_with(": ") && screaming();
    if !separator.starts_with('=') && !colon() {
        return None;
    }
    Some((start..start + length, line.len() - separator.len() + 1))
}

/// Where the value without quotes stands in what follows the `=`.
fn unquoted(rest: &str) -> std::ops::Range<usize> {
    let start = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let value = rest.get(start..).unwrap_or("");
    if value.is_empty() || value.starts_with('#') {
        return 0..0;
    }
    let comment = value.match_indices('#').find(|(at, _)| value.get(..*at).is_some_and(|head| head.ends_with([' ', '\t'])));
    let value = comment.map_or(value, |(at, _)| value.get(..at).unwrap_or(value)).trim_end();
    start..start + value.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Mark;

    /// `NAME=value` of every setting, and proof that the spans hold what was read.
    fn said(text: &str) -> Vec<String> {
        let reading = read(".env", text);
        for setting in &reading.settings {
            assert_eq!(setting.name_span.of(text), &*setting.names[0].1);
            assert_eq!(setting.value_span.of(text), &*setting.raw);
        }
        reading.settings.iter().map(|s| format!("{}={}", s.names[0].1, shown(&s.value))).collect()
    }

    fn shown(value: &Outcome) -> String {
        match value {
            Outcome::One(value) => value.display(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn every_spelling_of_an_assignment_is_read() {
        assert_eq!(said("A=1\n  export B=2\nC = 3\nD: 4\n\tE=5"), ["A=1", "B=2", "C=3", "D=4", "E=5"]);
    }

    #[test]
    fn quotes_are_taken_off_and_comments_left_out() {
        assert_eq!(
            said("A=\"v\" # note\nB='a # b'\nC=`x \"y\"`\nD=v # note\nE=v#w\nF=#note\nG=\nH= # note"),
            ["A=v", "B=a # b", "C=x \"y\"", "D=v", "E=v#w", "F=", "G=", "H="]
        );
    }

    #[test]
    fn an_empty_value_is_an_empty_text_right_after_the_equals() {
        let reading = read(".env", "A=\n");
        assert_eq!(reading.settings[0].value, Outcome::text(""));
        assert_eq!(reading.settings[0].value_span, Span::new(2, 2));
    }

    #[test]
    fn values_are_text_whatever_they_look_like() {
        assert_eq!(read(".env", "A=true\n").settings[0].value, Outcome::text("true"));
    }

    #[test]
    fn a_value_in_quotes_may_span_lines() {
        assert_eq!(said("A=\"x\r\ny\"\r\nB=\"p\\nq\"\nC=\"open\nD=1"), ["A=x\r\ny", "B=p\nq", "C=\"open", "D=1"]);
    }

    #[test]
    fn what_direnv_unsets_is_not_set() {
        let said = |path: &str, text: &str| read(path, text).settings.iter().map(|one| one.names[0].1.to_string()).collect::<Vec<_>>();
        let text = "export A=1\nexport B=2\nexport C=3\nunset A B # A\nexport B=4\n";
        assert_eq!(said("x/.envrc", text), ["C", "B"]);
        // Docker and Compose know no such line
        assert_eq!(said(".env", text), ["A", "C", "B"]);
    }

    #[test]
    fn commented_lines_do_not_exist() {
        assert_eq!(said("# A=1\n  #B=2\nC=3"), ["C=3"]);
    }

    #[test]
    fn a_byte_order_mark_and_every_line_end_are_read_over() {
        assert_eq!(said("\u{feff}A=1\r\nB=2\rC=3"), ["A=1", "B=2", "C=3"]);
    }

    #[test]
    fn the_last_of_several_wins_and_remembers_the_others() {
        let reading = read(".env", "A=1\nB=2\nA=3\nA=4\n");
        assert_eq!(said("A=1\nB=2\nA=3\nA=4\n"), ["B=2", "A=4"]);
        let lost = &reading.settings[1].overridden;
        assert_eq!(lost.iter().map(|o| shown(&o.value)).collect::<Vec<_>>(), ["1", "3"]);
        assert!(lost.iter().all(|o| !o.contested));
    }

    #[test]
    fn variables_of_the_file_are_put_in() {
        assert_eq!(said("A=h\nB=http://${A}:80\nC='$A'\nD=\"\\$A\"")[1..], ["B=http://h:80", "C=$A", "D=$A"]);
        assert_eq!(read(".env", "B=$X\n").settings[0].mark, Mark::Reference);
        assert_eq!(said("A=${B:-1}\nC=\"${D-x y}\" # note\nE=${F:?set it}\nG=5$"), ["A=1", "C=x y", "E=Unread", "G=5$"]);
    }

    #[test]
    fn lines_that_set_nothing_are_passed_over() {
        assert_eq!(said("source_env ..\nuse flake\nfoo() {\nA=1\n}\nUsage: x\n"), ["A=1"]);
        assert!(read(".env", "A=1\nnonsense\n").problems.is_empty());
        assert_eq!(read(".env", "only nonsense\n").problems.len(), 1);
        assert!(read(".env", "# nothing yet\n\n").problems.is_empty());
    }

    #[test]
    fn names_of_environment_files_are_known() {
        for path in [
            ".env",
            "a/.env.example",
            "prod.env",
            "env.example",
            "x/env.template",
            "deploy/env.nginx.template",
            "a.env.example",
            ".envrc",
            "deploy/env-vars.template",
            "env.sample",
            "dotenv",
            "dotenv.example",
            ".env.local",
        ] {
            assert!(claims(path), "{path}");
        }
        for path in ["dotenv.rs", "src/env.rs", ".env.d.ts", ".env.md", "environment", "env.ts", "env/x", "a.envx"] {
            assert!(!claims(path), "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[A-C=#\"'`\\\\$ :{}\\n\\ré\u{feff}-]{0,60}") {
            said(&text);
        }
    }
}
