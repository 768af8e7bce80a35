use super::acquire::{bytes, get};
use super::{LockRecord, ReleasedBy};
use crate::state::store::{Condition, PutOutcome, Store};
use crate::state::{StackKeys, StateError};

/// Whoever holds the lock now; `None` where it is released or nobody ever took it. An expired lease still counts: the
/// next run will take it over.
pub async fn current(store: &dyn Store, keys: &StackKeys) -> Result<Option<LockRecord>, StateError> {
    let seen = get(store, &keys.lock()).await?;
    Ok(seen.map(|seen| seen.record).filter(|record| record.released.is_none()))
}

/// Ends a hold from outside: only the one that `id` names, so that nobody ends a run that began in between. Its holder
/// notices at its next renewal or write.
///
/// # Errors
/// `NotLocked` where another run holds the lock, or none does; `HolderAlive` where its process runs on this machine,
/// unless forced.
pub async fn unlock(store: &dyn Store, keys: &StackKeys, id: &str, force: bool) -> Result<LockRecord, StateError> {
    let key = keys.lock();
    loop {
        let seen = get(store, &key).await?;
        let ours =
            seen.as_ref().filter(|seen| seen.record.released.is_none() && seen.record.id.to_string() == id.trim());
        let Some(ours) = ours else {
            let held_by = seen.map(|seen| seen.record).filter(|record| record.released.is_none()).map(Box::new);
            let place = format!("{}/{key}", store.place());
            return Err(StateError::NotLocked { place, id: id.to_owned(), held_by });
        };
        if !force && ours.record.holder.is_alive_here() {
            return Err(StateError::HolderAlive { record: Box::new(ours.record.clone()) });
        }
        let record = ours.record.released(ReleasedBy::Unlock);
        let condition = Condition::Matches(ours.version.clone());
        if let PutOutcome::Written(_) = store.put(&key, &bytes(&record)?, &condition).await? {
            return Ok(record);
        }
    }
}
