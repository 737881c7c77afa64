//! `privgate why`: what was read at a place and which policies know it.

use crate::check::{Asked, Compared, FailOn, Request, check, rules_of, why};
use crate::cli::{Repository, output};
use crate::policy::catalogue::Catalogue;
use crate::report::model::{Finding, RevisionShown};
use crate::revision::{Error, Store, base};

/// Flags of `why`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    repository: Repository,
    /// A line of a file: `compose.yaml:14`
    #[arg(value_name = "FILE:LINE", value_parser = parse)]
    place: Asked,
    /// Which side to look at
    #[arg(long, value_enum, default_value_t = Side::Head)]
    side: Side,
    /// The revision before [default: as `check` finds it]
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// The revision after
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    head: String,
}

/// A side of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Side {
    Base,
    Head,
}

fn parse(text: &str) -> Result<Asked, String> {
    let (file, line) = text.rsplit_once(':').ok_or("expected FILE:LINE")?;
    let line = line.parse().ok().filter(|line| *line > 0).ok_or("the line is a number from 1")?;
    Ok(Asked { file: file.trim_start_matches("./").to_owned(), line })
}

/// Runs it and gives the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    match answer(arguments) {
        Ok(text) => {
            output::print(&crate::report::escape::terminal(&text));
            0
        }
        Err(error) => {
            output::tell(&format!("error: {error}"));
            error.exit()
        }
    }
}

fn answer(arguments: &Arguments) -> Result<String, Error> {
    let rev = match (arguments.side, &arguments.base) {
        (Side::Head, _) => Some(arguments.head.clone()),
        (Side::Base, base) => base.clone(),
    };
    let store =
        if rev.as_deref().is_some_and(|rev| rev.starts_with("dir:")) { Store::none() } else { Store::open(&arguments.repository.repo)? };
    let revision = if let Some(rev) = rev {
        store.resolve(&rev)?
    } else {
        let found = base::find(&store, &|name| std::env::var(name).ok(), Some(&arguments.head), false)?;
        let id = found.base.first().ok_or_else(|| Error::NoBase("give --base".into()))?;
        store.resolve(&id.to_string())?
    };
    let catalogue = Catalogue::built_in().map_err(|error| Error::Limit(error.to_string()))?;
    let own = rules_of(&store, &revision)?;
    let known = own.as_ref().and_then(|rules| rules.catalogue.as_ref()).unwrap_or(&catalogue);
    let read = why(&store, known, &revision, &arguments.place)?;
    Ok(read + &fired(&store, &catalogue, arguments))
}

/// What `check` says of this place, when it finds a base to compare with.
fn fired(store: &Store, catalogue: &Catalogue, arguments: &Arguments) -> String {
    let compared = || -> Result<Compared, Error> {
        let (base, head) = if let Some(base) = &arguments.base {
            (vec![store.resolve(base)?], store.resolve(&arguments.head)?)
        } else {
            let found = base::find(store, &|name| std::env::var(name).ok(), Some(&arguments.head), false)?;
            let bases = found.base.iter().map(|id| store.resolve(&id.to_string())).collect::<Result<_, _>>()?;
            (bases, store.resolve(&found.head.to_string())?)
        };
        let shown = |rev: &str| RevisionShown { rev: rev.to_owned(), commit: None };
        Ok(Compared { base, head, base_shown: shown("base"), head_shown: shown(&arguments.head) })
    };
    let request = Request { fail_on: FailOn::Error, require_coverage: false, date: crate::cli::output::today() };
    let report = match compared().and_then(|compared| check(store, catalogue, &compared, &request)) {
        Ok(report) => report,
        Err(error) => return format!("  not compared: {error}\n"),
    };
    let here = |finding: &&Finding| {
        let side = |side: &Option<crate::report::model::Side>| {
            side.as_ref().is_some_and(|side| side.file.as_deref() == Some(&arguments.place.file) && side.line == Some(arguments.place.line))
        };
        match arguments.side {
            Side::Head => side(&finding.head) || (finding.file == arguments.place.file && finding.line == arguments.place.line),
            Side::Base => side(&finding.base),
        }
    };
    let fired: Vec<String> = report
        .findings
        .iter()
        .filter(here)
        .map(|finding| format!("  {} {} by {}: {}\n", finding.severity.word(), finding.change.word(), finding.policy, finding.message))
        .collect();
    if fired.is_empty() {
        return "  no finding here: the value ranks as before, or it is new and no weaker than what holds when it is not written\n".into();
    }
    fired.concat()
}
