//! YAML text to a tree: anchors stay edges, merge keys and duplicates are resolved, template actions are read around.

use crate::read::tree::template::{self, Masked};
use crate::read::tree::{NodeId, Tree};
use crate::reading::Problem;
use crate::span::Span;

mod build;
pub mod scalar;
mod schemas;
#[cfg(test)]
mod tests;

/// How deep collections may nest, aliases followed.
pub const DEPTH: usize = 128;
/// How many nodes one file may have.
pub const NODES: usize = 200_000;
/// How many broken documents of one file are skipped before the rest is given up.
const BROKEN: usize = 100;

/// Parses a file. A text with template actions that is no YAML as it stands is read around them.
#[must_use]
pub fn parse(text: &str) -> Tree {
    if !template::suspected(&schemas::blank(text)) {
        return plain(text).0;
    }
    let (tree, action) = plain(text);
    if action || tree.problems.iter().any(|problem| problem.fatal) { parse_template(text) } else { tree }
}

/// Parses the file at a path: what lies below a folder `templates` is a template whether or not it is YAML as it stands.
#[must_use]
pub fn parse_at(path: &str, text: &str) -> Tree {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    if folders.split('/').any(|folder| folder == "templates") { parse_template(text) } else { parse(text) }
}

/// Parses a file that is known to be a template, such as one below a chart's `templates/`.
#[must_use]
pub fn parse_template(text: &str) -> Tree {
    let (source, base) = without_mark(text);
    let masked = template::mask(&schemas::blank(source));
    if masked.actions.is_empty() {
        return plain(text).0;
    }
    let mut tree = run(&masked.text, source, base, Some(&masked)).0;
    tree.templated = true;
    tree
}

/// Parses the text as it stands; also says whether a flow mapping turned out to be a template action.
fn plain(text: &str) -> (Tree, bool) {
    let (source, base) = without_mark(text);
    run(&schemas::blank(source), source, base, None)
}

/// The text behind a byte order mark, and how many bytes that one takes.
pub(super) fn without_mark(text: &str) -> (&str, usize) {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest, text.len() - rest.len()),
        None => (text, 0),
    }
}

fn run(parsed: &str, source: &str, base: usize, masked: Option<&Masked>) -> (Tree, bool) {
    let mut options = granit_parser::Options::default();
    options.emit_unresolved_aliases = true;
    options.set_emit_comments(false);
    options.block_nesting_limit = DEPTH;
    options.flow_nesting_limit = DEPTH;
    let mut parser = granit_parser::Parser::new_from_str_with_options(parsed, options);
    let mut builder = build::Builder::new(parsed, source, base, masked);
    let mut broken = 0;
    while let Some(step) = parser.next_event() {
        let problem = match step {
            Ok((event, span)) => match builder.event(event, &span) {
                Ok(()) => continue,
                Err(problem) => problem,
            },
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(0).min(parsed.len());
                Problem { span: Some(place(parsed, at, base)), message: error.info(), fatal: true }
            }
        };
        broken += 1;
        builder.abandon(problem);
        if broken == BROKEN || builder.full() || !matches!(parser.proceed_next_document(), Ok(true)) {
            break;
        }
    }
    builder.finish()
}

/// The character at an offset, or the empty end.
fn place(text: &str, at: usize, base: usize) -> Span {
    let length = text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| !matches!(c, '\n' | '\r')).map_or(0, char::len_utf8);
    Span::new(base + at, base + at + length)
}

/// A node with what only the builder knows of it.
#[derive(Clone, Copy, Debug)]
struct Built {
    id: NodeId,
    /// Levels below and including it, aliases followed.
    height: usize,
}
