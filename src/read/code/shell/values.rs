//! What a script sets: assignments, exports, and the defaults of variables that it reads.

use std::collections::{HashMap, HashSet};

use tree_sitter::Node;

use super::named_children;
use crate::read::code::emit::span;
use crate::read::code::environment::is_variable;
use crate::read::code::{Code, Given};
use crate::read::expression::Resolved;
use crate::read::text::command::{Word, arguments, split};
use crate::read::text::default;
use crate::scope::ScopeId;
use crate::setting::{Overridden, Setting, Surface};
use crate::span::Span;
use crate::value::{Mark, Outcome, Value};

/// How far outward a condition is looked for.
const OUTWARD: usize = 48;

/// The word that a node is, without its quotes.
pub(super) fn word(node: Node, code: &Code) -> Word {
    let text = code.of(node);
    let mut words = split(text, node.start_byte());
    match (words.pop(), words.is_empty()) {
        (Some(word), true) if word.span == span(node) => word,
        _ => Word::new(text, span(node), text, false),
    }
}

/// What a word comes to, with the variables put in that the script itself sets.
pub(super) fn resolved(word: &Word, code: &Code) -> Resolved {
    if word.literal {
        return Resolved::plain(Value::text(word.text.clone()));
    }
    default::shell_with(&word.text, &|name| code.known(name).and_then(Given::text).map(Into::into))
}

/// The value of an assignment; nothing for an array.
fn value(node: Node, code: &Code) -> Option<Resolved> {
    match node.child_by_field_name("value") {
        None => Some(Resolved::plain(Value::text(""))),
        Some(value) if value.kind() == "array" => None,
        Some(value) => Some(resolved(&word(value, code), code)),
    }
}

/// The place of an assignment's value: empty behind the `=` when there is none.
fn place(node: Node) -> Span {
    node.child_by_field_name("value").map_or(Span::new(node.end_byte(), node.end_byte()), span)
}

/// Remembers what a variable is set to, so that it can be put in where it is used.
pub(super) fn remember(node: Node, around: &[Node], code: &mut Code) {
    let Some(name) = node.child_by_field_name("name").filter(|name| name.kind() == "variable_name") else { return };
    if before_a_command(around) || passed_on(node, code) || parses_options(around) {
        return;
    }
    let appends = code.of(node).get(code.of(name).len()..).is_some_and(|rest| rest.starts_with("+="));
    let given = match value(node, code) {
        Some(Resolved { value, mark }) if !appends => Given { value, mark, span: place(node), read: None, from: None },
        _ => Given::unread(place(node)),
    };
    code.constant(code.of(name), given);
}

/// `X=1 command` sets it for that command alone.
fn before_a_command(around: &[Node]) -> bool {
    around.last().is_some_and(|parent| parent.kind() == "command")
}

/// `case` in a loop: what an option sets is no default.
fn parses_options(around: &[Node]) -> bool {
    let mut outward = around.iter().rev().take(OUTWARD).map(Node::kind).skip_while(|kind| *kind != "case_item");
    outward.any(|kind| matches!(kind, "while_statement" | "for_statement" | "c_style_for_statement"))
}

/// `HOST=$2`, `HOST="${1#*=}"`, `X="$X"`: what the caller gives, which is no default.
fn passed_on(node: Node, code: &Code) -> bool {
    let Some(value) = node.child_by_field_name("value") else { return false };
    let name = node.child_by_field_name("name").map_or("", |name| code.of(name));
    let text = code.of(value).trim_matches('"');
    let Some(inner) = text.strip_prefix('$') else { return false };
    let inner = inner.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(inner);
    let length = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    let (variable, rest) = inner.split_at_checked(length).unwrap_or((inner, ""));
    let positional = !variable.is_empty() && variable.bytes().all(|b| b.is_ascii_digit());
    (positional || variable == "OPTARG" || variable == name) && (rest.is_empty() || rest.starts_with(['#', '%']))
        || matches!(inner, "@" | "*" | "!")
}

/// The assignments of a script, the last of each name in each scope.
#[derive(Debug, Default)]
pub(super) struct Assigned {
    last: HashMap<(ScopeId, Box<str>), Vec<usize>>,
    lost: HashSet<usize>,
    /// Names that were set but not given, because nothing outside sees them, with their place among the settings to come.
    local: HashMap<Box<str>, Setting>,
    uses: Option<Uses>,
}

