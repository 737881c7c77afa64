//! privgate compares the privacy-relevant defaults of a repository at two revisions and judges every change.
//!
//! Data flows one way: `revision` gives bytes, `read` turns them into settings, `policy` says which values are safer,
//! `judge` compares base and head, `report` makes findings for people and programs. `check` and `audit` run the whole line.

pub mod check;
pub mod classes;
pub mod cli;
pub mod config;
pub mod data;
pub mod exclusions;
pub mod fix;
#[cfg(feature = "forge")]
pub mod forge;
pub mod gate;
pub mod judge;
pub mod packs;
pub mod plain;
pub mod policy;
pub mod read;
pub mod reading;
pub mod report;
pub mod revision;
pub mod scope;
pub mod setting;
pub mod setup;
pub mod span;
pub mod trial;
pub mod value;
pub mod waiver;
