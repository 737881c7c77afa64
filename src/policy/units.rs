//! Units of numbers: durations, sizes and shares, and the texts that write them (`30d`, `1h30m`, `P30D`, `10MB`, `50%`, `60 * 60`).

/// What a number measures. Shares are plain numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Counts and shares.
    Plain,
    /// Base unit: the second.
    Time,
    /// Base unit: the byte.
    Size,
}

/// A unit: its dimension and its worth in the base unit, as a factor and a divisor (so that 33 % is exactly 0.33).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// What it measures.
    pub dimension: Dimension,
    factor: f64,
    divisor: f64,
}

/// A number with its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// In the base unit of its dimension.
    pub value: f64,
    /// What it measures.
    pub dimension: Dimension,
    /// The number as written, before any unit; the base value where several were written.
    pub number: f64,
}

/// Factors of one product and pieces of one duration that are read.
const PIECES: usize = 16;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
/// Months and years as retention rules count them.
const MONTH: f64 = 30.0 * DAY;
const YEAR: f64 = 365.0 * DAY;

/// The unit with this name. `hint` is the dimension that the setting is known to have: `5m` may be minutes or megabytes.
#[must_use]
pub fn unit(name: &str, hint: Option<Dimension>) -> Option<Unit> {
    let of = |dimension, factor, divisor| Some(Unit { dimension, factor, divisor });
    let time = |factor| of(Dimension::Time, factor, 1.0);
    let size = |factor: f64| of(Dimension::Size, factor, 1.0);
    match (name, hint) {
        // A capital letter alone is never a minute, and a month only to some readers.
        ("M", Some(Dimension::Time)) => return None,
        ("M", _) | ("m", Some(Dimension::Size)) => return size(1024.0 * 1024.0),
        _ => {}
    }
    match name.to_lowercase().as_str() {
        "share" | "fraction" | "ratio" | "count" => of(Dimension::Plain, 1.0, 1.0),
        "%" | "percent" | "pct" => of(Dimension::Plain, 1.0, 100.0),
        "ns" | "nanos" | "nanosecond" | "nanoseconds" => of(Dimension::Time, 1.0, 1e9),
        "us" | "µs" | "μs" | "micros" | "microsecond" | "microseconds" => of(Dimension::Time, 1.0, 1e6),
        "ms" | "msec" | "millis" | "millisecond" | "milliseconds" => of(Dimension::Time, 1.0, 1e3),
        "s" | "sec" | "secs" | "second" | "seconds" => time(1.0),
        "m" | "min" | "mins" | "minute" | "minutes" => time(MINUTE),
        "h" | "hr" | "hrs" | "hour" | "hours" => time(HOUR),
        "d" | "day" | "days" => time(DAY),
        "w" | "wk" | "week" | "weeks" => time(7.0 * DAY),
        "mo" | "mon" | "month" | "months" => time(MONTH),
        "y" | "yr" | "year" | "years" => time(YEAR),
        "b" | "byte" | "bytes" => size(1.0),
        "kb" | "kilobyte" | "kilobytes" => size(1e3),
        "mb" | "megabyte" | "megabytes" => size(1e6),
        "gb" | "gigabyte" | "gigabytes" => size(1e9),
        "tb" | "terabyte" | "terabytes" => size(1e12),
        "k" | "ki" | "kib" => size(1024.0),
        "mi" | "mib" => size(1024.0 * 1024.0),
        "g" | "gi" | "gib" => size(1024.0 * 1024.0 * 1024.0),
        "t" | "ti" | "tib" => size(1024.0 * 1024.0 * 1024.0 * 1024.0),
        _ => None,
    }
}

impl Unit {
    /// A bare number in this unit.
    #[must_use]
    pub fn of(self, number: f64) -> Quantity {
        Quantity { value: number * self.factor / self.divisor, dimension: self.dimension, number }
    }
}

