use super::{CipherKind, Ciphertext, EncryptionError, KmsCipher, PassphraseCipher};

/// Encrypts and decrypts the secret values of one project. Shared by reference, for any number of values at once.
#[derive(Debug)]
pub enum Cipher {
    Kms(KmsCipher),
    Passphrase(PassphraseCipher),
}

impl Cipher {
    pub fn kind(&self) -> CipherKind {
        match self {
            Self::Kms(_) => CipherKind::Kms,
            Self::Passphrase(_) => CipherKind::Age,
        }
    }

    /// A new ciphertext; two of the same value differ.
    ///
    /// # Errors
    /// An empty value, one that is too long for KMS, and what KMS refuses.
    pub async fn encrypt(&self, plaintext: &str) -> Result<Ciphertext, EncryptionError> {
        if plaintext.is_empty() {
            return Err(EncryptionError::Empty);
        }
        let bytes = match self {
            Self::Kms(kms) => kms.encrypt(plaintext).await?,
            Self::Passphrase(passphrase) => passphrase.encrypt(plaintext).await?,
        };
        Ok(Ciphertext::new(self.kind(), bytes))
    }

    /// The value that was encrypted.
    ///
    /// # Errors
    /// A ciphertext of the other kind, of another passphrase, key or project, a damaged one, and what KMS refuses.
    pub async fn decrypt(&self, ciphertext: &Ciphertext) -> Result<String, EncryptionError> {
        if ciphertext.kind() != self.kind() {
            return Err(EncryptionError::OtherKind { found: ciphertext.kind(), expected: self.kind() });
        }
        let bytes = match self {
            Self::Kms(kms) => kms.decrypt(ciphertext.bytes()).await?,
            Self::Passphrase(passphrase) => passphrase.decrypt(ciphertext.bytes()).await?,
        };
        String::from_utf8(bytes).map_err(|_| EncryptionError::NotText)
    }
}
