//! `privgate init`: sets the gate up in a repository, and says what it did.

use crate::cli::{Repository, output};
use crate::report::escape;
use crate::setup::{Done, ask_git, hook};

/// Flags of `init`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    repository: Repository,
    /// Install the pre-push hook of this clone
    #[arg(long)]
    pre_push: bool,
}

/// Runs it and gives the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    let dir = &arguments.repository.repo;
    let Some(root) = ask_git(dir, &["rev-parse", "--show-toplevel"]) else {
        output::tell(&format!("error: no git work tree at {}: run `git init` first, or name the repository with --repo", dir.display()));
        return 2;
    };
    let root = std::path::PathBuf::from(root);
    let mut exit = 0;
    if arguments.pre_push {
        exit = exit.max(told(hook::install(&root), &root));
    }
    exit
}

/// Says what became of one thing; 2 where somebody must finish it by hand.
fn told(done: Result<Done, String>, root: &std::path::Path) -> u8 {
    let shown = |path: &std::path::Path| escape::terminal(&path.strip_prefix(root).unwrap_or(path).display().to_string());
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
