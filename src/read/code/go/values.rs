//! What an expression of Go comes to when nobody sets anything.

use tree_sitter::Node;

use super::super::emit::{list, span};
use super::super::{Code, Given, named_children};
use super::{Go, environment};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// How deep expressions are looked into.
const DEEPEST: u32 = 32;

/// Packages of which an exported name is a word of a fixed list: `gin.DebugMode`, `tls.VersionTLS10`.
const WORDS: &[&str] = &["gin", "http", "log", "logrus", "slog", "tls", "zap", "zapcore", "zerolog"];

impl<'n> Go<'_, '_, 'n> {
    /// The value of an expression.
    pub(super) fn value(&self, node: Node<'n>) -> Given {
        of(self.code, node, 0)
    }
}

/// The value of an expression.
pub(super) fn of(code: &Code, node: Node, depth: u32) -> Given {
    let here = span(node);
    let unread = Given::unread(here);
    if depth > DEEPEST || code.clock.late() {
        return unread;
    }
    let inner = |node: Option<Node>| node.map(|node| of(code, node, depth + 1));
    match node.kind() {
        "interpreted_string_literal" | "raw_string_literal" => {
            text(code.of(node)).map_or(unread, |text| Given::literal(Value::text(text), here))
        }
        "int_literal" => integer(code.of(node)).map_or(unread, |n| Given::literal(Value::Int(n), here)),
        "float_literal" => code.of(node).replace('_', "").parse().map_or(unread, |n| Given::literal(Value::Float(n), here)),
        "true" => Given::literal(Value::Bool(true), here),
        "false" => Given::literal(Value::Bool(false), here),
        "nil" => Given::literal(Value::Null, here),
        "identifier" => code.known(code.of(node)).map_or(unread, |known| known.taken(here)),
        "parenthesized_expression" | "literal_element" => inner(node.named_child(0)).unwrap_or(unread),
        "unary_expression" => unary(code, node, depth),
        "binary_expression" => binary(code, node, depth),
        "selector_expression" => word(code, node),
        "composite_literal" => composite(code, node, depth),
        "literal_value" => Given::literal(Value::Map, here),
        "type_conversion_expression" => inner(node.child_by_field_name("operand")).unwrap_or(unread),
        "call_expression" => call(code, node, depth),
        _ => unread,
    }
}

fn unary(code: &Code, node: Node, depth: u32) -> Given {
    let here = span(node);
    let Some(operand) = node.child_by_field_name("operand") else { return Given::unread(here) };
    let given = of(code, operand, depth + 1);
    match (node.child_by_field_name("operator").map(|operator| code.of(operator)), &given.value) {
        (Some("!"), _) => given.negated(here),
        (Some("&"), _) => given,
        (Some("-"), Outcome::One(Value::Int(n))) => Given::literal(Value::Int(n.saturating_neg()), here),
        (Some("-"), Outcome::One(Value::Float(n))) => Given::literal(Value::Float(-n), here),
        _ => Given::unread(here),
    }
}

fn binary(code: &Code, node: Node, depth: u32) -> Given {
    let here = span(node);
    let part = |name| node.child_by_field_name(name);
    let (Some(left), Some(right), Some(operator)) = (part("left"), part("right"), part("operator")) else { return Given::unread(here) };
    let (a, b) = (of(code, left, depth + 1), of(code, right, depth + 1));
    match code.of(operator) {
        operator @ ("==" | "!=") => {
            // a variable that is not set is the empty text
            let empty = |given: Given| match (&given.read, &given.value) {
                (Some(_), Outcome::One(Value::Null)) => Given { value: Outcome::text(""), ..given },
                _ => given,
            };
            empty(a).compared(empty(b), operator == "==", here)
        }
        "||" => match (a.truth(), b.truth()) {
            (Some(false), _) => Given { read: a.read.or(b.read), ..b },
            (Some(true), _) => a,
            _ => Given::unread(here),
        },
        "&&" => match a.truth() {
            Some(true) => Given { read: a.read.or(b.read), ..b },
            Some(false) if a.read.is_some() => a,
            _ => Given::unread(here),
        },
        operator => {
            arithmetic(code, operator, (left, &a), (right, &b), here).map_or(Given::unread(here), |value| Given::literal(value, here))
        }
    }
}

fn arithmetic(code: &Code, operator: &str, left: (Node, &Given), right: (Node, &Given), _here: Span) -> Option<Value> {
    match (operator, &left.1.value, &right.1.value) {
        ("*", Outcome::One(Value::Int(a)), Outcome::One(Value::Int(b))) => a.checked_mul(*b).map(Value::Int),
        ("+", Outcome::One(Value::Int(a)), Outcome::One(Value::Int(b))) => a.checked_add(*b).map(Value::Int),
        ("<<", Outcome::One(Value::Int(a)), Outcome::One(Value::Int(b))) => {
            u32::try_from(*b).ok().filter(|b| *b < 40).and_then(|b| a.checked_mul(1_i64 << b)).map(Value::Int)
        }
        ("+", Outcome::One(Value::Text(a)), Outcome::One(Value::Text(b))) if left.1.read.is_none() && right.1.read.is_none() => {
            Some(Value::text(format!("{a}{b}")))
        }
        // `24 * time.Hour` is written `24h` everywhere else
        ("*", Outcome::One(Value::Int(n)), _) => unit(code.of(right.0)).map(|unit| Value::text(format!("{n}{unit}"))),
        ("*", _, Outcome::One(Value::Int(n))) => unit(code.of(left.0)).map(|unit| Value::text(format!("{n}{unit}"))),
        _ => None,
    }
}

