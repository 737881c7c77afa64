//! Which Markdown files make promises: model and dataset cards, privacy documents, READMEs. All others only show how things are used.

use super::front_matter;
use crate::reading::Kind;

/// What a document is to its readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A model or dataset card.
    Card,
    /// A document about privacy, data, security or telemetry.
    Privacy,
    /// A README.
    Readme,
}

/// The kinds of document told apart here: the word of `in:` and what it is.
pub const KINDS: [(&str, &str); 4] = [
    ("model-card", "Model and dataset cards: front matter, sections, claims"),
    ("privacy-document", "Documents about privacy, data, security and telemetry: sections, claims"),
    ("readme", "READMEs: sections, claims"),
    (PAGE.0, "Other Markdown: what it announces in so many words"),
];

/// A page that is none of them and announces something.
pub const PAGE: Kind = Kind("documentation-page");

impl Shape {
    /// The shape of a Markdown file by its name, and for READMEs by their front matter.
    #[must_use]
    pub fn of(path: &str, text: &str) -> Option<Self> {
        let lower = path.to_ascii_lowercase();
        let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
        // pages of sites carry their place in the order: `3.privacy.md`
        let name = name
            .split_once('.')
            .filter(|(place, rest)| rest.contains('.') && place.bytes().all(|c| c.is_ascii_digit()))
            .map_or(name, |(_, rest)| rest);
        let stem = name.split('.').next().unwrap_or("");
        if is_card_name(name) {
            return Some(Self::Card);
        }
        if is_privacy_name(name) || (folders.rsplit('/').next() == Some("nv-modelcard++") && stem == "privacy") {
            return Some(Self::Privacy);
        }
        // a folder of documents about privacy: what its pages are called does not matter
        if folders.rsplit('/').next() == Some("privacy") && !stem.starts_with("readme") {
            return Some(Self::Privacy);
        }
        if stem.starts_with("readme") {
            return Some(if front_matter::is_card(text) { Self::Card } else { Self::Readme });
        }
        None
    }

    /// The word of `in:`.
    #[must_use]
    pub fn kind(self) -> Kind {
        let [card, privacy, readme, _] = KINDS;
        Kind(match self {
            Self::Card => card.0,
            Self::Privacy => privacy.0,
            Self::Readme => readme.0,
        })
    }
}

/// Languages by their codes, without those that are words of English too.
const LANGUAGES: &[&str] = &[
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "es", "fa", "fi", "fr", "he", "hi", "hr", "hu", "ja", "ko", "nb", "nl", "pl", "pt",
    "ro", "ru", "sk", "sl", "sr", "sv", "ta", "te", "th", "tr", "uk", "ur", "vi", "zh",
];

/// Whether a path says that the document is in another language than English: `docs/fr/privacy.md`, `README.zh-CN.md`.
#[must_use]
pub fn is_translation(path: &str) -> bool {
    let foreign = |word: &str| {
        let (language, region) = word.split_once(['-', '_']).unwrap_or((word, ""));
        LANGUAGES.contains(&language) && (region.is_empty() || matches!(region, "hans" | "hant" | "latn" | "cyrl") || region.len() == 2)
    };
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let mut parts = name.split('.');
    let stem = parts.next().unwrap_or("");
    folders.split('/').any(foreign) || parts.any(foreign) || stem.split_once('_').is_some_and(|(_, end)| foreign(end))
}

/// Whether a file name (in lower case) is that of a model or dataset card.
#[must_use]
pub fn is_card_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or("").replace(['-', ' '], "_");
    let named = ["model_card", "modelcard", "data_card", "datacard", "dataset_card", "datasetcard", "system_card"];
    named.iter().any(|card| stem.starts_with(card) || stem.strip_suffix(card).is_some_and(|rest| rest.ends_with('_')))
}

/// Whether a document's name promises more than privacy: only below headings about it does such a document speak of it.
#[must_use]
pub fn is_general_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    matches!(name.split('.').next(), Some("security" | "data"))
}

/// Whether a file name (in lower case) is that of a document about privacy.
#[must_use]
pub fn is_privacy_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or("").replace(['_', ' '], "-");
    let whole = [
        "data",
        "security",
        "telemetry",
        "gdpr",
        "analytics",
        "data-collection",
        "data-handling",
        "data-protection",
        "data-retention",
        "data-usage",
        "data-use-policy",
        "usage-data",
        "usage-statistics",
        "usage-reporting",
        "usage-analytics",
        "usage-tracking",
        "usage-metrics",
        "anonymous-usage",
        "anonymous-tracking",
    ];
    // summaries of training content have many names
    let summary =
        stem.contains("summary") && ["training", "gpai", "ai-act"].iter().any(|word| stem.contains(word)) || stem == "public-summary";
    let words = || stem.split('-');
    // notes about telemetry have longer names
    let telemetry = words().count() <= 3 && words().next_back() == Some("telemetry") && words().next() != Some("tutorial");
    whole.contains(&stem.as_str()) || telemetry || words().any(|word| word == "privacy") || stem.starts_with("privacy") || summary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn translations_are_told_by_their_paths() {
        let yes = [
            "_i18n/fr/general/privacy.md",
            "docs/pt-BR/telemetry.mdx",
            "README.zh-CN.md",
            "README_ja.md",
            "README_zh-Hans.md",
            "privacy.de.md",
        ];
        assert!(yes.into_iter().all(is_translation));
        let no = ["PRIVACY.md", "docs/en/privacy.md", "docs/it/privacy.md", "README.md", "model_card.md", "docs/privacy_policy.md"];
        assert!(!no.into_iter().any(is_translation));
    }

    #[test]
    fn cards_privacy_documents_and_readmes_are_told_by_their_names() {
        for (path, shape) in [
            ("models/llama3/MODEL_CARD.md", Some(Shape::Card)),
            ("model-card.md", Some(Shape::Card)),
            ("whisper_model_card.md", Some(Shape::Card)),
            ("PRIVACY.md", Some(Shape::Privacy)),
            ("docs/privacy_security.md", Some(Shape::Privacy)),
            ("docs/privacy-and-compliance.mdx", Some(Shape::Privacy)),
            ("nv-modelcard++/privacy.md", Some(Shape::Privacy)),
            ("DATA.md", Some(Shape::Privacy)),
            ("training-content-summary.md", Some(Shape::Privacy)),
            ("docs/GPAI_summary.md", Some(Shape::Privacy)),
            ("public-summary.md", Some(Shape::Privacy)),
            ("summary.md", None),
            ("README.md", Some(Shape::Readme)),
            ("README.zh-CN.md", Some(Shape::Readme)),
            ("content/3.support/3.privacy.md", Some(Shape::Privacy)),
            ("docs/privacy/cookies.md", Some(Shape::Privacy)),
            ("docs/usage_analytics.md", Some(Shape::Privacy)),
            ("docs/database.md", None),
            ("CHANGELOG.md", None),
        ] {
            assert_eq!(Shape::of(path, "# A\n"), shape, "{path}");
        }
        assert_eq!(Shape::of("README.md", "---\nlicense: mit\n---\n# A\n"), Some(Shape::Card));
        assert_eq!(Shape::of("README.md", "---\ntitle: A\n---\n# A\n"), Some(Shape::Readme));
    }
}
