//! What templates of a chart look up in its values: which of them may say something else now, and what a variable finds there.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;

use super::environment::{Files, text_of};
use super::{UNCHANGED, is_yaml, variable};
use crate::check::load::{self, Sides};
use crate::judge::input::FileIn;
use crate::reading::Reading;
use crate::revision::search::search_in;
use crate::revision::{Blob, Error, Pair};
use crate::scope::ScopeId;
use crate::setting::Setting;
use crate::value::{Outcome, Value};

/// The file with a chart's values.
pub(super) const VALUES: &str = "values.yaml";

/// Changed values of one chart that are looked for in its templates.
const PATHS: usize = 2000;

/// Bytes of templates that are searched for them.
const TEMPLATES: u64 = 8 << 20;

/// What changed in the values of a chart.
#[derive(Debug)]
pub(super) enum Changed {
    /// They are the same file.
    Nothing,
    /// These paths; the empty one is all of them.
    Paths(BTreeSet<String>),
}

/// A variable as it is written, and the path of the value that it is nothing but.
#[derive(Debug, PartialEq, Eq)]
struct Written<'a> {
    raw: &'a str,
    value: Option<&'a str>,
}

impl Changed {
    /// Whether what stands under a path is what stood there.
    fn keeps(&self, path: &str) -> bool {
        let holds = |outer: &String| {
            outer.is_empty() || path.strip_prefix(outer.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match self {
            Self::Nothing => true,
            Self::Paths(paths) => !paths.iter().any(holds),
        }
    }
}

impl Files<'_> {
    /// The variables of a unit that look up what they did in a chart's values, and find there what they did: the values, which may be
    /// long, are not read for them.
    pub(super) fn settled(
        &mut self,
        (base, was, unit): (&FileIn, &Reading, ScopeId),
        (head, is, twin): (&FileIn, &Reading, ScopeId),
    ) -> Result<BTreeSet<String>, Error> {
        let mut settled = BTreeSet::new();
        let (Some(old), Some(new)) = (chart_of(&base.path), chart_of(&head.path)) else { return Ok(settled) };
        let (was, is) = (looking_up(was, unit), looking_up(is, twin));
        let same: Vec<_> = was.iter().filter(|(name, written)| is.get(*name) == Some(written)).collect();
        if same.is_empty() {
            return Ok(settled);
        }
        let sides = self.sides;
        let values = || {
            let was = sides.store.find(sides.base, &format!("{old}{VALUES}"))?;
            Ok((was, sides.store.find(sides.head, &format!("{new}{VALUES}"))?))
        };
        let changed = self.charts.changed(sides, old, new, values)?;
        let kept = same.into_iter().filter(|(_, written)| written.iter().filter_map(|one| one.value).all(|path| changed.keeps(path)));
        settled.extend(kept.map(|(name, _)| (*name).to_owned()));
        Ok(settled)
    }
}

/// What changed in the values of charts, by their folders at base and head, each compared once.
#[derive(Debug, Default)]
pub(in crate::check) struct Charts(BTreeMap<(String, String), Changed>);

impl Charts {
    /// Keeps what was compared.
    pub(in crate::check) fn keep(&mut self, Compared(chart, changed): Compared) {
        self.0.insert(chart, changed);
    }

