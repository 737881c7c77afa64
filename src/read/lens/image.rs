//! Container image references: one setting named by the repository, worth the whole reference, and the version its tag pins.

use super::view::{View, with};
use crate::read::expression::Resolved;
use crate::read::text::pins::{of_tag, split_reference};
use crate::read::tree::{Entry, NodeId};
use crate::reading::{Pin, PinVersion};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// `image: reference` as a key of the scope; its repository is the scope's label.
pub fn of_entry(view: &mut View<'_>, entry: &Entry, scope: ScopeId) {
    let Some(resolved) = view.written(entry.value).map(|scalar| view.value(scalar)) else { return };
    view.claims.take(entry.value);
    let span = view.tree.node(entry.value).span;
    let mut setting = Setting::keyed(scope, &*entry.key, Outcome::Unread, entry.key_span, span);
    setting.overridden.clone_from(&entry.overridden);
    emit(view, setting, resolved, entry.value);
}

/// A reference without a key of its own: an item of a list, a container written as text.
pub fn of_node(view: &mut View<'_>, node: NodeId, name_span: Span, scope: ScopeId) {
    let Some(resolved) = view.written(node).map(|scalar| view.value(scalar)) else { return };
    let setting = Setting { key: None, ..Setting::keyed(scope, "", Outcome::Unread, name_span, view.tree.node(node).span) };
    emit(view, setting, resolved, node);
}

/// A reference that is a part of some text (`docker://a/b:c`), taken literally.
pub fn of_text(view: &mut View<'_>, reference: &str, name_span: Span, value_span: Span, scope: ScopeId) {
    let repository = split_reference(reference).0;
    view.reading.pins.extend(pin(reference, value_span, scope));
    view.label(scope, repository);
    view.emit(Setting::named(scope, Surface::Image, repository, Outcome::text(reference), name_span, value_span));
}

fn emit(view: &mut View<'_>, setting: Setting, resolved: Resolved, node: NodeId) {
    let source = view.tree.scalar(node).map_or("", |scalar| &*scalar.text);
    let reference = literal(&resolved.value).unwrap_or(source).to_owned();
    let known = literal(&resolved.value).is_some();
    let repository = if known { split_reference(&reference).0 } else { known_part(&reference) }.to_owned();
    if known && let Some(pin) = pin(&reference, tag_span(view, node, &reference), setting.scope) {
        view.reading.pins.push(pin);
    }
    view.label(setting.scope, &*repository);
    let mut setting = with(setting, resolved);
    if matches!(&setting.value, Outcome::One(value) if !matches!(value, Value::Text(_))) {
        setting.value = Outcome::text(&*reference);
    }
    setting.names.push((Surface::Image, repository.into()));
    view.emit(setting);
}

fn literal(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::One(Value::Text(text)) => Some(text),
        Outcome::AnyOf(values) => values.iter().find_map(|value| match value {
            Value::Text(text) if !text.is_empty() => Some(&**text),
            _ => None,
        }),
        _ => None,
    }
}

/// What stands before an unknown tag; the whole text where the repository is unknown too.
fn known_part(source: &str) -> &str {
    let before = source.split(['$', '{']).next().unwrap_or("").trim_end_matches([':', '@']);
    if before.is_empty() || before.ends_with('/') { source } else { before }
}

/// The tag in the file, where it stands there literally.
fn tag_span(view: &View<'_>, node: NodeId, reference: &str) -> Span {
    let source = view.tree.scalar(node).map_or("", |scalar| &*scalar.text);
    match split_reference(reference).1.and_then(|tag| Some((source.rfind(tag)?, tag.len()))) {
        Some((at, length)) => view.part(node, at, at + length),
        None => view.tree.node(node).span,
    }
}

/// The version that a reference asks for.
#[must_use]
pub fn pin(reference: &str, span: Span, scope: ScopeId) -> Option<Pin> {
    let (repository, tag, digest) = split_reference(reference);
    if repository.is_empty() || repository.contains(char::is_whitespace) {
        return None;
    }
    // a digest fixes the image, but only a tag tells which version that is
    let version = if tag.is_none() && digest.is_some() { PinVersion::Any } else { of_tag(tag) };
    Some(Pin { package: format!("docker:{repository}").into(), version, span, scope })
}

/// The repository of a reference, without tag and digest.
#[must_use]
pub fn repository(reference: &str) -> &str {
    split_reference(reference).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_a_reference_is_its_repository() {
        assert_eq!(known_part("a/b:${TAG}"), "a/b");
        assert_eq!(known_part("a/b:v${TAG}"), "a/b:v");
        assert_eq!(known_part("${IMAGE}"), "${IMAGE}");
        assert_eq!(known_part("reg.io/{{ .Values.x }}"), "reg.io/{{ .Values.x }}");
    }
}
