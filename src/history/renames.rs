use std::collections::BTreeMap;

use super::{HistoryRecord, Rename};
use crate::address::Address;

/// Where the resources of an earlier run are now: their address then, and their address now, of each that has another.
/// `later` are the records after that run's, in their order.
pub fn renamed<'a>(later: impl IntoIterator<Item = &'a HistoryRecord>) -> BTreeMap<Address, Address> {
    let mut now = BTreeMap::<Address, Address>::new();
    for Rename { from, to } in later.into_iter().flat_map(|record| &record.renames) {
        match now.values_mut().find(|address| *address == from) {
            Some(address) => *address = to.clone(),
            // Another resource may have got the address that one of then has left.
            None => drop(now.entry(from.clone()).or_insert_with(|| to.clone())),
        }
    }
    now.retain(|then, address| then != address);
    now
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Author, RunKind};
    use crate::state::Snapshot;
    use crate::state::testing::identity;

    fn record(renames: &[(&str, &str)]) -> HistoryRecord {
        let author = Author { user: "ada".into(), host: "laptop".into(), principal: None, place: String::new() };
        let record =
            HistoryRecord::without_plan(&Snapshot::new(&identity("dev")), RunKind::StateMv, author, String::new());
        let renames = renames.iter().map(|(from, to)| Rename { from: (*from).into(), to: (*to).into() });
        HistoryRecord { renames: renames.collect(), ..record }
    }

    #[test]
    fn renames_are_followed_from_record_to_record() {
        let later = [
            record(&[("a", "b"), ("x", "y")]),
            record(&[("b", "c")]),
            record(&[("y", "x"), ("n", "m")]),
            record(&[("a", "d")]),
        ];
        let now = renamed(&later);
        let now: Vec<(&str, &str)> = now.iter().map(|(then, now)| (then.as_str(), now.as_str())).collect();
        assert_eq!(now, [("a", "c"), ("n", "m")]);
    }
}
