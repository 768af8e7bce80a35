//! Encryption of single values with a KMS key or a passphrase, so that secrets can stand in stack files and in state.

mod cipher;
mod cipher_kind;
mod ciphertext;
mod ciphertext_error;
mod encryption;
mod encryption_error;
mod encryption_key;
mod former_key;
mod key_ring;
mod kms_cipher;
mod passphrase_cipher;
mod plaintext;

pub use cipher::Cipher;
pub use cipher_kind::CipherKind;
pub use ciphertext::Ciphertext;
pub use ciphertext_error::CiphertextError;
pub use encryption::Encryption;
pub use encryption_error::EncryptionError;
pub use encryption_key::EncryptionKey;
pub use former_key::FormerKey;
pub use key_ring::KeyRing;
pub use kms_cipher::KmsCipher;
pub use passphrase_cipher::PassphraseCipher;
pub use plaintext::Plaintext;
