//! Makefiles and justfiles: variables with their defaults, and the commands of recipes.

use std::collections::HashMap;

use super::{command, default, lines};
use crate::plain::is_disguise;
use crate::reading::{Kind, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Overridden, Setting, Surface};
use crate::span::Span;
use crate::value::{Mark, Outcome, Value};

/// The word of `in:`.
pub const KIND: Kind = Kind("make");

/// Whether the path is a Makefile or justfile by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let made = name.strip_prefix("Makefile").is_some_and(|rest| rest.is_empty() || (rest.starts_with(['.', '-']) && ending != Some("am")));
    made || ending == Some("mk") || matches!(name, "makefile" | "GNUmakefile") || is_just(path)
}

fn is_just(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "justfile" | "Justfile" | ".justfile") || name.rsplit_once('.').is_some_and(|(_, ending)| ending == "just")
}

/// Reads a Makefile or justfile.
#[must_use]
pub fn read(path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(KIND, text.len());
    let mut file = File {
        text,
        just: is_just(path),
        target: None,
        conditions: 0,
        defining: false,
        last: HashMap::new(),
        known: HashMap::new(),
        settings: Vec::new(),
    };
    let mut open: Option<Span> = None;
    for (start, line) in lines(text) {
        let place = Span::new(start, start + line.len());
        let joined = open.take().map_or(place, |before: Span| before.join(place));
        if line.ends_with('\\') {
            open = Some(joined);
        } else {
            file.line(joined, &mut reading);
        }
    }
    if let Some(last) = open {
        file.line(last, &mut reading);
    }
    let known = std::mem::take(&mut file.known);
    for setting in &mut reading.settings {
        put_in(setting, text, &known);
    }
    reading.settings.extend(file.settings.into_iter().flatten());
    super::under_their_spans(text, &mut reading);
    crate::read::lens::gate::in_recipes(text, &mut reading, None);
    reading
}

struct File<'a> {
    text: &'a str,
    just: bool,
    /// The recipe whose lines follow.
    target: Option<ScopeId>,
    /// How many `ifeq` are open.
    conditions: usize,
    /// Inside `define`.
    defining: bool,
    last: HashMap<(ScopeId, Box<str>), usize>,
    /// Variables of the whole file with one literal value.
    known: HashMap<Box<str>, Box<str>>,
    settings: Vec<Option<Setting>>,
}

