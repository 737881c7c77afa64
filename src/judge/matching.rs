//! Which settings of a file are meant by which spellings and conditions, and the unit and instance each one speaks for.

use std::sync::Arc;

use super::seeming::{Seeming, seeming};
use crate::policy::catalogue::Catalogue;
use crate::policy::compiled::{Condition, Name, Spelling};
use crate::policy::file::{Order, Per};
use crate::policy::lexicon::{Lexicon, Sense};
use crate::policy::names::{Asker, Hit, Needs, captures as captures_of};
use crate::policy::pattern::{Capture, KeyFit, PathStep, TextPattern, fold};
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Setting, Surface};
use crate::value::{Outcome, Value};
use foldhash::{HashMap, HashMapExt};

/// A setting that a spelling means.
#[derive(Clone, Debug)]
pub struct Match {
    /// Index of the policy.
    pub policy: usize,
    /// Index of the spelling; for lexicons the entry.
    pub spelling: usize,
    /// Index of the setting in its reading.
    pub setting: usize,
    /// The unit it speaks for, before climbing to the policy's `per`.
    pub unit: ScopeId,
    /// What tells instances apart inside the unit, labels included.
    pub captures: Vec<Capture>,
    /// Items of lists without a name on the way: capture index and the item's scope.
    pub items: Vec<(usize, ScopeId)>,
    /// The `--no-` form of a flag.
    pub negated: bool,
    /// For lexicons: what the name says.
    pub sense: Option<Sense>,
}

/// A setting that a condition asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The scope at which the condition's path starts.
    pub anchor: ScopeId,
    /// Index of the setting.
    pub setting: usize,
}

/// All that a catalogue finds in one file.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    /// Settings that spellings mean, in document order.
    pub all: Vec<Match>,
    /// Settings that conditions ask about.
    pub asked: HashMap<(usize, Asker), Vec<Asked>>,
    /// How many settings some policy knows.
    pub known: usize,
    /// Settings that look like something else.
    pub seeming: Vec<Seeming>,
}

/// Where a scope lies: its steps from the root, and for each number of steps the deepest scope that has just so many.
struct Path<'a> {
    steps: Vec<PathStep<'a>>,
    /// The steps as [`Needs`] knows them.
    bits: u64,
    boundaries: Vec<ScopeId>,
    /// The file inside the file that the scope is part of.
    file: Option<ScopeId>,
}

impl<'a> Path<'a> {
    fn new(names: &mut NameCache, reading: &'a Reading, scope: ScopeId) -> Self {
        let mut chain: Vec<ScopeId> = reading.in_document(scope).collect();
        chain.reverse();
        let mut path = Self { steps: Vec::new(), bits: 0, boundaries: Vec::new(), file: file_inside(reading, scope) };
        for id in chain {
            let scope = reading.get(id);
            match &scope.step {
                Step::Same => {}
                Step::Key(key) => path.steps.push(PathStep { name: names.key(key).folded.clone(), item: None }),
                Step::Item(key, _) => path.steps.push(PathStep { name: names.key(key).folded.clone(), item: Some(&scope.fields) }),
            }
            match path.boundaries.get_mut(path.steps.len()) {
                Some(deepest) => *deepest = id,
                None => path.boundaries.push(id),
            }
        }
        path.bits = Needs::bits(path.steps.iter().map(|step| &*step.name));
        path
    }

    fn boundary(&self, steps: usize) -> ScopeId {
        self.boundaries.get(steps).or(self.boundaries.last()).copied().unwrap_or(ScopeId::ROOT)
    }
}

/// The whole file that stands as a text in this one around a scope: what is said of files by their names holds for it too.
fn file_inside(reading: &Reading, scope: ScopeId) -> Option<ScopeId> {
    reading.outward(scope).find(|id| {
        let scope = reading.get(*id);
        scope.kind == ScopeKind::Document && scope.name.contains('.')
    })
}

