//! What a well-formed policy file may still get wrong: each complaint with the path of keys that leads to its place.

use super::compiled::Compiled;
use super::file::{Given, Kind, Order, Policy, Spelling, Unset};
use super::{order, versions};

/// One step to a place in a policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// A key.
    Key(&'static str),
    /// An item of a list.
    Item(usize),
}

/// Something wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Where.
    pub at: Vec<At>,
    /// What, and what to do.
    pub message: String,
}

/// The areas of the built-in catalogue; a user's pack may add its own.
pub const AREAS: &[&str] = &[
    "auth",
    "ci",
    "debug",
    "encryption",
    "gate",
    "isolation",
    "lexicon",
    "logging",
    "network",
    "opt-out",
    "promises",
    "retention",
    "secrets",
    "storage",
    "supply-chain",
    "telemetry",
    "training",
];

/// Leaves that mean nothing alone.
const BARE: &[&str] = &["enabled", "enable", "level", "host", "mode", "value", "name", "type", "port", "url"];

/// The shared readers of switches.
pub const READS: &[&str] = &[
    "native",
    "presence",
    "nonempty",
    "huggingface",
    "pydantic",
    "go-bool",
    "true-any-case",
    "true-lower",
    "zero-disables",
    "strict-true-false",
];

/// What an example may expect besides `none`.
const CHANGES: &[&str] = &["weakened", "removed", "introduced", "contradicted", "undecided", "strengthened", "unchanged"];

struct Complaints(Vec<Complaint>);

impl Complaints {
    fn add(&mut self, at: &[At], message: impl Into<String>) {
        self.0.push(Complaint { at: at.to_vec(), message: message.into() });
    }
}

/// All complaints about one policy.
#[must_use]
pub fn check(policy: &Policy) -> Vec<Complaint> {
    let mut wrong = Complaints(Vec::new());
    let id = &policy.id;
    let well_formed = id.split_once('/').is_some_and(|(area, name)| {
        let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        plain(area) && plain(name)
    });
    if !well_formed {
        wrong.add(&[At::Key("id")], format!("`{id}` is not `area/name` in small letters, digits and dashes"));
    }
    if policy.reported_as.as_ref().is_some_and(|other| other.split('/').next() != id.split('/').next()) {
        wrong.add(&[At::Key("reported_as")], "`reported_as` names a policy of the same area");
    }
    if policy.title.trim().is_empty() || policy.title.chars().count() > 80 {
        wrong.add(&[At::Key("title")], "the title is one sentence of at most 80 characters that is true while all is well");
    }
    for (key, text) in [("why", &policy.why), ("fix", &policy.fix)] {
        if text.trim().is_empty() {
            wrong.add(&[At::Key(key)], format!("`{key}` is empty"));
        }
    }
    if policy.source.0.is_empty() {
        wrong.add(&[At::Key("source")], "`source` names no place where the unset value was read");
    }
    match policy.kind {
        Kind::Policy => named(policy, &mut wrong),
        Kind::Lexicon => lexicon(policy, &mut wrong),
    }
    examples(policy, &mut wrong);
    if wrong.0.is_empty()
        && let Err(message) = Compiled::new(policy.clone())
    {
        wrong.add(&[At::Key("settings")], message);
    }
    wrong.0
}

fn named(policy: &Policy, wrong: &mut Complaints) {
    if policy.settings.is_empty() {
        wrong.add(&[At::Key("settings")], "a policy names at least one setting");
    }
    let Some(safety) = &policy.safety else {
        wrong.add(&[At::Key("id")], "`safety` is missing: the order of values, safest first");
        return;
    };
    if let Err(message) = order::check(safety) {
        wrong.add(&[At::Key("safety")], message);
    }
    for (index, spelling) in policy.settings.iter().enumerate() {
        let at = [At::Key("settings"), At::Item(index)];
        if spelling.first.is_empty() {
            one_spelling(policy, safety, spelling, None, &at, wrong);
        } else {
            for (inner, of_group) in spelling.first.iter().enumerate() {
                let at = [At::Key("settings"), At::Item(index), At::Key("first"), At::Item(inner)];
                one_spelling(policy, safety, of_group, Some(spelling), &at, wrong);
            }
        }
    }
    unset(policy, safety, wrong);
    if let Some(floor) = &policy.floor
        && order::given(safety, floor).is_none()
    {
        wrong.add(&[At::Key("floor")], "the floor is not on the order");
    }
}

