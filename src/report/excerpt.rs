//! A few lines of a file around a place, ready for people: cropped, free of control characters, with every secret masked.

use std::ops::Range;

use super::escape::is_hidden;
use super::model::Excerpt;
use super::redact::{self, Reason};
use crate::span::{LineIndex, Span};

/// Lines shown before and after the marked one.
const AROUND: u32 = 2;
/// Bytes shown on each side of the mark; twice as many of the mark itself and of other lines.
const BESIDE: usize = 80;
/// Bytes beside the mark that are looked at for the name of a secret.
const LOOK: usize = 2_000;
/// Lines looked at above the first shown one for a name whose value runs over several lines.
const ABOVE: u32 = 40;
const MASK: &str = "****";
/// Stands for what was cut off; counted in the columns.
const CUT: &str = "...";

/// The lines around `span`. `redact` is the secret under the span as it stands there, where it is one: it is masked
/// wherever it shows. Other things that look like secrets are masked in any case, but a marked value only by its shape,
/// as the caller knows its setting's name and may know it as a published default.
#[must_use]
pub fn crop(text: &str, span: Span, index: &LineIndex, redact: Option<&str>) -> Excerpt {
    let span = clamp(text, span);
    let marked = index.locate(text, u32::try_from(span.start).unwrap_or(u32::MAX)).line;
    let first = marked.saturating_sub(AROUND).max(1);
    let mut last = marked.saturating_add(AROUND).min(index.lines());
    // the empty line after the last line feed is not one to a reader
    if last > marked && line_range(text, index, last).is_empty() && last == index.lines() {
        last -= 1;
    }
    let mut hiding = Hiding::default();
    for line in first.saturating_sub(ABOVE).max(1)..first {
        hiding.covers(head(text, &line_range(text, index, line)));
    }
    let mut excerpt = Excerpt { text: String::new(), first_line: first, cut_columns: 0, start: 0, end: 0 };
    for line in first..=last {
        let range = line_range(text, index, line);
        let covered = hiding.covers(head(text, &range));
        if line > first {
            excerpt.text.push('\n');
        }
        if line == marked {
            // a mark that starts in the line's end stays at the last place before it
            let start = span.start.clamp(range.start, range.end);
            let mark = start..span.end.clamp(start, range.end);
            let shown = marked_line(text, range, mark, redact, covered);
            excerpt.start = excerpt.text.len() + shown.mark.start;
            excerpt.end = excerpt.text.len() + shown.mark.end;
            excerpt.cut_columns = shown.cut;
            excerpt.text.push_str(&shown.text);
        } else {
            let covered = covered || (redact.is_some() && range.start < span.end && range.end > span.start);
            excerpt.text.push_str(&other_line(text, range, redact, covered));
        }
    }
    excerpt
}

/// Whether the lines met so far belong to a value that must be hidden.
#[derive(Default)]
struct Hiding {
    /// The indentation of the name; deeper lines are its value.
    deeper_than: Option<usize>,
    /// Inside a private key in PEM form.
    pem: bool,
    /// `- name: DB_PASSWORD` was the last line: `value:` is a secret.
    entry: bool,
}

impl Hiding {
    /// Takes the next line; says whether it is to be hidden.
    fn covers(&mut self, line: &str) -> bool {
        let indent = line.len() - line.trim_start().len();
        let body = line.trim();
        if body.is_empty() {
            return false;
        }
        if self.pem {
            self.pem = !body.contains("-----END");
            return true;
        }
        let entry = std::mem::take(&mut self.entry);
        if self.deeper_than.is_some_and(|limit| indent <= limit) {
            self.deeper_than = None;
        }
        let literal = body.trim_start_matches('"').strip_prefix("value").is_some_and(|rest| !rest.starts_with("From"));
        let covered = self.deeper_than.is_some() || (entry && literal);
        if !covered && redact::opens_secret(line) {
            self.pem = body.contains("BEGIN");
            self.entry = body.contains("name");
            self.deeper_than = (!self.pem && !self.entry).then_some(indent);
        }
        covered
    }
}

/// A line as it is shown, with the mark in it and the number of characters that were cut off its front.
struct Shown {
    text: String,
    mark: Range<usize>,
    cut: u32,
}

