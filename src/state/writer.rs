use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;

use super::document::{Layout, encode};
use super::journal::{Command, Reply, Shared};
use super::load::Stand;
use super::lock::Lease;
use super::pending::Pending;
use super::store::{Condition, ObjectVersion, PutOutcome, Store};
use super::{Change, JournalSegment, Position, Snapshot, StackKeys, StateError};

/// Writes one session's journal and snapshots, one object at a time.
pub(super) struct Writer {
    pub(super) store: Arc<dyn Store>,
    pub(super) keys: StackKeys,
    pub(super) lease: Arc<Lease>,
    pub(super) shared: Arc<Shared>,
    /// Of the snapshot's file; `None` until the first is written.
    pub(super) version: Option<ObjectVersion>,
    pub(super) snapshot_bytes: usize,
    pub(super) journal_bytes: usize,
    /// How many segments are not part of the snapshot's file.
    pub(super) unfolded: usize,
    /// True if one of them keeps the key of the fingerprints otherwise than the snapshot's file does.
    pub(super) is_rekeyed: bool,
    /// Segments that lie in the store, those that are part of the snapshot's file and could not be deleted too.
    pub(super) present: Vec<Position>,
    /// Those of earlier runs that were read and are no fences.
    pub(super) spent: HashSet<Position>,
}

impl Writer {
    pub fn new(store: Arc<dyn Store>, keys: StackKeys, lease: Arc<Lease>, shared: Arc<Shared>, stand: Stand) -> Self {
        let Stand { version, snapshot_bytes, journal_bytes, present, replayed, .. } = stand;
        let spent = replayed.iter().filter(|segment| !segment.fence).map(|segment| segment.position).collect();
        let (unfolded, is_rekeyed) = (replayed.len(), replayed.iter().any(JournalSegment::changes_key));
        Self {
            store,
            keys,
            lease,
            shared,
            version,
            snapshot_bytes,
            journal_bytes,
            unfolded,
            is_rekeyed,
            present,
            spent,
        }
    }

    pub async fn run(mut self, mut commands: UnboundedReceiver<Command>) {
        let mut held_back = None;
        loop {
            let next = match held_back.take() {
                Some(command) => Some(command),
                None => commands.recv().await,
            };
            match next {
                None => return,
                Some(Command::Record { reply }) => {
                    held_back = self.record(reply, &mut commands).await;
                }
                Some(Command::Establish { reply }) => {
                    let outcome = self.establish().await;
                    let _ = reply.send(outcome);
                }
                Some(Command::Replace { snapshot, reply }) => {
                    let outcome = self.replace(*snapshot).await;
                    let _ = reply.send(outcome);
                }
                Some(Command::Close { reply }) => {
                    let outcome = self.close().await;
                    let _ = reply.send(outcome);
                    return;
                }
            }
        }
    }

    /// Writes what was recorded and all that was recorded behind it as one segment. Gives back the first command that
    /// is something else.
    async fn record(&mut self, reply: Reply, commands: &mut UnboundedReceiver<Command>) -> Option<Command> {
        let mut replies = vec![reply];
        let mut other = None;
        while let Ok(command) = commands.try_recv() {
            let Command::Record { reply } = command else {
                other = Some(command);
                break;
            };
            replies.push(reply);
        }
        let outcome = self.append(replies.len()).await;
        for reply in replies {
            let _ = reply.send(outcome.clone());
        }
        if outcome.is_ok() && self.is_compaction_due() {
            self.compact_if_possible().await;
        }
        other
    }

    /// Writes everything that is pending; the changes of the first `records` calls that are queued become one segment.
    pub(super) async fn append(&mut self, records: usize) -> Result<(), StateError> {
        self.make_segment(records)?;
        let outcome = self.flush().await;
        self.shared.pending().failure = outcome.as_ref().err().cloned();
        outcome
    }

    fn make_segment(&self, records: usize) -> Result<(), StateError> {
        let mut pending = self.shared.pending();
        // Less where something was withdrawn.
        let records = records.min(pending.queued.len());
        let changes: Vec<Change> = pending.queued.drain(..records).flatten().collect();
        if !changes.is_empty() {
            let segment = self.segment(&pending, changes);
            let bytes = encode(&segment, Layout::Compact)?;
            pending.unwritten.push_back((segment, bytes));
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), StateError> {
        self.lease.ensure_held()?;
        if self.next_unwritten().is_some() {
            self.establish().await?;
        }
        while let Some((key, bytes)) = self.next_unwritten() {
            self.lease.ensure_held()?;
            if let PutOutcome::Conflict = self.put(&key, &bytes, &Condition::Absent).await? {
                return Err(self.lease.lose("another run took it over and closed the journal to this one"));
            }
            self.written();
        }
        // What took longer than the lease may have come too late.
        self.lease.ensure_held()
    }

    /// The journal follows on a snapshot, so the first one comes before it. An empty one that lies there may be of another
    /// account or region, which no segment says.
    async fn establish(&mut self) -> Result<(), StateError> {
        if self.snapshot().serial == 0 {
            self.lease.ensure_held()?;
            self.write_snapshot().await?;
            self.lease.mark(self.snapshot().mark());
        }
        Ok(())
    }

    /// A write that takes longer than the lease lasts is of no use, and a store may never answer.
    pub(super) async fn put(&self, key: &str, bytes: &[u8], condition: &Condition) -> Result<PutOutcome, StateError> {
        let lease = self.lease.duration();
        match tokio::time::timeout(lease, self.store.put(key, bytes, condition)).await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(self.no_answer(key)),
        }
    }

