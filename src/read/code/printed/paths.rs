//! What an expression shows of the values in it: the paths of names that come out as they are, `prompt`, `request.headers`,
//! `user.email`, in small letters with underscores. What goes through an unknown function comes out as something else.

use tree_sitter::Node;

use super::{labels, place};
use crate::read::code::{Code, named_children};
use crate::span::Span;

/// Deepest expression that is looked into.
const DEPTH: usize = 12;

/// Steps of one path.
const STEPS: usize = 8;

/// Functions that give their argument as text.
const TEXTS: &[&str] = &[
    "str",
    "repr",
    "String",
    "string",
    "format",
    "stringify",
    "dumps",
    "inspect",
    "pformat",
    "Sprintf",
    "Sprint",
    "Sprintln",
    "toString",
    "text",
    "list",
    "dict",
    "fromEntries",
    "Any",
    "json",
    "jsonable_encoder",
    "safe_str",
    "valueOf",
    "Marshal",
    "asdict",
    "Stringify",
    "toJSONString",
    "writeValueAsString",
    "Object",
    "Array",
    "from",
];

/// Methods that give what they are called on.
const SAME: &[&str] = &[
    "strip",
    "lstrip",
    "rstrip",
    "trim",
    "lower",
    "upper",
    "decode",
    "encode",
    "toString",
    "to_string",
    "substring",
    "slice",
    "substr",
    "model_dump",
    "model_dump_json",
    "dict",
    "to_dict",
    "clone",
    "as_str",
    "as_ref",
    "unwrap",
    "unwrap_or_default",
    "String",
    "GetBody",
    "copy",
    "toLowerCase",
    "join",
    "to_owned",
    "trimEnd",
    "trimStart",
    "toJSON",
    "to_json",
    "entries",
    "items",
    "as_string",
    "splitlines",
    "replace",
    "isoformat",
];

/// Methods that are a part of what they are called on.
const PARTS: &[&str] = &["text", "json", "body", "headers", "form", "formData", "content", "get_json", "get_data", "all"];

/// Adds what an argument of a log call shows.
pub fn of_node(node: Node, code: &Code, depth: usize, found: &mut Vec<(String, Span)>) {
    if depth > DEPTH || is_start(code.of(node)) {
        return;
    }
    let inner = |names: &[&str], found: &mut Vec<(String, Span)>| {
        for child in names.iter().filter_map(|name| node.child_by_field_name(name)) {
            of_node(child, code, depth + 1, found);
        }
    };
    match node.kind() {
        "identifier"
        | "attribute"
        | "member_expression"
        | "selector_expression"
        | "field_access"
        | "field_expression"
        | "subscript"
        | "subscript_expression"
        | "index_expression"
        | "shorthand_property_identifier" => {
            let mut steps = Vec::new();
            if path(node, code, 0, &mut steps).is_some() {
                add(steps, place(node), found);
            }
        }
        "call" | "call_expression" | "method_invocation" => called(node, code, depth, found),
        "binary_operator" => inner(&["left", "right"], found),
        "binary_expression" | "boolean_operator" => {
            let operator = node.child_by_field_name("operator").map_or("", |operator| code.of(operator));
            match operator {
                "+" | "%" | "||" | "or" | "??" => inner(&["left", "right"], found),
                "&&" | "and" => inner(&["right"], found),
                _ => {}
            }
        }
        "ternary_expression" => inner(&["consequence", "alternative"], found),
        "conditional_expression" => {
            let parts: Vec<Node> = named_children(node).collect();
            for part in parts.first().into_iter().chain(parts.get(2)) {
                of_node(*part, code, depth + 1, found);
            }
        }
        "keyword_argument" | "pair" => inner(&["value"], found),
        "slice_expression" => inner(&["operand"], found),
        "string" | "template_string" => named_by_text(node, code, depth, found),
        "interpolation" => {
            if let Some(first) = named_children(node).next() {
                of_node(first, code, depth + 1, found);
            }
        }
        "template_substitution"
        | "concatenated_string"
        | "tuple"
        | "list"
        | "array"
        | "object"
        | "dictionary"
        | "parenthesized_expression"
        | "await"
        | "await_expression"
        | "non_null_expression"
        | "as_expression"
        | "spread_element"
        | "list_splat"
        | "dictionary_splat"
        | "type_conversion_expression"
        | "cast_expression"
        | "expression_list" => {
            for child in named_children(node) {
                of_node(child, code, depth + 1, found);
            }
        }
        _ => {}
    }
}

