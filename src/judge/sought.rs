//! Words under which what a policy is about may be found in files that did not change: names, the last steps of paths, arguments.

use crate::policy::compiled::{Compiled, Spelling};
use crate::policy::text::{between_slashes, is_open, unfold};
use crate::setting::Surface;

/// Shorter words, and those that stand everywhere, find half of a repository.
const SHORTEST: usize = 6;
const EVERYWHERE: &[&str] =
    &["enabled", "disabled", "address", "default", "options", "command", "content", "headers", "timeout", "version"];

/// The words, each once.
#[must_use]
pub fn words(policy: &Compiled) -> Vec<String> {
    let mut all: Vec<String> = policy.spellings.iter().flat_map(of_spelling).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn of_spelling(spelling: &Spelling) -> Vec<String> {
    let names = spelling.written.split(", ").filter(|name| between_slashes(name).is_none());
    let unfolded = names.flat_map(|name| unfold(name).unwrap_or_default());
    unfolded.filter_map(|name| one(spelling.surface, &name)).collect()
}

fn one(surface: Surface, name: &str) -> Option<String> {
    let word = match surface {
        Surface::Argument => {
            let (callee, argument) = name.split_once('(')?;
            let argument = argument.trim_end_matches(')').rsplit('.').next().unwrap_or_default();
            // `store` alone stands everywhere, `completions.create` where models are asked
            if telling(argument) { argument } else { callee.rsplit('*').next().unwrap_or(callee) }
        }
        Surface::Key => {
            let step = |step: &str| step.split_once('[').map_or(step, |(name, _)| name).to_owned();
            return name.rsplit('.').map(step).find(|step| telling(step));
        }
        Surface::Env | Surface::Flag | Surface::Field | Surface::Directive | Surface::Command => name.trim_start_matches('-'),
        _ => return None,
    };
    telling(word).then(|| word.to_owned())
}

/// Whether a word finds what it names and little else.
fn telling(word: &str) -> bool {
    word.len() >= SHORTEST && !is_open(word) && !EVERYWHERE.contains(&word.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_for_by_the_part_that_tells_most() {
        let said = |surface: Surface, name: &str| one(surface, name);
        assert_eq!(said(Surface::Argument, "sentry_sdk.init(send_default_pii)").as_deref(), Some("send_default_pii"));
        assert_eq!(said(Surface::Argument, "chat.completions.create(store)").as_deref(), Some("chat.completions.create"));
        assert_eq!(said(Surface::Argument, "*Config(x.hub_private_repo)").as_deref(), Some("hub_private_repo"));
        assert_eq!(said(Surface::Argument, "f(0)"), None);
        assert_eq!(said(Surface::Key, "**.limits_config.retention_period").as_deref(), Some("retention_period"));
        assert_eq!(said(Surface::Key, "browser.gather_usage[x].enabled").as_deref(), Some("gather_usage"));
        assert_eq!(said(Surface::Key, "**.mode"), None);
        assert_eq!(said(Surface::Env, "HF_*"), None);
        assert_eq!(said(Surface::Flag, "--enable-log-requests").as_deref(), Some("enable-log-requests"));
    }
}
