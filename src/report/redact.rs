//! What must never be shown as text: whether a setting's name or the look of a value says that it is a secret, and what is shown instead.
//! When in doubt a value is hidden: a reader who misses it can open the file, a leaked one cannot be taken back.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use sha2::{Digest, Sha256};

/// Why a part of a text is taken for a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A name before it says so: `password: x`.
    Name,
    /// It looks like one whatever its name: `ghp_...`, a private key, `user:password@`.
    Shape,
}

/// Whether the value of a setting looks like a secret, or holds one. References, switches and empty texts do not.
#[must_use]
pub fn secretive(setting_name: &str, value: &str) -> bool {
    named_secret(setting_name, value) || (!harmless(value) && !shapes(setting_name, value).is_empty())
}

/// The value as a report may show it. `known` values are published defaults (`changeme`): hiding them would hide the finding.
#[must_use]
pub fn shown(setting_name: &str, value: &str, known: bool) -> String {
    if known || value.trim().is_empty() {
        return value.to_owned();
    }
    if named_secret(setting_name, value) {
        return placeholder(value);
    }
    if harmless(value) {
        return value.to_owned();
    }
    replace(value, &shapes(setting_name, value), placeholder)
}

/// What stands for a secret: `<secret: 12 characters, sha256 1a2b3c4d>`. Equal secrets look equal, so a change can be seen.
#[must_use]
pub fn placeholder(secret: &str) -> String {
    let digest = Sha256::digest(secret.as_bytes());
    let mut hash = String::with_capacity(8);
    for byte in digest.iter().take(4) {
        let _ = write!(hash, "{byte:02x}");
    }
    let count = secret.chars().count();
    format!("<secret: {count} character{}, sha256 {hash}>", if count == 1 { "" } else { "s" })
}

/// Every part of a line that looks like a secret, in order, without overlaps.
#[must_use]
pub fn secrets_in(line: &str) -> Vec<(Range<usize>, Reason)> {
    let mut found: Vec<(Range<usize>, Reason)> = shapes("", line).into_iter().map(|range| (range, Reason::Shape)).collect();
    for (name, range) in pairs(line) {
        if line.get(range.clone()).is_some_and(|value| named_secret(name, value)) {
            found.push((range, Reason::Name));
        }
    }
    found.sort_by_key(|(range, _)| (range.start, range.end));
    let mut merged: Vec<(Range<usize>, Reason)> = Vec::with_capacity(found.len());
    for (range, reason) in found {
        match merged.last_mut() {
            Some((last, why)) if range.start < last.end => {
                last.end = last.end.max(range.end);
                if reason == Reason::Shape {
                    *why = Reason::Shape;
                }
            }
            _ => merged.push((range, reason)),
        }
    }
    merged
}

fn replace(text: &str, ranges: &[Range<usize>], by: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        if range.start < at {
            continue;
        }
        out.push_str(text.get(at..range.start).unwrap_or(""));
        out.push_str(&by(text.get(range.clone()).unwrap_or("")));
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

/// Words that make a name secret.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "pwd",
    "pass",
    "secret",
    "secrets",
    "token",
    "key",
    "salt",
    "pepper",
    "credential",
    "credentials",
    "dsn",
    "authorization",
    "apikey",
    "privatekey",
    "pat",
];

/// Last words after which a name speaks about a secret but does not hold one: `token_lifetime`, `password_encryption`, `secret_name`.
const ABOUT: &[&str] = &[
    "file",
    "path",
    "dir",
    "directory",
    "name",
    "names",
    "type",
    "types",
    "policy",
    "length",
    "size",
    "bits",
    "ttl",
    "age",
    "expiry",
    "expires",
    "expiration",
    "expire",
    "lifetime",
    "timeout",
    "rotation",
    "period",
    "interval",
    "days",
    "hours",
    "minutes",
    "seconds",
    "encryption",
    "algorithm",
    "alg",
    "hashing",
    "hasher",
    "method",
    "required",
    "require",
    "enabled",
    "enable",
    "disabled",
    "allowed",
    "ref",
    "refs",
    "count",
    "limit",
    "mode",
    "format",
    "prefix",
    "header",
    "env",
    "var",
    "variable",
    "provider",
    "store",
    "storage",
    "location",
    "audience",
    "issuer",
    "endpoint",
    "url",
    "uri",
    "host",
    "port",
    "manager",
    "version",
    "class",
    "kind",
    "source",
    "min",
    "max",
    "authentication",
    "auth",
    "reset",
    "validation",
    "check",
    "create",
    "existing",
    "mount",
    "permissions",
    "scopes",
    "scope",
    "usage",
    "budget",
    "ids",
    "arn",
];

