//! What a Java expression comes to: literals, collections, fallbacks of variables and properties.

use tree_sitter::Node;

use crate::read::code::emit::{list, span};
use crate::read::code::environment::{is_variable, reads_environment};
use crate::read::code::{Code, Given, Read, named_children};
use crate::setting::Surface;
use crate::span::Span;
use crate::value::{Outcome, Value};

/// How deep an expression is followed.
const DEPTH: u8 = 32;

/// Methods that give a value back as it is, or as another type.
const CASTS: &[&str] = &[
    "parseBoolean",
    "valueOf",
    "parseInt",
    "parseLong",
    "parseDouble",
    "parseFloat",
    "toBoolean",
    "trim",
    "strip",
    "toString",
    "map",
    "ofNullable",
    "filter",
    "intern",
    "asList",
    "split",
];

/// Methods whose last argument counts where the first, or what they are called on, is not there.
const FALLBACKS: &[&str] = &[
    "orElse",
    "orElseGet",
    "requireNonNullElse",
    "requireNonNullElseGet",
    "defaultString",
    "defaultIfBlank",
    "defaultIfEmpty",
    "firstNonNull",
    "defaultIfNull",
    "or",
];

/// Methods that compare.
const COMPARISONS: &[&str] = &["equals", "equalsIgnoreCase"];

/// What an expression comes to.
pub(super) fn given(node: Node, code: &Code) -> Given {
    at(node, code, 0)
}

fn at(node: Node, code: &Code, depth: u8) -> Given {
    let place = span(node);
    if depth > DEPTH || code.clock.late() {
        return Given::unread(place);
    }
    let inner = |node: Node| at(node, code, depth + 1);
    let field = |name: &str| node.child_by_field_name(name);
    match node.kind() {
        "true" | "false" => Given::literal(Value::Bool(node.kind() == "true"), place),
        "null_literal" => Given::absent(place),
        "string_literal" => text(code.of(node)).map_or(Given::unread(place), |text| Given::literal(Value::text(text), place)),
        "character_literal" => Given::literal(Value::text(code.of(node).trim_matches('\'')), place),
        "decimal_integer_literal" | "hex_integer_literal" | "octal_integer_literal" | "binary_integer_literal" => {
            integer(code.of(node), place)
        }
        "decimal_floating_point_literal" => {
            let digits = code.of(node).trim_end_matches(['f', 'F', 'd', 'D']).replace('_', "");
            digits.parse().map_or(Given::unread(place), |number| Given::literal(Value::Float(number), place))
        }
        "parenthesized_expression" => named_children(node).next().map_or(Given::unread(place), inner),
        "cast_expression" | "array_creation_expression" => field("value").map_or(Given::unread(place), inner),
        "unary_expression" => match (code.of(node).chars().next(), field("operand").map(inner)) {
            (Some('!'), Some(operand)) => operand.negated(place),
            (Some('-'), Some(operand)) => match operand.value {
                Outcome::One(Value::Int(number)) => Given::literal(Value::Int(number.saturating_neg()), place),
                Outcome::One(Value::Float(number)) => Given::literal(Value::Float(-number), place),
                _ => Given::unread(place),
            },
            _ => Given::unread(place),
        },
        "binary_expression" => match (field("left"), field("operator"), field("right")) {
            (Some(left), Some(operator), Some(right)) => binary(inner(left), code.of(operator), inner(right), place),
            _ => Given::unread(place),
        },
        "ternary_expression" => match (field("condition"), field("consequence"), field("alternative")) {
            (Some(condition), Some(yes), Some(no)) => chosen(&inner(condition), inner(yes), inner(no), place),
            _ => Given::unread(place),
        },
        "identifier" => used(code, code.of(node), place),
        "field_access" => match code.of(node) {
            "Boolean.TRUE" => Given::literal(Value::Bool(true), place),
            "Boolean.FALSE" => Given::literal(Value::Bool(false), place),
            written => written.strip_prefix("this.").map_or(Given::unread(place), |name| used(code, name, place)),
        },
        "array_initializer" | "element_value_array_initializer" => list(named_children(node).map(inner), place),
        "method_invocation" => invocation(node, code, depth),
        "lambda_expression" => match (field("parameters"), field("body")) {
            // a supplier
            (Some(parameters), Some(body)) if named_children(parameters).next().is_none() && body.kind() != "block" => inner(body),
            _ => Given::unread(place),
        },
        _ => Given::unread(place),
    }
}

