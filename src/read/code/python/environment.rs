//! Environment variables in Python: reading them through `os`, `decouple`, `environs` and a project's own helpers, and setting them.

use tree_sitter::Node;

use super::arguments::{self, Arguments};
use super::{Python, strings, values};
use crate::read::code::emit::span;
use crate::read::code::environment::{is_variable, reads_environment};
use crate::read::code::{Code, Given, Read, named_children};
use crate::scope::ScopeId;
use crate::setting::Surface;
use crate::span::Span;
use crate::value::{Outcome, Value};

/// First words of callees that take a name in capitals and a value but read nothing.
const NO_READS: &[&str] = &[
    "set",
    "put",
    "del",
    "add",
    "remove",
    "register",
    "replace",
    "append",
    "insert",
    "log",
    "debug",
    "info",
    "warn",
    "error",
    "print",
    "typevar",
    "namedtuple",
    "newtype",
    "enum",
    "option",
    "load",
    "write",
    "create",
    "update",
    "execute",
    "run",
    "patch",
    "define",
];

/// What reading a variable gives: `os.environ["X"]`, `os.getenv("X", d)`, `env.bool("X", default=d)`.
pub fn read(code: &Code, node: Node, depth: usize) -> Option<Given> {
    if node.kind() == "subscript" {
        let object = node.child_by_field_name("value")?;
        return environs(code, object).then(|| named(code, node.child_by_field_name("subscript")?, Given::absent(span(node)), depth))?;
    }
    let function = node.child_by_field_name("function")?;
    let callee = code.callee(&values::chain(code, function)?);
    let last = callee.rsplit('.').next().unwrap_or(&callee);
    let arguments = Arguments::of(code, node);
    let name = arguments.positional.first().copied().or_else(|| arguments.any(&["key"]).filter(|_| last == "getenv"))?;
    if !matches!(name.kind(), "string" | "concatenated_string" | "identifier" | "attribute") {
        return None;
    }
    let system = is_system(&callee);
    let fallback = arguments.any(&["default", "fallback", "default_value"]).or_else(|| arguments.positional.get(1).copied());
    let fallback = fallback.map(|fallback| values::of(code, fallback, depth + 1));
    if !system {
        let text = values::of(code, name, depth + 1);
        let text = text.text().filter(|text| is_variable(text))?;
        let lower = last.to_ascii_lowercase();
        if NO_READS.iter().any(|word| lower.trim_start_matches('_').starts_with(word)) {
            return None;
        }
        let literal = fallback.as_ref().is_some_and(|given| matches!(given.value, Outcome::One(_)));
        let asks = reads_environment(&callee)
            || callee.split('.').rev().nth(1).is_some_and(|owner| matches!(owner, "env" | "environ" | "environment"));
        let built = last.starts_with(|c: char| c.is_ascii_uppercase());
        // Dynaconf names its variables with what holds without them
        let asks = asks || last == "Validator" && literal;
        if !asks && (built || !literal || !text.contains('_')) {
            return None;
        }
    }
    named(code, name, fallback.map_or_else(|| Given::absent(span(node)), |given| Given { read: None, ..given }), depth)
}

/// `"X" in os.environ`: false when nobody sets it.
pub fn presence(code: &Code, name: Node, object: Node, inside: bool, depth: usize) -> Option<Given> {
    let given = Given::literal(Value::Bool(!inside), span(name));
    environs(code, object).then(|| named(code, name, given, depth))?
}

/// A value under the variable's name, where the name is known.
fn named(code: &Code, name: Node, given: Given, depth: usize) -> Option<Given> {
    let known = values::of(code, name, depth + 1);
    let text = known.text().filter(|text| !text.is_empty() && text.len() < 200)?;
    // `settings.X` in capitals gives its own name, which is no text of this file
    if name.kind() == "attribute" {
        return None;
    }
    let span = if name.kind() == "string" { strings::inside(name) } else { span(name) };
    let read = Read { surface: Surface::Env, name: text.into(), span, flipped: false };
    Some(Given { read: Some(read), ..given })
}

fn is_system(callee: &str) -> bool {
    let mut steps = callee.rsplit('.');
    match steps.next() {
        Some("getenv") => true,
        Some("get" | "pop") => steps.next() == Some("environ"),
        _ => false,
    }
}

/// Whether an object is the process's environment.
fn environs(code: &Code, object: Node) -> bool {
    matches!(object.kind(), "attribute" | "identifier")
        && values::chain(code, object).is_some_and(|written| code.callee(&written).rsplit('.').next() == Some("environ"))
}

/// Whether a name is one of a mapping of variables: `env`, `environment`, `extra_env`.
pub(super) fn is_environment(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
    matches!(&*last, "env" | "envs" | "environ" | "environment" | "env_vars" | "envvars")
        || last.ends_with("_env")
        || last.ends_with("_envs")
}

/// `X=1` as a whole text.
fn assignment(text: &str) -> Option<(&str, &str)> {
    text.split_once('=').filter(|(name, _)| is_variable(name))
}

impl<'n> Python<'n, '_, '_> {
    /// The variable that an expression reads, once for each place that names it.
    pub fn variable(&mut self, node: Node<'n>) {
        let given = values::of(self.code, node, 0);
        let Some(read) = &given.read else { return };
        // `"X" in os.environ` by itself says nothing about what it is
        let presence =
            matches!(given.value, Outcome::One(Value::Bool(_))) && given.span.contains(read.span) && given.span.end <= read.span.end + 1;
        if presence {
            return;
        }
        if self.read.insert(read.span.start) {
            self.code.variable(&given);
        }
    }

