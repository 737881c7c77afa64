//! Commands as settings: an argument vector's flags, and what a script sets, runs and passes.

mod switches;
mod words;
pub mod written;

use std::collections::HashMap;

use crate::plain::is_disguise;
use crate::reading::Reading;
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

use super::default;
pub(crate) use switches::{held_engine, is_shell, is_switch, runs_nothing, wrapper};
pub(crate) use words::split_with;
use words::{Lexer, Token};
pub use words::{Word, split};

/// How deep `sh -c "sh -c '...'"` is followed.
const DEPTH: u8 = 4;

/// Reads the flags of one command (and the variables in front of it) into `reading`.
pub fn flags(words: &[Word], scope: ScopeId, reading: &mut Reading) {
    invocation(words, scope, reading, 0);
}

/// Reads a script of several commands: exported variables, flags, and one [`Surface::Command`] for each command.
/// `offset` is where the text starts in the file.
pub fn script(text: &str, offset: usize, scope: ScopeId, reading: &mut Reading) {
    script_at(text, offset, scope, reading, 0);
    written::in_script(text, offset, scope, reading);
}

/// One command that is given as a list of words: its flags and its [`Surface::Command`].
pub fn run(words: &[Word], scope: ScopeId, reading: &mut Reading) {
    run_parts(words, words.len(), scope, reading);
}

/// One command that stands in two places, an entry point of `count` words and its further arguments: each place has its own [`Surface::Command`].
pub fn run_parts(words: &[Word], count: usize, scope: ScopeId, reading: &mut Reading) {
    let Some(program) = invocation(words, scope, reading, 0) else { return };
    let Some(name) = words.get(program).map(|word| base_name(&word.text)) else { return };
    let parts = [(program.min(count), count), (program.max(count), words.len())];
    for part in parts.iter().filter_map(|(from, to)| words.get(*from..*to)) {
        let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
        let text = part.iter().map(|word| &*word.text).collect::<Vec<_>>().join(" ");
        let mut setting =
            Setting::named(scope, Surface::Command, name, Outcome::text(text.clone()), first.span, first.span.join(last.span));
        setting.raw = text.into();
        reading.settings.push(setting);
    }
}

fn script_at(text: &str, offset: usize, scope: ScopeId, reading: &mut Reading, depth: u8) {
    let mut lexer = Lexer::new(text, offset, true);
    let mut words = Vec::new();
    let mut shell = Shell::default();
    let source = Source { text, offset };
    // where the pipeline's first command is among the settings
    let mut piped = None;
    let mut end = |words: &mut Vec<Word>, shell: &mut Shell, reading: &mut Reading, pipe: bool| {
        let words = std::mem::take(words);
        if !words.is_empty() {
            let said = command(&words, shell, &source, scope, reading, depth);
            // what is joined once is never joined again: a long pipeline would be copied again and again
            piped = match (piped, said) {
                (Some(from), Some(to)) if runs_input(&words, reading, to) => {
                    join(&source, reading, from, to);
                    None
                }
                _ if pipe => piped.or(said),
                _ => None,
            };
        }
    };
    while let Some(token) = lexer.next_token() {
        match token {
            Token::Word(word) => words.push(word),
            Token::Redirect(target) => written_for_later_steps(&words, &target, scope, reading),
            Token::Pipe => end(&mut words, &mut shell, reading, true),
            Token::Break => end(&mut words, &mut shell, reading, false),
        }
    }
    end(&mut words, &mut shell, reading, false);
}

/// Whether a command runs what it reads from a pipe: `sh`, `sudo bash -s -- x`, `python3 -`; not `sh file` or `python -c text`.
fn runs_input(words: &[Word], reading: &Reading, command: usize) -> bool {
    let Some(setting) = reading.settings.get(command) else { return false };
    let Some((_, name)) = setting.names.first() else { return false };
    let arguments: Vec<&str> = words.iter().skip_while(|word| word.span.start <= setting.name_span.start).map(|word| &*word.text).collect();
    let options = arguments.iter().all(|argument| argument.starts_with('-') && !matches!(*argument, "-c" | "-m" | "-e" | "-n" | "-p"));
    switches::runs_its_input(name) && (options || arguments.contains(&"-s"))
}

