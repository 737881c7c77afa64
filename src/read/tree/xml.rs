//! XML configuration to a tree of one document: elements are mappings of their attributes and children, named or repeated ones are items.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::entries::Entries;
use super::yaml::{DEPTH, NODES, without_mark};
use super::{Data, NodeId, Scalar, Tree};
use crate::read::expression::typed;
use crate::reading::Problem;
use crate::span::Span;
use crate::value::Value;

/// Root elements of configuration files, in small letters. XML is also data, and that has other roots.
const ROOTS: &[&str] = &[
    "beans",
    "clickhouse",
    "configuration",
    "context",
    "hibernate-configuration",
    "manifest",
    "network-security-config",
    "nlog",
    "persistence",
    "rsl",
    "server",
    "web-app",
    "yandex",
];
/// By these an element is told apart from its neighbours, so it is an item even where it stands alone.
const NAMES: &[&str] = &["id", "key", "name", "path"];
/// How many attributes one element may have.
const ATTRIBUTES: usize = 1000;
/// What Log4j looks up by itself, in front of a name: `${env:LEVEL:-info}`.
const LOOKUPS: &[&str] = &["bundle", "ctx", "date", "docker", "env", "java", "k8s", "main", "map", "sd", "spring", "sys", "web"];

/// Whether the path may be a configuration in XML; its root element says whether it is.
#[allow(clippy::case_sensitive_file_extension_comparisons, reason = "the name is in small letters")]
#[must_use]
pub fn claims(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    (name.ends_with(".xml") && name != "pom.xml") || (name.ends_with(".config") && name != "packages.config")
}

/// Parses a file; one that is no configuration is an empty tree.
#[must_use]
pub fn parse(text: &str) -> Tree {
    let (source, base) = without_mark(text);
    let mut builder = Builder { source, base, tree: Tree::default(), open: Vec::new(), root: None };
    if !root(source).is_some_and(|root| ROOTS.contains(&root.to_ascii_lowercase().as_str())) {
        return builder.tree;
    }
    if let Err(problem) = builder.events() {
        builder.tree.problems.push(Problem { fatal: true, ..problem });
    } else if let Some(root) = builder.root {
        builder.tree.documents.push(root);
    }
    builder.tree
}

/// The name of the root element, without its prefix.
fn root(source: &str) -> Option<&str> {
    let mut rest = source.trim_start();
    if !rest.starts_with('<') {
        return None;
    }
    while let Some((_, tag)) = rest.split_once('<') {
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.split_once("-->")?.1;
        } else if tag.starts_with(['?', '!']) {
            rest = tag;
        } else {
            let name = tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()?;
            return Some(local(name));
        }
    }
    None
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// One element that is not closed yet.
struct Open<'a> {
    name: &'a str,
    name_span: Span,
    start: usize,
    entries: Entries,
    children: Vec<Child<'a>>,
    text: String,
    text_span: Option<Span>,
    /// A part of the text is not known.
    unread: bool,
    named: bool,
    bare: bool,
}

struct Child<'a> {
    name: &'a str,
    name_span: Span,
    node: NodeId,
    named: bool,
}

struct Builder<'a> {
    source: &'a str,
    base: usize,
    tree: Tree,
    open: Vec<Open<'a>>,
    root: Option<NodeId>,
}

type Built<T> = Result<T, Problem>;

