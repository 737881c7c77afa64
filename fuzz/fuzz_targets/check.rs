//! Whole comparisons of two generated trees.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| privgate_fuzz::whole::check(data));
