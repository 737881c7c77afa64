//! Sections of documents: what a heading is called whatever its dress, and whether text or a mere placeholder stands below it.

use crate::read::prose::blocks::{Block, BlockKind};
use crate::span::Span;

/// A heading and what stands below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// In lower case, without numbering, marks and emoji.
    pub name: String,
    /// The heading's text.
    pub heading: Span,
    /// The first line of what stands below; empty where nothing does.
    pub content: Span,
    /// What stands below says something.
    pub text: bool,
}

/// Headings that say that what follows is about privacy.
const PRIVATE: &[&str] = &[
    "privacy",
    "private data",
    "personal data",
    "personal information",
    "personal and sensitive",
    "sensitive data",
    "sensitive information",
    "sensitive and personal",
    "telemetry",
    "usage analytics",
    "anonymous analytics",
    "user tracking",
    "usage tracking",
    "anonymous tracking",
    "anonymous usage",
    "usage metrics",
    "usage data",
    "usage statistics",
    "usage stats",
    "usage reporting",
    "data collection",
    "data handling",
    "data usage",
    "data retention",
    "what we collect",
    "does not store",
    "opt out",
    "opt-out",
    "gdpr",
    "data protection",
    "data sharing",
    "data security",
    "phone home",
    "phoning home",
];

/// Whether a heading (as `name_of` gives it) says so.
#[must_use]
pub fn is_private(name: &str) -> bool {
    PRIVATE.iter().any(|word| name.contains(word))
        || matches!(name, "analytics" | "tracking")
        || (name.starts_with("what") && name.contains("collect"))
}

/// Whether a heading says that what follows tells what is counted and reported.
#[must_use]
pub fn is_about_telemetry(name: &str) -> bool {
    [
        "telemetry",
        "usage data",
        "usage statistics",
        "usage stats",
        "usage reporting",
        "usage analytics",
        "anonymous analytics",
        "anonymous tracking",
        "anonymous usage",
        "usage tracking",
        "usage metrics",
        "data collection",
    ]
    .iter()
    .any(|word| name.contains(word))
        || matches!(name, "analytics" | "tracking")
        || (name.starts_with("what") && name.contains("collect"))
}

/// Whether what follows a heading is not so yet, or not any more.
#[must_use]
pub fn is_plan(name: &str) -> bool {
    ["coming soon", "roadmap", "todo", "to do", "planned", "future work", "changelog", "release notes", "what's new", "history"]
        .contains(&name)
}

/// Whether a heading announces how well a model does.
#[must_use]
pub fn is_figures(name: &str) -> bool {
    ["evaluation", "metrics", "benchmark", "results", "performance"].iter().any(|word| name.contains(word))
}

/// What a heading is called: lower case, no numbers, emoji, colons or stars around it.
#[must_use]
pub fn name_of(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let start = match lower.trim_start().strip_prefix(':').and_then(|rest| rest.split_once(':')) {
        // emoji by their names: `:lock: Privacy`
        Some((name, rest)) if !name.contains(char::is_whitespace) && !rest.trim().is_empty() => rest,
        _ => &lower,
    };
    let start = start.trim_start_matches(|c: char| !c.is_alphabetic());
    let end = start.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, ')' | '?'));
    end.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text only says that there is no text yet.
#[must_use]
pub fn is_placeholder(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "more information needed",
        "needs more information",
        "information needed",
        "todo",
        "tbd",
        "tba",
        "fixme",
        "not applicable",
        "n/a",
        "na",
        "coming soon",
        "to be added",
        "to be determined",
        "to be done",
        "to be completed",
        "to be filled in",
        "to be provided",
        "to be written",
        "optional",
        "placeholder",
        "wip",
        "work in progress",
        "none provided",
        "unknown",
        "not available",
        "not specified",
        "empty",
        "lorem ipsum",
        "add text here",
        "fill in",
    ];
    let plain = text.to_lowercase();
    let plain = plain.trim_matches(|c: char| !c.is_alphanumeric());
    plain.is_empty() || WORDS.contains(&plain)
}

/// The sections of a document in order, with all that stands below them, sections of their own included.
#[must_use]
pub fn sections(blocks: &[Block], source: &str) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    let mut open: Vec<(u8, usize)> = Vec::new();
    for block in blocks {
        if let BlockKind::Heading(level) = block.kind {
            open.retain(|(outer, _)| *outer < level);
            let span = block.pieces.iter().map(|piece| piece.span).reduce(Span::join).unwrap_or(block.span);
            open.push((level, found.len()));
            found.push(Section { name: name_of(&block.text()), heading: span, content: Span::default(), text: false });
            continue;
        }
        let says = block.kind == BlockKind::Other || !is_placeholder(&block.text());
        for (_, index) in &open {
            let Some(section) = found.get_mut(*index) else { continue };
            if section.content.is_empty() {
                section.content = first_line(block.span, source);
            }
            section.text |= says;
        }
    }
    found
}

fn first_line(span: Span, source: &str) -> Span {
    let line = span.of(source).lines().next().unwrap_or("").trim_end();
    let start = span.start as usize;
    Span::new(start, start + line.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::prose::blocks::blocks;

    fn read(text: &str) -> Vec<(String, bool)> {
        sections(&blocks(text, 0).0, text).into_iter().map(|section| (section.name, section.text)).collect()
    }

    #[test]
    fn headings_are_known_in_every_dress() {
        for heading in ["Privacy", "🔒 Privacy", ":lock: Privacy", "7. Privacy:", "**Privacy**", "  PRIVACY  ", "2.1) privacy"] {
            assert_eq!(name_of(heading), "privacy", "{heading}");
        }
        assert_eq!(name_of("What We DON'T Collect"), "what we don't collect");
        assert!(is_private("privacy & about this app") && is_private("what we don't collect") && !is_private("installation"));
    }

    #[test]
    fn text_below_a_section_below_is_text_too() {
        let text = "Privacy\n-------\n### Kept\nNothing.\n\n## Bias\n[More Information Needed]\n\n## Data\n\n**Handling:**\n\nTODO\n";
        let expected = [("privacy", true), ("kept", true), ("bias", false), ("data", false), ("handling", false)];
        assert_eq!(read(text), expected.map(|(name, text)| (name.to_owned(), text)));
    }
}
