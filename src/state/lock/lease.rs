use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use uuid::Uuid;

use super::acquire::{bytes, get};
use super::moment::Moment;
use super::{LockRecord, ReleasedBy, StateMark};
use crate::state::StateError;
use crate::state::store::{Condition, ObjectVersion, PutOutcome, Store};

/// A hold on the lock, renewed in the background for as long as it lives. Dropped without a release it just expires.
pub struct Lease {
    hold: Arc<Hold>,
    renewals: JoinHandle<()>,
    former: Option<LockRecord>,
}

struct Hold {
    store: Arc<dyn Store>,
    key: String,
    id: Uuid,
    lease: Duration,
    /// What the store has; one write at a time.
    written: tokio::sync::Mutex<Written>,
    standing: Mutex<Standing>,
}

struct Written {
    record: LockRecord,
    version: ObjectVersion,
}

struct Standing {
    /// Before the last write that went through was sent.
    renewed: Moment,
    epoch: u64,
    lost: Option<String>,
    /// Of the state as it is durable; written with the next renewal.
    state: Option<StateMark>,
}

impl Lease {
    /// `asked` is when the write was sent that took the lock, `former` what was there before it.
    pub(super) fn start(
        store: Arc<dyn Store>,
        key: String,
        former: Option<LockRecord>,
        record: LockRecord,
        version: ObjectVersion,
        asked: Moment,
    ) -> Self {
        let standing = Mutex::new(Standing { renewed: asked, epoch: record.epoch, lost: None, state: record.state });
        let (id, lease) = (record.id, record.lease());
        let written = tokio::sync::Mutex::new(Written { record, version });
        let hold = Arc::new(Hold { store, key, id, lease, written, standing });
        let renewals = tokio::spawn(Arc::clone(&hold).renew());
        let former = former.filter(|former| !former.ended_well());
        Self { hold, renewals, former }
    }

    pub fn id(&self) -> Uuid {
        self.hold.id
    }

    /// The hold before this one, where its holder never gave it back: that run was killed, or does not know yet.
    pub fn former(&self) -> Option<&LockRecord> {
        self.former.as_ref()
    }

    /// How long it lasts without a renewal.
    pub fn duration(&self) -> Duration {
        self.hold.lease
    }

    /// The number that this hold's journal segments carry.
    pub fn epoch(&self) -> u64 {
        self.hold.standing().epoch
    }

    /// The first epoch that may still have a writer besides us.
    pub(in crate::state) async fn unsure_since(&self) -> u64 {
        self.hold.written.lock().await.record.unsure_since
    }

    /// What is known to be durable of the state.
    pub(in crate::state) fn state(&self) -> Option<StateMark> {
        self.hold.standing().state
    }

    /// Takes note of what is durable now: it goes into the lock with the next renewal, and with the release.
    pub(in crate::state) fn mark(&self, state: StateMark) {
        self.hold.standing().state = Some(state);
    }

    /// Takes out of the lock what it knows of the state, before another state is put in its place.
    pub(in crate::state) async fn unmark(&self) -> Result<(), StateError> {
        self.hold.standing().state = None;
        self.hold.rewrite(LockRecord::renewed).await
    }

    /// # Errors
    /// `LeaseLost` once somebody else may hold the lock. It never comes back.
    pub fn ensure_held(&self) -> Result<(), StateError> {
        self.hold.ensure_held()
    }

    /// Takes note that somebody else holds the lock.
    pub(in crate::state) fn lose(&self, reason: &str) -> StateError {
        self.hold.lose(reason)
    }

    /// Lifts the epoch above every one that the journal has seen, as when the lock's file was removed by hand.
    pub(in crate::state) async fn raise_epoch(&self, least: u64) -> Result<(), StateError> {
        if self.epoch() >= least {
            return Ok(());
        }
        self.hold.rewrite(|record| LockRecord { epoch: least, ..record.renewed() }).await
    }

    /// Gives the lock back. A lost one is left to whoever has it.
    pub(in crate::state) async fn release(&self) -> Result<(), StateError> {
        self.ensure_held()?;
        self.hold.rewrite(|record| record.released(ReleasedBy::Holder)).await?;
        self.renewals.abort();
        self.lose("it was released");
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.renewals.abort();
    }
}

