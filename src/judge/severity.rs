//! How bad a finding is: the policy's word for its change, what a lexicon may say, and the file's role.

use super::input::At;
use super::transition::Transition;
use super::verdict::{self, State};
use super::world::World;
use crate::policy::file::{Kind, Level, Policy, Severities, Side};
use crate::policy::order;
use crate::report::model::{Change, PathClass, Severity};
use crate::scope::ScopeKind;
use crate::setting::Surface;
use crate::value::{Outcome, Value};

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
            Level::Note => Self::Note,
        }
    }
}

/// The policy's own word for a change.
#[must_use]
pub fn of_policy(severities: &Severities, change: Change) -> Severity {
    let own = match change {
        Change::Removed => severities.removed,
        Change::Introduced => severities.introduced,
        Change::Contradicted => severities.contradicted,
        Change::Undecided => severities.undecided,
        Change::Weakened => None,
        Change::Strengthened | Change::Unchanged => Some(Level::Note),
    };
    own.unwrap_or(severities.weakened).into()
}

/// The severity of a transition's finding.
#[must_use]
pub fn severity(world: &World, policy: &Policy, transition: &Transition, outcome: verdict::Outcome, class: PathClass) -> Severity {
    let mut severity = of_policy(&policy.severity, outcome.change);
    if outcome.change == Change::Undecided {
        severity = severity.max(if lost_its_literal(world, transition) { Severity::Error } else { Severity::Warning });
    }
    if policy.kind == Kind::Lexicon {
        severity = of_lexicon(world, transition, outcome.change, severity);
        // how a command is called in a document is a way to use it, not what it does by itself
        if outcome.change == Change::Introduced && shown_in_document(world, transition) {
            severity = Severity::Note;
        }
    }
    if in_job(world, policy, transition) {
        severity = severity.lowered(PathClass::Test.discount());
    }
    // a program that starts to report is no repetition of a product's known default
    let own = outcome.lowered && severity == Severity::Warning && world.declared_by_program(&transition.instance, At::Head);
    let assumed = transition.head.assumed && matches!(transition.head.state, State::Unset(_));
    let lowered = severity.lowered(u8::from(outcome.lowered && !own) + u8::from(assumed) + class.discount());
    // what a README says is no example: it warns where a card's own words fail
    let document = class == PathClass::Example && matches!(outcome.change, Change::Weakened | Change::Removed) && is_prose(policy);
    if document { lowered.min(severity.max(Severity::Warning)) } else { lowered }
}

/// Whether a policy is about what documents say.
pub(super) fn is_prose(policy: &Policy) -> bool {
    policy.settings.iter().any(|spelling| spelling.claim.is_some() || spelling.section.is_some())
}

/// Whether what decides stands in a document's example.
fn shown_in_document(world: &World, transition: &Transition) -> bool {
    let file = transition.head.decider.and_then(|place| world.pairs.get(place.0)).and_then(|pair| pair.at(At::Head));
    file.is_some_and(|file| crate::read::prose::fences::claims(&file.path))
}

/// What lets strangers in, makes errors talk or counts usage harms nobody in the throw-away service of a job that tests.
const OF_SERVICES: &[&str] = &["auth", "debug", "network", "telemetry"];

/// Whether it is about who gets into a service that lives as long as a workflow's job.
fn in_job(world: &World, policy: &Policy, transition: &Transition) -> bool {
    let decider = transition.head.decider.map(|place| (place, At::Head)).or(transition.base.decider.map(|place| (place, At::Base)));
    let reading = decider.and_then(|(place, at)| world.reading(place.0, at));
    let area = policy.id.split('/').next().unwrap_or_default();
    OF_SERVICES.contains(&area) && reading.is_some_and(|reading| reading.kinds.iter().any(|kind| kind.0 == "github-workflow"))
}

/// The kind of scope that head's argument stands in; nothing for what is no argument.
fn written_in(world: &World, transition: &Transition) -> Option<ScopeKind> {
    let place = transition.head.decider?;
    let setting = world.setting(place, At::Head)?;
    let argument = setting.names.first().is_some_and(|(surface, _)| *surface == Surface::Argument);
    argument.then_some(world.reading(place.0, At::Head)?.get(setting.scope).kind)
}

/// A safe literal became something that the repository does not hold.
fn lost_its_literal(world: &World, transition: &Transition) -> bool {
    let order = world.order_of(&transition.instance);
    matches!(&transition.base.state, State::Written(rank) if order::is_best(order, rank)) && transition.head.state == State::Unknown
}

