//! From a document's blocks to settings: front matter, sections, claims, answers of subcards, and the other documents that it names.

use super::blocks::{Addresses, Block, BlockKind, blocks};
use super::claims::{Claim, Sentence, claims, codes, may_claim, sentences};
use super::listed::{COLLECTED, DEFAULT, collected, documented};
use super::recipients::{RECIPIENTS, recipients};
use super::sections::{Section, is_figures, is_plan, is_private, name_of, sections};
use super::shape::{PAGE, Shape, is_general_name, is_translation};
use super::{front_matter, subcard};
use crate::reading::{Link, LinkKind, Problem, Reading};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Longer documents are no prose that people read.
const MOST_BYTES: usize = 1 << 20;

/// Hosts that count who looks at a document.
const COUNTERS: &[&str] = &[
    "static.scarf.sh/",
    "ga-beacon.",
    "google-analytics.com/collect",
    "beacon.gcp",
    "ga4-beacon",
    "pixel.wp.com",
    "px.ads.linkedin.com",
    "www.facebook.com/tr",
    "matomo.php",
    "plausible.io/api/event",
    "posthog.com/i/v0",
    "umami.is/p/",
];

/// Claims about the people in a dataset: elsewhere the same words speak of newsletters and contracts.
const OF_DATA: &[&str] = &["no-pii-in-training", "user-data-excluded", "consent"];

/// Claims about protection, which documents about security make.
const OF_SECURITY: &[&str] = &["encrypted-or-authenticated"];

/// Adds what a document of this shape says.
pub fn read(path: &str, shape: Shape, text: &str, reading: &mut Reading) {
    reading.kinds.insert(0, shape.kind());
    let front = front_matter::find(text);
    if shape == Shape::Card
        && let Some((span, _)) = front
    {
        front_matter::read(path, text, span, reading);
    }
    if text.len() > MOST_BYTES {
        let message = "longer than 1 MiB: its sections and claims are not read".to_owned();
        reading.problems.push(Problem { span: None, message, fatal: false });
        return;
    }
    let (mut blocks, addresses) = blocks(text, front.map_or(0, |(_, end)| end));
    // pages of sites have their first heading in the front matter
    if shape != Shape::Card
        && let Some(title) = front.and_then(|(span, _)| title(span, text))
    {
        blocks.insert(0, title);
    } else if shape == Shape::Privacy && !blocks.iter().any(|block| block.kind == BlockKind::Heading(1)) {
        // a document without a title is still what its name says
        let name = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or("");
        blocks.insert(0, Block::heading(&name.replace(['-', '_'], " "), Span::default()));
    }
    let mut out = Out { text, reading };
    let sections = sections(&blocks, text);
    // half of a translation may still be English; the original is read by itself
    let whole = shape == Shape::Privacy && !is_general_name(path);
    let claims = if is_translation(path) { Vec::new() } else { said(shape, !is_general_name(path), &blocks, &addresses) };
    if let Some(facts) = collected(&blocks, whole).filter(|_| !is_translation(path)) {
        let items = facts.items.into_iter().map(|item| Value::Text(item.into())).collect();
        let setting = Setting::named(ScopeId::ROOT, Surface::Claim, COLLECTED, Outcome::One(Value::List(items)), facts.span, facts.span);
        out.reading.settings.push(setting.with_raw(out.text));
    }
    if let Some((names, span)) = recipients(&blocks, whole).filter(|_| !is_translation(path)) {
        let items = names.into_iter().map(|name| Value::Text(name.into())).collect();
        let setting = Setting::named(ScopeId::ROOT, Surface::Claim, RECIPIENTS, Outcome::One(Value::List(items)), span, span);
        out.reading.settings.push(setting.with_raw(out.text));
    }
    if shape == Shape::Card
        && let Some(figures) = sections.iter().find(|section| section.text && is_figures(&section.name))
        && claims.is_empty()
        && !sections.iter().any(|section| section.text && is_private(&section.name))
    {
        out.add(Surface::Section, "figures without a word about privacy", "text", figures.heading, figures.heading);
    }
    for section in sections {
        // a heading that is a link has its text behind it
        let linked = || link_over(&addresses, section.heading).is_some();
        let section = Section { text: section.text || linked(), ..section };
        out.add(Surface::Section, &section.name, if section.text { "text" } else { "placeholder" }, section.heading, section.content);
    }
    if shape != Shape::Readme {
        for answer in subcard::answers(&blocks) {
            let name = format!("privacy subcard: {}", answer.name);
            out.add(Surface::Section, &name, if answer.text { "text" } else { "placeholder" }, answer.question, answer.at);
            if let Some(side) = answer.side {
                out.add(Surface::Section, &format!("answer of the privacy subcard: {}", answer.name), side, answer.question, answer.at);
            }
            if let Some((code, value)) = answer.claim {
                out.add(Surface::Claim, code, value, answer.question, answer.at);
            }
        }
    }
    for claim in claims {
        out.add(Surface::Claim, claim.code, &claim.value, claim.span, claim.span);
    }
    out.addresses(&addresses);
}

