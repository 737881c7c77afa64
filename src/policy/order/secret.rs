//! `secret`: a value that must be set beats a reference, a reference beats a literal, and a literal that nobody knows beats
//! one that stands in the documentation.

use super::text_pattern::{Case, any_matches};
use super::{Rank, Ranked, plain_text};
use crate::policy::file::SecretOrder;
use crate::value::{Mark, Value};

/// The rungs, safest first.
pub(super) const RUNGS: [&str; 4] = ["required", "reference", "literal", "known"];
const REQUIRED: u16 = 0;
const REFERENCE: u16 = 1;
const LITERAL: u16 = 2;
/// The weakest rung.
pub(super) const KNOWN: u16 = 3;

/// What the kind of expression alone tells.
pub(super) fn rung_of_mark(mark: Mark) -> Option<u16> {
    match mark {
        Mark::Required => Some(REQUIRED),
        Mark::Reference => Some(REFERENCE),
        Mark::Plain => None,
    }
}

/// The rung of a literal; of a list, of its weakest item.
pub(super) fn rank(order: &SecretOrder, value: &Value, raw: &str) -> Ranked {
    if let Value::List(items) = value {
        let mut worst = None;
        for item in items {
            match rank(order, item, "") {
                Ranked::Rank(Rank::Rung(rung)) => worst = worst.max(Some(rung)),
                Ranked::NotWritten => {}
                unread => return unread,
            }
        }
        return worst.map_or(Ranked::NotWritten, |rung| Ranked::Rank(Rank::Rung(rung)));
    }
    let Some(text) = plain_text(value, raw) else { return Ranked::Unread };
    let text = text.trim();
    if text.is_empty() {
        return Ranked::NotWritten;
    }
    Ranked::Rank(Rank::Rung(match interpolation(text) {
        Some(rung) => rung,
        None if any_matches(&order.known.0, text, Case::Any) => KNOWN,
        None => LITERAL,
    }))
}

/// `${X:?message}` and `${X}` that a reader left as text.
fn interpolation(text: &str) -> Option<u16> {
    let inner = text.strip_prefix("${")?.strip_suffix('}')?;
    let name_end = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inner.len());
    let (name, rest) = inner.split_at_checked(name_end)?;
    match rest {
        _ if name.is_empty() => None,
        "" => Some(REFERENCE),
        rest if rest.starts_with(":?") || rest.starts_with('?') => Some(REQUIRED),
        _ => None,
    }
}
