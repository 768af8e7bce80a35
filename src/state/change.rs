use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ResourceState;
use super::document::ENCRYPTION;
use crate::address::Address;
use crate::secrets::Sealed;

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
    /// What a reader of these changes must understand beyond the format's version, and of what is `known` before them.
    pub(super) fn features<'a>(known: &[String], changes: impl IntoIterator<Item = &'a Self>) -> Vec<String> {
        let new = changes.into_iter().filter_map(Self::feature).map(str::to_owned);
        BTreeSet::from_iter(known.iter().cloned().chain(new)).into_iter().collect()
    }

    fn feature(&self) -> Option<&'static str> {
        let is_sealed = |values: &Map<String, Value>| values.values().any(|value| !Sealed::all_in(value).is_empty());
        let is_needed = match self {
            Self::Put { resource, .. } => {
                is_sealed(&resource.outputs) || resource.superseded.iter().any(|old| is_sealed(&old.outputs))
            }
            Self::Outputs { outputs } => is_sealed(outputs),
            Self::Remove { .. } | Self::Move { .. } => false,
        };
        is_needed.then_some(ENCRYPTION)
    }

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn encrypted_values_need_a_reader_that_knows_of_them() {
        let outputs = |json: Value| Change::Outputs { outputs: json.as_object().cloned().unwrap_or_default() };
        let plain = outputs(json!({"url": "https://shop.example"}));
        let sealed = outputs(json!({"password": {"infra:ciphertext": "age:aGVsbG8="}}));
        assert!(Change::features(&[], [&plain]).is_empty());
        assert_eq!(Change::features(&[], [&plain, &sealed]), ["encryption"]);
        assert_eq!(Change::features(&["encryption".to_owned()], [&plain]), ["encryption"]);
    }
}
