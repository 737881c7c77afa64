//! Policies: the file format, its checks, the compiled catalogue, patterns and safety orders.

pub mod catalogue;
pub mod check;
pub mod compiled;
pub mod file;
pub mod interest;
pub mod lexicon;
pub mod names;
pub mod order;
pub mod pattern;
mod phrases;
pub mod reads;
pub mod schema;
pub mod table;
pub mod text;
pub mod units;
pub mod versions;
