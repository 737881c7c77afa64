//! Values that were there before in other words: a literal that a setting of the program's own now holds, a known secret under its
//! variable's old name, an image that another service of the file ran, an argument that another call was given. What they say is as weak as it was, and no weaker.

use std::collections::{HashMap, HashSet};

use super::effective::SettingAt;
use super::found::Found;
use super::input::At;
use super::instances::Instance;
use super::transition::Transition;
use super::verdict::State;
use super::world::World;
use super::{optional, spelled};
use crate::policy::file::Order;
use crate::policy::pattern::fold;
use crate::reading::Reading;
use crate::report::model::{Change, Severity};
use crate::setting::{Setting, Surface};
use crate::value::{Outcome, Value};

/// Words of names that hold secrets.
const SECRETS: &[&str] = &["secret", "password", "passwd", "key", "token"];

/// A name of so many letters may be the end of another: `origins` of `cors_origins`.
const LONG_NAME: usize = 6;

/// So many literals are followed to where they went; what is beyond is told as it is.
const MOST: usize = 200;

/// So many that left are asked whether something is looked up in their place.
const CANDIDATES: usize = 2000;

/// Makes notes of findings whose value the base had already.
pub fn lower(world: &World, transitions: &[Transition], found: &mut [Found]) {
    let loud =
        |one: &Found| one.severity < Severity::Note && matches!(one.change, Change::Introduced | Change::Weakened | Change::Undecided);
    let policies: HashSet<usize> = found.iter().filter(|one| loud(one)).map(|one| one.instance.policy).collect();
    if policies.is_empty() {
        return;
    }
    let judged: Vec<&Transition> = transitions.iter().filter(|transition| policies.contains(&transition.instance.policy)).collect();
    let mut by_instance: HashMap<&Instance, &Transition> = HashMap::with_capacity(judged.len());
    by_instance.extend(judged.iter().map(|transition| (&transition.instance, *transition)));
    let handed = all_handed(world, &judged);
    let mut counted = HashMap::new();
    for one in found.iter_mut().filter(|one| loud(one)) {
        let Some(transition) = by_instance.get(&one.instance) else { continue };
        let known = match one.change {
            Change::Undecided => handed.iter().any(|handed| *handed.from == transition.instance) || looks_up_the_same(world, transition),
            _ if matches!(transition.base.state, State::Written(_)) => public_before(world, transition),
            _ => {
                let holds = |handed: &Handed| {
                    let same = handed.from.policy == one.instance.policy && *handed.from != one.instance;
                    same && transition.head.decider.is_some_and(|place| handed.places.contains(&place))
                };
                let asks = || {
                    let place = transition.head.decider?;
                    Some(super::refusals::only_asks(world.pairs.get(place.0)?, world.setting(place, At::Head)?))
                };
                let encrypts =
                    || world.catalogue.policies().get(one.instance.policy).is_some_and(|policy| policy.rule.id.starts_with("encryption/"));
                let optional = || {
                    let new = one.change == Change::Introduced && encrypts();
                    new && transition.head.decider.is_some_and(|place| optional::behind_its_option(world, place))
                };
                let spelled = || transition.head.decider.is_some_and(|place| spelled::without_its_variable(world, place));
                handed.iter().any(holds)
                    || renamed_secret(world, transition)
                    || same_image(world, transition)
                    || same_argument(world, transition, &mut counted)
                    || asks().unwrap_or_default()
                    || spelled()
                    || optional()
            }
        };
        if known {
            one.severity = one.severity.max(Severity::Note);
        }
    }
}

/// A literal that another setting holds now: `lifetime=DAYS` where `lifetime=timedelta(days=31)` stood and `DAYS = timedelta(days=31)` came.
struct Handed<'w> {
    /// Whose literal it was.
    from: &'w Instance,
    was: &'w Setting,
    /// What is looked up now, and where.
    name: String,
    is: SettingAt,
    /// The settings of that name.
    places: Vec<SettingAt>,
    /// One of them says something else, or was there before.
    doubtful: bool,
}

