//! Builds the tree from the parser's events with a stack of its own, never by recursion.

use std::collections::HashMap;

use granit_parser::{Event, ScalarStyle, StructureStyle, Tag};

use super::{Built, DEPTH, NODES, scalar};
use crate::read::tree::entries::Entries;
use crate::read::tree::template::{self, Masked};
use crate::read::tree::{Data, NodeId, Scalar, Tree};
use crate::reading::Problem;
use crate::span::Span;
use crate::value::Value;

/// A collection that is still open.
struct Frame {
    anchor: usize,
    /// From its opening brace or bracket; nothing yet for a block collection.
    span: Option<Span>,
    /// A custom tag (`!reference [a, b]`): what the list stands for is not in the file.
    tag: Option<Span>,
    height: usize,
    kind: Kind,
}

enum Kind {
    Map { entries: Entries, merged: Vec<(Span, NodeId)>, key: Option<Key> },
    List(Vec<NodeId>),
}

struct Key {
    text: Box<str>,
    span: Span,
    merge: bool,
}

pub(super) struct Builder<'a> {
    parsed: &'a str,
    source: &'a str,
    base: usize,
    masked: Option<&'a Masked>,
    tree: Tree,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Built>,
    /// Entries copied by merge keys so far.
    copied: usize,
    /// Where the last event ended: a block scalar's header lies behind.
    last: usize,
    /// A flow mapping began with `{{` or `{%`.
    action: bool,
    full: bool,
}

type Step = Result<(), Problem>;

impl<'a> Builder<'a> {
    pub(super) fn new(parsed: &'a str, source: &'a str, base: usize, masked: Option<&'a Masked>) -> Self {
        let (tree, stack, anchors) = (Tree::default(), Vec::new(), HashMap::new());
        Self { parsed, source, base, masked, tree, stack, anchors, copied: 0, last: 0, action: false, full: false }
    }

    pub(super) fn finish(self) -> (Tree, bool) {
        (self.tree, self.action)
    }

    /// Whether a limit of the whole file is reached.
    pub(super) fn full(&self) -> bool {
        self.full
    }

    /// Gives the current document up.
    pub(super) fn abandon(&mut self, problem: Problem) {
        self.stack.clear();
        self.anchors.clear();
        self.tree.problems.push(problem);
    }

