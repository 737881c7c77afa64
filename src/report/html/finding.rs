//! One finding of the page: what happened, the lines before and after, why it matters, how to put it right.

use std::fmt::Write as _;

use super::super::escape::{html, html_prose};
use super::super::model::{Excerpt, Finding, PathClass, Side, StateWord};
use super::super::summary::{cell, cwe, level};

/// Places listed before the rest is only counted.
const LISTED: usize = 10;

/// The article of the finding with this number.
pub(super) fn article(number: usize, finding: &Finding, fails: bool) -> String {
    let scope = finding.scope.as_deref().map(|scope| format!(" <span class=\"scope\">{}</span>", html(scope))).unwrap_or_default();
    let class = match finding.path_class {
        PathClass::Product => String::new(),
        class => format!("<span class=\"chip\">{} file</span>", class.word()),
    };
    let fails = if fails { "<span class=\"chip fails\">fails this run</span>" } else { "" };
    let waiver = if finding.waiver.is_some() { "<span class=\"chip\">waived</span>" } else { "" };
    let mut text = format!(
        "<article class=\"finding {level}\" id=\"finding-{number}\" aria-labelledby=\"title-{number}\">\n<header>\n\
         <p class=\"chips\"><span class=\"chip {level}\">{level}</span><span class=\"chip\">{}</span>{class}{fails}{waiver}</p>\n\
         <h3 id=\"title-{number}\"><code>{}</code>{scope}</h3>\n<p class=\"message\">{}</p>\n</header>\n",
        finding.change.word(),
        html(&finding.setting),
        html_prose(&finding.message),
        level = level(finding),
    );
    text.push_str("<div class=\"sides\">\n");
    text.push_str(&side(finding, finding.base.as_ref(), "Before"));
    text.push_str(&side(finding, finding.head.as_ref(), "After"));
    text.push_str("</div>\n<dl class=\"prose\">\n");
    let mut row = |label: &str, body: Option<String>| {
        if let Some(body) = body.filter(|body| !body.is_empty()) {
            let _ = writeln!(text, "<div><dt>{label}</dt><dd>{body}</dd></div>");
        }
    };
    let prose = |prose: &Option<String>| prose.as_deref().map(html_prose);
    row("Why", prose(&finding.why));
    row("Fix", prose(&finding.fix));
    row("Also in", Some(places(finding)));
    row("Also by", Some(finding.also.iter().map(|id| format!("<code>{}</code>", html(id))).collect::<Vec<_>>().join(", ")));
    row("Waiver", prose(&finding.waiver));
    row("Policy", Some(format!("<code>{}</code>{}", html(&finding.policy), references(finding))));
    text.push_str("</dl>\n</article>\n");
    text
}

fn side(finding: &Finding, side: Option<&Side>, label: &str) -> String {
    let after = label == "After";
    let (value, code) = cell(side, if after { "gone" } else { "not there" });
    let value = if code { format!("<code>{}</code>", html(&value)) } else { format!("<em>{}</em>", html(&value)) };
    let place = match side {
        Some(Side { file: Some(file), line: Some(line), .. }) => format!("{file}:{line}"),
        // what is gone is looked for where it would stand
        _ if after => format!("{}:{}", finding.file, finding.line),
        _ => String::new(),
    };
    let place = if place.is_empty() { place } else { format!("<span class=\"place\">{}</span>", html(&place)) };
    let lines = match side.and_then(|side| side.excerpt.as_ref()) {
        Some(excerpt) => lines(excerpt),
        None => format!("<p class=\"none\">{}</p>", html(absent(side, after))),
    };
    let class = label.to_lowercase();
    format!("<div class=\"side {class}\">\n<p class=\"label\"><strong>{label}</strong> {value}{place}</p>\n{lines}</div>\n")
}

fn absent(side: Option<&Side>, after: bool) -> &'static str {
    match (side.map(|side| side.state), after) {
        (None, true) => "What it belonged to is gone.",
        (None, false) => "What it belongs to is new.",
        (Some(StateWord::Unset), _) => "Nothing is written: the product's own default holds.",
        (Some(StateWord::Unreadable), _) => "The file cannot be read.",
        (Some(_), _) => "No lines to show.",
    }
}

/// The lines around the place, numbered, with the place marked.
fn lines(excerpt: &Excerpt) -> String {
    let mut text = String::from("<pre tabindex=\"0\"><code>");
    let mut at = 0;
    for (number, line) in (excerpt.first_line..).zip(excerpt.text.split('\n')) {
        let end = at + line.len();
        let marked = (at..=end).contains(&excerpt.start);
        let class = if marked { " class=\"hit\"" } else { "" };
        let body = if marked {
            let (from, to) = (excerpt.start - at, excerpt.end.clamp(excerpt.start, end) - at);
            let part = |range| line.get(range).unwrap_or("");
            let inside = part(from..to);
            let mark = if inside.is_empty() { String::new() } else { format!("<mark>{}</mark>", html(inside)) };
            format!("{}{mark}{}", html(part(0..from)), html(part(to..line.len())))
        } else {
            html(line)
        };
        let _ = write!(text, "<span{class}><span class=\"number\">{number:>4}</span> {body}\n</span>");
        at = end + 1;
    }
    text.push_str("</code></pre>\n");
    text
}

fn places(finding: &Finding) -> String {
    let others: Vec<String> = finding
        .places
        .iter()
        .filter(|place| place.file != finding.file || place.line != finding.line)
        .map(|place| format!("<code>{}:{}</code>", html(&place.file), place.line))
        .collect();
    let more = others.len().saturating_sub(LISTED);
    let listed = others.into_iter().take(LISTED).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{listed} and {more} more") } else { listed }
}

fn references(finding: &Finding) -> String {
    finding
        .refs
        .iter()
        .map(|reference| match cwe(reference) {
            Some(number) => format!(
                " <a class=\"ref\" rel=\"noreferrer\" href=\"https://cwe.mitre.org/data/definitions/{number}.html\">CWE-{number}</a>"
            ),
            None => format!(" <span class=\"ref\">{}</span>", html(reference)),
        })
        .collect()
}