/// What is known of names, so that one that comes again (and most do, on both sides and in many files) costs one look-up.
/// One for each thread.
#[derive(Debug)]
pub struct NameCache<'a> {
    catalogue: &'a Catalogue,
    keys: HashMap<Box<str>, KeyKnown>,
    texts: HashMap<Surface, HashMap<Box<str>, Vec<Hit>>>,
    words: HashMap<Box<str>, Said>,
    /// The same for last steps that depend on the steps before, by the whole path.
    paths: HashMap<String, Option<(usize, Sense)>>,
}

#[derive(Debug)]
struct KeyKnown {
    folded: Arc<str>,
    hits: Vec<Hit>,
}

/// What the lexicons say of a last step.
#[derive(Clone, Debug)]
enum Said {
    /// Nothing, in whatever surroundings.
    Nothing,
    /// This, in whatever surroundings: the lexicon's policy and the sense.
    This(usize, Sense),
    /// It depends on the steps before.
    Depends,
}

impl<'a> NameCache<'a> {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(catalogue: &'a Catalogue) -> Self {
        Self { catalogue, keys: HashMap::new(), texts: HashMap::new(), words: HashMap::new(), paths: HashMap::new() }
    }

    fn key(&mut self, key: &str) -> &KeyKnown {
        if !self.keys.contains_key(key) {
            let folded = fold(key);
            let hits = self.catalogue.names().of_last_step(&folded).collect();
            self.keys.insert(key.into(), KeyKnown { folded: folded.into(), hits });
        }
        self.keys.entry(key.into()).or_insert_with(|| KeyKnown { folded: "".into(), hits: Vec::new() })
    }

    fn text(&mut self, surface: Surface, name: &str) -> &[Hit] {
        let of_surface = self.texts.entry(surface).or_default();
        if !of_surface.contains_key(name) {
            of_surface.insert(name.into(), self.catalogue.names().of_text(surface, name).collect());
        }
        of_surface.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    fn said(&mut self, name: &str) -> Said {
        if let Some(said) = self.words.get(name) {
            return said.clone();
        }
        let lexicons = self.catalogue.lexicons();
        let said = if lexicons.iter().any(|lexicon| lexicon.could_mean(name)) {
            longest(lexicons.iter(), &[name]).map_or(Said::Depends, |(policy, sense)| Said::This(policy, sense))
        } else {
            Said::Nothing
        };
        self.words.insert(name.into(), said.clone());
        said
    }
}

impl NameCache<'_> {
    /// What the lexicons that judge this file say of a path.
    fn said_of_path(&mut self, judging: &[&Lexicon], path: String, known: bool) -> Option<(usize, Sense)> {
        let ask = |path: &str| {
            let steps: Vec<&str> = path.split('.').filter(|step| !step.is_empty()).collect();
            longest(judging.iter().copied(), &steps)
        };
        if !known {
            return ask(&path);
        }
        if let Some(said) = self.paths.get(&path) {
            return said.clone();
        }
        let said = ask(&path);
        self.paths.insert(path, said.clone());
        said
    }
}

/// The sense with the longest phrase.
fn longest<'l>(lexicons: impl Iterator<Item = &'l Lexicon>, steps: &[&str]) -> Option<(usize, Sense)> {
    let mut best: Option<(usize, Sense)> = None;
    for lexicon in lexicons {
        if let Some(sense) = lexicon.sense(steps)
            && best.as_ref().is_none_or(|(_, known)| sense.weight > known.weight)
        {
            best = Some((lexicon.policy, sense));
        }
    }
    best
}

/// Finds everything the catalogue knows in one file, and what only looks like something it knows.
#[must_use]
pub fn match_file(cache: &mut NameCache, path: &str, reading: &Reading) -> Matches {
    let path = crate::read::copied(path);
    let mut matches = known_in(cache, path, reading);
    matches.seeming = seeming(cache, path, reading, &matches);
    matches
}

