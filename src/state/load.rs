use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};

use super::document::{Trust, damaged, decode};
use super::store::{ObjectVersion, Store};
use super::{Change, JournalSegment, Note, Position, Snapshot, StackIdentity, StackKeys, StateError, StateMark};
use crate::address::Address;

/// State as it lies in its store: the snapshot with the journal replayed.
pub(super) struct Stand {
    pub snapshot: Snapshot,
    /// Of the snapshot's file; `None` where there is none yet.
    pub version: Option<ObjectVersion>,
    /// Bytes of the snapshot's file and of the segments after it.
    pub snapshot_bytes: usize,
    pub journal_bytes: usize,
    /// Segments that lie in the store, those that are part of the snapshot file too.
    pub present: Vec<Position>,
    /// Segments after the snapshot file.
    pub replayed: Vec<JournalSegment>,
}

/// How often a load begins again because another run tidied the journal under it.
const ATTEMPTS: usize = 8;
/// Segments fetched at a time.
const AT_ONCE: usize = 32;

/// What a load is held against: what the lock says by then, or what its holder knows.
#[derive(Clone, Copy)]
pub(super) enum Marked {
    ByLock,
    By(Option<StateMark>),
}

/// Loads a stack's state. The journal is listed before the snapshot is read: a segment that is gone by then is part of a
/// newer snapshot, so what comes out is always a state that was.
///
/// # Errors
/// Besides the store's own: `Damaged`, `Newer`, `AccountMismatch`.
pub(super) async fn load(
    store: &Arc<dyn Store>,
    keys: &StackKeys,
    identity: &StackIdentity,
    marked: Marked,
) -> Result<Stand, StateError> {
    let mut failure = None;
    for _ in 0..ATTEMPTS {
        match try_load(store, keys, identity, marked).await? {
            Ok(stand) => return Ok(stand),
            Err(gap) => failure = Some(gap),
        }
    }
    let reason = failure.unwrap_or_default();
    Err(damaged(&format!("{}/{}", store.place(), keys.folder()), reason))
}

/// The inner error is a gap in the journal: passing if another run is just tidying it, damage if it stays.
async fn try_load(
    store: &Arc<dyn Store>,
    keys: &StackKeys,
    identity: &StackIdentity,
    marked: Marked,
) -> Result<Result<Stand, String>, StateError> {
    let lock = keys.lock();
    let mark = async {
        match marked {
            Marked::ByLock => StateMark::read(&**store, &lock).await,
            Marked::By(mark) => Ok(mark),
        }
    };
    let journal = keys.journal();
    let listed = async { store.list(&journal).await.map_err(StateError::from) };
    let (listed, mark) = futures::try_join!(listed, mark)?;
    let mut present: Vec<Position> = listed.iter().filter_map(|key| keys.position(key)).collect();
    present.sort_unstable();
    let mut stand = read_snapshot(store, keys, identity).await?;
    stand.snapshot.ensure_here(&format!("{}/{}", store.place(), keys.snapshot()))?;
    let base = stand.snapshot.journal;
    let later = present.iter().copied().filter(|position| *position > base);
    let read: Vec<Option<(JournalSegment, usize)>> = stream::iter(later)
        .map(|position| read_segment(store, keys.segment(position)))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    for segment in read {
        let Some((segment, bytes)) = segment else { return Ok(Err("a segment is missing".to_owned())) };
        if let Err(gap) = stand.replay(segment, bytes) {
            return Ok(Err(gap));
        }
    }
    if let Some(gap) = mark.and_then(|mark| stand.lacks(mark)) {
        return Ok(Err(gap));
    }
    stand.present = present;
    if stand.snapshot.serial == 0 {
        // Nothing was made yet that would lie in the account or region of whoever planned first.
        identity.claim(&mut stand.snapshot);
    }
    identity.bind(&mut stand.snapshot)?;
    Ok(Ok(stand))
}

async fn read_snapshot(
    store: &Arc<dyn Store>,
    keys: &StackKeys,
    identity: &StackIdentity,
) -> Result<Stand, StateError> {
    let key = keys.snapshot();
    let stored = store.get(&key).await?;
    let (snapshot, version, snapshot_bytes) = match stored {
        None => (Snapshot::new(identity), None, 0),
        Some(stored) => {
            let place = format!("{}/{key}", store.place());
            (decode(&place, &stored.bytes, Trust::Checked)?, Some(stored.version), stored.bytes.len())
        }
    };
    Ok(Stand { snapshot, version, snapshot_bytes, journal_bytes: 0, present: Vec::new(), replayed: Vec::new() })
}

