use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::address::Address;
use crate::resources::ResourceId;
use crate::state::document::{Layout, Trust, decode, encode};
use crate::state::{Change, Fact, Position, ResourceState, Snapshot, StackIdentity, StateError, Superseded};

/// What a run knows of objects and could not write into its state, and what that follows on. It is kept in a file, and a
/// later run takes it up. It holds facts alone: what the run had decided otherwise (moves, what is to be forgotten, outputs)
/// is left to the next plan, whose stack file may be another by then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// The hold on the lock of the run that kept it. No file of whole state has this field.
    pub recovery: Uuid,
    #[serde(default)]
    pub features: Vec<String>,
    pub lineage: Uuid,
    pub project: String,
    pub stack: String,
    pub account: Option<String>,
    pub region: Option<String>,
    /// Of the state that the changes follow on.
    pub serial: u64,
    pub journal: Position,
    pub kept: Timestamp,
    /// The resources that the changes touch, as that state has them; one that it has not is missing.
    pub before: BTreeMap<Address, ResourceState>,
    /// Oldest first.
    #[serde(rename = "changes", deserialize_with = "facts")]
    pub facts: Vec<Fact>,
}

/// What was left of a change of this run at one address: the facts from the first that state has not heard of.
type Stand = (Option<usize>, Option<ResourceState>);