/// What the catalogue knows of the names as they stand.
pub(super) fn known_in(cache: &mut NameCache, path: &str, reading: &Reading) -> Matches {
    let catalogue = cache.catalogue;
    let mut matches = Matches::default();
    let mut around: Option<(ScopeId, Path)> = None;
    let mut hits: Vec<(Hit, Surface, &str)> = Vec::new();
    let mut fitting: HashMap<(Option<ScopeId>, u32, Asker), bool> = HashMap::new();
    // what is known of a last step, as far as it is for this file
    let mut of_steps: HashMap<&str, (Arc<str>, Vec<Hit>)> = HashMap::new();
    let judging: Vec<&Lexicon> = catalogue.lexicons().iter().filter(|lexicon| !lexicon.ignores_file(path)).collect();
    let kinds = Needs::bits(reading.kinds.iter().map(|kind| kind.0));
    let may_be = |hit: &&Hit| catalogue.names().needs(**hit).may_be(kinds);
    for (index, setting) in reading.settings.iter().enumerate() {
        hits.clear();
        for (surface, name) in &setting.names {
            hits.extend(cache.text(*surface, name).iter().filter(may_be).map(|hit| (*hit, *surface, &**name)));
        }
        let mut last = None;
        if let Some(key) = &setting.key {
            let (folded, known) = of_steps.entry(key).or_insert_with(|| {
                let known = cache.key(key);
                (known.folded.clone(), known.hits.iter().filter(may_be).copied().collect())
            });
            if !known.is_empty() {
                hits.extend(known.iter().map(|hit| (*hit, Surface::Key, "")));
                last = Some(folded.clone());
            }
        }
        let mut owned = false;
        if !hits.is_empty() {
            if around.as_ref().is_none_or(|(scope, _)| *scope != setting.scope) {
                around = Some((setting.scope, Path::new(cache, reading, setting.scope)));
            }
            if let Some((_, around)) = &mut around {
                hits.retain(|(hit, ..)| {
                    let needs = catalogue.names().needs(*hit);
                    needs.may_follow(around.bits)
                        && *fitting.entry((around.file, hit.policy, hit.asker)).or_insert_with(|| {
                            fits_file(catalogue, *hit, path, reading)
                                || around.file.is_some_and(|file| fits_file(catalogue, *hit, &reading.get(file).name, reading))
                        })
                });
                around.steps.push(PathStep { name: last.unwrap_or_else(|| "".into()), item: None });
                let here = Here { catalogue, reading, setting, index, path: around };
                for (hit, surface, name) in &hits {
                    owned |= here.take(*hit, *surface, name, &mut matches);
                }
                around.steps.pop();
            }
        }
        if !owned && !setting.is_map() {
            owned = match_lexicons(cache, &judging, reading, setting, index, &mut matches);
        }
        matches.known += usize::from(owned);
    }
    matches
}

/// Whether a spelling is for this kind of document and this path at all. Conditions look anywhere.
fn fits_file(catalogue: &Catalogue, hit: Hit, path: &str, reading: &Reading) -> bool {
    let Asker::Spelling(at) = hit.asker else { return true };
    let spelling = catalogue.policies().get(hit.policy as usize).and_then(|policy| policy.spellings.get(at as usize));
    spelling.is_some_and(|spelling| {
        let kinds = &spelling.given.kinds.0;
        let fits_kind = kinds.is_empty() || reading.kinds.iter().any(|kind| kinds.iter().any(|wanted| wanted == kind.0));
        fits_kind && spelling.files.fits(path)
    })
}

struct Here<'a> {
    catalogue: &'a Catalogue,
    reading: &'a Reading,
    setting: &'a Setting,
    index: usize,
    path: &'a Path<'a>,
}

