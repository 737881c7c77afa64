//! Programs of supervisord inside an INI file: the flags of `command=`, the variables of `environment=`.

use super::{command, default};
use crate::reading::Reading;
use crate::scope::Step;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Mark, Outcome};

/// Adds what programs run and what they are given.
pub(super) fn add(text: &str, reading: &mut Reading) {
    let sections = ["program:", "eventlistener:", "fcgi-program:", "supervisord"];
    let fits = |setting: &&Setting| {
        matches!(&reading.get(setting.scope).step, Step::Key(step) if sections.iter().any(|section| step.starts_with(section)))
            && matches!(setting.key.as_deref(), Some("command" | "environment"))
    };
    let found: Vec<_> =
        reading.settings.iter().filter(fits).map(|s| (s.scope, s.value_span, s.key.as_deref() == Some("command"))).collect();
    for (scope, place, runs) in found {
        if runs {
            command::run(&command::split(place.of(text), place.start as usize), scope, reading);
            continue;
        }
        for (start, name, value) in variables(place.of(text)) {
            let at = place.start as usize + start;
            let inner = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(value);
            // supervisord's own expansions
            let (outcome, mark) = if inner.contains("%(") {
                (Outcome::Unread, Mark::Reference)
            } else {
                let resolved = default::shell(inner);
                (resolved.value, resolved.mark)
            };
            let from = at + name.len() + 1;
            let (name_span, value_span) = (Span::new(at, at + name.len()), Span::new(from, from + value.len()));
            reading.settings.push(Setting::named(scope, Surface::Env, name, outcome, name_span, value_span).with_mark(mark));
        }
    }
    super::under_their_spans(text, reading);
}

/// `A="1",B=2`: each with where it starts.
fn variables(text: &str) -> Vec<(usize, &str, &str)> {
    let (mut out, mut from, mut quote) = (Vec::new(), 0, None);
    let ends = text.char_indices().filter(|(_, c)| {
        match quote {
            Some(open) if open == *c => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(*c),
            _ => {}
        }
        quote.is_none() && matches!(c, ',' | '\n')
    });
    let mut ends: Vec<usize> = ends.map(|(at, _)| at).collect();
    ends.push(text.len());
    for end in ends {
        let item = text.get(from..end).unwrap_or("");
        let start = from + item.len() - item.trim_start().len();
        if let Some((name, value)) = item.trim().split_once('=')
            && !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        {
            out.push((start, name, value));
        }
        from = end + 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::read::text::ini;

    #[test]
    fn programs_have_flags_and_variables() {
        let text = "[program:web]\ncommand=/opt/serve --host 0.0.0.0\nenvironment=A_B=\"1,2\",C_D=%(ENV_X)s\n[other]\ncommand=x --y\n";
        let reading = ini::read("supervisord.conf", text);
        let named = reading.settings.iter().filter(|setting| setting.key.is_none());
        let said: Vec<String> = named.map(|setting| format!("{}={}", setting.names[0].1, setting.value_span.of(text))).collect();
        assert_eq!(said, ["serve=/opt/serve --host 0.0.0.0", "--host=0.0.0.0", "A_B=\"1,2\"", "C_D=%(ENV_X)s"]);
    }
}
