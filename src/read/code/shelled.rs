//! Commands that programs start: as one text for a shell, `os.system("curl ... | sh")`, or as a list of words, `run(["curl", "-k", url])`.

use tree_sitter::Node;

use super::emit::span;
use super::switches::literal;
use super::{Code, named_children};
use crate::read::text::command::{self, Word};
use crate::scope::ScopeId;
use crate::setting::Surface;
use crate::span::Span;

/// Calls whose first argument a shell runs, by the end of their names. `run` and `call` do so when they are told to.
const SHELLED: &[&str] = &[
    "os.system",
    "os.popen",
    "subprocess.getoutput",
    "child_process.execSync",
    "child_process.exec",
    "execSync",
    "run_cmd",
    "run_command",
];

/// Calls that may be told to use a shell.
const ASKED: &[&str] = &["subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen"];

/// Calls that start a program with a list of words, by the last part of their names.
const STARTED: &[&str] = &[
    "run",
    "Popen",
    "call",
    "check_call",
    "check_output",
    "execvp",
    "spawn",
    "spawnSync",
    "execFile",
    "execFileSync",
    "execa",
    "execaSync",
];

/// Longest command that is read, in words.
const WORDS: usize = 200;

/// Longest command that is read, in bytes.
const LONGEST: usize = 4_000;

/// Reads the commands of a text that stands as a literal without escapes. `asked` tells whether the call says that a shell is meant.
pub fn read(callee: &str, asked: bool, first: Node, scope: ScopeId, code: &mut Code) {
    if !(SHELLED.contains(&callee) || asked && ASKED.contains(&callee)) || first.kind() != "string" {
        return;
    }
    text(first, scope, code);
}

/// Reads the commands of a literal that a shell is given.
pub fn text(first: Node, scope: ScopeId, code: &mut Code) {
    let raw = code.of(first);
    let Some(open) = raw.find(['"', '\'']).filter(|at| *at < 2) else { return };
    let long = raw.get(open..).is_some_and(|rest| rest.starts_with("\"\"\"") || rest.starts_with("'''"));
    let quotes = if long { 3 } else { 1 };
    let inside = raw.get(open + quotes..raw.len().saturating_sub(quotes)).unwrap_or("");
    // what a formatted text puts in is not known, but what stands around it is
    if inside.is_empty() || inside.len() > LONGEST || inside.contains('\\') {
        return;
    }
    let offset = first.start_byte() + open + quotes;
    command::script(inside, offset, scope, code.reading());
}

/// Reads a list that is a command as a whole, `run([...])`, `spawn("docker", [...])`, `cmd = [...]`; says whether it is one.
pub fn list(list: Node, scope: ScopeId, code: &mut Code) -> bool {
    let Some(outer) = list.parent() else { return false };
    let program = match outer.kind() {
        "argument_list" | "arguments" => {
            let callee = outer.parent().and_then(|call| call.child_by_field_name("function")).map_or("", |callee| code.of(callee));
            if !callee.rsplit('.').next().is_some_and(|last| STARTED.contains(&last)) {
                return false;
            }
            let mut before = named_children(outer).take_while(|argument| argument.id() != list.id());
            match (before.next(), before.next()) {
                (None, _) => None,
                (Some(program), None) => Some(program),
                _ => return false,
            }
        }
        "assignment" | "variable_declarator" => {
            let kept = outer.child_by_field_name("left").or_else(|| outer.child_by_field_name("name")).map_or("", |name| code.of(name));
            let kept = kept.to_ascii_lowercase();
            if !["cmd", "command", "argv"].iter().any(|end| kept.ends_with(end)) {
                return false;
            }
            None
        }
        _ => return false,
    };
    words(program.into_iter().chain(named_children(list)), list, scope, code)
}

/// Reads the words of a command below `node` as a call of its program, when the first of them names one.
pub fn words<'n>(items: impl Iterator<Item = Node<'n>>, node: Node, scope: ScopeId, code: &mut Code) -> bool {
    let words: Vec<Word> = items.filter(|item| item.kind() != "comment").take(WORDS).map(|item| word(item, code)).collect();
    let Some(program) = words.first().map(|first| &*first.text) else { return false };
    let named = program.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/'));
    let short = words.first().zip(words.last()).is_some_and(|(first, last)| first.span.join(last.span).range().len() <= LONGEST);
    if words.len() < 2 || !named || program.starts_with('-') || !short {
        return false;
    }
    let program = program.rsplit('/').next().unwrap_or(program);
    let positional = words.iter().skip(1).find(|word| !word.text.starts_with('-')).map(|word| &*word.text);
    let call = code.call(scope, program, positional, node);
    let settings = &mut code.reading().settings;
    let (before, recent) = (settings.len(), settings.len().saturating_sub(WORDS));
    let set: Vec<Span> = settings.iter().skip(recent).map(|setting| setting.value_span).collect();
    command::run(&words, call, code.reading());
    // `-e X=1`: what is a variable wherever it stands in a list was read already
    let mut added = code.reading().settings.split_off(before);
    added.retain(|setting| setting.names.iter().all(|(surface, _)| *surface != Surface::Env) || !set.contains(&setting.value_span));
    let text = code.text;
    for setting in &mut added {
        setting.raw = setting.value_span.of(text).into();
    }
    code.reading().settings.append(&mut added);
    true
}

/// A literal is a word as it stands; of anything else only the name is known.
fn word(item: Node, code: &Code) -> Word {
    let raw = code.of(item);
    if let Some(literal) = literal(item, code).filter(|literal| !literal.inside.contains(['{', '\\'])) {
        return Word::new(literal.inside, span(item), raw, true);
    }
    if raw == "sys.executable" || raw == "process.execPath" {
        return Word::new(if raw.starts_with('s') { "python" } else { "node" }, span(item), raw, true);
    }
    let plain = raw.len() < 80 && raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    // never the source itself, which may hold lists in lists
    let shown = if plain { format!("${raw}") } else { "$_".to_owned() };
    Word::new(shown.as_str(), span(item), shown.as_str(), false)
}
