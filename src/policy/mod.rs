//! Policies: the file format, its checks, the compiled catalogue, patterns and safety orders.

pub mod file;
pub mod order;
pub mod reads;
pub mod units;