/// Reads a number with or without a unit. Bare numbers are in `bare`.
#[must_use]
pub fn quantity(text: &str, bare: Option<Unit>) -> Option<Quantity> {
    let text = text.trim();
    let plain = Unit { dimension: Dimension::Plain, factor: 1.0, divisor: 1.0 };
    let bare_unit = bare.unwrap_or(plain);
    if let Some(number) = number(text) {
        return Some(bare_unit.of(number));
    }
    let hint = bare.map(|unit| unit.dimension).filter(|dimension| *dimension != Dimension::Plain);
    if text.contains('*') {
        return product(text, bare_unit, hint);
    }
    iso(text).or_else(|| pieces(text, hint))
}

/// A number and nothing else; `_` may group digits.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+', '.']).unwrap_or(text);
    if matches!(unsigned.to_ascii_lowercase().as_str(), "inf" | "infinity" | "infinite" | "unlimited") {
        return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    if !unsigned.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let joined = if text.contains('_') { text.replace('_', "") } else { text.to_owned() };
    joined.parse().ok().filter(|number: &f64| number.is_finite())
}

/// `60 * 60 * 24`, `7 * 24 * time.Hour`: at most one factor has a unit.
fn product(text: &str, bare: Unit, hint: Option<Dimension>) -> Option<Quantity> {
    let mut product = 1.0;
    let mut measured: Option<Dimension> = None;
    for (at, factor) in text.split('*').map(|factor| factor.trim().trim_matches(['(', ')']).trim()).enumerate() {
        if at == PIECES {
            return None;
        }
        if let Some(number) = number(factor) {
            product *= number;
            continue;
        }
        let quantity = unit(factor.rsplit('.').next().unwrap_or(factor), hint).map(|unit| unit.of(1.0)).or_else(|| pieces(factor, hint))?;
        if measured.replace(quantity.dimension).is_some() {
            return None;
        }
        product *= quantity.value;
    }
    Some(match measured {
        Some(dimension) => Quantity { value: product, dimension, number: product },
        None => bare.of(product),
    })
}

/// `30d`, `7 days`, `1h30m`, `50 %`: pairs of a number and a unit, all of one dimension, which add up.
fn pieces(text: &str, hint: Option<Dimension>) -> Option<Quantity> {
    let mut rest = text.trim();
    let mut sum: Option<Quantity> = None;
    for _ in 0..PIECES {
        if rest.is_empty() {
            return sum;
        }
        let digits = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        let end =
            digits.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_'))).unwrap_or(digits.len()) + (rest.len() - digits.len());
        let (written, after) = rest.split_at_checked(end)?;
        let after = after.trim_start();
        let end = after.find(|c: char| !(c.is_alphabetic() || c == '%')).unwrap_or(after.len());
        let (name, after) = after.split_at_checked(end)?;
        let next = unit(name, hint)?.of(number(written)?);
        sum = Some(match sum {
            None => next,
            Some(sum) if sum.dimension == next.dimension && sum.dimension != Dimension::Plain => {
                let value = sum.value + next.value;
                Quantity { value, number: value, ..sum }
            }
            Some(_) => return None,
        });
        rest = after.trim_start_matches([' ', ',']);
    }
    None
}

/// ISO 8601: `P30D`, `P1Y2M`, `PT1H30M`.
fn iso(text: &str) -> Option<Quantity> {
    let (date, time) = match text.strip_prefix(['P', 'p'])?.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text.strip_prefix(['P', 'p'])?, None),
    };
    if date.is_empty() && time.is_none_or(str::is_empty) {
        return None;
    }
    let date = iso_half(date, &[('y', YEAR), ('m', MONTH), ('w', 7.0 * DAY), ('d', DAY)])?;
    let time = iso_half(time.unwrap_or_default(), &[('h', HOUR), ('m', MINUTE), ('s', 1.0)])?;
    Some(Quantity { value: date + time, dimension: Dimension::Time, number: date + time })
}

fn iso_half(mut text: &str, letters: &[(char, f64)]) -> Option<f64> {
    let mut sum = 0.0;
    let mut letters = letters.iter();
    while !text.is_empty() {
        let end = text.find(|c: char| c.is_ascii_alphabetic())?;
        let (written, rest) = text.split_at_checked(end)?;
        let letter = rest.chars().next()?.to_ascii_lowercase();
        sum += number(&written.replace(',', "."))? * letters.find(|(known, _)| *known == letter)?.1;
        text = rest.get(1..)?;
    }
    Some(sum)
}

