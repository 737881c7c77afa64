//! `privgate fix`: shows the edits that put the base's values back, and makes them with `--apply`.

use std::path::Path;

use similar::TextDiff;

use crate::check::{Compared, FailOn, Request};
use crate::cli::{Repository, output};
use crate::fix::{Edited, Fixed, plan};
use crate::policy::catalogue::Catalogue;
use crate::report::escape;
use crate::report::model::RevisionShown;
use crate::revision::{Error, Revision, Store, base};

/// Flags of `fix`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    repository: Repository,
    /// The revision whose values are put back [default: as for `check`]
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Write the files
    #[arg(long, conflicts_with = "dry_run")]
    apply: bool,
    /// Show what would be written, and write nothing; the default
    #[arg(long)]
    dry_run: bool,
    /// Judge as on this day [default: today, UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = output::parse_date)]
    date: Option<String>,
}

/// Runs it and gives the exit code: that of `check --worktree` with the edits in place.
pub fn run(arguments: &Arguments) -> u8 {
    let failed = |error: &Error| {
        output::tell(&format!("error: {}", escape::terminal(&error.to_string())));
        error.exit()
    };
    let store = match Store::open(&arguments.repository.repo) {
        Ok(store) => store,
        Err(error) => return failed(&error),
    };
    let Some(root) = store.work_tree().map(Path::to_path_buf) else {
        return failed(&Error::Usage("this repository has no work tree to edit".to_string()));
    };
    let fixed = match planned(&store, arguments) {
        Ok(fixed) => fixed,
        Err(error) => return failed(&error),
    };
    for (path, edited) in &fixed.files {
        output::print(&diff(path, edited));
    }
    if arguments.apply
        && let Err(error) = write(&root, &fixed)
    {
        output::tell(&format!("error: {}", escape::terminal(&error)));
        return 3;
    }
    let word = if arguments.apply { "put back" } else { "would put back" };
    for edit in &fixed.edits {
        output::print(&format!("{word}  {}\n", escape::terminal(edit)));
    }
    let left: Vec<_> = fixed.left.findings.iter().filter(|finding| finding.change.can_fail()).collect();
    for finding in &left {
        let line = format!(
            "by hand  {}:{} {} ({}): {}",
            finding.file,
            finding.line,
            finding.setting,
            finding.policy,
            finding.fix.as_deref().unwrap_or("")
        );
        output::print(&format!("{}\n", escape::terminal(&line)));
    }
    if fixed.edits.is_empty() && left.is_empty() {
        output::print("nothing to put back\n");
    } else if !arguments.apply && !fixed.edits.is_empty() {
        output::print("nothing was written: --apply writes it\n");
    }
    fixed.left.exit
}

fn planned(store: &Store, arguments: &Arguments) -> Result<Fixed, Error> {
    let catalogue = Catalogue::built_in().map_err(|error| Error::Limit(error.to_string()))?;
    let (rev, ids) = match &arguments.base {
        Some(rev) => (rev.clone(), vec![store.resolve(rev)?]),
        None => match base::find(store, &|_| None, None, false) {
            Ok(found) => {
                let bases = found.base.iter().map(|id| store.resolve(&id.to_string())).collect::<Result<Vec<_>, _>>()?;
                (found.base.first().map(ToString::to_string).unwrap_or_default(), bases)
            }
            // on a default branch that follows nothing, what is not committed is all that can be meant
            Err(Error::NoBase(_)) => ("HEAD".to_string(), vec![store.head()?]),
            Err(error) => return Err(error),
        },
    };
    let base_shown = RevisionShown { rev, commit: ids.first().and_then(Revision::commit).map(|id| id.to_string()) };
    let head_shown = RevisionShown { rev: "work tree".into(), commit: None };
    let compared = Compared { base: ids, head: Revision::WorkTree, base_shown, head_shown };
    let date = arguments.date.clone().unwrap_or_else(output::today);
    plan(store, &catalogue, &compared, &Request { fail_on: FailOn::Error, require_coverage: false, date })
}

fn diff(path: &str, edited: &Edited) -> String {
    let path = escape::terminal(path);
    let diff = TextDiff::from_lines(&edited.before, &edited.after);
    let text = diff.unified_diff().context_radius(2).header(&format!("a/{path}"), &format!("b/{path}")).to_string();
    text.split_inclusive('\n').map(|line| escape::terminal(line.trim_end_matches(['\n', '\r'])) + "\n").collect()
}

/// Writes every file, if each still holds what was judged.
fn write(root: &Path, fixed: &Fixed) -> Result<(), String> {
    let places: Vec<_> = fixed.files.iter().map(|(path, edited)| (root.join(path), edited)).collect();
    for (path, edited) in &places {
        let kind = path.symlink_metadata().map_err(|error| format!("{}: {error}", path.display()))?;
        let inside = path.canonicalize().is_ok_and(|real| root.canonicalize().is_ok_and(|root| real.starts_with(root)));
        if !kind.is_file() || !inside || std::fs::read(path).ok().as_deref() != Some(edited.before.as_bytes()) {
            return Err(format!("{} changed while it was judged: nothing was written, try again", path.display()));
        }
    }
    for (path, edited) in &places {
        std::fs::write(path, &edited.after).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}
