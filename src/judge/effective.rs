//! The effective value of a concept for one subject on one side: which spellings are written, what their conditions say, how
//! they combine, and what holds when nothing is written.

use super::input::At;
use super::instances::Instance;
use super::matching::Match;
use super::severity::is_prose;
use super::subjects::Place;
use super::verdict::State;
use super::world::World;
use crate::policy::compiled::{Compiled, Condition};
use crate::policy::file::{Is, Kind, Order, Otherwise, Per, Side, Together, Unread};
use crate::policy::names::Asker;
use crate::policy::order::{self, Comparison, Rank, Ranked, Spelled};
use crate::policy::versions::Fit;
use crate::scope::ScopeKind;
use crate::setting::{Setting, Surface};
use crate::value::{Mark, Outcome, Value};

/// A setting by the index of its file pair and its own index.
pub type SettingAt = (usize, usize);

/// What holds for one instance on one side.
#[derive(Clone, Debug)]
pub struct Effective {
    /// Its state.
    pub state: State,
    /// The setting that decides, when one does.
    pub decider: Option<SettingAt>,
    /// Every setting that says something.
    pub places: Vec<SettingAt>,
    /// The policy whose safest value makes this one safe.
    pub covered_by: Option<usize>,
    /// The unset value was assumed: the version is not known.
    pub assumed: bool,
    /// The setting that stands there with its name, even if it says nothing.
    pub stands: Option<SettingAt>,
}

impl Effective {
    fn gone() -> Self {
        Self { state: State::Gone, decider: None, places: Vec::new(), covered_by: None, assumed: false, stands: None }
    }

    /// The rank that holds, when there is one.
    #[must_use]
    pub fn rank(&self) -> Option<&Rank> {
        match &self.state {
            State::Unset(rank) => rank.as_ref(),
            State::Written(rank) => Some(rank),
            State::Gone | State::Unknown => None,
        }
    }
}

/// What one spelling says: a rank, or nothing that can be known; and who says it.
struct Said<'a> {
    rank: Option<Rank>,
    by: Option<SettingAt>,
    /// Under `parts`, which part.
    part: Option<&'a str>,
}

