//! Command-line options: argparse, click, typer and absl declare a flag together with its default.

use tree_sitter::Node;

use super::arguments::Arguments;
use super::{Python, values};
use crate::read::code::emit::span;
use crate::read::code::{Code, Given, named_children};
use crate::scope::ScopeId;
use crate::setting::Surface;
use crate::span::Span;
use crate::value::{Outcome, Value};

/// One declared option.
#[derive(Debug)]
pub struct Declared<'n> {
    /// Its long flags, or the short ones where there is no long one.
    pub flags: Vec<String>,
    /// Variables that set it too.
    variables: Vec<String>,
    /// The parameter that takes it.
    parameter: Option<String>,
    /// Where its name stands.
    name_span: Span,
    given: Given,
    value: Option<Node<'n>>,
}

/// The option that a call declares by itself, where it is one.
pub fn declared<'n>(code: &Code, callee: &str, call: Node<'n>, arguments: &Arguments<'n>) -> Option<Declared<'n>> {
    let last = callee.rsplit('.').next().unwrap_or(callee);
    let at = |node: Node| super::strings::inside(node);
    let named: Vec<(Node, String)> =
        arguments.positional.iter().filter_map(|node| Some((*node, values::of(code, *node, 0).text()?.to_owned()))).collect();
    if last.starts_with("DEFINE_") {
        let [(node, name), ..] = named.as_slice() else { return None };
        let value = arguments.positional.get(1).copied().or_else(|| arguments.any(&["default"]));
        let given = value.map_or_else(|| unset(call), |value| values::of(code, value, 0));
        let flags = vec![format!("--{name}")];
        return Some(Declared { flags, variables: Vec::new(), parameter: None, name_span: at(*node), given, value });
    }
    let options =
        matches!(last, "add_argument" | "option" | "add_option" | "addoption") && named.iter().any(|(_, text)| text.starts_with('-'));
    if !options {
        return None;
    }
    let (flags, name_span) = flags(&named)?;
    let parameter = named.iter().find(|(_, text)| !text.starts_with('-')).map(|(_, text)| text.clone()).or_else(|| {
        let longest = flags.first()?;
        Some(longest.trim_start_matches('-').replace('-', "_"))
    });
    if let ([only], []) = (arguments.positional.as_slice(), arguments.keywords.as_slice())
        && hands_over(callee)
        && !named.iter().any(|(_, text)| text.contains('='))
    {
        let given = Given::literal(Value::Bool(true), span(*only));
        return Some(Declared { flags, variables: Vec::new(), parameter: None, name_span, given, value: None });
    }
    let (mut given, value) = default(code, call, arguments);
    if is_on_until_given(code, arguments, &flags) {
        given.value = Outcome::One(Value::Bool(true));
    }
    Some(Declared { flags, variables: variables(code, arguments), parameter, name_span, given, value })
}

/// Whether `action="store_false"` switches off what the flag is called after: `--share` then holds without it, `--no-share` does not.
fn is_on_until_given(code: &Code, arguments: &Arguments, flags: &[String]) -> bool {
    let text = |name: &str| arguments.any(&[name]).and_then(|node| values::of(code, node, 0).text().map(str::to_owned));
    let called = |flag: &String| flag.trim_start_matches('-').replace('-', "_");
    let negative = |flag: &String| {
        let flag = called(flag);
        ["no_", "not_", "dont_", "disable", "skip", "without", "omit", "exclude", "ignore", "off", "stop"]
            .iter()
            .any(|word| flag.starts_with(word))
    };
    let own = text("dest").is_none_or(|dest| flags.iter().any(|flag| called(flag) == dest));
    text("action").as_deref() == Some("store_false") && arguments.any(&["default"]).is_none() && own && !flags.iter().any(negative)
}

/// Whether flags are collected for another program rather than declared for this one: `chrome_options.add_argument("--headless")`.
fn hands_over(callee: &str) -> bool {
    let receiver = callee.rsplit('.').nth(1).unwrap_or_default().to_ascii_lowercase();
    receiver.ends_with("options") || receiver.ends_with("opts")
}

/// The option that a parameter is made by its default or annotation: `typer.Option(True, "--share")`.
pub fn of_parameter<'n>(
    code: &Code,
    callee: &str,
    call: Node<'n>,
    arguments: &Arguments<'n>,
    name: &str,
    value: Option<Node<'n>>,
    inline: bool,
) -> Option<Declared<'n>> {
    let last = callee.rsplit('.').next().unwrap_or(callee);
    let option = last == "Option";
    let argument = last == "Argument" && callee.contains("typer");
    if !option && !argument {
        return None;
    }
    let value = if inline { arguments.positional.first().copied().or_else(|| arguments.any(&["default"])) } else { value };
    let value = value.filter(|value| value.kind() != "ellipsis");
    let named: Vec<(Node, String)> = arguments
        .positional
        .iter()
        .skip(usize::from(inline))
        .filter_map(|node| Some((*node, values::of(code, *node, 0).text()?.to_owned())))
        .collect();
    let flags = match flags(&named) {
        Some((flags, _)) => flags,
        None if option => vec![format!("--{}", name.trim_matches('_').replace('_', "-"))],
        None => Vec::new(),
    };
    let given = value.map_or_else(|| unset(call), |value| values::of(code, value, 0));
    Some(Declared { flags, variables: variables(code, arguments), parameter: None, name_span: span(call), given, value })
}

