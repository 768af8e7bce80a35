use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ResourceState;
use crate::address::Address;

/// What was decided without a call to AWS, and the next plan decides anew if it could not be written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// What state remembers of a resource whose object stays as it is: options of the file, an object taken in.
    Describe { address: Address, resource: Box<ResourceState> },
    /// Drops the address with all its generations; their objects stay in AWS.
    Forget { address: Address },
    /// Gives a resource another address, in others' dependencies too. Does nothing where `to` is taken.
    Move { from: Address, to: Address },
    /// The stack's outputs, all of them.
    Outputs { outputs: Map<String, Value> },
    /// Whether the stack is ephemeral.
    Lifetime { ephemeral: bool },
}
