//! The environment in Go: `os.Getenv` and helpers, their fallbacks in the same expression, in an `if` beside it, and what is set.

use tree_sitter::Node;

use super::super::emit::span;
use super::super::environment::{is_variable, reads_environment};
use super::super::{Code, Given, Read, named_children};
use super::{Go, values};
use crate::scope::ScopeId;
use crate::setting::Surface;
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Siblings of a read in which its fallback may stand.
const NEAR: usize = 6;

/// What a call gives that reads a variable: its fallback where it has one.
pub(super) fn read_by(code: &Code, node: Node, callee: &str, arguments: &[Node], depth: u32) -> Option<Given> {
    let first = arguments.first()?;
    if !matches!(first.kind(), "interpreted_string_literal" | "raw_string_literal" | "identifier") {
        return None;
    }
    let given = values::of(code, *first, depth + 1);
    let name = given.text().filter(|name| is_variable(name))?;
    let sets = matches!(callee.rsplit('.').next(), Some("Setenv" | "Unsetenv" | "SetEnv" | "WithEnv" | "UnsetEnv" | "BindEnv"));
    if sets || !(reads(callee) || (name.contains('_') && arguments.len() == 2 && helps(callee))) {
        return None;
    }
    let read = Some(Read { surface: Surface::Env, name: name.into(), span: first_span(code, *first), flipped: false });
    let fallback = arguments.get(1).map(|second| values::of(code, *second, depth + 1));
    let fallback = fallback.filter(|given| matches!(given.value, Outcome::One(_)));
    Some(Given { read, ..fallback.unwrap_or_else(|| Given::absent(span(node))) })
}

/// The name without its quotes where it is written here.
fn first_span(code: &Code, node: Node) -> Span {
    let here = span(node);
    let quoted = code.of(node).len() > 2 && node.kind() != "identifier";
    if quoted { Span::new(node.start_byte() + 1, node.end_byte() - 1) } else { here }
}

fn reads(callee: &str) -> bool {
    let last = callee.rsplit('.').next().unwrap_or(callee);
    let package = callee.split('.').next().unwrap_or(callee);
    reads_environment(callee)
        || last == "Var"
        || (callee.contains('.') && matches!(package, "envconfig" | "env" | "environ" | "envutil" | "envvar" | "envvars"))
        || matches!(last, "Bool" | "String" | "Uint" | "Uint64" | "Int" | "BoolWithDefault" | "StringWithDefault")
}

/// Whether a call of a variable's name and a literal may be a helper: not one that logs or answers.
fn helps(callee: &str) -> bool {
    let last = callee.rsplit('.').next().unwrap_or(callee).to_ascii_lowercase();
    ["get", "default", "fallback", "lookup", "conf", "flag", "or", "bool", "string", "int"].iter().any(|word| last.contains(word))
        && !["error", "errorf", "printf", "sprintf"].contains(&last.as_str())
}

impl<'n> Go<'_, '_, 'n> {
    /// The variable that a call reads, with what the whole expression around it comes to.
    pub(super) fn variable(&mut self, node: Node<'n>, callee: &str) {
        if let Some("Setenv") = callee.rsplit('.').next() {
            return self.set_by_call(node);
        }
        let arguments: Vec<Node> = node.child_by_field_name("arguments").into_iter().flat_map(named_children).take(8).collect();
        // `BoolWithDefault("X")(true)` is read where its inner call stands
        let inner = node.child_by_field_name("function").is_some_and(|function| function.kind() == "call_expression");
        if inner || read_by(self.code, node, callee, &arguments, 0).is_none() {
            return;
        }
        let whole = self.outermost(node);
        let mut given = self.value(whole);
        if given.read.is_none() {
            given = self.value(node);
        }
        if given.value == Outcome::One(Value::Null)
            && let Some(fallback) = self.fallback_beside(whole)
        {
            given = Given { read: given.read, ..fallback };
        }
        self.code.variable(&given);
    }

