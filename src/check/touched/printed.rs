//! Whether changed lines are part of a log call that prints what some policy asks about.

use super::Asking;
use super::lines::{Lines, words};
use crate::read::code::chains_of_line;

/// Lines below the first one of a call that may belong to it.
const BELOW: usize = 8;

/// How the names of loggers end, in small letters.
const LOGGERS: &[&str] = &["log", "logger", "logging", "logs", "console", "tracing", "winston", "sugar", "pino", "logrus", "zap"];

/// What prints by itself.
const PRINTS: &[&str] = &["print", "println", "printf", "pprint", "eprint", "eprintln"];

/// Macros that are named by their level.
const MACROS: &[&str] = &["info", "warn", "error", "debug", "trace", "log"];

/// Whether a changed line, or one of a call that it begins or goes on with, prints something that is asked about.
pub fn concerns(asking: &mut Asking, lines: &Lines, changed: &[usize]) -> bool {
    // neighbours are inside the same lines
    let mut before: Option<(Option<usize>, bool)> = None;
    changed.iter().any(|at| {
        let line = lines.get(*at);
        let inside = match before {
            Some((outer, inside)) if outer == lines.above(*at).next() => inside,
            _ => lines.above(*at).take(2).any(|above| logs(lines.get(above))),
        };
        before = Some((lines.above(*at).next(), inside));
        let begins = logs(line);
        (begins || inside) && (asks(asking, line) || (begins && lines.deeper(*at, BELOW).any(|below| asks(asking, lines.get(below)))))
    })
}

/// Whether a line may begin a log call.
fn logs(line: &str) -> bool {
    line.contains('(')
        && words(line).any(|word| {
            let is = |name: &&str| word.text.eq_ignore_ascii_case(name);
            let ends = |name: &&str| {
                let from = word.text.len().checked_sub(name.len());
                from.and_then(|from| word.text.get(from..)).is_some_and(|end| end.eq_ignore_ascii_case(name))
            };
            match word.after(line).as_bytes().first() {
                Some(b'.' | b'?' | b':') => LOGGERS.iter().any(ends),
                Some(b'(') => PRINTS.iter().any(is) || ends(&"logger"),
                Some(b'!') => PRINTS.iter().chain(MACROS).any(is),
                _ => false,
            }
        })
}

fn asks(asking: &mut Asking, line: &str) -> bool {
    chains_of_line(line).any(|chain| asking.known.is_printed(&chain))
}
