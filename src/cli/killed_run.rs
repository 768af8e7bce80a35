use super::record_writing::{append, or_warn};
use super::user_error::UserError;
use crate::history::{Author, HistoryRecord, Rename, RunKind, RunOutcome};
use crate::state::{History, LockRecord, Session};

/// How many records may have come after the one of a run that was killed with its lock in hand: that of an unlock.
const LATER: usize = 2;

/// Writes the record of the run whose lock this session took over, if that run never gave it back and left none itself.
pub async fn record_killed(session: &Session) {
    if let Some(former) = session.lease().former() {
        or_warn("the run before this one, which was killed,", write(session, former)).await;
    }
}

async fn write(session: &Session, former: &LockRecord) -> Result<(), UserError> {
    let history = session.history();
    let newest = newest(&history).await?;
    if newest.iter().any(|record| record.lock == Some(former.id)) {
        return Ok(());
    }
    let serial_before = newest.first().map_or(0, |record| record.serial_after);
    append(&history, killed(session, former, serial_before)).await
}

async fn newest(history: &History) -> Result<Vec<HistoryRecord>, UserError> {
    let mut records = Vec::new();
    for number in history.numbers().await?.into_iter().rev().take(LATER) {
        records.extend(history.read(number).await?);
    }
    Ok(records)
}

/// All that the lock and the journal tell of it.
fn killed(session: &Session, former: &LockRecord, serial_before: u64) -> HistoryRecord {
    let holder = former.holder.clone();
    let author = Author { user: holder.user, host: holder.host, principal: None, place: holder.place };
    let (kind, command) = (RunKind::of_command(&holder.command), format!("infra {}", holder.command));
    let renames = session.former_renames().iter().cloned().map(|(from, to)| Rename { from, to });
    HistoryRecord {
        infra: String::new(),
        started: former.acquired,
        ended: former.renewed_at(),
        lock: Some(former.id),
        serial_before,
        outcome: RunOutcome::Killed,
        renames: renames.collect(),
        ..HistoryRecord::without_plan(&session.snapshot(), kind, author, command)
    }
}
