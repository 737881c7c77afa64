//! `robots.ts` of Next.js: code that returns what `robots.txt` says. Literals are read as the lines that they become; where a rule is
//! put together by code nobody knows what it says.

use crate::reading::{Kind, Reading};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Tokens of one file; no list of crawlers is longer.
const MOST: usize = 20_000;

/// Whether the path is such a file: the framework takes it from the folder `app` only.
#[must_use]
pub fn claims(path: &str) -> bool {
    let mut steps = path.rsplit('/');
    matches!(steps.next(), Some("robots.ts" | "robots.js" | "robots.mjs")) && steps.any(|step| step == "app")
}

/// Reads a file as one list of lines, as `robots.txt` is read.
#[must_use]
pub fn read(_path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(Kind("robots"), text.len());
    let tokens = tokens(text);
    let Some(start) = tokens.windows(2).position(|pair| pair.iter().map(|(token, _)| token).eq([&Token::Word("rules"), &Token::Sign(':')]))
    else {
        return reading;
    };
    let (name, whole) = (tokens.get(start).map_or(Span::default(), |(_, span)| *span), Span::new(0, text.len()));
    let value = match rules(tokens.get(start + 2..).unwrap_or_default()) {
        Some((lines, end)) => {
            let value = Outcome::One(Value::List(lines.into_iter().map(Value::text).collect()));
            let last = tokens.get(start + 1 + end).map_or(whole, |(_, span)| *span);
            (value, name.join(last))
        }
        None => (Outcome::Unread, name),
    };
    reading.settings.push(Setting::named(ScopeId::ROOT, Surface::Decision, "robots", value.0, name, value.1).with_raw(text));
    reading
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Text(&'a str),
    Word(&'a str),
    Sign(char),
}

/// The tokens of a script; comments and types are passed over as far as rules need.
fn tokens(text: &str) -> Vec<(Token<'_>, Span)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty() && found.len() < MOST) {
        let Some(c) = rest.chars().next() else { break };
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if matches!(c, '"' | '\'' | '`') {
            let inside = rest.get(1..).unwrap_or("");
            let end = inside.find(c).unwrap_or(inside.len());
            let inner = inside.get(..end).unwrap_or("");
            let span = Span::new(at + 1, at + 1 + end);
            // what is put together or escaped is not known
            let token = if inner.contains(['\\', '\n']) || inner.contains("${") { Token::Sign('?') } else { Token::Text(inner) };
            found.push((token, span));
            (end + 2).min(rest.len())
        } else if c.is_alphanumeric() || matches!(c, '_' | '$') {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(rest.len());
            found.push((Token::Word(rest.get(..end).unwrap_or("")), Span::new(at, at + end)));
            end
        } else {
            if !c.is_whitespace() {
                found.push((Token::Sign(c), Span::new(at, at + c.len_utf8())));
            }
            c.len_utf8()
        };
        at += length.max(1);
    }
    found
}

/// The lines of `rules`, an object or a list of them, and how many tokens that takes; nothing where code decides.
fn rules(tokens: &[(Token, Span)]) -> Option<(Vec<String>, usize)> {
    let token = |at: usize| tokens.get(at).map(|(token, _)| *token);
    let many = token(0)? == Token::Sign('[');
    let (mut at, mut lines) = (usize::from(many), Vec::new());
    loop {
        match token(at)? {
            Token::Sign('{') => at = rule(tokens, at + 1, &mut lines)?,
            Token::Sign(',') if many => at += 1,
            Token::Sign(']') if many => return Some((lines, at + 1)),
            _ => return None,
        }
        if !many {
            return Some((lines, at));
        }
    }
}

/// One object of rules from behind its brace; where it ends.
fn rule(tokens: &[(Token, Span)], mut at: usize, lines: &mut Vec<String>) -> Option<usize> {
    let token = |at: usize| tokens.get(at).map(|(token, _)| *token);
    let (mut agents, mut paths) = (Vec::new(), Vec::new());
    loop {
        match token(at)? {
            Token::Sign('}') => break,
            Token::Sign(',') => at += 1,
            Token::Word(name) | Token::Text(name) if token(at + 1)? == Token::Sign(':') => {
                let (values, next) = texts(tokens, at + 2)?;
                at = next;
                match name {
                    "userAgent" => agents = values,
                    "allow" => paths.extend(values.into_iter().map(|path| format!("Allow: {path}"))),
                    "disallow" => paths.extend(values.into_iter().map(|path| format!("Disallow: {path}"))),
                    _ => {}
                }
            }
            _ => return None,
        }
    }
    if agents.is_empty() {
        agents.push("*");
    }
    lines.extend(agents.into_iter().map(|agent| format!("User-agent: {agent}")));
    lines.extend(paths);
    Some(at + 1)
}

/// A text, a number or a list of texts; where it ends.
fn texts<'a>(tokens: &[(Token<'a>, Span)], at: usize) -> Option<(Vec<&'a str>, usize)> {
    let token = |at: usize| tokens.get(at).map(|(token, _)| *token);
    match token(at)? {
        Token::Text(text) => Some((vec![text], at + 1)).filter(|_| matches!(token(at + 1), Some(Token::Sign(',' | '}')))),
        Token::Word(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => Some((Vec::new(), at + 1)),
        Token::Sign('[') => {
            let (mut at, mut found) = (at + 1, Vec::new());
            loop {
                match token(at)? {
                    Token::Text(text) => found.push(text),
                    Token::Sign(',') => {}
                    Token::Sign(']') => return Some((found, at + 1)),
                    _ => return None,
                }
                at += 1;
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(rules: &str) -> Option<String> {
        let text = format!(
            "import type {{ MetadataRoute }} from 'next'\n// it's ours\nexport default function robots(): MetadataRoute.Robots {{\n  return {{ rules: {rules}, sitemap: 'https://a.com/s.xml' }}\n}}\n"
        );
        let reading = read("app/robots.ts", &text);
        match &reading.settings[0].value {
            Outcome::One(value) => Some(value.display()),
            _ => None,
        }
    }

    #[test]
    fn literals_become_the_lines_of_robots_txt() {
        assert_eq!(
            said("{ userAgent: '*', allow: '/', disallow: ['/private/', \"/x\"], crawlDelay: 3 }").unwrap(),
            "User-agent: *, Allow: /, Disallow: /private/, Disallow: /x"
        );
        assert_eq!(
            said("[{ allow: '/' }, { userAgent: ['GPTBot', 'CCBot'], disallow: '/' },]").unwrap(),
            "User-agent: *, Allow: /, User-agent: GPTBot, User-agent: CCBot, Disallow: /"
        );
    }

    #[test]
    fn what_code_decides_is_unknown() {
        for rules in [
            "open ? A : B",
            "[...AGENTS]",
            "{ userAgent: '*', disallow: isProd ? '' : '/' }",
            "{ userAgent: '*', disallow: '/' + x }",
            "{ allow: `/${x}` }",
            "[",
        ] {
            assert_eq!(said(rules), None, "{rules}");
        }
        assert!(read("app/robots.ts", "export default 1").settings.is_empty());
        assert!(claims("src/app/robots.ts") && claims("app/(site)/robots.js") && !claims("lib/robots.ts") && !claims("app/robots.tsx"));
    }
}