/// Where literals went. Every setting of a name in the changed files must agree, and none of its file may be older.
fn all_handed<'w>(world: &'w World, transitions: &[&'w Transition]) -> Vec<Handed<'w>> {
    let looks_up = |transition: &&'w Transition| -> Option<Handed<'w>> {
        let from = transition.base.decider?;
        let was = world.setting(from, At::Base)?;
        // a policy may know a setting by its values alone
        let is = transition.head.decider.or(transition.head.stands).or_else(|| same_name(world, from)).or_else(|| user_of(world, from))?;
        let reads = world.setting(is, At::Head).filter(|setting| setting.value == Outcome::Unread)?;
        let name = looked_up(&reads.raw)?;
        Some(Handed { from: &transition.instance, was, name, is, places: Vec::new(), doubtful: false })
    };
    let literal = |transition: &&&Transition| {
        let head = transition.head.decider.and_then(|place| world.setting(place, At::Head));
        matches!(transition.base.state, State::Written(_)) && head.is_none_or(|setting| setting.value == Outcome::Unread)
    };
    let mut all: Vec<Handed> = transitions.iter().filter(literal).take(CANDIDATES).filter_map(looks_up).take(MOST).collect();
    if all.is_empty() {
        return all;
    }
    for pair in 0..world.pairs.len() {
        let Some(reading) = world.reading(pair, At::Head) else { continue };
        let before = world.reading(pair, At::Base);
        let old: Vec<Vec<String>> = before.iter().flat_map(|old| &old.settings).map(called).collect();
        for (at, setting) in reading.settings.iter().enumerate().filter(|(_, setting)| !setting.is_map()) {
            let own = called(setting);
            for one in all.iter_mut().filter(|one| (pair, at) != one.is && one.means(reading, setting, &own)) {
                // a chart's values are known by their whole path
                let older = || !one.name.starts_with('.') && old.iter().any(|names| names.iter().any(|name| ends_in(name, &one.name)));
                one.doubtful |= !same_value(one.was, setting) || older();
                one.places.push((pair, at));
            }
        }
    }
    all.retain(|one| !one.doubtful && !one.places.is_empty());
    all
}

impl Handed<'_> {
    /// Whether a setting with these names is the one that is looked up.
    fn means(&self, reading: &Reading, setting: &Setting, names: &[String]) -> bool {
        let Some(path) = self.name.strip_prefix('.') else { return names.iter().any(|name| ends_in(name, &self.name)) };
        let last = path.rsplit('.').next().unwrap_or(path);
        setting.key.is_some() && names.iter().any(|name| name == last) && fold(&reading.path_of(setting)) == *path
    }
}

/// The names by which programs and templates look a setting up, folded.
fn called(setting: &Setting) -> Vec<String> {
    let own = setting.names.iter().filter(|(surface, _)| matches!(surface, Surface::Field | Surface::Env)).map(|(_, name)| &**name);
    setting.key.as_deref().into_iter().chain(own).map(fold).collect()
}

/// Whether a name is another one, or ends in it where that is long enough: `cors_origins` ends in `origins`.
fn ends_in(name: &str, end: &str) -> bool {
    name.strip_suffix(end).is_some_and(|before| before.is_empty() || end.len() >= LONG_NAME)
}

/// The values of the chart that a template looks a literal up in, which may not have changed.
#[must_use]
pub fn wanted(world: &World, transition: &Transition) -> Option<String> {
    let is = transition.head.decider.filter(|_| transition.head.state == State::Unknown)?;
    let name = looked_up(&world.setting(is, At::Head)?.raw)?;
    let file = world.pairs.get(is.0)?.at(At::Head)?;
    let (chart, _) = file.path.rsplit_once("templates/").filter(|_| name.starts_with('.'))?;
    Some(format!("{chart}values.yaml"))
}

/// The head's setting of the same name in the same place.
fn same_name(world: &World, from: SettingAt) -> Option<SettingAt> {
    let (base, head) = (world.reading(from.0, At::Base)?, world.reading(from.0, At::Head)?);
    let was = base.settings.get(from.1)?;
    let path = base.path_of(was);
    let at = head.settings.iter().position(|is| is.names == was.names && is.key == was.key && head.path_of(is) == path)?;
    Some((from.0, at))
}

