use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use futures::future::try_join_all;
use serde_json::{Map, Value};

use super::{Sealed, Secrets};
use crate::encryption::{Cipher, Ciphertext, EncryptionError};

/// Where the secrets of one stack are encrypted and decrypted, each once a run: the same value gets the same ciphertext
/// as before, so that nothing looks changed that is not.
#[derive(Debug, Default)]
pub struct Vault {
    /// `None` where the stack file has no `encryption`.
    cipher: Option<Cipher>,
    secrets: Secrets,
    opened: Mutex<HashMap<Ciphertext, String>>,
}

impl Vault {
    /// What is decrypted goes to `secrets` too, so that it is covered wherever it would be seen.
    pub fn new(cipher: Option<Cipher>, secrets: Secrets) -> Self {
        Self { cipher, secrets, opened: Mutex::default() }
    }

    /// Decrypts values, all at once; those that are known already are not asked for again. Without a cipher it does
    /// nothing.
    ///
    /// # Errors
    /// The first that cannot be decrypted.
    pub async fn open(&self, ciphertexts: impl IntoIterator<Item = Ciphertext>) -> Result<(), EncryptionError> {
        let Some(cipher) = &self.cipher else { return Ok(()) };
        let unknown: HashSet<Ciphertext> =
            ciphertexts.into_iter().filter(|ciphertext| self.plaintext(ciphertext).is_none()).collect();
        let decrypt = async |ciphertext: Ciphertext| {
            let plaintext = cipher.decrypt(&ciphertext).await?;
            self.remember(ciphertext, &plaintext);
            Ok(())
        };
        try_join_all(unknown.into_iter().map(decrypt)).await?;
        Ok(())
    }

    /// True if it can decrypt at all.
    pub fn can_open(&self) -> bool {
        self.cipher.is_some()
    }

    /// What a decrypted ciphertext says; `None` for one that is not decrypted.
    pub fn plaintext(&self, ciphertext: &Ciphertext) -> Option<String> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(ciphertext).cloned()
    }

    /// A secret in the form in which state keeps it; `None` without a cipher.
    ///
    /// # Errors
    /// As `Cipher::encrypt`.
    pub async fn seal(&self, plaintext: &str) -> Result<Option<Sealed>, EncryptionError> {
        if let Some(known) = self.ciphertext(plaintext) {
            return Ok(Some(Sealed(known)));
        }
        let Some(cipher) = &self.cipher else { return Ok(None) };
        let ciphertext = cipher.encrypt(plaintext).await?;
        self.remember(ciphertext.clone(), plaintext);
        Ok(Some(Sealed(ciphertext)))
    }

    /// Values with every encrypted part that is decrypted in the clear.
    pub fn opened(&self, values: &Map<String, Value>) -> Map<String, Value> {
        values.iter().map(|(name, value)| (name.clone(), self.opened_value(value))).collect()
    }

    fn opened_value(&self, value: &Value) -> Value {
        if let Some(plaintext) = Sealed::of_json(value).and_then(|sealed| self.plaintext(&sealed.0)) {
            return plaintext.into();
        }
        match value {
            Value::Object(entries) => Value::Object(self.opened(entries)),
            Value::Array(items) => items.iter().map(|item| self.opened_value(item)).collect(),
            other => other.clone(),
        }
    }

    fn ciphertext(&self, plaintext: &str) -> Option<Ciphertext> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let known = opened.iter().filter(|(_, known)| *known == plaintext).map(|(ciphertext, _)| ciphertext);
        known.min_by_key(|ciphertext| ciphertext.to_string()).cloned()
    }

    fn remember(&self, ciphertext: Ciphertext, plaintext: &str) {
        self.secrets.add(plaintext);
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(ciphertext, plaintext.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::encryption::PassphraseCipher;

    fn vault() -> Vault {
        let cipher = Cipher::Passphrase(PassphraseCipher::new("correct horse".to_owned(), "TEST"));
        Vault::new(Some(cipher), Secrets::default())
    }

    #[tokio::test]
    async fn what_is_sealed_opens_in_another_run() {
        let sealed = vault().seal("hunter2").await.unwrap().unwrap();
        let json = json!({"Value": sealed.to_json(), "Length": 7});
        assert!(!json.to_string().contains("hunter2"));
        let next = vault();
        assert_eq!(next.opened(json.as_object().unwrap()), *json.as_object().unwrap(), "not decrypted yet");
        next.open(Sealed::all_in(&json).into_iter().map(|sealed| sealed.0)).await.unwrap();
        assert_eq!(Value::Object(next.opened(json.as_object().unwrap())), json!({"Value": "hunter2", "Length": 7}));
        assert!(next.secrets.has("hunter2"));
        assert_eq!(next.seal("hunter2").await.unwrap().unwrap(), sealed, "the same value stays as it is");
    }

    #[tokio::test]
    async fn without_a_cipher_nothing_is_sealed() {
        assert_eq!(Vault::default().seal("hunter2").await.unwrap(), None);
    }
}
