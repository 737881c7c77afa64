//! Calls, constructors, annotations and setters: what is passed to them as literals.

use tree_sitter::Node;

use super::{LONGEST, passed_on, spring, values};
use crate::read::code::emit::span;
use crate::read::code::environment::is_variable;
use crate::read::code::{Code, Given, named_children};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// How many steps of a chain of calls are part of a callee's name.
const CHAIN: usize = 16;

/// The dotted name of a call: `http.csrf.disable` for `http.csrf().disable()`.
fn callee(call: Node, code: &Code) -> String {
    let mut steps = Vec::new();
    let mut node = Some(call);
    while let Some(at) = node.filter(|_| steps.len() < CHAIN) {
        let (name, next) = match at.kind() {
            "method_invocation" => (at.child_by_field_name("name"), at.child_by_field_name("object")),
            "field_access" => (at.child_by_field_name("field"), at.child_by_field_name("object")),
            "object_creation_expression" => (at.child_by_field_name("type"), None),
            "identifier" => (Some(at), None),
            _ => (None, None),
        };
        steps.extend(name.map(|name| plain(code.of(name))));
        node = next;
    }
    steps.reverse();
    steps.join(".")
}

/// A type without its arguments.
fn plain(name: &str) -> &str {
    name.split('<').next().unwrap_or(name).trim()
}

/// The name that takes a call's result, and its first argument when that is a literal.
fn labels<'t>(around: &[Node], arguments: &[Node], code: &Code<'t>) -> Vec<&'t str> {
    let declarator = around.last().filter(|parent| parent.kind() == "variable_declarator");
    let taker = declarator.and_then(|declarator| declarator.child_by_field_name("name")).map(|name| code.of(name));
    let first =
        arguments.first().filter(|first| first.kind().ends_with("literal") || first.kind() == "identifier").map(|first| code.of(*first));
    taker.into_iter().chain(first).collect()
}

/// An argument under its call's whole name and under the last step of it, because the names of builders are anybody's.
fn argument(call: ScopeId, callee: &str, name: &str, name_span: Span, given: &Given, value: Option<Node>, code: &mut Code) {
    let mut setting = Setting::named(call, Surface::Argument, format!("{callee}({name})"), given.value.clone(), name_span, given.span)
        .with_mark(given.mark);
    if let Some((_, last)) = callee.rsplit_once('.') {
        setting.names.push((Surface::Argument, format!("{last}({name})").into()));
    }
    let setting = match value {
        Some(value) => with_items(setting, value, code),
        None => setting,
    };
    code.add(setting);
}

/// The same with the places of a list's items.
pub(super) fn with_items(mut setting: Setting, value: Node, code: &Code) -> Setting {
    let Outcome::One(Value::List(items)) = &setting.value else { return setting };
    let written: Vec<Span> = match value.kind() {
        "array_initializer" | "element_value_array_initializer" => named_children(value).map(span).collect(),
        "array_creation_expression" => value.child_by_field_name("value").into_iter().flat_map(named_children).map(span).collect(),
        "method_invocation" => values::arguments(value).into_iter().map(span).collect(),
        _ => Vec::new(),
    };
    if written.len() == items.len() && code.of(value).len() == setting.value_span.range().len() {
        setting.item_spans = written;
    }
    setting
}

/// A method call: its literals by their positions, what it sets, what it turns off.
pub(super) fn call(node: Node, around: &[Node], scope: ScopeId, code: &mut Code) -> ScopeId {
    let Some(name) = node.child_by_field_name("name") else { return scope };
    let callee = callee(node, code);
    let arguments = values::arguments(node);
    let labels = labels(around, &arguments, code);
    let call = code.call(scope, &callee, labels, node);
    positional(&arguments, call, &callee, name, code);
    setter(code.of(name), name, &arguments, scope, code);
    entry(code.of(name), &arguments, node, scope, code);
    disabled(code.of(name), &arguments, node, call, &callee, code);
    decides(code.of(name), &arguments, node, call, code);
    call
}

