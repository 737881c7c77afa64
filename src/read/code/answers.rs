//! Functions that answer a question with yes or no and nothing else: `def is_telemetry_enabled(): return False`. What such a function
//! hands out is a default like any constant, and its name says which.

use tree_sitter::Node;

use super::emit::span;
use super::given::Given;
use super::walk::named_children;
use crate::span::Span;
use crate::value::Value;

/// The name of a function and what it always answers. None where it does anything else.
pub fn answer(function: Node, text: &str) -> Option<(Span, Given)> {
    let answer = only(function.child_by_field_name("body")?)?;
    // `const name = () => false`
    let holder = || function.parent().filter(|parent| parent.kind() == "variable_declarator");
    let name = function.child_by_field_name("name").or_else(|| holder()?.child_by_field_name("name"))?;
    // `#[serde(default = "default_share")]`: what takes it is told by its own name
    if text.get(name.byte_range())?.starts_with("default_") {
        return None;
    }
    let value = match text.get(answer.byte_range())? {
        "true" | "True" => true,
        "false" | "False" => false,
        _ => return None,
    };
    Some((span(name), Given::literal(Value::Bool(value), span(answer))))
}

/// The one thing in a body, through the nodes that only wrap it; comments and Python's docstring are nothing.
fn only(mut node: Node) -> Option<Node> {
    loop {
        let mut inside = named_children(node).filter(|child| !child.is_extra() && !is_docstring(*child));
        let first = inside.next();
        if inside.next().is_some() {
            return None;
        }
        match (node.kind(), first) {
            ("true" | "false" | "boolean_literal", None) => return Some(node),
            (
                "block"
                | "statement_block"
                | "statement_list"
                | "expression_list"
                | "return_statement"
                | "expression_statement"
                | "return_expression"
                | "parenthesized_expression",
                Some(child),
            ) => node = child,
            _ => return None,
        }
    }
}

fn is_docstring(node: Node) -> bool {
    node.kind() == "expression_statement" && named_children(node).all(|child| child.kind() == "string")
}

#[cfg(test)]
mod tests {
    use crate::read::code::{Language, go::GO, java::JAVA, python::PYTHON, read, rust::RUST, typescript::TYPESCRIPT};
    use crate::setting::Surface;

    fn answers(language: &Language, text: &str) -> Vec<String> {
        let reading = read(language, &format!("a{}", language.ends[0]), text);
        assert!(reading.unreadable().is_none(), "{text}");
        let fields = reading.settings.iter().flat_map(|setting| {
            setting.names.iter().filter(|(surface, _)| *surface == Surface::Field).map(move |(_, name)| (name, setting))
        });
        fields.map(|(name, setting)| format!("{name} = {}", setting.raw)).collect()
    }

    #[test]
    fn what_a_function_always_answers_stands_under_its_name() {
        for (language, text, expected) in [
            (&PYTHON, "def shares():\n    \"\"\"Whether.\"\"\"\n    # never\n    return False\n", "shares = False"),
            (&PYTHON, "class A:\n    @property\n    def shares(self) -> bool:\n        return (True)\n", "shares = True"),
            (&TYPESCRIPT, "export function shares(): boolean { return false; }\n", "shares = false"),
            (&TYPESCRIPT, "class A { shares() { return true; } }\n", "shares = true"),
            (&TYPESCRIPT, "const shares = () => false;\n", "shares = false"),
            (&GO, "package a\nfunc (c *Config) Shares() bool {\n\t// never\n\treturn false\n}\n", "Shares = false"),
            (&RUST, "fn shares() -> bool {\n    true\n}\n", "shares = true"),
            (&RUST, "fn shares() -> bool { return false; }\n", "shares = false"),
            (&JAVA, "class A { boolean shares() { return false; } }\n", "shares = false"),
        ] {
            assert_eq!(answers(language, text), [expected], "{text}");
        }
    }

    #[test]
    fn what_asks_anything_answers_nothing_by_itself() {
        for (language, text) in [
            (&PYTHON, "def shares(x):\n    if x:\n        return True\n    return False\n"),
            (&PYTHON, "def shares():\n    load()\n    return False\n"),
            (&PYTHON, "def shares():\n    return not load()\n"),
            (&TYPESCRIPT, "list.filter(() => true);\n"),
            (&TYPESCRIPT, "function shares() { return f(false); }\n"),
            (&GO, "package a\nfunc Shares() (bool, error) {\n\treturn false, nil\n}\n"),
            // told by the name of what takes it
            (&RUST, "fn default_shares() -> bool {\n    true\n}\n"),
        ] {
            assert_eq!(answers(language, text), Vec::<String>::new(), "{text}");
        }
    }
}
