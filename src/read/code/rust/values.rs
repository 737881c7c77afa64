//! What an expression of Rust comes to when nobody sets anything.

use tree_sitter::Node;

use super::super::emit::{list, span};
use super::super::{Code, Given, named_children};
use super::environment;
use crate::span::Span;
use crate::value::{Outcome, Value};

/// How deep expressions are looked into.
const DEEPEST: u32 = 32;

/// The value of an expression.
pub(super) fn of(code: &Code, node: Node, depth: u32) -> Given {
    let here = span(node);
    let unread = Given::unread(here);
    if depth > DEEPEST || code.clock.late() {
        return unread;
    }
    let inner = |node: Option<Node>| node.map_or(Given::unread(here), |node| of(code, node, depth + 1));
    match node.kind() {
        "string_literal" | "raw_string_literal" => text(code.of(node)).map_or(unread, |text| Given::literal(Value::text(text), here)),
        "integer_literal" => integer(code.of(node)).map_or(unread, |n| Given::literal(Value::Int(n), here)),
        "float_literal" => {
            let digits = code.of(node).replace('_', "");
            let digits = digits.trim_end_matches("f32").trim_end_matches("f64");
            digits.parse().map_or(unread, |n| Given::literal(Value::Float(n), here))
        }
        "boolean_literal" => Given::literal(Value::Bool(code.of(node) == "true"), here),
        "identifier" if code.of(node) == "None" => Given::literal(Value::Null, here),
        "identifier" => code.known(code.of(node)).map_or(unread, |known| known.taken(here)),
        "parenthesized_expression" | "reference_expression" | "try_expression" | "type_cast_expression" | "expression_statement" => {
            inner(node.named_children(&mut node.walk()).find(|child| child.kind() != "mutable_specifier"))
        }
        "unary_expression" => unary(code, node, depth),
        "binary_expression" => binary(code, node, depth),
        "scoped_identifier" => word(code.of(node), here),
        "struct_expression" => Given::literal(Value::Map, here),
        "array_expression" if node.child_by_field_name("length").is_none() => {
            list(named_children(node).map(|item| of(code, item, depth + 1)), here)
        }
        "block" => {
            let mut statements = named_children(node);
            match (statements.next(), statements.next()) {
                (Some(only), None) if only.kind() != "expression_statement" || !code.of(only).ends_with(';') => of(code, only, depth + 1),
                _ => unread,
            }
        }
        "closure_expression" => inner(node.child_by_field_name("body")),
        "if_expression" => branches(code, node, depth),
        "match_expression" => arms(code, node, depth),
        "macro_invocation" => macros(code, node, depth),
        "call_expression" => call(code, node, depth),
        _ => unread,
    }
}

fn unary(code: &Code, node: Node, depth: u32) -> Given {
    let here = span(node);
    let Some(operand) = node.named_child(0) else { return Given::unread(here) };
    let given = of(code, operand, depth + 1);
    match (code.of(node).chars().next(), &given.value) {
        (Some('!'), _) => given.negated(here),
        (Some('*'), _) => given,
        (Some('-'), Outcome::One(Value::Int(n))) => Given::literal(Value::Int(n.saturating_neg()), here),
        (Some('-'), Outcome::One(Value::Float(n))) => Given::literal(Value::Float(-n), here),
        _ => Given::unread(here),
    }
}

fn binary(code: &Code, node: Node, depth: u32) -> Given {
    let here = span(node);
    let part = |name| node.child_by_field_name(name);
    let (Some(left), Some(right), Some(operator)) = (part("left"), part("right"), part("operator")) else { return Given::unread(here) };
    let (a, b) = (of(code, left, depth + 1), of(code, right, depth + 1));
    let numbers = match (&a.value, &b.value) {
        (Outcome::One(Value::Int(a)), Outcome::One(Value::Int(b))) => Some((*a, *b)),
        _ => None,
    };
    let number = |n: Option<i64>| n.map_or(Given::unread(here), |n| Given::literal(Value::Int(n), here));
    match (code.of(operator), numbers) {
        (operator @ ("==" | "!="), _) => a.compared(b, operator == "==", here),
        ("||", _) if a.truth() == Some(false) => Given { read: a.read.or(b.read), ..b },
        ("||", _) if a.truth() == Some(true) => a,
        ("&&", _) if a.truth() == Some(true) => Given { read: a.read.or(b.read), ..b },
        ("*", Some((a, b))) => number(a.checked_mul(b)),
        ("+", Some((a, b))) => number(a.checked_add(b)),
        _ => Given::unread(here),
    }
}

/// `if let Ok(v) = read { .. } else { d }`: the other branch; any other condition leaves both open.
fn branches(code: &Code, node: Node, depth: u32) -> Given {
    let here = span(node);
    let (Some(condition), Some(then)) = (node.child_by_field_name("condition"), node.child_by_field_name("consequence")) else {
        return Given::unread(here);
    };
    let other = node.child_by_field_name("alternative").and_then(|other| other.named_child(0));
    let Some(other) = other.map(|other| of(code, other, depth + 1)) else { return Given::unread(here) };
    if condition.kind() == "let_condition" {
        let read = condition.child_by_field_name("value").and_then(|value| of(code, value, depth + 1).read);
        return if read.is_some() { Given { read, ..other } } else { Given::unread(here) };
    }
    of(code, then, depth + 1).either(other, here)
}

