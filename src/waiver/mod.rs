//! Waivers: an owner's acceptance, for a time, of one exact change. Matched by what changed and where, never by lines.

pub mod approvals;
pub mod day;
pub mod edit;
pub mod file;
pub mod settle;

pub use approvals::Approvals;
pub use file::{PATH, Waiver, parse};
