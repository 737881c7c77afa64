//! One concept of one subject at base and at head, and the verdict on it.

use super::effective::{Effective, passes_itself_on};
use super::input::At;
use super::instances::Instance;
use super::verdict::{Case, Outcome, State, verdict};
use super::world::World;
use crate::policy::file::{Given, Guards, Kind, Order, Per};
use crate::policy::order::{self, Rank, Ranked};
use crate::report::model::Change;
use crate::scope::ScopeKind;
use crate::value::{Mark, Outcome as Literal, Value};

/// One concept of one subject on both sides.
#[derive(Clone, Debug)]
pub struct Transition {
    /// Which concept and subject.
    pub instance: Instance,
    /// Before.
    pub base: Effective,
    /// After.
    pub head: Effective,
    /// The verdict.
    pub outcome: Option<Outcome>,
}

/// Judges one instance. Where YAML 1.1 and 1.2 disagree about a word, both readings are judged and the worse one counts.
#[must_use]
pub fn judge(world: &World, instance: &Instance) -> Transition {
    let first = judge_reading(world, instance, true);
    if !ambiguous(world, &first) {
        return first;
    }
    let second = judge_reading(world, instance, false);
    let weight = |transition: &Transition| transition.outcome.map_or(9, |outcome| (outcome.change as u8) * 2 + u8::from(outcome.lowered));
    if weight(&second) < weight(&first) { second } else { first }
}

fn ambiguous(world: &World, transition: &Transition) -> bool {
    [(At::Base, &transition.base), (At::Head, &transition.head)]
        .into_iter()
        .any(|(at, side)| side.places.iter().any(|place| world.setting(*place, at).is_some_and(|setting| setting.yaml11.is_some())))
}

fn judge_reading(world: &World, instance: &Instance, yaml11: bool) -> Transition {
    let base = world.effective(instance, At::Base, yaml11);
    let mut head = world.effective(instance, At::Head, yaml11);
    // a literal that gives way to the host's own variable is no longer the repository's word
    if matches!(base.state, State::Written(_)) && matches!(head.state, State::Unset(_)) && hands_on(world, instance, &mut head) {
        head.state = handed_on(world, instance);
    }
    // a parameter's literal that gives way to `None` is decided elsewhere
    let named = world.catalogue.policies().get(instance.policy).is_some_and(|policy| policy.rule.kind == Kind::Policy);
    if let Some(place) = head.stands.filter(|_| named && matches!((&base.state, &head.state), (State::Written(_), State::Unset(_))))
        && decides_later(world, base.decider, place)
    {
        head.state = State::Unknown;
        head.decider = Some(place);
        head.places = vec![place];
    }
    // a name that came without a value is where its finding stands
    if matches!((&base.state, &head.state), (State::Gone, State::Unset(_))) {
        head.decider = head.stands;
    }
    let outcome = outcome(world, instance, &base, &head);
    Transition { instance: instance.clone(), base, head, outcome }
}

/// Whether a function's parameter that had a literal is left to its body: `share: bool = False` becomes `share: bool | None = None`.
fn decides_later(world: &World, base: Option<super::effective::SettingAt>, head: super::effective::SettingAt) -> bool {
    let is_parameter = |place: super::effective::SettingAt, at: At| {
        let setting = world.setting(place, at)?;
        let reading = world.reading(place.0, at).filter(|reading| reading.program)?;
        (reading.get(setting.scope).kind == ScopeKind::Function).then_some(&setting.value)
    };
    let literal = |value: &Value| matches!(value, Value::Bool(_));
    matches!(base.and_then(|place| is_parameter(place, At::Base)), Some(Literal::One(value)) if literal(value))
        && matches!(is_parameter(head, At::Head), Some(Literal::One(Value::Null)))
}

/// What is known of a value that the host decides: of a secret, that it is written down no longer.
fn handed_on(world: &World, instance: &Instance) -> State {
    let order = world.order_of(instance);
    match order::rank_unread(order, Mark::Reference) {
        Ranked::Rank(rank) if matches!(order, Order::Secret(_)) => State::Written(rank),
        _ => State::Unknown,
    }
}

/// Whether the instance stands at head as a mere `X: ${X}`; then that place is its decider.
fn hands_on(world: &World, instance: &Instance, head: &mut Effective) -> bool {
    let Some(place) = world.subjects.nearest(instance.subject, At::Head) else { return false };
    let Some(policy) = world.catalogue.policies().get(instance.policy) else { return false };
    for spelling in 0..policy.spellings.len().max(instance.entry + 1) {
        for found in world.matches_for(instance, spelling, place, At::Head) {
            let at = (place.0, found.setting);
            if world.setting(at, At::Head).is_some_and(passes_itself_on) {
                head.decider = Some(at);
                head.places = vec![at];
                return true;
            }
        }
    }
    false
}

/// The verdict on two effective values.
pub(super) fn outcome(world: &World, instance: &Instance, base: &Effective, head: &Effective) -> Option<Outcome> {
    outcome_under(world, instance, base, head, None)
}

