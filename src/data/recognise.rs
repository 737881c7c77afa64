//! Recognisers with validators: a shape alone is never enough. Measured on a labelled set, see `tests/data.rs`.

use std::net::Ipv4Addr;
use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::kind::Kind;
use super::samples::{is_sample_card, is_sample_iban, is_sample_ssn};

/// One identifier in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub range: Range<usize>,
}

/// All identifiers of a text, in order; where two overlap, the first.
#[must_use]
pub fn find(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let bytes = text.as_bytes();
    if memchr::memchr(b'@', bytes).is_some() {
        collect(text, expressions().map(|all| &all.email), Kind::Email, email, &mut hits);
    }
    // every other kind has at least six digits
    if bytes.iter().filter(|byte| byte.is_ascii_digit()).take(6).count() == 6 {
        let all = expressions();
        collect(text, all.map(|all| &all.iban), Kind::Iban, iban, &mut hits);
        collect(text, all.map(|all| &all.card), Kind::Card, card, &mut hits);
        collect(text, all.map(|all| &all.ssn), Kind::UsSsn, ssn, &mut hits);
        collect(text, all.map(|all| &all.ip), Kind::PublicIp, public_ip, &mut hits);
        if memchr::memchr(b'+', bytes).is_some() {
            collect(text, all.map(|all| &all.phone), Kind::Phone, phone, &mut hits);
        }
    } else if bytes.iter().filter(|byte| **byte == b'.').take(3).count() == 3 {
        collect(text, expressions().map(|all| &all.ip), Kind::PublicIp, public_ip, &mut hits);
    }
    hits.sort_by_key(|hit| (hit.range.start, std::cmp::Reverse(hit.range.end)));
    let mut end = 0;
    hits.retain(|hit| {
        let kept = hit.range.start >= end;
        end = if kept { hit.range.end } else { end };
        kept
    });
    hits
}

struct Expressions {
    email: Regex,
    iban: Regex,
    card: Regex,
    ssn: Regex,
    ip: Regex,
    phone: Regex,
}

fn expressions() -> Option<&'static Expressions> {
    static ALL: OnceLock<Option<Expressions>> = OnceLock::new();
    let build = || {
        Some(Expressions {
            email: Regex::new(r"[A-Za-z0-9_][A-Za-z0-9._%+'-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}").ok()?,
            iban: Regex::new(r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}").ok()?,
            card: Regex::new(r"[0-9](?:[ -]?[0-9]){12,18}").ok()?,
            ssn: Regex::new(r"[0-9]{3}-[0-9]{2}-[0-9]{4}").ok()?,
            ip: Regex::new(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}").ok()?,
            phone: Regex::new(r"\+[1-9](?:[ .()-]{0,2}[0-9]){7,14}").ok()?,
        })
    };
    ALL.get_or_init(build).as_ref()
}

/// Takes what the expression finds and the validator confirms; it says how many bytes of it count.
fn collect(text: &str, expression: Option<&Regex>, kind: Kind, valid: fn(&str) -> Option<usize>, hits: &mut Vec<Hit>) {
    let Some(expression) = expression else { return };
    for found in expression.find_iter(text) {
        let Some(length) = valid(found.as_str()) else { continue };
        let range = found.start()..found.start() + length;
        let before = text.get(..range.start).unwrap_or("");
        let after = text.get(range.end..).unwrap_or("");
        if stands_alone(kind, before, after) {
            hits.push(Hit { kind, range });
        }
    }
}

/// Whether it is no part of something longer: an id, a version, a decimal number, a path.
fn stands_alone(kind: Kind, text_before: &str, after: &str) -> bool {
    let before = text_before.chars().next_back();
    let mut next = after.chars();
    let (after, beyond) = (next.next(), next.next());
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if kind == Kind::Email {
        // `https://user@host` and `git@host:path` are no addresses of mail
        return !joins(before)
            && before != Some('/')
            && (before != Some(':') || text_before.ends_with("mailto:"))
            && !joins(after)
            && after != Some('@')
            && after != Some('/')
            && !(after == Some(':') && beyond.is_some_and(|c| c.is_alphanumeric() || c == '/'));
    }
    let number = |c: Option<char>| matches!(c, Some('-' | '.' | '/' | '+' | '%' | '#'));
    let decimal = matches!(after, Some('.' | '-' | '/' | ':')) && beyond.is_some_and(|c| c.is_ascii_digit());
    let ip = kind == Kind::PublicIp && after == Some('/');
    !joins(before)
        && !number(before)
        && !joins(after)
        && (!decimal || (kind == Kind::PublicIp && after == Some(':')))
        && !ip
        && !(after == Some('-') && beyond.is_some_and(char::is_alphanumeric))
}

