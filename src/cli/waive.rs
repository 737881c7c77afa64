//! `privgate waive`: writes a waiver for a finding of a check, or clears out those that are over. It changes only
//! `privgate-waivers.yaml`; whether a waiver counts is decided by the base and its owners.

use crate::check::{Compared, FailOn, Inputs, Request, check_with, posture, rules_of};
use crate::cli::{Repository, output};
use crate::config::is_owner;
use crate::policy::catalogue::Catalogue;
use crate::report::model::{Finding, RevisionShown, StateWord};
use crate::revision::{Error, Revision, Store, base};
use crate::waiver::{PATH, Waiver, day, edit};

/// How long a waiver lasts when nobody says.
const DAYS: i64 = 30;

/// Flags of `waive`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    repository: Repository,
    /// The finding's fingerprint, or its first eight digits or more, as `check --format json` shows it
    #[arg(value_name = "FINGERPRINT", required_unless_present = "prune")]
    fingerprint: Option<String>,
    /// Who accepts it: `@user` or `@group/team`
    #[arg(long, required_unless_present = "prune")]
    owner: Option<String>,
    /// Why it is acceptable
    #[arg(long, required_unless_present = "prune")]
    reason: Option<String>,
    /// The last day on which it counts [default: in 30 days]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = output::parse_date)]
    expires: Option<String>,
    /// Delete waivers that have expired, and those whose change the base already has
    #[arg(long, conflicts_with_all = ["fingerprint", "owner", "reason", "expires"])]
    prune: bool,
    /// The revision before [default: as `check` finds it]
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// The revision after [default: the work tree]
    #[arg(long, value_name = "REV")]
    head: Option<String>,
    /// Judge as on this day [default: today, UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = output::parse_date)]
    date: Option<String>,
}

/// Runs it and gives the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    let outcome = if arguments.prune { prune(arguments) } else { write(arguments) };
    match outcome {
        Ok(text) => {
            output::print(&crate::report::escape::terminal(&text));
            0
        }
        Err(error) => {
            output::tell(&format!("error: {}", crate::report::escape::terminal(&error.to_string())));
            error.exit()
        }
    }
}

fn built_in() -> Result<Catalogue, Error> {
    Catalogue::built_in().map_err(|error| Error::Limit(error.to_string()))
}

fn write(arguments: &Arguments) -> Result<String, Error> {
    let usage = |message: String| Error::Usage(message);
    let (Some(fingerprint), Some(owner), Some(reason)) = (&arguments.fingerprint, &arguments.owner, &arguments.reason) else {
        return Err(usage("a fingerprint, --owner and --reason are needed".into()));
    };
    if fingerprint.len() < 8 {
        return Err(usage("give at least eight digits of the fingerprint".into()));
    }
    if !is_owner(owner) {
        return Err(usage(format!("`{owner}` is no owner: write `@user` or `@group/team`")));
    }
    let date = arguments.date.clone().unwrap_or_else(output::today);
    let today = day::of(&date).ok_or_else(|| usage(format!("`{date}` is no day")))?;
    let expires = arguments.expires.clone().unwrap_or_else(|| day::date(today + DAYS));
    let store = Store::open(&arguments.repository.repo)?;
    let finding = find(&store, arguments, fingerprint, &date)?;
    let waiver = of_finding(&store, &finding, arguments, owner, reason, &expires)?;
    if let Some(wrong) = waiver.ill_made(&date, crate::config::MOST_DAYS) {
        return Err(usage(wrong));
    }
    let path = store.root_folder()?.join(PATH);
    let before = read(&path)?;
    if let Some(standing) = edit::accepted(&before, &waiver).map_err(usage)? {
        return Ok(format!("{PATH}: {} {} is waived until {} already\n", standing.policy, standing.setting, standing.expires));
    }
    let text = edit::appended(&before, &waiver).map_err(usage)?;
    replace(&path, &text)?;
    Ok(format!(
        "{PATH}: {} {} is waived until {expires}\nnext: commit it; it counts when {owner} approved the head commit, or when it stands in the base\n",
        waiver.policy, waiver.setting
    ))
}

fn find(store: &Store, arguments: &Arguments, fingerprint: &str, date: &str) -> Result<Finding, Error> {
    let (bases, head) = if let Some(base) = &arguments.base {
        (vec![store.resolve(base)?], None)
    } else {
        let found = base::find(store, &|name| std::env::var(name).ok(), arguments.head.as_deref(), false)?;
        (found.base.iter().map(|id| store.resolve(&id.to_string())).collect::<Result<_, _>>()?, Some(found.head))
    };
    let head = match (&arguments.head, head) {
        (Some(rev), _) => store.resolve(rev)?,
        (None, _) => Revision::WorkTree,
    };
    let shown = |rev: &str| RevisionShown { rev: rev.to_owned(), commit: None };
    let compared = Compared { base: bases, head, base_shown: shown("base"), head_shown: shown("head") };
    let request = Request { fail_on: FailOn::Never, require_coverage: false, date: date.to_owned() };
    let inputs = Inputs { local: true, fail_on_given: true, ..Inputs::default() };
    let report = check_with(store, &built_in()?, &compared, &request, &inputs)?;
    let mut fitting = report.findings.into_iter().filter(|finding| finding.fingerprint.starts_with(fingerprint));
    match (fitting.next(), fitting.next()) {
        (Some(finding), None) if finding.policy.starts_with("gate/waiver-") => {
            Err(Error::Usage("a finding about a waiver is settled by its owner's approval, not by another waiver".into()))
        }
        (Some(finding), None) => Ok(finding),
        (Some(_), Some(_)) => Err(Error::Usage(format!("several findings start with `{fingerprint}`: give more digits"))),
        (None, _) => Err(Error::Usage(format!(
            "no finding of this comparison has the fingerprint `{fingerprint}`: `privgate check --format json` lists them"
        ))),
    }
}