impl File<'_> {
    fn line(&mut self, place: Span, reading: &mut Reading) {
        let line = place.of(self.text);
        let indented = line.starts_with('\t') || (self.just && line.starts_with(' '));
        if let (true, Some(target)) = (indented, self.target) {
            let run = line.trim_start().trim_start_matches(['@', '-', '+']);
            if !run.starts_with('#') {
                command::script(run, place.end as usize - run.len(), target, reading);
            }
            return;
        }
        let content = line.trim_start();
        let start = place.start as usize + line.len() - content.len();
        if content.is_empty() || content.starts_with('#') || self.directive(content) || self.defining {
            return;
        }
        if let Some(found) = assignment(content, self.just) {
            self.variable(content, start, &found, ScopeId::ROOT);
        } else if let Some((name, rest)) = content.split_once(':') {
            let name = name.trim();
            // a justfile's recipe has its parameters behind the name
            let name = if self.just { name.split_whitespace().next().unwrap_or(name) } else { name };
            let target = reading.scope(ScopeId::ROOT, ScopeKind::Function, name.trim_start_matches('@'), Step::Same, place);
            self.target = Some(target);
            // `target: X := d`
            let inner = rest.trim_start_matches(':').trim_start();
            if let Some(found) = assignment(inner, self.just).filter(|_| !self.just) {
                self.variable(inner, start + content.len() - inner.len(), &found, target);
            }
        }
    }

    /// `ifeq`, `endif`, `define`, `include`: what is no variable.
    fn directive(&mut self, line: &str) -> bool {
        let word = line.split([' ', '\t', '(']).next().unwrap_or("");
        match word {
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => self.conditions += 1,
            "endif" => self.conditions = self.conditions.saturating_sub(1),
            "define" => self.defining = true,
            "endef" => self.defining = false,
            "else" | "include" | "-include" | "sinclude" | "vpath" | "import" | "mod" => {}
            "set" if self.just => {}
            _ => return false,
        }
        true
    }

    fn variable(&mut self, line: &str, start: usize, found: &Assignment, scope: ScopeId) {
        let name = line.get(found.name.clone()).unwrap_or("");
        let value = line.get(found.value.clone()).unwrap_or("");
        let place = Span::new(start + found.value.start, start + found.value.end);
        let (value, mark) = match found.operator {
            "+=" | "!=" => (Outcome::Unread, Mark::Reference),
            _ if self.just => return self.just_variable(name, value, start + found.name.start, place, found.exported),
            _ => resolved(value, &self.known),
        };
        let given = default::is_screaming(name) || found.exported;
        let name_span = Span::new(start + found.name.start, start + found.name.end);
        let setting = Setting::named(scope, Surface::Env, name, value, name_span, place).with_mark(mark);
        self.add(setting, given, found.operator == "?=");
    }

    /// `x := "d"`, `x := env("X", "d")`.
    fn just_variable(&mut self, name: &str, value: &str, at: usize, place: Span, exported: bool) {
        let name_span = Span::new(at, at + name.len());
        let literal =
            |text: &str| ['"', '\''].into_iter().find_map(|quote| text.trim().strip_prefix(quote)?.strip_suffix(quote).map(str::to_owned));
        if let Some(text) = literal(value).filter(|text| !text.contains(['"', '\''])) {
            let setting = Setting::named(ScopeId::ROOT, Surface::Env, name, Outcome::text(text), name_span, place);
            return self.add(setting, default::is_screaming(name) || exported, false);
        }
        let asked =
            ["env_var_or_default(", "env("].into_iter().find_map(|call| value.strip_prefix(call)).and_then(|rest| rest.strip_suffix(')'));
        let Some((variable, fallback)) = asked.and_then(|asked| asked.split_once(',')) else { return };
        if let (Some(variable), Some(text)) = (literal(variable), literal(fallback)) {
            let from = place.end as usize - 1 - fallback.trim_start().len();
            let fallback = Span::new(from, from + fallback.trim().len());
            self.add(Setting::named(ScopeId::ROOT, Surface::Env, variable, Outcome::text(text), name_span, fallback), true, false);
        }
    }

    /// Outside conditions the last assignment counts; `?=` only where nothing was assigned before.
    fn add(&mut self, mut setting: Setting, given: bool, weak: bool) {
        let Some((_, name)) = setting.names.first() else { return };
        let key = (setting.scope, name.clone());
        if weak && setting.scope == ScopeId::ROOT && self.known.contains_key(name) && self.conditions == 0 {
            return;
        }
        if self.conditions == 0
            && let Some(earlier) = self.last.get(&key).copied()
        {
            if weak {
                return;
            }
            if let Some(earlier) = self.settings.get_mut(earlier).and_then(Option::take) {
                setting.overridden = earlier.overridden;
                setting.overridden.push(Overridden { span: earlier.value_span, value: earlier.value, contested: false });
            }
        }
        if setting.scope == ScopeId::ROOT {
            match &setting.value {
                Outcome::One(Value::Text(text)) if self.conditions == 0 => self.known.insert(name.clone(), text.clone()),
                _ => self.known.remove(name),
            };
        }
        if given {
            self.last.insert(key, self.settings.len());
            self.settings.push(Some(setting));
        }
    }
}

/// `export X ?= d` in its parts.
struct Assignment {
    name: std::ops::Range<usize>,
    operator: &'static str,
    value: std::ops::Range<usize>,
    exported: bool,
}

