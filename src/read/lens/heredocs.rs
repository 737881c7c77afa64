//! Files that stand in HCL as heredocs: scripts that a machine runs when it starts, templates of a Nomad task, values of a chart.

use std::collections::BTreeSet;

use super::inside::is_mapping;
use crate::read::fragment;
use crate::read::tree::{Data, NodeId, Tree};
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::span::{OffsetMap, Span};

/// How deep they are looked for.
const DEEPEST: usize = 24;

/// Keys beside a text that say which file it becomes.
const TARGETS: &[&str] = &["destination", "filename", "path", "file", "target"];

/// A file in a file.
#[derive(Debug)]
pub struct Heredoc {
    /// The keys that lead to it.
    place: String,
    /// By what name a reader knows it.
    name: String,
    text: String,
    map: OffsetMap,
    span: Span,
}

/// All heredocs of a parsed file that some reader may take.
#[must_use]
pub fn of(tree: &Tree, text: &str) -> Vec<Heredoc> {
    let mut look = Look { tree, text, seen: BTreeSet::new(), found: Vec::new() };
    for document in &tree.documents {
        look.below(*document, "", None, 0);
    }
    look.found
}

/// Reads them.
pub fn read(path: &str, text: &str, heredocs: Vec<Heredoc>, reading: &mut Reading) {
    for one in heredocs {
        let Some(reader) = crate::read::by_name(&one.name) else { continue };
        let inner = (reader.read)(&format!("{path}{}{}", super::inside::INSIDE, one.name), &one.text);
        let scope = reading.scope(ScopeId::ROOT, ScopeKind::Document, one.place, Step::Same, one.span);
        let first = reading.kinds.first().copied();
        let from = reading.settings.len();
        fragment::embed(reading, scope, inner, &one.map);
        // what was read without its indentation stands in the file with it
        for setting in reading.settings.iter_mut().skip(from) {
            setting.raw = setting.value_span.of(text).into();
        }
        // what the file itself is stays in front
        if let Some(at) = first.and_then(|first| reading.kinds.iter().position(|kind| *kind == first)) {
            reading.kinds.swap(0, at);
        }
    }
}

struct Look<'t> {
    tree: &'t Tree,
    text: &'t str,
    /// Where those begin that were found: references lead to one text again and again.
    seen: BTreeSet<u32>,
    found: Vec<Heredoc>,
}

impl Look<'_> {
    fn below(&mut self, node: NodeId, place: &str, around: Option<NodeId>, depth: usize) {
        if depth > DEEPEST || !self.tree.node(node).span.of(self.text).contains("<<") {
            return;
        }
        match &self.tree.node(node).data {
            Data::Map(entries) => {
                for entry in entries {
                    let place = if place.is_empty() { entry.key.to_string() } else { format!("{place}.{}", entry.key) };
                    self.below(entry.value, &place, Some(node), depth + 1);
                }
            }
            Data::List(items) => items.iter().for_each(|item| self.below(*item, place, around, depth + 1)),
            Data::Scalar(_) => self.heredoc(node, place, around),
        }
    }

    fn heredoc(&mut self, node: NodeId, place: &str, around: Option<NodeId>) {
        let span = self.tree.node(node).span;
        let Some((text, map)) = body(span, self.text) else { return };
        if !self.seen.insert(span.start) {
            return;
        }
        let beside = around.and_then(|around| TARGETS.iter().find_map(|key| self.tree.text(around, key)));
        let key = place.rsplit('.').next().unwrap_or(place);
        if let Some(name) = name(key, beside, &text) {
            self.found.push(Heredoc { place: place.to_owned(), name, text, map, span });
        }
    }
}

