//! Which calls are of a logger, and at which level they write.

use tree_sitter::Node;

use super::{labels, paths};
use crate::read::code::{Code, named_children};
use crate::span::Span;

/// How loud a line is, the quietest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Single steps.
    Trace,
    /// For developers.
    Debug,
    /// Written whatever the level is, but to no log: `print`, `console.log`.
    Print,
    /// What a program says in production.
    Info,
    /// Something is odd.
    Warning,
    /// Something failed.
    Error,
}

impl Level {
    /// The word that policies know it by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Print => "print",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The level that a method's name says, without endings such as `f`, `ln`, `w`, `Context`.
    fn of(method: &str) -> Option<Self> {
        let lower = method.to_ascii_lowercase();
        let short = lower.strip_suffix("context").or_else(|| lower.strip_suffix("ln")).unwrap_or(&lower);
        let stem = match short {
            "tracef" | "debugf" | "infof" | "warnf" | "warningf" | "errorf" | "fatalf" | "panicf" | "debugw" | "infow" | "warnw"
            | "errorw" | "noticef" | "tracew" | "printf" | "logf" => short.get(..short.len() - 1).unwrap_or(short),
            _ => short,
        };
        Some(match stem {
            "trace" | "silly" => Self::Trace,
            "debug" | "verbose" | "fine" | "debug_once" => Self::Debug,
            "print" | "println" | "pprint" | "eprint" | "eprintln" => Self::Print,
            "info" | "log" | "notice" | "success" | "information" | "info_once" => Self::Info,
            "warn" | "warning" | "warning_once" => Self::Warning,
            "error" | "err" | "exception" | "critical" | "fatal" | "panic" | "severe" => Self::Error,
            _ => return None,
        })
    }
}

/// Longest text of what is called, in bytes.
const LONGEST_CALLEE: usize = 160;

/// Words by which the name of a logger ends.
const LOGGERS: &[&str] =
    &["log", "logger", "logging", "logs", "slog", "klog", "glog", "logrus", "tracing", "winston", "pino", "sugar", "zap"];

/// What takes values in the chains of zerolog, which name the level before: `log.Info().Str("a", b).Msgf("c %s", d)`.
const CHAINED: &[&str] = &["Msgf", "Msg", "Str", "Strs", "Any", "Interface", "Bytes", "RawJSON", "Stringer", "Fields"];

/// What only reaches the person who runs the program: scripts in a browser.
const IN_BROWSERS: &[&str] = &[
    "\"use client\"",
    "'use client'",
    "document.",
    "window.",
    "useState(",
    "useEffect(",
    "from 'react'",
    "from \"react\"",
    "chrome.runtime",
];

/// Whether a console in this file belongs to the user who looks at it.
pub fn shown_to_the_user_only(path: &str, text: &str) -> bool {
    let end = path.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    matches!(end.as_str(), "tsx" | "jsx" | "vue" | "svelte") || IN_BROWSERS.iter().any(|sign| text.contains(sign))
}

/// What a node prints when it is a call of a logger: paths of values with their places. Consoles that only the user sees print nothing.
pub fn printed(node: Node, code: &Code, shown: bool) -> Option<(Level, Vec<(String, Span)>)> {
    let (callee, arguments) = match node.kind() {
        "call" | "call_expression" => (node.child_by_field_name("function")?, node.child_by_field_name("arguments")?),
        "method_invocation" => (node, node.child_by_field_name("arguments")?),
        "macro_invocation" => (node.child_by_field_name("macro")?, named_children(node).find(|child| child.kind() == "token_tree")?),
        _ => return None,
    };
    let name = code.text.get(callee.start_byte()..arguments.start_byte())?;
    let level = level(name, node.kind() == "macro_invocation", shown)?;
    let found = if node.kind() == "macro_invocation" {
        paths::of_tokens(code.of(arguments), arguments.start_byte())
    } else {
        of_arguments(arguments, code)
    };
    (!found.is_empty()).then_some((level, found))
}

/// What the arguments of a call show, each under its own name and under the one that the literal before it gives.
fn of_arguments(arguments: Node, code: &Code) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    let mut befores = Vec::new().into_iter();
    for argument in named_children(arguments) {
        let known = found.len();
        paths::of_node(argument, code, 0, &mut found);
        let is_literal = matches!(argument.kind(), "string" | "string_literal" | "interpreted_string_literal" | "template_string");
        if is_literal && found.len() == known {
            befores = labels::befores(code.of(argument)).into_iter();
        } else if let Some(before) = befores.next()
            && let [(path, place)] = found.get(known..).unwrap_or(&[])
            && let Some(said) = labels::path(&before, path)
        {
            let place = *place;
            found.push((said, place));
        }
    }
    found
}

/// The level of what is called: `self.logger.info`, `console.log`, `slog.InfoContext`, `print`.
fn level(name: &str, is_macro: bool, shown: bool) -> Option<Level> {
    let name = name.trim().trim_end_matches(['!', '(', '?', '.']).trim();
    if name.len() > LONGEST_CALLEE {
        return None;
    }
    let (before, method) = name.rsplit_once(['.', ':']).unwrap_or(("", name));
    if CHAINED.contains(&method) {
        let (logger, level) = before.split_once('(')?.0.trim().rsplit_once('.')?;
        return names_logger(logger.rsplit('.').next()?).then(|| Level::of(level)).flatten();
    }
    let level = Level::of(method)?;
    if before.is_empty() {
        let alone = matches!(method, "print" | "println" | "pprint" | "eprintln" | "eprint");
        return (alone || is_macro && method.chars().all(|c| c.is_ascii_lowercase())).then_some(level);
    }
    // what stands before a call in the chain: `logger` of `logger.bind(a=1).info`
    let plain = before.split('(').next().unwrap_or(before);
    let mut steps = plain.rsplit(['.', ':']).filter(|step| !step.is_empty());
    let nearest = steps.next().unwrap_or("");
    if nearest == "console" {
        return (!shown).then_some(if level == Level::Info { Level::Print } else { level });
    }
    if matches!(nearest, "fmt" | "out" | "pprint" | "rich") {
        return (level == Level::Print).then_some(level);
    }
    let known = names_logger(nearest) || (before.contains('(') && steps.any(names_logger)) || before.contains("getLogger(");
    // Go's `log.Printf` is its log
    known.then_some(if level == Level::Print { Level::Info } else { level })
}

/// Whether a step of what is called ends as loggers are named.
fn names_logger(step: &str) -> bool {
    paths::snake(step.trim_matches(['?', '!', '&', '*', ' '])).rsplit('_').next().is_some_and(is_logger)
}

/// Whether a word names a logger: those that are known, and packages that put letters before `log` (`xlog`, `mlog`, `hclog`).
fn is_logger(word: &str) -> bool {
    let wrapped = || word.strip_suffix("log").is_some_and(|before| before.len() <= 2 && before != "b");
    LOGGERS.contains(&word) || wrapped()
}

#[cfg(test)]
pub(super) fn level_of(name: &str) -> Option<Level> {
    level(name, false, false)
}
