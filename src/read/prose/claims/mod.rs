//! Claims: what sentences promise, by coded patterns with negation, condition and mood. Marketing, questions, plans and advice to the
//! reader say nothing.

mod table;
mod words;

use table::{Classes, Element, Pattern, Says, TABLE};
pub use words::{Sentence, Token, sentences};

use crate::span::Span;

/// Words before a pattern in which a negation still turns it round.
const WINDOW: usize = 6;

/// One claim of one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its code.
    pub code: &'static str,
    /// `promised`, `conditional`, `opposite`, `30 days`, `forever`, a number.
    pub value: String,
    /// The sentence.
    pub span: Span,
    /// It holds only for those who refuse: what it speaks of is on.
    pub refusal: bool,
}

/// All codes that claims may have.
#[must_use]
pub fn codes() -> Vec<&'static str> {
    TABLE.codes()
}

/// Whether a text could claim anything: a cheap question before it is taken apart into sentences.
#[must_use]
pub fn may_claim(text: &str) -> bool {
    TABLE.may_claim(text)
}

/// What a sentence claims, each code once. `private` tells that its surroundings speak of privacy: only there the opposite counts.
#[must_use]
pub fn claims(sentence: &Sentence, private: bool) -> Vec<Claim> {
    let mut found: Vec<(u8, Claim)> = Vec::new();
    let mood = Mood::of(sentence);
    if mood.silent {
        return Vec::new();
    }
    let mut all = Classes::default();
    for token in &sentence.tokens {
        all.join(&token.classes);
    }
    for pattern in TABLE.patterns.iter().filter(|pattern| pattern.could_fit(&all)) {
        let Some(fit) = fit(&pattern.elements, &sentence.tokens) else { continue };
        let Some((weight, value)) = said(pattern, &fit, sentence, &mood, private) else { continue };
        // beside the plain opposite a condition under which more is exposed is no promise either
        let exposed = matches!(weight, 1 | 4) && !mood.consented;
        let refusal = value == "conditional" && (mood.until_refused || exposed) && pattern.says != Says::Offers;
        let claim = Claim { code: pattern.code, value, span: sentence.span(), refusal };
        match found.iter_mut().find(|(_, other)| other.code == pattern.code && is_number(&other.value) == is_number(&claim.value)) {
            Some(other) if weight < other.0 => *other = (weight, claim),
            Some(_) => {}
            None => found.push((weight, claim)),
        }
    }
    found.into_iter().map(|(_, claim)| claim).collect()
}

fn is_number(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_digit()) || value == "forever"
}

/// Where a pattern stands in a sentence.
struct Fit {
    first: usize,
    last: usize,
    number: Option<usize>,
}

fn fit(elements: &[Element], tokens: &[Token]) -> Option<Fit> {
    (0..tokens.len()).find_map(|start| {
        let mut ends: Vec<(usize, Option<usize>)> = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            if index == 0 {
                if fits(element, tokens.get(start)?) {
                    ends.push((start, element.class.is_none().then_some(start)));
                }
            } else {
                let mut next = Vec::new();
                for (end, number) in &ends {
                    for at in end + 1..=(end + 1 + element.gap).min(tokens.len().saturating_sub(1)) {
                        if tokens.get(at).is_some_and(|token| fits(element, token)) && !next.iter().any(|(known, _)| *known == at) {
                            next.push((at, if element.class.is_none() { Some(at) } else { *number }));
                        }
                    }
                }
                ends = next;
            }
            if ends.is_empty() {
                return None;
            }
        }
        ends.first().map(|(last, number)| Fit { first: start, last: *last, number: *number })
    })
}

fn fits(element: &Element, token: &Token) -> bool {
    match element.class {
        Some(class) => token.classes.has(class),
        None => number_of(&token.word).is_some(),
    }
}

