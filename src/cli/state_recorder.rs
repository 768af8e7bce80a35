use jiff::Timestamp;

use super::author::author;
use super::connection::Connection;
use super::global::Global;
use super::record_writing::{append, cover, or_warn, this_command};
use super::user_error::UserError;
use crate::history::{HistoryRecord, Rename, RunKind};
use crate::state::{History, Session, Snapshot};

/// Writes the record of a command that changes nothing but state or its lock.
pub struct StateRecorder<'a> {
    global: &'a Global,
    connection: Option<&'a Connection>,
    kind: RunKind,
    started: Timestamp,
    serial_before: u64,
}

impl<'a> StateRecorder<'a> {
    /// `connection` tells the principal.
    pub fn begin(global: &'a Global, connection: Option<&'a Connection>, kind: RunKind) -> Self {
        Self { global, connection, kind, started: Timestamp::now(), serial_before: 0 }
    }

    /// Takes note of state as it is before the change.
    pub fn after_serial(self, serial_before: u64) -> Self {
        Self { serial_before, ..self }
    }

    /// What the session changed.
    pub async fn end(self, session: &Session, renames: Vec<Rename>) {
        let lock = Some(session.lease().id());
        let write = async {
            let record = HistoryRecord { lock, renames, ..self.record(&session.snapshot())? };
            append(&session.history(), record).await
        };
        or_warn("this run", write).await;
    }

    /// What was done without a session.
    pub async fn end_without_lock(self, history: &History, snapshot: &Snapshot) {
        or_warn("this run", async { append(history, self.record(snapshot)?).await }).await;
    }

    fn record(&self, snapshot: &Snapshot) -> Result<HistoryRecord, UserError> {
        let cover = cover(&self.global.secrets, &snapshot.fingerprint_key)?;
        let record = HistoryRecord::without_plan(snapshot, self.kind, author(self.connection), this_command(&cover));
        Ok(HistoryRecord { started: self.started, serial_before: self.serial_before, ..record })
    }
}
