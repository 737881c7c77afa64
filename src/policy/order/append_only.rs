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
    match value {
        Value::List(items) => {
            for item in items {
                add(order, &plain_text(item, "")?, None, &mut ids);
            }
        }
        plain => {
            let text = plain_text(plain, "")?;
            let mut lines = text.lines().peekable();
            let column = lines.peek().and_then(|header| id_column(order, header));
            if column.is_some() {
                lines.next();
            }
            lines.for_each(|line| add(order, line, column, &mut ids));
        }
    }
    Some(ids)
}

/// Only a lost record makes a list weaker; one that joined changes nothing.
pub(super) fn compare(a: &BTreeSet<String>, b: &BTreeSet<String>) -> Comparison {
    if a.is_subset(b) { Comparison::Same } else { Comparison::Weaker }
}

fn add(order: &AppendOnly, record: &str, column: Option<(char, usize)>, ids: &mut BTreeSet<String>) {
    let record = record.trim();
    if record.is_empty() || order.comment.as_deref().is_some_and(|mark| !mark.is_empty() && record.starts_with(mark)) {
        return;
    }
    if let Ok(Json::Object(fields)) = serde_json::from_str(record) {
        let field = |name: &str| fields.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let released = order.release.as_ref().filter(|release| field(&release.field).is_some_and(|is| is == release.is));
        let id = released.and_then(|release| field(&release.names)).or_else(|| order.id.0.iter().find_map(|id| field(id)));
        ids.insert(normal(order, &id.unwrap_or_else(|| record.to_owned())));
        return;
    }
    let id = column.and_then(|(comma, at)| record.split(comma).nth(at)).unwrap_or(record);
    ids.insert(normal(order, id));
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
            "nfkc" => id.nfkc().collect(),
            _ => id,
        };
    }
    id
}