/// A constant at the place of its use.
fn used(code: &Code, name: &str, place: Span) -> Given {
    code.known(name).map_or(Given::unread(place), |known| known.taken(place))
}

/// The text of a string literal, escapes resolved.
pub(super) fn text(raw: &str) -> Option<String> {
    if let Some(block) = raw.strip_prefix("\"\"\"").and_then(|block| block.strip_suffix("\"\"\"")) {
        return Some(block.trim().to_owned());
    }
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(inner.to_owned());
    }
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match if c == '\\' { chars.next() } else { None } {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('u') => {
                let code: String = chars.by_ref().skip_while(|c| *c == 'u').take(4).collect();
                out.push(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32)?);
            }
            Some(escaped) => out.push(escaped),
            None => out.push(c),
        }
    }
    Some(out)
}

fn integer(raw: &str, place: Span) -> Given {
    let digits = raw.trim_end_matches(['l', 'L']).replace('_', "").to_ascii_lowercase();
    let (digits, radix) = match digits.get(..2) {
        Some("0x") => (digits.get(2..).unwrap_or(""), 16),
        Some("0b") => (digits.get(2..).unwrap_or(""), 2),
        _ if digits.len() > 1 && digits.starts_with('0') => (digits.as_str(), 8),
        _ => (digits.as_str(), 10),
    };
    i64::from_str_radix(digits, radix).map_or(Given::unread(place), |number| Given::literal(Value::Int(number), place))
}

fn binary(left: Given, operator: &str, right: Given, place: Span) -> Given {
    match operator {
        "==" | "!=" => {
            let null = |given: &Given| given.value == Outcome::One(Value::Null) && given.read.is_none();
            if null(&left) || null(&right) {
                return presence(left, right, operator == "==", place);
            }
            left.compared(right, operator == "==", place)
        }
        "||" => left.or_else(right),
        "&&" => match left.truth() {
            Some(false) => left,
            Some(true) => Given { read: left.read.or(right.read), ..right },
            None => Given {
                value: Outcome::AnyOf(vec![Value::Bool(true), Value::Bool(false)]),
                read: left.read.or(right.read),
                ..Given::unread(place)
            },
        },
        "*" => match (&left.value, &right.value) {
            (Outcome::One(Value::Int(a)), Outcome::One(Value::Int(b))) => {
                a.checked_mul(*b).map_or(Given::unread(place), |product| Given::literal(Value::Int(product), place))
            }
            _ => Given::unread(place),
        },
        "+" => match (&left.value, &right.value) {
            (Outcome::One(Value::Text(a)), Outcome::One(b @ (Value::Text(_) | Value::Int(_)))) => {
                Given::literal(Value::text(format!("{a}{}", b.display())), place)
            }
            _ => Given::unread(place),
        },
        _ => Given::unread(place),
    }
}

/// `x == null`: known only where `x` is a variable that nobody set.
fn presence(left: Given, right: Given, equal: bool, place: Span) -> Given {
    let asked = if left.read.is_some() { left } else { right };
    let absent = asked.value == Outcome::One(Value::Null);
    match asked.read {
        Some(read) => Given { read: Some(read), ..Given::literal(Value::Bool(absent == equal), place) },
        None => Given { value: Outcome::AnyOf(vec![Value::Bool(true), Value::Bool(false)]), ..Given::unread(place) },
    }
}

/// `condition ? yes : no`: one of both, unless the condition asks for a variable that nobody set.
fn chosen(condition: &Given, yes: Given, no: Given, place: Span) -> Given {
    let Some(read) = condition.read.clone() else { return yes.either(no, place) };
    let Some(truth) = condition.truth() else { return yes.either(no, place) };
    let (taken, other) = if truth { (yes, no) } else { (no, yes) };
    // the variable's own value in one branch is the fallback's, not turned round
    let own = taken.read.is_some() || other.read.is_some();
    Given { read: Some(if own { Read { flipped: false, ..read } } else { read }), ..taken }
}

/// The arguments of a call.
pub(super) fn arguments(call: Node) -> Vec<Node> {
    call.child_by_field_name("arguments").into_iter().flat_map(named_children).collect()
}

