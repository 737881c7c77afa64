//! TypeScript and JavaScript, also in the scripts of Svelte, Vue and Astro files: one walk over one family of grammars.

mod branches;
mod calls;
mod declarations;
mod environment;
mod fallbacks;
mod guards;
mod held;
mod imports;
mod names;
mod objects;
mod schemas;
mod script;
mod values;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use tree_sitter::Node;

use super::{Code, Given, Language, walk};
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind};

/// TypeScript, and scripts inside Svelte, Vue and Astro files.
pub static TYPESCRIPT: Language =
    Language { name: "typescript", ends: &[".ts", ".tsx", ".mts", ".cts", ".svelte", ".vue", ".astro"], grammar, read };

/// JavaScript. The grammar of TSX reads it too, so that both languages have the same nodes.
pub static JAVASCRIPT: Language =
    Language { name: "javascript", ends: &[".js", ".jsx", ".mjs", ".cjs"], grammar: |_| tree_sitter_typescript::LANGUAGE_TSX.into(), read };

/// Deepest nesting of an expression, an object or a chain that is looked into.
const DEEPEST: usize = 32;

/// `<T>x` is a cast in `.ts` and an element in `.tsx`.
fn grammar(path: &str) -> tree_sitter::Language {
    let elements = path.rsplit('.').next().is_some_and(|end| end.eq_ignore_ascii_case("tsx"));
    if elements { tree_sitter_typescript::LANGUAGE_TSX.into() } else { tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into() }
}

/// Reads a file of TypeScript, or the scripts of one that holds scripts.
#[must_use]
pub fn read_typescript(path: &str, text: &str) -> Reading {
    match script::alone(path, text) {
        Some(scripts) => super::read(&TYPESCRIPT, path, &scripts),
        None => super::read(&TYPESCRIPT, path, text),
    }
}

fn read(root: Node, code: &mut Code) {
    let mut walker = Walker {
        code,
        ancestors: Vec::new(),
        environments: HashSet::new(),
        schemas: HashMap::new(),
        variables: Vec::new(),
        held: HashMap::new(),
        within_held: 0,
    };
    walker.remember(root);
    walk(root, &walker.code.clock.clone(), |node, scope| walker.enter(node, scope));
    walker.give_variables();
}

/// One file while it is walked.
struct Walker<'a, 't, 'n> {
    code: &'a mut Code<'t>,
    /// The nodes around the current one, the root first.
    ancestors: Vec<Node<'n>>,
    /// Local names of the environment: `const env = process.env`, `import { env } from "$env/dynamic/private"`.
    environments: HashSet<&'t str>,
    /// Defaults of schemas that have a name.
    schemas: HashMap<&'t str, Given>,
    /// Variables that were read.
    variables: Vec<Given>,
    /// Objects that have a name.
    held: HashMap<&'t str, Vec<held::Held<'n>>>,
    /// How many of them are being looked into.
    within_held: usize,
}

impl<'n> Walker<'_, '_, 'n> {
    /// What a node gives, and the scope of its children.
    fn enter(&mut self, node: Node<'n>, scope: ScopeId) -> ScopeId {
        while self.ancestors.last().is_some_and(|outer| outer.end_byte() < node.end_byte() || outer.start_byte() > node.start_byte()) {
            self.ancestors.pop();
        }
        if node.kind() == "variable_declarator" {
            self.hold(node);
        }
        let inner = match node.kind() {
            "class_declaration" | "abstract_class_declaration" | "class" => self.class(node, scope),
            "function_declaration"
            | "generator_function_declaration"
            | "function_expression"
            | "generator_function"
            | "arrow_function"
            | "method_definition" => self.function(node, scope),
            "call_expression" | "new_expression" => {
                self.looks_up(node, scope);
                self.call(node, scope)
            }
            "jsx_opening_element" | "jsx_self_closing_element" => self.element(node, scope),
            "array" => {
                self.assignments_in_texts(node, scope);
                if !super::shelled::list(node, scope, self.code) {
                    super::switches::of_list(node, scope, self.code);
                }
                scope
            }
            "member_expression" | "subscript_expression" => {
                self.reads(node);
                scope
            }
            "binary_expression" => {
                self.falls_back(node, scope);
                self.declares(node, scope);
                scope
            }
            _ => {
                self.declares(node, scope);
                scope
            }
        };
        self.ancestors.push(node);
        inner
    }

    /// The nearest function or the file around a scope.
    fn function_around(&mut self, scope: ScopeId) -> ScopeId {
        let reading = self.code.reading();
        let outer = |id: &ScopeId| matches!(reading.get(*id).kind, ScopeKind::File | ScopeKind::Function);
        reading.outward(scope).find(outer).unwrap_or(ScopeId::ROOT)
    }
}
