//! Rust: clap options, serde defaults, `Default` impls, struct literals, constants, the environment.

mod declared;
mod environment;
mod values;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use tree_sitter::Node;

use super::emit::span;
use super::environment::is_variable;
use super::{Ancestors, Code, Given, LONGEST_CHAIN, Language, NOTHING, named_children, walk};
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::{Setting, Surface};
use crate::value::{Outcome, Value};

/// Rust.
pub static RUST: Language = Language { name: "rust", ends: &[".rs"], grammar: |_| tree_sitter_rust::LANGUAGE.into(), read };

/// Constructors that take nothing and let everybody in.
const OPEN: &[&str] = &["permissive", "very_permissive"];

/// One file while it is walked.
struct Rust<'c, 't, 'n> {
    code: &'c mut Code<'t>,
    /// The whole tree.
    root: Node<'n>,
    /// What takes the value of an expression, by the expression's node.
    labels: HashMap<usize, &'t str>,
    /// One scope a type, for its declaration and all its impls.
    classes: HashMap<&'t str, ScopeId>,
    /// What functions without parameters give: `fn yes() -> bool { true }`.
    functions: HashMap<&'t str, Given>,
    /// What is around the current node.
    around: Ancestors<'n>,
}

fn read(root: Node, code: &mut Code) {
    walk(root, &code.clock.clone(), |node, scope| {
        match node.kind() {
            "use_declaration" => import(node, code),
            "const_item" | "static_item" => {
                if let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) {
                    let given = values::of(code, value, 0);
                    code.constant(code.of(name), given);
                }
            }
            _ => {}
        }
        scope
    });
    let mut rust =
        Rust { code, root, labels: HashMap::new(), classes: HashMap::new(), functions: HashMap::new(), around: Ancestors::default() };
    walk(rust.root, &rust.code.clock.clone(), |node, scope| {
        rust.remember_function(node);
        scope
    });
    walk(rust.root, &rust.code.clock.clone(), |node, scope| rust.enter(node, scope));
}

impl<'n> Rust<'_, '_, 'n> {
    fn remember_function(&mut self, node: Node<'n>) {
        if node.kind() != "function_item" || node.child_by_field_name("parameters").is_some_and(|list| list.named_child_count() > 0) {
            return;
        }
        let (Some(name), Some(body)) = (node.child_by_field_name("name"), node.child_by_field_name("body")) else { return };
        let given = values::of(self.code, body, 0);
        self.functions.insert(self.code.of(name), given);
    }

