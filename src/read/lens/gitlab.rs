//! GitLab CI: variables of the pipeline and of its jobs, their images and services, and what their scripts run.

use super::view::{Dialect, View, from_root};
use super::{environment, gate, image, invocation};
use crate::read::expression::shell;
use crate::read::tree::{Claims, Data, Entry, NodeId, Tree};
use crate::reading::{LinkKind, Reading};
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::{Setting, Surface};
use crate::value::Outcome;

pub(super) const DIALECT: Dialect = Dialect { resolve: shell::resolve, foreign: None, passes_through: false };

/// Top-level keys that are no jobs.
const RESERVED: [&str; 11] =
    ["stages", "variables", "include", "default", "workflow", "image", "services", "cache", "before_script", "after_script", "spec"];

/// A pipeline by its name or place.
#[must_use]
pub fn fits(path: &str, tree: &Tree, document: NodeId) -> bool {
    let Some((stem, "yml" | "yaml")) = path.rsplit_once('.') else { return false };
    let placed = path.starts_with(".gitlab/") || path.contains("/.gitlab/");
    tree.is_map(document) && (stem.ends_with(".gitlab-ci") || placed)
}

/// Reads one pipeline.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    unit(&mut view, document, parent);
    if let Some(node) = tree.get(document, "include") {
        for (index, item) in items(tree, node).into_iter().enumerate() {
            include(&mut view, item, parent);
            gate::included(&mut view, document, (item, index), parent, (None, &gate::Laid::default()));
        }
    }
    if let Some((node, scope)) = view.enter_key(document, "default", parent, ScopeKind::Mapping, "") {
        unit(&mut view, node, scope);
        view.plain(node, scope);
    }
    for entry in tree.entries(document) {
        if view.spent() {
            return;
        }
        if tree.is_map(entry.value) && !RESERVED.contains(&&*entry.key) {
            let scope = view.enter(entry, parent, ScopeKind::Job, &entry.key);
            unit(&mut view, entry.value, scope);
            if let Some(node) = tree.get(entry.value, "extends") {
                for name in view.scalars(node) {
                    view.link(scope, name, LinkKind::Extends, |name| Some(name.to_owned()));
                }
            }
            view.plain(entry.value, scope);
            gate::pipeline(&mut view, document, parent, (entry, scope), (None, &gate::Laid::default()));
        }
    }
}

/// What the pipeline, its defaults and each job have alike.
fn unit(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    let tree = view.tree;
    for entry in tree.entries(node) {
        match &*entry.key {
            "variables" => variables(view, entry.value, scope),
            "image" => image_of(view, entry, scope),
            "services" => services(view, entry, scope),
            "script" | "before_script" | "after_script" => {
                view.claims.take(entry.value);
                for line in items(tree, entry.value) {
                    // `!reference [job, script]` and anchors give lists in lists
                    for line in items(tree, line) {
                        invocation::script(view, line, scope);
                    }
                }
            }
            _ => {}
        }
    }
}

/// `KEY: v` and `KEY: {value: v, description: ...}`.
fn variables(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    let tree = view.tree;
    if !tree.is_map(node) {
        return;
    }
    view.claims.take(node);
    for entry in tree.entries(node) {
        if !tree.is_map(entry.value) {
            environment::of_entry(view, entry, scope);
        } else if let Some(value) = tree.get(entry.value, "value") {
            environment::variable(view, entry, value, scope);
        }
    }
}

/// `image: ref`, `image: {name: ref, entrypoint: [...]}`.
fn image_of(view: &mut View<'_>, entry: &Entry, scope: ScopeId) {
    match view.tree.get(entry.value, "name") {
        Some(name) => image::of_node(view, name, entry.key_span, scope),
        None => image::of_entry(view, entry, scope),
    }
}

/// `services: [ref, {name: ref, alias: db, variables: {...}}]`.
fn services(view: &mut View<'_>, entry: &Entry, scope: ScopeId) {
    let tree = view.tree;
    let Data::List(list) = &tree.node(entry.value).data else { return };
    view.claims.take(entry.value);
    for (index, item) in list.iter().enumerate() {
        if view.spent() {
            return;
        }
        let name = tree.get(*item, "name");
        let alias = tree.text(*item, "alias").map_or_else(|| index.to_string(), ToOwned::to_owned);
        let inner = view.item(*item, scope, ScopeKind::Service, &alias, ("services", index));
        image::of_node(view, name.unwrap_or(*item), entry.key_span, inner);
        if let Some(node) = tree.get(*item, "variables") {
            variables(view, node, inner);
        }
        view.plain(*item, inner);
    }
}

/// `include: path`, `{local: path}`, `{project: group/x, ref: v1, file: ...}`.
fn include(view: &mut View<'_>, item: NodeId, scope: ScopeId) {
    let tree = view.tree;
    let path = view.path;
    let local = tree.get(item, "local").unwrap_or(item);
    view.link(scope, local, LinkKind::Extends, |to| if to.contains("://") { None } else { from_root(path, to) });
    let Some(project) = tree.entry(item, "project") else { return };
    let Some(name) = view.written(project.value).map(|scalar| scalar.text.clone()) else { return };
    let name_span = tree.node(project.value).span;
    let setting = match tree.get(item, "ref") {
        Some(node) => {
            let Some(scalar) = view.written(node) else { return };
            let resolved = view.value(scalar);
            super::view::with(Setting::named(scope, Surface::Dependency, name, Outcome::Unread, name_span, tree.node(node).span), resolved)
        }
        None => Setting::named(scope, Surface::Dependency, name, Outcome::text(""), name_span, invocation::nowhere(name_span)),
    };
    view.emit(setting);
}

pub(super) fn items(tree: &Tree, node: NodeId) -> Vec<NodeId> {
    match &tree.node(node).data {
        Data::List(items) => items.clone(),
        _ => vec![node],
    }
}

#[cfg(test)]
mod tests;