impl Recovery {
    /// `None` where no fact is left to write, and where state has nothing at all: then no intent ever became durable, so
    /// nothing was done that could be lost.
    pub(in crate::state) fn of<'a>(
        id: Uuid,
        durable: &Snapshot,
        changes: impl Iterator<Item = &'a Change>,
    ) -> Option<Self> {
        let facts: Vec<Fact> = changes.filter_map(Change::fact).cloned().collect();
        if facts.is_empty() || durable.serial == 0 {
            return None;
        }
        let changes: Vec<Change> = facts.iter().cloned().map(Change::Fact).collect();
        let touched: BTreeSet<&Address> = facts.iter().map(Fact::address).collect();
        let before = durable.resources.iter().filter(|(address, _)| touched.contains(address));
        Some(Self {
            recovery: id,
            features: Change::features(&durable.features, &changes),
            lineage: durable.lineage,
            project: durable.project.clone(),
            stack: durable.stack.clone(),
            account: durable.account.clone(),
            region: durable.region.clone(),
            serial: durable.serial,
            journal: durable.journal,
            kept: Timestamp::now(),
            before: before.map(|(address, resource)| (address.clone(), resource.clone())).collect(),
            facts,
        })
    }

    pub fn to_file(&self) -> Result<Vec<u8>, StateError> {
        encode(self, Layout::Indented)
    }

    /// # Errors
    /// `Damaged` and `Newer`, with `place` for the file.
    pub fn parse(place: &str, bytes: &[u8]) -> Result<Self, StateError> {
        decode(place, bytes, Trust::Checked)
    }

    /// True for a file that was made from a recovery, damaged or not, and false for one of whole state.
    pub fn is_one(bytes: &[u8]) -> bool {
        serde_json::from_slice::<Value>(bytes).is_ok_and(|file| file.get("recovery").is_some())
    }

    /// Sorts by project and stack, and in these by age.
    pub fn file_name(&self) -> String {
        format!("{}{:010}.{}.json", Self::name_prefix(&self.project, &self.stack), self.serial, self.recovery)
    }

    /// How the names of a stack's files begin.
    pub fn name_prefix(project: &str, stack: &str) -> String {
        format!("{project}.{stack}.")
    }

    pub fn is_of(&self, project: &str, stack: &str) -> bool {
        (self.project.as_str(), self.stack.as_str()) == (project, stack)
    }

    /// The facts that still follow on what state has, in their order. A state that is still the one that they follow on takes
    /// all of them. In one that has gone on, each resource is looked at by itself: where state has what it had before the
    /// facts or after some of them, the rest of them follows. Where another run has settled the resource otherwise, its word
    /// holds: it looked at AWS later.
    pub fn missing(&self, current: &Snapshot) -> Vec<Change> {
        let follows: BTreeMap<&Address, usize> = self
            .stands()
            .into_iter()
            .filter_map(|(address, stands)| Some((address, self.first_missing(current, address, &stands)?)))
            .collect();
        let is_missing =
            |(index, fact): &(usize, &Fact)| follows.get(fact.address()).is_some_and(|first| first <= index);
        self.facts.iter().enumerate().filter(is_missing).map(|(_, fact)| Change::Fact(fact.clone())).collect()
    }

    /// Objects that the file knows and state does not, at addresses of which state says something else by now.
    pub fn strays(&self, current: &Snapshot) -> Vec<(Address, Superseded)> {
        let settled_otherwise =
            |(address, stands): &(&Address, Vec<Stand>)| self.first_missing(current, address, stands).is_none();
        let known: BTreeSet<(&str, &ResourceId)> =
            current.resources.values().chain(self.before.values()).flat_map(objects).collect();
        let stray = |(address, stands): (&Address, Vec<Stand>)| -> Vec<(Address, Superseded)> {
            let Some(resource) = stands.last().and_then(|(_, resource)| resource.clone()) else { return Vec::new() };
            let all = resource.superseded.iter().cloned().chain(Superseded::of(&resource));
            let unknown = all.filter(|object| !known.contains(&(object.type_name.as_str(), &object.id)));
            unknown.map(|object| (address.clone(), object)).collect()
        };
        self.stands().into_iter().filter(settled_otherwise).flat_map(stray).collect()
    }

    /// What takes strays into state: at an address that state has not, as its object; at one that it has, as a former object
    /// that is still to be deleted.
    pub fn adoptions(strays: &[(Address, Superseded)], current: &Snapshot) -> Vec<Change> {
        let mut known: BTreeMap<&Address, ResourceState> = BTreeMap::new();
        for (address, object) in strays {
            let adopted = match known.get(address).or_else(|| current.resources.get(address)).cloned() {
                None => object.clone().into_current(),
                Some(mut resource) => {
                    resource.superseded.push(object.clone());
                    resource.superseded.sort_by_key(|old| old.generation);
                    resource
                }
            };
            known.insert(address, adopted);
        }
        known.into_iter().map(|(address, resource)| Change::put(address, resource)).collect()
    }

    fn first_missing(&self, current: &Snapshot, address: &Address, stands: &[Stand]) -> Option<usize> {
        if (current.lineage, current.serial) == (self.lineage, self.serial) {
            return Some(0);
        }
        let now = current.resources.get(address);
        let (fact, _) = stands.iter().rfind(|(_, resource)| resource.as_ref() == now)?;
        Some(fact.map_or(0, |fact| fact + 1))
    }

    /// What each address was before the first fact and after each that touched it, with the number of that fact.
    fn stands(&self) -> BTreeMap<&Address, Vec<Stand>> {
        let mut known = self.base();
        let mut stands: BTreeMap<&Address, Vec<Stand>> = BTreeMap::new();
        for (index, fact) in self.facts.iter().enumerate() {
            let address = fact.address();
            let before = || vec![(None, known.resources.get(address).cloned())];
            stands.entry(address).or_insert_with(before);
            known.apply(&Change::Fact(fact.clone()));
            stands.entry(address).or_default().push((Some(index), known.resources.get(address).cloned()));
        }
        stands
    }

    /// As much of the state that the facts follow on as they touch.
    fn base(&self) -> Snapshot {
        let mut base = Snapshot::new(&StackIdentity {
            project: self.project.clone(),
            stack: self.stack.clone(),
            account: self.account.clone(),
            region: self.region.clone(),
        });
        base.resources.clone_from(&self.before);
        base
    }
}

/// Version 0.1 kept all changes.
fn facts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Fact>, D::Error> {
    let changes = Vec::<Change>::deserialize(deserializer)?;
    Ok(changes.iter().filter_map(Change::fact).cloned().collect())
}

