//! Files of waivers of any text, and what edits make of them.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| privgate_fuzz::whole::waivers(data));
