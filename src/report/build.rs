//! Makes the report's findings of what the judge found: lines and columns, excerpts, sentences, redaction, fingerprints.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::excerpt::crop;
use super::model::{Change, Finding, Place, Side, StateWord};
use super::redact;
use crate::judge::found::{Found, Shown, Spot};
use crate::judge::input::At;
use crate::judge::world::World;
use crate::policy::catalogue::Prose;
use crate::policy::file::Order;
use crate::setting::Surface;
use crate::span::{LineColumn, LineIndex};

/// Line tables of the files that have findings.
#[derive(Default)]
struct Lines(HashMap<(usize, At), LineIndex>);

impl Lines {
    fn of(&mut self, world: &World, spot: Spot) -> &LineIndex {
        let text = text_of(world, spot);
        self.0.entry((spot.pair, spot.at)).or_insert_with(|| LineIndex::new(text))
    }

    fn start(&mut self, world: &World, spot: Spot) -> LineColumn {
        let text = text_of(world, spot);
        self.of(world, spot).locate(text, spot.span.start)
    }

    fn end(&mut self, world: &World, spot: Spot) -> LineColumn {
        let text = text_of(world, spot);
        self.of(world, spot).locate(text, spot.span.end.max(spot.span.start))
    }
}

fn text_of<'a>(world: &World<'a>, spot: Spot) -> &'a str {
    world.pairs.get(spot.pair).and_then(|pair| pair.at(spot.at)).map_or("", |file| file.text())
}

fn path_of(world: &World, spot: Spot) -> String {
    world.pairs.get(spot.pair).and_then(|pair| pair.at(spot.at)).map(|file| file.path.clone()).unwrap_or_default()
}

/// The report's findings, in the judge's order.
#[must_use]
pub fn findings(world: &World, found: &[Found]) -> Vec<Finding> {
    let mut lines = Lines::default();
    let mut seen: HashMap<String, usize> = HashMap::new();
    found
        .iter()
        .map(|one| {
            let mut finding = finding(world, one, &mut lines);
            let identity = identity(world, one);
            let ordinal = seen.entry(identity.clone()).or_default();
            finding.fingerprint = digest(&format!("{identity}\n{ordinal}"));
            *ordinal += 1;
            finding
        })
        .collect()
}

fn finding(world: &World, one: &Found, lines: &mut Lines) -> Finding {
    let policy = world.catalogue.policies().get(one.instance.policy);
    let id = policy.map(|policy| policy.rule.id.clone()).unwrap_or_default();
    let prose = world.catalogue.prose(&id);
    let known = is_known_secret(one, policy.and_then(|policy| policy.rule.safety.as_ref()));
    let (start, end) = (lines.start(world, one.spot), lines.end(world, one.spot));
    let base = one.base.as_ref().map(|shown| side(world, one, shown, known, lines));
    let head = one.head.as_ref().map(|shown| side(world, one, shown, known, lines));
    let mut places: Vec<Place> =
        one.places.iter().map(|spot| Place { file: path_of(world, *spot), line: lines.start(world, *spot).line }).collect();
    if let Some(spot) = one.elsewhere {
        places.push(Place { file: path_of(world, spot), line: lines.start(world, spot).line });
    }
    places.dedup();
    let mut also: Vec<String> =
        one.also.iter().filter_map(|index| world.catalogue.policies().get(*index)).map(|policy| policy.reported().to_owned()).collect();
    also.retain(|other| policy.is_none_or(|policy| policy.reported() != other));
    also.sort();
    also.dedup();
    Finding {
        message: message(one, base.as_ref(), head.as_ref(), &prose, &promise(world, one, lines)),
        policy: policy.map_or_else(String::new, |policy| policy.reported().to_owned()),
        title: prose.title.clone(),
        severity: one.severity,
        change: one.change,
        area: id.split('/').next().unwrap_or_default().to_owned(),
        setting: one.setting.clone(),
        surface: one.surface,
        scope: one.scope.clone(),
        path_class: one.class,
        file: path_of(world, one.spot),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        base,
        head,
        why: Some(prose.why).filter(|why| !why.is_empty()),
        fix: Some(fix(one, &prose.fix)).filter(|fix| !fix.is_empty()),
        refs: prose.refs,
        fingerprint: String::new(),
        places,
        also,
        waiver: None,
    }
}

/// A value that everyone knows is no secret: hiding it would hide the finding.
fn is_known_secret(one: &Found, order: Option<&Order>) -> bool {
    let worst = |side: &Option<Shown>| side.as_ref().is_some_and(|side| side.rank.as_deref() == Some("known"));
    matches!(order, Some(Order::Secret(_))) && (worst(&one.head) || worst(&one.base))
}

fn side(world: &World, one: &Found, shown: &Shown, known: bool, lines: &mut Lines) -> Side {
    let is_known = known && shown.rank.as_deref() == Some("known");
    let secret = shown.state == StateWord::Written
        && shown.value.as_deref().is_some_and(|value| !is_known && redact::secretive(&one.setting, value));
    let value = shown
        .value
        .as_deref()
        .map(|value| if shown.state == StateWord::Unset { value.to_owned() } else { redact::shown(&one.setting, value, is_known) });
    let Some(spot) = shown.spot else {
        return Side { file: None, line: None, column: None, end_line: None, end_column: None, value, state: shown.state, excerpt: None };
    };
    let (start, end) = (lines.start(world, spot), lines.end(world, spot));
    let text = text_of(world, spot);
    let excerpt = (!text.is_empty()).then(|| {
        let hidden = if secret { shown.value.as_deref() } else { None };
        crop(text, spot.span, lines.of(world, spot), hidden)
    });
    // lists may hold addresses of people
    let excerpt = excerpt.filter(|excerpt| one.surface != Surface::Record || crate::data::find(&excerpt.text).is_empty());
    Side {
        file: Some(path_of(world, spot)),
        line: Some(start.line),
        column: Some(start.column),
        end_line: Some(end.line),
        end_column: Some(end.column),
        value,
        state: shown.state,
        excerpt,
    }
}

