//! Readers of line-based text: environment files, INI, units, server configuration, Dockerfiles, Makefiles, tables of cron,
//! commands, dependency manifests. They go straight to settings.

pub mod attributes;
pub mod blocks;
pub mod checksums;
pub mod command;
pub mod crontab;
pub(crate) mod default;
pub mod dockerfile;
pub mod dotenv;
pub mod headers;
pub mod html;
pub mod ini;
pub mod make;
pub mod pins;
pub mod procfile;
pub mod records;
mod supervisor;
pub mod systemd;

use crate::read::expression::Resolved;
use crate::reading::Reading;
use crate::value::Value;

/// Every value's source is the text under its place; settings in document order.
fn under_their_spans(text: &str, reading: &mut Reading) {
    for setting in &mut reading.settings {
        setting.raw = setting.value_span.of(text).into();
    }
    reading.settings.sort_by_key(|setting| setting.name_span.start);
}

/// A literal text.
fn plain_text(text: &str) -> Resolved {
    Resolved::plain(Value::text(text))
}

/// Every line with where it starts; a byte order mark is left out.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let start = at;
        let ending = if rest.get(length..).is_some_and(|end| end.starts_with("\r\n")) { 2 } else { 1 };
        at += (length + ending).min(rest.len());
        Some((start, rest.get(..length).unwrap_or("")))
    })
}