/// What stands around a claim and changes what it means.
#[allow(clippy::struct_excessive_bools, reason = "independent remarks about one sentence")]
struct Mood {
    /// A question, a plan, an instruction: nothing is claimed.
    silent: bool,
    /// Something must be done or chosen for it to hold.
    conditional: bool,
    /// Somebody has to choose it.
    asked: bool,
    /// Somebody set it up so, or somebody else's terms decide.
    arranged: bool,
    /// Somebody has to agree to it.
    consented: bool,
    /// It is over.
    past: bool,
    /// It holds until somebody does something.
    until_refused: bool,
    by_default: bool,
    /// Only one purpose is spoken of.
    purpose: bool,
    /// No more than what is said.
    only: bool,
    /// What is said happens on the reader's own machine.
    local: bool,
    /// Somebody is spoken to, or speaks for the makers.
    personal: bool,
}

const PLANS: &[&str] = &[
    "considering",
    "consider",
    "would",
    "could",
    "might",
    "should",
    "must",
    "plan",
    "plans",
    "planned",
    "intend",
    "explanation",
    "imagine",
    "todo",
    "ensure",
    "want",
    "wish",
    "upcoming",
    "soon",
    "hypothetically",
    "possible",
];
const ORDERS: &[&str] = &[
    "please",
    "avoid",
    "use",
    "make",
    "ensure",
    "add",
    "enable",
    "configure",
    "run",
    "install",
    "see",
    "check",
    "learn",
    "try",
    "consider",
];
const CHOICES: &[&str] = &["enable", "enabled", "enabling", "activate", "activated", "choose", "optin", "turn", "allow", "agree"];
const ARRANGED: &[&str] = &["select", "selected", "selecting", "configure", "configured", "connect", "connected", "provide", "provided"];
const DECIDES: &[&str] =
    &["control", "controls", "controlling", "decide", "decides", "determine", "determines", "choose", "configure", "configures"];
const TERMS: &[&str] = &["policy", "policies", "terms", "settings", "configuration", "deployment", "provider"];
const PLACES: &[&str] = &["local", "locally", "device", "browser", "machine", "computer", "memory", "laptop"];
/// Behind a place they are what is set there or known of it, not where data are.
const CONFIGS: &[&str] = &[
    "config",
    "configuration",
    "settings",
    "file",
    "specific",
    "version",
    "id",
    "ids",
    "identifier",
    "type",
    "types",
    "model",
    "information",
    "fingerprint",
];
const PEOPLE: &[&str] = &[
    "your",
    "you",
    "we",
    "our",
    "us",
    "user",
    "users",
    "customer",
    "customers",
    "userdata",
    "never",
    "privacy",
    "anyone",
    "prompt",
    "prompts",
    "query",
    "queries",
    "conversations",
    "chats",
    "chathistory",
];