/// The verdict on two effective values, where a place of this rank reaches the subject at base.
pub(super) fn outcome_under(
    world: &World,
    instance: &Instance,
    base: &Effective,
    head: &Effective,
    reach: Option<Rank>,
) -> Option<Outcome> {
    let policy = world.catalogue.policies().get(instance.policy)?;
    let order = world.order_of(instance);
    let raw = |side: &Effective, at: At| side.decider.and_then(|place| world.setting(place, at)).map(|setting| setting.raw.clone());
    let raws = |side: &Effective, at: At| {
        side.places.iter().map(|place| world.setting(*place, at).map(|setting| setting.raw.clone())).collect::<Vec<_>>()
    };
    let known = |side: &Effective, at: At| {
        let setting = side.decider.and_then(|place| world.setting(place, at))?;
        matches!(setting.value, Literal::One(_)).then(|| setting.value.clone())
    };
    // a value with other quotes is the same value
    let same_value = known(base, At::Base).is_some_and(|base| known(head, At::Head) == Some(base));
    let same_text = raw(base, At::Base).is_some()
        && (same_value || raw(base, At::Base) == raw(head, At::Head))
        // of several parts the first one decides where to show it, and another one may be what changed
        && (!matches!(order, crate::policy::file::Order::Parts(_)) || raws(base, At::Base) == raws(head, At::Head));
    let floor = policy.rule.floor.as_ref().and_then(|floor| order::given(order, floor));
    let lexicon = policy.rule.kind == Kind::Lexicon;
    let unset = if lexicon { lexicon_start(world, instance) } else { world.unset(policy, instance, At::Head).0 };
    let case = Case {
        order,
        floor,
        unset,
        // what holds for the repository still does when a file goes
        guarded: policy.rule.per == Some(Per::Repository)
            || policy.rule.guards.as_ref().is_some_and(|guards| guarded(world, instance, guards)),
        same_text,
        decider_gone: decider_gone(world, base, head)
            || base.rank().zip(head.rank()).is_some_and(|(base, head)| order::leaves_nothing(order, base, head)),
        named: head.stands.is_some() && (lexicon || policy.open || world.declared_by_program(instance, At::Head)),
        reach,
    };
    let outcome = verdict(&base.state, &head.state, &case)?;
    // what another policy's umbrella covered is that policy's business
    if outcome.change == Change::Removed && base.covered_by.is_some() {
        return None;
    }
    // a duplicate whose text did not change cannot have become unknown
    (outcome.change != Change::Undecided || !same_text).then_some(outcome)
}

/// For a lexicon a new name is judged by its own value: a switch must not start on its weak side.
fn lexicon_start(world: &World, instance: &Instance) -> Option<Rank> {
    let entry = world.lexicon_entry(instance)?;
    entry.is_switch().then(|| order::given(&entry.order, &Given::One("safe".into()))).flatten()
}

/// Whether what decided at base is gone and nothing new decides at head.
fn decider_gone(world: &World, base: &Effective, head: &Effective) -> bool {
    let Some(base_place) = base.decider else { return false };
    let Some(head_place) = head.decider else { return head.stands.is_none() };
    let (Some(was), Some(is)) = (world.setting(base_place, At::Base), world.setting(head_place, At::Head)) else { return false };
    let subject = |place: (usize, usize), scope, at| world.subjects.of(at, (place.0, scope));
    let home = subject(head_place, is.scope, At::Head);
    if was.key == is.key && was.names == is.names && subject(base_place, was.scope, At::Base) == home {
        return false;
    }
    // what stood at base with the same text has come to the fore: a parent's line, a variable that was hidden
    let Some(place) = home.and_then(|home| world.subjects.get(home)).and_then(|home| home.base) else { return false };
    world.stood_in(place).any(|old| old.key == is.key && old.names == is.names && old.raw == is.raw)
}

/// What is guarded is the folder in which the file stood.
pub const FOLDER: &str = "folder";
/// What is guarded is the file beside it that the unit is named by.
pub const LISTED: &str = "listed";

/// Whether the unit that a gone scope protected at base is still there at head.
fn guarded(world: &World, instance: &Instance, guards: &Guards) -> bool {
    // the trees tell later whether the folder, or the file, is gone too
    if matches!(guards.through.as_str(), FOLDER | LISTED) {
        return true;
    }
    if guards.through == "path" {
        return super::lists::is_still_named(world, instance);
    }
    let Some(subject) = world.subjects.get(instance.capture_subject.unwrap_or(instance.subject)) else { return false };
    let Some((pair, scope)) = subject.base else { return false };
    let (Some(base), Some(head)) = (world.reading(pair, At::Base), world.reading(pair, At::Head)) else { return false };
    let Some(named) =
        base.settings.iter().find(|setting| setting.scope == scope && setting.key.as_deref() == Some(guards.through.as_str()))
    else {
        return false;
    };
    let Ok(pattern) = crate::policy::pattern::KeyPattern::parse(&guards.key) else { return false };
    (0..head.scopes.len()).any(|index| {
        let path = head.path_to(crate::scope::ScopeId(u32::try_from(index).unwrap_or(u32::MAX)));
        let steps: Vec<crate::policy::pattern::PathStep> = path
            .split('.')
            .map(|step| crate::policy::pattern::PathStep { name: crate::policy::pattern::fold(step).into(), item: None })
            .collect();
        pattern.fits(&steps).is_some() && path.rsplit('.').next().is_some_and(|name| !name.is_empty() && named.raw.contains(name))
    })
}