/// Where a promise stands that is broken, and its words.
fn promise(world: &World, one: &Found, lines: &mut Lines) -> String {
    let set = one.head.as_ref().and_then(|head| head.spot);
    let spot = if set == Some(one.spot) || set.is_none() { one.elsewhere } else { Some(one.spot) };
    let Some(spot) = spot.filter(|_| one.change == Change::Contradicted) else { return String::new() };
    let words = shorten(spot.span.of(text_of(world, spot)));
    format!(" in {}:{}, \"{words}\"", path_of(world, spot), lines.start(world, spot).line)
}

fn message(one: &Found, base: Option<&Side>, head: Option<&Side>, prose: &Prose, promise: &str) -> String {
    let value = |side: Option<&Side>| match side.and_then(|side| side.value.as_deref()) {
        Some("") => "empty".to_owned(),
        Some(word @ ("weak" | "safe")) if side.is_some_and(|side| side.state == StateWord::Unset) => {
            format!("the product's own default, which is {word}")
        }
        Some(value) => format!("`{}`", shorten(value)),
        None => "unknown".to_owned(),
    };
    let (was, is) = (value(base), value(head));
    let unset = |side: Option<&Side>| side.is_some_and(|side| side.state == StateWord::Unset);
    let name = &one.setting;
    if let Some(reason) = &one.unreadable {
        let before = one.head.as_ref().is_none_or(|head| head.state != StateWord::Unreadable);
        return if before {
            format!("this file could not be read before this change ({reason}), so nobody can tell what `{name}` was")
        } else {
            format!("this file cannot be read ({reason}), so nobody can tell whether `{name}` still holds")
        };
    }
    let title = prose.title.trim_end_matches('.');
    let what = match one.change {
        Change::Removed => format!("`{name}` was {was} and is gone; what holds now is {is}"),
        Change::Weakened if unset(base) && unset(head) => format!("the default of `{name}` changes with the version: {was} becomes {is}"),
        Change::Weakened if unset(base) => format!("`{name}` is now {is}; before, {was} held by default"),
        Change::Weakened if unset(head) => format!("`{name}` was {was}; what holds now is {is}"),
        Change::Weakened => format!("`{name}` went from {was} to {is}"),
        // what is printed has no value besides itself
        Change::Introduced if one.surface == Surface::Printed => format!("`{name}` is now printed"),
        Change::Introduced => format!("`{name}` starts as {is}"),
        Change::Contradicted => format!("`{name}` is {is}, against what is promised{promise}"),
        Change::Undecided if unset(head) => format!("`{name}` was {was} and is gone; what holds now cannot be known"),
        Change::Undecided => format!("`{name}` went from {was} to {is}; whether that is weaker cannot be told from the repository"),
        Change::Strengthened => return format!("`{name}` got safer: {was} -> {is}"),
        Change::Unchanged => return format!("`{name}` is {is}, as before: not the case: {title}"),
    };
    let assumed = if one.assumed { " (the version is not known; the weakest default is assumed)" } else { "" };
    format!("{what}{assumed}: no longer assured: {title}")
}

fn shorten(value: &str) -> String {
    let one_line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= 80 { one_line } else { format!("{}…", one_line.chars().take(79).collect::<String>()) }
}

/// The policy's fix; for what cannot be known, the shortest edit that decides it.
fn fix(one: &Found, fix: &str) -> String {
    if one.change != Change::Undecided {
        return fix.to_owned();
    }
    if one.unreadable.is_some() {
        if one.head.as_ref().is_none_or(|head| head.state != StateWord::Unreadable) {
            return "Look through the file once: all of it counts as new.".into();
        }
        return "Make the file readable again: plain text, well-formed, within the limits.".into();
    }
    let base = one.base.as_ref().filter(|base| base.state == StateWord::Written).and_then(|base| base.value.as_deref());
    match base {
        Some(value) if !redact::secretive(&one.setting, value) => {
            format!("Write the value itself, or a fallback that keeps it: `{}`. {fix}", shorten(value))
        }
        _ => format!("Write the value itself, or a fallback. {fix}"),
    }
}

/// What a finding is, whatever the lines: policy, instance, subject, file at base, values.
fn identity(world: &World, one: &Found) -> String {
    let pair = world.pairs.get(one.spot.pair);
    let path = pair.and_then(|pair| pair.base.as_ref().or(pair.head.as_ref())).map_or("", |file| file.path.as_str());
    let id = world.catalogue.policies().get(one.instance.policy).map_or("", |policy| policy.rule.id.as_str());
    let value = |side: &Option<Shown>| match side {
        None => "gone".to_owned(),
        Some(side) => format!("{:?} {}", side.state, side.value.as_deref().unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ")),
    };
    let scope = one.scope.as_deref().unwrap_or("");
    format!("{id}\n{}\n{scope}\n{path}\n{}\n{}", one.setting, value(&one.base), value(&one.head))
}

/// The first half of the SHA-256 of a text, in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
    Sha256::digest(text.as_bytes()).iter().take(16).flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
