//! Puts the base's bytes back where a default got weaker: one finding after another, each edit judged before it counts.
//!
//! Nothing but the bytes of the setting is touched, and an edit that does not make the finding go away, or brings another one, is not made.

use std::collections::{BTreeMap, BTreeSet};

use similar::{DiffOp, TextDiff};

use crate::check::{Compared, Request, check};
use crate::policy::catalogue::Catalogue;
use crate::report::model::{Change, Finding, Report, Severity, Side, StateWord};
use crate::revision::{Error, Revision, Store};
use crate::span::LineIndex;

/// The largest file that is edited, in bytes.
const MOST_BYTES: u64 = 2 << 20;

/// Judgements of one run: each edit takes one.
const MOST_EDITS: usize = 200;

/// One file before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// As it lies on the disk.
    pub before: String,
    /// As it would be.
    pub after: String,
}

/// What came of it.
#[derive(Debug)]
pub struct Fixed {
    /// The files to write, by path.
    pub files: BTreeMap<String, Edited>,
    /// One line for each edit: `compose.yaml:5 VLLM_NO_USAGE_STATS`.
    pub edits: Vec<String>,
    /// The judgement with the edits in place: what is left is for people.
    pub left: Report,
}

/// Plans the edits of the work tree against a base. Writes nothing.
///
/// # Errors
/// Objects are missing, or the disk cannot be read.
pub fn plan(store: &Store, catalogue: &Catalogue, compared: &Compared, request: &Request) -> Result<Fixed, Error> {
    let Some(base) = compared.base.first() else { return Err(Error::NoBase("there is nothing to take bytes from".to_string())) };
    let mut fixed = Fixed { files: BTreeMap::new(), edits: Vec::new(), left: check(store, catalogue, compared, request)? };
    let mut given_up: BTreeSet<String> = BTreeSet::new();
    for _ in 0..MOST_EDITS {
        let next = fixed.left.findings.iter().find(|finding| fails(finding) && !given_up.contains(&identity(finding)));
        let Some(finding) = next.cloned() else { break };
        given_up.insert(identity(&finding));
        let Some((path, edited)) = edit(store, base, &finding, &fixed.files)? else { continue };
        let mut files = fixed.files.clone();
        files.insert(path, edited);
        store.pretend(files.iter().map(|(path, edited)| (path.clone(), edited.after.clone().into_bytes())).collect());
        let report = check(store, catalogue, compared, request);
        store.pretend(fixed.files.iter().map(|(path, edited)| (path.clone(), edited.after.clone().into_bytes())).collect());
        let report = report?;
        if better(&fixed.left, &report) {
            // other places of the same finding come up again under the same name
            given_up.remove(&identity(&finding));
            fixed.edits.push(format!("{}:{} {}", finding.file, finding.line, finding.setting));
            store.pretend(files.iter().map(|(path, edited)| (path.clone(), edited.after.clone().into_bytes())).collect());
            fixed.files = files;
            fixed.left = report;
        }
    }
    store.pretend(BTreeMap::new());
    Ok(fixed)
}

/// What is worth an edit: the effect of a change, above a note.
fn fails(finding: &Finding) -> bool {
    matches!(finding.change, Change::Weakened | Change::Removed | Change::Undecided)
        && finding.severity <= Severity::Warning
        && finding.waiver.is_none()
}

fn identity(finding: &Finding) -> String {
    format!("{} {}:{}", finding.fingerprint, finding.file, finding.line)
}

/// Fewer places fail, and none fails that did not before.
fn better(before: &Report, after: &Report) -> bool {
    let places = |report: &Report| -> usize {
        report.findings.iter().filter(|finding| can_fail(finding)).map(|finding| finding.places.len().max(1)).sum()
    };
    let names = |report: &Report| -> BTreeSet<(String, String)> {
        let failing = report.findings.iter().filter(|finding| can_fail(finding));
        failing.map(|finding| (finding.policy.clone(), finding.file.clone())).collect()
    };
    after.errors.len() <= before.errors.len() && places(after) < places(before) && names(after).is_subset(&names(before))
}

fn can_fail(finding: &Finding) -> bool {
    finding.change.can_fail() && finding.severity <= Severity::Warning
}

