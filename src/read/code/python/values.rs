//! What a Python expression comes to when nobody sets anything.

use tree_sitter::Node;

use super::arguments::Arguments;
use super::{comparisons, environment, strings};
use crate::read::code::emit::{list, span};
use crate::read::code::environment::is_variable;
use crate::read::code::{Code, Given, named_children};
use crate::read::expression;
use crate::read::text::default::retyped;
use crate::span::Span;
use crate::value::{Outcome, Value};

/// How deep an expression is followed.
pub const DEPTH: usize = 32;

/// How deep in an expression calls of unknown functions are looked through: nobody wraps a variable more often.
const WRAPPED: usize = 6;

/// A text that is one expression of a configuration which the program writes, `"${env.VERIFY:=true}"`: what it comes to there.
fn written_out(text: &str, at: Span) -> Option<Given> {
    let inner = text.strip_prefix("${")?.strip_suffix('}')?;
    let resolved = expression::any(text).filter(|_| inner.contains(':') && !inner.contains(['{', '}', ' ']))?;
    let literal = matches!(resolved.value, Outcome::One(_));
    literal.then(|| Given { value: retyped(resolved.value), mark: resolved.mark, span: at, read: None, from: None })
}

/// The value of an expression.
pub fn of(code: &Code, node: Node, depth: usize) -> Given {
    let at = span(node);
    if depth > DEPTH || code.clock.late() {
        return Given::unread(at);
    }
    let field = |name| node.child_by_field_name(name);
    match node.kind() {
        "true" => Given::literal(Value::Bool(true), at),
        "false" => Given::literal(Value::Bool(false), at),
        "none" => Given::literal(Value::Null, at),
        "integer" | "float" => number(code.of(node)).map_or_else(|| Given::unread(at), |value| Given::literal(value, at)),
        "string" | "concatenated_string" => match strings::text(code, node, depth) {
            Some(text) => written_out(&text, at).unwrap_or_else(|| Given::literal(Value::text(text), at)),
            None => Given::unread(at),
        },
        "list" | "tuple" | "set" => list(named_children(node).map(|item| of(code, item, depth + 1)), at),
        "dictionary" => Given::literal(Value::Map, at),
        "parenthesized_expression" | "await" => {
            named_children(node).next().map_or_else(|| Given::unread(at), |inner| of(code, inner, depth + 1))
        }
        "named_expression" => field("value").map_or_else(|| Given::unread(at), |inner| of(code, inner, depth + 1)),
        "unary_operator" => signed(code, node, depth),
        "binary_operator" if super::arguments::is_dictionary(code, node) => Given::literal(Value::Map, at),
        "binary_operator" => arithmetic(code, node, depth),
        "not_operator" => {
            let given = field("argument").map_or_else(|| Given::unread(at), |inner| of(code, inner, depth + 1));
            // the opposite of what is not known is not known either
            if given.value == Outcome::Unread && given.read.is_none() { Given::unread(at) } else { given.negated(at) }
        }
        "boolean_operator" => boolean(code, node, depth),
        "comparison_operator" => comparisons::of(code, node, depth),
        "conditional_expression" => conditional(code, node, depth),
        "identifier" => name(code, node),
        "attribute" => member(code, node),
        "subscript" => environment::read(code, node, depth).unwrap_or_else(|| Given::unread(at)),
        "call" => call(code, node, depth),
        _ => Given::unread(at),
    }
}

/// The expression inside parentheses and `await`.
pub fn bare(mut node: Node) -> Node {
    for _ in 0..DEPTH {
        match node.kind() {
            "parenthesized_expression" | "await" => match named_children(node).next() {
                Some(inner) => node = inner,
                None => return node,
            },
            _ => return node,
        }
    }
    node
}