/// Names of mail that stand for nobody.
const NOBODY: [&str; 16] = [
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "git",
    "postmaster",
    "mailer-daemon",
    "example",
    "user",
    "username",
    "your",
    "you",
    "your.email",
    "youremail",
    "test",
];

/// Ends of names that look like domains and are files: `icon@2x.png`.
const FILES: [&str; 18] =
    ["png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "js", "ts", "css", "py", "json", "yaml", "yml", "html", "md", "txt", "whl"];

fn email(text: &str) -> Option<usize> {
    let (local, domain) = text.rsplit_once('@')?;
    let lower = domain.to_ascii_lowercase();
    let labels: Vec<&str> = lower.split('.').collect();
    let end = labels.last()?;
    let reserved = ["example", "test", "invalid", "localhost", "local", "internal", "lan"].contains(end)
        || lower.ends_with("users.noreply.github.com")
        || labels.iter().rev().nth(1).is_some_and(|name| *name == "example" || *name == "domain" || *name == "yourdomain");
    let sound = !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        && labels.iter().all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    let nobody = NOBODY.contains(&local.to_ascii_lowercase().as_str());
    (sound && !reserved && !nobody && !FILES.contains(end)).then_some(text.len())
}

/// Numbers in a text that could be those of cards by issuer and length, and how many of them have the right check digit. Of other
/// numbers one in ten has it, of cards every one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Runs {
    /// Digits without a sign between them.
    pub plain: (u32, u32),
    /// In groups.
    pub grouped: (u32, u32),
}

impl Runs {
    /// Counts those of one more text.
    pub fn count(&mut self, text: &str) {
        if text.bytes().filter(u8::is_ascii_digit).take(13).count() < 13 {
            return;
        }
        for run in text.split(|c: char| !c.is_ascii_digit()).filter(|run| (13..=19).contains(&run.len())) {
            tally(&mut self.plain, run);
        }
        let Some(all) = expressions() else { return };
        for run in all.card.find_iter(text).map(|found| found.as_str()).filter(|run| !run.bytes().all(|byte| byte.is_ascii_digit())) {
            if grouped(run, digits(run).len()) {
                tally(&mut self.grouped, run);
            }
        }
    }

    /// Whether numbers of this form are those of cards: nearly all of them have the right check digit.
    #[must_use]
    pub fn are_cards(&self, plain: bool) -> bool {
        let (all, sound) = if plain { self.plain } else { self.grouped };
        u64::from(sound) * 10 >= u64::from(all) * 8
    }
}

fn tally(count: &mut (u32, u32), run: &str) {
    let number = digits(run);
    if issued(&number) {
        count.0 += 1;
        count.1 += u32::from(luhn(&number));
    }
}

fn digits(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect()
}

fn card(text: &str) -> Option<usize> {
    let number = digits(text);
    (grouped(text, number.len()) && issued(&number) && luhn(&number) && !monotonous(&number) && !is_sample_card(&number))
        .then_some(text.len())
}

/// One run, or groups of four, or American Express' 4-6-5, all by the same sign.
fn grouped(text: &str, length: usize) -> bool {
    let Some(sign) = text.chars().find(|c| !c.is_ascii_digit()) else { return true };
    let groups: Vec<usize> = text.split(sign).map(str::len).collect();
    if text.chars().any(|c| !c.is_ascii_digit() && c != sign) {
        return false;
    }
    let fours = groups.split_last().is_some_and(|(last, rest)| rest.iter().all(|group| *group == 4) && (1..=4).contains(last));
    (fours && matches!(length, 16 | 19)) || groups == [4, 6, 5] || groups == [4, 6, 4]
}

