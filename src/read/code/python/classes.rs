//! Classes: members with defaults, and settings classes whose members are variables too (pydantic).

use tree_sitter::Node;

use super::arguments::{self, Arguments};
use super::{Python, calls, values};
use crate::read::code::emit::span;
use crate::read::code::{Code, Given, named_children};
use crate::scope::ScopeId;
use crate::setting::Surface;
use crate::span::Span;
use crate::value::{Outcome, Value};

/// What a settings class makes of its members.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// What variables begin with.
    prefix: String,
}

/// Most nodes of an annotation that are looked through.
const ANNOTATION: usize = 64;

/// Classes whose members are the words of something, not its defaults.
const ENUMERATIONS: &[&str] = &["Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "TextChoices", "IntegerChoices"];

/// Words of `Field(..)` that name the variable instead of the member's own name.
const ALIASES: &[&str] = &["validation_alias", "alias", "env"];

/// Whether a call declares a member or parameter and says its default: `Field(True)`, `field(default=..)`, `models.BooleanField(..)`.
pub fn declares(callee: &str) -> bool {
    let last = callee.rsplit('.').next().unwrap_or(callee);
    let web = matches!(last, "Query" | "Body" | "Form" | "Header" | "Cookie" | "Param" | "Path") && !callee.ends_with("pathlib.Path");
    let attrs = matches!(last, "field" | "ib" | "attrib" | "PrivateAttr" | "mapped_column" | "Column" | "Parameter" | "InputField");
    // marshmallow
    let marshalled = callee.strip_suffix(last).is_some_and(|before| before == "fields." || before.ends_with(".fields."));
    web || attrs || marshalled || last.ends_with("Field")
}

/// The default that such a call declares, with the node it stands at.
pub fn default_of<'n>(code: &Code, callee: &str, arguments: &Arguments<'n>) -> Option<(Given, Option<Node<'n>>)> {
    let last = callee.rsplit('.').next().unwrap_or(callee);
    let plain = matches!(last, "Field" | "PrivateAttr" | "Query" | "Body" | "Form" | "Header" | "Cookie" | "Param" | "Path");
    let first = arguments.positional.first().copied().filter(|_| plain);
    if let Some(value) = arguments.any(&["default", "load_default", "missing"]).or(first) {
        let value = values::bare(value);
        return (value.kind() != "ellipsis").then(|| (values::of(code, value, 0), Some(value)));
    }
    let factory = arguments.any(&["default_factory", "factory"])?;
    let value = match (factory.kind(), code.of(factory)) {
        ("lambda", _) => {
            let body = values::bare(factory.child_by_field_name("body")?);
            return Some((values::of(code, body, 0), Some(body)));
        }
        (_, "list" | "set" | "tuple" | "frozenset") => Given::literal(Value::List(Vec::new()), span(factory)),
        (_, "dict") => Given::literal(Value::Map, span(factory)),
        _ => Given::unread(span(factory)),
    };
    Some((value, None))
}

/// The calls in an annotation: `Annotated[bool, Field(alias="x")]`.
pub fn calls_within(annotation: Node) -> Vec<Node> {
    let mut open = vec![annotation];
    let mut found = Vec::new();
    for _ in 0..ANNOTATION {
        let Some(node) = open.pop() else { break };
        if node.kind() == "call" { found.push(node) } else { open.extend(named_children(node)) }
    }
    found
}

impl<'n> Python<'n, '_, '_> {
    /// A class, and whether it is one of settings.
    pub fn class(&mut self, scope: ScopeId, node: Node<'n>) -> ScopeId {
        let name = node.child_by_field_name("name").map_or("", |name| self.code.of(name));
        let inner = self.code.class(scope, name, node);
        let bases = node.child_by_field_name("superclasses").map(|bases| Arguments::listed(self.code, bases)).unwrap_or_default();
        let mut schema: Option<Schema> = None;
        for base in &bases.positional {
            let Some(base) = values::chain(self.code, *base) else { continue };
            let last = base.rsplit('.').next().unwrap_or(&base);
            if ENUMERATIONS.contains(&last) {
                self.enumerations.insert(inner);
            }
            if let Some(known) = self.schemas.get(last) {
                schema = Some(known.clone());
            } else if last.ends_with("Settings") {
                schema.get_or_insert_default();
            }
        }
        if let Some(mut schema) = schema {
            let prefix = bases.any(&["env_prefix"]).or_else(|| self.prefix(node));
            if let Some(prefix) = prefix.map(|prefix| values::of(self.code, prefix, 0)) {
                prefix.text().unwrap_or_default().clone_into(&mut schema.prefix);
            }
            self.schemas.insert(name, schema.clone());
            self.open.insert(inner, schema);
        }
        inner
    }