    fn no_answer(&self, key: &str) -> StateError {
        StateError::NoAnswer { place: format!("{}/{key}", self.store.place()), waited: self.lease.duration() }
    }

    fn next_unwritten(&self) -> Option<(String, Vec<u8>)> {
        let pending = self.shared.pending();
        pending.unwritten.front().map(|(segment, bytes)| (self.keys.segment(segment.position), bytes.clone()))
    }

    fn written(&mut self) {
        let shared = Arc::clone(&self.shared);
        let mut pending = shared.pending();
        let Some((segment, bytes)) = pending.unwritten.pop_front() else { return };
        self.journal_bytes += bytes.len();
        self.unfolded += 1;
        self.is_rekeyed |= segment.changes_key();
        self.present.push(segment.position);
        shared.change_snapshot(|snapshot| snapshot.replay(&segment));
        self.lease.mark(shared.snapshot().mark());
    }

    /// The segment after the last one.
    fn segment(&self, pending: &Pending, changes: Vec<Change>) -> JournalSegment {
        let snapshot = self.shared.snapshot();
        let last = pending.unwritten.back().map(|(segment, _)| (segment.position, segment.serial));
        let (position, serial) = last.unwrap_or((snapshot.journal, snapshot.serial));
        let epoch = self.lease.epoch();
        let position = if position.epoch == epoch { position } else { Position { epoch, seq: 0 } }.next();
        let features = Change::features(&snapshot.features, &changes);
        JournalSegment { features, lineage: snapshot.lineage, position, serial: serial + 1, changes, fence: false }
    }

    async fn close(&mut self) -> Result<(), StateError> {
        self.append(0).await?;
        if self.is_compaction_worthwhile() {
            self.compact_if_possible().await;
        }
        let lease = self.lease.duration();
        let released = tokio::time::timeout(lease, self.lease.release()).await;
        released.unwrap_or_else(|_| Err(self.no_answer(&self.keys.lock())))
    }

    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.snapshot()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    use super::*;
    use crate::state::testing::{Watched, identity, open, ready, stores};
    use crate::state::{Session, StateError};

    async fn record_all(session: &Session, count: usize) -> Vec<Result<(), StateError>> {
        futures::future::join_all((0..count).map(|number| session.record(vec![ready(number)]))).await
    }

    async fn known(store: &Arc<dyn Store>) -> usize {
        Session::read(store, &identity("dev")).await.unwrap().snapshot.resources.len()
    }

    #[tokio::test]
    async fn changes_that_come_together_are_written_together() {
        for (store, _folder) in stores().await {
            let watched = Watched::new(store, Duration::from_millis(20));
            let store: Arc<dyn Store> = Arc::clone(&watched) as _;
            let session = open(&store).await;
            let before = watched.puts.load(Ordering::SeqCst);
            assert!(record_all(&session, 100).await.iter().all(Result::is_ok));
            let segments = store.list("shop/dev/journal/").await.unwrap().len();
            assert!(segments <= 3, "{segments} segments");
            assert!(watched.puts.load(Ordering::SeqCst) - before <= 4);
            assert_eq!(known(&store).await, 100);
            session.close().await.unwrap();
            assert!(store.list("shop/dev/journal/").await.unwrap().is_empty());
            assert_eq!(known(&store).await, 100);
        }
    }

    #[tokio::test]
    async fn one_change_of_a_big_state_writes_little() {
        for (store, _folder) in stores().await {
            let watched = Watched::new(store, Duration::ZERO);
            let store: Arc<dyn Store> = Arc::clone(&watched) as _;
            let session = open(&store).await;
            session.record((0..1000).map(ready).collect()).await.unwrap();
            session.close().await.unwrap();
            let session = open(&store).await;
            watched.bytes.store(0, Ordering::SeqCst);
            for number in 0..10 {
                session.record(vec![ready(number)]).await.unwrap();
            }
            let bytes = watched.bytes.load(Ordering::SeqCst);
            assert!(bytes < 10 * 1000, "{bytes} bytes for ten changes");
        }
    }

