//! Waivers against findings: which finding is accepted by whom, which waiver is new, which can never count.

use super::approvals::Approvals;
use super::file::{PATH, Waiver, parse};
use crate::config::fault::{Fault, Key, place};
use crate::config::rules::{OwnFile, read};
use crate::gate::owners::Deciding;
use crate::gate::{Place, Raised, Said};
use crate::read::decision::owners;
use crate::read::tree::yaml;
use crate::report::model::{Change, Finding, Severity, Side, StateWord};
use crate::revision::{Error, Revision, Store};
use crate::span::Span;

/// The places where CODEOWNERS may stand, the first that is there counts.
pub const CODEOWNERS: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// Both sides' waivers, and what decides over them.
#[derive(Debug)]
pub struct Waivers {
    base: Vec<Waiver>,
    head: Vec<Waiver>,
    file: Option<OwnFile>,
    /// Who may waive, as the base says.
    owners: Vec<String>,
    most_days: u32,
}

/// What a run knows about approvals.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// Where the objects are.
    pub store: &'a Store,
    /// Before.
    pub base: &'a Revision,
    /// After.
    pub head: &'a Revision,
    /// The day, `YYYY-MM-DD`.
    pub date: &'a str,
    /// Who approved the head commit.
    pub approvals: Option<&'a Approvals>,
    /// A local run: what waits for its owner is shown and does not block.
    pub local: bool,
    /// One revision by itself: nothing is new in it.
    pub alone: bool,
}

/// Whether a waiver counts.
enum Counts {
    Yes(String),
    Pending,
    No,
}

impl Waivers {
    /// Reads both sides; none where neither has a waiver file. `owners` and `most_days` are those of the base's configuration.
    ///
    /// # Errors
    /// Objects are missing; and as the inner error, the fault of the head's file.
    pub fn find(at: &Circumstances, owners: &[String], most_days: u32) -> Result<Option<Result<Self, Fault>>, Error> {
        let of = |revision: &Revision| -> Result<Option<Result<OwnFile, Fault>>, Error> {
            Ok(at.store.find(revision, PATH)?.map(|blob| read(at.store, revision, &blob)))
        };
        let (base, head) = (of(at.base)?, of(at.head)?);
        if base.is_none() && head.is_none() {
            return Ok(None);
        }
        // what cannot be read at base accepts nothing
        let base = base.and_then(Result::ok).and_then(|file| parse(PATH, &file.text).ok()).unwrap_or_default();
        let (waivers, file) = match head {
            None => (Vec::new(), None),
            Some(Err(fault)) => return Ok(Some(Err(fault))),
            Some(Ok(file)) => match parse(PATH, &file.text) {
                Ok(waivers) => (waivers, Some(file)),
                Err(fault) => return Ok(Some(Err(fault))),
            },
        };
        let owners =
            if owners.is_empty() { Deciding::find(at.store, if at.alone { at.head } else { at.base })?.names() } else { owners.to_vec() };
        Ok(Some(Ok(Self { base, head: waivers, file, owners, most_days })))
    }

    /// Marks accepted findings.
    pub fn accept(&self, findings: &mut [Finding], at: &Circumstances) {
        for finding in findings.iter_mut().filter(|finding| finding.change.can_fail() && !finding.policy.starts_with("gate/waiver-")) {
            finding.waiver = self.acceptance(finding, at);
        }
    }

