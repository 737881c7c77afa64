//! What a scan found as findings: one for each kind and file, never with the identifier itself.

use sha2::{Digest, Sha256};

use super::recognise::Kind;
use super::scan::{Added, Scanned};
use crate::classes::class_of;
use crate::report::model::{Change, Finding, Place, Severity, Side, StateWord};
use crate::setting::Surface;

/// Places that one finding lists.
const PLACES: usize = 100;

/// The policy's id of a kind.
fn policy(kind: Kind) -> String {
    format!("data/{}", kind.word())
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Email => "Data in the repository hold no addresses of mail",
        Kind::Card => "Data in the repository hold no numbers of payment cards",
        Kind::Iban => "Data in the repository hold no numbers of bank accounts",
        Kind::UsSsn => "Data in the repository hold no social security numbers",
        Kind::PublicIp => "Data in the repository hold no public network addresses",
        Kind::Phone => "Data in the repository hold no telephone numbers",
    }
}

fn noun(kind: Kind, many: bool) -> &'static str {
    match (kind, many) {
        (Kind::Email, false) => "address of mail",
        (Kind::Email, true) => "addresses of mail",
        (Kind::Card, false) => "number of a payment card",
        (Kind::Card, true) => "numbers of payment cards",
        (Kind::Iban, false) => "number of a bank account",
        (Kind::Iban, true) => "numbers of bank accounts",
        (Kind::UsSsn, false) => "social security number",
        (Kind::UsSsn, true) => "social security numbers",
        (Kind::PublicIp, false) => "public network address",
        (Kind::PublicIp, true) => "public network addresses",
        (Kind::Phone, false) => "telephone number",
        (Kind::Phone, true) => "telephone numbers",
    }
}

/// The findings about one file.
#[must_use]
pub fn findings(path: &str, scanned: &Scanned) -> Vec<Finding> {
    let mut findings = Vec::new();
    for kind in Kind::ALL {
        let added: Vec<&Added> = scanned.added.iter().filter(|one| one.kind == kind).collect();
        if let Some(first) = added.first() {
            findings.push(finding(path, kind, first, &added));
        }
    }
    if scanned.over_budget {
        findings.push(over_budget(path));
    }
    findings
}

fn finding(path: &str, kind: Kind, first: &Added, added: &[&Added]) -> Finding {
    let class = class_of(path, None);
    let severity = if kind.fails() { Severity::Error } else { Severity::Warning };
    let mut places: Vec<Place> = added.iter().map(|one| Place { file: path.to_owned(), line: one.line }).collect();
    places.dedup();
    let lines = places.len();
    places.truncate(PLACES);
    let head = Side {
        file: Some(path.to_owned()),
        line: Some(first.line),
        column: Some(first.column),
        end_line: Some(first.line),
        end_column: Some(first.end_column),
        value: Some(first.masked.clone()),
        state: StateWord::Written,
        excerpt: None,
    };
    let counted = if lines == 1 { "1 added line holds".to_owned() } else { format!("{lines} added lines hold") };
    Finding {
        policy: policy(kind),
        title: title(kind).to_owned(),
        severity: severity.lowered(class.discount()),
        change: Change::Introduced,
        area: "data".to_owned(),
        setting: kind.word().to_owned(),
        surface: Surface::Record,
        scope: None,
        path_class: class,
        file: path.to_owned(),
        line: first.line,
        column: first.column,
        end_line: first.line,
        end_column: first.end_column,
        base: None,
        head: Some(head),
        message: format!("{counted} {} {}, the first `{}`", added.len(), noun(kind, added.len() != 1), first.masked),
        why: Some("What is committed stays in the history, and a model that is trained on it can repeat it.".to_owned()),
        fix: Some("Take the lines out of the commit (not only out of the next one), or replace the identifiers.".to_owned()),
        refs: ["CWE-359", "GDPR-5-1-c"].map(str::to_owned).to_vec(),
        fingerprint: fingerprint(&policy(kind), path),
        places,
        also: Vec::new(),
        waiver: None,
    }
}

/// A file that was not looked through is never passed over in silence.
fn over_budget(path: &str) -> Finding {
    let class = class_of(path, None);
    Finding {
        policy: "data/scan".to_owned(),
        title: "Data that are added are looked through".to_owned(),
        severity: Severity::Error.lowered(class.discount()),
        change: Change::Undecided,
        area: "data".to_owned(),
        setting: "scan".to_owned(),
        surface: Surface::Record,
        scope: None,
        path_class: class,
        file: path.to_owned(),
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 1,
        base: None,
        head: None,
        message: "more data changed than one run looks through; nobody knows what this file adds".to_owned(),
        why: None,
        fix: Some("Split the change, or narrow `data.files`.".to_owned()),
        refs: Vec::new(),
        fingerprint: fingerprint("data/scan", path),
        places: vec![Place { file: path.to_owned(), line: 1 }],
        also: Vec::new(),
        waiver: None,
    }
}

fn fingerprint(policy: &str, path: &str) -> String {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
    let digest = Sha256::digest(format!("{policy}\n{path}").as_bytes());
    digest.iter().take(16).flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::scan::{BUDGET, Changed, scan};
    use super::*;

    #[test]
    fn a_finding_counts_and_masks() {
        let head = "a;jane.roe@mail.org\nb;john.roe@mail.org\nc;+49 30 901820567\n";
        let changed = Changed { path: "data/people.csv", base: None, head: head.as_bytes(), id: "x" };
        let found = findings("data/people.csv", &scan(&Kind::ALL, &changed, &mut BUDGET.clone()));
        let said: Vec<(&str, Severity, usize)> = found.iter().map(|one| (one.policy.as_str(), one.severity, one.places.len())).collect();
        assert_eq!(said, [("data/email", Severity::Error, 2), ("data/phone", Severity::Warning, 1)]);
        assert_eq!(found[0].message, "2 added lines hold 2 addresses of mail, the first `j***@m***.org`");
        assert!(!format!("{found:?}").contains("roe"));
    }

    #[test]
    fn what_was_not_looked_at_is_undecided() {
        let changed = Changed { path: "a.csv", base: None, head: b"x", id: "x" };
        let found = findings("a.csv", &scan(&Kind::ALL, &changed, &mut 0));
        assert_eq!((found[0].change, found[0].severity), (Change::Undecided, Severity::Error));
    }
}
