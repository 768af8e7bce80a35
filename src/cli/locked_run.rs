use std::time::Duration;

use super::exit::Exit;
use super::interrupts::{self, or_interrupted};
use super::planning::Planning;
use super::recovery;
use super::user_error::UserError;
use crate::apply::{Shutdown, ShutdownPhase};
use crate::state::Session;

/// How long the last save and the lock's release may take once nobody waits any longer. GitHub Actions sends SIGKILL two
/// and a half seconds after the second signal (GitHub Docs, "Workflow cancellation").
const LAST_SAVE: Duration = Duration::from_secs(1);

/// How long the run's record of history may take then.
const LAST_RECORD: Duration = Duration::from_millis(500);

/// A stack's lock, held by a run that can be interrupted.
pub struct LockedRun<'a> {
    planning: &'a Planning<'a>,
    pub session: Session,
    pub shutdown: Shutdown,
}

impl<'a> LockedRun<'a> {
    /// Takes the lock, waiting for it as long as `wait`.
    ///
    /// # Errors
    /// Also `Interrupted`. A lock that was being taken just then is given back, if that can be done soon.
    pub async fn take(planning: &'a Planning<'a>, command: &str, wait: Duration) -> Result<Self, UserError> {
        let shutdown = interrupts::listen()?;
        let mut opening = std::pin::pin!(planning.open(command, wait));
        let opened = or_interrupted(&shutdown, &mut opening).await;
        if shutdown.phase() == ShutdownPhase::Running {
            return Ok(Self { planning, session: opened?, shutdown });
        }
        let late = match opened {
            Ok(session) => Some(session),
            Err(error) if error.exit != Exit::Interrupted => return Err(error),
            Err(_) => tokio::time::timeout(LAST_SAVE, opening).await.ok().and_then(Result::ok),
        };
        if let Some(session) = late {
            let _ = tokio::time::timeout(LAST_SAVE, session.close()).await;
        }
        Err(UserError::new(Exit::Interrupted, "interrupted, so nothing was done"))
    }

    /// Keeps what could not be written on this machine: for runs that have changed something in AWS.
    pub async fn keep_unsaved(&self) {
        if let Some(recovery) = self.session.recovery() {
            recovery::keep(&self.planning.workspace.recovery(), &recovery).await;
        }
    }

    /// Waits for a record that the run can do without.
    pub async fn record(&self, record: impl Future<Output = ()>) {
        tokio::select! {
            () = record => {}
            () = abandoned(&self.shutdown, LAST_RECORD) => {
                anstream::eprintln!("warning: this run is not in the history: state did not answer any more");
            }
        }
    }

    /// Writes what is left and gives the lock back. After the second interrupt that may take a moment and no longer.
    ///
    /// # Errors
    /// What could not be written, `Interrupted` if the run was asked to stop. The lock then expires by itself.
    pub async fn release(&self) -> Result<(), UserError> {
        let outcome = tokio::select! {
            closed = self.session.close() => closed.map_err(UserError::from),
            () = abandoned(&self.shutdown, LAST_SAVE) => Err(UserError::failed("state did not answer any more")),
        };
        if outcome.is_ok() {
            self.planning.remember(&self.session.snapshot()).await;
        }
        outcome.map_err(|mut error| {
            if self.shutdown.phase() != ShutdownPhase::Running {
                error.exit = Exit::Interrupted;
            }
            let lease = humantime::format_duration(self.session.lease().duration());
            error.hint(format!("the lock was not given back; it is free in {lease} at the latest"))
        })
    }
}

/// Returns some time after the run has been asked not to wait any longer.
async fn abandoned(shutdown: &Shutdown, grace: Duration) {
    shutdown.past(ShutdownPhase::Draining).await;
    tokio::time::sleep(grace).await;
}

/// Does what changes nothing but state under the stack's lock. It is given up at the first interrupt.
///
/// # Errors
/// The work's own, `Interrupted`, and those of taking and giving back the lock.
pub async fn under_lock<T>(
    planning: &Planning<'_>,
    command: &str,
    wait: Duration,
    work: impl AsyncFnOnce(&Session) -> Result<T, UserError>,
) -> Result<T, UserError> {
    let hold = LockedRun::take(planning, command, wait).await?;
    let result = or_interrupted(&hold.shutdown, work(&hold.session)).await;
    let released = hold.release().await;
    let done = result?;
    released?;
    Ok(done)
}
