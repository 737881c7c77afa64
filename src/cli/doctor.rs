//! `privgate doctor`: what is wrong with the gate's wiring, as far as files tell.

use std::fmt::Write;
use std::path::PathBuf;

use crate::cli::{Repository, output};
use crate::report::{escape, summary};
use crate::setup::ask_git;
use crate::setup::doctor::{Advice, Level, inspect};

/// Flags of `doctor`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    repository: Repository,
    /// How the advice is written
    #[arg(long, value_enum, default_value_t)]
    format: DoctorFormat,
}

/// How advice is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum DoctorFormat {
    /// Two lines each.
    #[default]
    Human,
    /// A JSON array.
    Json,
}

/// Runs it and gives the exit code: 1 where the gate does not hold.
pub fn run(arguments: &Arguments) -> u8 {
    let dir = &arguments.repository.repo;
    let Some(root) = ask_git(dir, &["rev-parse", "--show-toplevel"]).map(PathBuf::from) else {
        output::tell(&format!("error: no git work tree at {}: name the repository with --repo", dir.display()));
        return 2;
    };
    let advice = inspect(&root);
    output::print(&match arguments.format {
        DoctorFormat::Human => human(&advice),
        DoctorFormat::Json => json(&advice),
    });
    u8::from(advice.iter().any(|advice| advice.level == Level::Error))
}

fn human(advice: &[Advice]) -> String {
    let mut text = String::new();
    for one in advice {
        let place = if one.line == 0 { one.file.clone() } else { format!("{}:{}", one.file, one.line) };
        let _ = writeln!(
            text,
            "{}: {}: {}\n  fix: {}",
            one.level.word(),
            escape::terminal(&place),
            escape::terminal(&one.what),
            escape::terminal(&one.fix)
        );
    }
    let count = |level, word| summary::count(advice.iter().filter(|one| one.level == level).count(), word);
    let _ = writeln!(text, "{}, {}, {}", count(Level::Error, "error"), count(Level::Warning, "warning"), count(Level::Note, "note"));
    text
}

fn json(advice: &[Advice]) -> String {
    let rows: Vec<serde_json::Value> = advice
        .iter()
        .map(|one| {
            let line = (one.line > 0).then_some(one.line);
            serde_json::json!({"level": one.level.word(), "file": one.file, "line": line, "what": one.what, "fix": one.fix})
        })
        .collect();
    serde_json::to_string_pretty(&rows).map(|text| text + "\n").unwrap_or_default()
}
