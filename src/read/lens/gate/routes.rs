//! Where a command, a step or an include leads to in the files of the same revision: a script, a recipe, a task, an action or a workflow
//! of this repository that runs the gate, at some remove.

use std::cell::{Cell, RefCell};

use super::script::{Call, Shell, find};
use super::tasks;
use crate::read::tree::{Tree, json, yaml};

/// How far one file that leads to another is followed.
const DEPTH: usize = 4;

/// Files that are asked for on behalf of one.
const FILES: usize = 50;

/// Bytes of them together.
const BYTES: usize = 256 << 10;

/// Names of a Makefile and of a justfile in their folder.
const MAKEFILES: [&str; 3] = ["GNUmakefile", "makefile", "Makefile"];
const JUSTFILES: [&str; 3] = ["justfile", "Justfile", ".justfile"];

/// Programs that run the rest of their words.
const WRAPPERS: [&str; 7] = ["exec", "env", "sudo", "time", "nice", "nohup", "command"];

/// Programs that run the rest of their words behind `run`.
const RUNNERS: [&str; 6] = ["poetry", "uv", "pipenv", "rye", "pixi", "pdm"];

/// The files of one revision, as far as they lead to the gate.
pub struct Routes<'a> {
    files: &'a dyn Fn(&str) -> Option<String>,
    /// How many more files may be asked for.
    left: Cell<usize>,
    /// And how many more bytes read.
    bytes: Cell<usize>,
    /// What is being followed, the outermost first.
    open: RefCell<Vec<String>>,
    /// Whether anything led to the gate.
    found: Cell<bool>,
}

impl std::fmt::Debug for Routes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Routes").field("found", &self.found).finish_non_exhaustive()
    }
}

impl<'a> Routes<'a> {
    /// Through what `files` gives for a path from the root.
    #[must_use]
    pub fn new(files: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { files, left: Cell::new(FILES), bytes: Cell::new(BYTES), open: RefCell::default(), found: Cell::new(false) }
    }

    /// Whether anything led to the gate so far.
    #[must_use]
    pub fn found(&self) -> bool {
        self.found.get()
    }

