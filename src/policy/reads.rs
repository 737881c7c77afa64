//! How text becomes a switch: the shared names of `reads` as one table, and the reading itself.

use super::file::{Reads, ReadsEmpty, ReadsOtherwise, ReadsTable, TextCase};
use crate::value::Value;

/// What a value means as a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switched {
    /// On.
    Enabled,
    /// Off.
    Disabled,
    /// Neither: the product refuses it, or it is no switch.
    Unread,
    /// As if nothing were written.
    NotWritten,
}

/// A way to read text as a switch.
#[derive(Clone, Copy, Debug)]
struct Reader<'a, T> {
    enabled: &'a [T],
    disabled: &'a [T],
    case: TextCase,
    otherwise: ReadsOtherwise,
    empty: ReadsEmpty,
}

/// A shared name.
#[derive(Debug)]
struct Named {
    name: &'static str,
    reader: Reader<'static, &'static str>,
    /// Where this reading was seen.
    source: &'static str,
}

const fn named(
    name: &'static str,
    (enabled, disabled): (&'static [&'static str], &'static [&'static str]),
    case: TextCase,
    otherwise: ReadsOtherwise,
    source: &'static str,
) -> Named {
    Named { name, reader: Reader { enabled, disabled, case, otherwise, empty: ReadsEmpty::Unset }, source }
}

const PRESENCE: &str = "presence";

/// The shared names, the default first.
const NAMED: [Named; 10] = [
    named(
        "native",
        (&["1", "true", "yes", "on"], &["0", "false", "no", "off"]),
        TextCase::Any,
        ReadsOtherwise::Error,
        "words that YAML 1.1, INI readers and most products share; anything else asks",
    ),
    named(
        "pydantic",
        (&["1", "true", "t", "yes", "y", "on"], &["0", "false", "f", "no", "n", "off"]),
        TextCase::Any,
        ReadsOtherwise::Error,
        "pydantic-core:src/input/shared.rs, str_as_bool",
    ),
    Named {
        name: PRESENCE,
        reader: Reader {
            enabled: &[],
            disabled: &[],
            case: TextCase::Exact,
            otherwise: ReadsOtherwise::Enabled,
            empty: ReadsEmpty::Enabled,
        },
        source: "git/git:http.c, getenv(\"GIT_SSL_NO_VERIFY\"); dagster",
    },
    named("nonempty", (&[], &[]), TextCase::Exact, ReadsOtherwise::Enabled, "next:dist/telemetry/storage.js; unstructured; MCP inspector"),
    named(
        "huggingface",
        (&["1", "on", "yes", "true"], &[]),
        TextCase::Any,
        ReadsOtherwise::Disabled,
        "huggingface_hub:huggingface_hub/constants.py, ENV_VARS_TRUE_VALUES",
    ),
    named(
        "go-bool",
        (&["1", "t", "T", "true", "TRUE", "True"], &["0", "f", "F", "false", "FALSE", "False"]),
        TextCase::Exact,
        ReadsOtherwise::Enabled,
        "Go strconv.ParseBool; ollama/ollama:envconfig/config.go takes an unparsable text for true",
    ),
    named(
        "true-any-case",
        (&["true"], &[]),
        TextCase::Any,
        ReadsOtherwise::Disabled,
        "Open WebUI, LibreChat, LiteLLM: value.lower() == \"true\"",
    ),
    named("true-lower", (&["true"], &[]), TextCase::Exact, ReadsOtherwise::Disabled, "LangSmith, AnythingLLM, AutoGen: value == \"true\""),
    named("zero-disables", (&[], &["0"]), TextCase::Exact, ReadsOtherwise::Enabled, "any text but `0` switches on"),
    named(
        "strict-true-false",
        (&["true"], &["false"]),
        TextCase::Any,
        ReadsOtherwise::Error,
        "Phoenix, OpenInference: anything else stops the start",
    ),
];

/// The shared names and where each reading was seen, in the order of the table.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMED.iter().map(|named| (named.name, named.source))
}

