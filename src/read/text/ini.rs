//! INI files, Git's configuration and Java properties: keys in sections, each dot one step deeper.

use std::collections::HashMap;

use super::default;
use crate::read::expression::{Resolved, typed};
use crate::read::fragment;
use crate::read::lens::spring;
use crate::reading::{Kind, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Overridden, Setting, Surface};
use crate::span::{OffsetMap, Span};
use crate::value::{Mark, Outcome, Value};

mod lex;

/// The word of `in:` for INI files.
pub const INI: Kind = Kind("ini");
/// The word of `in:` for Java properties.
pub const PROPERTIES: Kind = Kind("properties");

/// How many steps the dots of one name may make; further dots are part of the last step.
const STEPS: usize = 64;

/// Whether the path is an INI or properties file by its name.
#[must_use]
#[allow(clippy::case_sensitive_file_extension_comparisons, reason = "programs look for the name in small letters")]
pub fn claims(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let known = matches!(
        name,
        "gitconfig"
            | ".gitconfig"
            | ".npmrc"
            | ".wgetrc"
            | "wgetrc"
            | ".pypirc"
            | "pip.conf"
            | ".lfsconfig"
            | ".guardrailsrc"
            | ".coveragerc"
            | ".flake8"
            | ".editorconfig"
            | "supervisord.conf"
    );
    let supervisor = name.starts_with("supervisor") && name.ends_with(".conf");
    let versions = path == ".dvc/config" || path.ends_with("/.dvc/config");
    known || supervisor || versions || [".ini", ".cfg", ".cnf", ".properties", ".gitconfig"].iter().any(|end| name.ends_with(end))
}

/// Whether a text whose name says little (`.conf`) is INI: a `[section]` before anything else, or nothing but `name = value`.
#[must_use]
pub fn looks_like(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';', '!'])).peekable();
    let section = |line: &str| line.starts_with('[') && line.contains(']') && !line.starts_with("[[");
    let Some(first) = lines.peek() else { return false };
    section(first) || lines.all(|line| section(line) || assigns(line))
}

/// `name = value`, as a program with its own `key = value` file writes it; `{` opens a block of another format.
fn assigns(line: &str) -> bool {
    let Some((name, value)) = line.split_once('=') else { return false };
    let name = name.trim_end();
    let named = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'));
    named && !value.ends_with(['{', ';', '['])
}

#[allow(clippy::case_sensitive_file_extension_comparisons, reason = "programs look for the name in small letters")]
/// Reads an INI or properties file.
#[must_use]
pub fn read(path: &str, text: &str) -> Reading {
    let name = path.rsplit('/').next().unwrap_or(path);
    let properties = name.ends_with(".properties");
    if properties && spring::is_place(path) {
        return profiles(path, text);
    }
    one(name, properties, text)
}

/// A Spring application's properties: documents set off by `#---`, each for its profile.
fn profiles(path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(PROPERTIES, text.len());
    reading.kinds.insert(0, Kind(spring::NAME));
    for span in documents(text) {
        let inner = one("", true, span.of(text));
        let own = inner.settings.iter().find(|setting| spring::PROFILE.contains(&inner.path_of(setting).as_str()));
        let profile = own.and_then(|setting| if let Outcome::One(value) = &setting.value { Some(value.display()) } else { None });
        let parent = spring::of_profile(path, profile.as_deref(), span, &mut reading);
        fragment::embed(&mut reading, parent, inner, &OffsetMap::shifted(span.start as usize));
    }
    reading
}

/// The parts of a text between lines that are `#---` or `!---`.
fn documents(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut from = 0;
    for (start, line) in super::lines(text) {
        if matches!(line.trim_end(), "#---" | "!---") {
            spans.push(Span::new(from, start));
            from = start + line.len();
        }
    }
    spans.push(Span::new(from, text.len()));
    spans
}

