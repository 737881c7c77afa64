//! Identifiers of people in data: what is recognised, how it is masked, and what a changed data file adds. Nothing is recognised
//! that cannot be validated, so a pass says "none of these kinds", never "no personal data".

mod columns;
mod excluded;
mod form;
mod image;
mod kind;
mod mask;
mod parquet;
#[cfg(feature = "parquet")]
mod parquet_values;
mod prose;
mod recognise;
mod report;
mod samples;
mod scan;
mod xmp;

pub use columns::is_personal;
pub use excluded::Excluded;
pub use kind::Kind;
pub use mask::{masked, masked_text};
pub use prose::{IDS, POINTER, prose};
pub use recognise::{Hit, Runs, find};
pub use report::{File, findings, left_out, renamed, replaced, unseen};
pub use scan::{Added, BUDGET, Changed, Scanned, Unseen, scan};
