//! Fallbacks of variables in the statements beside: `if (x == null) x = "d"`, `if (x != null) return x; return "d"`, `x != null ? x : "d"`.

use tree_sitter::Node;

use super::values;
use crate::read::code::{Code, Given, named_children};
use crate::value::Outcome;

/// Statements after a declaration in which its fallback is looked for.
const NEAR: usize = 6;

/// What holds where the variable that an expression reads is not set; `around` are the nodes around it, outermost first.
pub(super) fn fallback<'t>(node: Node<'t>, around: &[Node<'t>], code: &Code) -> Option<Given> {
    let at = around.iter().rposition(|outer| outer.id() == node.id()).unwrap_or(around.len());
    let mut outward = around.get(..at)?.iter().rev().copied();
    let taker = outward.next()?;
    let (name, statement) = match taker.kind() {
        "variable_declarator" => (taker.child_by_field_name("name")?, outward.next()?),
        "assignment_expression" => (taker.child_by_field_name("left")?, outward.next()?),
        _ => return None,
    };
    let given = if_missing(statement, code.of(name), code)?;
    (given.read.is_none() && matches!(given.value, Outcome::One(_))).then_some(given)
}

fn if_missing(statement: Node, name: &str, code: &Code) -> Option<Given> {
    let mut next = statement.next_named_sibling();
    for _ in 0..NEAR {
        let at = next?;
        next = at.next_named_sibling();
        if at.kind() == "if_statement" {
            let (asks, body) = (asked(at, name, code), at.child_by_field_name("consequence")?);
            match asks {
                Some(Asks::Missing) => return statements(body).find_map(|one| assigned(one, name, code).or_else(|| returned(one, code))),
                Some(Asks::Present) => return otherwise(at, body, code),
                None => {}
            }
        } else if let Some(given) = chosen(at, name, code) {
            return Some(given);
        }
    }
    None
}

/// What a condition asks of a variable.
enum Asks {
    Missing,
    Present,
}

fn asked(node: Node, name: &str, code: &Code) -> Option<Asks> {
    let condition: String = code.of(node.child_by_field_name("condition")?).split_whitespace().collect();
    let condition = condition.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(&condition);
    let first = condition.split(['|', '&']).next().unwrap_or("");
    let is = |said: &[String]| said.iter().any(|said| said == first);
    let helper = |words: &[&str]| words.iter().any(|word| first.ends_with(&format!("{word}({name})")));
    if is(&[format!("{name}==null"), format!("null=={name}"), format!("{name}.isEmpty()"), format!("{name}.isBlank()")]) {
        return Some(Asks::Missing);
    }
    if is(&[format!("{name}!=null"), format!("null!={name}"), format!("!{name}.isEmpty()"), format!("!{name}.isBlank()")]) {
        return Some(Asks::Present);
    }
    let (missing, present) = (helper(&["isEmpty", "isBlank", "isNullOrEmpty"]), helper(&["hasText", "isNotBlank", "isNotEmpty"]));
    let turned = first.starts_with('!');
    (missing || present).then_some(if missing == turned { Asks::Present } else { Asks::Missing })
}

/// The value where a branch is not taken: its `else`, the next `return`, or what the branch's target was before.
fn otherwise(branch: Node, body: Node, code: &Code) -> Option<Given> {
    let inside: Vec<Node> = statements(body).collect();
    if let Some(other) = branch.child_by_field_name("alternative") {
        return statements(other)
            .find_map(|one| returned(one, code).or_else(|| target(one).and_then(|name| assigned(one, code.of(name), code))));
    }
    if inside.iter().any(|one| one.kind() == "return_statement") {
        return returned(branch.next_named_sibling()?, code);
    }
    let target = code.of(inside.iter().rev().find_map(|one| target(*one))?);
    let mut before = branch.prev_named_sibling();
    for _ in 0..NEAR {
        let at = before?;
        if let Some(given) = assigned(at, target, code).or_else(|| declared(at, target, code)) {
            return Some(given);
        }
        before = at.prev_named_sibling();
    }
    None
}

/// `T y = x != null ? x : "d"`, or the same returned.
fn chosen(statement: Node, name: &str, code: &Code) -> Option<Given> {
    let value = match statement.kind() {
        "local_variable_declaration" => statement.child_by_field_name("declarator")?.child_by_field_name("value")?,
        "return_statement" => statement.named_child(0)?,
        _ => assignment(statement)?.child_by_field_name("right")?,
    };
    let branch = if value.kind() == "ternary_expression" { asked(value, name, code)? } else { return None };
    let field = match branch {
        Asks::Missing => "consequence",
        Asks::Present => "alternative",
    };
    value.child_by_field_name(field).map(|value| values::given(value, code))
}

fn statements(body: Node) -> impl Iterator<Item = Node> {
    let inner: Vec<Node> = if body.kind() == "block" { named_children(body).collect() } else { vec![body] };
    inner.into_iter()
}

fn assignment(statement: Node) -> Option<Node> {
    statement.named_child(0).filter(|inner| statement.kind() == "expression_statement" && inner.kind() == "assignment_expression")
}

fn target(statement: Node) -> Option<Node> {
    assignment(statement)?.child_by_field_name("left")
}

fn assigned(statement: Node, name: &str, code: &Code) -> Option<Given> {
    let assignment = assignment(statement)?;
    let left = code.of(assignment.child_by_field_name("left")?);
    let right = assignment.child_by_field_name("right")?;
    (left == name).then(|| values::given(right, code))
}

fn declared(statement: Node, name: &str, code: &Code) -> Option<Given> {
    let declarator = statement.child_by_field_name("declarator").filter(|_| statement.kind() == "local_variable_declaration")?;
    let value = declarator.child_by_field_name("value")?;
    (code.of(declarator.child_by_field_name("name")?) == name).then(|| values::given(value, code))
}

fn returned(statement: Node, code: &Code) -> Option<Given> {
    let value = statement.named_child(0).filter(|_| statement.kind() == "return_statement")?;
    Some(values::given(value, code))
}
