//! The gate's call in a shell script: with which words, under which conditions, and whether its exit code still ends the script.

mod commands;
mod exits;

use super::routes::Routes;
use super::surroundings::Surroundings;
use super::tokens::{Token, Word, tokens};

/// How deep `sh -c "sh -c '...'"` is followed.
const DEPTH: u8 = 4;

/// More groups than this within each other are no script that anybody runs.
const GROUPS: usize = 100;

/// Bytes of what is asked that are kept.
const TEXT: usize = 200;

/// What a shell does from the start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shell {
    /// A command that fails ends the script.
    pub errexit: bool,
    /// A pipeline fails with any of its commands.
    pub pipefail: bool,
}

/// The call, and what its script makes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Call {
    /// The command's bytes in the script.
    pub start: usize,
    pub end: usize,
    /// `check` or `pre-push`.
    pub command: String,
    /// What is given to it.
    pub words: Vec<String>,
    /// Its exit code is worth nothing, or it is never reached.
    pub ignored: bool,
    /// It stands in another file, to which the command leads.
    pub led: bool,
    /// What has to be true for it to be reached.
    pub conditions: Vec<String>,
    /// What the script does beside it that decides what the call judges.
    pub surroundings: Surroundings,
}

/// The first call of the gate in a script; with `routes`, also through other files.
pub(super) fn find(script: &str, shell: Shell, routes: Option<&Routes>) -> Option<Call> {
    // most scripts have nothing to do with it
    if routes.is_none() && !script.contains("privgate") {
        return None;
    }
    nested(script, shell, 0, routes)
}

/// What a script does that concerns a call in a later one.
pub(super) fn beside(script: &str) -> Surroundings {
    read(script, Shell::default(), 0, None).surroundings
}

fn nested(script: &str, shell: Shell, depth: u8, routes: Option<&Routes>) -> Option<Call> {
    read(script, shell, depth, routes).finish()
}

fn read<'r>(script: &str, shell: Shell, depth: u8, routes: Option<&'r Routes<'r>>) -> Reader<'r> {
    let mut reader = Reader { shell, depth, routes, ..Reader::default() };
    for token in tokens(script) {
        match token {
            Token::Word(word) => reader.word(word),
            Token::Operator(operator) => reader.operator(operator),
            Token::Target(target) => reader.targets.push(target),
        }
    }
    reader.operator("\n");
    reader
}

impl Default for Shell {
    fn default() -> Self {
        Self { errexit: true, pipefail: false }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// Between `if`, `while` and `then`, `do`.
    Asked,
    /// Between `then`, `else`, `do` and their ends; a branch of `case`.
    Under,
    /// `for x in ...` up to `do`.
    Header,
    Group,
    Subshell,
    Function(String),
}

#[derive(Clone, Debug)]
struct Frame {
    kind: Kind,
    /// What was asked.
    text: String,
    /// The commands before it in its list, each with the operator behind it.
    before: Vec<(String, &'static str)>,
}

/// What decides next about the call's exit code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum After {
    /// No call yet.
    #[default]
    Before,
    /// The operator behind the call.
    Operator,
    /// `call && ...`: a later `||` counts.
    Then,
    /// `call || ...`: what is done instead.
    Instead,
    /// `call || { ... }`: something in the braces has to fail, up to this depth.
    Group(usize),
    /// `if call`: a branch has to fail, up to this depth.
    Branch(usize),
    /// The script goes on: the code has to come from somewhere else.
    Sequel,
    /// The code was put into a variable.
    Saved(String),
    /// A function of this name holds it.
    Defined(String),
    /// Decided.
    Done,
}

#[derive(Default)]
struct Reader<'r> {
    shell: Shell,
    depth: u8,
    /// Where commands that are files of the repository lead.
    routes: Option<&'r Routes<'r>>,
    words: Vec<Word>,
    targets: Vec<String>,
    frames: Vec<Frame>,
    /// The commands before the current one in its list, each with the operator behind it.
    before: Vec<(String, &'static str)>,
    negated: bool,
    /// `name()` was read: the next group is a function.
    function: Option<String>,
    call: Option<Call>,
    /// The depth at which the call's command, or the group around it, stands.
    level: usize,
    after: After,
    surroundings: Surroundings,
    /// What may end the script before the call.
    leaves: Vec<String>,
    unreachable: bool,
    too_deep: bool,
}

impl Reader<'_> {
    fn word(&mut self, word: Word) {
        if let [first] = &*self.words
            && first.plain
            && first.text == "function"
        {
            self.surroundings.defines(&word.text);
            self.function = Some(word.text);
            return;
        }
        let first = self.words.is_empty() || word.text == "{" && self.function.is_some();
        if !(word.plain && first && self.reserved(&word.text)) {
            self.words.push(word);
        }
    }