    pub(super) fn event(&mut self, event: Event<'_>, at: &granit_parser::Span) -> Step {
        let range = at.byte_range().unwrap_or_default();
        let span = Span::new(range.start, range.end);
        let tag_span = at.tag_span().and_then(|tag| tag.byte_range()).map(|range| Span::new(range.start, range.end));
        let result = match event {
            Event::DocumentStart(..) => {
                self.stack.clear();
                self.anchors.clear();
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.leaf(&text, style, anchor, tag.as_deref().map(|tag| (tag, tag_span.unwrap_or(span))), span)
            }
            Event::MappingStart(style, anchor, _) => {
                let opening = self.parsed.get(range.start..).unwrap_or("");
                self.action |= opening.starts_with("{{") || opening.starts_with("{%");
                self.open(anchor, style, span, None, Kind::Map { entries: Entries::default(), merged: Vec::new(), key: None })
            }
            Event::SequenceStart(style, anchor, tag) => {
                let tag = tag.as_deref().and_then(|tag| is_custom(tag).then_some(tag_span.unwrap_or(span)));
                self.open(anchor, style, span, tag, Kind::List(Vec::new()))
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(span),
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(name) => {
                self.note(span, format!("the alias `*{name}` names no anchor of this document"));
                let scalar = Scalar { templated: true, ..self.bare(Value::text(span.of(self.source)), span) };
                let id = self.push(span, Data::Scalar(scalar))?;
                self.deliver(Built { id, height: 0 }, span, false)
            }
            _ => Ok(()),
        };
        self.last = range.end;
        result
    }

    fn open(&mut self, anchor: usize, style: StructureStyle, span: Span, tag: Option<Span>, kind: Kind) -> Step {
        if self.stack.len() >= DEPTH {
            return Err(self.fatal(span, format!("nested deeper than {DEPTH} levels")));
        }
        let span = (style == StructureStyle::Flow).then_some(span);
        self.stack.push(Frame { anchor, span, tag, height: 1, kind });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Step {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let (span, data) = match frame.kind {
            Kind::Map { mut entries, merged, .. } => {
                for (at, source) in merged {
                    self.merge(&mut entries, at, source)?;
                }
                (frame.span, Data::Map(entries.finish()))
            }
            Kind::List(items) => (frame.span, Data::List(items)),
        };
        let mut span = span.unwrap_or(Span { start: end.start, end: end.start });
        if end.of(self.parsed).ends_with([']', '}']) {
            span = span.join(end);
        }
        let (span, data) = match frame.tag {
            Some(tag) => {
                let scalar = Scalar { templated: true, ..self.bare(Value::text(span.of(self.source)), span) };
                (span.join(tag), Data::Scalar(scalar))
            }
            None => (span, data),
        };
        let id = self.push(span, data)?;
        let built = Built { id, height: frame.height };
        if frame.anchor != 0 {
            self.anchors.insert(frame.anchor, built);
        }
        self.deliver(built, span, false)
    }

    fn alias(&mut self, id: usize, span: Span) -> Step {
        let Some(built) = self.anchors.get(&id).copied() else {
            self.note(span, "an alias inside the node that it names".into());
            let id = self.push(span, Data::Scalar(self.bare(Value::Null, span)))?;
            return self.deliver(Built { id, height: 0 }, span, false);
        };
        if self.stack.len() + built.height > DEPTH {
            return Err(self.fatal(span, format!("nested deeper than {DEPTH} levels through aliases")));
        }
        self.deliver(built, span, false)
    }

    /// Hands a finished node to the collection that is open, as a key, a value or an item.
    fn deliver(&mut self, built: Built, span: Span, merge: bool) -> Step {
        let Some(frame) = self.stack.last_mut() else {
            self.tree.documents.push(built.id);
            return Ok(());
        };
        frame.height = frame.height.max(built.height + 1);
        // a block collection reaches from its first child to its last; its own events stand in white space
        frame.span = Some(frame.span.map_or(span, |whole| whole.join(span)));
        match &mut frame.kind {
            Kind::List(items) => items.push(built.id),
            Kind::Map { key: key @ None, .. } => {
                let text = match &self.tree.node(built.id).data {
                    Data::Scalar(scalar) => scalar.text.clone(),
                    _ => span.of(self.source).into(),
                };
                *key = Some(Key { text, span, merge });
            }
            Kind::Map { entries, merged, key } => {
                let Some(key) = key.take() else { return Ok(()) };
                let key_span = shift(key.span, self.base);
                if key.merge {
                    merged.push((key_span, built.id));
                } else if entries.write(&self.tree, &key.text, key_span, built.id) {
                    self.copied += entries.take_copied();
                    if self.copied > NODES {
                        self.full = true;
                        return Err(Problem {
                            span: Some(key_span),
                            message: format!("duplicates copy more than {NODES} values"),
                            fatal: true,
                        });
                    }
                    // the branches of a template repeat keys as a matter of course
                    if self.masked.is_none() {
                        let message = format!("duplicate key `{}`: the last one counts", key.text);
                        self.tree.problems.push(Problem { span: Some(key_span), message, fatal: false });
                    }
                }
            }
        }
        Ok(())
    }

    fn merge(&mut self, entries: &mut Entries, at: Span, source: NodeId) -> Step {
        let sources = match &self.tree.node(source).data {
            Data::List(items) => items.clone(),
            Data::Scalar(scalar) if scalar.value == Value::Null => return Ok(()),
            _ => vec![source],
        };
        for source in sources {
            let Data::Map(merged) = &self.tree.node(source).data else {
                self.tree.problems.push(Problem { span: Some(at), message: "a merge key whose value is no mapping".into(), fatal: false });
                continue;
            };
            for entry in merged {
                entries.merge(&self.tree, entry);
                self.copied += entries.take_copied();
                if self.copied > NODES {
                    self.full = true;
                    return Err(Problem { span: Some(at), message: format!("merge keys copy more than {NODES} values"), fatal: true });
                }
            }
        }
        Ok(())
    }

    fn leaf(&mut self, text: &str, style: ScalarStyle, anchor: usize, tag: Option<(&Tag, Span)>, span: Span) -> Step {
        let is_plain = style == ScalarStyle::Plain;
        let missing = is_plain && span.is_empty();
        let text = if missing { "" } else { text };
        let expects_key = matches!(self.stack.last(), Some(Frame { kind: Kind::Map { key: None, .. }, .. }));
        let merge = expects_key && is_plain && text == "<<" && tag.is_none();
        let span = if missing && !expects_key { self.insertion(span) } else { span };
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let inner = match style {
            ScalarStyle::Plain => span,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                Span { start: (span.start + 1).min(span.end), end: span.end.saturating_sub(1).max(span.start + 1).min(span.end) }
            }
            ScalarStyle::Literal | ScalarStyle::Folded => self.trimmed(span),
        };
        let span = if block { self.header(inner.start).map_or(inner, |header| inner.join(header)) } else { span };
        let custom = tag.is_some_and(|(tag, _)| is_custom(tag));
        let whole = tag.filter(|_| custom).map_or(span, |(_, tag)| span.join(tag));
        let acted = self.acted(text, whole, missing && !expects_key);
        let shown = if acted && self.masked.is_some() { inner.of(self.source) } else { text };
        let value = match tag {
            Some((tag, _)) if !custom => tagged(tag, shown),
            _ if is_plain && !acted => scalar::plain(shown),
            _ => Value::text(shown),
        };
        let scalar = Scalar {
            yaml11: if is_plain && tag.is_none() { scalar::yaml11(shown) } else { None },
            text: shown.into(),
            verbatim: inner.of(self.source) == shown,
            block,
            templated: (acted && !expects_key) || custom,
            ..self.bare(value, inner)
        };
        self.tree.templated |= acted && !expects_key;
        if expects_key && anchor == 0 {
            // a plain key needs no node of its own
            self.key(scalar.text, span, merge);
            return Ok(());
        }
        let id = self.push(whole, Data::Scalar(scalar))?;
        let built = Built { id, height: 0 };
        if anchor != 0 {
            self.anchors.insert(anchor, built);
        }
        self.deliver(built, whole, merge)
    }

    fn key(&mut self, text: Box<str>, span: Span, merge: bool) {
        if let Some(Frame { span: whole, kind: Kind::Map { key, .. }, .. }) = self.stack.last_mut() {
            *whole = Some(whole.map_or(span, |whole| whole.join(span)));
            *key = Some(Key { text, span, merge });
        }
    }

    /// Whether a template action takes part in a scalar.
    fn acted(&self, text: &str, whole: Span, missing: bool) -> bool {
        match self.masked {
            Some(masked) => masked.touches(whole) || (missing && masked.output_follows(self.source, whole.end as usize)),
            None => template::suspected(text),
        }
    }

    /// Where a value that is not written would be: behind the colon, if there is one.
    fn insertion(&self, span: Span) -> Span {
        let rest = self.parsed.get(span.range().start..).unwrap_or("");
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let colon = rest.get(blanks..).is_some_and(|rest| rest.starts_with(':'));
        let at = span.range().start + if colon { blanks + 1 } else { 0 };
        Span::new(at, at)
    }

    /// A block scalar's content without the line breaks behind it.
    fn trimmed(&self, span: Span) -> Span {
        let text = span.of(self.parsed).trim_end_matches([' ', '\t', '\n', '\r']);
        let start = span.range().start;
        if !text.is_empty() || self.masked.is_none() {
            return Span::new(start, start + text.len());
        }
        // all that stands in it are template actions
        Span::new(start, start + span.of(self.source).trim_end().len())
    }

    /// The `|` or `>` of the block scalar whose content starts at `content`.
    fn header(&self, content: u32) -> Option<Span> {
        let before = self.parsed.get(self.last..content as usize)?;
        // the header is on the last line with anything on it, the content's own indentation aside
        let before = before.trim_end();
        let from = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let line = before.get(from..)?;
        line.char_indices().filter(|(_, c)| matches!(c, '|' | '>')).find_map(|(at, _)| {
            let rest = line.get(at + 1..)?.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
            let ends = rest.is_empty() || (rest.starts_with([' ', '\t']) && (rest.trim().is_empty() || rest.trim().starts_with('#')));
            let start = self.last + from + at;
            ends.then(|| Span::new(start, start + 1))
        })
    }

    fn bare(&self, value: Value, inner: Span) -> Scalar {
        let text = inner.of(self.source).into();
        Scalar { value, yaml11: None, text, inner: shift(inner, self.base), verbatim: true, block: false, templated: false }
    }

    fn push(&mut self, span: Span, data: Data) -> Result<NodeId, Problem> {
        if self.tree.nodes.len() >= NODES {
            self.full = true;
            return Err(self.fatal(span, format!("more than {NODES} values")));
        }
        Ok(self.tree.push(shift(span, self.base), data))
    }

    fn fatal(&self, span: Span, message: String) -> Problem {
        Problem { span: Some(shift(span, self.base)), message, fatal: true }
    }

    fn note(&mut self, span: Span, message: String) {
        self.tree.problems.push(Problem { span: Some(shift(span, self.base)), message, fatal: false });
    }
}

fn shift(span: Span, base: usize) -> Span {
    Span::new(span.range().start + base, span.range().end + base)
}

const CORE: &str = "tag:yaml.org,2002:";

/// A tag that only the consumer understands: `!Ref`, `!vault`. Compose's `!override` says where its value stands, and the value is as written.
fn is_custom(tag: &Tag) -> bool {
    let name = full(tag);
    if name == "!override" {
        return false;
    }
    name != "!" && !name.is_empty() && !name.starts_with(CORE)
}

fn full(tag: &Tag) -> String {
    format!("{}{}", tag.handle(), tag.suffix())
}

/// The value under a tag of YAML's own.
fn tagged(tag: &Tag, text: &str) -> Value {
    match full(tag).strip_prefix(CORE) {
        Some("int" | "float" | "bool" | "null") => scalar::plain(text),
        _ => Value::text(text),
    }
}
