//! `_headers` of Netlify, Cloudflare Pages and their kind: a path, and indented below it the headers of its answers.

use super::lines;
use crate::reading::{Kind, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Whether the path is such a file by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    path.rsplit('/').next() == Some("_headers")
}

/// Reads a file: each path is a unit, each header a directive `header <name>`. What everything gets stands at the root.
#[must_use]
pub fn read(_path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(Kind("headers-file"), text.len());
    let mut scope = ScopeId::ROOT;
    for (start, line) in lines(text) {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let at = start + (line.len() - line.trim_start().len());
        if !line.starts_with([' ', '\t']) {
            let span = Span::new(at, at + content.len());
            let everything = matches!(content, "/*" | "*" | "/**");
            scope = if everything { ScopeId::ROOT } else { reading.scope(ScopeId::ROOT, ScopeKind::Block, content, Step::Same, span) };
            continue;
        }
        // `! Name` takes a header of another rule away
        let (name, value) = match (content.strip_prefix('!'), content.split_once(':')) {
            (Some(name), _) => (format!("header ! {}", name.trim()), ""),
            (None, Some((name, value))) if !name.trim().is_empty() => (format!("header {}", name.trim()), value.trim()),
            _ => continue,
        };
        let end = at + content.len();
        let value_span = Span::new(end - value.len(), end);
        let value = Outcome::One(Value::text(value));
        reading.settings.push(Setting::named(
            scope,
            Surface::Directive,
            name,
            value,
            Span::new(at, end - value_span.range().len()),
            value_span,
        ));
    }
    super::under_their_spans(text, &mut reading);
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_has_its_headers() {
        let text = "# all\n/*\n  X-Robots-Tag: noai, noimageai\r\n/img/*\n\tX-A: b:c\n  ! X-Robots-Tag\nnonsense\n  none\n";
        let reading = read("public/_headers", text);
        let say = |setting: &Setting| format!("{}|{}|{}", reading.get(setting.scope).name, setting.names[0].1, setting.raw);
        let said: Vec<String> = reading.settings.iter().map(say).collect();
        assert_eq!(said, ["|header X-Robots-Tag|noai, noimageai", "/img/*|header X-A|b:c", "/img/*|header ! X-Robots-Tag|"]);
        assert!(claims("a/_headers") && !claims("headers"));
    }
}
