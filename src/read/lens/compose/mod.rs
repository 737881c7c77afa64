//! Compose files: services with their environment, published ports, mounts, images and command lines.

mod short;

use std::collections::{BTreeSet, HashMap};

use super::view::{Dialect, View, relative};
use super::{environment, image, inside, invocation};
use crate::read::expression::shell;
use crate::read::tree::{Claims, Data, Entry, NodeId, Tree};
use crate::reading::{Link, LinkKind, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::Setting;
use crate::span::Span;
use crate::value::Outcome;

/// What Compose reads by itself, and other files are laid over.
pub const BASES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

const DIALECT: Dialect = Dialect { resolve: shell::resolve, foreign: None, passes_through: true };

/// A file by one of Compose's names with `services`, or services that have an image or a build under any name. In Compose's first format
/// they stood at the root.
#[must_use]
pub fn fits(path: &str, tree: &Tree, document: NodeId) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let named = name.starts_with("compose") || name.starts_with("docker-compose") || name.contains("docker-compose");
    let Some(services) = tree.get(document, "services").filter(|node| tree.is_map(*node)) else {
        return named && tree.get(document, "services").is_none() && tree.entries(document).iter().any(|entry| runs(tree, entry));
    };
    // a workflow's or a GitLab job's `services` stand deeper; a resource has its own lens
    named || (tree.get(document, "apiVersion").is_none() && tree.entries(services).iter().any(|entry| runs(tree, entry)))
}

/// Whether it says what runs, as a service does.
fn runs(tree: &Tree, entry: &Entry) -> bool {
    tree.get(entry.value, "image").or_else(|| tree.get(entry.value, "build")).is_some()
}

/// Reads one Compose document.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    for entry in tree.entries(document) {
        // extension fields mean nothing until a service takes them in, and then they are read there
        if entry.key.starts_with("x-") {
            view.claims.take(entry.value);
        }
    }
    overlays(&mut view, document, parent);
    if let Some(include) = tree.get(document, "include") {
        includes(&mut view, include, parent);
    }
    inside::of_compose(&mut view, document, parent);
    if let Some((services, scope)) = view.enter_key(document, "services", parent, ScopeKind::Mapping, "") {
        for entry in tree.entries(services) {
            service(&mut view, entry, scope);
        }
    } else {
        for entry in tree.entries(document).iter().filter(|entry| runs(tree, entry)) {
            service(&mut view, entry, parent);
        }
    }
    // no process finds what stands beside the services
    view.keys(document, parent);
    view.claims.take(document);
}

fn service(view: &mut View<'_>, entry: &Entry, services: ScopeId) {
    let tree = view.tree;
    if view.spent() {
        return;
    }
    let scope = view.enter(entry, services, ScopeKind::Service, &entry.key);
    for part in tree.entries(entry.value) {
        match &*part.key {
            "image" => image::of_entry(view, part, scope),
            "environment" => {
                view.claims.take(part.value);
                environment::read(view, part.value, scope);
            }
            "env_file" => env_files(view, part.value, scope),
            "ports" => list(view, part, scope, short::port),
            "volumes" => list(view, part, scope, short::volume),
            "labels" => labels(view, part, scope),
            "build" => build(view, part.value, scope),
            "extends" => {
                if let Some(file) = tree.get(part.value, "file") {
                    view.link(scope, file, LinkKind::Extends, relative);
                }
            }
            _ => {}
        }
    }
    let line = ["entrypoint", "command"].iter().filter_map(|key| tree.entry(entry.value, key)).collect::<Vec<_>>();
    invocation::container(view, &line, scope);
    // the arguments of a build are what its stages find in their environment
    if let Some(build) = tree.entry(entry.value, "build") {
        view.key(build, scope);
        view.claims.take(build.value);
    }
    view.keys(entry.value, scope);
}

/// Whether a file by its name is laid over another one.
#[must_use]
pub fn is_overlay(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let named = name.starts_with("compose.") || name.starts_with("docker-compose.");
    named && !BASES.contains(&name.as_str()) && matches!(name.rsplit_once('.'), Some((_, "yaml" | "yml")))
}

/// What a file that is laid over another one takes away there, or puts something in place of: a service, its key, and of its environment
/// one variable.
#[must_use]
pub fn replaced(tree: &Tree, text: &str) -> BTreeSet<(String, String, Option<String>)> {
    let tagged = |entry: &Entry| {
        let end = tree.node(entry.value).span.end.max(entry.key_span.end);
        let written = text.get(entry.key_span.end as usize..end as usize).unwrap_or_default();
        let written = written.trim_start_matches(['"', '\'']).trim_start().trim_start_matches(':').trim_start();
        written.starts_with("!reset") || written.starts_with("!override")
    };
    let mut found = BTreeSet::new();
    for services in tree.documents.iter().filter_map(|document| tree.get(*document, "services")) {
        for service in tree.entries(services) {
            for part in tree.entries(service.value) {
                if tagged(part) {
                    found.insert((service.key.to_string(), part.key.to_string(), None));
                } else if &*part.key == "environment" {
                    let variables = tree.entries(part.value).iter().filter(|variable| tagged(variable));
                    found.extend(variables.map(|variable| (service.key.to_string(), part.key.to_string(), Some(variable.key.to_string()))));
                }
            }
        }
    }
    found
}

