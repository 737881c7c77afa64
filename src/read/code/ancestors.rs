//! The nodes around the one that a walk is at. Asking a node for its parent searches from the root, which is too slow to do for every node.

use tree_sitter::Node;

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
}