/// Adds what any other page announces: words that mean the same wherever they stand.
pub fn announcements(text: &str, reading: &mut Reading) {
    if text.len() > MOST_BYTES {
        return;
    }
    let (blocks, _) = blocks(text, front_matter::find(text).map_or(0, |(_, end)| end));
    let speaks = |block: &&Block| matches!(block.kind, BlockKind::Paragraph | BlockKind::Item) && may_claim(&block.text());
    let said = blocks.iter().filter(speaks).flat_map(sentences).flat_map(|sentence| claims(&sentence, false));
    let announced: Vec<Claim> = said.filter(|claim| claim.value == "opposite").collect();
    if announced.is_empty() {
        return;
    }
    reading.kinds.insert(0, PAGE);
    let mut out = Out { text, reading };
    for claim in announced {
        out.add(Surface::Claim, claim.code, &claim.value, claim.span, claim.span);
    }
}

/// Whether a page could announce something: a cheap question before it is parsed.
pub fn may_announce(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [
        "usage data",
        "anonymous usage",
        "anonymized usage",
        "usage statistics",
        "usage stats",
        "usage metrics",
        "usage information",
        "anonymous statistics",
        "pseudonymous usage",
        "anonymized ",
        "anonymous data",
    ]
    .iter()
    .any(|words| lower.contains(words))
}

/// Adds the defaults that a document's tables tell of switches that report or collect.
pub fn defaults(text: &str, reading: &mut Reading) {
    if text.len() > MOST_BYTES {
        return;
    }
    let (blocks, _) = blocks(text, front_matter::find(text).map_or(0, |(_, end)| end));
    for one in documented(&blocks) {
        let value = Outcome::text(if one.reports { "reports" } else { "quiet" });
        let setting = Setting::named(ScopeId::ROOT, Surface::Claim, format!("{DEFAULT}{}", one.name), value, one.span, one.span);
        reading.settings.push(setting.with_raw(text));
    }
}

/// The title that front matter gives a page.
fn title(front: Span, text: &str) -> Option<Block> {
    let mut at = front.start as usize;
    for line in front.of(text).split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("title:") {
            let title = rest.trim();
            let start = at + line.len() - rest.trim_start().len();
            let span = Span::new(start, start + title.len());
            return (!title.is_empty()).then(|| Block::heading(title, span));
        }
        at += line.len();
    }
    None
}

/// The address of the link that a stretch lies in; links stand in the order of the text.
fn link_over(addresses: &Addresses, span: Span) -> Option<&str> {
    let before = addresses.links.partition_point(|(_, link)| link.start <= span.start);
    let (to, link) = addresses.links.get(before.checked_sub(1)?)?;
    (span.end <= link.end).then_some(to.as_str())
}

/// Whether a block is nothing but a link to a section.
fn is_entry(block: &Block, addresses: &Addresses) -> bool {
    let spans = block.pieces.iter().filter(|piece| !piece.text.trim().is_empty()).map(|piece| piece.span);
    spans.reduce(Span::join).and_then(|span| link_over(addresses, span)).is_some_and(|to| to.starts_with('#'))
}