    /// By whom all places of a finding are accepted.
    fn acceptance(&self, finding: &Finding, at: &Circumstances) -> Option<String> {
        let mut files: Vec<&str> = finding.places.iter().map(|place| place.file.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        let first = finding.file.as_str();
        let mut words = Vec::new();
        for file in files {
            let was = finding.base.as_ref().and_then(|base| base.file.as_deref()).filter(|_| file == first);
            let mut best = None;
            for waiver in self.base.iter().chain(&self.head).filter(|waiver| fits(waiver, finding, [Some(file), was], at)) {
                match self.counts(waiver, finding, at) {
                    Counts::Yes(by) => best = Some(by),
                    Counts::Pending => best = best.or_else(|| Some(format!("pending: {} has to approve it", waiver.owner))),
                    Counts::No => continue,
                }
                if best.as_ref().is_some_and(|best| !best.starts_with("pending")) {
                    break;
                }
            }
            words.push(best?);
        }
        words.sort();
        words.dedup();
        // one place that still waits keeps the whole waiting
        words.iter().find(|word| word.starts_with("pending")).or(words.first()).cloned()
    }

    fn authorised(&self, owner: &str) -> bool {
        self.owners.iter().any(|known| known.eq_ignore_ascii_case(owner))
    }

    fn counts(&self, waiver: &Waiver, finding: &Finding, at: &Circumstances) -> Counts {
        if waiver.ill_made(at.date, self.most_days).is_some() || !self.authorised(&waiver.owner) {
            return Counts::No;
        }
        let words = |by: &str| format!("{by} until {}: {}", waiver.expires, waiver.reason);
        if self.base.iter().any(|standing| waiver.within(standing)) {
            return Counts::Yes(words(&format!("accepted by {}", waiver.owner)));
        }
        if let Some(user) = approved(waiver, Some(finding), at) {
            return Counts::Yes(words(&format!("accepted by {} ({user})", waiver.owner)));
        }
        if at.local { Counts::Pending } else { Counts::No }
    }

    /// Findings about the waivers themselves.
    #[must_use]
    pub fn raised(&self, findings: &[Finding], at: &Circumstances) -> Vec<(Raised<'_>, Option<String>)> {
        let Some(file) = &self.file else { return Vec::new() };
        let tree = yaml::parse(&file.text);
        let mut raised = Vec::new();
        for (index, waiver) in self.head.iter().enumerate() {
            let here = Place { file, span: place(&tree, &[Key::Name("waivers"), Key::Item(index)]) };
            let place = Place { file, span: Span { start: here.span.start, end: line_end(&file.text, here.span.start) } };
            let standing = self.base.iter().any(|old| waiver.within(old));
            let unauthorised = || {
                let known = if self.owners.is_empty() { "nobody".to_owned() } else { self.owners.join(", ") };
                format!(
                    "`{}` may not waive here ({known} may): the base's privgate.yaml names owners under `waivers`, or its CODEOWNERS those of {PATH}",
                    waiver.owner
                )
            };
            let wrong = waiver.ill_made(at.date, self.most_days).or_else(|| (!self.authorised(&waiver.owner)).then(unauthorised));
            if let Some(wrong) = wrong {
                let severity = if standing && !at.alone { Severity::Note } else { Severity::Error };
                raised.push((invalid(waiver, place, severity, &format!("this waiver does not count: {wrong}")), None));
            } else if !standing && !at.alone {
                let settled = approved(waiver, None, at).map(|user| format!("approved by {user} for {}", waiver.owner));
                let settled = settled.or_else(|| at.local.then(|| format!("pending: {} has to approve it", waiver.owner)));
                raised.push((added(waiver, place, self.base.iter().find(|old| old.same_change(waiver))), settled));
            } else if findings.iter().any(|finding| undoes(finding, waiver)) {
                let message = "this change undoes what the waiver accepted: delete the waiver, or the same weakening passes once more";
                raised.push((invalid(waiver, place, Severity::Note, message), None));
            }
        }
        raised
    }
}

/// Which approval settles a new waiver: one of the head commit, or one of a change that the head brings in, in which it stood as it is.
fn approved(waiver: &Waiver, finding: Option<&Finding>, at: &Circumstances) -> Option<String> {
    let head = at.head.commit()?.to_string();
    let known = at.approvals?;
    let mut approvals = known.of(&waiver.owner, &head);
    let found = approvals.find(|one| one.commit.eq_ignore_ascii_case(&head) || merges(&one.commit, waiver, finding, at));
    let landed = || {
        let mut changes = known.landed.iter().filter(|_| known.asked_for(&head));
        changes.find_map(|change| change.of(&waiver.owner).next().filter(|_| held(&change.waivers, waiver)))
    };
    found.or_else(landed).map(|one| one.user.clone())
}

/// Whether the text of a waiver file holds this waiver.
fn held(text: &str, waiver: &Waiver) -> bool {
    parse(PATH, text).is_ok_and(|waivers| waivers.contains(waiver))
}

/// Whether a waiver speaks of this finding in one of these files.
fn fits(waiver: &Waiver, finding: &Finding, files: [Option<&str>; 2], at: &Circumstances) -> bool {
    waiver.policy == finding.policy
        && files.into_iter().flatten().any(|file| file == waiver.file)
        && waiver.scope == finding.scope
        && waiver.setting == finding.setting
        && says(waiver.from.as_deref(), finding.base.as_ref(), at.store, at.base)
        && says(waiver.to.as_deref(), finding.head.as_ref(), at.store, at.head)
}

/// Whether a waiver's value is that of one side; an unreadable file is named by its object.
fn says(value: Option<&str>, side: Option<&Side>, store: &Store, revision: &Revision) -> bool {
    match (value, side) {
        (None, None) => true,
        (Some(value), Some(side)) if side.state == StateWord::Unreadable => {
            let blob = side.file.as_deref().and_then(|file| store.standing(revision, file).ok().flatten());
            blob.is_some_and(|blob| blob.id.to_string().eq_ignore_ascii_case(value))
        }
        (Some(value), Some(side)) => side.value.as_deref() == Some(value),
        _ => false,
    }
}

/// Whether the head is a merge that brings the approved commit in as it was approved: the waiver and what it is about are the same.
fn merges(approved: &str, waiver: &Waiver, finding: Option<&Finding>, at: &Circumstances) -> bool {
    let same = || -> Option<bool> {
        let head = at.head.commit()?;
        let merged = at.store.parents(head).ok()?.into_iter().skip(1).any(|parent| parent.to_string().eq_ignore_ascii_case(approved));
        if !merged {
            return Some(false);
        }
        let revision = at.store.resolve(approved).ok()?;
        let there = at.store.find(&revision, PATH).ok()??;
        let there = read(at.store, &revision, &there).ok()?;
        let stands = parse(PATH, &there.text).ok()?.contains(waiver);
        let files: Vec<&str> = match finding {
            Some(finding) => finding.places.iter().map(|place| place.file.as_str()).collect(),
            None => vec![waiver.file.as_str()],
        };
        let id = |revision: &Revision, file: &str| at.store.find(revision, file).ok().flatten().map(|blob| blob.id);
        Some(stands && files.iter().all(|file| id(&revision, file) == id(at.head, file)))
    };
    same().unwrap_or(false)
}

/// Whether a finding takes back what a waiver accepted.
fn undoes(finding: &Finding, waiver: &Waiver) -> bool {
    let value = |side: &Option<Side>| side.as_ref().and_then(|side| side.value.clone());
    finding.change == Change::Strengthened
        && (finding.policy == waiver.policy || finding.also.contains(&waiver.policy))
        && finding.file == waiver.file
        && finding.scope == waiver.scope
        && value(&finding.base) == waiver.to
}

fn named(waiver: &Waiver) -> String {
    let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
    format!("{}: {} {} -> {}", waiver.policy, waiver.setting, word(&waiver.from), word(&waiver.to))
}

fn invalid<'a>(waiver: &Waiver, place: Place<'a>, severity: Severity, message: &str) -> Raised<'a> {
    Raised {
        id: "gate/waiver-invalid",
        change: Change::Introduced,
        severity,
        setting: named(waiver),
        base: Said::Gone,
        head: Said::Written(place, format!("{} until {}", waiver.owner, waiver.expires)),
        near: place,
        message: message.to_owned(),
    }
}

