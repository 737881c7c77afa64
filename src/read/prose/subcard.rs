//! Privacy subcards (NVIDIA's Model Card++): questions and short answers, in tables, in paragraphs, or as headings with an answer below.

use super::blocks::{Block, BlockKind};
use super::sections::is_placeholder;
use crate::span::Span;

/// A question that a subcard answers.
#[derive(Debug)]
struct Question {
    /// The row's name in policies: `privacy subcard: <name>`.
    name: &'static str,
    /// Words that the question holds; `|` between alternatives.
    words: &'static [&'static str],
    /// The claim that an answer makes, and whether `yes` is the promise.
    claim: Option<(&'static str, bool)>,
    /// Whether `yes` protects people, of questions that make no claim.
    good: Option<bool>,
}

/// Cards use subsets of these, and the wording drifts. The first that fits counts.
const QUESTIONS: &[Question] = &[
    Question {
        name: "user interactions",
        words: &["user", "interaction|interactions|prompts", "train"],
        claim: Some(("not-trained-on", false)),
        good: None,
    },
    Question { name: "generatable personal data", words: &["generatable|reverse", "personal|pii"], claim: None, good: Some(false) },
    Question { name: "consent", words: &["consent", "obtained|personal"], claim: Some(("consent", true)), good: None },
    Question {
        name: "removal",
        words: &["correction|removal|delet|access", "personal|mechanism|compliant|request"],
        claim: None,
        good: Some(true),
    },
    Question { name: "disclosures", words: &["disclosure", "data subjects|made"], claim: None, good: Some(true) },
    Question { name: "minimized", words: &["minimi", "required"], claim: None, good: Some(true) },
    Question { name: "provenance", words: &["provenance"], claim: None, good: Some(true) },
    Question { name: "labelling", words: &["label", "privacy"], claim: None, good: Some(true) },
    Question { name: "review", words: &["how often", "review"], claim: None, good: None },
    Question { name: "collected directly", words: &["collected", "direct"], claim: None, good: None },
    Question {
        name: "personal data used",
        words: &["personal|protected class|pii", "used", "create|train|creat"],
        claim: Some(("no-pii-in-training", false)),
        good: None,
    },
    Question { name: "privacy policy", words: &["privacy policy"], claim: None, good: None },
];

/// One answered question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The row's name.
    pub name: &'static str,
    /// The question.
    pub question: Span,
    /// The answer.
    pub at: Span,
    /// It answers something.
    pub text: bool,
    /// The claim's code and value.
    pub claim: Option<(&'static str, &'static str)>,
    /// `protecting` or `exposing`, where yes or no answers a question that makes no claim.
    pub side: Option<&'static str>,
}

/// All questions of a document that are answered beside or right below. A few words before a colon ask something only where
/// questions are asked as well: policies have sentences that end so.
#[must_use]
pub fn answers(blocks: &[Block]) -> Vec<Answer> {
    let mut found = Vec::new();
    let mut named = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let next = blocks.get(index + 1);
        let answered = match block.kind {
            BlockKind::Cell(row, 0) if row > 0 => {
                let beside = next.filter(|next| next.kind == BlockKind::Cell(row, 1));
                beside.map(|beside| (block.text(), block.span, beside.text(), beside.span))
            }
            BlockKind::Heading(_) if block.text().trim_end().ends_with('?') => {
                let below = next.filter(|next| matches!(next.kind, BlockKind::Paragraph | BlockKind::Item));
                below.map(|below| (block.text(), block.span, below.text(), below.span))
            }
            BlockKind::Paragraph | BlockKind::Item => in_line(block, next),
            _ => None,
        };
        let Some((question, at, answer, answer_at)) = answered else { continue };
        let asks = matches!(block.kind, BlockKind::Cell(..)) || block.text().contains('?');
        let into = if asks { &mut found } else { &mut named };
        into.extend(asked(&question).map(|asked| of(asked, at, &answer, answer_at)));
    }
    if !found.is_empty() {
        found.append(&mut named);
        found.sort_by_key(|answer| answer.question.start);
    }
    found
}

