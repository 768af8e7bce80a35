use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::document::{BASELINES, ENCRYPTION, INTENTS, OWNERS, SEALED_KEY};
use super::{Fact, Note, Origin, ResourceState, StoredKey};
use crate::address::Address;
use crate::resources::Properties;
use crate::secrets::Sealed;

/// One change of state. Applying the same changes again gives the same state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Change {
    Fact(Fact),
    Note(Note),
}

impl Change {
    pub fn put(address: &Address, resource: ResourceState) -> Self {
        Self::Fact(Fact::Put { address: address.clone(), resource: Box::new(resource) })
    }

    pub fn remove(address: &Address) -> Self {
        Self::Fact(Fact::Remove { address: address.clone() })
    }

    pub fn describe(address: &Address, resource: ResourceState) -> Self {
        Self::Note(Note::Describe { address: address.clone(), resource: Box::new(resource) })
    }

    pub fn forget(address: &Address) -> Self {
        Self::Note(Note::Forget { address: address.clone() })
    }

    pub fn rename(from: &Address, to: &Address) -> Self {
        Self::Note(Note::Move { from: from.clone(), to: to.clone() })
    }

    pub fn baselines(baselines: BTreeMap<Address, Properties>) -> Self {
        Self::Note(Note::Baselines { baselines })
    }

    pub fn outputs(outputs: Map<String, Value>) -> Self {
        Self::Note(Note::Outputs { outputs })
    }

    pub fn lifetime(ephemeral: bool) -> Self {
        Self::Note(Note::Lifetime { ephemeral })
    }

    pub fn fingerprint_key(key: StoredKey) -> Self {
        Self::Note(Note::FingerprintKey { key })
    }

    pub fn fact(&self) -> Option<&Fact> {
        match self {
            Self::Fact(fact) => Some(fact),
            Self::Note(_) => None,
        }
    }

    /// What a reader of these changes must understand beyond the format's version, and of what is `known` before them.
    pub(super) fn features<'a>(known: &[String], changes: impl IntoIterator<Item = &'a Self>) -> Vec<String> {
        let new = changes.into_iter().flat_map(Self::needs).map(str::to_owned);
        BTreeSet::from_iter(known.iter().cloned().chain(new)).into_iter().collect()
    }

    fn needs(&self) -> Vec<&'static str> {
        let is_sealed = |values: &Map<String, Value>| values.values().any(|value| !Sealed::all_in(value).is_empty());
        let (resource, outputs) = match self {
            Self::Fact(Fact::Put { resource, .. }) | Self::Note(Note::Describe { resource, .. }) => {
                (Some(resource), None)
            }
            Self::Note(Note::Outputs { outputs }) => (None, Some(outputs)),
            _ => (None, None),
        };
        let of_former = resource.into_iter().flat_map(|resource| resource.superseded.iter().map(|old| &old.outputs));
        let mut kept = resource.map(|resource| &resource.outputs).into_iter().chain(of_former).chain(outputs);
        let is_dated = resource.is_some_and(|resource| resource.intended.is_some());
        let takes_snapshot = resource.is_some_and(|resource| {
            resource.last_snapshot.is_some() || resource.superseded.iter().any(|old| old.last_snapshot.is_some())
        });
        let is_new =
            is_dated || takes_snapshot || matches!(self, Self::Note(Note::Describe { .. } | Note::Forget { .. }));
        let is_taken_over = resource.is_some_and(|resource| resource.origin == Origin::TakenOver);
        let is_timed = resource.is_some_and(|resource| resource.timeout.is_some());
        let is_owner = is_taken_over || is_timed || matches!(self, Self::Note(Note::Lifetime { .. }));
        let is_key = matches!(self, Self::Note(Note::FingerprintKey { .. }));
        let has_baseline = resource.is_some_and(|resource| resource.baseline.is_some())
            || matches!(self, Self::Note(Note::Baselines { .. }));
        let needs = [
            (kept.any(is_sealed), ENCRYPTION),
            (is_new, INTENTS),
            (is_owner, OWNERS),
            (is_key, SEALED_KEY),
            (has_baseline, BASELINES),
        ];
        needs.into_iter().filter(|(is_needed, _)| *is_needed).map(|(_, feature)| feature).collect()
    }
}
