//! Procfiles: one process type a line, each a service with its command.

use super::{command, lines};
use crate::reading::{Kind, Problem, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::span::Span;

/// The word of `in:`.
pub const KIND: Kind = Kind("procfile");

/// Whether the path is a Procfile by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_prefix("Procfile").is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
}

/// Reads a Procfile.
#[must_use]
pub fn read(_path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(KIND, text.len());
    for (start, line) in lines(text) {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let Some((name, run)) = line.split_once(':').filter(|(name, _)| is_name(name.trim())) else {
            let message = "this line names no process type".to_owned();
            reading.problems.push(Problem { span: Some(Span::new(start, start + line.len())), message, fatal: false });
            continue;
        };
        let at = start + name.len() + 1;
        let scope = reading.scope(ScopeId::ROOT, ScopeKind::Service, name.trim(), Step::Same, Span::new(start, start + line.len()));
        command::script(run, at, scope, &mut reading);
    }
    super::under_their_spans(text, &mut reading);
    reading
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_process_is_a_service_with_its_flags() {
        let text = "# note\nweb: X_Y=1 gunicorn app --bind 0.0.0.0:${PORT:-80}\r\nworker: python w.py --debug\n";
        let reading = read("Procfile", text);
        let said: Vec<String> = reading
            .settings
            .iter()
            .map(|setting| format!("{}: {} {}", reading.get(setting.scope).name, setting.names[0].1, setting.raw))
            .collect();
        assert_eq!(
            said,
            [
                "web: X_Y 1",
                "web: gunicorn gunicorn app --bind 0.0.0.0:${PORT:-80}",
                "web: --bind 0.0.0.0:${PORT:-80}",
                "worker: python python w.py --debug",
                "worker: --debug "
            ]
        );
        assert!(reading.problems.is_empty());
        assert_eq!(read("Procfile", "nothing here\n").problems.len(), 1);
    }

    #[test]
    fn names_of_procfiles_are_known() {
        assert!(["Procfile", "a/Procfile.dev"].into_iter().all(claims));
        assert!(!["procfile.md", "Procfiles"].into_iter().any(claims));
    }
}
