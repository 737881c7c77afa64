//! `privgate.yaml` at base and at head: what got looser, key by key, and what a first one loosens.

use std::collections::BTreeSet;

use super::policies::{GRADED, lower_floor, one_line};
use super::raised::{Place, Raised, Said};
use crate::check::FailOn;
use crate::config::fault::{Key, place};
use crate::config::rules::OwnFile;
use crate::config::{Config, Override};
use crate::judge::severity::of_policy;
use crate::policy::file::{Level, Policy, Words};
use crate::read::tree::yaml;
use crate::report::model::{Change, PathClass, Severity};
use crate::span::Span;

/// A configuration with the file it stands in; none where a revision has no such file.
#[derive(Clone, Copy, Debug)]
pub struct Configured<'a> {
    /// What it says.
    pub config: &'a Config,
    /// Where it stands.
    pub file: Option<&'a OwnFile>,
}

/// Both configurations, and the policies that they could speak of.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a, 'p> {
    /// Before.
    pub base: Configured<'a>,
    /// After.
    pub head: Configured<'a>,
    /// The policies as they are without any configuration.
    pub policies: &'p [Policy],
}

/// One entry that got looser.
struct Looser {
    path: Vec<Step>,
    was: String,
    is: String,
}

/// A step to an entry, owned.
enum Step {
    Name(String),
    Item(usize),
}

/// What got looser between two configurations; for a first one a single finding, quiet when it loosens nothing.
#[must_use]
pub fn compare<'a>(compared: &Compared<'a, '_>) -> Vec<Raised<'a>> {
    let looser = looser(compared);
    match (compared.base.file, compared.head.file) {
        (None, Some(file)) => vec![first(file, &looser)],
        (Some(_), _) => looser.into_iter().filter_map(|one| told(compared, &one)).collect(),
        (None, None) => Vec::new(),
    }
}

fn first<'a>(file: &'a OwnFile, looser: &[Looser]) -> Raised<'a> {
    let names: Vec<String> = looser.iter().map(|one| format!("`{}`", named(&one.path))).collect();
    let place = Place { file, span: Span::new(0, file.text.lines().next().map_or(0, str::len)) };
    let message = if names.is_empty() {
        "a first privgate.yaml: it counts from the next change on; the built-in policies judge this one".to_owned()
    } else {
        format!(
            "a first privgate.yaml loosens {}; it counts from the next change on, the built-in policies judge this one",
            names.join(", ")
        )
    };
    Raised {
        id: "gate/config-added",
        change: Change::Introduced,
        severity: if names.is_empty() { Severity::Note } else { Severity::Warning },
        setting: file.path.clone(),
        base: Said::Gone,
        head: Said::Written(place, if names.is_empty() { "loosens nothing".into() } else { format!("loosens {}", names.join(", ")) }),
        near: place,
        message,
    }
}

fn told<'a>(compared: &Compared<'a, '_>, looser: &Looser) -> Option<Raised<'a>> {
    let name = named(&looser.path);
    let (base, head) = (side(compared.base, &looser.path), side(compared.head, &looser.path));
    let near = head.0.or(base.0)?;
    let said = |(place, value): (Option<Place<'a>>, Option<String>), word: &str| match (place, value) {
        (Some(place), Some(value)) => Said::Written(place, value),
        (Some(_), None) => Said::Unset(word.to_owned()),
        (None, _) => Said::Gone,
    };
    let gone = compared.head.file.is_none();
    Some(Raised {
        id: "gate/config-loosened",
        change: if gone { Change::Removed } else { Change::Weakened },
        severity: Severity::Error,
        setting: name.clone(),
        base: said(base, &looser.was),
        head: said(head, &looser.is),
        near,
        message: format!("`{name}` of privgate.yaml went from {} to {}: the gate is no longer as strict", looser.was, looser.is),
    })
}

/// Where an entry stands on one side, and its value when it is written there.
fn side<'a>(side: Configured<'a>, path: &[Step]) -> (Option<Place<'a>>, Option<String>) {
    let Some(file) = side.file else { return (None, None) };
    let tree = yaml::parse(&file.text);
    let keys: Vec<Key> = path
        .iter()
        .map(|step| match step {
            Step::Name(name) => Key::Name(name),
            Step::Item(item) => Key::Item(*item),
        })
        .collect();
    let span = place(&tree, &keys);
    let mut node = tree.documents.first().copied();
    for key in &keys {
        node = node.and_then(|node| match key {
            Key::Name(name) => tree.get(node, name),
            Key::Item(item) => tree.items(node).get(*item).copied(),
        });
    }
    (Some(Place { file, span }), node.map(|node| one_line(tree.node(node).span, &file.text)))
}

