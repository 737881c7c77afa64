//! Fenced blocks of Markdown: commands, variables and files that a document tells people to use, each read as what it is.

use std::collections::HashMap;

use crate::read::fragment;
use crate::read::text::command;
use crate::reading::{Kind, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::span::{OffsetMap, Span};

/// The word of `in:`.
pub const MARKDOWN: Kind = Kind("markdown");

/// Whether the path is Markdown by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [".md", ".mdx", ".markdown"].iter().any(|end| lower.ends_with(end))
}

/// Reads the fenced blocks of a document whose language is known. Each is a document of its own, named by its heading.
#[must_use]
pub fn read(path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(MARKDOWN, text.len());
    let mut under: HashMap<String, usize> = HashMap::new();
    for block in blocks(text) {
        let Some(language) = language(block.info) else { continue };
        let count = under.entry(block.heading.to_owned()).or_default();
        *count += 1;
        let name = if *count == 1 { block.heading.to_owned() } else { format!("{} {count}", block.heading) };
        let name = if name.is_empty() { "block".to_owned() } else { name };
        let fragment = match language {
            Language::Shell => prompts(block.span, text).unwrap_or_else(|| inside(&block, text)),
            Language::File(_) => inside(&block, text),
        };
        let inner = match language {
            Language::Shell => {
                let mut inner = Reading::new(MARKDOWN, fragment.text.len());
                command::script(&fragment.text, 0, ScopeId::ROOT, &mut inner);
                inner
            }
            Language::File(file) => {
                let Some(reader) = crate::read::by_name(file) else { continue };
                (reader.read)(&format!("{path}!/{file}"), &fragment.text)
            }
        };
        if inner.settings.is_empty() {
            continue;
        }
        let scope = reading.scope(ScopeId::ROOT, ScopeKind::Document, name, Step::Same, block.span);
        let first = reading.settings.len();
        fragment::embed(&mut reading, scope, inner, &fragment.map);
        for setting in reading.settings.iter_mut().skip(first) {
            setting.raw = setting.value_span.of(text).into();
        }
    }
    reading
}

/// What a block's first word says about its content.
#[derive(Clone, Copy)]
enum Language {
    Shell,
    /// A file that would have this name.
    File(&'static str),
}

fn language(info: &str) -> Option<Language> {
    let word = info.split([' ', '\t', ',', '{', '}']).find(|word| !word.is_empty())?;
    Some(match word.trim_start_matches('.').to_ascii_lowercase().as_str() {
        "bash" | "sh" | "shell" | "zsh" | "console" | "terminal" | "shell-session" | "shellsession" | "sh-session" => Language::Shell,
        "env" | "dotenv" => Language::File(".env"),
        "yaml" | "yml" => Language::File("block.yaml"),
        "json" | "jsonc" | "json5" => Language::File("block.json"),
        "toml" => Language::File("block.toml"),
        "ini" | "cfg" => Language::File("block.ini"),
        "properties" => Language::File("block.properties"),
        "dockerfile" | "docker" => Language::File("Dockerfile"),
        "python" | "py" => Language::File("block.py"),
        "ts" | "typescript" => Language::File("block.ts"),
        _ => return None,
    })
}

/// One fenced block.
struct Block<'a> {
    info: &'a str,
    /// The heading above it.
    heading: &'a str,
    /// The lines between the fences.
    span: Span,
    /// How far the opening fence is set in; its lines lose as many blanks.
    indent: usize,
}

/// A fence that is open.
struct Open<'a> {
    mark: char,
    length: usize,
    indent: usize,
    info: &'a str,
    from: usize,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut heading = "";
    let mut open: Option<Open<'_>> = None;
    for (start, line) in lines(text, Span::new(0, text.len())) {
        let content = line.trim_start_matches([' ', '\t']);
        let indent = line.len() - content.len();
        let content = content.trim_end();
        let fence = ['`', '~'].into_iter().find_map(|mark| {
            let rest = content.trim_start_matches(mark);
            let length = content.len() - rest.len();
            (length >= 3).then_some((mark, length, rest.trim()))
        });
        match (&open, fence) {
            (Some(opened), Some((mark, length, ""))) if mark == opened.mark && length >= opened.length => {
                let span = Span::new(opened.from, start);
                found.push(Block { info: opened.info, heading, span, indent: opened.indent });
                open = None;
            }
            // a code span on one line is no fence
            (None, Some((mark, length, info))) if mark != '`' || !info.contains('`') => {
                open = Some(Open { mark, length, indent, info, from: start + line.len() });
            }
            (None, None) if content.starts_with('#') => heading = content.trim_start_matches('#').trim_end_matches('#').trim(),
            _ => {}
        }
    }
    if let Some(open) = open {
        found.push(Block { info: open.info, heading, span: Span::new(open.from.min(text.len()), text.len()), indent: open.indent });
    }
    found
}