/// The dotted text of a callee: its chain of names, whatever is called or indexed on the way left out.
pub fn chain(code: &Code, node: Node) -> Option<String> {
    let mut steps: Vec<&str> = Vec::new();
    let mut at = node;
    for _ in 0..DEPTH {
        let next = match at.kind() {
            "identifier" => {
                steps.push(code.of(at));
                None
            }
            "attribute" => {
                steps.push(code.of(at.child_by_field_name("attribute")?));
                at.child_by_field_name("object")
            }
            "call" => at.child_by_field_name("function"),
            "subscript" => at.child_by_field_name("value"),
            "parenthesized_expression" | "await" => named_children(at).next(),
            "boolean_operator" | "conditional_expression" | "binary_operator" => None,
            _ => return None,
        };
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    steps.reverse();
    (!steps.is_empty()).then(|| steps.join("."))
}

/// Ends of the names of classes whose members are choices.
const CHOICES: &[&str] = &["Mode", "Type", "Kind", "Level", "Method", "Strategy", "Policy", "Scheme", "Backend", "Enum", "Choice"];

/// Whether a name is a class's: `Loader=yaml.Loader` names one, and hands nothing on.
fn is_class(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.contains(|c: char| c.is_ascii_lowercase())
}

/// Whether a value only hands on what came in under its own name: `share=share`, `verify=self.verify`, `x=args["x"]`.
pub fn passes_on(code: &Code, node: Node, name: &str) -> bool {
    let own = |other: &str| other.trim_start_matches('_').eq_ignore_ascii_case(name.trim_start_matches('_'));
    let mut node = node;
    for _ in 0..DEPTH {
        let next = match node.kind() {
            "identifier" => return own(code.of(node)),
            "attribute" => return node.child_by_field_name("attribute").is_some_and(|last| own(code.of(last)) && !is_class(code.of(last))),
            "subscript" => {
                let key = node.child_by_field_name("subscript");
                return key.and_then(|key| of(code, key, DEPTH).text().map(own)).unwrap_or(false);
            }
            "parenthesized_expression" | "await" | "comparison_operator" => named_children(node).next(),
            "conditional_expression" => {
                let parts: Vec<Node> = named_children(node).collect();
                match parts.as_slice() {
                    [body, condition, other] if body.kind() == "true" && other.kind() == "false" => Some(*condition),
                    [body, _, other] if other.kind() == "none" => Some(*body),
                    _ => None,
                }
            }
            "call" => {
                let arguments = Arguments::of(code, node);
                let function = node.child_by_field_name("function");
                let key = arguments.positional.iter().take(2).any(|key| of(code, *key, DEPTH).text().is_some_and(own));
                if key {
                    return true;
                }
                match (function, arguments.positional.as_slice()) {
                    // a widget that shows it: `Checkbox(label="..", value=args.share)`
                    _ if arguments.any(&["value"]).is_some() => arguments.any(&["value"]),
                    (Some(function), []) if function.kind() == "attribute" => function.child_by_field_name("object"),
                    (Some(function), [only]) if function.kind() == "identifier" => Some(*only),
                    _ => None,
                }
            }
            _ => None,
        };
        match next {
            Some(next) => node = next,
            None => return false,
        }
    }
    false
}

fn number(written: &str) -> Option<Value> {
    let plain = written.replace('_', "").to_ascii_lowercase();
    let int = match plain.get(..2) {
        Some("0x") => i64::from_str_radix(plain.get(2..)?, 16).ok(),
        Some("0o") => i64::from_str_radix(plain.get(2..)?, 8).ok(),
        Some("0b") => i64::from_str_radix(plain.get(2..)?, 2).ok(),
        _ => plain.parse().ok(),
    };
    int.map(Value::Int).or_else(|| plain.parse().ok().filter(|n: &f64| n.is_finite()).map(Value::Float))
}

fn signed(code: &Code, node: Node, depth: usize) -> Given {
    let at = span(node);
    let Some(inner) = node.child_by_field_name("argument").map(|inner| of(code, inner, depth + 1)) else { return Given::unread(at) };
    let operator = node.child_by_field_name("operator").map_or("", |operator| code.of(operator));
    let value = match (operator, inner.value) {
        ("-", Outcome::One(Value::Int(n))) => n.checked_neg().map(Value::Int),
        ("-", Outcome::One(Value::Float(n))) => Some(Value::Float(-n)),
        ("+", Outcome::One(value @ (Value::Int(_) | Value::Float(_)))) => Some(value),
        _ => None,
    };
    value.map_or_else(|| Given::unread(at), |value| Given::literal(value, at))
}

fn arithmetic(code: &Code, node: Node, depth: usize) -> Given {
    let at = span(node);
    let side = |name| node.child_by_field_name(name).map(|side| of(code, side, depth + 1)).filter(|side| side.read.is_none());
    let (Some(left), Some(right)) = (side("left"), side("right")) else { return Given::unread(at) };
    let operator = node.child_by_field_name("operator").map_or("", |operator| code.of(operator));
    #[allow(clippy::cast_precision_loss, reason = "numbers that people write as settings are small")]
    let float = |value: &Value| match value {
        Value::Int(n) => Some(*n as f64),
        Value::Float(n) => Some(*n),
        _ => None,
    };
    let (Outcome::One(a), Outcome::One(b)) = (left.value, right.value) else { return Given::unread(at) };
    let value = match (operator, a, b) {
        ("*", Value::Int(a), Value::Int(b)) => a.checked_mul(b).map(Value::Int),
        ("+", Value::Int(a), Value::Int(b)) => a.checked_add(b).map(Value::Int),
        ("-", Value::Int(a), Value::Int(b)) => a.checked_sub(b).map(Value::Int),
        ("//", Value::Int(a), Value::Int(b)) => a.checked_div_euclid(b).map(Value::Int),
        ("**", Value::Int(a), Value::Int(b)) => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)).map(Value::Int),
        ("<<", Value::Int(a), Value::Int(b)) => {
            u32::try_from(b).ok().filter(|b| *b < 62).and_then(|b| a.checked_mul(1 << b)).map(Value::Int)
        }
        ("+", Value::Text(a), Value::Text(b)) => Some(Value::text(format!("{a}{b}"))),
        ("+", Value::List(a), Value::List(b)) => Some(Value::List(a.into_iter().chain(b).collect())),
        ("*", a, b) => float(&a).zip(float(&b)).map(|(a, b)| Value::Float(a * b)),
        ("/", a, b) => float(&a).zip(float(&b)).filter(|(_, b)| *b != 0.0).map(|(a, b)| Value::Float(a / b)),
        _ => None,
    };
    value.map_or_else(|| Given::unread(at), |value| Given::literal(value, at))
}

