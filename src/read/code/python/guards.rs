//! What is asked before a function runs: its decorators, `Depends(f)` among its parameters, `dependencies=[..]` of its route or router.

use tree_sitter::Node;

use super::arguments::Arguments;
use super::{Python, values};
use crate::read::code::emit::span;
use crate::read::code::{GUARDS, Given, ROUTER, named_children};
use crate::scope::ScopeId;
use crate::value::Value;

/// What hands a function to `FastAPI`, to be called first.
const ASKS: &[&str] = &["Depends", "Security"];

/// Decorators that guard nothing and stand everywhere.
const PLAIN: &[&str] = &[
    "property",
    "staticmethod",
    "classmethod",
    "abstractmethod",
    "override",
    "dataclass",
    "cached_property",
    "wraps",
    "option",
    "argument",
    "command",
];

/// Words in the names of what asks who is calling.
const WHO: &[&str] =
    &["user", "auth", "account", "principal", "identity", "permission", "admin", "login", "token", "jwt", "bearer", "api_key", "apikey"];

/// Words in the names of what is only handed to a function, or lets everybody through.
const TOOLS: &[&str] = &[
    "optional", "service", "repo", "manager", "store", "client", "database", "_db", "factory", "settings", "config", "session", "crud",
    "handler",
];

/// Decorators of one function that are looked at.
const MOST: usize = 16;

impl<'n> Python<'n, '_, '_> {
    /// The decorators of a function, and what a route's decorator depends on; whether one of them gives it an address.
    pub(super) fn guarded(&mut self, scope: ScopeId, function: Node<'n>) -> bool {
        let Some(outer) = self.with_decorators.remove(&function.id()) else { return false };
        let mut route = false;
        for decorator in named_children(outer).filter(|part| part.kind() == "decorator").take(MOST) {
            let Some(written) = named_children(decorator).next() else { continue };
            let callee = if written.kind() == "call" { written.child_by_field_name("function") } else { Some(written) };
            if let Some(callee) = callee {
                self.guard(scope, callee);
                self.before_all(scope, callee, function);
            }
            if written.kind() == "call" {
                // `@method_decorator(login_required)`
                let arguments = Arguments::of(self.code, written);
                if let Some(first) = arguments.positional.first().filter(|first| matches!(first.kind(), "identifier" | "attribute")) {
                    self.guard(scope, *first);
                }
                self.dependencies(scope, &arguments);
                route |= arguments.positional.first().is_some_and(|path| path.kind() == "string") || arguments.any(&["path"]).is_some();
            }
        }
        route
    }

    /// `@app.before_request` makes a function one that is asked before every route.
    fn before_all(&mut self, scope: ScopeId, decorator: Node<'n>, function: Node<'n>) {
        let before = self.code.of(decorator).rsplit('.').next().is_some_and(|last| matches!(last, "before_request" | "before_app_request"));
        if let Some(name) = function.child_by_field_name("name").filter(|_| before) {
            self.of_router(scope, name);
        }
    }

    /// A function or class that everything of an application goes through: `app.add_middleware(AuthMiddleware)`.
    pub(super) fn of_router(&mut self, scope: ScopeId, name: Node<'n>) {
        let Some(written) = values::chain(self.code, name) else { return };
        let last = written.rsplit('.').next().unwrap_or(&written);
        self.code.argument(scope, last, ROUTER, span(name), &Given::literal(Value::Bool(true), span(name)));
    }

    /// `dependencies=[Depends(f)]`.
    pub(super) fn dependencies(&mut self, scope: ScopeId, arguments: &Arguments<'n>) {
        let Some(list) = arguments.any(&["dependencies"]).filter(|list| list.kind() == "list") else { return };
        for call in named_children(list).take(MOST) {
            self.depends(scope, call);
        }
    }

    /// `Depends(f)`: `f` is asked first.
    pub(super) fn depends(&mut self, scope: ScopeId, call: Node<'n>) {
        if call.kind() != "call" {
            return;
        }
        let asks = call.child_by_field_name("function").and_then(|function| values::chain(self.code, function));
        if !asks.is_some_and(|asks| asks.rsplit('.').next().is_some_and(|last| ASKS.contains(&last))) {
            return;
        }
        let arguments = Arguments::of(self.code, call);
        if let Some(first) = arguments.positional.first().copied().or_else(|| arguments.any(&["dependency"])) {
            let callee = if first.kind() == "call" { first.child_by_field_name("function").unwrap_or(first) } else { first };
            let name = self.code.of(callee).to_ascii_lowercase();
            if WHO.iter().any(|word| name.contains(word)) && !TOOLS.iter().any(|word| name.contains(word)) {
                self.asked(scope, callee);
            }
        }
    }

    /// `user: CurrentUserDep`: a name for `Annotated[User, Depends(f)]` that stands elsewhere.
    pub(super) fn named_dependency(&mut self, scope: ScopeId, parameter: Node<'n>) {
        let Some(annotation) = parameter.child_by_field_name("type") else { return };
        let name = self.code.of(annotation);
        // `SessionDep` hands a database's session over
        let lower = name.to_ascii_lowercase();
        let asks = || WHO.iter().any(|word| lower.contains(word)) && !TOOLS.iter().any(|word| lower.contains(word));
        if name.ends_with("Dep") && asks() || ["Current", "Auth", "Identity"].iter().any(|word| name.contains(word)) {
            self.asked(scope, annotation);
        }
    }

    /// Whatever `FastAPI` asks first goes by one name: one for another changes nothing.
    fn asked(&mut self, scope: ScopeId, callee: Node<'n>) {
        self.code.argument(scope, "Depends", GUARDS, span(callee), &Given::literal(Value::Bool(true), span(callee)));
    }

    fn guard(&mut self, scope: ScopeId, callee: Node<'n>) {
        let Some(written) = values::chain(self.code, callee) else { return };
        let last = written.rsplit('.').next().unwrap_or(&written);
        if !last.is_empty() && !PLAIN.contains(&last) {
            self.code.argument(scope, last, GUARDS, span(callee), &Given::literal(Value::Bool(true), span(callee)));
        }
    }
}