/// A question with its answer behind it on the line, or on the next line broken by hand.
fn in_line(block: &Block, next: Option<&Block>) -> Option<(String, Span, String, Span)> {
    let text = block.text();
    let (question, answer) = text.split_once('?').or_else(|| text.split_once(':'))?;
    if question.split_whitespace().count() > 40 {
        return None;
    }
    if answer.trim_matches(|c: char| !c.is_alphanumeric() && c != '[').is_empty() {
        let next = next.filter(|next| next.kind == block.kind)?;
        return Some((question.to_owned(), block.span, next.text(), next.span));
    }
    Some((question.to_owned(), block.span, answer.to_owned(), block.span))
}

fn asked(question: &str) -> Option<&'static Question> {
    let lower = question.to_lowercase();
    QUESTIONS.iter().find(|asked| asked.words.iter().all(|word| word.split('|').any(|word| lower.contains(word))))
}

fn of(asked: &Question, question: Span, answer: &str, at: Span) -> Answer {
    let plain = answer.trim_matches(|c: char| !c.is_alphanumeric() && c != '[').to_lowercase();
    let first = plain.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    let yes = match first {
        "yes" => Some(true),
        "no" | "none" | "not" if !plain.starts_with("not applicable") && !plain.starts_with("no information") => Some(false),
        _ => None,
    };
    let claim = asked.claim.zip(yes).map(|((code, good), yes)| (code, if yes == good { "promised" } else { "opposite" }));
    let side = asked.good.zip(yes).map(|(good, yes)| if yes == good { "protecting" } else { "exposing" });
    Answer { name: asked.name, question, at, text: !is_placeholder(answer), claim, side }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::prose::blocks::blocks;

    type Read = (&'static str, bool, Option<(&'static str, &'static str)>);

    fn read(text: &str) -> Vec<Read> {
        answers(&blocks(text, 0).0).into_iter().map(|answer| (answer.name, answer.text, answer.claim)).collect()
    }

    #[test]
    fn tables_paragraphs_and_headings_answer_alike() {
        let expected = [
            ("personal data used", true, Some(("no-pii-in-training", "promised"))),
            ("consent", true, Some(("consent", "promised"))),
            ("user interactions", true, Some(("not-trained-on", "opposite"))),
            ("review", false, None),
        ];
        let table = "Field | Response\n:--|:--\nPersonal data used to create this model? | No\nWas consent obtained for any personal data used? | Yes\nWas data from user interactions with the AI model used to train the model? | Yes\nHow often is dataset reviewed? | Not Applicable\n";
        assert_eq!(read(table), expected);
        let lines = "**Personal information used to create this model?** <br> None\n\nWas consent obtained for any personal data used? Yes\n\n### Was data from user interactions used to train the model?\n\nYes, with notice.\n\n- How often is dataset reviewed? N/A\n";
        assert_eq!(read(lines), expected);
    }

    #[test]
    fn other_answers_protect_or_expose() {
        let sides = |text: &str| answers(&blocks(text, 0).0).into_iter().map(|answer| answer.side).collect::<Vec<_>>();
        let table = "Field | Response\n:--|:--\nGeneratable or reverse engineerable personal data? | No\nIs there provenance for all datasets? | No\nHow often is dataset reviewed? | Yes\n";
        assert_eq!(sides(table), [Some("protecting"), Some("exposing"), None]);
    }

    #[test]
    fn a_colon_asks_nothing_where_nothing_else_is_asked() {
        let policy = "You can read their API data privacy policy here:\nhttps://acme.example/privacy\n\n- Right to request deletion: you may ask for the deletion of your personal data.\n";
        assert_eq!(read(policy), []);
        let card = format!(
            "How often is dataset reviewed? | x\n\nHow often is dataset reviewed? Monthly.\n\nPrivacy policy: https://acme.example/privacy\n\n{policy}"
        );
        assert_eq!(read(&card).last().map(|answer| answer.0), Some("removal"));
        assert!(read(&card).iter().any(|answer| answer.0 == "privacy policy"));
    }
}
