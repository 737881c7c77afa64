//! Statements to settings: each line is a directive and a key of the block that it stands in.

use std::collections::HashMap;

use super::lex::{End, Lexed, Statement, Word};
use super::{Dialect, names};
use crate::read::expression::typed;
use crate::read::limits::{DEPTH, VALUES};
use crate::reading::{Problem, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Overridden, Setting, Surface};
use crate::span::Span;
use crate::value::{Mark, Outcome, Value};

/// Fills a reading.
pub(super) fn build(dialect: Dialect, text: &str, lexed: &Lexed, reading: &mut Reading) {
    let root = Frame { scope: ScopeId::ROOT, block: String::new(), opened: Span::default(), fields: Vec::new() };
    let mut builder = Builder {
        dialect,
        text,
        reading,
        frames: vec![root],
        last: HashMap::new(),
        settings: Vec::new(),
        counts: HashMap::new(),
        extensions: HashMap::new(),
    };
    for statement in &lexed.statements {
        if !builder.statement(statement) {
            break;
        }
    }
    builder.finish(lexed);
    let settings = builder.settings;
    reading.settings.extend(settings.into_iter().flatten());
    reading.problems.extend(lexed.problems.iter().cloned());
}

/// A block that is open.
struct Frame {
    scope: ScopeId,
    /// Its first word.
    block: String,
    opened: Span,
    /// Its lines by name, the first of each.
    fields: Vec<(Box<str>, Box<str>)>,
}

struct Builder<'a> {
    dialect: Dialect,
    text: &'a str,
    reading: &'a mut Reading,
    frames: Vec<Frame>,
    last: HashMap<(ScopeId, String), usize>,
    settings: Vec<Option<Setting>>,
    /// How many items of one name there are.
    counts: HashMap<(ScopeId, Box<str>), u32>,
    /// Scopes of the extensions that a dotted name begins with.
    extensions: HashMap<String, ScopeId>,
}

