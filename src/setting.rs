//! A setting: one default found in a file, with its names, its value and its place.

use serde::{Deserialize, Serialize};

use crate::scope::ScopeId;
use crate::span::Span;
use crate::value::{Mark, Outcome, Value};

/// How a setting is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Surface {
    /// An environment variable.
    Env,
    /// A path in a structured file.
    Key,
    /// A command-line flag, with its dashes.
    Flag,
    /// A keyword of a call or a parameter of a function: `callee(name)`.
    Argument,
    /// A declared member with a default.
    Field,
    /// A line of a line-based file (`USER`, `EXPOSE`, `log_format`).
    Directive,
    /// A container image reference.
    Image,
    /// A dependency of a manifest or lock file.
    Dependency,
    /// A right of a workflow job.
    Permission,
    /// A command that is run.
    Command,
    /// A heading of a document.
    Section,
    /// A coded statement of a document.
    Claim,
    /// A record of a list.
    Record,
    /// What a file decides when asked.
    Decision,
    /// The gate's own rules.
    Gate,
    /// What a call of a logger prints: the path of the value, `request.headers`.
    Printed,
}

impl Surface {
    /// All of them; the place of each is its number in the catalogue's tables.
    pub const ALL: &[Self] = &[
        Self::Env,
        Self::Key,
        Self::Flag,
        Self::Argument,
        Self::Field,
        Self::Directive,
        Self::Image,
        Self::Dependency,
        Self::Permission,
        Self::Command,
        Self::Section,
        Self::Claim,
        Self::Record,
        Self::Decision,
        Self::Gate,
        Self::Printed,
    ];

    /// The word used in policies and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Env => "env",
            Self::Key => "key",
            Self::Flag => "flag",
            Self::Argument => "argument",
            Self::Field => "field",
            Self::Directive => "directive",
            Self::Image => "image",
            Self::Dependency => "dependency",
            Self::Permission => "permission",
            Self::Command => "command",
            Self::Section => "section",
            Self::Claim => "claim",
            Self::Record => "record",
            Self::Decision => "decision",
            Self::Gate => "gate",
            Self::Printed => "printed",
        }
    }
}

/// One default found in a file.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The scope it belongs to.
    pub scope: ScopeId,
    /// Last step of its path when it can be named by a `key`: the whole path is the scope's path plus this.
    pub key: Option<Box<str>>,
    /// Its names on all other surfaces: an environment variable, a flag with its dashes, an image without its tag ...
    pub names: Vec<(Surface, Box<str>)>,
    /// What it is set to.
    pub value: Outcome,
    /// The YAML 1.1 reading of a plain `yes`, `no`, `on`, `off` (which YAML 1.2 reads as text), where there is one.
    pub yaml11: Option<bool>,
    /// The kind of expression that gave the value.
    pub mark: Mark,
    /// The value exactly as it stands in the file, quotes included.
    pub raw: Box<str>,
    /// Where the name stands. For a derived setting, the text it came from.
    pub name_span: Span,
    /// Where the value stands; empty at the insertion point when nothing is written there.
    pub value_span: Span,
    /// Where the value stands under a name that is taken here: a constant of the same file.
    pub from: Option<Span>,
    /// For lists: where each item stands, in order.
    pub item_spans: Vec<Span>,
    /// Places that this one overrides: earlier duplicates, merged mappings, earlier `USER` lines.
    pub overridden: Vec<Overridden>,
}

/// A place whose value lost against a later or nearer one.
#[derive(Clone, Debug)]
pub struct Overridden {
    /// Where its value stands.
    pub span: Span,
    /// What it said.
    pub value: Outcome,
    /// Whether consumers differ about who wins (a duplicate key), so that the weaker of both must count.
    pub contested: bool,
}

impl Setting {
    /// A setting with one name on a surface other than `key`.
    pub fn named(scope: ScopeId, surface: Surface, name: impl Into<Box<str>>, value: Outcome, name_span: Span, value_span: Span) -> Self {
        Self { names: vec![(surface, name.into())], ..Self::blank(scope, value, name_span, value_span) }
    }

    /// A setting that is a key of a structured file.
    pub fn keyed(scope: ScopeId, key: impl Into<Box<str>>, value: Outcome, name_span: Span, value_span: Span) -> Self {
        Self { key: Some(key.into()), ..Self::blank(scope, value, name_span, value_span) }
    }

    fn blank(scope: ScopeId, value: Outcome, name_span: Span, value_span: Span) -> Self {
        Self {
            scope,
            key: None,
            names: Vec::new(),
            value,
            yaml11: None,
            mark: Mark::Plain,
            raw: "".into(),
            name_span,
            value_span,
            from: None,
            item_spans: Vec::new(),
            overridden: Vec::new(),
        }
    }

    /// The same with the value's source text, taken from `text` under the value's span.
    #[must_use]
    pub fn with_raw(mut self, text: &str) -> Self {
        self.raw = self.value_span.of(text).into();
        self
    }

    /// The same with a mark.
    #[must_use]
    pub fn with_mark(mut self, mark: Mark) -> Self {
        self.mark = mark;
        self
    }

    /// Taken from elsewhere in the file.
    #[must_use]
    pub fn taken_from(mut self, from: Option<Span>) -> Self {
        self.from = from;
        self
    }

    /// Name and value together.
    #[must_use]
    pub fn span(&self) -> Span {
        if self.value_span.is_empty() { self.name_span } else { self.name_span.join(self.value_span) }
    }

    /// Whether it is a mapping, of which only the presence counts.
    #[must_use]
    pub fn is_map(&self) -> bool {
        matches!(self.value, Outcome::One(Value::Map))
    }
}
