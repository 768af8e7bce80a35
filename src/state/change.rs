use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ResourceState;
use crate::address::Address;

/// One change of state. An intent is a `Put` in the status of what is about to happen, its outcome a `Put` or `Remove`
/// after it. Applying the same changes again gives the same state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// What is known of the address from now on. An object that the address had and that is missing here stays, as
    /// superseded, unless its deletion was intended before: only `Deleting` and `Remove` make state forget an object.
    Put { address: Address, resource: Box<ResourceState> },
    /// Forgets the address with all its generations.
    Remove { address: Address },
    /// Gives a resource another address, in others' dependencies too. Does nothing where `to` is taken.
    Move { from: Address, to: Address },
    /// The stack's outputs, all of them.
    Outputs { outputs: Map<String, Value> },
}

impl Change {
    pub fn put(address: &Address, resource: ResourceState) -> Self {
        Self::Put { address: address.clone(), resource: Box::new(resource) }
    }

    /// The resources whose entries it changes; a move also touches the dependencies of others.
    pub fn addresses(&self) -> Vec<&Address> {
        match self {
            Self::Put { address, .. } | Self::Remove { address } => vec![address],
            Self::Move { from, to } => vec![from, to],
            Self::Outputs { .. } => Vec::new(),
        }
    }

    pub fn remove(address: &Address) -> Self {
        Self::Remove { address: address.clone() }
    }
}
