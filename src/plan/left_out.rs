use std::collections::{BTreeMap, BTreeSet};

use super::step::Work;
use super::{Action, Step};
use crate::address::Address;
use crate::resources::ReplaceOrder;
use crate::state::ResourceState;

/// The steps without what the command is not about, and without the end of what that still uses: state's dependencies say
/// what an object that is not touched was made with, whatever the file says by now.
pub fn left_out(
    steps: Vec<Step>,
    mut included: BTreeSet<Address>,
    state: &BTreeMap<Address, ResourceState>,
) -> Vec<Step> {
    let used = keep_used(&steps, &mut included, state);
    let goes_on = |step: Step| match included.contains(&step.address) {
        true => step,
        false => {
            let work = Work { left_out: true, ..step.work };
            Step { action: Action::NoChange, differences: Vec::new(), reasons: Vec::new(), work, ..step }
        }
    };
    let keeps_former = |mut step: Step| {
        let goes_first = matches!(step.replace_order(), Some(ReplaceOrder::DeleteFirst | ReplaceOrder::InOneCall));
        step.work.keeps_former = !goes_first && (step.work.left_out || used.contains(&step.address));
        step
    };
    steps.into_iter().map(|step| keeps_former(goes_on(step))).collect()
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
