//! Walks the strings of a JSON document with the keys that lead to them, without building a tree: lock files are large.

use crate::span::Span;

/// A string value.
pub(super) struct Found<'a, 'k> {
    /// The keys from the outside inward; empty for a list's items.
    pub path: &'k [&'a str],
    /// Where those keys stand, inside their quotes.
    keys: &'k [(bool, Option<Span>)],
    /// The value, inside its quotes.
    pub value: Span,
}

impl Found<'_, '_> {
    /// Where the key at a level of the path stands.
    pub fn key(&self, level: usize) -> Span {
        self.keys.get(level).and_then(|(_, key)| *key).unwrap_or(self.value)
    }
}

/// Gives every string value in order; an error is where the document is no JSON object or breaks off.
pub(super) fn strings<'a>(text: &'a str, mut take: impl FnMut(&Found<'a, '_>)) -> Result<(), Span> {
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return Err(Span::new(0, 0));
    }
    let bytes = text.as_bytes();
    let mut path: Vec<&'a str> = Vec::new();
    // for each open mapping or list: its key's span, once there is one; lists never have one
    let mut open: Vec<(bool, Option<Span>)> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let length = closing(bytes.get(at..).unwrap_or(&[]));
                let span = Span::new(at, at + length);
                at += length + 1;
                if let (Some((true, key @ None)), Some(step)) = (open.last_mut(), path.last_mut()) {
                    *key = Some(span);
                    *step = span.of(text);
                } else {
                    take(&Found { path: &path, keys: &open, value: span });
                }
            }
            b'{' | b'[' => {
                open.push((*byte == b'{', None));
                path.push("");
            }
            b'}' | b']' => {
                open.pop();
                path.pop();
            }
            b',' => {
                if let Some((_, key)) = open.last_mut() {
                    *key = None;
                }
            }
            _ => {}
        }
    }
    if open.is_empty() { Ok(()) } else { Err(Span::new(text.len(), text.len())) }
}

/// The length up to the quote that closes a string.
fn closing(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match bytes.get(at) {
            None | Some(b'"') => return at.min(bytes.len()),
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}
