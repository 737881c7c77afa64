//! A pack's policies at base and at head: what got looser in them, or cannot be shown to be as strict.

use serde_json::Value;

use super::raised::{Place, Raised, Said};
use crate::config::fault::{Key, place};
use crate::config::rules::PackPolicy;
use crate::judge::severity::of_policy;
use crate::policy::file::{Given, Policy, Spelling, Together, Unread, Unset, Words};
use crate::policy::order::{self, Comparison};
use crate::policy::pattern::unfold;
use crate::read::tree::yaml;
use crate::report::model::{Change, Severity};
use crate::span::Span;

/// The changes for which a policy has a severity.
pub(super) const GRADED: [Change; 5] = [Change::Weakened, Change::Removed, Change::Introduced, Change::Contradicted, Change::Undecided];

/// Everything that got looser in the policies of packs. `left` says whether a pack as a whole left the configuration: that is one
/// finding of its own, and its policies are not told one by one.
#[must_use]
pub fn compare<'a>(base: &'a [PackPolicy], head: &'a [PackPolicy], left: &dyn Fn(&str) -> bool) -> Vec<Raised<'a>> {
    let mut raised = Vec::new();
    for old in base {
        match head.iter().find(|new| new.policy.id == old.policy.id) {
            Some(new) if new.file.text == old.file.text => {}
            Some(new) => raised.extend(looser(&old.policy, &new.policy).into_iter().map(|key| told(old, new, key))),
            None if left(&old.file.path) => {}
            None => raised.push(deleted(old)),
        }
    }
    raised
}

fn deleted(old: &PackPolicy) -> Raised<'_> {
    let place = Place { file: &old.file, span: place(&yaml::parse(&old.file.text), &[Key::Name("id")]) };
    Raised {
        id: "gate/policy-loosened",
        change: Change::Removed,
        severity: Severity::Error,
        setting: old.policy.id.clone(),
        base: Said::Written(place, old.policy.title.clone()),
        head: Said::Gone,
        near: place,
        message: format!("the policy `{}` is gone: nothing else assures: {}", old.policy.id, old.policy.title.trim_end_matches('.')),
    }
}

fn told<'a>(old: &'a PackPolicy, new: &'a PackPolicy, key: &'static str) -> Raised<'a> {
    let side = |pack: &'a PackPolicy| {
        let tree = yaml::parse(&pack.file.text);
        let entry = tree.documents.first().and_then(|document| tree.entry(*document, key));
        let value = entry.map(|entry| tree.node(entry.value).span);
        let span = entry.map_or_else(|| place(&tree, &[Key::Name("id")]), |entry| entry.key_span);
        (Place { file: &pack.file, span }, value.map(|span| one_line(span, &pack.file.text)))
    };
    let ((old_place, was), (new_place, is)) = (side(old), side(new));
    let words = |value: &Option<String>| value.clone().unwrap_or_else(|| "not written".into());
    let message =
        format!("`{key}` of the policy `{}` went from `{}` to `{}`: it is no longer as strict", old.policy.id, words(&was), words(&is));
    let said = |place, value: Option<String>| match value {
        Some(value) => Said::Written(place, value),
        None => Said::Unset("the format's own default".into()),
    };
    Raised {
        id: "gate/policy-loosened",
        change: Change::Weakened,
        severity: Severity::Error,
        setting: format!("{}.{key}", old.policy.id),
        base: said(old_place, was),
        head: said(new_place, is),
        near: new_place,
        message,
    }
}

pub(super) fn one_line(span: Span, text: &str) -> String {
    let line = span.of(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 160 { line } else { line.chars().take(159).chain(['…']).collect() }
}

/// The keys by which a policy got looser, or by which it changed so that nobody can show that it did not.
#[must_use]
pub fn looser(old: &Policy, new: &Policy) -> Vec<&'static str> {
    let mut keys = Vec::new();
    let mut add = |key: &'static str, looser: bool| {
        if looser {
            keys.push(key);
        }
    };
    add("severity", GRADED.iter().any(|change| of_policy(&new.severity, *change) > of_policy(&old.severity, *change)));
    add("floor", lower_floor(old, new.floor.as_ref()));
    add("settings", !old.settings.iter().all(|spelling| new.settings.iter().any(|other| takes_in(other, spelling))));
    // where one safe spelling is enough, one more is one more way out
    add("settings", new.together == Together::Safest && new.settings.len() > old.settings.len());
    add("together", strictness(new.together) > strictness(old.together));
    add("unset", old.unset != new.unset && !stricter_unset(old, new));
    add("unknown", old.unknown == Unread::Weak && new.unknown == Unread::Ask);
    add("guards", old.guards.is_some() && old.guards != new.guards);
    add("covers", !new.covers.0.iter().all(|id| old.covers.0.contains(id)));
    add("contradicts", !old.contradicts.iter().all(|claim| new.contradicts.contains(claim)));
    for key in ["safety", "per", "each", "packages", "kind", "words", "subjects", "ladders", "numbers", "sets", "ignore"] {
        add(key, value(old, key) != value(new, key));
    }
    keys.dedup();
    keys
}

