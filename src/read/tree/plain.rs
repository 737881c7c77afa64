//! Settings out of a tree that no lens claimed: every key gives one, every mapping a scope.
//! Lenses call the same pieces for the parts of a file that they do not interpret.

use super::yaml::DEPTH;
use super::{Claims, Data, Entry, NodeId, Scalar, Tree, outcome};
use crate::read::expression;
use crate::reading::{Problem, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Overridden, Setting, Surface};
use crate::span::Span;
use crate::value::{Mark, Outcome, Value};
use foldhash::{HashMap, HashMapExt};

#[cfg(test)]
mod tests;

/// How many settings one file may give once its aliases are followed.
const SETTINGS: usize = 200_000;
/// How many steps one dotted key may have; a longer one is a name with dots.
const STEPS: usize = 32;
/// The one problem of a file that grows without bound.
const TOO_MANY: &str = "too many values after alias expansion";

/// Reads everything below `document` that no lens claimed into settings below `parent`.
pub fn read(tree: &Tree, document: NodeId, parent: ScopeId, claims: &Claims, text: &str, reading: &mut Reading) {
    if claims.has(document) {
        return;
    }
    let mut walk = Walk::new(tree, claims, text, reading);
    match &tree.node(document).data {
        Data::Map(entries) => walk.entries(entries, parent, 1),
        Data::List(items) => walk.items("", items, parent, 1),
        Data::Scalar(_) => {}
    }
}

/// Reads one key of a mapping, with everything below it, into settings of `scope`. A claimed value gives nothing.
pub fn emit_key(tree: &Tree, entry: &Entry, scope: ScopeId, claims: &Claims, text: &str, reading: &mut Reading) {
    Walk::new(tree, claims, text, reading).entries(std::slice::from_ref(entry), scope, 1);
}

/// One key as a setting of its own, without what stands below it: a scalar, a list, or the presence of a mapping.
#[must_use]
pub fn setting(tree: &Tree, entry: &Entry, scope: ScopeId, text: &str) -> Setting {
    let node = tree.node(entry.value);
    let read = value(tree, entry.value, text);
    // of a mapping only the presence counts: its place is its key
    let span = if tree.is_map(entry.value) { Span { start: entry.key_span.end, end: entry.key_span.end } } else { node.span };
    let mut setting = Setting::keyed(scope, entry.key.clone(), read.value, entry.key_span, span).with_raw(text).with_mark(read.mark);
    setting.yaml11 = read.yaml11;
    setting.item_spans = tree.items(entry.value).iter().map(|item| tree.node(*item).span).collect();
    setting.overridden = entry.overridden.iter().map(|lost| resolved(lost, text)).collect();
    if is_screaming(&entry.key) && tree.scalar(entry.value).is_some() {
        setting.names.push((Surface::Env, entry.key.clone()));
    }
    setting
}

/// What a node says once its default expressions are resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The value.
    pub value: Outcome,
    /// The YAML 1.1 reading of a plain word.
    pub yaml11: Option<bool>,
    /// What kind of expression gave the value.
    pub mark: Mark,
}

/// The value of any node. A list with an item that is not known is not known; of a mapping only the presence counts.
#[must_use]
pub fn value(tree: &Tree, id: NodeId, text: &str) -> Read {
    let plain = |value| Read { value, yaml11: None, mark: Mark::Plain };
    match &tree.node(id).data {
        Data::Scalar(scalar) => scalar_value(scalar, tree.node(id).span, text),
        Data::Map(_) => plain(Outcome::One(Value::Map)),
        Data::List(items) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                match &tree.node(*item).data {
                    Data::Map(_) => values.push(Value::Map),
                    Data::List(_) => return plain(Outcome::Unread),
                    Data::Scalar(scalar) => match scalar_value(scalar, tree.node(*item).span, text) {
                        Read { value: Outcome::One(value), .. } => values.push(value),
                        Read { mark, .. } => return Read { value: Outcome::Unread, yaml11: None, mark },
                    },
                }
            }
            plain(Outcome::One(Value::List(values)))
        }
    }
}

