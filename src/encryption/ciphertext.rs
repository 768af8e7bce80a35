use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};

use super::{CipherKind, CiphertextError};

/// An encrypted value. Its text is `kms:<base64>` or `age:<base64>`, on one line and without spaces, and that is its form
/// in stack files, in state and in serde.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ciphertext {
    kind: CipherKind,
    bytes: Vec<u8>,
}

impl Ciphertext {
    /// What a cipher of that kind made.
    pub fn new(kind: CipherKind, bytes: Vec<u8>) -> Self {
        Self { kind, bytes }
    }

    pub fn kind(&self) -> CipherKind {
        self.kind
    }

    /// A KMS ciphertext blob, or a binary age file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl FromStr for Ciphertext {
    type Err = CiphertextError;

    fn from_str(text: &str) -> Result<Self, CiphertextError> {
        let (prefix, encoded) = text.split_once(':').ok_or(CiphertextError::NoKind)?;
        let kind = CipherKind::of_prefix(prefix).ok_or(CiphertextError::NoKind)?;
        if encoded.is_empty() {
            return Err(CiphertextError::Empty(kind.prefix()));
        }
        let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| CiphertextError::NotBase64(kind.prefix()))?;
        Ok(Self { kind, bytes })
    }
}

impl TryFrom<String> for Ciphertext {
    type Error = CiphertextError;

    fn try_from(text: String) -> Result<Self, CiphertextError> {
        text.parse()
    }
}

impl From<Ciphertext> for String {
    fn from(ciphertext: Ciphertext) -> Self {
        ciphertext.to_string()
    }
}

impl fmt::Display for Ciphertext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.kind.prefix(), BASE64_STANDARD.encode(&self.bytes))
    }
}

impl fmt::Debug for Ciphertext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ciphertext_and_its_text_are_the_same_thing() {
        for (kind, text) in [(CipherKind::Kms, "kms:AQID"), (CipherKind::Age, "age:AQID")] {
            let ciphertext = Ciphertext::new(kind, vec![1, 2, 3]);
            assert_eq!(ciphertext.to_string(), text);
            assert_eq!(text.parse(), Ok(ciphertext.clone()));
            assert_eq!(serde_json::to_value(&ciphertext).unwrap(), text);
            assert_eq!(serde_json::from_value::<Ciphertext>(text.into()).unwrap(), ciphertext);
        }
    }

    #[test]
    fn a_text_that_is_no_ciphertext_is_refused_without_being_shown() {
        let error = |text: &str| text.parse::<Ciphertext>().expect_err("no ciphertext");
        assert_eq!(error("hunter2"), CiphertextError::NoKind);
        assert_eq!(error("hunter2:AQID"), CiphertextError::NoKind);
        assert_eq!(error("KMS:AQID"), CiphertextError::NoKind);
        assert_eq!(error("age:"), CiphertextError::Empty("age"));
        for damaged in ["age:AQI", "kms:AQ ID", "kms:hunter2!", "age:AQID\n"] {
            let error = error(damaged);
            assert!(matches!(error, CiphertextError::NotBase64(_)), "{damaged}");
            assert!(!error.to_string().contains("hunter2"));
        }
        let message = serde_json::from_value::<Ciphertext>("hunter2".into()).expect_err("no ciphertext").to_string();
        assert!(!message.contains("hunter2"), "{message}");
    }
}
