//! Default expressions: what a value is when nobody sets the variable. One file per language of expressions.

use std::borrow::Cow;

use crate::read::tree::{template, yaml};
use crate::value::{Mark, Outcome, Value};

pub mod actions;
pub mod helm;
mod parts;
pub mod shell;
pub mod spring;

/// A longer text is data that happens to hold a `$`, not an expression; reading it as one would cost too much.
const LONGEST: usize = 8 * 1024;
/// How deep expressions may nest.
const DEPTH: usize = 32;
/// What an expression comes to when only the file is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// The value.
    pub value: Outcome,
    /// What kind of expression gave it.
    pub mark: Mark,
}

impl Resolved {
    /// A literal or a resolved fallback.
    #[must_use]
    pub fn plain(value: Value) -> Self {
        Self { value: Outcome::One(value), mark: Mark::Plain }
    }

    /// Something that only the environment knows.
    #[must_use]
    pub fn reference() -> Self {
        Self { value: Outcome::Unread, mark: Mark::Reference }
    }

    /// Something without which nothing starts.
    #[must_use]
    pub fn required() -> Self {
        Self { value: Outcome::Unread, mark: Mark::Required }
    }
}

/// A text with expressions of whichever language it looks like; nothing when it holds none.
/// `${{` is GitHub's, `{{` Helm's or Jinja's, `${A:-d}` and `${A}` the shell's, `${a.b:d}` and `${A:d}` Spring's.
#[must_use]
pub fn any(text: &str) -> Option<Resolved> {
    // most texts are plain
    memchr::memchr2(b'$', b'{', text.as_bytes())?;
    if text.contains("${{") {
        actions::resolve(text)
    } else if template::suspected(text) {
        helm::resolve(text)
    } else if text.contains("${") {
        let text = &*of_environment(text);
        shell::resolve(text).or_else(|| spring::resolve(text))
    } else {
        None
    }
}

/// The same expressions without the word that says where the variable is looked for: `${env:A:-d}` of the OpenTelemetry collector,
/// `${env.A:=d}` of Llama Stack. Of Spring's `${env:d}` the `d` is a fallback, which is not written like a variable.
fn of_environment(text: &str) -> Cow<'_, str> {
    if !text.contains("${env") {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split("${env");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.strip_prefix(['.', ':']).filter(|name| {
            let length = name.find(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_').unwrap_or(name.len());
            length > 1 && name.get(length..).is_some_and(|rest| rest.starts_with(['}', ':', '-', '=']))
        });
        out.push_str(if name.is_some() { "${" } else { "${env" });
        out.push_str(name.unwrap_or(part));
    }
    Cow::Owned(out)
}

/// [`any`] at a place of a structured file: what stands there unquoted takes its type from the text, in quotes it stays text.
#[must_use]
pub fn in_place(text: &str, quoted: bool) -> Option<Resolved> {
    let resolved = any(text)?;
    // a template writes its quotes itself, and what it writes without them is already typed
    let template = !text.contains("${{") && template::suspected(text);
    let retype = |value: Value| match value {
        Value::Text(text) if !quoted && !template => typed(&text),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) if quoted => Value::text(value.display()),
        other => other,
    };
    let value = match resolved.value {
        Outcome::One(value) => Outcome::One(retype(value)),
        Outcome::AnyOf(values) => Outcome::AnyOf(values.into_iter().map(retype).collect()),
        Outcome::Unread => Outcome::Unread,
    };
    Some(Resolved { value, mark: resolved.mark })
}

/// The type that an unquoted text has. An empty one stays text: a fallback of nothing is written, not missing.
#[must_use]
pub fn typed(text: &str) -> Value {
    match yaml::scalar::plain(text) {
        Value::Null => Value::text(text),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_follows_from_the_spelling() {
        let one = |text: &str| any(text).map(|resolved| resolved.value);
        assert_eq!(one("${A:-d}"), Some(Outcome::text("d")));
        assert_eq!(one("${A:d}"), Some(Outcome::text("d")));
        assert_eq!(one("${a.b:d}"), Some(Outcome::text("d")));
        assert_eq!(one("${{ inputs.a || 'd' }}"), Some(Outcome::text("d")));
        assert_eq!(one("{{ .Values.a | default \"d\" | quote }}"), Some(Outcome::text("d")));
        assert_eq!(one("${A}"), Some(Outcome::Unread));
        for text in ["${env:A_B:-d}", "${env.A_B:=d}", "${env.A_B:d}", "${env:d}"] {
            assert_eq!(one(text), Some(Outcome::text("d")), "{text}");
        }
        assert_eq!(one("http://${env:HOST:-localhost}:${env:PORT:-80}"), Some(Outcome::text("http://localhost:80")));
        assert_eq!(one("${env:A_B}"), Some(Outcome::Unread));
        assert_eq!(one("cost $5 {a}"), None);
    }

    #[test]
    fn a_fallback_takes_the_type_of_its_place() {
        let at = |text: &str, quoted| in_place(text, quoted).map(|resolved| resolved.value);
        assert_eq!(at("${X:true}", false), Some(Outcome::One(Value::Bool(true))));
        assert_eq!(at("${X:true}", true), Some(Outcome::text("true")));
        assert_eq!(at("${X:-}", false), Some(Outcome::text("")));
        assert_eq!(at("{{ .x | default true }}", true), Some(Outcome::text("true")));
        assert_eq!(at("{{ .x | default true }}", false), Some(Outcome::One(Value::Bool(true))));
        assert_eq!(at("{{ .x | default true | quote }}", false), Some(Outcome::text("true")));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_an_expression_panic(text in "(\\$\\{\\{|\\{\\{|\\$\\{|\\}\\}|\\}|default|\\|\\||&&|[a-z.:?+=\\-'\"()|!$%é ]){0,40}") {
            let _ = (any(&text), shell::resolve(&text), spring::resolve(&text), actions::resolve(&text), helm::resolve(&text));
        }
    }
}
