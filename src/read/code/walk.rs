//! One pass over a syntax tree, with the scope that each node stands in; no recursion, so depth costs no stack.

use tree_sitter::Node;

use super::Clock;
use crate::scope::ScopeId;

/// Visits every named node before its children, until time is up. `enter` gets the node and its scope, and gives the scope of the node's children.
pub fn walk<'t>(root: Node<'t>, clock: &Clock, mut enter: impl FnMut(Node<'t>, ScopeId) -> ScopeId) {
    let mut cursor = root.walk();
    let mut scopes = vec![enter(root, ScopeId::ROOT)];
    if !cursor.goto_first_child() {
        return;
    }
    while !clock.late() {
        let scope = scopes.last().copied().unwrap_or(ScopeId::ROOT);
        let node = cursor.node();
        let inner = if node.is_named() { enter(node, scope) } else { scope };
        if cursor.goto_first_child() {
            scopes.push(inner);
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
            scopes.pop();
        }
    }
}

/// The named children of a node, comments left out.
pub fn named_children<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    let mut cursor = node.walk();
    let children: Vec<Node<'t>> = node.named_children(&mut cursor).filter(|child| !child.is_extra()).collect();
    children.into_iter()
}
