//! Objects that stand behind a condition: `secure ? { a: 1 } : {}`, `on && { a: 1 }`, `...(on ? { a: 1 } : {})`.

use tree_sitter::Node;

use super::DEEPEST;
use super::names::peeled;

/// The objects that an expression may come to, besides itself being one.
pub fn branches(expression: Node) -> Vec<Node> {
    let (mut open, mut objects) = (sides(expression), Vec::new());
    for _ in 0..DEEPEST {
        let Some(side) = open.pop().map(peeled) else { break };
        if side.kind() == "object" {
            objects.push(side);
        } else {
            open.extend(sides(side));
        }
    }
    objects.sort_by_key(Node::start_byte);
    objects
}

fn sides(node: Node) -> Vec<Node> {
    let field = |name: &str| node.child_by_field_name(name);
    match node.kind() {
        "ternary_expression" => ["consequence", "alternative"].into_iter().filter_map(field).collect(),
        "binary_expression" if field("operator").is_some_and(|operator| matches!(operator.kind(), "&&" | "||" | "??")) => {
            ["left", "right"].into_iter().filter_map(field).collect()
        }
        _ => Vec::new(),
    }
}
