//! Whether changed lines are part of a log call that prints what some policy asks about.

use super::Asking;
use super::lines::Lines;
use crate::read::code::chains_of_line;

/// Lines below the first one of a call that may belong to it.
const BELOW: usize = 8;

/// What stands in the name of a logger or of what else prints, in small letters.
const SIGNS: &[&str] = &["log", "console", "print", "trac", "info!", "warn!", "error!", "debug!", "winston", "zap", "sugar", "pino"];

/// Whether a changed line, or one of a call that it begins or goes on with, prints something that is asked about.
pub fn concerns(asking: &mut Asking, lines: &Lines, changed: &[usize]) -> bool {
    changed.iter().any(|at| {
        let line = lines.get(*at);
        let begins = logs(line);
        let inside = || lines.above(*at).take(2).any(|above| logs(lines.get(above)));
        (begins || inside()) && (asks(asking, line) || (begins && lines.deeper(*at, BELOW).any(|below| asks(asking, lines.get(below)))))
    })
}

/// Whether a line may begin a log call.
fn logs(line: &str) -> bool {
    line.contains('(') && {
        let lower = line.to_ascii_lowercase();
        SIGNS.iter().any(|sign| lower.contains(sign))
    }
}

fn asks(asking: &mut Asking, line: &str) -> bool {
    chains_of_line(line).any(|chain| asking.known.is_printed(&chain))
}
