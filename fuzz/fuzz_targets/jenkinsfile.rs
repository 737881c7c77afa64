//! The reader `jenkinsfile` on any text.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| privgate_fuzz::reader("jenkinsfile", data));