    fn enter(&mut self, node: Node<'n>, scope: ScopeId) -> ScopeId {
        self.around.around(node);
        match node.kind() {
            "function_item" => {
                let name = node.child_by_field_name("name").map_or("", |name| self.code.of(name));
                return self.code.function(scope, name, node);
            }
            "struct_item" | "enum_item" | "impl_item" => {
                let name = node.child_by_field_name("name").or_else(|| node.child_by_field_name("type"));
                let name = name.and_then(|name| if name.kind() == "generic_type" { name.child_by_field_name("type") } else { Some(name) });
                return name.map_or(scope, |name| self.class(name, scope, node));
            }
            "field_declaration_list" => self.members(node, scope),
            "const_item" | "static_item" => {
                if let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) {
                    self.labels.insert(value.id(), self.code.of(name));
                    let given = self.value(value);
                    if given.read.is_none() {
                        self.field(scope, name, value, given);
                    }
                }
            }
            "let_declaration" => {
                if let (Some(name), Some(value)) = (node.child_by_field_name("pattern"), node.child_by_field_name("value"))
                    && name.kind() == "identifier"
                {
                    self.takes(name, value, scope, false);
                }
            }
            "assignment_expression" => {
                let left = node.child_by_field_name("left").filter(|left| left.kind() == "field_expression");
                if let (Some(name), Some(value)) =
                    (left.and_then(|left| left.child_by_field_name("field")), node.child_by_field_name("right"))
                {
                    self.takes(name, value, scope, true);
                }
            }
            "struct_expression" => return self.literal(node, scope),
            "macro_invocation" => self.variable(node),
            "call_expression" => return self.call(node, scope),
            _ => {}
        }
        scope
    }

    /// The scope of a type; its impls stand outside of its declaration.
    fn class(&mut self, name: Node<'n>, scope: ScopeId, node: Node<'n>) -> ScopeId {
        let name = self.code.of(name);
        if scope != ScopeId::ROOT {
            return self.code.class(scope, name, node);
        }
        if let Some(known) = self.classes.get(name) {
            return *known;
        }
        let class = self.code.class(scope, name, node);
        self.classes.insert(name, class);
        class
    }

    fn value(&self, node: Node<'n>) -> Given {
        values::of(self.code, node, 0)
    }

    fn field(&mut self, scope: ScopeId, name: Node<'n>, value: Node<'n>, given: Given) {
        let mut setting =
            Setting::named(scope, Surface::Field, self.code.of(name), given.value, span(name), given.span).with_mark(given.mark);
        setting.item_spans = values::item_spans(value);
        self.code.add(setting);
    }

    /// A name takes a value. A name inside a function is a default only where it starts with a literal.
    fn takes(&mut self, name: Node<'n>, value: Node<'n>, scope: ScopeId, member: bool) {
        self.labels.insert(value.id(), self.code.of(name));
        let given = self.value(value);
        if given.read.is_some() || self.passes_on(self.code.of(name), value) {
            return;
        }
        if member || matches!(&given.value, Outcome::One(value) if !matches!(value, Value::Null | Value::Map)) {
            let outer = self.outer(scope);
            self.field(outer, name, value, given);
        }
    }

    /// `Client { verify: false }`: like a call with keywords. What `Default::default` gives are fields of the type.
    fn literal(&mut self, node: Node<'n>, scope: ScopeId) -> ScopeId {
        let (Some(name), Some(body)) = (node.child_by_field_name("name"), node.child_by_field_name("body")) else { return scope };
        let outer = self.outer(scope);
        let reading = self.code.reading();
        let (function, class) = (reading.get(outer), reading.enclosing(outer, ScopeKind::Class));
        let defaults = function.kind == ScopeKind::Function && &*function.name == "default";
        let class_name = class.map(|class| reading.get(class).name.to_string());
        let own = self.code.of(name) == "Self" || class_name.as_deref() == Some(self.code.of(name));
        let callee = match &class_name {
            Some(class) if own => class.clone(),
            _ => self.callee(name).unwrap_or_default(),
        };
        let label = self.labels.get(&node.id()).copied().unwrap_or("");
        let members = defaults && own;
        let target = match class {
            Some(class) if members => class,
            _ => self.code.call(scope, &callee, [label], node),
        };
        for initializer in named_children(body).filter(|child| child.kind() == "field_initializer") {
            let (Some(key), Some(value)) = (initializer.child_by_field_name("field"), initializer.child_by_field_name("value")) else {
                continue;
            };
            self.labels.insert(value.id(), self.code.of(key));
            let given = self.value(value);
            let name = self.code.of(key);
            if given.read.is_some() || self.passes_on(name, value) {
                continue;
            }
            let mut setting = Setting::named(target, Surface::Field, name, given.value, span(key), given.span).with_mark(given.mark);
            if !members {
                setting.names.insert(0, (Surface::Argument, format!("{callee}({name})").into()));
            }
            setting.item_spans = values::item_spans(value);
            if let Some(place) = self.code.of_subject(target, &callee, name, node) {
                (setting.scope, setting.key) = (place, Some(name.into()));
            }
            self.code.add(setting);
        }
        if members { scope } else { target }
    }

    /// A call, in its own scope, with its literal arguments by position.
    fn call(&mut self, node: Node<'n>, scope: ScopeId) -> ScopeId {
        let Some(callee) = node.child_by_field_name("function").and_then(|function| self.callee(function)) else { return scope };
        let arguments: Vec<Node> = node.child_by_field_name("arguments").into_iter().flat_map(named_children).collect();
        self.variable(node);
        if matches!(callee.as_str(), "Some" | "Ok" | "Err" | "Box::new" | "String::from" | "Arc::new") {
            return scope;
        }
        let last = callee.rsplit(['.', ':']).next().unwrap_or("");
        if let (true, [name, value]) = (matches!(last, "env" | "set_var"), arguments.as_slice()) {
            let (name_given, given) = (self.value(*name), self.value(*value));
            if let Some(text) = name_given.text().filter(|text| is_variable(text)) {
                let outer = self.outer(scope);
                self.code.sets_variable(outer, text, values::unquoted(*name), &given);
                return scope;
            }
        }
        let serialized = callee.ends_with("Serialized::default");
        if let (true, [path, value]) = (last == "set_default" || serialized, arguments.as_slice()) {
            self.path_default(*path, *value);
        }
        // figment takes a pair for a key and its value
        if let ("join" | "merge", [pair]) = (last, arguments.as_slice())
            && let ("tuple_expression", Some(path), Some(value), 2) =
                (pair.kind(), pair.named_child(0), pair.named_child(1), pair.named_child_count())
        {
            self.path_default(path, value);
        }
        if callee.ends_with("Arg::new") || callee.ends_with("Arg::with_name") {
            self.built_option(node, &arguments, scope);
        }
        let assigned = self.labels.get(&node.id()).copied().unwrap_or("");
        let first = arguments.first().map(|first| self.value(*first));
        let first = first.as_ref().and_then(Given::text).unwrap_or("");
        let call = self.code.call(scope, &callee, [assigned, first], node);
        // `CorsLayer::permissive()` says all with its name
        if arguments.is_empty() && OPEN.contains(&last) {
            let name = format!("{callee}({NOTHING})");
            self.code.add(Setting::named(call, Surface::Argument, name, Outcome::One(Value::Bool(true)), span(node), span(node)));
        }
        for (at, argument) in arguments.into_iter().take(4).enumerate() {
            // `init((address, options))`: the address
            let argument = if argument.kind() == "tuple_expression" { argument.named_child(0).unwrap_or(argument) } else { argument };
            let mut given = self.value(argument);
            // `allow_origin(Any)`: what is written in capitals is one thing by that name
            let named = argument.kind() == "identifier" && self.code.of(argument).starts_with(|c: char| c.is_ascii_uppercase());
            if named && given.value == Outcome::Unread {
                given = Given::literal(Value::text(self.code.of(argument)), span(argument));
            }
            if matches!(last, "from" | "new")
                && callee.contains("Addr::")
                && let Some(address) = values::address(&given.value)
            {
                given = Given::literal(Value::text(address), given.span);
            }
            let plain = matches!(&given.value, Outcome::One(value) if !matches!(value, Value::Null | Value::Map));
            if plain && given.read.is_none() && given.text().is_none_or(|text| text.len() <= 120) {
                let name = format!("{callee}({at})");
                let mut setting = Setting::named(call, Surface::Argument, name, given.value, span(argument), given.span);
                setting.item_spans = values::item_spans(argument);
                self.code.add(setting);
            }
        }
        call
    }

    /// `Config::builder().set_default("telemetry.enabled", true)`: the key at the end of this path.
    fn path_default(&mut self, path: Node<'n>, value: Node<'n>) {
        let (path_given, given) = (self.value(path), self.value(value));
        let Some(text) = path_given.text().filter(|text| !text.is_empty() && !text.contains(char::is_whitespace)) else { return };
        let (outer, last) = text.rsplit_once('.').map_or((None, text), |(outer, last)| (Some(outer), last));
        let steps = outer.into_iter().flat_map(|outer| outer.split('.')).take(32);
        let scope = steps.fold(ScopeId::ROOT, |scope, step| self.code.mapping(scope, step, path));
        if given.read.is_none() && !last.is_empty() {
            let mut setting = Setting::keyed(scope, last, given.value, values::unquoted(path), given.span).with_mark(given.mark);
            setting.names.push((Surface::Field, last.into()));
            self.code.add(setting);
        }
    }

    /// The full name of a callee or type, without type arguments and without what chained calls get.
    fn callee(&self, node: Node<'n>) -> Option<String> {
        callee(self.code, node)
    }

    /// The function, type or file around a scope.
    fn outer(&mut self, scope: ScopeId) -> ScopeId {
        let reading = self.code.reading();
        let outer = |id: &ScopeId| matches!(reading.get(*id).kind, ScopeKind::File | ScopeKind::Class | ScopeKind::Function);
        reading.outward(scope).find(outer).unwrap_or(ScopeId::ROOT)
    }

    /// Whether a value only hands on what has the same name: `debug: args.debug`, `host: host.clone()`.
    fn passes_on(&self, name: &str, value: Node<'n>) -> bool {
        let mut at = value;
        for _ in 0..8 {
            let inner = match at.kind() {
                "identifier" => return self.code.of(at) == name && self.code.known(name).is_none(),
                "field_expression" => return at.child_by_field_name("field").is_some_and(|field| self.code.of(field) == name),
                "call_expression" => {
                    let function = at.child_by_field_name("function").filter(|function| function.kind() == "field_expression");
                    let method =
                        function.and_then(|function| function.child_by_field_name("field")).map_or("", |method| self.code.of(method));
                    let keeps = matches!(method, "clone" | "into" | "to_owned" | "to_string" | "as_ref" | "as_str" | "as_deref");
                    function.filter(|_| keeps).and_then(|function| function.child_by_field_name("value"))
                }
                "reference_expression" | "unary_expression" | "try_expression" | "parenthesized_expression" => at.named_child(0),
                _ => None,
            };
            match inner {
                Some(inner) => at = inner,
                None => return false,
            }
        }
        false
    }
}

