//! Lookups with a fallback in something that holds settings: `config.get("verify_ssl", True)`, `config.setdefault("origins", ["*"])`, `getattr(settings, "redact", True)`.

use tree_sitter::Node;

use super::arguments::Arguments;
use super::{Python, strings, values};
use crate::read::code::emit::span;
use crate::scope::ScopeId;

/// Words by which the name of what holds settings ends.
pub const HOLDERS: &[&str] =
    &["config", "configs", "conf", "cfg", "configuration", "settings", "options", "opts", "kwargs", "args", "params", "prefs"];

/// Longest name that is looked up.
const LONGEST: usize = 60;

impl<'n> Python<'n, '_, '_> {
    /// Gives the name that is looked up as a field, with its fallback.
    pub fn lookup(&mut self, scope: ScopeId, callee: &str, function: Node<'n>, arguments: &Arguments<'n>) {
        let (holder, key, fallback) = match (callee.rsplit('.').next(), arguments.positional.as_slice()) {
            (Some("get" | "pop" | "setdefault"), [key, fallback]) => (function.child_by_field_name("object"), *key, *fallback),
            (Some("getattr"), [holder, key, fallback]) => (Some(*holder), *key, *fallback),
            _ => return,
        };
        let Some(holder) = holder.and_then(|holder| values::chain(self.code, holder)) else { return };
        let last = holder.rsplit(['.', '_']).next().unwrap_or(&holder).to_ascii_lowercase();
        if key.kind() != "string" {
            return;
        }
        let Some(name) = strings::text(self.code, key, 0) else { return };
        // `redact = given.pop("redact", True)`: who keeps what is looked up under its own name holds settings
        let kept = || {
            let taker = function.parent().and_then(|call| call.parent()).filter(|taker| taker.kind() == "assignment");
            taker.and_then(|taker| taker.child_by_field_name("left")).is_some_and(|left| self.code.of(left) == name)
        };
        if !HOLDERS.contains(&last.as_str()) && !kept() {
            return;
        }
        let plain = name.len() <= LONGEST && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        // a list that goes into what holds settings is one of them; one that is only taken out is most often empty
        let listed = fallback.kind() == "list" && callee.ends_with(".setdefault");
        if plain && (listed || matches!(fallback.kind(), "true" | "false" | "string" | "integer" | "float")) {
            self.field(scope, &name, span(key), fallback);
        }
    }
}
