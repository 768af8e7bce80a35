use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Change, Fact, JournalSegment, Moved, Note, Position, ResourceState, StackIdentity, StateMark, StoredKey};
use crate::address::Address;
use crate::resources::{Properties, ResourceId};
use crate::secrets::Sealed;

/// All that is known of one stack at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// What a reader must understand beyond the format's version.
    #[serde(default)]
    pub features: Vec<String>,
    /// Made once, with the stack's first state: two states with different lineages have nothing to do with each other.
    pub lineage: Uuid,
    /// Grows with every change, so a plan can tell whether state is still what it was made from. 0: nothing yet.
    pub serial: u64,
    pub project: String,
    pub stack: String,
    pub account: Option<String>,
    pub region: Option<String>,
    /// Where it is, if that is not here: then nothing goes by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
    /// What the file said of the stack when it was last applied: its end is the same without its file. `None` in a state that
    /// an earlier version wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ephemeral: Option<bool>,
    /// The last segment that is part of this.
    #[serde(default)]
    pub journal: Position,
    pub fingerprint_key: StoredKey,
    #[serde(default)]
    pub resources: BTreeMap<Address, ResourceState>,
    #[serde(default)]
    pub outputs: Map<String, Value>,
}

impl Snapshot {
    /// The state of a stack that has none.
    pub fn new(identity: &StackIdentity) -> Self {
        Self {
            features: Vec::new(),
            lineage: Uuid::new_v4(),
            serial: 0,
            project: identity.project.clone(),
            stack: identity.stack.clone(),
            account: identity.account.clone(),
            region: identity.region.clone(),
            moved: None,
            ephemeral: None,
            journal: Position::default(),
            fingerprint_key: StoredKey::random(),
            resources: BTreeMap::new(),
            outputs: Map::new(),
        }
    }

    /// What a lock has to know of it.
    pub(super) fn mark(&self) -> StateMark {
        StateMark { lineage: self.lineage, serial: self.serial }
    }

    /// Every secret that it keeps encrypted, those of former objects too, but not the key of its fingerprints.
    pub fn sealed(&self) -> Vec<Sealed> {
        let former = self.resources.values().flat_map(|resource| &resource.superseded).map(|old| &old.outputs);
        let outputs = self.resources.values().map(|resource| &resource.outputs).chain([&self.outputs]).chain(former);
        outputs.flat_map(|outputs| outputs.values().flat_map(Sealed::all_in)).collect()
    }

    /// Applies one change. The same change again changes nothing.
    pub fn apply(&mut self, change: &Change) {
        self.features = Change::features(&self.features, [change]);
        match change {
            Change::Fact(Fact::Put { address, resource }) | Change::Note(Note::Describe { address, resource }) => {
                self.put(address, resource);
            }
            Change::Fact(Fact::Remove { address }) | Change::Note(Note::Forget { address }) => {
                self.resources.remove(address);
            }
            Change::Note(Note::Move { from, to }) => self.rename(from, to),
            Change::Note(Note::Baselines { baselines }) => self.keep(baselines),
            Change::Note(Note::Outputs { outputs }) => self.outputs.clone_from(outputs),
            Change::Note(Note::Lifetime { ephemeral }) => self.ephemeral = Some(*ephemeral),
            Change::Note(Note::FingerprintKey { key }) => self.fingerprint_key.clone_from(key),
        }
    }

    /// Applies a segment of the journal, unless it is part of this already.
    pub(super) fn replay(&mut self, segment: &JournalSegment) {
        if segment.position > self.journal {
            segment.changes.iter().for_each(|change| self.apply(change));
            self.serial = segment.serial;
            self.journal = segment.position;
        }
    }

    /// The resources with an intent whose outcome is not recorded: what an interrupted run left.
    pub fn unsettled(&self) -> impl Iterator<Item = (&Address, &ResourceState)> {
        self.resources.iter().filter(|(_, resource)| resource.is_unsettled())
    }

    /// Every object that state knows, superseded ones too.
    pub fn ids(&self) -> impl Iterator<Item = &ResourceId> {
        self.resources.values().flat_map(ResourceState::ids)
    }

    fn put(&mut self, address: &Address, resource: &ResourceState) {
        let mut resource = resource.clone();
        if let Some(earlier) = self.resources.get(address) {
            resource.keep_objects_of(earlier);
        }
        self.resources.insert(address.clone(), resource);
    }

    /// A resource that is gone by now needs none.
    fn keep(&mut self, baselines: &BTreeMap<Address, Properties>) {
        for (address, baseline) in baselines {
            if let Some(resource) = self.resources.get_mut(address) {
                resource.baseline = Some(baseline.clone());
            }
        }
    }

