//! `frozen`: any other value is incomparable. Two spellings of one number are the same value.

use super::plain_text;
use crate::value::Value;

/// The text that must stay.
pub(super) fn rank(value: &Value, raw: &str) -> Option<String> {
    if let Value::List(items) = value {
        let items: Option<Vec<_>> = items.iter().map(|item| plain_text(item, "").map(|text| canonical(&text))).collect();
        return items.map(|items| format!("[{}]", items.join(", ")));
    }
    plain_text(value, raw).map(|text| canonical(&text))
}

/// Numbers in one spelling, unless digits would be lost.
fn canonical(text: &str) -> String {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() && number.abs() < 1e15 && text.len() <= 16 => (number + 0.0).to_string(),
        _ => text.to_owned(),
    }
}
