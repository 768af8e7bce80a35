use std::collections::BTreeMap;

use super::{HistoryRecord, Rename};
use crate::address::Address;

/// Where the resources of an earlier run are now: their address then, and their address now, of each that has another.
/// `later` are the records after that run's, in their order.
pub fn renamed<'a>(later: impl IntoIterator<Item = &'a HistoryRecord>) -> BTreeMap<Address, Address> {
    let mut now = BTreeMap::<Address, Address>::new();
    for Rename { from, to } in later.into_iter().flat_map(|record| &record.renames) {
        let then = now.iter().find(|(_, address)| *address == from).map(|(then, _)| then.clone());
        now.insert(then.unwrap_or_else(|| from.clone()), to.clone());
    }
    now.retain(|then, address| then != address);
    now
}
