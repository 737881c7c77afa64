//! Environment variables as mappings (`KEY: v`), as lists of text (`- KEY=v`) and as lists of pairs (`- {name: KEY, value: v}`).

use std::collections::HashMap;

use super::view::{View, passed, with};
use crate::read::expression::Resolved;
use crate::read::tree::{Data, Entry, NodeId};
use crate::scope::ScopeId;
use crate::setting::{Overridden, Setting, Surface};
use crate::span::Span;
use crate::value::Value;

/// Reads a block of variables in any of its forms.
pub fn read(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    let tree = view.tree;
    match &tree.node(node).data {
        Data::Map(entries) => entries.iter().for_each(|entry| of_entry(view, entry, scope)),
        Data::List(items) => {
            let mut lines = Lines::new(view, items);
            for item in items {
                if tree.is_map(*item) { of_pair(view, *item, scope) } else { lines.of_line(view, *item, scope) }
            }
        }
        Data::Scalar(_) => {}
    }
}

/// `KEY: v`.
pub fn of_entry(view: &mut View<'_>, entry: &Entry, scope: ScopeId) {
    variable(view, entry, entry.value, scope);
}

/// The variable that `entry` names with the value at `node`.
pub fn variable(view: &mut View<'_>, entry: &Entry, node: NodeId, scope: ScopeId) {
    let mut setting = named(scope, &entry.key, entry.key_span, view.tree.node(node).span);
    setting.overridden.clone_from(&entry.overridden);
    emit(view, setting, node);
}

fn named(scope: ScopeId, name: &str, name_span: Span, value_span: Span) -> Setting {
    passed(Setting::named(scope, Surface::Env, name, crate::value::Outcome::Unread, name_span, value_span))
}

fn emit(view: &mut View<'_>, setting: Setting, node: NodeId) {
    let setting = match view.tree.scalar(node) {
        Some(scalar) if scalar.value == Value::Null && !scalar.templated => {
            if view.dialect.passes_through {
                setting
            } else {
                with(setting, Resolved::plain(Value::text("")))
            }
        }
        Some(scalar) => {
            let mut setting = with(setting, view.value(scalar));
            setting.yaml11 = scalar.yaml11;
            setting
        }
        // a list or a mapping is no value of a variable
        None => setting,
    };
    view.emit(setting);
}

/// Lines of one list: the last line of a name wins, the earlier ones are attached to it.
struct Lines<'a> {
    /// How many lines of a name are still to come.
    left: HashMap<&'a str, usize>,
    lost: HashMap<&'a str, Vec<Overridden>>,
}

impl<'a> Lines<'a> {
    fn new(view: &View<'a>, items: &[NodeId]) -> Self {
        let mut left = HashMap::new();
        for scalar in items.iter().filter_map(|item| view.written(*item)) {
            *left.entry(split(&scalar.text).0).or_default() += 1;
        }
        Self { left, lost: HashMap::new() }
    }

    /// `- KEY=v`, or `- KEY` for the host's variable.
    fn of_line(&mut self, view: &mut View<'a>, item: NodeId, scope: ScopeId) {
        let Some(scalar) = view.written(item) else { return };
        let (name, value) = split(&scalar.text);
        let name_span = view.part(item, 0, name.len());
        let value_span = view.part(item, scalar.text.len() - value.map_or(0, str::len), scalar.text.len());
        let mut setting = named(scope, name, name_span, value_span);
        if scalar.templated {
            setting = with(setting, value.map_or_else(Resolved::reference, |value| view.templated(value)));
        } else if let Some(value) = value {
            setting = with(setting, view.resolve(value));
        }
        let left = self.left.entry(name).or_insert(1);
        *left = left.saturating_sub(1);
        if *left > 0 {
            let lost = Overridden { span: setting.value_span, value: setting.value, contested: false };
            self.lost.entry(name).or_default().push(lost);
        } else {
            setting.overridden = self.lost.remove(name).unwrap_or_default();
            view.emit(setting);
        }
    }
}

fn split(line: &str) -> (&str, Option<&str>) {
    line.split_once('=').map_or((line, None), |(name, value)| (name, Some(value)))
}

/// `- {name: KEY, value: v}`; `valueFrom` is a reference.
fn of_pair(view: &mut View<'_>, item: NodeId, scope: ScopeId) {
    let tree = view.tree;
    let Some(name) = tree.get(item, "name") else { return };
    let Some(text) = view.written(name).map(|scalar| scalar.text.clone()) else { return };
    let name_span = tree.node(name).span;
    let value = tree.entry(item, "value");
    if let Some(entry) = value.or_else(|| tree.entry(item, "valueFrom")) {
        let mut setting = named(scope, &text, name_span, tree.node(entry.value).span);
        setting.overridden.clone_from(&entry.overridden);
        emit(view, setting, entry.value);
    } else {
        let end = name_span.end as usize;
        let setting = named(scope, &text, name_span, Span::new(end, end));
        view.emit(with(setting, Resolved::plain(Value::text(""))));
    }
}
