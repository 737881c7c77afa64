//! Pages: what `<meta name=... content=...>` and `<link rel=...>` of a head tell crawlers, and the scripts that a page loads or holds.
//! Nothing else of a body is read.

use std::ops::Range;

use crate::reading::{Kind, Reading};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// A page is read up to here.
const HEAD: usize = 64 << 10;

/// A script that is longer than this is a program, not a page's few lines, in bytes.
const SCRIPT: usize = 8 << 10;

/// Names of files that a whole site shares; other pages are content, and there are many.
const STEMS: [&str; 12] = ["index", "base", "_base", "layout", "_layout", "head", "_head", "header", "app", "default", "main", "baseof"];

/// Endings of pages and of their templates.
const ENDS: [&str; 12] =
    [".html.erb", ".html.j2", ".html", ".htm", ".njk", ".liquid", ".hbs", ".ejs", ".twig", ".jinja", ".jinja2", ".shtml"];

/// Whether the path is a page or layout that stands for a site.
#[must_use]
pub fn claims(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    ENDS.iter().find_map(|end| name.strip_suffix(end)).is_some_and(|stem| STEMS.contains(&stem))
}

/// Reads a page: directives `meta <name>` and `link <rel>` of its head, their names in small letters, `script src` and `script`.
#[must_use]
pub fn read(_path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(Kind("html"), text.len());
    let mut at = 0;
    let mut body = false;
    while let Some(open) = text.get(at..HEAD.min(text.len()).max(at)).or_else(|| text.get(at..)).and_then(|rest| rest.find('<')) {
        let start = at + open;
        if start >= HEAD {
            break;
        }
        let rest = text.get(start..).unwrap_or("");
        if rest.starts_with("<!--") {
            let Some(end) = rest.find("-->") else { break };
            at = start + end + 3;
            continue;
        }
        let is = |word: &str| rest.get(1..=word.len()).is_some_and(|name| name.eq_ignore_ascii_case(word));
        body |= is("body");
        if let Some(name) = ["meta", "link"].into_iter().find(|name| !body && is(name)) {
            at = element(name, text, start + 1 + name.len(), &mut reading);
        } else if is("script") || is("style") {
            let close = if is("script") { "</script" } else { "</style" };
            let ends = [rest.find(close), rest.find(&close.to_ascii_uppercase())];
            let Some(end) = ends.into_iter().flatten().min() else { break };
            if is("script") {
                let tag = start + 1..start + 1 + "script".len();
                let inside = element("script", text, tag.end, &mut reading);
                held(tag, text, inside..start + end, &mut reading);
            }
            at = start + end + close.len();
        } else {
            at = start + 1;
        }
    }
    super::under_their_spans(text, &mut reading);
    reading
}

/// What a script says that stands in the page.
fn held(tag: Range<usize>, text: &str, inside: Range<usize>, reading: &mut Reading) {
    let Some(raw) = text.get(inside.clone()).map(|raw| raw.strip_prefix('>').unwrap_or(raw)) else { return };
    let script = raw.trim();
    if script.is_empty() || script.len() > SCRIPT {
        return;
    }
    let start = inside.end - raw.len() + (raw.len() - raw.trim_start().len());
    let value = Span::new(start, start + script.len());
    let tag = Span::new(tag.start, tag.end);
    reading.settings.push(Setting::named(ScopeId::ROOT, Surface::Directive, "script", Outcome::One(Value::text(script)), tag, value));
}

