use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::moment::Moment;
use super::{Lease, LockOptions, LockRecord};
use crate::state::StateError;
use crate::state::document::damaged;
use crate::state::store::{Condition, ObjectVersion, PutOutcome, Store, StoreError, Stored, probe};

/// How long to wait before asking again, at first and at most.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Takes the lock, waiting for whoever holds it.
///
/// # Errors
/// `Locked` once `options.timeout` has passed.
pub(in crate::state) async fn acquire(
    store: Arc<dyn Store>,
    key: String,
    options: &LockOptions,
) -> Result<Lease, StateError> {
    let began = Instant::now();
    let mut wait = FIRST_WAIT;
    let mut told = None;
    loop {
        let seen = get(&*store, &key).await?;
        let Some(record) = seen.as_ref().map(|seen| &seen.record).filter(|_| !is_free(seen.as_ref())) else {
            match take(&store, &key, seen.as_ref(), options).await {
                Ok(Some(lease)) => return Ok(lease),
                Ok(None) => continue,
                // The store itself has waited already.
                Err(StateError::Store(error)) if is_busy(&error) && began.elapsed() < options.timeout => continue,
                Err(error) => return Err(error),
            }
        };
        let left = options.timeout.saturating_sub(began.elapsed());
        if left.is_zero() {
            let place = format!("{}/{key}", store.place());
            return Err(StateError::Locked { place, record: Box::new(record.clone()) });
        }
        if told.replace(record.id) != Some(record.id) {
            (options.waiting)(record);
        }
        tokio::time::sleep(wait.min(left)).await;
        wait = (wait * 3 / 2).min(LONGEST_WAIT);
    }
}

/// The lock as it was read.
pub(super) struct Seen {
    pub record: LockRecord,
    pub version: ObjectVersion,
    pub age: Option<Duration>,
}

pub(super) async fn get(store: &dyn Store, key: &str) -> Result<Option<Seen>, StateError> {
    let Some(Stored { bytes, version, age }) = store.get(key).await? else { return Ok(None) };
    let place = format!("{}/{key}", store.place());
    let record: LockRecord = serde_json::from_slice(&bytes).map_err(|error| {
        let (place, reason) = (place.clone(), error.to_string());
        StateError::DamagedLock { place, reason }
    })?;
    if record.version > LockRecord::VERSION {
        let needs = format!("lock format {}", record.version);
        return Err(StateError::Newer { place, written_by: "(unknown)".to_owned(), needs });
    }
    Ok(Some(Seen { record, version, age }))
}

pub(super) fn bytes(record: &LockRecord) -> Result<Vec<u8>, StateError> {
    serde_json::to_vec_pretty(record).map_err(|error| damaged("lock.json", error))
}

fn is_busy(error: &StoreError) -> bool {
    matches!(error, StoreError::Busy { .. })
}

fn is_free(seen: Option<&Seen>) -> bool {
    seen.is_none_or(|seen| seen.record.is_free(seen.age))
}

/// `None` if somebody was faster. Before the first lock in a place, the store is tried.
async fn take(
    store: &Arc<dyn Store>,
    key: &str,
    seen: Option<&Seen>,
    options: &LockOptions,
) -> Result<Option<Lease>, StateError> {
    if seen.is_none() {
        // Unique, so that two first locks do not meet.
        probe(&**store, &format!("{key}.{}", Uuid::new_v4())).await?;
    }
    let record = LockRecord::taking(seen.map(|seen| &seen.record), options.holder.clone(), options.lease);
    let condition = seen.map_or(Condition::Absent, |seen| Condition::Matches(seen.version.clone()));
    let asked = Moment::now();
    Ok(match store.put(key, &bytes(&record)?, &condition).await? {
        PutOutcome::Written(version) => {
            let former = seen.map(|seen| seen.record.clone());
            Some(Lease::start(Arc::clone(store), key.to_owned(), former, record, version, asked))
        }
        PutOutcome::Conflict => None,
    })
}