/// Words before `key` that make it a key of a table, not of a door.
const OPEN_KEYS: &[&str] = &[
    "primary",
    "foreign",
    "partition",
    "sort",
    "public",
    "cache",
    "index",
    "unique",
    "group",
    "routing",
    "row",
    "map",
    "hot",
    "sharding",
    "object",
];

/// The words of the last telling step of a name, in lower case: `services.api.dbPassword` gives `db`, `password`.
fn words(name: &str) -> Vec<String> {
    let steps = name.split(['.', '(', ')', '[', ']', '/', ' ', ':', '"', '\'']).filter(|step| step.contains(|c: char| c.is_alphabetic()));
    let Some(step) = steps.filter(|step| !matches!(*step, "value" | "default" | "Value" | "Default")).next_back() else {
        return Vec::new();
    };
    let mut words = vec![String::new()];
    let mut before_lower = false;
    for c in step.chars() {
        let starts = !c.is_alphanumeric() || (c.is_uppercase() && before_lower);
        if starts && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before_lower = c.is_lowercase() || c.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether the name alone makes this value a secret.
fn named_secret(name: &str, value: &str) -> bool {
    let value = bare(value);
    let words = words(name);
    let Some(last) = words.last() else { return false };
    if ABOUT.contains(&last.as_str()) {
        return false;
    }
    let at = words.iter().rposition(|word| {
        SECRET_WORDS.contains(&word.as_str())
            || ["password", "passwd", "passphrase", "apikey", "secret", "secretkey", "accesskey"].iter().any(|end| word.ends_with(end))
    });
    let Some(at) = at else { return false };
    let word = words.get(at).map_or("", String::as_str);
    if word == "key" {
        let before = at.checked_sub(1).and_then(|i| words.get(i)).map_or("", String::as_str);
        // a lone `key` names an entry of a map far more often than a key
        if OPEN_KEYS.contains(&before) || (words.len() == 1 && value.chars().count() < 16) {
            return false;
        }
    }
    // nginx hands requests on with `proxy_pass` and its kin
    if word == "pass" && words.iter().any(|word| matches!(word.as_str(), "proxy" | "fastcgi" | "uwsgi" | "scgi" | "grpc" | "memcached")) {
        return false;
    }
    let digits = value.len() >= 4 && value.bytes().all(|b| b.is_ascii_digit());
    let opens = word.contains("pass") || word.contains("pwd") || word.contains("secret") || word.contains("credential");
    (digits && opens) || !harmless(value)
}

/// The value without the quotes around it.
fn bare(value: &str) -> &str {
    let value = value.trim();
    ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(value)
}

/// Texts that hold nothing to hide: nothing at all, switches, numbers, references, placeholders, paths.
fn harmless(value: &str) -> bool {
    let value = bare(value);
    let lower = value.to_ascii_lowercase();
    let word = matches!(
        lower.as_str(),
        "" | "true"
            | "false"
            | "yes"
            | "no"
            | "on"
            | "off"
            | "null"
            | "none"
            | "nil"
            | "~"
            | "undefined"
            | "[redacted]"
            | "redacted"
            | "|"
            | ">"
            | "|-"
            | ">-"
    );
    word || value.parse::<f64>().is_ok()
        || value.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '-'))
        || reference(value)
        || path(value)
}

/// Whether the whole text says where a value comes from. A reference with a fallback is as telling as its fallback.
fn reference(value: &str) -> bool {
    let whole = |open: &str, close: &str| value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    if let Some(inner) = whole("${{", "}}") {
        return !inner.contains(['"', '\'', '}']);
    }
    if let Some(inner) = whole("{{", "}}") {
        return !inner.contains(['"', '\'', '}']);
    }
    if let Some(inner) = whole("${", "}").or_else(|| whole("$(", ")")).or_else(|| whole("%(", ")s")) {
        // `:?` carries a message for people, never a value
        let name = inner.split(":?").next().unwrap_or(inner);
        return inner_name(name.trim_end_matches(":-").trim_end_matches('-'));
    }
    if let Some(inner) = whole("<", ">") {
        return inner.len() < 60 && inner.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | ',' | ':'));
    }
    if let Some(name) = value.strip_prefix('$') {
        return inner_name(name) && !name.starts_with(|c: char| c.is_ascii_digit());
    }
    ["vault:", "op://", "ssm:", "arn:aws:secretsmanager:", "arn:aws:ssm:", "env:", "secret://", "ENC[", "!vault"]
        .iter()
        .any(|start| value.starts_with(start))
}

