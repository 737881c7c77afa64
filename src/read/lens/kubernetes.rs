//! Kubernetes manifests: resources, pods and containers; variables, flags and images; files inside a `ConfigMap` or `Secret`.

mod kustomize;

use std::collections::BTreeMap;

use super::view::{Dialect, View};
use super::{environment, image, inside, invocation};
use crate::read::expression::{Resolved, helm};
use crate::read::tree::{Claims, Data, Entry, NodeId, Tree};
use crate::reading::{LinkKind, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Setting, Surface};
use crate::value::Outcome;

const DIALECT: Dialect = Dialect { resolve, foreign: Some("{{"), passes_through: false };

/// Kubernetes' own resources that run containers.
const WORKLOADS: &[&str] =
    &["Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob", "PodTemplate"];

/// How deep a pod may stand in a resource.
const POD_DEPTH: usize = 8;

/// A document with `apiVersion` and `kind`.
#[must_use]
pub fn fits(path: &str, tree: &Tree, document: NodeId) -> bool {
    let scalar = |key| tree.get(document, key).is_some_and(|node| tree.scalar(node).is_some());
    (scalar("apiVersion") && scalar("kind")) || (kustomize::is_named(path) && tree.is_map(document))
}

/// The API server's audit policy: rules by level, no resource of the cluster.
#[must_use]
pub fn fits_audit_policy(_path: &str, tree: &Tree, document: NodeId) -> bool {
    let group = tree.text(document, "apiVersion").is_some_and(|version| version.starts_with("audit.k8s.io"));
    group && tree.text(document, "kind") == Some("Policy")
}

/// An audit policy has nothing but keys.
pub fn read_audit_policy(
    _path: &str,
    _text: &str,
    _tree: &Tree,
    _document: NodeId,
    _parent: ScopeId,
    _claims: &mut Claims,
    _reading: &mut Reading,
) {
}

/// Reads one manifest, or each item of a `List`.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    let list = tree.text(document, "kind").is_some_and(|kind| kind.ends_with("List"));
    let Some(entry) = tree.entry(document, "items").filter(|_| list) else {
        resource(&mut view, document, parent, Step::Same);
        view.claims.take(document);
        return;
    };
    view.claims.take(entry.value);
    for (index, item) in tree.items(entry.value).iter().enumerate() {
        if view.spent() {
            return;
        }
        let step = Step::Item("items".into(), u32::try_from(index).unwrap_or(u32::MAX));
        resource(&mut view, *item, parent, step);
    }
}

/// `$(VAR)` is filled in by the kubelet; `{{ }}` by Helm.
fn resolve(text: &str) -> Option<Resolved> {
    let referenced = text.split("$(").skip(1).any(|rest| rest.split_once(')').is_some_and(|(name, _)| is_variable(name)));
    if referenced {
        return Some(Resolved::reference());
    }
    helm::resolve(text)
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

/// `Kind/name`.
#[must_use]
pub fn name_of(tree: &Tree, node: NodeId) -> Option<String> {
    let kind = tree.text(node, "kind")?;
    let metadata = tree.get(node, "metadata");
    let name = metadata.and_then(|node| tree.text(node, "name").or_else(|| tree.text(node, "generateName")));
    Some(name.map_or_else(|| kind.to_owned(), |name| format!("{kind}/{name}")))
}

fn resource(view: &mut View<'_>, node: NodeId, parent: ScopeId, step: Step) {
    let tree = view.tree;
    let name = name_of(tree, node).unwrap_or_default();
    let scope = view.reading.scope(parent, ScopeKind::Resource, name.clone(), step, tree.node(node).span);
    view.label(scope, name);
    match tree.text(node, "kind") {
        Some("ConfigMap") => files(view, node, scope, false),
        Some("Secret") => files(view, node, scope, true),
        _ => {
            if kustomize::is_named(view.path) {
                kustomize::read(view, node, scope);
            }
            inside::of_fields(view, node, scope);
            let built_in = tree.text(node, "kind").is_some_and(|kind| WORKLOADS.contains(&kind));
            let mut pods = Pods { tree, known: BTreeMap::new(), built_in };
            descend(view, &mut pods, node, scope, POD_DEPTH);
            return;
        }
    }
    view.keys(node, scope);
}

/// Where pods stand: any mapping with a list of containers.
struct Pods<'t> {
    tree: &'t Tree,
    known: BTreeMap<NodeId, bool>,
    /// It is known of all its fields whether a process finds them in its environment.
    built_in: bool,
}

