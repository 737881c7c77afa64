//! Lines that a changed line belongs to although no word of it says so: the other arguments of a call that goes over several lines,
//! the look-up that a fallback below it answers, the member that an attribute over several lines is about, what takes the function
//! that gives a default.

use super::lines::{Lines, is_attribute, is_comment, words};

/// Lines before and after a changed one that may be arguments of the same call.
const ARGUMENTS: usize = 16;

/// Lines above a fallback on which its look-up may stand.
const FALLBACK: usize = 8;

/// Keywords that give another argument's value.
const VALUES: &[&str] = &[
    "default",
    "default_value",
    "defaultvalue",
    "default_factory",
    "default_value_t",
    "value",
    "fallback",
    "action",
    "const",
    "initial",
    "dflt",
    "flag_value",
    "defval",
    "def",
    "environ",
    "is_flag",
];

/// All such lines of one changed line.
pub fn of(lines: &Lines, at: usize) -> Vec<usize> {
    let line = lines.get(at);
    let mut near = Vec::new();
    if !holds_literal(line) || is_comment(line) {
        return near;
    }
    if let Some(opener) = lines.above(at).next() {
        let opens = lines.get(opener).trim_end();
        // `] = False,` ends what the lines above began
        if line.trim_start().starts_with([']', ')', '}']) && line.contains('=') {
            near.extend((opener..at).rev().find(|above| lines.depth(*above) == lines.depth(at)));
        }
        if opens.ends_with(['(', '[']) && is_value(line) || opens.ends_with('{') && is_named_value(line) {
            near.push(opener);
            near.extend(siblings(lines, opener, at));
            if is_attribute(opens) {
                near.extend(owner(lines, opener, at));
            }
        }
    }
    // `@Prop({ default: true })` above its member
    if is_attribute(line) && line.contains("efault") {
        near.extend(owner(lines, at, at));
    }
    if answers(line) {
        near.extend(above(lines, at).filter(|above| asks(lines.get(*above))));
        near.extend(below(lines, at).filter(|below| asks(lines.get(*below))));
        near.extend(takers(lines, at));
    }
    near
}

/// Whether a line may hold a plain value.
fn holds_literal(line: &str) -> bool {
    line.contains(['"', '\'', '`']) || line.bytes().any(|byte| byte.is_ascii_digit()) || words(line).any(|word| is_constant(word.text))
}

fn is_constant(word: &str) -> bool {
    matches!(word, "true" | "false" | "True" | "False" | "None" | "null" | "nil" | "undefined")
}

/// Whether a line of a call is a value without a name, or one whose name is no name of what is set.
fn is_value(line: &str) -> bool {
    is_bare(line) || is_named_value(line)
}

/// `default="x"`, `Value: true`.
fn is_named_value(line: &str) -> bool {
    let mut all = words(line);
    let Some(first) = all.next() else { return false };
    let given = matches!(first.after(line).trim_start().as_bytes(), [b'=' | b':', ..]);
    given && VALUES.iter().any(|name| first.text.eq_ignore_ascii_case(name))
}

/// `"x",`, `False,`, `10)`, `os.getenv(..) == "true",`: nothing is given a value by its name there.
fn is_bare(line: &str) -> bool {
    let text = line.trim().trim_end_matches([',', ')', ';', ']']);
    let quoted = text.starts_with(['"', '\'', '`']) || text.starts_with("r\"") || text.starts_with("f\"");
    let named = words(text)
        .next()
        .is_some_and(|word| matches!(word.after(text).trim_start().as_bytes(), [b'=', rest @ ..] if !rest.starts_with(b"=")));
    let pair = quoted && text.split_once(['"', '\'', '`']).is_some_and(|(_, rest)| rest.contains("\":") || rest.contains("':"));
    !named && !pair && (quoted || is_constant(text) || text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '&'))
}

