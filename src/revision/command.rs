//! Reading a repository with the `git` command, for what libgit2 does not know: SHA-256, reftable, grafts, new extensions.
//! Plumbing only, and nothing that fetches, filters, pages or runs a program of the repository's choice.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::backend::{Backend, Compared, Content, DEEPEST, Entry, MOST_FILES, Named, Touched, entry, push};
use super::blob::{Blob, Id};
use super::error::Error;

/// The `git` command with a repository.
pub(super) struct Command {
    place: super::place::Place,
    reader: Option<Batch>,
}

/// What `git` says about a repository.
pub(super) struct Facts {
    pub git_dir: PathBuf,
    pub common: PathBuf,
    pub work: Option<PathBuf>,
    pub sha256: bool,
}

/// A running `git cat-file --batch-command`.
struct Batch {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Drop for Batch {
    fn drop(&mut self) {
        // It only waits for questions: ending it loses nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A `git` that runs nothing, asks nothing and fetches nothing.
fn quiet_git() -> std::process::Command {
    let mut git = std::process::Command::new("git");
    for name in
        ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_EXTERNAL_DIFF"]
    {
        git.env_remove(name);
    }
    git.env("GIT_NO_LAZY_FETCH", "1").env("GIT_NO_REPLACE_OBJECTS", "1").env("GIT_GRAFT_FILE", "/dev/null").env("GIT_OPTIONAL_LOCKS", "0");
    git.env("GIT_TERMINAL_PROMPT", "0").env("GIT_LITERAL_PATHSPECS", "1").env("LC_ALL", "C");
    for setting in
        ["core.fsmonitor=false", "protocol.allow=never", "safe.directory=*", "core.hooksPath=/dev/null", "advice.graftFileDeprecated=false"]
    {
        git.arg("-c").arg(setting);
    }
    git.stdin(Stdio::null()).stderr(Stdio::piped());
    git
}

fn run(mut git: std::process::Command) -> Result<Vec<u8>, Error> {
    let output = git.output().map_err(|error| Error::Git(format!("cannot start `git`: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(Error::Git(words.lines().next().unwrap_or("git failed without a word").to_string()))
}

/// Fetches as the user of this clone would by hand, with the user's own configuration and credentials.
pub(super) fn fetch(place: &super::place::Place, fetch: &super::error::Fetch) -> Result<(), Error> {
    let mut git = std::process::Command::new("git");
    git.env("GIT_DIR", &place.git_dir).env("GIT_TERMINAL_PROMPT", "0").args(&fetch.arguments);
    git.stdin(Stdio::null()).stderr(Stdio::piped());
    run(git).map(drop).map_err(|error| match error {
        Error::Git(words) => Error::Git(without_credentials(&words)),
        other => other,
    })
}

/// Addresses of remotes may hold a token, and CI's logs are public.
fn without_credentials(words: &str) -> String {
    let mut rest = words;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("://") {
        let end = after.find(['/', ' ', '\'', '"']).unwrap_or(after.len());
        let host = after.get(..end).and_then(|authority| authority.rfind('@')).map_or(0, |at| at + 1);
        out.push_str(before);
        out.push_str("://");
        rest = after.get(host..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn folder(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
    }
    #[cfg(not(unix))]
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

impl Command {
    pub(super) fn new(place: &super::place::Place) -> Self {
        Self { place: place.clone(), reader: None }
    }

    /// Finds the repository that `dir` lies in.
    pub(super) fn facts(dir: &Path, git_dir: Option<&Path>, work: Option<&Path>) -> Result<Facts, Error> {
        let ask = |question: &[&str]| {
            let mut git = quiet_git();
            git.current_dir(dir);
            if let Some(git_dir) = git_dir {
                git.env("GIT_DIR", git_dir);
            }
            if let Some(work) = work {
                git.env("GIT_WORK_TREE", work);
            }
            git.arg("rev-parse").args(question);
            run(git).map(|answer| folder(answer.trim_ascii_end()))
        };
        Ok(Facts {
            git_dir: ask(&["--absolute-git-dir"])?,
            common: dir.join(ask(&["--git-common-dir"])?),
            work: ask(&["--show-toplevel"]).ok(),
            sha256: ask(&["--show-object-format"])? == Path::new("sha256"),
        })
    }

    fn git(&self) -> std::process::Command {
        let mut git = quiet_git();
        git.env("GIT_DIR", &self.place.git_dir);
        if let Some(work) = self.place.work.as_ref().or(self.place.named_work.as_ref()) {
            git.env("GIT_WORK_TREE", work).current_dir(work);
        }
        if let Some(index) = &self.place.index {
            git.env("GIT_INDEX_FILE", index);
        }
        if let Ok(folders) = std::env::join_paths(&self.place.alternates) {
            git.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", folders);
        }
        git
    }

    fn ask(&self, arguments: &[&str]) -> Result<Vec<u8>, Error> {
        let mut git = self.git();
        git.args(arguments);
        run(git)
    }

    /// One object id, or nothing where git knows no such thing.
    fn id(&self, rev: &str) -> Option<Id> {
        let answer = self.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", rev]).ok()?;
        Id::parse(std::str::from_utf8(&answer).ok()?.trim())
    }

    fn has(&self, id: Id) -> bool {
        self.ask(&["cat-file", "-e", &id.to_string()]).is_ok()
    }

    fn batch(&mut self) -> Result<&mut Batch, Error> {
        if self.reader.is_none() {
            let mut git = self.git();
            git.args(["cat-file", "--batch-command", "--buffer"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let broken = || Error::Git("cannot talk to `git cat-file`".to_string());
            let mut child = git.spawn().map_err(|error| Error::Git(format!("cannot start `git`: {error}")))?;
            let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else { return Err(broken()) };
            self.reader = Some(Batch { child, questions, answers: BufReader::new(answers) });
        }
        self.reader.as_mut().ok_or_else(|| Error::Git("cannot talk to `git cat-file`".to_string()))
    }

    /// The index, or its entries at and below some paths.
    fn entries(&self, paths: &[&str]) -> Result<Vec<Entry>, Error> {
        // `-t`: a letter for the state (`S` is not on the disk), then `mode id stage`.
        let output = self.ask(&[&["ls-files", "-z", "-t", "--stage", "--"], paths].concat())?;
        let mut entries = Vec::new();
        for (words, path) in Self::records(&output).filter_map(words_and_path) {
            let [state, mode, id, number] = words.as_slice() else { continue };
            let Some(blob) = Id::parse(id).and_then(|id| entry(path, id, octal(mode))) else { continue };
            push(&mut entries, blob, number.parse().unwrap_or(0), *state == "S");
        }
        Ok(entries)
    }

    /// Splits what `git ls-tree`, `ls-files` and `diff-tree` print with `-z`.
    fn records(output: &[u8]) -> impl Iterator<Item = &[u8]> {
        output.split(|byte| *byte == 0).filter(|record| !record.is_empty())
    }
}

/// The words of a record before its tab, and the path after it.
fn words_and_path(record: &[u8]) -> Option<(Vec<&str>, &[u8])> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let words = std::str::from_utf8(record.get(..tab)?).ok()?;
    Some((words.split_ascii_whitespace().collect(), record.get(tab + 1..)?))
}

fn octal(text: &str) -> u32 {
    u32::from_str_radix(text.trim_start_matches(':'), 8).unwrap_or(0)
}

fn too_deep(path: &[u8]) -> bool {
    path.split(|byte| *byte == b'/').count() > DEEPEST + 1
}

impl Batch {
    /// The size of a blob; `None` where it is absent.
    fn ask(&mut self, verb: &str, id: Id) -> std::io::Result<Option<u64>> {
        write!(self.questions, "{verb} {id}\nflush\n")?;
        self.questions.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        if line.is_empty() {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        // `<id> blob <size>` or `<id> missing`.
        Ok(line.split_ascii_whitespace().nth(2).and_then(|size| size.parse().ok()))
    }

    fn read(&mut self, id: Id, cap: u64) -> std::io::Result<Content> {
        let Some(size) = self.ask("info", id)? else { return Ok(Content::Absent) };
        if size > cap {
            return Ok(Content::TooLarge(size));
        }
        let Some(size) = self.ask("contents", id)? else { return Ok(Content::Absent) };
        let mut bytes = Vec::new();
        self.answers.by_ref().take(size + 1).read_to_end(&mut bytes)?;
        // A line feed follows the content.
        bytes.pop();
        Ok(Content::Bytes(bytes))
    }
}

impl Backend for Command {
    fn resolve(&self, rev: &str) -> Result<Option<Named>, Error> {
        if let Some(commit) = self.id(&format!("{rev}^{{commit}}")) {
            return Ok(self.id(&format!("{commit}^{{tree}}")).map(|tree| Named { commit: Some(commit), tree }));
        }
        Ok(self.id(&format!("{rev}^{{tree}}")).map(|tree| Named { commit: None, tree }))
    }

    fn parents(&self, commit: Id) -> Result<Vec<Id>, Error> {
        let answer = self.ask(&["rev-list", "--parents", "-1", "--end-of-options", &commit.to_string()])?;
        Ok(String::from_utf8_lossy(&answer).split_ascii_whitespace().skip(1).filter_map(Id::parse).collect())
    }

    fn merge_bases(&self, one: Id, two: Id) -> Result<Option<Vec<Id>>, Error> {
        let mut git = self.git();
        git.args(["merge-base", "--all", &one.to_string(), &two.to_string()]);
        let output = git.output().map_err(|error| Error::Git(format!("cannot start `git`: {error}")))?;
        match output.status.code() {
            Some(0 | 1) => Ok(Some(String::from_utf8_lossy(&output.stdout).lines().filter_map(Id::parse).collect())),
            _ => Ok(None),
        }
    }

    fn compare(&self, base: Option<Id>, head: Option<Id>) -> Result<Option<Compared>, Error> {
        let (Some(base), Some(head)) = (base, head) else {
            let side = |tree: Option<Id>| tree.map_or(Ok(Some((Vec::new(), 0))), |tree| self.list(tree, ""));
            let (Some((base, one)), Some((head, two))) = (side(base)?, side(head)?) else { return Ok(None) };
            return Ok(Some(Compared { base, head, too_deep: one + two }));
        };
        let output =
            match self.ask(&["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", &base.to_string(), &head.to_string()]) {
                Ok(output) => output,
                Err(error) => return if self.has(base) && self.has(head) { Err(error) } else { Ok(None) },
            };
        let mut compared = Compared::default();
        let mut records = Self::records(&output);
        // `:mode mode id id status`, then the path.
        while let (Some(words), Some(path)) = (records.next(), records.next()) {
            let words: Vec<&str> = std::str::from_utf8(words).unwrap_or_default().split_ascii_whitespace().collect();
            let [old_mode, new_mode, old, new, _] = words.as_slice() else { continue };
            if too_deep(path) {
                compared.too_deep += 1;
                continue;
            }
            compared.base.extend(Id::parse(old).and_then(|id| entry(path, id, octal(old_mode))));
            compared.head.extend(Id::parse(new).and_then(|id| entry(path, id, octal(new_mode))));
        }
        Ok(Some(compared))
    }

    fn list(&self, tree: Id, below: &str) -> Result<Option<(Vec<Blob>, usize)>, Error> {
        let (tree_name, folder) = (tree.to_string(), format!("{below}/"));
        let mut words = vec!["ls-tree", "-r", "-z", "--full-tree", &tree_name];
        words.extend((!below.is_empty()).then_some(["--", &folder]).into_iter().flatten());
        let output = match self.ask(&words) {
            Ok(output) => output,
            Err(error) => return if self.has(tree) { Err(error) } else { Ok(None) },
        };
        let mut blobs = Vec::new();
        let mut deep = 0;
        for (words, path) in Self::records(&output).filter_map(words_and_path) {
            let [mode, _, id] = words.as_slice() else { continue };
            if too_deep(path) {
                deep += 1;
                continue;
            }
            blobs.extend(Id::parse(id).and_then(|id| entry(path, id, octal(mode))));
            if blobs.len() > MOST_FILES {
                return Err(Error::Limit(format!("a revision has more than {MOST_FILES} files")));
            }
        }
        Ok(Some((blobs, deep)))
    }

    fn find(&self, tree: Id, path: &str) -> Result<Option<Blob>, Error> {
        let output = self.ask(&["ls-tree", "-z", "--full-tree", &tree.to_string(), "--", path])?;
        Ok(Self::records(&output).filter_map(words_and_path).find_map(|(words, found)| match words.as_slice() {
            [mode, _, id] if found == path.as_bytes() => entry(found, Id::parse(id)?, octal(mode)),
            _ => None,
        }))
    }

    fn read(&mut self, id: Id, cap: u64) -> Result<Content, Error> {
        let content = self.batch()?.read(id, cap);
        content.map_err(|error| {
            self.reader = None;
            Error::Git(format!("`git cat-file` ended: {error}"))
        })
    }

    fn index(&self) -> Result<Vec<Entry>, Error> {
        self.entries(&[])
    }

    fn tracked(&self, path: &str) -> Result<Option<Blob>, Error> {
        Ok(self.entries(&[path])?.into_iter().map(|entry| entry.blob).find(|blob| blob.path == path))
    }

    fn touched(&self) -> Result<Vec<Touched>, Error> {
        // No `--modified`: git would run clean filters to find out. Every tracked file is hashed by the caller instead.
        let all = self.ask(&["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
        let work = self.place.work.clone().unwrap_or_default();
        let touched = Self::records(&all).map(|path| Touched { path: path.to_vec(), gone: !exists(&work.join(folder(path))) });
        Ok(touched.collect())
    }

    fn ignored(&self, path: &str) -> bool {
        let mut git = self.git();
        // This subcommand refuses to take pathspecs literally; `./` keeps a leading colon from being magic.
        git.env_remove("GIT_LITERAL_PATHSPECS").args(["check-ignore", "--quiet", "--", &format!("./{path}")]);
        git.output().is_ok_and(|output| output.status.code() != Some(1))
    }

    fn symbolic(&self, name: &str) -> Option<String> {
        let answer = self.ask(&["symbolic-ref", "--quiet", name]).ok()?;
        String::from_utf8(answer).ok().map(|name| name.trim_end().to_string())
    }

    fn configuration(&self) -> Vec<(String, String)> {
        let output = self.ask(&["config", "-z", "--get-regexp", "^(remote|branch|extensions)\\."]).unwrap_or_default();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self::records(&output)
            .filter_map(|record| {
                let line = record.iter().position(|byte| *byte == b'\n')?;
                Some((text(record.get(..line)?), text(record.get(line + 1..)?)))
            })
            .collect()
    }
}

fn exists(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::without_credentials;

    #[test]
    fn words_of_git_never_show_a_token() {
        let words = "fatal: unable to access 'https://gitlab-ci-token:abc@gitlab.example.org/a/b.git/': no; http://x/y@z";
        assert_eq!(without_credentials(words), "fatal: unable to access 'https://gitlab.example.org/a/b.git/': no; http://x/y@z");
        assert_eq!(without_credentials("no address"), "no address");
    }
}
