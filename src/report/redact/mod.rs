//! What must never be shown as text: whether a setting's name or the look of a value says that it is a secret, and what is shown instead.
//! When in doubt a value is hidden: a reader who misses it can open the file, a leaked one cannot be taken back.

use std::fmt::Write as _;
use std::ops::Range;

use sha2::{Digest, Sha256};

mod lines;
mod names;
mod shapes;
mod values;

pub use lines::{Reason, opens_secret, secrets_in};
use names::named_secret;
use shapes::shapes;

/// Whether the value of a setting looks like a secret, or holds one. References, switches and empty texts do not.
#[must_use]
pub fn secretive(setting_name: &str, value: &str) -> bool {
    named_secret(setting_name, value) || !shapes(setting_name, value).is_empty()
}

/// The value as a report may show it. `known` values are published defaults (`changeme`): hiding them would hide the finding.
#[must_use]
pub fn shown(setting_name: &str, value: &str, known: bool) -> String {
    if known || value.trim().is_empty() {
        return value.to_owned();
    }
    if named_secret(setting_name, value) {
        return placeholder(value);
    }
    replace(value, &shapes(setting_name, value), placeholder)
}

/// What stands for a secret: `<secret: 12 characters, sha256 1a2b3c4d>`. Equal secrets look equal, so a change can be seen.
#[must_use]
pub fn placeholder(secret: &str) -> String {
    let digest = Sha256::digest(secret.as_bytes());
    let mut hash = String::with_capacity(8);
    for byte in digest.iter().take(4) {
        let _ = write!(hash, "{byte:02x}");
    }
    let count = secret.chars().count();
    format!("<secret: {count} character{}, sha256 {hash}>", if count == 1 { "" } else { "s" })
}

fn replace(text: &str, ranges: &[Range<usize>], by: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        if range.start < at {
            continue;
        }
        out.push_str(text.get(at..range.start).unwrap_or(""));
        out.push_str(&by(text.get(range.clone()).unwrap_or("")));
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

#[cfg(test)]
mod tests;
