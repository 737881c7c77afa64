//! What becomes of the call's exit code: what stands behind it, and what ends a script before it.

use super::{After, Call, Frame, Kind, Reader};
use crate::read::lens::gate::surroundings;

/// Commands that can make something of the last exit code.
const HANDLING: [&str; 6] = ["exit", "return", "test", "[", "[[", "(("];

impl Reader<'_> {
    /// What the operator behind the call, or behind the group around it, makes of its exit code.
    pub(super) fn decide(&mut self, operator: &'static str) {
        if self.frames.len() != self.level {
            return;
        }
        match (&self.after, operator) {
            (After::Operator | After::Then, "||") => self.after = After::Instead,
            (After::Operator, "&&") => self.after = After::Then,
            (After::Operator, "|" | "|&") if self.shell.pipefail => {}
            (After::Operator, "|" | "|&" | "&") => self.ignore(),
            (After::Operator | After::Then, ";" | "\n") => self.after = After::Sequel,
            _ => {}
        }
    }

    /// The code is worth nothing.
    pub(super) fn ignore(&mut self) {
        if let Some(call) = &mut self.call {
            call.ignored = true;
        }
        self.after = After::Done;
    }

    /// What comes behind the call.
    pub(super) fn follows(&mut self, texts: &[&str]) {
        let depth = self.frames.len();
        let first = texts.first().copied().unwrap_or_default();
        match &self.after {
            After::Defined(name) if name == first => {
                let mut call = self.call.take().unwrap_or_default();
                self.around(&mut call);
                call.conditions.append(&mut self.leaves);
                self.call = Some(call);
                self.level = depth;
                self.after = After::Operator;
            }
            After::Defined(_) => self.leaves(texts),
            After::Instead if depth == self.level => match saved(texts) {
                Some(name) => self.after = After::Saved(name),
                None if fails(texts) => self.after = After::Done,
                None => self.ignore(),
            },
            After::Group(_) | After::Branch(_) if fails(texts) => self.after = After::Done,
            After::Saved(name) => {
                let name = [format!("${name}"), format!("${{{name}}}")];
                if HANDLING.contains(&first) && texts.iter().any(|text| name.iter().any(|name| text.contains(&**name))) {
                    self.after = After::Done;
                }
            }
            After::Sequel if depth == self.level => self.sequel(texts),
            _ => {}
        }
    }

    fn sequel(&mut self, texts: &[&str]) {
        if let Some(name) = saved(texts) {
            self.after = After::Saved(name);
        } else if texts.iter().any(|text| text.contains("$?")) && texts.first().is_some_and(|first| HANDLING.contains(first)) {
            self.after = After::Done;
        } else if !self.shell.errexit || is_nothing(texts) {
            self.ignore();
        } else if self.level == 0 {
            // within a group, what follows the group may still drop the code
            self.after = After::Done;
        }
    }

    /// Whether the script may end here, before it comes to the call.
    pub(super) fn leaves(&mut self, texts: &[&str]) {
        let inside = |frame: &Frame| matches!(frame.kind, Kind::Subshell | Kind::Function(_));
        let (first, second) = (texts.first().copied().unwrap_or_default(), texts.get(1).copied());
        let ends = match first {
            "exit" => texts.len() == 1 || !fails(texts),
            // with redirections only, the shell stays
            "exec" => second.is_some() && !texts.iter().any(|word| surroundings::is_gate(word)),
            "trap" => {
                let said = second.is_some_and(|text| text.contains("exit"));
                self.unreachable |= said && texts.iter().skip(2).any(|signal| matches!(*signal, "EXIT" | "ERR" | "0"));
                false
            }
            _ => false,
        };
        if !ends && first != "exit" || self.frames.iter().any(inside) {
            return;
        }
        let under = self.frames.iter().rev().find(|frame| frame.kind == Kind::Under);
        let text = under.map(|frame| frame.text.clone()).or_else(|| self.before.last().map(|(text, _)| text.clone()));
        match text {
            // a script that fails early is no pass
            Some(_) if !ends => {}
            Some(text) => self.leaves.push(text),
            None => self.unreachable = true,
        }
    }

    /// `set -e` and its relatives.
    pub(super) fn shell_option(&mut self, texts: &[&str]) {
        if texts.first() != Some(&"set") || self.frames.iter().any(|frame| frame.kind == Kind::Subshell) {
            return;
        }
        let mut named = texts.iter().skip(1).peekable();
        while let Some(word) = named.next() {
            let Some(on) = word.chars().next().filter(|sign| matches!(sign, '-' | '+')).map(|sign| sign == '-') else { continue };
            if word.contains('e') && !word.starts_with("--") {
                self.shell.errexit = on;
            }
            self.unreachable |= on && word.contains('n') && !word.starts_with("--");
            if word.ends_with('o') {
                match named.next().copied() {
                    Some("errexit") => self.shell.errexit = on,
                    Some("pipefail") => self.shell.pipefail = on,
                    Some("noexec") => self.unreachable |= on,
                    _ => {}
                }
            }
        }
    }

    /// What is known at the end of the script.
    pub(super) fn finish(mut self) -> Option<Call> {
        let undecided = matches!(self.after, After::Instead | After::Group(_) | After::Branch(_) | After::Saved(_) | After::Defined(_));
        let mut call = self.call.take()?;
        call.ignored |= undecided || self.too_deep;
        call.surroundings.join(self.surroundings);
        Some(call)
    }
}

/// `code=$?`: the name.
fn saved(texts: &[&str]) -> Option<String> {
    let [text] = texts else { return None };
    text.split_once('=').filter(|(_, value)| *value == "$?").map(|(name, _)| name.to_owned())
}

/// Whether a command ends a script with a failure: of `exit` without a number, the command before has failed.
fn fails(texts: &[&str]) -> bool {
    match texts {
        ["false", ..] | ["exit" | "return"] | ["exit" | "return", "$?"] => true,
        ["exit" | "return", code, ..] => code.parse::<i64>().is_ok_and(|code| code != 0),
        _ => false,
    }
}

/// A command that does nothing but succeed.
fn is_nothing(texts: &[&str]) -> bool {
    matches!(texts, ["true" | ":"] | ["exit", "0"])
}