impl Pods<'_> {
    /// What stands beside the pods and around their containers: of a resource of another maker it may be a variable.
    fn rest(&self, view: &mut View<'_>, node: NodeId, scope: ScopeId) {
        if self.built_in { view.keys(node, scope) } else { view.plain(node, scope) }
    }

    fn is_pod(&self, node: NodeId) -> bool {
        let containers = self.tree.get(node, "containers").map_or(&[][..], |list| self.tree.items(list));
        containers.iter().any(|item| self.tree.is_map(*item))
    }

    /// Whether a pod stands at the node or below it; lists are not looked into.
    fn below(&mut self, node: NodeId, depth: usize) -> bool {
        if depth == 0 {
            return false;
        }
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        let tree = self.tree;
        let found =
            self.is_pod(node) || tree.entries(node).iter().any(|entry| tree.is_map(entry.value) && self.below(entry.value, depth - 1));
        self.known.insert(node, found);
        found
    }
}

/// Follows the mappings that lead to pods, each a scope, so that paths read as they are written.
fn descend(view: &mut View<'_>, pods: &mut Pods<'_>, node: NodeId, scope: ScopeId, depth: usize) {
    let tree = view.tree;
    for entry in tree.entries(node) {
        if view.spent() || depth == 0 {
            break;
        }
        if &*entry.key == "metadata" && tree.is_map(entry.value) && !view.claims.has(entry.value) {
            // labels and annotations
            let inner = view.enter(entry, scope, ScopeKind::Mapping, "");
            view.keys(entry.value, inner);
        }
        if !tree.is_map(entry.value) || !pods.below(entry.value, depth) {
            continue;
        }
        if pods.is_pod(entry.value) {
            let inner = view.enter(entry, scope, ScopeKind::Pod, "");
            pod(view, pods, entry.value, inner);
        } else {
            let inner = view.enter(entry, scope, ScopeKind::Mapping, "");
            descend(view, pods, entry.value, inner, depth - 1);
        }
    }
    pods.rest(view, node, scope);
}

fn pod(view: &mut View<'_>, pods: &Pods<'_>, node: NodeId, scope: ScopeId) {
    let tree = view.tree;
    for key in ["initContainers", "containers", "ephemeralContainers"] {
        let Some(list) = tree.get(node, key).filter(|list| matches!(tree.node(*list).data, Data::List(_))) else { continue };
        view.claims.take(list);
        for (index, item) in tree.items(list).iter().enumerate() {
            if view.spent() {
                return;
            }
            let name = tree.text(*item, "name").unwrap_or("").to_owned();
            let inner = view.item(*item, scope, ScopeKind::Container, &name, (key, index));
            container(view, *item, inner);
        }
    }
    pods.rest(view, node, scope);
}

fn container(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    let tree = view.tree;
    for entry in tree.entries(node) {
        match &*entry.key {
            "image" => image::of_entry(view, entry, scope),
            "env" => {
                view.claims.take(entry.value);
                environment::read(view, entry.value, scope);
            }
            "envFrom" => {
                for item in tree.items(entry.value) {
                    for source in ["configMapRef", "secretRef"] {
                        if let Some(name) = tree.at(*item, &[source, "name"]) {
                            view.link(scope, name, LinkKind::EnvFrom, |name| Some(name.to_owned()));
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let line: Vec<&Entry> = ["command", "args"].iter().filter_map(|key| tree.entry(node, key)).collect();
    invocation::container(view, &line, scope);
    view.keys(node, scope);
}

/// `data` and `stringData`: variables, keys, and whole files under their names.
fn files(view: &mut View<'_>, node: NodeId, resource: ScopeId, secret: bool) {
    let tree = view.tree;
    for key in ["data", "stringData"] {
        let Some((data, scope)) = view.enter_key(node, key, resource, ScopeKind::Mapping, "") else { continue };
        let encoded = secret && key == "data";
        for entry in tree.entries(data) {
            if view.spent() {
                return;
            }
            if encoded {
                decoded(view, entry, scope);
            } else {
                file(view, entry, resource);
            }
        }
        view.plain(data, scope);
    }
}

/// A value under a file's name, read as that file would be.
fn file(view: &mut View<'_>, entry: &Entry, resource: ScopeId) {
    if entry.key.contains('.') {
        inside::file(view, entry, &entry.key, resource);
    }
}

/// A secret's value stands in base64; what it says is the text inside.
fn decoded(view: &mut View<'_>, entry: &Entry, scope: ScopeId) {
    let Some(scalar) = view.written(entry.value).filter(|scalar| !scalar.templated) else { return };
    let Some(text) = base64(&scalar.text) else { return };
    view.claims.take(entry.value);
    let mut setting = Setting::keyed(scope, &*entry.key, Outcome::text(text), entry.key_span, view.tree.node(entry.value).span);
    if entry.key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_') {
        setting.names.push((Surface::Env, entry.key.clone()));
    }
    setting.overridden.clone_from(&entry.overridden);
    view.emit(setting);
}

/// The text that is encoded, where it is text.
fn base64(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for byte in encoded.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(six)) & 0x00ff_ffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap_or(0));
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
