//! What a lens works on: a tree, the reading it fills, and the moves that all lenses share. No format's own words live here.

use crate::read::expression::{Resolved, helm};
use crate::read::fragment;
use crate::read::tree::{Claims, Data, Entry, NodeId, Scalar, Tree, plain};
use crate::reading::{Link, LinkKind, Problem, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Mark, Outcome, Value};

/// More settings or scopes than this in one file are an attack or a mistake: aliases multiply what lenses spread out.
const BUDGET: usize = 200_000;

/// How a format writes what only the environment knows.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// The format's default expressions.
    pub resolve: fn(&str) -> Option<Resolved>,
    /// What marks such an expression in a command line, which command parsing by itself does not know.
    pub foreign: Option<&'static str>,
    /// Whether a variable without a value takes the host's variable of the same name.
    pub passes_through: bool,
}

/// One lens at work on one file.
#[derive(Debug)]
pub struct View<'a> {
    /// The file's path in the repository.
    pub path: &'a str,
    /// The file's text.
    pub text: &'a str,
    /// The parsed file.
    pub tree: &'a Tree,
    /// What was interpreted and is not to be read as plain keys.
    pub claims: &'a mut Claims,
    /// What is filled.
    pub reading: &'a mut Reading,
    /// The format's expressions.
    pub dialect: Dialect,
    /// Bytes of source that may still be copied: an alias can copy a large text again and again.
    bytes: usize,
}

impl<'a> View<'a> {
    /// A lens at its start.
    pub fn new(path: &'a str, text: &'a str, tree: &'a Tree, claims: &'a mut Claims, reading: &'a mut Reading, dialect: Dialect) -> Self {
        Self { path, text, tree, claims, reading, dialect, bytes: 16 * text.len() + 65_536 }
    }

    /// Whether the budget is spent; says so once, as a problem.
    pub fn spent(&mut self) -> bool {
        let spent = self.bytes == 0 || self.reading.settings.len().max(self.reading.scopes.len()) >= BUDGET;
        if spent {
            let message = "too many values after alias expansion";
            if !self.reading.problems.iter().any(|problem| problem.message == message) {
                self.reading.problems.push(Problem { span: None, message: message.into(), fatal: true });
            }
        }
        spent
    }

    /// Adds a setting, with its source text.
    pub fn emit(&mut self, setting: Setting) {
        if !self.spent() {
            let first = self.reading.settings.len();
            self.reading.settings.push(setting.with_raw(self.text));
            self.pay(first);
        }
    }

    /// Takes the text of all settings from `first` on from the budget.
    pub fn pay(&mut self, first: usize) {
        let named = |setting: &Setting| setting.names.iter().map(|(_, name)| name.len()).sum::<usize>();
        let copied: usize = self.reading.settings.iter().skip(first).map(|setting| setting.raw.len() + named(setting)).sum();
        self.bytes = self.bytes.saturating_sub(copied);
    }

    /// Takes a text that is to be copied or parsed from the budget; false when the budget does not have it.
    pub fn afford(&mut self, text: &str) -> bool {
        self.bytes = self.bytes.saturating_sub(text.len());
        !self.spent()
    }

