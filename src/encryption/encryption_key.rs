use std::fmt;

/// What secret values are encrypted with, as a stack file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EncryptionKey {
    /// A symmetric KMS key: its id, its ARN, or an alias or an alias's ARN.
    Kms { key: String },
    /// A passphrase in the environment variable of this name.
    Passphrase { variable: String },
}

impl EncryptionKey {
    /// The region of a key that is named by an ARN, `arn:aws:kms:REGION:ACCOUNT:key/ID`; any other key is in the stack's.
    pub fn region(&self) -> Option<&str> {
        match self {
            Self::Kms { key } if key.starts_with("arn:") => key.split(':').nth(3).filter(|region| !region.is_empty()),
            _ => None,
        }
    }
}

/// As it is written under `encryption`: `kms: alias/shop`.
impl fmt::Display for EncryptionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kms { key } => write!(formatter, "kms: {key}"),
            Self::Passphrase { variable } => write!(formatter, "passphrase_env: {variable}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_is_that_of_the_keys_arn() {
        let region = |key: &str| EncryptionKey::Kms { key: key.to_owned() }.region().map(str::to_owned);
        assert_eq!(region("arn:aws:kms:eu-west-1:123456789012:alias/shop").as_deref(), Some("eu-west-1"));
        assert_eq!(region("alias/shop"), None);
        assert_eq!(EncryptionKey::Passphrase { variable: "arn:a:b:c".to_owned() }.region(), None);
    }
}
