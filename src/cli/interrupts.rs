use tokio::signal::unix::{SignalKind, signal};

use super::user_error::UserError;
use crate::apply::{Shutdown, ShutdownPhase};

/// Turns Ctrl-C and SIGTERM into requests to stop: the first finishes what is under way, the second stops waiting. A
/// terminal that goes away is such a request too, and never the second: kernel and shell both tell of it.
///
/// # Errors
/// Where the system lets no one listen for signals.
pub fn listen() -> Result<Shutdown, UserError> {
    let shutdown = Shutdown::default();
    on_each(SignalKind::interrupt(), &shutdown, Shutdown::request)?;
    on_each(SignalKind::terminate(), &shutdown, Shutdown::request)?;
    if !ignores_hangup() {
        on_each(SignalKind::hangup(), &shutdown, |shutdown| {
            if shutdown.phase() == ShutdownPhase::Running {
                shutdown.request();
            }
        })?;
    }
    Ok(shutdown)
}

fn on_each(kind: SignalKind, shutdown: &Shutdown, request: fn(&Shutdown)) -> Result<(), UserError> {
    let (mut signals, shutdown) = (signal(kind)?, shutdown.clone());
    tokio::spawn(async move {
        while signals.recv().await.is_some() {
            request(&shutdown);
        }
    });
    Ok(())
}

/// True where `nohup` started us: listening would undo what it is for. Source: proc(5), `SigIgn` in `/proc/pid/status`;
/// SIGHUP is signal 1, the lowest bit. Elsewhere nothing tells.
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map(str::trim);
    ignored.and_then(|mask| u64::from_str_radix(mask, 16).ok()).is_some_and(|mask| mask & 1 == 1)
}
