//! What names of a file stand for: imports, and names that are given one value only.

use tree_sitter::Node;

use super::values;
use crate::read::code::emit::span;
use crate::read::code::{Code, Given, named_children, walk};
use crate::scope::ScopeId;

/// Collects imports and constants, in one pass before the walk.
pub fn collect(root: Node, code: &mut Code) {
    // members of a class are no names of the file
    let (file, members) = (ScopeId::ROOT, ScopeId(1));
    walk(root, &code.clock.clone(), |node, scope| {
        match node.kind() {
            "class_definition" => return members,
            "function_definition" => return file,
            "import_statement" => {
                for name in named_children(node) {
                    import(code, "", name);
                }
            }
            "import_from_statement" => from(code, node),
            "assignment" if scope == file => assignment(code, node),
            "default_parameter" | "typed_default_parameter" | "named_expression" => open(code, node.child_by_field_name("name")),
            "parameters" | "lambda_parameters" => {
                for parameter in named_children(node) {
                    match parameter.kind() {
                        "identifier" => open(code, Some(parameter)),
                        "typed_parameter" => open(code, named_children(parameter).next()),
                        _ => {}
                    }
                }
            }
            "for_statement" | "for_in_clause" | "augmented_assignment" => {
                if let Some(left) = node.child_by_field_name("left") {
                    open_all(code, left);
                }
            }
            "as_pattern_target" => open(code, named_children(node).next()),
            "call" => changed(code, node),
            _ => {}
        }
        scope
    });
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

/// `NAME = value`, anywhere but as a class's member. A second value makes the name open.
fn assignment(code: &mut Code, node: Node) {
    let Some(left) = node.child_by_field_name("left") else { return };
    if left.kind() != "identifier" {
        open_all(code, left);
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
        let given = values::of(code, right, 0);
        code.constant(code.of(left), given);
    }
}

fn open(code: &mut Code, name: Option<Node>) {
    if let Some(name) = name.filter(|name| name.kind() == "identifier") {
        code.constant(code.of(name), Given::unread(span(name)));
    }
}

fn open_all(code: &mut Code, left: Node) {
    if matches!(left.kind(), "pattern_list" | "tuple_pattern" | "list_pattern") {
        for name in named_children(left) {
            open(code, Some(name));
        }
    } else {
        open(code, Some(left));
    }
}

/// `names.append(x)`: the list is not what was written first.
fn changed(code: &mut Code, node: Node) {
    let Some(function) = node.child_by_field_name("function").filter(|function| function.kind() == "attribute") else { return };
    let method = function.child_by_field_name("attribute").map_or("", |method| code.of(method));
    if matches!(method, "append" | "extend" | "insert" | "remove" | "clear") {
        open(code, function.child_by_field_name("object"));
    }
}
