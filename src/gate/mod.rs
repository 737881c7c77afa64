//! Findings about the gate itself: its policies, configuration and waivers compared between base and head. What a workflow, a hook
//! or CODEOWNERS does to the gate is no business of this module: that is declarative, under `policies/gate/`.

pub mod configuration;
pub mod owners;
pub mod policies;
mod raised;

pub use raised::{Place, Raised, Said};

use crate::policy::catalogue::Prose;
use crate::report::model::{Finding, Severity};

/// The ids of findings that this module and the waivers make.
pub const IDS: &[&str] = &["gate/policy-loosened", "gate/config-loosened", "gate/config-added", "gate/waiver-added", "gate/waiver-invalid"];

/// What those findings say to people; nothing for any other id.
#[must_use]
pub fn prose(id: &str) -> Option<Prose> {
    let (title, why, fix) = match id {
        "gate/policy-loosened" => (
            "The repository's own policies are as strict as before",
            "Once this is merged, changes that fail today pass, and nobody will be told.",
            "Keep the policy as strict as it was, or let an owner of the policies waive this change.",
        ),
        "gate/config-loosened" => (
            "privgate.yaml is as strict as before",
            "Once this is merged, changes that fail today pass, and nobody will be told.",
            "Put the entry back, or let an owner waive this change.",
        ),
        "gate/config-added" => (
            "A first privgate.yaml loosens nothing",
            "The built-in policies judge this change; from the next one on the new configuration decides.",
            "Look at what the new configuration loosens before you merge it.",
        ),
        "gate/waiver-added" => (
            "No weaker default is accepted without its owner",
            "A waiver makes a failing change pass; its owner has to want that.",
            "Let the waiver's owner approve the head commit, or merge the waiver on its own first.",
        ),
        "gate/waiver-invalid" => (
            "Every waiver has an owner, a reason and an end",
            "A waiver that is too wide, too long or nobody's accepts what nobody decided.",
            "Write who accepts exactly which change, why, and until when.",
        ),
        _ => return None,
    };
    let own = |text: &str| text.to_owned();
    Some(Prose { title: own(title), why: own(why), fix: own(fix), source: Vec::new(), refs: vec![own("CWE-693")] })
}

/// Findings about the gate as the report lists them, worst first, each with an identity of its own.
#[must_use]
pub fn findings(raised: Vec<Raised>) -> Vec<Finding> {
    let mut all: Vec<Finding> = raised.into_iter().map(Raised::finding).collect();
    all.sort_by(|a, b| (a.severity, &a.file, a.line, &a.policy, &a.setting).cmp(&(b.severity, &b.file, b.line, &b.policy, &b.setting)));
    let mut seen: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for finding in &mut all {
        let ordinal = seen.entry(finding.fingerprint.clone()).or_default();
        finding.fingerprint = crate::report::build::digest(&format!("{}\n{ordinal}", finding.fingerprint));
        *ordinal += 1;
    }
    all
}

/// A severity by the strictness of both sides' words for a gate finding: the worse one counts.
#[must_use]
pub fn worse(one: Severity, other: Severity) -> Severity {
    one.min(other)
}
