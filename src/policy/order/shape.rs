//! `shape`: patterns, safest first; a value has the rung of the first one that fits.

use super::text_pattern::{Case, any_matches};
use super::{Ranked, plain_text, rung};
use crate::policy::file::Shape;
use crate::value::Value;

/// The pattern that takes what fits no other.
pub(super) const OTHERWISE: &str = "otherwise";

/// The rung of a text; of a list, of its weakest item. Empty text has a rung only where a pattern fits it.
pub(super) fn rank(shapes: &[Shape], value: &Value, raw: &str) -> Ranked {
    let Value::List(items) = value else {
        let Some(text) = plain_text(value, raw) else { return Ranked::Unread };
        return match position(shapes, &text) {
            Some(position) => Ranked::or_unread(rung(position)),
            None if text.is_empty() => Ranked::NotWritten,
            None => Ranked::Unread,
        };
    };
    let mut worst = None;
    for item in items {
        match plain_text(item, "").and_then(|text| position(shapes, &text)) {
            Some(position) => worst = worst.max(Some(position)),
            None => return Ranked::Unread,
        }
    }
    worst.map_or(Ranked::NotWritten, |position| Ranked::or_unread(rung(position)))
}

/// The rung of a text with references, when the first pattern that fits is one that names them (`\$`).
pub(super) fn rank_reference(shapes: &[Shape], raw: &str) -> Ranked {
    let text = raw.trim_matches(['"', '\'', ' ']);
    let names = |position: &usize| shapes.get(*position).is_some_and(|shape| shape.like.0.iter().any(|like| like.contains("\\$")));
    let found = text.contains('$').then(|| position(shapes, text)).flatten().filter(names);
    found.map_or(Ranked::Unread, |position| Ranked::or_unread(rung(position)))
}

fn position(shapes: &[Shape], text: &str) -> Option<usize> {
    let is_otherwise = |shape: &Shape| shape.like.0.iter().any(|like| like == OTHERWISE);
    let fits = |shape: &Shape| any_matches(shape.like.0.iter().filter(|like| *like != OTHERWISE), text, Case::Exact);
    shapes.iter().position(fits).or_else(|| if text.is_empty() { None } else { shapes.iter().position(is_otherwise) })
}