async fn read_segment(store: &Arc<dyn Store>, key: String) -> Result<Option<(JournalSegment, usize)>, StateError> {
    let Some(stored) = store.get(&key).await? else { return Ok(None) };
    let segment = decode(&format!("{}/{key}", store.place()), &stored.bytes, Trust::Checked)?;
    Ok(Some((segment, stored.bytes.len())))
}

impl Stand {
    fn replay(&mut self, segment: JournalSegment, bytes: usize) -> Result<(), String> {
        let expected = self.snapshot.serial + u64::from(!segment.fence);
        if self.version.is_none() {
            return Err("the snapshot state.json is missing, and its journal is there".to_owned());
        }
        if segment.lineage != self.snapshot.lineage {
            return Err(format!("segment {} belongs to another state", segment.position));
        }
        if segment.serial != expected {
            return Err(format!("segment {} has serial {}, expected {expected}", segment.position, segment.serial));
        }
        self.snapshot.replay(&segment);
        self.journal_bytes += bytes;
        self.replayed.push(segment);
        Ok(())
    }

    /// What is missing of what the lock knows to have been durable.
    fn lacks(&self, mark: StateMark) -> Option<String> {
        let Snapshot { lineage, serial, .. } = self.snapshot;
        let anew = "to begin anew on purpose, delete lock.json too";
        match () {
            // An empty state has nothing to lose.
            () if mark.serial == 0 => None,
            () if self.version.is_none() => {
                Some(format!("state.json is missing, and lock.json knows of a state of serial {}; {anew}", mark.serial))
            }
            () if lineage != mark.lineage => Some("state.json is not the state that lock.json knows of".to_owned()),
            () if serial < mark.serial => Some(format!(
                "the journal ends at serial {serial}, and lock.json knows of serial {}: its newest segments are missing",
                mark.serial
            )),
            () => None,
        }
    }

    /// The last segment of an epoch that is known of, `0` where there is none.
    pub fn last_of(&self, epoch: u64) -> u64 {
        let in_store = self.present.iter().filter(|position| position.epoch == epoch).map(|position| position.seq);
        let in_snapshot = Some(self.snapshot.journal).filter(|last| last.epoch == epoch).map(|last| last.seq);
        in_store.chain(in_snapshot).max().unwrap_or_default()
    }

    /// The renames, from and to, in the segments of an epoch that are not part of the snapshot file yet.
    pub fn renames_of(&self, epoch: u64) -> Vec<(Address, Address)> {
        let ours = self.replayed.iter().filter(|segment| segment.position.epoch == epoch);
        let renames = ours.flat_map(|segment| &segment.changes).filter_map(|change| match change {
            Change::Note(Note::Move { from, to }) => Some((from.clone(), to.clone())),
            _ => None,
        });
        renames.collect()
    }