fn unit(name: &str) -> Option<&'static str> {
    Some(match name {
        "time.Hour" => "h",
        "time.Minute" => "m",
        "time.Second" => "s",
        "time.Millisecond" => "ms",
        _ => return None,
    })
}

/// A word of another package's list, or a unit of time; any other member is not in this file.
fn word(code: &Code, node: Node) -> Given {
    let here = span(node);
    let written = code.of(node);
    if let Some(unit) = unit(written) {
        return Given::literal(Value::text(format!("1{unit}")), here);
    }
    let name = code.callee(written);
    match name.split_once('.') {
        Some((package, word)) if WORDS.contains(&package) && word.starts_with(|c: char| c.is_ascii_uppercase()) && !word.contains('.') => {
            Given::literal(Value::text(name), here)
        }
        _ => Given::unread(here),
    }
}

fn composite(code: &Code, node: Node, depth: u32) -> Given {
    let here = span(node);
    let kind = node.child_by_field_name("type").map_or("", |kind| kind.kind());
    match node.child_by_field_name("body") {
        Some(body) if is_list(kind) => list(named_children(body).map(|item| of(code, item, depth + 1)), here),
        Some(body) if is_wrapper(node.child_by_field_name("type").map_or("", |kind| code.of(kind))) => {
            let value = named_children(body).next().and_then(|element| named_children(element).last());
            value.map_or(Given::literal(Value::Map, here), |value| of(code, value, depth + 1))
        }
        _ => Given::literal(Value::Map, here),
    }
}

/// Whether a type only wraps one value, so that it may be missing: `&wrapperspb.BoolValue{Value: true}`.
fn is_wrapper(kind: &str) -> bool {
    let last = kind.rsplit('.').next().unwrap_or(kind);
    kind.contains("wrappers") && last.ends_with("Value")
}

/// Whether a type's node is one of lists.
pub(super) fn is_list(kind: &str) -> bool {
    matches!(kind, "slice_type" | "array_type" | "implicit_length_array_type")
}

fn call(code: &Code, node: Node, depth: u32) -> Given {
    let here = span(node);
    let arguments: Vec<Node> = node.child_by_field_name("arguments").into_iter().flat_map(named_children).take(8).collect();
    let Some(function) = node.child_by_field_name("function") else { return Given::unread(here) };
    if function.kind() == "call_expression" {
        // `BoolWithDefault("X")(true)`
        let read = call(code, function, depth + 1);
        if depth < DEEPEST && read.read.is_some() && arguments.len() < 2 {
            return arguments.first().map_or(read.clone(), |first| Given { read: read.read, ..of(code, *first, depth + 1) });
        }
        return Given::unread(here);
    }
    let callee = code.callee(code.of(function));
    if let Some(given) = environment::read_by(code, node, &callee, &arguments, depth) {
        return given;
    }
    let argument = |at: usize| arguments.get(at).map(|node| of(code, *node, depth + 1));
    let Some(first) = argument(0) else { return Given::unread(here) };
    match callee.as_str() {
        "cmp.Or" => arguments.iter().skip(1).fold(first, |given, next| given.or_else(of(code, *next, depth + 1))),
        "strings.ToLower" => first.map_text(str::to_lowercase),
        "strings.ToUpper" => first.map_text(str::to_uppercase),
        "strings.TrimSpace" => first.map_text(|text| text.trim().to_owned()),
        "strings.EqualFold" => {
            argument(1).map_or(Given::unread(here), |second| first.map_text(str::to_lowercase).compared(second, true, here))
        }
        "strings.Split" => match (first.text().map(str::to_owned), argument(1)) {
            (Some(text), Some(by)) if by.text().is_some_and(|by| !by.is_empty()) => {
                let items = text.split(by.text().unwrap_or(",")).filter(|item| !item.is_empty()).map(Value::text).collect();
                Given { value: Outcome::One(Value::List(items)), ..first }
            }
            _ => first,
        },
        // casts keep the value
        "string" | "bool" | "int" | "int32" | "int64" | "uint" | "uint64" | "float64" | "time.Duration" | "strconv.ParseBool"
        | "strconv.Atoi" | "strconv.ParseInt" | "strconv.ParseFloat" | "strconv.ParseUint" | "time.ParseDuration" | "strings.Trim"
        | "ptr.To" | "pointer.To" | "lo.ToPtr" | "proto.Bool" | "proto.String" | "wrapperspb.Bool" | "wrapperspb.String"
        | "pointer.Bool" | "pointer.String" | "pointer.Int32" | "aws.Bool" | "aws.String" => first,
        _ => Given::unread(here),
    }
}

fn integer(text: &str) -> Option<i64> {
    let text = text.replace('_', "").to_ascii_lowercase();
    let based = |prefix, base| text.strip_prefix(prefix).map(|digits| i64::from_str_radix(digits, base).ok());
    let other = based("0x", 16).or_else(|| based("0b", 2)).or_else(|| based("0o", 8));
    other.unwrap_or_else(|| text.parse().ok())
}

/// The text of a string literal, escapes resolved.
pub(super) fn text(raw: &str) -> Option<String> {
    if let Some(inner) = raw.strip_prefix('`') {
        return inner.strip_suffix('`').map(|inner| inner.replace('\r', ""));
    }
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let code = |digits: usize, chars: &mut std::str::Chars| {
            let text: String = chars.by_ref().take(digits).collect();
            u32::from_str_radix(&text, 16).ok().and_then(char::from_u32)
        };
        match chars.next()? {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'x' => out.push(code(2, &mut chars)?),
            'u' => out.push(code(4, &mut chars)?),
            'U' => out.push(code(8, &mut chars)?),
            c @ ('"' | '\\' | '\'') => out.push(c),
            _ => return None,
        }
    }
    Some(out)
}
