//! Promises that stand at head against what the repository sets there: a setting weakened under a promise is contradicted, and so is a
//! new promise over an old weakness. Both places go into one finding.

use std::collections::HashSet;

use super::found::{Found, Spot};
use super::input::{At, folder};
use super::judgement::{Wanted, literal_names};
use super::moves::{Fate, speaks_for};
use super::place;
use super::severity::{is_prose, of_policy};
use super::sought;
use super::transition::Transition;
use super::verdict::{Outcome, State};
use super::world::World;
use crate::policy::compiled::Compiled;
use crate::policy::file::{Contradiction, Given};
use crate::policy::order::{self, Comparison};
use crate::report::model::{Change, PathClass, Severity};
use crate::setting::{Setting, Surface};
use crate::value::{Outcome as Read, Value};

/// A promise that stands at head.
struct Promise<'a> {
    spot: Spot,
    code: &'a str,
    /// `promised`, or the number or time that it names.
    value: &'a str,
    /// The folder that it speaks for.
    folder: &'a str,
    /// It does not stand in the same document at base.
    new: bool,
    class: PathClass,
}

/// All promises at head.
fn promises<'a>(world: &World<'a>) -> Vec<Promise<'a>> {
    let mut found = Vec::new();
    for (pair, input) in world.pairs.iter().enumerate().filter(|(_, input)| input.class().discount() <= 1) {
        let (Some(file), Some(reading)) = (input.at(At::Head), world.reading(pair, At::Head)) else { continue };
        let opposite: HashSet<&str> = reading.settings.iter().filter_map(opposed).collect();
        for setting in &reading.settings {
            // a text that tells the opposite as well speaks of a part
            let Some((code, value)) = promised(setting).filter(|(code, _)| !opposite.contains(code)) else { continue };
            let before = world.reading(pair, At::Base);
            let stood = input.context
                || before.is_some_and(|base| base.settings.iter().filter_map(promised).any(|(other, was)| other == code && was == value));
            found.push(Promise {
                spot: Spot { pair, at: At::Head, span: setting.span() },
                code,
                value,
                folder: speaks_for(folder(&file.path)),
                new: !stood,
                class: input.class(),
            });
        }
    }
    // a card's own word before a README's, the nearest document before others
    found.sort_by_key(|promise| (promise.class.discount(), std::cmp::Reverse(promise.folder.len()), promise.spot));
    found
}

/// The code of a claim that tells the opposite of its promise.
fn opposed(setting: &Setting) -> Option<&str> {
    let (_, code) = setting.names.iter().find(|(surface, _)| *surface == Surface::Claim)?;
    matches!(&setting.value, Read::One(Value::Text(value)) if **value == *"opposite").then_some(&**code)
}

/// Code and value of a claim that promises something.
fn promised(setting: &Setting) -> Option<(&str, &str)> {
    let (_, code) = setting.names.iter().find(|(surface, _)| *surface == Surface::Claim)?;
    let Read::One(Value::Text(value)) = &setting.value else { return None };
    (**value == *"promised" || value.starts_with(|c: char| c.is_ascii_digit())).then_some((code, value))
}

/// What the second phase should bring so that promises and what they are about can be held against each other.
pub fn wants(world: &World, transitions: &[Transition], context: &[bool], wanted: &mut Wanted) {
    for (transition, _) in transitions.iter().zip(context).filter(|(_, context)| !**context) {
        let Some(policy) = world.catalogue.policies().get(transition.instance.policy) else { continue };
        let fails = transition.outcome.is_some_and(|outcome| weakens(outcome.change));
        // a promise may stand in another document; a weakened setting may stand under one
        wanted.documents |= fails && (!policy.rule.contradicts.is_empty() || is_prose(&policy.rule));
        if leaves_training(policy, transition) {
            wanted.documents = true;
            // the same step may stand in a file that did not change
            let setting = transition.base.decider.and_then(|place| world.setting(place, At::Base));
            let call = setting.and_then(|setting| setting.names.first()?.1.split('(').next().map(str::to_owned));
            wanted.words.extend(call.filter(|call| call.len() >= 4));
        }
    }
    let mut codes: Vec<&str> = promises(world).into_iter().filter(|promise| promise.new).map(|promise| promise.code).collect();
    codes.sort_unstable();
    codes.dedup();
    // without a new promise no policy has to be decoded
    if codes.is_empty() {
        return;
    }
    for policy in world.catalogue.policies() {
        if policy.rule.contradicts.iter().any(|broken| codes.contains(&broken.claim.as_str())) {
            wanted.words.extend(literal_names(policy));
            wanted.words.extend(sought::words(policy));
        }
    }
}

