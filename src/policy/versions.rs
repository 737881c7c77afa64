//! Whether the version that a repository asks for lies inside a policy's requirement. Requirements of all ecosystems are read
//! as one interval; what cannot be read says nothing.

use std::cmp::Ordering;

use crate::reading::PinVersion;

/// Whether a requirement holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// For every version that is allowed.
    Surely,
    /// For some, or nothing is known.
    Maybe,
    /// For none.
    No,
}

/// One version as its numbers; missing ones are zero.
#[derive(Clone, Debug)]
struct Version(Vec<u64>);

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches(['v', 'V', '=']).trim();
        let core = text.split(['-', '+', ' ']).next()?;
        let mut numbers = Vec::new();
        for part in core.split('.') {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            if digits.is_empty() {
                break;
            }
            let whole = digits.len() == part.len();
            numbers.push(digits.parse().ok()?);
            if !whole {
                break;
            }
        }
        (!numbers.is_empty()).then_some(Self(numbers))
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let at = |version: &Self, i: usize| version.0.get(i).copied().unwrap_or(0);
        let length = self.0.len().max(other.0.len());
        (0..length).map(|i| at(self, i).cmp(&at(other, i))).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// The first version after all that start with the first `keep` numbers.
    fn after(&self, keep: usize) -> Self {
        let mut numbers: Vec<u64> = self.0.iter().copied().take(keep.max(1)).collect();
        numbers.resize(keep.max(1), 0);
        if let Some(last) = numbers.last_mut() {
            *last += 1;
        }
        Self(numbers)
    }
}

/// All versions from `low` (included when `low_in`) to `high` (included when `high_in`).
#[derive(Clone, Debug, Default)]
struct Interval {
    low: Option<(Version, bool)>,
    high: Option<(Version, bool)>,
}

impl Interval {
    fn at_least(version: Version, inclusive: bool) -> Self {
        Self { low: Some((version, inclusive)), high: None }
    }

    fn at_most(version: Version, inclusive: bool) -> Self {
        Self { low: None, high: Some((version, inclusive)) }
    }

    fn between(low: Version, high: Version) -> Self {
        Self { low: Some((low, true)), high: Some((high, false)) }
    }

    fn meet(self, other: Self) -> Self {
        let low = match (self.low, other.low) {
            (Some(a), Some(b)) => Some(match a.0.cmp(&b.0) {
                Ordering::Less => b,
                Ordering::Greater => a,
                Ordering::Equal => (a.0, a.1 && b.1),
            }),
            (a, b) => a.or(b),
        };
        let high = match (self.high, other.high) {
            (Some(a), Some(b)) => Some(match a.0.cmp(&b.0) {
                Ordering::Less => a,
                Ordering::Greater => b,
                Ordering::Equal => (a.0, a.1 && b.1),
            }),
            (a, b) => a.or(b),
        };
        Self { low, high }
    }

    fn is_empty(&self) -> bool {
        match (&self.low, &self.high) {
            (Some(low), Some(high)) => match low.0.cmp(&high.0) {
                Ordering::Less => false,
                Ordering::Equal => !(low.1 && high.1),
                Ordering::Greater => true,
            },
            _ => false,
        }
    }

