//! Helm's `{{ .Values.x | default "d" | quote }}` and Jinja's `{{ x | default('d') }}`.

use super::parts::{Part, either, join};
use super::{DEPTH, LONGEST, Resolved, typed};
use crate::read::tree::template;
use crate::value::{Mark, Value};

/// What a text with template actions comes to; nothing when it holds none. What is not quoted by the template itself is typed.
#[must_use]
pub fn resolve(text: &str) -> Option<Resolved> {
    if text.len() > LONGEST {
        return template::suspected(text).then(Resolved::reference);
    }
    let actions = template::actions(text);
    if actions.is_empty() {
        return None;
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    for action in &actions {
        let range = action.range();
        pieces.push(Piece::Literal(text.get(at..range.start).unwrap_or("")));
        pieces.push(Piece::Action(inside(action.of(text))));
        at = range.end;
    }
    pieces.push(Piece::Literal(text.get(at..).unwrap_or("")));
    Some(conditional(&pieces).unwrap_or_else(|| sequence(&pieces)).resolved())
}

enum Piece<'t> {
    Literal(&'t str),
    Action(&'t str),
}

/// The words of an action without its braces.
fn inside(action: &str) -> &str {
    let inner = action.get(2..action.len().saturating_sub(2)).unwrap_or("");
    inner.trim_start_matches('-').trim_end_matches('-').trim()
}

fn sequence(pieces: &[Piece<'_>]) -> Part {
    let mut parts = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let part = match piece {
            Piece::Literal("") => continue,
            Piece::Literal(text) => Part::text(text),
            Piece::Action(comment) if comment.starts_with("/*") => Part::text(""),
            Piece::Action(action) => pipeline(action, 0),
        };
        // whatever stands beside it, the whole is not known
        if part == Part::reference() {
            return part;
        }
        parts.push(part);
    }
    if parts.iter().all(|part| *part == Part::text("")) { Part::text("") } else { join(parts) }
}

/// `{{ if .x }}a{{ else }}b{{ end }}` as a whole text.
fn conditional(pieces: &[Piece<'_>]) -> Option<Part> {
    let word = |piece: &Piece<'_>, words: &[&str]| match piece {
        Piece::Action(action) => words.contains(&action.split_whitespace().next().unwrap_or("")),
        Piece::Literal(_) => false,
    };
    let [Piece::Literal(before), start, inner @ .., end, Piece::Literal(after)] = pieces else { return None };
    if !before.trim().is_empty() || !after.trim().is_empty() || !word(start, &["if", "with"]) || !word(end, &["end", "endif"]) {
        return None;
    }
    if inner.iter().any(|piece| word(piece, &["if", "with", "range", "for", "end", "endif", "endfor"])) {
        return None;
    }
    let mut values = Vec::new();
    let mut otherwise = false;
    for branch in inner.split(|piece| {
        let splits = word(piece, &["else", "elif"]);
        otherwise |= matches!(piece, Piece::Action("else"));
        splits
    }) {
        let Part::Known(found) = sequence(branch) else { return Some(Part::reference()) };
        let typed = found.into_iter().map(|value| if let Value::Text(text) = value { literal_text(text.trim()) } else { value });
        values = either(values, typed.collect());
    }
    if !otherwise {
        values = either(values, vec![Value::text("")]);
    }
    Some(Part::Known(values))
}

/// What a branch writes into the file: with quotes it is text, without it has a type.
fn literal_text(text: &str) -> Value {
    let bare = super::parts::unquoted(text);
    if bare.len() == text.len() { typed(text) } else { Value::text(bare) }
}

/// `.Values.x | default "d" | quote`: each command takes what the one before gave as its last argument.
fn pipeline(text: &str, depth: usize) -> Part {
    if depth > DEPTH || only_refers(text) {
        return Part::reference();
    }
    let Some(commands) = words(text) else { return Part::reference() };
    let mut piped: Option<Part> = None;
    for command in commands.split(|word| *word == "|") {
        piped = Some(run(command, piped, depth));
    }
    piped.unwrap_or(Part::reference())
}

/// Whether an action names something from elsewhere and nothing behind it could give a value: most actions of charts do, and need not be
/// taken apart.
fn only_refers(text: &str) -> bool {
    let mut commands = text.split('|');
    let first = commands.next().unwrap_or("").trim_end();
    // `.5` and `.inf` are numbers
    let path = first.len() > 5
        && first.starts_with(['.', '$'])
        && first.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$'));
    let path = path && first.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic);
    let gives = |command: &str| {
        let word = command.trim_start().split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        matches!(word, "default" | "d" | "required" | "mandatory" | "coalesce" | "or" | "ternary" | "not")
    };
    (path || first.starts_with("include ")) && !commands.any(gives)
}

fn run(command: &[&str], piped: Option<Part>, depth: usize) -> Part {
    let Some((name, arguments)) = command.split_first() else { return Part::reference() };
    if let Some((name, inner)) = called(name) {
        return jinja(name, inner, piped, depth);
    }
    let mut values: Vec<Part> = arguments.iter().map(|word| value(word, depth)).collect();
    if piped.is_none() && values.is_empty() {
        return value(name, depth);
    }
    // Jinja's `'a' if c else 'b'` and `x or 'd'`
    match arguments {
        ["if", .., "else", other] => return both(value(name, depth), value(other, depth)),
        ["or", .., last] => return value(last, depth),
        _ => {}
    }
    values.extend(piped);
    apply(name, values)
}

fn both(left: Part, right: Part) -> Part {
    match (left, right) {
        (Part::Known(left), Part::Known(right)) => Part::Known(either(left, right)),
        _ => Part::reference(),
    }
}

/// A function of Sprig or Helm, or a filter of Jinja without arguments.
fn apply(name: &str, mut values: Vec<Part>) -> Part {
    let last = values.pop();
    let known = |part: Option<Part>| part.unwrap_or(Part::reference());
    match (name, values.as_slice()) {
        ("required", _) => match last {
            Some(part @ Part::Known(_)) => part,
            _ => Part::Open(Mark::Required),
        },
        ("default", [default]) => match known(last) {
            given @ Part::Known(_) if !is_empty(&given) => given,
            _ => default.clone(),
        },
        ("coalesce" | "or", _) => {
            values.extend(last);
            values.into_iter().find(|part| matches!(part, Part::Known(_)) && !is_empty(part)).unwrap_or(Part::reference())
        }
        ("ternary", [yes, no]) => both(yes.clone(), no.clone()),
        ("quote" | "squote" | "toString" | "string" | "to_json" | "toJson", []) => each(known(last), |value| Value::text(value.display())),
        ("trim", []) => each(known(last), |value| map_text(value, |text| text.trim().into())),
        ("upper", []) => each(known(last), |value| Value::text(value.display().to_uppercase())),
        ("lower", []) => each(known(last), |value| Value::text(value.display().to_lowercase())),
        ("int" | "int64" | "float64" | "bool" | "float", []) => each(known(last), |value| typed(&value.display())),
        ("toYaml", []) => each(known(last), |value| typed(&value.display())),
        ("not", []) => Part::Known(vec![Value::Bool(true), Value::Bool(false)]),
        _ => Part::reference(),
    }
}

fn each(part: Part, change: impl Fn(Value) -> Value) -> Part {
    match part {
        Part::Known(values) => Part::Known(values.into_iter().map(change).collect()),
        open @ Part::Open(_) => open,
    }
}

fn map_text(value: Value, change: impl Fn(&str) -> String) -> Value {
    if let Value::Text(text) = value { Value::text(change(&text)) } else { value }
}

/// What `default` replaces.
fn is_empty(part: &Part) -> bool {
    let Part::Known(values) = part else { return true };
    values.iter().all(|value| match value {
        Value::Null | Value::Bool(false) | Value::Int(0) => true,
        Value::Text(text) => text.is_empty(),
        _ => false,
    })
}

/// A literal, a group in parentheses, or a reference.
fn value(word: &str, depth: usize) -> Part {
    if let Some(group) = word.strip_prefix('(') {
        return group.strip_suffix(')').map_or(Part::reference(), |group| pipeline(group, depth + 1));
    }
    if let Some((name, inner)) = called(word) {
        return jinja(name, inner, None, depth);
    }
    for quote in ['"', '`', '\''] {
        if let Some(text) = word.strip_prefix(quote) {
            let Some(text) = text.strip_suffix(quote) else { return Part::reference() };
            let text = if quote == '`' { text.into() } else { unescaped(text) };
            // what a template writes without quotes is typed by the YAML it makes
            return Part::one(typed(&text));
        }
    }
    match typed(word) {
        Value::Text(_) => match word {
            "True" | "False" => Part::one(Value::Bool(word == "True")),
            _ => Part::reference(),
        },
        value => Part::one(value),
    }
}

fn unescaped(text: &str) -> String {
    text.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\")
}

/// `default('d')` as its name and what stands in the parentheses.
fn called(word: &str) -> Option<(&str, &str)> {
    let (name, inner) = word.strip_suffix(')')?.split_once('(')?;
    (!name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))).then_some((name, inner))
}

