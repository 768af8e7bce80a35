#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| infra_fuzz::on_a_thread(infra_fuzz::expression, text));
