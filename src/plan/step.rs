use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Action, Cause, Difference, Reads, Reason, Setting};
use crate::address::Address;
use crate::resources::{Live, Properties, ReplaceOrder, ResourceId};
use crate::schema::{PathSegment, PropertyPath};
use crate::value::Value;

/// The tag that names an object's address, as `Ownership::tags` writes it.
const ADDRESS_TAG: &str = "infra:address";

/// What becomes of one resource, and why. The first half is the plan as people and files see it; the second is what
/// apply needs besides and a saved plan never holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Step {
    pub address: Address,
    #[serde(rename = "type")]
    pub type_name: String,
    pub region: String,
    pub action: Action,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// Changes that only state sees; also of resources whose objects stay as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Setting>,
    /// The layer in which the step's first operation can start, from 1; 0 where nothing is to do.
    pub wave: usize,
    /// The object as it is now, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ResourceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<Address>,
    /// Sha256 of everything that the step would write, secrets included; tells a changed secret in a saved plan.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    #[serde(skip)]
    pub work: Work,
}

/// What apply needs of a step besides the decision.
#[derive(Debug, Clone, Default)]
pub struct Work {
    /// The complete properties, with the unknown parts still unknown.
    pub desired: Option<Value>,
    pub live: Option<Arc<Live>>,
    /// The physical name, decided before any call.
    pub name: Option<String>,
    /// Counts replacements; part of the token and of generated names.
    pub generation: u32,
    /// The object was made by others: it keeps its own tags.
    pub imported: bool,
    /// The object has another stack's tags and gets this one's.
    pub takes_over: bool,
    /// The object leaves state and loses its ownership tags.
    pub is_released: bool,
    /// Former objects that are another stack's by now: they leave state and stay in AWS.
    pub left_to_others: BTreeSet<ResourceId>,
    /// What others' expressions read.
    pub reads: Reads,
    /// The command is not about this resource.
    pub left_out: bool,
    /// The former objects of the address are not deleted: what the command leaves out still uses them.
    pub keeps_former: bool,
    /// The addresses that have to let go of the object's identity first.
    pub released_by: BTreeSet<Address>,
    /// What the object is made from, to be looked for once more before another one is deleted for it.
    pub sources: Properties,
    /// The plan or the command allows the loss of what would otherwise be kept recoverable.
    pub force: bool,
}

impl Step {
    pub fn is_refused(&self) -> bool {
        self.action == Action::Refused
    }

    /// The same with one more reason.
    pub fn because(mut self, reason: Reason) -> Self {
        self.reasons.push(reason);
        self
    }

    /// The same, refused.
    pub fn refused(self, reason: Reason) -> Self {
        Self { action: Action::Refused, ..self }.because(reason)
    }

    /// The same, as a replacement in that order.
    pub fn replaced(self, order: ReplaceOrder) -> Self {
        Self { action: Action::Replace(order), ..self }
    }

    /// The same, with leave to lose what would otherwise be kept recoverable.
    pub fn forced(mut self) -> Self {
        self.work.force = true;
        self
    }

    /// The order of a replacement.
    pub fn replace_order(&self) -> Option<ReplaceOrder> {
        match self.action {
            Action::Replace(order) => Some(order),
            _ => None,
        }
    }

    /// The top-level properties that differ.
    pub fn changed(&self) -> BTreeSet<String> {
        self.differences.iter().map(|difference| difference.path.top_level().unwrap_or_default().to_owned()).collect()
    }

    /// True if the plan did not know all that is to be written.
    pub fn is_open(&self) -> bool {
        self.work.desired.as_ref().is_some_and(|desired| !desired.is_known())
    }

    /// True if the plan did not know the whole of the property that a path is in.
    pub fn leaves_open(&self, path: &PropertyPath) -> bool {
        let property = path.top_level().and_then(|name| self.work.desired.as_ref()?.get(name));
        property.is_some_and(|property| !property.is_known())
    }

    /// True if AWS or state will be different afterwards.
    pub fn is_change(&self) -> bool {
        self.action.is_change() || !self.settings.is_empty()
    }

    /// True if the object only gets another address, even where a tag tells that address.
    pub fn is_move(&self) -> bool {
        let address_tag = PathSegment::Key(ADDRESS_TAG.to_owned());
        let told = |difference: &Difference| difference.path.segments().last() == Some(&address_tag);
        let updates = self.action == Action::Update && self.moved_from.is_some() && self.settings.is_empty();
        self.action == Action::Move || updates && self.differences.iter().all(told)
    }

    pub fn has_drift(&self) -> bool {
        let drifted = |difference: &Difference| difference.cause == Cause::Drift;
        self.differences.iter().any(drifted) || self.reasons.contains(&Reason::Gone)
    }
}
