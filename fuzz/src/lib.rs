//! What the fuzz targets do with a text. `tests/it/fuzzing.rs` does the same with the texts that were kept.

mod harness;

pub use harness::{expression, stack_file};

/// As a thread of Rust's own, whose stack is guarded: one that overflows is a crash that the fuzzer sees and keeps.
pub fn on_a_thread(what: fn(&str), text: &str) {
    std::thread::scope(|scope| {
        scope.spawn(|| what(text));
    });
}