    /// True if the epoch's last segment is a fence.
    pub fn is_fenced(&self, epoch: u64) -> bool {
        self.replayed.iter().rev().find(|segment| segment.position.epoch == epoch).is_some_and(|segment| segment.fence)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::resources::ResourceId;
    use crate::state::document::{Layout, encode};
    use crate::state::testing::{identity, resource};
    use crate::state::{Fact, ResourceState, Status, Superseded};

    fn status() -> impl Strategy<Value = Status> {
        use Status::{Creating, Deleting, Incomplete, Ready, Updating};
        prop::sample::select(vec![Creating, Incomplete, Ready, Updating, Deleting])
    }

    fn address() -> impl Strategy<Value = Address> {
        prop::sample::select(vec!["vpc", "api.task", r#"subnet["a"]"#]).prop_map(Address::from)
    }

    fn state() -> impl Strategy<Value = ResourceState> {
        let id = prop::option::of(0..6_u8);
        let old = prop::collection::vec((0..6_u8, status()), 0..2);
        (id, status(), 1..4_u32, old, prop::option::of(address()), 0.0..1e4).prop_map(
            |(id, status, generation, old, dependency, seconds)| {
                let object = |id: u8, status| resource(Some(&format!("object-{id}")), status);
                let base = id.map_or_else(|| resource(None, status), |id| object(id, status));
                let superseded = old.iter().filter_map(|(id, status)| Superseded::of(&object(*id, *status))).collect();
                let dependencies = dependency.into_iter().collect();
                ResourceState { generation, superseded, dependencies, duration_seconds: Some(seconds), ..base }
            },
        )
    }

    fn change() -> impl Strategy<Value = Change> {
        prop_oneof![
            8 => (address(), state()).prop_map(|(address, state)| Change::put(&address, state)),
            1 => address().prop_map(|address| Change::remove(&address)),
            1 => address().prop_map(|address| Change::forget(&address)),
            1 => (address(), address()).prop_map(|(from, to)| Change::rename(&from, &to)),
            1 => (address(), 0..4_u8).prop_map(|(address, seconds)| {
                let baseline = json!({ "DelaySeconds": seconds }).as_object().cloned().unwrap_or_default();
                Change::baselines(BTreeMap::from([(address, baseline)]))
            }),
            1 => any::<f64>().prop_map(|number| {
                Change::outputs(json!({ "number": number }).as_object().cloned().unwrap_or_default())
            }),
        ]
    }

    fn segments(snapshot: &Snapshot, groups: Vec<Vec<Change>>) -> Vec<JournalSegment> {
        let numbered = groups.into_iter().zip(1..);
        let segment = |(changes, seq): (Vec<Change>, u64)| JournalSegment {
            features: Vec::new(),
            lineage: snapshot.lineage,
            position: Position { epoch: 1 + seq / 4, seq },
            serial: seq,
            changes,
            fence: false,
        };
        numbered.map(segment).collect()
    }

    fn through_a_file<T: serde::Serialize + serde::de::DeserializeOwned>(content: &T) -> T {
        decode("file", &encode(content, Layout::Compact).unwrap(), Trust::Checked).unwrap()
    }

    fn replayed(snapshot: &Snapshot, segments: &[JournalSegment]) -> Snapshot {
        let mut snapshot = snapshot.clone();
        segments.iter().for_each(|segment| snapshot.replay(&through_a_file(segment)));
        snapshot
    }

    /// The objects that a change may make state forget: those whose deletion was intended, and all of an address that is
    /// to be forgotten.
    fn released(snapshot: &Snapshot, change: &Change) -> BTreeSet<ResourceId> {
        match change {
            Change::Fact(Fact::Remove { address }) | Change::Note(Note::Forget { address }) => {
                snapshot.resources.get(address).into_iter().flat_map(ResourceState::ids).cloned().collect()
            }
            Change::Fact(Fact::Put { address, .. }) | Change::Note(Note::Describe { address, .. }) => {
                snapshot.resources.get(address).map(intended).unwrap_or_default()
            }
            Change::Note(
                Note::Move { .. }
                | Note::Baselines { .. }
                | Note::Outputs { .. }
                | Note::Lifetime { .. }
                | Note::FingerprintKey { .. },
            ) => BTreeSet::new(),
        }
    }

    fn intended(resource: &ResourceState) -> BTreeSet<ResourceId> {
        let old = resource.superseded.iter().filter(|old| old.is_going).map(|old| old.id.clone());
        old.chain(resource.id().cloned().filter(|_| resource.is_going())).collect()
    }

    proptest! {
        #[test]
        fn any_prefix_of_any_journal_is_a_state_that_reads_back(
            groups in prop::collection::vec(prop::collection::vec(change(), 1..4), 0..8),
            cut in 0..9_usize,
        ) {
            let empty = Snapshot::new(&identity("dev"));
            let segments = segments(&empty, groups);
            let cut = cut.min(segments.len());
            let prefix = replayed(&empty, &segments[..cut]);
            prop_assert_eq!(&through_a_file(&prefix), &prefix);
            let whole = replayed(&empty, &segments);
            prop_assert_eq!(&replayed(&through_a_file(&prefix), &segments[cut..]), &whole);
            prop_assert_eq!(&replayed(&whole, &segments), &whole);
        }

        #[test]
        fn no_object_leaves_state_whose_deletion_was_not_intended(changes in prop::collection::vec(change(), 0..20)) {
            let mut snapshot = Snapshot::new(&identity("dev"));
            for change in &changes {
                let before: BTreeSet<ResourceId> = snapshot.ids().cloned().collect();
                let released = released(&snapshot, change);
                snapshot.apply(change);
                let after: BTreeSet<ResourceId> = snapshot.ids().cloned().collect();
                prop_assert!(before.iter().all(|id| after.contains(id) || released.contains(id)), "{change:?}");
                let once = snapshot.clone();
                snapshot.apply(change);
                prop_assert_eq!(&snapshot, &once);
            }
        }
    }
}
