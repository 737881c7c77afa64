//! The privacy section of a model card, drafted from a posture: what the settings prove is said as a promise that `check` then keeps, what
//! they disprove is said openly, and what no setting proves is left to the author, marked.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

use super::escape;
use super::model::PathClass;
use super::posture::{Posture, Row};
use crate::policy::catalogue::Catalogue;
use crate::policy::compiled::Compiled;
use crate::policy::order;
use crate::setting::Surface;

/// One paragraph of the section.
struct Topic {
    heading: &'static str,
    /// The promise that it is about.
    code: &'static str,
    /// Said when all settings are at their safest. The readers of claims know these sentences.
    promise: &'static str,
    /// Settings can prove it: where each speaks of one recipient only, the author knows the others.
    provable: bool,
    /// Said when one is not.
    opposite: &'static str,
    /// What the author is asked when no setting says anything.
    question: &'static str,
}

const TOPICS: [Topic; 7] = [
    Topic {
        heading: "What is logged",
        code: "prompts-not-logged",
        promise: "Prompts are not logged.",
        provable: true,
        opposite: "Prompts are logged.",
        question: "whether prompts and answers are logged",
    },
    Topic {
        heading: "What is sent",
        code: "no-telemetry",
        promise: "No telemetry is sent.",
        provable: true,
        opposite: "Telemetry is collected.",
        question: "whether telemetry is sent",
    },
    Topic {
        heading: "Who gets the data",
        code: "not-shared",
        promise: "Your data is not shared with third parties.",
        provable: false,
        opposite: "Your data is sent to third parties.",
        question: "whether data goes to other services",
    },
    Topic {
        heading: "What is used for training",
        code: "not-trained-on",
        promise: "Your conversations are not used for training.",
        provable: true,
        opposite: "Your conversations are used for training.",
        question: "whether what users send is used for training",
    },
    Topic {
        heading: "How long data is kept",
        code: "retention",
        promise: "",
        provable: true,
        opposite: "",
        question: "how long data is kept",
    },
    Topic {
        heading: "Who may connect",
        code: "encrypted-or-authenticated",
        promise: "Authentication is required.",
        provable: true,
        opposite: "Authentication is not required everywhere.",
        question: "who may connect, and whether connections are encrypted",
    },
    Topic {
        heading: "What is redacted",
        code: "redacted",
        promise: "Personal data is redacted.",
        provable: true,
        opposite: "Personal data is not redacted.",
        question: "whether personal data is taken out before anything is stored or sent",
    },
];

/// The promise and its opposite where only settings of encryption tell.
const ENCRYPTED: (&str, &str) = ("Connections are encrypted.", "Connections are not encrypted everywhere.");

/// Settings named in one paragraph before the rest is only counted.
const NAMED: usize = 8;

/// Writes the section as Markdown.
#[must_use]
pub fn draft(posture: &Posture, catalogue: &Catalogue) -> String {
    let mut out = String::from("## Privacy\n");
    let policies: BTreeMap<&str, &Compiled> = catalogue.policies().iter().map(|policy| (policy.head.id, &**policy)).collect();
    for topic in &TOPICS {
        let rows: Vec<(&Row, &Compiled)> = posture
            .settings
            .iter()
            .filter(|row| row.path_class == PathClass::Product && !matches!(row.surface, Surface::Claim | Surface::Section))
            .filter_map(|row| Some((row, *policies.get(row.policy.as_str())?)))
            .filter(|(_, policy)| policy.rule.contradicts.iter().any(|broken| broken.claim == topic.code))
            .collect();
        let _ = write!(out, "\n### {}\n\n", topic.heading);
        paragraph(&mut out, topic, &rows);
    }
    out
}

fn paragraph(out: &mut String, topic: &Topic, rows: &[(&Row, &Compiled)]) {
    if rows.is_empty() {
        let _ = writeln!(out, "[More Information Needed]\n<!-- no setting proves {} -->", topic.question);
        return;
    }
    let (proven, others): (Vec<_>, Vec<_>) = rows.iter().copied().partition(|(row, policy)| is_safest(row, policy));
    if topic.promise.is_empty() {
        kept(out, rows);
    } else if others.is_empty() && !topic.provable {
        let promise = topic.promise;
        let _ = writeln!(
            out,
            "[More Information Needed]\n<!-- these settings give nothing away; where nothing else does, write: {promise} -->\n"
        );
        list(out, &proven);
    } else if others.is_empty() && proven.iter().all(|(row, _)| row.surface == Surface::Argument) {
        let (promise, _) = sentences(topic, &proven);
        let _ = writeln!(
            out,
            "[More Information Needed]\n<!-- each of these calls speaks for itself; where nothing else does otherwise, write: {promise} -->\n"
        );
        list(out, &proven);
    } else if others.is_empty() {
        let (promise, _) = sentences(topic, &proven);
        let _ = writeln!(out, "{promise}\n<!-- what these settings do not cover is not proven -->\n");
        list(out, &proven);
    } else if others.iter().any(|(row, _)| row.weakest) {
        // what is somewhere in between decides nothing
        let weak: Vec<_> = others.into_iter().filter(|(row, _)| row.weakest).collect();
        let (_, opposite) = sentences(topic, &weak);
        let _ = writeln!(out, "{opposite}\n");
        list(out, &weak);
    } else {
        let _ = writeln!(out, "[More Information Needed]\n<!-- these settings do not decide {} -->\n", topic.question);
        list(out, rows);
    }
}

