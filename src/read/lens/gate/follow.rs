//! What a file leads to is followed once its other readings are done: then what it says of the gate is said anew, with what the files of
//! the same revision add. A lens sees one file only; who has a revision asks here.

use super::anywhere::{caller, in_environments, in_recipes, in_script, in_sessions, in_texts, in_tree};
use super::routes::Routes;
use super::{Laid, is_workflow, pipeline};
use crate::read::lens::view::View;
use crate::read::lens::{gitlab, workflow};
use crate::read::text::make;
use crate::read::tree::{Claims, NodeId, Tree, json, yaml};
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind};
use crate::setting::Surface;

/// How a file leads to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Workflow,
    Pipeline,
    Tree,
    Script,
    Recipes,
    Texts,
    Environments,
    Sessions,
}

fn way(path: &str) -> Option<Way> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    match name {
        _ if is_workflow(path) => Some(Way::Workflow),
        _ if is_pipeline(path) => Some(Way::Pipeline),
        "tox.ini" => Some(Way::Environments),
        "noxfile.py" => Some(Way::Sessions),
        _ if name.starts_with("Jenkinsfile") || name.ends_with(".jenkinsfile") => Some(Way::Texts),
        _ if make::claims(path) => Some(Way::Recipes),
        _ if crate::read::code::shell::claims(path) || caller(path) == Some("hook") && !ends(&[".yml", ".yaml", ".json", ".toml"]) => {
            Some(Way::Script)
        }
        _ if caller(path).is_some() && ends(&[".yml", ".yaml", ".json"]) => Some(Way::Tree),
        _ => None,
    }
}

fn is_pipeline(path: &str) -> bool {
    let stem = path.rsplit_once('.').filter(|(_, end)| matches!(*end, "yml" | "yaml")).map(|(stem, _)| stem);
    stem.is_some_and(|stem| stem.ends_with(".gitlab-ci") || path.starts_with(".gitlab/"))
}

/// Whether a file by its name may lead to others that run the gate.
#[must_use]
pub fn may_lead(path: &str) -> bool {
    way(path).is_some()
}

/// Whether a file by its name is run by itself: a workflow, a pipeline, another system's file, a hook.
#[must_use]
pub fn starts(path: &str) -> bool {
    match way(path) {
        Some(Way::Workflow | Way::Pipeline) => true,
        Some(_) => matches!(caller(path), Some("CI" | "hook")),
        None => false,
    }
}

/// Says anew what a file says of the gate, with what it leads to. Nothing changes where nothing leads there.
pub fn follow(path: &str, text: &str, routes: &Routes, reading: &mut Reading) {
    let Some(way) = way(path).filter(|_| reading.unreadable().is_none()) else { return };
    let before = reading.settings.clone();
    reading.settings.retain(|setting| !setting.names.iter().any(|(surface, _)| *surface == Surface::Gate));
    let routes = Some(routes);
    match way {
        Way::Workflow => in_workflow(path, text, routes, reading),
        Way::Pipeline => in_pipeline(path, text, routes, reading),
        Way::Tree => {
            let tree = if matches!(path.rsplit_once('.'), Some((_, "json"))) { json::parse(text) } else { yaml::parse_at(path, text) };
            in_tree(path, text, &tree, reading, routes);
        }
        Way::Script => in_script(path, text, reading, routes),
        Way::Recipes => in_recipes(text, reading, routes),
        Way::Texts => in_texts(text, reading, routes),
        Way::Environments => in_environments(text, reading, routes),
        Way::Sessions => in_sessions(text, reading, routes),
    }
    if !routes.is_some_and(Routes::found) {
        reading.settings = before;
    }
}

/// The scopes that a lens made of the entries of one mapping.
fn jobs<'t>(tree: &'t Tree, map: NodeId, reading: &Reading) -> Vec<(&'t crate::read::tree::Entry, ScopeId)> {
    let scope = |name: &str| {
        let at = reading.scopes.iter().position(|scope| scope.kind == ScopeKind::Job && *scope.name == *name)?;
        Some(ScopeId(u32::try_from(at).ok()?))
    };
    tree.entries(map).iter().filter_map(|entry| Some((entry, scope(&entry.key)?))).collect()
}

fn in_workflow(path: &str, text: &str, routes: Option<&Routes>, reading: &mut Reading) {
    let tree = yaml::parse_at(path, text);
    let Some(document) = tree.documents.iter().copied().find(|document| workflow::fits(path, &tree, *document)) else { return };
    let Some(map) = tree.get(document, "jobs") else { return };
    let jobs = jobs(&tree, map, reading);
    let mut claims = Claims::default();
    let mut view = View::new(path, text, &tree, &mut claims, reading, workflow::DIALECT);
    super::workflow(&mut view, document, ScopeId::ROOT, &jobs, routes);
}

fn in_pipeline(path: &str, text: &str, routes: Option<&Routes>, reading: &mut Reading) {
    let tree = yaml::parse_at(path, text);
    let mut claims = Claims::default();
    for document in tree.documents.iter().copied().filter(|document| gitlab::fits(path, &tree, *document)) {
        let jobs = jobs(&tree, document, reading);
        let laid = routes.map(|routes| Laid::under(&tree, document, routes)).unwrap_or_default();
        let mut view = View::new(path, text, &tree, &mut claims, reading, gitlab::DIALECT);
        if let Some(node) = tree.get(document, "include") {
            for (index, item) in gitlab::items(&tree, node).into_iter().enumerate() {
                super::included(&mut view, document, (item, index), ScopeId::ROOT, (routes, &laid));
                if let Some(routes) = routes {
                    super::included::local(&mut view, document, (item, index), ScopeId::ROOT, (routes, &laid));
                }
            }
        }
        for (entry, scope) in jobs {
            pipeline(&mut view, document, ScopeId::ROOT, (entry, scope), (routes, &laid));
        }
    }
}
