//! What a line of a log calls the value that it shows: `User message: {data}` says more of it than the name `data` does.
//! Such a value has a second path, `said.user_message`.

use super::paths::snake;

/// Where another value stands in the text before one.
pub const HOLE: char = '|';

/// Before the words of a label in a path.
const SAID: &str = "said";

/// Words of one label that count: the last ones.
const WORDS: usize = 2;

/// How far back from its end a label is looked for, in bytes: what is longer is no label.
const REACH: usize = 96;

/// Values of one literal that get a name from it; a text with more of them is a table.
const HOLES: usize = 16;

/// Parts of names of values that stand for another one or tell something about it, and do not show it.
const ABOUT: &[&str] = &[
    "id",
    "ids",
    "uuid",
    "name",
    "names",
    "type",
    "types",
    "kind",
    "path",
    "paths",
    "file",
    "files",
    "filename",
    "dir",
    "folder",
    "url",
    "uri",
    "len",
    "length",
    "count",
    "counts",
    "num",
    "number",
    "size",
    "total",
    "index",
    "idx",
    "i",
    "n",
    "time",
    "duration",
    "elapsed",
    "ms",
    "seconds",
    "cost",
    "score",
    "rate",
    "percent",
    "usage",
    "tokens",
    "status",
    "code",
    "state",
    "mode",
    "model",
    "version",
    "hash",
    "digest",
    "masked",
    "redacted",
    "sanitized",
    "safe",
    "hidden",
    "truncated",
    "preview",
    "err",
    "error",
    "e",
    "ex",
    "exc",
    "exception",
    "reason",
    "enabled",
    "flag",
    "limit",
    "max",
    "min",
    "key",
    "keys",
    "level",
    "width",
    "height",
    "shape",
    "config",
    "format",
    "class",
    "settings",
    "template",
    "language",
    "lang",
    "timestamp",
    "date",
    "step",
    "steps",
    "port",
    "host",
    "stats",
    "queue",
    "role",
];

/// What a program calls the error that it caught.
const ERRORS: &[&str] = &["err", "error", "e", "ex", "exc", "exception"];

/// How a line says that something came or went: `Received a message from {client}: {message}`.
const MOVED: &[(&str, &str)] = &[
    ("received", "received"),
    ("receiving", "received"),
    ("recv", "received"),
    ("got", "received"),
    ("incoming", "received"),
    ("sending", "sent"),
    ("sent", "sent"),
];

/// The path of a value that a text shows after `before`, by what the text calls it; nothing when it is called nothing, or when the
/// value's own path says that it is about something else. [`HOLE`] stands for values that the text shows before this one.
pub fn path(before: &str, value: &str) -> Option<String> {
    let last = value.rsplit('.').next().unwrap_or(value);
    // `Error fetching api key: {error.message}` shows no key
    if last.split('_').any(|part| ABOUT.contains(&part)) || value.split('.').any(|step| ERRORS.contains(&step)) {
        return None;
    }
    moved(before, last).or_else(|| label(before)).map(|words| format!("{SAID}.{words}"))
}

/// What a literal says before each value that it takes from the arguments behind it: `a %s, b: %v` gives `a `, `a |, b: `. Without a
/// place for a value, the next argument comes behind the whole.
pub fn befores(literal: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut before = String::new();
    let mut rest = literal.trim_matches(['"', '\'', '`']);
    while all.len() < HOLES
        && let Some(at) = rest.find(['%', '{'])
    {
        before.push_str(rest.get(..at).unwrap_or(""));
        let hole = rest.get(at..).unwrap_or("");
        let length = if hole.starts_with('{') {
            hole.find('}').map(|end| end + 1)
        } else {
            hole.find(|c: char| c.is_ascii_alphabetic()).map(|end| end + 1)
        };
        let Some(length) = length else { break };
        all.push(before.clone());
        before.push(HOLE);
        rest = hole.get(length..).unwrap_or("");
    }
    if all.is_empty() {
        all.push(literal.trim_matches(['"', '\'', '`']).to_owned());
    }
    all
}

