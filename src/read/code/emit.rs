//! What a language's walk adds to the reading of a file: scopes of classes, functions and calls, and the settings in them.

use std::collections::HashMap;

use tree_sitter::Node;

use super::answers::answer;
use super::given::Given;
use super::homes::{Home, Homes};
use crate::read::clock::Clock;
use crate::read::limits::VALUES;
use crate::reading::{Problem, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Longest label by which calls of one name are told apart, in bytes.
const LONGEST_LABEL: usize = 120;

/// How often the text of a file may be given as the source of values: nested values repeat it.
const SHOWN: usize = 64;

/// How classes end that hold settings of what they are called after.
const SUFFIXES: [&str; 7] = ["Config", "Settings", "Options", "Configuration", "Conf", "Params", "Cfg"];

/// One file of code while it is read.
#[derive(Debug)]
pub struct Code<'t> {
    /// The path, for conventions that go by it.
    pub path: &'t str,
    /// The whole text.
    pub text: &'t str,
    /// Says when to give up.
    pub clock: Clock,
    reading: Reading,
    /// Bytes of the source of all values so far.
    shown: usize,
    /// What names stand for.
    pub(super) homes: Homes<'t>,
    imports: HashMap<&'t str, Box<str>>,
}

impl<'t> Code<'t> {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(path: &'t str, text: &'t str, reading: Reading, clock: Clock) -> Self {
        Self { path, text, clock, reading, shown: 0, homes: Homes::new(), imports: HashMap::new() }
    }

