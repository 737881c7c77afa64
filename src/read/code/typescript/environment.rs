//! Variables of the environment: where they are read, what holds when nobody sets them, and where the code sets them.

use tree_sitter::Node;

use super::names::{is_transparent, peeled};
use super::values::{cast, combined, contained, deploys, is_method, method, truth};
use super::{DEEPEST, Walker};
use crate::read::code::emit::span;
use crate::read::code::environment::{is_variable, reads_environment};
use crate::read::code::{Given, Read, named_children};
use crate::scope::ScopeId;
use crate::setting::Surface;
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Objects that are the environment.
const ENVIRONMENTS: [&str; 7] =
    ["process.env", "import.meta.env", "Bun.env", "globalThis.process.env", "window.process.env", "Deno.env", "window.env"];

/// Functions that take a capital word and are no look-up.
const OTHERS: [&str; 26] = [
    "log",
    "error",
    "warn",
    "info",
    "debug",
    "trace",
    "literal",
    "t",
    "it",
    "test",
    "describe",
    "emit",
    "on",
    "once",
    "off",
    "set",
    "append",
    "push",
    "setItem",
    "setHeader",
    "header",
    "dispatch",
    "createElement",
    "toBe",
    "Error",
    "fail",
];

/// A variable that nobody sets.
pub fn absent(name: &str, place: Span, all: Span) -> Given {
    let read = Read { surface: Surface::Env, name: name.into(), span: place, flipped: false };
    Given { read: Some(read), ..Given::absent(all) }
}

/// Whether a variable names the kind of deployment: it has no default that anybody relies on.
pub fn names_deployment(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or(name);
    matches!(last, "ENV" | "ENVIRONMENT" | "MODE" | "REGION" | "STAGE" | "EDITION" | "PLATFORM")
        || matches!(name, "CI" | "DEV" | "PROD" | "VERCEL" | "SSR")
}

impl<'n> Walker<'_, '_, 'n> {
    /// Whether an expression is the environment as a whole.
    pub(super) fn is_environment(&self, node: Node) -> bool {
        match node.kind() {
            "identifier" => self.environments.contains(self.code.of(node)),
            "member_expression" => {
                let text = self.code.of(node);
                ENVIRONMENTS.contains(&text) || (text.len() < 40 && ENVIRONMENTS.contains(&text.replace('?', "").as_str()))
            }
            kind if is_transparent(kind) => is_environment_inside(self, node),
            _ => false,
        }
    }

    /// The variable that `process.env.X` or `env["X"]` reads, and where its name stands.
    pub(super) fn environment_name(&self, node: Node) -> Option<(String, Span)> {
        if !matches!(node.kind(), "member_expression" | "subscript_expression") || !self.is_environment(node.child_by_field_name("object")?)
        {
            return None;
        }
        let place = node.child_by_field_name("property").or_else(|| node.child_by_field_name("index"))?;
        let name = match place.kind() {
            "property_identifier" => self.code.of(place).to_owned(),
            _ => self.value(place, DEEPEST - 1).text()?.to_owned(),
        };
        let built_in = matches!(name.as_str(), "DEV" | "PROD" | "SSR" | "MODE" | "BASE_URL");
        (is_variable(&name) && !built_in).then(|| (name, span(place)))
    }

    /// A call that looks a variable up: `Deno.env.get("X")`, `getEnv("X", "d")`, `config.get("X", d)`.
    pub(super) fn getter(&self, call: Node, depth: usize) -> Option<Given> {
        let callee = self.written(call.child_by_field_name("function")?)?;
        let mut arguments = named_children(call.child_by_field_name("arguments")?);
        let (first, second) = (arguments.next()?, arguments.next());
        if !matches!(first.kind(), "string" | "identifier" | "template_string") {
            return None;
        }
        let name = self.value(first, depth + 1).text().filter(|name| is_variable(name))?.to_owned();
        let last = callee.rsplit('.').next().unwrap_or(&callee);
        let owner = callee.rsplit('.').nth(1).unwrap_or("").to_ascii_lowercase();
        let looks_up = reads_environment(&callee)
            || (last.starts_with("get") && (owner.contains("env") || owner.contains("config") || owner.contains("settings")));
        let fallback = second.map(|second| self.fallback(second, depth)).filter(|given| matches!(given.value, Outcome::One(_)));
        if !looks_up && (fallback.is_none() || OTHERS.contains(&last) || call.kind() == "new_expression" || callee.starts_with("z.")) {
            return None;
        }
        let given = absent(&name, span(first), span(call));
        Some(match fallback {
            Some(fallback) => given.coalesce(fallback),
            None => given,
        })
    }

