//! Calls and elements: their options, their first literals, and the command-line options that some of them declare.

use tree_sitter::Node;

use super::Walker;
use super::names::peeled;
use super::objects::Place;
use crate::read::code::emit::span;
use crate::read::code::{Given, NOTHING, named_children, shelled};
use crate::scope::ScopeId;
use crate::value::{Outcome, Value};

/// How many arguments by position are given.
const POSITIONS: usize = 4;

impl<'n> Walker<'_, '_, 'n> {
    /// A call, or the making of an object.
    pub(super) fn call(&mut self, node: Node<'n>, scope: ScopeId) -> ScopeId {
        let function = node.child_by_field_name("function").or_else(|| node.child_by_field_name("constructor"));
        let Some(callee) = function.and_then(|function| self.written(function)) else { return scope };
        if matches!(callee.as_str(), "require" | "import") {
            return scope;
        }
        let callee = self.code.callee(&callee);
        if let Some(given) = self.getter(node, 0) {
            let given = self.climbed(node, given);
            self.variables.push(given);
        }
        let arguments: Vec<Node<'n>> = node.child_by_field_name("arguments").into_iter().flat_map(named_children).map(peeled).collect();
        let taker = self.taker(node);
        let first = arguments.first().and_then(|first| match first.kind() {
            "string" => self.text(*first),
            "identifier" => Some(self.code.of(*first).to_owned()),
            _ => None,
        });
        let call = self.code.call(scope, &callee, taker.as_deref().into_iter().chain(first.as_deref()), node);
        self.arguments(call, &callee, &arguments);
        self.guards([scope, call], &callee, &arguments);
        self.registered(scope, &callee, &arguments, node);
        // `app.use(cors())`: what is handed on with nothing said takes what it does by itself
        if arguments.is_empty() && node.parent().is_some_and(|outer| outer.kind() == "arguments") {
            let given = Given::literal(Value::Bool(true), span(node));
            self.put(call, Place::Options { callee: &callee, prefix: "" }, node, NOTHING, &given, Vec::new());
        }
        self.declares_flag(call, &callee, &arguments);
        if let Some(first) = arguments.first() {
            shelled::read(&callee, false, *first, call, self.code);
        }
        if callee == "Object.assign"
            && let [target, rest @ ..] = arguments.as_slice()
            && self.is_environment(*target)
        {
            for object in rest.iter().filter(|object| object.kind() == "object") {
                self.sets_all(*object, scope);
            }
        }
        call
    }