fn of_finding(store: &Store, finding: &Finding, arguments: &Arguments, owner: &str, reason: &str, expires: &str) -> Result<Waiver, Error> {
    let head = match &arguments.head {
        Some(rev) => store.resolve(rev)?,
        None => Revision::WorkTree,
    };
    let value = |side: &Option<crate::report::model::Side>, revision: &Revision| -> Result<Option<String>, Error> {
        let Some(side) = side else { return Ok(None) };
        if side.state != StateWord::Unreadable {
            return Ok(Some(side.value.clone().unwrap_or_default()));
        }
        let blob = side.file.as_deref().map(|file| store.standing(revision, file)).transpose()?.flatten();
        Ok(blob.map(|blob| blob.id.to_string()))
    };
    Ok(Waiver {
        policy: finding.policy.clone(),
        file: finding.file.clone(),
        scope: finding.scope.clone(),
        setting: finding.setting.clone(),
        // what cannot be read at base is seldom waived; its object is that of the head's counterpart where they are one file
        from: value(&finding.base, &head)?,
        to: value(&finding.head, &head)?,
        reason: reason.to_owned(),
        owner: owner.to_owned(),
        expires: expires.to_owned(),
    })
}

/// The revision that decides whether a waiver is spent: where this branch left the default branch. On the branch that makes the change,
/// HEAD has it and the waiver is still needed. The default branch itself follows nothing: what it has is merged.
fn standing(store: &Store, arguments: &Arguments) -> Result<Revision, Error> {
    if let Some(base) = &arguments.base {
        return store.resolve(base);
    }
    match base::find(store, &|name| std::env::var(name).ok(), None, false) {
        Ok(found) => found.base.first().map_or_else(|| store.head(), |id| store.resolve(&id.to_string())),
        Err(Error::NoBase(_)) => store.head(),
        Err(error) => Err(error),
    }
}

fn prune(arguments: &Arguments) -> Result<String, Error> {
    let date = arguments.date.clone().unwrap_or_else(output::today);
    let store = Store::open(&arguments.repository.repo)?;
    let path = store.root_folder()?.join(PATH);
    let before = read(&path)?;
    let base = standing(&store, arguments)?;
    let own = rules_of(&store, &base)?;
    let built_in = built_in()?;
    let catalogue = own.as_ref().and_then(|rules| rules.catalogue.as_ref()).unwrap_or(&built_in);
    let posture = posture(&store, catalogue, &base, RevisionShown { rev: "base".into(), commit: None })?;
    let expired = |waiver: &Waiver| day::of(&waiver.expires).zip(day::of(&date)).is_none_or(|(end, today)| end < today);
    let spent = |waiver: &Waiver| {
        let same = |row: &&crate::report::posture::Row| {
            row.policy == waiver.policy && row.file == waiver.file && row.scope == waiver.scope && row.setting == waiver.setting
        };
        posture.settings.iter().filter(same).any(|row| row.value.is_some() && row.value == waiver.to)
    };
    let (text, gone) = edit::pruned(&before, &|waiver| expired(waiver) || spent(waiver)).map_err(Error::Usage)?;
    if gone.is_empty() {
        return Ok(format!("{PATH}: nothing is over\n"));
    }
    replace(&path, &text)?;
    let lines: Vec<String> = gone
        .iter()
        .map(|waiver| {
            let why = if expired(waiver) { "expired" } else { "the base already has its change" };
            format!("deleted: {} of {} ({why})\n", waiver.policy, waiver.file)
        })
        .collect();
    Ok(lines.concat())
}

fn read(path: &std::path::Path) -> Result<String, Error> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Error::Disk { path: path.display().to_string(), error }),
    }
}

/// Writes beside the file and moves it there: a run that is stopped leaves the old file whole.
fn replace(path: &std::path::Path, text: &str) -> Result<(), Error> {
    let failed = |error| Error::Disk { path: path.display().to_string(), error };
    if path.is_symlink() {
        return Err(Error::Usage(format!("{} is a link; it is not followed", path.display())));
    }
    let beside = path.with_extension("yaml.new");
    std::fs::write(&beside, text).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}
