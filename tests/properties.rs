//! What must hold for every repository, whatever it holds: nothing changed is nothing found, a way back is no second weakening, names
//! and orders of files decide nothing, two runs say the same, and what only looks like a name is told.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

mod support;

#[path = "support/reports.rs"]
mod reports;
#[path = "support/trees.rs"]
mod trees;

#[path = "properties/disguises.rs"]
mod disguises;
#[path = "properties/generated.rs"]
mod generated;
#[path = "properties/places.rs"]
mod places;
#[cfg(unix)]
#[path = "properties/repositories.rs"]
mod repositories;
#[path = "properties/same.rs"]
mod same;

use support::{DATE, Ran, Repo};

impl Ran {
    /// `policy change` of every finding that can fail, sorted.
    fn failing(&self) -> Vec<String> {
        assert_ne!(self.code, 2, "{self:#?}");
        let json = self.json();
        let word = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap_or("").to_owned();
        let fails = |finding: &&serde_json::Value| !matches!(finding["change"].as_str(), Some("strengthened" | "unchanged"));
        let findings = json["findings"].as_array().unwrap();
        let mut all: Vec<String> =
            findings.iter().filter(fails).map(|finding| format!("{} {}", word(finding, "policy"), word(finding, "change"))).collect();
        all.sort();
        all
    }
}

fn json(repo: &Repo) -> Ran {
    repo.check(&["--format", "json"])
}
