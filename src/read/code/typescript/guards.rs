//! What is asked before a route answers: the functions between a route's path and its handler, `router.use(requireAuth)`.

use tree_sitter::Node;

use super::Walker;
use crate::read::code::emit::span;
use crate::read::code::{GUARDS, Given, named_children};
use crate::scope::ScopeId;
use crate::value::Value;

/// Methods of routers that take a path and functions.
const ROUTES: &[&str] = &["get", "post", "put", "patch", "delete", "all", "route"];

/// Functions of one route that are looked at.
const MOST: usize = 8;

impl<'n> Walker<'_, '_, 'n> {
    /// The guards of one route in its call, those of a whole router around it.
    pub(super) fn guards(&mut self, call: ScopeId, around: ScopeId, callee: &str, arguments: &[Node<'n>]) {
        let Some((router, method)) = callee.rsplit_once('.') else { return };
        if router.is_empty() {
            return;
        }
        let (scope, functions) = if method == "use" {
            (around, arguments)
        } else if ROUTES.contains(&method) && arguments.len() > 2 && arguments.first().is_some_and(|path| path.kind() == "string") {
            (call, arguments.get(1..arguments.len() - 1).unwrap_or_default())
        } else {
            return;
        };
        for function in functions.iter().take(MOST) {
            if function.kind() == "array" {
                for inner in named_children(*function).take(MOST) {
                    self.guard(scope, inner);
                }
            } else {
                self.guard(scope, *function);
            }
        }
    }

    fn guard(&mut self, scope: ScopeId, function: Node<'n>) {
        let named = match function.kind() {
            "identifier" | "member_expression" => function,
            "call_expression" => match function.child_by_field_name("function") {
                Some(callee) => callee,
                None => return,
            },
            _ => return,
        };
        let Some(written) = self.written(named) else { return };
        let last = written.rsplit('.').next().unwrap_or(&written).to_owned();
        self.code.argument(scope, &last, GUARDS, span(named), &Given::literal(Value::Bool(true), span(named)));
    }
}
