//! Who may come in and become whom: OpenSSH's `sshd_config` and `ssh_config`, and `sudoers`.

use std::collections::HashMap;

use crate::read::text::lines;
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Overridden, Setting, Surface};
use crate::span::Span;
use crate::value::Outcome;

/// Keywords and their values; `Host` and `Match` open a block up to the next one. The first value of a keyword counts.
pub(super) fn ssh(text: &str, reading: &mut Reading) {
    let mut scope = ScopeId::ROOT;
    let mut first: HashMap<(ScopeId, String), usize> = HashMap::new();
    for (at, line) in lines(text) {
        let Some((name, value)) = statement(line, at, |c| c.is_whitespace() || c == '=') else { continue };
        let keyword = name.of(text).to_ascii_lowercase();
        let Some(value) = value else { continue };
        if matches!(&*keyword, "host" | "match") {
            let step = Step::Key(name.of(text).into());
            scope = reading.scope(ScopeId::ROOT, ScopeKind::Block, value.of(text), step, name.join(value));
            continue;
        }
        let setting = setting(text, scope, name, value);
        if let Some(known) = first.get(&(scope, keyword.clone())).and_then(|at| reading.settings.get_mut(*at)) {
            known.overridden.push(Overridden { span: value, value: setting.value, contested: false });
            continue;
        }
        first.insert((scope, keyword), reading.settings.len());
        reading.settings.push(setting);
    }
}

/// Who may run what as whom, each rule a unit named by whom it is for, and the lines of `Defaults`.
pub(super) fn sudo(text: &str, reading: &mut Reading) {
    for (at, line) in lines(text) {
        let Some((name, Some(value))) = statement(line, at, char::is_whitespace) else { continue };
        let who = name.of(text);
        let is_rule = !who.starts_with("Defaults") && !who.ends_with("_Alias") && !who.starts_with('@');
        let mut setting = setting(text, ScopeId::ROOT, name, value);
        if is_rule {
            setting.scope = reading.scope(ScopeId::ROOT, ScopeKind::Block, who, Step::Key("rule".into()), name.join(value));
            setting.names = vec![(Surface::Directive, "rule".into())];
        }
        reading.settings.push(setting);
    }
}

/// The first word of a line and the rest of it, without a comment.
fn statement(line: &str, at: usize, ends: fn(char) -> bool) -> Option<(Span, Option<Span>)> {
    let line = line.split(" #").next().unwrap_or("");
    let start = line.len() - line.trim_start().len();
    let content = line.trim();
    if content.is_empty() || content.starts_with('#') {
        return None;
    }
    let length = content.find(ends).unwrap_or(content.len());
    let rest = content.get(length..).unwrap_or("");
    let value = rest.trim_start_matches(ends);
    let from = at + start + content.len() - value.len();
    let name = Span::new(at + start, at + start + length);
    Some((name, (!value.is_empty()).then(|| Span::new(from, from + value.len()))))
}

fn setting(text: &str, scope: ScopeId, name: Span, value: Span) -> Setting {
    let said = value.of(text).trim_matches('"');
    let mut setting = Setting::keyed(scope, name.of(text), Outcome::text(said), name, value).with_raw(text);
    setting.names.push((Surface::Directive, name.of(text).into()));
    setting
}
