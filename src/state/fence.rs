use std::sync::Arc;

use super::document::{Layout, encode};
use super::load::{Marked, Stand, load};
use super::lock::Lease;
use super::store::{Condition, PutOutcome, Store};
use super::{JournalSegment, Position, StackIdentity, StackKeys, StateError};

/// Loads state so that no run before us can add to it any more. A run whose lease passed may not know it yet: it was
/// stopped, or its write is on its way. So we put a fence where each such run would write next; its write then meets a
/// conflict. If it was faster, its segment is part of what we load.
pub(super) async fn load_alone(
    store: &Arc<dyn Store>,
    keys: &StackKeys,
    identity: &StackIdentity,
    lease: &Lease,
) -> Result<Stand, StateError> {
    loop {
        let stand = load(store, keys, identity, Marked::By(lease.state())).await?;
        lease.raise_epoch(highest_epoch(&stand) + 1).await?;
        let Some(position) = unfenced(&stand, lease).await else { return Ok(stand) };
        let fence = JournalSegment {
            features: Vec::new(),
            lineage: stand.snapshot.lineage,
            position,
            serial: stand.snapshot.serial,
            changes: Vec::new(),
            fence: true,
        };
        lease.ensure_held()?;
        let bytes = encode(&fence, Layout::Compact)?;
        if let PutOutcome::Conflict = store.put(&keys.segment(position), &bytes, &Condition::Absent).await? {
            tracing::info!(%position, "a run that lost its lease wrote once more");
        }
    }
}

fn highest_epoch(stand: &Stand) -> u64 {
    stand.present.iter().map(|position| position.epoch).chain([stand.snapshot.journal.epoch]).max().unwrap_or_default()
}

/// Where the next fence belongs. An epoch before the snapshot's is no danger: what it writes is passed over. A stack
/// without a snapshot has no journal, and its first snapshot has a condition of its own.
async fn unfenced(stand: &Stand, lease: &Lease) -> Option<Position> {
    stand.version.as_ref()?;
    let first = lease.unsure_since().await.max(stand.snapshot.journal.epoch).max(1);
    let epoch = (first..lease.epoch()).find(|epoch| !stand.is_fenced(*epoch))?;
    Some(Position { epoch, seq: stand.last_of(epoch) + 1 })
}
