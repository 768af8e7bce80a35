use std::collections::BTreeSet;

use super::ResourceId;

/// One object of a batched read, and what the caller needs to know of it.
#[derive(Debug, Clone)]
pub struct ReadRequest {
    pub id: ResourceId,
    pub wanted: Wanted,
}

/// Which top-level properties are needed. A driver that pays a call for each skips the others.
#[derive(Debug, Clone)]
pub enum Wanted {
    All,
    Only(BTreeSet<String>),
}

impl ReadRequest {
    pub fn all(id: ResourceId) -> Self {
        Self { id, wanted: Wanted::All }
    }

    /// True if nothing but this property is needed.
    pub fn wants_only(&self, property: &str) -> bool {
        matches!(&self.wanted, Wanted::Only(names) if names.iter().all(|name| name == property))
    }

    pub fn wants(&self, property: &str) -> bool {
        match &self.wanted {
            Wanted::All => true,
            Wanted::Only(names) => names.contains(property),
        }
    }
}
