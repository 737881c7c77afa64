//! Declared defaults of schemas: chains of zod, Joi and yup, calls of envalid, valibot and typebox, and option definitions.

use tree_sitter::Node;

use super::names::peeled;
use super::{DEEPEST, Walker};
use crate::read::code::emit::span;
use crate::read::code::{Given, named_children};
use crate::value::{Outcome, Value};

/// What schemas are built from.
const ROOTS: [&str; 16] =
    ["Flags", "flags", "z", "zod", "Joi", "joi", "yup", "Yup", "y", "v", "s", "t", "Type", "type", "valibot", "envalid"];

/// Packages whose functions build schemas.
const PACKAGES: [&str; 9] = ["zod", "joi", "yup", "valibot", "envalid", "typebox", "superstruct", "myzod", "znv"];

/// Methods that give a default; the outermost one counts.
const DEFAULTS: [&str; 5] = ["default", "catch", "prefault", "defaultTo", "withDefault"];

/// Methods that only schemas have, by which a chain is one whatever it starts from.
const MARKS: [&str; 8] = ["optional", "nullish", "nullable", "default", "transform", "refine", "notNull", "unique"];

/// What columns of a table are declared by (Drizzle), with their name first.
const COLUMNS: [&str; 8] = ["boolean", "bool", "text", "varchar", "integer", "int", "jsonb", "json"];

/// Functions of envalid and its like, which take the default among their options.
const VALIDATORS: [&str; 9] = ["str", "bool", "num", "email", "host", "port", "url", "json", "makeValidator"];

impl Walker<'_, '_, '_> {
    /// The default of a schema: `Null` when it has none; nothing when the expression is no schema.
    pub(super) fn schema(&self, node: Node) -> Option<Given> {
        self.schema_at(node, 0)
    }

    fn schema_at(&self, node: Node, depth: usize) -> Option<Given> {
        let node = peeled(node);
        if node.kind() == "identifier" {
            let known = self.schemas.get(self.code.of(node))?;
            return Some(Given { span: span(node), ..known.clone() });
        }
        if node.kind() != "call_expression" || depth >= DEEPEST {
            return None;
        }
        let links = links(node);
        let (first, last) = (links.last()?, links.first()?);
        if !self.is_schema(first, &links) {
            return None;
        }
        for link in &links {
            if let Some(given) = self.default_of(link, depth) {
                return Some(given);
            }
        }
        Some(Given::absent(span(last.name)))
    }

    fn is_schema(&self, first: &Link, links: &[Link]) -> bool {
        let root = self.code.of(first.base);
        let full = self.code.callee(root);
        let package = full.split('.').next().unwrap_or("");
        let named = first.base.kind() == "identifier";
        if named && (PACKAGES.contains(&package) || (ROOTS.contains(&root) && first.base != first.name)) {
            return true;
        }
        if self.schemas.contains_key(root) {
            return true;
        }
        // `bool({ default: true })`
        let validator = named && first.base == first.name && VALIDATORS.contains(&root) && links.len() == 1;
        let options = named_children(first.arguments).next().is_none_or(|first| first.kind() == "object");
        let column = named && COLUMNS.contains(&root) && links.iter().any(|link| self.code.of(link.name) == "default");
        (validator && options)
            || column
            || (links.len() > 1 && links.iter().filter(|link| MARKS.contains(&self.code.of(link.name))).count() > 1)
    }

    /// The default that one call of a chain gives.
    fn default_of(&self, link: &Link, depth: usize) -> Option<Given> {
        let name = self.code.of(link.name);
        let mut arguments = named_children(link.arguments);
        let (first, second) = (arguments.next(), arguments.next());
        if DEFAULTS.contains(&name) && link.base != link.name {
            return Some(self.given_by(first?));
        }
        // valibot: `optional(schema, default)`
        if matches!(name, "optional" | "fallback" | "nullish" | "nullable" | "exactOptional")
            && let Some(second) = second
        {
            return Some(self.given_by(second));
        }
        // `z.preprocess(cast, schema)`, `v.pipe(schema, ...)`
        if matches!(name, "preprocess" | "pipe" | "optional" | "effect") {
            let inner = [first, second].into_iter().flatten().filter_map(|inner| self.schema_at(inner, depth + 1));
            if let Some(given) = inner.into_iter().find(|given| given.value != Outcome::One(Value::Null)) {
                return Some(given);
            }
        }
        // envalid and typebox: `bool({ default: true })`, `Type.String({ default: "x" })`
        let options = [first, second].into_iter().flatten().find(|node| node.kind() == "object")?;
        if matches!(name, "object" | "strictObject" | "looseObject" | "Object") {
            return None;
        }
        let value = self.property(options, &["default"])?;
        Some(self.given_by(value))
    }

    /// A default, or what a function gives that makes it.
    fn given_by(&self, node: Node) -> Given {
        let node = peeled(node);
        let body = if node.kind() == "arrow_function" { node.child_by_field_name("body") } else { None };
        self.value(body.filter(|body| body.kind() != "statement_block").unwrap_or(node), 0)
    }

    /// The value of an object's property by one of its names.
    pub(super) fn property<'n>(&self, object: Node<'n>, names: &[&str]) -> Option<Node<'n>> {
        named_children(object).find_map(|pair| {
            let key = self.key(pair.child_by_field_name("key")?)?;
            names.contains(&key.as_str()).then(|| pair.child_by_field_name("value")).flatten()
        })
    }

    /// An option that is declared as an object: `{ type: Boolean, default: true }`, `{ format: Boolean, default: true, env: "X" }`.
    /// Its default, and the variable that it names.
    pub(super) fn definition(&self, object: Node) -> Option<(Given, Option<String>)> {
        if object.kind() != "object" {
            return None;
        }
        self.property(object, &["type", "format", "doc", "describe", "description", "env", "envVar"])?;
        let variable = self.property(object, &["env", "envVar"]).and_then(|name| self.text(name));
        let default = self.property(object, &["default"]);
        let given = match default {
            Some(default) => self.given_by(default),
            None if variable.is_some() => Given::absent(span(object.child(0)?)),
            None => return None,
        };
        Some((given, variable))
    }
}

/// One call of a chain.
struct Link<'n> {
    /// The method, or the function that starts the chain.
    name: Node<'n>,
    /// What the method belongs to.
    base: Node<'n>,
    arguments: Node<'n>,
}

/// The calls of a chain, the outermost first.
fn links(node: Node<'_>) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    let mut at = node;
    while at.kind() == "call_expression" && links.len() < DEEPEST {
        let (Some(function), Some(arguments)) = (at.child_by_field_name("function"), at.child_by_field_name("arguments")) else {
            break;
        };
        let mut base = function;
        // `z.coerce.number`: the name before the first step without a call
        let name = function.child_by_field_name("property").unwrap_or(function);
        for _ in 0..DEEPEST {
            match base.kind() {
                "member_expression" => match base.child_by_field_name("object") {
                    Some(object) => base = object,
                    None => break,
                },
                _ => break,
            }
        }
        links.push(Link { name, base, arguments });
        at = base;
    }
    links
}