    fn rename(&mut self, from: &Address, to: &Address) {
        if self.resources.contains_key(to) {
            return;
        }
        let Some(resource) = self.resources.remove(from) else { return };
        self.resources.insert(to.clone(), resource.moved_from(from));
        let lists = self.resources.values_mut().flat_map(|resource| {
            let superseded = resource.superseded.iter_mut().map(|old| &mut old.dependencies);
            superseded.chain(std::iter::once(&mut resource.dependencies))
        });
        lists.flatten().filter(|address| *address == from).for_each(|address| *address = to.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Status;
    use crate::state::testing::{identity, resource};

    fn put(snapshot: &mut Snapshot, address: &str, state: ResourceState) {
        snapshot.apply(&Change::put(&address.into(), state));
    }

    fn ids(snapshot: &Snapshot) -> Vec<&str> {
        snapshot.ids().map(ResourceId::as_str).collect()
    }

    #[test]
    fn an_object_is_kept_until_its_deletion_was_intended() {
        let mut snapshot = Snapshot::new(&identity("dev"));
        put(&mut snapshot, "queue", resource(Some("q-1"), Status::Ready));
        put(&mut snapshot, "queue", resource(None, Status::Creating));
        put(&mut snapshot, "queue", resource(Some("q-2"), Status::Ready));
        assert_eq!(ids(&snapshot), ["q-1", "q-2"]);
        let current = snapshot.resources[&"queue".into()].clone();
        put(&mut snapshot, "queue", current.without_superseded(&ResourceId::new("q-1")));
        assert_eq!(ids(&snapshot), ["q-1", "q-2"]);
        let deleting = current.deleting_superseded(&ResourceId::new("q-1"), None);
        put(&mut snapshot, "queue", deleting.clone());
        put(&mut snapshot, "queue", deleting.without_superseded(&ResourceId::new("q-1")));
        assert_eq!(ids(&snapshot), ["q-2"]);
    }

    #[test]
    fn a_replacement_that_deletes_first_leaves_nothing_behind() {
        let mut snapshot = Snapshot::new(&identity("dev"));
        put(&mut snapshot, "queue", resource(Some("q-1"), Status::Deleting));
        put(&mut snapshot, "queue", resource(None, Status::Creating));
        assert!(ids(&snapshot).is_empty());
    }

    #[test]
    fn a_sealed_key_needs_a_reader_that_can_open_it_and_goes_through_a_file() {
        let mut snapshot = Snapshot::new(&identity("dev"));
        let ciphertext = "age:AQID".parse().unwrap();
        let key = StoredKey::Sealed { ciphertext, sealed_with: "passphrase_env: SHOP".to_owned() };
        snapshot.apply(&Change::fingerprint_key(key.clone()));
        assert_eq!((snapshot.features.as_slice(), &snapshot.fingerprint_key), (&["sealed_key".to_owned()][..], &key));
        let file = serde_json::to_value(&snapshot).unwrap();
        assert_eq!(
            file["fingerprint_key"],
            serde_json::json!({"scheme": "sealed", "ciphertext": "age:AQID", "sealed_with": "passphrase_env: SHOP"})
        );
        assert_eq!(serde_json::from_value::<Snapshot>(file).unwrap(), snapshot);
        let change = serde_json::to_value(Change::fingerprint_key(key)).unwrap();
        assert_eq!(change["fingerprint_key"]["key"]["scheme"], "sealed");
    }

    #[test]
    fn a_baseline_needs_a_reader_that_knows_of_it_and_lasts_as_long_as_the_object() {
        let mut snapshot = Snapshot::new(&identity("dev"));
        put(&mut snapshot, "queue", resource(Some("q-1"), Status::Ready));
        let baseline = Properties::from_iter([("DelaySeconds".to_owned(), 5.into())]);
        let of = |name: &str| Change::baselines(BTreeMap::from([(name.into(), baseline.clone())]));
        snapshot.apply(&of("gone"));
        snapshot.apply(&of("queue"));
        assert_eq!(snapshot.features, ["baselines"]);
        let kept = snapshot.resources[&"queue".into()].clone();
        assert_eq!((kept.baseline.as_ref(), snapshot.resources.len()), (Some(&baseline), 1));
        let text = serde_json::to_string(&of("queue")).unwrap();
        assert_eq!(text, r#"{"baselines":{"baselines":{"queue":{"DelaySeconds":5}}}}"#);
        assert_eq!(serde_json::from_str::<Change>(&text).unwrap(), of("queue"));
        assert_eq!(kept.awaiting_successor(2).baseline, None);
    }

    #[test]
    fn a_move_takes_the_dependencies_along_and_never_overwrites() {
        let mut snapshot = Snapshot::new(&identity("dev"));
        let dependent = ResourceState { dependencies: vec!["old".into()], ..resource(Some("q-2"), Status::Ready) };
        put(&mut snapshot, "old", resource(Some("q-1"), Status::Ready));
        put(&mut snapshot, "dependent", dependent);
        let moved = Change::rename(&"old".into(), &"new".into());
        snapshot.apply(&moved);
        assert_eq!(snapshot.resources[&"dependent".into()].dependencies, ["new".into()]);
        let once = snapshot.clone();
        snapshot.apply(&moved);
        snapshot.apply(&Change::rename(&"dependent".into(), &"new".into()));
        assert_eq!(snapshot, once);
    }
}
