//! The form in which identifiers may be shown: enough to find the line, too little to know the person.

use super::kind::Kind;
use super::recognise::{Hit, find};

/// One identifier, masked: `j***@e***.org`.
#[must_use]
pub fn masked(kind: Kind, text: &str) -> String {
    let first = |text: &str| text.chars().next().map_or_else(String::new, |c| format!("{c}***"));
    match kind {
        Kind::Email => {
            let (local, domain) = text.rsplit_once('@').unwrap_or((text, ""));
            let (name, end) = domain.rsplit_once('.').unwrap_or((domain, ""));
            format!("{}@{}.{end}", first(local), first(name))
        }
        Kind::Card => format!("{} ({} digits)", first(text), text.bytes().filter(u8::is_ascii_digit).count()),
        Kind::Iban => format!("{}** ({} characters)", text.get(..2).unwrap_or(""), text.bytes().filter(u8::is_ascii_alphanumeric).count()),
        Kind::UsSsn => "***-**-****".to_owned(),
        Kind::PublicIp => text.split_once(['.', ':']).map_or_else(|| first(text), |(first, _)| format!("{first}.***")),
        Kind::Phone => format!("{}***", text.get(..2).unwrap_or("")),
        // names of columns and tags, which are no identifiers
        Kind::Column | Kind::ImageLocation | Kind::ImageOwner => text.to_owned(),
    }
}

/// A text with every identifier in it masked.
#[must_use]
pub fn masked_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for Hit { kind, range } in find(text) {
        if range.start < at {
            continue;
        }
        out.push_str(text.get(at..range.start).unwrap_or(""));
        out.push_str(&masked(kind, text.get(range.clone()).unwrap_or("")));
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}
