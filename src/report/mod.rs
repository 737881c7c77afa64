//! What the judge found, as data, and its writers: one file a format.

pub mod escape;
pub mod excerpt;
pub mod model;
pub mod redact;
