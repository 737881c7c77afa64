//! Files that a script writes with a heredoc: read by the reader of their name, else line by line for variables.

use tree_sitter::Node;

use super::named_children;
use crate::read::code::Code;
use crate::read::code::environment::is_variable;
use crate::read::text::command::written::{self, Target, target};
use crate::read::text::command::{self, split};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::OffsetMap;

/// Reads the heredocs of a statement.
pub(super) fn read(node: Node, scope: ScopeId, code: &mut Code) {
    for heredoc in named_children(node).filter(|child| child.kind() == "heredoc_redirect") {
        let Some(body) = named_children(heredoc).find(|child| child.kind() == "heredoc_body") else { continue };
        let head = code.text.get(node.start_byte()..body.start_byte()).unwrap_or("");
        content(body, target(head), scope, code);
    }
}

fn content(body: Node, target: Target, scope: ScopeId, code: &mut Code) {
    let (start, text) = (body.start_byte(), code.of(body));
    let from = code.reading().settings.len();
    match target {
        Target::Shell => command::script(text, start, scope, code.reading()),
        Target::Other | Target::File(_) if text.starts_with("#!") => command::script(text, start, scope, code.reading()),
        Target::File(name) => {
            let read = written::file(&name, text, &OffsetMap::shifted(start), scope, code.reading());
            match name.rsplit('/').next() {
                _ if read => {}
                Some(name) if super::claims(name) => command::script(text, start, scope, code.reading()),
                _ => lines(text, start, scope, code),
            }
        }
        Target::Other => lines(text, start, scope, code),
    }
    let whole = code.text;
    for setting in code.reading().settings.iter_mut().skip(from) {
        setting.raw = setting.value_span.of(whole).into();
    }
}

/// `NAME=value`, `export NAME=value`, and systemd's `Environment="NAME=value"`.
fn lines(text: &str, start: usize, scope: ScopeId, code: &mut Code) {
    for (at, line) in crate::read::text::lines(text) {
        let content = line.trim_start();
        let mut from = line.len() - content.len();
        for before in ["export ", "Environment="] {
            from += if line.get(from..).is_some_and(|rest| rest.starts_with(before)) { before.len() } else { 0 };
        }
        let words = split(line.get(from..).unwrap_or(""), start + at + from);
        let Some(word) = words.first() else { continue };
        let Some(length) = word.text.find('=').filter(|length| word.text.get(..*length).is_some_and(is_variable)) else { continue };
        let (name, value) = (word.part(0, length), word.part(length + 1, word.text.len()));
        let resolved = super::values::resolved(&value, code);
        code.add(Setting::named(scope, Surface::Env, name.text, resolved.value, name.span, value.span).with_mark(resolved.mark));
    }
}
