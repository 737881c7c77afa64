//! Collects the entries of one mapping: a duplicate key's last value wins, merged mappings fill what is not written.

use super::{Data, Entry, NodeId, Tree, outcome};
use crate::setting::Overridden;
use crate::span::Span;
use crate::value::{Outcome, Value};
use foldhash::HashMap;

/// Below this many keys a plain search is faster than a table.
const SMALL: usize = 16;
/// Text of this length weighs as much as one value.
const BYTES: usize = 32;

/// The entries of a mapping that is being read.
#[derive(Debug, Default)]
pub struct Entries {
    list: Vec<Entry>,
    index: HashMap<Box<str>, usize>,
    copied: usize,
}

impl Entries {
    /// Adds a key as written. Says whether the key stood there before: then this value wins and the earlier one is attached to it.
    pub fn write(&mut self, tree: &Tree, key: &str, key_span: Span, value: NodeId) -> bool {
        let Some(entry) = self.find(key).and_then(|at| self.list.get_mut(at)) else {
            self.push(Entry { key: key.into(), key_span, value, overridden: Vec::new() });
            return false;
        };
        let lost = Overridden { span: tree.node(entry.value).span, value: loser(tree, entry.value), contested: true };
        self.copied += weight(&lost);
        entry.overridden.push(lost);
        entry.key_span = key_span;
        entry.value = value;
        true
    }

    /// Adds an entry of a merged mapping, unless the key is there already: then the merged value is attached to the winner.
    pub fn merge(&mut self, tree: &Tree, merged: &Entry) {
        if let Some(entry) = self.find(&merged.key).and_then(|at| self.list.get_mut(at)) {
            let lost = Overridden { span: tree.node(merged.value).span, value: loser(tree, merged.value), contested: false };
            self.copied += weight(&lost);
            entry.overridden.push(lost);
        } else {
            self.copied += 1 + merged.key.len() / BYTES + merged.overridden.iter().map(weight).sum::<usize>();
            self.push(merged.clone());
        }
    }

    /// How much was copied since the last call, in values of some `BYTES` bytes: aliases can copy a large value again and again.
    pub fn take_copied(&mut self) -> usize {
        std::mem::take(&mut self.copied)
    }

    /// All entries.
    #[must_use]
    pub fn finish(self) -> Vec<Entry> {
        self.list
    }

    fn find(&self, key: &str) -> Option<usize> {
        if self.index.is_empty() { self.list.iter().position(|entry| &*entry.key == key) } else { self.index.get(key).copied() }
    }

    fn push(&mut self, entry: Entry) {
        if !self.index.is_empty() {
            self.index.insert(entry.key.clone(), self.list.len());
        } else if self.list.len() == SMALL {
            self.index = self.list.iter().enumerate().map(|(at, entry)| (entry.key.clone(), at)).collect();
            self.index.insert(entry.key.clone(), self.list.len());
        }
        self.list.push(entry);
    }
}

fn weight(lost: &Overridden) -> usize {
    match &lost.value {
        Outcome::One(Value::List(items)) => 1 + items.iter().map(size).sum::<usize>(),
        Outcome::One(value) => size(value),
        Outcome::AnyOf(_) | Outcome::Unread => 1,
    }
}

fn size(value: &Value) -> usize {
    if let Value::Text(text) = value { 1 + text.len() / BYTES } else { 1 }
}

/// What a node that lost said.
fn loser(tree: &Tree, id: NodeId) -> Outcome {
    match &tree.node(id).data {
        Data::Scalar(scalar) => outcome(scalar),
        Data::Map(_) => Outcome::One(Value::Map),
        Data::List(items) => list(tree, items),
    }
}

/// A list as one value; not known when one of its items is not known.
#[must_use]
pub fn list(tree: &Tree, items: &[NodeId]) -> Outcome {
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        match &tree.node(*item).data {
            Data::Scalar(scalar) if !scalar.templated => values.push(scalar.value.clone()),
            Data::Map(_) => values.push(Value::Map),
            Data::Scalar(_) | Data::List(_) => return Outcome::Unread,
        }
    }
    Outcome::One(Value::List(values))
}