/// A pipeline that ends in running what its first command gives is one command, named by the first.
fn join(source: &Source<'_>, reading: &mut Reading, from: usize, to: usize) {
    let Some(last) = reading.settings.get(to).map(|setting| setting.value_span) else { return };
    let Some(first) = reading.settings.get_mut(from) else { return };
    first.value_span = first.value_span.join(last);
    let raw = source.under(first.value_span);
    first.value = Outcome::text(unfolded(raw));
    first.raw = raw.into();
    if to + 1 == reading.settings.len() {
        reading.settings.pop();
    }
}

/// Variables that a script has set but not (yet) exported.
#[derive(Debug, Default)]
struct Shell {
    local: HashMap<Box<str>, Word>,
    /// `set -a`: every assignment is exported.
    exports_all: bool,
}

/// The script's text and its place.
struct Source<'a> {
    text: &'a str,
    offset: usize,
}

impl Source<'_> {
    fn under(&self, span: Span) -> &str {
        let at = |n: u32| (n as usize).saturating_sub(self.offset);
        self.text.get(at(span.start)..at(span.end)).unwrap_or("")
    }

    /// Whether a command is followed by `|| true`: that it fails stops nothing.
    fn passes_over_failure(&self, span: Span) -> bool {
        let at = (span.end as usize).saturating_sub(self.offset);
        let line = self.text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or("");
        let otherwise = line.trim_start().strip_prefix("||").map(|rest| rest.trim().trim_end_matches(['"', '\'', ';']));
        otherwise.is_some_and(|word| matches!(word, "true" | ":" | "exit 0" | "/bin/true"))
    }
}

/// One command of a script; says where its setting is, if it gives one.
fn command(words: &[Word], shell: &mut Shell, source: &Source<'_>, scope: ScopeId, reading: &mut Reading, depth: u8) -> Option<usize> {
    let keywords = words.iter().take_while(|word| switches::is_keyword(&word.text)).count();
    let words = words.get(keywords..).unwrap_or(&[]);
    let first = words.first()?;
    if words.iter().all(|word| assigned(word).is_some()) {
        for word in words {
            if shell.exports_all {
                variable(word, scope, reading);
            } else if let Some(name) = assigned(word) {
                shell.local.insert(name.into(), word.clone());
            }
        }
        return None;
    }
    match &*first.text {
        "export" | "declare" | "typeset" => {
            export(words, shell, scope, reading);
            return None;
        }
        "set" => {
            shell.exports_all |= words.iter().any(|word| matches!(&*word.text, "-a" | "allexport"));
            return None;
        }
        ":" => {
            defaulted(words, scope, reading);
            return None;
        }
        name if switches::runs_nothing(name) => return None,
        _ => {}
    }
    let program = invocation(words, scope, reading, depth)?;
    let (first, last) = (words.get(program)?, words.last()?);
    let span = first.span.join(last.span);
    let raw = source.under(span);
    let mut said = unfolded(raw);
    if source.passes_over_failure(span) {
        said.push_str(" || true");
    }
    let value = Outcome::text(said);
    let mut setting = Setting::named(scope, Surface::Command, base_name(&first.text), value, first.span, span);
    setting.raw = raw.into();
    reading.settings.push(setting);
    Some(reading.settings.len() - 1)
}

/// `export A=1 B`, `declare -x A=1`.
fn export(words: &[Word], shell: &Shell, scope: ScopeId, reading: &mut Reading) {
    let exports = words.first().is_some_and(|word| &*word.text == "export")
        || words.iter().any(|word| word.text.starts_with('-') && word.text.contains('x'));
    if !exports {
        return;
    }
    for word in words.iter().skip(1) {
        if assigned(word).is_some() {
            variable(word, scope, reading);
        } else if let Some(earlier) = shell.local.get(&word.text) {
            variable(earlier, scope, reading);
        }
    }
}

