//! One pattern of a path: `*` and `?` stay within a folder, `**` alone between slashes crosses folders.

use globset::{GlobBuilder, GlobMatcher};

/// A longer pattern names no file.
const LONGEST: usize = 4096;

/// A pattern; nothing when it is malformed, which then matches nothing, as in the programs themselves.
pub(super) fn compiled(pattern: &str) -> Option<GlobMatcher> {
    if pattern.len() > LONGEST {
        return None;
    }
    // `{a,b}` is no choice in these files
    let mut plain = String::with_capacity(pattern.len() + 4);
    let mut escaped = false;
    for c in pattern.chars() {
        if !escaped && matches!(c, '{' | '}') {
            plain.push('\\');
        }
        escaped = !escaped && c == '\\';
        plain.push(c);
    }
    let glob = GlobBuilder::new(&plain).literal_separator(true).backslash_escape(true).build().ok()?;
    Some(glob.compile_matcher())
}
