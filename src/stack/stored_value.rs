use std::fmt;

/// A value that AWS keeps for the stack and that is read anew by each run, `ssm("/shop/key")`: it is in no file and not in
/// state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum StoredValue {
    /// A parameter of Systems Manager's Parameter Store, by name or ARN, decrypted.
    Parameter { name: String },
    /// A secret of Secrets Manager, by name or ARN: its text, or one entry of the JSON map that it is.
    Secret { name: String, key: Option<String> },
}

impl fmt::Display for StoredValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter { name } => write!(formatter, "ssm(\"{name}\")"),
            Self::Secret { name, key: None } => write!(formatter, "secret(\"{name}\")"),
            Self::Secret { name, key: Some(key) } => write!(formatter, "secret(\"{name}\", \"{key}\")"),
        }
    }
}