/// `: "${X:=default}"`, the shell's way to give a default.
fn defaulted(words: &[Word], scope: ScopeId, reading: &mut Reading) {
    for word in words.iter().skip(1) {
        let Some(inner) = word.text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) else { continue };
        let Some((name, rest)) = inner.split_once(['=', ':']) else { continue };
        let operator = inner.len() - name.len() - rest.len() + usize::from(rest.starts_with('='));
        let colon_other = inner.as_bytes().get(name.len()) == Some(&b':') && !rest.starts_with('=');
        if !is_variable(name) || colon_other {
            continue;
        }
        let at = 2 + name.len();
        let (name, value) = (word.part(2, at), word.part(at + operator, word.text.len() - 1));
        named(Surface::Env, &name, &value, scope, reading);
    }
}

/// `echo "X=1" >> "$GITHUB_ENV"` sets a variable for all later steps of a job.
fn written_for_later_steps(words: &[Word], target: &Word, scope: ScopeId, reading: &mut Reading) {
    let environment = matches!(&*target.text, "$GITHUB_ENV" | "${GITHUB_ENV}" | "$env:GITHUB_ENV" | "$BASH_ENV");
    let echo = words.first().is_some_and(|word| matches!(&*word.text, "echo" | "printf"));
    if environment && echo {
        words.iter().skip(1).filter(|word| assigned(word).is_some()).for_each(|word| variable(word, scope, reading));
    }
}

/// Reads variables and flags; gives the index of the program's word.
fn invocation(words: &[Word], scope: ScopeId, reading: &mut Reading, depth: u8) -> Option<usize> {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if assigned(word).is_some() {
            variable(word, scope, reading);
            at += 1;
        } else if let Some(positional) = switches::wrapper(base_name(&word.text)) {
            at += 1 + positional;
            while let Some(option) = words.get(at).filter(|word| word.text.starts_with('-')) {
                at += if switches::wrapper_takes_value(&option.text) { 2 } else { 1 };
            }
        } else {
            break;
        }
    }
    let program = words.get(at)?;
    let rest = words.get(at + 1..).unwrap_or(&[]);
    let name = base_name(&program.text);
    let name = switches::held_engine(name).unwrap_or(name);
    if switches::is_shell(name) && depth < DEPTH && inline_script(rest, scope, reading, depth) {
        return Some(at);
    }
    arguments(name, rest, scope, reading);
    Some(at)
}

/// `sh -c "..."`: the words of the inner script count.
fn inline_script(words: &[Word], scope: ScopeId, reading: &mut Reading, depth: u8) -> bool {
    let is_c = |word: &Word| word.text.starts_with('-') && !word.text.starts_with("--") && word.text.ends_with('c');
    let Some(at) = words.iter().position(is_c) else { return false };
    let Some(body) = words.get(at + 1) else { return false };
    let before = reading.settings.len();
    let start = body.span.start as usize;
    let inside = body.raw.get(1..body.raw.len().saturating_sub(1));
    if inside == Some(&*body.text) {
        script_at(&body.text, start + 1, scope, reading, depth + 1);
    } else if *body.raw == *body.text {
        script_at(&body.text, start, scope, reading, depth + 1);
    } else {
        script_at(&body.text, 0, scope, reading, depth + 1);
        // escapes stand between the file and the script: the whole word is the place
        for setting in reading.settings.iter_mut().skip(before) {
            setting.name_span = body.span;
            setting.value_span = body.span;
            setting.raw = body.raw.clone();
        }
    }
    true
}

