//! One command of a script: whether it is the call, and under which conditions it stands.

use super::{After, Call, DEPTH, Kind, Reader, Shell, TEXT, nested};
use crate::read::lens::gate::surroundings;
use crate::read::lens::gate::tokens::Word;

/// Programs that get the call as an argument and do not run it.
const TELLING: [&str; 15] =
    ["echo", "printf", ":", "true", "which", "type", "alias", "hash", "cat", "grep", "test", "[", "[[", "export", "git"];

/// Programs that run their arguments, but not surely once.
const PERHAPS: [&str; 4] = ["xargs", "find", "parallel", "watch"];

/// Programs that run a text.
const SHELLS: [&str; 8] = ["sh", "bash", "dash", "zsh", "ksh", "ash", "su", "eval"];

impl Reader<'_> {
    /// One command has ended.
    pub(super) fn command(&mut self, operator: &'static str) {
        let words = std::mem::take(&mut self.words);
        let targets = std::mem::take(&mut self.targets);
        if words.is_empty() {
            return;
        }
        let texts: Vec<&str> = words.iter().map(|word| &*word.text).collect();
        let text = texts.join(" ");
        if let Some(frame) = self.frames.last_mut()
            && matches!(frame.kind, Kind::Asked | Kind::Header)
            && frame.text.len() < TEXT
        {
            frame.text.push(' ');
            frame.text.push_str(&text);
        }
        if self.after == After::Before {
            self.leaves(&texts);
            if let Some((found, place)) = self.called(&words) {
                self.reached(found, place);
            } else {
                let tells =
                    texts.first().is_some_and(|first| TELLING.contains(first) || *first == "command" || surroundings::is_gate(first));
                self.surroundings.command(&texts, &targets, tells);
                self.shell_option(&texts);
            }
        } else {
            self.follows(&texts);
        }
        self.before.push((text, operator));
    }

    /// The call among the words of one command: itself, in a text that a shell is given, or in a substitution.
    fn called(&mut self, words: &[Word]) -> Option<(Call, bool)> {
        let texts: Vec<&str> = words.iter().map(|word| &*word.text).collect();
        let (start, end) = (words.first()?.start, words.last()?.end);
        let program = texts.iter().position(|text| !is_assignment(text)).unwrap_or(texts.len());
        let name = texts.get(program).map_or("", |text| text.rsplit('/').next().unwrap_or(text));
        let leads = |text: &str| self.routes.is_some() || text.contains("privgate");
        let hidden = texts.iter().position(|text| text.contains(char::is_whitespace) && leads(text));
        if let Some((at, text)) = hidden.and_then(|at| Some((at, *texts.get(at)?))).filter(|_| self.depth < DEPTH) {
            let inner = text.split_once("$(").and_then(|(_, rest)| rest.rsplit_once(')'));
            if let Some(call) = inner.and_then(|(inner, _)| nested(inner, self.shell, self.depth + 1, self.routes)) {
                // the code of a substitution is the command's only where there is no other command
                return Some((Call { start, end, ..call }, at >= program));
            }
            let runs = texts.iter().take(at).any(|word| SHELLS.contains(&word.rsplit('/').next().unwrap_or(word)));
            let shell = Shell { errexit: name == "eval" && self.shell.errexit, pipefail: false };
            if let Some(call) = Some(text).filter(|_| runs).and_then(|text| nested(text, shell, self.depth + 1, self.routes)) {
                return Some((Call { start, end, ..call }, false));
            }
        }
        if TELLING.contains(&name) || name == "command" && texts.get(program + 1).is_some_and(|word| word.starts_with('-')) {
            return None;
        }
        let own = texts.iter().position(|text| surroundings::is_gate(text));
        let own = own.and_then(|at| Some((at, texts.get(at + 1..)?.iter().position(|word| matches!(*word, "check" | "pre-push"))?)));
        let Some((at, what)) = own else {
            let call = self.routes?.command(texts.get(program..)?)?;
            for text in texts.iter().take(program) {
                self.surroundings.assigned(text);
            }
            return Some((Call { start, end, ..call }, false));
        };
        let behind = texts.get(at + 1..)?;
        let given: Vec<String> =
            behind.iter().enumerate().filter(|(index, _)| *index != what).map(|(_, word)| (*word).to_owned()).collect();
        if given.iter().any(|word| matches!(&**word, "--help" | "-h" | "--version" | "-V")) {
            return None;
        }
        for text in texts.iter().take(program) {
            self.surroundings.assigned(text);
        }
        self.surroundings.called(texts.get(program..=at)?);
        let perhaps = texts.iter().take(at).any(|word| PERHAPS.contains(&word.rsplit('/').next().unwrap_or(word)));
        let conditions = if perhaps { vec![name.to_owned()] } else { Vec::new() };
        let command = behind.get(what).map(|word| (*word).to_owned()).unwrap_or_default();
        Some((Call { start, end, command, words: given, conditions, ..Call::default() }, false))
    }

    fn reached(&mut self, mut call: Call, dropped: bool) {
        call.ignored |=
            dropped || self.unreachable || self.surroundings.replaced_program || self.before.iter().any(|(_, by)| *by == "coproc");
        call.conditions.append(&mut self.leaves);
        let asked = self.frames.iter().rposition(|frame| frame.kind == Kind::Asked);
        call.ignored |= self.negated && asked.is_none();
        self.around(&mut call);
        self.call = Some(call);
        self.level = self.frames.len();
        self.after = match asked {
            Some(at) => After::Branch(at),
            None => After::Operator,
        };
    }

    /// What the places around the call say about whether it is reached.
    pub(super) fn around(&self, call: &mut Call) {
        for frame in &self.frames {
            if frame.kind == Kind::Under {
                call.conditions.push(frame.text.clone());
            }
            conditional(&frame.before, call);
        }
        conditional(&self.before, call);
    }
}

/// The conditions that the commands before it in a list make. What has to work before it is none: the script fails with it.
fn conditional(before: &[(String, &'static str)], call: &mut Call) {
    for (text, operator) in before {
        let asks = ["[", "test ", "((", "grep ", "! ", "git diff"].iter().any(|start| text.starts_with(start));
        match *operator {
            by if by == "||" && text == "true" || by == "&&" && text == "false" => call.ignored = true,
            "||" => call.conditions.push(format!("not ({text})")),
            "&&" if asks => call.conditions.push(text.clone()),
            _ => {}
        }
    }
}

fn is_assignment(text: &str) -> bool {
    text.split_once('=')
        .is_some_and(|(name, _)| !name.is_empty() && name.trim_end_matches('+').chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}
