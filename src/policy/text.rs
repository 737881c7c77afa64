//! What the texts of policies stand for: braces unfolded, steps of paths folded, names split into words. The build script
//! includes this file by path, so it imports nothing.

/// Most alternatives that one pattern's braces may unfold to.
const ALTERNATIVES: usize = 512;

/// Unfolds `{a,b}` (nested ones too) into all alternatives.
///
/// # Errors
/// Unbalanced braces, or more than 512 alternatives.
pub fn unfold(pattern: &str) -> Result<Vec<String>, String> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(text) = open.pop() {
        let Some((before, inner, after)) = first_braces(&text)? else {
            done.push(text);
            continue;
        };
        for alternative in split_commas(inner).into_iter().rev() {
            open.push(format!("{before}{alternative}{after}"));
        }
        if open.len() + done.len() > ALTERNATIVES {
            return Err(format!("`{pattern}` stands for more than {ALTERNATIVES} alternatives"));
        }
    }
    Ok(done)
}

fn first_braces(text: &str) -> Result<Option<(&str, &str, &str)>, String> {
    let Some(start) = text.find('{') else {
        return if text.contains('}') { Err(format!("`}}` without `{{` in `{text}`")) } else { Ok(None) };
    };
    let mut depth = 0_usize;
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < start) {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or("");
                    return Ok(Some((part(0..start), part(start + 1..at), part(at + 1..text.len()))));
                }
            }
            _ => {}
        }
    }
    Err(format!("`{{` without `}}` in `{text}`"))
}

fn split_commas(inner: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut from) = (0_usize, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(inner.get(from..at).unwrap_or(""));
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(inner.get(from..).unwrap_or(""));
    parts
}

/// One alternative of a name: the text of its pattern, and whether it is the `--no-` form of a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// Braces are unfolded; a regular expression keeps its slashes.
    pub text: String,
    /// Reads as disabled when enabled and the other way round.
    pub negated: bool,
}

/// All alternatives of the names that a spelling or a condition gives, in the order in which they are numbered.
///
/// # Errors
/// Unbalanced braces.
pub fn alternatives(words: &[String], is_flag: bool) -> Result<Vec<Alternative>, String> {
    let mut all = Vec::new();
    let mut add = |text: String, negated| all.push(Alternative { text, negated });
    for word in words {
        if between_slashes(word).is_some() {
            add(word.clone(), false);
            continue;
        }
        for text in unfold(word)? {
            if is_flag && text.contains("[no-]") {
                add(text.replace("[no-]", ""), false);
                add(text.replace("[no-]", "no-"), true);
            } else {
                add(text, false);
            }
        }
    }
    Ok(all)
}

/// The source of a pattern between slashes.
#[must_use]
pub fn between_slashes(pattern: &str) -> Option<&str> {
    pattern.strip_prefix('/')?.strip_suffix('/').filter(|inner| !inner.is_empty())
}

/// The words of `^(A|B)$`; without the group they would be told apart as `0`, which comes to the same.
#[must_use]
pub fn words_of(source: &str) -> Option<Vec<&str>> {
    let inner = source.strip_prefix("^(")?.strip_suffix(")$")?;
    let inner = inner.strip_prefix("?:").unwrap_or(inner);
    let plain = |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    inner.split('|').map(|word| Some(word).filter(plain)).collect()
}

/// Whether a glob has a wildcard.
#[must_use]
pub fn is_open(glob: &str) -> bool {
    glob.contains(['*', '<'])
}

/// A glob with `*` in place of every wildcard.
#[must_use]
pub fn with_stars(glob: &str) -> String {
    let mut parts = glob.split('<');
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |text, part| text + "*" + part.split_once('>').map_or("", |(_, after)| after))
}

/// The steps of a path pattern that have no wildcard, folded, and whether the last step is among them.
#[must_use]
pub fn literal_steps(key: &str) -> (Vec<String>, bool) {
    let name = |step: &str| step.split_once('[').map_or(step, |(name, _)| name).to_owned();
    let names: Vec<String> = key.split('.').map(name).collect();
    let last = names.last().is_some_and(|name| !is_open(name));
    (names.iter().filter(|name| !is_open(name)).map(|name| fold(name)).collect(), last)
}

/// A key's step without what does not matter: case, `-` and `_`.
#[must_use]
pub fn fold(step: &str) -> String {
    if step.is_ascii() {
        return step.bytes().filter(|b| !matches!(b, b'-' | b'_')).map(|b| char::from(b.to_ascii_lowercase())).collect();
    }
    step.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
}

/// A name's words: split at anything but letters, before a capital after a small letter, before the last capital of a run that
/// a small letter follows, and around digits; all in lower case.
#[must_use]
pub fn split(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before: Option<char> = None;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let after = chars.peek();
        let starts = c.is_uppercase()
            && (before.is_some_and(char::is_lowercase)
                || (before.is_some_and(char::is_uppercase) && after.is_some_and(|a| a.is_lowercase())));
        if (!c.is_alphabetic() || starts) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}