impl Hold {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ensure_held(&self) -> Result<(), StateError> {
        let mut standing = self.standing();
        let passed = standing.renewed.elapsed();
        if standing.lost.is_none() && passed >= self.lease {
            let lease = humantime::format_duration(self.lease);
            let passed = humantime::format_duration(Duration::from_secs(passed.as_secs()));
            standing.lost = Some(format!("it lasts {lease} and was last renewed {passed} ago"));
        }
        standing.lost.clone().map_or(Ok(()), |reason| Err(StateError::LeaseLost(reason)))
    }

    fn lose(&self, reason: &str) -> StateError {
        let mut standing = self.standing();
        let reason = standing.lost.get_or_insert_with(|| reason.to_owned());
        StateError::LeaseLost(reason.clone())
    }

    async fn renew(self: Arc<Self>) {
        let mut pause = self.lease / 3;
        loop {
            tokio::time::sleep(pause).await;
            let left = self.lease.saturating_sub(self.standing().renewed.elapsed());
            pause = match tokio::time::timeout(left, self.rewrite(LockRecord::renewed)).await {
                Ok(Ok(())) => self.lease / 3,
                Ok(Err(error)) => self.failed(&error),
                Err(_) => self.failed(&"no answer in time"),
            };
            if self.ensure_held().is_err() {
                return;
            }
        }
    }

    fn failed(&self, error: &dyn std::fmt::Display) -> Duration {
        tracing::warn!(%error, "the state lock could not be renewed");
        self.lease / 10
    }

    async fn rewrite(&self, change: impl Fn(&LockRecord) -> LockRecord) -> Result<(), StateError> {
        let mut written = self.written.lock().await;
        loop {
            self.ensure_held()?;
            let asked = Moment::now();
            let record = LockRecord { state: self.standing().state, ..change(&written.record) };
            let condition = Condition::Matches(written.version.clone());
            match self.store.put(&self.key, &bytes(&record)?, &condition).await? {
                PutOutcome::Written(version) => {
                    self.ensure_held()?;
                    let mut standing = self.standing();
                    (standing.renewed, standing.epoch) = (asked, record.epoch);
                    *written = Written { record, version };
                    return Ok(());
                }
                PutOutcome::Conflict => *written = self.still_ours().await?,
            }
        }
    }