    /// The second argument of a look-up: the fallback, or options that hold it.
    fn fallback(&self, node: Node, depth: usize) -> Given {
        let node = peeled(node);
        if node.kind() != "object" {
            return self.value(node, depth + 1);
        }
        let default = named_children(node).find_map(|pair| {
            let key = self.key(pair.child_by_field_name("key")?)?;
            matches!(key.as_str(), "default" | "defaultValue" | "fallback").then(|| pair.child_by_field_name("value")).flatten()
        });
        default.map_or_else(|| Given::unread(span(node)), |value| self.value(value, depth + 1))
    }

    /// A place that reads a variable.
    pub(super) fn reads(&mut self, node: Node<'n>) {
        let Some((name, place)) = self.environment_name(node) else { return };
        let parent = self.ancestors.last();
        let is_left = parent.and_then(|parent| parent.child_by_field_name("left")).is_some_and(|left| left == node);
        if is_left && parent.is_some_and(|parent| matches!(parent.kind(), "assignment_expression" | "augmented_assignment_expression")) {
            return;
        }
        if parent.is_some_and(|parent| parent.kind() == "unary_expression" && self.code.of(*parent).starts_with("delete")) {
            return;
        }
        let given = self.climbed(node, absent(&name, place, span(node)));
        self.variables.push(given);
    }

    /// What the expression around a read makes of it: casts, fallbacks, comparisons, as far as it is about this variable.
    pub(super) fn climbed(&self, node: Node<'n>, start: Given) -> Given {
        let own = start.read.clone();
        let mut given = start;
        let mut at = node;
        let mut compared = false;
        for parent in self.ancestors.iter().rev().take(DEEPEST).copied() {
            let Some((next, decides)) = self.step(parent, at, &given, compared) else { break };
            if let Some(next) = next {
                let flipped = next.read.as_ref().is_some_and(|read| read.flipped && Some(&read.name) == own.as_ref().map(|own| &own.name));
                given = Given { read: own.clone().map(|own| Read { flipped, ..own }), ..next };
            }
            compared |= decides;
            at = parent;
        }
        // a value that cannot be known although the variable is absent is no default of it
        if given.value == Outcome::Unread { Given { value: Outcome::One(Value::Null), ..given } } else { given }
    }

