//! Temporary repositories made by the git command, and runs of the program on them. Nothing here depends on the machine's own git settings.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test that cannot set up its case must stop")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A service that sends no usage figures.
pub const SAFE: &str = "services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n      VLLM_NO_USAGE_STATS: \"1\"\n";

/// The same one, sending them.
pub const WEAK: &str = "services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n      VLLM_NO_USAGE_STATS: \"0\"\n";

/// The name that Git gives to no commit.
pub const ZERO: &str = "0000000000000000000000000000000000000000";

/// The day on which every run judges.
pub const DATE: &str = "2026-11-21";

/// Longest that one run may take in a debug build on a busy machine: far from any limit, and far below a hang.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A repository in a folder of its own that goes away with it.
pub struct Repo {
    folder: TempDir,
}

/// What one run of the program gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The report as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:#?}"))
    }

    /// The changes of all findings, in the report's order.
    pub fn changes(&self) -> Vec<String> {
        let json = self.json();
        let findings = json["findings"].as_array().cloned().unwrap_or_default();
        findings.iter().map(|finding| finding["change"].as_str().unwrap_or("").to_owned()).collect()
    }

    /// The same, after looking at the exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// The same, after looking for words on standard output.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.out.contains(words), "no `{words}` in {self:#?}");
        self
    }

    /// The same, after looking for words on either.
    #[track_caller]
    pub fn shows(self, words: &str) -> Self {
        assert!(self.out.contains(words) || self.err.contains(words), "no `{words}` in {self:#?}");
        self
    }

    /// The same, after looking at the exit code where several are right.
    #[track_caller]
    pub fn one_of(self, codes: &[i32]) -> Self {
        assert!(codes.contains(&self.code), "{self:#?}");
        self
    }

    /// The same, after looking for words on standard error.
    #[track_caller]
    pub fn tells(self, words: &str) -> Self {
        assert!(self.err.contains(words), "no `{words}` in {self:#?}");
        self
    }
}

impl Repo {
    /// An empty repository with the branch `main`.
    pub fn new() -> Self {
        let repo = Self { folder: tempfile::tempdir().unwrap() };
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    /// A repository whose first commit holds `base` and whose second one holds `head` in its place.
    pub fn two(base: &[(&str, &str)], head: &[(&str, &str)]) -> Self {
        let repo = Self::new();
        repo.files(base).commit("base");
        for (path, _) in base {
            if !head.iter().any(|(kept, _)| kept == path) {
                repo.remove(path);
            }
        }
        repo.files(head).commit("head");
        repo
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A path inside.
    pub fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file.
    pub fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self
    }

    /// Writes files.
    pub fn files(&self, files: &[(&str, &str)]) -> &Self {
        for (path, text) in files {
            self.write(path, text);
        }
        self
    }

    /// Removes a file.
    pub fn remove(&self, path: &str) -> &Self {
        std::fs::remove_file(self.join(path)).unwrap();
        self
    }

    /// Commits everything, and gives the commit's id.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// Runs git here.
    pub fn git(&self, arguments: &[&str]) -> String {
        git(self.path(), arguments)
    }

    /// Runs the program here, judging on the fixed day.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ran {
        run(self.path(), arguments)
    }

    /// `check` of the last commit against the one before.
    pub fn check(&self, more: &[&str]) -> Ran {
        let mut arguments = vec!["check", "--base", "HEAD~1", "--head", "HEAD", "--date", DATE];
        arguments.extend(more);
        self.run(&arguments)
    }
}

/// Runs git in a folder with an identity and dates of its own.
pub fn git(folder: &Path, arguments: &[&str]) -> String {
    let out = clean(Command::new("git").current_dir(folder).args(["-c", "protocol.file.allow=always"]).args(arguments)).output().unwrap();
    assert!(out.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// Runs the program in a folder. A run that takes too long fails the test that asked for it.
pub fn run<S: AsRef<OsStr>>(folder: &Path, arguments: &[S]) -> Ran {
    run_with(folder, arguments, &[])
}

/// The same with variables of the environment.
pub fn run_with<S: AsRef<OsStr>>(folder: &Path, arguments: &[S], variables: &[(&str, &str)]) -> Ran {
    run_fed(folder, arguments, variables, "")
}

/// The same with standard input.
pub fn run_fed<S: AsRef<OsStr>>(folder: &Path, arguments: &[S], variables: &[(&str, &str)], input: &str) -> Ran {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("privgate"));
    clean(command.current_dir(folder).args(arguments)).env("COLUMNS", "100").env("NO_COLOR", "1");
    command.envs(variables.iter().copied());
    let start = Instant::now();
    let out = assert_cmd::Command::from_std(command).write_stdin(input).timeout(PATIENCE).output().unwrap();
    let took = start.elapsed();
    assert!(took < PATIENCE, "it took {took:?}");
    let ran = Ran {
        code: out.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&out.stdout).into_owned(),
        err: String::from_utf8_lossy(&out.stderr).into_owned(),
    };
    assert!((0..=3).contains(&ran.code) && !ran.err.contains("panicked"), "{ran:#?}");
    ran
}

/// Runs any program in a folder, with the program under test first in PATH, and no setting of the machine's user.
pub fn run_program(folder: &Path, program: impl AsRef<OsStr>, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(program);
    clean(command.current_dir(folder).args(arguments)).env("PATH", path_with_privgate()).envs(variables.iter().copied());
    let out = command.output().unwrap();
    Ran {
        code: out.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&out.stdout).into_owned(),
        err: String::from_utf8_lossy(&out.stderr).into_owned(),
    }
}

/// PATH with the folder of the program under test in front.
pub fn path_with_privgate() -> std::ffi::OsString {
    let own = assert_cmd::cargo::cargo_bin!("privgate").parent().unwrap().to_path_buf();
    let others = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&others))).unwrap()
}

/// No variable of the surrounding CI job and no setting of the machine's user reaches a run.
fn clean(command: &mut Command) -> &mut Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    command
        .env_clear()
        .env("PATH", path)
        .env("HOME", "/nonexistent")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("LC_ALL", "C.UTF-8")
        .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.org"), ("GIT_AUTHOR_DATE", "2026-11-20T12:00:00Z")])
        .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.org"), ("GIT_COMMITTER_DATE", "2026-11-20T12:00:00Z")])
}

/// Severity, change and policy of every finding.
pub fn graded(repo: &Repo) -> Vec<String> {
    let json = repo.check(&["--format", "json"]).json();
    let findings = json["findings"].as_array().cloned().unwrap_or_default();
    let word = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap_or("").to_owned();
    findings
        .iter()
        .map(|finding| format!("{} {} {}", word(finding, "severity"), word(finding, "change"), word(finding, "policy")))
        .collect()
}