fn jinja(name: &str, inner: &str, piped: Option<Part>, depth: usize) -> Part {
    if depth > DEPTH {
        return Part::reference();
    }
    let first = inner.split_once(',').filter(|_| !inner.starts_with(['"', '\''])).map_or(inner, |(first, _)| first).trim();
    let first = quoted(first).unwrap_or(first);
    match name {
        "default" | "d" => match piped {
            Some(given @ Part::Known(_)) => given,
            _ => value(first, depth + 1),
        },
        // `ternary('a', 'b')` of Ansible
        "ternary" => match words(inner).as_deref() {
            Some([yes, no]) => both(value(yes.trim_end_matches(','), depth + 1), value(no, depth + 1)),
            _ => Part::reference(),
        },
        "mandatory" => Part::Open(Mark::Required),
        _ => Part::reference(),
    }
}

/// The quoted text at the start, quotes included.
fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let end = text.get(1..)?.find(quote)?;
    text.get(..end + 2)
}

/// The words of a pipeline: quoted texts and groups in parentheses are one word each, `|` stands alone.
/// Nothing when a quote or a parenthesis does not end.
fn words(text: &str) -> Option<Vec<&str>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut open = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if let Some(end) = quote {
            if escaped {
                escaped = false;
            } else if c == '\\' && end != '`' {
                escaped = true;
            } else if c == end {
                quote = None;
            }
            continue;
        }
        let ends = open == 0 && (c.is_whitespace() || c == '|');
        if ends {
            if let Some(start) = start.take() {
                words.push(text.get(start..at)?);
            }
            if c == '|' {
                words.push("|");
            }
            continue;
        }
        start.get_or_insert(at);
        match c {
            '"' | '`' | '\'' => quote = Some(c),
            '(' => open += 1,
            ')' => open = open.checked_sub(1)?,
            _ => {}
        }
    }
    if quote.is_some() || open > 0 {
        return None;
    }
    words.extend(start.and_then(|start| text.get(start..)));
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Outcome;

    fn value(text: &str) -> Outcome {
        resolve(text).expect("an expression").value
    }

    #[test]
    fn a_default_is_the_value() {
        for text in [
            "{{ default \"d\" .Values.x }}",
            "{{ .Values.x | default \"d\" | quote }}",
            "{{- .Values.x | default `d` -}}",
            "{{ default (default \"d\" .Values.b) .Values.a }}",
            "{{ .Values.a | default (.Values.b | default \"d\") }}",
            "{{ coalesce .Values.a .Values.b \"d\" }}",
            "{{ or .Values.a \"d\" }}",
            "{{ x | default('d') }}",
            "{{ x | default('d', true) | lower }}",
            "{{ x or 'd' }}",
            "{{ include \"x\" . | default \"d\" }}",
            "{{ .Values.x | d('d') }}",
            "{{ \"d\" }}",
        ] {
            assert_eq!(value(text), Outcome::text("d"), "{text}");
        }
        assert_eq!(value("a-{{ .x | default \"b|}}c\" }}"), Outcome::text("a-b|}}c"));
    }

    #[test]
    fn what_the_template_does_not_quote_is_typed() {
        assert_eq!(value("{{ .x | default \"false\" }}"), Outcome::One(Value::Bool(false)));
        assert_eq!(value("{{ .x | default false | quote }}"), Outcome::text("false"));
        assert_eq!(value("{{ .x | default 3 }}"), Outcome::One(Value::Int(3)));
        assert_eq!(value("{{ .500000 }}"), Outcome::One(Value::Float(0.5)));
        assert_eq!(value("{{ .Values.x | quote }}"), Outcome::Unread);
        assert_eq!(value("{{ x | default(True) }}"), Outcome::One(Value::Bool(true)));
    }

    #[test]
    fn a_choice_gives_both_values() {
        let both = Outcome::AnyOf(vec![Value::Bool(true), Value::Bool(false)]);
        assert_eq!(value("{{ if .x }}true{{ else }}false{{ end }}"), both);
        assert_eq!(value("{% if x %}true{% else %}false{% endif %}"), both);
        assert_eq!(value("{{ ternary true false .Values.x }}"), both);
        assert_eq!(value("{{ .Values.x | ternary true false }}"), both);
        assert_eq!(value("{{ 'a' if c else 'b' }}"), Outcome::AnyOf(vec![Value::text("a"), Value::text("b")]));
        assert_eq!(value("{{ if .x }}\"1\"{{ end }}"), Outcome::AnyOf(vec![Value::text("1"), Value::text("")]));
    }

    #[test]
    fn the_rest_comes_from_elsewhere() {
        for text in [
            "{{ .Values.x }}",
            "{{ .Values.x | quote }}",
            "a{{ include \"n\" . }}",
            "{{ .x | b64enc }}",
            "{{ }}",
            "{{ ( }}",
            "{{ default .a .b }}",
        ] {
            assert_eq!(resolve(text), Some(Resolved::reference()), "{text}");
        }
        for text in ["{{ required \"set x\" .Values.x }}", "{{ .Values.x | required \"m\" | quote }}"] {
            assert_eq!(resolve(text), Some(Resolved::required()), "{text}");
        }
        assert_eq!(resolve("a ${{ x }}"), None);
    }
}
