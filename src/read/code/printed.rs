//! What programs write to their logs: for each call of a logger the values that it prints, by their paths (`request.headers`), with
//! the level as the setting's value. One setting a file and path, at the loudest level.

mod calls;
mod labels;
mod paths;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use tree_sitter::Node;

use super::emit::span;
use super::{Code, walk};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::Outcome;

pub use paths::chains_of_line;

/// Values that one call may print.
const MOST: usize = 24;

/// Gives what all calls of loggers print. They belong to the file: who moves a line from one function to another changes nothing.
pub fn read(root: Node, code: &mut Code) {
    let shown = calls::shown_to_the_user_only(code.path, code.text);
    let mut found: HashMap<String, (calls::Level, Span)> = HashMap::new();
    let mut order: Vec<String> = Vec::new();
    walk(root, &code.clock.clone(), |node, scope| {
        if let Some((level, printed)) = calls::printed(node, code, shown) {
            for (path, place) in printed.into_iter().take(MOST) {
                let known = found.entry(path.clone()).or_insert_with(|| {
                    order.push(path);
                    (level, place)
                });
                if level > known.0 {
                    *known = (level, place);
                }
            }
        }
        scope
    });
    for path in order {
        if let Some((level, place)) = found.get(&path) {
            let value = Outcome::text(level.word());
            code.add(Setting::named(ScopeId::ROOT, Surface::Printed, path, value, *place, *place));
        }
    }
}

/// A node's bytes; kept here so that both halves name places alike.
fn place(node: Node) -> Span {
    span(node)
}
