use super::{Cipher, Ciphertext, EncryptionError, EncryptionKey, FormerKey, Plaintext};

/// The key that a stack's secrets are encrypted with, and those that came before it.
#[derive(Debug)]
pub struct KeyRing {
    pub key: EncryptionKey,
    pub present: Cipher,
    pub former: Vec<FormerKey>,
}

impl KeyRing {
    /// A new ciphertext of the present key.
    ///
    /// # Errors
    /// As `Cipher::encrypt`.
    pub async fn encrypt(&self, plaintext: &str) -> Result<Ciphertext, EncryptionError> {
        self.present.encrypt(plaintext).await
    }

    /// The value that one of the keys encrypted.
    ///
    /// # Errors
    /// Where none did: what a former key that could not be asked lacks, else why the present one did not open it.
    pub async fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Plaintext, EncryptionError> {
        let present = match self.present.decrypt(ciphertext).await {
            Ok(text) => return Ok(Plaintext { text, is_outdated: false }),
            Err(error) if !error.is_of_key() => return Err(error),
            Err(error) => error,
        };
        let mut unasked = None;
        for former in self.former.iter().filter(|former| former.kind() == ciphertext.kind()) {
            let opened = match &former.cipher {
                Some(cipher) => cipher.decrypt(ciphertext).await,
                None => Err(EncryptionError::FormerMissing { key: former.key.to_string() }),
            };
            match opened {
                Ok(text) => return Ok(Plaintext { text, is_outdated: true }),
                Err(error) if error.is_of_key() => {}
                Err(error) => unasked = unasked.or(Some(error)),
            }
        }
        Err(unasked.unwrap_or(present))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encryption::PassphraseCipher;

    fn cipher(passphrase: &str) -> Cipher {
        Cipher::Passphrase(PassphraseCipher::new(passphrase.to_owned(), "`TEST`"))
    }

    fn key(variable: &str) -> EncryptionKey {
        EncryptionKey::Passphrase { variable: variable.to_owned() }
    }

    fn ring(present: &str, former: &[(&str, Option<&str>)]) -> KeyRing {
        let former = former
            .iter()
            .map(|(variable, passphrase)| FormerKey { key: key(variable), cipher: passphrase.map(cipher) });
        KeyRing { key: key("NEW"), present: cipher(present), former: former.collect() }
    }

    #[tokio::test]
    async fn what_a_former_key_encrypted_opens_and_is_outdated() {
        let (old, older) = (cipher("old").encrypt("one").await.unwrap(), cipher("older").encrypt("two").await.unwrap());
        let ring = ring("new", &[("OLD", Some("old")), ("OLDER", Some("older"))]);
        let new = ring.encrypt("three").await.unwrap();
        for (ciphertext, text, is_outdated) in [(old, "one", true), (older, "two", true), (new, "three", false)] {
            let opened = ring.decrypt(&ciphertext).await.unwrap();
            assert_eq!((opened.text.as_str(), opened.is_outdated), (text, is_outdated));
        }
    }

    #[tokio::test]
    async fn a_former_passphrase_is_missed_only_where_it_is_needed() {
        let ring = ring("new", &[("OLD", None)]);
        assert_eq!(ring.decrypt(&ring.encrypt("one").await.unwrap()).await.unwrap().text, "one");
        let error = ring.decrypt(&cipher("old").encrypt("one").await.unwrap()).await.expect_err("no passphrase");
        assert!(
            matches!(&error, EncryptionError::FormerMissing { .. }) && error.to_string().contains("OLD"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn what_no_key_encrypted_does_not_open_and_former_is_named() {
        let foreign = cipher("foreign").encrypt("one").await.unwrap();
        let error = ring("new", &[("OLD", Some("old"))]).decrypt(&foreign).await.expect_err("no key");
        assert!(matches!(&error, EncryptionError::WrongPassphrase { .. }), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("encryption.former")), "{error}");
    }
}
