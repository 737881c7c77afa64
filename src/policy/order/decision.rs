//! `decision`: what a file decides, for each `of` at each `at`. A rank is the set of questions whose answer is not the safest one.

use std::collections::BTreeSet;

use super::{Rank, plain_text};
use crate::policy::file::DecisionOrder;
use crate::read::decision::{Language, decide};
use crate::value::Value;

/// The language of a file whose lines are asked; nothing where a reader gives the answers themselves.
pub(super) fn language(order: &DecisionOrder) -> Option<Language> {
    Language::by_name(&order.read)
}

/// The questions that the lines of a file do not answer with the safest word.
pub(super) fn rank(order: &DecisionOrder, language: Language, value: &Value) -> Option<Rank> {
    let Value::List(items) = value else { return None };
    let lines: Vec<String> = items.iter().map(|item| plain_text(item, "").map(std::borrow::Cow::into_owned)).collect::<Option<_>>()?;
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let words = |words: &'_ crate::policy::file::Words| words.0.clone();
    let (of, at) = (words(&order.of), words(&order.at));
    let of: Vec<&str> = of.iter().map(String::as_str).collect();
    let at: Vec<&str> = at.iter().map(String::as_str).collect();
    let safest = order.order.0.first()?;
    let [yes, no] = language.answers();
    let answers = decide(language, &lines, &of, &at)?;
    let weak = questions(order).zip(answers).filter(|(_, answer)| (if *answer { yes } else { no }) != safest);
    Some(Rank::Records(weak.map(|(question, _)| question).collect()))
}

/// The rank of one answer to all questions.
pub(super) fn all(order: &DecisionOrder, rung: usize) -> Rank {
    Rank::Records(if rung == 0 { BTreeSet::new() } else { questions(order).collect() })
}

pub(super) fn show(order: &DecisionOrder, weak: &BTreeSet<String>) -> String {
    let word = |at: usize| order.order.0.get(at).map_or("", String::as_str);
    if weak.is_empty() {
        return word(0).to_owned();
    }
    let names: Vec<&str> = weak.iter().take(5).map(String::as_str).collect();
    let more = if weak.len() > names.len() { ", …" } else { "" };
    format!("{}: {}{more}", word(order.order.0.len().saturating_sub(1)), names.join(", "))
}

/// In the order in which they are asked.
fn questions(order: &DecisionOrder) -> impl Iterator<Item = String> + '_ {
    let one = order.at.0.len() == 1;
    order.of.0.iter().flat_map(move |of| order.at.0.iter().map(move |at| if one { of.clone() } else { format!("{of} at {at}") }))
}
