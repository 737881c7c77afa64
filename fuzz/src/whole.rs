//! What is more than one reader: the gate's own files, and whole comparisons of two generated trees.

use std::sync::OnceLock;

use privgate::check::read_text;
use privgate::judge::input::PairIn;
use privgate::judge::judgement::judge_all;
use privgate::policy::catalogue::Catalogue;
use privgate::report::build::findings;
use privgate::report::model::Finding;
use privgate::waiver::{PATH, edit, parse};

use crate::samples::SAMPLES;

/// Files of one tree at most: more say nothing new and take longer.
const FILES: usize = 6;

/// A file of waivers. One that is read can be judged, pruned, and prolonged by any of its own waivers.
///
/// # Panics
/// When an edit gives a file that says something else than what was asked for.
pub fn waivers(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(all) = parse(PATH, text) else { return };
    for waiver in &all {
        let _ = waiver.ill_made("2026-11-21", 180);
        assert!(waiver.within(waiver) && waiver.same_change(waiver));
    }
    if let Ok((rest, gone)) = edit::pruned(text, &|waiver| waiver.ill_made("2026-11-21", 180).is_some()) {
        let kept = parse(PATH, &rest).map_or(usize::MAX, |kept| kept.len());
        assert_eq!(kept + gone.len(), all.len(), "{rest}");
    }
    if let Some(Ok(longer)) = all.first().map(|first| edit::appended(text, first)) {
        assert_eq!(parse(PATH, &longer).map_or(0, |longer| longer.len()), all.len() + 1, "{longer}");
    }
}

/// A configuration.
pub fn configuration(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        if let Ok(config) = privgate::config::parse("privgate.yaml", text) {
            let bounds = config.bounds();
            let _ = (bounds.class_of("tests/compose.yaml", None), config.silences("telemetry/vllm-usage-stats"));
        }
    }
}

/// Two trees made of the samples, edited as the bytes say, and compared both ways.
///
/// # Panics
/// When a tree differs from itself.
pub fn check(data: &[u8]) {
    let mut bytes = data.iter().copied();
    let mut base: Vec<(String, String)> = Vec::new();
    for _ in 0..1 + usize::from(bytes.next().unwrap_or(0)) % FILES {
        let Some(choice) = bytes.next() else { break };
        let Some((path, text)) = SAMPLES.get(usize::from(choice) % SAMPLES.len()) else { continue };
        if base.iter().all(|(known, _)| known != path) {
            base.push(((*path).to_owned(), (*text).to_owned()));
        }
    }
    let mut head = base.clone();
    while let (Some(which), Some(what)) = (bytes.next(), bytes.next()) {
        let at = usize::from(u16::from_le_bytes([bytes.next().unwrap_or(0), bytes.next().unwrap_or(0)]));
        edit_one(&mut head, usize::from(which), what, at, &mut bytes);
    }
    for same in [&base, &head] {
        let found = compare(same, same);
        assert!(found.iter().all(|finding| !finding.change.can_fail()), "a tree differs from itself: {found:#?}");
    }
    let _ = (compare(&base, &head), compare(&head, &base));
}

/// One edit of one file: gone, renamed, lines taken out or doubled, bytes written over.
fn edit_one(files: &mut Vec<(String, String)>, which: usize, what: u8, at: usize, bytes: &mut impl Iterator<Item = u8>) {
    let count = files.len().max(1);
    let Some((path, text)) = files.get_mut(which % count) else { return };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line = at % lines.len().max(1);
    match what % 6 {
        0 => {
            files.remove(which % count);
        }
        1 => *path = format!("moved/{path}"),
        2 => *text = lines.iter().enumerate().filter(|(index, _)| *index != line).map(|(_, line)| *line).collect(),
        3 => *text = lines.iter().enumerate().flat_map(|(index, one)| std::iter::repeat_n(*one, 1 + usize::from(index == line))).collect(),
        _ => {
            let length = usize::from(bytes.next().unwrap_or(0)) % 12;
            let new: Vec<u8> = bytes.take(length).collect();
            let mut whole = text.clone().into_bytes();
            let from = at % (whole.len() + 1);
            let to = if what % 6 == 4 { from } else { (from + length).min(whole.len()) };
            whole.splice(from..to, new);
            *text = String::from_utf8_lossy(&whole).into_owned();
        }
    }
}

fn compare(base: &[(String, String)], head: &[(String, String)]) -> Vec<Finding> {
    static KNOWN: OnceLock<Option<Catalogue>> = OnceLock::new();
    let Some(catalogue) = KNOWN.get_or_init(|| Catalogue::built_in().ok()) else { return Vec::new() };
    let mut paths: Vec<&String> = base.iter().chain(head).map(|(path, _)| path).collect();
    paths.sort();
    paths.dedup();
    let read = |side: &[(String, String)], path: &String| {
        side.iter().find(|(known, _)| known == path).map(|(path, text)| read_text(catalogue, path, text))
    };
    let pairs: Vec<PairIn> =
        paths.into_iter().map(|path| PairIn { base: read(base, path), head: read(head, path), context: false }).collect();
    let judgement = judge_all(catalogue, &pairs);
    findings(&judgement.world, &judgement.found)
}
