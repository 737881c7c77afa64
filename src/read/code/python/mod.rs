//! Python.

use tree_sitter::Node;

use super::{Code, Given, Language, named_children, walk};
use crate::read::code::emit::span;
use crate::value::Value;

/// Python.
pub static PYTHON: Language = Language { name: "python", ends: &[".py", ".pyi"], grammar: |_| tree_sitter_python::LANGUAGE.into(), read };

fn read(root: Node, code: &mut Code) {
    walk(root, |node, scope| match node.kind() {
        "call" => {
            let Some(callee) = node.child_by_field_name("function").map(|callee| code.callee(code.of(callee))) else { return scope };
            let call = code.call(scope, &callee, [], node);
            for argument in node.child_by_field_name("arguments").into_iter().flat_map(named_children) {
                if argument.kind() == "keyword_argument"
                    && let (Some(name), Some(value)) = (argument.child_by_field_name("name"), argument.child_by_field_name("value"))
                {
                    let given = match value.kind() {
                        "true" => Given::literal(Value::Bool(true), span(value)),
                        "false" => Given::literal(Value::Bool(false), span(value)),
                        _ => Given::unread(span(value)),
                    };
                    code.argument(call, &callee, code.of(name), span(name), &given);
                }
            }
            call
        }
        _ => scope,
    });
}