#[allow(clippy::case_sensitive_file_extension_comparisons, reason = "programs look for the name in small letters")]
/// Reads one document.
fn one(name: &str, properties: bool, text: &str) -> Reading {
    let mut reading = Reading::new(if properties { PROPERTIES } else { INI }, text.len());
    let mut keys =
        Keys { text, reading: &mut reading, scopes: HashMap::new(), last: HashMap::new(), settings: Vec::new(), section: ScopeId::ROOT };
    if properties {
        lex::properties(text, |name, value| keys.set(&name, &value, true));
    } else {
        let indent = if name.ends_with(".cfg") || name == "tox.ini" { lex::Indent::Continues } else { lex::Indent::ContinuesUnlessKey };
        lex::ini(text, indent, |line| match line {
            lex::Line::Section(steps, span) => keys.section(&steps, span),
            lex::Line::Key(name, value) => keys.set(&name, &value, false),
        });
    }
    let settings = keys.settings;
    reading.settings = settings.into_iter().flatten().collect();
    if name == "tox.ini" {
        crate::read::lens::gate::in_environments(text, &mut reading, None);
    }
    if text.contains("[program:") {
        super::supervisor::add(text, &mut reading);
    }
    reading
}

/// Collects keys: one scope for each section and step, the last of equal keys.
struct Keys<'a> {
    text: &'a str,
    reading: &'a mut Reading,
    scopes: HashMap<(ScopeId, Box<str>), ScopeId>,
    last: HashMap<(ScopeId, Box<str>), usize>,
    settings: Vec<Option<Setting>>,
    section: ScopeId,
}

impl Keys<'_> {
    fn section(&mut self, steps: &[Box<str>], span: Span) {
        self.section = ScopeId::ROOT;
        for step in steps {
            self.section = self.step(self.section, step, span);
        }
    }

    /// The scope one step deeper, which from now on reaches to the end of `span`.
    fn step(&mut self, parent: ScopeId, step: &str, span: Span) -> ScopeId {
        let key = (parent, Box::from(step));
        let known = self.scopes.get(&key).copied();
        let id = known.unwrap_or_else(|| self.reading.scope(parent, ScopeKind::Mapping, "", Step::Key(step.into()), span));
        self.scopes.insert(key, id);
        self.stretch(id, span);
        id
    }

    fn stretch(&mut self, id: ScopeId, span: Span) {
        if let Some(scope) = self.reading.scopes.get_mut(id.0 as usize) {
            scope.span = scope.span.join(span);
        }
    }

    fn set(&mut self, name: &lex::Piece, value: &lex::Piece, spring: bool) {
        let span = name.span.join(value.span);
        self.stretch(self.section, span);
        let mut scope = self.section;
        let mut steps: Vec<&str> = name.text.splitn(STEPS, '.').collect();
        // `..` or a dot at an end makes no step
        if steps.iter().any(|step| step.is_empty()) {
            steps = vec![&name.text];
        }
        let Some((key, before)) = steps.split_last() else { return };
        for step in before {
            scope = self.step(scope, step, span);
        }
        let Resolved { value: outcome, mark } = resolved(value, spring);
        let mut setting = Setting::keyed(scope, *key, outcome, name.span, value.span).with_mark(mark).with_raw(self.text);
        if default::is_screaming(&name.text) {
            setting.names.push((Surface::Env, name.text.as_str().into()));
        }
        let earlier = self.last.insert((scope, Box::from(*key)), self.settings.len());
        if let Some(earlier) = earlier.and_then(|at| self.settings.get_mut(at)?.take()) {
            setting.overridden = earlier.overridden;
            setting.overridden.push(Overridden { span: earlier.value_span, value: earlier.value, contested: false });
        }
        self.settings.push(Some(setting));
    }
}

/// What a value comes to.
fn resolved(value: &lex::Piece, spring: bool) -> Resolved {
    let plain = |value: Value| Resolved { value: Outcome::One(value), mark: Mark::Plain };
    if value.absent {
        // a key alone is a switch: Git, MySQL
        plain(Value::Bool(true))
    } else if value.quoted {
        plain(Value::text(value.text.as_str()))
    } else if value.text.contains("${") {
        let resolved = if spring { default::spring(&value.text) } else { default::shell(&value.text) };
        Resolved { value: default::retyped(resolved.value), mark: resolved.mark }
    } else {
        plain(typed(&value.text))
    }
}

#[cfg(test)]
mod tests;
