//! Names: of keys, of callees, of what an expression is called.

use tree_sitter::Node;

use super::{DEEPEST, Walker};
use crate::read::code::named_children;

impl Walker<'_, '_, '_> {
    /// The text of a key; nothing when it is computed from something that is not in the file.
    pub(super) fn key(&self, node: Node) -> Option<String> {
        match node.kind() {
            "property_identifier"
            | "identifier"
            | "number"
            | "shorthand_property_identifier"
            | "shorthand_property_identifier_pattern"
            | "type_identifier" => Some(self.code.of(node).to_owned()),
            "private_property_identifier" => Some(self.code.of(node).trim_start_matches('#').to_owned()),
            "string" => self.text(node),
            "computed_property_name" => {
                let inner = named_children(node).next()?;
                self.value(inner, DEEPEST - 1).text().map(str::to_owned)
            }
            _ => None,
        }
    }

    /// The dotted name of a callee as it is written: `a.b().c` is `a.b.c`; nothing where no name leads to it.
    pub(super) fn written(&self, node: Node) -> Option<String> {
        let mut steps: Vec<String> = Vec::new();
        let mut at = node;
        for _ in 0..DEEPEST {
            match at.kind() {
                "identifier" | "this" | "super" => {
                    steps.push(self.code.of(at).to_owned());
                    break;
                }
                "member_expression" => {
                    steps.push(self.key(at.child_by_field_name("property")?)?);
                    at = at.child_by_field_name("object")?;
                }
                "subscript_expression" => at = at.child_by_field_name("object")?,
                "call_expression" => {
                    if let Some(package) = self.required(at) {
                        steps.push(super::imports::short(&package).to_owned());
                        break;
                    }
                    at = at.child_by_field_name("function")?;
                }
                "new_expression" => at = at.child_by_field_name("constructor")?,
                "instantiation_expression" => at = at.child_by_field_name("function").or_else(|| named_children(at).next())?,
                "parenthesized_expression" | "non_null_expression" | "await_expression" | "as_expression" | "satisfies_expression" => {
                    at = named_children(at).next()?;
                }
                _ => break,
            }
        }
        steps.reverse();
        if steps.len() > 1 && steps.first().is_some_and(|first| first == "this") {
            steps.remove(0);
        }
        (!steps.is_empty()).then(|| steps.join("."))
    }

    /// The last name of what is read: `c` of `a.b.c`, `a["c"]` or `c`.
    pub(super) fn last_name(&self, node: Node) -> Option<String> {
        match node.kind() {
            "member_expression" => self.key(node.child_by_field_name("property")?),
            "subscript_expression" => {
                let index = node.child_by_field_name("index")?;
                if index.kind() == "string" { self.text(index) } else { None }
            }
            _ => self.key(node),
        }
    }

    /// Whether an expression only passes on what has the same name: `verify: options.verify`, `share: !!share`.
    pub(super) fn passes_on(&self, node: Node, own: &str) -> bool {
        let mut at = node;
        for _ in 0..DEEPEST {
            let inner = match at.kind() {
                "identifier" => return self.code.known(self.code.of(at)).is_none() && folded(self.code.of(at)) == folded(own),
                "member_expression" | "subscript_expression" => {
                    return self.environment_name(at).is_none() && self.last_name(at).is_some_and(|name| folded(&name) == folded(own));
                }
                "call_expression" if self.is_cast(at) => at.child_by_field_name("arguments").and_then(|list| named_children(list).next()),
                "unary_expression" if self.code.of(at).starts_with("!!") => {
                    at.child_by_field_name("argument").and_then(|inner| inner.child_by_field_name("argument"))
                }
                _ if is_transparent(at.kind()) => named_children(at).next(),
                _ => return false,
            };
            match inner {
                Some(inner) => at = inner,
                None => return false,
            }
        }
        false
    }
}

/// Expressions that are what they hold.
pub fn is_transparent(kind: &str) -> bool {
    matches!(kind, "parenthesized_expression" | "non_null_expression" | "as_expression" | "satisfies_expression" | "await_expression")
}

/// The expression inside what is transparent.
pub fn peeled(node: Node) -> Node {
    let mut at = node;
    for _ in 0..DEEPEST {
        let inner = match at.kind() {
            kind if is_transparent(kind) => named_children(at).next(),
            "type_assertion" => named_children(at).last(),
            _ => None,
        };
        match inner {
            Some(inner) => at = inner,
            None => break,
        }
    }
    at
}

fn folded(name: &str) -> String {
    name.chars().filter(|c| *c != '_' && *c != '-').map(|c| c.to_ascii_lowercase()).collect()
}