fn marked_line(text: &str, line: Range<usize>, mark: Range<usize>, redact: Option<&str>, covered: bool) -> Shown {
    // only what is near can be shown; a name further away than this cannot make the shown part a secret
    let shown_end = mark.end.min(mark.start.saturating_add(LOOK));
    let near = near_start(text, &line, mark.start)..ceil(text, shown_end.saturating_add(LOOK).min(line.end));
    let part = text.get(near.clone()).unwrap_or("");
    let inside = mark.start - near.start..mark.end.min(near.end) - near.start;
    let mut masks: Vec<Range<usize>> = redact::secrets_in(part)
        .into_iter()
        .filter(|(range, why)| *why == Reason::Shape || redact.is_some() || range.end <= inside.start || inside.end <= range.start)
        .map(|(range, _)| range)
        .collect();
    if let Some(secret) = redact {
        let before = masks.len();
        masks.extend(occurrences(part, secret));
        if !masks.iter().skip(before).any(|range| range.start < inside.end && inside.start < range.end) && !inside.is_empty() {
            masks.push(inside.clone());
        }
    } else if covered {
        masks.extend([body_of(part, 0..inside.start), body_of(part, inside.end..part.len())]);
    }
    let (masked, inside) = apply(part, masks, inside);
    let masked = sanitised(&masked);
    let from = floor(&masked, inside.start.saturating_sub(BESIDE));
    let mark_end = ceil(&masked, inside.end.min(inside.start + 2 * BESIDE));
    let to = ceil(&masked, (mark_end + BESIDE).min(masked.len()));
    let front = if from > 0 || near.start > line.start { CUT } else { "" };
    let back = if to < masked.len() || near.end < line.end { CUT } else { "" };
    let shown = format!("{front}{}{back}", masked.get(from..to).unwrap_or(""));
    let start = front.len() + inside.start - from;
    let true_column = text.get(line.start..mark.start).unwrap_or("").chars().count();
    let shown_column = shown.get(..start).unwrap_or("").chars().count();
    let cut = u32::try_from(true_column.saturating_sub(shown_column)).unwrap_or(u32::MAX);
    Shown { mark: start..front.len() + mark_end - from, text: shown, cut }
}

fn near_start(text: &str, line: &Range<usize>, mark: usize) -> usize {
    floor(text, mark.saturating_sub(LOOK)).max(line.start)
}

fn other_line(text: &str, line: Range<usize>, redact: Option<&str>, covered: bool) -> String {
    let part = head(text, &line);
    let mut masks: Vec<Range<usize>> = redact::secrets_in(part).into_iter().map(|(range, _)| range).collect();
    if let Some(secret) = redact {
        masks.extend(occurrences(part, secret));
    }
    if covered {
        masks.push(body_of(part, 0..part.len()));
    }
    let (masked, _) = apply(part, masks, 0..0);
    let masked = sanitised(&masked);
    let to = floor(&masked, 2 * BESIDE);
    let back = if to < masked.len() || part.len() < line.len() { CUT } else { "" };
    format!("{}{back}", masked.get(..to).unwrap_or(""))
}

/// Where a secret stands; texts so short that they stand everywhere are masked only under the mark.
fn occurrences(part: &str, secret: &str) -> Vec<Range<usize>> {
    let secret = secret.trim();
    if secret.len() < 4 {
        return Vec::new();
    }
    part.match_indices(secret).map(|(at, found)| at..at + found.len()).collect()
}

/// A part without the blanks around it.
fn body_of(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or("");
    let start = range.start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
}

/// Replaces each range by the mask and carries the mark along; a mark that touches a masked part covers its whole mask.
fn apply(part: &str, mut masks: Vec<Range<usize>>, mark: Range<usize>) -> (String, Range<usize>) {
    masks.retain(|range| !range.is_empty());
    masks.sort_by_key(|range| range.start);
    masks.dedup_by(|next, last| {
        let joined = next.start < last.end;
        if joined {
            last.end = last.end.max(next.end);
        }
        joined
    });
    let mut out = String::with_capacity(part.len());
    let mut at = 0;
    let mut start = mark.start;
    let mut end = mark.end;
    for range in masks {
        out.push_str(part.get(at..range.start).unwrap_or(""));
        let shown = out.len();
        out.push_str(MASK);
        if mark.start >= range.start {
            start = if mark.start < range.end { shown } else { out.len() + mark.start - range.end };
        }
        if mark.end > range.start {
            end = out.len() + mark.end.saturating_sub(range.end);
        }
        at = range.end;
    }
    out.push_str(part.get(at..).unwrap_or(""));
    (out, start..end.max(start))
}

/// The same with every hidden character as question marks of its length, so that offsets stay valid. Tabs stay.
fn sanitised(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) && c != '\t' {
            out.extend(std::iter::repeat_n('?', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out
}

/// The bytes of a line without its end and without a byte order mark.
fn line_range(text: &str, index: &LineIndex, line: u32) -> Range<usize> {
    let start = index.start_of(line).map_or(text.len(), |start| start as usize);
    let end = index.start_of(line.saturating_add(1)).map_or(text.len(), |end| end as usize);
    let content = text.get(start..end).unwrap_or("");
    let content = content.strip_suffix('\n').unwrap_or(content);
    let content = content.strip_suffix('\r').unwrap_or(content);
    let mark = if line == 1 && content.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    start + mark..start + content.len()
}

/// As much of a line as may matter.
fn head<'a>(text: &'a str, line: &Range<usize>) -> &'a str {
    text.get(line.start..ceil(text, line.end.min(line.start + LOOK))).unwrap_or("")
}

/// A span that fits the text and starts and ends between characters.
fn clamp(text: &str, span: Span) -> Range<usize> {
    let start = floor(text, span.start as usize);
    start..ceil(text, span.end as usize).max(start)
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests;