/// The full name of a callee or type.
fn callee(code: &Code, node: Node) -> Option<String> {
    let mut steps: Vec<&str> = Vec::new();
    let mut at = node;
    for _ in 0..LONGEST_CHAIN {
        match at.kind() {
            "field_expression" => {
                steps.push(code.of(at.child_by_field_name("field")?));
                at = at.child_by_field_name("value")?;
            }
            "call_expression" | "generic_function" => at = at.child_by_field_name("function")?,
            "generic_type" | "generic_type_with_turbofish" => at = at.child_by_field_name("type")?,
            "try_expression" | "await_expression" | "reference_expression" | "parenthesized_expression" => at = at.named_child(0)?,
            "identifier" | "scoped_identifier" | "type_identifier" | "scoped_type_identifier" | "self" => {
                steps.push(code.of(at));
                break;
            }
            _ => break,
        }
    }
    steps.reverse();
    let written = steps.join(".");
    let cut = written.find([':', '.']).unwrap_or(written.len());
    let (first, rest) = written.split_at_checked(cut)?;
    // a path that starts at a crate is full already
    (!written.is_empty() && !written.contains(char::is_whitespace)).then(|| format!("{}{rest}", code.callee(first)))
}

/// `use reqwest::{Client, Url as U}`: what the names stand for.
fn import(node: Node, code: &mut Code) {
    let Some(argument) = node.child_by_field_name("argument") else { return };
    let mut open = vec![(argument, String::new(), 0)];
    while let Some((node, prefix, depth)) = open.pop() {
        let text = code.of(node);
        let joined = |text: &str| if prefix.is_empty() { text.to_owned() } else { format!("{prefix}::{text}") };
        match node.kind() {
            "identifier" if !prefix.is_empty() => code.import(text, joined(text)),
            "scoped_identifier" => {
                if let Some(name) = node.child_by_field_name("name") {
                    code.import(code.of(name), joined(text));
                }
            }
            "use_as_clause" => {
                if let (Some(path), Some(alias)) = (node.child_by_field_name("path"), node.child_by_field_name("alias")) {
                    code.import(code.of(alias), joined(code.of(path)));
                }
            }
            "scoped_use_list" if depth < 8 => {
                let path = node.child_by_field_name("path").map_or("", |path| code.of(path));
                let list = node.child_by_field_name("list").into_iter().flat_map(named_children);
                let prefix = joined(path);
                open.extend(list.map(|item| (item, prefix.clone(), depth + 1)));
            }
            "use_list" if depth < 8 => open.extend(named_children(node).map(|item| (item, prefix.clone(), depth + 1))),
            _ => {}
        }
    }
}
