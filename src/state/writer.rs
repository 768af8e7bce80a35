use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, PoisonError};

use tokio::sync::mpsc::UnboundedReceiver;

use super::document::{Layout, encode};
use super::journal::{Command, Reply, Shared};
use super::load::Stand;
use super::lock::Lease;
use super::store::{Condition, PutOutcome, Store, Version};
use super::{Change, Position, Segment, Snapshot, StackKeys, StateError};

/// Writes one session's journal and snapshots, one object at a time.
pub(super) struct Writer {
    pub(super) store: Arc<dyn Store>,
    pub(super) keys: StackKeys,
    pub(super) lease: Arc<Lease>,
    pub(super) shared: Arc<Shared>,
    /// Of the snapshot's file; `None` until the first is written.
    pub(super) version: Option<Version>,
    pub(super) snapshot_bytes: usize,
    pub(super) journal_bytes: usize,
    /// Segments that lie in the store.
    pub(super) present: Vec<Position>,
    /// Those of earlier runs that were read and are no fences.
    pub(super) spent: HashSet<Position>,
    /// Segments made and not known to be written, oldest first. Their bytes never change, so a write whose answer was
    /// lost can be made again.
    unwritten: VecDeque<(Segment, Vec<u8>)>,
}

impl Writer {
    pub fn new(store: Arc<dyn Store>, keys: StackKeys, lease: Arc<Lease>, shared: Arc<Shared>, stand: Stand) -> Self {
        let Stand { version, snapshot_bytes, journal_bytes, present, replayed, .. } = stand;
        let spent = replayed.iter().filter(|segment| !segment.fence).map(|segment| segment.position).collect();
        let unwritten = VecDeque::new();
        Self { store, keys, lease, shared, version, snapshot_bytes, journal_bytes, present, spent, unwritten }
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
                Some(Command::Record { changes, reply }) => {
                    held_back = self.record(changes, reply, &mut commands).await;
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

    /// Writes these changes and all that wait behind them as one segment. Gives back the first command that is none.
    async fn record(
        &mut self,
        mut changes: Vec<Change>,
        reply: Reply,
        commands: &mut UnboundedReceiver<Command>,
    ) -> Option<Command> {
        let mut replies = vec![reply];
        let mut other = None;
        while let Ok(command) = commands.try_recv() {
            let Command::Record { changes: more, reply } = command else {
                other = Some(command);
                break;
            };
            changes.extend(more);
            replies.push(reply);
        }
        let outcome = self.append(changes).await;
        for reply in replies {
            let _ = reply.send(outcome.clone());
        }
        if outcome.is_ok() && self.is_compaction_due() {
            self.compact_if_possible().await;
        }
        other
    }

    pub(super) async fn append(&mut self, changes: Vec<Change>) -> Result<(), StateError> {
        if !changes.is_empty() {
            let segment = self.segment(changes);
            let bytes = encode(&segment, Layout::Compact)?;
            self.unwritten.push_back((segment, bytes));
        }
        let outcome = self.flush().await;
        let unsaved = self.unwritten.iter().flat_map(|(segment, _)| segment.changes.clone()).collect();
        *self.shared.unsaved.lock().unwrap_or_else(PoisonError::into_inner) = unsaved;
        outcome
    }

    async fn flush(&mut self) -> Result<(), StateError> {
        self.lease.ensure_held()?;
        if self.version.is_none() && !self.unwritten.is_empty() {
            self.write_snapshot().await?;
        }
        while let Some((segment, bytes)) = self.unwritten.front() {
            let key = self.keys.segment(segment.position);
            self.lease.ensure_held()?;
            if let PutOutcome::Conflict = self.store.put(&key, bytes, &Condition::Absent).await? {
                return Err(self.lease.lose("another run took it over and closed the journal to this one"));
            }
            self.written();
        }
        // What took longer than the lease may have come too late.
        self.lease.ensure_held()
    }

    fn written(&mut self) {
        let Some((segment, bytes)) = self.unwritten.pop_front() else { return };
        self.journal_bytes += bytes.len();
        self.present.push(segment.position);
        self.change_snapshot(|snapshot| snapshot.replay(&segment));
    }

    /// The segment after the last one.
    fn segment(&self, changes: Vec<Change>) -> Segment {
        let snapshot = self.snapshot();
        let last = self.unwritten.back().map(|(segment, _)| (segment.position, segment.serial));
        let (position, serial) = last.unwrap_or((snapshot.journal, snapshot.serial));
        let epoch = self.lease.epoch();
        let position = if position.epoch == epoch { position } else { Position { epoch, seq: 0 } }.next();
        let features = snapshot.features.clone();
        Segment { features, lineage: snapshot.lineage, position, serial: serial + 1, changes, fence: false }
    }

    async fn close(&mut self) -> Result<(), StateError> {
        self.append(Vec::new()).await?;
        if self.journal_bytes > 0 {
            self.compact_if_possible().await;
        }
        self.lease.release().await
    }

    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.shared.snapshot.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn change_snapshot(&self, change: impl FnOnce(&mut Snapshot)) {
        let mut snapshot = self.shared.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut snapshot));
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
