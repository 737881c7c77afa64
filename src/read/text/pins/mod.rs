//! Versions: which packages a manifest, a lock file or an image reference asks for, and how exactly.

mod cargo;
mod go;
mod json;
mod node;
mod python;
mod table;

use crate::reading::{Kind, Pin, PinVersion, Problem, Reading};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::Outcome;

/// A registry of packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Registry {
    Pypi,
    Npm,
    Cargo,
    Go,
}

impl Registry {
    /// The word before the colon in policies, and of `in:`.
    fn word(self) -> &'static str {
        match self {
            Self::Pypi => "pypi",
            Self::Npm => "npm",
            Self::Cargo => "cargo",
            Self::Go => "go",
        }
    }
}

/// Which registry a file of this name is about.
fn registry(path: &str) -> Option<Registry> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name {
        "pyproject.toml" | "uv.lock" | "poetry.lock" | "pdm.lock" | "Pipfile" | "Pipfile.lock" => Some(Registry::Pypi),
        "package.json" | "package-lock.json" | "npm-shrinkwrap.json" | "yarn.lock" | "pnpm-lock.yaml" => Some(Registry::Npm),
        "Cargo.toml" | "Cargo.lock" => Some(Registry::Cargo),
        "go.mod" => Some(Registry::Go),
        _ => is_requirements(folder, name).then_some(Registry::Pypi),
    }
}

/// `requirements.txt`, `requirements-dev.txt`, `dev-requirements.in`, `constraints.txt`, `requirements/prod.txt`.
fn is_requirements(folder: &str, name: &str) -> bool {
    let Some((stem, "txt" | "in" | "pip")) = name.rsplit_once('.') else { return false };
    let within = folder.rsplit('/').next().is_some_and(|folder| folder == "requirements");
    within || stem.contains("requirements") || stem.contains("constraints")
}

/// Whether the path is a manifest or lock file by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    registry(path).is_some()
}

/// Reads a manifest or lock file: a [`Pin`] and a [`Surface::Dependency`] for each package.
#[must_use]
pub fn read(path: &str, text: &str) -> Reading {
    let kind = registry(path).map_or("dependencies", Registry::word);
    let mut reading = Reading::new(Kind(kind), text.len());
    add(path, text, &mut reading);
    reading
}

/// Adds the packages of a manifest to what another reader makes of the same file.
pub fn add(path: &str, text: &str, reading: &mut Reading) {
    let Some(registry) = registry(path) else { return };
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut list = List { registry, text, reading };
    match name {
        "pyproject.toml" | "Pipfile" => python::manifest(&mut list),
        "uv.lock" | "poetry.lock" | "pdm.lock" | "Cargo.lock" => table::lock(&mut list),
        "Pipfile.lock" => python::pipfile_lock(&mut list),
        "package.json" => node::manifest(&mut list),
        "package-lock.json" | "npm-shrinkwrap.json" => node::lock(&mut list),
        "yarn.lock" => node::yarn(&mut list),
        "pnpm-lock.yaml" => node::pnpm(&mut list),
        "Cargo.toml" => cargo::manifest(&mut list),
        "go.mod" => go::manifest(&mut list),
        _ => python::requirements(&mut list),
    }
}

/// Adds one requirement of pip that stands at `at` of the file's `text`.
pub fn requirement(text: &str, line: &str, at: usize, reading: &mut Reading) {
    python::line(line, at, &mut List { registry: Registry::Pypi, text, reading });
}

/// The version that a reference of a repository names: a tag does; a branch and a commit tell none.
#[must_use]
pub fn of_reference(reference: &str) -> PinVersion {
    let commit = reference.len() >= 7 && reference.bytes().all(|b| b.is_ascii_hexdigit());
    match of_tag(Some(reference)) {
        exact @ PinVersion::Exact(_) if !commit => exact,
        _ => PinVersion::Any,
    }
}

/// Collects the packages of one file.
struct List<'a> {
    registry: Registry,
    text: &'a str,
    reading: &'a mut Reading,
}

impl List<'_> {
    /// One package; `spec` is where the version stands, empty when there is none.
    fn push(&mut self, name: &str, name_span: Span, version: PinVersion, spec: Span) {
        let name = if self.registry == Registry::Pypi { python::normalised(name) } else { name.to_owned() };
        let package = format!("{}:{name}", self.registry.word()).into();
        let span = if spec.is_empty() { name_span } else { spec };
        self.reading.pins.push(Pin { package, version, span, scope: ScopeId::ROOT });
        let value = Outcome::text(spec.of(self.text));
        let setting = Setting::named(ScopeId::ROOT, Surface::Dependency, name, value, name_span, spec).with_raw(self.text);
        self.reading.settings.push(setting);
    }

    /// The last package comes from a repository: its value is written as pip writes it, the address with the reference behind.
    fn of_repository(&mut self, address: &str, reference: Option<&str>) {
        if let Some(setting) = self.reading.settings.last_mut() {
            let scheme = if address.starts_with("git+") { "" } else { "git+" };
            let behind = reference.map(|reference| format!("@{reference}")).unwrap_or_default();
            setting.value = Outcome::text(format!("{scheme}{address}{behind}"));
        }
    }
}

impl List<'_> {
    /// Says that the file breaks off, where it does: a package after that place is not seen.
    fn check(&mut self, whole: Result<(), Span>) {
        if let Err(span) = whole {
            let message = "this file is no complete list of packages: something opened here is never closed".into();
            self.reading.problems.push(Problem { span: Some(span), message, fatal: true });
        }
    }
}

/// A container image reference in its parts: repository, tag and digest. A registry's port is no tag, and Docker Hub's
/// own prefixes (`docker.io/`, `library/`) are left out, so that one image has one name.
#[must_use]
pub fn split_reference(reference: &str) -> (&str, Option<&str>, Option<&str>) {
    let (rest, digest) = match reference.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (reference, None),
    };
    let (repo, tag) = match rest.rsplit_once(':') {
        Some((repo, tag)) if !tag.contains('/') => (repo, Some(tag)),
        _ => (rest, None),
    };
    let repo = ["docker.io/", "index.docker.io/", "registry-1.docker.io/"].iter().find_map(|host| repo.strip_prefix(host)).unwrap_or(repo);
    (repo.strip_prefix("library/").unwrap_or(repo), tag, digest)
}

/// How exactly an image tag names a version: `v1.2.3` and `3.12-slim` do, `3` is a range, `latest` and nothing say nothing.
#[must_use]
pub fn of_tag(tag: Option<&str>) -> PinVersion {
    let Some(tag) = tag.filter(|tag| !matches!(*tag, "" | "latest")) else { return PinVersion::Any };
    let number = tag.strip_prefix('v').unwrap_or(tag);
    let digits = number.split(['-', '_', '+']).next().unwrap_or(number);
    let parts = digits.split('.');
    let numeric = parts.clone().next().is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let exact = numeric && parts.count() >= 2;
    if exact { PinVersion::Exact(number.into()) } else { PinVersion::Range(tag.into()) }
}

#[cfg(test)]
mod tests;
