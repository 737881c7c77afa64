//! Collects the entries of one mapping: a duplicate key's last value wins, merged mappings fill what is not written.

use std::collections::HashMap;

use super::{Data, Entry, NodeId, Tree, outcome};
use crate::setting::Overridden;
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Below this many keys a plain search is faster than a table.
const SMALL: usize = 16;

/// The entries of a mapping that is being read.
#[derive(Debug, Default)]
pub struct Entries {
    entries: Vec<Entry>,
    index: HashMap<Box<str>, usize>,
}

impl Entries {
    /// Adds a key as written. Says whether the key stood there before: then this value wins and the earlier one is attached to it.
    pub fn write(&mut self, tree: &Tree, key: &str, key_span: Span, value: NodeId) -> bool {
        match self.find(key).and_then(|at| self.entries.get_mut(at)) {
            Some(entry) => {
                let loser = Overridden { span: tree.node(entry.value).span, value: loser(tree, entry.value), contested: true };
                entry.overridden.push(loser);
                entry.key_span = key_span;
                entry.value = value;
                true
            }
            None => {
                self.push(Entry { key: key.into(), key_span, value, overridden: Vec::new() });
                false
            }
        }
    }

    /// Adds an entry of a merged mapping, unless the key is there already: then the merged value is attached to the winner.
    pub fn merge(&mut self, tree: &Tree, merged: &Entry) {
        match self.find(&merged.key).and_then(|at| self.entries.get_mut(at)) {
            Some(entry) => {
                let value = loser(tree, merged.value);
                entry.overridden.push(Overridden { span: tree.node(merged.value).span, value, contested: false });
            }
            None => self.push(merged.clone()),
        }
    }

    /// All entries.
    #[must_use]
    pub fn finish(self) -> Vec<Entry> {
        self.entries
    }

    fn find(&self, key: &str) -> Option<usize> {
        if self.index.is_empty() { self.entries.iter().position(|entry| &*entry.key == key) } else { self.index.get(key).copied() }
    }

    fn push(&mut self, entry: Entry) {
        if !self.index.is_empty() {
            self.index.insert(entry.key.clone(), self.entries.len());
        } else if self.entries.len() == SMALL {
            self.index = self.entries.iter().enumerate().map(|(at, entry)| (entry.key.clone(), at)).collect();
            self.index.insert(entry.key.clone(), self.entries.len());
        }
        self.entries.push(entry);
    }
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
