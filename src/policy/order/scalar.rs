//! The text of a value, and the weakest rung among a list's texts.

use std::borrow::Cow;

use super::Rank;
use crate::value::Value;

/// The weakest rung among a list's items, or the one of a plain value. `None` when one has no rung, or there is none.
pub(super) fn weakest_item(value: &Value, raw: &str, rung: impl Fn(&str) -> Option<u16>) -> Option<Rank> {
    let rung = match value {
        Value::List(items) => items
            .iter()
            .map(|item| plain_text(item, "").and_then(|text| rung(&text)))
            .try_fold(None, |worst: Option<u16>, rung| Some(worst.max(Some(rung?))))??,
        plain => rung(&plain_text(plain, raw)?)?,
    };
    Some(Rank::Rung(rung))
}

/// The text of a value that is not a list or a mapping. A number keeps its written form (`1.10` is not `1.1` to a version).
pub(super) fn plain_text<'a>(value: &'a Value, raw: &'a str) -> Option<Cow<'a, str>> {
    let written =
        |number: f64| raw.trim().parse::<f64>().is_ok_and(|read| read.to_bits() == number.to_bits()).then(|| Cow::from(raw.trim()));
    match value {
        Value::Text(text) => Some(Cow::from(&**text)),
        Value::Bool(true) => Some(Cow::from("true")),
        Value::Bool(false) => Some(Cow::from("false")),
        #[allow(clippy::cast_precision_loss, reason = "only to see whether the source text is this number")]
        Value::Int(number) => Some(written(*number as f64).unwrap_or_else(|| Cow::from(number.to_string()))),
        Value::Float(number) => Some(written(*number).unwrap_or_else(|| Cow::from(number.to_string()))),
        Value::Null | Value::List(_) | Value::Map => None,
    }
}
