//! `privgate check`: which two revisions, then the pipeline, then the report.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::check::{Compared, FailOn, Inputs, Request, check_with};
use crate::cli::loading::Loading;
use crate::cli::report_file::{self, ReportFile};
use crate::cli::{Repository, output};
use crate::report::Format;
use crate::report::escape;
use crate::report::model::{Report, RevisionShown};
use crate::revision::{Error, Fetch, Revision, Store, base};
use crate::waiver::Approvals;

/// Flags of `check`.
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    repository: Repository,
    /// The revision before; found from the CI event or the default branch when it is not given. `dir:PATH` is a folder
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// The revision after [default: HEAD, or what the CI event says]
    #[arg(long, value_name = "REV", conflicts_with_all = ["staged", "worktree"])]
    head: Option<String>,
    /// Compare what the next commit would hold, with HEAD
    #[arg(long, conflicts_with = "worktree")]
    staged: bool,
    /// Compare the files on disk (untracked ones too), with HEAD
    #[arg(long)]
    worktree: bool,
    /// The base must come from the CI event
    #[arg(long, conflicts_with = "base")]
    ci: bool,
    /// How the report is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write the report to a file too, in any format; may be given several times
    #[arg(long, value_name = "FORMAT=FILE")]
    report: Vec<ReportFile>,
    /// From which severity on a finding fails the build [default: what privgate.yaml says, else error]
    #[arg(long, value_enum)]
    fail_on: Option<FailOn>,
    /// Where the configuration stands in the base [default: privgate.yaml]
    #[arg(long, value_name = "PATH-IN-BASE", conflicts_with = "config_from_disk")]
    config: Option<String>,
    /// A configuration from the disk instead of the base's; its digest stands in the report
    #[arg(long, value_name = "FILE")]
    config_from_disk: Option<std::path::PathBuf>,
    /// Fail (exit 3) when a changed file that a policy names was not read
    #[arg(long)]
    require_coverage: bool,
    /// Who approved the head commit, as `privgate approvals` wrote it
    #[arg(long, value_name = "FILE")]
    approvals: Option<std::path::PathBuf>,
    /// Judge as on this day [default: today, UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = output::parse_date)]
    date: Option<String>,
    /// What to show for people: `all` adds notes and what got safer
    #[arg(long, value_name = "WHAT")]
    show: Option<Show>,
    /// Say which commits are compared, and why
    #[arg(long)]
    explain_base: bool,
    /// When a commit or a file's content is missing from this clone, run the `git fetch` that brings it
    #[arg(long)]
    fetch: bool,
}

/// What to show beyond what matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Show {
    All,
}

/// Runs it and gives the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    let date = arguments.date.clone().unwrap_or_else(output::today);
    let mut report = match report_file::check(&arguments.report) {
        Err(message) => Report::failed(&date, 2, message),
        Ok(()) => caught(&date, || compare(arguments, &date)).unwrap_or_else(|failed| *failed),
    };
    output::report(&mut report, arguments.format, &arguments.report, arguments.show.is_some())
}

/// A panic is no answer, and no reason to leave out the document that somebody waits for. What was being judged is lost with it.
fn caught(date: &str, judge: impl FnOnce() -> Result<Report, Box<Report>>) -> Result<Report, Box<Report>> {
    let words = "privgate failed inside, so nothing is known of this change: please report it, with the lines above";
    catch_unwind(AssertUnwindSafe(judge)).unwrap_or_else(|_| Err(Box::new(Report::failed(date, 3, words.to_owned()))))
}

fn compare(arguments: &Arguments, date: &str) -> Result<Report, Box<Report>> {
    let loading = Loading::start();
    let failed = |error: &Error| Box::new(Report::failed(date, error.exit(), error.to_string()));
    let folders = |rev: &Option<String>| rev.as_deref().is_some_and(|rev| rev.starts_with("dir:"));
    let store = if folders(&arguments.base) && folders(&arguments.head) {
        Store::none()
    } else {
        Store::open(&arguments.repository.repo).map_err(|error| failed(&error))?
    };
    let mut fetching = Fetching::new(arguments.fetch);
    let found = fetching.ask(&store, || revisions(&store, arguments));
    let (compared, why) = found.map_err(|error| failed(&error))?;
    if arguments.explain_base {
        output::tell(&escape::log(&explained(&compared, &why)));
    }
    compared.compare_ahead(&store);
    let catalogue = loading.wait().map_err(|error| Box::new(Report::failed(date, 3, error.to_string())))?;
    let fail_on = arguments.fail_on.unwrap_or_default();
    let request = Request { fail_on, require_coverage: arguments.require_coverage, date: date.to_owned() };
    let inputs = Inputs {
        config: arguments.config.clone(),
        config_from_disk: arguments.config_from_disk.clone(),
        fail_on_given: arguments.fail_on.is_some(),
        approvals: arguments.approvals.as_deref().map(approvals).transpose().map_err(|error| failed(&error))?,
        local: arguments.staged || arguments.worktree,
        ..Inputs::default()
    };
    fetching.ask(&store, || check_with(&store, catalogue, &compared, &request, &inputs)).map_err(|error| failed(&error))
}

