//! `number`: numbers, durations, sizes and shares, with values that mean "for ever" or "never" looked up before units.

use super::ladder::same_text;
use super::{Comparison, plain_text};
use crate::policy::file::{NumberOrder, SaferNumber, Words};
use crate::policy::units::{self, Dimension, Quantity, Unit};
use crate::value::Value;

/// A place among numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// A value that `safest` lists, or without limit where more is safer.
    Safest,
    /// A number in the base unit of its dimension: seconds, bytes.
    Of {
        /// The number.
        value: f64,
        /// What it measures.
        dimension: Dimension,
    },
    /// A value that `weakest` lists, or without limit where less is safer.
    Weakest,
}

/// The amount of a value; `unit` is the spelling's own. Of a list, its weakest item. A wrong dimension is unread.
pub(super) fn rank(order: &NumberOrder, unit: Option<&str>, value: &Value) -> Option<Amount> {
    let bare = unit.or(order.unit.as_deref()).and_then(|name| units::unit(name, None));
    let Value::List(items) = value else { return scalar(order, bare, value) };
    let mut worst: Option<Amount> = None;
    for item in items {
        let next = scalar(order, bare, item)?;
        worst = match worst.map(|worst| (worst, compare(order, &worst, &next))) {
            None | Some((_, Comparison::Weaker)) => Some(next),
            Some((_, Comparison::Incomparable)) => return None,
            Some((worst, _)) => Some(worst),
        };
    }
    worst
}

fn scalar(order: &NumberOrder, bare: Option<Unit>, value: &Value) -> Option<Amount> {
    #[allow(clippy::cast_precision_loss, reason = "no default is as large as 2^53")]
    let read = match value {
        Value::Int(number) => Some(bare.map_or_else(|| plain(*number as f64), |unit| unit.of(*number as f64))),
        Value::Float(number) => Some(bare.map_or_else(|| plain(*number), |unit| unit.of(*number))),
        Value::Text(text) => units::quantity(text, bare),
        _ => None,
    };
    let text = plain_text(value, "")?;
    let listed =
        |words: &Words| words.0.iter().any(|word| same_text(word, text.trim()) || read.is_some_and(|read| is_sentinel(word, bare, read)));
    if listed(&order.weakest) {
        return Some(Amount::Weakest);
    }
    if listed(&order.safest) {
        return Some(Amount::Safest);
    }
    let read = read?;
    let fits = bare.is_none_or(|unit| unit.dimension == read.dimension) || is_zero(read.value);
    if read.value.is_nan() || !fits {
        return None;
    }
    Some(match (read.value.is_infinite(), read.value > 0.0, order.safer) {
        (true, true, SaferNumber::Lower) | (true, false, SaferNumber::Higher) => Amount::Weakest,
        (true, _, _) => Amount::Safest,
        (false, ..) => Amount::Of { value: read.value, dimension: read.dimension },
    })
}

fn plain(number: f64) -> Quantity {
    Quantity { value: number, dimension: Dimension::Plain, number }
}

/// Whether a listed value is this number: `0` is also `0s` and `0d`, and `-1` is `-1` in any unit.
fn is_sentinel(word: &str, bare: Option<Unit>, read: Quantity) -> bool {
    match units::number(word) {
        Some(number) => same(number, read.number) || (is_zero(number) && is_zero(read.value)),
        None => units::quantity(word, bare).is_some_and(|listed| listed.dimension == read.dimension && same(listed.value, read.value)),
    }
}

pub(super) fn compare(order: &NumberOrder, a: &Amount, b: &Amount) -> Comparison {
    let (Amount::Of { value: a, dimension: of_a }, Amount::Of { value: b, dimension: of_b }) = (a, b) else {
        return Comparison::of_positions(&class(*a), &class(*b));
    };
    // Nothing is nothing in every unit.
    if of_a != of_b && !is_zero(*a) && !is_zero(*b) {
        return Comparison::Incomparable;
    }
    let lower = Comparison::of_positions(a, b);
    if order.safer == SaferNumber::Lower { lower } else { lower.reversed() }
}

fn class(amount: Amount) -> u8 {
    match amount {
        Amount::Safest => 0,
        Amount::Of { .. } => 1,
        Amount::Weakest => 2,
    }
}

/// Nothing at all where less is safer, unless nothing is listed as the weakest; everything of a share where more is.
pub(super) fn best(order: &NumberOrder) -> Amount {
    let zero_is_weakest = order.weakest.0.iter().any(|word| units::number(word).is_some_and(is_zero));
    match order.safer {
        _ if !order.safest.0.is_empty() => Amount::Safest,
        SaferNumber::Lower if !zero_is_weakest => nothing(order),
        SaferNumber::Higher if is_share(order) => Amount::Of { value: 1.0, dimension: Dimension::Plain },
        SaferNumber::Lower | SaferNumber::Higher => Amount::Safest,
    }
}

/// The other end.
pub(super) fn worst(order: &NumberOrder) -> Amount {
    match order.safer {
        _ if !order.weakest.0.is_empty() => Amount::Weakest,
        SaferNumber::Lower if is_share(order) => Amount::Of { value: 1.0, dimension: Dimension::Plain },
        SaferNumber::Lower => Amount::Weakest,
        SaferNumber::Higher => nothing(order),
    }
}

fn nothing(order: &NumberOrder) -> Amount {
    let unit = order.unit.as_deref().and_then(|name| units::unit(name, None));
    Amount::Of { value: 0.0, dimension: unit.map_or(Dimension::Plain, |unit| unit.dimension) }
}

fn is_share(order: &NumberOrder) -> bool {
    order.unit.as_deref().and_then(|name| units::unit(name, None)).is_some_and(|unit| unit.dimension == Dimension::Plain)
        && order.unit.as_deref() != Some("count")
}

/// `30 days`; for a listed value the first word of its list.
pub(super) fn show(order: &NumberOrder, amount: &Amount) -> String {
    let listed = |words: &Words, end: &str| words.0.first().map_or_else(|| end.to_owned(), |word| format!("{word} ({end})"));
    match amount {
        Amount::Of { value, dimension } => units::show(*value, *dimension),
        Amount::Safest => listed(&order.safest, "safest"),
        Amount::Weakest => listed(&order.weakest, "weakest"),
    }
}

fn is_zero(number: f64) -> bool {
    number.abs() < f64::MIN_POSITIVE
}

fn same(a: f64, b: f64) -> bool {
    a.total_cmp(&b).is_eq() || (is_zero(a) && is_zero(b))
}
