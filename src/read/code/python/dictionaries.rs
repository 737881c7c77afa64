//! Dictionaries that are kept or handed out: `LOGGING = {..}`, `return {..}`. Each key is a key and a member.

use tree_sitter::Node;

use super::arguments::{self, Pair};
use super::{Python, calls, environment, values};
use crate::read::code::emit::span;
use crate::read::code::named_children;
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::Surface;

impl<'n> Python<'n, '_, '_> {
    /// A dictionary under a name.
    pub fn dictionary(&mut self, scope: ScopeId, name: &str, node: Node<'n>, depth: usize) {
        let inner = self.code.mapping(scope, name, node);
        self.entries(inner, node, depth);
    }

    /// The keys of a dictionary.
    pub fn entries(&mut self, scope: ScopeId, node: Node<'n>, depth: usize) {
        if depth > values::DEPTH {
            return;
        }
        for pair in arguments::entries(self.code, node) {
            self.entry(scope, &pair, depth);
        }
    }

    fn entry(&mut self, scope: ScopeId, pair: &Pair<'n>, depth: usize) {
        let value = values::bare(pair.value);
        let given = values::of(self.code, value, 0);
        let handed_on = !calls::known(&given) && values::passes_on(self.code, value, &pair.name);
        // the logger of all that have none of their own
        if pair.name.is_empty() && arguments::is_dictionary(self.code, value) {
            return self.dictionary(scope, "", value, depth + 1);
        }
        if pair.name.is_empty() || given.read.is_some() || handed_on {
            return;
        }
        self.give(scope, Some(&pair.name), vec![(Surface::Field, pair.name.as_str().into())], pair.span, &given, Some(value));
        if arguments::is_dictionary(self.code, value) {
            if environment::is_environment(&pair.name) {
                self.sets_all(scope, value);
            }
            self.dictionary(scope, &pair.name, value, depth + 1);
        } else if value.kind() == "list" {
            for (index, item) in named_children(value).enumerate() {
                self.item(scope, &pair.name, index, item, depth + 1);
            }
        }
    }

    /// A dictionary in a list.
    fn item(&mut self, scope: ScopeId, name: &str, index: usize, node: Node<'n>, depth: usize) {
        if depth > values::DEPTH || !arguments::is_dictionary(self.code, node) {
            return;
        }
        let step = Step::Item(name.into(), u32::try_from(index).unwrap_or(u32::MAX));
        let pairs = arguments::entries(self.code, node);
        let fields = pairs.iter().filter_map(|pair| Some((pair.name.as_str().into(), values::of(self.code, pair.value, 0).text()?.into())));
        let fields = fields.collect();
        let reading = self.code.reading();
        let id = reading.scope(scope, ScopeKind::Item, "", step, span(node));
        if let Some(scope) = reading.scopes.get_mut(id.0 as usize) {
            scope.fields = fields;
        }
        self.entries(id, node, depth);
    }
}
