//! `privgate pre-push`: what git tells its pre-push hook, every reference of it, judged before it leaves.

use std::io::{IsTerminal, Read};

use crate::check::{Compared, FailOn, Inputs, Request, check_with};
use crate::cli::loading::Loading;
use crate::cli::{Repository, check::Fetching, output};
use crate::report::Format;
use crate::report::escape;
use crate::report::model::{Report, RevisionShown};
use crate::revision::base::Found;
use crate::revision::base::push::{Line, Pushed, pushed};
use crate::revision::{Error, Revision, Store};

/// Bytes of git's lines that are read: some ten thousand references.
const MOST_BYTES: u64 = 4 << 20;

/// Flags of `pre-push`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    repository: Repository,
    /// The remote's name, as git hands it to the hook
    #[arg(value_name = "REMOTE", default_value = "origin")]
    remote: String,
    /// The remote's address, as git hands it to the hook
    #[arg(value_name = "URL")]
    url: Option<String>,
    /// From which severity on a finding stops the push
    #[arg(long, value_enum)]
    fail_on: Option<FailOn>,
    /// Judge as on this day [default: today, UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = output::parse_date)]
    date: Option<String>,
    /// Say which commits are compared, and why
    #[arg(long)]
    explain_base: bool,
    /// When a commit is missing from this clone, run the one `git fetch` that brings it
    #[arg(long)]
    fetch: bool,
}

/// Runs it and gives the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    match judge_all(arguments) {
        Ok(exit) => exit,
        Err(error) => {
            output::tell(&format!("error: {}", escape::terminal(&error.to_string())));
            error.exit()
        }
    }
}

/// Judges every reference; a failing one does not hide those after it.
fn judge_all(arguments: &Arguments) -> Result<u8, Error> {
    let loading = Loading::start();
    let lines = told()?;
    let store = Store::open(&arguments.repository.repo)?;
    let date = arguments.date.clone().unwrap_or_else(output::today);
    let request = Request { fail_on: arguments.fail_on.unwrap_or_default(), require_coverage: false, date };
    // nobody can have approved what is not pushed yet
    let inputs = Inputs { fail_on_given: arguments.fail_on.is_some(), local: true, ..Inputs::default() };
    let mut fetching = Fetching::new(arguments.fetch);
    let mut judged: Vec<(Found, u8)> = Vec::new();
    let mut exits = Vec::new();
    for line in &lines {
        let name = escape::terminal(&line.remote_name);
        let found = match fetching.ask(&store, || pushed(&store, &arguments.remote, line)) {
            Ok(Pushed::Nothing(why)) => {
                output::print(&format!("{name}: nothing to compare, {}\n", escape::terminal(&why)));
                continue;
            }
            Ok(Pushed::Compare(found)) => found,
            Err(error) => {
                output::print(&format!("{name}:\n"));
                exits.push(output::report(&mut Report::failed(&request.date, error.exit(), error.to_string()), Format::Human, &[], false));
                continue;
            }
        };
        if let Some((_, exit)) = judged.iter().find(|(other, _)| other.base == found.base && other.head == found.head) {
            output::print(&format!("{name}: the same commits as above\n"));
            exits.push(*exit);
            continue;
        }
        output::print(&format!("{name}:\n"));
        if arguments.explain_base {
            let ids: Vec<String> = found.base.iter().map(ToString::to_string).collect();
            output::tell(&format!("base: {}\nhead: {}\nwhy:  {}", ids.join(" "), found.head, escape::terminal(&found.why)));
        }
        let report = fetching.ask(&store, || {
            let compared = compared(&store, line, &found)?;
            compared.compare_ahead(&store);
            let catalogue = loading.wait().map_err(|error| Error::Limit(error.to_string()))?;
            check_with(&store, catalogue, &compared, &request, &inputs)
        });
        let mut report = report.unwrap_or_else(|error| Report::failed(&request.date, error.exit(), error.to_string()));
        let exit = output::report(&mut report, Format::Human, &[], false);
        judged.push((found, exit));
        exits.push(exit);
    }
    let exit = worst(&exits);
    if exit != 0 {
        output::tell("privgate stopped this push");
    }
    Ok(exit)
}

/// What git tells on standard input; nothing at all when there is nothing to push.
fn told() -> Result<Vec<Line>, Error> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(Error::Usage(
            "git runs this command as its pre-push hook and tells it what is pushed; `privgate init --pre-push` installs it, \
             `privgate check` compares by hand"
                .to_string(),
        ));
    }
    let mut bytes = Vec::new();
    stdin.lock().take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| Error::Git(format!("standard input: {error}")))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Error::Limit(format!("more than {MOST_BYTES} bytes of references are pushed at once: push them in parts")));
    }
    let text = String::from_utf8_lossy(&bytes);
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).filter(|line| !line.is_empty()).map(Line::parse).collect()
}

fn compared(store: &Store, line: &Line, found: &Found) -> Result<Compared, Error> {
    let base: Vec<Revision> = found.base.iter().map(|id| store.resolve(&id.to_string())).collect::<Result<_, _>>()?;
    let first = found.base.first().map(ToString::to_string).unwrap_or_default();
    let base_shown = RevisionShown { rev: first.clone(), commit: Some(first) };
    let head_shown = RevisionShown { rev: line.local_name.clone(), commit: Some(found.head.to_string()) };
    Ok(Compared { base, head: store.resolve(&found.head.to_string())?, base_shown, head_shown })
}

/// A weakening counts more than a wrong question, and that more than what cannot be known.
fn worst(exits: &[u8]) -> u8 {
    [1, 2, 3].into_iter().find(|exit| exits.contains(exit)).unwrap_or(0)
}
