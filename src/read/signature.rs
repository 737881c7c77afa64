//! Signatures of models as model-signing writes them: which files a signature covers, and which it passes over. Nothing is verified.

use serde::Deserialize;

use crate::reading::{Kind, Reading};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// The reader's name.
pub const NAME: &str = "signature";

/// Files that one signature may list.
const MOST: usize = 10_000;

/// Whether the path is a signature by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.ends_with(".sigstore.json")
        || name.ends_with(".sigstore")
        || matches!(name.as_str(), "model.sig" | "model.sig.json" | "signature.sig")
}

#[derive(Deserialize)]
struct Bundle {
    #[serde(rename = "dsseEnvelope")]
    envelope: Envelope,
}

#[derive(Deserialize)]
struct Envelope {
    payload: String,
}

#[derive(Deserialize)]
struct Statement {
    #[serde(default, rename = "predicateType")]
    kind: String,
    predicate: Predicate,
}

#[derive(Deserialize)]
struct Predicate {
    #[serde(default)]
    resources: Vec<Resource>,
    #[serde(default)]
    serialization: Serialization,
}

#[derive(Deserialize)]
struct Resource {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Serialization {
    allow_symlinks: bool,
    ignore_paths: Vec<String>,
}

/// Reads what the signed statement says: the directives `signature resources`, `signature ignore_paths`, `signature allow_symlinks`.
/// Signatures of other things give nothing.
#[must_use]
pub fn read(_path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(Kind(NAME), text.len());
    let Ok(Bundle { envelope }) = serde_json::from_str(text.trim_start_matches('\u{feff}')) else { return reading };
    let statement = decoded(&envelope.payload).and_then(|bytes| serde_json::from_slice::<Statement>(&bytes).ok());
    let ours = statement.filter(|statement| statement.kind.contains("model_signing"));
    let Some(predicate) = ours.map(|statement| statement.predicate) else { return reading };
    // the statement is encoded, so all it says stands at one place
    let at = text.find(&envelope.payload);
    let span = at.map_or(Span::default(), |at| Span::new(at, at + envelope.payload.len()));
    let list = |items: Vec<String>| Value::List(items.into_iter().take(MOST).map(Value::text).collect());
    let names = predicate.resources.into_iter().map(|resource| resource.name).collect();
    let said = [
        ("signature resources", list(names)),
        ("signature ignore_paths", list(predicate.serialization.ignore_paths)),
        ("signature allow_symlinks", Value::Bool(predicate.serialization.allow_symlinks)),
    ];
    for (name, value) in said {
        reading.settings.push(Setting::named(ScopeId::ROOT, Surface::Directive, name, Outcome::One(value), span, span).with_raw(text));
    }
    reading
}

/// Base64 with the usual signs; nothing for any other text.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from((bits >> count) & 0xff).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    // {"predicateType":"https://model_signing/signature/v1.0","predicate":{"resources":[{"name":"a.bin"},{"name":"b"}],
    //  "serialization":{"ignore_paths":[".git"]}}}
    const PAYLOAD: &str = "eyJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6ImEuYmluIn0seyJuYW1lIjoiYiJ9XSwic2VyaWFsaXphdGlvbiI6eyJpZ25vcmVfcGF0aHMiOlsiLmdpdCJdfX19";

    #[test]
    fn what_is_signed_is_read_out_of_the_envelope() {
        let reading = read("model.sig", &format!("{{\"dsseEnvelope\": {{\"payload\": \"{PAYLOAD}\", \"signatures\": []}}}}"));
        let said: Vec<String> = reading
            .settings
            .iter()
            .map(|setting| match &setting.value {
                Outcome::One(value) => format!("{} = {}", setting.names[0].1, value.display()),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(said, ["signature resources = a.bin, b", "signature ignore_paths = .git", "signature allow_symlinks = false"]);
    }

    #[test]
    fn other_signatures_and_broken_ones_give_nothing() {
        for text in ["", "{}", "{\"dsseEnvelope\": {\"payload\": \"e30=\"}}", "{\"dsseEnvelope\": {\"payload\": \"?\"}}", "-----BEGIN PGP"]
        {
            assert!(read("model.sig", text).settings.is_empty(), "{text}");
        }
        assert!(claims("m/model.sig") && claims("a.sigstore.json") && !claims("a.json") && !claims("a.sig.txt"));
    }
}