/// `new Name(...)`.
pub(super) fn creation(node: Node, around: &[Node], scope: ScopeId, code: &mut Code) -> ScopeId {
    let Some(name) = node.child_by_field_name("type") else { return scope };
    let callee = plain(code.of(name)).to_owned();
    let arguments = values::arguments(node);
    let labels = labels(around, &arguments, code);
    let call = code.call(scope, &callee, labels, node);
    positional(&arguments, call, &callee, name, code);
    call
}

fn positional(arguments: &[Node], call: ScopeId, callee: &str, name: Node, code: &mut Code) {
    for (at, value) in arguments.iter().enumerate() {
        let given = values::given(*value, code);
        // what is not known here says nothing under a mere position
        if given.value != Outcome::Unread {
            argument(call, callee, &at.to_string(), span(name), &given, Some(*value), code);
        }
    }
}

/// `setDebug(true)` sets `debug`.
fn setter(name: &str, node: Node, arguments: &[Node], scope: ScopeId, code: &mut Code) {
    let ([value], Some(rest)) = (arguments, name.strip_prefix("set")) else { return };
    let mut letters = rest.chars();
    let Some(first) = letters.next().filter(char::is_ascii_uppercase) else { return };
    let field = format!("{}{}", first.to_ascii_lowercase(), letters.as_str());
    let given = values::given(*value, code);
    if passed_on(*value, &field, code) {
        return;
    }
    let start = node.start_byte() + "set".len();
    let setting = Setting::named(scope, Surface::Field, field, given.value.clone(), Span::new(start, node.end_byte()), given.span);
    code.add(with_items(setting, *value, code).with_mark(given.mark).taken_from(given.from));
}

/// `put("a.b", "v")`, `setProperty("a.b", "v")`, `withEnv("X", "1")`.
fn entry(name: &str, arguments: &[Node], node: Node, scope: ScopeId, code: &mut Code) {
    let [key, value] = arguments else { return };
    if !matches!(name, "put" | "setProperty" | "putIfAbsent" | "withEnv" | "addEnv" | "withProperty" | "property")
        || key.kind() != "string_literal"
    {
        return;
    }
    let Some(text) = values::text(code.of(*key)).filter(|text| !text.is_empty() && !text.contains([' ', '/', '\n'])) else { return };
    let name_span = Span::new(key.start_byte() + 1, key.end_byte().saturating_sub(1));
    let given = values::given(*value, code);
    if is_variable(&text) {
        code.sets_variable(scope, &text, name_span, &given);
    } else if text.contains('.') {
        spring::property(&text, name_span, &given, node, code);
    }
}

/// `csrf(csrf -> csrf.disable())`, `csrf(AbstractHttpConfigurer::disable)`, `csrf().disable()`: `csrf(disable)`.
fn disabled(name: &str, arguments: &[Node], node: Node, call: ScopeId, callee: &str, code: &mut Code) {
    if let [value] = arguments {
        if value.byte_range().len() > LONGEST {
            return;
        }
        let written: String = code.of(*value).chars().filter(|c| !c.is_whitespace()).collect();
        let lambda = value.kind() == "lambda_expression" && (written.ends_with(".disable()") || written.ends_with(".disable();}"));
        let reference = value.kind() == "method_reference" && written.ends_with("::disable");
        if lambda || reference {
            let at = span(*value);
            argument(call, callee, "disable", at, &Given::literal(Value::Bool(true), at), None, code);
        }
    } else if name == "disable"
        && arguments.is_empty()
        && let Some(object) = node.child_by_field_name("object").filter(|object| object.kind() == "method_invocation")
        && let (Some(part), Some(own)) = (object.child_by_field_name("name"), node.child_by_field_name("name"))
    {
        let text = format!("{}(disable)", code.of(part));
        let setting = Setting::named(call, Surface::Argument, text, Outcome::One(Value::Bool(true)), span(part), span(own));
        code.add(setting);
    }
}

