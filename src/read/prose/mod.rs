//! Prose: what documents tell people to run and to set, which sections they have, and what they promise.

mod blocks;
pub mod claims;
mod document;
pub mod fences;
mod front_matter;
mod listed;
mod recipients;
mod sections;
mod shape;
mod subcard;

use crate::reading::Reading;

pub use front_matter::is_card as has_card_front_matter;
pub use sections::{is_about_telemetry, is_private as is_about_privacy};
pub use shape::{KINDS, Shape, is_card_name, is_privacy_name};

/// Whether a path is, by its name, that of a document that makes promises.
#[must_use]
pub fn promises(path: &str) -> bool {
    fences::claims(path) && Shape::of(path, "").is_some()
}

/// Reads a Markdown file: its fenced blocks, and where it is a card, a privacy document or a README its sections and claims too.
#[must_use]
pub fn read(path: &str, text: &str) -> Reading {
    let mut reading = fences::read(path, text);
    let shape = Shape::of(path, text);
    if let Some(shape) = shape {
        document::read(path, shape, text, &mut reading);
    }
    let announces = shape.is_none() && !shape::is_translation(path) && document::may_announce(text);
    if announces {
        document::announcements(text, &mut reading);
    }
    let documents = listed::may_document(text);
    if documents {
        document::defaults(text, &mut reading);
    }
    if documents || announces || shape.is_some() {
        reading.settings.sort_by_key(|setting| setting.name_span.start);
    }
    reading
}
