use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Step};
use crate::address::Address;
use crate::resources::ReplaceOrder;
use crate::state::ResourceState;

/// Leaves the steps as they are that the command is not about, and keeps what they still use: state's dependencies say
/// what an object that is not touched was made with, whatever the file says by now.
pub fn leave_out(steps: &mut [Step], mut included: BTreeSet<Address>, state: &BTreeMap<Address, ResourceState>) {
    let used = keep_used(steps, &mut included, state);
    for step in steps {
        if !included.contains(&step.address) {
            step.action = Action::NoChange;
            step.differences.clear();
            step.reasons.clear();
            step.work.left_out = true;
        }
        step.work.keeps_former =
            !matches!(step.action, Action::Replace(ReplaceOrder::DeleteFirst | ReplaceOrder::InOneCall))
                && (step.work.left_out || used.contains(&step.address));
    }
}

/// Takes deletions out of what is included where something left out uses the object; what is kept keeps what it uses
/// itself. Gives all that is used so.
fn keep_used(
    steps: &[Step],
    included: &mut BTreeSet<Address>,
    state: &BTreeMap<Address, ResourceState>,
) -> BTreeSet<Address> {
    let deletions: BTreeSet<&Address> =
        steps.iter().filter(|step| step.action == Action::Delete).map(|step| &step.address).collect();
    let mut open: Vec<&Address> = state.keys().filter(|address| !included.contains(*address)).collect();
    let mut used = BTreeSet::new();
    while let Some(user) = open.pop() {
        for needed in state.get(user).into_iter().flat_map(|state| &state.dependencies) {
            if used.insert(needed.clone()) && deletions.contains(needed) && included.remove(needed) {
                open.push(needed);
            }
        }
    }
    used
}
