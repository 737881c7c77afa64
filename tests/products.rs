//! The five worst settings of each product that was researched are told by a policy, in the form in which people write them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use privgate::check::{Compared, FailOn, Request, check};
use privgate::policy::catalogue::Catalogue;
use privgate::report::model::{Change, Finding, RevisionShown, Severity};
use privgate::revision::{Revision, Store};

/// One line of `products.jsonl`: a setting in a file of its product, and who tells that it got weaker.
#[derive(serde::Deserialize)]
struct Setting {
    product: String,
    #[serde(rename = "setting")]
    name: String,
    #[serde(flatten)]
    told: Told,
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Told {
    By {
        policy: String,
        file: String,
        safe: String,
        weak: String,
        /// The file without the setting, where the product is then as careless.
        without: Option<String>,
        /// Nobody can say which direction is the worse one: both ask.
        #[serde(default)]
        either_way: bool,
    },
    /// Why nothing can be told.
    Beyond { beyond: String },
}

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn settings() -> Vec<Setting> {
    text("tests/products.jsonl").lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// What is said when the file goes from one text to the other, without notes.
fn said(catalogue: &Catalogue, file: &str, base: &str, head: &str) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let side = |name: &str, text: &str| {
        let path = folder.path().join(name).join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        Revision::Folder(folder.path().join(name))
    };
    let shown = |name: &str| RevisionShown { rev: name.to_owned(), commit: None };
    let compared =
        Compared { base: vec![side("base", base)], head: side("head", head), base_shown: shown("base"), head_shown: shown("head") };
    let request = Request { fail_on: FailOn::Error, require_coverage: false, date: support::DATE.to_owned() };
    let report = check(&Store::none(), catalogue, &compared, &request).unwrap();
    report.findings.into_iter().filter(|finding| finding.severity != Severity::Note).collect()
}

fn tells(findings: &[Finding], policy: &str) -> bool {
    findings.iter().any(|finding| finding.policy == policy || finding.also.iter().any(|also| also == policy))
}

fn shown(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{} {}", finding.change.word(), finding.policy)).collect()
}

#[test]
fn the_worst_settings_of_every_product_are_told() {
    let catalogue = Catalogue::built_in().unwrap();
    let mut faults = Vec::new();
    for Setting { product, name: setting, told } in settings() {
        let Told::By { policy, file, safe, weak, without, either_way } = told else { continue };
        let forward = said(&catalogue, &file, &safe, &weak);
        if !tells(&forward, &policy) {
            faults.push(format!("{product}: {setting} got weaker in {file}, {policy} says nothing; said: {:?}", shown(&forward)));
        }
        let back = said(&catalogue, &file, &weak, &safe);
        if back.iter().any(|finding| !either_way || finding.change != Change::Undecided) {
            faults.push(format!("{product}: {setting} got safer in {file}; said: {:?}", shown(&back)));
        }
        if let Some(without) = without {
            let gone = said(&catalogue, &file, &safe, &without);
            // another policy may know what then holds
            if !gone.iter().any(|finding| !finding.policy.starts_with("lexicon/")) {
                faults.push(format!("{product}: {setting} is gone from {file}, no policy says so; said: {:?}", shown(&gone)));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_table_of_products_counts_what_is_told() {
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for setting in settings() {
        let count = told.entry(setting.product).or_default();
        match setting.told {
            Told::By { .. } => *count += 1,
            Told::Beyond { beyond } => assert!(!beyond.is_empty(), "{}: why not?", setting.name),
        }
    }
    let page = text("docs/products.md");
    assert!(!page.contains("**missing**"), "one of the five worst of a product is neither told nor is there a reason");
    let rows = page.lines().filter(|line| line.starts_with("| ")).skip(1);
    let mut count = 0;
    for row in rows {
        let cells: Vec<&str> = row.split(" | ").collect();
        let product = cells[0].trim_start_matches("| ");
        let five: usize = cells[3].split(' ').next().and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("{row}"));
        let have = told.get(product).copied().unwrap_or_default();
        assert!(five <= have, "docs/products.md says {five} of {product} are told, tests/products.jsonl asks about {have}");
        count += 1;
    }
    assert!(count > 150, "{count} products");
}
