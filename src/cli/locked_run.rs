use std::time::Duration;

use super::exit::Exit;
use super::interrupts;
use super::killed_run::record_killed;
use super::panics::or_internal_error;
use super::recovery;
use super::stack_state::StackState;
use super::user_error::UserError;
use crate::apply::{Shutdown, ShutdownPhase};
use crate::report::printer::errln;
use crate::state::{Change, RecoveryFolder, Session, StateError};

/// How long the last save and the lock's release may take once nobody waits any longer. GitHub Actions sends SIGKILL two
/// and a half seconds after the second signal (GitHub Docs, "Workflow cancellation").
const LAST_SAVE: Duration = Duration::from_secs(1);

/// How long the run's record of history may take then.
const LAST_RECORD: Duration = Duration::from_millis(500);

/// A stack's lock, held by a run that can be interrupted. All that the run decides, it decides from here on.
pub struct LockedRun {
    pub session: Session,
    pub shutdown: Shutdown,
    recovery: RecoveryFolder,
    /// State's serial before the run changed it.
    serial: u64,
}

/// Does work under the stack's lock, and gives the lock back whatever comes of it. What state did not take of what is
/// known of objects is kept on this machine.
///
/// # Errors
/// The work's own, an internal error where it panics, and those of taking and giving back the lock.
pub async fn under_lock<T>(
    state: &StackState,
    command: &str,
    wait: Duration,
    work: impl AsyncFnOnce(&LockedRun) -> Result<T, UserError>,
) -> Result<T, UserError> {
    let run = LockedRun::take(state, command, wait).await?;
    let worked = or_internal_error(work(&run)).await;
    state.remember(&run.session.snapshot()).await;
    run.end(worked).await
}

impl LockedRun {
    /// Takes the lock, waiting for it as long as `wait`, and settles what earlier runs left on this machine.
    ///
    /// # Errors
    /// Also `Interrupted`. A lock that was taken is given back.
    async fn take(state: &StackState, command: &str, wait: Duration) -> Result<Self, UserError> {
        let shutdown = interrupts::listen()?;
        let session = open(state, command, wait, &shutdown).await?;
        let (recovery, serial) = (state.recovery.clone(), session.snapshot().serial);
        let run = Self { session, shutdown, recovery, serial };
        let begun = or_internal_error(run.begin()).await;
        match begun {
            Ok(()) => Ok(run),
            Err(error) => {
                // It is still where it was kept.
                run.session.withdraw();
                run.end(Err(error)).await
            }
        }
    }

    async fn begin(&self) -> Result<(), UserError> {
        self.unless_abandoned(recovery::take_up(&self.recovery, &self.session)).await?;
        self.remember(record_killed(&self.session)).await;
        match self.shutdown.phase() {
            ShutdownPhase::Running => Ok(()),
            _ => Err(self.interrupted()),
        }
    }

    /// Work that changes nothing, given up at the first request to stop.
    ///
    /// # Errors
    /// The work's own, and `Interrupted`.
    pub async fn unless_interrupted<T>(
        &self,
        work: impl Future<Output = Result<T, UserError>>,
    ) -> Result<T, UserError> {
        tokio::select! {
            result = work => result,
            () = self.shutdown.past(ShutdownPhase::Running) => Err(self.interrupted()),
        }
    }

    /// Makes changes of state durable, for a command that is about nothing else. The first request to stop does not stop
    /// it.
    ///
    /// # Errors
    /// What the store refuses, which is not tried again, and `Interrupted` at the second request.
    pub async fn record(&self, changes: Vec<Change>) -> Result<(), UserError> {
        self.write(self.session.record(changes)).await
    }

    /// As `record`, for any other way to write.
    ///
    /// # Errors
    /// As `record`.
    pub async fn write<T>(&self, write: impl Future<Output = Result<T, StateError>>) -> Result<T, UserError> {
        let mut is_sure = false;
        let write = async { write.await.inspect_err(|error| is_sure = error.is_refusal()).map_err(UserError::from) };
        let written = self.unless_abandoned(write).await;
        written.map_err(|error| {
            // What is told as failed must not be written by the lock's release.
            self.session.withdraw();
            match is_sure {
                true => error,
                false => {
                    error.hint("`infra state list` tells, once the store answers, whether it is in state all the same")
                }
            }
        })
    }

    /// Waits for as long as the run waits at all.
    pub async fn unless_abandoned<T>(&self, work: impl Future<Output = Result<T, UserError>>) -> Result<T, UserError> {
        tokio::select! {
            result = work => result,
            () = self.shutdown.past(ShutdownPhase::Draining) => {
                Err(UserError::new(Exit::Interrupted, "interrupted while state was being written"))
            }
        }
    }

    /// Waits for a record that the run can do without.
    pub async fn remember(&self, record: impl Future<Output = ()>) {
        tokio::select! {
            () = record => {}
            () = abandoned(&self.shutdown, LAST_RECORD) => {
                errln!("warning: this run is not in the history: state did not answer any more");
            }
        }
    }