/// `match read { Ok(v) => .., Err(_) => d }`: what the arm for a missing variable gives.
fn arms(code: &Code, node: Node, depth: u32) -> Given {
    let here = span(node);
    let read = node.child_by_field_name("value").and_then(|value| of(code, value, depth + 1).read);
    let arms = node.child_by_field_name("body").into_iter().flat_map(named_children).filter(|arm| arm.kind() == "match_arm");
    let missing = arms.filter(|arm| {
        let pattern = arm.child_by_field_name("pattern").map_or("", |pattern| code.of(pattern));
        pattern.starts_with("Err") || pattern == "None" || pattern == "_"
    });
    match (read, missing.last().and_then(|arm| arm.child_by_field_name("value"))) {
        (Some(read), Some(value)) => Given { read: Some(read), ..of(code, value, depth + 1) },
        _ => Given::unread(here),
    }
}

/// A word of a list (`Level::Debug`), or one of the addresses that have names.
fn word(written: &str, here: Span) -> Given {
    let address = match written.rsplit("::").take(2).collect::<Vec<_>>().as_slice() {
        ["UNSPECIFIED", "Ipv4Addr"] => Some("0.0.0.0"),
        ["UNSPECIFIED", "Ipv6Addr"] => Some("::"),
        ["LOCALHOST", "Ipv4Addr"] => Some("127.0.0.1"),
        ["LOCALHOST", "Ipv6Addr"] => Some("::1"),
        [word, list] => {
            let named = |step: &str| {
                step.starts_with(|c: char| c.is_ascii_uppercase()) && step.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            };
            (named(word) && named(list) && *list != "Self").then_some(written)
        }
        _ => None,
    };
    address.map_or(Given::unread(here), |text| Given::literal(Value::text(text), here))
}

fn macros(code: &Code, node: Node, depth: u32) -> Given {
    let here = span(node);
    let name = node.child_by_field_name("macro").map_or("", |name| code.of(name));
    let tree = node.named_children(&mut node.walk()).find(|child| child.kind() == "token_tree");
    let Some(tree) = tree else { return Given::unread(here) };
    match name {
        "vec" => {
            // only literals: a list of anything else has more tokens than items and commas
            let items: Vec<Node> = named_children(tree).collect();
            let commas = tree.children(&mut tree.walk()).filter(|token| token.kind() == ",").count();
            let all = tree.children(&mut tree.walk()).count();
            if all == items.len() + commas + 2 && items.iter().all(|item| item.kind().ends_with("_literal")) {
                return list(items.into_iter().map(|item| of(code, item, depth + 1)), here);
            }
            Given::unread(here)
        }
        "option_env" => environment::read_by(code, node, "option_env", &named_children(tree).take(1).collect::<Vec<_>>(), depth)
            .unwrap_or(Given::unread(here)),
        _ => Given::unread(here),
    }
}

fn call(code: &Code, node: Node, depth: u32) -> Given {
    let here = span(node);
    let unread = Given::unread(here);
    let arguments: Vec<Node> = node.child_by_field_name("arguments").into_iter().flat_map(named_children).take(4).collect();
    let Some(mut function) = node.child_by_field_name("function") else { return unread };
    if function.kind() == "generic_function" {
        function = function.child_by_field_name("function").unwrap_or(function);
    }
    if function.kind() == "field_expression" {
        return method(code, node, function, &arguments, depth);
    }
    let Some(callee) = super::callee(code, function) else { return unread };
    if let Some(given) = environment::read_by(code, node, &callee, &arguments, depth) {
        return given;
    }
    let first = arguments.first().map(|first| of(code, *first, depth + 1));
    let last_two: Vec<&str> = callee.rsplit("::").take(2).collect();
    match (last_two.as_slice(), first) {
        (["new", "Vec"], None) => Given::literal(Value::List(Vec::new()), here),
        (["new", "String"], None) => Given::literal(Value::text(""), here),
        (["Some" | "Ok"] | ["from" | "new", "String" | "Box" | "Arc" | "Cow" | "PathBuf"] | ["V4" | "V6", "IpAddr"], Some(first)) => first,
        ([unit, "Duration"], Some(first)) => match (first.value, *unit) {
            (Outcome::One(Value::Int(n)), "from_secs") => Given::literal(Value::text(format!("{n}s")), here),
            (Outcome::One(Value::Int(n)), "from_mins") => Given::literal(Value::text(format!("{n}m")), here),
            (Outcome::One(Value::Int(n)), "from_hours") => Given::literal(Value::text(format!("{n}h")), here),
            (Outcome::One(Value::Int(n)), "from_millis") => Given::literal(Value::text(format!("{n}ms")), here),
            _ => unread,
        },
        _ => unread,
    }
}