    fn changed(
        &mut self,
        sides: &Sides,
        old: &str,
        new: &str,
        values: impl FnOnce() -> Result<(Option<Blob>, Option<Blob>), Error>,
    ) -> Result<&Changed, Error> {
        Ok(match self.0.entry((old.to_owned(), new.to_owned())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(match values()? {
                (Some(was), Some(is)) if was.id == is.id => Changed::Nothing,
                (Some(was), Some(is)) => Changed::Paths(changed_between(sides, &was, &is)),
                _ => Changed::Paths(BTreeSet::from([String::new()])),
            }),
        })
    }
}

/// The values of one chart, by its folders at base and head.
#[derive(Debug)]
pub(in crate::check) struct Compared((String, String), Changed);

/// What differs between two texts that are the values of a chart, known while they are at hand: they would have to be read again.
pub(in crate::check) fn compared((was, base): (&Blob, &str), (is, head): (&Blob, &str)) -> Option<Compared> {
    let (old, new) = was.path.strip_suffix(VALUES).zip(is.path.strip_suffix(VALUES))?;
    Some(Compared((old.to_owned(), new.to_owned()), Changed::Paths(changed_paths(base, head))))
}

/// Templates that did not change and may look up what changed in the values of their chart.
pub(super) fn templates(sides: &Sides, changed: &[Pair], here: &BTreeSet<&str>, charts: &mut Charts) -> Result<Vec<Pair>, Error> {
    let mut found: Vec<Pair> = Vec::new();
    for pair in changed {
        let (Some(base), Some(head)) = (&pair.base, &pair.head) else { continue };
        let Some((old, chart)) = base.path.strip_suffix(VALUES).zip(head.path.strip_suffix(VALUES)) else { continue };
        let paths: BTreeSet<&[u8]> = match charts.changed(sides, old, chart, || Ok((Some(base.clone()), Some(head.clone()))))? {
            Changed::Paths(paths) if found.len() < UNCHANGED => paths.iter().take(PATHS).map(String::as_bytes).collect(),
            _ => continue,
        };
        if paths.is_empty() {
            continue;
        }
        let template = |path: &str| is_yaml(path) && !here.contains(path);
        let mut listing = sides.store.list_below(sides.head, &format!("{chart}templates"), &template)?;
        let asks = |text: &[u8]| if looks_up(text, &paths) { vec![0] } else { Vec::new() };
        let hits = search_in(sides.store, sides.head, &asks, &listing, TEMPLATES).hits;
        listing.blobs.retain(|blob| hits.iter().any(|(path, _)| *path == blob.path));
        let blobs = listing.blobs.into_iter().take(UNCHANGED - found.len());
        found.extend(blobs.map(|blob| Pair { base: Some(blob.clone()), head: Some(blob) }));
    }
    Ok(found)
}

/// Whether a template looks up one of these paths, or something below it; the empty one is all of them.
fn looks_up(template: &[u8], paths: &BTreeSet<&[u8]>) -> bool {
    const VALUES: &[u8] = b".Values.";
    memchr::memmem::find_iter(template, VALUES).any(|at| {
        let rest = template.get(at + VALUES.len()..).unwrap_or_default();
        let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'.')).unwrap_or(rest.len());
        let path = rest.get(..end).unwrap_or_default();
        let ends = memchr::memchr_iter(b'.', path).chain([path.len()]);
        paths.contains(&b""[..]) || ends.into_iter().any(|end| path.get(..end).is_some_and(|outer| paths.contains(outer)))
    })
}

/// The paths whose values two files of a chart give otherwise.
fn changed_between(sides: &Sides, base: &Blob, head: &Blob) -> BTreeSet<String> {
    let mut bytes = sides.store.reader();
    let reader = crate::read::by_path(&head.path);
    let mut text = |revision, blob| load::text(&mut bytes, sides.bounds, revision, blob, reader, true).unwrap_or_default();
    changed_paths(&text(sides.base, base), &text(sides.head, head))
}

/// The paths whose values two texts of YAML give otherwise, known from lines and their indentation. Where a text takes parts of itself in
/// elsewhere, that is every path.
fn changed_paths(was: &str, is: &str) -> BTreeSet<String> {
    if [was, is].iter().any(|text| text.contains("<<:") || text.contains(": *")) {
        return BTreeSet::from([String::new()]);
    }
    let mut lines = Lines::default();
    lines.take(0, was);
    lines.take(1, is);
    lines.unlike()
}

