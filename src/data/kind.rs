//! What is looked for in data files: the word of the configuration, and what a finding says about it.

use crate::report::model::Severity;

/// What is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An address of mail.
    Email,
    /// The number of a payment card.
    Card,
    /// The number of a bank account.
    Iban,
    /// A social security number of the United States.
    UsSsn,
    /// A network address that is reached from everywhere.
    PublicIp,
    /// A telephone number in international form.
    Phone,
    /// A column of a table whose name says that it holds one of them, or another thing about a person.
    Column,
    /// Where a picture was taken.
    ImageLocation,
    /// Whose picture or camera it is.
    ImageOwner,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Email,
        Self::Card,
        Self::Iban,
        Self::UsSsn,
        Self::PublicIp,
        Self::Phone,
        Self::Column,
        Self::ImageLocation,
        Self::ImageOwner,
    ];

    /// Those that are recognised in a text by themselves.
    pub const OF_TEXT: [Self; 6] = [Self::Email, Self::Card, Self::Iban, Self::UsSsn, Self::PublicIp, Self::Phone];

    /// The word in `data.kinds` of the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Card => "card",
            Self::Iban => "iban",
            Self::UsSsn => "us-ssn",
            Self::PublicIp => "ip",
            Self::Phone => "phone",
            Self::Column => "column",
            Self::ImageLocation => "image-location",
            Self::ImageOwner => "image-owner",
        }
    }

    /// The words of all kinds.
    pub const WORDS: [&'static str; 9] = ["email", "card", "iban", "us-ssn", "ip", "phone", "column", "image-location", "image-owner"];

    /// By its word.
    #[must_use]
    pub fn by_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it is precise enough to fail a build; others warn.
    #[must_use]
    pub fn fails(self) -> bool {
        matches!(self, Self::Email | Self::Card | Self::Iban | Self::UsSsn)
    }

    /// How bad it is in a file that users get.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.fails() { Severity::Error } else { Severity::Warning }
    }

    /// The sentence that is true while all is well.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Email => "Data in the repository hold no addresses of mail",
            Self::Card => "Data in the repository hold no numbers of payment cards",
            Self::Iban => "Data in the repository hold no numbers of bank accounts",
            Self::UsSsn => "Data in the repository hold no social security numbers",
            Self::PublicIp => "Data in the repository hold no public network addresses",
            Self::Phone => "Data in the repository hold no telephone numbers",
            Self::Column => "Tables in the repository have no columns about persons",
            Self::ImageLocation => "Pictures in the repository do not say where they were taken",
            Self::ImageOwner => "Pictures in the repository do not say whose they are",
        }
    }

    /// Its name in a sentence.
    #[must_use]
    pub fn noun(self, many: bool) -> &'static str {
        match (self, many) {
            (Self::Email, false) => "address of mail",
            (Self::Email, true) => "addresses of mail",
            (Self::Card, false) => "number of a payment card",
            (Self::Card, true) => "numbers of payment cards",
            (Self::Iban, false) => "number of a bank account",
            (Self::Iban, true) => "numbers of bank accounts",
            (Self::UsSsn, false) => "social security number",
            (Self::UsSsn, true) => "social security numbers",
            (Self::PublicIp, false) => "public network address",
            (Self::PublicIp, true) => "public network addresses",
            (Self::Phone, false) => "telephone number",
            (Self::Phone, true) => "telephone numbers",
            (Self::Column, false) => "column about persons",
            (Self::Column, true) => "columns about persons",
            (Self::ImageLocation, _) => "place where it was taken",
            (Self::ImageOwner, false) => "tag of its owner or camera",
            (Self::ImageOwner, true) => "tags of its owner or camera",
        }
    }

    /// What to do.
    #[must_use]
    pub fn fix(self) -> &'static str {
        match self {
            Self::Column => "Drop the column, or replace what it holds before it is committed.",
            Self::ImageLocation | Self::ImageOwner => {
                "Take the tags out of the picture before it is committed, and leave those that state rights (C2PA, IPTC)."
            }
            _ => "Take the lines out of the commit (not only out of the next one), or replace the identifiers.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn every_kind_has_its_word() {
        assert_eq!(Kind::ALL.map(Kind::word), Kind::WORDS);
        assert!(Kind::WORDS.iter().all(|word| Kind::by_word(word).is_some()));
    }
}
