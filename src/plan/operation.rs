use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::resources::ResourceId;

/// One thing that apply does: at most one object is touched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    pub address: Address,
    pub kind: OperationKind,
    /// The operations, by index, that have to be done before.
    pub after: Vec<usize>,
    /// The layer of the graph it stands in, from 1.
    pub wave: usize,
    /// How long it took last time or may take, in seconds, with all that waits for it.
    pub path_seconds: f64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    Create,
    Update,
    /// Make the object in the place of the former one, in one call.
    Replace,
    /// Take the object into state; change it where it differs.
    Import,
    /// Delete the object that state has for the address.
    Delete,
    /// Delete an object that the address has replaced, or will have by then.
    DeleteSuperseded(ResourceId),
    Move {
        from: Address,
    },
    Forget,
    /// Take the ownership tags off the object and drop it from state.
    Release,
}

impl OperationKind {
    /// True if the object of the address is there afterwards, as it was written.
    pub fn writes(&self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Replace | Self::Import)
    }
}
