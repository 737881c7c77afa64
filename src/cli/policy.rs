//! `privgate policy`: list, test and describe policies.

use std::path::{Path, PathBuf};

use crate::cli::{output, pages};
use crate::packs::{Faulty, load};
use crate::policy::catalogue::{Catalogue, built_in_files};
use crate::policy::file::Policy;
use crate::policy::schema::schema;
use crate::trial;

/// What to do with policies.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// List the policies that judge
    List {
        #[command(flatten)]
        repository: crate::cli::Repository,
        /// Only ids that start with this
        #[arg(value_name = "PREFIX")]
        prefix: Option<String>,
        /// How the list is written
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Run the examples of policies
    Test {
        #[command(flatten)]
        repository: crate::cli::Repository,
        /// A policy file or a folder of them [default: the built-in policies and those of the repository's packs]
        #[arg(value_name = "PATH")]
        path: Option<PathBuf>,
    },
    /// Make a policy file to start from, with examples that run
    New {
        /// `area/name`
        #[arg(value_name = "AREA/NAME")]
        id: String,
        /// The pack: a folder that privgate.yaml names under `packs`
        #[arg(long, value_name = "DIR", default_value = "policies")]
        pack: PathBuf,
    },
    /// Print the JSON Schema of policy files, for editors
    Schema,
    /// Write the documentation's pages of the built-in policies
    Docs {
        /// The folder to write them below
        #[arg(value_name = "DIR", default_value = "docs/catalogue")]
        folder: PathBuf,
    },
}

/// How a list is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ListFormat {
    /// A line each.
    #[default]
    Human,
    /// A JSON array.
    Json,
}

/// Runs it and gives the exit code.
pub fn run(what: &What) -> u8 {
    match what {
        What::List { repository, prefix, format } => list(&repository.repo, prefix.as_deref().unwrap_or(""), *format),
        What::Docs { folder } => pages::write(folder),
        What::Test { repository, path } => test(&repository.repo, path.as_deref()),
        What::New { id, pack } => match super::new_policy::make(pack, id) {
            Ok(file) => {
                output::print(&format!("{}\n", file.display()));
                output::tell(&format!("next: edit it, run `privgate policy test {}`, and name its pack in privgate.yaml", file.display()));
                0
            }
            Err(message) => failed(2, &message),
        },
        What::Schema => {
            output::print(&schema(&crate::read::kinds()));
            0
        }
    }
}

fn list(repo: &Path, prefix: &str, format: ListFormat) -> u8 {
    let catalogue = match super::own::catalogue(repo) {
        Ok(catalogue) => catalogue,
        Err((exit, message)) => return failed(exit, &message),
    };
    let mut chosen: Vec<_> = catalogue.policies().iter().filter(|policy| policy.rule.id.starts_with(prefix)).collect();
    chosen.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
    let text = match format {
        ListFormat::Human => {
            let width = chosen.iter().map(|policy| policy.rule.id.len()).max().unwrap_or(0);
            let line = |policy: &&crate::policy::catalogue::Slot| {
                format!("{:<width$}  {}\n", policy.rule.id, catalogue.prose(&policy.rule.id).title)
            };
            chosen.iter().map(line).collect::<String>()
        }
        ListFormat::Json => {
            let row = |policy: &&crate::policy::catalogue::Slot| serde_json::json!({"id": policy.rule.id, "title": catalogue.prose(&policy.rule.id).title, "product": policy.rule.product});
            let rows: Vec<serde_json::Value> = chosen.iter().map(row).collect();
            serde_json::to_string_pretty(&rows).map(|text| text + "\n").unwrap_or_default()
        }
    };
    output::print(&text);
    if chosen.is_empty() { failed(2, &format!("no policy starts with `{prefix}`")) } else { 0 }
}

fn failed(exit: u8, message: &str) -> u8 {
    output::tell(&format!("error: {message}"));
    exit
}

fn test(repo: &Path, path: Option<&Path>) -> u8 {
    let (tested, faults) = match path {
        Some(path) => match load(path) {
            Ok(loaded) => loaded,
            Err(error) => return failed(2, &error),
        },
        None => match (built_in_files(), super::own::rules(repo)) {
            (Ok(mut files), Ok(rules)) => {
                files.extend(rules.iter().flat_map(|rules| &rules.packs).map(|pack| pack.policy.clone()));
                (files, Vec::new())
            }
            (Err(error), _) => return failed(3, &error.to_string()),
            (_, Err((exit, message))) => return failed(exit, &message),
        },
    };
    for fault in &faults {
        output::tell(&fault.to_string());
    }
    if tested.is_empty() && faults.is_empty() {
        return failed(2, "there is no policy here");
    }
    let catalogue = match around(&tested) {
        Ok(catalogue) => catalogue,
        Err(error) => return failed(2, &error),
    };
    let failures: Vec<trial::Failure> = tested.iter().flat_map(|policy| trial::run(&catalogue, policy)).collect();
    for failure in &failures {
        output::tell(&format!("{}: example \"{}\": {}", failure.policy, failure.example, failure.message));
    }
    let examples: usize = tested.iter().map(|policy| policy.examples.len()).sum();
    output::print(&format!(
        "{} policies, {examples} examples: {} passed, {} failed{}\n",
        tested.len(),
        examples - failures.len(),
        failures.len(),
        if faults.is_empty() { String::new() } else { format!("; {} files are faulty", faults.len()) }
    ));
    match (faults.is_empty(), failures.is_empty()) {
        (false, _) => 2,
        (true, false) => 1,
        (true, true) => 0,
    }
}

/// The tested policies among the built-in ones; a tested one replaces the built-in one of its id.
fn around(tested: &[Policy]) -> Result<Catalogue, String> {
    let mut all = built_in_files().map_err(|error| error.to_string())?;
    all.retain(|policy| !tested.iter().any(|own| own.id == policy.id));
    all.extend(tested.iter().cloned());
    Catalogue::only(&all).map_err(|error| error.to_string())
}

impl std::fmt::Display for Faulty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: {}", self.path.display(), self.line, self.column, self.message)
    }
}
