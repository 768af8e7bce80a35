use sha2::{Digest, Sha256};

use super::overrides::Override;
use crate::stack::diagnostic::Source;
use crate::stack::expression::Engine;

/// One digest over everything that the stack is made of: name, file, files that it reads, overrides.
/// The values of secrets stay out: a digest without a key can be tried with values.
pub(super) fn digest(
    name: &str,
    source: &Source,
    overrides: &[Override],
    engine: &Engine,
    is_secret: impl Fn(&str) -> bool,
) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        // Lengths keep two parts from reading as two others.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    };
    add(name);
    add(source.text());
    for (path, text) in engine.files.contents() {
        add(&path);
        add(&text);
    }
    for replacement in overrides {
        add(&replacement.key);
        if !is_secret(&replacement.key) {
            add(&replacement.text);
        }
    }
    hex::encode(hash.finalize())
}