impl Mood {
    fn of(sentence: &Sentence) -> Self {
        let has = |words: &[&str]| sentence.tokens.iter().any(|token| words.contains(&token.word.as_str()));
        let word = |at: usize| sentence.tokens.get(at).map_or("", |token| token.word.as_str());
        let advice = ORDERS.contains(&word(0))
            || (word(0).ends_with("ly") && ORDERS.contains(&word(1)))
            || word(0) == "whether"
            || (matches!(word(0), "where" | "how" | "when") && word(1) == "to")
            || (matches!(word(0), "do" | "did") && word(1) == "not")
            || (word(0) == "never" && !word(1).ends_with(['s', 'd']))
            || (1..sentence.tokens.len()).any(|at| word(at) == "please" && ORDERS.contains(&word(at + 1)));
        // what helps to decide in the future is done today
        let planned = has(&["future"]) && has(&["will", "may", "version", "versions", "release", "releases", "begin", "eventually"]);
        // what is wished for is why something is done: `to ensure that it works we collect ...`
        let wished = if word(0) == "to" { sentence.tokens.iter().position(|token| token.word == "we").unwrap_or(0) } else { 0 };
        let plans = sentence.tokens.iter().skip(wished).any(|token| PLANS.contains(&token.word.as_str()));
        // what is counted to shape a roadmap is counted today
        let drafts = has(&["roadmap", "planning"]) && !has(&["shape", "inform", "guide", "steer", "prioritize"]);
        // what nobody knows, and what another text says, is no promise
        let described = |at: usize| word(at) == "except" && word(at + 1) == "as";
        let circular = has(&["knowingly"]) || (0..sentence.tokens.len()).any(described);
        let consented = has(&["optin", "permission", "consent", "agree", "approval", "authorization", "authorisation"]);
        let chosen = has(CHOICES) && has(&["if", "when", "once", "only", "unless", "until", "after"]);
        Self {
            silent: sentence.question
                || !sentence.spoken
                || advice
                || explains(sentence)
                || is_a_right(sentence)
                || plans
                || drafts
                || planned
                || circular,
            asked: chosen || has(&["unless", "only", "except"]) || consented,
            arranged: has(ARRANGED) && has(&["if", "when", "once", "where", "whenever"])
                || (1..sentence.tokens.len()).any(|at| word(at) == "whether" && DECIDES.contains(&word(at - 1)))
                || has(&["according", "depending", "depends", "governed", "subject"]) && has(TERMS),
            consented,
            past: has(&["previously", "formerly"]),
            conditional: chosen
                || has(&["if", "unless", "except", "optin", "permission", "approval", "authorization", "authorisation"])
                || (has(&["without", "unless"]) && has(&["consent"])),
            until_refused: has(&["unless", "optout", "disable", "disabled", "disabling", "off"]),
            by_default: has(&["bydefault"]),
            purpose: has(&["for"]) && has(&["training", "purpose", "purposes", "marketing", "advertising"]),
            only: has(&["only", "solely", "exclusively"]),
            local: (0..sentence.tokens.len()).any(|at| PLACES.contains(&word(at)) && !CONFIGS.contains(&word(at + 1))),
            personal: has(PEOPLE),
        }
    }
}

/// Whether a sentence tells what a recipe does that it belongs to: `this setup sends ...`.
fn explains(sentence: &Sentence) -> bool {
    const RECIPES: &[&str] =
        &["setup", "guide", "tutorial", "script", "command", "example", "recipe", "snippet", "walkthrough", "configuration"];
    let word = |at: usize| sentence.tokens.get(at).map_or("", |token| token.word.as_str());
    let scripted = word(0) == "the" && matches!(word(1), "script" | "setup" | "guide" | "tutorial" | "example" | "snippet");
    scripted || word(0) == "this" && (1..4).any(|at| RECIPES.contains(&word(at)))
}

/// Whether a sentence tells what readers may ask for: `you have the right to ask us to remove personal data`.
fn is_a_right(sentence: &Sentence) -> bool {
    const ASKING: &[&str] = &["ask", "request", "direct", "demand", "require", "instruct", "tell"];
    let word = |at: usize| sentence.tokens.get(at).map_or("", |token| token.word.as_str());
    (0..sentence.tokens.len()).any(|at| matches!(word(at), "right" | "rights") && word(at + 1) == "to" && ASKING.contains(&word(at + 2)))
}

/// Whether what is given goes to the reader's own: `sent to your collector`.
fn to_the_reader(pattern: &Pattern, fit: &Fit, tokens: &[Token]) -> bool {
    const THEIRS: &[&str] = &["configured", "chosen", "selected", "specified", "selfhosted", "local", "corresponding"];
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
    let theirs = |at: usize| word(at) == "to" && matches!(word(at + 1), "your" | "own");
    let chosen = |at: usize| word(at) == "to" && matches!(word(at + 1), "the" | "a") && THEIRS.contains(&word(at + 2));
    matches!(pattern.code, "no-telemetry" | "not-shared")
        && ((fit.last..=fit.last + 2).any(theirs) || (fit.first..=fit.last + 2).any(chosen))
}

