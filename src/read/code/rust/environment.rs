//! The environment in Rust: `env::var`, `option_env!` and helpers, with what the whole expression around them comes to.

use tree_sitter::Node;

use super::super::emit::span;
use super::super::environment::{is_variable, reads_environment};
use super::super::{Code, Given, Read, named_children};
use super::{Rust, values};
use crate::setting::Surface;
use crate::value::Outcome;

/// What a call gives that reads a variable: its fallback where it has one.
pub(super) fn read_by(code: &Code, node: Node, callee: &str, arguments: &[Node], depth: u32) -> Option<Given> {
    let first = arguments.first()?;
    let given = values::of(code, *first, depth + 1);
    let name = given.text().filter(|name| is_variable(name))?;
    let last = callee.rsplit(['.', ':']).next().unwrap_or(callee);
    let module = callee.rsplit("::").nth(1).unwrap_or("");
    let reads = (matches!(last, "var" | "var_os") && matches!(module, "env" | "dotenv" | "dotenvy")) || reads_environment(callee);
    if !reads || matches!(last, "set_env" | "remove_env" | "with_env" | "env" | "env_remove") {
        return None;
    }
    let read = Some(Read { surface: Surface::Env, name: name.into(), span: values::unquoted(*first), flipped: false });
    let fallback = arguments.get(1).map(|second| values::of(code, *second, depth + 1));
    let fallback = fallback.filter(|given| matches!(given.value, Outcome::One(_)));
    Some(Given { read, ..fallback.unwrap_or_else(|| Given::absent(span(node))) })
}

impl<'n> Rust<'_, '_, 'n> {
    /// The variable that a call or macro reads.
    pub(super) fn variable(&mut self, node: Node<'n>) {
        if !self.reads(node) {
            return;
        }
        let mut at = node;
        for _ in 0..24 {
            let Some(parent) = self.around.parent(at) else { break };
            // what is between an expression and the call, comparison or branch that it is part of
            let between = matches!(parent.kind(), "field_expression" | "arguments" | "let_condition" | "generic_function");
            let reads = between || self.value(parent).read.is_some();
            if !reads || matches!(parent.kind(), "block" | "closure_expression" | "match_arm") {
                break;
            }
            at = parent;
        }
        let mut given = self.value(at);
        if given.read.is_none() {
            // it ended between two expressions: the last one inside counts
            let inner = named_children(at).find(|inner| self.value(*inner).read.is_some());
            given = inner.map_or_else(|| self.value(node), |inner| self.value(inner));
        }
        self.code.variable(&given);
    }

    /// Whether a node itself reads a variable, not an expression around it.
    fn reads(&self, node: Node<'n>) -> bool {
        if node.kind() == "macro_invocation" {
            return self.value(node).read.is_some();
        }
        let Some(function) = node.child_by_field_name("function").filter(|function| function.kind() != "field_expression") else {
            return false;
        };
        let arguments: Vec<Node> = node.child_by_field_name("arguments").into_iter().flat_map(named_children).take(4).collect();
        self.callee(function).is_some_and(|callee| read_by(self.code, node, &callee, &arguments, 0).is_some())
    }
}
