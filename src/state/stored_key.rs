use std::fmt;

use serde::{Deserialize, Serialize};

use super::FingerprintKey;
use super::fingerprint_key::random_key;
use crate::encryption::{Ciphertext, EncryptionError};
use crate::secrets::Vault;

/// The key of a stack's fingerprints as state keeps it: random, and made with the stack's state.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "scheme", rename_all = "snake_case", deny_unknown_fields)]
pub enum StoredKey {
    /// The key itself, base64: of a stack without `encryption`, and of one that none was applied to yet.
    Plain { key: String },
    /// The key encrypted, and with what: `kms: alias/shop`, so that it can be told where it is missing.
    Sealed { ciphertext: Ciphertext, sealed_with: String },
}

impl StoredKey {
    pub(super) fn random() -> Self {
        Self::Plain { key: random_key() }
    }

    /// What has to be decrypted before `opened`.
    pub fn ciphertext(&self) -> Option<&Ciphertext> {
        match self {
            Self::Plain { .. } => None,
            Self::Sealed { ciphertext, .. } => Some(ciphertext),
        }
    }

    /// What the secrets of state were encrypted with when the key was.
    pub fn sealed_with(&self) -> Option<&str> {
        match self {
            Self::Plain { .. } => None,
            Self::Sealed { sealed_with, .. } => Some(sealed_with),
        }
    }

    /// The key; an unknown one where it is sealed and the vault has not opened it.
    pub fn opened(&self, vault: &Vault) -> FingerprintKey {
        match self {
            Self::Plain { key } => FingerprintKey::new(key),
            Self::Sealed { ciphertext, .. } => {
                vault.plaintext(ciphertext).map_or_else(FingerprintKey::unknown, FingerprintKey::new)
            }
        }
    }

    /// True if the vault would keep it otherwise: sealed, by the present key.
    pub fn is_outdated(&self, vault: &Vault) -> bool {
        match self {
            Self::Plain { .. } => vault.can_open(),
            Self::Sealed { ciphertext, .. } => vault.is_outdated(ciphertext),
        }
    }

    /// The same key as the vault keeps it; `None` where that is as it is. One that nothing was keyed with yet is made
    /// anew, so that it never lay open.
    ///
    /// # Errors
    /// As `Cipher::encrypt`.
    pub async fn renewed(&self, vault: &Vault, is_used: bool) -> Result<Option<Self>, EncryptionError> {
        let key = match self {
            _ if !self.is_outdated(vault) => return Ok(None),
            Self::Plain { key } if is_used => key.clone(),
            Self::Plain { .. } => random_key(),
            Self::Sealed { ciphertext, .. } => vault.plaintext(ciphertext).unwrap_or_else(random_key),
        };
        let sealed = vault.seal(&key).await?.zip(vault.key());
        Ok(sealed.map(|(sealed, with)| Self::Sealed { ciphertext: sealed.0, sealed_with: with.to_string() }))
    }
}

impl fmt::Debug for StoredKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("StoredKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encryption::{Cipher, EncryptionKey, FormerKey, KeyRing, PassphraseCipher};
    use crate::secrets::Secrets;

    fn key(variable: &str) -> EncryptionKey {
        EncryptionKey::Passphrase { variable: variable.to_owned() }
    }

    fn vault(present: &str, former: &[&str]) -> Vault {
        let cipher = |variable: &str| Cipher::Passphrase(PassphraseCipher::new(variable.to_owned(), variable));
        let former = former.iter().map(|variable| FormerKey { key: key(variable), cipher: Some(cipher(variable)) });
        let keys = KeyRing { key: key(present), present: cipher(present), former: former.collect() };
        Vault::new(Some(keys), Secrets::default())
    }

    #[tokio::test]
    async fn a_plain_key_is_sealed_and_one_of_a_former_key_anew_and_it_stays_the_same() {
        let plain = StoredKey::random();
        assert_eq!(plain.renewed(&Vault::default(), true).await.unwrap(), None);
        let old = vault("OLD", &[]);
        let sealed = plain.renewed(&old, true).await.unwrap().unwrap();
        assert_eq!(sealed.opened(&old), plain.opened(&Vault::default()));
        assert_eq!(
            (sealed.sealed_with(), sealed.renewed(&old, true).await.unwrap()),
            (Some("passphrase_env: OLD"), None)
        );
        let new = vault("NEW", &["OLD"]);
        assert!(!sealed.opened(&new).is_known(), "not decrypted yet");
        new.open(sealed.ciphertext().cloned()).await.unwrap();
        let anew = sealed.renewed(&new, true).await.unwrap().unwrap();
        assert_eq!((anew.sealed_with(), anew.opened(&new)), (Some("passphrase_env: NEW"), sealed.opened(&old)));
    }

    #[tokio::test]
    async fn a_key_that_nothing_was_keyed_with_never_lay_open() {
        let (plain, vault) = (StoredKey::random(), vault("OLD", &[]));
        let sealed = plain.renewed(&vault, false).await.unwrap().unwrap();
        assert_ne!(sealed.opened(&vault), plain.opened(&vault));
    }
}
