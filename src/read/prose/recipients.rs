//! Who gets people's data, by name: the services that a text about privacy says are used, count or are sent something. A document that
//! names one more has one more recipient, in whatever words.

use super::blocks::{Block, BlockKind};
use super::sections::{is_plan, is_private, name_of};
use crate::span::Span;

/// The claim under which the names stand.
pub const RECIPIENTS: &str = "named-recipients";

/// Services that take data of people in, as they write themselves. Companies that also make ordinary tools are no part of it.
const SERVICES: &[&str] = &[
    "Anthropic",
    "App Center",
    "Application Insights",
    "AppsFlyer",
    "AssemblyAI",
    "Better Stack",
    "Braze",
    "Bugsnag",
    "Clearbit",
    "Cloudflare",
    "Countly",
    "Crashlytics",
    "Customer.io",
    "Datadog",
    "Deepgram",
    "Facebook Pixel",
    "Firebase",
    "Fly.io",
    "FullStory",
    "Google Analytics",
    "Google Tag Manager",
    "Groq",
    "Helicone",
    "Honeycomb",
    "Hotjar",
    "HubSpot",
    "LangSmith",
    "Langfuse",
    "LaunchDarkly",
    "Loggly",
    "LogRocket",
    "Mailchimp",
    "Matomo",
    "Microsoft Clarity",
    "Mixpanel",
    "Netlify",
    "New Relic",
    "OpenAI",
    "OpenRouter",
    "Outlit",
    "Papertrail",
    "Pendo",
    "Plausible",
    "PostHog",
    "Rollbar",
    "RudderStack",
    "Salesforce",
    "SendGrid",
    "Sentry",
    "Snowplow",
    "Statsig",
    "Stripe",
    "Supabase",
    "Umami",
    "Vercel Analytics",
    "Zendesk",
];

/// Words of the language too: at a sentence's start they may be meant as such.
const WORDS: &[&str] = &["Amplitude", "Axiom", "Heap", "Intercom", "Loops", "Scarf", "Segment"];

/// What is done with data, or by whom: without one of these a sentence only mentions a service.
const DONE: &[&str] = &[
    "analytics",
    "telemetry",
    "track",
    "collect",
    "sent",
    "send",
    "shar",
    "report",
    "process",
    "provider",
    "service",
    "stor",
    "host",
    "metric",
    "statistic",
    "usage",
    "crash",
    "error",
];

/// What says that it is not so, or only where the reader sets it up.
const NOT: &[&str] = &[
    "not",
    "never",
    "no",
    "none",
    "without",
    "neither",
    "nor",
    "instead",
    "removed",
    "longer",
    "if",
    "when",
    "may",
    "can",
    "optionally",
    "own",
    "your own",
    "don't",
    "doesn't",
    "don’t",
    "doesn’t",
    "isn't",
    "self-host",
    "self-hosted",
];

/// The names that a document gives, each once and in small letters, with the place of the first. `whole`: all of it speaks of privacy.
#[must_use]
pub fn recipients(blocks: &[Block], whole: bool) -> Option<(Vec<String>, Span)> {
    let mut found: Vec<String> = Vec::new();
    let mut span: Option<Span> = None;
    let mut headings: Vec<(u8, bool, bool)> = Vec::new();
    let mut refused = false;
    for block in blocks {
        match block.kind {
            BlockKind::Heading(level) => {
                headings.retain(|(outer, ..)| *outer < level);
                let name = name_of(&block.text());
                headings.push((level, is_private(&name), is_plan(&name)));
                refused = denies(&name);
                continue;
            }
            BlockKind::Other => continue,
            BlockKind::Paragraph | BlockKind::Item | BlockKind::Cell(..) => {}
        }
        if headings.iter().any(|(_, _, plan)| *plan) || !(whole || headings.iter().any(|(_, private, _)| *private)) {
            continue;
        }
        let text = block.text();
        if block.kind == BlockKind::Paragraph {
            refused = text.trim_end().ends_with(':') && denies(&text);
        }
        if refused && block.kind == BlockKind::Item {
            continue;
        }
        for sentence in sentences(&text).filter(|sentence| !denies(sentence) && speaks(sentence)) {
            for name in named(sentence) {
                span.get_or_insert(block.span);
                if !found.contains(&name) {
                    found.push(name);
                }
            }
        }
    }
    found.sort_unstable();
    span.map(|span| (found, span))
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '!', '?', '\n'])
        .scan((0, 0), move |(start, end), part| {
            *end += part.len();
            // `Fly.io` and `e.g.` go on
            let goes_on = text.get(*end..).is_some_and(|rest| !rest.is_empty() && !rest.starts_with([' ', '\n'])) || part.ends_with("e.g.");
            if goes_on {
                return Some(None);
            }
            let whole = text.get(*start..*end);
            *start = *end;
            Some(whole)
        })
        .flatten()
}

fn denies(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’' | '-'))).any(|word| NOT.contains(&word))
}

fn speaks(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    DONE.iter().any(|word| lower.contains(word))
}

/// The services that a sentence names.
fn named(sentence: &str) -> impl Iterator<Item = String> + '_ {
    let start = sentence.len() - sentence.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
    let plain = SERVICES.iter().map(|name| (*name, false));
    let words = WORDS.iter().map(|name| (*name, true));
    let stands = move |name: &str, word: bool| {
        sentence.match_indices(name).any(|(at, _)| {
            let before = sentence.get(..at).and_then(|before| before.chars().next_back());
            let after = sentence.get(at + name.len()..).and_then(|after| after.chars().next());
            let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/');
            !(before.is_some_and(|c| joins(c) || c == '.') || after.is_some_and(joins) || word && at == start)
        })
    };
    plain.chain(words).filter(move |(name, word)| stands(name, *word)).map(|(name, _)| name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::prose::blocks::blocks;

    fn said(text: &str, whole: bool) -> Vec<String> {
        recipients(&blocks(text, 0).0, whole).map(|(names, _)| names).unwrap_or_default()
    }

    #[test]
    fn services_that_get_something_are_named() {
        let text = "# Privacy\n\nWe use PostHog and Segment for analytics. Crash reports go to Sentry, hosted on Fly.io.\n\n- **Analytics services** (e.g., Mixpanel)\n";
        assert_eq!(said(text, true), ["fly.io", "mixpanel", "posthog", "segment", "sentry"]);
        assert_eq!(said(text, false), ["fly.io", "mixpanel", "posthog", "segment", "sentry"]);
        assert_eq!(said("# A\n\nWe use PostHog for analytics.\n", false), Vec::<String>::new());
    }

    #[test]
    fn what_is_refused_or_set_up_by_the_reader_is_no_recipient() {
        let text = "# Privacy\n\nWe do not use Google Analytics. If you set a key, events are sent to PostHog.\n\nWe never send data to:\n\n- Mixpanel, for analytics\n\nSegment your users. See docs/sentry-usage and https://posthog.com/usage.\n";
        assert_eq!(said(text, true), Vec::<String>::new());
    }
}
