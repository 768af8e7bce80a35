use indexmap::IndexMap;

use crate::encryption::{Ciphertext, CiphertextError};
use crate::stack::diagnostic::{Problems, Span};
use crate::stack::document::{Entry, Node, NodeKind};

/// A secret value of `config`: `{ secret: "age:…" }`, or `{ secret: required }` for one that `--set` gives.
#[derive(Debug)]
pub(super) struct SecretEntry {
    /// Dotted, as `--set` writes it.
    pub key: String,
    pub span: Span,
    /// `None` where the file holds no value.
    pub ciphertext: Option<Ciphertext>,
}

/// What stands for a secret that `--set` has to give.
const REQUIRED: &str = "required";

impl SecretEntry {
    /// Takes the secret entries out of `config`; nothing stands in their place.
    pub fn take_all(entries: &mut IndexMap<String, Entry>, problems: &mut Problems) -> Vec<Self> {
        let mut found = Vec::new();
        for (key, entry) in entries {
            take(key, &mut entry.node, &mut found, problems);
        }
        found
    }
}

fn take(key: &str, node: &mut Node, found: &mut Vec<SecretEntry>, problems: &mut Problems) {
    let NodeKind::Map(entries) = &mut node.kind else { return };
    let Some(secret) = entries.get("secret").filter(|_| entries.len() == 1) else {
        for (inner, entry) in entries {
            take(&format!("{key}.{inner}"), &mut entry.node, found, problems);
        }
        return;
    };
    let (key, span) = (key.to_owned(), secret.node.span);
    match &secret.node.kind {
        NodeKind::Text(text) if text == REQUIRED => found.push(SecretEntry { key, span, ciphertext: None }),
        NodeKind::Text(text) => match text.parse() {
            Ok(ciphertext) => found.push(SecretEntry { key, span, ciphertext: Some(ciphertext) }),
            Err(CiphertextError::NoKind) => in_the_clear(&key, span, problems),
            Err(error) => {
                let help = format!("write it anew: `infra config set {key} --secret`");
                problems.error_with(span, error.to_string(), Some(help));
            }
        },
        _ => in_the_clear(&key, span, problems),
    }
    node.kind = NodeKind::Null;
}

fn in_the_clear(key: &str, span: Span, problems: &mut Problems) {
    let help = format!("write `secret: {REQUIRED}`, or let `infra config set {key} --secret` encrypt the value");
    problems.error_with(span, "a secret is not written in the clear", Some(help));
}