/// What a text shows of the values in it, each under its own name and under the one that the text gives it.
fn named_by_text(node: Node, code: &Code, depth: usize, found: &mut Vec<(String, Span)>) {
    let mut before = String::new();
    let mut from = node.start_byte() + 1;
    for child in named_children(node) {
        let is_value = matches!(child.kind(), "interpolation" | "template_substitution");
        if !is_value {
            continue;
        }
        before.push_str(code.text.get(from..child.start_byte()).unwrap_or(""));
        let known = found.len();
        of_node(child, code, depth + 1, found);
        if let [(path, place)] = found.get(known..).unwrap_or(&[])
            && let Some(said) = labels::path(&before, path)
        {
            let place = *place;
            found.push((said, place));
        }
        before.push(labels::HOLE);
        from = child.end_byte();
    }
}

/// The first letters of a value, by which it is told from others and not known: `token[:8]`, `key.slice(0, 8)`.
fn is_start(text: &str) -> bool {
    const LETTERS: usize = 12;
    let ends = |open: &str, close: char| {
        let count = text.strip_suffix(close)?.rsplit_once(open)?.1.trim();
        count.parse::<usize>().ok()
    };
    let methods = [".slice(0,", ".substring(0,", ".substr(0,"];
    let count = ends("[:", ']').or_else(|| ends("[0:", ']')).or_else(|| methods.iter().find_map(|method| ends(method, ')')));
    count.is_some_and(|count| count <= LETTERS)
}

/// A call among the arguments: functions that make text of a value, methods that give it.
fn called(node: Node, code: &Code, depth: usize, found: &mut Vec<(String, Span)>) {
    let (function, owner, name) = if node.kind() == "method_invocation" {
        (None, node.child_by_field_name("object"), node.child_by_field_name("name"))
    } else {
        let Some(function) = node.child_by_field_name("function") else { return };
        let owner = ["object", "operand"].iter().find_map(|field| function.child_by_field_name(field));
        let name = ["attribute", "property", "field"].iter().find_map(|field| function.child_by_field_name(field));
        (Some(function), owner, name)
    };
    let last = name.or(function).map_or("", |name| code.of(name));
    let arguments: Vec<Node> = node.child_by_field_name("arguments").into_iter().flat_map(named_children).collect();
    let literal = owner.is_some_and(|owner| matches!(owner.kind(), "string" | "concatenated_string" | "string_literal"));
    let of_arguments = |found: &mut Vec<(String, Span)>| {
        for argument in &arguments {
            of_node(*argument, code, depth + 1, found);
        }
    };
    // zap.String("prompt", prompt), slog.Any("body", body)
    let field = owner.is_some_and(|owner| matches!(code.of(owner), "zap" | "slog" | "log" | "logger" | "logrus" | "attribute"));
    if literal && matches!(last, "format" | "join" | "formatted") || field {
        return of_arguments(found);
    }
    let mut steps = Vec::new();
    match owner {
        Some(owner) if arguments.is_empty() || SAME.contains(&last) => {
            if SAME.contains(&last) {
                of_node(owner, code, depth + 1, found);
                return;
            }
            let step = last
                .strip_prefix("get")
                .or_else(|| last.strip_prefix("Get"))
                .filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
            let step = step.or_else(|| PARTS.contains(&last).then_some(last));
            if let Some(step) = step
                && path(owner, code, 0, &mut steps).is_some()
            {
                steps.push(snake(step));
                add(steps, place(node), found);
                return;
            }
            if TEXTS.contains(&last) {
                of_node(owner, code, depth + 1, found);
            }
        }
        Some(owner) if matches!(last, "get" | "Get" | "getHeader") => {
            let key = arguments.first().map(|key| code.of(*key).trim_matches(['"', '\'', '`']));
            if let Some(key) = key.filter(|key| is_name(key))
                && path(owner, code, 0, &mut steps).is_some()
            {
                steps.push(snake(key));
                add(steps, place(node), found);
            }
        }
        _ if TEXTS.contains(&last) => of_arguments(found),
        _ => {}
    }
}

/// The steps of a name with its members; nothing when it holds a call of something unknown.
fn path(node: Node, code: &Code, depth: usize, steps: &mut Vec<String>) -> Option<()> {
    if depth > STEPS {
        return None;
    }
    let field = |names: &[&str]| names.iter().find_map(|name| node.child_by_field_name(name));
    match node.kind() {
        "identifier" | "shorthand_property_identifier" | "this" | "self" => steps.push(snake(code.of(node))),
        "attribute" | "member_expression" | "selector_expression" | "field_access" | "field_expression" => {
            path(field(&["object", "operand", "value"])?, code, depth + 1, steps)?;
            steps.push(snake(code.of(field(&["attribute", "property", "field"])?)));
        }
        "subscript" | "subscript_expression" | "index_expression" => {
            path(field(&["value", "object", "operand"])?, code, depth + 1, steps)?;
            let key = field(&["subscript", "index"]).map_or("", |index| code.of(index)).trim_matches(['"', '\'', '`']);
            // an index by number or name, or a slice, is of the same things
            let quoted = field(&["subscript", "index"]).is_some_and(|index| index.kind().contains("string"));
            if quoted && is_name(key) {
                steps.push(snake(key));
            }
        }
        "parenthesized_expression" | "await" | "await_expression" | "non_null_expression" | "as_expression" => {
            path(named_children(node).next()?, code, depth + 1, steps)?;
        }
        "call" | "call_expression" | "method_invocation" => {
            let mut inner = Vec::new();
            called(node, code, depth + 1, &mut inner);
            let [(only, _)] = inner.as_slice() else { return None };
            steps.extend(only.split('.').map(str::to_owned));
        }
        _ => return None,
    }
    Some(())
}

