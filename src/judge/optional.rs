//! Checks that a program leaves out where an option of its own says so: `if cfg.InsecureSkipVerify { tls.Config{InsecureSkipVerify: true} }`.
//! That there is such an option changes nothing for whoever does not set it; what the option is by itself is judged where it stands.

use super::effective::SettingAt;
use super::input::At;
use super::world::World;

/// Lines above a setting that may enclose it.
const ABOVE: usize = 40;

/// Longest line that is looked at, in bytes.
const LONGEST: usize = 400;

/// Words of an option that takes a check away.
const AWAY: &[&str] = &["insecure", "skip", "unsafe", "ignore", "disable", "disabled", "unverified", "untrusted", "selfsigned"];

/// Words of a check that an option may refuse.
const CHECK: &[&str] = &["verify", "verification", "verified", "secure", "cert", "certs", "certificate", "ssl", "tls", "check", "strict"];

/// Whether the nearest condition around a setting asks for an option that takes the check away, and that is not on by itself.
pub fn behind_its_option(world: &World, place: SettingAt) -> bool {
    let Some((pair, setting)) = world.pairs.get(place.0).zip(world.setting(place, At::Head)) else { return false };
    let Some(head) = pair.at(At::Head) else { return false };
    let before = head.text().get(..setting.value_span.range().start).unwrap_or_default();
    enclosing(before).is_some_and(asks_for_an_option)
}

/// The condition that the last line of a text stands below, known by its indentation.
fn enclosing(before: &str) -> Option<&str> {
    let mut lines = before.rsplit('\n');
    let own = lines.next()?;
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut deepest = depth(own);
    for line in lines.take(ABOVE) {
        let inner = line.trim_start();
        if inner.is_empty() || depth(line) >= deepest {
            continue;
        }
        deepest = depth(line);
        let inner = inner.trim_start_matches(['}', ' ']);
        if let Some(condition) = ["if ", "if(", "elif ", "else if ", "else if("].iter().find_map(|word| inner.strip_prefix(word)) {
            return (condition.len() <= LONGEST).then_some(condition);
        }
    }
    None
}

fn asks_for_an_option(condition: &str) -> bool {
    let text = condition.trim_end().trim_end_matches(['{', ':', ' ']);
    // a condition ends as one; a line of prose does not
    if !condition.trim_end().ends_with(['{', ':', ')', ';', '(']) && !condition.trim_end().ends_with("then") {
        return false;
    }
    // a fallback that is on makes it everybody's, and so may whatever else is asked
    let on = [", true", ", True", ", \"true\"", ", 'true'", ", \"1\"", ", '1'", "?? true", "||", " or "];
    if on.iter().any(|on| text.contains(on)) {
        return false;
    }
    let words: Vec<String> = words(text);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let refused = text.starts_with('!') || text.starts_with("not ") || text.contains(" not ") || text.contains("&& !");
    let off = ["== false", "=== false", "is False", "== False", "== \"false\"", "=== \"false\""].iter().any(|off| text.contains(off));
    if refused { has(CHECK) && !has(AWAY) } else { has(AWAY) && !off || off && has(CHECK) }
}

/// The words of names in small letters: `cfg.InsecureSkipVerify` has `cfg`, `insecure`, `skip` and `verify`.
fn words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            let starts = !last.is_ascii_alphanumeric() || c.is_ascii_uppercase() && last.is_ascii_lowercase();
            if starts {
                found.push(String::new());
            }
            if let Some(word) = found.last_mut() {
                word.push(c.to_ascii_lowercase());
            }
        }
        last = c;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{asks_for_an_option, enclosing};

    #[test]
    fn options_that_take_a_check_away() {
        for condition in [
            "cfg.InsecureSkipVerify {",
            "LoadEnvBool(\"OTEL_INSECURE_SKIP_VERIFY\", false) {",
            "settings.insecure:",
            "not args.verify_ssl:",
            "!opts.verifyCertificates) {",
            "process.env.INSECURE === \"1\") {",
            "verify_ssl == False:",
        ] {
            assert!(asks_for_an_option(condition), "{condition}");
        }
        for condition in [
            "useTLS {",
            "err != nil {",
            "os.getenv(\"SKIP_VERIFY\", \"true\") == \"true\":",
            "not insecure:",
            "!cfg.Insecure {",
            "url.startswith(\"https\"):",
            "cfg.Insecure || local {",
            "insecure == false {",
            "insecure servers are asked, they answer",
        ] {
            assert!(!asks_for_an_option(condition), "{condition}");
        }
    }

    #[test]
    fn the_nearest_condition_by_its_depth() {
        assert_eq!(enclosing("if a {\n\tx()\n\tc := T{\n\t\tA: "), Some("a {"));
        assert_eq!(enclosing("if a:\n    b()\nx(verify="), None);
        assert_eq!(enclosing("def f():\n    if a:\n        b()\n    else:\n        x(verify="), None);
        assert_eq!(enclosing("} else if (b) {\n  x({ a: "), Some("(b) {"));
    }
}