/// Where the head still uses a variable that had the literal, and what it has now is nothing that is read: `origins = settings.cors_origins`
/// in a function.
fn user_of(world: &World, from: SettingAt) -> Option<SettingAt> {
    let variable = names(world.setting(from, At::Base)?).map(fold).find(|name| name.len() >= LONG_NAME)?;
    let uses = |setting: &Setting| setting.value == Outcome::Unread && looked_up(&setting.raw).as_deref() == Some(&*variable);
    let at = world.reading(from.0, At::Head)?.settings.iter().position(uses)?;
    Some((from.0, at))
}

/// Whether both sides look up the very same: `origins` and `[str(origin) for origin in origins]`.
fn looks_up_the_same(world: &World, transition: &Transition) -> bool {
    let source = |decider: Option<SettingAt>, at: At| {
        let raw = &world.setting(decider?, at).filter(|setting| setting.value == Outcome::Unread)?.raw;
        looked_up(raw).map(|_| each(raw).unwrap_or(raw).trim())
    };
    let was = source(transition.base.decider, At::Base);
    was.is_some() && was == source(transition.head.decider, At::Head)
}

/// Whether a secret that everybody could read in the base's file gave way to another one: no secret was lost. What asks for a secret
/// was none.
fn public_before(world: &World, transition: &Transition) -> bool {
    let asks = |text: &str| text.contains(['<', '[', '{', '$']) || text.to_ascii_lowercase().contains("your");
    let is_secret = |place: Option<SettingAt>, at: At| {
        let setting = place.and_then(|place| world.setting(place, at));
        setting.is_some_and(|setting| matches!(&setting.value, Outcome::One(Value::Text(text)) if text.len() > 3 && !asks(text)))
    };
    matches!(world.order_of(&transition.instance), Order::Secret(_))
        && is_secret(transition.base.decider, At::Base)
        && is_secret(transition.head.decider, At::Head)
}

/// Whether the same known secret stood in this file under another name that is gone.
fn renamed_secret(world: &World, transition: &Transition) -> bool {
    let Some((pair, at)) = transition.head.decider else { return false };
    let (Some(base), Some(head)) = (world.reading(pair, At::Base), world.reading(pair, At::Head)) else { return false };
    let Some(setting) = head.settings.get(at) else { return false };
    let secret = matches!(world.order_of(&transition.instance), Order::Secret(_) | Order::Shape(_));
    let plain = matches!(&setting.value, Outcome::One(Value::Text(text)) if text.len() > 3);
    let scope = |reading: &Reading, setting: &Setting| reading.path_of(setting).rsplit_once('.').map(|(scope, _)| scope.to_owned());
    secret
        && plain
        && base.settings.iter().any(|old| {
            let holds = || names(old).any(|name| SECRETS.iter().any(|word| name.to_ascii_lowercase().contains(word)));
            let stays = || head.settings.iter().any(|new| new.names == old.names && new.key == old.key && new.raw == old.raw);
            old.value == setting.value && holds() && scope(base, old) == scope(head, setting) && !stays()
        })
}

/// Whether the base's file ran the same image, tag included.
fn same_image(world: &World, transition: &Transition) -> bool {
    let Some((pair, at)) = transition.head.decider else { return false };
    let Some(setting) = world.setting((pair, at), At::Head) else { return false };
    let is_image = |setting: &Setting| setting.names.iter().any(|(surface, _)| *surface == Surface::Image);
    let before = world.reading(pair, At::Base);
    is_image(setting) && before.is_some_and(|base| base.settings.iter().any(|old| is_image(old) && old.raw == setting.raw))
}

/// Whether the base's file handed as many calls that the policy knows the same argument with the same value: another client is called
/// with `verify=False`. Each argument with its value is counted once.
fn same_argument(world: &World, transition: &Transition, counted: &mut HashMap<(usize, usize, String), bool>) -> bool {
    let Some((pair, at)) = transition.head.decider else { return false };
    let Some(setting) = world.setting((pair, at), At::Head).filter(|setting| matches!(setting.value, Outcome::One(_))) else {
        return false;
    };
    let Some(name) = argument(setting) else { return false };
    let key = (pair, transition.instance.policy, format!("{name}={:?}", setting.value));
    if let Some(known) = counted.get(&key) {
        return *known;
    }
    let times = |side: At| {
        let matches = world.matches(pair, side).into_iter().flat_map(|matches| &matches.all);
        let own: HashSet<usize> = matches.filter(|one| one.policy == transition.instance.policy).map(|one| one.setting).collect();
        let same = |other: &Setting| argument(other) == Some(name) && same_value(other, setting);
        own.into_iter().filter(|at| world.setting((pair, *at), side).is_some_and(same)).count()
    };
    let known = times(At::Base) >= times(At::Head);
    counted.insert(key, known);
    known
}

