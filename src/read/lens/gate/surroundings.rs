//! What a script does beside the gate's call: which program it gets, from where it looks, and which variables lead it elsewhere.

/// Variables that decide which repository, which change or which program is meant.
const LEADING: [&str; 13] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_NAMESPACE",
    "GIT_CONFIG",
    "GITHUB_",
    "CI_MERGE_REQUEST_",
    "CI_COMMIT_",
    "PRE_COMMIT_",
    "BASH_ENV",
    "LD_PRELOAD",
    "PRIVGATE_FAIL_ON",
];

/// The variable that names the file in which a runner describes the event.
pub(super) const EVENT: &str = "GITHUB_EVENT_PATH";

/// Names of the checkout's own folder.
const HERE: [&str; 11] = [
    ".",
    "./",
    "",
    "$GITHUB_WORKSPACE",
    "${GITHUB_WORKSPACE}",
    "${{ github.workspace }}",
    "$CI_PROJECT_DIR",
    "${CI_PROJECT_DIR}",
    "$PWD",
    "${PWD}",
    "$(pwd)",
];

/// What was noticed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Surroundings {
    /// A folder outside of the checkout, from which the call looks.
    pub folder: Option<String>,
    /// How deep in the checkout the script is.
    inside: usize,
    /// Variables that lead it elsewhere.
    pub variables: Vec<String>,
    /// What the program's name stands for was changed.
    pub replaced_program: bool,
    /// The commands that have to do with the program: how it is called, and how it got there. Numbers of versions are left out.
    pub program: Vec<String>,
    /// The number of its version.
    pub version: Option<i64>,
}

impl Surroundings {
    pub fn join(&mut self, other: Self) {
        self.folder = self.folder.take().or(other.folder);
        self.variables.extend(other.variables);
        self.program.splice(0..0, other.program);
        self.version = self.version.or(other.version);
    }

    /// The call up to the program's name.
    pub fn called(&mut self, texts: &[&str]) {
        texts.iter().filter(|text| text.contains('=')).for_each(|text| self.assigned(text));
        // the bare name is what is expected
        if texts.iter().any(|text| text.contains("privgate") && *text != "privgate" || text.starts_with('$')) {
            self.noted(texts);
        }
    }

    /// One command before the call; some only tell of the program.
    pub fn command(&mut self, texts: &[&str], targets: &[String], tells: bool) {
        let first = texts.first().copied().unwrap_or_default();
        let second = texts.get(1).copied().unwrap_or_default();
        match first {
            "cd" | "pushd" => self.enter(second),
            "export" | "declare" | "typeset" | "readonly" | "unset" | "env" => texts.iter().skip(1).for_each(|text| self.assigned(text)),
            "alias" => self.replaced_program |= texts.iter().any(|text| text.starts_with("privgate=")),
            "hash" => self.replaced_program |= texts.iter().any(|text| is_gate(text)),
            "function" => self.defines(second),
            _ => texts.iter().take_while(|text| text.contains('=')).for_each(|text| self.assigned(text)),
        }
        if targets.iter().any(|target| target.contains(EVENT)) || writes_event(texts) {
            self.variables.push(EVENT.to_owned());
        }
        let later = targets.iter().any(|target| target.contains("GITHUB_PATH") || target.contains("GITHUB_ENV"));
        if texts.iter().any(|text| text.contains("privgate")) && !tells || later {
            self.noted(texts);
        }
    }

    fn enter(&mut self, folder: &str) {
        if HERE.contains(&folder) || folder == "-" {
            (self.inside, self.folder) = (0, None);
            return;
        }
        let mut outside = outside(folder) && !folder.starts_with("..");
        for part in folder.split('/').filter(|part| !matches!(*part, "" | ".")) {
            if part == ".." {
                outside |= self.inside == 0;
                self.inside = self.inside.saturating_sub(1);
            } else {
                self.inside += 1;
            }
        }
        if outside {
            self.folder = Some(folder.to_owned());
        }
    }

