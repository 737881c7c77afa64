//! Wiring of the gate in a repository: what `init` writes and what `doctor` looks for. Nothing here ever changes a file that is there.

pub mod doctor;
pub mod files;
pub mod hook;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The largest file of wiring that is looked at, in bytes.
const MOST_BYTES: u64 = 2 << 20;

/// What became of one thing that was to be set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was written.
    Written(PathBuf),
    /// It was there already, and does what it should.
    There(PathBuf),
    /// Something else is there: what to add by hand.
    ByHand {
        /// What is in the way.
        path: PathBuf,
        /// What to do, in words.
        step: String,
        /// The lines to add.
        lines: String,
    },
}

/// Writes a file that is not there yet.
///
/// # Errors
/// The disk says no, also when something is there.
pub fn create(path: &Path, text: &str) -> Result<(), String> {
    use std::io::Write;
    let failed = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    // fails when it exists, also as a dangling link
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

/// Writes a file that is not there yet below a root; no folder on the way may be a link that leads elsewhere.
///
/// # Errors
/// The disk says no, also when something is there.
pub fn create_below(root: &Path, path: &Path, text: &str) -> Result<(), String> {
    let inside = path.strip_prefix(root).map_err(|_| format!("{} is not below {}", path.display(), root.display()))?;
    let mut folder = root.to_path_buf();
    for part in inside.parent().into_iter().flat_map(Path::components) {
        folder.push(part);
        if folder.is_symlink() {
            return Err(format!("{} is a link: nothing is written through it", folder.display()));
        }
    }
    create(path, text)
}

/// The text of a file of the repository; `None` for anything but a plain file of a sensible size.
#[must_use]
pub fn read(path: &Path) -> Option<String> {
    let kind = path.symlink_metadata().ok()?;
    (kind.is_file() && kind.len() <= MOST_BYTES).then(|| std::fs::read_to_string(path).ok()).flatten()
}

/// Whether anything is at a path, a dangling link too.
#[must_use]
pub fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// One line of git's answer about this repository; `None` where git says no or is not there.
#[must_use]
pub fn ask_git(dir: &Path, question: &[&str]) -> Option<String> {
    let output = Command::new("git").current_dir(dir).args(question).stdin(Stdio::null()).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    let answer = answer.strip_suffix('\n').unwrap_or(&answer);
    (output.status.success() && !answer.is_empty()).then(|| answer.to_string())
}
