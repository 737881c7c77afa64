//! Python: defaults of variables, options, settings classes, parameters and constants, and keywords of calls.

mod arguments;
mod bindings;
mod calls;
mod classes;
mod comparisons;
mod declarations;
mod dictionaries;
mod environment;
mod guards;
mod lookups;
mod options;
mod strings;
#[cfg(test)]
mod tests;
mod values;

use std::collections::{HashMap, HashSet};

use tree_sitter::Node;

use super::{Code, Language, shelled, switches, walk};
use crate::scope::{ScopeId, ScopeKind};

/// Python.
pub static PYTHON: Language = Language { name: "python", ends: &[".py", ".pyi"], grammar: |_| tree_sitter_python::LANGUAGE.into(), read };

/// One Python file while it is walked.
#[derive(Debug)]
struct Python<'n, 'c, 't> {
    code: &'c mut Code<'t>,
    /// Places of variables' names that were given as reads: an expression around a read gives it before the read itself is met.
    read: HashSet<u32>,
    /// Places of variables' names that were given as set.
    set: HashSet<u32>,
    /// The name that takes the result of a call, by the call's node.
    results: HashMap<usize, &'t str>,
    /// Calls that declare something and were read with what they declare.
    declared: HashSet<usize>,
    /// Options in the decorators of a function, by the function's node.
    decorated: HashMap<usize, Vec<Node<'n>>>,
    /// Functions with what decorates them, by the function's node: going up from a node would cost its depth.
    with_decorators: HashMap<usize, Node<'n>>,
    /// Calls that are decorators of functions.
    decorating: HashSet<usize>,
    /// Classes of settings of this file, by name and by scope.
    schemas: HashMap<&'t str, classes::Schema>,
    open: HashMap<ScopeId, classes::Schema>,
    /// Enumerations.
    enumerations: HashSet<ScopeId>,
    /// Whether the function that was entered last has an address.
    route: bool,
}

fn read(root: Node, code: &mut Code) {
    bindings::collect(root, code);
    let mut python = Python {
        code,
        read: HashSet::new(),
        set: HashSet::new(),
        results: HashMap::new(),
        declared: HashSet::new(),
        decorated: HashMap::new(),
        with_decorators: HashMap::new(),
        decorating: HashSet::new(),
        schemas: HashMap::new(),
        open: HashMap::new(),
        enumerations: HashSet::new(),
        route: false,
    };
    walk(root, &python.code.clock.clone(), |node, scope| python.enter(node, scope));
}

impl<'n> Python<'n, '_, '_> {
    /// What a node gives, and the scope of what is inside.
    fn enter(&mut self, node: Node<'n>, scope: ScopeId) -> ScopeId {
        match node.kind() {
            "class_definition" => return self.class(scope, node),
            "function_definition" => return self.function(scope, node),
            "decorated_definition" => self.decorators(node),
            "assignment" => self.assignment(scope, node),
            "return_statement" => self.returned(scope, node),
            "call" => {
                self.variable(node);
                self.call(scope, node);
            }
            "subscript" | "not_operator" | "boolean_operator" | "comparison_operator" | "conditional_expression" => self.variable(node),
            "list" => {
                self.list_sets(scope, node);
                if !shelled::list(node, scope, self.code) {
                    switches::of_list(node, scope, self.code);
                }
            }
            "tuple" => self.list_sets(scope, node),
            "dictionary" => self.continues_environment(scope, node),
            _ => {}
        }
        scope
    }

    fn is_function(&self, scope: ScopeId) -> bool {
        self.code.kind(scope) == ScopeKind::Function
    }
}
