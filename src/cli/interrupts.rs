use tokio::signal::unix::{SignalKind, signal};

use super::exit::Exit;
use super::user_error::UserError;
use crate::apply::{Shutdown, ShutdownPhase};

/// Turns Ctrl-C and SIGTERM into requests to stop: the first finishes what is under way, the second stops waiting.
///
/// # Errors
/// Where the system lets no one listen for signals.
pub fn listen() -> Result<Shutdown, UserError> {
    let shutdown = Shutdown::default();
    for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
        let (mut signals, shutdown) = (signal(kind)?, shutdown.clone());
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                shutdown.request();
            }
        });
    }
    Ok(shutdown)
}

/// Work that changes nothing, given up at the first request to stop.
///
/// # Errors
/// The work's own, and `Interrupted`.
pub async fn or_interrupted<T>(
    shutdown: &Shutdown,
    work: impl Future<Output = Result<T, UserError>>,
) -> Result<T, UserError> {
    tokio::select! {
        result = work => result,
        () = shutdown.past(ShutdownPhase::Running) => {
            Err(UserError::new(Exit::Interrupted, "interrupted, so nothing was done"))
        }
    }
}
