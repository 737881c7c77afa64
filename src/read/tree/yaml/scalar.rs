//! What a YAML scalar's text means: the types of YAML 1.2's core schema, and the words on which YAML 1.1 disagrees.

use crate::value::Value;

/// A plain scalar's value under YAML 1.2's core schema (section 10.3.2). `.nan` stays text: it would differ from itself.
#[must_use]
pub fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).unwrap_or_else(|| Value::text(text)),
    }
}

/// The YAML 1.1 reading of the words that YAML 1.2 reads as text.
#[must_use]
pub fn yaml11(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// A number in the core schema's spelling; a whole number beyond 64 bits is a float.
#[must_use]
pub fn number(text: &str) -> Option<Value> {
    let first = text.bytes().next()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return None;
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().map(Value::Int).ok().or_else(|| text.parse().map(Value::Float).ok());
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Some(Value::Float(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }));
    }
    float(text, unsigned)
}

fn radix(digits: &str, radix: u32) -> Option<Value> {
    // from_str_radix would accept a sign
    (!digits.is_empty() && digits.chars().all(|c| c.is_digit(radix)))
        .then(|| i64::from_str_radix(digits, radix).map(Value::Int).ok())
        .flatten()
}

fn float(text: &str, unsigned: &str) -> Option<Value> {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_fits = digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent_fits = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && digits(e)
    });
    (mantissa_fits && exponent_fits).then(|| text.parse().ok().map(Value::Float)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_schema_types_plain_text() {
        for (text, value) in [
            ("", Value::Null),
            ("~", Value::Null),
            ("TRUE", Value::Bool(true)),
            ("tRue", Value::text("tRue")),
            ("017", Value::Int(17)),
            ("-3", Value::Int(-3)),
            ("0x1F", Value::Int(31)),
            ("0o17", Value::Int(15)),
            ("0x", Value::text("0x")),
            ("0x+1", Value::text("0x+1")),
            (".5", Value::Float(0.5)),
            ("1.", Value::Float(1.0)),
            ("1e3", Value::Float(1000.0)),
            ("1.2.3", Value::text("1.2.3")),
            ("-", Value::text("-")),
            (".", Value::text(".")),
            ("e3", Value::text("e3")),
            ("1_000", Value::text("1_000")),
            ("0:80", Value::text("0:80")),
            ("+.inf", Value::Float(f64::INFINITY)),
            (".nan", Value::text(".nan")),
            ("99999999999999999999", Value::Float(99_999_999_999_999_999_999.0)),
        ] {
            assert_eq!(plain(text), value, "{text:?}");
        }
    }

    #[test]
    fn yaml_1_1_words_have_a_second_reading() {
        assert_eq!(yaml11("Yes"), Some(true));
        assert_eq!(yaml11("OFF"), Some(false));
        assert_eq!(yaml11("oFF"), None);
    }
}
