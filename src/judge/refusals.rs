//! Refusals that programs ask for: `if os.environ.get("ACME_TELEMETRY_OPT_OUT"): return`. Where the question goes and what stood behind it
//! stays, nobody can refuse any more; where only the question comes, what it refuses is older than it. The value of the variable tells
//! neither: whoever sets nothing is counted before and after.

use similar::{DiffOp, TextDiff};

use super::found::{Found, Shown, Spot};
use super::input::{At, PairIn};
use super::world::World;
use crate::policy::text::split;
use crate::reading::Reading;
use crate::report::model::Change;
use crate::setting::{Setting, Surface};

/// The policy that says what these findings mean.
const POLICY: &str = "telemetry/opt-out-asked";

/// Words of variables about what is counted, sent and collected of people.
const COUNTED: &[&str] = &["telemetry", "analytics", "track", "tracking", "usage", "stats", "statistics", "collect", "collection"];

/// Words that refuse it.
const REFUSES: &[&str] = &["disable", "disabled", "no", "not", "dont", "off", "without", "skip"];

/// A question takes no more lines than this, with what hangs on it.
const LINES: usize = 10;

/// Questions that are gone. Their variables are the settings: another file of the head that did not change may ask, and is worth a search.
#[must_use]
pub fn found(world: &World) -> Vec<Found> {
    let Some(policy) = world.catalogue.index_of(POLICY) else { return Vec::new() };
    let asked = |name: &str| {
        let programs = world.pairs.iter().filter_map(|pair| pair.at(At::Head)).filter(|file| file.reading().is_some_and(|one| one.program));
        programs.into_iter().any(|file| file.text().contains(name))
    };
    unasked(world).into_iter().filter(|(_, _, name)| !asked(name)).map(|one| finding(world, policy, one)).collect()
}

/// Whether nothing but a question came where a setting of the head stands: no other line is new around it.
#[must_use]
pub fn only_asks(pair: &PairIn, setting: &Setting) -> bool {
    let (Some(base), Some(head)) = (pair.at(At::Base), pair.at(At::Head)) else { return false };
    variable(setting)
        .is_some_and(|name| refuses(name) && !base.text().contains(name) && is_question((head.text(), base.text()), setting, name))
}

/// Whether a program asks for a variable that refuses something, whatever that is.
#[must_use]
pub fn asks(reading: &Reading) -> bool {
    reading.program && reading.settings.iter().filter_map(variable).any(refuses)
}

fn unasked<'w>(world: &'w World) -> Vec<(usize, &'w Setting, &'w str)> {
    let mut all = Vec::new();
    for (index, pair) in world.pairs.iter().enumerate().filter(|(_, pair)| !pair.context) {
        let (Some(base), Some(head)) = (pair.at(At::Base), pair.at(At::Head)) else { continue };
        let Some(reading) = base.reading().filter(|reading| reading.program) else { continue };
        for setting in &reading.settings {
            let Some(name) = variable(setting).filter(|name| refuses(name) && !head.text().contains(name)) else { continue };
            if is_question((base.text(), head.text()), setting, name) {
                all.push((index, setting, name));
            }
        }
    }
    all
}

fn variable(setting: &Setting) -> Option<&str> {
    setting.names.iter().find(|(surface, _)| *surface == Surface::Env).map(|(_, name)| &**name)
}

/// Whether a variable refuses to be counted: `ACME_TELEMETRY_OPT_OUT`, `DO_NOT_TRACK`, `NO_ANALYTICS`.
fn refuses(name: &str) -> bool {
    let words = split(name);
    let one_of = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let opts_out = words.iter().any(|word| word == "optout") || words.windows(2).any(|pair| *pair == ["opt", "out"]);
    opts_out || one_of(REFUSES) && one_of(COUNTED)
}

/// Whether the lines around a setting that only one text has are a question about its variable, inside of something that both have.
fn is_question((here, there): (&str, &str), setting: &Setting, name: &str) -> bool {
    let lines: Vec<&str> = here.lines().collect();
    let at = here.get(..setting.name_span.start as usize).map_or(0, |before| before.matches('\n').count());
    let diff = TextDiff::from_lines(here, there);
    let alone = diff.ops().iter().find_map(|op| match op {
        DiffOp::Delete { old_index, old_len, .. } if (*old_index..*old_index + *old_len).contains(&at) => Some((*old_index, *old_len)),
        _ => None,
    });
    let Some((from, length)) = alone.filter(|(_, length)| *length <= LINES) else { return false };
    let own = lines.get(from..from + length).unwrap_or_default();
    let held = own.iter().find(|line| line.contains(name)).and_then(|line| holder(line));
    let depth = |line: &str| line.len() - line.trim_start().len();
    let asks = lines.get(at).map_or(0, |line| depth(line));
    // what the question stood in goes on below it, as deep as it
    let goes_on =
        lines.get(from + length..).into_iter().flatten().find(|line| !line.trim().is_empty()).is_some_and(|line| depth(line) >= asks);
    asks > 0 && goes_on && own.iter().all(|line| line.contains(name) || belongs(line.trim(), held))
}

/// The variable of the program that a line gives what it asks: `opt_out = os.environ.get(..)`, `if off := getenv(..)`.
fn holder(line: &str) -> Option<&str> {
    let (before, _) = line.split_once('=')?;
    let name = before.trim_end_matches([':', ' ']).rsplit(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    (name.len() > 2).then_some(name)
}

/// Whether a line does nothing but ask, answer, or say so.
fn belongs(line: &str, held: Option<&str>) -> bool {
    let starts = [
        "return", "#", "//", "/*", "*", "print(", "console.", "log", "logger", "logging", "fmt.", "slog.", "pass", "else", "import ", "\"",
        "'",
    ];
    let closes = line.chars().all(|c| matches!(c, '{' | '}' | '(' | ')' | ';' | ','));
    closes || starts.iter().any(|start| line.starts_with(start)) || held.is_some_and(|held| line.contains(held))
}

fn finding(world: &World, policy: usize, (pair, setting, name): (usize, &Setting, &str)) -> Found {
    let class = world.pairs.get(pair).map(PairIn::class).unwrap_or_default();
    let severities = world.catalogue.policies().get(policy).map(|policy| policy.rule.severity).unwrap_or_default();
    let severity = super::severity::of_policy(&severities, Change::Removed).lowered(class.discount());
    let spot = Spot { pair, at: At::Base, span: setting.span() };
    Found {
        base: Some(Shown::written(Some(spot), format!("{name} is asked for"))),
        ..Found::lone(policy, Change::Removed, severity, (name.into(), Surface::Env), class, spot)
    }
}

#[cfg(test)]
mod tests {
    use super::refuses;

    #[test]
    fn variables_that_refuse_to_be_counted() {
        for name in ["ACME_TELEMETRY_OPT_OUT", "DO_NOT_TRACK", "ACME_COLLECT_OPTOUT", "NO_ANALYTICS", "acme_disable_usage_stats"] {
            assert!(refuses(name), "{name}");
        }
        for name in ["TELEMETRY_URL", "ANALYTICS_ENABLED", "NO_COLOR", "DISABLE_CACHE", "OPT_IN"] {
            assert!(!refuses(name), "{name}");
        }
    }
}
