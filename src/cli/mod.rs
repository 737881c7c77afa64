//! The command line: one file a subcommand, each thin: flags in, library called, report out.

#[cfg(feature = "forge")]
mod approvals;
mod card;
mod check;
#[cfg(feature = "forge")]
mod comment;
mod doctor;
mod exclusions;
mod explain;
mod fix;
mod init;
mod inspect;
mod later;
mod loading;
mod manual;
mod new_policy;
mod output;
mod own;
pub mod pages;
mod policy;
mod pre_push;
mod report_file;
mod waive;
mod why;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use later::Later;

/// Fails the build when a privacy-relevant default of a repository gets weaker.
///
/// privgate compares configuration, environment defaults, images and workflows at two revisions, judges every change against
/// declarative policies, and tells which default got weaker, where, why it matters and how to put it back.
#[derive(Debug, Parser)]
#[command(name = "privgate", version, max_term_width = 100, subcommand_required = true, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 nothing fails, 1 a default got weaker, 2 wrong usage or configuration, 3 cannot decide.")]
pub struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Compare two revisions and fail when a default got weaker
    Check(Later<check::Arguments>),
    /// Judge one revision against the floors of the policies
    Audit(Later<inspect::AuditArguments>),
    /// List every known setting of one revision with its rank
    Posture(Later<inspect::PostureArguments>),
    /// List, test and describe policies
    #[command(subcommand)]
    Policy(policy::What),
    /// Keep a list of what people asked to leave out of training
    #[command(subcommand)]
    Exclusions(exclusions::What),
    /// Tell what a policy guards, why, and how to fix a finding
    Explain(Later<explain::Arguments>),
    /// Write a waiver for a finding, or clear out those that are over
    Waive(Later<waive::Arguments>),
    /// Ask the forge who approved the head commit
    #[cfg(feature = "forge")]
    Approvals(Later<approvals::Arguments>),
    /// Keep one comment on the pull or merge request up to date
    #[cfg(feature = "forge")]
    Comment(Later<comment::CommentArguments>),
    /// Show the findings as a check run of the pull request
    #[cfg(feature = "forge")]
    CheckRun(Later<comment::CheckRunArguments>),
    /// Draft the privacy section of a model card from the settings
    #[command(subcommand)]
    Card(card::What),
    /// Tell what was read at a place and why it did or did not fire
    Why(Later<why::Arguments>),
    /// Set the gate up in a repository
    Init(Later<init::Arguments>),
    /// Tell what is wrong with the gate's wiring
    Doctor(Later<doctor::Arguments>),
    /// Put the safer value back where a default got weaker
    Fix(Later<fix::Arguments>),
    /// Judge a push before it leaves: git's pre-push hook runs this
    PrePush(Later<pre_push::Arguments>),
    /// Print the completions of a shell
    Completions(Later<manual::Arguments>),
    /// Print the manual page
    Man,
}

/// Where the repository is.
#[derive(Clone, Debug, clap::Args)]
pub struct Repository {
    /// The repository, or any folder inside it
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,
}

/// Runs the program and gives its exit code.
#[must_use]
pub fn run() -> u8 {
    let command = match Command::try_parse() {
        Ok(command) => command,
        Err(error) => {
            // help and version are no errors; clap knows where each of them goes
            let wrong = error.use_stderr();
            let _ = error.print();
            return if wrong { 2 } else { 0 };
        }
    };
    output::exit(command.what.run())
}

impl What {
    fn run(self) -> u8 {
        match self {
            Self::Check(Later(arguments)) => check::run(&arguments),
            Self::Audit(Later(arguments)) => inspect::audit(&arguments),
            Self::Posture(Later(arguments)) => inspect::posture(&arguments),
            Self::Policy(what) => policy::run(&what),
            Self::Exclusions(what) => exclusions::run(&what),
            Self::Explain(Later(arguments)) => explain::run(&arguments),
            Self::Waive(Later(arguments)) => waive::run(&arguments),
            #[cfg(feature = "forge")]
            Self::Approvals(Later(arguments)) => approvals::run(&arguments),
            #[cfg(feature = "forge")]
            Self::Comment(Later(arguments)) => comment::run(&arguments),
            #[cfg(feature = "forge")]
            Self::CheckRun(Later(arguments)) => comment::check_run(&arguments),
            Self::Card(what) => card::run(&what),
            Self::Why(Later(arguments)) => why::run(&arguments),
            Self::Init(Later(arguments)) => init::run(&arguments),
            Self::Doctor(Later(arguments)) => doctor::run(&arguments),
            Self::Fix(Later(arguments)) => fix::run(&arguments),
            Self::PrePush(Later(arguments)) => pre_push::run(&arguments),
            Self::Completions(Later(arguments)) => manual::completions(&arguments),
            Self::Man => manual::man(),
        }
    }
}