impl Assigned {
    /// One assignment.
    pub(super) fn assignment(&mut self, node: Node, around: &[Node], scope: ScopeId, code: &mut Code) {
        let Some(name) = node.child_by_field_name("name").filter(|name| name.kind() == "variable_name") else { return };
        if before_a_command(around) || passed_on(node, code) || parses_options(around) {
            return;
        }
        let text = code.of(name);
        let appends = code.of(node).get(text.len()..).is_some_and(|rest| rest.starts_with("+="));
        flags(node, scope, code);
        let Some(Resolved { value, mark }) = value(node, code) else { return };
        // what is appended is a part of the value only
        let (value, mark) = if appends { (Outcome::Unread, Mark::Reference) } else { (value, mark) };
        let declared = around.last().copied().filter(|parent| parent.kind() == "declaration_command");
        let exported = declared.is_some_and(|parent| exports(parent, code));
        let local = declared.is_some_and(|parent| code.of(parent).starts_with("local"));
        let mut setting = Setting::named(scope, Surface::Env, text, value, span(name), place(node)).with_mark(mark).with_raw(code.text);
        if local || !(exported || is_variable(text)) || !exported && self.uses.get_or_insert_with(|| Uses::of(code.text)).keeps(text) {
            setting.names.clear();
        }
        if let Some((read, ..)) = node.child_by_field_name("value").and_then(|value| whole_fallback(code.of(value)))
            && read != text
            && is_variable(read)
        {
            setting.names.push((Surface::Env, read.into()));
        }
        if setting.names.is_empty() {
            setting.names.push((Surface::Env, text.into()));
            self.local.insert(text.into(), setting);
        } else {
            self.add(setting, sure(around), code);
        }
    }

    /// `export X` of a variable that was set before under a name that only exporting makes one.
    pub(super) fn exported(&mut self, node: Node, around: &[Node], scope: ScopeId, code: &mut Code) {
        if !exports(node, code) {
            return;
        }
        for name in named_children(node).filter(|child| child.kind() == "variable_name") {
            if let Some(mut setting) = self.local.remove(code.of(name)) {
                setting.scope = scope;
                self.add(setting, sure(around), code);
            }
        }
    }

    /// A later assignment that always happens takes the place of the earlier ones; one under a condition stands beside them.
    fn add(&mut self, mut setting: Setting, sure: bool, code: &mut Code) {
        let Some((_, name)) = setting.names.first() else { return };
        let at = code.reading().settings.len();
        let earlier = self.last.entry((setting.scope, name.clone())).or_default();
        if sure {
            for at in std::mem::take(earlier) {
                if let Some(lost) = code.reading().settings.get(at) {
                    setting.overridden.push(Overridden { span: lost.value_span, value: lost.value.clone(), contested: false });
                }
                self.lost.insert(at);
            }
        }
        earlier.push(at);
        code.add(setting);
    }

    /// Takes out what was set again.
    pub(super) fn finish(self, code: &mut Code) {
        let mut at = 0;
        code.reading().settings.retain(|_| {
            at += 1;
            !self.lost.contains(&(at - 1))
        });
    }
}

/// Whether an assignment always happens: no condition, loop or `||` around it.
fn sure(around: &[Node]) -> bool {
    let outward = around.iter().rev().take(OUTWARD);
    let mut outward = outward.take_while(|outer| outer.kind() != "function_definition");
    !outward.any(|outer| {
        matches!(
            outer.kind(),
            "if_statement" | "case_item" | "while_statement" | "for_statement" | "list" | "pipeline" | "subshell" | "command_substitution"
        )
    })
}

/// Whether a declaration exports: `export X=1`, `declare -x X=1`.
fn exports(node: Node, code: &Code) -> bool {
    let text = code.of(node);
    let options =
        || (0..3).filter_map(|at| node.named_child(at)).map(|child| code.of(child)).any(|word| word.starts_with('-') && word.contains('x'));
    text.starts_with("export") || ((text.starts_with("declare") || text.starts_with("typeset")) && options())
}

/// What a script does with its variables, looked up once.
#[derive(Debug)]
struct Uses {
    /// For each word: how often it stands in the script, and how many lines begin by setting it.
    words: HashMap<Box<str>, (usize, usize)>,
    /// All or unknown variables are handed to others, or it runs nothing and is there to be taken in by others.
    hands: bool,
}

impl Uses {
    fn of(script: &str) -> Self {
        let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut uses = Self { words: HashMap::new(), hands: false };
        let mut runs = false;
        for line in script.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            for word in line.split(|c: char| !part(c)).filter(|word| is_variable(word)) {
                uses.words.entry(word.into()).or_default().0 += 1;
            }
            if let Some((name, _)) = line.split_once('=').filter(|(name, _)| is_variable(name)) {
                uses.words.entry(name.into()).or_default().1 += 1;
            }
            let first = line.split_whitespace().next().unwrap_or_default();
            uses.hands |= matches!(first, "." | "source" | "eval" | "envsubst")
                || line.contains("allexport")
                || line.starts_with("set -a")
                || [" . ", "source ", "eval ", "envsubst", "compgen"].iter().any(|word| line.contains(word));
            runs |= !line.is_empty()
                && !matches!(first, "export" | "readonly" | "declare" | "typeset" | "unset" | "set" | ":" | "local")
                && !first.split_once('=').is_some_and(|(name, _)| name.chars().all(part));
        }
        uses.hands |= !runs;
        uses
    }

    /// Whether a variable is set for nobody: exported nowhere, never read, and handed to no other script.
    fn keeps(&self, name: &str) -> bool {
        !self.hands && self.words.get(name).is_some_and(|(told, set)| told <= set)
    }
}