/// The value of a claim, and its weight: the smallest is the sentence's word.
fn said(pattern: &Pattern, fit: &Fit, sentence: &Sentence, mood: &Mood, private: bool) -> Option<(u8, String)> {
    let negated = negated(&sentence.tokens, fit);
    if to_the_reader(pattern, fit, &sentence.tokens) {
        return None;
    }
    let promise = |weight: u8| {
        let about_people = matches!(pattern.code, "prompts-not-logged" | "not-trained-on" | "not-shared");
        let counts = private || !about_people || mood.personal;
        let purpose = mood.purpose && pattern.code == "prompts-not-logged";
        let conditional = mood.conditional || purpose || mood.by_default;
        counts.then(|| (weight, if conditional { "conditional" } else { "promised" }.to_owned()))
    };
    let private = private || pattern.says == Says::Announces;
    let opposite = |weight: u8| {
        let ordered = fit.first == 0 && is_bare_verb(sentence.tokens.first().map_or("", |token| token.word.as_str()));
        if !private || mood.local || mood.past || mood.arranged || ordered {
            return None;
        }
        let limited = mood.only && pattern.code == "prompts-not-logged";
        let conditional = limited || mood.conditional && !mood.until_refused && !mood.by_default;
        // what happens where somebody sets something up is no promise for those who do not
        if conditional && !limited && !mood.asked {
            return None;
        }
        Some((weight, if conditional { "conditional" } else { "opposite" }.to_owned()))
    };
    match pattern.says {
        Says::Offers => Some((0, "conditional".to_owned())),
        Says::Reveals | Says::Announces => {
            if negated {
                None
            } else {
                opposite(1)
            }
        }
        Says::Promises => promise(2),
        Says::Exposes | Says::Protects if negated == (pattern.says == Says::Exposes) => promise(3),
        Says::Exposes | Says::Protects => opposite(4),
        Says::Days => days(sentence, fit).filter(|_| private && !negated).map(|days| (5, days)),
        Says::Forever => (private && !negated).then(|| (5, "forever".to_owned())),
        Says::AtOnce => (private && !negated).then(|| (5, "0 days".to_owned())),
        Says::Number => number_of(&sentence.tokens.get(fit.number?)?.word).map(|number| (5, number.to_string())),
    }
}

/// Whether a negation stands before or inside a pattern.
fn negated(tokens: &[Token], fit: &Fit) -> bool {
    let from = fit.first.saturating_sub(WINDOW);
    (from..=fit.last).any(|at| {
        let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
        let next = word(at + 1);
        match word(at) {
            "not" | "never" | "none" | "nothing" | "neither" | "nor" | "nolonger" | "nobody" => !matches!(next, "only" | "just" | "merely"),
            "no" | "zero" => !matches!(next, "matter" | "doubt" | "problem"),
            // `without maintaining servers` says nothing of what is collected
            "without" => {
                let other = next.ends_with("ing") && !ACTS.contains(&next);
                !other && !matches!(next, "your" | "consent" | "permission" | "explicit" | "their")
            }
            _ => false,
        }
    })
}

/// What promises say that nobody does.
const ACTS: &[&str] = &[
    "collecting",
    "disclosing",
    "gathering",
    "keeping",
    "leaving",
    "logging",
    "recording",
    "reporting",
    "retaining",
    "saving",
    "selling",
    "sending",
    "sharing",
    "storing",
    "tracking",
    "training",
    "transmitting",
    "uploading",
    "using",
];

/// Verbs in the form in which one gives orders.
fn is_bare_verb(word: &str) -> bool {
    const VERBS: &[&str] = &[
        "send", "share", "store", "log", "save", "record", "keep", "collect", "report", "upload", "include", "use", "train", "retain",
        "sell", "disable",
    ];
    VERBS.contains(&word)
}

