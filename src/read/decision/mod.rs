//! Files that are judged by what they decide: `.gitignore`, `.dockerignore`, `CODEOWNERS`, `robots.txt`. Two spellings of one answer
//! are the same.

mod glob;
pub mod ignore;
pub mod owners;
pub mod robots;
pub mod robots_code;
pub mod robots_file;
#[cfg(test)]
mod robots_tests;
#[cfg(test)]
mod tests;
mod wild;

use crate::read::text::lines;
use crate::reading::{Kind, Reading};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// More answers than this are not asked of one file: every one of them walks all lines.
const QUESTIONS: usize = 10_000;

/// More lines than this decide nothing that can be known: each of them is a pattern to build.
pub const LINES: usize = 10_000;

/// A language of decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Git: the last pattern wins, but nothing below an ignored folder comes back.
    Git,
    /// Docker's build context: the last pattern wins everywhere.
    Docker,
    /// Owners of paths: the last pattern wins, and may name nobody.
    Owners,
    /// What crawlers may fetch: the group that names one, and in it the longest pattern.
    Robots,
}

impl Language {
    /// The language by its word in policies.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        match name {
            "gitignore" => Some(Self::Git),
            "dockerignore" => Some(Self::Docker),
            "codeowners" => Some(Self::Owners),
            "robots" => Some(Self::Robots),
            _ => None,
        }
    }

    /// The language's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Git => "gitignore",
            Self::Docker => "dockerignore",
            Self::Owners => "codeowners",
            Self::Robots => "robots",
        }
    }

    /// The two answers: where a pattern decides so, and where none does.
    #[must_use]
    pub fn answers(self) -> [&'static str; 2] {
        match self {
            Self::Git | Self::Docker => ["ignored", "included"],
            Self::Owners => ["owned", "unowned"],
            Self::Robots => ["disallowed", "allowed"],
        }
    }
}

/// The language of a file by its name.
#[must_use]
pub fn language(path: &str) -> Option<Language> {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name {
        ".gitignore" => Some(Language::Git),
        // elsewhere no forge looks
        "CODEOWNERS" if matches!(path.strip_suffix(name), Some("" | ".github/" | "docs/" | ".gitlab/" | ".gitea/" | ".forgejo/")) => {
            Some(Language::Owners)
        }
        _ if robots_file::claims(path) => Some(Language::Robots),
        _ if name.ends_with(".dockerignore") => Some(Language::Docker),
        _ => None,
    }
}

/// Reads the lines that decide, in order, as one list.
#[must_use]
pub fn read(path: &str, text: &str) -> Reading {
    let language = language(path).unwrap_or(Language::Git);
    if language == Language::Robots {
        return robots_file::read(path, text);
    }
    let mut reading = Reading::new(Kind(language.name()), text.len());
    let mut spans = Vec::new();
    for (start, line) in lines(text) {
        let end = if language == Language::Git { ignore::end(line) } else { line.trim_end().len() };
        let from = if language == Language::Git { 0 } else { line.len() - line.trim_start().len() };
        let pattern = line.get(from..end).unwrap_or("");
        if !pattern.is_empty() && !pattern.starts_with('#') {
            spans.push(Span::new(start + from, start + end));
        }
    }
    let end = Span::new(text.len(), text.len());
    let whole = spans.first().zip(spans.last()).map_or(end, |(first, last)| first.join(*last));
    let items = spans.iter().map(|span| Value::text(span.of(text))).collect();
    let value = Outcome::One(Value::List(items));
    let mut setting = Setting::named(ScopeId::ROOT, Surface::Decision, language.name(), value, whole, whole).with_raw(text);
    setting.item_spans = spans;
    reading.settings.push(setting);
    reading
}

/// Whether a file of these lines decides so for `of` at `at`: a file below a folder for the ignoring languages, an owner
/// (`*` for anybody) of a path for the owning one. Nothing for more questions than a policy may
/// sensibly ask, or more lines than a file may sensibly have.
#[must_use]
pub fn decide(language: Language, lines: &[&str], of: &[&str], at: &[&str]) -> Option<Vec<bool>> {
    if of.len().saturating_mul(at.len()) > QUESTIONS || lines.len() > LINES {
        return None;
    }
    let pairs = of.iter().flat_map(|of| at.iter().map(move |at| (*of, *at)));
    Some(match language {
        Language::Git => {
            let patterns = ignore::git(lines);
            pairs.map(|(of, at)| ignore::is_ignored_by_git(&patterns, &joined(at, of))).collect()
        }
        Language::Docker => {
            let patterns = ignore::docker(lines);
            pairs.map(|(of, at)| ignore::is_ignored_by_docker(&patterns, &joined(at, of))).collect()
        }
        Language::Owners => {
            let rules = owners::rules(lines);
            pairs.map(|(of, at)| owners::owns(&rules, at, of)).collect()
        }
        Language::Robots => {
            let groups = robots::Groups::of(lines.iter().copied());
            pairs.map(|(of, at)| !groups.allows(of, &robots::escaped(at))).collect()
        }
    })
}

fn joined(folder: &str, path: &str) -> String {
    let folder = folder.trim_matches('/');
    let path = path.trim_start_matches('/');
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

/// A path and the folders above it, the outermost first.
fn downward(path: &str) -> impl Iterator<Item = &str> {
    let path = path.trim_matches('/');
    path.match_indices('/').filter_map(|(at, _)| path.get(..at)).chain(std::iter::once(path))
}
