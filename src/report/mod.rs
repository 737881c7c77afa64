//! What the judge found, as data, and its writers: one file a format.

pub mod model;
