//! Changes `privgate-waivers.yaml` as text: one waiver more at its end, some lines fewer; everything else stays as it is.

use super::file::{PATH, Waiver, parse};
use crate::read::tree::{Data, yaml};
use crate::span::LineIndex;

/// The file with one waiver more.
///
/// # Errors
/// The file is malformed, or written so that nothing can be added at its end; in one line.
pub fn appended(text: &str, waiver: &Waiver) -> Result<String, String> {
    let before = parse(PATH, text).map_err(|fault| fault.to_string())?;
    let mut out = text.trim_end().to_owned();
    if let Some(head) = out.strip_suffix("waivers: []") {
        let kept = head.trim_end().len();
        out.truncate(kept);
    }
    let indent = if before.is_empty() {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str("waivers:\n");
        2
    } else {
        out.push('\n');
        indentation(text).ok_or_else(|| by_hand(waiver))?
    };
    out.push_str(&entry(waiver, indent));
    let after = parse(PATH, &out).map_err(|_| by_hand(waiver))?;
    let whole = after.len() == before.len() + 1 && after.starts_with(&before) && after.last() == Some(waiver);
    if whole { Ok(out) } else { Err(by_hand(waiver)) }
}

/// The waiver of the file that accepts as much already.
///
/// # Errors
/// The file is malformed; in one line.
pub fn accepted(text: &str, waiver: &Waiver) -> Result<Option<Waiver>, String> {
    let before = parse(PATH, text).map_err(|fault| fault.to_string())?;
    Ok(before.into_iter().find(|standing| waiver.within(standing)))
}

fn by_hand(waiver: &Waiver) -> String {
    format!("{PATH} is written so that nothing can be added at its end; add this by hand:\n{}", entry(waiver, 2))
}

/// How far the dashes of the list are indented.
fn indentation(text: &str) -> Option<usize> {
    let line = text.lines().find(|line| line.trim_start().starts_with("- "))?;
    Some(line.len() - line.trim_start().len())
}

fn entry(waiver: &Waiver, indent: usize) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let plain = |text: &str| {
        let simple =
            text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-".contains(&b)) && text.bytes().any(|b| b.is_ascii_alphabetic());
        let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str());
        if simple && !word && !text.starts_with(['-', '.']) { text.to_owned() } else { quoted(text) }
    };
    let mut lines = vec![format!("policy: {}", plain(&waiver.policy)), format!("file: {}", plain(&waiver.file))];
    lines.extend(waiver.scope.iter().map(|scope| format!("scope: {}", quoted(scope))));
    lines.push(format!("setting: {}", plain(&waiver.setting)));
    lines.extend(waiver.from.iter().map(|from| format!("from: {}", quoted(from))));
    lines.extend(waiver.to.iter().map(|to| format!("to: {}", quoted(to))));
    lines.push(format!("reason: {}", quoted(&waiver.reason)));
    lines.push(format!("owner: {}", quoted(&waiver.owner)));
    lines.push(format!("expires: {}", waiver.expires));
    let pad = " ".repeat(indent);
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        out.push_str(&format_args!("{pad}{} {line}\n", if index == 0 { "-" } else { " " }).to_string());
    }
    out
}

/// The file without the waivers for which `over` says so, and those waivers.
///
/// # Errors
/// The file is malformed, or not written one waiver after the other on lines of their own; in one line.
pub fn pruned(text: &str, over: &dyn Fn(&Waiver) -> bool) -> Result<(String, Vec<Waiver>), String> {
    let before = parse(PATH, text).map_err(|fault| fault.to_string())?;
    let gone: Vec<bool> = before.iter().map(over).collect();
    let removed: Vec<Waiver> = before.iter().zip(&gone).filter(|(_, gone)| **gone).map(|(waiver, _)| waiver.clone()).collect();
    let kept: Vec<Waiver> = before.iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(waiver, _)| waiver.clone()).collect();
    if removed.is_empty() {
        return Ok((text.to_owned(), removed));
    }
    if kept.is_empty() {
        return Ok(("waivers: []\n".to_owned(), removed));
    }
    let by_hand = || format!("{PATH} is not written one waiver after the other; delete by hand: {}", listed(&removed));
    let starts = starts(text).filter(|starts| starts.len() == before.len()).ok_or_else(by_hand)?;
    let mut out = String::new();
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let item = starts.iter().rposition(|start| *start <= number);
        if item.is_none_or(|item| !gone.get(item).copied().unwrap_or(false)) {
            out.push_str(line);
        }
    }
    match parse(PATH, &out) {
        Ok(after) if after == kept => Ok((out, removed)),
        _ => Err(by_hand()),
    }
}

fn listed(waivers: &[Waiver]) -> String {
    waivers.iter().map(|waiver| format!("{} of {}", waiver.policy, waiver.file)).collect::<Vec<_>>().join(", ")
}

/// The line (from 0) on which each waiver starts.
fn starts(text: &str) -> Option<Vec<usize>> {
    let tree = yaml::parse(text);
    let list = tree.get(*tree.documents.first()?, "waivers")?;
    let Data::List(items) = &tree.node(list).data else { return None };
    let lines = LineIndex::new(text);
    Some(items.iter().map(|item| lines.locate(text, tree.node(*item).span.start).line.saturating_sub(1) as usize).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiver(policy: &str) -> Waiver {
        Waiver {
            policy: policy.into(),
            file: "compose.yaml".into(),
            scope: Some("service api".into()),
            setting: "X".into(),
            from: Some("1".into()),
            to: None,
            reason: "because: \"it\" # is".into(),
            owner: "@a/b".into(),
            expires: "2026-12-01".into(),
        }
    }

    #[test]
    fn what_is_there_stays() {
        let mut text = String::new();
        for (from, whole) in [("", "waivers:\n"), ("# ours\n", "# ours\nwaivers:\n"), ("waivers: []\n", "waivers:\n")] {
            text = appended(from, &waiver("a/b")).unwrap();
            assert!(text.starts_with(whole), "{text}");
        }
        let text = text.replace("reason:", "# why\n    reason:");
        let two = appended(&text, &waiver("c/d")).unwrap();
        assert!(two.starts_with(&text), "{two}");
        assert_eq!(parse(PATH, &two).unwrap(), [waiver("a/b"), waiver("c/d")]);
        assert!(appended("waivers: [{}]", &waiver("a/b")).is_err());
        let flow = "waivers: [{policy: a/b, file: f, setting: s, from: 1, reason: r, owner: \"@a\", expires: 2026-01-01}]\n";
        assert!(appended(flow, &waiver("a/b")).unwrap_err().contains("by hand"));
    }

    #[test]
    fn only_what_is_over_goes() {
        let text = ["a/b", "c/d", "e/f"].iter().fold("# ours\n".to_owned(), |text, policy| appended(&text, &waiver(policy)).unwrap());
        let (out, gone) = pruned(&text, &|waiver| waiver.policy == "c/d").unwrap();
        assert_eq!(gone, [waiver("c/d")]);
        assert_eq!(parse(PATH, &out).unwrap(), [waiver("a/b"), waiver("e/f")]);
        assert!(out.starts_with("# ours\n"));
        assert_eq!(pruned(&text, &|_| false).unwrap().0, text);
        assert_eq!(pruned(&text, &|_| true).unwrap().0, "waivers: []\n");
    }
}
