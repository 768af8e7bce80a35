use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Recovery, ResourceState, Snapshot, Stray, Superseded};
use crate::address::Address;
use crate::resources::ResourceId;

/// What of a recovery file belongs into a state that may have gone on since.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reconciliation {
    /// Changes that still follow on what state has, in their order.
    pub changes: Vec<Change>,
    /// Objects that the file knows and state does not, at addresses of which state says something else by now.
    pub strays: Vec<Stray>,
}

/// What an address was before the first change and after each that touched it, with the number of that change.
type Path = Vec<(Option<usize>, Option<ResourceState>)>;

impl Reconciliation {
    /// A state that is still the one that the changes follow on takes all of them. In one that has gone on, each resource
    /// is looked at by itself: where state has what it had before the changes or after some of them, the rest of them
    /// follows. Where another run has settled the resource otherwise, its word holds: it looked at AWS later. Then the
    /// file is only good for objects that state has never heard of. Moves and outputs of a state that has gone on are
    /// left to the next plan.
    pub fn of(recovery: &Recovery, current: &Snapshot) -> Self {
        if (current.lineage, current.serial) == (recovery.lineage, recovery.serial) {
            return Self { changes: recovery.changes.clone(), strays: Vec::new() };
        }
        let paths = paths(recovery);
        let mut strays = Vec::new();
        // The first change that is still missing, for each address.
        let mut missing: BTreeMap<&Address, usize> = BTreeMap::new();
        for (address, path) in &paths {
            let now = current.resources.get(*address);
            match path.iter().rfind(|(_, state)| state.as_ref() == now) {
                Some((change, _)) => {
                    missing.insert(address, change.map_or(0, |change| change + 1));
                }
                None => strays.extend(unknown_objects(recovery, address, path, current)),
            }
        }
        let follows = |index: usize, change: &Change| {
            let addresses = change.addresses();
            !addresses.is_empty()
                && addresses.iter().all(|address| missing.get(address).is_some_and(|first| *first <= index))
        };
        let changes = recovery.changes.iter().enumerate().filter(|(index, change)| follows(*index, change));
        Self { changes: changes.map(|(_, change)| change.clone()).collect(), strays }
    }

    /// True if the file has nothing more to give once the changes are in state.
    pub fn is_complete(&self) -> bool {
        self.strays.is_empty()
    }

    /// What takes the strays into state: at an address that state has not, the resource as the file knows it; at one that
    /// it has, a former object that is still to be deleted.
    pub fn adoptions(&self, current: &Snapshot) -> Vec<Change> {
        let mut known: BTreeMap<&Address, ResourceState> = BTreeMap::new();
        for stray in &self.strays {
            let resource = known.get(&stray.address).or_else(|| current.resources.get(&stray.address)).cloned();
            let adopted = match resource {
                None => stray.resource.clone(),
                Some(mut resource) => {
                    resource.superseded.extend(stray.as_superseded());
                    resource.superseded.sort_by_key(|old| old.generation);
                    resource
                }
            };
            known.insert(&stray.address, adopted);
        }
        known.into_iter().map(|(address, resource)| Change::put(address, resource)).collect()
    }
}

fn paths(recovery: &Recovery) -> BTreeMap<&Address, Path> {
    let mut known = recovery.base();
    let mut paths: BTreeMap<&Address, Path> = BTreeMap::new();
    for (index, change) in recovery.changes.iter().enumerate() {
        let addresses = change.addresses();
        for address in &addresses {
            let before = || vec![(None, known.resources.get(*address).cloned())];
            paths.entry(*address).or_insert_with(before);
        }
        known.apply(change);
        for address in addresses {
            let after = known.resources.get(address).cloned();
            paths.entry(address).or_default().push((Some(index), after));
        }
    }
    paths
}

/// The objects that the changes brought to an address and that state has nowhere.
fn unknown_objects(recovery: &Recovery, address: &Address, path: &Path, current: &Snapshot) -> Vec<Stray> {
    let Some(resource) = path.last().and_then(|(_, state)| state.clone()) else { return Vec::new() };
    let known: BTreeSet<(&str, &ResourceId)> =
        current.resources.values().chain(recovery.before.values()).flat_map(objects).collect();
    let unknown = objects(&resource).filter(|object| !known.contains(object));
    unknown.map(|(_, id)| Stray { address: address.clone(), id: id.clone(), resource: resource.clone() }).collect()
}

