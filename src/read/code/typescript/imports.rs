//! What the file brings in, and what it declares once and for all: names that the walk resolves.

use tree_sitter::Node;

use super::names::peeled;
use super::{DEEPEST, Walker};
use crate::read::code::named_children;

impl<'n> Walker<'_, '_, 'n> {
    /// Everything at the top of the file that later expressions may name, in one pass before the walk.
    pub(super) fn remember(&mut self, root: Node<'n>) {
        for statement in named_children(root) {
            let statement = match statement.kind() {
                "export_statement" => statement.child_by_field_name("declaration").unwrap_or(statement),
                _ => statement,
            };
            match statement.kind() {
                "import_statement" => self.imports(statement),
                "lexical_declaration" | "variable_declaration" => {
                    let constant = !self.code.of(statement).starts_with("let");
                    for declarator in named_children(statement) {
                        self.remember_declarator(declarator, constant);
                    }
                }
                _ => {}
            }
        }
    }

    fn remember_declarator(&mut self, declarator: Node<'n>, constant: bool) {
        let (Some(name), Some(value)) = (declarator.child_by_field_name("name"), declarator.child_by_field_name("value")) else { return };
        let value = peeled(value);
        self.hold(declarator);
        if self.is_environment(value) && name.kind() == "identifier" {
            self.environments.insert(self.code.of(name));
            return;
        }
        if let Some(package) = self.required(value) {
            match name.kind() {
                "identifier" => self.import_whole(name, &package),
                "object_pattern" => self.import_parts(name, &package),
                _ => {}
            }
            return;
        }
        if name.kind() != "identifier" || !constant {
            return;
        }
        if let Some(given) = self.schema(value) {
            self.schemas.insert(self.code.of(name), given);
        } else if !matches!(value.kind(), "object" | "arrow_function" | "function_expression" | "class") {
            let given = self.value(value, 0);
            self.code.constant(self.code.of(name), given);
        }
    }

    /// `import a, * as b, { c as d } from "e"`.
    fn imports(&mut self, statement: Node<'n>) {
        let Some(package) = statement.child_by_field_name("source").and_then(|source| self.text(source)) else { return };
        let Some(clause) = named_children(statement).find(|child| child.kind() == "import_clause") else { return };
        for part in named_children(clause) {
            match part.kind() {
                "identifier" => self.import_whole(part, &package),
                "namespace_import" => {
                    if let Some(name) = named_children(part).next() {
                        self.import_whole(name, &package);
                    }
                }
                "named_imports" => {
                    for specifier in named_children(part) {
                        let Some(name) = specifier.child_by_field_name("name") else { continue };
                        let local = specifier.child_by_field_name("alias").unwrap_or(name);
                        self.import_part(local, name, &package);
                    }
                }
                _ => {}
            }
        }
    }

    /// A module under one name. The name is kept as the author chose it, but for those that everybody calls alike.
    fn import_whole(&mut self, local: Node<'n>, package: &str) {
        let name = self.code.of(local);
        if is_environment_module(package) && is_environment_word(name) {
            self.environments.insert(name);
        }
        if let Some(usual) = usual(package) {
            self.code.import(name, usual);
        }
    }

    fn import_part(&mut self, local: Node<'n>, name: Node<'n>, package: &str) {
        let (local, name) = (self.code.of(local), self.code.of(name));
        if is_environment_module(package) && is_environment_word(name) {
            self.environments.insert(local);
        }
        let own = package.starts_with(['.', '~', '/', '$']) || package.starts_with("@/");
        match usual(package) {
            Some(usual) => self.code.import(local, format!("{usual}.{name}")),
            None if own => self.code.import(local, name),
            None => self.code.import(local, format!("{}.{name}", short(package))),
        }
    }

    /// `const { a, b: c } = require("d")`.
    fn import_parts(&mut self, pattern: Node<'n>, package: &str) {
        for part in named_children(pattern) {
            match part.kind() {
                "shorthand_property_identifier_pattern" => self.import_part(part, part, package),
                "pair_pattern" => {
                    if let (Some(key), Some(value)) = (part.child_by_field_name("key"), part.child_by_field_name("value"))
                        && value.kind() == "identifier"
                    {
                        self.import_part(value, key, package);
                    }
                }
                _ => {}
            }
        }
    }

    /// The package of `require("package")` or `await import("package")`.
    pub(super) fn required(&self, node: Node) -> Option<String> {
        let mut call = node;
        for _ in 0..DEEPEST {
            match call.kind() {
                "await_expression" => call = named_children(call).next()?,
                _ => break,
            }
        }
        if call.kind() != "call_expression" || !matches!(self.code.of(call.child_by_field_name("function")?), "require" | "import") {
            return None;
        }
        named_children(call.child_by_field_name("arguments")?)
            .next()
            .filter(|name| name.kind() == "string")
            .and_then(|name| self.text(name))
    }
}

/// A package's name without its scope and path.
pub fn short(package: &str) -> &str {
    let last = package.trim_end_matches('/').rsplit('/').next().unwrap_or(package);
    last.split('.').next().filter(|name| !name.is_empty()).unwrap_or(last)
}

/// The name under which everybody knows a package's functions.
fn usual(package: &str) -> Option<&'static str> {
    let counts = |name: &str| package.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    match package {
        _ if package.starts_with("@sentry/") || package.starts_with("@sentry-internal/") => Some("Sentry"),
        _ if counts("@vercel/analytics") || counts("@vercel/speed-insights") => Some("vercel"),
        _ => None,
    }
}

/// Whether a module says by its path that it is the environment: `$env/dynamic/private`, `~/env.mjs`, `@/lib/env`.
fn is_environment_module(package: &str) -> bool {
    let named = |step: &str| matches!(step.split('.').next().unwrap_or(step), "env" | "$env" | "environment" | "env-config");
    package == "process" || package == "node:process" || package.split('/').any(named) || package.contains("env.")
}

fn is_environment_word(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower == "env" || lower.ends_with("_env") || name.ends_with("Env") || lower == "environment"
}