/// Ids are texts that two types may share.
fn objects(resource: &ResourceState) -> impl Iterator<Item = (&str, &ResourceId)> {
    let superseded = resource.superseded.iter().map(|old| (old.type_name.as_str(), &old.id));
    superseded.chain(resource.id().map(|id| (resource.type_name.as_str(), id)))
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

    fn is_settled(recovery: &Recovery, state: &Snapshot) -> bool {
        recovery.missing(state).is_empty() && recovery.strays(state).is_empty()
    }

    fn changes(recovery: &Recovery) -> Vec<Change> {
        recovery.facts.iter().cloned().map(Change::Fact).collect()
    }

    #[test]
    fn a_state_that_waited_takes_every_change() {
        let recovery = kept();
        let base = Snapshot { lineage: recovery.lineage, ..base() };
        assert_eq!(recovery.missing(&base), changes(&recovery));
    }

    #[test]
    fn what_got_through_after_all_is_not_done_again() {
        let recovery = kept();
        let base = Snapshot { lineage: recovery.lineage, ..base() };
        let state = after(&base, &changes(&recovery)[..2]);
        assert_eq!(recovery.missing(&state), changes(&recovery)[2..]);
        let state = after(&state, &changes(&recovery)[2..]);
        assert!(is_settled(&recovery, &state));
    }

    #[test]
    fn an_address_that_nobody_touched_since_takes_its_changes_although_state_has_gone_on() {
        let state = after(&base(), &[put("other", resource(Some("q-9"), Status::Ready))]);
        assert_eq!(kept().missing(&state), changes(&kept()));
    }

    #[test]
    fn an_object_that_another_run_found_is_left_to_it() {
        let adopted = ResourceState { duration_seconds: Some(7.0), ..resource(Some("q-1"), Status::Ready) };
        let state = after(&base(), &[put("jobs", adopted), put("vpc", resource(Some("vpc-1"), Status::Updating))]);
        assert!(is_settled(&kept(), &state));
    }

    #[test]
    fn an_object_that_state_never_heard_of_is_a_stray_and_can_be_adopted() {
        let made_again = after(&base(), &[put("jobs", resource(Some("q-2"), Status::Ready))]);
        let strays = kept().strays(&made_again);
        assert_eq!(strays.iter().map(|(_, stray)| stray.id.as_str()).collect::<Vec<_>>(), ["q-1"]);
        let adopted = after(&made_again, &Recovery::adoptions(&strays, &made_again));
        let jobs = &adopted.resources[&"jobs".into()];
        assert_eq!(jobs.ids().map(ResourceId::as_str).collect::<Vec<_>>(), ["q-1", "q-2"]);
        assert!(kept().strays(&adopted).is_empty());

        let forgotten = after(&base(), &[Change::remove(&"jobs".into())]);
        let adopted = after(&forgotten, &Recovery::adoptions(&kept().strays(&forgotten), &forgotten));
        assert_eq!(adopted.resources[&"jobs".into()].id(), Some(&ResourceId::new("q-1")));
    }

    #[test]
    fn what_had_the_object_already_is_not_brought_back() {
        let deleted = after(&base(), &[Change::remove(&"vpc".into())]);
        let updating = put("vpc", resource(Some("vpc-1"), Status::Updating));
        let recovery = Recovery::of(Uuid::new_v4(), &base(), [updating].iter()).unwrap();
        assert!(is_settled(&recovery, &deleted));
    }

    #[test]
    fn moves_and_what_was_to_be_forgotten_are_left_to_the_next_plan() {
        let changes = [
            Change::rename(&"jobs".into(), &"orders".into()),
            Change::forget(&"vpc".into()),
            changes(&kept())[0].clone(),
        ];
        let recovery = Recovery::of(Uuid::new_v4(), &base(), changes.iter()).unwrap();
        assert_eq!(recovery.facts, kept().facts[..1]);
        assert!(Recovery::of(Uuid::new_v4(), &base(), changes[..2].iter()).is_none());
        let mut file: Value = serde_json::from_slice(&recovery.to_file().unwrap()).unwrap();
        file["changes"] = serde_json::to_value(&changes).unwrap();
        file.as_object_mut().unwrap().retain(|name, _| !["version", "written_by", "checksum"].contains(&name.as_str()));
        assert_eq!(
            serde_json::from_value::<Recovery>(file).unwrap().facts,
            recovery.facts,
            "as an earlier version kept them"
        );
    }
}