fn named(path: &[Step]) -> String {
    let words: Vec<String> = path
        .iter()
        .map(|step| match step {
            Step::Name(name) => name.clone(),
            Step::Item(item) => item.to_string(),
        })
        .collect();
    words.join(".")
}

fn keys(names: &[&str]) -> Vec<Step> {
    names.iter().map(|name| Step::Name((*name).to_owned())).collect()
}

fn looser(compared: &Compared) -> Vec<Looser> {
    let (base, head) = (compared.base.config, compared.head.config);
    let mut all = Vec::new();
    policies(compared, &mut all);
    packs(base, head, &mut all);
    let strictness = |fail_on: Option<FailOn>| match fail_on.unwrap_or_default() {
        FailOn::Warning => 0,
        FailOn::Error => 1,
        FailOn::Never => 2,
    };
    let word = |fail_on: Option<FailOn>| ["warning", "error", "never"].get(strictness(fail_on)).copied().unwrap_or_default().to_owned();
    if strictness(head.fail_on) > strictness(base.fail_on) {
        all.push(Looser { path: keys(&["fail_on"]), was: word(base.fail_on), is: word(head.fail_on) });
    }
    classes(base, head, &mut all);
    for ((key, was, most), (_, is, _)) in base.limits.each().into_iter().zip(head.limits.each()) {
        if is.unwrap_or(most) < was.unwrap_or(most) {
            let show = |value: Option<u32>| value.unwrap_or(most).to_string();
            all.push(Looser { path: keys(&["limits", key]), was: show(was), is: show(is) });
        }
    }
    waivers(base, head, &mut all);
    data(base, head, &mut all);
    all
}

/// Entries of `policies:` under which some policy is milder, or starts from a lower floor, than before.
fn policies(compared: &Compared, all: &mut Vec<Looser>) {
    let (base, head) = (compared.base.config, compared.head.config);
    let entries: BTreeSet<&String> = base.policies.keys().chain(head.policies.keys()).collect();
    for key in entries {
        let speaks = |config: &Config, id: &str| config.of_policy(id).is_some_and(|(name, _)| name == key);
        let meant = || compared.policies.iter().filter(|policy| speaks(base, &policy.id) || speaks(head, &policy.id));
        if let Some(policy) = meant().find(|policy| milder(base, head, policy)) {
            let path = keys(&["policies", key, "severity"]);
            all.push(Looser { path, was: graded(base, policy), is: graded(head, policy) });
        }
        if let Some(policy) = meant().find(|policy| lower(base, head, policy)) {
            let show = |config: &Config| {
                let floor = adjusted(config, policy).floor;
                floor.map_or_else(|| "no floor".to_owned(), |floor| serde_json::to_value(&floor).map_or_else(|_| String::new(), plain))
            };
            all.push(Looser { path: keys(&["policies", key, "floor"]), was: show(base), is: show(head) });
        }
    }
    // findings about the gate and about data have no policy file
    for id in super::IDS.iter().chain(crate::data::IDS) {
        let level = |config: &Config| config.of_policy(id).and_then(|(key, entry)| Some((key.to_owned(), graded_as(entry)?)));
        if let Some((key, (rank, word))) = level(head)
            && rank > level(base).map_or_else(|| own_rank(id), |(_, (rank, _))| rank)
        {
            let was = level(base).map_or_else(|| "its own".to_owned(), |(_, (_, word))| word);
            all.push(Looser { path: keys(&["policies", &key, "severity"]), was, is: word });
        }
    }
    all.dedup_by(|a, b| named(&a.path) == named(&b.path));
}

/// How bad a finding without a policy file is by itself.
fn own_rank(id: &str) -> u8 {
    let kind = id.strip_prefix("data/").and_then(crate::data::Kind::by_word);
    u8::from(kind.is_some_and(|kind| !kind.fails()) || id == crate::data::POINTER)
}

fn graded_as(entry: &Override) -> Option<(u8, String)> {
    use crate::config::Grades;
    match entry.severity.as_ref()? {
        Grades::All(Level::Error) => Some((0, "error".into())),
        Grades::All(Level::Warning) => Some((1, "warning".into())),
        Grades::All(Level::Note) => Some((2, "note".into())),
        Grades::None => Some((3, "none".into())),
        Grades::Each(_) => Some((1, "a word per change".into())),
    }
}

