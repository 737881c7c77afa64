//! Readers of line-based text: environment files, INI, server configuration, Dockerfiles, commands, dependency manifests. They go straight to settings.

pub mod blocks;
pub mod command;
mod default;
pub mod dockerfile;
pub mod dotenv;
pub mod ini;
pub mod pins;

use crate::read::expression::Resolved;
use crate::value::Value;

/// A literal text.
fn plain_text(text: &str) -> Resolved {
    Resolved::plain(Value::text(text))
}

/// Every line with where it starts; a byte order mark is left out.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let start = at;
        at += (length + 1).min(rest.len());
        Some((start, rest.get(..length).unwrap_or("")))
    })
}