/// Whether an issuer has numbers of this start and length.
fn issued(number: &[u8]) -> bool {
    let start = |digits: usize| number.iter().take(digits).fold(0_u32, |sum, digit| sum * 10 + u32::from(*digit));
    match number.len() {
        15 => matches!(start(2), 34 | 37),
        14 => matches!(start(3), 300..=305) || matches!(start(2), 36 | 38 | 39),
        13 | 19 if start(1) == 4 => true,
        16 => {
            start(1) == 4
                || matches!(start(2), 51..=55 | 65)
                || matches!(start(4), 2221..=2720 | 6011 | 3528..=3589)
                || matches!(start(3), 644..=649)
                || start(2) == 62
        }
        17..=19 => start(2) == 62,
        _ => false,
    }
}

fn luhn(number: &[u8]) -> bool {
    let sum: u32 = number
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let doubled = u32::from(*digit) * if at % 2 == 1 { 2 } else { 1 };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Seven equal digits in a row, or hardly more than two different ones: arrays of numbers, not numbers of cards.
fn monotonous(number: &[u8]) -> bool {
    let run = number.windows(7).any(|window| window.iter().all(|digit| Some(digit) == window.first()));
    let mut different = number.to_vec();
    different.sort_unstable();
    different.dedup();
    run || different.len() < 4
}

/// Lengths by country, of the registry of the standard.
const IBAN: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NL", 18),
    ("NO", 15),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("SA", 24),
    ("SC", 31),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
];

/// The expression takes what follows too; the country says how long the number is.
fn iban(text: &str) -> Option<usize> {
    let country = text.get(..2)?;
    let length = IBAN.iter().find(|(code, _)| *code == country)?.1;
    let mut end = 0;
    let mut number = String::with_capacity(length);
    for (at, c) in text.char_indices() {
        if c != ' ' {
            number.push(c);
            end = at + 1;
        }
        if number.len() == length {
            break;
        }
    }
    if number.len() != length || is_sample_iban(&number) {
        return None;
    }
    // spaces stand between groups of four or nowhere
    let written = text.get(..end)?;
    let groups: Vec<usize> = written.split(' ').map(str::len).collect();
    let even = groups.split_last().is_some_and(|(last, rest)| rest.iter().all(|group| *group == 4) && (1..=4).contains(last));
    if groups.len() > 1 && !even {
        return None;
    }
    let turned = number.get(4..)?.chars().chain(number.get(..4)?.chars());
    let remainder = turned.fold(0_u32, |sum, c| {
        let value = c.to_digit(36).unwrap_or(0);
        (if value > 9 { sum * 100 + value } else { sum * 10 + value }) % 97
    });
    (remainder == 1).then_some(end)
}

fn ssn(text: &str) -> Option<usize> {
    let mut parts = text.split('-').map(|part| part.parse::<u32>().unwrap_or(0));
    let (area, group, serial) = (parts.next()?, parts.next()?, parts.next()?);
    let issued = area != 0 && area != 666 && area < 900 && group != 0 && serial != 0;
    (issued && !is_sample_ssn(text)).then_some(text.len())
}

fn public_ip(text: &str) -> Option<usize> {
    // versions and dotted identifiers have parts above 255 or leading zeros, which the parser refuses
    let address: Ipv4Addr = text.parse().ok()?;
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || (a == 192 && b == 0 && c == 0);
    // numbers of versions are small
    let version = address.octets().iter().all(|part| *part < 30);
    (!special && !version).then_some(text.len())
}

fn phone(text: &str) -> Option<usize> {
    let number = digits(text);
    let runs = text.bytes().filter(|byte| !byte.is_ascii_digit()).count();
    let fictional = number.starts_with(&[1]) && number.get(4..9) == Some(&[5, 5, 5, 0, 1]);
    (number.len() >= 8 && number.len() <= 15 && runs <= 8 && !fictional && !monotonous(&number)).then_some(text.len())
}