/// The edit that undoes one finding, in what the files would be by now. `None` where no bytes of the base fit.
fn edit(store: &Store, base: &Revision, finding: &Finding, files: &BTreeMap<String, Edited>) -> Result<Option<(String, Edited)>, Error> {
    let Some((side, old_path)) = finding.base.as_ref().and_then(|side| Some((side, side.file.as_deref()?))) else { return Ok(None) };
    let Some(old) = text_of(store, base, old_path)? else { return Ok(None) };
    let path = &finding.file;
    // bytes of one format mean nothing in another one
    if crate::read::group(old_path) != crate::read::group(path) {
        return Ok(None);
    }
    let Some(before) = text_of(store, &Revision::WorkTree, path)? else { return Ok(None) };
    let now = files.get(path).map_or(before.as_str(), |edited| &edited.after);
    let gone = finding.head.as_ref().is_none_or(|head| head.state == StateWord::Unset);
    let after = if gone { with_lines(&old, now, side) } else { with_span(&old, now, side, finding) };
    let before = files.get(path).map_or(before.clone(), |edited| edited.before.clone());
    Ok(after.map(|after| (path.clone(), Edited { before, after })))
}

/// The base's bytes in the place of the head's; both are about the same name.
fn with_span(old: &str, now: &str, side: &Side, finding: &Finding) -> Option<String> {
    let from = range(old, side.line?, side.column?, side.end_line?, side.end_column?)?;
    let to = range(now, finding.line, finding.column, finding.end_line, finding.end_column)?;
    let (bytes, replaced) = (old.get(from)?, now.get(to.clone())?);
    let name = finding.setting.rsplit(['.', '/', '[']).next().unwrap_or(&finding.setting).trim_matches([']', '-']).to_ascii_lowercase();
    let names_it = |text: &str| name.is_empty() || text.to_ascii_lowercase().contains(&name);
    // bytes of several lines fit only where they stand equally deep
    if names_it(bytes) != names_it(replaced) || bytes.contains('\n') && side.column != Some(finding.column) {
        return None;
    }
    Some([now.get(..to.start)?, bytes, now.get(to.end..)?].concat())
}

/// The base's whole lines, put back where a comparison of lines sees them leave.
fn with_lines(old: &str, now: &str, side: &Side) -> Option<String> {
    let (first, last) = (side.line? as usize - 1, side.end_line? as usize);
    let diff = TextDiff::from_lines(old, now);
    let at = diff.ops().iter().find_map(|op| match op {
        DiffOp::Delete { old_index, old_len, new_index } | DiffOp::Replace { old_index, old_len, new_index, .. }
            if *old_index <= first && first < old_index + old_len =>
        {
            Some(*new_index)
        }
        _ => None,
    })?;
    let lines: Vec<&str> = old.split_inclusive('\n').collect();
    let back = lines.get(first..last)?.concat();
    let (above, below): (Vec<_>, Vec<_>) = now.split_inclusive('\n').enumerate().partition(|(index, _)| *index < at);
    let join = |part: Vec<(usize, &str)>| part.into_iter().map(|(_, line)| line).collect::<String>();
    let (mut above, below) = (join(above), join(below));
    if !above.is_empty() && !above.ends_with('\n') {
        above.push('\n');
    }
    let ending = if back.ends_with('\n') || below.is_empty() { "" } else { "\n" };
    Some([above.as_str(), &back, ending, &below].concat())
}

/// The bytes between two places (from 1, columns in characters, the last one exclusive).
fn range(text: &str, line: u32, column: u32, end_line: u32, end_column: u32) -> Option<std::ops::Range<usize>> {
    let index = LineIndex::new(text);
    let offset = |line: u32, column: u32| -> Option<usize> {
        let start = index.start_of(line)? as usize;
        let mark = if start == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let rest = text.get(start + mark..)?;
        let characters = usize::try_from(column).ok()?.checked_sub(1)?;
        let bytes: usize = rest.chars().take(characters).map(char::len_utf8).sum();
        Some(start + mark + bytes)
    };
    let range = offset(line, column)?..offset(end_line, end_column)?;
    (range.start < range.end && text.get(range.clone()).is_some()).then_some(range)
}

/// A file's text; `None` where it is not there, no UTF-8, a link or too large.
fn text_of(store: &Store, revision: &Revision, path: &str) -> Result<Option<String>, Error> {
    let listing = store.list(revision, &|known| known == path)?;
    let Some(blob) = listing.blobs.first() else { return Ok(None) };
    let bytes = store.reader().read(revision, blob, MOST_BYTES).ok();
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
}