/// The lines of the same call or list, as deep as the changed one.
fn siblings<'l>(lines: &'l Lines, opener: usize, at: usize) -> impl Iterator<Item = usize> + 'l {
    let depth = lines.depth(at);
    let inside = move |line: &usize| lines.is_blank(*line) || lines.above(*line).any(|above| above == opener);
    let before = (opener + 1..at).rev().take(ARGUMENTS);
    let after = (at + 1..lines.all.len()).take(ARGUMENTS).take_while(inside);
    before.chain(after).filter(move |line| lines.depth(*line) == depth && !lines.is_blank(*line))
}

/// What stands behind an attribute that goes over several lines.
fn owner(lines: &Lines, opener: usize, at: usize) -> Option<usize> {
    let depth = lines.depth(opener);
    let behind = (at + 1..lines.all.len()).take(ARGUMENTS + FALLBACK).filter(|line| !lines.is_blank(*line) && lines.depth(*line) <= depth);
    behind.into_iter().find(|line| {
        let text = lines.get(*line);
        !is_attribute(text) && !is_comment(text) && !text.trim_start().starts_with([')', ']', '}'])
    })
}

/// Whether a line says what holds when something else said nothing: `return "x"`, `v = "x"`, `_ => "x"`, `v != null ? v : "x"`,
/// `v || "x"`, a literal alone.
fn answers(line: &str) -> bool {
    let text = line.trim();
    let given = text.split_once("=>").map(|(_, given)| given).or_else(|| assigned(text));
    let given = given.or_else(|| text.strip_prefix("return")).or_else(|| text.split_once(") return ").map(|(_, given)| given));
    let chosen = ["? ", " : ", "|| ", " or ", " else "].into_iter().filter_map(|sign| text.rsplit_once(sign)).map(|(_, given)| given);
    chosen.chain([given.unwrap_or(text)]).any(is_literal)
}

/// Whether a value begins with a literal.
fn is_literal(given: &str) -> bool {
    let given = given.trim().trim_start_matches(['>', ':']).trim_start();
    given.starts_with(['"', '\'', '`'])
        || words(given).next().is_some_and(|word| given.starts_with(word.text) && is_constant(word.text))
        || given.starts_with(|c: char| c.is_ascii_digit())
}

/// What stands behind the first `=` that gives a value: one that compares gives none.
fn assigned(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let near = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let gives = |at: &usize| {
        near(at.checked_sub(1)) != b'=' && near(Some(at + 1)) != b'=' && !matches!(near(at.checked_sub(1)), b'!' | b'<' | b'>')
    };
    let at = text.match_indices('=').map(|(at, _)| at).find(gives)?;
    text.get(at + 1..)
}

/// Lines above in the same function, the nearest first.
fn above<'l>(lines: &'l Lines, at: usize) -> impl Iterator<Item = usize> + 'l {
    let depth = lines.depth(at);
    (0..at).rev().take(FALLBACK).filter(move |line| !lines.is_blank(*line) && lines.depth(*line) <= depth)
}

/// Lines below in the same function, where a look-up may take the place of what stands here.
fn below<'l>(lines: &'l Lines, at: usize) -> impl Iterator<Item = usize> + 'l {
    let depth = lines.depth(at);
    let inside = move |line: &usize| lines.is_blank(*line) || lines.depth(*line) >= depth;
    (at + 1..lines.all.len()).take(FALLBACK).take_while(inside).filter(move |line| lines.depth(*line) == depth)
}

/// Whether a line looks something up outside of the program.
fn asks(line: &str) -> bool {
    ["env", "Env", "ENV", "getProperty"].iter().any(|word| line.contains(word))
}

/// Where the function around a line is named as what gives a default: `#[serde(default = "name")]`, and the member below.
fn takers(lines: &Lines, at: usize) -> Vec<usize> {
    let Some(head) = lines.above(at).next().or(Some(at)).map(|head| lines.get(head)) else { return Vec::new() };
    let Some((_, rest)) = head.split_once("fn ") else { return Vec::new() };
    let Some(name) = words(rest).next() else { return Vec::new() };
    let quoted = format!("\"{}\"", name.text);
    let named = lines.with(std::iter::once(quoted.as_str())).into_iter().filter(|line| lines.get(*line).contains("default"));
    named.flat_map(|line| lines.statement(line)).collect()
}
