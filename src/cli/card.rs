//! `privgate card`: the privacy section of a model card, drafted from what the repository sets.

use crate::check::posture as run_posture;
use crate::cli::{Repository, output};
use crate::policy::catalogue::Catalogue;
use crate::report::card::draft;
use crate::report::model::RevisionShown;
use crate::revision::{Error, Store};

/// What to do with a card.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Draft the privacy section from the settings of one revision
    Draft(DraftArguments),
}

/// Flags of `card draft`.
#[derive(Debug, clap::Args)]
pub struct DraftArguments {
    #[command(flatten)]
    repository: Repository,
    /// The revision; `dir:PATH` is a folder
    #[arg(value_name = "REV", default_value = "HEAD")]
    rev: String,
}

/// Runs `card` and gives the exit code.
pub fn run(what: &What) -> u8 {
    let What::Draft(arguments) = what;
    match drafted(arguments) {
        Ok(text) => {
            output::print(&text);
            0
        }
        Err(error) => {
            output::tell(&format!("error: {error}"));
            error.exit()
        }
    }
}

fn drafted(arguments: &DraftArguments) -> Result<String, Error> {
    let rev = &arguments.rev;
    let store = if rev.starts_with("dir:") { Store::none() } else { Store::open(&arguments.repository.repo)? };
    let revision = store.resolve(rev)?;
    let catalogue = Catalogue::built_in().map_err(|error| Error::Limit(error.to_string()))?;
    let shown = RevisionShown { rev: rev.clone(), commit: revision.commit().map(|id| id.to_string()) };
    Ok(draft(&run_posture(&store, &catalogue, &revision, shown)?, &catalogue))
}
