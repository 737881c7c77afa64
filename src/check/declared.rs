//! Data that the repository says are not there: bills of materials that declare no sensitive data, cards that promise that personal data
//! were taken out. What a scan found beside such a word is a contradiction, and has both places.

use serde_json::Value;

use crate::judge::input::folder;
use crate::judge::moves::speaks_for;
use crate::read::prose;
use crate::report::model::{Change, Finding, Place, Severity};
use crate::revision::{Blob, Error, Revision, Store};
use crate::setting::Surface;
use crate::value::{Outcome, Value as Said};

/// Files that are asked.
const MOST: usize = 50;
/// Bytes of one of them.
const BYTES: u64 = 4 << 20;
/// Values of one of them that are walked.
const VALUES: usize = 200_000;

/// Findings that say that people are in the data.
const OF_PEOPLE: &[&str] = &["data/column", "data/email", "data/card", "data/iban", "data/us-ssn", "data/phone", "data/ip"];

/// What a file says about the data beside it.
struct Word {
    file: String,
    line: u32,
    says: &'static str,
}

/// Turns what was found beside such a word into contradictions.
///
/// # Errors
/// Objects are missing.
pub fn contradict(store: &Store, head: &Revision, findings: &mut [Finding]) -> Result<(), Error> {
    let about_people = |finding: &Finding| OF_PEOPLE.contains(&finding.policy.as_str()) && finding.change == Change::Introduced;
    if !findings.iter().any(about_people) {
        return Ok(());
    }
    let words = words(store, head)?;
    for finding in findings.iter_mut().filter(|finding| about_people(finding)) {
        let speaks = |word: &&Word| {
            let of = speaks_for(folder(&word.file));
            of.is_empty() || finding.file.strip_prefix(of).is_some_and(|rest| rest.starts_with('/'))
        };
        let Some(word) = words.iter().find(speaks) else { continue };
        finding.change = Change::Contradicted;
        finding.severity = Severity::Error;
        finding.message = format!("{}, and {}:{} {}", finding.message, word.file, word.line, word.says);
        finding.places.push(Place { file: word.file.clone(), line: word.line });
    }
    Ok(())
}

fn words(store: &Store, head: &Revision) -> Result<Vec<Word>, Error> {
    let asked = |path: &str| is_bill(path) || prose::promises(path);
    let mut reader = store.reader();
    let mut found = Vec::new();
    let files = |bills: bool| -> Result<Vec<Blob>, Error> {
        Ok(store.list(head, &|path: &str| asked(path) && is_bill(path) == bills)?.blobs.into_iter().take(MOST).collect())
    };
    for blob in files(true)?.into_iter().chain(files(false)?).filter(|blob| blob.mode.is_file()) {
        let Some(text) = reader.read(head, &blob, BYTES).ok().and_then(|bytes| String::from_utf8(bytes).ok()) else { continue };
        let said = if is_bill(&blob.path) { declared(&text) } else { promised(&blob.path, &text) };
        found.extend(said.map(|(line, says)| Word { file: blob.path, line, says }));
    }
    Ok(found)
}

fn is_bill(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.rsplit_once('.').is_some_and(|(_, end)| end == "json")
        && [".cdx.", ".spdx", "bom", "cyclonedx"].iter().any(|word| name.contains(word))
}

/// Whether a bill of materials declares that no sensitive data are in it, and declares none elsewhere.
fn declared(text: &str) -> Option<(u32, &'static str)> {
    let document: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let (mut none, mut some) = (None, false);
    let mut open = vec![&document];
    let mut walked = 0;
    while let Some(value) = open.pop() {
        walked += 1;
        if walked > VALUES {
            return None;
        }
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    match value {
                        Value::Array(items) if key == "sensitiveData" && items.is_empty() => none = none.or(Some("sensitiveData")),
                        Value::Array(_) if key == "sensitiveData" => some = true,
                        Value::String(word) if key.ends_with("SensitivePersonalInformation") => match word.as_str() {
                            "no" => none = none.or(Some("SensitivePersonalInformation")),
                            "yes" => some = true,
                            _ => {}
                        },
                        other => open.push(other),
                    }
                }
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    let key = none.filter(|_| !some)?;
    Some((line_of(text, text.find(key).unwrap_or(0)), "declares that no sensitive data are in it"))
}

/// Whether a card promises that personal data were taken out.
fn promised(path: &str, text: &str) -> Option<(u32, &'static str)> {
    let reading = prose::read(path, text);
    let setting = reading.settings.iter().find(|setting| {
        setting.names.iter().any(|(surface, name)| *surface == Surface::Claim && **name == *"no-pii-in-training")
            && matches!(&setting.value, Outcome::One(Said::Text(value)) if **value == *"promised")
    })?;
    Some((line_of(text, setting.value_span.start as usize), "promises that personal data were taken out"))
}

fn line_of(text: &str, at: usize) -> u32 {
    let before = text.get(..at).unwrap_or("");
    u32::try_from(before.matches('\n').count()).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bills_that_declare_nothing_and_something_are_told_apart() {
        let cdx = |inner: &str| format!("{{\n\"components\": [{{\"data\": [{{\"sensitiveData\": {inner}}}]}}]}}");
        assert_eq!(declared(&cdx("[]")).map(|(line, _)| line), Some(2));
        assert_eq!(declared(&cdx("[\"names\"]")).map(|(line, _)| line), None);
        let spdx = "{\"@graph\": [{\"dataset_hasSensitivePersonalInformation\": \"no\"}]}";
        assert!(declared(spdx).is_some() && declared(&spdx.replace("\"no\"", "\"noAssertion\"")).is_none());
        assert!(is_bill("a/ml.cdx.json") && is_bill("sbom.json") && !is_bill("package.json"));
    }
}
