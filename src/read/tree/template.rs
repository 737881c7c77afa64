//! Reads around template actions (Helm, Jinja): replaces them by bytes of the same number that every YAML parser accepts.
//! Nothing is evaluated here; default expressions are the business of `read::expression`.

use memchr::memmem;

use crate::span::Span;

/// A text without its template actions, byte for byte as long as the original.
#[derive(Debug)]
pub struct Masked {
    /// The text to parse.
    pub text: String,
    /// Where actions stood, ascending.
    pub actions: Vec<Span>,
}

impl Masked {
    /// Whether an action lies in, or reaches into, a span, or stands right behind it.
    #[must_use]
    pub fn touches(&self, span: Span) -> bool {
        let after = self.actions.partition_point(|action| action.end <= span.start);
        self.actions.get(after).is_some_and(|action| action.start < span.end || (action.start == span.end && !span.is_empty()))
    }

    /// Whether the first thing from `offset` on, white space aside, is an action that may produce something.
    #[must_use]
    pub fn output_follows(&self, original: &str, offset: usize) -> bool {
        let Some(rest) = original.get(offset..) else { return false };
        let start = offset + (rest.len() - rest.trim_start().len());
        let at = self.actions.partition_point(|action| (action.start as usize) < start);
        let Some(action) = self.actions.get(at).filter(|action| action.start as usize == start) else { return false };
        !matches!(keyword(action.of(original)), "end" | "else" | "endif" | "endfor" | "elif" | "/*" | "{#")
    }
}

/// Whether `{{ ... }}` or `{% ... %}` stands in a text. GitHub's `${{ }}` is no template.
#[must_use]
pub fn suspected(text: &str) -> bool {
    let statement = || text.split_once("{%").is_some_and(|(_, rest)| rest.contains("%}"));
    memchr::memchr(b'{', text.as_bytes()).is_some() && (statement() || has_output(text))
}

fn has_output(text: &str) -> bool {
    let bytes = text.as_bytes();
    let doubled = |at: usize, brace: u8| bytes.get(at + 1) == Some(&brace);
    let mut from = 0;
    while let Some(at) = bytes.get(from..).and_then(|rest| memchr::memchr(b'{', rest)) {
        let open = from + at;
        if !doubled(open, b'{') {
            from = open + 1;
        } else if open > 0 && bytes.get(open - 1) == Some(&b'$') {
            from = open + 2;
        } else {
            let behind = bytes.get(open + 2..).unwrap_or_default();
            return memchr::memchr_iter(b'}', behind).any(|close| doubled(open + 2 + close, b'}'));
        }
    }
    false
}

/// Replaces every action: whole lines and leading control actions by blanks, the others by a word of the same length.
#[must_use]
pub fn mask(text: &str) -> Masked {
    let actions = actions(text);
    let mut bytes = text.as_bytes().to_vec();
    let mut at = 0;
    while let Some(first) = actions.get(at) {
        // the actions that share lines, from the first byte of the first line to the last of the last
        let from = line_start(text, first.start as usize);
        let mut to = line_end(text, first.end as usize);
        let mut next = at + 1;
        while let Some(action) = actions.get(next).filter(|action| (action.start as usize) < to) {
            if action.end as usize > to {
                to = line_end(text, action.end as usize);
            }
            next += 1;
        }
        let group = actions.get(at..next).unwrap_or_default();
        mask_line(text, &mut bytes, group, from, to);
        at = next;
    }
    for branch in dead(text, &actions) {
        bytes.get_mut(branch.range()).unwrap_or_default().fill(b'\n');
    }
    // actions start and end at ASCII braces, so what is left of the text stays valid
    Masked { text: String::from_utf8(bytes).unwrap_or_default(), actions }
}