    fn noted(&mut self, texts: &[&str]) {
        let mut behind = "";
        for text in texts {
            if text.contains("privgate") || matches!(behind, "--version" | "--tag") || text.starts_with("--version=") {
                self.version = number(text).or(self.version);
            }
            behind = text;
        }
        self.program.push(texts.iter().map(|text| without_versions(text)).collect::<Vec<_>>().join(" "));
    }

    /// `NAME=value`, or a name that is exported or taken away.
    pub fn assigned(&mut self, text: &str) {
        let name = text.split_once('=').map_or(text, |(name, _)| name);
        if leads(name) {
            self.variables.push(name.to_owned());
        } else if name == "PATH" && text.contains('=') {
            self.program.push(text.to_owned());
        }
    }

    /// A function of that name.
    pub fn defines(&mut self, name: &str) {
        self.replaced_program |= name.trim_end_matches("()") == "privgate";
    }
}

/// Whether a command writes to the file that describes the event, or takes it away.
fn writes_event(texts: &[&str]) -> bool {
    let event = |text: &&str| text.contains(EVENT);
    let in_place = || texts.iter().any(|text| text.starts_with('-') && !text.starts_with("--") && text.contains('i'));
    match texts.first().copied().unwrap_or_default() {
        "tee" | "rm" | "truncate" | "sponge" => texts.iter().any(event),
        "cp" | "mv" | "ln" | "install" => texts.last().is_some_and(event),
        "dd" => texts.iter().any(|text| text.starts_with("of=") && event(text)),
        "sed" | "perl" => in_place() && texts.iter().any(event),
        _ => false,
    }
}

/// Whether a variable of this name leads the gate elsewhere.
pub(super) fn leads(name: &str) -> bool {
    LEADING.iter().any(|known| name == *known || known.ends_with('_') && name.starts_with(known))
        && !matches!(name, "GITHUB_TOKEN" | "GITHUB_API_URL" | "GITHUB_ENV" | "GITHUB_PATH" | "GITHUB_OUTPUT")
        || name.starts_with("GIT_CONFIG_")
}

/// Whether a folder may lie outside of the checkout.
pub(super) fn outside(folder: &str) -> bool {
    let inside =
        HERE.iter().any(|here| folder == *here || here.len() > 2 && folder.strip_prefix(here).is_some_and(|rest| rest.starts_with('/')));
    let up = folder.split('/').any(|part| part == "..");
    up || !inside && (folder.starts_with(['/', '~', '-']) || folder.contains('$') || folder.contains("{{"))
}

/// The folder itself, where it is the checkout's own.
pub(super) fn folder(text: &str) -> &str {
    if HERE.contains(&text) || HERE.contains(&text.trim_end_matches('/')) { "." } else { text }
}

/// Whether a word names the program: a path, a package with its version, an image.
pub(super) fn is_gate(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    // the digest of an image has no path, the version of a package neither
    let name = name.split(['@', ':', '=']).next().unwrap_or(name);
    let name = name.trim_end_matches(".exe");
    (name == "privgate" || name.starts_with("privgate-")) && !word.contains("://") && !word.starts_with('-')
}

/// The first number like `1.2.3` in a text, as one that grows with it.
fn number(text: &str) -> Option<i64> {
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    text.split(|c| !digits(c)).filter(|part| part.contains('.')).find_map(super::version)
}

/// A text with every number like `1.2.3` in it written as `N`.
pub(super) fn without_versions(text: &str) -> String {
    let mut out = String::new();
    for part in text.split_inclusive(|c: char| !c.is_ascii_digit() && c != '.') {
        let digits = part.trim_end_matches(|c: char| !c.is_ascii_digit() && c != '.');
        let is_version = digits.contains('.') && digits.starts_with(|c: char| c.is_ascii_digit());
        out.push_str(if is_version { "N" } else { digits });
        out.push_str(part.get(digits.len()..).unwrap_or_default());
    }
    out
}
