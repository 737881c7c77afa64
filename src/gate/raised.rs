//! One finding about the gate before it is a finding of the report: what stands where on both sides.

use crate::config::rules::OwnFile;
use crate::report::excerpt::crop;
use crate::report::model::{Change, Finding, PathClass, Place as Shown, Severity, Side, StateWord};
use crate::setting::Surface;
use crate::span::{LineIndex, Span};

/// A place in a file of ours.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The file.
    pub file: &'a OwnFile,
    /// The bytes.
    pub span: Span,
}

/// What one side says.
#[derive(Clone, Debug)]
pub enum Said<'a> {
    /// It does not exist there.
    Gone,
    /// Nothing is written; this holds.
    Unset(String),
    /// This is written there.
    Written(Place<'a>, String),
}

/// A finding about the gate.
#[derive(Clone, Debug)]
pub struct Raised<'a> {
    /// `gate/...`.
    pub id: &'static str,
    /// What happened.
    pub change: Change,
    /// How bad.
    pub severity: Severity,
    /// What of the gate: `policies.telemetry/acme.severity`.
    pub setting: String,
    /// Before.
    pub base: Said<'a>,
    /// After.
    pub head: Said<'a>,
    /// Where it is shown when neither side is written at head.
    pub near: Place<'a>,
    /// What happened, in one sentence.
    pub message: String,
}

impl Raised<'_> {
    pub(super) fn finding(self) -> Finding {
        let prose = super::prose(self.id).unwrap_or_default();
        let place = if let Said::Written(place, _) = &self.head { *place } else { self.near };
        let index = LineIndex::new(&place.file.text);
        let (start, end) = (index.locate(&place.file.text, place.span.start), index.locate(&place.file.text, place.span.end));
        let (base, head) = (side(&self.base), side(&self.head));
        let value = |side: &Option<Side>| match side {
            None => "gone".to_owned(),
            Some(side) => format!("{:?} {}", side.state, side.value.as_deref().unwrap_or("")),
        };
        let path = place.file.path.clone();
        let fingerprint = format!("{}\n{}\n\n{path}\n{}\n{}", self.id, self.setting, value(&base), value(&head));
        Finding {
            policy: self.id.to_owned(),
            title: prose.title,
            severity: self.severity,
            change: self.change,
            area: "gate".into(),
            setting: self.setting,
            surface: Surface::Gate,
            scope: None,
            path_class: PathClass::Product,
            file: path.clone(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            base,
            head,
            message: self.message,
            why: Some(prose.why),
            fix: Some(prose.fix),
            refs: prose.refs,
            fingerprint,
            places: vec![Shown { file: path, line: start.line }],
            also: Vec::new(),
            waiver: None,
        }
    }
}

fn side(said: &Said) -> Option<Side> {
    let empty = |value: &str, state| Side {
        file: None,
        line: None,
        column: None,
        end_line: None,
        end_column: None,
        value: Some(value.to_owned()),
        state,
        excerpt: None,
    };
    match said {
        Said::Gone => None,
        Said::Unset(value) => Some(empty(value, StateWord::Unset)),
        Said::Written(place, value) => {
            let text = &place.file.text;
            let index = LineIndex::new(text);
            let (start, end) = (index.locate(text, place.span.start), index.locate(text, place.span.end));
            Some(Side {
                file: Some(place.file.path.clone()),
                line: Some(start.line),
                column: Some(start.column),
                end_line: Some(end.line),
                end_column: Some(end.column),
                excerpt: (!text.is_empty()).then(|| crop(text, place.span, &index, None)),
                ..empty(value, StateWord::Written)
            })
        }
    }
}