struct Out<'a> {
    text: &'a str,
    reading: &'a mut Reading,
}

impl Out<'_> {
    fn add(&mut self, surface: Surface, name: &str, value: &str, at: Span, says: Span) {
        let setting = Setting::named(ScopeId::ROOT, surface, name, Outcome::text(value), at, says);
        self.reading.settings.push(setting.with_raw(self.text));
    }

    fn addresses(&mut self, addresses: &Addresses) {
        for (address, span) in &addresses.images {
            if COUNTERS.iter().any(|counter| address.contains(counter)) {
                self.add(Surface::Claim, "no-visitor-tracking", "opposite", *span, *span);
            }
        }
        for (address, span) in &addresses.links {
            let path = address.split(['#', '?']).next().unwrap_or("");
            if !path.contains("://") && super::fences::claims(path) && self.reading.links.len() < 100 {
                self.reading.links.push(Link { from: ScopeId::ROOT, to: path.into(), kind: LinkKind::Document, span: *span });
            }
        }
    }
}

/// All claims of a document. A list's items are read together with the line that leads to them. `whole`: all of a privacy document speaks
/// of privacy.
fn said(shape: Shape, whole: bool, blocks: &[Block], addresses: &Addresses) -> Vec<Claim> {
    let mut found = Vec::new();
    let mut headings: Vec<(u8, bool, bool)> = Vec::new();
    let mut lead: Option<Sentence> = None;
    let first_heading = blocks.iter().find(|block| matches!(block.kind, BlockKind::Heading(_))).map(|block| block.span);
    for block in blocks {
        match block.kind {
            BlockKind::Heading(level) => {
                headings.retain(|(outer, ..)| *outer < level);
                let text = block.text();
                let name = name_of(&text);
                // a README's first heading is the product's name, whatever it promises
                let title = level <= 1 && shape == Shape::Readme && first_heading == Some(block.span);
                headings.push((level, is_private(&name) && !title, is_plan(&name)));
                let asks = text.get(..64).unwrap_or(&text).to_lowercase().contains("what");
                let heading = if asks { sentences(block).into_iter().next() } else { None };
                lead = heading.filter(|heading| heading.tokens.first().is_some_and(|token| token.word == "what"));
                if let Some(lead) = &mut lead {
                    lead.question = false;
                }
                continue;
            }
            BlockKind::Other => continue,
            BlockKind::Paragraph | BlockKind::Item | BlockKind::Cell(..) => {}
        }
        if headings.iter().any(|(_, _, plan)| *plan) {
            continue;
        }
        let private = (whole && shape == Shape::Privacy) || headings.iter().any(|(_, private, _)| *private);
        // tables of READMEs list parameters by the thousand; where they speak of privacy, a heading says so
        if shape != Shape::Card && !private && matches!(block.kind, BlockKind::Cell(..)) {
            lead = None;
            continue;
        }
        // an entry of a table of contents says what a section says
        if block.kind == BlockKind::Item && is_entry(block, addresses) {
            continue;
        }
        let text = block.text();
        let speaks = may_claim(&text);
        let leads = block.kind != BlockKind::Item && text.trim_end().ends_with(':');
        if !(speaks || leads || (block.kind == BlockKind::Item && lead.is_some())) {
            lead = lead.filter(|_| block.kind == BlockKind::Item);
            continue;
        }
        let all = sentences(block);
        if block.kind == BlockKind::Item
            && let (Some(lead), Some(first)) = (&lead, all.first())
        {
            let tokens = lead.tokens.iter().chain(&first.tokens).cloned().collect();
            let whole = Sentence { tokens, spoken: first.spoken, ..Sentence::default() };
            let span = first.span();
            found.extend(claims(&whole, private).into_iter().map(|claim| Claim { span, ..claim }));
        }
        found.extend(all.iter().flat_map(|sentence| claims(sentence, private)));
        // what a card says about the people in its data it says in any section, and so does a document about security about protection
        if !private {
            let own: &[&str] = if shape == Shape::Card { OF_DATA } else { OF_SECURITY };
            let speaks = shape == Shape::Card || shape == Shape::Privacy;
            let told = all.iter().filter(|_| speaks).flat_map(|sentence| claims(sentence, true));
            found.extend(told.filter(|claim| own.contains(&claim.code) && matches!(claim.value.as_str(), "opposite" | "conditional")));
        }
        if block.kind != BlockKind::Item {
            lead = all.last().filter(|last| last.colon).cloned();
        }
    }
    found.retain(|claim| shape == Shape::Card || !OF_DATA.contains(&claim.code));
    found.sort_by_key(|claim| claim.span.start);
    found.dedup();
    // what can be switched off is on: beside the opposite a way out is no promise
    let said = |code: &str, value: &str| found.iter().any(|claim| claim.code == code && claim.value == value);
    let refused: Vec<&str> = codes().into_iter().filter(|code| said(code, "opposite") && !said(code, "promised")).collect();
    found.retain(|claim| !claim.refusal || !refused.contains(&claim.code));
    found
}