/// Whether the name negates a protection, so that the weak value is what somebody asked for.
fn refuses(world: &World, transition: &Transition) -> bool {
    let entry = world.lexicon_entry(&transition.instance);
    transition.instance.flipped && entry.is_some_and(|entry| entry.enabled_is == Some(Side::Safe))
}

/// Whether a program that was there before lets people refuse something by a variable that has no value of its own,
/// `getenv("TELEMETRY_OPT_OUT")`: what they may refuse now is older than the variable. A written default says what holds for all.
fn offers_a_refusal(world: &World, transition: &Transition) -> bool {
    let risk = world.lexicon_entry(&transition.instance).is_some_and(|entry| entry.enabled_is == Some(Side::Weak));
    let Some(place) = transition.head.decider.filter(|_| risk && transition.instance.flipped) else { return false };
    let program = world.reading(place.0, At::Head).is_some_and(|reading| reading.program);
    let older = world.pairs.get(place.0).is_some_and(|pair| pair.at(At::Base).is_some());
    let variable = world.setting(place, At::Head).is_some_and(|setting| {
        setting.value == Outcome::One(Value::Null) && setting.names.iter().all(|(surface, _)| *surface == Surface::Env)
    });
    program && older && variable
}

/// Documents that a program or its deployment reads as they are.
const STORED: &[&str] = &["env-file", "compose", "helm-values", "kubernetes", "dockerfile", "yaml", "toml", "ini", "properties"];

/// Documents of the same syntax that say what machines do for the project's own people.
const PIPELINES: &[&str] = &["github-workflow", "github-action", "gitlab-ci", "circleci", "azure-pipelines", "pre-commit", "devcontainer"];

/// What the lexicon says of a protection that a file of configuration brings along switched off, in so many words.
fn written_off(world: &World, transition: &Transition) -> Option<Severity> {
    let level = world.lexicon_entry(&transition.instance)?.introduced?;
    let place = transition.head.decider?;
    let is = |kinds: &[&str], kind: &crate::reading::Kind| kinds.contains(&kind.0);
    let kinds = &world.reading(place.0, At::Head)?.kinds;
    let stored = kinds.iter().any(|kind| is(STORED, kind)) && !kinds.iter().any(|kind| is(PIPELINES, kind));
    let setting = world.setting(place, At::Head)?;
    // a block whose switch is off offers something, and so does a variable that is off unless somebody sets it
    let offered = setting.key.as_deref().is_some_and(|key| matches!(key, "enabled" | "enable")) || setting.raw.contains('$');
    let off = match &setting.value {
        Outcome::One(Value::Text(text)) => ["false", "no", "off", "0", "disabled"].iter().any(|word| text.eq_ignore_ascii_case(word)),
        Outcome::One(value) => matches!(value, Value::Bool(false) | Value::Int(0)),
        _ => false,
    };
    (stored && off && !offered && matches!(transition.head.state, State::Written(_))).then(|| level.into())
}

fn of_lexicon(world: &World, transition: &Transition, change: Change, severity: Severity) -> Severity {
    match change {
        // what one call hands to a function is no default, and a parameter's default holds for those who call it only
        Change::Introduced => match written_in(world, transition) {
            Some(ScopeKind::Call) => Severity::Note,
            // a subject may say that a new one of its kind is worth a note alone
            _ if world.lexicon_entry(&transition.instance).is_some_and(|entry| entry.introduced == Some(Level::Note)) => Severity::Note,
            Some(ScopeKind::Function) => severity.max(Severity::Warning),
            _ if offers_a_refusal(world, transition) => Severity::Note,
            // a protection that nobody has yet is no loss; `DISABLE_AUTH=true` is written to be without one
            None if refuses(world, transition) => severity.min(Severity::Warning),
            None => written_off(world, transition).map_or(severity, |level| severity.min(level)),
            _ => severity,
        },
        // a name that negates a risk (`DISABLE_...`) was put there to be safe; any other may just be gone with its feature
        Change::Removed => {
            let entry = world.lexicon_entry(&transition.instance);
            let negates = transition.instance.flipped && entry.is_some_and(|entry| entry.enabled_is == Some(Side::Weak));
            if negates { Severity::Warning } else { Severity::Note }
        }
        Change::Undecided => {
            let literal = transition.base.decider.and_then(|place| world.setting(place, At::Base)).is_some();
            if literal && lost_its_literal(world, transition) { Severity::Warning } else { Severity::Note }
        }
        _ => severity,
    }
}
