//! `privgate audit` and `privgate posture`: one revision by itself.

use crate::check::{Compared, FailOn, Request, audit as run_audit, posture as run_posture, rules_of};
use crate::cli::report_file::{self, ReportFile};
use crate::cli::{Repository, output};
use crate::policy::catalogue::Catalogue;
use crate::report::Format;
use crate::report::model::{Report, RevisionShown};
use crate::report::posture::{PostureFormat, write};
use crate::revision::{Error, Revision, Store};

/// Flags of `audit`.
#[derive(Debug, clap::Args)]
pub struct AuditArguments {
    #[command(flatten)]
    repository: Repository,
    /// The revision; `dir:PATH` is a folder
    #[arg(value_name = "REV", default_value = "HEAD")]
    rev: String,
    /// How the report is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write the report to a file too, in any format; may be given several times
    #[arg(long, value_name = "FORMAT=FILE")]
    report: Vec<ReportFile>,
    /// From which severity on a finding fails
    #[arg(long, value_enum, default_value_t = FailOn::Never)]
    fail_on: FailOn,
    /// Judge as on this day [default: today, UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = output::parse_date)]
    date: Option<String>,
}

/// Flags of `posture`.
#[derive(Debug, clap::Args)]
pub struct PostureArguments {
    #[command(flatten)]
    repository: Repository,
    /// The revision; `dir:PATH` is a folder
    #[arg(value_name = "REV", default_value = "HEAD")]
    rev: String,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: PostureFormat,
}

fn open(repository: &Repository, rev: &str) -> Result<(Store, Revision), Error> {
    let store = if rev.starts_with("dir:") { Store::none() } else { Store::open(&repository.repo)? };
    let revision = store.resolve(rev)?;
    Ok((store, revision))
}

/// Runs `audit` and gives the exit code.
pub fn audit(arguments: &AuditArguments) -> u8 {
    let date = arguments.date.clone().unwrap_or_else(output::today);
    let failed = |exit: u8, message: String| Report::failed(&date, exit, message);
    let opened = || open(&arguments.repository, &arguments.rev);
    let mut report = match (report_file::check(&arguments.report), opened(), Catalogue::built_in()) {
        (Err(message), _, _) => failed(2, message),
        (_, Err(error), _) => failed(error.exit(), error.to_string()),
        (_, _, Err(error)) => failed(3, error.to_string()),
        (_, Ok((store, revision)), Ok(catalogue)) => {
            let nothing = RevisionShown { rev: "nothing".into(), commit: None };
            let head_shown = RevisionShown { rev: arguments.rev.clone(), commit: revision.commit().map(|id| id.to_string()) };
            let compared = Compared { base: vec![Revision::Empty], head: revision, base_shown: nothing, head_shown };
            let request = Request { fail_on: arguments.fail_on, require_coverage: false, date: date.clone() };
            run_audit(&store, &catalogue, &compared, &request).unwrap_or_else(|error| failed(error.exit(), error.to_string()))
        }
    };
    output::report(&mut report, arguments.format, &arguments.report, true)
}

/// Runs `posture` and gives the exit code.
pub fn posture(arguments: &PostureArguments) -> u8 {
    let outcome = open(&arguments.repository, &arguments.rev).and_then(|(store, revision)| {
        let catalogue = Catalogue::built_in().map_err(|error| Error::Limit(error.to_string()))?;
        let shown = RevisionShown { rev: arguments.rev.clone(), commit: revision.commit().map(|id| id.to_string()) };
        let own = rules_of(&store, &revision)?;
        let catalogue = own.as_ref().and_then(|rules| rules.catalogue.as_ref()).unwrap_or(&catalogue);
        run_posture(&store, catalogue, &revision, shown)
    });
    match outcome {
        Ok(posture) => {
            output::print(&write(&posture, arguments.format));
            0
        }
        Err(error) => {
            output::tell(&format!("error: {error}"));
            error.exit()
        }
    }
}
