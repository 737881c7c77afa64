//! Fallbacks for members of something that holds settings: `options.verifySsl ?? true`, `config.host || "127.0.0.1"`.

use tree_sitter::Node;

use super::Walker;
use crate::read::code::emit::span;
use crate::read::code::named_children;
use crate::scope::ScopeId;
use crate::setting::Setting;

/// Words by which the name of what holds settings ends, in small letters.
const HOLDERS: &[&str] =
    &["config", "conf", "cfg", "configuration", "settings", "options", "opts", "params", "props", "args", "prefs", "preferences"];

/// Longest path that is looked up, in bytes.
const LONGEST: usize = 120;

/// Members that say whether the part that they belong to is on.
const SWITCHES: &[&str] = &["enabled", "enable", "disabled", "disable", "active"];

/// The last word of a chain, in small letters.
fn last_word(written: &str) -> String {
    written.rsplit(['.', '?', '_']).next().unwrap_or("").to_ascii_lowercase()
}

impl<'n> Walker<'_, '_, 'n> {
    /// Gives the member as a field, with its fallback, where nothing of the same name takes it.
    pub(super) fn falls_back(&mut self, node: Node<'n>, scope: ScopeId) {
        let field = |name| node.child_by_field_name(name);
        let operator = field("operator").map_or("", |operator| self.code.of(operator));
        let (Some(left), Some(right)) = (field("left"), field("right")) else { return };
        let literal = matches!(right.kind(), "true" | "false" | "string" | "number");
        if !matches!(operator, "??" | "||") || !literal || left.kind() != "member_expression" {
            return;
        }
        let (Some(object), Some(property)) = (left.child_by_field_name("object"), left.child_by_field_name("property")) else { return };
        let property_name = self.code.of(property);
        let taken = self.ancestors.last().and_then(|outer| outer.child_by_field_name("name").or_else(|| outer.child_by_field_name("key")));
        let taken = taken.map_or("", |taken| self.code.of(taken));
        let holds = |written: &str| HOLDERS.iter().any(|word| last_word(written).ends_with(word));
        let mut around = self.function_around(scope);
        if holds(self.code.of(object)) {
            if taken == property_name {
                return;
            }
        } else {
            // `options.telemetry?.enabled ?? true`: the switch of a part
            let part = object.child_by_field_name("property").map(|part| self.code.of(part));
            let outer = object.child_by_field_name("object").map_or("", |outer| self.code.of(outer));
            let Some(part) = part.filter(|_| SWITCHES.contains(&property_name) && holds(outer)) else { return };
            if taken.to_ascii_lowercase().contains(&part.to_ascii_lowercase()) {
                return;
            }
            let given = self.value(right, 0);
            around = self.code.mapping(around, part, object);
            let setting = Setting::keyed(around, property_name, given.value, span(property), given.span).with_mark(given.mark);
            self.code.add(setting);
            return;
        }
        let given = self.value(right, 0);
        self.code.field(around, property_name, span(property), &given);
    }

    /// Gives what is looked up by a path of its own, `getConfiguration("x").get("telemetry.enabled", true)`, where the name that takes it
    /// says nothing of it.
    pub(super) fn looks_up(&mut self, node: Node<'n>, scope: ScopeId) {
        let Some(function) = node.child_by_field_name("function").filter(|function| function.kind() == "member_expression") else { return };
        let field = |name| function.child_by_field_name(name).map(|part| self.code.of(part));
        let (Some("get"), Some(object)) = (field("property"), field("object")) else { return };
        let receiver = object.split('(').next().unwrap_or(object);
        let mut arguments = node.child_by_field_name("arguments").into_iter().flat_map(named_children);
        let (Some(path), Some(fallback), None) = (arguments.next(), arguments.next(), arguments.next()) else { return };
        let literal = matches!(fallback.kind(), "true" | "false" | "string" | "number");
        let Some(text) = self.text(path).filter(|text| literal && text.len() <= LONGEST && text.contains('.')) else { return };
        let plain = text.split('.').all(|step| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        if !plain || !HOLDERS.iter().any(|word| last_word(receiver).ends_with(word)) {
            return;
        }
        let taken = self.ancestors.last().and_then(|outer| outer.child_by_field_name("name").or_else(|| outer.child_by_field_name("key")));
        let taken = taken.map_or(String::new(), |taken| self.code.of(taken).to_ascii_lowercase());
        if taken.len() > 2 && text.replace('.', "").to_ascii_lowercase().contains(&taken) {
            return;
        }
        let Some((outer, last)) = text.rsplit_once('.') else { return };
        let around = self.function_around(scope);
        let place = outer.split('.').fold(around, |place, step| self.code.mapping(place, step, path));
        let given = self.value(fallback, 0);
        self.code.add(Setting::keyed(place, last, given.value, span(path), given.span).with_mark(given.mark));
    }
}
