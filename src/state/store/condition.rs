use serde::{Deserialize, Serialize};

/// What a store calls one written content of a key: S3's ETag, or a digest of the content. Opaque, only compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectVersion(String);

impl ObjectVersion {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// When a write may happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    Always,
    /// Only where the key does not exist.
    Absent,
    /// Only where the key still has this version.
    Matches(ObjectVersion),
}

impl Condition {
    /// True if a write under this condition may happen while the key has `current`.
    pub fn holds(&self, current: Option<&ObjectVersion>) -> bool {
        match self {
            Self::Always => true,
            Self::Absent => current.is_none(),
            Self::Matches(version) => current == Some(version),
        }
    }
}

/// How a conditional write ended. Whoever gets `Conflict` has not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PutOutcome {
    Written(ObjectVersion),
    Conflict,
}
