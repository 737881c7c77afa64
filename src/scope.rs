//! What settings belong to: documents, services, containers, jobs, stages, mappings; one tree of scopes per file.

use crate::span::Span;

/// Index into [`crate::reading::Reading::scopes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub u32);

impl ScopeId {
    /// The root of every reading.
    pub const ROOT: Self = Self(0);
}

/// What a scope is in the world of the file's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScopeKind {
    /// The whole file.
    File,
    /// One YAML document of several (a file with one document has only its `File`).
    Document,
    /// A mapping of a structured file, a section of an INI file, a table of TOML. It counts as part of what encloses it.
    Mapping,
    /// One mapping in a list.
    Item,
    /// A Compose service.
    Service,
    /// A Kubernetes resource (Deployment, `ConfigMap`, ...); the name is `Kind/name`.
    Resource,
    /// The pod (template) of a workload.
    Pod,
    /// A container of a pod.
    Container,
    /// A job of a CI workflow.
    Job,
    /// A step of a CI job.
    Step,
    /// A Dockerfile's shipped image as a whole.
    Image,
    /// A build stage.
    Stage,
    /// A block of a brace format (nginx `server`, Terraform `resource`).
    Block,
    /// A call in code.
    Call,
    /// A function in code.
    Function,
    /// A class, struct or schema in code.
    Class,
}

impl ScopeKind {
    /// The word used in policies (`per:`) and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Document => "document",
            Self::Mapping => "mapping",
            Self::Item => "item",
            Self::Service => "service",
            Self::Resource => "resource",
            Self::Pod => "pod",
            Self::Container => "container",
            Self::Job => "job",
            Self::Step => "step",
            Self::Image => "image",
            Self::Stage => "stage",
            Self::Block => "block",
            Self::Call => "call",
            Self::Function => "function",
            Self::Class => "class",
        }
    }
}

/// The step from the enclosing scope to this one, in the words of a `key` path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// No step: the scope has the same path as its parent (a document, a pod).
    Same,
    /// A mapping's key.
    Key(Box<str>),
    /// An item of the list under this key, counted from 0. A list in a list has an empty key.
    Item(Box<str>, u32),
}

/// One scope.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The enclosing scope; only the root has none.
    pub parent: Option<ScopeId>,
    /// What it is.
    pub kind: ScopeKind,
    /// Its name among its kind (`api`, `Deployment/web`); empty for mappings and the file.
    pub name: Box<str>,
    /// The step that leads here.
    pub step: Step,
    /// From its first to its last byte.
    pub span: Span,
    /// What stays when it is renamed: image without tag, build context, callee, selector. Used only to pair.
    pub labels: Vec<Box<str>>,
    /// For list items: their scalar fields, by which `[id]` in a policy's path tells them apart; `("", text)` for an item that is a scalar.
    pub fields: Vec<(Box<str>, Box<str>)>,
}