/// Whether a step of training is gone together with what it stood in.
fn leaves_training(policy: &Compiled, transition: &Transition) -> bool {
    let gone = matches!(transition.base.state, State::Written(_)) && transition.head.state == State::Gone && transition.outcome.is_none();
    gone && policy.area() == "training" && !policy.rule.contradicts.is_empty()
}

/// Changes that say that something got weaker.
fn weakens(change: Change) -> bool {
    matches!(change, Change::Weakened | Change::Removed | Change::Introduced)
}

/// Turns findings of settings that break a promise into contradictions, and adds those of new promises over what was weak before.
pub fn contradictions(world: &World, transitions: &[Transition], context: &[bool], fates: &[Fate], found: &mut Vec<Found>) {
    let promises = promises(world);
    if promises.is_empty() {
        return;
    }
    for one in found.iter_mut().filter(|one| weakens(one.change)) {
        let Some(transition) = transitions.iter().find(|transition| transition.instance == one.instance) else { continue };
        let Some(policy) = breaking(world, transition) else { continue };
        if let Some(promise) = promises.iter().find(|promise| breaks(world, policy, transition, promise)) {
            one.severity = of_policy(&policy.rule.severity, Change::Contradicted).lowered(one.class.discount()).min(one.severity);
            one.change = Change::Contradicted;
            one.elsewhere = Some(promise.spot);
        }
    }
    found.extend(left_under_promise(world, transitions, context, fates, &promises));
    // who promises and mends in one change is at work on it
    let outcomes = || transitions.iter().zip(context).filter(|(_, context)| !**context);
    let mended: Vec<usize> = outcomes()
        .filter(|(transition, _)| transition.outcome.is_some_and(|outcome| outcome.change == Change::Strengthened))
        .map(|(transition, _)| transition.instance.policy)
        .collect();
    let mut told: Vec<Spot> = Vec::new();
    for promise in promises.iter().filter(|promise| promise.new) {
        if told.contains(&promise.spot) {
            continue;
        }
        let broken = transitions.iter().zip(context).zip(fates).filter(|((transition, context), fate)| {
            let changed = transition.outcome.is_some_and(|outcome| weakens(outcome.change)) && !**context;
            **fate == Fate::Stands && !changed
        });
        let mut broken: Vec<(&Transition, &Compiled)> = broken
            .filter_map(|((transition, _), _)| Some((transition, breaking(world, transition)?)))
            .filter(|(transition, policy)| plainly(world, transition, policy, promise) && breaks(world, policy, transition, promise))
            .filter(|(transition, _)| !mended.contains(&transition.instance.policy))
            .collect();
        broken.sort_by_key(|(transition, policy)| (file_of(world, transition), policy.rule.severity.weakened as u8));
        let mut one: Option<Found> = None;
        for (transition, _) in broken {
            let Some(made) = over_weakness(world, transition, promise) else { continue };
            match &mut one {
                None => one = Some(made),
                Some(one) if one.instance.policy != made.instance.policy => one.also.push(made.instance.policy),
                Some(_) => {}
            }
        }
        told.extend(one.as_ref().map(|one| one.spot));
        found.extend(one);
    }
}

/// A protective step of training that leaves while the card still promises what it did: nothing else at head does it.
fn left_under_promise(world: &World, transitions: &[Transition], context: &[bool], fates: &[Fate], promises: &[Promise]) -> Vec<Found> {
    let written = |policy: usize| {
        transitions.iter().any(|other| other.instance.policy == policy && !matches!(other.head.state, State::Gone | State::Unset(_)))
    };
    let mut told: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    for ((transition, context), fate) in transitions.iter().zip(context).zip(fates) {
        let policy = transition.instance.policy;
        let Some(rules) = breaking(world, transition).filter(|rules| leaves_training(rules, transition)) else { continue };
        if *context || *fate != Fate::Stands || told.contains(&policy) || written(policy) {
            continue;
        }
        let Some(pair) = transition.base.decider.and_then(|place| world.pairs.get(place.0)) else { continue };
        let Some(path) = pair.at(At::Base).map(|file| file.path.as_str()) else { continue };
        let stands = |promise: &&Promise| {
            let inside = promise.folder.is_empty() || path.strip_prefix(promise.folder).is_some_and(|rest| rest.starts_with('/'));
            inside && !promise.new && rules.rule.contradicts.iter().any(|broken| broken.claim == promise.code)
        };
        let Some(promise) = promises.iter().find(stands) else { continue };
        let severity = Severity::Warning.lowered(pair.class().discount());
        let outcome = Outcome { change: Change::Contradicted, lowered: false };
        if let Some(mut one) = place::found(world, transition, outcome, severity, pair.class()) {
            one.elsewhere = Some(promise.spot);
            told.push(policy);
            found.push(one);
        }
    }
    found
}

