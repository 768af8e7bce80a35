use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::expression::Each;
use super::load::Declaration;
use crate::address::Address;
use crate::resources::{OnDelete, ReplaceOrder};

/// A resource of a stack: one object to be, after `when` and `for_each`. Its properties come from `Stack::evaluate`.
#[derive(Debug)]
pub struct Resource {
    pub address: Address,
    /// AWS's own name, `AWS::SQS::Queue`.
    pub type_name: String,
    /// What must be there first: `depends_on` and the resources that its expressions read.
    pub depends_on: BTreeSet<Address>,
    /// Another region than the stack's.
    pub region: Option<String>,
    pub protect: Option<bool>,
    pub on_delete: Option<OnDelete>,
    /// Paths of properties whose differences do not count: `DesiredCount`, `ContainerDefinitions.0.Image`.
    pub ignore_changes: Vec<String>,
    pub replace: Option<ReplaceOrder>,
    /// Addresses under which the object may stand in state.
    pub moved_from: Vec<Address>,
    /// How long one operation on it may take.
    pub timeout: Option<Duration>,
    /// The conditions over several properties are not asked.
    pub unchecked: bool,
    pub(super) declaration: Arc<Declaration>,
    pub(super) each: Option<Each>,
}

impl Resource {
    /// True if it is an existing object that is found by properties and never changed.
    pub fn is_lookup(&self) -> bool {
        self.declaration.lookup.is_some()
    }

    /// True if it takes over an existing object.
    pub fn is_imported(&self) -> bool {
        self.declaration.options.get("import").is_some()
    }

    /// True if the file writes the property at a path; `*` stands for any item. What an expression will give is not
    /// written.
    pub fn has_property(&self, path: &[&str]) -> bool {
        self.declaration.properties.has(path)
    }

    /// Its key under `for_each`.
    pub fn each_key(&self) -> Option<&str> {
        self.each.as_ref().map(Each::key)
    }
}
