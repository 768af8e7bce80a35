use super::document::{Layout, Trust, decode, encode};
use super::store::{Condition, ObjectVersion, PutOutcome};
use super::writer::Writer;
use super::{Position, Snapshot, StateError};

/// Below this a journal is not worth a snapshot before the end.
const LEAST_BYTES: usize = 256 * 1024;
/// A journal of more segments takes long to load, should the run die.
const MOST_SEGMENTS: usize = 1000;
/// At the end of a run the journal may stay while it is a smaller part of the snapshot than this, in bytes: one change of
/// a big stack does not write the whole of it again.
const PART_OF_SNAPSHOT: usize = 8;
/// How many segments the end of a run may leave: what every later command has to read, some of them at a time.
const MOST_SEGMENTS_LEFT: usize = 128;
/// How many epochs a fence stays: runs that lost their lease and do not know it are not older than that.
const FENCE_EPOCHS: u64 = 16;

impl Writer {
    /// A snapshot costs as much as the state is big, so it is written once the journal has cost that much: what an apply
    /// writes stays in proportion to what it changes.
    pub(super) fn is_compaction_due(&self) -> bool {
        self.journal_bytes > LEAST_BYTES.max(self.snapshot_bytes) || self.unfolded > MOST_SEGMENTS
    }

    /// At the end of a run: whether the journal has grown to what is worth a snapshot, or the snapshot's file tells a key
    /// that is to be told no more.
    pub(super) fn is_compaction_worthwhile(&self) -> bool {
        self.is_rekeyed
            || self.journal_bytes * PART_OF_SNAPSHOT > self.snapshot_bytes
            || self.unfolded > MOST_SEGMENTS_LEFT
    }

    /// Nothing is lost if this fails: the journal has it all.
    pub(super) async fn compact_if_possible(&mut self) {
        match tokio::time::timeout(self.lease.duration(), self.compact()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the journal was not compacted"),
            Err(_) => tracing::warn!("the journal was not compacted: no answer in time"),
        }
    }

    async fn compact(&mut self) -> Result<(), StateError> {
        self.lease.ensure_held()?;
        self.write_snapshot().await?;
        self.tidy().await
    }

    /// Deletes the segments that are part of the snapshot's file.
    async fn tidy(&mut self) -> Result<(), StateError> {
        (self.journal_bytes, self.unfolded, self.is_rekeyed) = (0, 0, false);
        let (gone, kept) = std::mem::take(&mut self.present).into_iter().partition(|position| self.is_done(*position));
        self.present = kept;
        let keys: Vec<String> = Vec::into_iter(gone).map(|position| self.keys.segment(position)).collect();
        Ok(self.store.delete(&keys).await?)
    }

    /// Segments of earlier epochs that are still there may be fences, which stay for a while.
    fn is_done(&self, position: Position) -> bool {
        let epoch = self.lease.epoch();
        position.epoch == epoch || position.epoch + FENCE_EPOCHS <= epoch || self.spent.contains(&position)
    }

    /// Puts a whole other state in the place of this one. Where that fails, this one stays, and nothing writes the other
    /// later.
    pub(super) async fn replace(&mut self, mut snapshot: Snapshot) -> Result<(), StateError> {
        self.append(0).await?;
        let former = self.snapshot();
        snapshot.serial = snapshot.serial.max(former.serial) + 1;
        snapshot.journal = former.journal;
        self.lease.unmark().await?;
        // What is reported as failed must not be written by a later compaction, so nobody sees it before it is durable. The
        // store may have either state then, so the lock is to know of none.
        self.write(&snapshot).await?;
        self.lease.mark(snapshot.mark());
        self.shared.change_snapshot(|current| *current = snapshot);
        // The state is there, whatever lies beside it.
        if let Err(error) = self.tidy().await {
            tracing::warn!(%error, "the journal was not compacted");
        }
        Ok(())
    }

    /// Writes the snapshot's file in the place of the one that was read or written last.
    pub(super) async fn write_snapshot(&mut self) -> Result<(), StateError> {
        let snapshot = self.snapshot();
        self.write(&snapshot).await
    }

    async fn write(&mut self, snapshot: &Snapshot) -> Result<(), StateError> {
        let bytes = encode(snapshot, Layout::Indented)?;
        loop {
            let condition = self.version.clone().map_or(Condition::Absent, Condition::Matches);
            match self.put(&self.keys.snapshot(), &bytes, &condition).await? {
                PutOutcome::Written(version) => {
                    self.version = Some(version);
                    self.snapshot_bytes = bytes.len();
                    return Ok(());
                }
                PutOutcome::Conflict => self.version = Some(self.older_version().await?),
            }
        }
    }

    /// The version of a snapshot that has nothing that we do not have: a run that lost its lease tidied up what we had
    /// loaded already. Anything else was written by somebody who holds the lock now.
    async fn older_version(&self) -> Result<ObjectVersion, StateError> {
        let key = self.keys.snapshot();
        let stored = self.store.get(&key).await?;
        let stored = stored.ok_or_else(|| self.lease.lose("the state was removed under this run"))?;
        let found: Snapshot = decode(&key, &stored.bytes, Trust::Checked)?;
        let ours = self.snapshot();
        if found.lineage == ours.lineage && found.journal < ours.journal {
            return Ok(stored.version);
        }
        Err(self.lease.lose("another run wrote the state"))
    }
}
