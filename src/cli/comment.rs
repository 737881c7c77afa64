//! `privgate comment` and `privgate check-run`: show a finished JSON report on the forge. They judge nothing, and what the forge refuses
//! is no failure: the verdict is that of the step that judged.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::output;
use crate::forge::comment::{Outcome, keep, parse_key};
use crate::forge::{Asked, Change, Error, Forge, Patience, annotations, of_environment};
use crate::report::model::Report;
use crate::report::{Format, escape, human, read_back, write};

/// Flags of `comment`.
#[derive(Debug, clap::Args)]
pub struct CommentArguments {
    /// The report that `check --report json=FILE` wrote
    #[arg(value_name = "REPORT")]
    report: PathBuf,
    /// The number of the pull or merge request [default: that of the CI event]
    #[arg(long, value_name = "NUMBER")]
    change: Option<u64>,
    /// What tells this comment from those of other checks in the same repository
    #[arg(long, value_name = "KEY", default_value = "privgate", value_parser = parse_key)]
    key: String,
}

/// Flags of `check-run`.
#[derive(Debug, clap::Args)]
pub struct CheckRunArguments {
    /// The report that `check --report json=FILE` wrote
    #[arg(value_name = "REPORT")]
    report: PathBuf,
    /// The number of the pull request [default: that of the CI event]
    #[arg(long, value_name = "NUMBER")]
    change: Option<u64>,
    /// The name of the check run; not that of the job, or it would speak in its place
    #[arg(long, value_name = "NAME", default_value = "privgate findings")]
    name: String,
}

/// Keeps the comment and gives the exit code.
pub fn run(arguments: &CommentArguments) -> u8 {
    show(&arguments.report, arguments.change, "comment", |forge, change, report| {
        Ok(match keep(forge, change, report, &arguments.key)? {
            Outcome::NotNeeded => "nothing was ever found here: no comment",
            Outcome::Unchanged => "the comment already says so",
            Outcome::Written => "the comment is written",
            Outcome::Updated => "the comment is updated",
        })
    })
}

/// Makes the check run and gives the exit code.
pub fn check_run(arguments: &CheckRunArguments) -> u8 {
    show(&arguments.report, arguments.change, "check run", |forge, change, report| {
        forge.check_run(&change.tip, &annotations::check_run(report, &arguments.name))?;
        Ok("the check run is complete")
    })
}

fn show(path: &Path, number: Option<u64>, what: &str, act: impl Fn(&dyn Forge, &Change, &Report) -> Result<&'static str, Error>) -> u8 {
    let report = match read(path) {
        Ok(report) => report,
        Err(message) => {
            output::tell(&format!("error: {}: {}", escape::line(&path.display().to_string()), escape::line(&message)));
            return 2;
        }
    };
    let env = |name: &str| std::env::var(name).ok();
    let asked = Asked { number, commit: None };
    let shown = of_environment(&env, &asked, Patience::default()).and_then(|forge| {
        let Some(change) = forge.change()? else { return Ok("this run belongs to no change: nothing to write to") };
        act(forge.as_ref(), &change, &report)
    });
    match shown {
        Ok(words) => {
            output::tell(words);
            0
        }
        Err(error) if error.is_usage() => {
            output::tell(&format!("error: {}", escape::terminal(&error.to_string())));
            2
        }
        Err(error) => {
            output::tell(&format!("note: no {what}: {}", escape::log(&escape::terminal(&error.to_string()))));
            instead(&report);
            0
        }
    }
}

fn read(path: &Path) -> Result<Report, String> {
    let mut text = String::new();
    let most = u64::try_from(read_back::LONGEST).unwrap_or(u64::MAX);
    let file = fs::File::open(path).map_err(|error| format!("{error}: write it with `check --report json=FILE`"))?;
    file.take(most + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    read_back::parse(&text).map_err(|error| format!("no report of privgate: {error}"))
}

/// The job summary takes the place of what the forge refused, where there is one.
fn instead(report: &Report) {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else { return };
    let mut text = Vec::new();
    let written = write(Format::Markdown, report, &human::Options::default(), &mut text)
        .and_then(|()| fs::OpenOptions::new().append(true).create(true).open(&path)?.write_all(&text));
    output::tell(if written.is_ok() {
        "note: it is in the job summary instead"
    } else {
        "note: the job summary could not be written either"
    });
}
