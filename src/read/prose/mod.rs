//! Prose: what documents tell people to run and to set.

pub mod fences;
