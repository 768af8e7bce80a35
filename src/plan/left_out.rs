use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Step};
use crate::address::Address;
use crate::resources::ReplaceOrder;
use crate::state::ResourceState;

/// Leaves the steps as they are that the command is not about, and keeps what they still use: state's dependencies say
/// what an object that is not touched was made with, whatever the file says by now.
pub fn leave_out(steps: &mut [Step], mut included: BTreeSet<Address>, state: &BTreeMap<Address, ResourceState>) {
    let is_used = |address: &Address, included: &BTreeSet<Address>| {
        let mut others = state.iter().filter(|(other, _)| !included.contains(*other));
        others.any(|(_, other)| other.dependencies.contains(address))
    };
    let deletions: Vec<Address> =
        steps.iter().filter(|step| step.action == Action::Delete).map(|step| step.address.clone()).collect();
    // What is kept keeps what it uses itself.
    while let Some(kept) = deletions.iter().find(|address| included.contains(*address) && is_used(address, &included)) {
        included.remove(kept);
    }
    for step in steps {
        if !included.contains(&step.address) {
            step.action = Action::NoChange;
            step.differences.clear();
            step.reasons.clear();
            step.work.left_out = true;
        }
        step.work.keeps_former = step.action != Action::Replace(ReplaceOrder::DeleteFirst)
            && (step.work.left_out || is_used(&step.address, &included));
    }
}
