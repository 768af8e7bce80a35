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
        let exists = current.serial > 0;
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    use super::*;
    use crate::state::testing::{Watched, identity, open, options, ready, resource, stores};
    use crate::state::{Status, unlock};

    #[tokio::test]
    async fn a_run_that_died_leaves_everything_that_it_recorded() {
        for (store, _folder) in stores().await {
            let died = open(&store).await;
            died.record(vec![ready(0)]).await.unwrap();
            let intent = resource(None, Status::Creating);
            died.record(vec![Change::put(&"vpc".into(), intent.clone())]).await.unwrap();
            let key = died.snapshot().fingerprint_key.clone();
            unlock(&*store, died.keys(), &died.lease().id().to_string(), true).await.unwrap();
            let next = open(&store).await;
            assert_eq!(next.snapshot().resources.len(), 2);
            assert_eq!(next.snapshot().unsettled().map(|(address, _)| address.as_str()).collect::<Vec<_>>(), ["vpc"]);
            assert_eq!(next.resource(&"vpc".into()), Some(intent));
            assert_eq!(next.snapshot().fingerprint_key, key);
        }
    }

    #[tokio::test]
    async fn a_run_that_lost_its_lock_cannot_write_between_its_successors_segments() {
        for (store, _folder) in stores().await {
            let stopped = open(&store).await;
            stopped.record(vec![ready(0)]).await.unwrap();
            unlock(&*store, stopped.keys(), &stopped.lease().id().to_string(), true).await.unwrap();
            let next = open(&store).await;
            next.record(vec![ready(1)]).await.unwrap();
            let refused = stopped.record(vec![ready(2)]).await.unwrap_err();
            assert!(matches!(refused, StateError::LeaseLost(_)), "{refused}");
            assert_eq!(stopped.unsaved(), [ready(2)]);
            assert!(stopped.close().await.is_err());
            next.close().await.unwrap();
            let third = open(&store).await;
            assert_eq!(third.snapshot().resources.len(), 2);
            third.record(vec![ready(3)]).await.unwrap();
            third.close().await.unwrap();
            assert_eq!(Session::read(&store, &identity("dev")).await.unwrap().snapshot.resources.len(), 3);
        }
    }

    #[tokio::test]
    async fn what_a_faster_predecessor_wrote_is_part_of_what_is_loaded() {
        for (store, _folder) in stores().await {
            let stopped = open(&store).await;
            stopped.record(vec![ready(0)]).await.unwrap();
            unlock(&*store, stopped.keys(), &stopped.lease().id().to_string(), true).await.unwrap();
            stopped.record(vec![ready(1)]).await.unwrap();
            assert_eq!(open(&store).await.snapshot().resources.len(), 2);
        }
    }

    #[tokio::test]
    async fn a_session_that_changes_nothing_writes_no_state() {
        for (store, _folder) in stores().await {
            open(&store).await.close().await.unwrap();
            assert_eq!(store.list("").await.unwrap(), ["shop/dev/lock.json"]);
            assert!(!Session::read(&store, &identity("dev")).await.unwrap().exists);
        }
    }

    #[tokio::test]
    async fn reads_go_on_while_a_run_writes_and_tidies() {
        for (store, _folder) in stores().await {
            let session = open(&store).await;
            session.record(vec![ready(0)]).await.unwrap();
            let writing = async {
                for number in 1..60 {
                    session.record(vec![ready(number)]).await.unwrap();
                }
                session.close().await.unwrap();
            };
            let reading = async {
                let mut last = 0;
                while last < 60 {
                    let now = Session::read(&store, &identity("dev")).await.unwrap().snapshot.resources.len();
                    assert!(now >= last, "{now} after {last}");
                    last = now;
                }
            };
            tokio::join!(writing, reading);
        }
    }

    #[tokio::test]
    async fn state_of_another_account_or_region_is_refused_and_left_unlocked() {
        for (store, _folder) in stores().await {
            let session = open(&store).await;
            session.record(vec![ready(0)]).await.unwrap();
            session.close().await.unwrap();
            let other = StackIdentity { account: Some("210987654321".to_owned()), ..identity("dev") };
            for _ in 0..2 {
                let refused = Session::open(&store, &other, &options("bob", Duration::ZERO)).await.err().unwrap();
                assert_eq!(
                    refused.to_string(),
                    "shop/dev belongs to account 123456789012, and this is account 210987654321"
                );
            }
            let moved = StackIdentity { region: Some("eu-west-1".to_owned()), ..identity("dev") };
            assert!(matches!(
                Session::read(&store, &moved).await,
                Err(StateError::AccountMismatch { what: "region", .. })
            ));
            let offline = StackIdentity { account: None, region: None, ..identity("dev") };
            assert!(Session::read(&store, &offline).await.unwrap().exists);
        }
    }

    #[tokio::test]
    async fn a_damaged_state_is_refused_and_left_as_it_is() {
        for (store, _folder) in stores().await {
            let session = open(&store).await;
            session.record(vec![ready(0)]).await.unwrap();
            session.close().await.unwrap();
            let key = session.keys().snapshot();
            let whole = String::from_utf8(store.get(&key).await.unwrap().unwrap().bytes).unwrap();
            let damaged = whole.replace("q-0", "q-1");
            store.put(&key, damaged.as_bytes(), &Condition::Always).await.unwrap();
            let refused = Session::open(&store, &identity("dev"), &options("ada", Duration::ZERO)).await.err().unwrap();
            assert!(refused.to_string().contains("checksum does not fit"), "{refused}");
            assert_eq!(store.get(&key).await.unwrap().unwrap().bytes, damaged.as_bytes());
        }
    }

    #[tokio::test]
    async fn a_missing_segment_is_damage_and_no_silent_loss() {
        for (store, _folder) in stores().await {
            let session = open(&store).await;
            for number in 0..3 {
                session.record(vec![ready(number)]).await.unwrap();
            }
            let segments = store.list("shop/dev/journal/").await.unwrap();
            store.delete(&segments[1..2]).await.unwrap();
            let refused = Session::read(&store, &identity("dev")).await.unwrap_err();
            assert!(matches!(refused, StateError::Damaged { .. }), "{refused}");
        }
    }

    #[tokio::test]
    async fn a_removed_lock_file_does_not_turn_the_epoch_back() {
        for (store, _folder) in stores().await {
            let died = open(&store).await;
            died.record(vec![ready(0)]).await.unwrap();
            store.delete(&[died.keys().lock()]).await.unwrap();
            let next = open(&store).await;
            assert_eq!(next.lease().epoch(), 2);
            next.record(vec![ready(1)]).await.unwrap();
            next.close().await.unwrap();
            assert_eq!(Session::read(&store, &identity("dev")).await.unwrap().snapshot.resources.len(), 2);
        }
    }

    #[tokio::test]
    async fn what_is_pulled_can_be_pushed_back() {
        for (store, _folder) in stores().await {
            let session = open(&store).await;
            session.record(vec![ready(0), ready(1)]).await.unwrap();
            session.close().await.unwrap();
            let pulled = Session::read(&store, &identity("dev")).await.unwrap();
            let session = open(&store).await;
            session.record(vec![Change::forget(&"queue_0000".into())]).await.unwrap();
            session.record(vec![Change::rename(&"queue_0001".into(), &"jobs".into())]).await.unwrap();
            let file = pulled.to_file().unwrap();
            assert!(matches!(session.push(&file, false).await, Err(StateError::PushRefused(_))));
            session.push(&file, true).await.unwrap();
            session.close().await.unwrap();
            let now = Session::read(&store, &identity("dev")).await.unwrap().snapshot;
            assert_eq!(now.resources, pulled.snapshot.resources);
            assert!(now.serial > pulled.snapshot.serial + 2);
        }
    }

    #[tokio::test]
    async fn what_was_pushed_by_force_leaves_the_former_state_in_the_store() {
        for (store, _folder) in stores().await {
            let session = open(&store).await;
            session.record(vec![ready(0), ready(1)]).await.unwrap();
            let now = session.snapshot().resources.clone();
            let other = crate::state::Loaded { snapshot: Snapshot::new(&identity("dev")), exists: true };
            let kept = session.push(&other.to_file().unwrap(), true).await.unwrap().unwrap();
            session.close().await.unwrap();
            let key = kept.strip_prefix(&format!("{}/", store.place())).unwrap();
            let former = store.get(key).await.unwrap().unwrap().bytes;
            let session = open(&store).await;
            assert!(session.snapshot().resources.is_empty());
            session.push(&former, true).await.unwrap();
            assert_eq!(session.snapshot().resources, now);
            session.close().await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_push_that_failed_is_not_written_later() {
        for (store, _folder) in stores().await {
            let watched = Watched::new(store, Duration::ZERO);
            let store: Arc<dyn Store> = Arc::clone(&watched) as _;
            let session = open(&store).await;
            session.record(vec![ready(0)]).await.unwrap();
            let file =
                crate::state::Loaded { snapshot: (*session.snapshot()).clone(), exists: true }.to_file().unwrap();
            session.record(vec![ready(1)]).await.unwrap();
            watched.refuse_key("dev/state.json");
            assert!(session.push(&file, true).await.is_err());
            watched.refuse_key("");
            session.close().await.unwrap();
            assert_eq!(Session::read(&store, &identity("dev")).await.unwrap().snapshot.resources.len(), 2);
        }
    }

    #[tokio::test]
    async fn an_empty_state_is_no_state_whoever_wrote_it() {
        for (store, _folder) in stores().await {
            let elsewhere = Some("210987654321".to_owned());
            let elsewhere =
                StackIdentity { account: elsewhere, region: Some("eu-west-1".to_owned()), ..identity("dev") };
            let planned = Session::open(&store, &elsewhere, &options("ada", Duration::ZERO)).await.unwrap();
            planned.establish().await.unwrap();
            let lineage = planned.snapshot().lineage;
            planned.close().await.unwrap();
            let session = open(&store).await;
            assert_eq!(session.snapshot().lineage, lineage);
            session.record(vec![ready(0)]).await.unwrap();
            session.close().await.unwrap();
            assert_eq!(Session::read(&store, &identity("dev")).await.unwrap().snapshot.resources.len(), 1);
            let refused = Session::read(&store, &elsewhere).await.unwrap_err();
            assert!(matches!(refused, StateError::AccountMismatch { .. }), "{refused}");
        }
    }

    #[tokio::test]
    async fn a_state_is_pushed_over_an_empty_one_and_an_empty_one_may_go() {
        for (store, _folder) in stores().await {
            let session = open(&store).await;
            session.establish().await.unwrap();
            session.close().await.unwrap();
            let session = open(&store).await;
            let other = Snapshot { serial: 3, ..Snapshot::new(&identity("dev")) };
            let other = crate::state::Loaded { snapshot: other, exists: true };
            assert_eq!(session.push(&other.to_file().unwrap(), false).await.unwrap(), None);
            session.close().await.unwrap();
            let other = StackIdentity { stack: "new".to_owned(), ..identity("dev") };
            let planned = Session::open(&store, &other, &options("ada", Duration::ZERO)).await.unwrap();
            planned.establish().await.unwrap();
            planned.close().await.unwrap();
            store.delete(&[planned.keys().snapshot()]).await.unwrap();
            assert!(!Session::read(&store, &other).await.unwrap().exists);
        }
    }

    #[tokio::test]
    async fn a_push_whose_answer_was_lost_leaves_a_state_that_can_be_read() {
        for (store, _folder) in stores().await {
            let watched = Watched::new(store, Duration::ZERO);
            let store: Arc<dyn Store> = Arc::clone(&watched) as _;
            let session = open(&store).await;
            session.record((0..40).map(ready).collect()).await.unwrap();
            session.close().await.unwrap();
            let session = open(&store).await;
            let other = crate::state::Loaded { snapshot: Snapshot::new(&identity("dev")), exists: true };
            watched.leave_unanswered("dev/state.json");
            assert!(session.push(&other.to_file().unwrap(), true).await.is_err());
            watched.leave_unanswered("");
            session.close().await.unwrap();
            Session::read(&store, &identity("dev")).await.unwrap();
            open(&store).await;
        }
    }

    #[tokio::test]
    async fn a_push_is_done_although_no_segment_can_be_deleted() {
        for (store, _folder) in stores().await {
            let watched = Watched::new(store, Duration::ZERO);
            let store: Arc<dyn Store> = Arc::clone(&watched) as _;
            let session = open(&store).await;
            session.record(vec![ready(0)]).await.unwrap();
            watched.keep_all.store(true, Ordering::SeqCst);
            let other = crate::state::Loaded { snapshot: Snapshot::new(&identity("dev")), exists: true };
            session.push(&other.to_file().unwrap(), true).await.unwrap();
            session.close().await.unwrap();
            assert!(Session::read(&store, &identity("dev")).await.unwrap().snapshot.resources.is_empty());
        }
    }

    #[tokio::test]
    async fn a_state_that_lost_its_snapshot_or_its_newest_segment_is_no_new_one() {
        for (store, _folder) in stores().await {
            let session = open(&store).await;
            session.record((0..50).map(ready).collect()).await.unwrap();
            session.close().await.unwrap();
            let session = open(&store).await;
            session.record(vec![ready(50)]).await.unwrap();
            session.close().await.unwrap();
            let [segment] = store.list("shop/dev/journal/").await.unwrap().try_into().unwrap();
            let (state, lock) = (session.keys().snapshot(), session.keys().lock());
            for lost in [vec![segment.clone()], vec![state.clone(), segment]] {
                store.delete(&lost).await.unwrap();
                for _ in 0..2 {
                    let refused = Session::read(&store, &identity("dev")).await.unwrap_err().to_string();
                    assert!(refused.contains("missing") && refused.contains("--force"), "{refused}");
                    let refused = Session::open(&store, &identity("dev"), &options("ada", Duration::ZERO)).await;
                    assert!(matches!(refused.err().unwrap(), StateError::Damaged { .. }));
                }
            }
            store.delete(&[lock]).await.unwrap();
            assert!(!Session::read(&store, &identity("dev")).await.unwrap().exists, "begun anew on purpose");
        }
    }
}
