use super::{Cipher, CipherKind, EncryptionKey};

/// A key that some values may still be encrypted with.
#[derive(Debug)]
pub struct FormerKey {
    pub key: EncryptionKey,
    /// `None` where its passphrase is not given: it may not be needed any more.
    pub cipher: Option<Cipher>,
}

impl FormerKey {
    pub(super) fn kind(&self) -> CipherKind {
        match self.key {
            EncryptionKey::Kms { .. } => CipherKind::Kms,
            EncryptionKey::Passphrase { .. } => CipherKind::Age,
        }
    }
}
