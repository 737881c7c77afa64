//! What is asked before a route answers: the functions between a route's path and its handler. What a whole router uses is left out: it
//! may come back in every route of other files.

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
    /// The guards of one route.
    pub(super) fn guards(&mut self, call: ScopeId, callee: &str, arguments: &[Node<'n>]) {
        let routes = callee.rsplit_once('.').is_some_and(|(router, method)| !router.is_empty() && ROUTES.contains(&method));
        let [path, functions @ .., _] = arguments else { return };
        if !routes || path.kind() != "string" {
            return;
        }
        for function in functions.iter().take(MOST) {
            if function.kind() == "array" {
                for inner in named_children(*function).take(MOST) {
                    self.guard(call, inner);
                }
            } else {
                self.guard(call, *function);
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