/// The name, and where in the text the default starts, when a text is one `${X:-d}` and nothing else.
fn whole_fallback(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(text);
    let quote = usize::from(inner.len() < text.len());
    let body = inner.strip_prefix("${")?.strip_suffix('}')?;
    let length = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(body.len());
    let rest = body.get(length..)?;
    let operator = [":-", ":=", "-", "="].into_iter().find(|operator| rest.starts_with(operator))?;
    // `${X:-a}b${Y:-c}` is not one expression
    let mut depth = 0_i32;
    let closed = rest.bytes().any(|byte| {
        depth += i32::from(byte == b'{') - i32::from(byte == b'}');
        depth < 0
    });
    (!closed).then_some((body.get(..length)?, quote + 2 + length + operator.len()))
}

/// `${X:-d}`, `${X:=d}` anywhere: what the variable is when nobody sets it.
pub(super) fn fallback(node: Node, around: &[Node], code: &mut Code) {
    let text = code.of(node);
    let Some((name, from)) = whole_fallback(text).filter(|(name, _)| is_variable(name)) else { return };
    if is_an_assignments_value(node, around) || code.known(name).is_some_and(|known| known.text().is_some()) {
        return;
    }
    let start = node.start_byte();
    let place = Span::new(start + from, node.end_byte().saturating_sub(1));
    let words = split(place.of(code.text), start + from);
    let Resolved { value, mark } = match words.as_slice() {
        [] => Resolved::plain(Value::text("")),
        [word] => resolved(word, code),
        _ => default::shell_with(place.of(code.text), &|_| None),
    };
    let name_span = Span::new(start + 2, start + 2 + name.len());
    code.add(Setting::named(ScopeId::ROOT, Surface::Env, name, value, name_span, place).with_mark(mark));
}

/// `X=${Y:-d}`: the assignment says it already.
fn is_an_assignments_value(node: Node, around: &[Node]) -> bool {
    let alone = |parent: &Node| parent.kind() == "string" && parent.byte_range().len() == node.byte_range().len() + 2;
    let around = match around.split_last() {
        Some((parent, outer)) if alone(parent) => outer,
        _ => around,
    };
    let assignment = around.last().is_some_and(|outer| outer.kind() == "variable_assignment");
    assignment && !around.split_last().is_some_and(|(_, outer)| before_a_command(outer))
}

/// `ARGS+=(--flag value)`, `OPTS="$OPTS --flag value"`: flags of a command that is put together.
fn flags(node: Node, scope: ScopeId, code: &mut Code) {
    let Some(value) = node.child_by_field_name("value") else { return };
    let words: Vec<Word> = if value.kind() == "array" {
        named_children(value).map(|item| word(item, code)).collect()
    } else {
        let name = node.child_by_field_name("name").map_or("", |name| code.of(name)).to_ascii_uppercase();
        let raw = code.of(value);
        let inside = raw.strip_prefix(['"', '\'']).and_then(|inner| inner.strip_suffix(['"', '\'']));
        let Some(inside) = inside.filter(|inner| inner.contains("--") && !inner.contains('\\')) else { return };
        if !["ARGS", "OPTS", "FLAGS", "OPTIONS", "PARAMS"].iter().any(|word| name.contains(word)) {
            return;
        }
        split(inside, value.start_byte() + 1)
    };
    if words.iter().any(|word| word.text.starts_with('-')) {
        arguments("", &words, scope, code.reading());
    }
}

/// Puts the script's own variables into the values that use them.
pub(super) fn put_in(code: &mut Code) {
    let mut settings = std::mem::take(&mut code.reading().settings);
    for setting in &mut settings {
        let open = setting.value == Outcome::Unread && setting.mark == Mark::Reference && setting.raw.contains('$');
        let words = if open { split(&setting.raw, 0) } else { Vec::new() };
        if let [word] = words.as_slice() {
            let Resolved { value, mark } = resolved(word, code);
            if value != Outcome::Unread {
                setting.value = value;
                setting.mark = mark;
            }
        }
    }
    code.reading().settings = settings;
}