    /// Where a settings class says what its variables begin with.
    fn prefix(&self, class: Node<'n>) -> Option<Node<'n>> {
        let code = &self.code;
        for statement in class.child_by_field_name("body").into_iter().flat_map(named_children) {
            if statement.kind() == "class_definition" && statement.child_by_field_name("name").is_some_and(|name| code.of(name) == "Config")
            {
                let body = statement.child_by_field_name("body").into_iter().flat_map(named_children);
                let prefix = body.filter_map(|line| assigned(code, line)).find(|(name, _)| *name == "env_prefix");
                if let Some((_, value)) = prefix {
                    return Some(value);
                }
            }
            if let Some(("model_config", value)) = assigned(code, statement) {
                let mut pairs = arguments::entries(code, value);
                pairs.extend(Arguments::of(code, value).keywords);
                if let Some(pair) = pairs.into_iter().find(|pair| pair.name == "env_prefix") {
                    return Some(pair.value);
                }
            }
        }
        None
    }

    /// A member of a class.
    pub fn member(&mut self, scope: ScopeId, name: &str, name_span: Span, annotation: Option<Node<'n>>, value: Option<Node<'n>>) {
        let Some(value) = value else { return };
        let mut described: Vec<Node<'n>> = annotation.map(calls_within).unwrap_or_default();
        self.declared.extend(described.iter().map(Node::id));
        let mut found = None;
        if value.kind() == "call" {
            let function = value.child_by_field_name("function");
            let callee = function.and_then(|function| values::chain(self.code, function)).map(|callee| self.code.callee(&callee));
            if let Some(callee) = callee.filter(|callee| declares(callee)) {
                self.declared.insert(value.id());
                described.push(value);
                match default_of(self.code, &callee, &Arguments::of(self.code, value)) {
                    Some(default) => found = Some(default),
                    None => return,
                }
            }
        }
        let (given, node) = found.unwrap_or_else(|| (values::of(self.code, value, 0), Some(value)));
        if given.read.is_some() || (!calls::known(&given) && values::passes_on(self.code, value, name)) {
            return;
        }
        let mut names = vec![(Surface::Field, Box::from(name))];
        if name != "model_config" && !name.starts_with('_') {
            names.extend(self.variables(scope, name, &described).into_iter().map(|name| (Surface::Env, name.into())));
        }
        let class = self.class_name(scope).unwrap_or_default();
        let (place, key) = match self.code.of_subject(scope, &class, name, value) {
            Some(place) => (place, Some(name)),
            None => (scope, None),
        };
        self.give(place, key, names, name_span, &given, node);
        if let Some(body) = node.filter(|node| node.id() != value.id() && arguments::is_dictionary(self.code, *node)) {
            self.dictionary(scope, name, body, 0);
        }
    }

    /// The variables that set a member: those that it names, or its own name behind the prefix in a settings class.
    fn variables(&self, scope: ScopeId, name: &str, described: &[Node<'n>]) -> Vec<String> {
        let Some(schema) = self.open.get(&scope) else { return Vec::new() };
        for call in described {
            if let Some(alias) = Arguments::of(self.code, *call).any(ALIASES) {
                let named = self.alias_names(alias);
                if !named.is_empty() {
                    return named;
                }
            }
        }
        vec![format!("{}{name}", schema.prefix).to_uppercase()]
    }

    /// `"X"`, `["A", "B"]`, `AliasChoices("A", "B")`.
    fn alias_names(&self, alias: Node<'n>) -> Vec<String> {
        let alias = values::bare(alias);
        let nodes = if alias.kind() == "call" { Arguments::of(self.code, alias).positional } else { vec![alias] };
        let mut names = Vec::new();
        for node in nodes {
            match values::of(self.code, node, 0).value {
                Outcome::One(Value::Text(text)) => names.push(text.to_uppercase()),
                Outcome::One(Value::List(items)) => names.extend(items.iter().map(|item| item.display().to_uppercase())),
                _ => {}
            }
        }
        names
    }
}

fn assigned<'c, 'n>(code: &Code<'c>, statement: Node<'n>) -> Option<(&'c str, Node<'n>)> {
    let line = if statement.kind() == "expression_statement" { named_children(statement).next()? } else { statement };
    if line.kind() != "assignment" {
        return None;
    }
    Some((code.of(line.child_by_field_name("left")?), values::bare(line.child_by_field_name("right")?)))
}
