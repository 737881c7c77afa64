//! Runs policies' own examples through the same readers and the same judge as `check`.

use crate::check::read_text;
use crate::judge::input::PairIn;
use crate::judge::judgement::judge_all;
use crate::policy::catalogue::Catalogue;
use crate::policy::file::{Example, Files, Policy};
use crate::report::build::findings;
use crate::report::model::{Change, Finding};

/// An example that does not come out as said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The policy.
    pub policy: String,
    /// The example's name.
    pub example: String,
    /// What was expected and what came out.
    pub message: String,
}

/// Runs all examples of a policy; the catalogue must hold it.
#[must_use]
pub fn run(catalogue: &Catalogue, policy: &Policy) -> Vec<Failure> {
    let failed = |example: &Example| {
        let message = try_example(catalogue, policy, example).err()?;
        Some(Failure { policy: policy.id.clone(), example: example.name.clone(), message })
    };
    policy.examples.iter().filter_map(failed).chain(idle(catalogue, policy)).collect()
}

/// A policy that reports under another's name must find something itself: its examples would otherwise pass without it.
fn idle(catalogue: &Catalogue, policy: &Policy) -> Option<Failure> {
    policy.reported_as.as_ref()?;
    let own = catalogue.policies().iter().position(|slot| slot.head.id == policy.id)?;
    let speaks = |example: &&Example| {
        let Ok(pairs) = pairs(catalogue, example) else { return false };
        judge_all(catalogue, &pairs).found.iter().any(|one| one.instance.policy == own || one.also.contains(&own))
    };
    let example = policy.examples.iter().find(|example| !example.expect.0.is_empty())?;
    if policy.examples.iter().filter(|example| !example.expect.0.is_empty()).any(|example| speaks(&example)) {
        return None;
    }
    let message = "all examples would pass without this policy: show a change that no other policy finds".to_owned();
    Some(Failure { policy: policy.id.clone(), example: example.name.clone(), message })
}

fn try_example(catalogue: &Catalogue, policy: &Policy, example: &Example) -> Result<(), String> {
    let pairs = pairs(catalogue, example)?;
    let judgement = judge_all(catalogue, &pairs);
    let all = findings(&judgement.world, &judgement.found);
    let id = policy.reported_as.as_ref().unwrap_or(&policy.id);
    let own: Vec<&Finding> = all
        .iter()
        .filter(|finding| finding.policy == *id || finding.also.contains(id))
        .filter(|finding| expects(example, finding.change) || finding.change.can_fail())
        .collect();
    let mut left = own.clone();
    for expected in &example.expect.0 {
        let fits = |finding: &&Finding| {
            finding.change.word() == expected.change
                && expected.file.as_ref().is_none_or(|file| *file == finding.file)
                && expected.line.is_none_or(|line| line == finding.line)
        };
        let Some(at) = left.iter().position(fits) else {
            return Err(format!("expected {}{}, found {}", expected.change, place(expected), listed(&own, &all)));
        };
        left.remove(at);
    }
    // one expectation of a change stands for every finding of that change
    left.retain(|finding| !example.expect.0.iter().any(|expected| expected.change == finding.change.word()));
    if left.is_empty() { Ok(()) } else { Err(format!("expected {}, found {}", wanted(example), listed(&own, &all))) }
}

fn expects(example: &Example, change: Change) -> bool {
    example.expect.0.iter().any(|expected| expected.change == change.word())
}

fn place(expected: &crate::policy::file::Expectation) -> String {
    match (&expected.file, expected.line) {
        (Some(file), Some(line)) => format!(" at {file}:{line}"),
        (Some(file), None) => format!(" in {file}"),
        _ => String::new(),
    }
}

fn wanted(example: &Example) -> String {
    if example.expect.0.is_empty() {
        return "nothing".into();
    }
    example.expect.0.iter().map(|expected| expected.change.clone()).collect::<Vec<_>>().join(", ")
}

fn listed(own: &[&Finding], all: &[Finding]) -> String {
    let show = |finding: &Finding| format!("{} at {}:{} ({})", finding.change.word(), finding.file, finding.line, finding.message);
    if !own.is_empty() {
        return own.iter().map(|finding| show(finding)).collect::<Vec<_>>().join("; ");
    }
    let others: Vec<String> = all.iter().map(|finding| format!("{} by {}", finding.change.word(), finding.policy)).collect();
    if others.is_empty() { "nothing".into() } else { format!("nothing of its own (but {})", others.join(", ")) }
}

/// The files of both sides; a file of one name on both sides is a pair.
fn pairs(catalogue: &Catalogue, example: &Example) -> Result<Vec<PairIn>, String> {
    let texts = |files: &Files| -> Result<Vec<(String, String)>, String> {
        match files {
            Files::Many(files) => Ok(files.iter().map(|(path, text)| (path.clone(), text.clone())).collect()),
            Files::One(text) => {
                let path = example.file.clone().ok_or("base and head are texts, but `file` does not say of which file")?;
                Ok(vec![(path, text.clone())])
            }
        }
    };
    let (base, head) = (texts(&example.base)?, texts(&example.head)?);
    let mut paths: Vec<&String> = base.iter().chain(&head).map(|(path, _)| path).collect();
    paths.sort();
    paths.dedup();
    let of = |side: &[(String, String)], path: &String| {
        side.iter().find(|(other, _)| other == path).map(|(path, text)| read_text(catalogue, path, text))
    };
    Ok(paths
        .into_iter()
        .map(|path| {
            let (base, head) = (of(&base, path), of(&head, path));
            let same = matches!((&base, &head), (Some(base), Some(head)) if base.text() == head.text());
            PairIn { base, head, context: same }
        })
        .collect())
}