impl World<'_> {
    /// The effective value of an instance; `yaml11` chooses how `yes`, `no`, `on` and `off` are read.
    #[must_use]
    pub fn effective(&self, instance: &Instance, at: At, yaml11: bool) -> Effective {
        self.effective_with(instance, at, yaml11, true)
    }

    fn effective_with(&self, instance: &Instance, at: At, yaml11: bool, covers: bool) -> Effective {
        let Some(policy) = self.catalogue.policies().get(instance.policy) else { return Effective::gone() };
        // a document that is gone leaves its repository behind, which says no more
        let outlived = at == At::Head && policy.rule.per == Some(Per::Repository);
        if !outlived && !self.instance_exists(instance, at) {
            return Effective::gone();
        }
        let order = self.order_of(instance);
        let (said, stands) = self.said(policy, instance, at, yaml11, order);
        let lexicon = policy.rule.kind == Kind::Lexicon;
        if at == At::Base && stands.is_none() && (policy.open || lexicon || self.declared_by_program(instance, at)) {
            return Effective::gone();
        }
        let mut result = if said.iter().any(|said| said.by.is_some()) {
            combine(policy, order, &said)
        } else {
            let (rank, assumed) = match said.first() {
                Some(said) => (said.rank.clone(), false),
                None => self.unset(policy, instance, at),
            };
            Effective { state: State::Unset(rank), decider: None, places: Vec::new(), covered_by: None, assumed, stands: None }
        };
        result.stands = stands;
        if covers && !lexicon {
            self.cover(policy, instance, at, yaml11, order, &mut result);
        }
        result
    }

    /// Whether an instance is about what a program as a whole names, its variables and constants, and about something that a
    /// program does by itself: reporting is new when the program starts to ask about it, while a missing login was missing before.
    pub(super) fn declared_by_program(&self, instance: &Instance, at: At) -> bool {
        let area = self.catalogue.policies().get(instance.policy).map(|policy| policy.area());
        if !matches!(area, Some("telemetry" | "training")) {
            return false;
        }
        let Some(place) = self.subjects.nearest(instance.subject, at) else { return false };
        // a product's other switches may have been its behaviour all along
        let says_so = |at: At| {
            let named =
                self.subjects.get(instance.subject).and_then(|subject| subject.at(at)).map(|place| self.names_of(instance, place, at));
            named.unwrap_or_default().iter().any(|name| self.catalogue.lexicons().iter().any(|lexicon| lexicon.sense(&[name]).is_some()))
        };
        self.reading(place.0, at).is_some_and(|reading| reading.program && reading.get(place.1).kind == ScopeKind::File)
            && (says_so(At::Head) || says_so(At::Base))
    }

    /// The names of all settings that stand for an instance in just this unit.
    fn names_of(&self, instance: &Instance, place: Place, at: At) -> Vec<&str> {
        let Some(policy) = self.catalogue.policies().get(instance.policy) else { return Vec::new() };
        let mut names = Vec::new();
        for spelling in 0..policy.spellings.len().max(instance.entry + 1) {
            for found in self.matches_at(instance.policy, spelling, place, at) {
                let setting = self.setting((place.0, found.setting), at);
                names.extend(setting.into_iter().flat_map(|setting| setting.names.iter().map(|(_, name)| &**name)));
            }
        }
        names
    }

    /// Everything the spellings say, in their order; and the first setting that has one of their names at all.
    fn said<'p>(
        &self,
        policy: &'p Compiled,
        instance: &Instance,
        at: At,
        yaml11: bool,
        order: &Order,
    ) -> (Vec<Said<'p>>, Option<SettingAt>) {
        if policy.rule.kind == Kind::Lexicon {
            return self.said_by_lexicon(instance, at, yaml11, order);
        }
        let mut stands = None;
        let mut all = Vec::new();
        for entry in &policy.entries {
            for index in entry.clone() {
                let Some(spelling) = policy.spellings.get(index) else { continue };
                let found = self.nearest(instance, index, at);
                stands = stands.or(found.first().map(|(pair, found)| (*pair, found.setting)));
                if spelling.given.versions.as_deref().is_some_and(|versions| self.version_fit(policy, instance, at, versions) == Fit::No) {
                    continue;
                }
                let scope = found.first().and_then(|(pair, found)| self.setting((*pair, found.setting), at)).map(|setting| setting.scope);
                let place = scope.map_or_else(|| self.subjects.nearest(instance.subject, at), |scope| Some((found.first()?.0, scope)));
                let holds = spelling.only_if.iter().enumerate().all(|(c, condition)| {
                    let asker = Asker::OnlyIf(u16::try_from(index).unwrap_or(u16::MAX), u16::try_from(c).unwrap_or(u16::MAX));
                    self.holds(instance.policy, asker, condition, place, at)
                });
                let (before, part) = (all.len(), spelling.given.part.as_deref());
                if holds {
                    for (pair, found) in found {
                        if let Some(rank) = self.rank_of(policy, found, (pair, found.setting), at, yaml11, order) {
                            all.push(Said { rank, by: Some((pair, found.setting)), part });
                        }
                    }
                    // what a document says once is said, however often it says something else about the same
                    if policy.rule.together != Together::Weakest && !is_prose(&policy.rule) {
                        self.weakest_by_name(order, at, all.get_mut(before..).unwrap_or_default());
                    }
                } else {
                    match spelling.given.otherwise() {
                        Otherwise::Ignore => {}
                        Otherwise::Safe => all.push(Said { rank: order::best(order), by: None, part }),
                        Otherwise::Weak => all.push(Said { rank: order::worst(order), by: None, part }),
                    }
                }
                // in a `first` group the first one written hides the rest of the group
                if entry.len() > 1 && all.len() > before {
                    break;
                }
            }
        }
        (all, stands)
    }

    /// One name that is written several times has one value, and which of them is not known (a list of variables, a command that
    /// sets its own): each says what the weakest says, which comes first. Also where one safe name of several is enough.
    fn weakest_by_name(&self, order: &Order, at: At, said: &mut [Said]) {
        let name = |said: &Said| said.by.and_then(|place| self.setting(place, at)).map(|setting| (&setting.key, &setting.names));
        let mut from = 0;
        while from + 1 < said.len() {
            let Some(rest) = said.get_mut(from..) else { return };
            let own = rest.first().and_then(name);
            // those of this name first
            rest.sort_by_key(|other| name(other) != own);
            let same = rest.iter().take_while(|other| name(other) == own).count();
            from += same;
            let Some(group) = rest.get_mut(..same).filter(|group| group.len() > 1) else { continue };
            let known: Vec<Rank> = group.iter().filter_map(|one| one.rank.clone()).collect();
            let weakest = known.iter().find(|rank| order::is_worst(order, rank)).cloned();
            let weakest = weakest.or_else(|| if known.len() == group.len() { order::worst_of(order, &known) } else { None });
            group.sort_by_key(|one| one.rank != weakest);
            for one in group {
                one.rank.clone_from(&weakest);
            }
        }
    }

    fn said_by_lexicon(&self, instance: &Instance, at: At, yaml11: bool, order: &Order) -> (Vec<Said<'static>>, Option<SettingAt>) {
        let Some(place) = self.subjects.get(instance.subject).and_then(|subject| subject.at(at)) else { return (Vec::new(), None) };
        let mut all = Vec::new();
        let mut stands = None;
        for found in self.matches_for(instance, instance.entry, place, at) {
            stands = stands.or(Some((place.0, found.setting)));
            let Some(setting) = self.setting((place.0, found.setting), at) else { continue };
            let Some(entry) = self.lexicon_entry(instance) else { continue };
            let flipped = found.sense.as_ref().is_some_and(|sense| sense.flipped);
            let spelled = Spelled { enabled_is: entry.side(flipped), is_env: is_env(setting), ..Spelled::default() };
            match rank_values(order, &spelled, setting, yaml11) {
                Ranked::Rank(rank) => all.push(Said { rank: Some(rank), by: Some((place.0, found.setting)), part: None }),
                // a literal that is no switch, number or rung means that the name deceived
                Ranked::Unread if setting.value == Outcome::Unread => {
                    all.push(Said { rank: None, by: Some((place.0, found.setting)), part: None });
                }
                Ranked::Unread | Ranked::NotWritten => {}
            }
        }
        (all, stands)
    }

    /// The nearest settings that a spelling means for an instance: in its unit, else in each enclosing one outward.
    fn nearest(&self, instance: &Instance, spelling: usize, at: At) -> Vec<(usize, &Match)> {
        let Some((pair, scope)) = self.subjects.nearest(instance.subject, at) else { return Vec::new() };
        let Some(reading) = self.reading(pair, at) else { return Vec::new() };
        for scope in reading.outward(scope) {
            let found: Vec<(usize, &Match)> =
                self.matches_for(instance, spelling, (pair, scope), at).into_iter().map(|found| (pair, found)).collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// The rank of one setting under one spelling: `None` when it counts as not written, `Some(None)` when it cannot be known.
    #[allow(clippy::option_option, reason = "not written and not known are different answers")]
    fn rank_of(&self, policy: &Compiled, found: &Match, place: SettingAt, at: At, yaml11: bool, order: &Order) -> Option<Option<Rank>> {
        let setting = self.setting(place, at)?;
        // a program that asks for a variable does not set it
        let asks = setting.value == Outcome::One(Value::Null) && self.reading(place.0, at).is_some_and(|reading| reading.program);
        if asks && matches!(order, Order::Present(_)) {
            return None;
        }
        let given = &policy.spellings.get(found.spelling)?.given;
        let enabled_is = match (given.enabled_is, found.negated) {
            (Some(Side::Safe), true) => Some(Side::Weak),
            (Some(Side::Weak), true) => Some(Side::Safe),
            (side, _) => side,
        };
        let spelled = Spelled {
            enabled_is,
            reads: given.reads.as_ref(),
            unit: given.unit.as_deref(),
            part: given.part.as_deref(),
            is_env: is_env(setting),
        };
        let mut rank = match rank_values(order, &spelled, setting, yaml11) {
            Ranked::NotWritten => return None,
            Ranked::Rank(rank) => Some(rank),
            Ranked::Unread if policy.rule.unknown == Unread::Weak => order::worst(order),
            Ranked::Unread => None,
        };
        // duplicates about whose winner programs differ count by the weaker one
        for lost in setting.overridden.iter().filter(|lost| lost.contested) {
            if let Outcome::One(value) = &lost.value
                && let Ranked::Rank(other) = order::rank(order, &spelled, value, Mark::Plain, "")
                && rank.as_ref().is_some_and(|rank| order::compare(order, rank, &other) == Comparison::Weaker)
            {
                rank = Some(other);
            }
        }
        Some(rank)
    }

    /// The unset value for an instance, and whether it was assumed because a version is not known.
    pub(super) fn unset(&self, policy: &Compiled, instance: &Instance, at: At) -> (Option<Rank>, bool) {
        let order = self.order_of(instance);
        if policy.rule.kind == Kind::Lexicon {
            return (self.unset_of_lexicon(instance), false);
        }
        let mut possible: Vec<Option<Rank>> = Vec::new();
        for (index, case) in policy.unset.iter().enumerate() {
            let mut holds = match case.versions.as_deref() {
                None => Fit::Surely,
                Some(versions) => self.version_fit(policy, instance, at, versions),
            };
            if !case.packages.is_empty() && holds != Fit::No && !self.runs(instance, at, &case.packages) {
                holds = Fit::No;
            }
            let place = self.subjects.nearest(instance.subject, at);
            let conditions = case.conditions.iter().enumerate().all(|(c, condition)| {
                let asker = Asker::Unset(u16::try_from(index).unwrap_or(u16::MAX), u16::try_from(c).unwrap_or(u16::MAX));
                self.holds(instance.policy, asker, condition, place, at)
            });
            if holds == Fit::No || !conditions {
                continue;
            }
            possible.push(order::given(order, &case.value));
            if holds == Fit::Surely {
                break;
            }
        }
        let assumed = possible.len() > 1;
        let known: Option<Vec<Rank>> = possible.into_iter().collect();
        let rank = known.and_then(|ranks| order::worst_of(order, &ranks));
        match rank {
            // a list that is not there has no records
            None if matches!(order, Order::AppendOnly(_)) => (order::absent(order), assumed),
            None if policy.rule.unknown == Unread::Weak => (order::worst(order), assumed),
            rank => (rank, assumed),
        }
    }

    /// For a lexicon, unset means that what the name says does not happen.
    fn unset_of_lexicon(&self, instance: &Instance) -> Option<Rank> {
        let entry = self.lexicon_entry(instance)?;
        let word = match entry.side(instance.flipped)? {
            Side::Safe => "weak",
            Side::Weak => "safe",
        };
        order::given(&entry.order, &crate::policy::file::Given::One(word.into()))
    }

    fn cover(&self, policy: &Compiled, instance: &Instance, at: At, yaml11: bool, order: &Order, result: &mut Effective) {
        if result.state == State::Gone {
            return;
        }
        for umbrella in self.umbrellas(&policy.rule.id) {
            let above = Instance { policy: umbrella, captures: Vec::new(), capture_subject: None, ..instance.clone() };
            let covering = self.effective_with(&above, at, yaml11, false);
            let safest = covering.rank().is_some_and(|rank| order::is_best(self.order_of(&above), rank));
            if safest && let Some(best) = order::best(order) {
                result.state = if result.decider.is_some() { State::Written(best) } else { State::Unset(Some(best)) };
                result.covered_by = Some(umbrella);
                return;
            }
        }
    }

    /// Whether a condition holds at a place.
    pub(super) fn holds(&self, policy: usize, asker: Asker, condition: &Condition, place: Option<Place>, at: At) -> bool {
        let found = self.asked(policy, asker, place, at);
        let switch = |setting: &Setting| {
            let spelled = Spelled { enabled_is: Some(Side::Safe), is_env: is_env(setting), ..Spelled::default() };
            match rank_values(&Order::Switch, &spelled, setting, true) {
                Ranked::Rank(rank) => Some(order::is_best(&Order::Switch, &rank)),
                Ranked::Unread | Ranked::NotWritten => None,
            }
        };
        match condition.is {
            Is::Present => found.is_some(),
            Is::Absent => found.is_none(),
            Is::Enabled => found.and_then(switch) == Some(true),
            Is::Disabled => found.and_then(switch) == Some(false),
            Is::NotEnabled => found.and_then(switch) != Some(true),
            Is::NotDisabled => found.and_then(switch) != Some(false),
            Is::Unchanged => {
                let other = if at == At::Base { At::Head } else { At::Base };
                let counterpart = place.and_then(|place| self.counterpart(place, at));
                self.asked(policy, asker, counterpart, other).map(|s| &s.raw) == found.map(|s| &s.raw)
            }
        }
    }

    /// The nearest setting that a condition asks about.
    fn asked(&self, policy: usize, asker: Asker, place: Option<Place>, at: At) -> Option<&Setting> {
        let (pair, scope) = place?;
        let reading = self.reading(pair, at)?;
        let candidates = self.matches(pair, at)?.asked.get(&(policy, asker))?;
        reading.outward(scope).find_map(|scope| {
            let found = candidates.iter().find(|asked| asked.anchor == scope)?;
            reading.settings.get(found.setting)
        })
    }
}

/// Combines what several spellings say.
fn combine(policy: &Compiled, order: &Order, said: &[Said]) -> Effective {
    let places: Vec<SettingAt> = said.iter().filter_map(|said| said.by).collect();
    if let Order::Parts(_) = order {
        let parts: Vec<(&str, Option<Rank>)> = said.iter().filter_map(|said| Some((said.part?, said.rank.clone()))).collect();
        return finished(State::Written(order::combine_parts(order, &parts)), places.first().copied(), places);
    }
    let known: Vec<Rank> = said.iter().filter_map(|said| said.rank.clone()).collect();
    let complete = known.len() == said.len();
    let rank = match policy.rule.together {
        Together::First => said.first().and_then(|said| said.rank.clone()),
        Together::Safest => known
            .iter()
            .find(|rank| order::is_best(order, rank))
            .cloned()
            .or_else(|| if complete { order::best_of(order, &known) } else { None }),
        Together::Weakest => known
            .iter()
            .find(|rank| order::is_worst(order, rank))
            .cloned()
            .or_else(|| if complete { order::worst_of(order, &known) } else { None }),
    };
    let decider = match &rank {
        Some(rank) => said.iter().find(|said| {
            said.by.is_some() && said.rank.as_ref().is_some_and(|other| order::compare(order, rank, other) == Comparison::Same)
        }),
        None => said.iter().find(|said| said.by.is_some() && said.rank.is_none()).or_else(|| said.iter().find(|said| said.by.is_some())),
    };
    let decider = decider.and_then(|said| said.by);
    match rank {
        // only an `otherwise` spoke
        Some(rank) if decider.is_none() => finished(State::Unset(Some(rank)), None, places),
        Some(rank) => finished(State::Written(rank), decider, places),
        None => finished(State::Unknown, decider, places),
    }
}

fn finished(state: State, decider: Option<SettingAt>, places: Vec<SettingAt>) -> Effective {
    Effective { state, decider, places, covered_by: None, assumed: false, stands: None }
}

/// Whether a setting reaches its program as text.
fn is_env(setting: &Setting) -> bool {
    setting.names.iter().any(|(surface, _)| *surface == Surface::Env)
}

/// Ranks a setting's value under one of the two YAML readings.
fn rank_values(order: &Order, spelled: &Spelled, setting: &Setting, yaml11: bool) -> Ranked {
    if passes_itself_on(setting) {
        return Ranked::NotWritten;
    }
    match (&setting.value, setting.yaml11.filter(|_| yaml11)) {
        (Outcome::One(_), Some(switch)) => order::rank(order, spelled, &Value::Bool(switch), setting.mark, &setting.raw),
        (Outcome::One(value), None) => order::rank(order, spelled, value, setting.mark, &setting.raw),
        (Outcome::AnyOf(values), _) => {
            let mut ranks = Vec::new();
            // an empty branch of a condition writes nothing
            for value in values.iter().filter(|value| !matches!(value, Value::Text(text) if text.is_empty())) {
                match order::rank(order, spelled, value, setting.mark, &setting.raw) {
                    Ranked::Rank(rank) => ranks.push(rank),
                    Ranked::Unread => return Ranked::Unread,
                    Ranked::NotWritten => {}
                }
            }
            order::worst_of(order, &ranks).map_or(Ranked::Unread, Ranked::Rank)
        }
        (Outcome::Unread, _) => match order::rank_unread_spelled(order, spelled, setting.mark) {
            Ranked::Unread => order::rank_reference(order, spelled, &setting.raw),
            ranked => ranked,
        },
    }
}

/// `X: ${X}` and a bare `X` in a list of variables hand the host's variable on and decide nothing here.
pub(super) fn passes_itself_on(setting: &Setting) -> bool {
    if setting.mark != Mark::Reference || setting.value != Outcome::Unread {
        return false;
    }
    let raw = setting.raw.trim_matches(['"', '\'', ' ']);
    if raw.is_empty() {
        return setting.names.iter().any(|(surface, _)| *surface == Surface::Env);
    }
    setting.names.iter().any(|(_, name)| {
        let inner = raw.strip_prefix("${").and_then(|raw| raw.strip_suffix('}')).or_else(|| raw.strip_prefix('$'));
        raw == &**name || inner == Some(&**name)
    })
}