    /// How a message ends that says why the run went no further.
    pub fn so_nothing_was_done(&self) -> &'static str {
        match self.session.snapshot().serial == self.serial {
            true => "so nothing was done",
            false => "so nothing more was done",
        }
    }

    fn interrupted(&self) -> UserError {
        UserError::new(Exit::Interrupted, format!("interrupted, {}", self.so_nothing_was_done()))
    }

    /// The end of the run: writes what is left, gives the lock back, and keeps what could not be written.
    async fn end<T>(&self, worked: Result<T, UserError>) -> Result<T, UserError> {
        let released = or_internal_error(self.release()).await;
        if let Some(recovery) = self.session.recovery() {
            recovery::keep(&self.recovery, &recovery).await;
        }
        match (worked, released) {
            (Err(mut error), Err(released)) => {
                error.hints.extend(released.hints);
                Err(error)
            }
            (Ok(_), Err(released)) => Err(released),
            (worked, Ok(())) => worked,
        }
    }

    /// After the second interrupt that may take a moment and no longer.
    async fn release(&self) -> Result<(), UserError> {
        let outcome = tokio::select! {
            closed = self.session.close() => closed.map_err(UserError::from),
            () = abandoned(&self.shutdown, LAST_SAVE) => Err(UserError::failed("state did not answer any more")),
        };
        outcome.map_err(|mut error| {
            if self.shutdown.phase() != ShutdownPhase::Running {
                error.exit = Exit::Interrupted;
            }
            let lease = humantime::format_duration(self.session.lease().duration());
            // What keeps the lock from being given back has mostly failed the run already, and was told with its advice.
            error.hints.clear();
            error.hint(format!("the lock was not given back; it is free in {lease} at the latest"))
        })
    }
}

/// Takes the lock unless the run is interrupted first. One that was being taken just then is given back, if that can be
/// done soon.
async fn open(state: &StackState, command: &str, wait: Duration, shutdown: &Shutdown) -> Result<Session, UserError> {
    let mut opening = std::pin::pin!(state.open(command, wait));
    tokio::select! {
        opened = &mut opening => return opened,
        () = shutdown.past(ShutdownPhase::Running) => {}
    }
    if let Ok(Ok(late)) = tokio::time::timeout(LAST_SAVE, opening).await {
        let _ = tokio::time::timeout(LAST_SAVE, late.close()).await;
    }
    Err(UserError::new(Exit::Interrupted, "interrupted, so nothing was done"))
}

/// Returns some time after the run has been asked not to wait any longer.
async fn abandoned(shutdown: &Shutdown, grace: Duration) {
    shutdown.past(ShutdownPhase::Draining).await;
    tokio::time::sleep(grace).await;
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    use clap::Parser;

    use super::*;
    use crate::cli::arguments::Arguments;
    use crate::cli::state_places::StatePlaces;
    use crate::state::store::{LocalStore, Store};
    use crate::state::testing::{Watched, identity, ready};

    fn state(folder: &Path) -> (StackState, Arc<Watched>) {
        let store = Watched::new(Arc::new(LocalStore::new(folder)), Duration::ZERO);
        let recovery = RecoveryFolder::new(folder.join("recovery"));
        (
            StackState {
                store: Arc::clone(&store) as Arc<dyn Store>,
                identity: identity("dev"),
                broken: None,
                recovery,
                renamed_from: None,
                places: StatePlaces {
                    global: Arguments::parse_from(["infra", "init"]).global,
                    root: folder.to_owned(),
                },
            },
            store,
        )
    }

    async fn refusal(state: &StackState, work: impl AsyncFnOnce(&LockedRun) -> Result<(), UserError>) -> UserError {
        under_lock(state, "apply", Duration::ZERO, work).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_panic_gives_the_lock_back_and_loses_nothing_that_was_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let (state, store) = state(folder.path());
        let error = refusal(&state, async |run| {
            run.session.record(vec![ready(0)]).await?;
            panic!("a fault of {}", "ours")
        })
        .await;
        assert_eq!(error.message, "internal error: a fault of ours");
        assert!(state.read().await.unwrap().snapshot.resources.contains_key(&"queue_0000".into()));
        // The lock is free, or this would be refused; now state takes nothing more.
        let error = refusal(&state, async |run| {
            store.refuse.store(true, Ordering::SeqCst);
            let _ = run.session.record(vec![ready(1)]).await;
            panic!("again")
        })
        .await;
        assert!(error.hints.iter().any(|hint| hint.starts_with("the lock was not given back")), "{:?}", error.hints);
        let kept = state.recovery.of_stack("shop", "dev").await.unwrap();
        assert_eq!(kept.len(), 1, "what the run knew of its objects");
    }

    #[tokio::test]
    async fn that_nothing_was_done_is_said_only_where_nothing_was() {
        let folder = tempfile::tempdir().unwrap();
        let (state, _) = state(folder.path());
        under_lock(&state, "apply", Duration::ZERO, async |run| {
            assert_eq!(run.so_nothing_was_done(), "so nothing was done");
            run.record(vec![ready(0)]).await?;
            assert_eq!(run.so_nothing_was_done(), "so nothing more was done");
            run.shutdown.request();
            let late = run.unless_interrupted(std::future::pending::<Result<(), UserError>>()).await.unwrap_err();
            assert_eq!(
                (late.exit, late.message.as_str()),
                (Exit::Interrupted, "interrupted, so nothing more was done")
            );
            // What was begun is finished.
            run.record(vec![ready(1)]).await
        })
        .await
        .unwrap();
        assert_eq!(state.read().await.unwrap().snapshot.resources.len(), 2);
    }

    #[tokio::test]
    async fn a_change_that_was_refused_is_not_written_by_the_release() {
        let folder = tempfile::tempdir().unwrap();
        let (state, store) = state(folder.path());
        let error = refusal(&state, async |run| {
            run.record(vec![ready(0)]).await?;
            store.refuse.store(true, Ordering::SeqCst);
            let recorded = run.record(vec![ready(1)]).await;
            store.refuse.store(false, Ordering::SeqCst);
            recorded
        })
        .await;
        assert!(error.hints[0].contains("`infra state list` tells"), "{:?}", error.hints);
        assert_eq!(state.read().await.unwrap().snapshot.resources.len(), 1);
        assert!(state.recovery.of_stack("shop", "dev").await.unwrap().is_empty());
    }
}