    /// A scalar that is not null.
    #[must_use]
    pub fn written(&self, node: NodeId) -> Option<&'a Scalar> {
        let tree = self.tree;
        tree.scalar(node).filter(|scalar| scalar.value != Value::Null)
    }

    /// What a text of this format comes to.
    #[must_use]
    pub fn resolve(&self, text: &str) -> Resolved {
        (self.dialect.resolve)(text).unwrap_or_else(|| Resolved::plain(Value::text(text)))
    }

    /// What a text with template actions comes to.
    #[must_use]
    pub fn templated(&self, text: &str) -> Resolved {
        (self.dialect.resolve)(text).or_else(|| helm::resolve(text)).unwrap_or_else(Resolved::reference)
    }

    /// What a scalar comes to: its typed value, or what its expression says.
    #[must_use]
    pub fn value(&self, scalar: &Scalar) -> Resolved {
        if scalar.templated {
            return self.templated(&scalar.text);
        }
        match &scalar.value {
            Value::Text(text) => self.resolve(text),
            other => Resolved::plain(other.clone()),
        }
    }

    /// The file's bytes of a part of a scalar's text.
    #[must_use]
    pub fn part(&self, node: NodeId, start: usize, end: usize) -> Span {
        let whole = self.tree.node(node).span;
        match self.tree.scalar(node) {
            Some(scalar) if scalar.verbatim => {
                let base = scalar.inner.start as usize;
                Span::new(base + start, base + end)
            }
            Some(scalar) => fragment::map_of(whole, scalar, self.text).outward(Span::new(start, end)),
            None => whole,
        }
    }

    /// Reads what is not claimed below a mapping as keys of `scope`.
    pub fn plain(&mut self, node: NodeId, scope: ScopeId) {
        if self.spent() || !self.tree.is_map(node) {
            return;
        }
        let first = self.reading.settings.len();
        let claimed = self.claims.has(node);
        self.claims.release(node);
        plain::read(self.tree, node, scope, self.claims, self.text, self.reading);
        if claimed {
            self.claims.take(node);
        }
        self.pay(first);
    }

    /// The same where the format says elsewhere what a process finds in its environment: a key that is written like a variable is
    /// none there (a label, an annotation, a field that nobody reads).
    pub fn keys(&mut self, node: NodeId, scope: ScopeId) {
        let first = self.reading.settings.len();
        self.plain(node, scope);
        let mut at = 0;
        self.reading.settings.retain_mut(|setting| {
            at += 1;
            if at <= first {
                return true;
            }
            setting.names.retain(|(surface, _)| *surface != Surface::Env);
            setting.key.is_some() || !setting.names.is_empty()
        });
    }

    /// Reads one key of a mapping, with what is not claimed below it, as keys of `scope`.
    pub fn key(&mut self, entry: &Entry, scope: ScopeId) {
        if self.spent() {
            return;
        }
        let first = self.reading.settings.len();
        plain::emit_key(self.tree, entry, scope, self.claims, self.text, self.reading);
        self.pay(first);
    }

    /// Claims an entry and makes a scope of it; a mapping is a setting too, whose presence can be asked for.
    pub fn enter(&mut self, entry: &Entry, parent: ScopeId, kind: ScopeKind, name: &str) -> ScopeId {
        self.claims.take(entry.value);
        if self.tree.is_map(entry.value) && !self.spent() {
            let setting = plain::setting(self.tree, entry, parent, self.text);
            self.reading.settings.push(setting);
        }
        let span = self.tree.node(entry.value).span;
        // an aliased mapping stands elsewhere, before its key
        let whole = if span.start >= entry.key_span.end { entry.key_span.join(span) } else { span };
        self.reading.scope(parent, kind, name, Step::Key(entry.key.clone()), whole)
    }

    /// Claims the mapping under `key` and makes a scope of it.
    pub fn enter_key(&mut self, map: NodeId, key: &str, parent: ScopeId, kind: ScopeKind, name: &str) -> Option<(NodeId, ScopeId)> {
        let tree = self.tree;
        let entry = tree.entry(map, key).filter(|entry| tree.is_map(entry.value))?;
        Some((entry.value, self.enter(entry, parent, kind, name)))
    }

    /// A scope for one item of the list under `key`, with its scalar fields.
    pub fn item(&mut self, node: NodeId, parent: ScopeId, kind: ScopeKind, name: &str, step: (&str, usize)) -> ScopeId {
        let index = u32::try_from(step.1).unwrap_or(u32::MAX);
        let fields = self.fields(node);
        self.bytes = self.bytes.saturating_sub(fields.iter().map(|(_, text)| text.len()).sum());
        let scope = self.reading.scope(parent, kind, name, Step::Item(step.0.into(), index), self.tree.node(node).span);
        if let Some(scope) = self.reading.scopes.get_mut(scope.0 as usize) {
            scope.fields = fields;
        }
        scope
    }

    /// The scalar entries of a mapping, by which an item is told apart from its neighbours.
    #[must_use]
    pub fn fields(&self, node: NodeId) -> Vec<(Box<str>, Box<str>)> {
        let entries = self.tree.entries(node).iter();
        entries.filter_map(|entry| Some((entry.key.clone(), self.written(entry.value)?.text.clone()))).collect()
    }

    /// What lets a scope be recognised after it was renamed.
    pub fn label(&mut self, scope: ScopeId, label: impl Into<Box<str>>) {
        let label = label.into();
        if let Some(scope) = self.reading.scopes.get_mut(scope.0 as usize)
            && !label.is_empty()
            && !scope.labels.contains(&label)
        {
            scope.labels.push(label);
        }
    }

    /// Adds a link to what the scalar at `node` names, after resolving it; nothing when that cannot be known.
    pub fn link(&mut self, from: ScopeId, node: NodeId, kind: LinkKind, target: impl Fn(&str) -> Option<String>) {
        let Some(scalar) = self.written(node) else { return };
        if let Outcome::One(value) = self.value(scalar).value
            && let Some(to) = target(&value.display())
        {
            self.reading.links.push(Link { from, to: to.into(), kind, span: self.tree.node(node).span });
        }
    }

    /// Scalars of a list, or the one scalar that stands in its place.
    #[must_use]
    pub fn scalars(&self, node: NodeId) -> Vec<NodeId> {
        match &self.tree.node(node).data {
            Data::Scalar(_) => vec![node],
            Data::List(items) => items.iter().copied().filter(|item| self.tree.scalar(*item).is_some()).collect(),
            Data::Map(_) => Vec::new(),
        }
    }
}

/// A setting's value and mark from what was resolved.
#[must_use]
pub fn with(mut setting: Setting, resolved: Resolved) -> Setting {
    setting.value = resolved.value;
    setting.mark = resolved.mark;
    setting
}

/// A value that comes from elsewhere.
#[must_use]
pub fn passed(setting: Setting) -> Setting {
    with(setting, Resolved { value: Outcome::Unread, mark: Mark::Reference })
}

/// A relative path without `.` and, where a folder precedes it, `..`; nothing for addresses and absolute paths.
#[must_use]
pub fn relative(path: &str) -> Option<String> {
    if path.is_empty() || path.starts_with(['/', '~']) || path.contains("://") || path.starts_with("git@") {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(if parts.is_empty() { ".".into() } else { parts.join("/") })
}

/// A path from the repository's root as a path relative to the file that names it.
#[must_use]
pub fn from_root(file: &str, path: &str) -> Option<String> {
    let up = "../".repeat(file.matches('/').count());
    relative(&format!("{up}{}", path.trim_start_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_what_says_nothing() {
        assert_eq!(relative("./a/../.env").as_deref(), Some(".env"));
        assert_eq!(relative("../b/./c").as_deref(), Some("../b/c"));
        assert_eq!(relative(".").as_deref(), Some("."));
        assert_eq!(relative("https://x.y/z"), None);
        assert_eq!(from_root(".github/workflows/a.yml", "./.github/actions/x").as_deref(), Some("../../.github/actions/x"));
        assert_eq!(from_root(".gitlab-ci.yml", "/ci/a.yml").as_deref(), Some("ci/a.yml"));
    }
}
