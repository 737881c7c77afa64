//! `privgate init`: sets the gate up in a repository, and says what it did and what it will watch.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::check::posture;
use crate::cli::{Repository, output};
use crate::policy::catalogue::Catalogue;
use crate::report::escape;
use crate::report::model::RevisionShown;
use crate::report::posture::{Posture, Row};
use crate::report::summary::count;
use crate::revision::{Error, Revision, Store};
use crate::setup::files::{self, Source};
use crate::setup::{Done, ask_git, hook};

/// Weak defaults that are listed before the rest is counted.
const LISTED: usize = 10;

/// Flags of `init`.
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    repository: Repository,
    /// Write a workflow for GitHub Actions [default: when the repository looks like one of GitHub]
    #[arg(long)]
    github: bool,
    /// Write a pipeline for GitLab CI [default: when the repository looks like one of GitLab]
    #[arg(long)]
    gitlab: bool,
    /// Install the pre-push hook of this clone
    #[arg(long)]
    pre_push: bool,
    /// Write hooks for the pre-commit framework
    #[arg(long)]
    pre_commit: bool,
    /// Where CI takes privgate from [default: what this build was made from, else a placeholder]
    #[arg(long, value_name = "OWNER/REPOSITORY@COMMIT", value_parser = Source::parse)]
    source: Option<Source>,
}

/// Runs it and gives the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    let dir = &arguments.repository.repo;
    let Some(root) = ask_git(dir, &["rev-parse", "--show-toplevel"]).map(PathBuf::from) else {
        output::tell(&format!("error: no git work tree at {}: run `git init` first, or name the repository with --repo", dir.display()));
        return 2;
    };
    let source = arguments.source.clone().or_else(Source::own);
    let named = arguments.github || arguments.gitlab || arguments.pre_push || arguments.pre_commit;
    let stack = files::detect(&root);
    let (github, gitlab) = if named { (arguments.github, arguments.gitlab) } else { (stack.github, stack.gitlab) };
    let hooks_only = named && !github && !gitlab;
    let mut done = Vec::new();
    if !hooks_only {
        done.push(files::configuration(&root));
    }
    if github {
        done.push(files::workflow(&root, source.as_ref()));
    }
    if gitlab {
        done.push(files::pipeline(&root, source.as_ref()));
    }
    if arguments.pre_commit {
        done.push(files::pre_commit(&root));
    }
    if arguments.pre_push {
        done.push(hook::install(&root));
    }
    let exit = done.into_iter().map(|done| told(done, &root)).max().unwrap_or(0);
    if !named && !github && !gitlab {
        output::print("no CI is known here: `privgate init --github` or `--gitlab` writes its file\n");
    }
    if (github || gitlab) && source.is_none() {
        output::print(
            "to do     put the address of privgate's repository and the commit of a release for the placeholder in the CI file\n",
        );
    }
    if hooks_only { exit } else { exit.max(shown(&root)) }
}

/// Says what became of one thing; 2 where somebody must finish it by hand.
fn told(done: Result<Done, String>, root: &Path) -> u8 {
    let shown = |path: &Path| {
        let real = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
        let inside = path.strip_prefix(root).or_else(|_| path.strip_prefix(&real)).unwrap_or(path);
        escape::terminal(&inside.display().to_string())
    };
    match done {
        Ok(Done::Written(path)) => output::print(&format!("written   {}\n", shown(&path))),
        Ok(Done::There(path)) => output::print(&format!("is there  {}\n", shown(&path))),
        Ok(Done::ByHand { path, step, lines }) => {
            output::print(&format!("by hand   {}: {step}\n\n", shown(&path)));
            output::print(&format!("    {}\n\n", lines.trim_end().replace('\n', "\n    ")));
            return 2;
        }
        Err(error) => {
            output::tell(&format!("error: {}", escape::terminal(&error)));
            return 3;
        }
    }
    0
}

/// Prints what is watched here, and how it stands today.
fn shown(root: &Path) -> u8 {
    match today(root) {
        Ok((posture, policies)) => {
            output::print(&summary(&posture.settings, policies));
            0
        }
        Err(error) => {
            output::tell(&format!("error: {}", escape::terminal(&error.to_string())));
            error.exit()
        }
    }
}

fn today(root: &Path) -> Result<(Posture, usize), Error> {
    let store = Store::open(root)?;
    let catalogue = Catalogue::built_in().map_err(|error| Error::Limit(error.to_string()))?;
    let shown = RevisionShown { rev: "work tree".into(), commit: None };
    let posture = posture(&store, &catalogue, &Revision::WorkTree, shown)?;
    Ok((posture, catalogue.policies().len()))
}

fn summary(rows: &[Row], policies: usize) -> String {
    // the gate's own wiring is what was written just now, and the doctor's business
    let rows: Vec<&Row> = rows.iter().filter(|row| !row.policy.starts_with("gate/")).collect();
    let mut areas: BTreeMap<&str, usize> = BTreeMap::new();
    let mut files: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *areas.entry(row.policy.split('/').next().unwrap_or_default()).or_default() += 1;
        *files.entry(row.file.as_str()).or_default() += 1;
    }
    if rows.is_empty() {
        return format!("\nNothing here is known to the {policies} policies yet; what a change adds is judged when it comes.\n");
    }
    let areas: Vec<String> = areas.iter().map(|(area, count)| format!("{area} {count}")).collect();
    let mut text = format!(
        "\nwatched   {} in {}, by {policies} policies: {}\n",
        count(rows.len(), "setting"),
        count(files.len(), "file"),
        areas.join(", ")
    );
    let weak: Vec<&Row> = rows.iter().copied().filter(|row| row.weakest).collect();
    if weak.is_empty() {
        text += "today     none of them stands at its weakest\n";
        return text;
    }
    let _ = writeln!(text, "today     {} at their weakest already: no change is blamed for them, `privgate posture` lists all", weak.len());
    for row in weak.iter().take(LISTED) {
        let _ =
            writeln!(text, "            {}:{} {} ({})", escape::terminal(&row.file), row.line, escape::terminal(&row.setting), row.policy);
    }
    if weak.len() > LISTED {
        let _ = writeln!(text, "            and {} more", weak.len() - LISTED);
    }
    text
}