/// Whether a shared name is known and an own table is not contradictory.
///
/// # Errors
/// Says what is wrong, and which names there are.
pub fn check(reads: &Reads) -> Result<(), String> {
    match reads {
        Reads::Named(name) if find(name).is_none() => {
            let known = names().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
            Err(format!("`reads: {name}` is unknown; write one of {known}, or a table with `enabled` and `disabled`"))
        }
        Reads::Named(_) => Ok(()),
        Reads::Table(table) => {
            let clash = table.enabled.0.iter().find(|word| contains(&table.disabled.0, word, table.case));
            clash.map_or(Ok(()), |word| Err(format!("`reads` says that `{word}` enables and disables")))
        }
    }
}

/// Whether any written value enables, also one that cannot be read.
#[must_use]
pub fn presence_is_enough(reads: Option<&Reads>) -> bool {
    matches!(reads, Some(Reads::Named(name)) if name == PRESENCE)
}

/// Reads a value as a switch; `native` when `reads` is absent. With `is_env` a typed value counts by its text, as the process sees it.
#[must_use]
pub fn read(reads: Option<&Reads>, value: &Value, is_env: bool) -> Switched {
    if presence_is_enough(reads) {
        return if *value == Value::Null { Switched::NotWritten } else { Switched::Enabled };
    }
    match value {
        Value::Null => Switched::NotWritten,
        Value::List(_) | Value::Map => Switched::Unread,
        Value::Text(text) => read_text(reads, text),
        Value::Bool(true) | Value::Int(1) if !is_env => Switched::Enabled,
        Value::Bool(false) | Value::Int(0) if !is_env => Switched::Disabled,
        typed => read_text(reads, &typed.display()),
    }
}

fn read_text(reads: Option<&Reads>, text: &str) -> Switched {
    match reads {
        None => NAMED.first().map_or(Switched::Unread, |native| native.reader.read(text)),
        Some(Reads::Named(name)) => find(name).map_or(Switched::Unread, |named| named.reader.read(text)),
        Some(Reads::Table(table)) => own(table).read(text),
    }
}

fn find(name: &str) -> Option<&'static Named> {
    NAMED.iter().find(|named| named.name == name)
}

/// An own table; what is not listed is the opposite of what is.
fn own(table: &ReadsTable) -> Reader<'_, String> {
    let otherwise = table.otherwise.unwrap_or(match (table.enabled.0.is_empty(), table.disabled.0.is_empty()) {
        (false, true) => ReadsOtherwise::Disabled,
        (true, false) => ReadsOtherwise::Enabled,
        _ => ReadsOtherwise::Error,
    });
    Reader { enabled: &table.enabled.0, disabled: &table.disabled.0, case: table.case, otherwise, empty: table.empty }
}

impl<T: AsRef<str>> Reader<'_, T> {
    fn read(&self, text: &str) -> Switched {
        if contains(self.enabled, text, self.case) {
            return Switched::Enabled;
        }
        if contains(self.disabled, text, self.case) {
            return Switched::Disabled;
        }
        if text.is_empty() {
            return match self.empty {
                ReadsEmpty::Unset => Switched::NotWritten,
                ReadsEmpty::Enabled => Switched::Enabled,
                ReadsEmpty::Disabled => Switched::Disabled,
            };
        }
        match self.otherwise {
            ReadsOtherwise::Enabled => Switched::Enabled,
            ReadsOtherwise::Disabled => Switched::Disabled,
            ReadsOtherwise::Error => Switched::Unread,
        }
    }
}

fn contains<T: AsRef<str>>(words: &[T], text: &str, case: TextCase) -> bool {
    words.iter().any(|word| match case {
        TextCase::Exact => word.as_ref() == text,
        TextCase::Any => word.as_ref().eq_ignore_ascii_case(text),
    })
}

#[cfg(test)]
mod tests {
    use super::Switched::{Disabled as Off, Enabled as On, NotWritten as Unset, Unread as Ask};
    use super::*;

    fn named(name: &str) -> Reads {
        Reads::Named(name.into())
    }

    fn env(reads: &Reads, text: &str) -> Switched {
        read(Some(reads), &Value::text(text), true)
    }

