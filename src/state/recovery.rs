use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::document::{Layout, Trust, decode, encode};
use super::{Change, Position, ResourceState, Snapshot, StackIdentity, StateError};
use crate::address::Address;

/// What a run could not write into its state: the changes, and what they follow on. It is kept in a file, and a later run
/// takes it up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// The hold on the lock of the run that kept it. No file of whole state has this field.
    pub recovery: Uuid,
    #[serde(default)]
    pub features: Vec<String>,
    pub lineage: Uuid,
    pub project: String,
    pub stack: String,
    pub account: Option<String>,
    pub region: Option<String>,
    /// Of the state that the changes follow on.
    pub serial: u64,
    pub journal: Position,
    pub kept: Timestamp,
    /// The resources that the changes touch, as that state has them; one that it has not is missing.
    pub before: BTreeMap<Address, ResourceState>,
    /// Oldest first.
    pub changes: Vec<Change>,
}

impl Recovery {
    /// `None` where nothing is left to write, and where state has nothing at all: then no intent ever became durable, so
    /// nothing was done that could be lost.
    pub(super) fn of<'a>(id: Uuid, durable: &Snapshot, changes: impl Iterator<Item = &'a Change>) -> Option<Self> {
        let changes: Vec<Change> = changes.cloned().collect();
        if changes.is_empty() || durable.serial == 0 {
            return None;
        }
        let touched: BTreeSet<&Address> = changes.iter().flat_map(Change::addresses).collect();
        let before = durable.resources.iter().filter(|(address, _)| touched.contains(address));
        Some(Self {
            recovery: id,
            features: durable.features.clone(),
            lineage: durable.lineage,
            project: durable.project.clone(),
            stack: durable.stack.clone(),
            account: durable.account.clone(),
            region: durable.region.clone(),
            serial: durable.serial,
            journal: durable.journal,
            kept: Timestamp::now(),
            before: before.map(|(address, resource)| (address.clone(), resource.clone())).collect(),
            changes,
        })
    }

    pub fn to_file(&self) -> Result<Vec<u8>, StateError> {
        encode(self, Layout::Indented)
    }

    /// # Errors
    /// `Damaged` and `Newer`, with `place` for the file.
    pub fn parse(place: &str, bytes: &[u8]) -> Result<Self, StateError> {
        decode(place, bytes, Trust::Checked)
    }

    /// True for a file that was made from a recovery, damaged or not, and false for one of whole state.
    pub fn is_one(bytes: &[u8]) -> bool {
        serde_json::from_slice::<Value>(bytes).is_ok_and(|file| file.get("recovery").is_some())
    }

    /// Sorts by project and stack, and in these by age.
    pub fn file_name(&self) -> String {
        format!("{}{:010}.{}.json", Self::name_prefix(&self.project, &self.stack), self.serial, self.recovery)
    }

    /// How the names of a stack's files begin.
    pub fn name_prefix(project: &str, stack: &str) -> String {
        format!("{project}.{stack}.")
    }

    pub fn is_of(&self, project: &str, stack: &str) -> bool {
        (self.project.as_str(), self.stack.as_str()) == (project, stack)
    }

    /// As much of the state that the changes follow on as they touch.
    pub(super) fn base(&self) -> Snapshot {
        let mut base = Snapshot::new(&StackIdentity {
            project: self.project.clone(),
            stack: self.stack.clone(),
            account: self.account.clone(),
            region: self.region.clone(),
        });
        base.resources.clone_from(&self.before);
        base
    }
}
