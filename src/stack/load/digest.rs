use sha2::{Digest, Sha256};

use super::overrides::Override;
use crate::stack::diagnostic::Source;
use crate::stack::expression::Engine;

/// One digest over everything that the stack is made of: name, file, files that it reads, overrides.
pub(super) fn digest(name: &str, source: &Source, overrides: &[Override], engine: &Engine) -> String {
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
        add(&replacement.value.to_json().unwrap_or_default().to_string());
    }
    hex::encode(hash.finalize())
}