fn assignment(line: &str, just: bool) -> Option<Assignment> {
    let (mut at, mut exported) = (0, false);
    while let Some(word) =
        ["export ", "override ", "private "].into_iter().find(|word| line.get(at..).is_some_and(|rest| rest.starts_with(word)))
    {
        exported |= word == "export ";
        at += word.len();
        let rest = line.get(at..)?;
        at += rest.len() - rest.trim_start().len();
    }
    let rest = line.get(at..)?;
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.') && !is_disguise(c)).unwrap_or(rest.len());
    let after = rest.get(length..)?;
    let blank = after.len() - after.trim_start().len();
    let operators: &[&'static str] = if just { &[":="] } else { &["?=", "::=", ":=", "+=", "!=", "="] };
    let operator = operators.iter().copied().find(|operator| after.trim_start().starts_with(operator)).filter(|_| length > 0)?;
    let from = at + length + blank + operator.len();
    let value = line.get(from..)?;
    let start = from + value.len() - value.trim_start().len();
    let value = value.trim();
    let end = value.find(" #").filter(|_| !value.contains(['"', '\''])).unwrap_or(value.len());
    let end = value.get(..end).map_or(end, |value| value.trim_end().len());
    Some(Assignment { name: at..at + length, operator, value: start..start + end, exported })
}

/// What a value comes to; `$(X)` of a variable that the file sets is put in, everything else that is computed is unknown.
fn resolved(value: &str, known: &HashMap<Box<str>, Box<str>>) -> (Outcome, Mark) {
    if !value.contains('$') {
        return (Outcome::text(value), Mark::Plain);
    }
    let mut out = String::new();
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        out.push_str(rest.get(..at).unwrap_or(""));
        let after = rest.get(at + 1..).unwrap_or("");
        let inner = after.strip_prefix('(').and_then(|inner| inner.split_once(')'));
        let inner = inner.or_else(|| after.strip_prefix('{').and_then(|inner| inner.split_once('}')));
        match inner.and_then(|(name, next)| Some((known.get(name)?, next))) {
            Some((text, next)) if out.len() + text.len() < 4096 => {
                out.push_str(text);
                rest = next;
            }
            _ => return (Outcome::Unread, Mark::Reference),
        }
    }
    out.push_str(rest);
    (Outcome::text(out), Mark::Plain)
}

/// Puts the file's variables into a recipe's flags.
fn put_in(setting: &mut Setting, text: &str, known: &HashMap<Box<str>, Box<str>>) {
    let raw = setting.value_span.of(text).trim_matches(['"', '\'']);
    // `{{host}}` of a justfile, which a command takes for a word
    if let Some(said) = raw.strip_prefix("{{").and_then(|inner| inner.strip_suffix("}}")).and_then(|name| known.get(name.trim())) {
        (setting.value, setting.mark) = (Outcome::text(&**said), Mark::Plain);
        return;
    }
    let command = setting.names.iter().any(|(surface, _)| *surface == Surface::Command);
    if setting.value == Outcome::Unread && raw.contains('$') && !command {
        (setting.value, setting.mark) = resolved(raw, known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> Vec<String> {
        let reading = read(path, text);
        let shown = |value: &Outcome| match value {
            Outcome::One(value) => value.display(),
            _ => "?".into(),
        };
        let settings = reading.settings.iter().filter(|setting| setting.names[0].0 != Surface::Command);
        settings.map(|setting| format!("{}={}", setting.names[0].1, shown(&setting.value))).collect()
    }

    #[test]
    fn variables_have_their_defaults() {
        let text = "HOST ?= 0.0.0.0 # note\nexport A_B := 1\nlower = 2\nC_D = $(HOST):80\nE_F := $(shell date)\nA_B = 3\nHOST ?= other\n";
        assert_eq!(said("Makefile", text), ["HOST=0.0.0.0", "C_D=0.0.0.0:80", "E_F=?", "A_B=3"]);
        assert_eq!(said("Makefile", "A_B = 1\nifeq ($(X),y)\nA_B = 2\nendif\n"), ["A_B=1", "A_B=2"]);
    }

    #[test]
    fn recipes_are_commands_of_their_targets() {
        let text = "HOST ?= 0.0.0.0\nrun: export X_Y = 1\nrun: build\n\t@serve --host $(HOST) \\\n\t  --share\n\t# --no\n";
        assert_eq!(said("Makefile", text), ["HOST=0.0.0.0", "X_Y=1", "--host=0.0.0.0", "--share=true"]);
        let reading = read("Makefile", text);
        assert!(reading.settings.iter().any(|setting| reading.scope_words(setting.scope).as_deref() == Some("function run")));
    }

    #[test]
    fn justfiles_are_read_too() {
        let text = "export HOST := \"0.0.0.0\"\nlower := \"::\"\nport := env(\"PORT\", \"80\")\nset dotenv-load\n\nrun arg='x':\n    serve --share --host {{lower}}\n";
        assert_eq!(said("justfile", text), ["HOST=0.0.0.0", "PORT=80", "--share=true", "--host=::"]);
    }

    #[test]
    fn names_of_makefiles_are_known() {
        assert!(["Makefile", "a/b.mk", "justfile", "Makefile.dev", "GNUmakefile"].into_iter().all(claims));
        assert!(!["make.py", "Makefiles", "Makefile.am"].into_iter().any(claims));
    }
}