impl<'a> Builder<'a> {
    fn events(&mut self) -> Built<()> {
        let mut reader = Reader::from_str(self.source);
        let position = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        loop {
            let start = position(reader.buffer_position());
            let event = reader.read_event().map_err(|error| {
                let at = self.boundary(position(reader.error_position()));
                self.problem(Span::new(at, at), error.to_string())
            })?;
            let end = position(reader.buffer_position());
            let span = Span::new(start, end);
            match event {
                Event::Start(_) | Event::Empty(_) if self.open.len() >= DEPTH => {
                    return Err(self.problem(span, format!("nested deeper than {DEPTH} levels")));
                }
                Event::Start(tag) => self.start(&tag, span)?,
                Event::Empty(tag) => {
                    self.start(&tag, span)?;
                    self.end(span, true)?;
                }
                Event::End(_) => self.end(span, false)?,
                Event::Text(_) => self.text(span.of(self.source), span, false),
                Event::CData(_) => {
                    let inner = Span::new(start + 9, end.saturating_sub(3));
                    self.text(inner.of(self.source), inner, true);
                }
                Event::GeneralRef(reference) => self.reference(&reference, span),
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        match self.open.last() {
            Some(open) => Err(self.problem(Span::new(open.start, open.start), format!("`{}` is not closed", open.name))),
            None => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, span: Span) -> Built<()> {
        let written = span.of(self.source);
        let full = written.get(1..).and_then(|rest| rest.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()).unwrap_or("");
        let name = local(full);
        let name_end = span.range().start + 1 + full.len();
        let name_span = self.shifted(Span::new(name_end - name.len(), name_end));
        let mut open = Open {
            name,
            name_span,
            start: span.range().start,
            entries: Entries::default(),
            children: Vec::new(),
            text: String::new(),
            text_span: None,
            unread: false,
            named: false,
            bare: true,
        };
        let mut attributes = tag.attributes();
        // the check for duplicates compares each with each
        for (count, attribute) in attributes.with_checks(false).enumerate() {
            let attribute = attribute.map_err(|error| self.problem(span, error.to_string()))?;
            if count >= ATTRIBUTES {
                return Err(self.problem(span, format!("an element of more than {ATTRIBUTES} attributes")));
            }
            let key = attribute.key.into_inner();
            if key.starts_with("xmlns") {
                continue;
            }
            open.bare = false;
            // the tag's text is a part of the source: its places follow from where its parts are in memory
            let key_start = self.offset(key, span.range().start);
            let value_start = self.offset(&attribute.value, key_start + key.len());
            let inner = Span::new(value_start, value_start + attribute.value.len());
            let whole = Span::new(value_start.saturating_sub(1), value_start + attribute.value.len() + 1);
            let key = local(key);
            open.named |= NAMES.contains(&key);
            let text = quick_xml::escape::unescape(&attribute.value);
            if text.is_err() {
                let message = format!("`{key}` has an entity that is not resolved");
                self.tree.problems.push(Problem { span: Some(self.shifted(whole)), message, fatal: false });
            }
            let node = self.leaf(text.as_deref().ok(), whole, inner)?;
            let key_end = key_start + attribute.key.into_inner().len();
            open.entries.write(&self.tree, key, self.shifted(Span::new(key_end - key.len(), key_end)), node);
        }
        self.open.push(open);
        Ok(())
    }

    fn text(&mut self, text: &str, span: Span, verbatim: bool) {
        let trimmed = if verbatim { text } else { text.trim() };
        let Some(open) = self.open.last_mut() else { return };
        let Some(known) = open.text_span.or((!trimmed.is_empty()).then_some(Span { start: u32::MAX, end: 0 })) else { return };
        // blanks between pieces belong to the text, those at its ends do not
        open.text.push_str(if open.text_span.is_some() || verbatim { text } else { text.trim_start() });
        if trimmed.is_empty() {
            return;
        }
        let start = span.range().start + if verbatim { 0 } else { text.len() - text.trim_start().len() };
        open.text_span = Some(known.join(Span::new(start, start + trimmed.len())));
    }

    fn reference(&mut self, reference: &BytesRef<'_>, span: Span) {
        let known = match &*reference.xml10_content() {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "apos" => Some('\''),
            "quot" => Some('"'),
            _ => reference.resolve_char_ref().ok().flatten(),
        };
        let shifted = self.shifted(span);
        let Some(open) = self.open.last_mut() else { return };
        open.text_span = Some(open.text_span.map_or(span, |known| known.join(span)));
        if let Some(character) = known {
            open.text.push(character);
        } else {
            open.unread = true;
            let message = format!("`{}` has an entity that is not resolved", open.name);
            self.tree.problems.push(Problem { span: Some(shifted), message, fatal: false });
        }
    }

    fn end(&mut self, span: Span, empty: bool) -> Built<()> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        let whole = self.shifted(Span::new(open.start, span.range().end));
        let node = if open.bare && open.children.is_empty() && !empty {
            self.content(&open, span)?
        } else {
            if open.text_span.is_some() {
                let node = self.content(&open, span)?;
                open.entries.write(&self.tree, "text", open.name_span, node);
            }
            self.children(&mut open)?;
            let mut entries = open.entries.finish();
            entries.sort_by_key(|entry| entry.key_span.start);
            self.push(whole, Data::Map(entries))?
        };
        let child = Child { name: open.name, name_span: open.name_span, node, named: open.named };
        if let Some(parent) = self.open.last_mut() {
            parent.named |= child.name == "name" && self.tree.scalar(node).is_some();
            parent.children.push(child);
        } else if self.root.is_none() {
            let mut entries = Entries::default();
            entries.write(&self.tree, child.name, child.name_span, child.node);
            self.root = Some(self.push(whole, Data::Map(entries.finish()))?);
        }
        Ok(())
    }

    /// The text of an element; where there is none, an empty one in front of its end.
    fn content(&mut self, open: &Open<'a>, end: Span) -> Built<NodeId> {
        let span = open.text_span.unwrap_or(Span { start: end.start, end: end.start });
        self.leaf(Some(open.text.trim_end()).filter(|_| !open.unread), span, span)
    }

    /// Children of one name: one without a name of its own is a value, all others are items.
    fn children(&mut self, open: &mut Open<'a>) -> Built<()> {
        let mut groups: Vec<Vec<&Child<'a>>> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        let children = std::mem::take(&mut open.children);
        for child in &children {
            let place = *places.entry(child.name).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.push(child),
                None => groups.push(vec![child]),
            }
        }
        for group in groups {
            let Some(first) = group.first() else { continue };
            let node = if group.len() == 1 && !first.named {
                first.node
            } else {
                let items: Vec<NodeId> = group.iter().map(|child| child.node).collect();
                let span = items.iter().map(|item| self.tree.node(*item).span).reduce(Span::join).unwrap_or_default();
                self.push(span, Data::List(items))?
            };
            open.entries.write(&self.tree, first.name, first.name_span, node);
        }
        Ok(())
    }

    /// A text with its type; nothing where it is not known.
    fn leaf(&mut self, text: Option<&str>, span: Span, inner: Span) -> Built<NodeId> {
        let source = inner.of(self.source);
        let known = text.map(looked_up);
        let unread = !matches!(known, Some(Some(_)));
        let text: Box<str> = known.flatten().unwrap_or(source).into();
        let value = if unread { Value::text(text.clone()) } else { typed(&text) };
        let verbatim = source == &*text;
        let (span, inner) = (self.shifted(span), self.shifted(inner));
        self.push(span, Data::Scalar(Scalar { value, yaml11: None, text, inner, verbatim, block: unread, templated: unread }))
    }

    fn push(&mut self, span: Span, data: Data) -> Built<NodeId> {
        if self.tree.nodes.len() >= NODES {
            return Err(Problem { span: Some(span), message: format!("more than {NODES} values"), fatal: true });
        }
        Ok(self.tree.push(span, data))
    }

    /// Where a part of the source stands in it; `otherwise` for a text that was made anew.
    fn offset(&self, part: &str, otherwise: usize) -> usize {
        let at = (part.as_ptr() as usize).wrapping_sub(self.source.as_ptr() as usize);
        if self.source.get(at..at.saturating_add(part.len())) == Some(part) { at } else { otherwise }
    }

    fn boundary(&self, at: usize) -> usize {
        let mut at = at.min(self.source.len());
        while !self.source.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    fn problem(&self, span: Span, message: String) -> Problem {
        Problem { span: Some(self.shifted(span)), message, fatal: true }
    }

    fn shifted(&self, span: Span) -> Span {
        Span::new(span.range().start + self.base, span.range().end + self.base)
    }
}

/// A text with Log4j's look-ups: `${env:X:-d}` comes to `d`, any other look-up is not known.
fn looked_up(text: &str) -> Option<&str> {
    let looks = |rest: &str| LOOKUPS.iter().any(|name| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')));
    if !text.split("${").skip(1).any(looks) {
        return Some(text);
    }
    let inner = text.strip_prefix("${").or_else(|| text.strip_prefix("$${"))?.strip_suffix('}')?;
    let default = inner.split_once(":-")?.1;
    (!default.contains(['{', '}'])).then_some(default)
}

#[cfg(test)]
mod tests;
