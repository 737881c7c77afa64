//! What the judge found, before it is made presentable: indices and spans, no lines, no redaction.

use super::input::At;
use super::instances::Instance;
use super::subjects::SubjectId;
use crate::report::model::{Change, PathClass, Severity, StateWord};
use crate::setting::Surface;
use crate::span::Span;

/// A place in a file of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// Index of the file pair.
    pub pair: usize,
    /// Which side.
    pub at: At,
    /// The bytes.
    pub span: Span,
}

/// One side of a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Where it stands; none for an unset side.
    pub spot: Option<Spot>,
    /// The value as written, or the unset value in the policy's words.
    pub value: Option<String>,
    /// The value's rank in the policy's words.
    pub rank: Option<String>,
    /// What is known.
    pub state: StateWord,
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The concept and subject.
    pub instance: Instance,
    /// What happened.
    pub change: Change,
    /// How bad, path class included.
    pub severity: Severity,
    /// The setting's name as it is written.
    pub setting: String,
    /// How it is written.
    pub surface: Surface,
    /// What it belongs to.
    pub scope: Option<String>,
    /// The stricter class of both sides.
    pub class: PathClass,
    /// Before; none where the subject did not exist.
    pub base: Option<Shown>,
    /// After; none where the subject is gone.
    pub head: Option<Shown>,
    /// Where to show it: at head, or at base where nothing survives.
    pub spot: Spot,
    /// Every place, the first one included.
    pub places: Vec<Spot>,
    /// The other place, when the setting moved and changed, or was taken over by something weaker.
    pub elsewhere: Option<Spot>,
    /// The unset value was assumed because no version is known.
    pub assumed: bool,
    /// Other policies that say the same here.
    pub also: Vec<usize>,
    /// Why a file cannot be read, for findings about files.
    pub unreadable: Option<String>,
}

impl Shown {
    /// A side that says this, whatever its rank.
    #[must_use]
    pub fn written(spot: Option<Spot>, value: String) -> Self {
        Self { spot, value: Some(value), rank: None, state: StateWord::Written }
    }
}

impl Found {
    /// A finding about one place that belongs to no unit: a file, a name, a digest, a pin. Its sides are left to be filled in.
    #[must_use]
    pub fn lone(
        policy: usize,
        change: Change,
        severity: Severity,
        (setting, surface): (String, Surface),
        class: PathClass,
        spot: Spot,
    ) -> Self {
        let subject = SubjectId(u32::MAX);
        Self {
            instance: Instance { policy, subject, captures: Vec::new(), capture_subject: None, entry: 0, flipped: false },
            change,
            severity,
            setting,
            surface,
            scope: None,
            class,
            base: None,
            head: None,
            spot,
            places: vec![spot],
            elsewhere: None,
            assumed: false,
            also: Vec::new(),
            unreadable: None,
        }
    }
}