/// The value of a scalar that stands at `span`.
#[must_use]
pub fn scalar_value(scalar: &Scalar, span: Span, text: &str) -> Read {
    let literal = Read { value: outcome(scalar), yaml11: scalar.yaml11, mark: Mark::Plain };
    let unknown = Read { value: Outcome::Unread, yaml11: None, mark: Mark::Reference };
    let is_text = matches!(scalar.value, Value::Text(_));
    // a custom tag (`!Ref`) or an alias without an anchor; a block scalar is a document of its own, not an expression
    if scalar.templated && (scalar.block || span.of(text).starts_with(['!', '*'])) {
        return unknown;
    }
    if scalar.block || !(is_text || scalar.templated) {
        return literal;
    }
    match expression::in_place(&scalar.text, scalar.inner != span) {
        Some(resolved) => Read { value: resolved.value, yaml11: None, mark: resolved.mark },
        None if scalar.templated => unknown,
        None => literal,
    }
}

/// A lost value with its expressions resolved like the winner's.
fn resolved(lost: &Overridden, text: &str) -> Overridden {
    let written = lost.span.of(text);
    let source = match &lost.value {
        Outcome::One(Value::Text(value)) => Some(&**value),
        // what a template action gives is in the source only
        Outcome::Unread if !written.starts_with(['!', '*', '|', '>', '[']) => Some(written.trim_matches(['"', '\''])),
        _ => None,
    };
    let block = written.starts_with(['|', '>']);
    match source.filter(|_| !block).and_then(|source| expression::in_place(source, written.starts_with(['"', '\'']))) {
        Some(found) => Overridden { value: found.value, ..lost.clone() },
        None => lost.clone(),
    }
}

/// Whether a key is spelled like an environment variable: `LOG_LEVEL`, at least three characters.
#[must_use]
pub fn is_screaming(key: &str) -> bool {
    key.len() >= 3
        && key.starts_with(|c: char| c.is_ascii_uppercase())
        && key.split('_').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
}

struct Walk<'a> {
    tree: &'a Tree,
    claims: &'a Claims,
    text: &'a str,
    reading: &'a mut Reading,
    /// Bytes of source that may still be copied: an alias can copy a large text again and again.
    bytes: usize,
    /// Scopes by parent and key, so that `a.b: 1` and `a: {c: 2}` meet in one.
    scopes: HashMap<(ScopeId, Box<str>), ScopeId>,
    full: bool,
}

impl<'a> Walk<'a> {
    fn new(tree: &'a Tree, claims: &'a Claims, text: &'a str, reading: &'a mut Reading) -> Self {
        Self { tree, claims, text, reading, bytes: 8 * text.len() + 65_536, scopes: HashMap::new(), full: false }
    }

    /// Recursive, but never deeper than [`DEPTH`].
    fn entries(&mut self, entries: &[Entry], scope: ScopeId, depth: usize) {
        for entry in entries {
            if self.claims.has(entry.value) {
                continue;
            }
            if !self.room(entry, depth) {
                return;
            }
            let (scope, key) = self.steps(scope, entry);
            let mut found = setting(self.tree, entry, scope, self.text);
            if *key != *entry.key {
                found.key = Some(key.into());
            }
            self.reading.settings.push(found);
            match &self.tree.node(entry.value).data {
                Data::Scalar(_) => {}
                Data::List(items) => self.items(key, items, scope, depth + 1),
                Data::Map(inner) => {
                    let span = entry.key_span.join(self.tree.node(entry.value).span);
                    let below = self.mapping(scope, key, span);
                    self.entries(inner, below, depth + 1);
                }
            }
        }
    }

    fn items(&mut self, key: &str, items: &[NodeId], scope: ScopeId, depth: usize) {
        for (index, item) in items.iter().enumerate() {
            if self.full || self.claims.has(*item) {
                continue;
            }
            let step = Step::Item(key.into(), u32::try_from(index).unwrap_or(u32::MAX));
            let node = self.tree.node(*item);
            match &node.data {
                Data::Scalar(_) => {}
                Data::Map(entries) => {
                    if !self.afford(1 + entries.len(), depth, node.span) {
                        return;
                    }
                    self.variable(entries, scope);
                    let below = self.reading.scope(scope, ScopeKind::Item, "", step, node.span);
                    let fields = self.fields(entries);
                    if let Some(scope) = self.reading.scopes.get_mut(below.0 as usize) {
                        scope.fields = fields;
                    }
                    self.entries(entries, below, depth + 1);
                }
                Data::List(inner) => {
                    if !self.afford(1 + inner.len(), depth, node.span) {
                        return;
                    }
                    let below = self.reading.scope(scope, ScopeKind::Item, "", step, node.span);
                    self.items("", inner, below, depth + 1);
                }
            }
        }
    }

