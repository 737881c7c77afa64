//! Who must approve a change of a path: the last line that matches decides, and one without owners frees the path.

use globset::GlobMatcher;

use super::{downward, glob};

/// One line: a pattern and the owners behind it.
#[derive(Debug)]
pub struct Rule<'a> {
    owners: Vec<&'a str>,
    /// GitLab's sections ask separately; the first lines belong to none.
    section: usize,
    by_name: bool,
    /// What it matches may be a folder, of which everything is owned.
    holds_folders: bool,
    folders_only: bool,
    glob: GlobMatcher,
}

/// The rules of the lines. A line that the forges skip (`!x`, `[a-z]`, an owner that is none) is no rule, nor is one in a section of
/// GitLab's whose approval is optional.
#[must_use]
pub fn rules<'a>(lines: &[&'a str]) -> Vec<Rule<'a>> {
    let mut section = Section::default();
    lines.iter().filter_map(|line| rule(line, &mut section)).collect()
}

/// `[Name][2] @owner` and what follows it: who owns where a line names nobody.
#[derive(Debug, Default)]
struct Section<'a> {
    number: usize,
    optional: bool,
    owners: Vec<&'a str>,
}

fn rule<'a>(line: &'a str, section: &mut Section<'a>) -> Option<Rule<'a>> {
    let line = line.split(" #").next().unwrap_or(line).trim();
    if let Some(owners) = header(line) {
        *section = Section { number: section.number + 1, optional: line.starts_with('^'), owners: owners.split_whitespace().collect() };
        return None;
    }
    if line.starts_with(['!', '[', '^']) || section.optional {
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
    let named: Vec<&str> = owners.split_whitespace().collect();
    let owners: Vec<&str> =
        if named.is_empty() { &section.owners } else { &named }.iter().copied().filter(|owner| owner.contains('@')).collect();
    if owners.is_empty() && !named.is_empty() {
        return None;
    }
    Some(Rule { owners, section: section.number, by_name, holds_folders, folders_only: bare.is_some(), glob })
}

/// What stands behind `[Name]`, `^[Name]` and `[Name][2]`.
fn header(line: &str) -> Option<&str> {
    let (_, mut rest) = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?.split_once(']')?;
    if let Some((_, behind)) = rest.strip_prefix('[').and_then(|number| number.split_once(']')) {
        rest = behind;
    }
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some(rest)
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
    // the last rule of each section that fits; every section asks its own owners
    let mut found: Vec<&Rule<'a>> = Vec::new();
    for rule in rules.iter().rev() {
        if found.last().is_none_or(|last| last.section != rule.section) && matches(&rule) {
            found.push(rule);
        }
    }
    found.iter().rev().flat_map(|rule| rule.owners.iter().copied()).collect()
}
