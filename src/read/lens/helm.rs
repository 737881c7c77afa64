//! Helm values: keys as they stand, and images that are written in parts (`{registry, repository, tag, digest}`).

use std::collections::BTreeMap;

use super::view::{Dialect, View};
use super::{image, inside};
use crate::read::expression;
use crate::read::tree::{Claims, NodeId, Tree};
use crate::reading::{Link, LinkKind, Reading};
use crate::scope::{ScopeId, Step};
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

const DIALECT: Dialect = Dialect { resolve: expression::any, foreign: Some("{{"), passes_through: false };

/// A values file by its name, or YAML without a kind of its own in a chart's folder.
#[must_use]
pub fn fits(path: &str, tree: &Tree, document: NodeId) -> bool {
    let mut folders: Vec<&str> = path.split('/').collect();
    let name = folders.pop().unwrap_or("").to_ascii_lowercase();
    let Some((stem, "yml" | "yaml")) = name.rsplit_once('.') else { return false };
    let values = stem.starts_with("values") || stem.ends_with("values");
    let other = stem == "chart" || folders.contains(&".github");
    let chart = folders.iter().any(|folder| matches!(*folder, "chart" | "charts" | "helm"));
    let resource = tree.get(document, "apiVersion").is_some() && tree.get(document, "kind").is_some();
    tree.is_map(document) && !resource && !other && (values || chart)
}

/// Reads one values file.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let first = reading.settings.len();
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    inside::of_values(&mut view, document, parent);
    view.plain(document, parent);
    inside::arguments_of_values(&mut view, document, parent, 0);
    view.claims.take(document);
    layer(&mut view, document, parent);
    strings(&mut view, first);
    for parts in image_parts(view.reading, first) {
        joined(&mut view, &parts);
    }
}

/// `values-prod.yaml` is laid over the `values.yaml` beside it.
fn layer(view: &mut View<'_>, document: NodeId, parent: ScopeId) {
    let name = view.path.rsplit('/').next().unwrap_or(view.path);
    let over = name.strip_prefix("values").is_some_and(|rest| rest.starts_with(['-', '.', '_']) && !matches!(rest, ".yaml" | ".yml"));
    if over {
        let at = view.tree.node(document).span;
        let span = Span { start: at.start, end: at.start };
        view.reading.links.push(Link { from: parent, to: "values.yaml".into(), kind: LinkKind::Overlay, span });
    }
}

/// `image: a/b:c`, `images: {default: a/b:c}`.
fn strings(view: &mut View<'_>, first: usize) {
    let mut pins = Vec::new();
    // `images: {default: a/b:c}` names its images by what they are for
    let listed: Vec<bool> =
        view.reading.scopes.iter().map(|scope| matches!(&scope.step, Step::Key(key) if key.eq_ignore_ascii_case("images"))).collect();
    for setting in view.reading.settings.iter_mut().skip(first) {
        let named = setting.key.as_deref().is_some_and(|key| key == "image" || key.ends_with("Image"));
        let listed = listed.get(setting.scope.0 as usize).copied().unwrap_or(false);
        let Outcome::One(Value::Text(text)) = &setting.value else { continue };
        if !(named || listed && text.contains('/') && text.contains(':')) || !looks_like_a_reference(text) {
            continue;
        }
        let repository = image::repository(text).to_owned();
        pins.extend(image::pin(text, setting.value_span, setting.scope));
        setting.names.push((Surface::Image, repository.into()));
    }
    view.reading.pins.extend(pins);
}

fn looks_like_a_reference(text: &str) -> bool {
    text.contains(['/', ':']) && !text.contains(char::is_whitespace) && !text.contains("://") && !text.starts_with(['/', '.'])
}

/// The parts of one image, by their keys.
type Parts = BTreeMap<Box<str>, Setting>;

