use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use futures::future::try_join_all;
use serde_json::{Map, Value};

use super::{Sealed, Secrets};
use crate::encryption::{Ciphertext, EncryptionError, EncryptionKey, KeyRing, Plaintext};

/// Where the secrets of one stack are encrypted and decrypted, each once a run: the same value gets the same ciphertext
/// as before, so that nothing looks changed that is not.
#[derive(Debug, Default)]
pub struct Vault {
    /// `None` where the stack file has no `encryption`.
    keys: Option<KeyRing>,
    secrets: Secrets,
    opened: Mutex<HashMap<Ciphertext, Plaintext>>,
}

impl Vault {
    /// What is decrypted goes to `secrets` too, so that it is covered wherever it would be seen.
    pub fn new(keys: Option<KeyRing>, secrets: Secrets) -> Self {
        Self { keys, secrets, opened: Mutex::default() }
    }

    /// Decrypts values, all at once; those that are known already are not asked for again. Without a key it does
    /// nothing.
    ///
    /// # Errors
    /// The first that cannot be decrypted.
    pub async fn open(&self, ciphertexts: impl IntoIterator<Item = Ciphertext>) -> Result<(), EncryptionError> {
        let Some(keys) = &self.keys else { return Ok(()) };
        let unknown: HashSet<Ciphertext> =
            ciphertexts.into_iter().filter(|ciphertext| self.plaintext(ciphertext).is_none()).collect();
        let decrypt = async |ciphertext: Ciphertext| {
            let plaintext = keys.decrypt(&ciphertext).await?;
            self.remember(ciphertext, plaintext);
            Ok(())
        };
        try_join_all(unknown.into_iter().map(decrypt)).await?;
        Ok(())
    }

    /// True if it can decrypt at all.
    pub fn can_open(&self) -> bool {
        self.keys.is_some()
    }

    /// What it encrypts with, as the stack file writes it.
    pub fn key(&self) -> Option<&EncryptionKey> {
        self.keys.as_ref().map(|keys| &keys.key)
    }

    /// What a decrypted ciphertext says; `None` for one that is not decrypted.
    pub fn plaintext(&self, ciphertext: &Ciphertext) -> Option<String> {
        self.known(ciphertext).map(|plaintext| plaintext.text)
    }

    /// True for a decrypted ciphertext that a former key made.
    pub fn is_outdated(&self, ciphertext: &Ciphertext) -> bool {
        self.known(ciphertext).is_some_and(|plaintext| plaintext.is_outdated)
    }

    /// Values with every part that a former key encrypted encrypted anew.
    ///
    /// # Errors
    /// As `Cipher::encrypt`.
    pub async fn renewed(&self, values: &Map<String, Value>) -> Result<Map<String, Value>, EncryptionError> {
        let mut renewed = HashMap::new();
        for Sealed(outdated) in values.values().flat_map(Sealed::all_in) {
            if let Some(known) = self.known(&outdated).filter(|known| known.is_outdated)
                && let Some(sealed) = self.seal(&known.text).await?
            {
                renewed.insert(outdated, sealed);
            }
        }
        let replace = |sealed: &Sealed| renewed.get(&sealed.0).map(Sealed::to_json);
        Ok(values.iter().map(|(name, value)| (name.clone(), with_sealed(value, &replace))).collect())
    }

    /// A secret in the form in which state keeps it; `None` without a cipher.
    ///
    /// # Errors
    /// As `Cipher::encrypt`.
    pub async fn seal(&self, plaintext: &str) -> Result<Option<Sealed>, EncryptionError> {
        if let Some(known) = self.ciphertext(plaintext) {
            return Ok(Some(Sealed(known)));
        }
        let Some(keys) = &self.keys else { return Ok(None) };
        let ciphertext = keys.encrypt(plaintext).await?;
        self.remember(ciphertext.clone(), Plaintext { text: plaintext.to_owned(), is_outdated: false });
        Ok(Some(Sealed(ciphertext)))
    }

    /// Values with every encrypted part that is decrypted in the clear.
    pub fn opened(&self, values: &Map<String, Value>) -> Map<String, Value> {
        let replace = |sealed: &Sealed| self.plaintext(&sealed.0).map(Value::from);
        values.iter().map(|(name, value)| (name.clone(), with_sealed(value, &replace))).collect()
    }

    fn known(&self, ciphertext: &Ciphertext) -> Option<Plaintext> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(ciphertext).cloned()
    }

    /// The present key's.
    fn ciphertext(&self, text: &str) -> Option<Ciphertext> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let same = opened.iter().filter(|(_, known)| known.text == text && !known.is_outdated);
        same.map(|(ciphertext, _)| ciphertext).min_by_key(|ciphertext| ciphertext.to_string()).cloned()
    }

    fn remember(&self, ciphertext: Ciphertext, plaintext: Plaintext) {
        self.secrets.add(&plaintext.text);
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(ciphertext, plaintext);
    }
}

/// A value with its encrypted parts replaced by what `replace` has for them.
fn with_sealed(value: &Value, replace: &dyn Fn(&Sealed) -> Option<Value>) -> Value {
    if let Some(replaced) = Sealed::of_json(value).and_then(|sealed| replace(&sealed)) {
        return replaced;
    }
    match value {
        Value::Object(entries) => {
            Value::Object(entries.iter().map(|(name, value)| (name.clone(), with_sealed(value, replace))).collect())
        }
        Value::Array(items) => items.iter().map(|item| with_sealed(item, replace)).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::encryption::{Cipher, FormerKey, PassphraseCipher};

    fn cipher(passphrase: &str) -> Cipher {
        Cipher::Passphrase(PassphraseCipher::new(passphrase.to_owned(), "TEST"))
    }

    fn key(variable: &str) -> EncryptionKey {
        EncryptionKey::Passphrase { variable: variable.to_owned() }
    }

    fn vault() -> Vault {
        let keys = KeyRing { key: key("OLD"), present: cipher("correct horse"), former: Vec::new() };
        Vault::new(Some(keys), Secrets::default())
    }

    #[tokio::test]
    async fn what_a_former_key_sealed_is_sealed_anew_and_nothing_else() {
        let old = vault().seal("hunter2").await.unwrap().unwrap();
        let former = vec![FormerKey { key: key("OLD"), cipher: Some(cipher("correct horse")) }];
        let keys = KeyRing { key: key("NEW"), present: cipher("battery staple"), former };
        let vault = Vault::new(Some(keys), Secrets::default());
        let new = vault.seal("other").await.unwrap().unwrap();
        let values = json!({"Old": {"in": [old.to_json()]}, "New": new.to_json(), "Plain": 1});
        vault.open(Sealed::all_in(&values).into_iter().map(|sealed| sealed.0)).await.unwrap();
        assert!(vault.is_outdated(&old.0) && !vault.is_outdated(&new.0));
        let renewed = Value::Object(vault.renewed(values.as_object().unwrap()).await.unwrap());
        assert_eq!((&renewed["New"], &renewed["Plain"]), (&values["New"], &values["Plain"]));
        let anew = Sealed::of_json(&renewed["Old"]["in"][0]).unwrap();
        assert_ne!(anew, old);
        assert_eq!(cipher("battery staple").decrypt(&anew.0).await.unwrap(), "hunter2");
        assert_eq!(vault.seal("hunter2").await.unwrap().unwrap(), anew);
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