/// Reads the attributes of one element; says where it ends.
fn element(name: &str, text: &str, from: usize, reading: &mut Reading) -> usize {
    let mut attributes: Vec<(String, Span)> = Vec::new();
    let mut at = from;
    let blank = |c: char| c.is_whitespace() || c == '/';
    loop {
        let rest = text.get(at..).unwrap_or("");
        let trimmed = rest.trim_start_matches(blank);
        at += rest.len() - trimmed.len();
        if trimmed.is_empty() || trimmed.starts_with(['>', '<']) || attributes.len() > 32 {
            break;
        }
        let length = trimmed.find(|c: char| blank(c) || matches!(c, '=' | '>' | '<')).unwrap_or(trimmed.len()).max(1);
        let Some(key) = trimmed.get(..length) else {
            // one character that is longer than a byte
            at += trimmed.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        at += length;
        let after = trimmed.get(length..).unwrap_or("");
        let Some(value) = after.trim_start().strip_prefix('=') else { continue };
        at += after.len() - value.len();
        let quoted = value.trim_start();
        at += value.len() - quoted.len();
        let (inner, end, skip) = match quoted.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = quoted.get(1..).unwrap_or("");
                let Some(end) = inner.find(quote) else { return text.len() };
                (1, end, 2)
            }
            _ => (0, quoted.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(quoted.len()), 0),
        };
        attributes.push((key.to_ascii_lowercase(), Span::new(at + inner, at + inner + end)));
        at += end + skip;
    }
    let get = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, span)| *span);
    let (called, value) = match name {
        "meta" => (get("name").or(get("http-equiv")), get("content")),
        "link" => (get("rel"), get("href")),
        _ => {
            let source = attributes.iter().find(|(key, _)| key == "src");
            if let Some((_, value)) = source {
                let said = Outcome::One(Value::text(value.of(text)));
                let called = Span::new(from - name.len(), from);
                reading.settings.push(Setting::named(ScopeId::ROOT, Surface::Directive, "script src", said, called, *value));
            }
            return at;
        }
    };
    if let (Some(called), Some(value)) = (called, value) {
        let name = format!("{name} {}", called.of(text).trim().to_ascii_lowercase());
        // what robots are told has no case
        let said = value.of(text);
        let outcome = Outcome::One(if name == "meta robots" { Value::text(said.to_ascii_lowercase()) } else { Value::text(said) });
        reading.settings.push(Setting::named(ScopeId::ROOT, Surface::Directive, name, outcome, called, value));
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metas_and_links_of_the_head_are_directives() {
        let text = "<!doctype html><html><!-- <meta name=robots content=x> --><head>\n<META Name='robots' content=\"noai, noimageai\"/>\n\
                    <meta name=tdm-reservation content=1>\n<script>if (a<b) {}</script><link rel=license href=/l.xml><meta charset=utf-8>\
                    <meta property=\"og:é\" content=\"x\"></head><body><meta name=\"robots\" content=\"all\"></body>";
        let reading = read("index.html", text);
        let said: Vec<String> = reading.settings.iter().map(|setting| format!("{}={}", setting.names[0].1, setting.raw)).collect();
        assert_eq!(said, ["meta robots=noai, noimageai", "meta tdm-reservation=1", "script=if (a<b) {}", "link license=/l.xml"]);
        let said = read("index.html", "<META content='NOAI, All' name=ROBOTS>");
        assert!(matches!(&said.settings[0].value, Outcome::One(Value::Text(text)) if **text == *"noai, all"));
        assert!(claims("templates/base.html") && claims("a/_layout.njk") && !claims("docs/page.html"));
    }

    #[test]
    fn scripts_of_the_whole_page_are_directives() {
        let text = "<head><SCRIPT async src='https://c.example/a.js'></SCRIPT></head><body><p>\n<script defer\n data-x=\"a>b\" src=b.js>\n</script>\n\
                    <script type=text/javascript>\n  run('x')\n</script><!-- <script src=c.js></script> --><meta name=robots content=x>";
        let reading = read("index.html", text);
        let said: Vec<String> = reading.settings.iter().map(|setting| format!("{}={}", setting.names[0].1, setting.raw)).collect();
        assert_eq!(said, ["script src=https://c.example/a.js", "script src=b.js", "script=run('x')"]);
        assert!(read("index.html", &format!("<script>{}</script>", "a".repeat(SCRIPT + 1))).settings.is_empty());
    }
}