/// Whether what was weak before is so weak, and so much a default, that a new promise over it is plainly wrong.
fn plainly(world: &World, transition: &Transition, policy: &Compiled, promise: &Promise) -> bool {
    let State::Written(rank) = &transition.head.state else { return false };
    let setting = transition.head.decider.and_then(|place| world.setting(place, At::Head));
    // one connection that is not checked says nothing of all the others; one place that sends or keeps is enough
    let lone = promise.code == "encrypted-or-authenticated";
    let handed = lone && setting.is_some_and(|setting| setting.names.iter().any(|(surface, _)| *surface == Surface::Argument));
    let from = policy.rule.contradicts.iter().any(|broken| broken.claim == promise.code && broken.from.is_some());
    !handed && (from || order::is_worst(world.order_of(&transition.instance), rank))
}

/// The policy of a transition, when a weak value of it breaks promises.
fn breaking<'a>(world: &World<'a>, transition: &Transition) -> Option<&'a Compiled> {
    world.catalogue.policies().get(transition.instance.policy).map(|slot| &**slot).filter(|policy| !policy.rule.contradicts.is_empty())
}

fn file_of(world: &World, transition: &Transition) -> Option<String> {
    let pair = transition.head.decider.map(|place| place.0)?;
    Some(world.pairs.get(pair)?.at(At::Head)?.path.clone())
}

/// Whether what holds at head breaks a promise that speaks for its file.
fn breaks(world: &World, policy: &Compiled, transition: &Transition, promise: &Promise) -> bool {
    let Some(broken) = policy.rule.contradicts.iter().find(|broken| broken.claim == promise.code) else { return false };
    let pair = transition
        .head
        .decider
        .map(|place| place.0)
        .or_else(|| world.subjects.nearest(transition.instance.subject, At::Head).map(|place| place.0));
    let Some(file) = pair.and_then(|pair| world.pairs.get(pair)).and_then(|pair| pair.at(At::Head)) else { return false };
    let inside = promise.folder.is_empty() || file.path.strip_prefix(promise.folder).is_some_and(|rest| rest.starts_with('/'));
    inside && weak_enough(world, policy, transition, broken, promise)
}

/// Whether the value at head is at or beyond the one from which the promise is broken.
fn weak_enough(world: &World, policy: &Compiled, transition: &Transition, broken: &Contradiction, promise: &Promise) -> bool {
    let order = world.order_of(&transition.instance);
    let unset;
    let rank = match (transition.head.rank(), &transition.head.state) {
        (Some(rank), _) => rank,
        // what was written is gone, and nobody knows what holds now: no proof
        (None, State::Unset(_)) => {
            unset = world.unset(policy, &transition.instance, At::Head).0;
            match &unset {
                Some(rank) => rank,
                None => return false,
            }
        }
        (None, _) => return false,
    };
    match &broken.from {
        None => !order::is_best(order, rank),
        Some(Given::One(from)) if from == "claimed" => {
            let claimed = order::given(order, &Given::One(promise.value.to_owned())).filter(|_| promise.value != "promised");
            claimed.is_some_and(|claimed| order::compare(order, &claimed, rank) == Comparison::Weaker)
        }
        Some(from) => order::given(order, from)
            .is_some_and(|from| matches!(order::compare(order, &from, rank), Comparison::Same | Comparison::Weaker)),
    }
}

/// A new promise over what was weak before warns, at the promise.
fn over_weakness(world: &World, transition: &Transition, promise: &Promise) -> Option<Found> {
    let pair = world.pairs.get(transition.head.decider?.0)?;
    let class = pair.class();
    // what jobs of a pipeline run by themselves is no user's
    if class.discount() > 1 || pair.at(At::Head).is_some_and(|file| is_pipeline(&file.path)) {
        return None;
    }
    // that something runs locally is said lightly, of a part or of a way to use it
    let light = promise.code == "runs-locally";
    let severity = Severity::Warning.lowered(class.discount() + u8::from(light));
    let outcome = Outcome { change: Change::Contradicted, lowered: false };
    let mut one = place::found(world, transition, outcome, severity, class)?;
    one.elsewhere = Some(one.spot);
    one.spot = promise.spot;
    one.places = vec![promise.spot];
    Some(one)
}

/// Whether a file is run by a service that builds and tests.
fn is_pipeline(path: &str) -> bool {
    let starts = [".github/workflows/", ".circleci/", ".gitlab/", ".azuredevops/", ".azure-pipelines/", ".buildkite/"];
    starts.iter().any(|folder| path.starts_with(folder)) || path.ends_with(".gitlab-ci.yml") || path.contains("azure-pipelines")
}