fn boolean(code: &Code, node: Node, depth: usize) -> Given {
    let at = span(node);
    let side = |name| node.child_by_field_name(name).map(|side| of(code, side, depth + 1));
    let (Some(left), Some(right)) = (side("left"), side("right")) else { return Given::unread(at) };
    let operator = node.child_by_field_name("operator").map_or("", |operator| code.of(operator));
    if operator == "or" {
        let fallback = matches!(right.value, Outcome::One(_));
        let given = left.or_else(right);
        // what a variable says does not depend on what else may be true
        return if fallback { given } else { Given { read: None, ..given } };
    }
    match left.truth() {
        Some(false) => Given { read: None, ..left },
        Some(true) => Given { read: None, ..right },
        None => Given::unread(at),
    }
}

fn conditional(code: &Code, node: Node, depth: usize) -> Given {
    let at = span(node);
    let parts: Vec<Node> = named_children(node).collect();
    let [body, condition, other] = parts.as_slice() else { return Given::unread(at) };
    // `x if x is not None else d`, `x if x else d`: the fallback is what is written here
    if let Some(present) = tests_presence(code, *condition) {
        let (own, fallback) = if present.1 { (body, other) } else { (other, body) };
        if code.of(bare(*own)) == present.0 {
            let given = of(code, *own, depth + 1);
            return if given.read.is_some() || matches!(given.value, Outcome::Unread) {
                given.coalesce(of(code, *fallback, depth + 1))
            } else {
                given.or_else(of(code, *fallback, depth + 1))
            };
        }
    }
    let test = of(code, *condition, depth + 1);
    let (yes, no) = (of(code, *body, depth + 1), of(code, *other, depth + 1));
    let Some(truth) = test.truth() else { return yes.either(no, at) };
    let switch = matches!((&yes.value, &no.value), (Outcome::One(Value::Bool(a)), Outcome::One(Value::Bool(b))) if a != b);
    let turned = matches!(yes.value, Outcome::One(Value::Bool(false)));
    let (chosen, left_out) = if truth { (yes, no) } else { (no, yes) };
    match test.read {
        // `True if getenv("X") == "1" else False` is the variable as a switch
        Some(read) if switch => {
            let read = crate::read::code::Read { flipped: read.flipped ^ turned, ..read };
            Given { span: test.span, read: Some(read), ..chosen }
        }
        // `environ["X"] if "X" in environ else d`
        Some(read) if left_out.read.as_ref().is_some_and(|other| other.name == read.name) => Given { read: left_out.read, ..chosen },
        _ => chosen,
    }
}

