//! Struct tags of Go that name variables and defaults: kong, envconfig, caarlos0/env, go-flags, koanf, mapstructure.

use tree_sitter::Node;

use super::super::Given;
use super::super::emit::span;
use super::super::environment::is_variable;
use super::Go;
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

impl<'n> Go<'_, '_, 'n> {
    /// A member of a struct whose tag says where its value comes from.
    pub(super) fn tagged(&mut self, node: Node<'n>, scope: ScopeId) {
        let (Some(name), Some(tag)) = (node.child_by_field_name("name"), node.child_by_field_name("tag")) else { return };
        if tag.kind() != "raw_string_literal" {
            return;
        }
        let start = tag.start_byte() + 1;
        let inner = self.code.of(tag).trim_matches('`');
        let parts = parts(inner);
        let find = |keys: &[&str]| parts.iter().find(|part| keys.contains(&part.key));
        let default = find(&["default", "envDefault", "env-default", "envdefault"]);
        // `env:"X,required"`, `env:"X,default=true"` (sethvargo), `env:"A,B"` (kong)
        let env = find(&["env", "envconfig", "envvar", "environment"]);
        let mut names: Vec<(Surface, Box<str>)> = vec![(Surface::Field, self.code.of(name).into())];
        names.extend(
            env.into_iter()
                .flat_map(|part| part.value.split(','))
                .map(str::trim)
                .filter(|name| is_variable(name))
                .map(|name| (Surface::Env, name.into())),
        );
        // `gorm:"not null;default:true"`
        let column = || find(&["gorm"]).and_then(|part| part.value.find("default:").map(|at| (part, at + "default:".len())));
        let within = env.and_then(|part| part.value.find("default=").map(|at| (part, at + "default=".len()))).or_else(column);
        if names.len() == 1 && default.is_none() && within.is_none() {
            return;
        }
        if let Some(other) = find(&["koanf", "mapstructure", "yaml", "json"]).and_then(|part| part.value.split(',').next())
            && !other.is_empty()
            && other != "-"
            && other != self.code.of(name)
        {
            names.push((Surface::Field, other.into()));
        }
        if let Some(flag) = find(&["long", "flag", "arg"]).or_else(|| find(&["name"]).filter(|_| find(&["help", "group"]).is_some())) {
            let flag = flag.value.split(',').next().unwrap_or("").trim_start_matches('-');
            names.extend((!flag.is_empty()).then(|| (Surface::Flag, format!("--{flag}").into())));
        } else if find(&["help"]).is_some() && find(&["arg", "cmd"]).is_none() {
            names.push((Surface::Flag, format!("--{}", kebab(self.code.of(name))).into()));
        }
        let kind = node.child_by_field_name("type").map_or("", |kind| self.code.of(kind)).trim_start_matches('*');
        let (text, value_span) = match (default, within) {
            (Some(part), _) => (Some(part.value), Span::new(start + part.at, start + part.at + part.value.len())),
            (None, Some((part, at))) => {
                let value = part.value.get(at..).and_then(|rest| rest.split(';').next()).unwrap_or("");
                (Some(value), Span::new(start + part.at + at, start + part.at + at + value.len()))
            }
            (None, None) => (None, Span::new(start + inner.len(), start + inner.len())),
        };
        let given = Given { span: value_span, value: typed(kind, text), ..Given::unread(value_span) };
        let mut setting = Setting::named(scope, Surface::Field, "", given.value, span(name), given.span);
        setting.names = names;
        self.code.add(setting);
    }
}

/// One `key:"value"` of a tag; `at` is where the value starts.
struct Part<'t> {
    key: &'t str,
    value: &'t str,
    at: usize,
}

fn parts(tag: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = tag.get(at..) {
        let Some(colon) = rest.find(":\"") else { break };
        let key = rest.get(..colon).unwrap_or("").trim();
        let start = at + colon + 2;
        let value = tag.get(start..).unwrap_or("");
        let mut escaped = false;
        let end = value.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let Some(end) = end else { break };
        found.push(Part { key, value: value.get(..end).unwrap_or(""), at: start });
        at = start + end + 1;
    }
    found
}

/// The default as the member's type has it.
fn typed(kind: &str, text: Option<&str>) -> Outcome {
    let Some(text) = text else {
        // a switch that nobody sets is off
        return Outcome::One(if kind == "bool" { Value::Bool(false) } else { Value::Null });
    };
    if text.contains("${") {
        return Outcome::Unread;
    }
    match kind {
        "bool" => match text {
            "true" | "1" | "t" | "T" | "TRUE" | "True" => Outcome::One(Value::Bool(true)),
            "false" | "0" | "f" | "F" | "FALSE" | "False" | "" => Outcome::One(Value::Bool(false)),
            _ => Outcome::text(text),
        },
        _ if kind.starts_with("[]") => {
            Outcome::One(Value::List(text.split(',').filter(|item| !item.is_empty()).map(Value::text).collect()))
        }
        _ if kind.starts_with("int") || kind.starts_with("uint") => {
            text.parse().map_or_else(|_| Outcome::text(text), |n| Outcome::One(Value::Int(n)))
        }
        _ => Outcome::text(text.replace("\\\"", "\"")),
    }
}

/// `AutoloadGalleries` as kong writes it on the command line: `autoload-galleries`.
fn kebab(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let next_small = chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        let starts = c.is_uppercase() && before.is_some_and(|before| !before.is_uppercase() || next_small);
        if starts && !out.is_empty() {
            out.push('-');
        }
        out.extend(c.to_lowercase());
    }
    out
}
