//! What is wrong with an order as a policy writes it.

use super::text_pattern::TextPattern;
use super::{ladder, shape};
use crate::policy::file::{Order, Reach, Words};
use crate::policy::units;

/// Words that mean something in every order.
const RESERVED: [&str; 3] = ["safe", "weak", "unknown"];

/// Whether an order can be used.
///
/// # Errors
/// Says what is wrong: a reserved, missing or repeated rung, a circle, a pattern that does not compile, an unknown unit.
pub fn check(order: &Order) -> Result<(), String> {
    match order {
        Order::Switch | Order::Present(_) | Order::Pin | Order::Frozen | Order::Reach(Reach::Listen) => Ok(()),
        Order::Ladder(ladder) => one_ladder(ladder),
        Order::Ladders(ladders) => {
            if ladders.is_empty() {
                return Err("`ladders` is empty".into());
            }
            ladders.iter().try_for_each(|ladder| one_ladder(ladder))?;
            if ladder::has_circle(ladders) { Err("the ladders run in a circle".into()) } else { Ok(()) }
        }
        Order::Number(number) => {
            let unknown = number.unit.iter().find(|name| units::unit(name, None).is_none());
            unknown.map_or(Ok(()), |name| {
                Err(format!("the unit `{name}` is unknown; write days, hours, seconds, bytes, MB, share, percent ..."))
            })
        }
        Order::Members(set) => {
            patterns(&set.only.0)?;
            match &set.each {
                Some(each) if !(each.len() > 2 && each.starts_with('/') && each.ends_with('/')) => {
                    Err(format!("`each: {each}` is no regular expression; write it between slashes"))
                }
                each => patterns(each),
            }
        }
        Order::Shape(shapes) => {
            words("shape", shapes.iter().map(|shape| &shape.name))?;
            let likes = shapes.iter().flat_map(|shape| &shape.like.0);
            if shapes.iter().any(|shape| shape.like.0.is_empty()) {
                return Err("a shape has no pattern under `like`".into());
            }
            patterns(likes.filter(|like| *like != shape::OTHERWISE))
        }
        Order::Reach(Reach::Send(own)) => patterns(&own.0),
        Order::Secret(secret) => patterns(&secret.known.0),
        Order::Decision(decision) => {
            words("answer", &decision.order.0)?;
            let Some(language) = super::decision::language(decision) else { return Ok(()) };
            let answers = language.answers();
            let unknown = decision.order.0.iter().find(|word| !answers.contains(&word.as_str()));
            unknown
                .map_or(Ok(()), |word| Err(format!("`{word}` is no answer of {}; write {} or {}", decision.read, answers[0], answers[1])))
        }
        Order::AppendOnly(list) => {
            let unknown = list.same.0.iter().find(|step| !matches!(step.as_str(), "trim" | "lowercase" | "nfkc"));
            unknown.map_or(Ok(()), |step| Err(format!("`same: {step}` is unknown; write trim, lowercase or nfkc")))
        }
        Order::Parts(parts) => {
            if parts.is_empty() {
                return Err("`parts` is empty".into());
            }
            parts.iter().try_for_each(|(name, part)| match part {
                Order::Parts(_) => Err(format!("the part `{name}` has parts itself")),
                part => check(part).map_err(|error| format!("part `{name}`: {error}")),
            })
        }
    }
}

fn one_ladder(ladder: &[Words]) -> Result<(), String> {
    if ladder.iter().any(|rung| rung.0.is_empty()) {
        return Err("a rung of the ladder is empty".into());
    }
    words("rung", ladder.iter().flat_map(|rung| &rung.0))
}

/// Whether names are there, not reserved, and different.
fn words<'a>(what: &str, names: impl IntoIterator<Item = &'a String>) -> Result<(), String> {
    let mut seen: Vec<&String> = Vec::new();
    for name in names {
        if RESERVED.contains(&name.as_str()) {
            return Err(format!("a {what} is called `{name}`, which means something in every order"));
        }
        if seen.iter().any(|other| ladder::same_text(other, name)) {
            return Err(format!("the {what} `{name}` stands twice"));
        }
        seen.push(name);
    }
    if seen.is_empty() { Err(format!("there is no {what}")) } else { Ok(()) }
}

fn patterns<'a>(patterns: impl IntoIterator<Item = &'a String>) -> Result<(), String> {
    patterns.into_iter().try_for_each(|pattern| TextPattern::new(pattern).check())
}
