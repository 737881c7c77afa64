//! The table of lenses: which shape of structured document is read by whom. What no lens claims yields its plain keys.

pub mod azure;
pub mod circleci;
pub mod compose;
pub mod devcontainer;
pub mod dvc;
mod environment;
pub mod gate;
pub mod gitlab;
pub mod helm;
pub mod heredocs;
mod image;
mod inside;
mod invocation;
pub mod kubernetes;
pub mod otel;
pub mod packages;
#[cfg(test)]
pub(super) mod sample;
pub mod scripts;
pub mod spring;
pub mod stages;
pub mod taskfile;
pub mod terraform;
#[cfg(test)]
mod tests;
pub mod vector;
mod view;
pub mod workflow;

use crate::read::tree::{Claims, NodeId, Tree, plain};
use crate::reading::{Kind, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::value::Value;

/// Reads what it knows of one document and claims it; the rest stays plain keys.
type Read = fn(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading);

/// One shape of document.
#[derive(Debug)]
pub struct Lens {
    /// The word of `in:`.
    pub name: &'static str,
    /// What it reads, in one line for the documentation.
    pub about: &'static str,
    /// Whether a document has this shape.
    pub fits: fn(path: &str, tree: &Tree, document: NodeId) -> bool,
    read: Read,
}

/// All lenses, the most specific first: the first that fits reads the document.
pub static LENSES: [Lens; 19] = [
    Lens { name: "github-workflow", about: "GitHub workflows: jobs, rights, steps", fits: workflow::fits, read: workflow::read },
    Lens { name: "github-action", about: "GitHub actions: steps and images", fits: workflow::fits_action, read: workflow::read_action },
    Lens { name: "gitlab-ci", about: "GitLab CI: jobs, variables, images, scripts", fits: gitlab::fits, read: gitlab::read },
    Lens { name: "circleci", about: "CircleCI: jobs, environment, images, steps", fits: circleci::fits, read: circleci::read },
    Lens { name: "azure-pipelines", about: "Azure Pipelines: variables, jobs, images, steps", fits: azure::fits, read: azure::read },
    Lens { name: "taskfile", about: "Taskfiles: environment, commands of tasks", fits: taskfile::fits, read: taskfile::read },
    Lens {
        name: "devcontainer",
        about: "Dev containers: image, environment, flags, commands",
        fits: devcontainer::fits,
        read: devcontainer::read,
    },
    Lens {
        name: "pre-commit",
        about: "Hooks of pre-commit: repositories and their revisions",
        fits: packages::fits_hooks,
        read: packages::read_hooks,
    },
    Lens {
        name: "kubernetes-audit-policy",
        about: "Audit policies of the Kubernetes API server",
        fits: kubernetes::fits_audit_policy,
        read: kubernetes::read_audit_policy,
    },
    Lens {
        name: "terraform",
        about: "Terraform and OpenTofu: resources, data sources, modules, providers",
        fits: terraform::fits,
        read: terraform::read,
    },
    Lens {
        name: "kubernetes",
        about: "Kubernetes manifests: resources, pods, containers; Kustomize's literals and inline manifests",
        fits: kubernetes::fits,
        read: kubernetes::read,
    },
    Lens { name: "compose", about: "Compose files: services, ports, mounts, environment", fits: compose::fits, read: compose::read },
    Lens { name: "otel-collector", about: "OpenTelemetry Collector: what its pipelines list", fits: otel::fits, read: otel::read },
    Lens {
        name: "package-scripts",
        about: "Commands with names: `scripts` of package.json, tasks of pyproject.toml and their like",
        fits: scripts::fits,
        read: scripts::read,
    },
    Lens { name: "conda", about: "Conda environments: packages of Conda and pip", fits: packages::fits_conda, read: packages::read_conda },
    Lens {
        name: "dvc-pipeline",
        about: "Pipelines of DVC: what each stage's output feeds, and what goes around it",
        fits: dvc::fits,
        read: dvc::read,
    },
    Lens { name: "vector", about: "Vector: what its sinks reach", fits: vector::fits, read: vector::read },
    Lens { name: "helm-values", about: "Helm values: images in parts, environment", fits: helm::fits, read: helm::read },
    Lens { name: spring::NAME, about: "Spring: application files and their profiles", fits: spring::fits, read: spring::read },
];

/// The lens of a path that is known by its name, whatever the file holds.
#[must_use]
pub fn named(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let below = |folder: &str| path.starts_with(&format!("{folder}/")) || path.contains(&format!("/{folder}/"));
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
    match stem {
        Some(stem) if stem.starts_with("docker-compose") || stem.split('.').next() == Some("compose") => Some("compose"),
        Some(_) if [".github/workflows", ".gitea/workflows", ".forgejo/workflows"].into_iter().any(below) => Some("github-workflow"),
        Some("action") => Some("github-action"),
        Some(stem) if stem.ends_with(".gitlab-ci") || below(".gitlab") => Some("gitlab-ci"),
        Some("config") if below(".circleci") => Some("circleci"),
        Some(stem) if stem.contains("azure-pipeline") => Some("azure-pipelines"),
        Some("taskfile" | "taskfile.dist") => Some("taskfile"),
        None if [".tf", ".tofu", ".tfvars"].iter().any(|end| name.ends_with(end)) => Some("terraform"),
        None if name == "devcontainer.json" || name == ".devcontainer.json" => Some("devcontainer"),
        _ => None,
    }
}

/// Reads all documents of a parsed file into `reading`, its problems included.
pub fn apply(path: &str, text: &str, tree: &Tree, reading: &mut Reading) {
    let path = super::copied(path);
    let first = reading.settings.len();
    reading.templated |= tree.templated;
    reading.problems.extend(tree.problems.iter().cloned());
    // a lone `---` at either end makes no second document
    let empty = |document: &NodeId| tree.scalar(*document).is_some_and(|scalar| scalar.value == Value::Null && !scalar.templated);
    let documents: Vec<NodeId> = tree.documents.iter().copied().filter(|document| !empty(document)).collect();
    let several = documents.len() > 1;
    let mut claims = Claims::default();
    for (index, document) in documents.into_iter().enumerate() {
        let lens = LENSES.iter().find(|lens| (lens.fits)(path, tree, document));
        let parent = if lens.is_some_and(|lens| lens.name == spring::NAME) {
            spring::scope(path, tree, document, reading)
        } else if several && lens.is_none_or(|lens| lens.name != "gitlab-ci") {
            // a pipeline is the one document behind its header
            let name = kubernetes::name_of(tree, document).unwrap_or_else(|| index.to_string());
            reading.scope(ScopeId::ROOT, ScopeKind::Document, name, Step::Same, tree.node(document).span)
        } else {
            ScopeId::ROOT
        };
        if let Some(lens) = lens {
            let kind = Kind(lens.name);
            if !reading.kinds.contains(&kind) {
                reading.kinds.insert(0, kind);
            }
            (lens.read)(path, text, tree, document, parent, &mut claims, reading);
        }
        stages::read(tree, document, text, parent, reading);
        if !claims.has(document) {
            plain::read(tree, document, parent, &claims, text, reading);
        }
    }
    if let Some(added) = reading.settings.get_mut(first..) {
        added.sort_by_key(|setting| setting.name_span.start);
    }
}