fn value(policy: &Policy, key: &str) -> Option<Value> {
    serde_json::to_value(policy).ok()?.get(key).cloned()
}

fn strictness(together: Together) -> u8 {
    match together {
        Together::Weakest => 0,
        Together::First => 1,
        Together::Safest => 2,
    }
}

/// Whether a floor is weaker than the one a policy has.
pub(super) fn lower_floor(old: &Policy, new: Option<&Given>) -> bool {
    match (&old.floor, new) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(was), Some(is)) => !no_weaker(old, was, is),
    }
}

fn no_weaker(policy: &Policy, was: &Given, is: &Given) -> bool {
    let Some(order) = &policy.safety else { return was == is };
    let rank = |given: &Given| order::given(order, given);
    match (rank(was), rank(is)) {
        (Some(was), Some(is)) => matches!(order::compare(order, &was, &is), Comparison::Same | Comparison::Stronger),
        _ => was == is,
    }
}

/// A weaker unset value makes more removals count; a safer one lets them pass.
fn stricter_unset(old: &Policy, new: &Policy) -> bool {
    match (&old.unset, &new.unset) {
        (Some(Unset::Always(was)), Some(Unset::Always(is))) => no_weaker(old, is, was),
        _ => false,
    }
}

/// Whether a spelling still means all that another one meant: more names and files, everything else the same.
fn takes_in(new: &Spelling, old: &Spelling) -> bool {
    if new == old {
        return true;
    }
    let plain = |spelling: &Spelling| Spelling {
        env: None,
        key: None,
        flag: None,
        argument: None,
        field: None,
        directive: None,
        image: None,
        dependency: None,
        permission: None,
        command: None,
        section: None,
        claim: None,
        record: None,
        decision: None,
        gate: None,
        ..spelling.clone()
    };
    let names = |spelling: &Spelling| -> Vec<(crate::setting::Surface, String)> {
        spelling.surfaces().flat_map(|(surface, words)| unfolded(words).into_iter().map(move |word| (surface, word))).collect()
    };
    let more = names(new);
    plain(new) == plain(old) && names(old).iter().all(|name| more.contains(name))
}

fn unfolded(words: &Words) -> Vec<String> {
    words.0.iter().flat_map(|word| unfold(word).unwrap_or_else(|_| vec![word.clone()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const POLICY: &str = r#"id: privacy/acme
title: Acme sends nothing
severity: error
settings:
  - env: ACME
    enabled_is: weak
  - flag: --acme
    enabled_is: weak
safety: switch
unset: weak
unknown: weak
floor: safe
why: It sends.
fix: Set it.
source: "acme==1:a.py"
examples:
  - {name: a, file: .env, base: "ACME=off", head: "ACME=on", expect: weakened}
  - {name: b, file: .env, base: "ACME=off", head: "ACME=0", expect: none}
"#;

    fn keys(from: &str, to: &str) -> Vec<&'static str> {
        let parsed = |text: &str| crate::packs::parse(Path::new("privacy/acme.yaml"), text).unwrap();
        assert!(POLICY.contains(from), "{from}");
        looser(&parsed(POLICY), &parsed(&POLICY.replacen(from, to, 1)))
    }

    #[test]
    fn what_makes_a_policy_looser_is_named_by_its_key() {
        assert_eq!(keys("severity: error", "severity: {weakened: error, introduced: note}"), ["severity"]);
        assert_eq!(keys("floor: safe", "floor: weak"), ["floor"]);
        assert_eq!(keys("floor: safe\n", ""), ["floor"]);
        assert_eq!(keys("  - flag: --acme\n    enabled_is: weak\n", ""), ["settings"]);
        assert_eq!(
            keys("  - flag: --acme\n    enabled_is: weak\n", "  - flag: --acme\n    enabled_is: weak\n    files: [\"a/**\"]\n"),
            ["settings"]
        );
        assert_eq!(keys("  - flag: --acme\n    enabled_is: weak\n", "  - flag: --acme\n    enabled_is: safe\n"), ["settings"]);
        assert_eq!(keys("unset: weak", "unset: safe"), ["unset"]);
        assert_eq!(keys("unknown: weak\n", ""), ["unknown"]);
        assert_eq!(keys("safety: switch", "together: first\nsafety: switch"), ["together"]);
        assert_eq!(keys("safety: switch", "covers: [telemetry/vllm-usage-stats]\nsafety: switch"), ["covers"]);
        assert_eq!(keys("safety: switch", "per: service\nsafety: switch"), ["per"]);
    }

    #[test]
    fn what_keeps_it_as_strict_is_quiet() {
        for (from, to) in [
            ("why: It sends.", "why: It sends a lot."),
            ("env: ACME", "env: \"{ACME,ACME_TWO}\""),
            ("  - flag: --acme", "  - {env: OTHER, enabled_is: weak}\n  - flag: --acme"),
            ("safety: switch", "refs: [CWE-359]\nsafety: switch"),
        ] {
            assert_eq!(keys(from, to), [""; 0], "{to}");
        }
    }
}
