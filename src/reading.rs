//! Everything one reader says about one file: scopes, settings, links, versions and problems.

use crate::scope::{Scope, ScopeId, ScopeKind, Step};
use crate::setting::Setting;
use crate::span::Span;

/// What shape of document a setting stands in: the words of `in:` in policies. Each reader and lens adds its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub &'static str);

/// A link from a scope to another file, or to a scope of another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Who names it.
    pub from: ScopeId,
    /// What is named, as written: a path relative to the file, normalised; a `ConfigMap`'s name ...
    pub to: Box<str>,
    /// Why.
    pub kind: LinkKind,
    /// Where it is named.
    pub span: Span,
}

/// Why one file names another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkKind {
    /// Its variables become the scope's environment (`env_file`).
    EnvFile,
    /// The scope's image is built from this folder or Dockerfile.
    Build,
    /// Of the image that is built, this stage (its name).
    Stage,
    /// The scope continues a scope of that file (`extends`, `include`).
    Extends,
    /// The scope's environment comes from this `ConfigMap` or `Secret` (its name).
    EnvFrom,
    /// A document that this document names.
    Document,
    /// The file is laid over that one: its units change those of the same name there (`compose.override.yaml`).
    Overlay,
}

/// A package with the version that one place asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Registry and name as policies write it: `pypi:vllm`, `npm:next`, `docker:ollama/ollama`.
    pub package: Box<str>,
    /// What is asked for.
    pub version: PinVersion,
    /// Where the version stands.
    pub span: Span,
    /// The scope it belongs to (an image's service); the root for manifests.
    pub scope: ScopeId,
}

/// How exactly a version is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinVersion {
    /// Exactly this one: a lock file's entry, `==`, an image tag that is a version.
    Exact(Box<str>),
    /// A requirement in the ecosystem's own spelling: `^10.1`, `>=4,<5`.
    Range(Box<str>),
    /// No word about it, or `latest`.
    Any,
}

/// Something in the file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, if it is known.
    pub span: Option<Span>,
    /// What happened, in one line.
    pub message: String,
    /// Whether what the file says cannot be known any more (a syntax error), or only a part was passed over.
    pub fatal: bool,
}

/// All that one reader says about one file.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The shapes it has, most specific first: `compose`, `yaml`.
    pub kinds: Vec<Kind>,
    /// The root first, parents before children.
    pub scopes: Vec<Scope>,
    /// In document order.
    pub settings: Vec<Setting>,
    /// Other files that matter for this one.
    pub links: Vec<Link>,
    /// Versions of packages that this file fixes.
    pub pins: Vec<Pin>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Template actions stood in the text and were read around.
    pub templated: bool,
    /// It is a program: a variable or a constant that it does not name does not exist for it, whatever a product's default is.
    pub program: bool,
}

impl Reading {
    /// An empty reading of a text of `length` bytes.
    #[must_use]
    pub fn new(kind: Kind, length: usize) -> Self {
        let root = Scope {
            parent: None,
            kind: ScopeKind::File,
            name: "".into(),
            step: Step::Same,
            span: Span::new(0, length),
            labels: Vec::new(),
            fields: Vec::new(),
        };
        Self {
            kinds: vec![kind],
            scopes: vec![root],
            settings: Vec::new(),
            links: Vec::new(),
            pins: Vec::new(),
            problems: Vec::new(),
            templated: false,
            program: false,
        }
    }

    /// Adds a scope under `parent`.
    pub fn scope(&mut self, parent: ScopeId, kind: ScopeKind, name: impl Into<Box<str>>, step: Step, span: Span) -> ScopeId {
        let id = ScopeId(u32::try_from(self.scopes.len()).unwrap_or(u32::MAX));
        self.scopes.push(Scope { parent: Some(parent), kind, name: name.into(), step, span, labels: Vec::new(), fields: Vec::new() });
        id
    }

    /// A scope by its id; the root for an id of another reading.
    ///
    /// # Panics
    /// Never: a reading always has its root.
    #[must_use]
    pub fn get(&self, id: ScopeId) -> &Scope {
        #[allow(clippy::indexing_slicing, reason = "the root is always there")]
        self.scopes.get(id.0 as usize).unwrap_or(&self.scopes[0])
    }

    /// The scope itself, then each enclosing one outward.
    pub fn outward(&self, id: ScopeId) -> impl Iterator<Item = ScopeId> + '_ {
        std::iter::successors(Some(id), |id| self.get(*id).parent)
    }

    /// The same up to the document that the scope stands in: keys of a file inside a file begin there.
    pub fn in_document(&self, id: ScopeId) -> impl Iterator<Item = ScopeId> + '_ {
        let mut done = false;
        self.outward(id).take_while(move |id| !std::mem::replace(&mut done, self.get(*id).kind == ScopeKind::Document))
    }

    /// The nearest scope of a kind, the scope itself included.
    #[must_use]
    pub fn enclosing(&self, id: ScopeId, kind: ScopeKind) -> Option<ScopeId> {
        self.outward(id).find(|id| self.get(*id).kind == kind)
    }

    /// Whether `inner` is `outer` or lies inside it.
    #[must_use]
    pub fn within(&self, inner: ScopeId, outer: ScopeId) -> bool {
        self.outward(inner).any(|id| id == outer)
    }

    /// The path of a setting for people: `services.api.ports[0].host_ip`; its other name where it has no key.
    #[must_use]
    pub fn path_of(&self, setting: &Setting) -> String {
        if let Some((_, name)) = setting.names.first() {
            return name.to_string();
        }
        let mut path = self.path_to(setting.scope);
        if let Some(key) = &setting.key {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(key);
        }
        path
    }

    /// The path of a scope for people.
    #[must_use]
    pub fn path_to(&self, id: ScopeId) -> String {
        let mut steps: Vec<String> = Vec::new();
        for id in self.in_document(id) {
            match &self.get(id).step {
                Step::Same => {}
                Step::Key(key) => steps.push(key.to_string()),
                Step::Item(key, index) => steps.push(format!("{key}[{index}]")),
            }
        }
        steps.reverse();
        steps.join(".")
    }

    /// The nearest enclosing scope that exists by itself (a service, a container, a document), as `kind name`.
    #[must_use]
    pub fn scope_words(&self, id: ScopeId) -> Option<String> {
        self.outward(id)
            .map(|id| self.get(id))
            .find(|scope| !scope.name.is_empty())
            .map(|scope| format!("{} {}", scope.kind.word(), scope.name))
    }

    /// Whether the file as a whole cannot be known.
    #[must_use]
    pub fn unreadable(&self) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.fatal)
    }
}