    fn within(&self, other: &Self) -> bool {
        let low = match (&self.low, &other.low) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(a), Some(b)) => match a.0.cmp(&b.0) {
                Ordering::Greater => true,
                Ordering::Equal => b.1 || !a.1,
                Ordering::Less => false,
            },
        };
        let high = match (&self.high, &other.high) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(a), Some(b)) => match a.0.cmp(&b.0) {
                Ordering::Less => true,
                Ordering::Equal => b.1 || !a.1,
                Ordering::Greater => false,
            },
        };
        low && high
    }

    /// A requirement of any ecosystem: comparators joined by commas or blanks, `^`, `~`, `~=`, `1.2.*`, a bare prefix.
    fn parse(text: &str) -> Option<Self> {
        if text.contains("||") {
            return None;
        }
        let spaced = text.replace(',', " ").replace(">= ", ">=").replace("<= ", "<=").replace("> ", ">").replace("< ", "<");
        let mut all = Self::default();
        let mut any = false;
        for part in spaced.split_whitespace() {
            let Some(one) = Self::comparator(part)? else { continue };
            all = all.meet(one);
            any = true;
        }
        any.then_some(all)
    }

    /// `Some(None)`: a comparator that says nothing about an interval (`!=`).
    #[allow(clippy::option_option, reason = "unreadable and meaningless are different answers")]
    fn comparator(part: &str) -> Option<Option<Self>> {
        let (sign, rest) = part.split_at(part.find(|c: char| !"<>=~^!".contains(c)).unwrap_or(part.len()));
        let version = || Version::parse(rest);
        Some(Some(match sign {
            ">=" => Self::at_least(version()?, true),
            ">" => Self::at_least(version()?, false),
            "<=" => Self::at_most(version()?, true),
            "<" => Self::at_most(version()?, false),
            "^" => {
                let low = version()?;
                let keep = low.0.iter().position(|n| *n > 0).map_or(low.0.len(), |first| first + 1);
                let high = low.after(keep);
                Self::between(low, high)
            }
            "~" => {
                let low = version()?;
                let high = low.after(low.0.len().min(2));
                Self::between(low, high)
            }
            "~=" => {
                let low = version()?;
                let high = low.after(low.0.len().saturating_sub(1));
                Self::between(low, high)
            }
            "==" | "===" | "=" if !rest.ends_with('*') => {
                let exact = version()?;
                Self { low: Some((exact.clone(), true)), high: Some((exact, true)) }
            }
            "" | "==" => {
                let low = version()?;
                let high = low.after(low.0.len());
                Self::between(low, high)
            }
            "!=" => return Some(None),
            _ => return None,
        }))
    }
}

/// Whether `requirement` (of a policy) holds for what a place asks for.
#[must_use]
pub fn fit(requirement: &str, pin: Option<&PinVersion>) -> Fit {
    let Some(wanted) = Interval::parse(requirement) else { return Fit::Maybe };
    let asked = match pin {
        None | Some(PinVersion::Any) => return Fit::Maybe,
        Some(PinVersion::Exact(text)) => Version::parse(text).map(|v| Interval { low: Some((v.clone(), true)), high: Some((v, true)) }),
        Some(PinVersion::Range(text)) => Interval::parse(text),
    };
    match asked {
        Some(asked) if asked.within(&wanted) => Fit::Surely,
        Some(asked) if asked.clone().meet(wanted).is_empty() => Fit::No,
        None | Some(_) => Fit::Maybe,
    }
}

/// Whether a policy's requirement can be read at all.
#[must_use]
pub fn readable(requirement: &str) -> bool {
    Interval::parse(requirement).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_of_all_ecosystems_are_intervals() {
        let exact = |v: &str| PinVersion::Exact(v.into());
        let range = |v: &str| PinVersion::Range(v.into());
        for (requirement, pin, expected) in [
            ("<5", exact("4.57.1"), Fit::Surely),
            ("<5", exact("5.0.0"), Fit::No),
            (">=11", exact("11.0.0-rc.1"), Fit::Surely),
            (">=11", range("^10.2"), Fit::No),
            (">=11", range(">=10"), Fit::Maybe),
            ("<5", range("~=4.57"), Fit::Surely),
            ("<5", range(">=4,<5"), Fit::Surely),
            ("<5", range(">=4,<=5"), Fit::Maybe),
            (">=0.3,<0.4", range("^0.3.1"), Fit::Surely),
            ("<5", range("==4.*"), Fit::Surely),
            ("<5", range("4"), Fit::Surely),
            ("<5", PinVersion::Any, Fit::Maybe),
            ("<5", range("nonsense"), Fit::Maybe),
            ("<5", exact("v4.2"), Fit::Surely),
        ] {
            assert_eq!(fit(requirement, Some(&pin)), expected, "{requirement} {pin:?}");
        }
    }
}
