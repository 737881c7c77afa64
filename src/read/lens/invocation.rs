//! Command lines of containers and scripts of jobs, wherever a structured file writes them: flags, commands, assignments.

use super::view::View;
use crate::read::fragment;
use crate::read::text::command::{self, Word};
use crate::read::tree::{Data, Entry, NodeId, Scalar};
use crate::reading::{Kind, Reading};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::{OffsetMap, Span};
use crate::value::{Mark, Outcome, Value};

/// The entries `entrypoint` and `command` (`command` and `args` in Kubernetes) as one command line, in this order.
pub fn container(view: &mut View<'_>, entries: &[&Entry], scope: ScopeId) {
    let first = view.reading.settings.len();
    let mut line = Line::default();
    for entry in entries {
        let from = line.words.len();
        line.place(view, entry.value);
        let texts: Vec<&str> = line.words.iter().skip(from).map(|word| &*word.text).collect();
        if !texts.is_empty() {
            view.claims.take(entry.value);
            whole(view, entry, &texts, scope);
        }
    }
    if line.words.is_empty() || view.spent() {
        return;
    }
    // without a program of its own the image's program gets the flags
    if line.words.first().is_some_and(|word| word.text.starts_with('-')) {
        line.words.insert(0, Word::new("", Span::default(), "", true));
    }
    let mut inner = inside(view, line.length);
    command::flags(&line.words, ScopeId::ROOT, &mut inner);
    outside(view, inner, &line.map, scope);
    settle(view, first);
}

/// A command line whose words stand in several places of the file. They are laid out one behind the other, and the map leads back.
#[derive(Default)]
struct Line {
    words: Vec<Word>,
    map: OffsetMap,
    length: usize,
}

impl Line {
    /// The words at a node: a text that is split as a shell splits it, or a list.
    fn place(&mut self, view: &mut View<'_>, node: NodeId) {
        let tree = view.tree;
        match &tree.node(node).data {
            Data::Scalar(scalar) if scalar.value != Value::Null && view.afford(&scalar.text) => {
                self.words.extend(command::split(&scalar.text, self.length));
                self.lay(view, node, scalar);
            }
            Data::List(items) => {
                for item in items {
                    let Some(scalar) = view.written(*item) else { continue };
                    if !view.afford(&scalar.text) {
                        return;
                    }
                    let span = Span::new(self.length, self.length + scalar.text.len());
                    self.words.push(Word::new(scalar.text.clone(), span, scalar.text.clone(), false));
                    self.lay(view, *item, scalar);
                }
            }
            _ => {}
        }
    }

    fn lay(&mut self, view: &View<'_>, node: NodeId, scalar: &Scalar) {
        fragment::extend(&mut self.map, self.length, view.tree.node(node).span, scalar, view.text);
        self.length += scalar.text.len() + 1;
    }
}

/// The words of a list as one command line of `program`; without a program the first word is one, and the whole is a command.
pub fn arguments(view: &mut View<'_>, program: &str, node: NodeId, scope: ScopeId) {
    let first = view.reading.settings.len();
    let mut line = Line::default();
    line.place(view, node);
    if line.words.is_empty() || view.spent() {
        return;
    }
    let mut inner = inside(view, line.length);
    if program.is_empty() {
        command::run(&line.words, ScopeId::ROOT, &mut inner);
    } else {
        line.words.insert(0, Word::new(program, Span::default(), "", true));
        command::flags(&line.words, ScopeId::ROOT, &mut inner);
    }
    outside(view, inner, &line.map, scope);
    settle(view, first);
}

fn inside(view: &View<'_>, length: usize) -> Reading {
    Reading::new(view.reading.kinds.first().copied().unwrap_or(Kind("yaml")), length)
}

/// Puts what a command line said into the file's reading; what it says stands in the file as it is written there.
fn outside(view: &mut View<'_>, inner: Reading, map: &OffsetMap, scope: ScopeId) {
    let first = view.reading.settings.len();
    fragment::embed(view.reading, scope, inner, map);
    for setting in view.reading.settings.iter_mut().skip(first) {
        setting.raw = setting.value_span.of(view.text).into();
    }
    view.pay(first);
}

/// The key itself, which is also the command as a whole.
fn whole(view: &mut View<'_>, entry: &Entry, words: &[&str], scope: ScopeId) {
    let tree = view.tree;
    let program =
        words.first().filter(|word| !word.starts_with('-') && !word.contains(char::is_whitespace)).map_or("", |word| base_name(word));
    let text = tree.scalar(entry.value).map_or_else(|| words.join(" "), |scalar| scalar.text.trim_end().to_owned());
    let mut setting = Setting::keyed(scope, &*entry.key, Outcome::text(text), entry.key_span, tree.node(entry.value).span);
    if !program.is_empty() {
        setting.names.push((Surface::Command, program.into()));
    }
    setting.overridden.clone_from(&entry.overridden);
    view.emit(setting);
}

fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// A shell script that is the whole text of a scalar.
pub fn script(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    let tree = view.tree;
    let Some(scalar) = view.written(node) else { return };
    let first = view.reading.settings.len();
    if !view.afford(&scalar.text) {
        return;
    }
    let mut inner = inside(view, scalar.text.len());
    let masked = masked(view, &scalar.text);
    command::script(masked.as_deref().unwrap_or(&scalar.text), 0, ScopeId::ROOT, &mut inner);
    let map = fragment::map_of(tree.node(node).span, scalar, view.text);
    outside(view, inner, &map, scope);
    settle(view, first);
}

/// The same text with `CircleCI`'s `<< parameters.x >>` as one word each: a shell would take them for redirections.
fn masked(view: &View<'_>, text: &str) -> Option<String> {
    view.dialect.foreign.filter(|foreign| *foreign == "<<" && text.contains(foreign))?;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<<") {
        out.push_str(before);
        let inside = after.split_once(">>").filter(|(name, _)| {
            let name = name.trim();
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        });
        if let Some((name, after)) = inside {
            out.push_str(&"_".repeat(name.len() + 4));
            rest = after;
        } else {
            out.push_str("<<");
            rest = after;
        }
    }
    out.push_str(rest);
    Some(out)
}

/// Commands are parsed as a shell's; what holds an expression of the format around them is judged by that format.
fn settle(view: &mut View<'_>, first: usize) {
    let Some(foreign) = view.dialect.foreign else { return };
    let resolve = view.dialect.resolve;
    for setting in view.reading.settings.iter_mut().skip(first) {
        // the text of a command stays: policies look for words in it
        let command = setting.names.iter().any(|(surface, _)| *surface == Surface::Command);
        if command && foreign == "<<" && setting.raw.contains(foreign) {
            setting.value = Outcome::text(setting.raw.clone());
        }
        if command || !setting.raw.contains(foreign) {
            continue;
        }
        let text = match &setting.value {
            Outcome::One(Value::Text(text)) => text.to_string(),
            _ => setting.raw.trim_matches(['"', '\'']).to_owned(),
        };
        let text = if foreign == "<<" { setting.raw.to_string() } else { text };
        if let Some(resolved) = resolve(&text) {
            setting.value = resolved.value;
            setting.mark = resolved.mark;
        } else {
            setting.value = Outcome::Unread;
            setting.mark = Mark::Reference;
        }
    }
}

/// The span of a derived value that is written nowhere: the end of the text it follows from.
#[must_use]
pub fn nowhere(after: Span) -> Span {
    Span { start: after.end, end: after.end }
}