/// The flags among the texts of an option, `--share/--no-share` by its first half, and where the first stands.
fn flags(named: &[(Node, String)]) -> Option<(Vec<String>, Span)> {
    let dashed = || named.iter().filter(|(_, text)| text.starts_with('-'));
    let first = |text: &str| text.split('/').next().unwrap_or(text).trim().to_owned();
    let long: Vec<&(Node, String)> = dashed().filter(|(_, text)| text.starts_with("--")).collect();
    let chosen = if long.is_empty() { dashed().collect() } else { long };
    let (node, text) = chosen.first()?;
    let inside = super::strings::inside(*node);
    let name = first(text);
    let name_span = Span::new(inside.start as usize, inside.start as usize + name.len());
    let name_span = if name_span.end <= inside.end && node.kind() == "string" { name_span } else { inside };
    Some((chosen.iter().map(|(_, text)| first(text)).collect(), name_span))
}

fn default<'n>(code: &Code, call: Node<'n>, arguments: &Arguments<'n>) -> (Given, Option<Node<'n>>) {
    let value = arguments.any(&["default"]).map(values::bare);
    let action = arguments.any(&["action"]);
    let action_text = action.map(|action| values::of(code, action, 0).text().map_or_else(|| code.of(action).to_owned(), str::to_owned));
    let written = value.map(|value| values::of(code, value, 0)).filter(|given| given.text() != Some("SUPPRESS"));
    let given = match (action_text.as_deref(), action) {
        // what is not given is off, whatever its destination then holds
        (Some("store_false"), Some(action)) => match &written {
            Some(given) => match given.truth() {
                Some(truth) => Given { value: Outcome::One(Value::Bool(!truth)), ..given.clone() },
                None => given.clone(),
            },
            None => Given::literal(Value::Bool(false), span(action)),
        },
        (Some("store_true"), Some(action)) if written.is_none() => Given::literal(Value::Bool(false), span(action)),
        _ => {
            let switch = arguments.any(&["is_flag"]).filter(|switch| switch.kind() == "true");
            match (written, switch) {
                (Some(given), _) => given,
                (None, Some(switch)) => Given::literal(Value::Bool(false), span(switch)),
                (None, None) => unset(call),
            }
        }
    };
    (given, value)
}

fn variables(code: &Code, arguments: &Arguments) -> Vec<String> {
    let Some(written) = arguments.any(&["envvar", "env_var"]) else { return Vec::new() };
    match values::of(code, written, 0).value {
        Outcome::One(Value::Text(text)) => vec![text.to_string()],
        Outcome::One(Value::List(items)) => items.iter().map(Value::display).collect(),
        _ => Vec::new(),
    }
}

/// No default is written: nothing stands at the end of the call.
fn unset(call: Node) -> Given {
    Given::absent(Span::new(call.end_byte(), call.end_byte()))
}

impl<'n> Python<'n, '_, '_> {
    /// Keeps the options in a definition's decorators until its function is met, and its parameters with it.
    pub fn decorators(&mut self, node: Node<'n>) {
        let Some(definition) = node.child_by_field_name("definition").filter(|inner| inner.kind() == "function_definition") else { return };
        let mut options = Vec::new();
        for decorator in named_children(node).filter(|part| part.kind() == "decorator") {
            let Some(call) = named_children(decorator).next().filter(|call| call.kind() == "call") else { continue };
            self.decorating.insert(call.id());
            let last = call.child_by_field_name("function").and_then(|function| values::chain(self.code, function));
            if last.is_some_and(|callee| callee.rsplit('.').next() == Some("option")) {
                self.declared.insert(call.id());
                options.push(call);
            }
        }
        self.decorated.insert(definition.id(), options);
        self.with_decorators.insert(definition.id(), node);
    }

    /// An option of a decorator, which is a parameter of the function too.
    pub fn decorator_option(&mut self, scope: ScopeId, callees: &[String], call: Node<'n>) {
        let arguments = Arguments::of(self.code, call);
        let Some(option) = declared(self.code, "option", call, &arguments) else { return };
        let parameter = option.parameter.clone().unwrap_or_default();
        let names = callees.iter().map(|callee| (Surface::Argument, format!("{callee}({parameter})").into())).collect();
        self.option(scope, &option, names);
    }

    /// An option with the other names it has.
    pub fn option(&mut self, scope: ScopeId, option: &Declared<'n>, names: Vec<(Surface, Box<str>)>) {
        self.option_at(scope, option, names, None);
    }

    /// An option whose name stands elsewhere, at the parameter.
    pub fn option_at(&mut self, scope: ScopeId, option: &Declared<'n>, others: Vec<(Surface, Box<str>)>, place: Option<Span>) {
        let mut names: Vec<(Surface, Box<str>)> = option.flags.iter().map(|flag| (Surface::Flag, flag.as_str().into())).collect();
        names.extend(others);
        names.extend(option.variables.iter().map(|name| (Surface::Env, name.as_str().into())));
        self.give(scope, None, names, place.unwrap_or(option.name_span), &option.given, option.value);
    }
}
