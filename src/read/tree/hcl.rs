//! HCL (Terraform and its relatives) to a tree of one document: blocks are mappings below their labels, references to defaults of
//! the same file lead to these defaults.

use std::collections::HashMap;

use hcl_edit::expr::{Expression, Object, ObjectKey, Traversal, TraversalOperator, UnaryOperator};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::{Element, HeredocTemplate, Template};
use hcl_edit::{Number, Span as _};

use super::entries::Entries;
use super::yaml::{DEPTH, NODES, without_mark};
use super::{Data, NodeId, Scalar, Tree};
use crate::reading::Problem;
use crate::span::Span;
use crate::value::Value;

/// Blocks that stand any number of times: each is an item, also when it stands once, so that one path means them all.
const REPEATED: &[&str] = &[
    "access",
    "allow",
    "authorized_networks",
    "database_flags",
    "deny",
    "egress",
    "env",
    "env_from",
    "ingress",
    "ingress_with_cidr_blocks",
    "lifecycle_rule",
    "rule",
    "secret",
    "security_rule",
    "set",
    "setting",
    "statement",
    "volume",
    "volume_mount",
];
/// Functions that give what they are given, in another dress.
const TRANSPARENT: &[&str] = &["jsonencode", "nonsensitive", "sensitive", "tolist", "tomap", "toset", "tostring", "yamlencode"];

/// What a file's conditional expressions may come to, by their place.
pub type Choices = HashMap<Span, Vec<Value>>;

/// Parses a file.
#[must_use]
pub fn parse(text: &str) -> (Tree, Choices) {
    let (source, base) = without_mark(text);
    let parsed = hcl_edit::parser::parse_body(source);
    let mut builder = Builder { source, base, tree: Tree::default(), known: HashMap::new(), choices: Choices::new(), copied: 0 };
    match &parsed {
        Ok(body) => {
            builder.learn(body);
            match builder.body(body, builder.shifted(Span::new(0, source.len())), 1) {
                Ok(root) => builder.tree.documents.push(root),
                Err(problem) => builder.tree.problems.push(problem),
            }
        }
        Err(error) => {
            let mut at = error.location().offset().min(source.len());
            while !source.is_char_boundary(at) {
                at -= 1;
            }
            let span = Some(builder.shifted(Span::new(at, at)));
            let message = error.message().lines().next().unwrap_or("not HCL").to_owned();
            builder.tree.problems.push(Problem { span, message, fatal: true });
        }
    }
    (builder.tree, builder.choices)
}

/// Where a reference leads.
#[derive(Clone, Copy)]
enum Known<'a> {
    Written(&'a Expression),
    /// It is being read: a reference to itself leads nowhere.
    Open,
    Read(NodeId),
}

struct Builder<'a> {
    source: &'a str,
    base: usize,
    tree: Tree,
    /// `var.x` and `local.x` of this file.
    known: HashMap<String, Known<'a>>,
    choices: Choices,
    /// Entries that merged maps copied from others.
    copied: usize,
}

type Built<T> = Result<T, Problem>;

impl<'a> Builder<'a> {
    /// Notes the defaults of variables and the locals.
    fn learn(&mut self, body: &'a Body) {
        for block in body.blocks() {
            match (block.ident.as_str(), block.labels.first()) {
                ("variable", Some(label)) => {
                    if let Some(default) = block.body.get_attribute("default") {
                        self.known.insert(format!("var.{}", label.as_str()), Known::Written(&default.value));
                    }
                }
                ("locals", _) => {
                    for local in block.body.attributes() {
                        self.known.insert(format!("local.{}", local.key.as_str()), Known::Written(&local.value));
                    }
                }
                _ => {}
            }
        }
    }