    /// Words that shape a script, where a command could begin.
    fn reserved(&mut self, word: &str) -> bool {
        match word {
            "if" | "while" | "until" => self.enter(Kind::Asked, word),
            "for" | "select" | "case" => self.enter(Kind::Header, word),
            "then" | "do" | "else" => self.turn(Kind::Under, word),
            "elif" => self.turn(Kind::Asked, word),
            "fi" | "done" | "esac" | "}" => self.leave(),
            "{" => {
                let kind = self.function.take().map_or(Kind::Group, Kind::Function);
                self.words.clear();
                self.enter(kind, word);
            }
            "!" => self.negated = true,
            "time" => {}
            "coproc" => self.before.push((String::new(), "coproc")),
            _ => return false,
        }
        true
    }

    fn enter(&mut self, kind: Kind, text: &str) {
        if self.after == After::Instead && self.frames.len() == self.level {
            self.after = After::Group(self.level);
        }
        self.too_deep |= self.frames.len() >= GROUPS;
        if self.too_deep {
            return;
        }
        let before = std::mem::take(&mut self.before);
        self.frames.push(Frame { kind, text: text.to_owned(), before });
    }

    fn turn(&mut self, kind: Kind, word: &str) {
        self.before.clear();
        if let Some(frame) = self.frames.last_mut() {
            frame.kind = kind;
            if (word == "else" || word == "elif") && frame.text.len() < TEXT {
                frame.text = format!("not ({})", frame.text);
            }
        }
    }

    fn leave(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        self.before = frame.before;
        let depth = self.frames.len();
        if let Kind::Function(name) = &frame.kind
            && self.after != After::Before
            && depth < self.level
        {
            self.level = depth;
            self.after = After::Defined(name.clone());
            return;
        }
        match &self.after {
            After::Group(level) | After::Branch(level) if depth <= *level => self.ignore(),
            After::Operator | After::Then | After::Instead | After::Sequel if depth < self.level => {
                self.level = depth;
                self.after = After::Operator;
            }
            _ => {}
        }
    }

    fn operator(&mut self, operator: &'static str) {
        if operator == "(" {
            match &*self.words {
                [] => {
                    let kind = self.function.take().map_or(Kind::Subshell, Kind::Function);
                    self.enter(kind, "(");
                }
                [name] => self.function = Some(name.text.clone()).filter(|name| !name.contains('=')),
                _ => {}
            }
            return;
        }
        if operator == ")" {
            // `name()`, and the end of a list of values
            match (&self.function, &*self.words) {
                (Some(name), [_]) => {
                    self.surroundings.defines(name);
                    self.words.clear();
                    return;
                }
                (_, [first, ..]) if first.text.ends_with('=') => return,
                _ => self.function = None,
            }
            // a pattern of `case` ends with it, too
            let pattern = self.frames.last().is_some_and(|frame| matches!(frame.kind, Kind::Header | Kind::Under));
            if pattern {
                self.turn(Kind::Under, "case");
                self.words.clear();
            } else {
                self.command(";");
                self.leave();
            }
            return;
        }
        self.command(operator);
        self.decide(operator);
        if matches!(operator, "&&" | "||" | "|" | "|&") {
            return;
        }
        self.before.clear();
        self.negated = false;
    }
}

#[cfg(test)]
mod tests;
