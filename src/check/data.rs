//! Data files, where the configuration asks for them: what their added lines hold.

use globset::GlobSetBuilder;

use crate::data::{BUDGET, Changed, DataRules, findings, scan};
use crate::report::model::{Finding, Skipped};
use crate::revision::{Blob, Error, Revision, Store};

/// The largest data file that is read.
const MOST_BYTES: u64 = 64 << 20;

/// What the added lines of the changed data files hold, and what was not looked at.
///
/// # Errors
/// Objects are missing, the disk cannot be read, or a glob of the rules is malformed.
pub fn data(store: &Store, base: &Revision, head: &Revision, rules: &DataRules) -> Result<(Vec<Finding>, Vec<Skipped>), Error> {
    let mut globs = GlobSetBuilder::new();
    for pattern in &rules.files {
        let glob = globset::GlobBuilder::new(pattern).literal_separator(true).case_insensitive(true).build();
        globs.add(glob.map_err(|error| Error::Usage(format!("data.files: {error}")))?);
    }
    let globs = globs.build().map_err(|error| Error::Usage(format!("data.files: {error}")))?;
    let changes = store.changes(base, head, &|path| globs.is_match(path), &|_| 0)?;
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    let mut budget = BUDGET;
    let mut bytes = store.reader();
    let mut read = |side: &Revision, blob: &Blob| bytes.read(side, blob, MOST_BYTES).map_err(|error| error.to_string());
    for pair in &changes.pairs {
        let Some(blob) = &pair.head else { continue };
        let before = pair.base.as_ref().map(|blob| read(base, blob)).transpose();
        let (before, after) = match (before, read(head, blob)) {
            (Ok(before), Ok(after)) => (before, after),
            (Err(reason), _) | (_, Err(reason)) => {
                skipped.push(Skipped { file: blob.path.clone(), reason });
                let nothing = Changed { path: &blob.path, base: None, head: b"?", id: "" };
                found.extend(findings(&blob.path, &scan(&rules.kinds, &nothing, &mut 0)));
                continue;
            }
        };
        let id = blob.id.to_string();
        let file = Changed { path: &blob.path, base: before.as_deref(), head: &after, id: &id };
        let scanned = scan(&rules.kinds, &file, &mut budget);
        if scanned.unsampled > 0 {
            let reason = format!("a sample was looked at; {} bytes were not", scanned.unsampled);
            skipped.push(Skipped { file: blob.path.clone(), reason });
        }
        found.extend(findings(&blob.path, &scanned));
    }
    Ok((found, skipped))
}
