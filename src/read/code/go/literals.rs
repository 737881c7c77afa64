//! Struct, map and list literals of Go, and lists that grow by `append`.

use tree_sitter::Node;

use super::super::emit::span;
use super::super::environment::is_variable;
use super::super::{Given, named_children};
use super::{Go, values};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// A list that a name gets in one function, in one or several steps.
pub(super) struct Growing<'t> {
    scope: ScopeId,
    name: &'t str,
    name_span: Span,
    items: Vec<Value>,
    spans: Vec<Span>,
    /// Where it starts, when a literal without items or with unknown ones is all there is.
    start: Given,
}

/// Where the items of a list literal stand; nothing for other expressions.
pub(super) fn item_spans(node: Node) -> Vec<Span> {
    let list = node.kind() == "composite_literal" && node.child_by_field_name("type").is_some_and(|kind| values::is_list(kind.kind()));
    let body = node.child_by_field_name("body").filter(|_| list);
    body.into_iter().flat_map(named_children).map(span).collect()
}

impl<'t, 'n> Go<'_, 't, 'n> {
    /// A field, with the places of its items when it is a list.
    pub(super) fn field(&mut self, scope: ScopeId, name: &str, name_span: Span, value: Node<'n>, given: &Given) {
        let mut setting = Setting::named(scope, Surface::Field, name, given.value.clone(), name_span, given.span)
            .with_mark(given.mark)
            .taken_from(given.from);
        setting.item_spans = item_spans(super::bare(value));
        self.code.add(setting);
    }

    /// Whether a name gets a list here: `x = []string{..}`, `x = append(x, ..)`. All of one function are one list.
    pub(super) fn grows(&mut self, name: &'t str, name_span: Span, value: Node<'n>, scope: ScopeId) -> bool {
        let literal =
            value.kind() == "composite_literal" && value.child_by_field_name("type").is_some_and(|kind| values::is_list(kind.kind()));
        let callee = value.child_by_field_name("function").map(|function| self.code.of(function));
        let appends = value.kind() == "call_expression" && callee == Some("append");
        let parts: Vec<Node> = match (literal, appends) {
            (true, _) => value.child_by_field_name("body").into_iter().flat_map(named_children).collect(),
            (_, true) => value.child_by_field_name("arguments").into_iter().flat_map(named_children).skip(1).collect(),
            _ => return false,
        };
        let given: Vec<Given> = parts.iter().map(|part| self.value(*part)).collect();
        let known = |given: &Given| {
            matches!(&given.value, Outcome::One(value) if !matches!(value, Value::Null | Value::Map)) && given.read.is_none()
        };
        let complete = given.iter().all(known);
        if literal && !complete {
            // not all of it can be known, and nothing of it is said
            return false;
        }
        let found = given.into_iter().filter(known).filter_map(|given| match given.value {
            Outcome::One(value) => Some((value, given.span)),
            _ => None,
        });
        let (items, spans): (Vec<Value>, Vec<Span>) = found.unzip();
        if appends && items.is_empty() {
            return true;
        }
        let scope = self.outer(scope);
        let same = self.lists.iter_mut().rev().take(64).find(|list| list.scope == scope && list.name == name);
        if let Some(list) = same {
            list.items.extend(items);
            list.spans.extend(spans);
        } else {
            let start = Given::literal(Value::List(Vec::new()), span(value));
            self.lists.push(Growing { scope, name, name_span, items, spans, start });
        }
        true
    }

    /// Gives the lists, when all of their parts are known.
    pub(super) fn give_lists(&mut self) {
        for list in std::mem::take(&mut self.lists) {
            let all = list.spans.iter().copied().reduce(Span::join).unwrap_or(list.start.span);
            let mut setting =
                Setting::named(list.scope, Surface::Field, list.name, Outcome::One(Value::List(list.items)), list.name_span, all);
            setting.item_spans = list.spans;
            self.code.add(setting);
        }
    }

    /// A literal with a type: a struct is like a call with keywords, a map has keys, a list has items.
    pub(super) fn composite(&mut self, node: Node<'n>, scope: ScopeId) -> ScopeId {
        let (Some(kind), Some(body)) = (node.child_by_field_name("type"), node.child_by_field_name("body")) else { return scope };
        if values::is_list(kind.kind()) {
            for item in named_children(body) {
                self.sets(item, scope);
            }
            return scope;
        }
        if kind.kind() == "map_type" {
            return self.map(node, body, scope);
        }
        let Some(callee) = self.chain(kind).map(|callee| self.code.callee(&callee)) else { return scope };
        if self.option_literal(&callee, body, scope) {
            return scope;
        }
        let label = self.labels.get(&node.id()).copied().unwrap_or("");
        let call = self.code.call(scope, &callee, [label], node);
        for (key, value) in pairs(body) {
            let given = self.value(value);
            let name = self.code.of(key);
            if key.kind() != "identifier" || given.read.is_some() || self.passes_on(name, value) {
                continue;
            }
            let text = format!("{callee}({name})");
            let mut setting = Setting::named(call, Surface::Argument, text, given.value, span(key), given.span)
                .with_mark(given.mark)
                .taken_from(given.from);
            setting.names.push((Surface::Field, name.into()));
            setting.item_spans = item_spans(value);
            if let Some(place) = self.code.of_subject(call, &callee, name, node) {
                (setting.scope, setting.key) = (place, Some(name.into()));
            }
            self.code.add(setting);
        }
        call
    }

    fn map(&mut self, node: Node<'n>, body: Node<'n>, scope: ScopeId) -> ScopeId {
        let label = self.labels.get(&node.id()).copied();
        let mapping = label.map_or(scope, |label| self.code.mapping(scope, label, node));
        for (key, value) in pairs(body) {
            let given = self.value(value);
            let key_given = self.value(key);
            let Some(name) = key_given.text().filter(|name| !name.is_empty()) else { continue };
            if given.read.is_some() || self.passes_on(name, value) {
                continue;
            }
            let quoted = key.kind() != "identifier" && key.end_byte() > key.start_byte() + 1;
            let name_span = if quoted { Span::new(key.start_byte() + 1, key.end_byte() - 1) } else { span(key) };
            if is_variable(name) {
                let outer = self.outer(scope);
                self.code.sets_variable(outer, name, name_span, &given);
                continue;
            }
            let mut setting = Setting::keyed(mapping, name, given.value, name_span, given.span).with_mark(given.mark);
            setting.names.push((Surface::Field, name.into()));
            setting.item_spans = item_spans(value);
            self.code.add(setting);
        }
        mapping
    }
}

/// The keys and values of a literal's body.
pub(super) fn pairs(body: Node) -> impl Iterator<Item = (Node, Node)> {
    named_children(body).filter(|element| element.kind() == "keyed_element").filter_map(|element| {
        let part = |name| element.child_by_field_name(name).and_then(|part: Node| part.named_child(0));
        Some((part("key")?, part("value")?))
    })
}