fn added<'a>(waiver: &Waiver, place: Place<'a>, old: Option<&Waiver>) -> Raised<'a> {
    let words = |waiver: &Waiver| format!("{} until {}", waiver.owner, waiver.expires);
    let message = match old {
        Some(old) => format!("a waiver is widened from {} to {}: {}", words(old), words(waiver), named(waiver)),
        None => format!("a waiver is added: {}, owner {}", named(waiver), words(waiver)),
    };
    Raised {
        id: "gate/waiver-added",
        change: if old.is_some() { Change::Weakened } else { Change::Introduced },
        severity: Severity::Error,
        setting: named(waiver),
        base: old.map_or(Said::Gone, |old| Said::Unset(words(old))),
        head: Said::Written(place, words(waiver)),
        near: place,
        message,
    }
}

fn line_end(text: &str, start: u32) -> u32 {
    let rest = text.get(start as usize..).unwrap_or("");
    start + rest.lines().next().map_or(0, |line| u32::try_from(line.len()).unwrap_or(0))
}

/// Whom the text of a CODEOWNERS file names for the waiver file; nobody where it is too long to be read.
#[must_use]
pub fn owners_named(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    if lines.len() > crate::read::decision::LINES {
        return Vec::new();
    }
    let rules = owners::rules(&lines);
    owners::of(&rules, PATH).into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
