use indexmap::IndexMap;

use crate::address::Address;
use crate::resources::Ownership;

/// What names and tags an object: its stack's identity and its own address.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    pub project: &'a str,
    pub stack: &'a str,
    pub address: &'a Address,
    /// The stack's own tags.
    pub tags: &'a IndexMap<String, String>,
}

impl Identity<'_> {
    pub fn ownership(&self) -> Ownership {
        Ownership {
            project: self.project.to_owned(),
            stack: self.stack.to_owned(),
            address: self.address.clone(),
        }
    }
}
