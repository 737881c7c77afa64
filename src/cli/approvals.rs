//! `privgate approvals`: asks the forge who approved the head commit and writes the file that `check --approvals` reads. It reads nothing
//! of the repository, so that the token is never in a step that does.

use std::fs;
use std::path::PathBuf;

use super::{output, report_file};
use crate::forge::{Asked, Error, Forge, Patience, approvals, of_environment};
use crate::report::{escape, json, summary};

/// Flags of `approvals`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Where the answer goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The commit that `check` judges [default: that of the CI event]
    #[arg(long, value_name = "COMMIT")]
    commit: Option<String>,
    /// The number of the pull or merge request [default: that of the CI event, or the one that made the pushed commit]
    #[arg(long, value_name = "NUMBER")]
    change: Option<u64>,
}

/// Runs it and gives the exit code: 3 when the forge did not say.
pub fn run(arguments: &Arguments) -> u8 {
    // an answer to an older question must not be taken for this one's
    let _ = fs::remove_file(&arguments.out);
    match ask(arguments) {
        Ok(text) => {
            output::tell(&text);
            0
        }
        Err(error) => {
            output::tell(&format!("error: {}", escape::terminal(&error.to_string())));
            if error.is_usage() { 2 } else { 3 }
        }
    }
}

fn ask(arguments: &Arguments) -> Result<String, Error> {
    let env = |name: &str| std::env::var(name).ok();
    let asked = Asked { number: arguments.change, commit: arguments.commit.clone() };
    let forge = of_environment(&env, &asked, Patience::default())?;
    let commit = forge.judged().ok_or_else(|| Error::Usage("the CI event names no commit: give --commit".into()))?.to_owned();
    let answered = approvals::ask(forge.as_ref() as &dyn Forge, &commit)?;
    for note in &answered.notes {
        output::tell(&format!("note: {}", escape::log(&escape::terminal(note))));
    }
    let mut text = Vec::new();
    let failed = |error: std::io::Error| Error::Usage(format!("cannot write {}: {error}", arguments.out.display()));
    json::write_value(&answered.approvals, &mut text).map_err(failed)?;
    report_file::store(&arguments.out, &text).map_err(failed)?;
    let landed = answered.approvals.landed.iter().flat_map(|change| &change.approvals);
    let mut users: Vec<&str> = answered.approvals.approvals.iter().chain(landed).map(|one| one.user.as_str()).collect();
    users.sort_unstable();
    users.dedup();
    let by = if users.is_empty() { String::new() } else { format!(" by {}", escape::line(&users.join(", "))) };
    Ok(format!("{}{by} for {commit}, written to {}", summary::count(users.len(), "approval"), arguments.out.display()))
}