    /// Variables that a call sets: `setdefault`, `putenv`, `environ.update`, `env={..}`.
    pub fn call_sets(&mut self, scope: ScopeId, callee: &str, arguments: &Arguments<'n>) {
        let last = callee.rsplit('.').next().unwrap_or(callee);
        let owner = callee.rsplit('.').nth(1).unwrap_or("");
        let sets = matches!(last, "putenv" | "setenv" | "set_env") || (last == "setdefault" && is_environment(owner));
        if sets && let [name, value, ..] = arguments.positional.as_slice() {
            self.sets_pair(scope, *name, *value);
        }
        if last == "update" && is_environment(owner) {
            for pair in &arguments.keywords {
                self.sets_named(scope, &pair.name, pair.span, pair.value);
            }
        }
        let whole = is_environment(last) || (last == "update" && is_environment(owner)) || callee.ends_with("patch.dict");
        for dictionary in arguments.positional.iter().filter(|_| whole) {
            self.sets_all(scope, *dictionary);
        }
        for pair in arguments.keywords.iter().filter(|pair| is_environment(&pair.name)) {
            self.sets_all(scope, pair.value);
        }
    }

    /// The variables that a scheme declares: `environ.Env(DEBUG=(bool, False))`. Says whether the call is one.
    pub fn scheme(&mut self, callee: &str, arguments: &Arguments<'n>) -> bool {
        let last = callee.rsplit('.').next().unwrap_or(callee);
        let mut declared = false;
        for pair in arguments.keywords.iter().filter(|pair| matches!(last, "Env" | "FileAwareEnv") && is_variable(&pair.name)) {
            let parts: Vec<Node<'n>> = named_children(pair.value).filter(|_| pair.value.kind() == "tuple").collect();
            let [_, fallback] = parts.as_slice() else { continue };
            let read = Read { surface: Surface::Env, name: pair.name.as_str().into(), span: pair.span, flipped: false };
            let given = Given { read: Some(read), ..values::of(self.code, *fallback, 0) };
            self.code.variable(&given);
            declared = true;
        }
        declared
    }

    /// A dictionary that continues the process's environment sets its keys: `{**os.environ, "X": "1"}`, `dict(os.environ, X="1")`.
    pub fn continues_environment(&mut self, scope: ScopeId, node: Node<'n>) {
        let inner = match node.kind() {
            "call" => Arguments::of(self.code, node).positional.first().copied(),
            _ => named_children(node).find(|part| part.kind() == "dictionary_splat").and_then(|part| named_children(part).next()),
        };
        if inner.is_some_and(|inner| environs(self.code, inner)) {
            self.sets_all(scope, node);
        }
    }

    /// `os.environ["X"] = v`, `env["X"] = v`. Says whether it was one.
    pub fn subscript_sets(&mut self, scope: ScopeId, target: Node<'n>, value: Node<'n>) -> bool {
        let (Some(object), Some(name)) = (target.child_by_field_name("value"), target.child_by_field_name("subscript")) else {
            return false;
        };
        let environment = values::chain(self.code, object).is_some_and(|written| is_environment(&self.code.callee(&written)));
        if environment {
            self.sets_pair(scope, name, value);
        }
        environment
    }

    /// `["A=1", "B=2"]`.
    pub fn list_sets(&mut self, scope: ScopeId, list: Node<'n>) {
        for item in named_children(list).filter(|item| item.kind() == "string") {
            let inside = strings::inside(item);
            let Some((name, value)) = assignment(inside.of(self.code.text)) else { continue };
            if named_children(item).any(|part| part.kind() == "interpolation") || value.contains(['\\', '{']) {
                continue;
            }
            let start = inside.start as usize;
            let end = start + name.len();
            let given = Given::literal(Value::text(value), Span::new(end + 1, inside.end as usize));
            let name = name.to_owned();
            self.sets(scope, &name, Span::new(start, end), &given);
        }
    }

    /// Every variable in a dictionary of them.
    pub fn sets_all(&mut self, scope: ScopeId, dictionary: Node<'n>) {
        for pair in arguments::entries(self.code, values::bare(dictionary)) {
            self.sets_named(scope, &pair.name, pair.span, pair.value);
        }
    }

    fn sets_pair(&mut self, scope: ScopeId, name: Node<'n>, value: Node<'n>) {
        let known = values::of(self.code, name, 0);
        self.read.insert(if name.kind() == "string" { strings::inside(name).start } else { span(name).start });
        if let Some(text) = known.text().filter(|text| !text.is_empty()) {
            let at = if name.kind() == "string" { strings::inside(name) } else { span(name) };
            self.sets_named(scope, text, at, value);
        }
    }

    fn sets_named(&mut self, scope: ScopeId, name: &str, at: Span, value: Node<'n>) {
        let given = values::of(self.code, value, 0);
        // `os.environ["X"] = os.getenv("X", "1")` is already read
        let itself = given.read.as_ref().is_some_and(|read| &*read.name == name);
        if !itself && !name.contains(['=', ' ']) && (is_variable(name) || name.contains('_')) {
            self.sets(scope, name, at, &given);
        }
    }

    fn sets(&mut self, scope: ScopeId, name: &str, at: Span, given: &Given) {
        if self.set.insert(at.start) {
            self.code.sets_variable(scope, name, at, given);
        }
    }
}