/// The name of an argument that a call is given: `verify` of `requests.post(verify)`.
fn argument(setting: &Setting) -> Option<&str> {
    let name = setting.names.iter().find_map(|(surface, name)| (*surface == Surface::Argument).then_some(name))?;
    let (_, argument) = name.strip_suffix(')')?.rsplit_once('(')?;
    // what a call takes by its place means something else in each
    argument.starts_with(|c: char| c.is_alphabetic() || c == '_').then_some(argument)
}

/// The last name of an expression that only looks something up: `settings.origins`, `config['auth']['days']`, `list(ORIGINS)`; of a
/// chart's template the whole path, with a dot in front.
fn looked_up(raw: &str) -> Option<String> {
    if let Some(action) = raw.trim().trim_matches(['"', '\'']).strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) {
        let action = action.trim_matches('-').trim();
        let path = action.strip_suffix("| quote").unwrap_or(action).trim().strip_prefix(".Values.")?;
        return path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_')).then(|| format!(".{}", fold(path)));
    }
    let mut text = each(raw).unwrap_or(raw).trim();
    while let Some((function, inner)) = text.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        if !matches!(function, "list" | "str" | "tuple" | "set" | "int" | "float" | "bool" | "String" | "Number") {
            return None;
        }
        text = inner.trim();
    }
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | '\'' | '"' | '-' | ':' | '$' | '?');
    if text.starts_with(['"', '\'', '[']) || !text.chars().all(plain) {
        return None;
    }
    let name = text.trim_end_matches(['\'', '"', ']']).rsplit(['.', '\'', '"', '[', ':']).next()?;
    let is_name = name.len() > 3 && name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    is_name.then(|| fold(name))
}

/// What a list takes its items from, each as it is or as text: `[str(x) for x in origins]`.
fn each(raw: &str) -> Option<&str> {
    let (item, rest) = raw.trim().strip_prefix('[')?.strip_suffix(']')?.split_once(" for ")?;
    let (name, source) = rest.split_once(" in ")?;
    let plain = item == name
        || item.strip_prefix("str(").and_then(|inner| inner.strip_suffix(')')) == Some(name)
        || item.strip_prefix(name) == Some(".strip()");
    plain.then_some(source)
}

fn names(setting: &Setting) -> impl Iterator<Item = &str> {
    setting.key.iter().map(|key| &**key).chain(setting.names.iter().map(|(_, name)| &**name))
}

/// Whether both say the same: the same value, or the same expression where nobody knows its value.
fn same_value(was: &Setting, is: &Setting) -> bool {
    match (&was.value, &is.value) {
        (Outcome::Unread, Outcome::Unread) => was.raw == is.raw,
        (was, is) => was == is,
    }
}

#[cfg(test)]
mod tests {
    use super::looked_up;

    #[test]
    fn only_what_looks_something_up_has_a_name() {
        for (raw, name) in [
            ("settings.cors_origins", "corsorigins"),
            ("config['auth']['http_lifetime']", "httplifetime"),
            ("list(self.ORIGINS)", "origins"),
            ("process.env.API_HOST", "apihost"),
            ("{{ .Values.web.serviceType | quote }}", ".web.servicetype"),
            ("\"{{- .Values.logLevel -}}\"", ".loglevel"),
            ("[str(origin) for origin in origins]", "origins"),
        ] {
            assert_eq!(looked_up(raw).as_deref(), Some(name), "{raw}");
        }
        for raw in [
            "\"literal\"",
            "f(settings.origins)",
            "a or b.c",
            "[*origins]",
            "x",
            "not settings.debug",
            "settings.origins + more",
            "{{ .Values.x | default 1 }}",
            "{{ .Release.Name }}",
            "[o for o in origins if o]",
        ] {
            assert_eq!(looked_up(raw), None, "{raw}");
        }
    }
}
