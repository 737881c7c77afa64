//! The reader of `robots.txt` and of Spawning's `ai.txt`: the lines that decide as one list, and what stands beside the rules:
//! preferences about use (AIPREF's `Content-Usage`, Cloudflare's `Content-Signal`) and RSL's `License`.

use std::collections::HashMap;

use super::robots::{self, Line};
use crate::read::text::lines;
use crate::reading::{Kind, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// The kind that `ai.txt` has besides.
pub const AI_TXT: Kind = Kind("ai-txt");

/// Words of a group's name.
const NAMED: usize = 8;

/// Whether the path is such a file by its name; other things are called `ai.txt` too, and its text says which it is.
#[allow(clippy::case_sensitive_file_extension_comparisons, reason = "the name is in small letters")]
#[must_use]
pub fn claims(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let Some(rest) = name.strip_prefix("robots") else { return name == "ai.txt" };
    rest == ".txt" || rest.starts_with(".txt.") || (rest.ends_with(".txt") && rest.starts_with(['.', '-', '_']))
}

/// Reads a file.
#[must_use]
pub fn read(path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(Kind("robots"), text.len());
    let is_ai = path.rsplit('/').next().is_some_and(|name| name.eq_ignore_ascii_case("ai.txt"));
    if is_ai {
        reading.kinds.insert(0, AI_TXT);
        let plain = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with('#');
        let first = text.trim_start_matches('\u{feff}').lines().find(plain);
        if !matches!(first.and_then(robots::line), Some(Line::Agent(_))) {
            return reading;
        }
    }
    let mut file = File { text, reading, spans: Vec::new(), agents: Vec::new(), open: false, scopes: HashMap::new() };
    for (start, line) in lines(text) {
        file.line(start, line);
    }
    file.finish()
}

struct File<'a> {
    text: &'a str,
    reading: Reading,
    spans: Vec<Span>,
    /// Of the group that the next line is in.
    agents: Vec<&'a str>,
    open: bool,
    scopes: HashMap<String, ScopeId>,
}

impl<'a> File<'a> {
    fn line(&mut self, start: usize, line: &'a str) {
        let kept = line.split('#').next().unwrap_or("");
        let from = kept.len() - kept.trim_start().len();
        let span = Span::new(start + from, start + from + kept.trim().len());
        match robots::line(line) {
            Some(Line::Agent(agent)) => {
                if !self.open {
                    self.agents.clear();
                    self.open = true;
                }
                self.agents.push(agent);
                self.spans.push(span);
            }
            Some(Line::Allow(_) | Line::Disallow(_)) => {
                self.open = false;
                self.spans.push(span);
            }
            Some(Line::Other(name, value)) => self.beside(name, value, span),
            None => {}
        }
    }

    fn beside(&mut self, name: &str, value: &str, span: Span) {
        let at = span.end as usize - value.len();
        if name.eq_ignore_ascii_case("license") {
            self.emit(ScopeId::ROOT, "License".to_owned(), value, span, Span::new(at, span.end as usize));
        } else if robots::USAGE.iter().any(|word| name.eq_ignore_ascii_case(word)) {
            let name = if name.eq_ignore_ascii_case("content-usage") { "Content-Usage" } else { "Content-Signal" };
            let path = value.split_whitespace().next().filter(|first| first.starts_with('/')).unwrap_or("");
            let scope = self.scope(path, span);
            let whose = self.reading.get(scope).name.to_string();
            for (label, value, start) in preferences(value.get(path.len()..).unwrap_or(""), at + path.len()) {
                self.emit(scope, format!("{name} {label}"), value, span, Span::new(start, start + value.len()));
                // a group's word may leave with its block, and is missed by its name
                if let Some(setting) = self.reading.settings.last_mut().filter(|_| scope != ScopeId::ROOT) {
                    setting.names.push((Surface::Directive, format!("{name} {label} of {whose}").into()));
                }
            }
        }
    }

