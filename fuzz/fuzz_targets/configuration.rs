//! Configurations of any text.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| privgate_fuzz::whole::configuration(data));