    /// A conflict with ourselves is none: an earlier write of ours, whose answer was lost, went through.
    async fn still_ours(&self) -> Result<Written, StateError> {
        match get(&*self.store, &self.key).await? {
            Some(seen) if seen.record.id == self.id && seen.record.released.is_none() => {
                Ok(Written { record: seen.record, version: seen.version })
            }
            Some(seen) if seen.record.id == self.id => Err(self.lose("it was ended with infra state unlock")),
            Some(seen) => Err(self.lose(&format!("it is now held by {}", seen.record.describe()))),
            None => Err(self.lose("its file was removed")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::super::{LockOptions, acquire, current, unlock};
    use super::*;
    use crate::state::StackKeys;
    use crate::state::testing::{Watched, options, stores};

    const SHORT: Duration = Duration::from_millis(600);

    fn keys() -> StackKeys {
        StackKeys::new("shop", "dev").unwrap()
    }

    async fn take(store: &Arc<dyn Store>, options: &LockOptions) -> Result<Lease, StateError> {
        acquire(Arc::clone(store), keys().lock(), options).await
    }

    fn short(user: &str, timeout: Duration) -> LockOptions {
        LockOptions { lease: SHORT, ..options(user, timeout) }
    }

    /// A holder on a machine that nobody here can look into.
    fn elsewhere(user: &str) -> LockOptions {
        let mut options = short(user, Duration::ZERO);
        options.holder.machine = Some("another".to_owned());
        options
    }

    #[tokio::test]
    async fn one_holds_it_and_the_other_is_told_who() {
        for (store, _folder) in stores().await {
            let lease = take(&store, &short("ada", Duration::ZERO)).await.unwrap();
            let refused = take(&store, &short("bob", Duration::from_millis(900))).await.err().unwrap();
            let text = refused.to_string();
            assert!(text.contains("locked by ada on laptop"), "{text}");
            assert!(text.contains(&format!("infra state unlock {}", lease.id())), "{text}");
            lease.ensure_held().unwrap();
            lease.release().await.unwrap();
            assert!(lease.ensure_held().is_err());
            let next = take(&store, &short("bob", Duration::ZERO)).await.unwrap();
            assert_eq!((next.epoch(), next.unsure_since().await), (2, 2));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_many_at_once_one_works_at_a_time() {
        for (store, _folder) in stores().await {
            let (inside, done) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
            let runs = (0..8).map(|number| {
                let (store, inside, done) = (Arc::clone(&store), Arc::clone(&inside), Arc::clone(&done));
                tokio::spawn(async move {
                    let options = options(&format!("user{number}"), Duration::from_secs(60));
                    let lease = take(&store, &options).await.unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    lease.ensure_held().unwrap();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    done.fetch_add(1, Ordering::SeqCst);
                    lease.release().await.unwrap();
                })
            });
            futures::future::try_join_all(runs).await.unwrap();
            assert_eq!(done.load(Ordering::SeqCst), 8);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_first_lock_waits_for_a_blocked_folder_too() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("shop/dev")).unwrap();
        let blocking = std::fs::File::create(folder.path().join("shop/dev/.lock")).unwrap();
        blocking.lock().unwrap();
        let store: Arc<dyn Store> = Arc::new(crate::state::store::LocalStore::new(folder.path()));
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(7)).await;
            drop(blocking);
        });
        take(&store, &options("ada", Duration::from_secs(60))).await.unwrap();
    }

    #[tokio::test]
    async fn an_expired_lease_is_taken_over_and_its_holder_notices() {
        for (store, _folder) in stores().await {
            let watched = Watched::new(Arc::clone(&store), Duration::ZERO);
            let stopped = take(&(Arc::clone(&watched) as _), &elsewhere("ada")).await.unwrap();
            watched.refuse.store(true, Ordering::SeqCst);
            let next = take(&store, &short("bob", Duration::from_secs(10))).await.unwrap();
            assert_eq!((next.epoch(), next.unsure_since().await), (2, 1));
            let lost = stopped.ensure_held().unwrap_err().to_string();
            assert!(lost.contains("the state lock was lost"), "{lost}");
            watched.refuse.store(false, Ordering::SeqCst);
            assert!(stopped.release().await.is_err());
            next.ensure_held().unwrap();
        }
    }

    #[tokio::test]
    async fn renewals_keep_a_lease_alive_for_longer_than_it_lasts() {
        for (store, _folder) in stores().await {
            let lease = take(&store, &elsewhere("ada")).await.unwrap();
            let refused = take(&store, &short("bob", SHORT * 5)).await;
            assert!(matches!(refused, Err(StateError::Locked { .. })));
            lease.ensure_held().unwrap();
        }
    }

    #[tokio::test]
    async fn a_renewal_whose_answer_was_lost_is_recognised_as_ours() {
        for (store, _folder) in stores().await {
            let watched = Watched::new(Arc::clone(&store), Duration::ZERO);
            let lease = take(&(Arc::clone(&watched) as _), &options("ada", Duration::ZERO)).await.unwrap();
            watched.lose_answers.store(true, Ordering::SeqCst);
            assert!(lease.hold.rewrite(LockRecord::renewed).await.is_err());
            watched.lose_answers.store(false, Ordering::SeqCst);
            lease.hold.rewrite(LockRecord::renewed).await.unwrap();
            lease.release().await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_dead_process_of_this_machine_does_not_have_to_expire() {
        for (store, _folder) in stores().await {
            let mut dead = options("ada", Duration::ZERO);
            let mut child = std::process::Command::new("true").spawn().unwrap();
            dead.holder.pid = child.id();
            dead.holder.process_started = None;
            child.wait().unwrap();
            let _left = take(&store, &dead).await.unwrap();
            assert_eq!(take(&store, &options("bob", Duration::ZERO)).await.unwrap().epoch(), 2);
        }
    }

    #[tokio::test]
    async fn unlock_ends_the_hold_that_it_names_and_no_other() {
        for (store, _folder) in stores().await {
            let lease = take(&store, &options("ada", Duration::ZERO)).await.unwrap();
            let wrong = unlock(&*store, &keys(), &Uuid::new_v4().to_string(), true).await.unwrap_err();
            assert!(wrong.to_string().contains("but by ada on laptop"), "{wrong}");
            assert_eq!(current(&*store, &keys()).await.unwrap().map(|record| record.id), Some(lease.id()));
            unlock(&*store, &keys(), &lease.id().to_string(), true).await.unwrap();
            assert!(current(&*store, &keys()).await.unwrap().is_none());
            let lost = lease.hold.rewrite(LockRecord::renewed).await.unwrap_err().to_string();
            assert!(lost.contains("infra state unlock"), "{lost}");
            assert_eq!(take(&store, &options("bob", Duration::ZERO)).await.unwrap().unsure_since().await, 1);
        }
    }
}
