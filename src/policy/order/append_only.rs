//! `append_only`: records may join; one leaves only by a release record.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use unicode_normalization::UnicodeNormalization;

use super::{Comparison, plain_text};
use crate::policy::file::AppendOnly;
use crate::value::Value;

/// The ids of the records of a list, or of a text's lines. Released ids are kept too: a record that was let go may be missing.
pub(super) fn rank(order: &AppendOnly, value: &Value) -> Option<BTreeSet<String>> {
    let mut ids = BTreeSet::new();
    let plain;
    let lines: Vec<std::borrow::Cow<str>> = match value {
        Value::List(items) => items.iter().map(|item| plain_text(item, "")).collect::<Option<_>>()?,
        text => {
            plain = plain_text(text, "")?;
            plain.lines().map(std::borrow::Cow::Borrowed).collect()
        }
    };
    let column = lines.first().and_then(|header| id_column(order, header));
    for line in lines.iter().skip(usize::from(column.is_some())) {
        ids.extend(id(order, line, column));
    }
    Some(ids)
}

/// The first record of a list that the other list lacks: its place among the items.
pub(super) fn first_lost(order: &AppendOnly, value: &Value, other: &BTreeSet<String>) -> Option<usize> {
    let Value::List(items) = value else { return None };
    let column = items.first().and_then(|header| id_column(order, &plain_text(header, "")?));
    let skip = usize::from(column.is_some());
    items
        .iter()
        .skip(skip)
        .position(|item| plain_text(item, "").and_then(|line| id(order, &line, column)).is_some_and(|id| !other.contains(&id)))
        .map(|at| at + skip)
}

/// How many entries one side has, and some of those that only one of them has.
pub(super) fn told(own: &BTreeSet<String>, other: &BTreeSet<String>) -> String {
    let some = |ids: Vec<&String>| {
        let shown: Vec<String> = ids.iter().take(5).map(|id| crate::data::masked_text(&shortened(id))).collect();
        let more = ids.len().saturating_sub(shown.len());
        if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
    };
    let count = format!("{} {}", own.len(), if own.len() == 1 { "entry" } else { "entries" });
    let (kept, lost): (Vec<&String>, Vec<&String>) = (own.difference(other).collect(), other.difference(own).collect());
    // what only joined is of no interest
    match (kept.is_empty(), lost.is_empty()) {
        (false, true) => format!("{count}, with {}", some(kept)),
        (_, false) => format!("{count}, without {}", some(lost)),
        (true, true) => count,
    }
}

fn shortened(id: &str) -> String {
    if id.chars().count() <= 60 { id.to_owned() } else { format!("{}…", id.chars().take(59).collect::<String>()) }
}

/// Only a lost record makes a list weaker; one that joined changes nothing.
pub(super) fn compare(a: &BTreeSet<String>, b: &BTreeSet<String>) -> Comparison {
    if a.is_subset(b) { Comparison::Same } else { Comparison::Weaker }
}

fn id(order: &AppendOnly, record: &str, column: Option<(char, usize)>) -> Option<String> {
    let record = record.trim();
    if record.is_empty() || order.comment.as_deref().is_some_and(|mark| !mark.is_empty() && record.starts_with(mark)) {
        return None;
    }
    if record.starts_with('{')
        && let Ok(Json::Object(fields)) = serde_json::from_str(record)
    {
        let field = |name: &str| fields.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let released = order.release.as_ref().filter(|release| field(&release.field).is_some_and(|is| is == release.is));
        let id = released.and_then(|release| field(&release.names)).or_else(|| order.id.0.iter().find_map(|id| field(id)));
        return Some(normal(order, &id.unwrap_or_else(|| record.to_owned())));
    }
    let id = match column {
        Some((comma, at)) => cell(record, comma, at).unwrap_or(record),
        None => digest(record).unwrap_or(record),
    };
    Some(normal(order, id))
}

/// One cell of a row; a separator in quotes separates nothing.
fn cell(row: &str, comma: char, at: usize) -> Option<&str> {
    let mut quoted = false;
    row.split(|c| {
        quoted ^= c == '"';
        c == comma && !quoted
    })
    .nth(at)
}

/// The digest of a line of `sha256sum`: the file's name says nothing about what is left out.
fn digest(line: &str) -> Option<&str> {
    let (digest, name) = line.split_once([' ', '\t'])?;
    let hex = digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    (hex && matches!(digest.len(), 32 | 40 | 64 | 96 | 128) && !name.trim().is_empty()).then_some(digest)
}

/// The separator and the column of the first id that a table's header names.
fn id_column(order: &AppendOnly, header: &str) -> Option<(char, usize)> {
    let comma = [',', '\t', ';'].into_iter().find(|comma| header.contains(*comma))?;
    let names: Vec<&str> = header.split(comma).map(|name| name.trim().trim_matches('"')).collect();
    order.id.0.iter().find_map(|id| names.iter().position(|name| name == id)).map(|at| (comma, at))
}

fn normal(order: &AppendOnly, id: &str) -> String {
    let mut id = id.trim_matches('"').to_owned();
    for step in &order.same.0 {
        id = match step.as_str() {
            "trim" => id.trim().to_owned(),
            "lowercase" => id.to_lowercase(),
            // hyphens that look alike are one
            "nfkc" => id.nfkc().map(|c| if matches!(c, '\u{2010}'..='\u{2015}') { '-' } else { c }).collect(),
            _ => id,
        };
    }
    id
}