    /// The text of a node.
    #[must_use]
    pub fn of(&self, node: Node) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or("")
    }

    /// Remembers a constant of the file. A name that is given twice is not constant.
    pub fn constant(&mut self, name: &'t str, given: Given) {
        self.homes.give(Home::FILE, name, given);
    }

    /// A constant of the file; its span is where its value stands.
    #[must_use]
    pub fn known(&self, name: &str) -> Option<&Given> {
        self.homes.known(Home::FILE, name)
    }

    /// Remembers what a local name stands for: `get` for `requests.get` after `from requests import get`.
    pub fn import(&mut self, local: &'t str, full: impl Into<Box<str>>) {
        self.imports.insert(local, full.into());
    }

    /// The full dotted name of a callee: its first step replaced by what was imported under it.
    #[must_use]
    pub fn callee(&self, written: &str) -> String {
        let (first, rest) = written.split_once('.').map_or((written, None), |(first, rest)| (first, Some(rest)));
        match (self.imports.get(first), rest) {
            (Some(full), Some(rest)) => format!("{full}.{rest}"),
            (Some(full), None) => full.to_string(),
            (None, _) => written.to_owned(),
        }
    }

    /// A class, struct, interface or schema.
    pub fn class(&mut self, parent: ScopeId, name: &str, node: Node) -> ScopeId {
        self.reading.scope(parent, ScopeKind::Class, name, Step::Same, span(node))
    }

    /// A function or method, and what it always answers.
    pub fn function(&mut self, parent: ScopeId, name: &str, node: Node) -> ScopeId {
        if let Some((name_span, given)) = answer(node, self.text) {
            self.field(parent, name, name_span, &given);
        }
        self.reading.scope(parent, ScopeKind::Function, name, Step::Same, span(node))
    }

    /// A call. It stands in the nearest function, class or file, so that wrapping it in another call changes nothing. `labels` tell
    /// calls of one name apart: the name that takes the result, the first argument.
    pub fn call<'a>(&mut self, scope: ScopeId, callee: &str, labels: impl IntoIterator<Item = &'a str>, node: Node) -> ScopeId {
        let parent = self.around(scope);
        let last = callee.rsplit('.').next().unwrap_or(callee);
        let id = self.reading.scope(parent, ScopeKind::Call, last, Step::Same, span(node));
        let labels = labels.into_iter().filter(|label| !label.is_empty() && label.len() <= LONGEST_LABEL);
        let labels = labels.map(|label| format!("{callee} {label}").into()).collect();
        if let Some(scope) = self.reading.scopes.get_mut(id.0 as usize) {
            scope.labels = labels;
        }
        id
    }

    /// The nearest function, class or file around a scope.
    fn around(&self, scope: ScopeId) -> ScopeId {
        let outer = |id: &ScopeId| matches!(self.reading.get(*id).kind, ScopeKind::File | ScopeKind::Class | ScopeKind::Function);
        self.reading.outward(scope).find(outer).unwrap_or(ScopeId::ROOT)
    }

    /// A mapping under a key of an object or dictionary, so that paths of keys lead into it.
    pub fn mapping(&mut self, parent: ScopeId, key: &str, node: Node) -> ScopeId {
        self.reading.scope(parent, ScopeKind::Mapping, "", Step::Key(key.into()), span(node))
    }

    /// The place of a switch in a class that is called after what it switches: `enabled` of `TelemetryConfig` is `telemetry.enabled`.
    pub fn of_subject(&mut self, scope: ScopeId, class: &str, name: &str, node: Node) -> Option<ScopeId> {
        let switch = matches!(&*name.to_ascii_lowercase(), "enabled" | "enable" | "disabled" | "disable" | "active");
        let class = class.rsplit([':', '.']).next().unwrap_or(class);
        let subject = SUFFIXES.iter().find_map(|suffix| class.strip_suffix(suffix)).filter(|subject| switch && !subject.is_empty())?;
        Some(self.mapping(scope, subject, node))
    }

    /// The kind of a scope.
    #[must_use]
    pub fn kind(&self, scope: ScopeId) -> ScopeKind {
        self.reading.get(scope).kind
    }

    /// A keyword of a call or a parameter of a function: `callee(name)`, `callee(outer.inner)` for objects in objects.
    pub fn argument(&mut self, scope: ScopeId, callee: &str, name: &str, name_span: Span, given: &Given) {
        let text = format!("{callee}({name})");
        self.add(
            Setting::named(scope, Surface::Argument, text, given.value.clone(), name_span, given.span)
                .with_mark(given.mark)
                .taken_from(given.from),
        );
    }

    /// A declared member with a default: class field, schema field, struct field, constant, property of an object.
    pub fn field(&mut self, scope: ScopeId, name: &str, name_span: Span, given: &Given) {
        self.add(
            Setting::named(scope, Surface::Field, name, given.value.clone(), name_span, given.span)
                .with_mark(given.mark)
                .taken_from(given.from),
        );
    }

    /// A declared command-line option with its default, with its dashes.
    pub fn flag(&mut self, scope: ScopeId, name: &str, name_span: Span, given: &Given) {
        self.add(
            Setting::named(scope, Surface::Flag, name, given.value.clone(), name_span, given.span)
                .with_mark(given.mark)
                .taken_from(given.from),
        );
    }

    /// A setting with several names, or one that is a key too.
    pub fn add(&mut self, setting: Setting) {
        // values inside values inside values have texts of the square of the file's length
        self.shown = self.shown.saturating_add(setting.value_span.range().len());
        if self.shown > SHOWN * (self.text.len() + SHOWN) {
            if self.reading.problems.is_empty() {
                let message = "its values stand too deep in each other".to_owned();
                self.reading.problems.push(Problem { span: Some(setting.name_span), message, fatal: true });
            }
            return;
        }
        match self.reading.settings.len().cmp(&VALUES) {
            std::cmp::Ordering::Less => {
                // a value that stands elsewhere (a constant's) is still shown by its own text
                let text = self.text;
                self.reading.settings.push(setting.with_raw(text));
            }
            std::cmp::Ordering::Equal => {
                let message = format!("it holds more than {VALUES} values");
                if self.reading.problems.is_empty() {
                    self.reading.problems.push(Problem { span: None, message, fatal: true });
                }
            }
            std::cmp::Ordering::Greater => {}
        }
    }

    /// The whole reading, for what a language adds beyond settings (fragments of shell, links).
    pub fn reading(&mut self) -> &mut Reading {
        &mut self.reading
    }

    /// The reading, settings in document order.
    #[must_use]
    pub fn finish(mut self) -> Reading {
        if self.clock.was_late() {
            self.reading.problems.push(Problem { span: None, message: "it takes too long to read".into(), fatal: true });
        }
        self.reading.settings.sort_by_key(|setting| (setting.name_span.start, setting.name_span.end));
        self.reading
    }
}

/// A node's bytes.
pub fn span(node: Node) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// A list of which every item is known, else unread.
pub fn list(items: impl IntoIterator<Item = Given>, span: Span) -> Given {
    let mut values = Vec::new();
    for item in items {
        match item.value {
            Outcome::One(value) => values.push(value),
            _ => return Given::unread(span),
        }
    }
    Given::literal(Value::List(values), span)
}