impl Here<'_> {
    /// Files one hit under its asker; true when a spelling means this setting.
    fn take(&self, hit: Hit, surface: Surface, text: &str, matches: &mut Matches) -> bool {
        let policy_index = hit.policy as usize;
        let Some(policy) = self.catalogue.policies().get(policy_index) else { return false };
        match hit.asker {
            Asker::Spelling(at) => {
                let Some(spelling) = policy.spellings.get(at as usize) else { return false };
                let Some(found) = self.spelling(spelling, hit, surface, text, policy.rule.safety.as_ref()) else { return false };
                if !Self::allowed(&policy.rule.each, &found.1) {
                    return false;
                }
                let (unit, captures, items, negated) = found;
                // wildcards without a name belong to their spelling alone
                let captures = captures.into_iter().map(|(label, text)| (own_label(&label, at), text)).collect();
                matches.all.push(Match {
                    policy: policy_index,
                    spelling: at as usize,
                    setting: self.index,
                    unit,
                    captures,
                    items,
                    negated,
                    sense: None,
                });
                true
            }
            Asker::OnlyIf(at, condition) => {
                let condition = policy.spellings.get(at as usize).and_then(|spelling| spelling.only_if.get(condition as usize));
                self.ask(condition, hit, surface, text, policy_index, matches);
                false
            }
            Asker::Unset(case, condition) => {
                let condition = policy.unset.get(case as usize).and_then(|case| case.conditions.get(condition as usize));
                self.ask(condition, hit, surface, text, policy_index, matches);
                false
            }
        }
    }

    fn allowed(each: &std::collections::BTreeMap<String, crate::policy::file::Words>, captures: &[Capture]) -> bool {
        each.iter().all(|(name, values)| {
            captures.iter().filter(|(label, _)| **label == **name).all(|(_, text)| values.0.iter().any(|value| fold(value) == fold(text)))
        })
    }

    fn ask(&self, condition: Option<&Condition>, hit: Hit, surface: Surface, text: &str, policy: usize, matches: &mut Matches) {
        let Some(condition) = condition else { return };
        let Some(name) = condition.names.get(hit.name as usize) else { return };
        if surface != condition.surface || !values_fit(&condition.values, self.setting) {
            return;
        }
        let anchor = match name {
            Name::Text { pattern, .. } => captures_of(pattern, surface, text).map(|_| self.setting.scope),
            Name::Key(key) => self.key_fit(key).map(|fit| self.path.boundary(fit.anchor)),
        };
        if let Some(anchor) = anchor {
            matches.asked.entry((policy, hit.asker)).or_default().push(Asked { anchor, setting: self.index });
        }
    }

    fn key_fit(&self, key: &crate::policy::pattern::KeyPattern) -> Option<KeyFit> {
        self.setting.key.as_ref()?;
        key.fits(&self.path.steps)
    }

    /// Unit, captures, nameless items and negation, when the spelling means this setting.
    #[allow(clippy::type_complexity, reason = "taken apart at once by the only caller")]
    fn spelling(
        &self,
        spelling: &Spelling,
        hit: Hit,
        surface: Surface,
        text: &str,
        order: Option<&Order>,
    ) -> Option<(ScopeId, Vec<Capture>, Vec<(usize, ScopeId)>, bool)> {
        let judged = !self.setting.is_map() || matches!(order, Some(Order::Present(_)));
        if surface != spelling.surface || !judged || !values_fit(&spelling.values, self.setting) {
            return None;
        }
        match spelling.names.get(hit.name as usize)? {
            Name::Text { pattern, negated } => {
                let mut captures = captures_of(pattern, surface, text)?;
                // a unit runs one image: another repository in its place is a change of it, not a second one
                if surface == Surface::Image {
                    captures.clear();
                }
                Some((self.setting.scope, captures, Vec::new(), *negated))
            }
            Name::Key(key) => {
                let fit = self.key_fit(key)?;
                let real = self.reading.outward(self.setting.scope).find(|id| is_unit(self.reading.get(*id).kind)).unwrap_or(ScopeId::ROOT);
                let anchor = self.path.boundary(fit.anchor);
                let unit = if key.rooted() || (self.reading.within(real, anchor) && real != anchor) { real } else { anchor };
                let depth = self.reading.in_document(unit).filter(|id| self.reading.get(*id).step != Step::Same).count();
                let (mut captures, mut items) = (Vec::new(), Vec::new());
                for (step, capture, nameless) in fit.captures {
                    // what leads to the unit is the unit's own identity
                    if step < depth {
                        continue;
                    }
                    if nameless {
                        items.push((captures.len(), self.path.boundary(step + 1)));
                    }
                    captures.push(capture);
                }
                Some((unit, captures, items, false))
            }
        }
    }
}

/// Named wildcards are shared by all spellings, numbered ones and list items belong to one.
fn own_label(label: &str, spelling: u16) -> Box<str> {
    let named = label.chars().next().is_some_and(char::is_alphabetic);
    if named { label.into() } else { format!("{spelling}:{label}").into() }
}

