//! `.gitattributes`: for which files Git LFS keeps the content outside of the history.

use super::lines;
use crate::reading::{Kind, Reading};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Whether the path is such a file.
#[must_use]
pub fn claims(path: &str) -> bool {
    path.rsplit('/').next() == Some(".gitattributes")
}

/// Reads the patterns with `filter=lfs` as one list, the directive `lfs patterns`. A later line without the filter takes it away.
#[must_use]
pub fn read(_path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(Kind("gitattributes"), text.len());
    let mut kept: Vec<Span> = Vec::new();
    for (start, line) in lines(text) {
        let bare = line.trim_start_matches('\u{feff}');
        let mut words = bare.split_ascii_whitespace();
        let Some(pattern) = words.next().filter(|pattern| !pattern.starts_with('#')) else { continue };
        let from = start + (line.len() - bare.trim_start().len());
        let span = Span::new(from, from + pattern.len());
        match words.rfind(|word| word.trim_start_matches(['-', '!']).split('=').next() == Some("filter")) {
            Some("filter=lfs") => kept.push(span),
            Some(_) => kept.retain(|other| other.of(text) != pattern),
            None => {}
        }
    }
    if let (Some(first), Some(last)) = (kept.first(), kept.last()) {
        let whole = first.join(*last);
        let items = kept.iter().map(|span| Value::text(span.of(text))).collect();
        let value = Outcome::One(Value::List(items));
        let mut setting = Setting::named(ScopeId::ROOT, Surface::Directive, "lfs patterns", value, whole, whole).with_raw(text);
        setting.item_spans = kept;
        reading.settings.push(setting);
    }
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_the_filter_are_one_list() {
        let text = "# models\n*.pt filter=lfs diff=lfs merge=lfs -text\n  *.md text\n*.bin filter=lfs\n*.gguf filter=lfs\n*.bin -filter\n";
        let reading = read(".gitattributes", text);
        assert_eq!(reading.settings[0].value, Outcome::One(Value::List(vec![Value::text("*.pt"), Value::text("*.gguf")])));
        assert_eq!(reading.settings[0].item_spans[1].of(text), "*.gguf");
        assert!(read(".gitattributes", "* text=auto\n").settings.is_empty());
    }
}
