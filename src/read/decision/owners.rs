//! Who must approve a change of a path: the last line that matches decides, and one without owners frees the path.

use globset::GlobMatcher;

use super::{downward, glob};

/// One line: a pattern and the owners behind it.
#[derive(Debug)]
pub struct Rule<'a> {
    owners: Vec<&'a str>,
    by_name: bool,
    /// What it matches may be a folder, of which everything is owned.
    holds_folders: bool,
    folders_only: bool,
    glob: GlobMatcher,
}

/// The rules of the lines. A line that GitHub skips (`!x`, `[a-z]`, GitLab's sections) is no rule.
#[must_use]
pub fn rules<'a>(lines: &[&'a str]) -> Vec<Rule<'a>> {
    lines.iter().filter_map(|line| rule(line)).collect()
}

fn rule(line: &str) -> Option<Rule<'_>> {
    let line = line.split(" #").next().unwrap_or(line).trim();
    if line.starts_with(['!', '[', '^']) {
        return None;
    }
    let split = pattern_end(line);
    let (pattern, owners) = (line.get(..split)?, line.get(split..)?);
    let bare = pattern.strip_suffix('/');
    let pattern = bare.unwrap_or(pattern);
    if pattern.contains(['[', ']']) {
        return None;
    }
    let by_name = !pattern.contains('/');
    let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
    let last = pattern.rsplit('/').next().unwrap_or(pattern);
    // `docs/*` owns the files in `docs`, not those in folders below; any other pattern owns what is below a folder that it fits
    let holds_folders = bare.is_some() || last != "*";
    let glob = glob::compiled(pattern)?;
    Some(Rule { owners: owners.split_whitespace().collect(), by_name, holds_folders, folders_only: bare.is_some(), glob })
}

/// A blank behind a backslash belongs to the pattern.
fn pattern_end(line: &str) -> usize {
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if c.is_whitespace() && !escaped {
            return at;
        }
        escaped = c == '\\' && !escaped;
    }
    line.len()
}

/// Whether a path is owned by `owner`, or by anybody when that is `*`.
#[must_use]
pub fn owns(rules: &[Rule<'_>], path: &str, owner: &str) -> bool {
    of(rules, path).iter().any(|other| owner == "*" || other.eq_ignore_ascii_case(owner))
}

/// The owners of a path.
#[must_use]
pub fn of<'a>(rules: &[Rule<'a>], path: &str) -> Vec<&'a str> {
    let whole = path.trim_matches('/');
    let is_folder = path.ends_with('/');
    let matches = |rule: &&Rule<'_>| {
        downward(whole).any(|part| {
            let file = part.len() == whole.len() && !is_folder;
            let name = part.rsplit('/').next().unwrap_or(part);
            let counts = if file { !rule.folders_only } else { rule.holds_folders };
            counts && rule.glob.is_match(if rule.by_name { name } else { part })
        })
    };
    rules.iter().rev().find(matches).map(|rule| rule.owners.clone()).unwrap_or_default()
}
