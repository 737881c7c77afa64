//! Whether a changed line is all that a function says whose name some policy asks about: `return False`.

use super::Asking;
use super::lines::{Lines, assigned, words};
use crate::policy::interest::Says;

/// Whether such a function answers yes or no on a changed line.
pub fn concerns(asking: &mut Asking, lines: &Lines, changed: &[usize]) -> bool {
    changed.iter().filter(|at| answers(lines.get(**at))).any(|at| {
        let heads = std::iter::once(*at).chain(lines.above(*at).next());
        heads.map(|head| lines.get(head)).any(|head| {
            let named = words(head).filter(|word| is_head(word.text, word.after(head), head));
            named.into_iter().any(|word| asking.word(&word, head) >= Says::Worded)
        })
    })
}

/// Whether a line may be, or hold, a body that is a literal.
fn answers(line: &str) -> bool {
    let is = |word: &str| matches!(word, "true" | "false" | "True" | "False");
    let returns = line.contains("return") || line.contains('{') || line.contains("=>") || is(line.trim());
    returns && words(line).any(|word| is(word.text))
}

/// Whether a word of a line may name a function there.
fn is_head(word: &str, after: &str, line: &str) -> bool {
    after.starts_with(['(', '<']) || line.contains("=>") && assigned(line) == Some(word)
}