/// `anyRequest().authenticated()`: what Spring Security asks of whatever no rule named before, under `anyRequest(asks)`.
fn decides(name: &str, arguments: &[Node], node: Node, call: ScopeId, code: &mut Code) {
    let object = node.child_by_field_name("object").filter(|object| object.kind() == "method_invocation");
    let Some(part) = object.and_then(|object| object.child_by_field_name("name")).filter(|part| code.of(*part) == "anyRequest") else {
        return;
    };
    let Some(own) = node.child_by_field_name("name") else { return };
    let known = name.starts_with("has") || matches!(name, "access" | "anonymous");
    if known || (arguments.is_empty() && matches!(name, "authenticated" | "fullyAuthenticated" | "permitAll" | "denyAll" | "rememberMe")) {
        let outer = code.reading().outward(call).nth(1).unwrap_or(ScopeId::ROOT);
        code.add(Setting::named(outer, Surface::Argument, "anyRequest(asks)", Outcome::text(name), span(part), span(own)));
    }
}

/// An annotation: its keywords are arguments; some declare properties and options.
pub(super) fn annotation(node: Node, scope: ScopeId, code: &mut Code) {
    let name = spring::annotation_name(node, code);
    let name = name.rsplit('.').next().unwrap_or(name);
    match name {
        "Value" => return spring::value(node, code),
        "ConfigProperty" => return spring::config_property(node, code),
        "Override" | "SuppressWarnings" | "DefaultValue" | "ConfigurationProperties" | "Deprecated" => return,
        "Option" | "Parameter" => option(node, scope, code),
        _ => {}
    }
    let call = code.call(scope, name, [], node);
    for value in node.child_by_field_name("arguments").into_iter().flat_map(named_children) {
        let pair = value.child_by_field_name("key").zip(value.child_by_field_name("value"));
        let (key, key_span, value) = match pair {
            Some((key, value)) => (code.of(key), span(key), value),
            None => ("value", node.child_by_field_name("name").map_or(span(node), span), value),
        };
        let given = values::given(value, code);
        argument(call, name, key, key_span, &given, Some(value), code);
    }
}

/// `@Option(names = {"-s", "--share"}, defaultValue = "true")`.
fn option(node: Node, scope: ScopeId, code: &mut Code) {
    let (Some(names), Some(default)) = (spring::keyword(node, "names", code), spring::keyword(node, "defaultValue", code)) else { return };
    let flags: Vec<Box<str>> = match values::given(names, code).value {
        Outcome::One(Value::Text(text)) => vec![text],
        Outcome::One(Value::List(items)) => items.iter().map(|item| item.display().into()).collect(),
        _ => return,
    };
    let mut given = values::given(default, code);
    given.value = crate::read::text::default::retyped(given.value);
    let mut setting = Setting::named(scope, Surface::Flag, "", given.value.clone(), span(names), given.span).with_mark(given.mark);
    setting.names = flags.into_iter().filter(|flag| flag.starts_with('-')).map(|flag| (Surface::Flag, flag)).collect();
    if !setting.names.is_empty() {
        code.add(setting);
    }
}

/// A variable of a function that is given a plain value.
pub(super) fn variable(name: Node, value: Node, scope: ScopeId, code: &mut Code) {
    if matches!(value.kind(), "true" | "false" | "string_literal" | "decimal_integer_literal") {
        code.field(scope, code.of(name), span(name), &values::given(value, code));
    }
}

/// `this.telemetry = true`, `telemetry = true`.
pub(super) fn assignment(node: Node, scope: ScopeId, code: &mut Code) {
    let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else { return };
    let plain = node.child_by_field_name("operator").is_some_and(|operator| code.of(operator) == "=");
    if plain && left.kind() == "identifier" {
        variable(left, right, scope, code);
    }
    let Some(name) = left.child_by_field_name("field").filter(|_| plain && left.kind() == "field_access") else { return };
    let given = values::given(right, code);
    if given.read.is_none() && !passed_on(right, code.of(name), code) {
        code.field(scope, code.of(name), span(name), &given);
    }
}