fn invocation(node: Node, code: &Code, depth: u8) -> Given {
    let place = span(node);
    let name = node.child_by_field_name("name").map_or("", |name| code.of(name));
    let object = node.child_by_field_name("object");
    let arguments = arguments(node);
    let inner = |node: Node| at(node, code, depth + 1);
    if let Some(read) = read(node, code) {
        let fallback = arguments.get(1..).and_then(<[Node]>::last).map(|fallback| inner(*fallback));
        return Given { read: Some(read), ..fallback.unwrap_or(Given::absent(place)) };
    }
    let first = arguments.first().copied();
    let on = object.map_or("", |object| code.of(object));
    if COMPARISONS.contains(&name) {
        return match (object, first) {
            (Some(object), Some(other)) => inner(object).compared(inner(other), true, place),
            _ => Given::unread(place),
        };
    }
    if FALLBACKS.contains(&name) {
        let asked = if arguments.len() > 1 { first } else { object };
        return match (asked, arguments.last()) {
            (Some(asked), Some(other)) => inner(asked).coalesce(inner(*other)),
            _ => Given::unread(place),
        };
    }
    match (on, name) {
        ("List" | "Set" | "ImmutableList" | "ImmutableSet", "of")
        | ("Arrays", "asList")
        | ("Collections", "singletonList" | "singleton") => list(arguments.into_iter().map(inner), place),
        ("Collections", "emptyList" | "emptySet") => Given::literal(Value::List(Vec::new()), place),
        ("Map", "of" | "ofEntries") => Given::literal(Value::Map, place),
        ("Duration", unit) => duration(unit, first.map(inner), place),
        (_, "toLowerCase") => object.map_or(Given::unread(place), inner).map_text(str::to_lowercase),
        (_, "toUpperCase") => object.map_or(Given::unread(place), inner).map_text(str::to_uppercase),
        ("Boolean", "parseBoolean" | "valueOf") => first.map_or(Given::unread(place), |first| boolean(inner(first))),
        ("Integer" | "Long" | "Double" | "Float" | "String" | "Optional", _) if CASTS.contains(&name) => {
            first.map_or(Given::unread(place), |first| number(inner(first)))
        }
        ("Optional", "of") => first.map_or(Given::unread(place), inner),
        // `config.getBoolean("telemetry", false)`: what a look-up by name gives where there is no such entry
        (_, name) if name.starts_with("get") && object.is_some() && looks_up(&arguments) => {
            arguments.last().map_or(Given::unread(place), |other| inner(*other))
        }
        (_, "trim" | "strip" | "map" | "filter" | "intern") => object.map_or(Given::unread(place), inner),
        _ => Given::unread(place),
    }
}

/// Whether a call is given a name and what holds without it.
fn looks_up(arguments: &[Node]) -> bool {
    let literal = |node: &Node| matches!(node.kind(), "true" | "false" | "string_literal" | "decimal_integer_literal");
    matches!(arguments, [name, fallback] if name.kind() == "string_literal" && literal(fallback))
}

/// `Boolean.parseBoolean`: whatever is not `true` is false.
fn boolean(given: Given) -> Given {
    match &given.value {
        Outcome::One(Value::Text(text)) => Given { value: Outcome::One(Value::Bool(text.eq_ignore_ascii_case("true"))), ..given },
        Outcome::One(Value::Null) => Given { value: Outcome::One(Value::Bool(false)), ..given },
        _ => given,
    }
}

/// A number written as text.
fn number(given: Given) -> Given {
    match given.text().and_then(|text| text.parse().ok()) {
        Some(number) => Given { value: Outcome::One(Value::Int(number)), ..given },
        None => given,
    }
}

/// `Duration.ofDays(30)` as people write durations.
fn duration(unit: &str, count: Option<Given>, place: Span) -> Given {
    let unit = match unit {
        "ofDays" => "d",
        "ofHours" => "h",
        "ofMinutes" => "m",
        "ofSeconds" => "s",
        "ofMillis" => "ms",
        _ => return Given::unread(place),
    };
    match count.map(|count| count.value) {
        Some(Outcome::One(Value::Int(count))) => Given::literal(Value::text(format!("{count}{unit}")), place),
        _ => Given::unread(place),
    }
}

