//! The nodes around the one that a walk is at. Asking a node for its parent searches from the root, which is too slow to do for every node.

use tree_sitter::Node;

/// How far outward nodes have parents.
const NEAR: usize = 128;

/// The named nodes around the current one, the outermost first.
#[derive(Debug, Default)]
pub struct Ancestors<'t>(Vec<Node<'t>>);

impl<'t> Ancestors<'t> {
    /// Goes on to the next node of a walk and gives what is around it: the parent last.
    pub fn around(&mut self, node: Node<'t>) -> &[Node<'t>] {
        let holds = |outer: &Node| outer.start_byte() <= node.start_byte() && node.end_byte() <= outer.end_byte();
        while self.0.last().is_some_and(|outer| !holds(outer)) {
            self.0.pop();
        }
        self.0.push(node);
        self.0.split_last().map_or(&[], |(_, around)| around)
    }

    /// The parent of the current node or of one near around it.
    #[must_use]
    pub fn parent(&self, node: Node<'t>) -> Option<Node<'t>> {
        self.0.iter().rev().take(NEAR).skip_while(|other| **other != node).nth(1).copied()
    }
}