fn plain(value: serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(map) => map.into_iter().map(|(_, value)| plain(value)).collect::<Vec<_>>().join(", "),
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}

fn adjusted(config: &Config, policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    config.adjust(&mut policy);
    policy
}

fn milder(base: &Config, head: &Config, policy: &Policy) -> bool {
    if base.silences(&policy.id) {
        return false;
    }
    let (old, new) = (adjusted(base, policy), adjusted(head, policy));
    head.silences(&policy.id) || GRADED.iter().any(|change| of_policy(&new.severity, *change) > of_policy(&old.severity, *change))
}

fn lower(base: &Config, head: &Config, policy: &Policy) -> bool {
    let new = adjusted(head, policy);
    lower_floor(&adjusted(base, policy), new.floor.as_ref())
}

fn graded(config: &Config, policy: &Policy) -> String {
    if config.silences(&policy.id) {
        return "none".into();
    }
    let adjusted = adjusted(config, policy);
    let words: Vec<&str> = GRADED.iter().map(|change| of_policy(&adjusted.severity, *change).word()).collect();
    match words.split_first() {
        Some((first, rest)) if rest.iter().all(|word| word == first) => (*first).to_owned(),
        _ => GRADED.iter().zip(&words).map(|(change, word)| format!("{} {word}", change.word())).collect::<Vec<_>>().join(", "),
    }
}

fn packs(base: &Config, head: &Config, all: &mut Vec<Looser>) {
    let clean = |pack: &String| pack.trim_end_matches('/').to_owned();
    let kept: Vec<String> = head.packs.0.iter().map(clean).collect();
    for pack in base.packs.0.iter().map(clean) {
        let within = |outer: &String| pack == *outer || pack.strip_prefix(outer.as_str()).is_some_and(|rest| rest.starts_with('/'));
        if !kept.iter().any(within) {
            all.push(Looser { path: keys(&["packs"]), was: format!("`{pack}` among them"), is: "without it".into() });
        }
    }
}

/// A glob that came into a milder class, or left the one that kept it strict.
fn classes(base: &Config, head: &Config, all: &mut Vec<Looser>) {
    let strictest = |config: &Config, glob: &String| {
        let having = config.classes.iter().filter(|(_, globs)| globs.0.contains(glob)).map(|(class, _)| *class);
        having.min_by_key(|class| class.discount())
    };
    let globs: BTreeSet<&String> = base.classes.values().chain(head.classes.values()).flat_map(|globs| &globs.0).collect();
    for glob in globs {
        let (was, is) = (strictest(base, glob), strictest(head, glob));
        // what no class names has the class of its folder, which may be the mildest there is
        let looser = match (was, is) {
            (None, Some(is)) => is.discount() > 0,
            (Some(was), None) => was == PathClass::Product,
            (Some(was), Some(is)) => is.discount() > was.discount(),
            (None, None) => false,
        };
        if !looser {
            continue;
        }
        let show = |class: Option<PathClass>| {
            class.map_or_else(|| format!("`{glob}` in no class"), |class| format!("`{glob}` as {}", class.word()))
        };
        let holder = is.map_or_else(|| (base, was), |is| (head, Some(is)));
        let item = holder.1.and_then(|class| Some((class, holder.0.classes.get(&class)?.0.iter().position(|other| other == glob)?)));
        let mut path = keys(&["classes"]);
        if let Some((class, item)) = item {
            path.push(Step::Name(class.word().into()));
            path.push(Step::Item(item));
        }
        all.push(Looser { path, was: show(was), is: show(is) });
    }
}

fn waivers(base: &Config, head: &Config, all: &mut Vec<Looser>) {
    let list = |words: &Words| if words.0.is_empty() { "those whom CODEOWNERS names".to_owned() } else { words.0.join(", ") };
    let (was, is) = (&base.waivers.owners, &head.waivers.owners);
    let joined = is.0.iter().any(|owner| !was.0.contains(owner));
    if was != is && (joined || is.0.is_empty()) {
        all.push(Looser { path: keys(&["waivers", "owners"]), was: list(was), is: list(is) });
    }
    let (was, is) = (base.waivers.most_days(), head.waivers.most_days());
    if is > was {
        all.push(Looser { path: keys(&["waivers", "max_days"]), was: was.to_string(), is: is.to_string() });
    }
}

