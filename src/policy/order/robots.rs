//! `decision` over `robots.txt`: the questions are crawlers and paths, and the paths may be those that the files' own rules name, so
//! that two files are compared with each other and not each with fixed answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Comparison;
use crate::policy::file::DecisionOrder;
use crate::read::decision::robots::{ALL_AI_CRAWLERS, Groups, ai_crawlers, escaped};
use crate::value::Value;

/// The word of `at` for all paths that rules of either file name, asked of crawlers that have a group in one of them.
const RULES: &str = "**";

/// Patterns that one comparison holds against paths; beyond, a person must look.
const WORK: usize = 40_000_000;

/// The groups of a file's lines.
pub(super) fn rank(value: &Value) -> Option<Arc<Groups>> {
    let Value::List(items) = value else { return None };
    let lines: Vec<String> =
        items.iter().map(|item| super::plain_text(item, "").map(std::borrow::Cow::into_owned)).collect::<Option<_>>()?;
    Some(Arc::new(Groups::of(lines.iter().map(String::as_str))))
}

/// A file that gives one answer to everything.
pub(super) fn all(order: &DecisionOrder, rung: usize) -> Arc<Groups> {
    let disallows = order.order.0.get(rung).is_some_and(|word| word == "disallowed");
    Arc::new(Groups::of(if disallows { ["User-agent: *", "Disallow: /"].as_slice() } else { &[] }.iter().copied()))
}

/// A crawler that loses its safe answer somewhere makes the file weaker, whatever others gain: each is a question of its own.
pub(super) fn compare(order: &DecisionOrder, a: &Groups, b: &Groups) -> Comparison {
    if a == b {
        return Comparison::Same;
    }
    match (lost(order, a, b), lost(order, b, a)) {
        (Some(lost), _) if !lost.is_empty() => Comparison::Weaker,
        (Some(_), Some(won)) if won.is_empty() => Comparison::Same,
        (Some(_), Some(_)) => Comparison::Stronger,
        _ => Comparison::Incomparable,
    }
}

/// The questions that the first file answers with the safest word and the second does not, `GPTBot` at the site's root. Nothing
/// where there are too many to ask.
pub(super) fn lost(order: &DecisionOrder, a: &Groups, b: &Groups) -> Option<BTreeSet<String>> {
    let safe = order.order.0.first().is_some_and(|word| word == "allowed");
    let agents: BTreeSet<&str> =
        order.of.0.iter().flat_map(|of| if of == ALL_AI_CRAWLERS { ai_crawlers().collect() } else { vec![of.as_str()] }).collect();
    let fixed: Vec<String> = order.at.0.iter().filter(|at| *at != RULES).map(|at| escaped(at)).collect();
    let named: Vec<String> = if fixed.len() < order.at.0.len() {
        a.paths().chain(b.paths()).chain(["/".to_owned()]).collect::<BTreeSet<_>>().into_iter().collect()
    } else {
        Vec::new()
    };
    let asked = |agent: &str| if a.names(agent) || b.names(agent) { named.as_slice() } else { &[] };
    let questions: usize = agents.iter().map(|agent| fixed.len() + asked(agent).len()).sum();
    if questions.saturating_mul(a.rules_count() + b.rules_count() + 1) > WORK {
        return None;
    }
    let mut lost = BTreeSet::new();
    for agent in agents {
        for paths in [fixed.as_slice(), asked(agent)] {
            let answers = a.answers(agent, paths).zip(b.answers(agent, paths));
            let weaker = paths.iter().zip(answers).filter(|(_, (before, after))| *before == safe && *after != safe);
            lost.extend(weaker.map(|(path, _)| if path == "/" { agent.to_owned() } else { format!("{agent} at {path}") }));
        }
    }
    Some(lost)
}

/// The line that names the first crawler whose safe answer the other file does not give.
pub(super) fn first_lost(order: &DecisionOrder, value: &Value, other: &Groups) -> Option<usize> {
    let own = rank(value)?;
    let lost = lost(order, &own, other)?;
    let first = lost.first()?.split(" at ").next()?;
    let Value::List(items) = value else { return None };
    let names =
        |agent: &str| items.iter().position(|item| super::plain_text(item, "").is_some_and(|line| Groups::of([&*line]).names(agent)));
    names(first).or_else(|| names("*"))
}

/// Whether no rule of the second file speaks of what it lost.
pub(super) fn leaves_nothing(order: &DecisionOrder, a: &Groups, b: &Groups) -> bool {
    lost(order, a, b).is_some_and(|lost| {
        lost.iter().all(|question| {
            let (agent, path) = question.split_once(" at ").unwrap_or((question, "/"));
            !b.speaks(agent, path)
        })
    })
}

/// What one file answers safely and the other does not, or the other way round.
pub(super) fn told(order: &DecisionOrder, own: &Groups, other: &Groups) -> Option<String> {
    let word = |at: usize| order.order.0.get(at).map_or("", String::as_str);
    let some = |questions: &BTreeSet<String>| {
        let names: Vec<&str> = questions.iter().take(6).map(String::as_str).collect();
        format!("{}{}", names.join(", "), if questions.len() > names.len() { ", ..." } else { "" })
    };
    let (safer, weaker) = (lost(order, own, other)?, lost(order, other, own)?);
    match (safer.is_empty(), weaker.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("{}: {}", word(0), some(&safer))),
        (true, false) => Some(format!("{}: {}", word(1), some(&weaker))),
        (false, false) => Some(format!("{}: {}; {}: {}", word(0), some(&safer), word(1), some(&weaker))),
    }
}

/// For a posture: for how many of the crawlers it is safe.
pub(super) fn show(order: &DecisionOrder, groups: &Groups) -> String {
    let word = |at: usize| order.order.0.get(at).map_or("", String::as_str);
    match lost(order, &all(order, 0), groups) {
        Some(weak) if weak.is_empty() => word(0).to_owned(),
        Some(weak) => {
            let names: Vec<&str> = weak.iter().take(5).map(String::as_str).collect();
            format!("{}: {}{}", word(1), names.join(", "), if weak.len() > names.len() { ", ..." } else { "" })
        }
        None => String::new(),
    }
}