/// What the lines of two texts of YAML give to each path.
#[derive(Default)]
struct Lines<'a> {
    /// Under its parent's place, one more than its index, and its own key.
    places: HashMap<(usize, &'a str), usize>,
    nodes: Vec<Line<'a>>,
    /// What stands below no key.
    outside: [Vec<&'a str>; 2],
}

struct Line<'a> {
    parent: usize,
    key: &'a str,
    said: [Vec<&'a str>; 2],
}

impl<'a> Lines<'a> {
    fn take(&mut self, side: usize, text: &'a str) {
        let mut around: Vec<(usize, usize)> = Vec::new();
        for line in text.lines() {
            let inner = line.trim_start();
            if inner.is_empty() || inner.starts_with('#') {
                continue;
            }
            let depth = line.len() - inner.len();
            // items may stand as deep as their key
            let deepest = depth + usize::from(inner.starts_with("- "));
            while around.last().is_some_and(|(outer, _)| *outer >= deepest) {
                around.pop();
            }
            let parent = around.last().map_or(0, |(_, place)| *place);
            let is_key = |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let pair = inner.split_once(':').map(|(key, value)| (key.trim_end().trim_matches(['"', '\'']), value));
            let Some((key, value)) = pair.filter(|(key, _)| is_key(key)) else {
                // an item, or a line of a longer text: a part of what stands around it
                self.say(parent, side, inner.trim_end());
                continue;
            };
            let nodes = &mut self.nodes;
            let place = *self.places.entry((parent, key)).or_insert_with(|| {
                nodes.push(Line { parent, key, said: Default::default() });
                nodes.len()
            });
            self.say(place, side, value.trim());
            around.push((depth, place));
        }
    }

    fn say(&mut self, place: usize, side: usize, text: &'a str) {
        let said = match place.checked_sub(1) {
            Some(at) => self.nodes.get_mut(at).map(|node| &mut node.said),
            None => Some(&mut self.outside),
        };
        if let Some(said) = said.and_then(|said| said.get_mut(side)) {
            said.push(text);
        }
    }

    /// The paths of which the two say something else.
    fn unlike(&self) -> BTreeSet<String> {
        let path = |node: &Line| {
            let above = std::iter::successors(Some(node), |node| self.nodes.get(node.parent.checked_sub(1)?));
            let mut steps: Vec<&str> = above.map(|node| node.key).collect();
            steps.reverse();
            steps.join(".")
        };
        let everything = (self.outside[0] != self.outside[1]).then(String::new);
        self.nodes.iter().filter(|node| node.said[0] != node.said[1]).map(path).chain(everything).collect()
    }
}

/// The folder of the chart that a template belongs to.
pub(super) fn chart_of(path: &str) -> Option<&str> {
    path.find("templates/").map(|at| path.get(..at).unwrap_or_default()).filter(|chart| chart.is_empty() || chart.ends_with('/'))
}

/// The path of the chart's value that a variable is nothing but: `{{ .Values.a.b | quote }}`.
pub(super) fn value_of(setting: &Setting) -> Option<&str> {
    variable(setting)?;
    let inner = setting.raw.trim().trim_matches(['"', '\'']).strip_prefix("{{")?.strip_suffix("}}")?;
    let mut parts = inner.trim_matches(['-', ' ']).split('|').map(str::trim);
    let path = parts.next()?.strip_prefix(".Values.")?;
    let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let kept = parts.all(|part| matches!(part, "quote" | "squote" | "toString") || part.starts_with("default "));
    (plain && kept).then_some(path)
}

/// The variables of a unit, as they are written, where one of their lines looks up a chart's value.
fn looking_up(reading: &Reading, unit: ScopeId) -> BTreeMap<&str, Vec<Written<'_>>> {
    let mut found: BTreeMap<&str, Vec<Written>> = BTreeMap::new();
    for setting in reading.settings.iter().filter(|setting| setting.scope == unit) {
        if let Some(name) = variable(setting) {
            found.entry(name).or_default().push(Written { raw: &setting.raw, value: value_of(setting) });
        }
    }
    found.retain(|_, all| all.iter().any(|one| one.value.is_some()));
    found
}

/// What a chart's values say under a path.
pub(super) fn value_at(values: &Reading, path: &str) -> Option<Box<str>> {
    let (around, key) = path.rsplit_once('.').unwrap_or(("", path));
    let is = |setting: &&Setting| setting.key.as_deref() == Some(key) && values.path_to(setting.scope) == around;
    let value = &values.settings.iter().find(is)?.value;
    let scalar = matches!(value, Outcome::One(Value::Text(_) | Value::Bool(_) | Value::Int(_) | Value::Float(_)));
    text_of(value).filter(|_| scalar)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{changed_paths, looks_up};

    #[test]
    fn what_a_template_looks_up() {
        let looks = |template: &str, paths: &[&str]| {
            looks_up(template.as_bytes(), &paths.iter().map(|path| path.as_bytes()).collect::<BTreeSet<_>>())
        };
        assert!(looks("a: {{ .Values.auth.enabled | quote }}", &["auth.enabled"]));
        assert!(looks("a: {{ .Values.auth.enabled }}", &["x", "auth"]), "what stands below it is part of it");
        assert!(looks("a: {{ $.Values.auth }}", &[""]), "all of them");
        assert!(!looks("a: {{ .Values.authority }}", &["auth"]));
        assert!(!looks("a: {{ .Values.auth }}", &["auth.enabled"]), "it is not looked into");
        assert!(!looks("a: {{ .Chart.Name }}", &[""]));
    }

    #[test]
    fn paths_that_say_something_else() {
        let changed = |was: &str, is: &str| changed_paths(was, is).into_iter().collect::<Vec<_>>();
        assert_eq!(changed("a:\n  b: 1\n  c: 2\n", "a:\n  b: 1\n  c: 3\n"), ["a.c"]);
        assert_eq!(changed("a: 1\nb: 2\n", "a: 2\nb: 1\n"), ["a", "b"]);
        assert_eq!(changed("a:\n  b:\n    true\n", "a:\n  b:\n    false\n"), ["a.b"], "a value below its key");
        assert_eq!(changed("a:\n- x\nb: 1\n", "a:\n- y\nb: 1\n"), ["a"], "an item as deep as its key");
        assert_eq!(changed("a:\n  x-y: 1\n", "a:\n  x-y: 2\n"), ["a"], "a key that no template names");
        assert_eq!(changed("a: {b: 1}\n", "a: {b: 2}\n"), ["a"]);
        assert_eq!(changed("- 1\n", "- 2\n"), [""], "what stands below no key may be all");
        assert_eq!(changed("# x\na: 1\n", "# y\n\na: 1\n"), [""; 0]);
    }
}