/// Mappings that hold a repository and stand under an image's name or beside a tag.
fn image_parts(reading: &Reading, first: usize) -> Vec<Parts> {
    let mut scopes: BTreeMap<ScopeId, Parts> = BTreeMap::new();
    for setting in reading.settings.iter().skip(first).filter(|setting| !is_empty(&setting.value)) {
        if let Some(key @ ("registry" | "repository" | "tag" | "digest")) = setting.key.as_deref() {
            scopes.entry(setting.scope).or_default().insert(key.into(), setting.clone());
        }
    }
    let image = |scope: ScopeId| matches!(&reading.get(scope).step, Step::Key(key) if key.to_ascii_lowercase().ends_with("image"));
    scopes.retain(|scope, parts| parts.contains_key("repository") && (parts.contains_key("tag") || image(*scope)));
    scopes.into_values().chain(tagged_beside(reading, first)).collect()
}

/// `image: a/b` with `imageTag: c` beside it, as older charts write it.
fn tagged_beside(reading: &Reading, first: usize) -> Vec<Parts> {
    let mut scopes: BTreeMap<ScopeId, Parts> = BTreeMap::new();
    for setting in reading.settings.iter().skip(first).filter(|setting| !is_empty(&setting.value)) {
        let part = match setting.key.as_deref() {
            Some("image") if matches!(&setting.value, Outcome::One(Value::Text(text)) if is_untagged(text)) => "repository",
            Some("imageTag" | "image_tag") => "tag",
            _ => continue,
        };
        scopes.entry(setting.scope).or_default().insert(part.into(), setting.clone());
    }
    scopes.into_values().filter(|parts| parts.len() == 2).collect()
}

/// A registry's port is no tag.
fn is_untagged(text: &str) -> bool {
    let name = text.rsplit('/').next().unwrap_or(text);
    !text.is_empty() && !name.contains([':', '@']) && !text.contains(char::is_whitespace)
}

/// `registry/repository:tag@digest` as one image of the mapping's scope.
fn joined(view: &mut View<'_>, parts: &Parts) {
    let Some(repository) = parts.get("repository") else { return };
    let (registry, tag, digest) = (parts.get("registry"), parts.get("tag"), parts.get("digest"));
    let scope = repository.scope;
    let place = tag.or(digest).unwrap_or(repository);
    let text = |setting: Option<&Setting>| match setting.map(|setting| &setting.value) {
        Some(Outcome::One(value)) => Some(value.display()),
        _ => None,
    };
    // `tag: 1.10` is a number to YAML, yet the tag is what is written
    let written = |setting: Option<&Setting>| match setting.map(|setting| (&setting.value, &setting.raw)) {
        Some((Outcome::One(Value::Float(_) | Value::Int(_)), raw)) => Some(raw.to_string()),
        _ => text(setting),
    };
    let named = [text(registry), text(Some(repository))].into_iter().flatten().collect::<Vec<_>>().join("/");
    let unknown = [registry, tag, digest, Some(repository)].into_iter().flatten().any(|setting| !matches!(setting.value, Outcome::One(_)));
    let mut reference = named.clone();
    if let Some(tag) = written(tag) {
        reference = format!("{reference}:{tag}");
    }
    if let Some(digest) = text(digest) {
        reference = format!("{reference}@{digest}");
    }
    let name = if named.is_empty() { repository.raw.to_string() } else { image::repository(&named).to_owned() };
    let value = if unknown { Outcome::Unread } else { Outcome::text(&*reference) };
    let mut setting = Setting::named(scope, Surface::Image, &*name, value, place.name_span, place.value_span);
    setting.mark = if unknown { crate::value::Mark::Reference } else { place.mark };
    let span = place.value_span;
    if !unknown {
        let pin = image::pin(&reference, span, scope);
        view.reading.pins.extend(pin);
    }
    view.label(scope, name);
    view.emit(setting);
}

fn is_empty(value: &Outcome) -> bool {
    match value {
        Outcome::One(Value::Text(text)) => text.is_empty(),
        Outcome::One(Value::Null | Value::Map) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
