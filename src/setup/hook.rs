//! The pre-push hook: where git looks for it, whether it is there, and how it is put there without touching anybody's own hook.

use std::path::{Path, PathBuf};

use super::{Done, ask_git, create, is_there};

/// The hook. It fails when the program is missing: a check that did not run is no pass.
pub const SCRIPT: &str = "\
#!/bin/sh
# Judges what is pushed before it leaves: privacy-relevant defaults may not get weaker. Written by `privgate init --pre-push`.
if ! command -v privgate >/dev/null 2>&1; then
  echo 'pre-push: privgate is not in PATH, so this push was not checked; install it or remove this hook' >&2
  exit 3
fi
exec privgate pre-push \"$@\"
";

/// The line for a hook that does other things too: it must see what git says on standard input.
const LINE: &str = "privgate pre-push \"$@\" || exit $?";

/// Where the hook of a repository is, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// The file that git runs.
    pub path: PathBuf,
    /// The file where its text belongs: another one where a program (husky) writes the one that git runs.
    pub source: PathBuf,
    /// Whether the folder is a setting (`core.hooksPath`) that leads out of this repository.
    pub shared: bool,
}

/// Finds the hook by git's own rules: `core.hooksPath`, linked work trees.
///
/// # Errors
/// Git is not there, or this is no repository.
pub fn find(dir: &Path) -> Result<Hook, String> {
    let answer = ask_git(dir, &["rev-parse", "--git-path", "hooks/pre-push"]);
    let path = dir.join(answer.ok_or("git does not say where its hooks are: is this a git repository, and is git installed?")?);
    let set = ask_git(dir, &["config", "--type=path", "--get", "core.hooksPath"]).is_some();
    let folder = path.parent().unwrap_or(dir);
    if set && folder.ends_with(".husky/_") {
        let source = folder.parent().unwrap_or(folder).join("pre-push");
        return Ok(Hook { path, source, shared: false });
    }
    let inside = ["--show-toplevel", "--absolute-git-dir"].iter().filter_map(|what| ask_git(dir, &["rev-parse", what])).any(|root| {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        real(folder).starts_with(real(Path::new(&root)))
    });
    Ok(Hook { source: path.clone(), path, shared: set && !inside })
}

/// Whether a hook's text runs the check: a line of it, not a comment.
#[must_use]
pub fn runs_it(text: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| !line.starts_with('#') && line.contains("privgate pre-push"))
}

/// Whether the hook is there and runs the check.
#[must_use]
pub fn is_installed(hook: &Hook) -> bool {
    super::read(&hook.source).is_some_and(|text| runs_it(&text))
}

/// Puts the hook where git looks for it, unless something is there.
///
/// # Errors
/// Git or the disk says no.
pub fn install(dir: &Path) -> Result<Done, String> {
    let hook = find(dir)?;
    if is_installed(&hook) {
        return Ok(Done::There(hook.source));
    }
    if hook.shared {
        let step = "`core.hooksPath` leads out of this repository, so that hook serves other repositories too; to run it for all, add";
        return Ok(Done::ByHand { path: hook.source, step: step.to_string(), lines: LINE.to_string() });
    }
    if let Some(manager) = manager(dir) {
        let path = dir.join(manager.file);
        if super::read(&path).is_some_and(|text| super::files::mentions(&text)) {
            return Ok(Done::There(path));
        }
        let step = format!("{} writes the hooks here; add to its file", manager.name);
        return Ok(Done::ByHand { path, step, lines: manager.lines.to_string() });
    }
    if is_there(&hook.source) {
        let step = "a hook is there already and stays as it is; add this before anything in it that reads standard input".to_string();
        return Ok(Done::ByHand { path: hook.source, step, lines: LINE.to_string() });
    }
    create(&hook.source, SCRIPT)?;
    make_executable(&hook.source)?;
    Ok(Done::Written(hook.source))
}

/// A program that writes hooks from a file of its own.
struct Manager {
    name: &'static str,
    file: &'static str,
    lines: &'static str,
}

const MANAGERS: [Manager; 3] = [
    Manager { name: "pre-commit", file: ".pre-commit-config.yaml", lines: PRE_COMMIT },
    Manager { name: "lefthook", file: "lefthook.yml", lines: LEFTHOOK },
    Manager { name: "lefthook", file: "lefthook.yaml", lines: LEFTHOOK },
];

/// For `.pre-commit-config.yaml`: a local hook needs no address and no compiler.
pub const PRE_COMMIT: &str = include_str!("../../examples/hooks/pre-commit-config.yaml");

/// For `lefthook.yml`.
pub const LEFTHOOK: &str = include_str!("../../examples/hooks/lefthook.yml");

/// Which program writes the hooks of this repository, by the file that it reads.
fn manager(dir: &Path) -> Option<&'static Manager> {
    MANAGERS.iter().find(|manager| is_there(&dir.join(manager.file)))
}

fn make_executable(path: &Path) -> Result<(), String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    #[cfg(not(unix))]
    let _ = path; // git for Windows runs hooks whatever their mode
    Ok(())
}
