//! Texts that look like secrets whatever they are called: tokens of known services, private keys, passwords in addresses, random runs.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::values::reference;

/// Shapes of secrets that are known whatever they are called. The group `s`, where there is one, is the secret part;
/// what stands in a group `d` is one only with a digit or both cases in it, as words have the same shape.
#[allow(clippy::expect_used, reason = "constant patterns, built by every test of this module")]
static SHAPES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"\bgh[pousr]_[A-Za-z0-9]{16,}",
        r"\bgithub_pat_[A-Za-z0-9_]{20,}",
        r"\bglpat-[A-Za-z0-9_-]{16,}",
        r"\b(?P<d>sk-[A-Za-z0-9_-]{16,})",
        r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}",
        r"\bhf_[A-Za-z0-9]{16,}",
        r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}",
        r"\bAIza[A-Za-z0-9_-]{30,}",
        r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
        r"\b(?:npm|dop_v1|shpat|lsv2_pt|gsk|r8)_[A-Za-z0-9_]{20,}",
        r"\b(?P<d>(?:pypi|nvapi|pplx|tvly)-[A-Za-z0-9_-]{20,})",
        r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
        r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?",
        r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*",
        r"(?i)\b(?:bearer|basic)\s+(?P<d>[A-Za-z0-9._~+/=-]{12,})",
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
    Regex::new(r"(?i)(?:sha\d+|digest|commit|checksum|integrity|hash(?:es)?|revision|\brev|\bref|md5|blake\w*|fingerprint)[\w)\]]*[^A-Za-z0-9]{0,5}$|[\w.\]]@$|\bh1:$|\.t?gz#$")
        .expect("a constant pattern")
});

/// Parts of a text with a known shape of a secret, and long random ones.
pub(super) fn shapes(name: &str, text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for shape in SHAPES.iter() {
        for captures in shape.captures_iter(text) {
            let doubtful = captures.name("d");
            let Some(part) = captures.name("s").or(doubtful).or_else(|| captures.get(0)) else { continue };
            let mixed = |text: &str| {
                let has = |class: fn(&char) -> bool| text.chars().any(|c| class(&c));
                has(char::is_ascii_digit) || (has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase))
            };
            if !reference(part.as_str()) && (doubtful.is_none() || mixed(part.as_str())) {
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
pub(super) fn scrambled(run: &str) -> bool {
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
