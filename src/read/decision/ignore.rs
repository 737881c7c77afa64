//! Which files Git and Docker's builder leave out. The last pattern that matches decides; `!` takes a file back in.

use globset::GlobMatcher;

use super::wild::Wild;
use super::{downward, glob};

/// One line.
#[derive(Debug)]
pub struct Pattern {
    takes_back: bool,
    folders_only: bool,
    /// Compared with the last part of a path alone.
    by_name: bool,
    fits: Fits,
}

/// How each program compares a pattern with a path.
#[derive(Debug)]
enum Fits {
    Git(Wild),
    Docker(GlobMatcher),
}

impl Pattern {
    fn is_match(&self, path: &str) -> bool {
        match &self.fits {
            Fits::Git(wild) => wild.fits(path),
            Fits::Docker(glob) => glob.is_match(path),
        }
    }
}

/// Where a line of `.gitignore` ends: blanks at its end count only behind a backslash.
pub(super) fn end(line: &str) -> usize {
    let end = line.trim_end_matches([' ', '\t']).len();
    let escaped = line.get(..end).is_some_and(|kept| kept.ends_with('\\')) && end < line.len();
    if escaped { end + 1 } else { end }
}

/// The patterns of `.gitignore`.
#[must_use]
pub fn git(lines: &[&str]) -> Vec<Pattern> {
    lines.iter().filter_map(|line| of_git(line)).collect()
}

fn of_git(line: &str) -> Option<Pattern> {
    let (takes_back, pattern) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
    let bare = pattern.strip_suffix('/');
    let pattern = bare.unwrap_or(pattern);
    let by_name = !pattern.contains('/');
    let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
    if pattern.is_empty() {
        return None;
    }
    Some(Pattern { takes_back, folders_only: bare.is_some(), by_name, fits: Fits::Git(Wild::new(pattern)?) })
}

/// Whether Git leaves a file out. What is below a folder that is left out cannot be taken back.
#[must_use]
pub fn is_ignored_by_git(patterns: &[Pattern], path: &str) -> bool {
    let path = path.trim_start_matches('/');
    let file = !path.ends_with('/');
    let whole = path.trim_end_matches('/');
    downward(whole).any(|part| {
        let folder = part.len() < whole.len() || !file;
        let name = part.rsplit('/').next().unwrap_or(part);
        let matches = |pattern: &&Pattern| (folder || !pattern.folders_only) && pattern.is_match(if pattern.by_name { name } else { part });
        patterns.iter().rev().find(matches).is_some_and(|pattern| !pattern.takes_back)
    })
}

/// The patterns of `.dockerignore`: all of them start at the root of the context.
#[must_use]
pub fn docker(lines: &[&str]) -> Vec<Pattern> {
    lines.iter().filter_map(|line| of_docker(line)).collect()
}

fn of_docker(line: &str) -> Option<Pattern> {
    let line = line.trim();
    let (takes_back, pattern) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest.trim()));
    let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.is_empty() {
        return None;
    }
    Some(Pattern { takes_back, folders_only: false, by_name: false, fits: Fits::Docker(glob::compiled(&parts.join("/"))?) })
}

/// Whether Docker's builder leaves a file out. A pattern that matches a folder matches all below it, and a later `!` takes back any of it.
#[must_use]
pub fn is_ignored_by_docker(patterns: &[Pattern], path: &str) -> bool {
    let matches = |pattern: &&Pattern| downward(path).any(|part| pattern.is_match(part));
    patterns.iter().rev().find(matches).is_some_and(|pattern| !pattern.takes_back)
}
