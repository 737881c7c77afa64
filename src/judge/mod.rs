//! Judges: facts by policy, subjects across revisions, effective values, the matrix of verdicts, moves and severities.
//! Knows settings and policies, nothing of files' syntax, git or reports' formats.

pub mod announced;
mod destination;
pub mod digests;
pub mod effective;
pub mod found;
pub mod group;
mod handed;
pub mod input;
pub mod instances;
pub mod judgement;
mod lists;
pub mod matching;
pub mod moves;
mod optional;
pub mod place;
pub mod promises;
mod reach;
pub mod refusals;
pub mod seeming;
pub mod severity;
mod sought;
mod spelled;
pub mod subjects;
pub mod transition;
mod turned;
pub mod unreadable;
pub mod upgrade;
pub mod verdict;
pub mod world;