/// The lines between `{{ if false }}` and its `else` or `end`: nobody gets what stands there.
fn dead(text: &str, actions: &[Span]) -> Vec<Span> {
    let mut found = Vec::new();
    // of each block that is open: where its lines begin, when nothing gets there
    let mut open: Vec<Option<usize>> = Vec::new();
    for action in actions {
        let written = action.of(text);
        let ends = |begun: Option<usize>, found: &mut Vec<Span>| {
            let (from, to) = (begun.unwrap_or(usize::MAX), line_start(text, action.start as usize));
            if from < to {
                found.push(Span::new(from, to));
            }
        };
        match keyword(written) {
            "if" | "with" | "range" | "for" | "define" | "block" | "macro" | "call" | "filter" => {
                let behind = line_end(text, action.end as usize);
                let alone = blank(text, action.end as usize, behind);
                open.push((alone && never(written)).then_some(behind + 1));
            }
            "else" | "elif" => {
                if let Some(begun) = open.last_mut() {
                    ends(begun.take(), &mut found);
                }
            }
            word if word == "end" || word.starts_with("end") => {
                if let Some(begun) = open.pop() {
                    ends(begun, &mut found);
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether an `if` asks for something that is never so.
fn never(action: &str) -> bool {
    let inner = action.trim_matches(['{', '}', '%', '-', '+', ' ']);
    let Some(condition) = inner.strip_prefix("if").map(str::trim) else { return false };
    let plain = condition.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(condition);
    let joined = plain.strip_prefix("and false").is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    matches!(plain.trim(), "false" | "False" | "0" | "nil" | "none" | "None" | "\"\"" | "''" | "not true" | "not True") || joined
}

fn mask_line(text: &str, bytes: &mut [u8], group: &[Span], from: usize, to: usize) {
    let mut alone = true;
    let mut at = from;
    for action in group {
        alone &= blank(text, at, action.start as usize);
        at = action.end as usize;
    }
    alone &= blank(text, at, to);
    if alone {
        // line breaks rather than spaces: at the start of a block scalar a long line of spaces would set its indentation
        bytes.get_mut(from..to).unwrap_or_default().fill(b'\n');
        return;
    }
    let leads = |at: usize, action: &Span| blank(text, at, action.start as usize) && is_control(action.of(text));
    let mut at = from;
    let leading = group.iter().take_while(|action| leads(std::mem::replace(&mut at, action.end as usize), action)).count();
    let (leading, others) = group.split_at_checked(leading).unwrap_or((group, &[]));
    if let (Some(first), Some(last)) = (leading.first(), leading.last()) {
        indent(text, bytes, from, first.start as usize, last.end as usize);
    }
    // what is put into a mapping or list that goes on below is no value by itself
    let joins = others.split_first().is_some_and(|(first, rest)| {
        let mut at = first.end as usize;
        let alone = rest.iter().all(|action| blank(text, std::mem::replace(&mut at, action.end as usize), action.start as usize));
        let key = text.get(from..first.start as usize).unwrap_or("");
        alone && blank(text, at, to) && key.trim_end().ends_with(':') && continues_below(text, key, to)
    });
    for (index, action) in others.iter().enumerate() {
        if joins {
            bytes.get_mut(action.range()).unwrap_or_default().fill(b' ');
            continue;
        }
        // what closes a leading action is no part of the value before it
        let closes =
            !leading.is_empty() && index + 1 == others.len() && is_control(action.of(text)) && blank(text, action.end as usize, to);
        bytes.get_mut(action.range()).unwrap_or_default().fill(if closes { b' ' } else { b'x' });
    }
}

/// Whether the next line that holds more than actions is a key or an item below `key`, which ends its line with a colon:
/// `labels: {{- include "x" . | nindent 4 }}`, then `    app: y`.
fn continues_below(text: &str, key: &str, from: usize) -> bool {
    let column = key.len() - key.trim_start_matches([' ', '-']).len();
    let mut lines = text.get(from..).unwrap_or("").lines().map(str::trim_end);
    let next = lines.find(|line| {
        let body = line.trim_start();
        let action = (body.starts_with("{{") && body.ends_with("}}")) || (body.starts_with("{%") && body.ends_with("%}"));
        !body.is_empty() && !body.starts_with('#') && !action
    });
    next.is_some_and(|line| {
        let body = line.trim_start();
        let indent = line.len() - body.len();
        let item = body.starts_with("- ");
        let entry = body.ends_with(':') || body.contains(": ");
        (indent > column && (item || entry)) || (indent == column && item)
    })
}

/// Takes the actions at the start of a line away, so that what follows them stands at the line's own indentation.
fn indent(text: &str, bytes: &mut [u8], from: usize, first: usize, last: usize) {
    let behind = text.get(last..).unwrap_or("");
    let content = last + (behind.len() - behind.trim_start_matches([' ', '\t']).len());
    let breaks = from..content - (first - from).min(content);
    for (byte, filler) in
        bytes.get_mut(from..content).unwrap_or_default().iter_mut().zip(breaks.map(|_| b'\n').chain(std::iter::repeat(b' ')))
    {
        *byte = filler;
    }
}

fn blank(text: &str, from: usize, to: usize) -> bool {
    text.get(from..to).is_some_and(|between| between.trim().is_empty())
}

fn line_start(text: &str, at: usize) -> usize {
    text.as_bytes().get(..at).and_then(|before| memchr::memrchr(b'\n', before)).map_or(0, |newline| newline + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    text.as_bytes().get(at..).and_then(|after| memchr::memchr(b'\n', after)).map_or(text.len(), |newline| at + newline)
}

/// The first word of an action: `{{- if .x }}` is `if`.
fn keyword(action: &str) -> &str {
    if action.starts_with("{#") {
        return "{#";
    }
    let inner = action.trim_start_matches(['{', '%', '-', '+']).trim_start();
    if inner.starts_with("/*") {
        return "/*";
    }
    inner.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or("")
}

fn is_control(action: &str) -> bool {
    if action.starts_with("{%") || action.starts_with("{#") {
        return true;
    }
    let assigns = action.trim_start_matches(['{', '-']).trim_start().starts_with('$') && (action.contains(":=") || action.contains(" = "));
    assigns || matches!(keyword(action), "if" | "else" | "end" | "range" | "with" | "define" | "block" | "break" | "continue" | "/*")
}

/// All actions of a text, in order. One that does not end, or in which another one begins, is none.
#[must_use]
pub fn actions(text: &str) -> Vec<Span> {
    if memchr::memchr(b'{', text.as_bytes()).is_none() {
        return Vec::new();
    }
    let bytes = text.as_bytes();
    let last = Last::new(bytes);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = bytes.get(at..).and_then(|rest| memchr::memchr(b'{', rest)).map(|open| at + open) {
        let (closing, final_one) = match bytes.get(open + 1) {
            Some(b'{') if open == 0 || bytes.get(open - 1) != Some(&b'$') => ("}}", last.braces),
            Some(b'%') => ("%}", last.percent),
            Some(b'#') if last.jinja => ("#}", last.hash),
            Some(b'{') => {
                at = open + 2;
                continue;
            }
            _ => {
                at = open + 1;
                continue;
            }
        };
        let end = if open < final_one { end_of(text, open + 2, closing, last.comment) } else { None };
        match end {
            Some(end) => {
                found.push(Span::new(open, end));
                at = end;
            }
            None => at = open + 2,
        }
    }
    found
}

/// Where the last of each closing stands: without it a text of nothing but openings would be searched again and again.
struct Last {
    braces: usize,
    percent: usize,
    hash: usize,
    comment: usize,
    /// There is a statement of Jinja.
    jinja: bool,
}

impl Last {
    fn new(bytes: &[u8]) -> Self {
        // few texts have a percent sign, a hash behind nothing but text, or a star
        let of = |first: u8, second: u8| {
            let mut ends = memchr::memrchr_iter(first, bytes);
            ends.find(|at| bytes.get(at + 1) == Some(&second)).unwrap_or(0)
        };
        let percent = of(b'%', b'}');
        let jinja = memchr::memchr_iter(b'%', bytes).any(|at| at > 0 && bytes.get(at - 1) == Some(&b'{'));
        Self { braces: of(b'}', b'}'), percent, hash: if jinja { of(b'#', b'}') } else { 0 }, comment: of(b'*', b'/'), jinja }
    }
}

/// One past the end of the action whose inside starts at `from`. Text in quotes does not end it.
fn end_of(text: &str, from: usize, closing: &str, last_comment: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let body = rest.trim_start_matches('-').trim_start();
    if body.starts_with("/*") {
        if from > last_comment {
            return None;
        }
        let comment = rest.find("*/")?;
        return rest.get(comment..)?.find(closing).map(|end| from + comment + end + closing.len());
    }
    let first = if closing == "}}" { braces_end(rest.as_bytes()) } else { memmem::find(rest.as_bytes(), closing.as_bytes()) }?;
    // most actions end at the first closing, with nothing quoted before it
    if memchr::memchr2(b'"', b'`', rest.as_bytes().get(..first)?).is_none() {
        return Some(from + first + closing.len());
    }
    let limit = if closing == "}}" { memmem::find(rest.as_bytes(), b"{{").unwrap_or(rest.len()) } else { rest.len() };
    let inside = rest.get(..limit)?;
    quoted_end(inside, closing).or_else(|| inside.find(closing)).map(|end| from + end + closing.len())
}

/// Where the first `}}` stands, unless a `{{` stands before it. A searcher for two bytes costs more than most actions are long.
fn braces_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let brace = at + memchr::memchr2(b'{', b'}', bytes.get(at..)?)?;
        let (first, next) = (bytes.get(brace)?, bytes.get(brace + 1)?);
        match (first, next) {
            (b'}', b'}') => return Some(brace),
            (b'{', b'{') => return None,
            _ => at = brace + 1,
        }
    }
}

/// Where the first closing outside of quotes stands; nothing where a quoted text goes beyond its line.
fn quoted_end(inside: &str, closing: &str) -> Option<usize> {
    let bytes = inside.as_bytes();
    let first = closing.bytes().next()?;
    let mut at = 0;
    loop {
        at += memchr::memchr3(b'"', b'`', first, bytes.get(at..)?)?;
        let byte = *bytes.get(at)?;
        if byte != first {
            at = quote_end(bytes, at + 1, byte)? + 1;
        } else if bytes.get(at..)?.starts_with(closing.as_bytes()) {
            return Some(at);
        } else {
            at += 1;
        }
    }
}

/// Where a quote that began before `at` ends. Only in double quotes a backslash takes the next character along.
fn quote_end(bytes: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    let escape = if quote == b'"' { b'\\' } else { quote };
    loop {
        at += memchr::memchr3(quote, escape, b'\n', bytes.get(at..)?)?;
        match *bytes.get(at)? {
            b'\n' => return None,
            byte if byte == quote => return Some(at),
            _ => at += 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_lines_become_blank_and_values_become_words() {
        let text = "{{- if .Values.on }}\nname: {{ .Values.name | default \"é\" }}\n{{ .k }}: 1\n  {{- include \"x\" . | nindent 4 }}\n{{- end }}\n";
        let masked = mask(text);
        assert_eq!(masked.text.len(), text.len());
        let lines: Vec<&str> = masked.text.lines().filter(|line| !line.is_empty()).collect();
        assert!(lines[0].starts_with("name: xxx") && lines[0].ends_with('x'));
        assert_eq!(lines[1..], ["xxxxxxxx: 1"]);
    }

    #[test]
    fn lines_that_nothing_gets_to_are_blank() {
        let left = |text: &str| -> Vec<String> {
            let masked = mask(text).text;
            assert_eq!(masked.len(), text.len());
            masked.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
        };
        let none: [&str; 0] = [];
        assert_eq!(left("{{- if false }}\na: é\n{{- end }}\n"), none);
        assert_eq!(left("{% if False %}\na: 1\n{% if x %}\nb: 2\n{% endif %}\n{% else %}\nc: 3\n{% endif %}\nd: 4\n"), ["c: 3", "d: 4"]);
        assert_eq!(left("{{ if (and false .x) }}\na: 1\n{{ else }}\nb: 2\n{{ end }}\n"), ["b: 2"]);
        for text in ["{{ if .x }}\na: 1\n{{ end }}\n", "{{ if false }}\na: 1\n", "{{ if falsely }}\na: 1\n{{ end }}\n"] {
            assert_eq!(left(text), ["a: 1"], "{text}");
        }
        assert_eq!(left("a: {{ if false }}1{{ else }}2{{ end }}\n").len(), 1);
    }

    #[test]
    fn what_joins_the_keys_below_it_is_no_value() {
        let labels = "  labels: {{- include \"x\" . | nindent 4 }}\n    {{- if .on }}\n    app: y\n    {{- end }}\n";
        let masked = mask(labels).text;
        assert_eq!(masked.len(), labels.len());
        let lines: Vec<&str> = masked.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        assert_eq!(lines, ["  labels:", "    app: y"]);
        // a value that goes on as text, and one that is followed by its neighbour, stay values
        assert!(mask("a: {{ .x }}\n  more\n").text.starts_with("a: xxxxxxxx\n"));
        assert!(mask("a: {{ .x }}\nb: c\n").text.starts_with("a: xxxxxxxx\n"));
        assert!(mask("- a: {{ .x }}\n  b: c\n").text.starts_with("- a: xxxxxxxx\n"));
    }

    #[test]
    fn github_expressions_are_left_alone() {
        let text = "a: ${{ inputs.x }}\n";
        assert!(!suspected(text));
        assert_eq!(mask(text).text, text);
    }

    #[test]
    fn an_open_brace_pair_in_a_comment_swallows_nothing() {
        let text = "# write {{ to begin\na: {{ .x }}\n";
        assert_eq!(mask(text).text, "# write {{ to begin\na: xxxxxxxx\n");
    }

    #[test]
    fn a_brace_in_quotes_does_not_end_an_action() {
        assert_eq!(mask("a: {{ \"}}\" }}!").text, "a: xxxxxxxxxx!");
    }

    /// The same, character by character.
    fn quoted_end_slowly(inside: &str, closing: &str) -> Option<usize> {
        let mut quote = None;
        let mut escaped = false;
        for (at, c) in inside.char_indices() {
            match quote {
                Some('"') if escaped => escaped = false,
                Some('"') if c == '\\' => escaped = true,
                Some(open) if c == open => quote = None,
                Some(_) if c == '\n' => return None,
                None if c == '"' || c == '`' => quote = Some(c),
                None if inside.get(at..).is_some_and(|rest| rest.starts_with(closing)) => return Some(at),
                _ => {}
            }
        }
        None
    }

    proptest::proptest! {
        #[test]
        fn ends_of_actions_are_where_they_are_read_character_by_character(text in "(\\{\\{|\\}\\}|%\\}|[{}$\"`\\\\\n%#é a-]){0,30}") {
            for closing in ["}}", "%}", "#}"] {
                proptest::prop_assert_eq!(quoted_end(&text, closing), quoted_end_slowly(&text, closing));
            }
            let limit = text.find("{{").unwrap_or(text.len());
            proptest::prop_assert_eq!(braces_end(text.as_bytes()), text.get(..limit).and_then(|inside| inside.find("}}")));
            let output = text.match_indices("{{").find(|(at, _)| !text.get(..*at).is_some_and(|before| before.ends_with('$')));
            let ends = output.is_some_and(|(at, _)| text.get(at + 2..).is_some_and(|rest| rest.contains("}}")));
            proptest::prop_assert_eq!(has_output(&text), ends);
        }
    }
}