    /// What everybody is told about the whole site belongs to the file.
    fn scope(&mut self, path: &str, span: Span) -> ScopeId {
        let path = path.trim_end_matches('*');
        let everybody = self.agents.is_empty() || self.agents.iter().any(|agent| agent.starts_with('*'));
        if everybody && matches!(path, "" | "/") {
            return ScopeId::ROOT;
        }
        let mut agents: Vec<String> = self.agents.iter().take(NAMED).map(|agent| agent.to_ascii_lowercase()).collect();
        agents.sort_unstable();
        let name = if everybody { format!("* {path}") } else { format!("{} {path}", agents.join(", ")) };
        let name = name.trim_end();
        let reading = &mut self.reading;
        let new = || reading.scope(ScopeId::ROOT, ScopeKind::Block, name, Step::Same, span);
        *self.scopes.entry(name.to_owned()).or_insert_with(new)
    }

    fn emit(&mut self, scope: ScopeId, name: String, value: &str, line: Span, at: Span) {
        let name_span = Span { start: line.start, end: at.start };
        let value = Outcome::One(Value::text(value));
        self.reading.settings.push(Setting::named(scope, Surface::Directive, name, value, name_span, at).with_raw(self.text));
    }

    fn finish(mut self) -> Reading {
        let text = self.text;
        let end = Span::new(text.len(), text.len());
        let whole = self.spans.first().zip(self.spans.last()).map_or(end, |(first, last)| first.join(*last));
        let items = self.spans.iter().map(|span| Value::text(span.of(text))).collect();
        let value = Outcome::One(Value::List(items));
        let mut setting = Setting::named(ScopeId::ROOT, Surface::Decision, "robots", value, whole, whole).with_raw(text);
        setting.names.push((Surface::Directive, "robots".into()));
        setting.item_spans = self.spans;
        self.reading.settings.push(setting);
        self.reading
    }
}

/// `train-ai=n, search=y`: each label with its value and where that starts; parameters are passed over.
fn preferences(text: &str, base: usize) -> impl Iterator<Item = (&str, &str, usize)> {
    let mut at = 0;
    text.split(',').filter_map(move |part| {
        let start = at;
        at += part.len() + 1;
        let part = part.split(';').next().unwrap_or(part);
        let (label, value) = part.split_once('=')?;
        let inner = value.len() - value.trim_start().len();
        let from = base + start + label.len() + 1 + inner;
        (!label.trim().is_empty() && !value.trim().is_empty()).then_some((label.trim(), value.trim(), from))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> Vec<String> {
        let reading = read(path, text);
        let say = |setting: &Setting| {
            format!("{}|{}={}", reading.get(setting.scope).name, setting.names[0].1, setting.value_span.of(text).replace('\n', "/"))
        };
        reading.settings.iter().map(say).collect()
    }

    #[test]
    fn rules_are_one_list_and_preferences_stand_beside_them() {
        let text = "# c\nUser-agent: *\nContent-Usage: train-ai=n, search=y;x=1\nContent-Signal: search=yes,ai-train=no # c\nDisallow: /a\n\
                    User-Agent: A\nContent-Usage: /b train-ai=y\nAllow: /\nLicense: https://a/l.xml\nSitemap: /s\n";
        let found = said("public/robots.txt", text);
        assert_eq!(
            found[..6],
            [
                "|Content-Usage train-ai=n",
                "|Content-Usage search=y",
                "|Content-Signal search=yes",
                "|Content-Signal ai-train=no",
                "a /b|Content-Usage train-ai=y",
                "|License=https://a/l.xml",
            ]
        );
        let reading = read("robots.txt", text);
        let items: Vec<&str> = reading.settings[6].item_spans.iter().map(|span| span.of(text)).collect();
        assert_eq!(items, ["User-agent: *", "Disallow: /a", "User-Agent: A", "Allow: /"]);
    }

    #[test]
    fn other_files_of_the_name_say_nothing() {
        assert!(said("ai.txt", "We love AI.\nUser-agent: *\n").is_empty());
        assert_eq!(said("ai.txt", "# x\nUser-Agent: *\nDisallow: *.jpg\n").len(), 1);
        assert!(["robots.txt", "a/robots.txt.erb", "robots.prod.txt", "ai.txt"].into_iter().all(claims));
        assert!(!["robots.ts", "robotsx.txt", "fai.txt"].into_iter().any(claims));
    }
}
