//! The shell's and Compose's `${X:-default}`, `${X:?message}`, `${X:+other}`, `$X`.

use super::Resolved;
use super::parts::{Part, dollars, either, name, unquoted};
use crate::value::{Mark, Value};

/// What a text with such expressions comes to; nothing when it holds none, or one that this language does not have.
#[must_use]
pub fn resolve(text: &str) -> Option<Resolved> {
    part(text, 0).map(Part::resolved)
}

fn part(text: &str, depth: usize) -> Option<Part> {
    dollars(text, true, depth, &inside)
}

/// A default, which may hold expressions itself.
fn word(text: &str, depth: usize) -> Part {
    let text = unquoted(text);
    part(text, depth).unwrap_or_else(|| Part::text(text))
}

fn inside(body: &str, depth: usize) -> Option<Part> {
    let Some((variable, rest)) = name(body) else {
        // the length `${#X}` and the indirection `${!X}`
        return body.strip_prefix(['#', '!']).and_then(name).map(|_| Part::reference());
    };
    if let Some(rest) = rest.strip_prefix(':').filter(|_| matches!(variable, "env" | "sys" | "ctx")) {
        // OpenTelemetry's and Log4j's `${env:X:-default}`
        let fits = variable != "env" || rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
        if fits {
            return Some(rest.split_once(":-").map_or(Part::reference(), |(_, default)| word(default, depth)));
        }
    }
    let with_colon = rest.strip_prefix(':').unwrap_or(rest);
    let operand = with_colon.get(1..).unwrap_or("");
    match with_colon.chars().next() {
        None if rest.is_empty() => Some(Part::reference()),
        Some('-' | '=') => Some(word(operand, depth)),
        Some('?') => Some(Part::Open(Mark::Required)),
        Some('+') => Some(match word(operand, depth) {
            Part::Known(values) => Part::Known(either(values, vec![Value::text("")])),
            open @ Part::Open(_) => open,
        }),
        // `${X#a}`, `${X%a}`, `${X/a/b}`, `${X^^}`, `${X,,}`, `${X@Q}`, `${X[0]}`
        Some('#' | '%' | '/' | '^' | '@' | '[') if !rest.starts_with(':') => Some(Part::reference()),
        // some programs read `${A,B:d}` as the first of two names with a default; that one is as good as Spring's
        Some(',') if matches!(rest, "," | ",,") => Some(Part::reference()),
        // `${X: -3}`; `${X:0:3}`, while `${X:8080}` is Spring's
        Some(' ') if rest.starts_with(':') => Some(Part::reference()),
        Some('0'..='9') if rest.starts_with(':') && operand.contains(':') => Some(Part::reference()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Outcome;

    fn value(text: &str) -> Outcome {
        resolve(text).expect("an expression").value
    }

    #[test]
    fn a_default_is_the_value() {
        assert_eq!(value("${X:-d}"), Outcome::text("d"));
        assert_eq!(value("${X-d}"), Outcome::text("d"));
        assert_eq!(value("${X:=d}"), Outcome::text("d"));
        assert_eq!(value("${X:-}"), Outcome::text(""));
        assert_eq!(value("${X:-\"d\"}"), Outcome::text("d"));
        assert_eq!(value("${X:-https://a/b:8}"), Outcome::text("https://a/b:8"));
        assert_eq!(value("${A:-${B:-c}}"), Outcome::text("c"));
        assert_eq!(value("a/${B:-c}/${D:-é}"), Outcome::text("a/c/é"));
        assert_eq!(value("${env:X:-d}"), Outcome::text("d"));
    }

    #[test]
    fn without_a_default_the_value_comes_from_elsewhere() {
        for text in
            ["${X}", "$X", "a-$X", "${A:-${B}}", "a/${B}", "${X%.*}", "${X,,}", "${X:0:3}", "${#X}", "$(id -u)", "${env:X}", "${A:-x}${B}"]
        {
            assert_eq!(resolve(text), Some(Resolved::reference()), "{text}");
        }
        for text in ["${X:?set it}", "${X?}", "a${X:?m}"] {
            assert_eq!(resolve(text), Some(Resolved::required()), "{text}");
        }
        assert_eq!(resolve("${X:?m}${Y}"), Some(Resolved::reference()));
    }

    #[test]
    fn an_alternative_gives_both_values() {
        assert_eq!(value("${X:+y}"), Outcome::AnyOf(vec![Value::text("y"), Value::text("")]));
        assert_eq!(value("a${X+y}"), Outcome::AnyOf(vec![Value::text("ay"), Value::text("a")]));
    }

    #[test]
    fn a_doubled_dollar_is_a_dollar() {
        assert_eq!(value("a$${X:-d}"), Outcome::text("a${X:-d}"));
        assert_eq!(value("$$"), Outcome::text("$"));
    }

    #[test]
    fn text_and_other_languages_are_no_expression() {
        for text in ["", "a", "5$", "$5", "${", "${}", "${X", "${a.b:c}", "${X:d}", "${X:8080}", "${A,B:d}"] {
            assert_eq!(resolve(text), None, "{text}");
        }
    }

    #[test]
    fn depth_has_a_limit() {
        assert_eq!(resolve(&("${A:-".repeat(1000) + &"}".repeat(1000))), Some(Resolved::reference()));
    }
}