fn inner_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

fn path(value: &str) -> bool {
    let rooted = value.starts_with("./")
        || value.starts_with("../")
        || value.starts_with("~/")
        || value.starts_with("/run/")
        || value.starts_with("/etc/");
    let file = value.starts_with('/') && value.rsplit_once('.').is_some_and(|(_, end)| (2..=4).contains(&end.len()));
    (rooted || file) && value.chars().all(|c| c.is_ascii_alphanumeric() || "/._-~".contains(c)) && !value.split('/').any(scrambled)
}

/// Shapes of secrets that are known whatever they are called. The group `s`, where there is one, is the secret part.
#[allow(clippy::expect_used, reason = "constant patterns, built by every test of this module")]
static SHAPES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"\bgh[pousr]_[A-Za-z0-9]{16,}",
        r"\bgithub_pat_[A-Za-z0-9_]{20,}",
        r"\bglpat-[A-Za-z0-9_-]{16,}",
        r"\bsk-[A-Za-z0-9_-]{16,}",
        r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}",
        r"\bhf_[A-Za-z0-9]{16,}",
        r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}",
        r"\bAIza[A-Za-z0-9_-]{30,}",
        r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
        r"\b(?:npm|pypi|dop_v1|shpat|lsv2_pt|nvapi|gsk|r8|pplx|tvly)[_-][A-Za-z0-9_-]{20,}",
        r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
        r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?",
        r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*",
        r"(?i)\b(?:bearer|basic)\s+(?P<s>[A-Za-z0-9._~+/=-]{12,})",
        r"(?i)\b[a-z][a-z0-9+.-]*://(?:[^\s:/?#@]*):(?P<s>[^\s/?#@][^\s/@]*)@",
        r"hooks\.slack\.com/services/(?P<s>[A-Za-z0-9/]+)",
    ]
    .iter()
    .map(|pattern| Regex::new(pattern).expect("a constant pattern"))
    .collect()
});

/// Runs of characters that could be a random text.
#[allow(clippy::expect_used, reason = "a constant pattern, built by every test of this module")]
static RUN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/_=-]{24,}").expect("a constant pattern"));

/// Names and marks beside which a long random text is public: commits, digests, integrity of lock files.
#[allow(clippy::expect_used, reason = "a constant pattern, built by every test of this module")]
static PUBLIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:sha\d+|digest|commit|checksum|integrity|hash(?:es)?|revision|\brev|\bref|md5|blake\w*|fingerprint)[\w)\]]*[^A-Za-z0-9]{0,5}$|[\w.\]]@$|\bh1:$")
        .expect("a constant pattern")
});

/// Parts of a text with a known shape of a secret, and long random ones.
fn shapes(name: &str, text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for shape in SHAPES.iter() {
        for captures in shape.captures_iter(text) {
            let Some(part) = captures.name("s").or_else(|| captures.get(0)) else { continue };
            if !reference(part.as_str()) {
                found.push(part.range());
            }
        }
    }
    let public_name = PUBLIC.is_match(name);
    for run in RUN.find_iter(text) {
        let before = text.get(..run.start()).unwrap_or("");
        if !public_name && scrambled(run.as_str()) && !PUBLIC.is_match(before) && !public_name_inside(run.as_str()) {
            found.push(run.range());
        }
    }
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut last = 0;
    found.retain(|range| {
        let keep = range.start >= last;
        last = last.max(range.end);
        keep
    });
    found
}

fn public_name_inside(run: &str) -> bool {
    ["sha256-", "sha384-", "sha512-", "sha256=", "sha1-"].iter().any(|start| run.starts_with(start) || run.contains(&format!("={start}")))
}

