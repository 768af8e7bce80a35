use indexmap::IndexMap;

use crate::address::Address;
use crate::resources::Ownership;
use crate::stack::Stack;

/// What names and tags an object: its stack's identity and its own address.
#[derive(Debug, Clone, Copy)]
pub struct ObjectIdentity<'a> {
    pub project: &'a str,
    pub stack: &'a str,
    pub address: &'a Address,
    /// The stack's own tags.
    pub tags: &'a IndexMap<String, String>,
    /// False for an imported object: it gets only the tags that its own properties write.
    pub owned: bool,
}

impl<'a> ObjectIdentity<'a> {
    pub fn of(stack: &'a Stack, address: &'a Address) -> Self {
        Self { project: &stack.project, stack: &stack.name, address, tags: &stack.tags, owned: true }
    }

    pub fn ownership(&self) -> Ownership {
        Ownership { project: self.project.to_owned(), stack: self.stack.to_owned(), address: self.address.clone() }
    }
}
