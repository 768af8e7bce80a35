use std::sync::Arc;

use jiff::Timestamp;

use super::document::{Layout, encode};
use super::fence::load_alone;
use super::journal::{Command, Journal, Shared};
use super::load::{Marked, load};
use super::lock::acquire;
use super::store::{Condition, Store};
use super::writer::Writer;
use super::{
    Change, History, Lease, Loaded, LockOptions, Recovery, ResourceState, Snapshot, StackIdentity, StackKeys,
    StateError, Superseded, push,
};
use crate::address::Address;

/// The one run that may change a stack's state: it holds the lock and writes the journal. Shared by all tasks of an
/// apply.
pub struct Session {
    store: Arc<dyn Store>,
    keys: StackKeys,
    lease: Arc<Lease>,
    journal: Journal,
    former_renames: Vec<(Address, Address)>,
}

impl Session {
    /// Reads a stack's state without a lock: what plans and outputs need. Writes nothing.
    ///
    /// # Errors
    /// `Damaged` and `Newer` for files that cannot be used, `AccountMismatch` for state of another account or region.
    pub async fn read(store: &Arc<dyn Store>, identity: &StackIdentity) -> Result<Loaded, StateError> {
        let keys = StackKeys::new(&identity.project, &identity.stack)?;
        let stand = load(store, &keys, identity, Marked::ByLock).await?;
        Ok(Loaded { exists: stand.version.is_some(), snapshot: stand.snapshot })
    }

    /// Takes the lock, loads state and replays the journal.
    ///
    /// # Errors
    /// As `read`, and `Locked` once the lock's timeout has passed.
    pub async fn open(
        store: &Arc<dyn Store>,
        identity: &StackIdentity,
        options: &LockOptions,
    ) -> Result<Self, StateError> {
        let keys = StackKeys::new(&identity.project, &identity.stack)?;
        let lease = Arc::new(acquire(Arc::clone(store), keys.lock(), options).await?);
        let stand = match load_alone(store, &keys, identity, &lease).await {
            Ok(stand) => stand,
            Err(error) => {
                if let Err(kept) = lease.release().await {
                    tracing::warn!(error = %kept, "the state lock was not released");
                }
                return Err(error);
            }
        };
        let store = Arc::clone(store);
        let former_renames = lease.former().map(|former| stand.renames_of(former.epoch)).unwrap_or_default();
        if stand.version.is_some() {
            lease.mark(stand.snapshot.mark());
        }
        let shared = Arc::new(Shared::new(stand.snapshot.clone()));
        let writer = Writer::new(Arc::clone(&store), keys.clone(), Arc::clone(&lease), Arc::clone(&shared), stand);
        Ok(Self { store, keys, lease, journal: Journal::start(writer, shared), former_renames })
    }

