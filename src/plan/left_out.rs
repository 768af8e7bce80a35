use std::collections::{BTreeMap, BTreeSet};

use super::step::Work;
use super::{Action, Reason, Step};
use crate::address::Address;
use crate::resources::ReplaceOrder;
use crate::state::ResourceState;

/// The steps without what the command is not about, and without the end of what that still uses: state's dependencies say
/// what an object that is not touched was made with, whatever the file says by now. One of the `targets` that cannot go is
/// refused: it was named to go.
pub fn left_out(
    steps: Vec<Step>,
    mut included: BTreeSet<Address>,
    targets: &BTreeSet<Address>,
    state: &BTreeMap<Address, ResourceState>,
) -> Vec<Step> {
    let used = keep_used(&steps, &mut included, state);
    let goes_on = |step: Step| match included.contains(&step.address) {
        true => step,
        false => {
            let still_used = used.get(&step.address).filter(|_| step.action == Action::Delete);
            let reasons: Vec<Reason> = still_used.map(|by| Reason::StillUsed { by: by.clone() }).into_iter().collect();
            let is_refused = !reasons.is_empty() && targets.contains(&step.address);
            let action = if is_refused { Action::Refused } else { Action::NoChange };
            let work = Work { left_out: true, ..step.work };
            Step { action, differences: Vec::new(), reasons, work, ..step }
        }
    };
    let keeps_former = |mut step: Step| {
        let goes_first = matches!(step.replace_order(), Some(ReplaceOrder::DeleteFirst | ReplaceOrder::InOneCall));
        step.work.keeps_former = !goes_first && (step.work.left_out || used.contains_key(&step.address));
        step
    };
    steps.into_iter().map(|step| keeps_former(goes_on(step))).collect()
}

/// Takes deletions out of what is included where something left out uses the object; what is kept keeps what it uses
/// itself. Gives all that is used so, and by what.
fn keep_used(
    steps: &[Step],
    included: &mut BTreeSet<Address>,
    state: &BTreeMap<Address, ResourceState>,
) -> BTreeMap<Address, Address> {
    let deletions: BTreeSet<&Address> =
        steps.iter().filter(|step| step.action == Action::Delete).map(|step| &step.address).collect();
    let mut open: Vec<&Address> = state.keys().filter(|address| !included.contains(*address)).collect();
    let mut used = BTreeMap::new();
    while let Some(user) = open.pop() {
        for needed in state.get(user).into_iter().flat_map(|state| &state.dependencies) {
            let is_new = used.insert(needed.clone(), user.clone()).is_none();
            if is_new && deletions.contains(needed) && included.remove(needed) {
                open.push(needed);
            }
        }
    }
    used
}