    fn arguments(&mut self, call: ScopeId, callee: &str, arguments: &[Node<'n>]) {
        let last = callee.rsplit('.').next().unwrap_or(callee);
        let defines = last.starts_with("define") && last.len() > "define".len();
        for (at, argument) in arguments.iter().enumerate() {
            if let Some(object) = self.held(*argument) {
                self.within_held += 1;
                self.object(call, Place::Options { callee, prefix: "" }, object, 0);
                self.within_held -= 1;
                continue;
            }
            match argument.kind() {
                "object" => {
                    self.object(call, Place::Options { callee, prefix: "" }, *argument, 0);
                    if defines {
                        self.object(call, Place::Keys, *argument, 0);
                    }
                }
                "string" | "template_string" | "number" | "true" | "false" | "unary_expression" | "binary_expression" | "identifier"
                | "array"
                    if at < POSITIONS =>
                {
                    let given = self.value(*argument, 0);
                    if matches!(&given.value, Outcome::One(value) if !matches!(value, Value::Null | Value::Map)) {
                        let items = if argument.kind() == "array" { named_children(*argument).map(span).collect() } else { Vec::new() };
                        self.put(call, Place::Options { callee, prefix: "" }, *argument, &at.to_string(), &given, items);
                    }
                }
                _ => {}
            }
        }
    }

    /// `app.register(cors, { origin })`: the plugin is called with what stands behind it.
    fn registered(&mut self, scope: ScopeId, callee: &str, arguments: &[Node<'n>], node: Node<'n>) {
        let [plugin, options @ ..] = arguments else { return };
        if plugin.kind() != "identifier" || !matches!(callee.rsplit_once('.'), Some((_, "register"))) {
            return;
        }
        let plugin_name = self.code.callee(self.code.of(*plugin));
        let call = self.code.call(scope, &plugin_name, [], node);
        if options.is_empty() {
            let given = Given::literal(Value::Bool(true), span(*plugin));
            self.put(call, Place::Options { callee: &plugin_name, prefix: "" }, *plugin, NOTHING, &given, Vec::new());
        }
        self.arguments(call, &plugin_name, options);
    }

    /// The name that takes what a call gives.
    fn taker(&self, node: Node<'n>) -> Option<String> {
        let outer = self.ancestors.iter().rev().find(|outer| !super::names::is_transparent(outer.kind()))?;
        let name = match outer.kind() {
            "variable_declarator" | "public_field_definition" => outer.child_by_field_name("name"),
            "pair" => outer.child_by_field_name("key"),
            "assignment_expression" => outer.child_by_field_name("left").filter(|left| left.end_byte() <= node.start_byte()),
            _ => None,
        }?;
        self.last_name(name)
    }

    /// commander's `.option("--telemetry", "what it does", true)` and yargs' `.option("telemetry", { default: true })`.
    fn declares_flag(&mut self, call: ScopeId, callee: &str, arguments: &[Node<'n>]) {
        let last = callee.rsplit('.').next().unwrap_or(callee);
        let declares = matches!(last, "option" | "requiredOption" | "Option" | "addOption");
        let Some(name) = arguments.first().filter(|first| declares && first.kind() == "string") else { return };
        let Some(text) = self.text(*name) else { return };
        let flag = text.split([' ', ',', '|', '=']).find(|word| word.starts_with("--")).map(str::to_owned);
        let default = match arguments.get(1).filter(|options| options.kind() == "object") {
            Some(options) => self.property(*options, &["default"]),
            None if flag.is_some() => arguments.last().copied().filter(|_| arguments.len() > 2),
            None => return,
        };
        let flag = flag.unwrap_or_else(|| format!("--{text}"));
        let given = match default {
            Some(default) => self.value(default, 0),
            None => Given::absent(span(*name)),
        };
        self.code.flag(call, &flag, span(*name), &given);
    }

    /// `<Provider telemetry={false} options={{ mask: true }}>`: a component is called with its attributes.
    pub(super) fn element(&mut self, node: Node<'n>, scope: ScopeId) -> ScopeId {
        let name = node.child_by_field_name("name").and_then(|name| self.written(name));
        // of the elements of HTML only those count that bring programs of others along, and where pictures come from
        let component = |name: &String| {
            name.contains('.') || matches!(name.as_str(), "script" | "img" | "iframe") || name.starts_with(|c: char| c.is_ascii_uppercase())
        };
        let Some(name) = name.filter(component) else { return scope };
        let callee = self.code.callee(&name);
        let call = self.code.call(scope, &callee, [], node);
        let place = Place::Options { callee: &callee, prefix: "" };
        // `<Analytics />` of a package does what it does by itself
        if callee.contains('.') && !named_children(node).any(|child| matches!(child.kind(), "jsx_attribute" | "jsx_expression")) {
            self.put(call, place, node, NOTHING, &Given::literal(Value::Bool(true), span(node)), Vec::new());
        }
        for attribute in named_children(node).filter(|child| child.kind() == "jsx_attribute") {
            let mut parts = named_children(attribute);
            let Some(key) = parts.next().filter(|key| key.kind() == "property_identifier") else { continue };
            let name = self.code.of(key);
            if callee == "img" && name != "src" {
                continue;
            }
            let Some(value) = parts.next() else {
                self.put(call, place, key, name, &Given::literal(Value::Bool(true), span(key)), Vec::new());
                continue;
            };
            let value = if value.kind() == "jsx_expression" { named_children(value).next().map(peeled) } else { Some(value) };
            let Some(value) = value.filter(|value| !self.passes_on(*value, name)) else { continue };
            match value.kind() {
                "arrow_function" | "function_expression" | "jsx_element" | "jsx_self_closing_element" => {}
                "object" => {
                    let prefix = format!("{name}.");
                    self.put(call, place, key, name, &self.value(value, 0), Vec::new());
                    self.object(call, Place::Options { callee: &callee, prefix: &prefix }, value, 0);
                }
                _ => self.put(call, place, key, name, &self.value(value, 0), Vec::new()),
            }
        }
        call
    }
}
