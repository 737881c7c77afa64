//! Texts in Python: prefixes, escapes, texts side by side, and templates of which every part is known.

use tree_sitter::Node;

use super::values::{self, DEPTH};
use crate::read::code::emit::span;
use crate::read::code::{Code, named_children};
use crate::span::Span;

/// The text of a string node, or of several side by side; nothing where a part of it is open.
pub fn text(code: &Code, node: Node, depth: usize) -> Option<String> {
    if depth > DEPTH || code.clock.late() {
        return None;
    }
    if node.kind() == "concatenated_string" {
        return named_children(node).map(|part| text(code, part, depth + 1)).collect();
    }
    let mut raw = false;
    let mut template = false;
    let mut all = String::new();
    for part in named_children(node) {
        match part.kind() {
            "string_start" => {
                let prefix = code.of(part);
                raw = prefix.contains(['r', 'R']);
                template = prefix.contains(['f', 'F', 't', 'T']);
            }
            "string_content" if raw => all.push_str(code.of(part)),
            "string_content" => unescape(code.of(part), template, &mut all),
            "interpolation" => {
                let inner = part.child_by_field_name("expression")?;
                let plain = part.child_by_field_name("format_specifier").is_none() && part.child_by_field_name("type_conversion").is_none();
                let given = values::of(code, inner, depth + 1);
                match given.value {
                    crate::value::Outcome::One(value) if plain && given.read.is_none() => all.push_str(&value.display()),
                    _ => return None,
                }
            }
            _ => {}
        }
    }
    Some(all)
}

/// The bytes between the quotes of a string that has one piece; the whole node otherwise.
pub fn inside(node: Node) -> Span {
    let mut contents = named_children(node).filter(|part| part.kind() == "string_content");
    match (contents.next(), contents.next()) {
        (Some(content), None) if node.kind() == "string" => span(content),
        _ => span(node),
    }
}

fn unescape(written: &str, template: bool, to: &mut String) {
    let mut chars = written.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if template => {
                chars.next_if_eq(&c);
                to.push(c);
            }
            '\\' => match chars.next() {
                Some('n') => to.push('\n'),
                Some('t') => to.push('\t'),
                Some('r') => to.push('\r'),
                Some('0') => to.push('\0'),
                Some('\n') => {}
                Some('\r') => {
                    chars.next_if_eq(&'\n');
                }
                Some('x') => coded(&mut chars, 2, to),
                Some('u') => coded(&mut chars, 4, to),
                Some('U') => coded(&mut chars, 8, to),
                Some(c @ ('\\' | '\'' | '"')) => to.push(c),
                Some(other) => to.extend(['\\', other]),
                None => to.push('\\'),
            },
            _ => to.push(c),
        }
    }
}

/// A character given by the hexadecimal digits that follow.
fn coded(chars: &mut std::iter::Peekable<std::str::Chars>, digits: usize, to: &mut String) {
    let mut code = 0;
    for _ in 0..digits {
        let Some(digit) = chars.peek().and_then(|c| c.to_digit(16)) else { break };
        code = code * 16 + digit;
        chars.next();
    }
    to.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
}