    /// The scalar fields of a list's item.
    fn fields(&self, entries: &[Entry]) -> Vec<(Box<str>, Box<str>)> {
        let text = |entry: &Entry| self.tree.scalar(entry.value).map(|scalar| scalar.text.clone());
        entries.iter().filter_map(|entry| Some((entry.key.clone(), text(entry)?))).collect()
    }

    /// `{name: LOG_LEVEL, value: info}`, as Kubernetes and many charts write an environment, is a variable of what encloses the list.
    fn variable(&mut self, entries: &[Entry], scope: ScopeId) {
        let [one, two] = entries else { return };
        // CloudFormation writes `Name` and `Value`
        let is_name = |entry: &Entry| matches!(&*entry.key, "name" | "Name");
        let (name, given) = if is_name(one) { (one, two) } else { (two, one) };
        let Some(variable) = self.tree.scalar(name.value).filter(|scalar| is_name(name) && is_screaming(&scalar.text)) else {
            return;
        };
        let at = self.tree.node(given.value).span;
        let read = match &*given.key {
            "value" | "Value" if self.tree.scalar(given.value).is_some() => value(self.tree, given.value, self.text),
            "valueFrom" | "ValueFrom" => Read { value: Outcome::Unread, yaml11: None, mark: Mark::Reference },
            _ => return,
        };
        let named = Setting::named(scope, Surface::Env, variable.text.clone(), read.value, self.tree.node(name.value).span, at);
        let mut found = named.with_raw(self.text).with_mark(read.mark);
        found.yaml11 = read.yaml11;
        found.overridden = given.overridden.iter().map(|lost| resolved(lost, self.text)).collect();
        self.reading.settings.push(found);
    }

    /// A dot in a key is a step: `logging.level` is `level` in the mapping `logging`.
    fn steps<'e>(&mut self, scope: ScopeId, entry: &'e Entry) -> (ScopeId, &'e str) {
        let dots = entry.key.matches('.').count();
        if dots == 0 || dots > STEPS || entry.key.split('.').any(str::is_empty) {
            return (scope, &entry.key);
        }
        let span = entry.key_span.join(self.tree.node(entry.value).span);
        let mut scope = scope;
        let mut rest = &*entry.key;
        while let Some((step, after)) = rest.split_once('.') {
            scope = self.mapping(scope, step, span);
            rest = after;
        }
        (scope, rest)
    }

    fn mapping(&mut self, parent: ScopeId, key: &str, span: Span) -> ScopeId {
        let reading = &mut *self.reading;
        let id = *self
            .scopes
            .entry((parent, key.into()))
            .or_insert_with(|| reading.scope(parent, ScopeKind::Mapping, "", Step::Key(key.into()), span));
        if let Some(scope) = reading.scopes.get_mut(id.0 as usize) {
            scope.span = scope.span.join(span);
        }
        id
    }

    fn room(&mut self, entry: &Entry, depth: usize) -> bool {
        let node = self.tree.node(entry.value);
        let bytes = if self.tree.is_map(entry.value) { 0 } else { node.span.range().len() };
        self.afford(entry.key.len() + bytes + self.tree.items(entry.value).len(), depth, node.span)
    }

    /// Whether this much may still be copied; the first time it may not is a problem.
    fn afford(&mut self, bytes: usize, depth: usize, at: Span) -> bool {
        if self.full {
            return false;
        }
        let message = if depth > DEPTH {
            format!("nested deeper than {DEPTH} levels")
        } else if bytes > self.bytes || self.reading.settings.len() >= SETTINGS || self.reading.scopes.len() >= SETTINGS {
            TOO_MANY.to_owned()
        } else {
            self.bytes -= bytes;
            return true;
        };
        self.full = true;
        if !self.reading.problems.iter().any(|problem| problem.message == message) {
            self.reading.problems.push(Problem { span: Some(at), message, fatal: true });
        }
        false
    }
}
