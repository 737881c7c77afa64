//! What a scan found as findings: one for each kind and file, never with the identifier itself. Their severities are those of a file
//! that users get; the configuration and the file's class come after.

use super::excluded::Row;
use super::kind::Kind;
use super::prose::{EXCLUDED, POINTER, SCAN, prose};
use super::scan::{Added, Scanned, Unseen};
use crate::report::build::digest;
use crate::report::model::{Change, Finding, PathClass, Place, Severity, Side, StateWord};
use crate::setting::Surface;

/// Places that one finding lists.
const PLACES: usize = 100;

/// A data file of the head.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its path.
    pub path: &'a str,
    /// Its role.
    pub class: PathClass,
}

/// The findings about one file.
#[must_use]
pub fn findings(file: File, scanned: &Scanned) -> Vec<Finding> {
    let mut findings = Vec::new();
    for kind in Kind::ALL {
        let added: Vec<&Added> = scanned.added.iter().filter(|one| one.kind == kind).collect();
        if let Some(first) = added.first() {
            findings.push(finding(file, kind, first, &added));
        }
    }
    findings.extend(scanned.unseen.as_ref().map(|why| unseen(file, why)));
    findings
}

fn finding(file: File, kind: Kind, first: &Added, added: &[&Added]) -> Finding {
    let mut places: Vec<Place> = added.iter().map(|one| Place { file: file.path.to_owned(), line: one.line }).collect();
    places.dedup();
    let lines = places.len();
    places.truncate(PLACES);
    let others = added.len() - 1;
    let more = if others == 0 { String::new() } else { format!(" and {others} more") };
    let noun = kind.noun(others > 0);
    let message = match kind {
        Kind::Column => format!("{} {noun} more than before, the first `{}`", added.len(), first.masked),
        Kind::ImageLocation => format!("the picture's tags tell the {noun}"),
        Kind::ImageOwner => format!("the picture has {} {noun}, the first `{}`", added.len(), first.masked),
        _ if lines == 1 => format!("1 added line holds {} {noun}, the first `{}`", added.len(), first.masked),
        _ => format!("{lines} added lines hold {} {noun}, the first `{}`", added.len(), first.masked),
    };
    let head = Side {
        file: Some(file.path.to_owned()),
        line: Some(first.line),
        column: Some(first.column),
        end_line: Some(first.line),
        end_column: Some(first.end_column),
        value: Some(format!("{}{more}", first.masked)),
        state: StateWord::Written,
        excerpt: None,
    };
    Finding {
        line: first.line,
        column: first.column,
        end_line: first.line,
        end_column: first.end_column,
        head: Some(head),
        places,
        ..of_file(file, &format!("data/{}", kind.word()), kind.severity(), Change::Introduced, message)
    }
}

/// A file that was not looked through is never passed over in silence.
#[must_use]
pub fn unseen(file: File, why: &Unseen) -> Finding {
    let (severity, message) = match why {
        Unseen::OverBudget => {
            (Severity::Error, "more data changed than one run looks through; nobody knows what this file adds".to_owned())
        }
        Unseen::Unreadable(reason) => (Severity::Error, format!("{reason}; nobody knows what this file adds")),
        Unseen::Opaque(name) => (Severity::Warning, format!("it is {name}, which is not looked into; nobody knows what it adds")),
        Unseen::Pointer => {
            (Severity::Note, "it is a Git LFS pointer, and what it points to is not fetched; nobody knows what changed there".to_owned())
        }
    };
    of_file(file, SCAN, severity, Change::Undecided, message)
}

/// Lines that a list of the repository leaves out; what they hold is not shown.
#[must_use]
pub fn left_out(file: File, rows: &[Row]) -> Option<Finding> {
    let first = rows.first()?;
    let lines = if rows.len() == 1 { "1 added line holds".to_owned() } else { format!("{} added lines hold", rows.len()) };
    let message = format!("{lines} what `{}` leaves out", first.list);
    let places = rows.iter().take(PLACES).map(|row| Place { file: file.path.to_owned(), line: row.line }).collect();
    let of = of_file(file, EXCLUDED, Severity::Error, Change::Introduced, message);
    Some(Finding { line: first.line, end_line: first.line, places, ..of })
}

/// A file that a list leaves out got another name, and the list has the old one.
#[must_use]
pub fn renamed(file: File, was: &str, list: &str) -> Finding {
    let message = format!("`{list}` leaves out `{was}`, which is called otherwise now");
    of_file(file, EXCLUDED, Severity::Error, Change::Weakened, message)
}

/// A pointer of this program became the data themselves.
#[must_use]
pub fn replaced(file: File, program: &str) -> Finding {
    let message = format!("a pointer of {program} stood here, and now the data themselves are in the repository");
    of_file(file, POINTER, Severity::Warning, Change::Weakened, message)
}

fn of_file(file: File, policy: &str, severity: Severity, change: Change, message: String) -> Finding {
    let prose = prose(policy).unwrap_or_default();
    Finding {
        policy: policy.to_owned(),
        title: prose.title,
        severity,
        change,
        area: "data".to_owned(),
        setting: policy.rsplit('/').next().unwrap_or_default().to_owned(),
        surface: Surface::Record,
        scope: None,
        path_class: file.class,
        file: file.path.to_owned(),
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 1,
        base: None,
        head: None,
        message,
        why: Some(prose.why),
        fix: Some(prose.fix),
        refs: prose.refs,
        fingerprint: digest(&format!("{policy}\n{}", file.path)),
        places: vec![Place { file: file.path.to_owned(), line: 1 }],
        also: Vec::new(),
        waiver: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::{BUDGET, Changed, scan};
    use super::*;

    fn of(path: &str, head: &[u8], budget: usize) -> Vec<Finding> {
        let changed = Changed { path, base: None, head, id: "x" };
        findings(File { path, class: PathClass::Product }, &scan(&Kind::ALL, &changed, &mut budget.clone()))
    }

    #[test]
    fn a_finding_counts_and_masks() {
        let found = of("data/people.csv", b"a;jane.roe@mail.org\nb;john.roe@mail.org\nc;+49 30 901820567\n", BUDGET);
        let said: Vec<(&str, Severity, usize)> = found.iter().map(|one| (one.policy.as_str(), one.severity, one.places.len())).collect();
        assert_eq!(said, [("data/email", Severity::Error, 2), ("data/phone", Severity::Warning, 1)]);
        assert_eq!(found[0].message, "2 added lines hold 2 addresses of mail, the first `j***@m***.org`");
        assert_eq!(found[0].head.as_ref().unwrap().value.as_deref(), Some("j***@m***.org and 1 more"));
        assert!(!format!("{found:?}").contains("roe"));
    }

    #[test]
    fn what_was_not_looked_at_is_undecided() {
        let found = of("a.csv", b"x", 0);
        assert_eq!((found[0].change, found[0].severity), (Change::Undecided, Severity::Error));
        let found = of("a.gz", b"\x1f\x8b\x08", BUDGET);
        assert_eq!((found[0].change, found[0].severity), (Change::Undecided, Severity::Warning));
    }
}
