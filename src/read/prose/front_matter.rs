//! The front matter of model and dataset cards: found by the hub's own regular expression, read as YAML.

use std::sync::LazyLock;

use regex::Regex;

use crate::read::fragment;
use crate::reading::{Problem, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::span::{OffsetMap, Span};

/// `huggingface_hub/repocard.py`: "exact same regex as in the Hub server".
static BLOCK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(\s*---(\r\n|\r|\n))([\S\s]*?)((\r\n|\r|\n)---[ \t]*(\r\n|\n|$))").ok());

/// Keys that only cards have; sites that make pages of Markdown have others.
const KEYS: &[&str] = &[
    "license:",
    "datasets:",
    "pipeline_tag:",
    "library_name:",
    "base_model:",
    "extra_gated_",
    "gated:",
    "task_categories:",
    "task_ids:",
    "size_categories:",
    "annotations_creators:",
    "source_datasets:",
    "dataset_info:",
    "model-index:",
    "license_name:",
    "configs:",
];

/// Where the YAML stands, and where the document goes on. A byte order mark in front is no text.
#[must_use]
pub fn find(text: &str) -> Option<(Span, usize)> {
    let body = text.trim_start_matches('\u{feff}');
    let skipped = text.len() - body.len();
    if !body.trim_start().starts_with("---") {
        return None;
    }
    let found = BLOCK.as_ref()?.captures(body)?;
    let inner = found.get(3)?;
    Some((Span::new(skipped + inner.start(), skipped + inner.end()), skipped + found.get(0)?.end()))
}

/// Whether a text begins with the front matter of a card.
#[must_use]
pub fn is_card(text: &str) -> bool {
    find(text).is_some_and(|(span, _)| span.of(text).lines().any(|line| KEYS.iter().any(|key| line.starts_with(key))))
}

/// Reads the front matter into the document's reading; its keys are those of the document.
pub fn read(path: &str, text: &str, span: Span, reading: &mut Reading) {
    let Some(yaml) = crate::read::by_name("block.yaml") else { return };
    let inner = (yaml.read)(&format!("{path}!/front-matter.yaml"), span.of(text));
    if let Some(problem) = inner.unreadable() {
        let message = format!("the front matter cannot be read: {}", problem.message);
        let map = OffsetMap::shifted(span.start as usize);
        reading.problems.push(Problem { span: problem.span.map(|span| map.outward(span)), message, fatal: false });
    }
    let scope = reading.scope(ScopeId::ROOT, ScopeKind::Document, "front matter", Step::Same, span);
    fragment::embed(reading, scope, inner, &OffsetMap::shifted(span.start as usize));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_what_the_hub_takes_for_it() {
        let of = |text: &'static str| find(text).map(|(span, _)| span.of(text));
        assert_eq!(of("---\nlicense: mit\n---\n# A"), Some("license: mit"));
        assert_eq!(of("\u{feff}---\r\na: 1\r\n---  \r\nb"), Some("a: 1"));
        assert_eq!(of("\n\n---\na: 1\n---"), Some("a: 1"));
        assert_eq!(of("# A\n---\na: 1\n---\n"), None);
        assert_eq!(of("---\na: 1\n----\n"), None);
    }
}
