use std::fmt;
use std::sync::Arc;

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;

use super::EncryptionError;
use crate::aws::{AwsError, CallResult};

/// AWS KMS API reference, Encrypt: a symmetric key takes a plaintext of at most 4,096 bytes.
const LONGEST_PLAINTEXT: usize = 4096;
/// The part of the encryption context that ties a ciphertext to its project. It is in the clear, in CloudTrail too.
const PROJECT: &str = "infra:project";

/// Encrypts with a KMS key, without a data key of our own: every decryption is a call that CloudTrail records.
pub struct KmsCipher {
    client: Arc<Client>,
    key: String,
    project: String,
}

impl KmsCipher {
    /// `client` is one of the key's region.
    pub fn new(client: Arc<Client>, key: impl Into<String>, project: impl Into<String>) -> Self {
        Self { client, key: key.into(), project: project.into() }
    }

    pub(super) async fn encrypt(&self, plaintext: &str) -> Result<Vec<u8>, EncryptionError> {
        if plaintext.len() > LONGEST_PLAINTEXT {
            return Err(EncryptionError::TooLong { length: plaintext.len(), limit: LONGEST_PLAINTEXT });
        }
        let call = self.client.encrypt().key_id(&self.key).plaintext(Blob::new(plaintext));
        let answer = call.encryption_context(PROJECT, &self.project).send().await.call("kms:Encrypt");
        let blob = answer.map_err(|error| self.refused(error))?.ciphertext_blob;
        self.present(blob, "kms:Encrypt", "CiphertextBlob")
    }

    /// The key is named although KMS would find it: what another key encrypted does not open. Source: AWS KMS API
    /// reference, Decrypt, `KeyId`, which calls it a best practice.
    pub(super) async fn decrypt(&self, bytes: &[u8]) -> Result<Vec<u8>, EncryptionError> {
        let call = self.client.decrypt().key_id(&self.key).ciphertext_blob(Blob::new(bytes));
        let answer = call.encryption_context(PROJECT, &self.project).send().await.call("kms:Decrypt");
        let blob = answer.map_err(|error| self.refused(error))?.plaintext;
        self.present(blob, "kms:Decrypt", "Plaintext")
    }

    fn present(&self, blob: Option<Blob>, operation: &'static str, what: &str) -> Result<Vec<u8>, EncryptionError> {
        blob.map(Blob::into_inner).ok_or_else(|| self.refused(AwsError::missing(operation, what)))
    }

    fn refused(&self, error: AwsError) -> EncryptionError {
        let key = self.key.clone();
        match error.code() {
            "InvalidCiphertextException" => EncryptionError::NotOpened { key, project: self.project.clone() },
            "IncorrectKeyException" => EncryptionError::OtherKey { key },
            _ => EncryptionError::Key { key, error },
        }
    }
}

impl fmt::Debug for KmsCipher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KmsCipher").field("key", &self.key).field("project", &self.project).finish()
    }
}
