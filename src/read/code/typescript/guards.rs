//! What is asked before a route answers: the functions between a route's path and its handler, and those that a whole router uses.

use tree_sitter::Node;

use super::Walker;
use crate::read::code::emit::span;
use crate::read::code::{GUARDS, Given, ROUTER, named_children};
use crate::scope::ScopeId;
use crate::value::Value;

/// Methods of routers that take a path and functions.
const ROUTES: &[&str] = &["get", "post", "put", "patch", "delete", "all", "route"];

/// Functions of one route that are looked at.
const MOST: usize = 8;

impl<'n> Walker<'_, '_, 'n> {
    /// The guards of one route, which stand with it, or of a router, which stand around it.
    pub(super) fn guards(&mut self, [around, call]: [ScopeId; 2], callee: &str, arguments: &[Node<'n>]) {
        if callee.rsplit_once('.').is_some_and(|(router, method)| !router.is_empty() && method == "use") {
            self.of_router(around, arguments);
            return;
        }
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

    /// `app.use(requireAuth)`, `app.use("/api", requireAuth, api)`; what serves the pages of a login guards nothing.
    fn of_router(&mut self, scope: ScopeId, arguments: &[Node<'n>]) {
        let path = arguments.first().filter(|path| path.kind() == "string").map(|path| self.code.of(*path).to_ascii_lowercase());
        if path.is_some_and(|path| ["auth", "login", "session"].iter().any(|word| path.contains(word))) {
            return;
        }
        for function in arguments.iter().take(MOST) {
            self.asks(scope, *function, ROUTER);
        }
    }

    fn guard(&mut self, scope: ScopeId, function: Node<'n>) {
        self.asks(scope, function, GUARDS);
    }

    fn asks(&mut self, scope: ScopeId, function: Node<'n>, what: &str) {
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
        self.code.argument(scope, &last, what, span(named), &Given::literal(Value::Bool(true), span(named)));
    }
}
