//! What names of a file stand for: imports, and names that are given one value only.

use foldhash::{HashMap, HashMapExt};
use tree_sitter::Node;

use super::values;
use crate::read::code::emit::span;
use crate::read::code::homes::Home;
use crate::read::code::{Code, Given, named_children, walk};
use crate::scope::ScopeId;

/// Marks what stands in a class by itself: its members are no names of anybody.
const MEMBERS: u32 = u32::MAX;

/// Collects imports, and names with whose they are, in one pass before the walk.
pub fn collect(root: Node, code: &mut Code) {
    let mut names = Names { code, declared: HashMap::new() };
    let clock = names.code.clock.clone();
    walk(root, &clock, |node, scope| names.enter(node, scope));
}

struct Names<'c, 't> {
    code: &'c mut Code<'t>,
    /// Names that functions declare to be those of the file or of the functions around them.
    declared: HashMap<(Home, &'t str), Home>,
}

impl Names<'_, '_> {
    fn enter(&mut self, node: Node, scope: ScopeId) -> ScopeId {
        match node.kind() {
            "class_definition" => return ScopeId(MEMBERS),
            "function_definition" => {
                if let Some(body) = node.child_by_field_name("body") {
                    let home = self.code.homes.add(body.byte_range());
                    let parameters = node.child_by_field_name("parameters");
                    parameters.into_iter().flat_map(named_children).for_each(|parameter| self.parameter(home, parameter));
                }
                return ScopeId::ROOT;
            }
            "global_statement" | "nonlocal_statement" => self.declare(node),
            "import_statement" => {
                for name in named_children(node) {
                    import(self.code, "", name);
                }
            }
            "import_from_statement" => from(self.code, node),
            "assignment" if scope != ScopeId(MEMBERS) => self.assignment(node),
            "named_expression" => self.open(node.child_by_field_name("name")),
            "lambda_parameters" => {
                let home = self.code.homes.at(node.start_byte());
                named_children(node).for_each(|parameter| self.parameter(home, parameter));
            }
            "for_statement" | "for_in_clause" | "augmented_assignment" => {
                if let Some(left) = node.child_by_field_name("left") {
                    self.open_all(left);
                }
            }
            "as_pattern_target" => self.open(named_children(node).next()),
            "call" => self.changed(node),
            _ => {}
        }
        scope
    }

    /// A caller may give it anything.
    fn parameter(&mut self, home: Home, parameter: Node) {
        let name = match parameter.kind() {
            "identifier" => Some(parameter),
            "typed_parameter" | "list_splat_pattern" | "dictionary_splat_pattern" => named_children(parameter).next(),
            _ => parameter.child_by_field_name("name"),
        };
        if let Some(name) = name.filter(|name| name.kind() == "identifier") {
            self.code.homes.give(home, self.code.of(name), Given::unread(span(name)));
        }
    }

    /// `global NAME`, `nonlocal NAME`: what the function gives it, it gives to another.
    fn declare(&mut self, node: Node) {
        let home = self.code.homes.at(node.start_byte());
        let owner = if node.kind() == "global_statement" { Home::FILE } else { self.code.homes.around(home) };
        for name in named_children(node) {
            self.declared.insert((home, self.code.of(name)), owner);
        }
    }

    /// Remembers what a name stands for where it is given a value.
    fn give(&mut self, name: Node, given: Given) {
        let word = self.code.of(name);
        let home = self.code.homes.at(name.start_byte());
        let home = self.declared.get(&(home, word)).copied().unwrap_or(home);
        self.code.homes.give(home, word, given);
    }

    /// `NAME = value`, anywhere but as a class's member. A second value makes the name open.
    fn assignment(&mut self, node: Node) {
        let Some(left) = node.child_by_field_name("left") else { return };
        if left.kind() != "identifier" {
            self.open_all(left);
            return;
        }
        let mut right = node.child_by_field_name("right");
        for _ in 0..values::DEPTH {
            match right {
                Some(inner) if inner.kind() == "assignment" => right = inner.child_by_field_name("right"),
                _ => break,
            }
        }
        if let Some(right) = right {
            let given = values::of(self.code, right, 0);
            self.give(left, given);
        }
    }

    fn open(&mut self, name: Option<Node>) {
        if let Some(name) = name.filter(|name| name.kind() == "identifier") {
            self.give(name, Given::unread(span(name)));
        }
    }

    fn open_all(&mut self, left: Node) {
        if matches!(left.kind(), "pattern_list" | "tuple_pattern" | "list_pattern") {
            for name in named_children(left) {
                self.open(Some(name));
            }
        } else {
            self.open(Some(left));
        }
    }

    /// `names.append(x)`: the list is not what was written first, whoever's it is.
    fn changed(&mut self, node: Node) {
        let Some(function) = node.child_by_field_name("function").filter(|function| function.kind() == "attribute") else { return };
        let method = function.child_by_field_name("attribute").map_or("", |method| self.code.of(method));
        if !matches!(method, "append" | "extend" | "insert" | "remove" | "clear") {
            return;
        }
        let Some(name) = function.child_by_field_name("object").filter(|object| object.kind() == "identifier") else { return };
        let (mut home, word) = (self.code.homes.at(name.start_byte()), self.code.of(name));
        while home != Home::FILE && !self.code.homes.holds(home, word) {
            home = self.code.homes.around(home);
        }
        self.code.homes.give(home, word, Given::unread(span(name)));
    }
}
fn from(code: &mut Code, node: Node) {
    let Some(module) = node.child_by_field_name("module_name") else { return };
    let module_text = code.of(module).trim_start_matches('.').to_owned();
    for name in named_children(node).filter(|name| name.id() != module.id()) {
        import(code, &module_text, name);
    }
}

fn import(code: &mut Code, module: &str, node: Node) {
    let (name, alias) = match node.kind() {
        "aliased_import" => (node.child_by_field_name("name"), node.child_by_field_name("alias")),
        "dotted_name" => (Some(node), None),
        _ => return,
    };
    let Some(name) = name.map(|name| code.of(name)) else { return };
    let full = if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") };
    match alias {
        Some(alias) => code.import(code.of(alias), full),
        // `import a.b` gives the name `a`, which stands for itself
        None if module.is_empty() => {}
        None => code.import(name, full),
    }
}