    /// One step outward: the new value (nothing where it stays), and whether it was compared. Nothing at all where the expression ends.
    fn step(&self, parent: Node<'n>, at: Node<'n>, given: &Given, compared: bool) -> Option<(Option<Given>, bool)> {
        let all = span(parent);
        let is = |field: &str| parent.child_by_field_name(field) == Some(at);
        let side = |field: &str| parent.child_by_field_name(field).map(|node| self.value(node, 1));
        let name_of = |given: &Given| given.read.as_ref().map(|read| read.name.clone());
        let is_null = given.value == Outcome::One(Value::Null);
        match parent.kind() {
            kind if is_transparent(kind) => Some((None, false)),
            "unary_expression" => match parent.child_by_field_name("operator").map(|operator| self.code.of(operator)) {
                Some("!") if is_null => Some((None, false)),
                Some("!") => Some((Some(given.clone().negated(all)), true)),
                Some("+") => Some((Some(cast(given.clone(), "number")), false)),
                _ => None,
            },
            "binary_expression" => {
                let operator = parent.child_by_field_name("operator").map_or("", |operator| self.code.of(operator));
                match operator {
                    "||" | "??" if is("left") => {
                        let right = side("right")?;
                        let same = name_of(&right) == name_of(given);
                        (!compared || same).then(|| (Some(combined(operator, given.clone(), right, all)), false))
                    }
                    "||" | "??" => {
                        let left = side("left")?;
                        if name_of(&left) == name_of(given) {
                            return Some((Some(combined(operator, left, given.clone(), all)), false));
                        }
                        (!compared && left.read.is_some()).then_some((None, false))
                    }
                    "===" | "==" | "!==" | "!=" => {
                        let other = side(if is("left") { "right" } else { "left" })?;
                        // whether it is there at all says nothing about its value
                        let presence = is_null && other.value == Outcome::One(Value::Null);
                        let unknown = !matches!(other.value, Outcome::One(_)) || (is_null && deploys(given));
                        let next = combined(operator, given.clone(), other, all);
                        if presence { self.presence(parent, next) } else { (!unknown).then_some((Some(next), true)) }
                    }
                    _ => None,
                }
            }
            "ternary_expression" => {
                let condition = if is("condition") { given.clone() } else { side("condition")? };
                truth(&condition)?;
                let reads_it = if is("condition") {
                    ["consequence", "alternative"].iter().any(|field| side(field).is_some_and(|side| name_of(&side) == name_of(given)))
                } else {
                    name_of(&condition) == name_of(given)
                };
                reads_it.then(|| (Some(self.ternary(parent, 0)), true))
            }
            // between a call and its callee or its argument stands a node of its own
            "arguments" => {
                let first = named_children(parent).next() == Some(at);
                let call = self.around(parent)?;
                (first && call.kind() == "call_expression" && (self.is_cast(call) || self.is_includes(call))).then_some((None, false))
            }
            "member_expression" if is("object") => {
                let method = parent.child_by_field_name("property").map(|name| self.code.of(name))?;
                let call = self.around(parent)?;
                let called = call.kind() == "call_expression" && call.child_by_field_name("function") == Some(parent);
                (called && is_method(method)).then_some((None, false))
            }
            "call_expression" => self.call_step(parent, at, given),
            _ => None,
        }
    }

    fn call_step(&self, call: Node<'n>, at: Node<'n>, given: &Given) -> Option<(Option<Given>, bool)> {
        let function = call.child_by_field_name("function")?;
        let name = self.last_name(function).unwrap_or_default();
        if function == at {
            return Some((Some(method(given.clone(), &name, span(call))), false));
        }
        if self.is_includes(call) {
            let others = self.value(function.child_by_field_name("object")?, 1);
            let unknown =
                !matches!(others.value, Outcome::One(Value::List(_))) || (deploys(given) && given.value == Outcome::One(Value::Null));
            return (!unknown).then(|| (Some(contained(given.clone(), &others, span(call))), true));
        }
        let next = cast(given.clone(), &name);
        let second = named_children(call.child_by_field_name("arguments")?).nth(1).filter(|_| !name.starts_with("parse"));
        let fallback =
            second.map(|second| self.value(second, 1)).filter(|given| matches!(&given.value, Outcome::One(value) if *value != Value::Map));
        Some((Some(fallback.map_or(next.clone(), |fallback| next.coalesce(fallback))), false))
    }

    /// `x === undefined` counts where an alternative follows (`|| x === "true"`, `? true : ...`), else it says nothing.
    fn presence(&self, comparison: Node<'n>, next: Given) -> Option<(Option<Given>, bool)> {
        let mut inner = comparison;
        let mut outer = self.around(comparison)?;
        while is_transparent(outer.kind()) {
            inner = outer;
            outer = self.around(outer)?;
        }
        let operator = outer.child_by_field_name("operator").map_or("", |operator| self.code.of(operator));
        let decides = operator == "||" || outer.child_by_field_name("condition") == Some(inner) && outer.kind() == "ternary_expression";
        decides.then_some((Some(next), true))
    }

