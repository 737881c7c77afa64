//! Dockerfiles: what the shipped image and its build stages set, run and are built from.

mod lex;
mod stages;

use crate::reading::{Kind, Problem, Reading};
use crate::span::Span;

/// The word of `in:`.
pub const KIND: Kind = Kind("dockerfile");

/// How many lines that are no instruction are named one by one.
const NAMED: usize = 16;

/// Whether the path is a Dockerfile by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let foreign = [".dockerignore", ".md", ".sh", ".py", ".yml", ".yaml", ".json"].iter().any(|end| name.ends_with(end));
    let named = ["dockerfile", "containerfile"].iter().any(|stem| {
        name.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
            || name.strip_suffix(stem).is_some_and(|rest| rest.ends_with(['.', '-', '_']))
    });
    named && !foreign
}

/// Reads a Dockerfile.
#[must_use]
pub fn read(_path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(KIND, text.len());
    let lexed = lex::lex(text);
    let mut unknown: Vec<Span> = Vec::new();
    let mut builder = stages::Builder::new(text, lexed.escape, &mut reading);
    for instruction in &lexed.instructions {
        if !builder.instruction(instruction) {
            unknown.push(instruction.span);
        }
    }
    builder.finish();
    reading.templated = text.contains("{{") || text.contains("{%");
    for span in unknown.iter().filter(|span| !span.of(text).starts_with('{')).take(NAMED) {
        let message = format!("`{}` is no Dockerfile instruction; the line is passed over", short(span.of(text)));
        reading.problems.push(Problem { span: Some(*span), message, fatal: false });
    }
    if let Some(span) = lexed.open_heredoc {
        reading.problems.push(Problem { span: Some(span), message: "this heredoc is never closed".into(), fatal: false });
    }
    for setting in &mut reading.settings {
        setting.raw = setting.value_span.of(text).into();
    }
    reading.settings.sort_by_key(|setting| setting.name_span.start);
    reading
}

fn short(word: &str) -> String {
    word.chars().take(40).collect()
}

#[cfg(test)]
mod tests;
