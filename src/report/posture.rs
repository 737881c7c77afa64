//! The posture of one revision: every known setting with its rank, in a stable order.

use std::fmt::Write;

use serde::Serialize;

use super::escape;
use super::model::{PathClass, RevisionShown, Tool};
use crate::setting::Surface;

/// All known settings of one revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Posture {
    /// `privgate-posture/1`.
    pub schema: &'static str,
    /// Name and version of this program.
    pub tool: Tool,
    /// The revision.
    pub revision: RevisionShown,
    /// By file, line and policy.
    pub settings: Vec<Row>,
}

/// One setting as one policy sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Row {
    /// The file.
    pub file: String,
    /// Line from 1.
    pub line: u32,
    /// Policy id.
    pub policy: String,
    /// The setting's name.
    pub setting: String,
    /// How it is written.
    pub surface: Surface,
    /// What it belongs to.
    pub scope: Option<String>,
    /// The file's role.
    pub path_class: PathClass,
    /// The value, secrets as kind and hash.
    pub value: Option<String>,
    /// Its place on the policy's order, in the policy's words; null when it cannot be known.
    pub rank: Option<String>,
    /// Whether that is the weakest place.
    pub weakest: bool,
}

/// How a posture is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum PostureFormat {
    /// Text for people.
    #[default]
    Human,
    /// JSON.
    Json,
    /// A Markdown table.
    Markdown,
}

/// Writes it.
#[must_use]
pub fn write(posture: &Posture, format: PostureFormat) -> String {
    match format {
        PostureFormat::Human => human(posture),
        PostureFormat::Json => serde_json::to_string_pretty(posture).map(|text| text + "\n").unwrap_or_default(),
        PostureFormat::Markdown => markdown(posture),
    }
}

fn human(posture: &Posture) -> String {
    let mut out = String::new();
    let mut file = "";
    for row in &posture.settings {
        if row.file != file {
            file = &row.file;
            let _ = writeln!(out, "{}{}", if out.is_empty() { "" } else { "\n" }, escape::terminal(file));
        }
        let rank = row.rank.as_deref().unwrap_or("unknown");
        let mark = if row.weakest { "!" } else { " " };
        let value = row.value.as_deref().unwrap_or("");
        let _ = writeln!(
            out,
            "{mark} {:>5}  {} = {}  ({rank}; {})",
            row.line,
            escape::terminal(&row.setting),
            escape::terminal(value),
            row.policy
        );
    }
    let weak = posture.settings.iter().filter(|row| row.weakest).count();
    let _ = writeln!(out, "{}{} known settings, {weak} at their weakest", if out.is_empty() { "" } else { "\n" }, posture.settings.len());
    out
}

fn markdown(posture: &Posture) -> String {
    let mut out = String::from("| file | line | setting | value | rank | policy |\n| --- | --- | --- | --- | --- | --- |\n");
    for row in &posture.settings {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            escape::markdown(&row.file),
            row.line,
            escape::markdown(&row.setting),
            escape::markdown(row.value.as_deref().unwrap_or("")),
            escape::markdown(row.rank.as_deref().unwrap_or("unknown")),
            row.policy
        );
    }
    out
}