/// By what name a reader knows a text: the file that it becomes, else what it looks like.
fn name(key: &str, beside: Option<&str>, text: &str) -> Option<String> {
    let file = beside.and_then(|path| path.trim_matches('"').rsplit('/').next());
    if let Some(file) = file.filter(|file| crate::read::reads(file)) {
        return Some(file.to_owned());
    }
    let start = text.trim_start();
    let first = start.lines().next().unwrap_or("");
    let name = match first {
        _ if first.starts_with("#!") && first.contains("python") => "script.py",
        _ if first.starts_with("#!") && first.contains("sh") => "script.sh",
        _ if first.starts_with('{') && !first.starts_with("{{") => "config.json",
        _ if is_mapping(start) => "config.yaml",
        _ if matches!(key, "user_data" | "startup_script" | "command" | "script" | "inline") => "script.sh",
        _ => return None,
    };
    Some(name.to_owned())
}

/// The text of a heredoc and where each of its lines stands; nothing for any other expression. What `<<-` takes away is taken away.
fn body(span: Span, source: &str) -> Option<(String, OffsetMap)> {
    let whole = span.of(source);
    let from = whole.find("<<")?;
    let called = whole.get(..from)?;
    if !called.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'(' | b' ')) {
        return None;
    }
    let (head, rest) = whole.get(from..)?.split_once('\n')?;
    let mark = head.trim_start_matches(['<', '-']).trim();
    let end = rest.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    });
    let (length, _) = end.into_iter().find(|(_, line)| line.trim().trim_end_matches(')').trim_end() == mark)?;
    let lines = rest.get(..length)?;
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let filled = lines.lines().filter(|line| !line.trim().is_empty());
    let less = if head.starts_with("<<-") { filled.map(indentation).min().unwrap_or(0) } else { 0 };
    let (mut text, mut map) = (String::with_capacity(length), OffsetMap::default());
    let mut at = span.start as usize + from + head.len() + 1;
    for line in lines.split_inclusive('\n') {
        let cut = less.min(indentation(line));
        map.push(text.len(), at + cut);
        text.push_str(line.get(cut..).unwrap_or(""));
        at += line.len();
    }
    Some((text, map))
}

#[cfg(test)]
mod tests {
    /// Paths and places of what is read in heredocs.
    fn found(text: &str) -> Vec<(String, &str)> {
        let reading = (crate::read::by_path("main.tf").unwrap().read)("main.tf", text);
        let inside = reading.settings.iter().filter(|one| reading.enclosing(one.scope, crate::scope::ScopeKind::Document).is_some());
        inside.map(|one| (reading.path_of(one), one.value_span.of(text))).collect()
    }

    #[test]
    fn texts_are_files_by_what_they_become_and_by_what_they_look_like() {
        for (body, expected) in [
            ("user_data = <<-EOT\n    #!/bin/bash\n    export A=1\n  EOT", ("A", "1")),
            ("user_data = base64encode(<<-EOT\n    #!/bin/bash\n    export A=1 # ${var.x}\n  EOT\n  )", ("A", "1")),
            ("data = <<EOF\na:\n  b: ${var.x}\n  c: 1\nEOF", ("a.c", "1")),
            ("values = [<<EOF\na:\n  c: 1\nEOF\n  ]", ("a.c", "1")),
            ("filename = \"${path.module}/x.toml\"\n  content = <<EOF\n[a]\nc = 1\nEOF", ("a.c", "1")),
            ("policy = <<EOF\n{\"a\": {\"c\": 1}}\nEOF", ("a.c", "1")),
        ] {
            let text = format!("resource \"x\" \"y\" {{\n  {body}\n}}\n");
            let found = found(&text);
            assert!(found.iter().any(|(path, at)| (&**path, *at) == expected), "{text}: {found:?}");
        }
        // a value over two lines stands there with its indentation
        let text = "resource \"x\" \"y\" {\n  user_data = <<-EOT\n    export A=\"x\n     y\"\n  EOT\n}\n";
        let reading = (crate::read::by_path("main.tf").unwrap().read)("main.tf", text);
        assert!(reading.settings.iter().any(|one| &*one.raw == "\"x\n     y\""));
        assert!(reading.settings.iter().all(|one| one.value_span.of(text) == &*one.raw));
        assert!(found("resource \"x\" \"y\" {\n  description = <<EOF\nSome words.\nEOF\n}\n").is_empty());
        assert!(found("locals {\n  a = 1 << 2\n}\n").is_empty());
    }
}
