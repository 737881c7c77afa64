//! Shell scripts: what they set when nobody sets anything, what they run with which flags, and the files they write.

mod commands;
mod heredocs;
mod values;

use tree_sitter::Node;

use super::{Ancestors, Code, Language, environment, named_children, walk};
use crate::read::text::command::written;
use crate::reading::{Kind, Reading};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::Outcome;

/// The shells whose scripts the grammar of Bash understands.
pub static SHELL: Language =
    Language { name: "shell", ends: &[".sh", ".bash", ".zsh"], grammar: |_| tree_sitter_bash::LANGUAGE.into(), read };

/// Scripts without an ending.
const NAMES: &[&str] = &["entrypoint", "docker-entrypoint", "start", "run", "launch", "install", "pre-push", "pre-commit"];

/// Whether the path is a shell script by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    super::claims(&SHELL, path) || NAMES.contains(&path.rsplit('/').next().unwrap_or(path))
}

/// Reads a script. One whose name says little is read when its first line names a shell.
#[must_use]
pub fn read_script(path: &str, text: &str) -> Reading {
    // husky runs its hooks by a shell whatever their first line says
    if super::claims(&SHELL, path) || path.contains(".husky/") || names_a_shell(text) {
        let mut reading = super::read(&SHELL, path, text);
        crate::read::lens::gate::in_script(path, text, &mut reading, None);
        reading
    } else {
        Reading::new(Kind(SHELL.name), text.len())
    }
}

/// `#!/bin/sh`, `#!/usr/bin/env bash`, `#!/usr/bin/with-contenv bash`.
fn names_a_shell(text: &str) -> bool {
    let first = text.trim_start_matches('\u{feff}').lines().next().unwrap_or("");
    let mut words = first.strip_prefix("#!").unwrap_or("").split(['/', ' ', '\t']);
    words.any(|word| matches!(word, "sh" | "bash" | "zsh" | "dash" | "ash" | "ksh" | "with-contenv"))
}

fn read(root: Node, code: &mut Code) {
    let mut ancestors = Ancestors::default();
    walk(root, &code.clock.clone(), |node, scope| {
        let around = ancestors.around(node);
        if node.kind() == "variable_assignment" {
            values::remember(node, around, code);
        }
        scope
    });
    let mut assigned = values::Assigned::default();
    let mut ancestors = Ancestors::default();
    walk(root, &code.clock.clone(), |node, scope| enter(node, ancestors.around(node), scope, code, &mut assigned));
    assigned.finish(code);
    values::put_in(code);
    let text = code.text;
    written::printed_in_script(text, ScopeId::ROOT, code.reading());
}

fn enter(node: Node, around: &[Node], scope: ScopeId, code: &mut Code, assigned: &mut values::Assigned) -> ScopeId {
    match node.kind() {
        "function_definition" => {
            let Some(name) = node.child_by_field_name("name") else { return scope };
            code.function(scope, code.of(name), node)
        }
        "variable_assignment" => {
            assigned.assignment(node, around, scope, code);
            scope
        }
        "declaration_command" => {
            assigned.exported(node, around, scope, code);
            scope
        }
        "expansion" => {
            values::fallback(node, around, code);
            scope
        }
        "command" => commands::command(node, around, scope, code),
        "redirected_statement" => {
            heredocs::read(node, scope, code);
            scope
        }
        "word" if !code.of(node).is_ascii() => {
            disguised(node, scope, code);
            scope
        }
        _ => scope,
    }
}

/// `ТELEMETRY=0` with a letter of another script: to a shell that is a word and no assignment, to a reader it looks like one.
fn disguised(node: Node, scope: ScopeId, code: &mut Code) {
    let Some((name, value)) = code.of(node).split_once('=').filter(|(name, _)| environment::is_variable(name)) else { return };
    let (from, to) = (node.start_byte(), node.end_byte());
    let (name_span, value_span) = (Span::new(from, from + name.len()), Span::new(to - value.len(), to));
    let outcome = Outcome::text(value);
    code.add(Setting::named(scope, Surface::Env, name, outcome, name_span, value_span));
}

#[cfg(test)]
mod tests;