/// What a method makes of its receiver.
fn method(code: &Code, node: Node, function: Node, arguments: &[Node], depth: u32) -> Given {
    let here = span(node);
    let unread = Given::unread(here);
    let (Some(receiver), Some(name)) = (function.child_by_field_name("value"), function.child_by_field_name("field")) else {
        return unread;
    };
    let given = of(code, receiver, depth + 1);
    let argument = |at: usize| arguments.get(at).map(|node| of(code, *node, depth + 1));
    let fallback = |given: Given, other: Option<Given>| match other {
        // an option's own fallback: `config.telemetry.unwrap_or(false)`
        Some(other) if given.value == Outcome::Unread && given.read.is_none() && matches!(other.value, Outcome::One(_)) => other,
        Some(other) if matches!(given.value, Outcome::One(Value::Null)) => Given { read: given.read, ..other },
        _ => given,
    };
    let flips = arguments.last().is_some_and(|closure| closure.kind() == "closure_expression" && denies(code.of(*closure)));
    let turned = |mut given: Given| {
        if let Some(read) = given.read.as_mut().filter(|_| flips) {
            read.flipped = !read.flipped;
        }
        given
    };
    let off = |given: Given| Given { value: Outcome::One(Value::Bool(false)), ..given };
    match code.of(name) {
        "unwrap_or" | "unwrap_or_else" => fallback(given, argument(0)),
        "map_or" | "map_or_else" => turned(fallback(given, argument(0))),
        "is_ok" | "is_some" if given.read.is_some() => off(given),
        "is_ok_and" | "is_some_and" if given.read.is_some() => turned(off(given)),
        "is_err" | "is_none" if given.read.is_some() => off(given).negated(here),
        "eq" | "eq_ignore_ascii_case" => argument(0).map_or(unread, |other| given.compared(other, true, here)),
        "map" | "and_then" | "filter" if given.read.is_some() => turned(given),
        "to_lowercase" | "to_ascii_lowercase" => given.map_text(str::to_lowercase),
        "trim" => given.map_text(|text| text.trim().to_owned()),
        "or" | "or_else" if given.read.is_some() => given,
        "unwrap" | "expect" | "ok" | "parse" | "as_deref" | "as_ref" | "as_str" | "into" | "to_string" | "to_owned" | "clone"
        | "context" | "with_context" | "map_err" | "unwrap_or_default" | "to_str" | "to_string_lossy" | "into_string" | "to_vec" => given,
        _ => unread,
    }
}

/// Whether a closure holds when the text says "no": `|v| v == "0"`, `|v| v != "true"`.
fn denies(closure: &str) -> bool {
    let closure: String = closure.split_whitespace().collect();
    let says = |operator: &str, words: &[&str]| words.iter().any(|word| closure.contains(&format!("{operator}\"{word}\"")));
    says("==", &["0", "false", "off", "no"]) || says("!=", &["1", "true", "on", "yes"])
}

/// Where the items of a list literal stand; nothing for other expressions.
pub(super) fn item_spans(node: Node) -> Vec<Span> {
    let node = if node.kind() == "reference_expression" { node.child_by_field_name("value").unwrap_or(node) } else { node };
    match node.kind() {
        "array_expression" => named_children(node).map(span).collect(),
        "macro_invocation" => {
            let tree = node.named_children(&mut node.walk()).find(|child| child.kind() == "token_tree");
            tree.into_iter().flat_map(named_children).filter(|item| item.kind().ends_with("_literal")).map(span).collect()
        }
        _ => Vec::new(),
    }
}

/// A literal's text without its quotes, else the whole expression.
pub(super) fn unquoted(node: Node) -> Span {
    let quoted = node.kind() == "string_literal" && node.end_byte() > node.start_byte() + 2;
    if quoted { Span::new(node.start_byte() + 1, node.end_byte() - 1) } else { span(node) }
}

fn integer(text: &str) -> Option<i64> {
    let text = text.replace('_', "");
    let text = text.split_once(['u', 'i']).map_or(text.as_str(), |(digits, _)| digits);
    for (prefix, base) in [("0x", 16), ("0b", 2), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return i64::from_str_radix(digits, base).ok();
        }
    }
    text.parse().ok()
}

/// The text of a string literal, escapes resolved.
pub(super) fn text(raw: &str) -> Option<String> {
    if let Some(inner) = raw.strip_prefix('r') {
        return inner.trim_matches('#').strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
    }
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            '0' => out.push('\0'),
            c @ ('"' | '\\' | '\'') => out.push(c),
            // a line that goes on: what indents it is not text
            '\n' | '\r' => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            _ => return None,
        }
    }
    Some(out)
}

/// `[127, 0, 0, 1]` as an address is written.
pub(super) fn address(value: &Outcome) -> Option<String> {
    let Outcome::One(Value::List(items)) = value else { return None };
    let numbers: Vec<String> = items.iter().filter(|item| matches!(item, Value::Int(0..=255))).map(Value::display).collect();
    (items.len() == 4 && numbers.len() == 4).then(|| numbers.join("."))
}
