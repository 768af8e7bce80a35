use std::collections::HashMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Attributes, Operation, OperationKind, OutputChange, PlanOptions, Setting, Step, Summary};
use crate::address::Address;
use crate::resources::ResourceId;

/// True for a count that files leave out.
pub(super) fn is_none(count: &usize) -> bool {
    *count == 0
}

/// What an apply will do, whole: the decisions with their reasons, and the operations in their order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Plan {
    /// The format of a saved plan.
    pub version: u32,
    pub project: String,
    pub stack: String,
    pub region: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The state it was made from.
    pub lineage: String,
    pub serial: u64,
    /// Sha256 over the stack file, the files it reads, and `--set`.
    pub stack_digest: String,
    pub options: PlanOptions,
    pub steps: Vec<Step>,
    pub operations: Vec<Operation>,
    /// The stack's outputs, as far as they are known.
    pub outputs: serde_json::Map<String, serde_json::Value>,
    /// How an apply changes the outputs that state has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub output_changes: Vec<OutputChange>,
    /// What changes about the stack itself, in state only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Setting>,
    /// How many secrets of state an apply encrypts, or encrypts anew because a former key did.
    #[serde(default, skip_serializing_if = "is_none")]
    pub to_seal: usize,
    /// How many objects were read.
    pub read: usize,
    /// What expressions may know once the plan is applied.
    #[serde(skip)]
    pub attributes: Attributes,
    #[serde(skip)]
    pub(crate) by_address: OnceLock<HashMap<Address, usize>>,
    #[serde(skip)]
    pub(crate) former: OnceLock<HashMap<Address, Vec<ResourceId>>>,
}

impl Plan {
    pub const VERSION: u32 = 1;

    pub fn summary(&self) -> Summary {
        Summary {
            outputs: self.output_changes.len(),
            settings: self.settings.len(),
            to_seal: self.to_seal,
            ..Summary::of(&self.steps)
        }
    }

    /// True if apply has anything to do.
    pub fn has_changes(&self) -> bool {
        let steps = self.steps.iter().any(Step::is_change);
        let about_the_stack = !self.output_changes.is_empty() || !self.settings.is_empty() || self.to_seal > 0;
        steps || !self.operations.is_empty() || about_the_stack
    }

    pub fn refused(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.action == super::Action::Refused)
    }

    pub fn step(&self, address: &Address) -> Option<&Step> {
        let numbered = || self.steps.iter().enumerate().map(|(index, step)| (step.address.clone(), index)).collect();
        self.steps.get(*self.by_address.get_or_init(numbered).get(address)?)
    }

    /// The former objects of an address that the plan deletes.
    pub fn former(&self, address: &Address) -> &[ResourceId] {
        let former = self.former.get_or_init(|| {
            let mut former: HashMap<Address, Vec<ResourceId>> = HashMap::new();
            for operation in &self.operations {
                if let OperationKind::DeleteSuperseded(id) = &operation.kind {
                    former.entry(operation.address.clone()).or_default().push(id.clone());
                }
            }
            former
        });
        former.get(address).map(Vec::as_slice).unwrap_or_default()
    }

    /// Sha256 over all that the plan would do and what it was made from: two plans with one digest do the same.
    ///
    /// # Errors
    /// Never for a plan made here; `serde_json` leaves the possibility.
    pub fn digest(&self) -> Result<String, serde_json::Error> {
        Ok(hex::encode(Sha256::digest(serde_json::to_vec(self)?)))
    }
}