    /// Recursive, but never deeper than [`DEPTH`], as all that follows.
    fn body(&mut self, body: &'a Body, span: Span, depth: usize) -> Built<NodeId> {
        deep(span, depth)?;
        let mut entries = Entries::default();
        let mut blocks = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let value = self.expression(&attribute.value, depth + 1)?;
                    let key_span = self.span(attribute.key.span());
                    entries.write(&self.tree, attribute.key.as_str(), key_span, value);
                }
                Structure::Block(block) => blocks.push(self.labelled(block)),
            }
        }
        self.blocks(&mut entries, &blocks, 0, depth)?;
        let mut entries = entries.finish();
        entries.sort_by_key(|entry| entry.key_span.start);
        self.push(span, Data::Map(entries))
    }

    /// A block with the steps that lead to it: its name and its labels. `dynamic "x" { content { .. } }` is `x { .. }`.
    fn labelled(&self, block: &'a Block) -> Labelled<'a> {
        let name = (block.ident.as_str(), self.span(block.ident.span()));
        let labels = block.labels.iter().map(|label| (label.as_str(), self.unquoted(label.span())));
        let content = block.body.get_blocks("content").next().filter(|_| name.0 == "dynamic" && block.labels.len() == 1);
        let steps = if content.is_some() { labels.collect() } else { std::iter::once(name).chain(labels).collect() };
        Labelled { steps, body: content.map_or(&block.body, |content| &content.body), span: self.span(block.span()) }
    }

    /// Blocks below their steps from the one at `at` on: of one name, one is a mapping and several are items.
    fn blocks(&mut self, entries: &mut Entries, blocks: &[Labelled<'a>], at: usize, depth: usize) -> Built<()> {
        let mut groups: Vec<(&str, Vec<Labelled<'a>>)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for block in blocks {
            let Some((step, _)) = block.steps.get(at) else { continue };
            let place = *places.entry(step).or_insert(groups.len());
            match groups.get_mut(place) {
                Some((_, group)) => group.push(block.clone()),
                None => groups.push((step, vec![block.clone()])),
            }
        }
        for (step, group) in groups {
            let (ends, goes_on): (Vec<_>, Vec<_>) = group.into_iter().partition(|block| block.steps.len() == at + 1);
            let mut items = Vec::new();
            for block in &ends {
                let start = block.steps.get(at).map_or(block.span.start, |(_, span)| span.end);
                items.push(self.body(block.body, Span { start, end: block.span.end }, depth + 1 + at)?);
            }
            if !goes_on.is_empty() {
                let span = goes_on.iter().map(|block| block.span).reduce(Span::join).unwrap_or_default();
                let mut inner = Entries::default();
                deep(span, depth + at + 1)?;
                self.blocks(&mut inner, &goes_on, at + 1, depth)?;
                items.push(self.push(span, Data::Map(inner.finish()))?);
            }
            let first = ends.iter().chain(&goes_on).filter_map(|block| block.steps.get(at)).map(|(_, span)| *span).min();
            let single = items.len() == 1 && !(depth > 1 && at == 0 && REPEATED.contains(&step) && !ends.is_empty());
            let value = match items.as_slice() {
                [one] if single => *one,
                several => {
                    let span = several.iter().map(|item| self.tree.node(*item).span).reduce(Span::join).unwrap_or_default();
                    self.push(span, Data::List(items))?
                }
            };
            entries.write(&self.tree, step, first.unwrap_or_default(), value);
        }
        Ok(())
    }

    fn expression(&mut self, expression: &'a Expression, depth: usize) -> Built<NodeId> {
        let span = self.span(expression.span());
        deep(span, depth)?;
        match expression {
            Expression::Null(_) => self.leaf(span, Value::Null),
            Expression::Bool(truth) => self.leaf(span, Value::Bool(*truth.value())),
            Expression::Number(number) => self.leaf(span, of_number(number.value(), false)),
            Expression::String(text) => self.leaf(span, Value::text(text.value().as_str())),
            Expression::Parenthesis(inner) => self.expression(inner.inner(), depth + 1),
            Expression::Array(array) => {
                let items = array.iter().map(|item| self.expression(item, depth + 1)).collect::<Built<Vec<_>>>()?;
                self.push(span, Data::List(items))
            }
            Expression::Object(object) => self.object(object, span, depth),
            Expression::StringTemplate(template) => match template.as_single_element() {
                // `"${x}"` is x itself
                Some(Element::Interpolation(inner)) => self.expression(&inner.expr, depth + 1),
                _ => match self.template(template, depth)? {
                    Some(text) => self.leaf(span, Value::text(text)),
                    None => self.unread(span),
                },
            },
            Expression::HeredocTemplate(heredoc) => self.heredoc(heredoc, span, depth),
            Expression::Traversal(traversal) => match self.reference(traversal, depth)? {
                Some(node) => Ok(node),
                None => self.unread(span),
            },
            Expression::FuncCall(call) => match call.args.get(0) {
                Some(argument) if TRANSPARENT.contains(&call.name.name.as_str()) && call.args.len() == 1 => {
                    self.expression(argument, depth + 1)
                }
                Some(_) if call.name.name.as_str() == "merge" => self.merged(call.args.iter(), span, depth),
                _ => self.unread(span),
            },
            Expression::Conditional(condition) => {
                let yes = self.literal(&condition.true_expr, depth)?;
                let no = self.literal(&condition.false_expr, depth)?;
                if let (Some(yes), Some(no)) = (yes, no) {
                    self.choices.insert(span, vec![yes, no]);
                }
                self.unread(span)
            }
            Expression::UnaryOp(operation) => match (operation.operator.value(), &operation.expr) {
                (UnaryOperator::Neg, Expression::Number(number)) => self.leaf(span, of_number(number.value(), true)),
                (UnaryOperator::Not, Expression::Bool(truth)) => self.leaf(span, Value::Bool(!*truth.value())),
                _ => self.unread(span),
            },
            Expression::Variable(_) | Expression::BinaryOp(_) | Expression::ForExpr(_) => self.unread(span),
        }
    }

    fn object(&mut self, object: &'a Object, span: Span, depth: usize) -> Built<NodeId> {
        let mut entries = Entries::default();
        for (key, value) in object {
            let node = self.expression(value.expr(), depth + 1)?;
            match key {
                ObjectKey::Ident(name) => {
                    let key_span = self.span(name.span());
                    entries.write(&self.tree, name.as_str(), key_span, node);
                }
                ObjectKey::Expression(Expression::String(name)) => {
                    let key_span = self.unquoted(name.span());
                    entries.write(&self.tree, name.as_str(), key_span, node);
                }
                // a computed name is known by its source only
                ObjectKey::Expression(name) => {
                    let key_span = self.span(name.span());
                    let source = key_span.of_shifted(self.source, self.base);
                    entries.write(&self.tree, source, key_span, node);
                }
            }
        }
        self.push(span, Data::Map(entries.finish()))
    }

    /// `merge(a, b)`: the keys of all its maps, the later one's value where several hold a key. What is not known of them is left out.
    fn merged(&mut self, arguments: impl Iterator<Item = &'a Expression>, span: Span, depth: usize) -> Built<NodeId> {
        let maps = arguments.map(|argument| self.expression(argument, depth + 1)).collect::<Built<Vec<_>>>()?;
        let maps: Vec<NodeId> = maps.into_iter().filter(|map| self.tree.is_map(*map)).collect();
        if maps.is_empty() {
            return self.unread(span);
        }
        let mut entries = Entries::default();
        for map in maps.into_iter().rev() {
            for entry in self.tree.entries(map) {
                entries.merge(&self.tree, entry);
            }
            self.copied = self.copied.saturating_add(entries.take_copied());
            if self.copied > NODES {
                return Err(Problem { span: Some(span), message: format!("more than {NODES} values"), fatal: true });
            }
        }
        let mut entries = entries.finish();
        entries.sort_by_key(|entry| entry.key_span.start);
        self.push(span, Data::Map(entries))
    }

    /// The text of a template of which all is known.
    fn template(&mut self, template: impl IntoIterator<Item = &'a Element>, depth: usize) -> Built<Option<String>> {
        let mut text = String::new();
        for element in template {
            match element {
                Element::Literal(literal) => text.push_str(literal.value()),
                Element::Interpolation(inner) => match self.literal(&inner.expr, depth)? {
                    Some(Value::Null) | None => return Ok(None),
                    Some(value) => text.push_str(&value.display()),
                },
                Element::Directive(_) => return Ok(None),
            }
        }
        Ok(Some(text))
    }

    /// The value of an expression that comes to one scalar.
    fn literal(&mut self, expression: &'a Expression, depth: usize) -> Built<Option<Value>> {
        let node = self.expression(expression, depth + 1)?;
        Ok(self.tree.scalar(node).filter(|scalar| !scalar.templated).map(|scalar| scalar.value.clone()))
    }

    fn heredoc(&mut self, heredoc: &'a HeredocTemplate, span: Span, depth: usize) -> Built<NodeId> {
        let template: &Template = &heredoc.template;
        let Some(text) = self.template(template, depth)? else { return self.unread(span) };
        let inner = template.span().map_or(span, |range| self.span(Some(range)));
        let verbatim = inner.of_shifted(self.source, self.base) == text;
        let value = Value::text(text.as_str());
        self.push(span, Data::Scalar(Scalar { value, yaml11: None, text: text.into(), inner, verbatim, block: true, templated: false }))
    }

    /// `var.x`, `local.x` and what lies below them, when this file says what it is.
    fn reference(&mut self, traversal: &'a Traversal, depth: usize) -> Built<Option<NodeId>> {
        let Expression::Variable(root) = &traversal.expr else { return Ok(None) };
        let mut steps = Vec::new();
        for operator in &traversal.operators {
            match operator.value() {
                TraversalOperator::GetAttr(name) => steps.push(name.as_str()),
                TraversalOperator::Index(Expression::String(name)) => steps.push(name.as_str()),
                _ => return Ok(None),
            }
        }
        let Some((name, below)) = steps.split_first() else { return Ok(None) };
        let name = format!("{}.{name}", root.as_str());
        let node = match self.known.get(&name).copied() {
            Some(Known::Read(node)) => node,
            Some(Known::Written(expression)) => {
                self.known.insert(name.clone(), Known::Open);
                let node = self.expression(expression, depth + 1)?;
                self.known.insert(name, Known::Read(node));
                node
            }
            Some(Known::Open) | None => return Ok(None),
        };
        let found = below.iter().try_fold(node, |node, step| self.tree.get(node, step));
        // a default of nothing says that somebody else gives the value
        Ok(found.filter(|node| self.tree.scalar(*node).is_none_or(|scalar| scalar.value != Value::Null)))
    }

    fn leaf(&mut self, span: Span, value: Value) -> Built<NodeId> {
        let written = span.of_shifted(self.source, self.base);
        let text: Box<str> = if let Value::Text(text) = &value { text.clone() } else { written.into() };
        let quoted = written.len() >= 2 && written.starts_with('"') && written.ends_with('"');
        let inner = if quoted { Span { start: span.start + 1, end: span.end - 1 } } else { span };
        let verbatim = inner.of_shifted(self.source, self.base) == &*text;
        self.push(span, Data::Scalar(Scalar { value, yaml11: None, text, inner, verbatim, block: false, templated: false }))
    }

    /// What cannot be known keeps its source. It is marked as a block so that no other language's defaults are looked for in it.
    fn unread(&mut self, span: Span) -> Built<NodeId> {
        let text: Box<str> = span.of_shifted(self.source, self.base).into();
        let value = Value::text(text.clone());
        self.push(span, Data::Scalar(Scalar { value, yaml11: None, text, inner: span, verbatim: true, block: true, templated: true }))
    }

    fn push(&mut self, span: Span, data: Data) -> Built<NodeId> {
        if self.tree.nodes.len() >= NODES {
            return Err(Problem { span: Some(span), message: format!("more than {NODES} values"), fatal: true });
        }
        Ok(self.tree.push(span, data))
    }

    fn span(&self, range: Option<std::ops::Range<usize>>) -> Span {
        let range = range.unwrap_or_default();
        self.shifted(Span::new(range.start, range.end))
    }

    fn unquoted(&self, range: Option<std::ops::Range<usize>>) -> Span {
        let span = self.span(range);
        let written = span.of_shifted(self.source, self.base);
        let quoted = written.len() >= 2 && written.starts_with('"') && written.ends_with('"');
        if quoted { Span { start: span.start + 1, end: span.end - 1 } } else { span }
    }

    fn shifted(&self, span: Span) -> Span {
        Span::new(span.range().start + self.base, span.range().end + self.base)
    }
}

/// A block with the steps that lead to it.
#[derive(Clone)]
struct Labelled<'a> {
    steps: Vec<(&'a str, Span)>,
    body: &'a Body,
    span: Span,
}

/// A span of the file in a source that starts `base` bytes later.
trait Shifted {
    fn of_shifted(self, source: &str, base: usize) -> &str;
}

impl Shifted for Span {
    fn of_shifted(self, source: &str, base: usize) -> &str {
        let range = self.range();
        source.get(range.start.saturating_sub(base)..range.end.saturating_sub(base)).unwrap_or("")
    }
}

fn deep(span: Span, depth: usize) -> Built<()> {
    if depth <= DEPTH {
        return Ok(());
    }
    Err(Problem { span: Some(span), message: format!("nested deeper than {DEPTH} levels"), fatal: true })
}

fn of_number(number: &Number, negative: bool) -> Value {
    match number.as_i64() {
        Some(whole) => Value::Int(if negative { whole.saturating_neg() } else { whole }),
        None => number.as_f64().map_or(Value::Null, |number| Value::Float(if negative { -number } else { number })),
    }
}

#[cfg(test)]
mod tests;
