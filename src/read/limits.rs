//! Limits on what is read.
