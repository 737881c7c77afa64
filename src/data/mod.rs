//! Identifiers of people in data: what is recognised, how it is masked, and what a changed data file adds. Nothing is recognised
//! that cannot be validated, so a pass says "none of these kinds", never "no personal data".

mod mask;
mod recognise;
mod report;
mod samples;
mod scan;

pub use mask::{masked, masked_text};
pub use recognise::{Hit, Kind, find, plain_runs};
pub use report::findings;
pub use scan::{Added, BUDGET, Changed, DataRules, Scanned, scan};