/// Whether a scope of this kind exists by itself.
#[must_use]
pub fn is_unit(kind: ScopeKind) -> bool {
    !matches!(kind, ScopeKind::Mapping | ScopeKind::Item)
}

fn values_fit(patterns: &[TextPattern], setting: &Setting) -> bool {
    let fits = |text: &str| patterns.iter().any(|pattern| pattern.fits(text));
    patterns.is_empty()
        || fits(&setting.raw)
        || match &setting.value {
            Outcome::One(Value::List(items)) => items.iter().any(|item| fits(&item.display())),
            Outcome::One(value) => fits(&value.display()),
            Outcome::AnyOf(values) => values.iter().any(|value| fits(&value.display())),
            Outcome::Unread => false,
        }
}

/// Gives a setting that no named policy owns to the lexicon with the longest phrase.
fn match_lexicons(
    cache: &mut NameCache,
    judging: &[&Lexicon],
    reading: &Reading,
    setting: &Setting,
    index: usize,
    matches: &mut Matches,
) -> bool {
    let named =
        setting.names.iter().find(|(surface, _)| matches!(surface, Surface::Env | Surface::Flag | Surface::Argument | Surface::Field));
    let name: &str = match (named, &setting.key) {
        (Some((Surface::Argument, name)), _) => name.split_once('(').map_or(&**name, |(_, inner)| inner.trim_end_matches(')')),
        (Some((_, name)), _) => name.trim_start_matches('-'),
        (None, Some(key)) => key,
        (None, None) => return false,
    };
    // a name in a program stands for itself, unless it is the end of a path: `viper.SetDefault("telemetry.enabled", true)`
    let alone = named.is_some() && setting.key.is_none();
    let all_judge = judging.len() == cache.catalogue.lexicons().len();
    let found = match cache.said(name) {
        Said::Nothing => return false,
        Said::This(policy, sense) if all_judge => Some((policy, sense)),
        Said::Depends if alone => return false,
        Said::This(..) | Said::Depends => {
            let around = if alone { String::new() } else { nearest_steps(reading, setting.scope) };
            cache.said_of_path(judging, format!("{around}.{name}"), all_judge)
        }
    };
    let Some((policy, sense)) = found else { return false };
    matches.all.push(Match {
        policy,
        spelling: sense.entry,
        setting: index,
        unit: setting.scope,
        captures: vec![("subject".into(), sense.entry.to_string().into()), ("rest".into(), sense.rest.clone().into())],
        items: Vec::new(),
        negated: false,
        sense: Some(sense),
    });
    true
}

/// The keys that lead to a scope, as many as a lexicon may look at, without the numbers of items.
fn nearest_steps(reading: &Reading, scope: ScopeId) -> String {
    let steps = reading.in_document(scope).filter_map(|id| match &reading.get(id).step {
        Step::Same => None,
        Step::Key(key) | Step::Item(key, _) => Some(&**key),
    });
    let mut nearest: Vec<&str> = steps.take(8).collect();
    nearest.reverse();
    nearest.join(".")
}

/// The kinds of scope that a policy's `per` climbs to.
#[must_use]
pub fn climbs_to(per: Per, kind: ScopeKind) -> bool {
    match per {
        Per::Service => kind == ScopeKind::Service,
        Per::Container => matches!(kind, ScopeKind::Container | ScopeKind::Service),
        Per::Pod => kind == ScopeKind::Pod,
        Per::Resource => kind == ScopeKind::Resource,
        Per::Job => kind == ScopeKind::Job,
        Per::Step => kind == ScopeKind::Step,
        Per::Image => matches!(kind, ScopeKind::Image | ScopeKind::Service | ScopeKind::Container),
        Per::Stage => kind == ScopeKind::Stage,
        Per::Call => kind == ScopeKind::Call,
        Per::Function => kind == ScopeKind::Function,
        Per::Class => kind == ScopeKind::Class,
        Per::Block => kind == ScopeKind::Block,
        Per::Item => kind == ScopeKind::Item,
        Per::Mapping => matches!(kind, ScopeKind::Mapping | ScopeKind::Item),
        Per::Document | Per::Repository => matches!(kind, ScopeKind::Document | ScopeKind::File),
    }
}
