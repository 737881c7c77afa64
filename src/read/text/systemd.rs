//! Units of systemd: keys in sections, the variables of `Environment=`, and the commands of `ExecStart=`.

use std::collections::HashMap;

use super::{command, default, lines};
use crate::read::expression::{Resolved, typed};
use crate::reading::{Kind, Link, LinkKind, Problem, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Overridden, Setting, Surface};
use crate::span::Span;
use crate::value::{Mark, Outcome};

/// The word of `in:`.
pub const KIND: Kind = Kind("systemd");

/// Whether the path is a unit by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let dropped_in = path.contains(".service.d/") && name.rsplit_once('.').is_some_and(|(_, ending)| ending == "conf");
    dropped_in || name.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "service" | "timer" | "socket"))
}

/// Reads a unit.
#[must_use]
pub fn read(_path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(KIND, text.len());
    let mut unit = Unit { text, section: ScopeId::ROOT, sections: HashMap::new(), last: HashMap::new(), settings: Vec::new() };
    let mut open: Option<Span> = None;
    for (start, line) in lines(text) {
        let content = line.trim();
        let from = start + line.len() - line.trim_start().len();
        let place = Span::new(from, from + content.len());
        let comment = content.starts_with(['#', ';']);
        // a backslash joins lines; comments between them belong to nothing
        let joined = match open.take() {
            Some(before) if comment => {
                open = Some(before);
                continue;
            }
            Some(before) => before.join(place),
            None if content.is_empty() || comment => continue,
            None => place,
        };
        if content.ends_with('\\') {
            open = Some(joined);
        } else {
            unit.line(joined, &mut reading);
        }
    }
    if let Some(last) = open {
        unit.line(last, &mut reading);
    }
    reading.settings.extend(unit.settings.into_iter().flatten());
    super::under_their_spans(text, &mut reading);
    reading
}

struct Unit<'a> {
    text: &'a str,
    section: ScopeId,
    sections: HashMap<&'a str, ScopeId>,
    last: HashMap<(ScopeId, &'a str), usize>,
    settings: Vec<Option<Setting>>,
}

impl<'a> Unit<'a> {
    fn line(&mut self, place: Span, reading: &mut Reading) {
        let line = self.text.get(place.range()).unwrap_or("");
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            self.section = *self
                .sections
                .entry(name)
                .or_insert_with(|| reading.scope(ScopeId::ROOT, ScopeKind::Mapping, "", Step::Key(name.into()), place));
            return;
        }
        let Some((name, value)) = line.split_once('=') else {
            let message = "this line is neither a section nor a key".to_owned();
            reading.problems.push(Problem { span: Some(place), message, fatal: false });
            return;
        };
        let start = place.start as usize;
        let from = start + name.len() + 1 + value.len() - value.trim_start().len();
        let (name, value) = (name.trim_end(), value.trim());
        let at = Span::new(from, from + value.len());
        if let Some(scope) = reading.scopes.get_mut(self.section.0 as usize) {
            scope.span = scope.span.join(place);
        }
        match name {
            "Environment" => self.variables(at, reading),
            "EnvironmentFile" => {
                let to = value.trim_start_matches('-');
                reading.links.push(Link { from: self.section, to: to.into(), kind: LinkKind::EnvFile, span: at });
            }
            _ if name.starts_with("Exec") && !value.is_empty() => {
                let run = value.trim_start_matches(['@', '-', ':', '+', '!']);
                let words = command::split(run, from + value.len() - run.len());
                command::run(&words, self.section, reading);
            }
            _ => self.key(name, Span::new(start, start + name.len()), at),
        }
    }

    /// `Environment="A=1" B=2`.
    fn variables(&mut self, place: Span, reading: &mut Reading) {
        for word in command::split(place.of(self.text), place.start as usize) {
            let Some(length) = word.text.find('=').filter(|length| *length > 0) else { continue };
            let (name, value) = (word.part(0, length), word.part(length + 1, word.text.len()));
            let Resolved { value: outcome, mark } = default::shell(&value.text);
            let setting = Setting::named(self.section, Surface::Env, name.text, outcome, name.span, value.span);
            reading.settings.push(setting.with_mark(mark));
        }
    }

    /// The last of equal keys counts, but what is listened on is a list.
    fn key(&mut self, name: &'a str, name_span: Span, place: Span) {
        let text = place.of(self.text);
        let Resolved { value, mark } =
            if text.contains("${") { default::shell(text) } else { Resolved { value: Outcome::One(typed(text)), mark: Mark::Plain } };
        let mut setting = Setting::keyed(self.section, name, value, name_span, place).with_mark(mark);
        let several = name.starts_with("Listen") || matches!(name, "Wants" | "After" | "Before" | "Requires" | "BindPaths" | "OnCalendar");
        if !several {
            let earlier = self.last.insert((self.section, name), self.settings.len());
            if let Some(earlier) = earlier.and_then(|at| self.settings.get_mut(at)?.take()) {
                setting.overridden = earlier.overridden;
                setting.overridden.push(Overridden { span: earlier.value_span, value: earlier.value, contested: false });
            }
        }
        self.settings.push(Some(setting));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let reading = read("a.service", text);
        let of = |setting: &Setting| format!("{}={}", reading.path_of(setting), setting.value_span.of(text));
        reading.settings.iter().map(of).collect()
    }

    #[test]
    fn keys_variables_and_commands_are_read() {
        let text = "[Unit]\nDescription=x # y\n[Service]\nEnvironment=\"A_B=0.0.0.0:80\" C_D=2\nEnvironmentFile=-/etc/a.env\n# note\nExecStart=-/opt/serve \\\n  --host 0.0.0.0\nUser=root\nUser=app\n";
        assert_eq!(
            said(text),
            [
                "Unit.Description=x # y",
                "A_B=0.0.0.0:80",
                "C_D=2",
                "serve=/opt/serve \\\n  --host 0.0.0.0",
                "--host=0.0.0.0",
                "Service.User=app"
            ]
        );
        let reading = read("a.service", text);
        assert_eq!(reading.links[0].to.as_ref(), "/etc/a.env");
        assert_eq!(reading.settings[5].overridden.len(), 1);
    }

    #[test]
    fn a_line_that_says_nothing_is_a_problem() {
        assert_eq!(read("a.service", "nonsense\n").problems.len(), 1);
    }

    #[test]
    fn names_of_units_are_known() {
        assert!(["a.service", "x/b.timer", "c.socket", "etc/a.service.d/override.conf"].into_iter().all(claims));
        assert!(!["a.service.ts", "service"].into_iter().any(claims));
    }
}
