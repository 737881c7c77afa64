//! Fallbacks for members of something that holds settings: `options.verifySsl ?? true`, `config.host || "127.0.0.1"`.

use tree_sitter::Node;

use super::Walker;
use crate::read::code::emit::span;
use crate::scope::ScopeId;

/// Words by which the name of what holds settings ends, in small letters.
const HOLDERS: &[&str] =
    &["config", "conf", "cfg", "configuration", "settings", "options", "opts", "params", "props", "args", "prefs", "preferences"];

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
        let owner = self.code.of(object).rsplit(['.', '?', '_']).next().unwrap_or("").to_ascii_lowercase();
        if !HOLDERS.iter().any(|word| owner.ends_with(word)) {
            return;
        }
        let name = self.code.of(property);
        let taken = self.ancestors.last().and_then(|outer| outer.child_by_field_name("name").or_else(|| outer.child_by_field_name("key")));
        if taken.is_some_and(|taken| self.code.of(taken) == name) {
            return;
        }
        let given = self.value(right, 0);
        let around = self.function_around(scope);
        self.code.field(around, name, span(property), &given);
    }
}