/// The last words of a text that ends as a label does: `User message: `, `prompt=`, `rewrote prompt -> `.
fn label(text: &str) -> Option<String> {
    let open = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '\\' | '[' | '(' | '<' | '\u{1b}');
    // a line break may stand as it is written in the code
    let mut text = text.trim_end_matches(open);
    while let Some(rest) = text.strip_suffix("\\n").or_else(|| text.strip_suffix("\\n\\")) {
        text = rest.trim_end_matches(open);
    }
    let text = text.strip_suffix("->").or_else(|| text.strip_suffix("=>")).or_else(|| text.strip_suffix([':', '=']))?;
    let words = words_at_end(text.trim_end());
    (!words.is_empty()).then_some(words)
}

fn words_at_end(text: &str) -> String {
    let tail = (text.len().saturating_sub(REACH)..).find_map(|from| text.get(from..));
    let text = tail.unwrap_or(text);
    let from = text
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-')))
        .map_or(0, |at| at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let run: Vec<&str> = text.get(from..).unwrap_or("").split_whitespace().collect();
    let kept = run.get(run.len().saturating_sub(WORDS)..).unwrap_or(&run);
    kept.iter().map(|word| snake(word)).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

/// `received_message` of a text that begins with what happened to the value that it ends with.
fn moved(text: &str, last: &str) -> Option<String> {
    if !text.trim_end_matches([' ', '"', '\'', '`']).ends_with([':', '=']) {
        return None;
    }
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase);
    let first = words.next()?;
    let said = MOVED.iter().find_map(|(verb, said)| (*verb == first).then_some(*said))?;
    let thing = words.find(|word| !matches!(word.as_str(), "a" | "an" | "the" | "new" | "user" | "raw" | "this"))?;
    let same = thing == last || matches!(last, "data" | "msg" | "message" | "payload" | "body" | "content" | "text");
    same.then(|| format!("{said}_{thing}"))
}

/// The paths that a line of code may give, known without parsing it.
pub fn of_line(line: &str) -> impl Iterator<Item = String> + '_ {
    let ends = line.match_indices([':', '=', '-']).filter_map(|(at, _)| {
        let words = words_at_end(line.get(..at)?.trim_end());
        (!words.is_empty()).then(|| format!("{SAID}.{words}"))
    });
    let lower = line.to_ascii_lowercase();
    let moved = MOVED.iter().filter(move |(verb, _)| lower.contains(verb)).flat_map(|(_, said)| {
        ["message", "messages", "prompt", "query", "question", "input"].map(|thing| format!("{SAID}.{said}_{thing}"))
    });
    ends.chain(moved)
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn a_value_has_the_name_that_its_text_gives() {
        for (before, value, expected) in [
            ("User message: ", "data", Some("said.user_message")),
            ("SOCKET | MESSAGE: ", "content", Some("said.message")),
            ("prompt=", "text", Some("said.prompt")),
            ("the final prompt:\\n", "p", Some("said.final_prompt")),
            ("ERNIE rewrote prompt -> ", "enhanced", Some("said.rewrote_prompt")),
            ("Received a message from |: ", "message", Some("said.received_message")),
            ("Received message from |: ", "outcome", None),
            ("asked ", "data", None),
            ("Prompt: ", "prompt_id", None),
            ("Answer: ", "usage.total_tokens", None),
            ("Error fetching api key: ", "error.message", None),
        ] {
            assert_eq!(path(before, value).as_deref(), expected, "{before}");
        }
    }

    #[test]
    fn places_for_values_have_what_stands_before_them() {
        assert_eq!(super::befores("'a %s, b: %5.2f'"), ["a ", "a |, b: "]);
        assert_eq!(super::befores("\"user {} said {:?}\""), ["user ", "user | said "]);
        assert_eq!(super::befores("'Prompt:'"), ["Prompt:"]);
        assert_eq!(super::befores("'100%'"), ["100%"]);
    }

    #[test]
    fn a_line_tells_which_names_it_may_give() {
        for (line, path) in [
            ("logger.info(f\"User message: {data}\")", "said.user_message"),
            ("log.Printf(\"got %s -> %s\", a, b)", "said.received_message"),
            ("print('the prompt', prompt, sep=', ')", "said.sep"),
        ] {
            assert!(super::of_line(line).any(|known| known == path), "{path} is not in {line}");
        }
    }
}
