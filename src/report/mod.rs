//! What the judge found, as data, and its writers: one file a format.

use std::io::{self, Write};

pub mod build;
pub mod card;
pub mod change;
pub mod escape;
pub mod excerpt;
#[cfg(test)]
pub mod fixture;
pub mod github;
pub mod human;
pub mod json;
pub mod model;
pub mod posture;
pub mod redact;

/// The formats a report can be written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Format {
    /// Text for people.
    #[default]
    Human,
    /// The JSON report, for programs.
    Json,
    /// Annotations for GitHub Actions, then text for people.
    Github,
}

impl Format {
    /// Whether programs read it, so that nothing else may stand on the same stream.
    #[must_use]
    pub fn is_machine(self) -> bool {
        matches!(self, Self::Json)
    }
}

/// Writes a report in a format.
///
/// # Errors
/// What the writer answers.
pub fn write(format: Format, report: &model::Report, options: &human::Options, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, options, out),
        Format::Json => json::write(report, out),
        Format::Github => github::write(report, options, out),
    }
}