/// A time in days.
fn days(sentence: &Sentence, fit: &Fit) -> Option<String> {
    let at = fit.number?;
    let number = number_of(&sentence.tokens.get(at)?.word)?;
    let unit = sentence.tokens.iter().skip(at + 1).take(3).find_map(|token| match token.word.as_str() {
        "day" | "days" => Some(1.0),
        "week" | "weeks" => Some(7.0),
        "month" | "months" => Some(30.0),
        "year" | "years" => Some(365.0),
        "hour" | "hours" => Some(1.0 / 24.0),
        "minute" | "minutes" => Some(1.0 / 1440.0),
        _ => None,
    });
    Some(format!("{} days", number * unit?))
}

fn number_of(word: &str) -> Option<f64> {
    let spelled = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let words = [("fourteen", 14), ("thirty", 30), ("sixty", 60), ("ninety", 90)];
    let at = spelled.iter().position(|spelled| *spelled == word).or_else(|| words.iter().find(|(name, _)| *name == word).map(|(_, n)| *n));
    let digits = word.starts_with(|c: char| c.is_ascii_digit()).then(|| word.replace(',', "").parse().ok()).flatten();
    at.and_then(|n| u32::try_from(n).ok()).map(f64::from).or(digits)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::table::SOURCE;
    use super::*;
    use crate::read::prose::blocks::blocks;

    fn all(text: &str, private: bool) -> Vec<Claim> {
        let (found, _) = blocks(text, 0);
        found.iter().flat_map(sentences).flat_map(|sentence| claims(&sentence, private)).collect()
    }

    #[test]
    fn every_example_says_what_stands_before_it() {
        let mut code = "";
        let mut wrong = String::new();
        let mut tried = 0;
        for line in SOURCE.lines() {
            if let Some(name) = line.strip_prefix("claim ") {
                code = name;
            }
            let Some((expected, text)) = line.split_once("| ").filter(|(expected, _)| !expected.contains([':', '#'])) else { continue };
            tried += 1;
            let found: Vec<String> = all(text, true).into_iter().filter(|claim| claim.code == code).map(|claim| claim.value).collect();
            let expected: Vec<&str> = if expected == "silent" { Vec::new() } else { vec![expected.trim_start_matches("= ")] };
            if found != expected {
                let _ = writeln!(wrong, "{code}: {text}\n    expected {expected:?}, found {found:?}");
            }
        }
        assert!(tried > 50, "only {tried} examples");
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn every_code_has_an_example_of_its_promise() {
        for code in codes() {
            let (_, block) = SOURCE.split_once(&format!("claim {code}\n")).unwrap();
            let block = block.split("\nclaim ").next().unwrap();
            assert!(block.contains("\npromised| ") || block.contains("\n= "), "{code}");
        }
    }

    #[test]
    fn what_claims_something_is_taken_apart_and_most_texts_are_not() {
        for line in SOURCE.lines() {
            let Some((expected, text)) = line.split_once("| ").filter(|(expected, _)| !expected.contains([':', '#'])) else { continue };
            assert!(expected == "silent" || may_claim(text), "{text}");
        }
        for text in ["Name of the service account to use", "Enable the pod disruption budget", "Number of replicas to deploy"] {
            assert!(!may_claim(text), "{text}");
        }
    }

    #[test]
    fn outside_of_privacy_only_promises_count() {
        assert_eq!(all("Telemetry is collected.", false), []);
        assert_eq!(all("No telemetry is collected.", false).len(), 1);
        assert_eq!(all("Outputs are not saved.", false), []);
    }

    #[test]
    fn the_place_of_a_claim_is_its_sentence() {
        let text = "# A\n\nHello. We **never** share `your data` with\nanyone. Bye.\n";
        let found = all(text, false);
        assert_eq!(found[0].span.of(text), "We **never** share `your data` with\nanyone");
    }
}