/// What a condition asks to be there, and whether it holds when it is: `x`, `x is not None`, `x is None`.
fn tests_presence<'t>(code: &Code<'t>, condition: Node) -> Option<(&'t str, bool)> {
    let condition = bare(condition);
    match condition.kind() {
        "comparison_operator" => {
            let sides: Vec<Node> = named_children(condition).collect();
            let [first, second] = sides.as_slice() else { return None };
            let between = code.text.get(first.end_byte()..second.start_byte())?;
            (second.kind() == "none").then(|| (code.of(bare(*first)), between.contains("not") || between.contains("!=")))
        }
        "not_operator" => condition.child_by_field_name("argument").map(|inner| (code.of(bare(inner)), false)),
        _ => Some((code.of(condition), true)),
    }
}

fn name(code: &Code, node: Node) -> Given {
    let at = span(node);
    let written = code.of(node);
    if let Some(known) = code.homes.known(code.homes.at(node.start_byte()), written) {
        return Given { read: None, ..known.taken(at) };
    }
    let full = code.callee(written);
    match full.rsplit_once('.') {
        Some(("logging" | "ssl", last)) if is_variable(last) => Given::literal(Value::text(last), at),
        _ => Given::unread(at),
    }
}

/// `logging.DEBUG`, `AuthType.BASIC.value`: the last part by its name. What stands in an object of settings is not known.
/// `timedelta(hours=1)` is `1 hours`; several units at once are not added up.
fn duration(code: &Code, arguments: &Arguments, at: crate::span::Span, depth: usize) -> Given {
    let [pair] = arguments.keywords.as_slice() else { return Given::unread(at) };
    let known = matches!(&*pair.name, "weeks" | "days" | "hours" | "minutes" | "seconds" | "milliseconds");
    match of(code, pair.value, depth + 1).value {
        Outcome::One(value @ (Value::Int(_) | Value::Float(_))) if known => {
            Given::literal(Value::text(format!("{} {}", value.display(), pair.name)), at)
        }
        _ => Given::unread(at),
    }
}

fn member(code: &Code, node: Node) -> Given {
    let at = span(node);
    let mut node = node;
    if let (Some(object), Some(last)) = (node.child_by_field_name("object"), node.child_by_field_name("attribute"))
        && object.kind() == "attribute"
        && matches!(code.of(last), "value" | "name")
    {
        node = object;
    }
    let (Some(object), Some(last)) = (node.child_by_field_name("object"), node.child_by_field_name("attribute")) else {
        return Given::unread(at);
    };
    let of = match object.kind() {
        "identifier" => code.of(object),
        "attribute" => object.child_by_field_name("attribute").map_or("", |name| code.of(name)),
        _ => "",
    };
    let owner = of.to_ascii_lowercase();
    let open = ["settings", "config", "configs", "conf", "constants", "env", "environment", "options", "args", "flags"];
    let holds = owner.is_empty() || matches!(&*owner, "self" | "cls" | "os") || open.iter().any(|word| owner.ends_with(word));
    // `AuthMode.none`: members of such classes are written in small letters too
    let chooses = is_class(of) && CHOICES.iter().any(|end| of.ends_with(end));
    if (is_variable(code.of(last)) || chooses) && !holds { Given::literal(Value::text(code.of(last)), at) } else { Given::unread(at) }
}

