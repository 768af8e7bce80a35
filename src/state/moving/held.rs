use super::StateSite;
use crate::state::document::{Layout, encode};
use crate::state::lock::acquire;
use crate::state::store::{Condition, ObjectVersion, PutOutcome};
use crate::state::{Lease, LockOptions, Position, Snapshot, StackKeys, StateError};

/// A site whose lock is ours.
pub(super) struct Held<'a> {
    pub site: &'a StateSite,
    pub keys: StackKeys,
    pub lease: Lease,
}

impl<'a> Held<'a> {
    pub async fn take(site: &'a StateSite, options: &LockOptions) -> Result<Self, StateError> {
        let keys = site.keys()?;
        let lease = acquire(site.store.clone(), keys.lock(), options).await?;
        Ok(Self { site, keys, lease })
    }

    /// Gives the lock back, whatever came of the work; the work's error tells more.
    pub async fn release<T>(&self, outcome: Result<T, StateError>) -> Result<T, StateError> {
        let released = self.lease.release().await;
        let done = outcome?;
        released.map(|()| done)
    }

    /// The segments that lie there.
    pub async fn segments(&self) -> Result<Vec<Position>, StateError> {
        let keys = self.site.store.list(&self.keys.journal()).await?;
        Ok(keys.iter().filter_map(|key| self.keys.position(key)).collect())
    }

    /// A position after everything that a run before us wrote there or still writes.
    pub fn position(&self) -> Position {
        Position { epoch: self.lease.epoch(), seq: 0 }
    }

    /// Writes the snapshot's file, and makes sure that it is what lies there then.
    ///
    /// # Errors
    /// `LeaseLost` where another run wrote it meanwhile, and the store's own.
    pub async fn write(&self, snapshot: &Snapshot, condition: Condition) -> Result<ObjectVersion, StateError> {
        let (key, bytes) = (self.keys.snapshot(), encode(snapshot, Layout::Indented)?);
        self.lease.ensure_held()?;
        let PutOutcome::Written(version) = self.site.store.put(&key, &bytes, &condition).await? else {
            return Err(self.lease.lose("another run wrote the state"));
        };
        let stored = self.site.store.get(&key).await?;
        if stored.is_none_or(|stored| stored.bytes != bytes) {
            return Err(self.lease.lose("the state that was written does not read back as it was written"));
        }
        self.lease.ensure_held()?;
        self.lease.mark(snapshot.mark());
        Ok(version)
    }
}
