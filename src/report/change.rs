//! One line that says how a value changed: what went and what came, marked inside the value where both are alike.

use owo_colors::OwoColorize;
use similar::{Algorithm, ChangeTag, TextDiff};

use super::human::one_line;
use super::model::{Side, StateWord};

/// `[-1-]{+0+}`, or `1 -> not written (counts as 0)`. Nothing where neither side says anything.
#[must_use]
pub fn line(base: Option<&Side>, head: Option<&Side>, color: bool) -> Option<String> {
    match (base, head) {
        (None, None) => None,
        (None, Some(head)) => Some(format!("new: {}", shown(head))),
        (Some(base), None) => Some(format!("{} -> gone", shown(base))),
        (Some(base), Some(head)) => {
            let (was, now) = (shown(base), shown(head));
            let written = base.state == StateWord::Written && head.state == StateWord::Written;
            if was == now {
                Some(was)
            } else if written && !was.starts_with("<secret") && !now.starts_with("<secret") {
                Some(inline(&was, &now, color))
            } else {
                Some(format!("{was} -> {now}"))
            }
        }
    }
}

/// What is known of one side, in a few words.
#[must_use]
pub fn shown(side: &Side) -> String {
    let value = side.value.as_deref().map(one_line);
    match (side.state, value) {
        (StateWord::Written, Some(value)) if value.is_empty() => "(empty)".to_owned(),
        (StateWord::Written, Some(value)) => value,
        (StateWord::Written, None) => "written".to_owned(),
        (StateWord::Unset, Some(value)) => format!("not written (counts as {value})"),
        (StateWord::Unset, None) => "not written".to_owned(),
        (StateWord::Unknown, Some(value)) => format!("unknown ({value})"),
        (StateWord::Unknown, None) => "unknown".to_owned(),
        (StateWord::Unreadable, _) => "unreadable".to_owned(),
    }
}

/// Both values in one text. Words are never torn apart, and values that share little stand whole beside each other.
#[must_use]
pub fn inline(was: &str, now: &str, color: bool) -> String {
    let (old, new) = (words(was), words(now));
    // no deadline: equal inputs must give equal reports, and values are short by now
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_slices(&old, &new);
    let mut parts: Vec<(ChangeTag, String)> = Vec::new();
    for change in diff.iter_all_changes() {
        match parts.last_mut() {
            Some((tag, text)) if *tag == change.tag() => text.push_str(change.value()),
            _ => parts.push((change.tag(), change.value().to_owned())),
        }
    }
    let kept: usize = parts.iter().filter(|(tag, _)| *tag == ChangeTag::Equal).map(|(_, text)| text.len()).sum();
    let pieces = parts.iter().filter(|(tag, _)| *tag != ChangeTag::Equal).count();
    if kept * 3 < was.len().max(now.len()) || pieces > 8 {
        parts = vec![(ChangeTag::Delete, was.to_owned()), (ChangeTag::Insert, now.to_owned())];
        // where a terminal cannot strike through, two colours side by side read as one value
        if color && !was.is_empty() && !now.is_empty() {
            parts.insert(1, (ChangeTag::Equal, " -> ".to_owned()));
        }
    }
    let mut out = String::new();
    for (tag, text) in parts.iter().filter(|(_, text)| !text.is_empty()) {
        match (tag, color) {
            (ChangeTag::Equal, _) => out.push_str(text),
            (ChangeTag::Delete, false) => out.extend(["[-", text, "-]"]),
            (ChangeTag::Insert, false) => out.extend(["{+", text, "+}"]),
            (ChangeTag::Delete, true) => out.push_str(&text.red().strikethrough().to_string()),
            (ChangeTag::Insert, true) => out.push_str(&text.green().bold().to_string()),
        }
    }
    out
}

/// Runs of letters and digits, and every other character by itself.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let alone = !c.is_alphanumeric() && c != '_';
        let ends = alone
            || text.get(..at).and_then(|before| before.chars().next_back()).is_some_and(|last| !last.is_alphanumeric() && last != '_');
        if ends && at > start {
            words.extend(text.get(start..at));
            start = at;
        }
    }
    words.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_and_what_came_is_marked() {
        assert_eq!(inline("127.0.0.1:8080:80", "8080:80", false), "[-127.0.0.1:-]8080:80");
        assert_eq!(inline("/var/log/app.log, email", "/var/log/app.log, ip", false), "/var/log/app.log, [-email-]{+ip+}");
    }

    #[test]
    fn words_are_not_torn_apart() {
        assert_eq!(inline("info", "debug", false), "[-info-]{+debug+}");
        assert_eq!(inline("true", "false", false), "[-true-]{+false+}");
        assert_eq!(inline("", "x", false), "{+x+}");
    }

    #[test]
    fn colours_stand_for_the_marks() {
        let shown = inline("1", "0", true);
        assert!(shown.starts_with("\u{1b}[") && shown.contains(" -> ") && !shown.contains("[-"), "{shown:?}");
    }

    proptest::proptest! {
        #[test]
        fn both_values_can_be_read_back(was in "[a-c., :]{0,40}", now in "[a-c., :]{0,40}") {
            let shown = inline(&was, &now, false);
            let read = |gone: (&str, &str), stays: (&str, &str)| {
                let mut out = shown.replace(stays.0, "").replace(stays.1, "");
                while let Some((before, rest)) = out.clone().split_once(gone.0) {
                    let (_, after) = rest.split_once(gone.1).unwrap();
                    out = format!("{before}{after}");
                }
                out
            };
            proptest::prop_assert_eq!(read(("{+", "+}"), ("[-", "-]")), was.clone());
            proptest::prop_assert_eq!(read(("[-", "-]"), ("{+", "+}")), now.clone());
        }
    }
}
