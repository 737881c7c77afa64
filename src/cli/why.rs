//! `privgate why`: what was read at a place and which policies know it.

use crate::check::{Asked, why};
use crate::cli::{Repository, output};
use crate::policy::catalogue::Catalogue;
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
    let revision = match rev {
        Some(rev) => store.resolve(&rev)?,
        None => {
            let found = base::find(&store, &|name| std::env::var(name).ok(), Some(&arguments.head), false)?;
            let id = found.base.first().ok_or_else(|| Error::NoBase("give --base".into()))?;
            store.resolve(&id.to_string())?
        }
    };
    let catalogue = Catalogue::built_in().map_err(|error| Error::Limit(error.to_string()))?;
    why(&store, &catalogue, &revision, &arguments.place)
}
