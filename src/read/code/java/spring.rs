//! Properties that Java code declares with their defaults: Spring's `@Value` and `@ConfigurationProperties`, `@ConfigProperty`.

use tree_sitter::Node;

use super::values::{given, text};
use crate::read::code::emit::span;
use crate::read::code::{Code, Given, named_children};
use crate::read::text::default;
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// How many members of a class are looked through for a field of a type.
const MEMBERS: usize = 500;

/// Most steps of one property's name.
const STEPS: usize = 16;

/// A property by its dotted name, with the variable that sets it: `server.ssl.enabled`, `SERVER_SSL_ENABLED`.
pub(super) fn property(name: &str, name_span: Span, given: &Given, node: Node, code: &mut Code) {
    let mut steps: Vec<&str> = name.splitn(STEPS, '.').collect();
    if steps.iter().any(|step| step.is_empty()) {
        steps = vec![name];
    }
    let Some((key, before)) = steps.split_last() else { return };
    let scope = before.iter().fold(ScopeId::ROOT, |scope, step| code.mapping(scope, step, node));
    let mut setting = Setting::keyed(scope, *key, given.value.clone(), name_span, given.span).with_mark(given.mark);
    // `log-prompts` and `logPrompts` are LOGPROMPTS to Spring, and nobody reads that as two words: what judges by words gets them apart
    let (joined, apart) = (variable(name), words_apart(name));
    if joined != apart {
        setting.names.push((Surface::Env, apart.into()));
    }
    setting.names.push((Surface::Env, joined.into()));
    code.add(setting);
}

/// A property's name in capitals, each of its words by itself.
fn words_apart(name: &str) -> String {
    let mut apart = String::new();
    let mut small = false;
    for c in name.chars() {
        if small && c.is_ascii_uppercase() {
            apart.push('_');
        }
        small = c.is_ascii_lowercase() || c.is_ascii_digit();
        apart.push(if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    }
    apart
}

/// The variable by which Spring and others take a property from the environment.
fn variable(name: &str) -> String {
    name.chars().filter(|c| *c != '-').map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// `@Value("${x.y:default}")`.
pub(super) fn value(annotation: Node, code: &mut Code) {
    let Some(literal) = annotation.child_by_field_name("arguments").into_iter().flat_map(named_children).next() else { return };
    let literal = literal.child_by_field_name("value").unwrap_or(literal);
    let raw = code.of(literal);
    if literal.kind() != "string_literal" || raw.contains('\\') {
        return;
    }
    let Some(open) = raw.find("${") else { return };
    let inner = raw.get(open + 2..).unwrap_or("");
    let Some(end) = closing(inner) else { return };
    let inner = inner.get(..end).unwrap_or("");
    let Some((name, _)) = inner.split_once(':') else { return };
    if name.is_empty() || name.contains(['$', '{', ' ']) {
        return;
    }
    let start = literal.start_byte() + open + 2;
    let name_span = Span::new(start, start + name.len());
    let place = Span::new(start + name.len() + 1, start + inner.len());
    let resolved = default::spring(&format!("${{{inner}}}"));
    let given = Given { value: default::retyped(resolved.value), mark: resolved.mark, span: place, read: None, from: None };
    property(name, name_span, &given, annotation, code);
}

/// Where the brace that is open before the text is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `@ConfigProperty(name = "x.y", defaultValue = "d")`.
pub(super) fn config_property(annotation: Node, code: &mut Code) {
    let (Some(name), Some(default)) = (keyword(annotation, "name", code), keyword(annotation, "defaultValue", code)) else { return };
    let Some(written) = text(code.of(name)).filter(|written| !written.is_empty()) else { return };
    let mut given = given(default, code);
    given.value = default::retyped(given.value);
    let name_span = Span::new(name.start_byte() + 1, name.end_byte().saturating_sub(1));
    property(&written, name_span, &given, annotation, code);
}

/// The value of an annotation's keyword.
pub(super) fn keyword<'t>(annotation: Node<'t>, name: &str, code: &Code) -> Option<Node<'t>> {
    let pairs = annotation.child_by_field_name("arguments").into_iter().flat_map(named_children);
    let mut pairs = pairs.filter(|pair| pair.kind() == "element_value_pair");
    pairs.find(|pair| pair.child_by_field_name("key").is_some_and(|key| code.of(key) == name))?.child_by_field_name("value")
}

