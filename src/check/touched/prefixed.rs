//! Whether a changed member has a name that a prefix elsewhere in the file completes: `env_prefix = "LANGSMITH_"` with `tracing: bool`.

use super::Asking;
use super::lines::{Lines, assigned, is_attribute, words};
use crate::policy::interest::Says;

/// How a prefix is written, in small letters.
const SIGNS: &[&str] = &["prefix", "Prefix", "PREFIX"];

/// Prefixes of one file that are looked at.
const MOST: usize = 8;

/// Whether a changed line gives a value to a member that policies know under its whole name.
pub fn concerns(asking: &mut Asking, lines: &Lines, changed: &[usize]) -> bool {
    let prefixes = prefixes(lines);
    if prefixes.is_empty() {
        return false;
    }
    changed.iter().map(|at| lines.get(*at)).any(|line| {
        let Some(name) = assigned(line).or_else(|| words(line).next().map(|word| word.text)) else { return false };
        prefixes.iter().any(|prefix| {
            let whole = format!("{prefix}{}{name}", if prefix.ends_with(['_', '-', '.']) { "" } else { "_" }).replace(['.', '-'], "_");
            // a variable's name is written in capitals where it is set
            [whole.to_ascii_uppercase(), whole].iter().any(|name| {
                let says = match asking.known.says(name, false) {
                    Says::Together(group) => asking.known.otherwise(group),
                    says => says,
                };
                says >= Says::Worded
            })
        })
    })
}

/// The texts that lines with the word give: `env_prefix="LANGSMITH_"`, `@ConfigurationProperties(prefix = "app.telemetry")`.
fn prefixes<'t>(lines: &Lines<'t>) -> Vec<&'t str> {
    let plain =
        |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let signs = SIGNS.iter().copied().chain(["ConfigurationProperties"]);
    let mut all: Vec<&str> = Vec::new();
    for at in lines.with(signs) {
        let line: &'t str = lines.get(at);
        if is_attribute(line) || line.contains(['=', ':', '(']) {
            all.extend(line.split(['"', '\'']).skip(1).step_by(2).filter(plain));
        }
    }
    all.truncate(MOST);
    all
}