fn one_spelling(policy: &Policy, safety: &Order, spelling: &Spelling, group: Option<&Spelling>, at: &[At], wrong: &mut Complaints) {
    let surfaces: Vec<_> = spelling.surfaces().collect();
    match surfaces.as_slice() {
        [_] => {}
        [] => wrong.add(at, "this spelling names no surface: one of env, key, flag, argument, field, directive, image ..."),
        [first, second, ..] => {
            wrong.add(at, format!("this spelling names two surfaces, `{}` and `{}`; write two spellings", first.0.word(), second.0.word()));
        }
    }
    for key in spelling.key.iter().flat_map(|words| &words.0) {
        if BARE.contains(&key.trim_start_matches("**.")) {
            wrong.add(at, format!("`{key}` alone means nothing; write the longest path that is always there"));
        }
    }
    let enabled_is = spelling.enabled_is.or(group.and_then(|group| group.enabled_is));
    match (safety, enabled_is) {
        (Order::Switch, None) => wrong.add(at, "under `safety: switch` every spelling says `enabled_is: safe` or `weak`"),
        (Order::Switch, Some(_)) | (_, None) => {}
        _ => wrong.add(at, "`enabled_is` belongs to `safety: switch` only"),
    }
    if let Some(super::file::Reads::Named(name)) = &spelling.reads
        && !READS.contains(&name.as_str())
    {
        wrong.add(at, format!("`reads: {name}` is not known{}", nearest(name, READS)));
    }
    let part = spelling.part.as_ref().or(group.and_then(|group| group.part.as_ref()));
    if let Order::Parts(parts) = safety {
        match part {
            None => wrong.add(at, "under `parts` every spelling says which `part` it is"),
            Some(part) if !parts.contains_key(part) => wrong.add(at, format!("there is no part `{part}`")),
            Some(_) => {}
        }
    }
    if let Some(requirement) = &spelling.versions {
        version(policy, requirement, at, wrong);
    }
}

fn version(policy: &Policy, requirement: &str, at: &[At], wrong: &mut Complaints) {
    if policy.packages.0.is_empty() {
        wrong.add(at, "`versions` needs `packages`: where versions are looked up");
    }
    if !versions::readable(requirement) {
        wrong.add(at, format!("`{requirement}` is not a version requirement like `>=4,<5`"));
    }
}

fn unset(policy: &Policy, safety: &Order, wrong: &mut Complaints) {
    let key = [At::Key("unset")];
    let on_order = |value: &Given| matches!(value, Given::One(word) if word == "unknown") || order::given(safety, value).is_some();
    match &policy.unset {
        None if matches!(safety, Order::Present(_) | Order::AppendOnly(_)) => {}
        None => wrong.add(&[At::Key("id")], "`unset` is missing: what holds when nothing is written"),
        Some(Unset::Always(value)) if on_order(value) => {}
        Some(Unset::Always(value)) => wrong.add(&key, format!("`{}` is not on the order", show(value))),
        Some(Unset::Cases(cases)) => {
            for (index, case) in cases.iter().enumerate() {
                let at = [At::Key("unset"), At::Item(index)];
                if !on_order(&case.value) {
                    wrong.add(&at, format!("`{}` is not on the order", show(&case.value)));
                }
                if let Some(requirement) = &case.versions {
                    version(policy, requirement, &at, wrong);
                }
                if case.package.is_some() && policy.packages.0.is_empty() {
                    wrong.add(&at, "`package` needs `packages`: where presence is looked up");
                }
            }
            let open = |case: &super::file::Case| case.versions.is_none() && case.package.is_none() && case.conditions.is_empty();
            let only_versions = cases.iter().all(|case| case.versions.is_some() && case.package.is_none() && case.conditions.is_empty());
            let covered = cases.iter().any(open) || (only_versions && cases.len() > 1);
            if !covered {
                wrong.add(&key, "the cases leave something uncovered: end with a case that has only a `value`");
            }
        }
    }
}

fn show(value: &Given) -> String {
    match value {
        Given::One(text) => text.clone(),
        Given::Many(texts) => texts.join(", "),
    }
}

fn lexicon(policy: &Policy, wrong: &mut Complaints) {
    if !policy.settings.is_empty() {
        wrong.add(&[At::Key("settings")], "a lexicon has words, not settings");
    }
    if policy.subjects.is_empty() && policy.ladders.is_empty() && policy.numbers.is_empty() && policy.sets.is_empty() {
        wrong.add(&[At::Key("id")], "a lexicon has at least one of subjects, ladders, numbers and sets");
    }
}

fn examples(policy: &Policy, wrong: &mut Complaints) {
    let key = [At::Key("examples")];
    let finds = |example: &super::file::Example| {
        example.expect.0.iter().any(|expected| expected.change != "strengthened" && expected.change != "unchanged")
    };
    if !policy.examples.iter().any(finds) {
        wrong.add(&key, "no example shows a finding: without a weakening that is found a policy does not load");
    }
    if !policy.examples.iter().any(|example| example.expect.0.is_empty()) {
        wrong.add(&key, "no example is quiet: without one that expects `none` a policy does not load");
    }
    for (index, example) in policy.examples.iter().enumerate() {
        for expected in &example.expect.0 {
            if !CHANGES.contains(&expected.change.as_str()) {
                let at = [At::Key("examples"), At::Item(index), At::Key("expect")];
                wrong.add(&at, format!("`{}` is not a change{}", expected.change, nearest(&expected.change, CHANGES)));
            }
        }
    }
}

/// `; did you mean ...?` for a misspelt word.
#[must_use]
pub fn nearest(word: &str, known: &[&str]) -> String {
    let ratio = |candidate: &str| similar::TextDiff::from_chars(word, candidate).ratio();
    let best = known.iter().map(|candidate| (ratio(candidate), candidate)).max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((ratio, candidate)) if ratio > 0.5 => format!("; did you mean `{candidate}`?"),
        _ => format!("; one of {}", known.join(", ")),
    }
}