/// The annotations of a declaration.
pub(super) fn annotations(declaration: Node) -> impl Iterator<Item = Node> {
    let modifiers = named_children(declaration).filter(|child| child.kind() == "modifiers");
    modifiers.flat_map(named_children).filter(|child| matches!(child.kind(), "annotation" | "marker_annotation"))
}

/// The annotation of this name on a declaration.
pub(super) fn annotated<'t>(declaration: Node<'t>, name: &str, code: &Code) -> Option<Node<'t>> {
    annotations(declaration).find(|annotation| last(annotation_name(*annotation, code)) == name)
}

/// An annotation's name as written.
pub(super) fn annotation_name<'t>(annotation: Node, code: &Code<'t>) -> &'t str {
    annotation.child_by_field_name("name").map_or("", |name| code.of(name))
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The prefix of a class whose fields are properties.
pub(super) fn prefix(class: Node, code: &Code) -> Option<String> {
    let annotation = annotated(class, "ConfigurationProperties", code).or_else(|| annotated(class, "ConfigMapping", code))?;
    let written = ["prefix", "value"].into_iter().find_map(|name| keyword(annotation, name, code));
    let alone =
        annotation.child_by_field_name("arguments").into_iter().flat_map(named_children).find(|child| child.kind() != "element_value_pair");
    match written.or(alone) {
        Some(value) => given(value, code).text().map(str::to_owned),
        None => Some(String::new()),
    }
}

/// The mappings of a prefix below the class.
pub(super) fn below(scope: ScopeId, prefix: &str, class: Node, code: &mut Code) -> ScopeId {
    prefix.split('.').filter(|step| !step.is_empty()).take(STEPS).fold(scope, |scope, step| code.mapping(scope, step, class))
}

/// `allowCredentials` as `allow-credentials`.
pub(super) fn kebab(name: &str) -> String {
    let mut out = String::new();
    let mut before = '-';
    for c in name.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            out.push('-');
        }
        out.push(if c == '_' { '-' } else { c.to_ascii_lowercase() });
        before = c;
    }
    out
}

/// The property under which a nested class of properties stands: the field of its type, else its own name.
pub(super) fn nested(class: Node, around: &[Node], code: &Code) -> String {
    let name = class.child_by_field_name("name").map_or("", |name| code.of(name));
    let siblings = around.last().into_iter().flat_map(|body| named_children(*body)).take(MEMBERS);
    let of_type = siblings
        .filter(|sibling| sibling.kind() == "field_declaration")
        .find(|field| field.child_by_field_name("type").is_some_and(|is| code.of(is) == name));
    let field = of_type.and_then(|field| field.child_by_field_name("declarator")).and_then(|field| field.child_by_field_name("name"));
    kebab(field.map_or(name, |field| code.of(field)))
}

/// `@DefaultValue("d") boolean enabled` of a record or constructor.
pub(super) fn component(parameter: Node, scope: ScopeId, code: &mut Code) {
    let (Some(annotation), Some(name)) = (annotated(parameter, "DefaultValue", code), parameter.child_by_field_name("name")) else {
        return;
    };
    let values: Vec<Node> = annotation.child_by_field_name("arguments").into_iter().flat_map(named_children).collect();
    let mut given = match values.as_slice() {
        [value] => given(value.child_by_field_name("value").unwrap_or(*value), code),
        _ => return,
    };
    given.value = match given.value {
        value @ Outcome::One(Value::List(_)) => value,
        value => default::retyped(value),
    };
    member(scope, code.of(name), span(name), &given, code);
}

/// A field that is a property too.
pub(super) fn member(scope: ScopeId, name: &str, name_span: Span, given: &Given, code: &mut Code) {
    let mut setting = Setting::keyed(scope, kebab(name), given.value.clone(), name_span, given.span).with_mark(given.mark);
    setting.names.push((Surface::Field, name.into()));
    code.add(setting);
}
