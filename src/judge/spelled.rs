//! Variables that come with the literal that stood there without them: `--bind="${HOST:-0.0.0.0}:80"` where `--bind="0.0.0.0:80"` was,
//! `DEBUG = bool(os.environ.get("DEBUG", True))` where `DEBUG = True` was. The line says what it said.

use super::effective::SettingAt;
use super::input::At;
use super::world::World;

/// Longest line that is looked at, in bytes.
const LONGEST: usize = 2_000;

/// What only makes another type of a value.
const CASTS: &[&str] = &["bool", "int", "str", "float", "Boolean", "Number", "String", "parseInt", "strtobool"];

/// Whether the base's file has the head's line with the literal in the variable's place.
pub fn without_its_variable(world: &World, place: SettingAt) -> bool {
    let Some((pair, setting)) = world.pairs.get(place.0).zip(world.setting(place, At::Head)) else { return false };
    let (Some(base), Some(head)) = (pair.at(At::Base), pair.at(At::Head)) else { return false };
    let (base, head) = (base.text(), head.text());
    let (name, value) = (setting.name_span.range(), setting.value_span.range());
    let start = head.get(..name.start).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let end = head.get(name.start..).and_then(|rest| rest.find('\n')).map_or(head.len(), |end| name.start + end);
    if end - start > LONGEST || value.start < name.end || value.end > end {
        return false;
    }
    let (Some(line), Some(literal)) = (head.get(start..end), head.get(value.clone())) else { return false };
    let Some((open, close)) = reference(line, name.start - start..name.end - start, value.start - start..value.end - start) else {
        return false;
    };
    let (Some(before), Some(after)) = (line.get(..open), line.get(close..)) else { return false };
    let mut forms = vec![(before, after)];
    // `bool(x)` made a truth of what was one
    while let Some((before, after)) = forms.last().copied()
        && let (Some(before), Some(after)) = (before.strip_suffix('('), after.strip_prefix(')'))
        && let Some(before) = CASTS.iter().find_map(|cast| before.strip_suffix(cast))
    {
        forms.push((before, after));
    }
    // `return True` is said everywhere
    forms.retain(|(before, after)| {
        let words = [*before, *after].into_iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
        words.filter(|word| *word != "return").map(str::len).sum::<usize>() > 2
    });
    let said: Vec<String> = forms.iter().map(|(before, after)| squeezed(&format!("{before}{literal}{after}"))).collect();
    base.lines().filter(|line| line.len() <= LONGEST).map(squeezed).any(|line| said.contains(&line))
}

/// Where the look-up begins and ends that holds both the name and the literal: `${NAME:-literal}`, `get("NAME", literal)`.
fn reference(line: &str, name: std::ops::Range<usize>, value: std::ops::Range<usize>) -> Option<(usize, usize)> {
    let (before, between, after) = (line.get(..name.start)?, line.get(name.end..value.start)?, line.get(value.end..)?);
    if let Some(open) = before.strip_suffix("${") {
        let fallback = [":-", "-", ":=", "="].contains(&between);
        return (fallback && after.starts_with('}')).then_some((open.len(), value.end + 1));
    }
    let call = before.trim_end_matches(['"', '\'', '`']).strip_suffix('(')?;
    let plain = between.trim_start_matches(['"', '\'', '`']).trim();
    let comma = plain == "," || plain.strip_prefix(',').is_some_and(|rest| matches!(rest.trim(), "default=" | "default:"));
    let callee = call.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let close = after.find(')').filter(|close| after.get(..*close).is_some_and(|rest| rest.trim_matches([',', ' ']).is_empty()))?;
    (comma && callee.len() < call.len()).then_some((callee.len(), value.end + close + 1))
}

/// A line without its blanks and quotes, which do not tell `True` from `"True"`, nor `"0.0.0.0"` from what a shell takes without them.
fn squeezed(line: &str) -> String {
    line.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '`' | ';')).collect()
}

#[cfg(test)]
mod tests {
    use super::{reference, squeezed};

    #[track_caller]
    fn check(line: &str, name: &str, value: &str, expected: Option<&str>) {
        let at = |text: &str| line.rfind(text).map(|from| from..from + text.len()).unwrap();
        let found = reference(line, line.find(name).map(|from| from..from + name.len()).unwrap(), at(value));
        let without = found.map(|(from, to)| format!("{}{value}{}", line.get(..from).unwrap(), line.get(to..).unwrap()));
        assert_eq!(without.as_deref(), expected, "{line}");
    }

    #[test]
    fn a_look_up_is_what_holds_the_name_and_the_literal() {
        check("serve --bind=\"${HOST:-0.0.0.0}:80\"", "HOST", "0.0.0.0", Some("serve --bind=\"0.0.0.0:80\""));
        check("Y = os.getenv(\"X\", 'a') + b", "X", "'a'", Some("Y = 'a' + b"));
        check("Y = env.bool('X', default=True)", "X", "True", Some("Y = True"));
        check("Y = f('X', a, True)", "X", "True", None);
        check("Y = ${X}:-a", "X", "a", None);
    }

    #[test]
    fn quotes_and_blanks_tell_nothing() {
        assert_eq!(squeezed(" a = \"True\";"), squeezed("a=True"));
    }
}
