//! Structured text (YAML, JSON, TOML ...) as one arena of nodes with exact spans. Parsers fill it, lenses read settings out of it.

pub mod entries;
pub mod hcl;
pub mod json;
pub mod plain;
pub mod template;
pub mod toml;
pub mod xml;
pub mod yaml;

use std::collections::BTreeSet;

use crate::reading::Problem;
use crate::setting::Overridden;
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Index into [`Tree::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A parsed file. Aliases are edges: a node may have several parents, never itself as an ancestor.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// All nodes.
    pub nodes: Vec<Node>,
    /// The root of each document, in order.
    pub documents: Vec<NodeId>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Template actions stood in the text and were read around.
    pub templated: bool,
}

/// One node.
#[derive(Clone, Debug)]
pub struct Node {
    /// From its first to its last byte, quotes included; empty at the insertion point when nothing is written.
    pub span: Span,
    /// What it is.
    pub data: Data,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Data {
    /// A leaf.
    Scalar(Scalar),
    /// A mapping, each key once: duplicates and merge keys are already resolved (the losers are in [`Entry::overridden`]).
    Map(Vec<Entry>),
    /// A list.
    List(Vec<NodeId>),
}

/// A leaf as its syntax types it.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// Its value under YAML 1.2's core schema, or the format's own types.
    pub value: Value,
    /// The YAML 1.1 reading of a plain `yes`, `no`, `on`, `off`, `y`, `n`.
    pub yaml11: Option<bool>,
    /// The text after unescaping (`1`, `true`, `0.50` as written; the content of quoted and block scalars).
    pub text: Box<str>,
    /// Where the text itself stands: inside the quotes; for a block scalar its first content byte to its last.
    pub inner: Span,
    /// Whether the bytes under `inner` are the text (no escapes, no folding, no indentation to strip).
    pub verbatim: bool,
    /// A block scalar (`|`, `>`): `inner` holds whole indented lines.
    pub block: bool,
    /// A template action (`{{ ... }}`) is all or part of it: the value cannot be trusted, `text` is the source.
    pub templated: bool,
}

/// One key of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key, unescaped.
    pub key: Box<str>,
    /// Where it stands.
    pub key_span: Span,
    /// Its value.
    pub value: NodeId,
    /// Values that lost against this one: earlier duplicates (contested), merged mappings.
    pub overridden: Vec<Overridden>,
}

impl Tree {
    /// A node by id; the id always comes from this tree.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        #[allow(clippy::indexing_slicing, reason = "ids are made by this tree's parser alone")]
        &self.nodes[id.0 as usize]
    }

    /// Adds a node.
    pub fn push(&mut self, span: Span, data: Data) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { span, data });
        id
    }

    /// The entries of a mapping; none for anything else.
    #[must_use]
    pub fn entries(&self, id: NodeId) -> &[Entry] {
        match &self.node(id).data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for anything else.
    #[must_use]
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.node(id).data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// The entry under an exact key.
    #[must_use]
    pub fn entry(&self, id: NodeId, key: &str) -> Option<&Entry> {
        self.entries(id).iter().find(|entry| &*entry.key == key)
    }

    /// The node under an exact key.
    #[must_use]
    pub fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.entry(id, key).map(|entry| entry.value)
    }

    /// The node at the end of a path of exact keys.
    #[must_use]
    pub fn at(&self, id: NodeId, path: &[&str]) -> Option<NodeId> {
        path.iter().try_fold(id, |id, key| self.get(id, key))
    }

    /// The scalar at a node.
    #[must_use]
    pub fn scalar(&self, id: NodeId) -> Option<&Scalar> {
        match &self.node(id).data {
            Data::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of the scalar under an exact key.
    #[must_use]
    pub fn text(&self, id: NodeId, key: &str) -> Option<&str> {
        self.scalar(self.get(id, key)?).map(|scalar| &*scalar.text)
    }

    /// Whether the node is a mapping.
    #[must_use]
    pub fn is_map(&self, id: NodeId) -> bool {
        matches!(self.node(id).data, Data::Map(_))
    }
}

/// Which nodes a lens has already read; what no lens claims still yields its keys.
#[derive(Debug, Default)]
pub struct Claims(BTreeSet<NodeId>);

impl Claims {
    /// Takes a node (with everything below it) out of the plain reading.
    pub fn take(&mut self, id: NodeId) {
        self.0.insert(id);
    }

    /// Gives a node back: what encloses it is read in pieces, and this piece is next.
    pub fn release(&mut self, id: NodeId) {
        self.0.remove(&id);
    }

    /// Whether a lens has it.
    #[must_use]
    pub fn has(&self, id: NodeId) -> bool {
        self.0.contains(&id)
    }
}

/// What a scalar says before any lens interprets it.
#[must_use]
pub fn outcome(scalar: &Scalar) -> Outcome {
    if scalar.templated { Outcome::Unread } else { Outcome::One(scalar.value.clone()) }
}