/// `compose.override.yaml`, `docker-compose.prod.yml`: what such a file says wins over the file that it is laid over.
fn overlays(view: &mut View<'_>, document: NodeId, scope: ScopeId) {
    if !is_overlay(view.path) {
        return;
    }
    let at = view.tree.node(document).span;
    let span = Span { start: at.start, end: at.start };
    view.reading.links.extend(BASES.iter().map(|base| Link { from: scope, to: (*base).into(), kind: LinkKind::Overlay, span }));
}

/// `include: [a.yaml, {path: [b.yaml, c.yaml]}]`.
fn includes(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    let tree = view.tree;
    for item in listed(tree, node) {
        let paths = tree.get(item, "path").unwrap_or(item);
        for path in view.scalars(paths) {
            view.link(scope, path, LinkKind::Extends, relative);
        }
    }
}

/// `env_file: a`, `[a, b]`, `[{path: a, required: false}]`.
fn env_files(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    for item in listed(view.tree, node) {
        let path = view.tree.get(item, "path").unwrap_or(item);
        view.link(scope, path, LinkKind::EnvFile, relative);
    }
}

/// `build: context`, `{context, dockerfile}`.
fn build(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    let tree = view.tree;
    let context = if tree.is_map(node) { tree.get(node, "context") } else { Some(node) };
    let folder = context.and_then(|node| view.written(node)).map_or(Some(".".to_owned()), |scalar| known(view, &scalar.text));
    let dockerfile = tree.get(node, "dockerfile");
    if let Some(stage) = tree.get(node, "target") {
        view.link(scope, stage, LinkKind::Stage, |stage| Some(stage.to_owned()));
    }
    let Some(folder) = folder.and_then(|folder| relative(&folder)) else { return };
    let target = |file: &str| relative(&format!("{folder}/{file}"));
    let label = match dockerfile.and_then(|node| view.written(node)) {
        Some(scalar) => known(view, &scalar.text).and_then(|file| target(&file)),
        None => Some(folder.clone()),
    };
    let Some(label) = label else { return };
    view.label(scope, format!("build:{label}"));
    if let Some(place) = dockerfile.or(context) {
        view.link(scope, place, LinkKind::Build, |_| Some(label.clone()));
    }
}

fn known(view: &View<'_>, text: &str) -> Option<String> {
    match view.resolve(text).value {
        Outcome::One(value) => Some(value.display()),
        _ => None,
    }
}

/// A list whose items have a short and a long form, each item a scope of its own.
fn list(view: &mut View<'_>, entry: &Entry, scope: ScopeId, short: fn(&mut View<'_>, NodeId, ScopeId)) {
    let tree = view.tree;
    let Data::List(items) = &tree.node(entry.value).data else { return };
    view.claims.take(entry.value);
    for (index, item) in items.iter().enumerate() {
        if view.spent() {
            return;
        }
        let inner = view.item(*item, scope, ScopeKind::Item, "", (&entry.key, index));
        if !tree.is_map(*item) {
            short(view, *item, inner);
            continue;
        }
        // an empty address is every address, which is what not writing it means
        if let Some(host) = tree.get(*item, "host_ip").filter(|node| tree.scalar(*node).is_some_and(|scalar| scalar.text.is_empty())) {
            view.claims.take(host);
        }
        view.plain(*item, inner);
    }
}

/// `labels: ["a.b=c"]` reads like `labels: {a.b: c}`, which plain reading does.
fn labels(view: &mut View<'_>, entry: &Entry, scope: ScopeId) {
    let tree = view.tree;
    let Data::List(items) = &tree.node(entry.value).data else { return };
    view.claims.take(entry.value);
    let root = view.reading.scope(scope, ScopeKind::Mapping, "", Step::Key(entry.key.clone()), tree.node(entry.value).span);
    let mut scopes: HashMap<(ScopeId, &str), ScopeId> = HashMap::new();
    for item in items {
        let Some(scalar) = view.written(*item) else { continue };
        let (path, value) = scalar.text.split_once('=').unwrap_or((&scalar.text, ""));
        let span = tree.node(*item).span;
        let mut steps: Vec<&str> = path.split('.').collect();
        let Some(key) = steps.pop() else { continue };
        let mut inner = root;
        for step in steps.into_iter().take(32) {
            if view.spent() {
                return;
            }
            let reading = &mut *view.reading;
            let made = scopes.entry((inner, step));
            inner = *made.or_insert_with(|| reading.scope(inner, ScopeKind::Mapping, "", Step::Key(step.into()), span));
        }
        let name_span = view.part(*item, 0, path.len());
        let value_span = view.part(*item, scalar.text.len() - value.len(), scalar.text.len());
        let resolved = view.resolve(value);
        view.emit(super::view::with(Setting::keyed(inner, key, Outcome::Unread, name_span, value_span), resolved));
    }
}

fn listed(tree: &Tree, node: NodeId) -> Vec<NodeId> {
    match &tree.node(node).data {
        Data::List(items) => items.clone(),
        _ => vec![node],
    }
}

#[cfg(test)]
mod tests;
