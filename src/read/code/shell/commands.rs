//! Commands of a script: each is a call with its flags, the variables in front of it, and its text.

use tree_sitter::Node;

use super::named_children;
use super::values::word;
use crate::read::code::Code;
use crate::read::code::environment::is_variable;
use crate::read::text::command::{self, Word, base_name};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::value::Outcome;

/// Programs whose dashes say nothing about a service: they look at texts and move files.
const TOOLS: &[&str] = &[
    "sed", "awk", "grep", "egrep", "fgrep", "perl", "tr", "cut", "head", "tail", "sort", "uniq", "wc", "mkdir", "cp", "mv", "ln", "rm",
    "ls", "cat", "touch", "sleep", "kill", "pkill", "dirname", "basename", "pwd", "source", ".", ":", "tee", "which", "type", "eval",
    "date", "find", "xargs", "pushd", "popd", "wait", "tput", "getopts", "getopt", "realpath", "readlink", "mktemp", "seq", "uname", "jq",
    "yq",
];

/// One command; gives the scope of what stands in it.
pub(super) fn command(node: Node, around: &[Node], scope: ScopeId, code: &mut Code) -> ScopeId {
    let words: Vec<Word> =
        named_children(node).filter(|child| !child.kind().ends_with("redirect")).map(|child| word(child, code)).collect();
    let Some(at) = program(&words) else { return scope };
    let Some(first) = words.get(at) else { return scope };
    let name = base_name(&first.text);
    let name = command::held_engine(name).unwrap_or(name).to_owned();
    if matches!(name.as_str(), "echo" | "printf") {
        if is_written(node, around, code) {
            words.iter().skip(at + 1).for_each(|word| line(word, scope, code));
        }
        return scope;
    }
    if name == "set" && words.len() > at + 1 {
        text(&name, first, node, around, scope, code);
        return scope;
    }
    if name.is_empty() || command::runs_nothing(&name) || TOOLS.contains(&name.as_str()) {
        // `X=1 .` and the like still set it
        return scope;
    }
    let positional = words.iter().skip(at + 1).find(|word| !word.text.starts_with('-')).map(|word| word.text.to_string());
    let named = words.iter().skip_while(|word| &*word.text != "--name").nth(1).map(|word| word.text.to_string());
    let call = code.call(scope, &name, positional.iter().chain(&named).map(String::as_str), node);
    command::flags(&words, call, code.reading());
    text(&name, first, node, around, call, code);
    call
}

/// The index of the program's word, behind assignments, `sudo` and `$SUDO`.
fn program(words: &[Word]) -> Option<usize> {
    let passed = |word: &Word| {
        let assigns = word
            .text
            .split_once('=')
            .is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
        let elevates = word.text.trim_matches(['$', '{', '}']).eq_ignore_ascii_case("sudo");
        assigns || elevates
    };
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if passed(word) {
            at += 1;
        } else if let Some(positional) = command::wrapper(base_name(&word.text)) {
            at += 1 + positional;
            while words.get(at).is_some_and(|option| option.text.starts_with('-')) {
                at += 1;
            }
        } else {
            return Some(at);
        }
    }
    None
}

/// The command's text; of a pipeline into a shell the whole.
fn text(name: &str, first: &Word, node: Node, around: &[Node], scope: ScopeId, code: &mut Code) {
    let whole = piped_into_a_shell(node, around, code).unwrap_or(node);
    let start = if whole == node { first.span.start as usize } else { whole.start_byte() };
    let place = crate::span::Span::new(start, whole.end_byte());
    let mut said = command::unfolded(place.of(code.text));
    if failure_is_passed_over(node, around, code) {
        said.push_str(" || true");
    }
    let value = Outcome::text(said);
    code.add(Setting::named(scope, Surface::Command, name, value, first.span, place));
}

/// The pipeline that a command starts when it ends in a shell: `curl ... | sudo bash -s -`.
fn piped_into_a_shell<'t>(node: Node<'t>, around: &[Node<'t>], code: &Code) -> Option<Node<'t>> {
    let pipeline = *without_redirects(around).last()?;
    if pipeline.kind() != "pipeline" || pipeline.start_byte() != node.start_byte() {
        return None;
    }
    let runs = |stage: Node| code.of(stage).split_whitespace().take(4).any(|word| command::is_shell(base_name(word)));
    named_children(pipeline).skip(1).any(runs).then_some(pipeline)
}

/// `cosign verify ... || true`: that it fails stops nothing.
fn failure_is_passed_over(node: Node, around: &[Node], code: &Code) -> bool {
    let Some(list) = without_redirects(around).last().filter(|list| list.kind() == "list") else { return false };
    let (before, behind) = (list.child(0), list.child(2));
    let own = before.is_some_and(|before| before.start_byte() == node.start_byte());
    let otherwise = list.child(1).is_some_and(|operator| operator.kind() == "||");
    own && otherwise && behind.is_some_and(|behind| matches!(code.of(behind).trim(), "true" | ":" | "exit 0" | "/bin/true"))
}

/// What is around a command and its own redirections.
fn without_redirects<'a, 't>(around: &'a [Node<'t>]) -> &'a [Node<'t>] {
    match around.split_last() {
        Some((parent, outer)) if parent.kind() == "redirected_statement" => outer,
        _ => around,
    }
}

/// Whether what a command prints goes into a file: `> file`, `| tee file`.
fn is_written(node: Node, around: &[Node], code: &Code) -> bool {
    let redirected = |outer: Option<&Node>| {
        outer.is_some_and(|outer| outer.kind() == "redirected_statement" && named_children(*outer).any(|child| into_a_file(child, code)))
    };
    if redirected(around.last()) {
        return true;
    }
    let Some((outer, further)) = without_redirects(around).split_last() else { return false };
    match outer.kind() {
        "pipeline" if outer.start_byte() == node.start_byte() => {
            named_children(*outer).skip(1).any(|stage| code.of(stage).split_whitespace().take(4).any(|word| base_name(word) == "tee"))
        }
        // `{ echo A=1; echo B=2; } > file`
        "compound_statement" | "subshell" => redirected(further.last()),
        _ => false,
    }
}

fn into_a_file(redirect: Node, code: &Code) -> bool {
    redirect.kind() == "file_redirect" && {
        let text = code.of(redirect).trim_start_matches(|c: char| c.is_ascii_digit());
        text.starts_with('>') && !text.contains("/dev/") && !text.contains('&')
    }
}

/// `echo "NAME=value"`, with or without `export`.
fn line(word: &Word, scope: ScopeId, code: &mut Code) {
    let from = if word.text.starts_with("export ") { "export ".len() } else { 0 };
    let Some(length) = word.text.get(from..).and_then(|rest| rest.find('=')) else { return };
    let name = word.part(from, from + length);
    if !is_variable(&name.text) || word.text.contains('\n') {
        return;
    }
    let value = word.part(from + length + 1, word.text.len());
    // quotes inside of quotes are written, and what stands between them is put in all the same
    let inner = |quote: char| value.text.strip_prefix(quote).is_some_and(|rest| rest.len() > 1 && rest.ends_with(quote));
    let value = if inner('\'') || inner('"') { value.part(1, value.text.len() - 1) } else { value };
    let resolved = super::values::resolved(&value, code);
    code.add(Setting::named(scope, Surface::Env, name.text, resolved.value, name.span, value.span).with_mark(resolved.mark));
}
