//! The findings about data that have no policy file: their ids, and what they say to people.

use super::kind::Kind;
use crate::policy::catalogue::Prose;

/// The id of a file that nobody looked through.
pub const SCAN: &str = "data/scan";

/// The id of a pointer that became the data itself.
pub const POINTER: &str = "data/pointer";

/// The id of a row that a list of the repository leaves out.
pub const EXCLUDED: &str = "data/excluded";

/// The ids of all findings about data.
pub const IDS: &[&str] = &[
    "data/email",
    "data/card",
    "data/iban",
    "data/us-ssn",
    "data/ip",
    "data/phone",
    "data/column",
    "data/image-location",
    "data/image-owner",
    EXCLUDED,
    POINTER,
    SCAN,
];

/// What they say; nothing for any other id.
#[must_use]
pub fn prose(id: &str) -> Option<Prose> {
    let own = |title: &str, why: &str, fix: &str| Prose {
        title: title.to_owned(),
        why: why.to_owned(),
        fix: fix.to_owned(),
        source: Vec::new(),
        refs: ["CWE-359", "GDPR-5-1-c"].map(str::to_owned).to_vec(),
    };
    Some(match id {
        SCAN => own(
            "Data that are added are looked through",
            "What nobody looked at may hold anything.",
            "Split the change, commit the data as text, or narrow `data.files`.",
        ),
        EXCLUDED => own(
            "Data hold nothing that the repository's own lists leave out",
            "Who asked to be left out is put back into training, although the list still names them.",
            "Take the lines out of the data; where the request was withdrawn, release the entry in the list.",
        ),
        POINTER => own(
            "Data behind a pointer of Git LFS or DVC stay out of the history",
            "What is committed stays in every clone; what lies behind a pointer can be deleted.",
            "Track the file with Git LFS or DVC again, and take the commit that holds the data out of the history.",
        ),
        _ => {
            let kind = Kind::by_word(id.strip_prefix("data/")?)?;
            own(kind.title(), "What is committed stays in the history, and a model that is trained on it can repeat it.", kind.fix())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_explained() {
        assert!(IDS.iter().all(|id| prose(id).is_some()));
        assert!(Kind::ALL.iter().all(|kind| IDS.contains(&format!("data/{}", kind.word()).as_str())));
        assert!(prose("data/names").is_none());
    }
}
