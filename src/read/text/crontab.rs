//! Tables of cron: variables, and one command a line behind its times.

use super::{command, default, lines};
use crate::plain::is_disguise;
use crate::reading::{Kind, Problem, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Setting, Surface};
use crate::span::Span;

/// The word of `in:`.
pub const KIND: Kind = Kind("crontab");

/// Whether the path is a table of cron by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    let mut steps = path.rsplit('/');
    let name = steps.next().unwrap_or(path);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    name == "crontab" || ending == Some("cron") || ending == Some("crontab") || (steps.next() == Some("cron.d") && ending.is_none())
}

/// Reads a table of cron.
#[must_use]
pub fn read(path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(KIND, text.len());
    let system = path.contains("cron.d/");
    for (start, line) in lines(text) {
        let content = line.trim_start();
        if content.trim_end().is_empty() || content.starts_with('#') {
            continue;
        }
        let at = start + line.len() - content.len();
        if let Some(setting) = variable(content, at) {
            reading.settings.push(setting.with_raw(text));
        } else if let Some((run, from)) = task(content, system) {
            let scope = reading.scope(ScopeId::ROOT, ScopeKind::Call, program(run), Step::Same, Span::new(at, at + content.len()));
            command::script(run, at + from, scope, &mut reading);
        } else {
            let message = "this line has no times and no command".to_owned();
            reading.problems.push(Problem { span: Some(Span::new(at, at + content.len())), message, fatal: false });
        }
    }
    super::under_their_spans(text, &mut reading);
    reading
}

/// `NAME = value`.
fn variable(line: &str, at: usize) -> Option<Setting> {
    let (name, value) = line.split_once('=')?;
    let trimmed = name.trim_end();
    let word = !trimmed.is_empty() && trimmed.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || is_disguise(c));
    let from = at + name.len() + 1 + value.len() - value.trim_start().len();
    let value = value.trim();
    let inner = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(value);
    // cron expands nothing, but what writes such a file often does
    let resolved = default::shell(inner);
    let name_span = Span::new(at, at + trimmed.len());
    let place = Span::new(from, from + value.len());
    word.then(|| Setting::named(ScopeId::ROOT, Surface::Env, trimmed, resolved.value, name_span, place).with_mark(resolved.mark))
}

/// The command of a line, and where it starts. A system's table has a user before it.
fn task(line: &str, system: bool) -> Option<(&str, usize)> {
    let times = if line.starts_with('@') { 1 } else { 5 };
    let mut rest = line;
    for at in 0..times + usize::from(system) {
        let end = rest.find([' ', '\t'])?;
        let field = rest.get(..end)?;
        let is_time = field.starts_with('@') || field.bytes().all(|b| b.is_ascii_alphanumeric() || b"*/,-?#~".contains(&b));
        if at < times && !is_time {
            return None;
        }
        rest = rest.get(end..)?.trim_start();
    }
    // a plain table may be a system's too
    if !system && let Some(after) = rest.strip_prefix("root").filter(|after| after.starts_with([' ', '\t'])) {
        rest = after.trim_start();
    }
    (!rest.is_empty()).then_some((rest, line.len() - rest.len()))
}

fn program(run: &str) -> &str {
    command::base_name(run.split_whitespace().next().unwrap_or(run))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_variables_and_commands() {
        let text = "MAILTO=\"a@b.example\"\n# note\n0 */4 * * 1-5 /opt/clean --keep 30\r\n@daily root backup --plain\nnonsense\n";
        let reading = read("crontab", text);
        let said: Vec<String> = reading.settings.iter().map(|setting| format!("{} {}", setting.names[0].1, setting.raw)).collect();
        assert_eq!(said, ["MAILTO \"a@b.example\"", "clean /opt/clean --keep 30", "--keep 30", "backup backup --plain", "--plain "]);
        assert_eq!(reading.problems.len(), 1);
    }

    #[test]
    fn a_systems_table_names_the_user() {
        let reading = read("etc/cron.d/x", "0 1 * * * www-data /opt/clean --keep 30\n");
        assert_eq!(reading.get(reading.settings[0].scope).name.as_ref(), "clean");
    }

    #[test]
    fn names_of_tables_are_known() {
        assert!(["crontab", "a/b.cron", "etc/cron.d/app"].into_iter().all(claims));
        assert!(!["cron.py", "cron.d/README.md"].into_iter().any(claims));
    }
}
