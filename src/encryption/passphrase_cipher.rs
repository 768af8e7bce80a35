use std::sync::Arc;

use age::secrecy::{ExposeSecret, SecretString};
use age::{DecryptError, scrypt};
use tokio::sync::Semaphore;

use super::EncryptionError;

/// scrypt's cost as a power of two, with r = 8 and p = 1: 16 MiB and about 40 ms a value. It slows down guessing; what
/// makes guessing hopeless is a passphrase that is long and random.
const WORK_FACTOR: u8 = 14;
/// What the age program itself writes. Each step more doubles time and memory; this one takes 256 MiB.
const HIGHEST_WORK_FACTOR: u8 = 18;

/// Encrypts with a passphrase, as files of the age format with one scrypt recipient (age-encryption.org/v1).
#[derive(Debug)]
pub struct PassphraseCipher {
    passphrase: SecretString,
    origin: String,
    /// Each value takes a processor and its memory for a while, so there are no more at once than processors.
    turns: Arc<Semaphore>,
}

impl PassphraseCipher {
    /// `origin` says in messages where the passphrase comes from: a variable's name.
    pub fn new(passphrase: impl Into<SecretString>, origin: impl Into<String>) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self { passphrase: passphrase.into(), origin: origin.into(), turns: Arc::new(Semaphore::new(processors)) }
    }

    pub(super) async fn encrypt(&self, plaintext: &str) -> Result<Vec<u8>, EncryptionError> {
        let plaintext = SecretString::from(plaintext);
        self.work(move |passphrase| {
            let mut recipient = scrypt::Recipient::new(passphrase);
            recipient.set_work_factor(WORK_FACTOR);
            let encrypted = age::encrypt(&recipient, plaintext.expose_secret().as_bytes());
            encrypted.map_err(|error| EncryptionError::Interrupted(error.to_string()))
        })
        .await
    }

    pub(super) async fn decrypt(&self, bytes: &[u8]) -> Result<Vec<u8>, EncryptionError> {
        let (bytes, origin) = (bytes.to_vec(), self.origin.clone());
        self.work(move |passphrase| {
            let mut identity = scrypt::Identity::new(passphrase);
            identity.set_max_work_factor(HIGHEST_WORK_FACTOR);
            age::decrypt(&identity, &bytes).map_err(|error| explained(error, origin))
        })
        .await
    }

    /// Runs where blocking is allowed, when there is a processor for it.
    async fn work(
        &self,
        work: impl FnOnce(SecretString) -> Result<Vec<u8>, EncryptionError> + Send + 'static,
    ) -> Result<Vec<u8>, EncryptionError> {
        let passphrase = self.passphrase.clone();
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(passphrase)
        });
        done.await.unwrap_or_else(|error| Err(EncryptionError::Interrupted(error.to_string())))
    }
}

/// age tells a passphrase that does not open the header from a header or content that was changed.
fn explained(error: DecryptError, origin: String) -> EncryptionError {
    match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            EncryptionError::WrongPassphrase { origin }
        }
        DecryptError::ExcessiveWork { required, .. } => {
            EncryptionError::ExcessiveWork { factor: required, limit: HIGHEST_WORK_FACTOR }
        }
        _ => EncryptionError::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encryption::{Cipher, CipherKind, Ciphertext};

    fn cipher(passphrase: &str) -> Cipher {
        Cipher::Passphrase(PassphraseCipher::new(passphrase, "SHOP_PASSPHRASE"))
    }

    /// What the age program writes for a passphrase, with the work factor that is asked for.
    fn age_file(passphrase: &str, plaintext: &str, factor: u8) -> Ciphertext {
        let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase));
        recipient.set_work_factor(factor);
        Ciphertext::new(CipherKind::Age, age::encrypt(&recipient, plaintext.as_bytes()).unwrap())
    }

    #[tokio::test]
    async fn a_value_comes_back_and_is_never_encrypted_the_same_way_twice() {
        let cipher = cipher("correct horse");
        let value = "pä\"ss\nword ".repeat(1000);
        let (one, other) = tokio::join!(cipher.encrypt(&value), cipher.encrypt(&value));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_ne!(one, other);
        assert_eq!(one.kind(), CipherKind::Age);
        for ciphertext in [one, other] {
            assert_eq!(cipher.decrypt(&ciphertext.to_string().parse().unwrap()).await.unwrap(), value);
        }
    }

    #[tokio::test]
    async fn another_passphrase_is_told_with_where_it_comes_from() {
        let ciphertext = cipher("correct horse").encrypt("hunter2").await.unwrap();
        let error = cipher("battery staple").decrypt(&ciphertext).await.expect_err("another passphrase");
        assert!(matches!(error, EncryptionError::WrongPassphrase { .. }), "{error}");
        assert!(error.to_string().contains("SHOP_PASSPHRASE"), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("SHOP_PASSPHRASE")));
    }

    #[tokio::test]
    async fn what_was_changed_is_damaged_and_not_a_wrong_passphrase() {
        let cipher = cipher("correct horse");
        let whole = cipher.encrypt("hunter2").await.unwrap().bytes().to_vec();
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        let cut = whole[..whole.len() - 1].to_vec();
        for bytes in [changed, cut, b"age-encryption.org/v1\n".to_vec(), b"something else".to_vec()] {
            let error = cipher.decrypt(&Ciphertext::new(CipherKind::Age, bytes)).await.expect_err("damaged");
            assert!(matches!(error, EncryptionError::Damaged), "{error}");
        }
    }

    #[tokio::test]
    async fn the_work_factor_of_the_value_counts_and_an_absurd_one_is_refused_at_once() {
        let cipher = cipher("correct horse");
        for factor in [1, WORK_FACTOR + 1] {
            assert_eq!(cipher.decrypt(&age_file("correct horse", "hunter2", factor)).await.unwrap(), "hunter2");
        }
        let file = age_file("correct horse", "hunter2", 9).bytes().to_vec();
        let head = String::from_utf8_lossy(&file).find(" 9\n").unwrap();
        let absurd = [&file[..head], b" 40\n".as_slice(), &file[head + 3..]].concat();
        let error = cipher.decrypt(&Ciphertext::new(CipherKind::Age, absurd)).await.expect_err("too much work");
        assert!(matches!(error, EncryptionError::ExcessiveWork { factor: 40, .. }), "{error}");
    }

    #[tokio::test]
    async fn nothing_to_encrypt_the_other_kind_and_what_is_no_text_are_errors() {
        let cipher = cipher("correct horse");
        assert!(matches!(cipher.encrypt("").await, Err(EncryptionError::Empty)));
        let foreign = Ciphertext::new(CipherKind::Kms, vec![1]);
        let error = cipher.decrypt(&foreign).await.expect_err("the other kind");
        assert_eq!(
            error.to_string(),
            "the value is encrypted with a KMS key, and the stack file's `encryption` is a passphrase"
        );
        let mut recipient = scrypt::Recipient::new(SecretString::from("correct horse"));
        recipient.set_work_factor(1);
        let binary = Ciphertext::new(CipherKind::Age, age::encrypt(&recipient, &[0xff]).unwrap());
        assert!(matches!(cipher.decrypt(&binary).await, Err(EncryptionError::NotText)));
    }

    #[test]
    fn the_passphrase_shows_nowhere() {
        assert!(!format!("{:?}", cipher("correct horse")).contains("horse"));
    }
}