    /// The node around one of the nodes around the current one.
    fn around(&self, node: Node<'n>) -> Option<Node<'n>> {
        let at = self.ancestors.iter().rposition(|ancestor| *ancestor == node)?;
        self.ancestors.get(at.checked_sub(1)?).copied()
    }

    fn is_includes(&self, call: Node) -> bool {
        let Some(function) = call.child_by_field_name("function").filter(|function| function.kind() == "member_expression") else {
            return false;
        };
        let name = function.child_by_field_name("property").map(|name| self.code.of(name));
        matches!(name, Some("includes" | "has")) && function.child_by_field_name("object").is_some()
    }

    /// `const { X = "d", Y } = process.env`.
    pub(super) fn reads_parts(&mut self, pattern: Node<'n>) {
        for part in named_children(pattern) {
            let (name, default) = match part.kind() {
                "shorthand_property_identifier_pattern" => (Some(part), None),
                "object_assignment_pattern" => (part.child_by_field_name("left"), part.child_by_field_name("right")),
                "pair_pattern" => {
                    let value = part.child_by_field_name("value").filter(|value| value.kind() == "assignment_pattern");
                    (part.child_by_field_name("key"), value.and_then(|value| value.child_by_field_name("right")))
                }
                _ => (None, None),
            };
            let Some((node, name)) = name.and_then(|node| Some((node, self.key(node)?))).filter(|(_, name)| is_variable(name)) else {
                continue;
            };
            let given = absent(&name, span(node), span(node));
            let given = match default {
                Some(default) => given.coalesce(self.value(default, 0)),
                None => given,
            };
            self.variables.push(given);
        }
    }

    /// `env: { X: "1" }`, `Object.assign(process.env, { X: "1" })`.
    pub(super) fn sets_all(&mut self, object: Node<'n>, scope: ScopeId) {
        let scope = self.function_around(scope);
        for pair in named_children(object) {
            let (Some(key), Some(value)) = (pair.child_by_field_name("key"), pair.child_by_field_name("value")) else { continue };
            let Some(name) = self.key(key).filter(|name| is_variable(name)) else { continue };
            let given = self.value(value, 0);
            // a variable handed on is given where it is read
            if given.read.is_none() && !self.passes_on(value, &name) {
                self.code.sets_variable(scope, &name, span(key), &given);
            }
        }
    }

    /// Whether an object's own keys are variables.
    pub(super) fn holds_variables(&self, object: Node) -> bool {
        let mut keys = named_children(object).filter_map(|pair| pair.child_by_field_name("key")).peekable();
        keys.peek().is_some() && keys.all(|key| self.key(key).is_some_and(|name| is_variable(&name)))
    }

    /// `"X=1"` inside a list.
    pub(super) fn assignments_in_texts(&mut self, array: Node<'n>, scope: ScopeId) {
        for item in named_children(array).filter(|item| item.kind() == "string") {
            let raw = self.code.of(item);
            let Some((name, _)) = raw.get(1..).and_then(|inner| inner.split_once('=')) else { continue };
            let Some(end) = item.end_byte().checked_sub(1) else { continue };
            if !is_variable(name) || raw.contains('\\') {
                continue;
            }
            let start = item.start_byte() + 1;
            let place = Span::new(start + name.len() + 1, end.max(start + name.len() + 1));
            let given = Given::literal(Value::text(place.of(self.code.text)), place);
            let scope = self.function_around(scope);
            self.code.sets_variable(scope, name, Span::new(start, start + name.len()), &given);
        }
    }

    /// All variables that were read. One that is read again without a fallback has the one it has elsewhere in the file.
    pub(super) fn give_variables(&mut self) {
        let name = |given: &Given| given.read.as_ref().map(|read| read.name.clone());
        let mut known: std::collections::HashSet<Box<str>> =
            self.variables.iter().filter(|given| given.value != Outcome::One(Value::Null)).filter_map(name).collect();
        let declared = self.code.reading().settings.iter().flat_map(|setting| &setting.names);
        known.extend(declared.filter(|(surface, _)| *surface == Surface::Env).map(|(_, name)| name.clone()));
        let mut given_before = std::collections::HashSet::new();
        for given in std::mem::take(&mut self.variables) {
            let again = given.value == Outcome::One(Value::Null) && name(&given).is_some_and(|name| known.contains(&name));
            // `X ? Number(X) : 1` reads it twice and says one thing
            if !again && given_before.insert((name(&given), given.span)) {
                self.code.variable(&given);
            }
        }
    }
}

fn is_environment_inside(walker: &Walker, node: Node) -> bool {
    let inner = peeled(node);
    inner != node && walker.is_environment(inner)
}
