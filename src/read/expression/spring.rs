//! Spring's and Quarkus' `${a.b:default}`.

use super::Resolved;
use super::parts::{Part, dollars};

/// What a text with such expressions comes to; nothing when it holds none.
#[must_use]
pub fn resolve(text: &str) -> Option<Resolved> {
    part(text, 0).map(Part::resolved)
}

fn part(text: &str, depth: usize) -> Option<Part> {
    dollars(text, false, depth, &inside)
}

fn inside(body: &str, depth: usize) -> Option<Part> {
    // the name may be computed: `${${prefix}.level:info}`
    let mut open = 0_usize;
    let colon = body.char_indices().find(|(_, c)| {
        match c {
            '{' => open += 1,
            '}' => open = open.saturating_sub(1),
            _ => {}
        }
        *c == ':' && open == 0
    });
    let Some((at, _)) = colon else { return Some(Part::reference()) };
    let default = body.get(at + 1..)?;
    Some(part(default, depth).unwrap_or_else(|| Part::text(default)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Outcome;

    #[test]
    fn what_follows_the_first_colon_is_the_value() {
        for (text, value) in [
            ("${a.b:d}", "d"),
            ("${A:d}", "d"),
            ("${a:}", ""),
            ("${A,B:d}", "d"),
            ("${url:http://h:80}", "http://h:80"),
            ("${a:${b:c}}", "c"),
            ("${${p}.l:info}", "info"),
            ("x-${a:b}-y", "x-b-y"),
        ] {
            assert_eq!(resolve(text).map(|resolved| resolved.value), Some(Outcome::text(value)), "{text}");
        }
    }

    #[test]
    fn without_a_default_the_value_comes_from_elsewhere() {
        for text in ["${a.b}", "x${a}", "${a:${b}}"] {
            assert_eq!(resolve(text), Some(Resolved::reference()), "{text}");
        }
        assert_eq!(resolve("a: $b"), None);
    }
}
