//! The files that `init` writes: configuration and CI wiring, from the same texts as the examples. What is there stays as it is.

use std::path::{Path, PathBuf};

use super::{Done, ask_git, create_below, is_there, read};
use crate::setup::hook;

/// Where CI takes privgate from, when the build that runs was told: `owner/repository@<commit>`, set by the release workflow.
const OWN_SOURCE: Option<&str> = option_env!("PRIVGATE_SOURCE");

/// What stands in the examples for that address and its commit.
const PLACEHOLDER: &str = "OWNER/privgate";
const NO_COMMIT: &str = "0000000000000000000000000000000000000000";

const WORKFLOW: &str = include_str!("../../examples/github/required-check.yml");
const PIPELINE: &str = include_str!("../../examples/gitlab/.gitlab-ci.yml");

const CONFIGURATION: &str = "\
# What privgate should know about this repository. Every key is optional, and a change is judged by the file of its base.
version: 1

# Policies of this repository's own, and what differs for the built-in ones:
# packs: [policies/privacy]
# policies:
#   \"lexicon/*\": { severity: note }

# Roles of paths that their names do not tell (product, example, development, test, generated, vendored):
# classes: { example: [\"cookbook/**\"] }

# Who may accept a weakening for a time; without this, CODEOWNERS of privgate-waivers.yaml decides:
# waivers: { owners: [\"@acme/privacy\"], max_days: 90 }
";

/// Where CI takes privgate from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// `owner/repository`.
    pub repository: String,
    /// The commit that it is pinned to.
    pub commit: String,
}

impl Source {
    /// Reads `owner/repository@<40 digits>`.
    ///
    /// # Errors
    /// It is not of that form.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "expected OWNER/REPOSITORY@COMMIT with all 40 digits of the commit".to_string();
        let (repository, commit) = text.split_once('@').ok_or_else(wrong)?;
        let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        let path = repository.split('/').count() >= 2 && repository.split('/').all(plain);
        let id = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        if path && id { Ok(Self { repository: repository.to_string(), commit: commit.to_string() }) } else { Err(wrong()) }
    }

    /// What this build was told; none in a build by hand.
    #[must_use]
    pub fn own() -> Option<Self> {
        OWN_SOURCE.and_then(|text| Self::parse(text).ok())
    }
}

/// What a repository already has, by its files and remotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stack {
    /// It runs on GitHub.
    pub github: bool,
    /// It runs on GitLab.
    pub gitlab: bool,
}

/// Looks where a repository is at home: its CI files say it, else its remotes.
#[must_use]
pub fn detect(root: &Path) -> Stack {
    let by_files = Stack { github: root.join(".github").is_dir(), gitlab: is_there(&root.join(".gitlab-ci.yml")) };
    if by_files != Stack::default() {
        return by_files;
    }
    let remotes = ask_git(root, &["config", "--get-regexp", r"^remote\..*\.url$"]).unwrap_or_default().to_lowercase();
    Stack { github: remotes.contains("github"), gitlab: remotes.contains("gitlab") }
}

/// Writes `privgate.yaml`.
///
/// # Errors
/// The disk says no.
pub fn configuration(root: &Path) -> Result<Done, String> {
    let path = root.join("privgate.yaml");
    if is_there(&path) {
        return Ok(Done::There(path));
    }
    create_below(root, &path, CONFIGURATION)?;
    Ok(Done::Written(path))
}

/// Writes `.github/workflows/privgate.yml`, unless some workflow runs the gate already.
///
/// # Errors
/// The disk says no.
pub fn workflow(root: &Path, source: Option<&Source>) -> Result<Done, String> {
    for path in yaml_files(&root.join(".github/workflows")) {
        if read(&path).is_some_and(|text| mentions(&text)) {
            return Ok(Done::There(path));
        }
    }
    let branch = default_branch(root);
    let text = WORKFLOW.replace("branches: [main]", &format!("branches: [{}]", plain_or_quoted(&branch)));
    let path = root.join(".github/workflows/privgate.yml");
    create_below(root, &path, &filled(&text, source))?;
    Ok(Done::Written(path))
}

/// Writes `.gitlab-ci.yml`; one that is there is never changed.
///
/// # Errors
/// The disk says no.
pub fn pipeline(root: &Path, source: Option<&Source>) -> Result<Done, String> {
    let path = root.join(".gitlab-ci.yml");
    let text = filled(PIPELINE, source);
    if let Some(there) = read(&path)
        && mentions(&there)
    {
        return Ok(Done::There(path));
    }
    if is_there(&path) {
        let lines = text.find("include:").and_then(|at| text.get(at..)).unwrap_or_default();
        let step = "it is there and stays as it is; add (and see that its `workflow:` runs for merge requests)".to_string();
        return Ok(Done::ByHand { path, step, lines: lines.to_string() });
    }
    create_below(root, &path, &text)?;
    Ok(Done::Written(path))
}

/// Writes `.pre-commit-config.yaml`; one that is there is never changed.
///
/// # Errors
/// The disk says no.
pub fn pre_commit(root: &Path) -> Result<Done, String> {
    let path = root.join(".pre-commit-config.yaml");
    if read(&path).is_some_and(|there| mentions(&there)) {
        return Ok(Done::There(path));
    }
    if is_there(&path) {
        let lines = hook::PRE_COMMIT.lines().skip(1).collect::<Vec<_>>().join("\n");
        return Ok(Done::ByHand { path, step: "it is there and stays as it is; add below `repos:`".to_string(), lines });
    }
    create_below(root, &path, hook::PRE_COMMIT)?;
    Ok(Done::Written(path))
}

/// Whether the text runs privgate somewhere: a line of it that is no comment.
pub(super) fn mentions(text: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| !line.starts_with('#') && line.contains("privgate"))
}

/// The address and the commit put in, where they are known.
fn filled(text: &str, source: Option<&Source>) -> String {
    let Some(source) = source else { return text.to_string() };
    text.replace(PLACEHOLDER, &source.repository).replace(NO_COMMIT, &source.commit).replace("COMMIT\n", &format!("{}\n", source.commit))
}

/// The files with the ending of YAML in a folder, by name.
#[must_use]
pub fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml"));
    files.sort();
    files
}

/// The default branch as the clone knows it, else the branch that is checked out.
fn default_branch(root: &Path) -> String {
    let remote = ask_git(root, &["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"]);
    let remote = remote.and_then(|name| name.strip_prefix("origin/").map(String::from));
    let known = |branch: &&&str| ask_git(root, &["rev-parse", "--verify", "--quiet", &format!("refs/heads/{branch}")]).is_some();
    remote
        .or_else(|| ["main", "master"].iter().find(known).map(|branch| (*branch).to_string()))
        .or_else(|| ask_git(root, &["symbolic-ref", "--quiet", "--short", "HEAD"]))
        .unwrap_or_else(|| "main".to_string())
}

fn plain_or_quoted(branch: &str) -> String {
    let plain =
        branch.starts_with(|c: char| c.is_ascii_alphabetic()) && branch.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    if plain { branch.to_string() } else { serde_json::to_string(branch).unwrap_or_default() }
}
