use std::fmt;

use serde::{Deserialize, Serialize};

/// The identifier AWS knows an object by: the values of the schema's `primaryIdentifier`, joined with `|` as
/// Cloud Control does (`rtb-1|0.0.0.0/0`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceId(String);

impl ResourceId {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn joined(parts: &[&str]) -> Self {
        Self(parts.join("|"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parts of a compound identifier, in the schema's order.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('|')
    }

    /// The `index`-th part, or an empty text where the identifier has fewer.
    pub fn part(&self, index: usize) -> &str {
        self.parts().nth(index).unwrap_or_default()
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}
