//! GitHub workflows and actions: jobs with their rights, steps with what they use and run, environment at every level.

use super::view::{Dialect, View, from_root, with};
use super::{environment, gate, image, invocation};
use crate::read::expression::actions;
use crate::read::tree::{Claims, Data, Entry, NodeId, Tree};
use crate::reading::{Link, LinkKind, Reading};
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

pub(super) const DIALECT: Dialect = Dialect { resolve: actions::resolve, foreign: Some("${{"), passes_through: false };

/// Every right that a job's token can have.
const RIGHTS: [&str; 12] = [
    "actions",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "id-token",
    "issues",
    "packages",
    "pages",
    "pull-requests",
    "security-events",
    "statuses",
];

/// A workflow by its place, with jobs. Gitea and Forgejo read the same language in folders of their own.
#[must_use]
pub fn fits(path: &str, tree: &Tree, document: NodeId) -> bool {
    let folders = [".github/workflows/", ".gitea/workflows/", ".forgejo/workflows/"];
    let place = folders.iter().any(|folder| path.starts_with(folder) || path.contains(&format!("/{folder}")));
    place && tree.get(document, "jobs").is_some()
}

/// An action by its name, with `runs`.
#[must_use]
pub fn fits_action(path: &str, tree: &Tree, document: NodeId) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "action.yml" | "action.yaml") && tree.get(document, "runs").is_some()
}

/// Reads one workflow.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    env(&mut view, document, parent);
    triggers(&mut view, document, parent);
    let shell = default_shell(tree, document);
    let Some((jobs, scope)) = view.enter_key(document, "jobs", parent, ScopeKind::Mapping, "") else { return };
    let mut gated = Vec::new();
    for entry in tree.entries(jobs) {
        if view.spent() {
            return;
        }
        let inner = view.enter(entry, scope, ScopeKind::Job, &entry.key);
        let granted = tree.entry(entry.value, "permissions").or_else(|| tree.entry(document, "permissions"));
        if let Some(granted) = granted {
            permissions(&mut view, granted, inner);
        }
        job(&mut view, entry.value, inner, shell);
        gated.push((entry, inner));
    }
    gate::workflow(&mut view, document, parent, &gated, None);
}

/// What starts the workflow. A trigger with nothing behind it is there like one with options.
fn triggers(view: &mut View<'_>, document: NodeId, parent: ScopeId) {
    let Some((events, scope)) = view.enter_key(document, "on", parent, ScopeKind::Mapping, "") else { return };
    let tree = view.tree;
    for entry in tree.entries(events) {
        if tree.scalar(entry.value).is_some_and(|scalar| scalar.value == Value::Null && !scalar.templated) && !view.spent() {
            view.claims.take(entry.value);
            let end = Span { start: entry.key_span.end, end: entry.key_span.end };
            view.emit(Setting::keyed(scope, entry.key.clone(), Outcome::One(Value::Map), entry.key_span, end));
        }
    }
    view.plain(events, scope);
}

/// Reads one action.
pub fn read_action(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    let Some((runs, scope)) = view.enter_key(document, "runs", parent, ScopeKind::Mapping, "") else { return };
    env(&mut view, runs, scope);
    if let Some(entry) = tree.entry(runs, "image").filter(|entry| tree.scalar(entry.value).is_some_and(|s| s.text.starts_with("docker://")))
    {
        image::of_entry(&mut view, entry, scope);
    }
    steps(&mut view, runs, scope, None);
    view.plain(runs, scope);
}

fn env(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    if let Some(env) = view.tree.get(node, "env") {
        view.claims.take(env);
        environment::read(view, env, scope);
    }
}

fn default_shell(tree: &Tree, node: NodeId) -> Option<&str> {
    tree.at(node, &["defaults", "run"]).and_then(|run| tree.text(run, "shell"))
}

fn job(view: &mut View<'_>, node: NodeId, scope: ScopeId, shell: Option<&str>) {
    let tree = view.tree;
    env(view, node, scope);
    if let Some(entry) = tree.entry(node, "uses") {
        uses(view, entry, scope);
    }
    if let Some(entry) = tree.entry(node, "container") {
        if tree.is_map(entry.value) {
            contained(view, entry, scope, scope);
        } else {
            image::of_node(view, entry.value, entry.key_span, scope);
        }
    }
    if let Some((services, outer)) = view.enter_key(node, "services", scope, ScopeKind::Mapping, "") {
        for entry in tree.entries(services) {
            let inner = view.enter(entry, outer, ScopeKind::Service, &entry.key);
            service(view, entry.value, inner, inner);
        }
    }
    steps(view, node, scope, default_shell(tree, node).or(shell));
    view.plain(node, scope);
}

/// A job's container: its variables are the job's.
fn contained(view: &mut View<'_>, entry: &Entry, scope: ScopeId, variables: ScopeId) {
    let inner = view.enter(entry, scope, ScopeKind::Mapping, "");
    service(view, entry.value, inner, variables);
}

