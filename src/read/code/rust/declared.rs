//! Members of structs with attributes that give them a default: clap options, serde; and options that clap's builder declares.

use tree_sitter::Node;

use super::super::emit::span;
use super::super::{Given, named_children};
use super::{Rust, values};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Steps after `Arg::new("x")` that are looked at.
const LONGEST_CHAIN: usize = 24;

/// One `name = value` of an attribute.
struct Entry<'t, 'n> {
    name: &'t str,
    value: Vec<Node<'n>>,
}

impl<'t, 'n> Rust<'_, 't, 'n> {
    /// The members of a struct or of an enum's variant.
    pub(super) fn members(&mut self, list: Node<'n>, scope: ScopeId) {
        let (mut clap, mut serde, mut preset) = (Vec::new(), Vec::new(), Vec::new());
        let (mut option, mut own) = (false, false);
        for child in named_children(list) {
            match child.kind() {
                "attribute_item" => {
                    let Some(attribute) = child.named_child(0) else { continue };
                    let name = attribute.named_child(0).map_or("", |name| self.code.of(name));
                    let entries = attribute.child_by_field_name("arguments").map(|tree| self.entries(tree)).unwrap_or_default();
                    match name {
                        "arg" | "clap" | "structopt" => {
                            option = true;
                            clap.extend(entries);
                        }
                        "serde" => serde.extend(entries),
                        "default" | "serde_inline_default" => {
                            own = true;
                            let tree = attribute.child_by_field_name("arguments").into_iter().flat_map(named_children);
                            preset.extend(tree.chain(attribute.child_by_field_name("value")));
                        }
                        _ => {}
                    }
                }
                "field_declaration" => {
                    if option {
                        self.option(child, &clap, scope);
                    } else if let (true, [value]) = (own, preset.as_slice()) {
                        let given = self.value(*value);
                        self.member(child, given, Vec::new(), scope);
                    } else {
                        self.serde_default(child, &serde, scope);
                    }
                    clap.clear();
                    serde.clear();
                    preset.clear();
                    (option, own) = (false, false);
                }
                _ => {}
            }
        }
    }

    /// The entries of `(long, env = "X", default_value_t = true)`.
    fn entries(&self, tree: Node<'n>) -> Vec<Entry<'t, 'n>> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut fresh = true;
        for token in tree.children(&mut tree.walk()) {
            match token.kind() {
                "," => fresh = true,
                "(" | ")" | "=" => {}
                _ if fresh => {
                    entries.push(Entry { name: self.code.of(token), value: Vec::new() });
                    fresh = false;
                }
                _ => {
                    if let Some(entry) = entries.last_mut() {
                        entry.value.push(token);
                    }
                }
            }
        }
        entries
    }

    fn option(&mut self, node: Node<'n>, entries: &[Entry<'t, 'n>], scope: ScopeId) {
        let (Some(name), Some(kind)) = (node.child_by_field_name("name"), node.child_by_field_name("type")) else { return };
        let field = self.code.of(name).trim_start_matches("r#");
        let find = |names: &[&str]| entries.iter().find(|entry| names.contains(&entry.name));
        let written = |entry: &Entry<'t, 'n>| entry.value.first().and_then(|value| values::text(self.code.of(*value)));
        let mut names: Vec<(Surface, Box<str>)> = Vec::new();
        if let Some(long) = find(&["long"]) {
            let long = written(long).unwrap_or_else(|| field.trim_matches('_').replace('_', "-"));
            names.push((Surface::Flag, format!("--{long}").into()));
        }
        if let Some(env) = find(&["env"]) {
            names.push((Surface::Env, written(env).unwrap_or_else(|| field.to_ascii_uppercase()).into()));
        }
        let default = find(&["default_value", "default_value_t", "default_values", "default_values_t", "default_value_os_t"]);
        if names.is_empty() && default.is_none() {
            return;
        }
        names.push((Surface::Field, field.into()));
        let boolean = self.code.of(kind) == "bool";
        let mut given = if let Some(entry) = default {
            self.tokens(&entry.value, span(name))
        } else {
            let end = Span::new(kind.end_byte(), kind.end_byte());
            let reversed = find(&["action"]).is_some_and(|entry| entry.value.iter().any(|token| self.code.of(*token) == "SetFalse"));
            Given::literal(if boolean { Value::Bool(reversed) } else { Value::Null }, end)
        };
        typed(&mut given, self.code.of(kind));
        self.member(node, given, names, scope);
    }

    /// What the tokens after `default_value_t =` come to: one literal, or one that is only converted.
    fn tokens(&self, tokens: &[Node<'n>], name: Span) -> Given {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return Given::unread(name) };
        let all = Span::new(first.start_byte(), last.end_byte());
        let literals =
            |nodes: &mut dyn Iterator<Item = Node<'n>>| nodes.filter(|node| node.kind().ends_with("_literal")).collect::<Vec<_>>();
        if let [only] = tokens {
            return self.value(*only);
        }
        let written = self.code.of(*first);
        if let ("-", Some(number)) = (written, tokens.get(1)) {
            return match self.value(*number).value {
                Outcome::One(Value::Int(n)) => Given::literal(Value::Int(n.saturating_neg()), all),
                Outcome::One(Value::Float(n)) => Given::literal(Value::Float(-n), all),
                _ => Given::unread(all),
            };
        }
        let text: String = tokens.iter().map(|token| self.code.of(*token)).collect();
        if first.kind() == "string_literal" && [".to_string()", ".into()", ".to_owned()"].iter().any(|end| text.ends_with(end)) {
            return self.value(*first);
        }
        if text.starts_with("String::from(") {
            return match literals(&mut named_children(*last)).as_slice() {
                [only] => self.value(*only),
                _ => Given::unread(all),
            };
        }
        // a word of a list: `Level::Info`
        if text.contains("::") && text.chars().all(|c| c.is_ascii_alphanumeric() || c == ':' || c == '_') {
            return Given::literal(Value::text(text), all);
        }
        Given::unread(all)
    }

    /// `#[serde(default = "yes")]`: what the function gives; `#[serde(default)]` is off for a switch.
    fn serde_default(&mut self, node: Node<'n>, entries: &[Entry<'t, 'n>], scope: ScopeId) {
        let Some(entry) = entries.iter().find(|entry| entry.name == "default") else { return };
        let Some(kind) = node.child_by_field_name("type") else { return };
        let given = match entry.value.first() {
            None if self.code.of(kind) == "bool" => Given::literal(Value::Bool(false), Span::new(kind.end_byte(), kind.end_byte())),
            None => return,
            Some(path) => {
                let function = values::text(self.code.of(*path)).unwrap_or_default();
                let function = function.rsplit("::").next().unwrap_or("");
                self.functions.get(function).cloned().unwrap_or(Given::unread(span(*path)))
            }
        };
        let renamed =
            entries.iter().find(|entry| entry.name == "rename").and_then(|entry| values::text(self.code.of(*entry.value.first()?)));
        let mut names: Vec<(Surface, Box<str>)> = Vec::new();
        if let (Some(name), Some(renamed)) = (node.child_by_field_name("name"), renamed) {
            names.push((Surface::Field, self.code.of(name).into()));
            names.push((Surface::Field, renamed.into()));
        }
        if given.read.is_none() {
            self.member(node, given, names, scope);
        }
    }

    /// A member with its default, under its own name when no others are given.
    fn member(&mut self, node: Node<'n>, given: Given, names: Vec<(Surface, Box<str>)>, scope: ScopeId) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let mut setting =
            Setting::named(scope, Surface::Field, self.code.of(name), given.value, span(name), given.span).with_mark(given.mark);
        if !names.is_empty() {
            setting.names = names;
        }
        self.code.add(setting);
    }

    /// `Arg::new("x").long("x").env("X").default_value("d")`.
    pub(super) fn built_option(&mut self, node: Node<'n>, arguments: &[Node<'n>], scope: ScopeId) {
        let Some(id) = arguments.first() else { return };
        let mut names: Vec<(Surface, Box<str>)> = Vec::new();
        let mut given = Given::absent(Span::new(node.end_byte(), node.end_byte()));
        let mut at = node;
        for _ in 0..LONGEST_CHAIN {
            let Some(member) = self.around.parent(at).filter(|parent| parent.kind() == "field_expression") else { break };
            let Some(call) = self.around.parent(member).filter(|parent| parent.kind() == "call_expression") else { break };
            let step = member.child_by_field_name("field").map_or("", |field| self.code.of(field));
            let first = call.child_by_field_name("arguments").and_then(|arguments| named_children(arguments).next());
            let value = first.map(|first| self.value(first));
            let text = value.as_ref().and_then(Given::text);
            match step {
                "long" => names.extend(text.map(|text| (Surface::Flag, format!("--{text}").into()))),
                "env" => names.extend(text.map(|text| (Surface::Env, text.into()))),
                "default_value" | "default_value_os" => given = value.unwrap_or(given),
                "action" if first.is_some_and(|first| self.code.of(first).ends_with("SetTrue")) => {
                    given.value = Outcome::One(Value::Bool(false));
                }
                "action" if first.is_some_and(|first| self.code.of(first).ends_with("SetFalse")) => {
                    given.value = Outcome::One(Value::Bool(true));
                }
                _ => {}
            }
            at = call;
        }
        if names.is_empty() || given.read.is_some() {
            return;
        }
        let outer = self.outer(scope);
        let mut setting = Setting::named(outer, Surface::Flag, "", given.value, values::unquoted(*id), given.span);
        setting.names = names;
        self.code.add(setting);
    }
}

/// A default that is written as text, as the member's type has it.
fn typed(given: &mut Given, kind: &str) {
    let Outcome::One(Value::Text(text)) = &given.value else { return };
    let value = match (kind, &**text) {
        ("bool", "true") => Some(Value::Bool(true)),
        ("bool", "false") => Some(Value::Bool(false)),
        ("usize" | "u8" | "u16" | "u32" | "u64" | "i32" | "i64", text) => text.parse().ok().map(Value::Int),
        _ => None,
    };
    if let Some(value) = value {
        given.value = Outcome::One(value);
    }
}