#[cfg(test)]
mod tests {
    use crate::setting::Surface;
    use crate::value::Outcome;

    fn said(path: &str, text: &str) -> Vec<String> {
        let reading = crate::read::prose::read(path, text);
        let prose = |setting: &&crate::setting::Setting| {
            setting.names.iter().any(|(surface, _)| matches!(surface, Surface::Claim | Surface::Section))
        };
        let shown = |setting: &crate::setting::Setting| {
            let Outcome::One(value) = &setting.value else { panic!("{setting:?}") };
            format!("{} {}: {} ({})", setting.names[0].0.word(), setting.names[0].1, value.display(), setting.raw)
        };
        reading.settings.iter().filter(prose).map(shown).collect()
    }

    #[test]
    fn a_privacy_document_gives_its_sections_and_claims() {
        let text = "# Privacy\n\nPrompts are never logged.\n\n## Telemetry\nUsage statistics are collected.\n";
        assert_eq!(
            said("PRIVACY.md", text),
            [
                "section privacy: text (Prompts are never logged.)",
                "claim prompts-not-logged: promised (Prompts are never logged)",
                "section telemetry: text (Usage statistics are collected.)",
                "claim no-telemetry: opposite (Usage statistics are collected)",
            ]
        );
    }

    #[test]
    fn a_list_is_read_with_the_line_that_leads_to_it() {
        let text = "# A\n\n## Privacy\nWe never store:\n\n- your prompts\n- your name\n\n## What we don't collect\n\n- Telemetry.\n";
        let claims: Vec<String> = said("README.md", text).into_iter().filter(|line| line.starts_with("claim")).collect();
        assert_eq!(claims, ["claim prompts-not-logged: promised (your prompts)", "claim no-telemetry: promised (Telemetry)"]);
    }

    #[test]
    fn a_table_of_contents_says_nothing_and_a_linked_heading_has_its_text_elsewhere() {
        let text = "# A\n\n- [Anonymized Telemetry](#anonymized-telemetry)\n\n## [Privacy](https://acme.example/privacy)\n";
        assert_eq!(
            said("README.md", text),
            ["section a: text (- [Anonymized Telemetry](#anonymized-telemetry))", "section privacy: text ()"]
        );
    }

    #[test]
    fn ordinary_readmes_make_no_claims() {
        let text = "# Server\nStores messages in Redis and sends usage metrics to Prometheus. Train a model on your data:\n\n```sh\nrun\n```\n\n## Features\n\n- Logs requests\n- Share prompts with your team\n- Upload files to S3\n";
        assert_eq!(said("README.md", text).iter().filter(|line| line.starts_with("claim")).count(), 0);
    }

    #[test]
    fn a_counting_picture_is_found_in_markup_and_in_markdown() {
        let text = "# A\n\n<img referrerpolicy=\"x\" src=\"https://static.scarf.sh/a.png?x-pxid=1\" />\n\n![b](https://static.scarf.sh/b.png)\n\n![c](https://img.shields.io/c.svg)\n";
        assert_eq!(said("README.md", text).iter().filter(|line| line.contains("no-visitor-tracking: opposite")).count(), 2);
    }
}