/// The flags among a program's arguments.
pub(crate) fn arguments(program: &str, words: &[Word], scope: ScopeId, reading: &mut Reading) {
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        if !is_flag(word) {
            continue;
        }
        let name_end = flag_name(program, &word.text);
        let attached = word.text.get(name_end..).unwrap_or("");
        if !attached.is_empty() {
            let from = name_end + usize::from(attached.starts_with('='));
            let (name, value) = (word.part(0, name_end), word.part(from, word.text.len()));
            container_variable(program, &name, &value, scope, reading);
            named(Surface::Flag, &name, &value, scope, reading);
            continue;
        }
        let truth = |next: &Word| matches!(&*next.text, "true" | "false" | "True" | "False");
        let switch = switches::is_switch(program, &word.text);
        match words.next_if(|next| !is_flag(next) && &*next.text != "--" && (!switch || truth(next))) {
            Some(value) => {
                container_variable(program, word, value, scope, reading);
                named(Surface::Flag, word, value, scope, reading);
                if let (Some(long), Some(setting)) = (switches::long_of(program, &word.text), reading.settings.last_mut()) {
                    setting.names.push((Surface::Flag, long.into()));
                }
            }
            None => bare(program, word, scope, reading),
        }
    }
}

/// A word with a dash that is neither a negative number nor the dashes alone.
fn is_flag(word: &Word) -> bool {
    let name = word.text.trim_start_matches('-');
    word.text.starts_with('-') && name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '?')
}

/// How much of a flag's word is its name: up to `=`, and for `-p8080` the letter.
fn flag_name(program: &str, text: &str) -> usize {
    if switches::is_container_engine(program) && text.starts_with("-e") && text.len() > 2 {
        return 2;
    }
    if let Some(at) = text.find('=') {
        return at;
    }
    let mut letters = text.chars();
    let short = letters.next() == Some('-') && letters.next().is_some_and(|c| c.is_ascii_alphabetic());
    if short && text.as_bytes().get(2).is_some_and(u8::is_ascii_digit) { 2 } else { text.len() }
}

/// A flag without a value; letters written together (`curl -fsSLk`) are also flags of their own where the program is known to read them so.
fn bare(program: &str, word: &Word, scope: ScopeId, reading: &mut Reading) {
    let mut push = |name: &str, span: Span| {
        let end = Span { start: span.end, end: span.end };
        reading.settings.push(Setting::named(scope, Surface::Flag, name, Outcome::One(Value::Bool(true)), span, end));
    };
    let letters = word.text.strip_prefix('-').unwrap_or("");
    if letters.len() > 1 && letters.bytes().all(|b| b.is_ascii_alphabetic()) && switches::bundles(program) {
        for (at, letter) in letters.char_indices() {
            push(&format!("-{letter}"), word.part(at + 1, at + 2).span);
        }
    } else {
        push(&word.text, word.span);
    }
}

/// `docker run -e X=1`.
fn container_variable(program: &str, flag: &Word, value: &Word, scope: ScopeId, reading: &mut Reading) {
    if matches!(&*flag.text, "-e" | "--env") && switches::is_container_engine(program) && assigned(value).is_some() {
        variable(value, scope, reading);
    }
}

/// The name before the `=` when the word is an assignment.
fn assigned(word: &Word) -> Option<&str> {
    let name = word.text.split_once('=')?.0;
    is_variable(name).then_some(name)
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || is_disguise(c))
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || is_disguise(c))
}

/// Emits the variable that an assignment sets.
fn variable(word: &Word, scope: ScopeId, reading: &mut Reading) {
    if let Some(length) = assigned(word).map(str::len) {
        named(Surface::Env, &word.part(0, length), &word.part(length + 1, word.text.len()), scope, reading);
    }
}

fn named(surface: Surface, name: &Word, value: &Word, scope: ScopeId, reading: &mut Reading) {
    let resolved = if value.literal { super::plain_text(&value.text) } else { default::shell(&value.text) };
    let mut setting = Setting::named(scope, surface, name.text.clone(), resolved.value, name.span, value.span).with_mark(resolved.mark);
    setting.raw = value.raw.clone();
    reading.settings.push(setting);
}

/// The program without its folder.
pub(crate) fn base_name(program: &str) -> &str {
    program.rsplit(['/', '\\']).next().unwrap_or(program)
}

/// The command on one line.
pub(crate) fn unfolded(raw: &str) -> String {
    if !raw.contains('\n') {
        return raw.to_owned();
    }
    let lines = raw.lines().map(|line| line.trim().trim_end_matches('\\').trim());
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
