//! Packages that structured files name: Conda environments with their pip part, and the hooks of pre-commit.

use super::gate;
use super::view::{Dialect, View};
use crate::read::expression;
use crate::read::text::pins;
use crate::read::tree::{Claims, NodeId, Tree};
use crate::reading::{Pin, PinVersion, Reading};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::Outcome;

const DIALECT: Dialect = Dialect { resolve: expression::any, foreign: None, passes_through: false };

/// A Conda environment by its name, with a list of dependencies; under any name with channels beside it.
#[must_use]
pub fn fits_conda(path: &str, tree: &Tree, document: NodeId) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let named = ["environment", "conda"].iter().any(|start| name.starts_with(start));
    let list = tree.get(document, "dependencies").is_some_and(|node| !tree.items(node).is_empty());
    list && (named || tree.get(document, "channels").is_some())
}

/// Reads one Conda environment; its keys stay plain keys.
pub fn read_conda(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    let Some(list) = tree.get(document, "dependencies") else { return };
    for item in tree.items(list) {
        if view.spent() {
            return;
        }
        match tree.get(*item, "pip") {
            Some(pip) => tree.items(pip).iter().for_each(|item| requirement(&mut view, *item)),
            None => conda(&mut view, *item, parent),
        }
    }
}

/// `channel::name=version=build`, `name>=1,<2`, `name ==1.2`.
fn conda(view: &mut View<'_>, item: NodeId, scope: ScopeId) {
    let Some(scalar) = view.written(item).filter(|scalar| !scalar.templated) else { return };
    let text = &scalar.text;
    let from = text.find("::").map_or(0, |at| at + 2);
    let rest = text.get(from..).unwrap_or("");
    let length = rest.find([' ', '=', '<', '>', '!', '~', '[']).unwrap_or(rest.len());
    let name = rest.get(..length).unwrap_or("");
    if name.is_empty() || !view.afford(text) {
        return;
    }
    let behind = rest.get(length..).unwrap_or("");
    let spec = behind.trim();
    let start = from + length + (behind.len() - behind.trim_start().len());
    let value_span = view.part(item, start, start + spec.len());
    let name_span = view.part(item, from, from + length);
    let bare = spec.trim_start_matches('=').trim();
    let version = match bare.split('=').next().unwrap_or(bare) {
        "" | "*" => PinVersion::Any,
        exact if spec.starts_with('=') && !exact.contains(['*', ',', '|', '<', '>', ' ']) => PinVersion::Exact(exact.into()),
        _ => PinVersion::Range(spec.into()),
    };
    let package = format!("conda:{}", name.to_ascii_lowercase()).into();
    let span = if spec.is_empty() { name_span } else { value_span };
    view.reading.pins.push(Pin { package, version, span, scope });
    view.emit(Setting::named(scope, Surface::Dependency, name.to_ascii_lowercase(), Outcome::text(spec), name_span, value_span));
}

/// One requirement of pip.
fn requirement(view: &mut View<'_>, item: NodeId) {
    let Some(scalar) = view.written(item).filter(|scalar| scalar.verbatim && !scalar.templated) else { return };
    let at = scalar.inner.start as usize;
    if view.afford(&scalar.text) {
        let line = scalar.text.clone();
        pins::requirement(view.text, &line, at, view.reading);
    }
}

/// The hooks of pre-commit by their name.
#[must_use]
pub fn fits_hooks(path: &str, tree: &Tree, document: NodeId) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, ".pre-commit-config.yaml" | ".pre-commit-config.yml") && tree.get(document, "repos").is_some()
}

/// Reads the hooks of pre-commit: every repository at its revision.
pub fn read_hooks(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    let Some(list) = tree.get(document, "repos") else { return };
    gate::hooks(&mut view, document, parent);
    for item in tree.items(list) {
        let (Some(repo), Some(rev)) = (tree.get(*item, "repo"), tree.get(*item, "rev")) else { continue };
        let (Some(name), Some(reference)) = (view.written(repo), view.written(rev)) else { continue };
        if !view.afford(&name.text) || name.templated || reference.templated {
            continue;
        }
        let span: Span = tree.node(rev).span;
        let package = format!("pre-commit:{}", name.text).into();
        view.reading.pins.push(Pin { package, version: pins::of_reference(&reference.text), span, scope: parent });
        let value = Outcome::text(&*reference.text);
        view.emit(Setting::named(parent, Surface::Dependency, name.text.clone(), value, tree.node(repo).span, span));
    }
}

#[cfg(test)]
mod tests {
    use crate::read::lens::sample::read;
    use crate::reading::PinVersion;
    use crate::setting::Surface;

    #[test]
    fn a_conda_environment_names_packages_of_two_registries() {
        let sample = read(
            "environment.yml",
            "name: x\nchannels: [conda-forge]\ndependencies:\n  - python=3.11\n  - conda-forge::NumPy==1.26.4=py_0\n  - scipy >=1.10,<2\n  - pip\n  - pip:\n      - vllm==0.6.0\n      - \"a @ git+https://h/a@v1.2.3\"\n",
        );
        assert_eq!(sample.kinds(), ["conda", "yaml"]);
        assert_eq!(
            sample.on(Surface::Dependency),
            ["python = =3.11", "numpy = ==1.26.4=py_0", "scipy = >=1.10,<2", "pip = ", "vllm = ==0.6.0", "a = @ git+https://h/a@v1.2.3"]
        );
        let pins: Vec<String> = sample.reading.pins.iter().map(|pin| format!("{} {:?}", pin.package, pin.version)).collect();
        assert_eq!(pins.first().unwrap(), "conda:python Exact(\"3.11\")");
        assert!(pins.contains(&"conda:numpy Exact(\"1.26.4\")".to_owned()) && pins.contains(&"pypi:vllm Exact(\"0.6.0\")".to_owned()));
    }

    #[test]
    fn a_hook_is_a_repository_at_a_revision() {
        let sample = read(
            ".pre-commit-config.yaml",
            "repos:\n  - repo: https://github.com/psf/black\n    rev: 24.1.0\n    hooks: [{id: black}]\n  - repo: local\n    hooks: []\n",
        );
        assert_eq!(sample.kinds(), ["pre-commit", "yaml"]);
        assert_eq!(sample.on(Surface::Dependency), ["https://github.com/psf/black = 24.1.0"]);
        assert_eq!(sample.reading.pins[0].version, PinVersion::Exact("24.1.0".into()));
    }
}
