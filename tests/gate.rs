//! Who decides: what a pull request does to its own gate, from the outside. Each test names the bypass that it closes
//! (`docs/threat-model.md`).

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

mod support;

#[path = "gate/attacks.rs"]
mod attacks;
#[path = "gate/bypasses.rs"]
mod bypasses;
#[path = "gate/configuration.rs"]
mod configuration;
#[path = "gate/hidden.rs"]
mod hidden;
#[path = "gate/linked.rs"]
mod linked;
#[path = "gate/replaced.rs"]
mod replaced;
#[path = "gate/routes.rs"]
mod routes;
#[path = "gate/waivers.rs"]
mod waivers;
#[path = "gate/wiring.rs"]
mod wiring;

use support::{Ran, Repo, SAFE, WEAK};

/// A policy of a pack: `ACME_TELEMETRY` must be off.
const POLICY: &str = r#"id: privacy/acme
title: Acme sends nothing
settings:
  - env: ACME_TELEMETRY
    enabled_is: weak
safety: switch
unset: weak
why: It sends every prompt.
fix: Set `ACME_TELEMETRY=off`.
source: "acme==1.0:acme/settings.py"
examples:
  - {name: on, file: .env, base: ACME_TELEMETRY=off, head: ACME_TELEMETRY=on, expect: weakened}
  - {name: same, file: .env, base: ACME_TELEMETRY=off, head: ACME_TELEMETRY=0, expect: none}
"#;

const PACK: &str = "packs: [policies/privacy]\n";
const AT: &str = "policies/privacy/acme.yaml";

impl Ran {
    /// `policy change severity` of every finding.
    fn found(&self) -> Vec<String> {
        let json = self.json();
        let word = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap_or("").to_owned();
        let shown =
            |finding: &serde_json::Value| format!("{} {} {}", word(finding, "policy"), word(finding, "change"), word(finding, "severity"));
        json["findings"].as_array().unwrap().iter().map(shown).collect()
    }

    #[track_caller]
    fn finds(self, expected: &str) -> Self {
        assert!(self.found().iter().any(|found| found == expected), "no `{expected}` in {:#?}\n{}", self.found(), self.err);
        self
    }

    #[track_caller]
    fn finds_nothing_of(self, policy: &str) -> Self {
        assert!(!self.found().iter().any(|found| found.starts_with(policy)), "{:#?}", self.found());
        self
    }
}

fn json(repo: &Repo) -> Ran {
    repo.check(&["--format", "json"])
}