    /// POLICIES.md 1.3 and the first section of the serving notes, text by text.
    #[test]
    fn the_same_text_means_different_things_to_different_products() {
        let texts = ["1", "true", "True", "TRUE", "yes", "on", "t", "y", "0", "false", "FALSE", "no", "off", "2", "random", ""];
        let rows = [
            ("native", [On, On, On, On, On, On, Ask, Ask, Off, Off, Off, Off, Off, Ask, Ask, Unset]),
            ("pydantic", [On, On, On, On, On, On, On, On, Off, Off, Off, Off, Off, Ask, Ask, Unset]),
            ("presence", [On; 16]),
            ("nonempty", [On, On, On, On, On, On, On, On, On, On, On, On, On, On, On, Unset]),
            ("huggingface", [On, On, On, On, On, On, Off, Off, Off, Off, Off, Off, Off, Off, Off, Unset]),
            ("go-bool", [On, On, On, On, On, On, On, On, Off, Off, Off, On, On, On, On, Unset]),
            ("true-any-case", [Off, On, On, On, Off, Off, Off, Off, Off, Off, Off, Off, Off, Off, Off, Unset]),
            ("true-lower", [Off, On, Off, Off, Off, Off, Off, Off, Off, Off, Off, Off, Off, Off, Off, Unset]),
            ("zero-disables", [On, On, On, On, On, On, On, On, Off, On, On, On, On, On, On, Unset]),
            ("strict-true-false", [Ask, On, On, On, Ask, Ask, Ask, Ask, Ask, Off, Off, Ask, Ask, Ask, Ask, Unset]),
        ];
        for (name, expected) in rows {
            for (text, expected) in texts.iter().zip(expected) {
                assert_eq!(env(&named(name), text), expected, "{name}: {text:?}");
            }
        }
        assert_eq!(rows.len(), names().count());
    }

    #[test]
    fn go_reads_exactly_its_own_spellings() {
        assert_eq!(env(&named("go-bool"), "F"), Off);
        assert_eq!(env(&named("go-bool"), "fAlse"), On, "unparsable text is true to Ollama");
    }

    #[test]
    fn an_own_table_means_the_opposite_for_what_it_does_not_list() {
        let table = |enabled: &[&str], disabled: &[&str]| {
            let words = |list: &[&str]| crate::policy::file::Words(list.iter().map(ToString::to_string).collect());
            Reads::Table(ReadsTable { enabled: words(enabled), disabled: words(disabled), ..Default::default() })
        };
        let one = table(&["1"], &[]);
        assert_eq!([env(&one, "1"), env(&one, "true"), env(&one, "")], [On, Off, Unset], "vLLM's opt-out knows only `1`");
        let unless_false = table(&[], &["false"]);
        assert_eq!([env(&unless_false, "0"), env(&unless_false, "false")], [On, Off], "Langfuse stays on for `0`");
        let gradio = table(&["True"], &[]);
        assert_eq!(
            [env(&gradio, "True"), env(&gradio, "true"), env(&gradio, "1")],
            [On, Off, Off],
            "`true` switches Gradio's analytics off"
        );
        let strict = table(&["1"], &["0"]);
        assert_eq!(env(&strict, "true"), Ask, "Ray refuses to start");
        assert!(check(&table(&["1"], &["1"])).is_err());
    }

    #[test]
    fn typed_values_mean_themselves_in_files_and_are_text_in_environments() {
        let only_one = Reads::Table(ReadsTable { enabled: crate::policy::file::Words(vec!["1".into()]), ..Default::default() });
        assert_eq!(read(Some(&only_one), &Value::Bool(true), false), On);
        assert_eq!(read(Some(&only_one), &Value::Bool(true), true), Off);
        assert_eq!(read(Some(&only_one), &Value::Int(1), true), On);
        assert_eq!(read(Some(&named("true-lower")), &Value::Int(1), true), Off);
        assert_eq!(read(None, &Value::Int(0), false), Off);
        assert_eq!(read(None, &Value::Int(2), false), Ask);
        assert_eq!(read(Some(&named("presence")), &Value::Bool(false), false), On);
        assert_eq!(read(Some(&named("presence")), &Value::Map, false), On);
        assert_eq!(read(None, &Value::Map, false), Ask);
        assert_eq!(read(None, &Value::Null, true), Unset);
        assert_eq!(read(Some(&named("presence")), &Value::Null, true), Unset);
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        let message = check(&named("boolish")).unwrap_err();
        assert!(message.contains("boolish") && message.contains("go-bool"), "{message}");
        assert!(check(&named("native")).is_ok());
    }
}
