//! No target: with `-runs=0` it writes the seeds of the others. A program that is no target cannot be linked with what they count.
#![no_main]
libfuzzer_sys::fuzz_target!(init: assert!(privgate_fuzz::seeds::write().is_ok()), |_data: &[u8]| {});
