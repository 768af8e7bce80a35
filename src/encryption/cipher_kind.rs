use std::fmt;

/// What a value is encrypted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CipherKind {
    Kms,
    /// A file of the age format for one passphrase.
    Age,
}

impl CipherKind {
    /// The kind of a ciphertext's prefix.
    pub fn of_prefix(prefix: &str) -> Option<Self> {
        [Self::Kms, Self::Age].into_iter().find(|kind| kind.prefix() == prefix)
    }

    /// What a ciphertext's text begins with, without the colon.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Kms => "kms",
            Self::Age => "age",
        }
    }
}

impl fmt::Display for CipherKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Kms => "a KMS key",
            Self::Age => "a passphrase",
        })
    }
}
