//! Renamed resources keep their objects.

use std::collections::{BTreeMap, HashMap};

use crate::address::Address;
use crate::stack::Stack;
use crate::state::ResourceState;

/// The state as the file's addresses see it, and where each moved resource came from. A `moved_from` counts only where
/// the new address is not in state yet and the old one is and is no longer in the file.
pub fn moved(
    stack: &Stack,
    resources: &BTreeMap<Address, ResourceState>,
) -> (BTreeMap<Address, ResourceState>, HashMap<Address, Address>) {
    let (mut origins, mut targets) = (HashMap::new(), HashMap::<Address, Address>::new());
    for resource in stack.resources.values().filter(|resource| !resources.contains_key(&resource.address)) {
        let gone = |from: &&Address| resources.contains_key(*from) && !stack.resources.contains_key(*from);
        let free = resource.moved_from.iter().filter(gone).find(|from| !targets.contains_key(*from));
        if let Some(from) = free {
            targets.insert(from.clone(), resource.address.clone());
            origins.insert(resource.address.clone(), from.clone());
        }
    }
    let rename = |address: &Address| targets.get(address).map_or_else(|| address.clone(), |to| (*to).clone());
    let moved = resources.iter().map(|(address, state)| {
        let mut state = match targets.contains_key(address) {
            true => state.clone().moved_from(address),
            false => state.clone(),
        };
        state.dependencies = state.dependencies.iter().map(rename).collect();
        (rename(address), state)
    });
    (moved.collect(), origins)
}
