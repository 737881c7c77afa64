//! `privgate.yaml`: what a repository adds to the built-in policies, how bad it takes them, and who may waive.
//!
//! It is read from the base of a comparison; what `head` has only adds (see `rules`).

pub mod bounds;
pub mod fault;
mod grades;
pub mod rules;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::check::FailOn;
use crate::policy::file::{Given, Policy, Words};
use crate::read::tree::yaml;
use crate::report::model::PathClass;

use bounds::{Bounds, LimitsGiven};
use fault::{Fault, Key, of_parser, place};
pub use grades::Grades;

/// Where the configuration stands.
pub const PATH: &str = "privgate.yaml";

/// The longest time that a waiver may last, in days.
pub const MOST_DAYS: u32 = 180;

/// More entries than this under one key are no configuration any more: comparing two takes the square of it.
const MOST_ENTRIES: usize = 1_000;

/// The kinds of personal data that `data:` may name.
pub const DATA_KINDS: &[&str] = &crate::data::Kind::WORDS;

/// One `privgate.yaml`. Every key is optional.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Of the format: 1.
    pub version: Option<u32>,
    /// Folders of policy files in this repository.
    pub packs: Words,
    /// Severities and floors, by policy id or `area/*`.
    pub policies: BTreeMap<String, Override>,
    /// From which severity on a finding fails.
    pub fail_on: Option<FailOn>,
    /// Globs of paths by class.
    pub classes: BTreeMap<PathClass, Words>,
    /// How much is read.
    pub limits: LimitsGiven,
    /// Who may waive, and for how long.
    pub waivers: WaiverRules,
    /// Which files are data, and what is looked for in them.
    pub data: DataRules,
}

/// What a configuration says of one policy.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Override {
    /// How bad it is; `none` is never reported.
    pub severity: Option<Grades>,
    /// What a new setting must reach.
    pub floor: Option<Given>,
}

/// `waivers:`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WaiverRules {
    /// Who may waive; where it is empty, whom CODEOWNERS names for the waiver file.
    pub owners: Words,
    /// The longest time that a waiver may last, in days.
    pub max_days: Option<u32>,
}

impl WaiverRules {
    /// The longest time that a waiver may last, in days.
    #[must_use]
    pub fn most_days(&self) -> u32 {
        self.max_days.unwrap_or(MOST_DAYS).min(MOST_DAYS)
    }
}

/// `data:`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DataRules {
    /// Globs of data files; without any, no data is scanned.
    pub files: Words,
    /// Which kinds of personal data are looked for; all where it is empty.
    pub kinds: Words,
}

impl Config {
    /// A configuration that says nothing.
    pub const NONE: Self = Self {
        version: None,
        packs: Words(Vec::new()),
        policies: BTreeMap::new(),
        fail_on: None,
        classes: BTreeMap::new(),
        limits: LimitsGiven { file_mib: None, files: None, side_mib: None },
        waivers: WaiverRules { owners: Words(Vec::new()), max_days: None },
        data: DataRules { files: Words(Vec::new()), kinds: Words(Vec::new()) },
    };

    /// What holds for a policy: its own entry, else that of its area, else that of all.
    #[must_use]
    pub fn of_policy(&self, id: &str) -> Option<(&str, &Override)> {
        let area = id.split_once('/').map_or(String::new(), |(area, _)| format!("{area}/*"));
        [id, &area].into_iter().find_map(|key| self.policies.get_key_value(key)).map(|(key, value)| (key.as_str(), value))
    }

    /// What holds for a policy: its own entry, else that of the id it is told under, else that of its area.
    fn of_rule(&self, rule: &Policy) -> Option<&Override> {
        let named = [Some(rule.id.as_str()), rule.reported_as.as_deref()];
        named.into_iter().flatten().find_map(|id| self.policies.get(id)).or_else(|| Some(self.of_policy(&rule.id)?.1))
    }

    /// Changes a policy as this configuration says.
    pub fn adjust(&self, rule: &mut Policy) {
        let Some(entry) = self.of_rule(rule) else { return };
        let (severity, floor) = (entry.severity.clone(), entry.floor.clone());
        if let Some(grades) = severity {
            grades.apply(&mut rule.severity);
        }
        if floor.is_some() {
            rule.floor = floor;
        }
    }

    /// Whether a policy is never reported.
    #[must_use]
    pub fn silences_rule(&self, rule: &Policy) -> bool {
        self.of_rule(rule).is_some_and(|entry| entry.severity == Some(Grades::None))
    }

    /// Whether a policy is never reported.
    #[must_use]
    pub fn silences(&self, id: &str) -> bool {
        self.of_policy(id).is_some_and(|(_, entry)| entry.severity == Some(Grades::None))
    }

