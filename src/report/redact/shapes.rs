//! Texts that look like secrets whatever they are called: tokens of known services, private keys, passwords in addresses, random runs.

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use regex::Regex;

use super::values::reference;

/// A shape of a secret. The group `s`, where there is one, is the secret part; what stands in a group `d` is one only with a
/// digit or both cases in it, as words have the same shape.
struct Shape {
    /// Every text of this shape holds one of these, in whatever case: most values do not, and need no expression at all.
    holds: &'static [&'static str],
    pattern: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Shape {
    const fn new(holds: &'static [&'static str], pattern: &'static str) -> Self {
        Self { holds, pattern, compiled: OnceLock::new() }
    }

    fn in_text(&self, text: &str) -> Option<&Regex> {
        (text.len() >= SHORTEST && self.holds.iter().any(|word| holds(text, word)))
            .then(|| self.compiled.get_or_init(|| Regex::new(self.pattern).ok()).as_ref())?
    }
}

/// Whether a text holds a word, in whatever case.
fn holds(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// No shape is shorter.
const SHORTEST: usize = 7;

/// Shapes of secrets that are known whatever they are called.
static SHAPES: [Shape; 17] = [
    Shape::new(&["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], r"(?-u:\b)gh[pousr]_[A-Za-z0-9]{16,}"),
    Shape::new(&["github_pat_"], r"(?-u:\b)github_pat_[A-Za-z0-9_]{20,}"),
    Shape::new(&["glpat-"], r"(?-u:\b)glpat-[A-Za-z0-9_-]{16,}"),
    Shape::new(&["sk-"], r"(?-u:\b)(?P<d>sk-[A-Za-z0-9_-]{16,})"),
    Shape::new(&["k_live_", "k_test_"], r"(?-u:\b)[rs]k_(?:live|test)_[A-Za-z0-9]{10,}"),
    Shape::new(&["hf_"], r"(?-u:\b)hf_[A-Za-z0-9]{16,}"),
    Shape::new(&["AKIA", "ASIA"], r"(?-u:\b)(?:AKIA|ASIA)[A-Z0-9]{12,}"),
    Shape::new(&["AIza"], r"(?-u:\b)AIza[A-Za-z0-9_-]{30,}"),
    Shape::new(&["xox"], r"(?-u:\b)xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    Shape::new(&["npm_", "dop_v1_", "shpat_", "lsv2_pt_", "gsk_", "r8_"], r"(?-u:\b)(?:npm|dop_v1|shpat|lsv2_pt|gsk|r8)_[A-Za-z0-9_]{20,}"),
    Shape::new(&["pypi-", "nvapi-", "pplx-", "tvly-"], r"(?-u:\b)(?P<d>(?:pypi|nvapi|pplx|tvly)-[A-Za-z0-9_-]{20,})"),
    Shape::new(&["SG."], r"(?-u:\b)SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    Shape::new(&["eyJ"], r"(?-u:\b)eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"),
    Shape::new(&["-----BEGIN"], r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*"),
    Shape::new(&["bearer", "basic"], r"(?i)(?-u:\b)(?:bearer|basic)[ \t]+(?P<d>[A-Za-z0-9._~+/=-]{12,})"),
    Shape::new(&["://"], r"(?i)(?-u:\b)[a-z][a-z0-9+.-]*://(?:[^\s:/?#@]*):(?P<s>[^\s/?#@][^\s/@]*)@"),
    Shape::new(&["hooks.slack"], r"hooks\.slack\.com/services/(?P<s>[A-Za-z0-9/]+)"),
];

/// The shortest run of characters that could be a random text.
const SHORTEST_RUN: usize = 24;

/// Runs of characters that could be a random text.
#[allow(clippy::expect_used, reason = "a constant pattern, built by every test of this module")]
static RUN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/_=-]{24,}").expect("a constant pattern"));

/// Names and marks beside which a long random text is public: commits, digests, integrity of lock files.
#[allow(clippy::expect_used, reason = "a constant pattern, built by every test of this module")]
static PUBLIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:sha[0-9]+|digest|commit|checksum|integrity|hash(?:es)?|revision|(?-u:\b)rev|(?-u:\b)ref|md5|blake[a-z0-9_]*|fingerprint)[A-Za-z0-9_)\]]*[^A-Za-z0-9]{0,5}$|[A-Za-z0-9_.\]]@$|(?-u:\b)h1:$|\.t?gz#$")
        .expect("a constant pattern")
});

/// Parts of a text with a known shape of a secret, and long random ones.
pub(super) fn shapes(name: &str, text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for shape in SHAPES.iter().filter_map(|shape| shape.in_text(text)) {
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
    let long = text.len() >= SHORTEST_RUN;
    for run in long.then(|| RUN.find_iter(text)).into_iter().flatten() {
        let before = text.get(..run.start()).unwrap_or("");
        if scrambled(run.as_str())
            && !is_pin(name, text, run.as_str())
            && !PUBLIC.is_match(name)
            && !PUBLIC.is_match(before)
            && !public_name_inside(run.as_str())
        {
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

/// Whether a value is nothing but a commit, of what an address or a `owner/name` names: a pin hides nothing.
fn is_pin(name: &str, value: &str, run: &str) -> bool {
    let whole = value.trim().trim_matches(['"', '\'']) == run;
    whole && name.contains('/') && matches!(run.len(), 40 | 64) && run.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_an_expression() {
        for shape in &SHAPES {
            assert!(Regex::new(shape.pattern).is_ok(), "{}", shape.pattern);
        }
    }
}