/// The variable or property that a call asks for by its first argument.
pub(super) fn read(call: Node, code: &Code) -> Option<Read> {
    let name = code.of(call.child_by_field_name("name")?);
    let object = call.child_by_field_name("object").map_or("", |object| code.of(object));
    let arguments = arguments(call);
    let first = *arguments.first()?;
    let (asked, quoted) = match first.kind() {
        "string_literal" => (text(code.of(first))?, true),
        "identifier" => (code.known(code.of(first))?.text()?.to_owned(), false),
        _ => return None,
    };
    let place = if quoted { Span::new(first.start_byte() + 1, first.end_byte().saturating_sub(1)) } else { span(first) };
    let property = match (object, name) {
        ("System", "getProperty") | ("Boolean", "getBoolean") | ("Integer", "getInteger") | ("Long", "getLong") => true,
        ("System", "getenv") | ("System.getenv()", "get" | "getOrDefault") => false,
        (_, "getProperty") if is_environment(object) => true,
        (_, "get" | "getOrDefault") if matches!(object, "env" | "dotenv" | "environment") && is_variable(&asked) => false,
        _ if is_variable(&asked) && arguments.len() >= 2 && reads_environment(name) => false,
        _ => return None,
    };
    let surface = if property { Surface::Key } else { Surface::Env };
    (!asked.is_empty() && !place.is_empty()).then(|| Read { surface, name: asked.into(), span: place, flipped: false })
}

/// `env`, `this.environment`.
fn is_environment(object: &str) -> bool {
    let last = object.rsplit('.').next().unwrap_or(object).to_ascii_lowercase();
    last.ends_with("env") || last.ends_with("environment")
}

/// The outermost expression that only turns what was read into what is used.
pub(super) fn outermost<'t>(read: Node<'t>, around: &[Node<'t>], code: &Code) -> Node<'t> {
    let mut node = read;
    let mut outward = around.iter().rev().copied().take(usize::from(DEPTH)).peekable();
    while let Some(parent) = outward.next() {
        node = match parent.kind() {
            "parenthesized_expression" if outward.peek().is_some_and(|outer| takes_values(outer.kind())) => parent,
            "cast_expression" | "unary_expression" | "ternary_expression" => parent,
            "binary_expression" if joins(parent, outward.clone(), code) => parent,
            "argument_list" => match outward.next().filter(|call| looks_through(*call, node, code)) {
                Some(call) => call,
                None => break,
            },
            "method_invocation" if looks_through(parent, node, code) => parent,
            _ => break,
        };
    }
    node
}

/// Parentheses of an `if` are none of an expression.
fn takes_values(kind: &str) -> bool {
    kind.ends_with("_expression") || kind == "variable_declarator"
}

fn looks_through(call: Node, from: Node, code: &Code) -> bool {
    let Some(name) = call.child_by_field_name("name").map(|name| code.of(name)) else { return false };
    let object = call.child_by_field_name("object");
    let on = object.map_or("", |object| code.of(object));
    if object == Some(from) {
        return COMPARISONS.contains(&name)
            || FALLBACKS.contains(&name)
            || matches!(name, "trim" | "strip" | "map" | "filter" | "intern" | "toLowerCase" | "toUpperCase");
    }
    let literal = object.is_some_and(|object| object.kind() == "string_literal" || code.known(code.of(object)).is_some());
    COMPARISONS.contains(&name) && literal
        || FALLBACKS.contains(&name) && arguments(call).len() > 1
        || CASTS.contains(&name) && matches!(on, "Boolean" | "Integer" | "Long" | "Double" | "Float" | "String" | "Optional")
        || name == "of" && on == "Optional"
}

/// Comparisons with a literal and `||`; a comparison with `null` only as a condition of `?:`, where it chooses the value.
fn joins<'t>(node: Node, mut outward: impl Iterator<Item = Node<'t>>, code: &Code) -> bool {
    let null = named_children(node).any(|side| side.kind() == "null_literal");
    let operator = node.child_by_field_name("operator").map_or("", |operator| code.of(operator));
    match operator {
        "==" | "!=" if null => {
            outward.find(|outer| outer.kind() != "parenthesized_expression").is_some_and(|outer| outer.kind() == "ternary_expression")
        }
        "==" | "!=" | "||" => true,
        _ => false,
    }
}
