//! Policy files from the disk: read, typed, checked; every fault with its line.

use std::path::{Path, PathBuf};

use crate::policy::check::{At, check};
use crate::policy::file::Policy;
use crate::read::tree::{NodeId, Tree, yaml};
use crate::span::LineIndex;

/// A fault of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faulty {
    /// The file.
    pub path: PathBuf,
    /// Line from 1.
    pub line: u32,
    /// Column from 1.
    pub column: u32,
    /// What is wrong and what to do.
    pub message: String,
}

/// All policies of a file or folder, and all faults.
///
/// # Errors
/// The path cannot be read.
pub fn load(path: &Path) -> Result<(Vec<Policy>, Vec<Faulty>), String> {
    let mut files = Vec::new();
    collect(path, &mut files, 0).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    files.sort();
    let (mut policies, mut faults) = (Vec::new(), Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        match parse(&file, &text) {
            Ok(policy) => policies.push(policy),
            Err(found) => faults.extend(found),
        }
    }
    Ok((policies, faults))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>, depth: usize) -> std::io::Result<()> {
    if !path.is_dir() {
        // a missing path is reported by the read that follows
        std::fs::metadata(path)?;
        files.push(path.to_owned());
        return Ok(());
    }
    if depth > 16 {
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        let path = entry?.path();
        let yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if path.is_dir() || yaml {
            collect(&path, files, depth + 1)?;
        }
    }
    Ok(())
}

/// One policy file's text.
///
/// # Errors
/// Every fault, with its place.
pub fn parse(path: &Path, text: &str) -> Result<Policy, Vec<Faulty>> {
    let fault = |line: u32, column: u32, message: String| Faulty { path: path.to_owned(), line, column, message };
    let options = serde_saphyr::options! { strict_booleans: true };
    let policy: Policy = match serde_saphyr::from_str_with_options(text, options) {
        Ok(policy) => policy,
        Err(error) => {
            let place = error.location().map_or((1, 1), |at| (small(at.line()), small(at.column())));
            return Err(vec![fault(place.0, place.1, first_line(&error.to_string()))]);
        }
    };
    let mut complaints = check(&policy);
    let stem = path.with_extension("");
    let name = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned()).unwrap_or_default();
    let expected = format!("{}/{}", name(stem.parent().and_then(Path::file_name)), name(stem.file_name()));
    if policy.id != expected {
        let message = format!("the id is `{}`, but the file's folder and name say `{expected}`", policy.id);
        complaints.push(crate::policy::check::Complaint { at: vec![At::Key("id")], message });
    }
    if complaints.is_empty() {
        return Ok(policy);
    }
    let tree = yaml::parse(text);
    let lines = LineIndex::new(text);
    Err(complaints
        .into_iter()
        .map(|complaint| {
            let at = lines.locate(text, offset(&tree, &complaint.at));
            fault(at.line, at.column, complaint.message)
        })
        .collect())
}

fn small(n: impl TryInto<u32>) -> u32 {
    n.try_into().unwrap_or(u32::MAX)
}

/// The parser's message without its picture of the source.
fn first_line(message: &str) -> String {
    let line = message.lines().find(|line| !line.trim().is_empty()).unwrap_or("malformed");
    line.trim_start_matches("error: ").trim().to_owned()
}

/// Where a path of keys ends; the last key that is there when the rest is missing.
fn offset(tree: &Tree, at: &[At]) -> u32 {
    let Some(mut node) = tree.documents.first().copied() else { return 0 };
    let mut place = 0;
    for step in at {
        let next: Option<(NodeId, u32)> = match step {
            At::Key(key) => tree.entry(node, key).map(|entry| (entry.value, entry.key_span.start)),
            At::Item(index) => tree.items(node).get(*index).map(|item| (*item, tree.node(*item).span.start)),
        };
        let Some((below, start)) = next else { break };
        (node, place) = (below, start);
    }
    place
}