/// The quantity for people: `30 days`, `10 MiB`, `0.5`.
#[must_use]
pub fn show(value: f64, dimension: Dimension) -> String {
    const TIMES: [(f64, &str); 4] = [(DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1.0, "second")];
    const KIB: f64 = 1024.0;
    const SIZES: [(f64, &str); 8] =
        [(1e12, "TB"), (KIB * KIB * KIB, "GiB"), (1e9, "GB"), (KIB * KIB, "MiB"), (1e6, "MB"), (KIB, "KiB"), (1e3, "kB"), (1.0, "B")];
    let fitting = |units: &[(f64, &'static str)]| {
        units
            .iter()
            .find(|(worth, _)| value.abs() >= *worth && value % worth == 0.0)
            .or(units.last())
            .map(|(worth, name)| (value / worth, *name))
    };
    match dimension {
        Dimension::Plain => value.to_string(),
        Dimension::Time => fitting(&TIMES).map_or_else(String::new, |(number, name)| {
            let plural = if number.to_bits() == 1f64.to_bits() { "" } else { "s" };
            format!("{number} {name}{plural}")
        }),
        Dimension::Size => fitting(&SIZES).map_or_else(String::new, |(number, name)| format!("{number} {name}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<f64> {
        quantity(text, None).filter(|q| q.dimension == Dimension::Time).map(|q| q.value)
    }

    #[test]
    fn durations_are_read_in_every_spelling() {
        for text in
            ["30d", "30 days", "720h", "P30D", "P1M", "1 month", "43200m", "2592000s", "29d24h", "2592000000ms", "30 * 24 * time.Hour"]
        {
            assert_eq!(seconds(text), Some(2_592_000.0), "{text}");
        }
        assert_eq!(seconds("1h30m"), Some(5400.0));
        assert_eq!(seconds("PT1H30M"), Some(5400.0));
        assert_eq!(seconds("500ms"), Some(0.5));
        assert_eq!(seconds("1w"), seconds("168h"));
        for text in ["", "P", "PT", "d", "30 parsecs", "30d 5", "1h * 1h", "P30", "-", "1..2d", "é", "3é"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_and_shares_are_read() {
        let value = |text| quantity(text, None).map(|q| (q.value, q.dimension));
        assert_eq!(value("10MB"), Some((1e7, Dimension::Size)));
        assert_eq!(value("1GiB"), Some((1_073_741_824.0, Dimension::Size)));
        assert_eq!(value("512k"), Some((524_288.0, Dimension::Size)));
        assert_eq!(value("50%"), value("0.5"));
        assert_eq!(value("33 %"), value("0.33"));
        assert_eq!(value("1e-5"), Some((0.000_01, Dimension::Plain)));
        assert_eq!(value("1_000"), value("1000"));
        assert_eq!(value("nan"), None);
    }

    #[test]
    fn bare_numbers_take_the_unit_of_the_setting_and_m_its_dimension() {
        assert_eq!(quantity("60 * 60 * 24", unit("seconds", None)).map(|q| q.value), Some(DAY));
        assert_eq!(quantity("7", unit("days", None)).map(|q| q.value), seconds("168h"));
        assert_eq!(quantity("5m", unit("bytes", None)).map(|q| q.dimension), Some(Dimension::Size));
        assert_eq!(quantity("5m", unit("hours", None)).map(|q| q.value), Some(300.0));
        assert_eq!(quantity("5M", unit("hours", None)), None, "months to some, minutes to others");
    }

    #[test]
    fn quantities_are_shown_in_the_largest_whole_unit() {
        assert_eq!(show(2_592_000.0, Dimension::Time), "30 days");
        assert_eq!(show(86_400.0, Dimension::Time), "1 day");
        assert_eq!(show(0.0, Dimension::Time), "0 seconds");
        assert_eq!(show(1e7, Dimension::Size), "10 MB");
        assert_eq!(show(0.5, Dimension::Plain), "0.5");
    }
}