/// Fetches that one run may make: a commit, the history behind it, contents, and those that only they lead to.
const MOST_FETCHES: usize = 4;

/// What may still be fetched.
#[derive(Debug)]
pub(super) struct Fetching {
    may: bool,
    ran: Vec<Fetch>,
}

impl Fetching {
    pub(super) fn new(may: bool) -> Self {
        Self { may, ran: Vec::new() }
    }

    /// Asks; where the answer is a fetch that would help, runs it and asks again. None runs twice.
    pub(super) fn ask<T>(&mut self, store: &Store, ask: impl Fn() -> Result<T, Error>) -> Result<T, Error> {
        loop {
            let error = match ask() {
                Err(error) if self.may && self.ran.len() < MOST_FETCHES => error,
                answer => return answer,
            };
            let Some(fetch) = error.fetch().filter(|fetch| !self.ran.contains(fetch)) else { return Err(error) };
            // names of the repository stand in it, and runners read commands out of logs
            output::tell(&escape::log(&escape::terminal(&format!("{error}: running it now, as --fetch asks for"))));
            store.fetch(fetch)?;
            self.ran.push(fetch.clone());
        }
    }
}

fn approvals(path: &std::path::Path) -> Result<Approvals, Error> {
    let wrong = |what: String| Error::Usage(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    Approvals::parse(&text).map_err(|message| wrong(format!("is no file of approvals: {message}")))
}

fn revisions(store: &Store, arguments: &Arguments) -> Result<(Compared, String), Error> {
    let shown = |rev: &str, revision: &Revision| RevisionShown { rev: rev.to_owned(), commit: revision.commit().map(|id| id.to_string()) };
    let local = if arguments.staged {
        Some(("index", Revision::Index))
    } else if arguments.worktree {
        Some(("work tree", Revision::WorkTree))
    } else {
        None
    };
    if let Some((name, head)) = local {
        let rev = arguments.base.as_deref().unwrap_or("HEAD");
        let base = base_or_nothing(store, rev)?;
        let compared = Compared { base_shown: shown(rev, &base), head_shown: shown(name, &head), base: vec![base], head };
        return Ok((compared, format!("the {name} is compared with {rev}")));
    }
    if let Some(rev) = &arguments.base {
        let base = store.resolve(rev)?;
        let head_rev = arguments.head.as_deref().unwrap_or("HEAD");
        let head = store.resolve(head_rev)?;
        let compared = Compared { base_shown: shown(rev, &base), head_shown: shown(head_rev, &head), base: vec![base], head };
        return Ok((compared, "base was given by --base".into()));
    }
    let found = base::find(store, &|name| std::env::var(name).ok(), arguments.head.as_deref(), arguments.ci)?;
    let mut bases = Vec::new();
    for id in &found.base {
        bases.push(store.resolve(&id.to_string())?);
    }
    if let Some(note) = found.note {
        output::tell(&format!("note: {note}"));
    }
    let head = store.resolve(&found.head.to_string())?;
    let first = found.base.first().map(ToString::to_string).unwrap_or_default();
    let base_shown = RevisionShown { rev: first.clone(), commit: Some(first) };
    let head_rev = arguments.head.clone().unwrap_or_else(|| "HEAD".into());
    let compared = Compared { base_shown, head_shown: shown(&head_rev, &head), base: bases, head };
    Ok((compared, found.why))
}

/// HEAD of a repository without a commit is nothing at all.
fn base_or_nothing(store: &Store, rev: &str) -> Result<Revision, Error> {
    match store.resolve(rev) {
        Err(Error::Unknown { .. }) if rev == "HEAD" && store.symbolic("HEAD").is_some() => Ok(Revision::Empty),
        other => other,
    }
}

fn explained(compared: &Compared, why: &str) -> String {
    let words = |shown: &RevisionShown| match &shown.commit {
        Some(commit) if *commit != shown.rev => format!("{} ({commit})", shown.rev),
        _ => shown.rev.clone(),
    };
    format!("base: {}\nhead: {}\nwhy:  {why}", words(&compared.base_shown), words(&compared.head_shown))
}

#[cfg(test)]
mod tests {
    use super::caught;
    use crate::report::model::{Report, Verdict};

    #[test]
    fn a_panic_is_a_document_with_exit_3() {
        let failed = caught("2026-11-21", || panic!("inside")).unwrap_err();
        assert_eq!((failed.exit, failed.verdict), (3, Verdict::Undecided));
        assert!(failed.errors[0].message.contains("failed inside"), "{:?}", failed.errors);
        assert_eq!(caught("2026-11-21", || Ok(Report::empty("2026-11-21".to_owned()))).unwrap().exit, 0);
    }
}
