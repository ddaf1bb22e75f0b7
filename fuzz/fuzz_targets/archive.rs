#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cogrep_fuzz_checks::archive(data));
