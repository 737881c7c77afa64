//! Text as it looks: hidden characters taken out, letters of other scripts replaced by the ASCII ones that they are drawn like.
//! No program reads text this way; it tells what a person believes to have read.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization;

/// Letters that most typefaces draw like an ASCII one, which stands first. Full width, mathematical and other compatibility forms
/// are not listed: Unicode itself says what they are.
const ALIKE: &[(char, &str)] = &[
    ('a', "аαɑᴀ"),
    ('b', "ьЬʙ"),
    ('c', "сϲᴄ"),
    ('d', "ԁᴅ"),
    ('e', "еᴇ"),
    ('g', "ɡցɢ"),
    ('h', "һհʜ"),
    ('i', "іιıɩɪ"),
    ('j', "јϳյᴊ"),
    ('k', "кκᴋ"),
    ('l', "ӏʟ"),
    ('m', "ᴍ"),
    ('n', "ηոɴ"),
    ('o', "оοσօᴏ"),
    ('p', "рρᴘ"),
    ('q', "ԛզ"),
    ('r', "гʀ"),
    ('s', "ѕꜱ"),
    ('t', "τᴛ"),
    ('u', "υսᴜ"),
    ('v', "νѵᴠ"),
    ('w', "ԝᴡ"),
    ('x', "хχ"),
    ('y', "уүγʏ"),
    ('z', "ᴢ"),
    ('A', "АΑᎪꓮ"),
    ('B', "ВΒᏴꓐ"),
    ('C', "СϹᏟꓚ"),
    ('D', "Ꭰꓓ"),
    ('E', "ЕΕᎬꓰ"),
    ('F', "Ϝꓝ"),
    ('G', "ԌᏀꓖ"),
    ('H', "НΗᎻꓧ"),
    ('I', "ІΙӀꓲ"),
    ('J', "ЈᎫꓙ"),
    ('K', "КΚᏦꓗ"),
    ('L', "ԼᏞꓡ"),
    ('M', "МΜᎷꓟ"),
    ('N', "Νꓠ"),
    ('O', "ОΟՕꓳ"),
    ('P', "РΡᏢꓑ"),
    ('Q', "Ԛ"),
    ('R', "Ꭱꓣ"),
    ('S', "ЅՏᏚꓢ"),
    ('T', "ТΤᎢꓔ"),
    ('U', "Սꓴ"),
    ('V', "ѴᏙꓦ"),
    ('W', "ԜᎳꓪ"),
    ('X', "ХΧꓫ"),
    ('Y', "УҮΥᎩꓬ"),
    ('Z', "ΖᏃꓜ"),
    ('3', "зЗ"),
    ('-', "\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{2d7}"),
];

/// Whether a character takes no room, or moves others about.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The ASCII character that one is drawn like.
fn drawn_like(c: char) -> Option<char> {
    if let Some((ascii, _)) = ALIKE.iter().find(|(_, alike)| alike.contains(c)) {
        return Some(*ascii);
    }
    let mut forms = std::iter::once(c).nfkc();
    let first = forms.next().filter(char::is_ascii_graphic)?;
    forms.next().is_none().then_some(first)
}

/// Whether a character hides, or is drawn like an ASCII one. Readers take it for part of a name: what stands there is a name, if
/// not the one that it looks like.
#[must_use]
pub fn is_disguise(c: char) -> bool {
    !c.is_ascii() && (is_hidden(c) || drawn_like(c).is_some())
}

/// A text as it looks, as far as its characters look like others. Spaces of other kinds around it do not show.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let text = text.trim_matches(|c: char| c.is_whitespace() && !c.is_ascii());
    let one = |c: char| if c.is_ascii() { c } else { drawn_like(c).unwrap_or(c) };
    Cow::Owned(text.chars().filter(|c| !is_hidden(*c)).map(one).collect())
}

/// The plain text that a disguised one looks like: nothing for plain text, and for text of another script.
#[must_use]
pub fn behind(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    Some(shown(text).into_owned()).filter(|shown| !shown.is_empty() && shown.is_ascii())
}

