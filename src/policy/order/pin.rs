//! `pin`: how exactly an image, a package or an action is named.

/// The rungs, safest first.
pub(super) const RUNGS: [&str; 4] = ["digest", "exact", "range", "floating"];
const DIGEST: u16 = 0;
const EXACT: u16 = 1;
const RANGE: u16 = 2;
/// The weakest rung: the next build may take anything.
pub(super) const FLOATING: u16 = 3;

/// Releases of Debian and Ubuntu by their names, which move no further than a number does.
const RELEASES: [&str; 12] =
    ["stretch", "buster", "bullseye", "bookworm", "trixie", "forky", "xenial", "bionic", "focal", "jammy", "noble", "resolute"];

/// Tags that everybody moves.
const MOVING: [&str; 8] = ["latest", "nightly", "edge", "main", "master", "stable", "canary", "rolling"];

/// The rung of an image reference, a version, a version range, a branch or a commit.
pub(super) fn rung(text: &str) -> u16 {
    let text = text.trim();
    if text.split(['@', '#', ':', '=']).any(is_commit) || ["sha256:", "sha384:", "sha512:"].iter().any(|kind| has_digest(text, kind)) {
        return DIGEST;
    }
    version(text).map_or(FLOATING, of_version)
}

/// The rung of the literal tag or digest behind a name that is put together, `f"a/b.{arch}:v1"`; `None` without one.
pub(super) fn rung_of_tag(raw: &str) -> Option<u16> {
    let quotes = ['"', '\'', '`'];
    let text = raw.trim().trim_start_matches(['f', 'F', 'r', 'R', 'b', 'B'].as_slice());
    let text = if text.starts_with(quotes) { text.trim_matches(quotes) } else { raw.trim() };
    let last = text.rsplit('/').next()?;
    let (name, tag) = last.rsplit_once(':')?;
    let plain = !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    let one_text = !text.contains(['"', '\'', '`', '(', ' ', '\n', '+']) && !name.ends_with(['?', '{']);
    (plain && one_text).then(|| rung(if name.ends_with("@sha256") { text } else { tag }))
}

/// 40 (SHA-1) or 64 (SHA-256) hexadecimal digits.
fn is_commit(part: &str) -> bool {
    matches!(part.len(), 40 | 64) && part.bytes().all(|b| b.is_ascii_hexdigit())
}

fn has_digest(text: &str, kind: &str) -> bool {
    let after = text.split_once(kind).map_or("", |(_, after)| after);
    after.len() >= 32 && after.bytes().take(32).all(|b| b.is_ascii_hexdigit())
}

/// The part that names a version: after the last `@` (not that of a scope), else after the colon of an image; a text without a path
/// is a version itself. `None` for an image without a tag.
fn version(text: &str) -> Option<&str> {
    if let Some((before, after)) = text.rsplit_once('@')
        && !before.is_empty()
        && !after.contains('/')
    {
        return Some(after);
    }
    let last = text.rsplit('/').next().unwrap_or(text);
    match last.rsplit_once(':') {
        Some((_, tag)) => Some(tag),
        None => (!text.contains('/')).then_some(text),
    }
}

fn of_version(version: &str) -> u16 {
    let lower = version.trim().to_ascii_lowercase();
    let exact = lower.strip_prefix("===").or_else(|| lower.strip_prefix("==")).or_else(|| lower.strip_prefix('='));
    let body = exact.unwrap_or(&lower).trim();
    let pieces = || body.split(['.', '-', '_', '+']);
    if !body.bytes().any(|b| b.is_ascii_digit()) {
        return if pieces().any(|piece| RELEASES.contains(&piece)) { RANGE } else { FLOATING };
    }
    if moves_by_name(body) {
        return FLOATING;
    }
    let wild = pieces().any(|piece| matches!(piece, "*" | "x" | "snapshot"));
    // Everything from zero on is no limit at all.
    if matches!(body.trim_start_matches([' ', '>', '=']), "0" | "0.0" | "0.0.0") && body.starts_with('>') {
        return FLOATING;
    }
    if wild || body.contains(['^', '~', '<', '>', '|', ',', '*', '[', '(', ' ', '!']) {
        return RANGE;
    }
    if exact.is_some() || has_two_numbers(body) || is_date(body) || pieces().any(is_build) { EXACT } else { RANGE }
}

/// `latest-amd64`, `nightly-cuda12.1`: the tag that moves, for a machine or a toolkit; a release, a date or a commit behind it stays.
fn moves_by_name(body: &str) -> bool {
    let mut parts = body.split(['-', '_']);
    let moving = parts.next().is_some_and(|first| MOVING.contains(&first));
    let release = |part: &str| part.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()) && has_two_numbers(part);
    moving && !is_date(body) && !parts.any(|part| release(part) || is_build(part))
}

/// `1.2`, `v0.1.52`, `16.2-alpine`, `python3.12`: two numbers around a dot.
fn has_two_numbers(text: &str) -> bool {
    let mut steps = text.split('.').peekable();
    while let Some(step) = steps.next() {
        let next_is_number = steps.peek().is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
        if next_is_number && step.ends_with(|c: char| c.is_ascii_digit()) {
            return true;
        }
    }
    false
}

/// `2024-01-15`, also within a longer name.
fn is_date(text: &str) -> bool {
    let is_number = |piece: &&str| piece.starts_with(|c: char| c.is_ascii_digit());
    let numbers = text.split(['-', '.', '_', 't']).skip_while(|piece| !(piece.len() == 4 && is_number(piece))).take_while(is_number);
    numbers.count() >= 3
}

/// A date or build number in one piece, or an abbreviated commit.
fn is_build(piece: &str) -> bool {
    let digits = piece.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let number = digits.len() >= 4 && digits.bytes().all(|b| b.is_ascii_digit());
    let hex = piece.len() >= 7 && piece.bytes().all(|b| b.is_ascii_hexdigit()) && piece.bytes().any(|b| b.is_ascii_digit());
    number || hex
}