fn data(base: &Config, head: &Config, all: &mut Vec<Looser>) {
    let list = |words: &Words| if words.0.is_empty() { "none".to_owned() } else { words.0.join(", ") };
    let (was, is) = (&base.data.files, &head.data.files);
    if was.0.iter().any(|glob| !is.0.contains(glob)) {
        all.push(Looser { path: keys(&["data", "files"]), was: list(was), is: list(is) });
    }
    let (was, is) = (&base.data.kinds, &head.data.kinds);
    let every = |words: &Words| if words.0.is_empty() { "all".to_owned() } else { words.0.join(", ") };
    let fewer = if was.0.is_empty() { !is.0.is_empty() } else { !is.0.is_empty() && was.0.iter().any(|kind| !is.0.contains(kind)) };
    if fewer && !base.data.files.0.is_empty() {
        all.push(Looser { path: keys(&["data", "kinds"]), was: every(was), is: every(is) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    fn told_of(base: Option<&str>, head: Option<&str>) -> Vec<String> {
        let file = |text: &str| OwnFile { path: "privgate.yaml".into(), text: text.to_owned() };
        let files = [base.map(file), head.map(file)];
        let configs = [base, head].map(|text| text.map(|text| parse("privgate.yaml", text).unwrap()).unwrap_or_default());
        let policies = crate::policy::catalogue::built_in_rules().unwrap();
        let compared = Compared {
            base: Configured { config: &configs[0], file: files[0].as_ref() },
            head: Configured { config: &configs[1], file: files[1].as_ref() },
            policies: &policies,
        };
        compare(&compared).into_iter().map(|one| format!("{} {} {}", one.id, one.severity.word(), one.setting)).collect()
    }

    #[test]
    fn every_key_that_got_looser_is_told() {
        for (base, head, setting) in [
            ("fail_on: warning", "fail_on: error", "fail_on"),
            ("fail_on: warning", "", "fail_on"),
            ("{}", "fail_on: never", "fail_on"),
            ("{}", "policies: {telemetry/vllm-usage-stats: {severity: note}}", "policies.telemetry/vllm-usage-stats.severity"),
            ("{}", "policies: {\"telemetry/*\": {severity: none}}", "policies.telemetry/*.severity"),
            ("policies: {\"ci/*\": {severity: error}}", "{}", "policies.ci/*.severity"),
            ("{}", "policies: {gate/policy-loosened: {severity: note}}", "policies.gate/policy-loosened.severity"),
            ("packs: [a, b]", "packs: [a]", "packs"),
            ("{}", "classes: {test: [\"deploy/**\"]}", "classes.test.0"),
            ("classes: {example: [\"a/**\"]}", "classes: {test: [\"a/**\"]}", "classes.test.0"),
            ("classes: {product: [\"docs/**\"]}", "{}", "classes.product.0"),
            ("{}", "limits: {file_mib: 1}", "limits.file_mib"),
            ("limits: {files: 50}", "limits: {files: 5}", "limits.files"),
            ("waivers: {owners: [\"@a/b\"]}", "waivers: {owners: [\"@a/b\", \"@me\"]}", "waivers.owners"),
            ("waivers: {owners: [\"@a/b\"]}", "{}", "waivers.owners"),
            ("waivers: {max_days: 10}", "waivers: {max_days: 20}", "waivers.max_days"),
            ("data: {files: [\"a/**\"]}", "{}", "data.files"),
            ("data: {files: [\"a/**\"]}", "data: {files: [\"a/**\"], kinds: [email]}", "data.kinds"),
        ] {
            assert_eq!(told_of(Some(base), Some(head)), [format!("gate/config-loosened error {setting}")], "{base} -> {head}");
            assert_eq!(
                told_of(Some(head), Some(base)).len(),
                usize::from(setting == "waivers.owners" && head == "{}"),
                "back: {head} -> {base}"
            );
        }
    }

    #[test]
    fn a_deleted_configuration_loosens_what_it_held() {
        assert_eq!(told_of(Some("fail_on: warning"), None), ["gate/config-loosened error fail_on"]);
        assert_eq!(told_of(Some("policies: {\"lexicon/*\": {severity: note}}"), None), [""; 0]);
    }

    #[test]
    fn a_first_configuration_is_quiet_unless_it_loosens() {
        assert_eq!(told_of(None, Some("packs: [a]\nfail_on: warning")), ["gate/config-added note privgate.yaml"]);
        assert_eq!(told_of(None, Some("fail_on: never")), ["gate/config-added warning privgate.yaml"]);
    }
}
