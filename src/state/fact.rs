use serde::{Deserialize, Serialize};

use super::ResourceState;
use crate::address::Address;

/// What is known of an object: that something is about to be done to it, or what became of that. A `Put` in the stand of
/// what is about to happen is an intent; its outcome is a `Put` or `Remove` after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// What is known of the address from now on. An object that the address had and that is missing here stays, as
    /// superseded, unless its deletion was intended before.
    Put { address: Address, resource: Box<ResourceState> },
    /// The last object of the address is gone.
    Remove { address: Address },
}

impl Fact {
    pub fn address(&self) -> &Address {
        match self {
            Self::Put { address, .. } | Self::Remove { address } => address,
        }
    }

    /// The object's address is known under this name from now on.
    pub fn resource(&self) -> Option<&ResourceState> {
        match self {
            Self::Put { resource, .. } => Some(resource),
            Self::Remove { .. } => None,
        }
    }
}