/// Whether a text is as mixed as random ones are: letters, digits and cases change at every third place or more often.
fn scrambled(run: &str) -> bool {
    let count = run.chars().count();
    let core = run.trim_end_matches('=');
    let hexadecimal = core.chars().all(|c| c.is_ascii_hexdigit());
    // `1f0c...-...`: identifiers of the form of a UUID are public far more often than not
    let uuid = count == 36 && run.chars().filter(|c| *c == '-').count() == 4;
    if count < 24 || uuid || !core.contains(|c: char| c.is_ascii_digit()) || !core.contains(|c: char| c.is_ascii_alphabetic()) {
        return false;
    }
    if hexadecimal {
        return count >= 32;
    }
    let class = |c: char| match c {
        'a'..='z' => 1,
        'A'..='Z' => 2,
        '0'..='9' => 3,
        _ => 0,
    };
    let changes =
        core.chars().zip(core.chars().skip(1)).filter(|(a, b)| class(*a) != class(*b) && class(*a) != 0 && class(*b) != 0).count();
    changes * 10 >= count * 3 && entropy(core) >= 3.3
}

/// Bits per character.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 128];
    for c in text.chars() {
        if let Some(count) = counts.get_mut(c as usize) {
            *count += 1;
        }
    }
    let total = f64::from(counts.iter().sum::<u32>().max(1));
    counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / total).map(|share| -share * share.log2()).sum()
}

/// `name: value`, `name=value`, `"name": "value"`, `--name value`.
#[allow(clippy::expect_used, reason = "a constant pattern, built by every test of this module")]
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?P<n>[A-Za-z_][A-Za-z0-9_.-]*)["'\])]*\s*(?:=>|:=|[:=])\s*|(?P<f>--?[A-Za-z][A-Za-z0-9_-]*)["']?[,\s]\s*|(?m:^)\s*(?:ENV|ARG)\s+(?P<e>\w+)\s+"#)
        .expect("a constant pattern")
});

fn pairs(line: &str) -> Vec<(&str, Range<usize>)> {
    let mut pairs = Vec::new();
    for captures in NAME.captures_iter(line) {
        let Some(whole) = captures.get(0) else { continue };
        let Some(name) = captures.name("n").or_else(|| captures.name("f")).or_else(|| captures.name("e")) else { continue };
        let at = whole.end();
        let Some(rest) = line.get(at..) else { continue };
        // a value of a line that starts with its name runs to the line's end: passwords may hold anything
        let opens = line.get(..whole.start()).is_some_and(|before| before.trim_matches(|c: char| c.is_whitespace() || c == '-').is_empty());
        let length = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => quoted(rest, quote),
            // what `::` starts is a type or a path, not a value
            Some(':') | None => continue,
            Some('-') if captures.name("f").is_some() => continue,
            _ if opens && captures.name("f").is_none() => rest.find(" #").unwrap_or(rest.len()),
            _ => rest.find([' ', ',', ';', '&', '}', ')', ']', '"', '\'', '\t']).unwrap_or(rest.len()),
        };
        let value = rest.get(..length).unwrap_or(rest).trim_end();
        if !value.is_empty() {
            pairs.push((name.as_str(), at..at + value.len()));
        }
    }
    pairs
}

/// Length of a quoted text, quotes included; to the end where the closing quote is missing.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' && quote == '"' {
            escaped = true;
        } else if c == quote {
            return at + c.len_utf8();
        }
    }
    text.len()
}

/// The name of a line that only opens a value which follows on later lines: `password: |`, `DB_PASSWORD:`, `- name: DB_PASSWORD`.
/// Gives whether what follows must be hidden.
#[must_use]
pub fn opens_secret(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '-']).trim_end();
    if let Some(named) = line.strip_prefix("name:").or_else(|| line.strip_prefix("\"name\":")) {
        return named_secret(bare(named.trim_end_matches(',')), "some text");
    }
    let Some((name, rest)) = line.split_once([':', '=']) else { return line.contains("PRIVATE KEY-----") && line.contains("BEGIN") };
    let rest = rest.trim();
    let opens = rest.is_empty() || rest.starts_with(['|', '>']) || rest == "\"\"\"" || rest == "'''" || rest.starts_with("<<");
    (opens && named_secret(bare(name), "some text")) || (line.contains("PRIVATE KEY-----") && line.contains("BEGIN"))
}

#[cfg(test)]
#[path = "redact_tests.rs"]
mod tests;