    /// How many entries the keys have that hold many.
    fn lists(&self) -> [(&'static str, usize); 5] {
        [
            ("packs", self.packs.0.len()),
            ("policies", self.policies.len()),
            ("classes", self.classes.values().map(|globs| globs.0.len()).sum()),
            ("waivers", self.waivers.owners.0.len()),
            ("data", self.data.files.0.len() + self.data.kinds.0.len()),
        ]
    }

    /// What it says about files; the globs were checked when it was parsed.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds::new(&self.classes, self.limits.limits()).unwrap_or_default()
    }
}

/// Reads the text of a configuration.
///
/// # Errors
/// Every fault with its place.
pub fn parse(file: &str, text: &str) -> Result<Config, Vec<Fault>> {
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#') || line.trim() == "---") {
        return Ok(Config::default());
    }
    let options = serde_saphyr::options! { strict_booleans: true };
    let config: Config = serde_saphyr::from_str_with_options(text, options).map_err(|error| vec![of_parser(file, text, &error)])?;
    let tree = yaml::parse(text);
    let mut faults = Vec::new();
    if let Some((key, count)) = config.lists().into_iter().find(|(_, count)| *count > MOST_ENTRIES) {
        let at = place(&tree, &[Key::Name(key)]).start;
        return Err(vec![Fault::at(file, text, at, format!("`{key}` has {count} entries; {MOST_ENTRIES} are the most"))]);
    }
    let mut wrong = |path: &[Key], message: String| faults.push(Fault::at(file, text, place(&tree, path).start, message));
    if config.version.is_some_and(|version| version != 1) {
        wrong(&[Key::Name("version")], "this program knows version 1 of the format".into());
    }
    for (index, pack) in config.packs.0.iter().enumerate() {
        if let Some(message) = not_a_folder(pack) {
            wrong(&[Key::Name("packs"), Key::Item(index)], message);
        }
    }
    for (class, globs) in &config.classes {
        for (index, glob) in globs.0.iter().enumerate() {
            if let Err(message) = crate::policy::compiled::compile_globs(std::slice::from_ref(glob)) {
                wrong(&[Key::Name("classes"), Key::Name(class.word()), Key::Item(index)], message);
            }
        }
    }
    for (key, value, most) in config.limits.each() {
        if value.is_some_and(|value| value == 0 || value > most) {
            let message = format!("`{key}` is a number from 1 to {most}: a repository may only lower what the program allows");
            wrong(&[Key::Name("limits"), Key::Name(key)], message);
        }
    }
    let days = [Key::Name("waivers"), Key::Name("max_days")];
    if config.waivers.max_days.is_some_and(|days| days == 0 || days > MOST_DAYS) {
        wrong(&days, format!("`max_days` is a number from 1 to {MOST_DAYS}"));
    }
    for (index, owner) in config.waivers.owners.0.iter().enumerate() {
        if !is_owner(owner) {
            let message = format!("`{owner}` is no owner: write `@user`, `@group/team` or an address");
            wrong(&[Key::Name("waivers"), Key::Name("owners"), Key::Item(index)], message);
        }
    }
    for (index, kind) in config.data.kinds.0.iter().enumerate() {
        if !DATA_KINDS.contains(&kind.as_str()) {
            let message = format!("`{kind}` is no kind of data{}", crate::policy::check::nearest(kind, DATA_KINDS));
            wrong(&[Key::Name("data"), Key::Name("kinds"), Key::Item(index)], message);
        }
    }
    for (index, glob) in config.data.files.0.iter().enumerate() {
        if let Err(message) = crate::policy::compiled::compile_globs(std::slice::from_ref(glob)) {
            wrong(&[Key::Name("data"), Key::Name("files"), Key::Item(index)], message);
        }
    }
    if faults.is_empty() { Ok(config) } else { Err(faults) }
}

/// Why a text names no folder of the repository.
fn not_a_folder(pack: &str) -> Option<String> {
    if pack.contains("://") || pack.starts_with("oci:") || pack.starts_with("git@") {
        return Some(format!("`{pack}` is not in this repository; nothing is fetched: copy its policies into a folder and name that"));
    }
    let clean = |step: &str| !step.is_empty() && step != "." && step != ".." && !step.eq_ignore_ascii_case(".git");
    let trimmed = pack.strip_suffix('/').unwrap_or(pack);
    let fine = trimmed.split('/').all(clean) && !trimmed.contains('\\') && !trimmed.chars().any(char::is_control);
    (!fine).then(|| format!("`{}` is no folder below the repository's root, with `/` between its parts", pack.escape_debug()))
}

/// `@user`, `@group/team` or an address.
#[must_use]
pub fn is_owner(text: &str) -> bool {
    let plain = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace) && !text.chars().any(char::is_control);
    match text.strip_prefix('@') {
        Some(name) => plain(name) && !name.contains('@'),
        None => text.split_once('@').is_some_and(|(name, host)| plain(name) && plain(host)),
    }
}

#[cfg(test)]
mod tests;