/// Lines with their ends, each with where it starts.
fn lines(text: &str, within: Span) -> impl Iterator<Item = (usize, &str)> {
    let mut at = within.start as usize;
    within.of(text).split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}

/// A block's text, and the way back.
#[derive(Default)]
struct Fragment {
    text: String,
    map: OffsetMap,
}

impl Fragment {
    fn add(&mut self, line: &str, at: usize) {
        self.map.push(self.text.len(), at);
        self.text.push_str(line);
    }
}

/// The lines without the blanks by which the fence is set in.
fn inside(block: &Block<'_>, text: &str) -> Fragment {
    let mut fragment = Fragment::default();
    for (start, line) in lines(text, block.span) {
        let blanks = (line.len() - line.trim_start_matches([' ', '\t']).len()).min(block.indent);
        fragment.add(line.get(blanks..).unwrap_or(""), start + blanks);
    }
    fragment
}

/// The commands of a session: what stands behind a prompt, without what was printed; nothing for a block without prompts.
fn prompts(span: Span, text: &str) -> Option<Fragment> {
    let mut fragment = Fragment::default();
    let mut continued = false;
    for (start, line) in lines(text, span) {
        let content = line.trim_start();
        let command = ["$ ", "% ", "❯ "].iter().find_map(|prompt| content.strip_prefix(prompt));
        if let Some(command) = command.or_else(|| continued.then_some(content)) {
            fragment.add(command, start + line.len() - command.len());
            continued = command.trim_end().ends_with('\\');
        }
    }
    (!fragment.text.is_empty()).then_some(fragment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setting::Surface;

    fn said(text: &str) -> Vec<String> {
        let reading = read("README.md", text);
        for setting in &reading.settings {
            assert_eq!(setting.value_span.of(text), &*setting.raw, "{setting:?}");
        }
        let settings = reading.settings.iter().filter(|setting| setting.names.iter().all(|(surface, _)| *surface != Surface::Command));
        settings
            .map(|setting| {
                let scope = reading.scope_words(setting.scope).unwrap_or_default();
                format!("{scope}: {} = {}", reading.path_of(setting), setting.raw)
            })
            .collect()
    }

    #[test]
    fn a_command_in_a_document_is_a_command() {
        let text = "# Start\n\nRun it:\n\n```bash\nexport A=1\nserve --host 0.0.0.0 \\\n  --log off\n```\n\n## Next\n~~~ sh\ndocker run -e B=é x\n~~~\n";
        assert_eq!(
            said(text),
            [
                "document Start: A = 1",
                "document Start: --host = 0.0.0.0",
                "document Start: --log = off",
                "document Next: B = é",
                "document Next: -e = B=é"
            ]
        );
    }

    #[test]
    fn files_in_a_document_are_read_as_files() {
        let text = "# A\n1. so:\n\n   ```yaml title=\"x\"\n   a:\n     b: 1\n   ```\n\n```env\nX=1\n```\n```JSON\n{\"c\": true}\n```\n";
        let found = said(text);
        for expected in ["document A: a.b = 1", "document A 2: X = 1", "document A 3: c = true"] {
            assert!(found.iter().any(|line| line == expected), "no {expected} in {found:#?}");
        }
    }

    #[test]
    fn of_a_session_only_what_is_typed_counts() {
        let text = "```console\n$ serve --a 1 \\\n    --b 2\nlistening --c 3\n$ other --d\n```\n";
        let found: Vec<String> = said(text).into_iter().map(|line| line.replace("document block: ", "")).collect();
        assert_eq!(found, ["--a = 1", "--b = 2", "--d = "]);
    }

    #[test]
    fn text_other_languages_and_longer_fences_are_left_alone() {
        assert_eq!(said("serve --a 1\n\n    serve --b 2\n\n```\nserve --c 3\n```\n```text\nserve --d 4\n```\n"), [""; 0]);
        assert_eq!(said("````md\n```bash\nserve --a 1\n```\n````\n"), [""; 0]);
        assert_eq!(said("```bash serve --a 1```\n"), [""; 0]);
        assert_eq!(said("# A\n```bash\nserve --a 1\n"), ["document A: --a = 1"]);
    }

    proptest::proptest! {
        #[test]
        fn no_document_does_harm(text in "(```|~~~|bash|yaml|\\$ |\n|\r\n|  |a: 1|--b|#|é|\\\\){0,60}") {
            said(&text);
        }
    }
}