fn service(view: &mut View<'_>, node: NodeId, scope: ScopeId, variables: ScopeId) {
    if let Some(entry) = view.tree.entry(node, "image") {
        image::of_entry(view, entry, scope);
    }
    env(view, node, variables);
    view.plain(node, scope);
}

fn steps(view: &mut View<'_>, node: NodeId, scope: ScopeId, shell: Option<&str>) {
    let tree = view.tree;
    let Some(list) = tree.get(node, "steps").filter(|list| matches!(tree.node(*list).data, Data::List(_))) else { return };
    view.claims.take(list);
    for (index, step) in tree.items(list).iter().enumerate() {
        if view.spent() {
            return;
        }
        let name = ["id", "name"].iter().find_map(|key| tree.text(*step, key));
        let action = tree.text(*step, "uses").map(image::repository);
        let name = name.or(action).map_or_else(|| index.to_string(), ToOwned::to_owned);
        let inner = view.item(*step, scope, ScopeKind::Step, &name, ("steps", index));
        env(view, *step, inner);
        for entry in tree.entries(*step) {
            match &*entry.key {
                "uses" => uses(view, entry, inner),
                "run" => {
                    view.claims.take(entry.value);
                    if is_shell(tree.text(*step, "shell").or(shell)) {
                        invocation::script(view, entry.value, inner);
                    }
                }
                _ => {}
            }
        }
        view.plain(*step, inner);
    }
}

/// Whether a step's script is for a shell whose commands we read; PowerShell's have the same shape where it matters.
fn is_shell(shell: Option<&str>) -> bool {
    !shell.is_some_and(|shell| shell.starts_with("python") || shell.starts_with("node") || shell.starts_with("cmd"))
}

/// `uses: owner/repo/path@ref`, `./local`, `docker://image`.
fn uses(view: &mut View<'_>, entry: &Entry, scope: ScopeId) {
    let Some(scalar) = view.written(entry.value) else { return };
    let text = &scalar.text;
    let span = view.tree.node(entry.value).span;
    if let Some(image) = text.strip_prefix("docker://") {
        let place = view.part(entry.value, text.len() - image.len(), text.len());
        image::of_text(view, image, entry.key_span, place, scope);
        return;
    }
    if text.starts_with("./") {
        if let Some(to) = from_root(view.path, text) {
            view.reading.links.push(Link { from: scope, to: to.into(), kind: LinkKind::Extends, span });
        }
        return;
    }
    let (name, reference) = text.split_once('@').unwrap_or((text, ""));
    view.label(scope, name);
    view.claims.take(entry.value);
    let name_span = view.part(entry.value, 0, name.len());
    let value_span = view.part(entry.value, text.len() - reference.len(), text.len());
    view.emit(Setting::named(scope, Surface::Dependency, name, Outcome::text(reference), name_span, value_span));
    let resolved = view.value(scalar);
    view.emit(with(Setting::keyed(scope, "uses", Outcome::Unread, entry.key_span, span), resolved));
}

/// Every right of one job, from the map or word that counts for it. What a map does not name is `none`.
fn permissions(view: &mut View<'_>, entry: &Entry, scope: ScopeId) {
    let tree = view.tree;
    let span = tree.node(entry.value).span;
    match &tree.node(entry.value).data {
        Data::Map(entries) => {
            for right in RIGHTS {
                match entries.iter().find(|entry| &*entry.key == right) {
                    Some(named) => granted(view, right, named, scope),
                    None => right_from(view, right, "none", entry.key_span, invocation::nowhere(span), scope),
                }
            }
        }
        Data::Scalar(scalar) => {
            let level = match &*scalar.text {
                "read-all" => "read",
                "write-all" => "write",
                _ => return,
            };
            for right in RIGHTS {
                // an identity token is requested (`write`) or not: GitHub knows no `read` of it
                let level = if right == "id-token" && level == "read" { "none" } else { level };
                right_from(view, right, level, entry.key_span, span, scope);
            }
        }
        Data::List(_) => {}
    }
}

fn granted(view: &mut View<'_>, right: &str, entry: &Entry, scope: ScopeId) {
    let Some(scalar) = view.written(entry.value) else { return };
    let resolved = view.value(scalar);
    let span = view.tree.node(entry.value).span;
    let mut setting = with(Setting::named(scope, Surface::Permission, right, Outcome::Unread, entry.key_span, span), resolved);
    setting.overridden.clone_from(&entry.overridden);
    view.emit(setting);
}

fn right_from(view: &mut View<'_>, right: &str, level: &str, name_span: Span, value_span: Span, scope: ScopeId) {
    view.emit(Setting::named(scope, Surface::Permission, right, Outcome::text(level), name_span, value_span));
}

#[cfg(test)]
mod tests;
