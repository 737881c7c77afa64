//! The policies that judge in the work tree: the built-in ones and those of the repository's own packs.

use std::path::{Path, PathBuf};

use crate::check::rules_of;
use crate::config::rules::Rules;
use crate::policy::catalogue::Catalogue;
use crate::revision::{Revision, Store};

/// The rules on the disk: of the work tree that a folder lies in, or of the folder itself outside of any repository.
///
/// # Errors
/// Exit code and words: the configuration or a policy is malformed.
pub fn rules(repo: &Path) -> Result<Option<Box<Rules>>, (u8, String)> {
    let (store, revision) = match Store::open(repo) {
        Ok(store) => (store, Revision::WorkTree),
        Err(_) => (Store::none(), Revision::Folder(PathBuf::from(repo))),
    };
    match rules_of(&store, &revision) {
        Ok(rules) => Ok(rules),
        // a bare repository, or none at all: the built-in policies are all there is
        Err(error @ crate::revision::Error::Usage(_)) if store.find(&revision, crate::config::PATH).is_ok() => {
            Err((error.exit(), error.to_string()))
        }
        Err(_) => Ok(None),
    }
}

/// The catalogue on the disk.
///
/// # Errors
/// Exit code and words.
pub fn catalogue(repo: &Path) -> Result<Catalogue, (u8, String)> {
    match rules(repo)?.and_then(|rules| rules.catalogue) {
        Some(catalogue) => Ok(catalogue),
        None => Catalogue::built_in().map_err(|error| (3, error.to_string())),
    }
}