    /// The outermost expression that only reshapes what was read.
    fn outermost(&self, node: Node<'n>) -> Node<'n> {
        let mut at = node;
        for _ in 0..16 {
            let Some(parent) = self.around.parent(at) else { break };
            let goes_on = match parent.kind() {
                "parenthesized_expression" => true,
                "unary_expression" => self.code.of(parent).starts_with('!'),
                "binary_expression" => self.reshapes(parent),
                // the arguments of a call that keeps the value
                "argument_list" => self.around.parent(parent).is_some_and(|call| self.value(call).read.is_some()),
                "call_expression" => self.value(parent).read.is_some(),
                _ => false,
            };
            if !goes_on {
                break;
            }
            at = parent;
        }
        // an argument list is no expression
        if at.kind() == "argument_list" { self.around.parent(at).unwrap_or(at) } else { at }
    }

    /// Whether a comparison or fallback says something of the variable. Whether it is set at all does not.
    fn reshapes(&self, node: Node<'n>) -> bool {
        let side = |name| node.child_by_field_name(name);
        let operator = side("operator").map_or("", |operator| self.code.of(operator));
        let empty = |name| side(name).is_some_and(|side| self.value(side) == Given::literal(Value::text(""), span(side)));
        matches!(operator, "==" | "!=" | "||" | "&&") && !empty("left") && !empty("right") && self.value(node).read.is_some()
    }

    /// A fallback in the statements beside: `if x == "" { x = "d" }`, `if v := ..; v != "" { return v }` before `return "d"`.
    fn fallback_beside(&self, node: Node<'n>) -> Option<Given> {
        let list = self.around.parent(node).filter(|parent| parent.kind() == "expression_list")?;
        let statement = self.around.parent(list)?;
        let given = match statement.kind() {
            "short_var_declaration" | "assignment_statement" => {
                let names: Vec<&str> =
                    statement.child_by_field_name("left").into_iter().flat_map(named_children).map(|n| self.code.of(n)).collect();
                let name = names.first().copied()?;
                let outer = self.around.parent(statement)?;
                if outer.kind() == "if_statement" { self.taken_if_set(outer, name)? } else { self.given_if_missing(statement, &names)? }
            }
            _ => return None,
        };
        (given.read.is_none() && matches!(given.value, Outcome::One(_))).then_some(given)
    }

    /// `x := os.Getenv("X")`, then `if x == "" { x = "d" }`, or `if x != "" { return x }` and `return "d"`.
    fn given_if_missing(&self, statement: Node<'n>, names: &[&str]) -> Option<Given> {
        let mut next = statement.next_named_sibling();
        for _ in 0..NEAR {
            let at = next?;
            next = at.next_named_sibling();
            if at.kind() != "if_statement" {
                continue;
            }
            let condition: String = self.code.of(at.child_by_field_name("condition")?).split_whitespace().collect();
            let name = names.first()?;
            let ok = names.get(1);
            let missing = condition == format!("{name}==\"\"")
                || condition == format!("len({name})==0")
                || ok.is_some_and(|ok| condition == format!("!{ok}"));
            let present = condition == format!("{name}!=\"\"") || ok.is_some_and(|ok| condition == **ok);
            if missing {
                return statements(at.child_by_field_name("consequence")?)
                    .find_map(|inner| self.assigned(inner, name).or_else(|| self.returned(inner)));
            }
            if present {
                return self.otherwise(at);
            }
        }
        None
    }

    /// `if v := os.Getenv("X"); v != "" { .. }`: what holds when the condition does not.
    fn taken_if_set(&self, branch: Node<'n>, name: &str) -> Option<Given> {
        let condition: String = self.code.of(branch.child_by_field_name("condition")?).split_whitespace().collect();
        let is_set = condition.starts_with(&format!("{name}!=\"\"")) || condition == "ok" || condition == "exists" || condition == "found";
        if is_set { self.otherwise(branch) } else { None }
    }

    /// The value where a branch is not taken: the next `return`, or what the branch's target was before.
    fn otherwise(&self, branch: Node<'n>) -> Option<Given> {
        let inside: Vec<Node> = statements(branch.child_by_field_name("consequence")?).collect();
        if inside.iter().any(|inner| inner.kind() == "return_statement") {
            let next = branch.next_named_sibling()?;
            return self.returned(next);
        }
        let target = inside.iter().rev().find(|inner| inner.kind() == "assignment_statement")?.child_by_field_name("left")?;
        let target = self.code.of(target);
        let mut before = branch.prev_named_sibling();
        for _ in 0..NEAR {
            let at = before?;
            if let Some(given) = self.assigned(at, target) {
                return Some(given);
            }
            before = at.prev_named_sibling();
        }
        None
    }

    fn assigned(&self, node: Node<'n>, name: &str) -> Option<Given> {
        if !matches!(node.kind(), "assignment_statement" | "short_var_declaration") {
            return None;
        }
        let left = node.child_by_field_name("left")?;
        let right = named_children(node.child_by_field_name("right")?).next()?;
        (self.code.of(left) == name).then(|| self.value(right))
    }

    fn returned(&self, node: Node<'n>) -> Option<Given> {
        let returned = node.named_child(0).filter(|_| node.kind() == "return_statement")?;
        named_children(returned).next().map(|value| self.value(value))
    }

    /// `os.Setenv("X", "1")`.
    fn set_by_call(&mut self, node: Node<'n>) {
        let arguments: Vec<Node> = node.child_by_field_name("arguments").into_iter().flat_map(named_children).take(2).collect();
        let [name, value] = arguments.as_slice() else { return };
        let given = self.value(*name);
        if let Some(text) = given.text().filter(|text| is_variable(text)) {
            let outer = self.code.reading().enclosing(ScopeId::ROOT, crate::scope::ScopeKind::File).unwrap_or(ScopeId::ROOT);
            let value = self.value(*value);
            if value.read.is_none() {
                self.code.sets_variable(outer, text, first_span(self.code, *name), &value);
            }
        }
    }

    /// A text `"X=1"` in a list or after `append`: a variable of a child process.
    pub(super) fn sets(&mut self, node: Node<'n>, scope: ScopeId) {
        let node = super::bare(node);
        if !matches!(node.kind(), "interpreted_string_literal" | "raw_string_literal") {
            return;
        }
        let raw = self.code.of(node);
        let Some((name, _)) = raw.get(1..).and_then(|raw| raw.split_once('=')) else { return };
        let Some(text) = values::text(raw).filter(|_| is_variable(name)) else { return };
        let Some((_, value)) = text.split_once('=') else { return };
        let start = node.start_byte() + 1;
        let name_span = Span::new(start, start + name.len());
        let value_span = Span::new(start + name.len() + 1, node.end_byte().saturating_sub(1));
        let outer = self.outer(scope);
        self.code.sets_variable(outer, name, name_span, &Given::literal(Value::text(value), value_span));
    }
}

/// The statements of a block.
fn statements(block: Node) -> impl Iterator<Item = Node> {
    named_children(block).flat_map(|inner| if inner.kind() == "statement_list" { named_children(inner).collect() } else { vec![inner] })
}