    /// Whether words of a text may lead to a file that runs the gate: cheaper than to read it, and never too narrow.
    #[must_use]
    pub fn perhaps(&self, text: &str) -> bool {
        let apart =
            |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ';' | '&' | '|' | '(' | ')' | ',' | '[' | ']' | '{' | '}');
        let mut asked: Vec<String> = Vec::new();
        for word in text.split(apart).filter(|word| !word.is_empty() && word.len() < 200) {
            let name = word.rsplit('/').next().unwrap_or(word);
            match name {
                "make" | "gmake" | "MAKE" => asked.extend(MAKEFILES.map(str::to_owned)),
                "just" => asked.extend(JUSTFILES.map(str::to_owned)),
                "npm" | "pnpm" | "yarn" | "bun" => asked.push("package.json".to_owned()),
                "tox" => asked.push("tox.ini".to_owned()),
                "nox" => asked.push("noxfile.py".to_owned()),
                "task" => asked.extend(["Taskfile.yml", "Taskfile.yaml"].map(str::to_owned)),
                _ if is_path(word) => {
                    let path = plain(word);
                    if word.starts_with("./") && !name.contains('.') {
                        asked.extend([format!("{path}/action.yml"), format!("{path}/action.yaml")]);
                    }
                    asked.push(path);
                }
                // a folder for `make -C`, and the like
                _ => {}
            }
        }
        asked.sort_unstable();
        asked.dedup();
        asked.iter().any(|path| {
            self.inside(path, || {
                self.text(path).filter(|text| text.contains("privgate") || lays(path, text) || self.perhaps(text)).map(drop)
            })
            .is_some()
        })
    }

    pub(super) fn text(&self, path: &str) -> Option<String> {
        let left = self.left.get().checked_sub(1)?;
        self.left.set(left);
        let text = (self.files)(path)?;
        self.bytes.set(self.bytes.get().checked_sub(text.len())?);
        Some(text)
    }

    /// Follows one thing, unless it is being followed already.
    fn inside<T>(&self, what: &str, follow: impl FnOnce() -> Option<T>) -> Option<T> {
        if self.open.borrow().len() >= DEPTH || self.open.borrow().iter().any(|open| open == what) {
            return None;
        }
        self.open.borrow_mut().push(what.to_owned());
        let found = follow();
        self.open.borrow_mut().pop();
        found
    }

    /// What one command leads to: the call of the gate that it comes to.
    pub(super) fn command(&self, words: &[&str]) -> Option<Call> {
        let words = unwrapped(words);
        let (program, rest) = words.split_first()?;
        let name = program.rsplit('/').next().unwrap_or(program);
        let call = match name {
            "make" | "gmake" | "$(MAKE)" | "${MAKE}" => self.made(rest, &MAKEFILES, false),
            "just" => self.made(rest, &JUSTFILES, true),
            "npm" | "pnpm" | "yarn" | "bun" => self.package(name, rest),
            "tox" => self.inside("tox", || tasks::tox(self, &self.text("tox.ini")?, &options(rest, &["-e", "--env"]))),
            "nox" => self.inside("nox", || tasks::nox(self, &self.text("noxfile.py")?, &options(rest, &["-s", "--session", "--sessions"]))),
            "task" => self.task(rest),
            "sh" | "bash" | "dash" | "zsh" | "ksh" => {
                let at = rest.iter().position(|word| !word.starts_with('-'))?;
                let given = rest.get(..at).unwrap_or_default();
                let errexit = given.iter().any(|word| !word.starts_with("--") && word.contains('e'));
                if given.iter().any(|word| !word.starts_with("--") && word.contains('c')) {
                    None
                } else {
                    self.script(rest.get(at)?, errexit)
                }
            }
            "." | "source" => self.script(rest.first()?, false),
            _ if is_path(program) => self.script(program, false),
            _ => None,
        }?;
        self.found.set(true);
        Some(Call { led: true, ..call })
    }

    /// What a script of the repository comes to.
    fn script(&self, word: &str, errexit: bool) -> Option<Call> {
        let path = plain(word);
        self.inside(&path, || {
            let text = self.text(&path)?;
            if super::is_yaml(&path) {
                return tasks::texts(self, &yaml::parse(&text));
            }
            let line = text.lines().next().unwrap_or_default();
            // programs in other languages are not followed
            if line.starts_with("#!") && !line.contains("sh") || !line.starts_with("#!") && other_language(&path) {
                return None;
            }
            let errexit = errexit
                || line.starts_with("#!") && line.split_whitespace().skip(1).any(|word| word.starts_with('-') && word.contains('e'));
            find(&text, Shell { errexit, pipefail: false }, Some(self))
        })
    }

    fn made(&self, words: &[&str], names: &[&str], just: bool) -> Option<Call> {
        let mut folder = String::new();
        let mut file = None;
        let mut targets = Vec::new();
        let mut ignored = false;
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "-C" | "--directory" | "-d" | "--working-directory" => folder = format!("{}/", plain(words.next()?)),
                "-f" | "--file" | "--makefile" | "--justfile" => file = Some(plain(words.next()?)),
                "-i" | "--ignore-errors" | "-n" | "--dry-run" | "--just-print" => ignored = true,
                word if word.starts_with("--directory=") => folder = format!("{}/", plain(word.split_once('=')?.1)),
                word if word.starts_with('-') || word.contains('=') => {}
                word => targets.push(word),
            }
        }
        let paths: Vec<String> =
            file.map_or_else(|| names.iter().map(|name| format!("{folder}{name}")).collect(), |file| vec![format!("{folder}{file}")]);
        let what = format!("{} {}", paths.first()?, targets.join(" "));
        let call = self.inside(&what, || {
            let text = paths.iter().find_map(|path| self.text(path))?;
            tasks::recipes(self, &text, &targets, just)
        })?;
        Some(Call { ignored: call.ignored || ignored, ..call })
    }

    /// `npm run x`, `npm test`, `yarn x`: a script of the manifest, with those that run before and after it.
    fn package(&self, program: &str, words: &[&str]) -> Option<Call> {
        let mut folder = String::new();
        let mut rest = Vec::new();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--prefix" | "--cwd" | "--dir" | "-C" => folder = format!("{}/", plain(words.next()?)),
                word if word.starts_with('-') => {}
                word => rest.push(word),
            }
        }
        let name = match (*rest.first()?, rest.get(1)) {
            ("run" | "run-script", Some(name)) => *name,
            ("t" | "tst", _) => "test",
            (name @ ("test" | "start"), _) => name,
            // npm itself runs no script by its bare name
            (name, _) if program != "npm" => name,
            _ => return None,
        };
        let path = format!("{folder}package.json");
        self.inside(&format!("{path} {name}"), || {
            let text = self.text(&path)?;
            let tree = json::parse(&text);
            let scripts = tree.at(*tree.documents.first()?, &["scripts"])?;
            let names = [format!("pre{name}"), name.to_owned(), format!("post{name}")];
            best(names.iter().filter_map(|name| find(tree.text(scripts, name)?, Shell::default(), Some(self))))
        })
    }

    fn task(&self, words: &[&str]) -> Option<Call> {
        let name = words.iter().find(|word| !word.starts_with('-')).copied().unwrap_or("default");
        self.inside(&format!("task {name}"), || {
            let text = ["Taskfile.yml", "Taskfile.yaml"].iter().find_map(|path| self.text(path))?;
            tasks::task(self, &yaml::parse(&text), name)
        })
    }

    /// What `uses: ./path` comes to: an action, or a workflow, of this repository.
    pub(super) fn uses(&self, text: &str) -> Option<Call> {
        let path = plain(text.strip_prefix("./")?);
        let call = self.inside(&path, || {
            if super::is_yaml(&path) {
                return tasks::workflow(self, &yaml::parse(&self.text(&path)?));
            }
            let text = ["action.yml", "action.yaml"].iter().find_map(|name| self.text(&format!("{path}/{name}")))?;
            tasks::action(self, &yaml::parse(&text))
        })?;
        self.found.set(true);
        Some(Call { led: true, ..call })
    }

    /// What `include: local` brings: what `of` makes of the file.
    pub(super) fn included<T>(&self, path: &str, of: impl FnOnce(String) -> T) -> Option<T> {
        let path = plain(path.trim_start_matches('/'));
        self.inside(&path, || self.text(&path).map(of))
    }

    /// Remembers that something of another file was said of the gate.
    pub(super) fn told(&self) {
        self.found.set(true);
    }

    /// What `include: local` comes to: the jobs of that file that run the gate.
    pub(super) fn pipeline(&self, path: &str) -> Vec<(String, Call)> {
        let path = plain(path.trim_start_matches('/'));
        let jobs = self.inside(&path, || {
            let tree: Tree = yaml::parse(&self.text(&path)?);
            Some(tasks::pipeline(self, &tree))
        });
        let jobs = jobs.unwrap_or_default();
        if !jobs.is_empty() {
            self.found.set(true);
        }
        jobs
    }
}

