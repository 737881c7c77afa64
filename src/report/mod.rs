//! What the judge found, as data, and its writers: one file a format.

use std::io::{self, Write};

pub mod anchor;
pub mod build;
pub mod card;
pub mod change;
pub mod escape;
pub mod excerpt;
#[cfg(test)]
pub mod fixture;
pub mod github;
pub mod gitlab;
pub mod gitlab_sast;
pub mod html;
pub mod human;
pub mod intoto;
pub mod json;
pub mod junit;
pub mod line_hash;
pub mod markdown;
pub mod model;
pub mod posture;
pub mod read_back;
pub mod redact;
pub mod sarif;
pub mod summary;

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
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitLab Code Quality.
    #[value(alias = "codeclimate", alias = "codequality")]
    Gitlab,
    /// GitLab's report of static analysis (SAST).
    GitlabSast,
    /// JUnit XML, for test reports.
    Junit,
    /// A summary for job summaries and comments.
    Markdown,
    /// One page that needs nothing else.
    Html,
    /// An in-toto statement, ready to be signed.
    Intoto,
}

impl Format {
    /// Whether programs read it, so that nothing else may stand on the same stream.
    #[must_use]
    pub fn is_machine(self) -> bool {
        !matches!(self, Self::Human | Self::Github)
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
        Format::Sarif => sarif::write(report, out),
        Format::Gitlab => gitlab::write(report, out),
        Format::GitlabSast => gitlab_sast::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Markdown => markdown::write(report, out),
        Format::Html => html::write(report, out),
        Format::Intoto => intoto::write(report, out),
    }
}