/// What settings promise, and what the opposite is: who is let in is another matter than whether others can read along.
fn sentences(topic: &Topic, rows: &[(&Row, &Compiled)]) -> (&'static str, &'static str) {
    let asks = rows.iter().any(|(_, policy)| policy.area() == "auth");
    if topic.code == "encrypted-or-authenticated" && !asks { ENCRYPTED } else { (topic.promise, topic.opposite) }
}

/// Times that are all known give the longest of them.
fn kept(out: &mut String, rows: &[(&Row, &Compiled)]) {
    let days =
        |row: &Row| row.rank.as_deref().and_then(|rank| rank.strip_suffix(" days").or(rank.strip_suffix(" day"))?.parse::<f64>().ok());
    let known: Option<Vec<f64>> = rows.iter().map(|(row, _)| days(row)).collect();
    match known.map(|days| days.into_iter().fold(0.0, f64::max)) {
        Some(longest) if longest > 0.0 => {
            let _ = writeln!(out, "Data is deleted after {longest} days.\n");
        }
        _ => {
            let _ = writeln!(out, "[More Information Needed]\n<!-- these settings name no end for everything -->\n");
        }
    }
    list(out, rows);
}

/// Whether a setting is at the safest place of its order.
fn is_safest(row: &Row, policy: &Compiled) -> bool {
    let best = policy.rule.safety.as_ref().and_then(|safety| Some(order::show(safety, &order::best(safety)?)));
    best.is_some() && best == row.rank
}

fn list(out: &mut String, rows: &[(&Row, &Compiled)]) {
    // one line can be a setting to several policies, and have several names
    let mut places = HashSet::new();
    let rows: Vec<_> = rows.iter().filter(|(row, _)| places.insert((&row.file, row.line, &row.value))).collect();
    for (row, _) in rows.iter().take(NAMED) {
        let value = row.value.as_deref().map(|value| format!(" is {}", code(value))).unwrap_or_default();
        let _ = writeln!(out, "- {}{value} ({}, line {})", code(&row.setting), code(&row.file), row.line);
    }
    if rows.len() > NAMED {
        let _ = writeln!(out, "- and {} more", rows.len() - NAMED);
    }
}

/// A text of the repository as code; what would end the code is escaped instead.
fn code(text: &str) -> String {
    let line = escape::line(text);
    if line.is_empty() || line.contains('`') { escape::markdown(text) } else { format!("`{line}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a sentence of a draft claims when the draft is read as a card.
    fn claims(sentence: &str) -> Vec<(String, String)> {
        let text = format!("# M\n\n## Privacy\n\n{sentence}\n");
        let reading = crate::read::prose::read("MODEL_CARD.md", &text);
        let claims = reading.settings.iter().filter(|setting| setting.names.iter().any(|(surface, _)| *surface == Surface::Claim));
        claims
            .map(|setting| {
                let crate::value::Outcome::One(value) = &setting.value else { panic!("{setting:?}") };
                (setting.names[0].1.to_string(), value.display())
            })
            .collect()
    }

    #[test]
    fn the_gate_understands_every_sentence_of_a_draft() {
        for topic in TOPICS.iter().filter(|topic| !topic.promise.is_empty()) {
            assert_eq!(claims(topic.promise), [(topic.code.to_owned(), "promised".to_owned())], "{}", topic.promise);
            assert_eq!(claims(topic.opposite), [(topic.code.to_owned(), "opposite".to_owned())], "{}", topic.opposite);
        }
        let said = |value: &str| [("encrypted-or-authenticated".to_owned(), value.to_owned())];
        assert_eq!(claims(ENCRYPTED.0), said("promised"));
        assert_eq!(claims(ENCRYPTED.1), said("opposite"));
        assert_eq!(claims("Data is deleted after 30 days."), [("retention".to_owned(), "30 days".to_owned())]);
    }
}