fn add(mut steps: Vec<String>, place: Span, found: &mut Vec<(String, Span)>) {
    while steps.len() > 1 && steps.first().is_some_and(|first| matches!(first.as_str(), "self" | "this")) {
        steps.remove(0);
    }
    // a constant is no value of a user
    let constant = steps.len() == 1 && steps.first().is_some_and(|only| only.len() < 2);
    if !constant && !steps.is_empty() && steps.len() <= STEPS {
        found.push((steps.join("."), place));
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() < 60 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// A name in small letters with underscores: `userPrompt` is `user_prompt`.
pub fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before = '_';
    for c in name.chars() {
        if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            out.push('_');
        }
        out.push(if c == '-' { '_' } else { c.to_ascii_lowercase() });
        before = c;
    }
    out.trim_matches('_').to_owned()
}

/// What the tokens of a macro show: `{name}` inside of its text, names with members outside. `from` is where the text stands.
pub fn of_tokens(text: &str, from: usize) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = text.get(at..).unwrap_or("");
        if rest.starts_with('"') {
            let end = end_of_string(rest);
            named_in_text(rest.get(..end).unwrap_or(rest), from + at, &mut found);
            at += end;
            continue;
        }
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
        if length == 0 {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let chain = rest.get(..length).unwrap_or("");
        let after = rest.get(length..).unwrap_or("").trim_start();
        at += length;
        if after.starts_with('(') {
            let (owner, method) = chain.rsplit_once('.').unwrap_or(("", chain));
            if !owner.is_empty() && SAME.contains(&method) {
                push(owner, from + at - length, length, &mut found);
            }
            // what an unknown function is given comes out as something else
            at += text.get(at..).and_then(|rest| rest.find(')')).map_or(0, |end| end + 1);
            continue;
        }
        let is_key = after.starts_with('=') && !after.starts_with("==") || after.starts_with("::") || after.starts_with('!');
        if !is_key {
            push(chain, from + at - length, length, &mut found);
        }
    }
    found
}

fn push(chain: &str, start: usize, length: usize, found: &mut Vec<(String, Span)>) {
    let steps: Vec<String> =
        chain.split('.').filter(|step| step.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')).map(snake).collect();
    add(steps, Span::new(start, start + length), found);
}

/// Where a text in double quotes ends, the quotes included.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn named_in_text(text: &str, from: usize, found: &mut Vec<(String, Span)>) {
    for (at, _) in text.match_indices('{') {
        let inside = text.get(at + 1..).unwrap_or("");
        let name = inside.get(..inside.find([':', '}']).unwrap_or(0)).unwrap_or("");
        if is_name(name) && !name.starts_with(|c: char| c.is_ascii_digit()) {
            push(name, from + at + 1, name.len(), found);
        }
    }
}

/// The chains of names of a line of code, as paths: what its log call may print, known without parsing it.
pub fn chains_of_line(line: &str) -> impl Iterator<Item = String> + '_ {
    named_on_line(line).chain(labels::of_line(line))
}

fn named_on_line(line: &str) -> impl Iterator<Item = String> + '_ {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']' | '"' | '\'' | '?');
    line.split(move |c: char| !inside(c)).filter(|run| run.len() > 2).flat_map(|run| {
        let parts: Vec<String> = run.split(['.', '[', ']', '"', '\'', '?']).filter(|step| is_name(step)).map(snake).collect();
        let from = usize::from(parts.len() > 1 && parts.first().is_some_and(|first| matches!(first.as_str(), "self" | "this")));
        // a getter stands at the end as the part it gets; what is called on a value leaves the value
        let mut all = Vec::new();
        for end in (from + 1..=parts.len()).rev().take(2) {
            all.extend(parts.get(from..end).map(|steps| steps.join(".")));
        }
        if let Some((last, owner)) = parts.get(from..).and_then(<[String]>::split_last)
            && let Some(got) = last.strip_prefix("get_")
        {
            all.push(owner.iter().map(String::as_str).chain([got]).collect::<Vec<_>>().join("."));
        }
        all
    })
}