/// The call that does most: one that blocks before one that does not, one without conditions before one with.
pub(super) fn best(calls: impl Iterator<Item = Call>) -> Option<Call> {
    calls.min_by_key(|call| (call.ignored, !call.conditions.is_empty()))
}

/// Without what only runs the rest of the words.
fn unwrapped<'w, 't>(mut words: &'w [&'t str]) -> &'w [&'t str] {
    loop {
        match words {
            [first, rest @ ..] if WRAPPERS.contains(first) || first.contains('=') && !first.starts_with(['-', '.', '/']) => words = rest,
            [first, "run", rest @ ..] if RUNNERS.contains(first) => words = rest,
            _ => return words,
        }
    }
}

/// Values of an option: `-e a,b`, `--env=a`.
fn options<'t>(words: &[&'t str], names: &[&str]) -> Vec<&'t str> {
    let mut values = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = if names.contains(word) {
            words.next().copied()
        } else {
            word.split_once('=').filter(|(name, _)| names.contains(name)).map(|(_, value)| value)
        };
        values.extend(value.into_iter().flat_map(|value| value.split(',')));
    }
    values
}

/// Whether a word names a file of the repository, as far as it shows.
fn is_path(word: &str) -> bool {
    !word.contains("://")
        && !word.starts_with(['-', '~', '@'])
        && (word.contains('/') || [".sh", ".bash", ".yml", ".yaml"].iter().any(|end| word.ends_with(end)))
}

/// A path from the root. What stands before the first folder's name (`./`, `$ROOT/`, `$(dirname "$0")/../`) is the root's.
fn plain(word: &str) -> String {
    let word = word.rsplit_once([')', '}']).map_or(word, |(_, rest)| rest);
    let parts = word.split('/').filter(|part| !matches!(*part, "" | "." | "..") && !part.starts_with('$'));
    parts.collect::<Vec<_>>().join("/")
}

/// Whether an included file may say something of every job of a pipeline.
fn lays(path: &str, text: &str) -> bool {
    super::is_yaml(path) && ["default:", "before_script:", "workflow:", "variables:"].iter().any(|key| text.contains(key))
}

fn other_language(path: &str) -> bool {
    [".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".pl", ".ps1"].iter().any(|end| path.ends_with(end))
}