/// Ids are texts that two types may share.
fn objects(resource: &ResourceState) -> impl Iterator<Item = (&str, &ResourceId)> {
    let superseded = resource.superseded.iter().map(|old: &Superseded| (old.type_name.as_str(), &old.id));
    superseded.chain(resource.id.iter().map(|id| (resource.type_name.as_str(), id)))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::state::Status;
    use crate::state::testing::{identity, resource};

    fn put(address: &str, state: ResourceState) -> Change {
        Change::put(&address.into(), state)
    }

    fn after(snapshot: &Snapshot, changes: &[Change]) -> Snapshot {
        let mut snapshot = snapshot.clone();
        changes.iter().for_each(|change| snapshot.apply(change));
        snapshot.serial += 1;
        snapshot
    }

    fn base() -> Snapshot {
        let vpc = put("vpc", resource(Some("vpc-1"), Status::Ready));
        after(&Snapshot::new(&identity("dev")), &[vpc, put("jobs", resource(None, Status::Creating))])
    }

    /// A run that made `jobs` and deletes `vpc`, and could write neither.
    fn kept() -> Recovery {
        let changes = [
            put("jobs", resource(Some("q-1"), Status::Ready)),
            put("vpc", resource(Some("vpc-1"), Status::Deleting)),
            Change::remove(&"vpc".into()),
        ];
        Recovery::of(Uuid::new_v4(), &base(), changes.iter()).unwrap()
    }

    fn on(current: &Snapshot, recovery: &Recovery) -> Reconciliation {
        Reconciliation::of(recovery, current)
    }

    #[test]
    fn a_state_that_waited_takes_every_change() {
        let recovery = kept();
        let base = Snapshot { lineage: recovery.lineage, ..base() };
        assert_eq!(on(&base, &recovery).changes, recovery.changes);
    }

    #[test]
    fn what_got_through_after_all_is_not_done_again() {
        let recovery = kept();
        let base = Snapshot { lineage: recovery.lineage, ..base() };
        let state = after(&base, &recovery.changes[..2]);
        assert_eq!(on(&state, &recovery).changes, recovery.changes[2..]);
        let state = after(&state, &recovery.changes[2..]);
        assert_eq!(on(&state, &recovery), Reconciliation::default());
    }

    #[test]
    fn an_address_that_nobody_touched_since_takes_its_changes_although_state_has_gone_on() {
        let state = after(&base(), &[put("other", resource(Some("q-9"), Status::Ready))]);
        assert_eq!(on(&state, &kept()).changes, kept().changes);
    }

    #[test]
    fn an_object_that_another_run_found_is_left_to_it() {
        let adopted = ResourceState { duration_seconds: Some(7.0), ..resource(Some("q-1"), Status::Ready) };
        let state = after(&base(), &[put("jobs", adopted), put("vpc", resource(Some("vpc-1"), Status::Updating))]);
        assert_eq!(on(&state, &kept()), Reconciliation::default());
    }

    #[test]
    fn an_object_that_state_never_heard_of_is_a_stray_and_can_be_adopted() {
        let made_again = after(&base(), &[put("jobs", resource(Some("q-2"), Status::Ready))]);
        let found = on(&made_again, &kept());
        assert_eq!(found.strays.iter().map(|stray| stray.id.as_str()).collect::<Vec<_>>(), ["q-1"]);
        let adopted = after(&made_again, &found.adoptions(&made_again));
        let jobs = &adopted.resources[&"jobs".into()];
        assert_eq!(jobs.ids().map(ResourceId::as_str).collect::<Vec<_>>(), ["q-1", "q-2"]);
        assert!(on(&adopted, &kept()).is_complete());

        let forgotten = after(&base(), &[Change::remove(&"jobs".into())]);
        let adopted = after(&forgotten, &on(&forgotten, &kept()).adoptions(&forgotten));
        assert_eq!(adopted.resources[&"jobs".into()].id, Some(ResourceId::new("q-1")));
    }

    #[test]
    fn what_had_the_object_already_is_not_brought_back() {
        let deleted = after(&base(), &[Change::remove(&"vpc".into())]);
        let updating = put("vpc", resource(Some("vpc-1"), Status::Updating));
        let recovery = Recovery::of(Uuid::new_v4(), &base(), [updating].iter()).unwrap();
        assert_eq!(on(&deleted, &recovery), Reconciliation::default());
    }
}
