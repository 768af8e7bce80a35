use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ResourceState, StoredKey};
use crate::address::Address;
use crate::resources::Properties;

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
    /// What nobody had written of these objects when they were read, each in the place of what was known before.
    Baselines { baselines: BTreeMap<Address, Properties> },
    /// The stack's outputs, all of them.
    Outputs { outputs: Map<String, Value> },
    /// Whether the stack is ephemeral.
    Lifetime { ephemeral: bool },
    /// How the key of the fingerprints is kept; the key itself stays as long as one fingerprint is made with it.
    FingerprintKey { key: StoredKey },
}
