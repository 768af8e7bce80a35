use std::sync::Arc;
use std::time::Duration;

use super::LockRecord;
use super::store::StoreError;

/// Why state could not be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StateError {
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// The store took a request and never answered it.
    #[error("no answer for {place} within {}", humantime::format_duration(*waited))]
    NoAnswer { place: String, waited: Duration },
    /// Someone else works on the stack.
    #[error(
        "{place} is locked by {}\n  its lease lasts until {:.0}, and is renewed while that run lives\n  to wait for it: \
         --lock-timeout 10m; if that run is surely gone: infra state unlock {}",
        record.describe(), record.expires, record.id
    )]
    Locked { place: String, record: Box<LockRecord> },
    /// The lock is not ours any more, or may not be: nothing further may be done.
    #[error(
        "the state lock was lost: {0}\n  nothing more was started; what was under way is in the journal, and the next \
         run goes on from there"
    )]
    LeaseLost(String),
    #[error("{stack} belongs to {what} {state}, and this is {what} {asked}")]
    AccountMismatch { stack: String, what: &'static str, state: String, asked: String },
    /// A file of state is not what was written. It is left as it is.
    #[error(
        "{place} is damaged: {reason}\n  it was left as it is; put back the last good version of what is damaged or missing \
         (a state bucket keeps them), or put an older one of state.json, or a copy made with infra state pull, in the place \
         of all state: infra state push --force FILE"
    )]
    Damaged { place: String, reason: String },
    #[error(
        "{place} is damaged: {reason}\n  it was left as it is; if no run is under way, delete it: nothing but the lock \
         and how far state had come is in it, and the next run makes it anew"
    )]
    DamagedLock { place: String, reason: String },
    #[error("{place} was written by infra {written_by} and needs {needs}, which this version {} does not have; use infra {written_by} or newer", env!("CARGO_PKG_VERSION"))]
    Newer { place: String, written_by: String, needs: String },
    #[error("{0:?} cannot be the name of a project or stack: letters, digits, `-`, `_` and `.` only")]
    Name(String),
    /// `infra state push` of something that would lose what is there.
    #[error("refused to push: {0}")]
    PushRefused(String),
    /// `infra state unlock` of a lock that is not there.
    #[error("{place} is not locked by {id}{}", held_by.as_ref().map(|record| format!(", but by {}", record.describe())).unwrap_or_default())]
    NotLocked { place: String, id: String, held_by: Option<Box<LockRecord>> },
    /// `infra state unlock` of a lock whose holder is at work.
    #[error(
        "the run that holds the lock is alive on this machine: {}\n  wait for it, or end it: the first Ctrl-C or SIGTERM \
         gives the lock back; --force takes the lock from it all the same",
        record.describe()
    )]
    HolderAlive { record: Box<LockRecord> },
    #[error("the state session is closed")]
    Closed,
}

impl StateError {
    /// True where a write was refused before the store was asked, so that it certainly was not made.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Store(_) | Self::NoAnswer { .. } | Self::LeaseLost(_) | Self::Closed)
    }
}

impl From<StoreError> for StateError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}
