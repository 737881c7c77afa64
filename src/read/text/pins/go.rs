//! Go: the `require` lines of `go.mod`.

use super::List;
use crate::read::text::lines;
use crate::reading::PinVersion;
use crate::span::Span;

/// `go.mod`.
pub(super) fn manifest(list: &mut List<'_>) {
    let mut inside = false;
    for (start, line) in lines(list.text) {
        let content = line.split("//").next().unwrap_or(line).trim();
        if content.starts_with("require") && content.ends_with('(') {
            inside = true;
        } else if content.starts_with(')') {
            inside = false;
        } else if let Some(rest) = content.strip_prefix("require ").or_else(|| inside.then_some(content)) {
            let mut words = rest.split_whitespace();
            let (Some(module), Some(version)) = (words.next(), words.next()) else { continue };
            let place = |word: &str| line.find(word).map_or(Span::default(), |at| Span::new(start + at, start + at + word.len()));
            let number = version.strip_prefix('v').unwrap_or(version);
            list.push(module, place(module), PinVersion::Exact(number.into()), after(line, start, module, version));
        }
    }
}

/// Where the version stands behind its module.
fn after(line: &str, start: usize, module: &str, version: &str) -> Span {
    let from = line.find(module).map_or(0, |at| at + module.len());
    let at = line.get(from..).and_then(|rest| rest.find(version)).map_or(0, |at| from + at);
    Span::new(start + at, start + at + version.len())
}
