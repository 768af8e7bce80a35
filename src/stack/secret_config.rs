use super::diagnostic::Diagnostic;
use crate::encryption::Ciphertext;

/// A secret value of `config` that is not known yet.
#[derive(Debug, Clone)]
pub struct SecretConfig {
    /// Dotted, as `--set` writes it.
    pub key: String,
    /// What to decrypt; `None` for one that has to be given with `--set`.
    pub ciphertext: Option<Ciphertext>,
    /// The environment variable that may give it.
    pub variable: String,
    /// What to say where it is needed.
    pub missing: Diagnostic,
}