    /// State as it is durable now. A copy for as long as it is held: let go of it before the next `record`.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.journal.shared.snapshot()
    }

    /// False while nothing was ever recorded.
    pub fn exists(&self) -> bool {
        self.snapshot().serial > 0
    }

    pub fn resource(&self, address: &Address) -> Option<ResourceState> {
        self.snapshot().resources.get(address).cloned()
    }

    /// Makes changes durable, in this order, together with those that other tasks record meanwhile. Returns when they
    /// are. A caller that stops waiting does not stop the write.
    ///
    /// # Errors
    /// `LeaseLost` when the lock is not ours any more; the store's own errors otherwise. What could not be written is
    /// tried again with the next `record` or `close`, and is in `unsaved` until then.
    pub async fn record(&self, changes: Vec<Change>) -> Result<(), StateError> {
        self.journal.record(changes).await
    }

    /// # Errors
    /// `LeaseLost` once somebody else may hold the lock, for good.
    pub fn ensure_held(&self) -> Result<(), StateError> {
        self.lease.ensure_held()
    }

    /// To be asked before every step: what its intent would be written to.
    ///
    /// # Errors
    /// As `ensure_held`, and why the last write failed, until one succeeds.
    pub fn ensure_writable(&self) -> Result<(), StateError> {
        self.ensure_held()?;
        self.journal.shared.pending().failure.clone().map_or(Ok(()), Err)
    }

    /// What was recorded and is not durable, oldest first. It may be on its way.
    pub fn unsaved(&self) -> Vec<Change> {
        self.journal.shared.pending().changes().cloned().collect()
    }

    /// What is unsaved, for a file on this machine; `None` where there is nothing that could be lost. Asks nobody, so it
    /// is there too while the store does not answer.
    pub fn recovery(&self) -> Option<Recovery> {
        let pending = self.journal.shared.pending();
        Recovery::of(self.lease.id(), &self.journal.shared.snapshot(), pending.changes())
    }

    /// Gives up what was recorded and is not durable: neither another `record` nor `close` tries it again. A write that is
    /// on its way, or whose answer was lost, may have gone through all the same.
    pub fn withdraw(&self) {
        let mut pending = self.journal.shared.pending();
        pending.unwritten.clear();
        pending.queued.clear();
    }

    /// Takes up what another run could not write, as far as state has not settled it otherwise; with `adopt` also the
    /// objects that state has never heard of. Gives how many changes are durable now that were not before, and the objects
    /// that state still does not know: without any, the file has nothing more to give.
    ///
    /// # Errors
    /// `PushRefused` for a file of another stack or another lineage, or as `record`.
    pub async fn recover(
        &self,
        recovery: &Recovery,
        adopt: bool,
    ) -> Result<(usize, Vec<(Address, Superseded)>), StateError> {
        let current = self.snapshot();
        push::ensure_same_line(recovery, &current)?;
        let (mut changes, mut strays) = (recovery.missing(&current), recovery.strays(&current));
        if adopt {
            changes.extend(Recovery::adoptions(&strays, &current));
            strays.clear();
        }
        drop(current);
        let count = changes.len();
        self.record(changes).await?;
        Ok((count, strays))
    }

    /// Writes the stack's first state, empty, where there is none: from then on it has a lineage, and a key that lasts.
    ///
    /// # Errors
    /// As `record`.
    pub async fn establish(&self) -> Result<(), StateError> {
        self.journal.send(|reply| Command::Establish { reply }).await
    }

    /// Puts the state of a file, as `Loaded::to_file` makes it, in the place of this one. By force the former one is kept in
    /// the store; where, is returned.
    ///
    /// # Errors
    /// `PushRefused` for what would lose something and is not forced.
    pub async fn push(&self, file: &[u8], force: bool) -> Result<Option<String>, StateError> {
        let current = self.snapshot();
        let exists = self.exists();
        let pushed = push::accept(file, &current, exists, force)?;
        let kept = if force && exists { Some(self.keep(&current).await?) } else { None };
        drop(current);
        self.journal.send(|reply| Command::Replace { snapshot: Box::new(pushed), reply }).await?;
        Ok(kept)
    }

    /// Copies the state to a key of its own, and says where.
    async fn keep(&self, current: &Snapshot) -> Result<String, StateError> {
        let key = self.keys.replaced(Timestamp::now());
        self.ensure_held()?;
        self.store.put(&key, &encode(current, Layout::Indented)?, &Condition::Absent).await?;
        Ok(format!("{}/{key}", self.store.place()))
    }

    /// Writes what is left, compacts the journal and gives the lock back.
    ///
    /// # Errors
    /// `LeaseLost`, or the store's own where something recorded is still `unsaved`.
    pub async fn close(&self) -> Result<(), StateError> {
        self.journal.send(|reply| Command::Close { reply }).await
    }

    /// Says whether the run may still change anything: for as long as it surely holds the lock.
    pub fn permission(&self) -> Arc<dyn Fn() -> Result<(), StateError> + Send + Sync> {
        // Whoever asks must not keep the lease alive.
        let lease = Arc::downgrade(&self.lease);
        Arc::new(move || match lease.upgrade() {
            Some(lease) => lease.ensure_held(),
            None => Err(StateError::Closed),
        })
    }

    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    pub fn keys(&self) -> &StackKeys {
        &self.keys
    }

    /// The renames, from and to, that the journal has of the run before this one, where that never gave its lock back.
    pub fn former_renames(&self) -> &[(Address, Address)] {
        &self.former_renames
    }

    /// The records that the stack's runs left.
    pub fn history(&self) -> History {
        History::new(Arc::clone(&self.store), self.keys.clone())
    }
}
