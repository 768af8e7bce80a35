use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};

use super::document::{Trust, damaged, decode};
use super::store::{Store, Version};
use super::{Position, Segment, Snapshot, StackIdentity, StackKeys, StateError};

/// State as it lies in its store: the snapshot with the journal replayed.
pub(super) struct Stand {
    pub snapshot: Snapshot,
    /// Of the snapshot's file; `None` where there is none yet.
    pub version: Option<Version>,
    /// Bytes of the snapshot's file and of the segments after it.
    pub snapshot_bytes: usize,
    pub journal_bytes: usize,
    /// Segments that lie in the store, those that are part of the snapshot file too.
    pub present: Vec<Position>,
    /// Segments after the snapshot file.
    pub replayed: Vec<Segment>,
}

/// How often a load begins again because another run tidied the journal under it.
const ATTEMPTS: usize = 8;
/// Segments fetched at a time.
const AT_ONCE: usize = 16;

/// Loads a stack's state. The journal is listed before the snapshot is read: a segment that is gone by then is part of a
/// newer snapshot, so what comes out is always a state that was.
///
/// # Errors
/// Besides the store's own: `Damaged`, `Newer`, `AccountMismatch`.
pub(super) async fn load(
    store: &Arc<dyn Store>,
    keys: &StackKeys,
    identity: &StackIdentity,
) -> Result<Stand, StateError> {
    let mut failure = None;
    for _ in 0..ATTEMPTS {
        match try_load(store, keys, identity).await? {
            Ok(stand) => return Ok(stand),
            Err(gap) => failure = Some(gap),
        }
    }
    let reason = failure.unwrap_or_default();
    Err(damaged(&format!("{}/{}", store.place(), keys.journal()), reason))
}

/// The inner error is a gap in the journal: passing if another run is just tidying it, damage if it stays.
async fn try_load(
    store: &Arc<dyn Store>,
    keys: &StackKeys,
    identity: &StackIdentity,
) -> Result<Result<Stand, String>, StateError> {
    let listed = store.list(&keys.journal()).await?;
    let mut present: Vec<Position> = listed.iter().filter_map(|key| keys.position(key)).collect();
    present.sort_unstable();
    let mut stand = read_snapshot(store, keys, identity).await?;
    let base = stand.snapshot.journal;
    let later = present.iter().copied().filter(|position| *position > base);
    let read: Vec<Option<(Segment, usize)>> = stream::iter(later)
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
    stand.present = present;
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

async fn read_segment(store: &Arc<dyn Store>, key: String) -> Result<Option<(Segment, usize)>, StateError> {
    let Some(stored) = store.get(&key).await? else { return Ok(None) };
    let segment = decode(&format!("{}/{key}", store.place()), &stored.bytes, Trust::Checked)?;
    Ok(Some((segment, stored.bytes.len())))
}

impl Stand {
    fn replay(&mut self, segment: Segment, bytes: usize) -> Result<(), String> {
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

    /// The last segment of an epoch that is known of, `0` where there is none.
    pub fn last_of(&self, epoch: u64) -> u64 {
        let in_store = self.present.iter().filter(|position| position.epoch == epoch).map(|position| position.seq);
        let in_snapshot = Some(self.snapshot.journal).filter(|last| last.epoch == epoch).map(|last| last.seq);
        in_store.chain(in_snapshot).max().unwrap_or_default()
    }

    /// True if the epoch's last segment is a fence.
    pub fn is_fenced(&self, epoch: u64) -> bool {
        self.replayed.iter().rev().find(|segment| segment.position.epoch == epoch).is_some_and(|segment| segment.fence)
    }
}