fn call(code: &Code, node: Node, depth: usize) -> Given {
    let at = span(node);
    if let Some(given) = environment::read(code, node, depth) {
        return given;
    }
    let Some(function) = node.child_by_field_name("function") else { return Given::unread(at) };
    let arguments = Arguments::of(code, node);
    let first = arguments.positional.first().copied();
    if function.kind() == "attribute" {
        let (Some(object), Some(method)) = (function.child_by_field_name("object"), function.child_by_field_name("attribute")) else {
            return Given::unread(at);
        };
        match (code.of(method), arguments.positional.as_slice()) {
            ("lower" | "casefold", []) => return of(code, object, depth + 1).map_text(str::to_lowercase),
            ("upper", []) => return of(code, object, depth + 1).map_text(str::to_uppercase),
            ("strip" | "rstrip" | "lstrip", [] | [_]) => return of(code, object, depth + 1).map_text(|text| text.trim().to_owned()),
            ("capitalize" | "title" | "swapcase" | "encode" | "resolve" | "expanduser" | "copy", []) => return of(code, object, depth + 1),
            ("split", [separator]) => return split(of(code, object, depth + 1), &of(code, *separator, depth + 1)),
            // traitlets: `Bool(True, help="..").tag(config=True)`
            ("tag", []) if object.kind() == "call" => {
                let first = Arguments::of(code, object).positional.first().copied();
                return first.map_or_else(|| Given::unread(at), |first| of(code, first, depth + 1));
            }
            // a mapping's own fallback
            ("get" | "pop", [_, fallback]) => return of(code, *fallback, depth + 1),
            _ => {}
        }
    }
    let Some(callee) = chain(code, function) else { return Given::unread(at) };
    let last = callee.rsplit('.').next().unwrap_or(&callee);
    match (last, first) {
        ("dict", _) if function.kind() == "identifier" => Given::literal(Value::Map, at),
        ("getattr", Some(_)) => match arguments.positional.as_slice() {
            [_, _, fallback] => of(code, *fallback, depth + 1),
            _ => Given::unread(at),
        },
        ("timedelta" | "relativedelta", None) => duration(code, &arguments, at, depth),
        ("list" | "set" | "tuple" | "frozenset", None) => Given::literal(Value::List(Vec::new()), at),
        ("bool", Some(inner)) => {
            let given = of(code, inner, depth + 1);
            match given.truth() {
                // what another function makes of a text is not known by the text being there
                Some(_) if given.text().is_some() && is_made(code, bare(inner)) => given,
                Some(truth) => Given { value: Outcome::One(Value::Bool(truth)), ..given },
                None => given,
            }
        }
        ("int" | "float", Some(inner)) => {
            let given = of(code, inner, depth + 1);
            match given.text().and_then(|text| number(text.trim())) {
                Some(value) => Given { value: Outcome::One(value), ..given },
                None => given,
            }
        }
        ("str" | "Path" | "SecretStr" | "Secret" | "list" | "set" | "tuple" | "frozenset" | "cast" | "Decimal", Some(inner)) => {
            let inner = if last == "cast" { arguments.positional.get(1).copied().unwrap_or(inner) } else { inner };
            of(code, inner, depth + 1)
        }
        // `AuthType(os.getenv(..))`, `as_bool(os.getenv(..))`: whatever is made of it, the variable's default is inside
        (_, Some(inner)) if depth < WRAPPED && arguments.keywords.is_empty() && arguments.positional.len() == 1 => {
            let given = of(code, inner, depth + 1);
            match given.text().and_then(switch_word).filter(|_| asks_truth(last)) {
                _ if given.read.is_none() => Given::unread(at),
                Some(truth) => Given { value: Outcome::One(Value::Bool(truth)), ..given },
                None => given,
            }
        }
        _ => Given::unread(at),
    }
}

/// Whether an expression is what a function makes of its argument, other than the text itself.
fn is_made(code: &Code, node: Node) -> bool {
    let function = node.child_by_field_name("function").filter(|function| node.kind() == "call" && function.kind() == "identifier");
    function.is_some_and(|function| code.of(function) != "str") && environment::read(code, node, DEPTH - 1).is_none()
}

/// Whether a function's name says that it makes a yes or no of a text: `strtobool`, `str2bool`, `_parse_bool`, `is_truthy`.
fn asks_truth(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("bool") || name.contains("truthy") || name.contains("is_true") || name.contains("istrue")
}

/// What such a function makes of a word.
fn switch_word(text: &str) -> Option<bool> {
    match &*text.trim().to_ascii_lowercase() {
        "1" | "true" | "t" | "yes" | "y" | "on" => Some(true),
        "" | "0" | "false" | "f" | "no" | "n" | "off" => Some(false),
        _ => None,
    }
}

fn split(given: Given, separator: &Given) -> Given {
    let (Some(text), Some(separator)) = (given.text(), separator.text()) else { return given };
    if separator.is_empty() {
        return given;
    }
    let items = text.split(separator).map(Value::text).collect();
    Given { value: Outcome::One(Value::List(items)), ..given }
}
