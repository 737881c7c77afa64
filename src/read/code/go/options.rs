//! Command-line options of Go programs: `flag`, `pflag`, cobra, urfave/cli, kingpin; and defaults that viper is given.

use tree_sitter::Node;

use super::super::Given;
use super::super::emit::span;
use super::super::named_children;
use super::{Go, literals};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Mark, Outcome, Value};

/// Types of options, as the functions that declare them are named.
const TYPES: &[&str] = &[
    "Bool",
    "String",
    "Int",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "Uint",
    "Uint16",
    "Uint32",
    "Uint64",
    "Float32",
    "Float64",
    "Duration",
    "StringSlice",
    "StringArray",
    "IntSlice",
    "IP",
    "StringToString",
];

/// Steps after `Flag("x", "help")` that are looked at.
const LONGEST_CHAIN: usize = 12;

impl<'n> Go<'_, '_, 'n> {
    /// Whether a call declares an option or a default; gives it.
    pub(super) fn option(&mut self, node: Node<'n>, callee: &str, arguments: &[Node<'n>], scope: ScopeId) -> bool {
        let last = callee.rsplit('.').next().unwrap_or(callee);
        if last == "SetDefault" {
            return self.path_default(arguments);
        }
        if last == "Flag" && arguments.len() == 2 {
            return self.kingpin(node, arguments, scope);
        }
        if !callee.contains('.') {
            return false;
        }
        let (stem, short) = last.strip_suffix('P').filter(|stem| *stem != "I").map_or((last, 0), |stem| (stem, 1));
        let (stem, target) = stem.strip_suffix("Var").map_or((stem, 0), |stem| (stem, 1));
        if !TYPES.contains(&stem) || arguments.len() != 3 + short + target {
            return false;
        }
        let (Some(name), Some(value)) = (arguments.get(target), arguments.get(target + 1 + short)) else { return false };
        let Some(flag) = self.flag_name(*name) else { return false };
        let mut names = vec![(Surface::Flag, format!("--{flag}").into())];
        let taken = arguments.first().filter(|_| target == 1).map(|first| super::bare(*first)).and_then(|first| self.target(first));
        let taken = taken.or_else(|| self.labels.get(&node.id()).map(|label| (*label, span(node))));
        if let Some((field, _)) = taken {
            names.push((Surface::Field, field.into()));
        }
        let given = self.value(*value);
        if given.read.is_none() {
            let outer = self.outer(scope);
            let spans = literals::item_spans(*value);
            self.give(outer, names, unquoted(*name), &given, spans);
        }
        true
    }

    /// The name of an option from its literal or constant: no variable's name, no sentence.
    fn flag_name(&self, node: Node<'n>) -> Option<String> {
        let given = self.value(node);
        let name = given.text()?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let starts = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        (starts && name.chars().all(plain) && !(name.len() > 2 && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')))
            .then(|| name.to_owned())
    }

    fn give(&mut self, scope: ScopeId, names: Vec<(Surface, Box<str>)>, name_span: Span, given: &Given, item_spans: Vec<Span>) {
        let mut setting = Setting::named(scope, Surface::Flag, "", given.value.clone(), name_span, given.span).with_mark(given.mark);
        setting.names = names;
        setting.item_spans = item_spans;
        self.code.add(setting);
    }

    /// `viper.SetDefault("server.telemetry.enabled", true)`: the key at the end of this path.
    fn path_default(&mut self, arguments: &[Node<'n>]) -> bool {
        let [path, value] = arguments else { return false };
        let path_given = self.value(*path);
        let Some(text) = path_given.text().filter(|text| !text.is_empty() && !text.contains(char::is_whitespace)) else { return false };
        let given = self.value(*value);
        let mut scope = ScopeId::ROOT;
        let mut so_far = String::new();
        let (outer, last) = text.rsplit_once('.').map_or((None, text), |(outer, last)| (Some(outer), last));
        for step in outer.into_iter().flat_map(|outer| outer.split('.')).take(32) {
            so_far.push('.');
            so_far.push_str(step);
            scope = match self.paths.get(&so_far) {
                Some(known) => *known,
                None => self.code.mapping(scope, step, *path),
            };
            self.paths.insert(so_far.clone(), scope);
        }
        if given.read.is_none() && !last.is_empty() {
            let mut setting = Setting::keyed(scope, last, given.value, unquoted(*path), given.span).with_mark(given.mark);
            setting.names.push((Surface::Field, last.into()));
            setting.item_spans = literals::item_spans(*value);
            self.code.add(setting);
        }
        true
    }

    /// `app.Flag("web.x", "help").Default("true").Envar("X").Bool()`.
    fn kingpin(&mut self, node: Node<'n>, arguments: &[Node<'n>], scope: ScopeId) -> bool {
        let Some(name) = arguments.first().copied() else { return false };
        let Some(flag) = self.flag_name(name) else { return false };
        let mut names: Vec<(Surface, Box<str>)> = vec![(Surface::Flag, format!("--{flag}").into())];
        let mut given = Given::absent(Span::new(node.end_byte(), node.end_byte()));
        let mut at = node;
        for _ in 0..LONGEST_CHAIN {
            let Some(selector) = self.around.parent(at).filter(|parent| parent.kind() == "selector_expression") else { break };
            let Some(call) = self.around.parent(selector).filter(|parent| parent.kind() == "call_expression") else { break };
            let step = selector.child_by_field_name("field").map_or("", |field| self.code.of(field));
            let first = call.child_by_field_name("arguments").and_then(|arguments| arguments.named_child(0));
            let value = first.map(|first| self.value(first));
            match (step, value) {
                ("Default", Some(value)) => given = value,
                ("Envar" | "OverrideDefaultFromEnvar", Some(value)) => {
                    names.extend(value.text().map(|name| (Surface::Env, name.into())));
                }
                ("Required", _) => given.mark = Mark::Required,
                ("Bool" | "BoolVar", _) => typed(&mut given),
                _ => {}
            }
            at = call;
        }
        let outer = self.outer(scope);
        self.give(outer, names, unquoted(name), &given, Vec::new());
        // its chained calls are no calls of their own interest
        true
    }

    /// Whether a struct literal declares an option: `&cli.BoolFlag{Name: "x", Value: true, EnvVars: []string{"X"}}`.
    pub(super) fn option_literal(&mut self, callee: &str, body: Node<'n>, scope: ScopeId) -> bool {
        if !callee.ends_with("Flag") {
            return false;
        }
        let mut name = None;
        let mut envs: Vec<Box<str>> = Vec::new();
        let mut given = Given::absent(Span::new(body.end_byte().saturating_sub(1), body.end_byte().saturating_sub(1)));
        let mut spans = Vec::new();
        let mut listed = None;
        if callee.contains("Bool") {
            given.value = Outcome::One(Value::Bool(false));
        }
        for (key, value) in literals::pairs(body) {
            match self.code.of(key) {
                "Name" => name = self.flag_name(value).map(|flag| (flag, unquoted(value))),
                "Value" => {
                    given = self.value(value);
                    spans = literals::item_spans(super::bare(value));
                }
                "EnvVars" | "EnvVar" | "Sources" => {
                    let list = if value.kind() == "call_expression" {
                        value.child_by_field_name("arguments")
                    } else {
                        value.child_by_field_name("body")
                    };
                    let one = self.value(value);
                    listed = list.and_then(|list| named_children(list).next()).map(unquoted);
                    envs.extend(one.text().into_iter().flat_map(|text| text.split(',')).map(|name| name.trim().into()));
                    envs.extend(list.into_iter().flat_map(named_children).filter_map(|item| self.value(item).text().map(Into::into)));
                }
                _ => {}
            }
        }
        // a name that stands in another package is not known, but its variables are
        let Some(name_span) = name.as_ref().map(|(_, span)| *span).or_else(|| listed.filter(|_| !envs.is_empty())) else { return false };
        let flag = name.map(|(flag, _)| (Surface::Flag, format!("--{flag}").into()));
        let names: Vec<(Surface, Box<str>)> = flag.into_iter().chain(envs.into_iter().map(|name| (Surface::Env, name))).collect();
        let outer = self.outer(scope);
        if given.read.is_none() {
            self.give(outer, names, name_span, &given, spans);
        }
        true
    }
}

/// A boolean option without a default is off, and its default is written as text.
fn typed(given: &mut Given) {
    given.value = match &given.value {
        Outcome::One(Value::Null) => Outcome::One(Value::Bool(false)),
        Outcome::One(Value::Text(text)) if &**text == "true" => Outcome::One(Value::Bool(true)),
        Outcome::One(Value::Text(text)) if &**text == "false" => Outcome::One(Value::Bool(false)),
        other => other.clone(),
    };
}

/// A literal's text without its quotes, else the whole expression.
pub(super) fn unquoted(node: Node) -> Span {
    let quoted = matches!(node.kind(), "interpreted_string_literal" | "raw_string_literal") && node.end_byte() > node.start_byte() + 2;
    if quoted { Span::new(node.start_byte() + 1, node.end_byte() - 1) } else { span(node) }
}
