//! The reader `manifest` on any text.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| privgate_fuzz::reader("manifest", data));
