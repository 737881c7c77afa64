//! Lines that left one `.gitignore` for another one below it. Each file is asked by itself; together they leave out what they left
//! out before. Only the tree tells, and it is asked only where such a finding would alarm.

use super::load::Sides;
use crate::judge::input::folder;
use crate::policy::file::Order;
use crate::read::decision::{Language, decide};
use crate::report::model::{Change, Finding};
use crate::revision::{Error, Revision};
use crate::setting::Surface;

/// Files below that are read.
const MOST: usize = 40;
/// Bytes of one of them.
const BYTES: u64 = 1 << 20;

/// Whether everything that a `.gitignore` no longer leaves out is left out by one below it.
///
/// # Errors
/// Objects are missing.
pub fn ignored_below(sides: &Sides, finding: &Finding) -> Result<bool, Error> {
    let own = finding.file.rsplit('/').next() == Some(".gitignore");
    if !own || finding.surface != Surface::Decision || !matches!(finding.change, Change::Weakened | Change::Removed) {
        return Ok(false);
    }
    let policies = [&finding.policy].into_iter().chain(&finding.also);
    let indices = policies.filter_map(|policy| sides.catalogue.index_of(policy));
    let asked: Vec<String> = indices
        .filter_map(|index| sides.catalogue.policies().get(index))
        .filter_map(|policy| if let Some(Order::Decision(order)) = &policy.rule.safety { Some(order.of.0.clone()) } else { None })
        .flatten()
        .collect();
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let place = folder(&finding.file);
    let answers = |revision: &Revision| -> Result<Vec<bool>, Error> {
        let text = text(sides, revision, &finding.file)?;
        Ok(said(&text, &asked))
    };
    let (was, is) = (answers(sides.base)?, answers(sides.head)?);
    let lost: Vec<&str> = asked.iter().zip(was.iter().zip(&is)).filter(|(_, (was, is))| **was && !**is).map(|(path, _)| *path).collect();
    if lost.is_empty() {
        return Ok(false);
    }
    let inside = |path: &str| path != finding.file && path.ends_with("/.gitignore");
    let mut left = lost;
    for blob in sides.store.list_below(sides.head, place, &inside)?.blobs.into_iter().take(MOST) {
        let of = folder(&blob.path);
        let of = if place.is_empty() { of } else { of.strip_prefix(place).unwrap_or(of).trim_start_matches('/') };
        let below = |path: &&str| path.strip_prefix(of).and_then(|rest| rest.strip_prefix('/')).map(str::to_owned);
        if !left.iter().any(|path| below(path).is_some()) {
            continue;
        }
        let lines = text(sides, sides.head, &blob.path)?;
        left.retain(|path| below(path).is_none_or(|rest| said(&lines, &[&rest]) != [true]));
    }
    Ok(left.is_empty())
}

/// What the lines of one file leave out.
fn said(text: &str, paths: &[&str]) -> Vec<bool> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    decide(Language::Git, &lines, paths, &["/"]).unwrap_or_default()
}

fn text(sides: &Sides, revision: &Revision, path: &str) -> Result<String, Error> {
    let Some(blob) = sides.store.find(revision, path)? else { return Ok(String::new()) };
    let bytes = sides.store.reader().read(revision, &blob, BYTES).unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