/// A text with every character that is not ASCII by its number: `US<U+0410>GE`.
#[must_use]
pub fn spelled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() && !c.is_ascii_control() {
            out.push(c);
        } else {
            let _ = write!(out, "<U+{:04X}>", u32::from(c));
        }
    }
    out
}

/// A line of code as a compiler and a person may read it: escapes (`\u0061`, `\x61`, `\141`) put in their place, and the rest as it
/// looks. Nothing when it is what it seems.
#[must_use]
pub fn of_code(line: &str) -> Option<String> {
    let escaped = line.as_bytes().windows(2).any(|two| matches!(two, [b'\\', b'u' | b'U' | b'x' | b'0'..=b'3']));
    if line.is_ascii() && !escaped {
        return None;
    }
    let plain = unescape(line);
    let shown = shown(&plain);
    (*shown != *line).then(|| shown.into_owned())
}

/// A text with its escapes put in their place, but for those of control characters.
#[must_use]
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let (c, after) = unescaped(escape).unwrap_or_else(|| ('\\', escape.get(1..).unwrap_or("")));
        out.push(c);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The character of an escape at the start of a text, and what follows it.
fn unescaped(text: &str) -> Option<(char, &str)> {
    let rest = text.strip_prefix('\\')?;
    let braced = rest.strip_prefix("u{").and_then(|rest| rest.split_once('}'));
    let fixed = |digits: usize, radix: u32, from: usize| Some((radix, rest.get(from..from + digits)?, rest.get(from + digits..)?));
    let (radix, digits, after) = match (rest.as_bytes().first()?, braced) {
        (b'u', Some((digits, after))) => (16, digits, after),
        (b'u', None) => fixed(4, 16, 1)?,
        (b'U', _) => fixed(8, 16, 1)?,
        (b'x', _) => fixed(2, 16, 1)?,
        (b'0'..=b'3', _) => fixed(3, 8, 0)?,
        _ => return None,
    };
    let c = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    (!c.is_control()).then_some((c, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disguised_text_is_seen_through() {
        for disguised in
            ["TELEM\u{415}TRY", "TELE\u{200b}METRY", "\u{202e}TELEMETRY", "ＴＥＬＥＭＥＴＲＹ", "𝐓ELEMETRY", "\u{feff}TELEMETRY"]
        {
            assert_eq!(behind(disguised).as_deref(), Some("TELEMETRY"), "{}", spelled(disguised));
        }
        assert_eq!(behind("\u{2013}\u{2013}no-usage").as_deref(), Some("--no-usage"));
    }

    #[test]
    fn plain_text_and_other_languages_are_no_disguise() {
        for text in ["TELEMETRY", "", "Телеметрия", "télémétrie", "遥测", "👩\u{200d}💻", "\u{200b}"] {
            assert_eq!(behind(text), None, "{text}");
        }
    }

    #[test]
    fn every_letter_of_the_table_is_foreign_and_stands_once() {
        let mut seen = std::collections::HashSet::new();
        for (ascii, alike) in ALIKE {
            assert!(ascii.is_ascii());
            for c in alike.chars() {
                assert!(!c.is_ascii() && seen.insert(c), "{}", spelled(&c.to_string()));
            }
        }
    }

    #[test]
    fn escapes_are_put_in_their_place() {
        for line in [r"tele\u006detry", r"tele\u{6d}etry", r"tele\x6detry", r"tele\155etry", r"tele\U0000006detry", r"t\u0435lemetry"] {
            assert_eq!(of_code(line).as_deref(), Some("telemetry"), "{line}");
        }
        for line in [r"a\n", r"\u", r"\u{", r"\x4", r"\\", "telemetry", r"\400"] {
            assert_eq!(of_code(line), None, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[\\\\uxU{}0-9a-fаΑ\u{200b}é]{0,24}") {
            let _ = (shown(&text), behind(&text), spelled(&text), of_code(&text));
        }
    }
}