impl Builder<'_> {
    /// False when the file has more than is read.
    fn statement(&mut self, statement: &Statement) -> bool {
        let too_much = if self.frames.len() > DEPTH {
            format!("nested deeper than {DEPTH} levels")
        } else if self.settings.len().max(self.reading.scopes.len()) >= VALUES {
            format!("more than {VALUES} values")
        } else {
            match statement.end {
                End::Open => self.open(statement),
                End::Line => self.line(&statement.words),
                End::Close => self.close(statement),
            }
            return true;
        };
        self.reading.problems.push(Problem { span: Some(Span::new(statement.at, statement.at)), message: too_much, fatal: true });
        false
    }

    fn here(&self) -> (ScopeId, &str) {
        self.frames.last().map_or((ScopeId::ROOT, ""), |frame| (frame.scope, &frame.block))
    }

    fn open(&mut self, statement: &Statement) {
        let words = &statement.words;
        let (parent, _) = self.here();
        let top = self.frames.len() == 1;
        let first = words.first().map_or("", |word| word.text.as_str());
        let span = whole(words).unwrap_or(Span::new(statement.at, statement.at));
        let name = joined(words);
        let key = || Step::Key(first.into());
        let (kind, step, name) = match self.dialect {
            Dialect::Nginx if matches!(first, "http" | "events" | "stream" | "mail" | "types") => {
                (ScopeKind::Mapping, key(), String::new())
            }
            Dialect::Caddy if top && words.is_empty() => (ScopeKind::Mapping, Step::Key("global".into()), String::new()),
            Dialect::Caddy if top && first.starts_with('(') => (ScopeKind::Block, Step::Key("snippet".into()), name),
            Dialect::Caddy if top => (ScopeKind::Block, Step::Key("site".into()), name),
            Dialect::Caddy if !first.starts_with('@') && !matches!(first, "handle" | "handle_path" | "handle_errors" | "route") => {
                (ScopeKind::Mapping, key(), String::new())
            }
            Dialect::Apache if matches!(first.to_ascii_lowercase().as_str(), "ifmodule" | "ifdefine" | "ifversion") => {
                (ScopeKind::Mapping, Step::Same, String::new())
            }
            Dialect::Apache if first.to_ascii_lowercase().starts_with("require") => (ScopeKind::Mapping, key(), String::new()),
            Dialect::Fluentd if !matches!(first, "source" | "match" | "filter" | "label" | "worker") => {
                (ScopeKind::Mapping, key(), String::new())
            }
            Dialect::FluentBit if first.eq_ignore_ascii_case("service") => (ScopeKind::Mapping, key(), String::new()),
            Dialect::FluentBit => {
                let count = self.counts.entry((parent, first.into())).or_insert(0);
                *count += 1;
                (ScopeKind::Item, Step::Item(first.into(), *count - 1), String::new())
            }
            Dialect::Logrotate => (ScopeKind::Block, Step::Same, name),
            _ => (ScopeKind::Block, key(), name),
        };
        if self.dialect == Dialect::Caddy && !top && names::asks_who(first) {
            self.asks_who(words, parent);
        }
        let scope = self.reading.scope(parent, kind, name, step, span);
        self.frames.push(Frame { scope, block: first.to_owned(), opened: span, fields: Vec::new() });
    }

    /// A login that is a block of names or options: that it stands there is what counts.
    fn asks_who(&mut self, words: &[Word], scope: ScopeId) {
        let Some(first) = words.first() else { return };
        let mut setting = Setting::keyed(scope, first.text.as_str(), Outcome::One(Value::Bool(true)), first.span, first.span);
        setting.names.push((Surface::Directive, first.text.as_str().into()));
        self.place(setting.with_raw(self.text), first.text.clone());
    }

    fn close(&mut self, statement: &Statement) {
        if self.frames.len() == 1 {
            // at the last character of what closes, which may have several bytes
            let at = (0..statement.at).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0);
            let message = "a block is closed that is not open".to_owned();
            let fatal = !self.reading.templated;
            self.reading.problems.push(Problem { span: Some(Span::new(at, at)), message, fatal });
            return;
        }
        if let Some(frame) = self.frames.pop() {
            self.seal(frame, statement.at);
        }
    }

    /// A closed block has its end, and what tells it apart.
    fn seal(&mut self, frame: Frame, end: usize) {
        let Some(scope) = self.reading.scopes.get_mut(frame.scope.0 as usize) else { return };
        scope.span = scope.span.join(Span::new(frame.opened.range().start, end));
        if self.dialect == Dialect::Nginx && frame.block == "server" {
            let field = |name: &str| frame.fields.iter().find(|(key, _)| **key == *name).map(|(_, text)| &**text);
            let named = field("server_name");
            let parts = [Some("server"), named, field("listen")];
            scope.name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ").into();
            scope.labels.extend(named.map(Into::into));
        }
        if scope.kind == ScopeKind::Item {
            scope.fields = frame.fields;
        }
    }

    fn finish(&mut self, lexed: &Lexed) {
        let mut open = None;
        while self.frames.len() > 1 {
            if let Some(frame) = self.frames.pop() {
                open = Some((frame.opened, frame.block.clone()));
                self.seal(frame, self.text.len());
            }
        }
        if let Some((span, word)) = open {
            let message = format!("the block `{word}` is not closed");
            self.reading.problems.push(Problem { span: Some(span), message, fatal: !lexed.templated });
        }
    }

    fn line(&mut self, words: &[Word]) {
        let Some(first) = words.first() else { return };
        let (scope, inside) = self.here();
        let inside = inside.to_owned();
        if self.table(&inside) {
            return self.row(words, scope);
        }
        if matches!((self.dialect, first.text.as_str()), (Dialect::Nginx, "log_format") | (Dialect::Apache, "LogFormat")) && words.len() > 2
        {
            return self.format(words, scope);
        }
        let Some(name) = names::of(self.dialect, &inside, words) else { return };
        let name_words = words.get(..name.value.min(words.len())).unwrap_or(words);
        let values = words.get(name.value..).unwrap_or_default();
        // a name of two words has the span of both, with a matcher or an action between them
        let name_span = if name.beside { first.span } else { whole(name_words).unwrap_or(first.span) };
        let value_span = whole(values).unwrap_or(Span { start: name_span.end, end: name_span.end });
        let (scope, key) = self.steps(scope, &name.name, name_span.join(value_span));
        let (value, mark) = value(values);
        let mut setting = Setting::keyed(scope, key, value, name_span, value_span).with_mark(mark).with_raw(self.text);
        setting.names.push((Surface::Directive, name.name.as_str().into()));
        setting.names.extend(name.other.map(|other| (Surface::Directive, other.into())));
        if self.dialect == Dialect::Apache
            && first.text.eq_ignore_ascii_case("setenv")
            && let Some(variable) = words.get(1)
        {
            setting.names.push((Surface::Env, variable.text.as_str().into()));
        }
        if let Some(frame) = self.frames.last_mut()
            && !frame.fields.iter().any(|(known, _)| **known == *name.name)
            && frame.fields.len() < 64
        {
            frame.fields.push((name.name.as_str().into(), joined(values).into()));
        }
        if name.beside {
            self.settings.push(Some(setting));
        } else {
            self.place(setting, name.name);
        }
    }

    /// The last line of a name counts.
    fn place(&mut self, mut setting: Setting, name: String) {
        let earlier = self.last.insert((setting.scope, name), self.settings.len());
        if let Some(earlier) = earlier.and_then(|at| self.settings.get_mut(at)?.take()) {
            setting.overridden = earlier.overridden;
            setting.overridden.push(Overridden { span: earlier.value_span, value: earlier.value, contested: false });
        }
        self.settings.push(Some(setting));
    }

    /// A dot in the name of an extension's setting is a step, as in any key.
    fn steps<'n>(&mut self, scope: ScopeId, name: &'n str, span: Span) -> (ScopeId, &'n str) {
        match name.split_once('.') {
            Some((extension, rest)) if self.dialect == Dialect::Postgres && !extension.is_empty() && !rest.is_empty() => {
                let reading = &mut *self.reading;
                let known = self.extensions.entry(extension.to_owned());
                (*known.or_insert_with(|| reading.scope(scope, ScopeKind::Mapping, "", Step::Key(extension.into()), span)), rest)
            }
            _ => (scope, name),
        }
    }

    /// Whether the lines of a block are data, not directives.
    fn table(&self, block: &str) -> bool {
        match self.dialect {
            Dialect::Nginx => matches!(block, "map" | "geo" | "types" | "split_clients" | "charset_map"),
            Dialect::Caddy => block == "map",
            _ => false,
        }
    }

    fn row(&mut self, words: &[Word], scope: ScopeId) {
        let (Some(first), Some(rest)) = (words.first(), words.get(1..).filter(|rest| !rest.is_empty())) else { return };
        let Some(span) = whole(rest) else { return };
        let (value, mark) = value(rest);
        let setting = Setting::keyed(scope, first.text.as_str(), value, first.span, span).with_mark(mark).with_raw(self.text);
        self.settings.push(Some(setting));
    }

    /// A log format is a unit of its own, named by itself; its parts are one text.
    fn format(&mut self, words: &[Word], scope: ScopeId) {
        let apache = self.dialect == Dialect::Apache;
        let (name, parts) = if apache { (words.get(2), words.get(1..2)) } else { (words.get(1), words.get(2..)) };
        let (Some(directive), Some(name), Some(parts)) = (words.first(), name, parts) else { return };
        let escapes = usize::from(!apache && parts.first().is_some_and(|part| part.text.starts_with("escape=")));
        let parts = parts.get(escapes..).unwrap_or_default();
        let (Some(span), Some(all)) = (whole(parts), whole(words)) else { return };
        let text: String = parts.iter().map(|part| part.text.as_str()).collect();
        let known = !parts.iter().any(|part| part.templated);
        let unit = format!("{} {}", directive.text, name.text);
        let scope = self.reading.scope(scope, ScopeKind::Block, unit.clone(), Step::Key(directive.text.as_str().into()), all);
        let (value, mark) = if known { (Outcome::text(text), Mark::Plain) } else { (Outcome::Unread, Mark::Reference) };
        let name_span = if apache { directive.span } else { directive.span.join(name.span) };
        let mut setting = Setting::keyed(scope, name.text.as_str(), value, name_span, span).with_mark(mark).with_raw(self.text);
        setting.names.push((Surface::Directive, directive.text.as_str().into()));
        self.settings.push(Some(setting));
    }
}

/// What the words of a value come to: nothing is a switch that is on, several are one text.
fn value(words: &[Word]) -> (Outcome, Mark) {
    if words.iter().any(|word| word.templated) {
        return (Outcome::Unread, Mark::Reference);
    }
    let value = match words {
        [] => Value::Bool(true),
        [one] if one.quoted => Value::text(one.text.as_str()),
        [one] => typed(&one.text),
        several => Value::text(joined(several)),
    };
    (Outcome::One(value), Mark::Plain)
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn whole(words: &[Word]) -> Option<Span> {
    words.iter().map(|word| word.span).reduce(Span::join)
}
