//! Commands that programs hand to a shell as one text: `os.system("curl ... | sh")`, `execSync("...")`.

use tree_sitter::Node;

use super::Code;
use crate::read::text::command;
use crate::scope::ScopeId;

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

/// Longest text that is read, in bytes.
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
