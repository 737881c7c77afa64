//! The arguments of a call by position and by keyword, and the entries of dictionary literals.

use tree_sitter::Node;

use super::{strings, values};
use crate::read::code::emit::span;
use crate::read::code::{Code, named_children};
use crate::span::Span;

/// A name with a value: `name=value`, `"name": value`.
#[derive(Clone, Debug)]
pub struct Pair<'n> {
    /// The name, as text.
    pub name: String,
    /// Where it stands, without quotes.
    pub span: Span,
    /// What it is given.
    pub value: Node<'n>,
}

/// What stands between the parentheses of a call.
#[derive(Debug, Default)]
pub struct Arguments<'n> {
    /// Plain arguments, in order.
    pub positional: Vec<Node<'n>>,
    /// `name=value`, and the pairs of `**{"name": value}`.
    pub keywords: Vec<Pair<'n>>,
}

impl<'n> Arguments<'n> {
    /// The arguments of a call node; none for anything else.
    pub fn of(code: &Code, call: Node<'n>) -> Self {
        let list = call.child_by_field_name("arguments").filter(|list| list.kind() == "argument_list");
        list.map_or_else(Self::default, |list| Self::listed(code, list))
    }

    /// The arguments in a list of them, which is a class's list of bases too.
    pub fn listed(code: &Code, list: Node<'n>) -> Self {
        let mut found = Self::default();
        for argument in named_children(list) {
            match argument.kind() {
                "keyword_argument" => found.keywords.extend(keyword(code, argument)),
                "dictionary_splat" => {
                    let inner = named_children(argument).next().map(values::bare);
                    found.keywords.extend(inner.into_iter().flat_map(|inner| entries(code, inner)));
                }
                "list_splat" | "parenthesized_list_splat" => {}
                _ => found.positional.push(argument),
            }
        }
        found
    }

    /// The value of the first of these keywords that is there.
    pub fn any(&self, names: &[&str]) -> Option<Node<'n>> {
        names.iter().find_map(|name| self.keywords.iter().find(|pair| pair.name == *name)).map(|pair| pair.value)
    }
}

/// Whether a node is a dictionary as a literal: `{..}`, `dict(..)` or one of them joined with another, `a | {..}`.
pub fn is_dictionary(code: &Code, mut node: Node) -> bool {
    for _ in 0..values::DEPTH {
        match node.kind() {
            "dictionary" => return true,
            "call" => return node.child_by_field_name("function").is_some_and(|function| code.of(function) == "dict"),
            "binary_operator" => match union(code, node) {
                Some((_, right)) => node = right,
                None => return false,
            },
            _ => return false,
        }
    }
    false
}

/// Both sides of `a | b`.
fn union<'n>(code: &Code, node: Node<'n>) -> Option<(Node<'n>, Node<'n>)> {
    let operator = node.child_by_field_name("operator").filter(|operator| code.of(*operator) == "|");
    let side = |name| node.child_by_field_name(name).map(values::bare);
    operator.and(side("left").zip(side("right")))
}

/// The entries of a dictionary literal whose keys are known, those of `**{..}` inside included; none for anything else.
pub fn entries<'n>(code: &Code, node: Node<'n>) -> Vec<Pair<'n>> {
    let mut found = Vec::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        match node.kind() {
            "dictionary" => {
                for part in named_children(node) {
                    match part.kind() {
                        "pair" => found.extend(pair(code, part)),
                        "dictionary_splat" => open.extend(named_children(part).next().map(values::bare)),
                        _ => {}
                    }
                }
            }
            "call" if is_dictionary(code, node) => found.extend(Arguments::of(code, node).keywords),
            // the right side counts, so it comes last
            "binary_operator" => open.extend(union(code, node).into_iter().flat_map(|(left, right)| [right, left])),
            _ => {}
        }
    }
    found
}

fn keyword<'n>(code: &Code, node: Node<'n>) -> Option<Pair<'n>> {
    let name = node.child_by_field_name("name")?;
    Some(Pair { name: code.of(name).to_owned(), span: span(name), value: node.child_by_field_name("value")? })
}

fn pair<'n>(code: &Code, node: Node<'n>) -> Option<Pair<'n>> {
    let key = node.child_by_field_name("key")?;
    let name = match key.kind() {
        "string" | "concatenated_string" => strings::text(code, key, 0)?,
        _ => values::of(code, key, 0).text()?.to_owned(),
    };
    Some(Pair { name, span: strings::inside(key), value: node.child_by_field_name("value")? })
}
