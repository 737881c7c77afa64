//! What included files of this repository lay under a pipeline: GitLab merges them key by key, and the file that includes wins.

use super::routes::Routes;
use crate::read::lens::gitlab::items;
use crate::read::tree::{Data, NodeId, Tree, yaml};
use crate::span::Span;

/// The files that a pipeline includes, the last one first: of several the last one wins.
#[derive(Debug, Default)]
pub struct Laid {
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    text: String,
    tree: Tree,
    /// Which item of `include:` brings it, and where that stands.
    item: usize,
    span: Span,
}

/// What an included file says under one key.
#[derive(Debug)]
pub(super) struct Given {
    /// As it is written there.
    pub text: String,
    /// Its texts, one for each line of a script.
    pub lines: Vec<String>,
    /// Where the file is included.
    pub span: Span,
}

impl Laid {
    /// What a pipeline includes from its own repository, with what these files include.
    pub(super) fn under(tree: &Tree, document: NodeId, routes: &Routes) -> Self {
        let mut files = Vec::new();
        let include = tree.get(document, "include").map(|node| items(tree, node)).unwrap_or_default();
        for (item, node) in include.into_iter().enumerate().rev() {
            let span = tree.node(node).span;
            let texts = local(tree, node).map(|path| texts(routes, path)).unwrap_or_default();
            files.extend(texts.into_iter().map(|text| File { tree: yaml::parse(&text), text, item, span }));
        }
        Self { files }
    }

    /// Whether nothing is included from this repository.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What the last of them says that says something, whichever item of `include:` brings it but one.
    pub(super) fn given(&self, but: Option<usize>, path: &[&str]) -> Option<Given> {
        self.files.iter().filter(|file| Some(file.item) != but).find_map(|file| {
            let node = file.node(path)?;
            let lines = scripts(&file.tree, node).into_iter().filter_map(|line| file.tree.scalar(line));
            let text = file
                .tree
                .scalar(node)
                .map_or_else(|| file.tree.node(node).span.of(&file.text).to_owned(), |scalar| scalar.text.to_string());
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            Some(Given { text, lines: lines.map(|line| line.text.to_string()).collect(), span: file.span })
        })
    }

    /// The keys of a mapping in all of them.
    pub(super) fn keys(&self, path: &[&str]) -> Vec<String> {
        let keys = |file: &File| {
            let entries = file.node(path).map(|node| file.tree.entries(node)).unwrap_or_default();
            entries.iter().map(|entry| entry.key.to_string()).collect::<Vec<_>>()
        };
        self.files.iter().flat_map(keys).collect()
    }
}

impl File {
    fn node(&self, path: &[&str]) -> Option<NodeId> {
        self.tree.documents.iter().find_map(|document| self.tree.at(*document, path))
    }
}

/// The path of an item of `include:` that is a file of this repository.
fn local(tree: &Tree, item: NodeId) -> Option<&str> {
    let path = tree.text(item, "local").or_else(|| tree.scalar(item).map(|scalar| &*scalar.text))?;
    (!path.contains("://")).then_some(path)
}

/// A file and what it includes, which it wins over.
fn texts(routes: &Routes, path: &str) -> Vec<String> {
    let below = |text: String| {
        let tree = yaml::parse(&text);
        let include = tree.documents.iter().filter_map(|document| tree.get(*document, "include")).flat_map(|node| items(&tree, node));
        let include: Vec<&str> = include.filter_map(|item| local(&tree, item)).collect();
        let mut all: Vec<String> = include.into_iter().rev().flat_map(|path| texts(routes, path)).collect();
        all.insert(0, text);
        all
    };
    routes.included(path, below).unwrap_or_default()
}

/// The items of a script, those of lists in it as well.
fn scripts(tree: &Tree, node: NodeId) -> Vec<NodeId> {
    items(tree, node)
        .into_iter()
        .flat_map(|item| if let Data::List(inner) = &tree.node(item).data { inner.clone() } else { vec![item] })
        .collect()
}
