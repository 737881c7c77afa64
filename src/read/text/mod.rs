//! Readers of line-based text: environment files, INI, Dockerfiles, commands, dependency manifests. They go straight to settings.

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
