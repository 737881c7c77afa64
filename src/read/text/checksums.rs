//! Lists of digests: `SHA256SUMS` and what `sha256sum` and its kind write.

use super::lines;
use crate::reading::{Kind, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Whether the path is such a list by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let sums = ["sha1sums", "sha224sums", "sha256sums", "sha384sums", "sha512sums", "md5sums", "b2sums", "checksums", "checksum"];
    let bare = name.strip_suffix(".txt").unwrap_or(&name);
    sums.contains(&bare)
        || [".sha256", ".sha512", ".sha1", ".md5", ".sha256sum", ".sha512sum", ".md5sum"].iter().any(|end| name.ends_with(end))
}

/// Reads a list: each file is a unit with the directive `digest`.
#[must_use]
pub fn read(path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(Kind("checksums"), text.len());
    // `model.bin.sha256` may hold the digest alone
    let own = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(name, _)| name);
    for (start, line) in lines(text) {
        let kept = line.trim();
        let at = start + (line.len() - line.trim_start().len());
        let Some((digest, offset, name)) = entry(kept, own) else { continue };
        let line_span = Span::new(at, at + kept.len());
        let scope = reading.scope(ScopeId::ROOT, ScopeKind::Block, name, Step::Same, line_span);
        let value_span = Span::new(at + offset, at + offset + digest.len());
        let outcome = Outcome::One(Value::text(digest));
        reading.settings.push(Setting::named(scope, Surface::Directive, "digest", outcome, line_span, value_span).with_raw(text));
    }
    reading
}

/// `hex  name`, `hex *name`, `SHA256 (name) = hex`, or the digest alone: the digest, where it starts, and the file's name.
fn entry<'a>(line: &'a str, own: &'a str) -> Option<(&'a str, usize, &'a str)> {
    if let Some((head, digest)) = line.split_once(") = ") {
        let (_, name) = head.split_once(" (")?;
        return is_digest(digest).then_some((digest, line.len() - digest.len(), name));
    }
    let (digest, name) =
        line.split_once([' ', '\t']).map_or((line, own), |(digest, name)| (digest, name.trim_start().trim_start_matches('*')));
    let name = name.trim_start_matches("./");
    (is_digest(digest) && !name.is_empty()).then_some((digest, 0, name))
}

fn is_digest(text: &str) -> bool {
    matches!(text.len(), 32 | 40 | 56 | 64 | 96 | 128) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_has_its_digest() {
        let (md5, sha) = ("0".repeat(32), "a".repeat(64));
        let text = format!("{sha}  a b.bin\r\n{md5} *c\nSHA256 (d) = {sha}\nnonsense\n# {sha}\n");
        let reading = read("SHA256SUMS", &text);
        let say = |setting: &Setting| format!("{} {}", reading.get(setting.scope).name, setting.raw.len());
        assert_eq!(reading.settings.iter().map(say).collect::<Vec<_>>(), ["a b.bin 64", "c 32", "d 64"]);
        assert_eq!(&*read("x/model.bin.sha256", &sha).scopes[1].name, "model.bin");
        assert!(["SHA256SUMS", "a/checksums.txt", "m.gguf.sha256"].into_iter().all(claims) && !claims("sums.txt"));
    }
}