    #[tokio::test]
    async fn many_runs_of_one_change_each_write_little_and_leave_little_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let watched = Watched::new(Arc::new(crate::state::store::LocalStore::new(folder.path())), Duration::ZERO);
        let store: Arc<dyn Store> = Arc::clone(&watched) as _;
        let session = open(&store).await;
        session.record((0..300).map(ready).collect()).await.unwrap();
        session.close().await.unwrap();
        let snapshot = store.get("shop/dev/state.json").await.unwrap().unwrap().bytes.len();
        watched.bytes.store(0, Ordering::SeqCst);
        const RUNS: usize = 70;
        for run in 0..RUNS {
            let session = open(&store).await;
            session.record(vec![ready(run)]).await.unwrap();
            session.close().await.unwrap();
            let left = store.list("shop/dev/journal/").await.unwrap().len();
            assert!(left <= 128, "{left} segments after run {run}");
        }
        let bytes = watched.bytes.load(Ordering::SeqCst);
        assert!(bytes < snapshot * 6, "{bytes} bytes in {RUNS} runs, and the snapshot has {snapshot}");
        assert_eq!(known(&store).await, 300);
    }

    #[tokio::test]
    async fn a_long_journal_is_compacted_on_the_way() {
        for (store, _folder) in stores().await {
            let session = open(&store).await;
            for _ in 0..3 {
                session.record((0..500).map(ready).collect()).await.unwrap();
            }
            // Takes its turn behind the compaction.
            session.record(vec![ready(0)]).await.unwrap();
            assert!(store.list("shop/dev/journal/").await.unwrap().len() < 4);
            assert_eq!(known(&store).await, 500);
        }
    }

    #[tokio::test]
    async fn segments_that_cannot_be_deleted_cost_no_snapshot_for_each_record() {
        let folder = tempfile::tempdir().unwrap();
        let watched = Watched::new(Arc::new(crate::state::store::LocalStore::new(folder.path())), Duration::ZERO);
        watched.keep_all.store(true, Ordering::SeqCst);
        let store: Arc<dyn Store> = Arc::clone(&watched) as _;
        let session = open(&store).await;
        for number in 0..1100 {
            session.record(vec![ready(number)]).await.unwrap();
        }
        session.close().await.unwrap();
        assert!(store.list("shop/dev/journal/").await.unwrap().len() > 1000);
        let session = open(&store).await;
        watched.bytes.store(0, Ordering::SeqCst);
        for number in 0..10 {
            session.record(vec![ready(number)]).await.unwrap();
        }
        let bytes = watched.bytes.load(Ordering::SeqCst);
        assert!(bytes < 10 * 1000, "{bytes} bytes for ten changes");
    }

    #[tokio::test]
    async fn what_a_store_refuses_is_kept_and_written_once_it_can_be() {
        for (store, _folder) in stores().await {
            let watched = Watched::new(store, Duration::ZERO);
            let store: Arc<dyn Store> = Arc::clone(&watched) as _;
            let session = open(&store).await;
            session.record(vec![ready(0)]).await.unwrap();
            watched.refuse.store(true, Ordering::SeqCst);
            assert!(matches!(session.record(vec![ready(1)]).await, Err(StateError::Store(_))));
            assert!(session.record(vec![ready(2)]).await.is_err());
            assert_eq!(session.unsaved(), [ready(1), ready(2)]);
            assert_eq!(session.snapshot().resources.len(), 1);
            watched.refuse.store(false, Ordering::SeqCst);
            session.close().await.unwrap();
            assert!(session.unsaved().is_empty());
            assert_eq!(known(&store).await, 3);
        }
    }

    #[tokio::test]
    async fn a_write_whose_answer_was_lost_is_not_taken_for_somebody_elses() {
        for (store, _folder) in stores().await {
            let watched = Watched::new(store, Duration::ZERO);
            let store: Arc<dyn Store> = Arc::clone(&watched) as _;
            let session = open(&store).await;
            session.record(vec![ready(0)]).await.unwrap();
            watched.lose_answers.store(true, Ordering::SeqCst);
            assert!(session.record(vec![ready(1)]).await.is_err());
            watched.lose_answers.store(false, Ordering::SeqCst);
            session.record(vec![ready(2)]).await.unwrap();
            session.close().await.unwrap();
            assert_eq!(known(&store).await, 3);
        }
    }

    #[tokio::test]
    async fn a_caller_that_stops_waiting_stops_no_write() {
        for (store, _folder) in stores().await {
            let store: Arc<dyn Store> = Watched::new(store, Duration::from_millis(50)) as _;
            let session = open(&store).await;
            let waited = tokio::time::timeout(Duration::from_millis(10), session.record(vec![ready(0)])).await;
            assert!(waited.is_err());
            session.close().await.unwrap();
            assert_eq!(known(&store).await, 1);
        }
    }
}
